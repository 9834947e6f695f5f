#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>

#include "core/sql/lexer.h"

/* One letter a token, in the order of DmigTokenKind; an exclamation mark behind an open one. */
static char *
kinds(const char *sql)
{
  GString *out = g_string_new(NULL);
  DmigLexer lexer;
  dmig_lexer_init(&lexer, sql);
  for (;;) {
    DmigToken token = dmig_lexer_next(&lexer);
    if (token.kind == DMIG_TOKEN_END)
      break;
    g_string_append_c(out, "E wqsnpx"[token.kind]);
    if (token.unterminated)
      g_string_append_c(out, '!');
  }
  return g_string_free(out, FALSE);
}

static void
assert_kinds(const char *sql, const char *expected)
{
  char *actual = kinds(sql);
  if (!g_str_equal(actual, expected))
    print_message("%s: %s, expected %s\n", sql, actual, expected);
  assert_string_equal(actual, expected);
  g_free(actual);
}

static void
test_words_and_numbers(void **state)
{
  assert_kinds("", "");
  assert_kinds("SELECT a1, _b$c", "w wx w");
  assert_kinds("gr\xC3\xB6\xC3\x9F"
               "e",
               "w");
  assert_kinds("1 2.5 .5 1e10 1.5E-3 0xFF 1_000", "n n n n n n n");
  assert_kinds("1..2", "nxn");
  assert_kinds("a.b", "wxw");
  assert_kinds("1e", "nw");
}

static void
test_strings(void **state)
{
  assert_kinds("'a' 'it''s'", "s s");
  assert_kinds("E'it\\'s' x'00ff' n'a' B'01'", "s s s s");
  assert_kinds("'back\\' 'x'", "s s");
  assert_kinds("$$it's$$ $tag$ $$ ; $tag$", "s s");
  assert_kinds("'open", "s!");
  assert_kinds("$x$ open $y$", "s!");
  assert_kinds("'a\n--b\n'", "s");
}

static void
test_quoted_names(void **state)
{
  assert_kinds("\"a\"\"b\" `c``d` [e f]", "q q q");
  assert_kinds("\"open", "q!");
  assert_kinds("SELECT [a b], [c] FROM [d]", "w qx q w q");
  assert_kinds("SELECT [2nd], [a (b, c)] FROM [it's --] WHERE t.[% [done] > 1", "w qx q w q w wxq x n");
  assert_kinds("[Order #] IS NOT [\"]", "q w w q");
}

static void
test_subscripts_are_no_names(void **state)
{
  assert_kinds("a[b]", "wxwx");
  assert_kinds("a[1]", "wxnx");
  assert_kinds("ARRAY[[a],[b]]", "wxxwxxxwxx");
  assert_kinds("f(x)[i]", "wxwxxwx");
  assert_kinds("'{}'::int[]", "sxwxx");
  assert_kinds("ARRAY['a', 'b']", "wxsx sx");
}

static void
test_parameters(void **state)
{
  assert_kinds("$1 ?2 :name @name", "p p p p");
  assert_kinds("a::text", "wxw");
  assert_kinds("a[1:b]", "wxnxwx");
  assert_kinds("a [1], ARRAY [1, 'b']", "w xnxx w xnx sx");
  assert_kinds("ARRAY[ [1], [2] ]", "wx xnxx xnx x");
  assert_kinds("CAST(a AS int [])", "wxw w w xxx");
}

static void
test_operators(void **state)
{
  assert_kinds("a<=b", "wxw");
  assert_kinds("a ->> 'x'", "w x s");
  assert_kinds("a=-1", "wxxn");
  assert_kinds("a||-1", "wxxn");
}

static void
test_comments(void **state)
{
  assert_kinds("a --b\nc", "w   w");
  assert_kinds("a/* x /* y */ z */b", "w w");
  assert_kinds("--a", " !");
  assert_kinds("/* a", " !");
  assert_kinds("/*/", " !");
  assert_kinds("/* it's */ 'b'", "  s");
  assert_kinds("a-b", "wxw");
}

/* Tokens cover the text without a gap, whatever it is. */
static void
test_covers_any_bytes(void **state)
{
  static const char alphabet[] = "aE'\"`[]()$x1.-/*\\\n; :?@\xC3\xBC\xFF";
  GRand *random = g_rand_new_with_seed(11);
  gboolean good = TRUE;
  for (guint i = 0; i < 20000; i++) {
    char sql[32];
    for (guint j = 0; j < sizeof sql - 1; j++)
      sql[j] = alphabet[g_rand_int_range(random, 0, sizeof alphabet - 1)];
    sql[sizeof sql - 1] = '\0';
    DmigLexer lexer;
    dmig_lexer_init(&lexer, sql);
    const char *expected = sql;
    DmigToken token;
    do {
      token = dmig_lexer_next(&lexer);
      good &= token.start == expected && (token.kind == DMIG_TOKEN_END) == (token.length == 0);
      expected += token.length;
    } while (token.kind != DMIG_TOKEN_END && good);
    good &= expected == sql + strlen(sql);
  }
  g_rand_free(random);
  assert_true(good);
}

static void
assert_identifier(const char *sql, const char *expected)
{
  DmigLexer lexer;
  dmig_lexer_init(&lexer, sql);
  char *name = dmig_token_identifier(dmig_lexer_next(&lexer));
  assert_string_equal(name, expected);
  g_free(name);
}

static void
test_identifiers(void **state)
{
  assert_identifier("Foo", "foo");
  assert_identifier("\"Foo\"", "Foo");
  assert_identifier("\"a\"\"b\"", "a\"b");
  assert_identifier("\"\"", "");
  assert_identifier("[a b]", "a b");
  assert_identifier("`x``y`", "x`y");
  assert_identifier("\"open", "open");
  assert_identifier("\"", "");
}

static void
test_token_is(void **state)
{
  DmigLexer lexer;
  dmig_lexer_init(&lexer, "Select \"select\"");
  DmigToken word = dmig_lexer_next(&lexer);
  dmig_lexer_next(&lexer);
  DmigToken quoted = dmig_lexer_next(&lexer);
  assert_true(dmig_token_is(word, "SELECT"));
  assert_false(dmig_token_is(word, "sel"));
  assert_false(dmig_token_is(word, "selects"));
  assert_false(dmig_token_is(quoted, "select"));
}

int
main(void)
{
  const struct CMUnitTest tests[] = {
    cmocka_unit_test(test_words_and_numbers), cmocka_unit_test(test_strings),
    cmocka_unit_test(test_quoted_names),      cmocka_unit_test(test_subscripts_are_no_names),
    cmocka_unit_test(test_parameters),        cmocka_unit_test(test_operators),
    cmocka_unit_test(test_comments),          cmocka_unit_test(test_covers_any_bytes),
    cmocka_unit_test(test_identifiers),       cmocka_unit_test(test_token_is),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
