#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "core/sql/lexer.h"

static void
test_mentions(void **state)
{
  assert_true(dmig_sql_mentions("a + b", "b"));
  assert_true(dmig_sql_mentions("SELECT Customers.id FROM x", "customers"));
  assert_true(dmig_sql_mentions("\"order\" > 0", "order"));
  assert_true(dmig_sql_mentions("[a b]", "a b"));
  assert_true(dmig_sql_mentions("lower(name)", "lower"));
  assert_false(dmig_sql_mentions("a + b", "c"));
  assert_false(dmig_sql_mentions("'b'", "b"));
  assert_false(dmig_sql_mentions("a -- b\n", "b"));
  assert_false(dmig_sql_mentions("a /* b */", "b"));
  assert_false(dmig_sql_mentions("$$ b $$", "b"));
  assert_false(dmig_sql_mentions("ab", "b"));
  assert_false(dmig_sql_mentions("", "b"));
}

static void
assert_replaced(const char *sql, const char *from, const char *to, const char *expected)
{
  char *replaced = dmig_sql_replace_identifier(sql, from, to);
  assert_string_equal(replaced, expected);
  g_free(replaced);
}

static void
test_replace(void **state)
{
  assert_replaced("phone <> ''", "phone", "mobile", "mobile <> ''");
  assert_replaced("PHONE <> 'phone' /* phone */", "phone", "mobile",
                  "mobile <> 'phone' /* phone */");
  assert_replaced("\"phone\"", "phone", "order", "\"order\"");
  assert_replaced("t.phone", "phone", "My Phone", "t.\"My Phone\"");
  assert_replaced("\"My \"\"Phone\"", "My \"Phone", "phone", "phone");
  assert_replaced("lower(lower)", "lower", "low", "lower(low)");
  assert_replaced("lower (x)", "lower", "low", "lower (x)");
  assert_replaced("\"Phone\" > phone", "phone", "mobile", "\"Phone\" > mobile");
  assert_replaced("phones", "phone", "mobile", "phones");
  assert_replaced("", "phone", "mobile", "");
  assert_replaced("a = b", "a", "b", "b = b");
}

#define IN(schema, name) schema "\xff" name

static void
test_replace_moves(void **state)
{
  assert_replaced("ON t WHERE t.t > u.t", "t", IN("s", "t"), "ON s.t WHERE s.t.t > u.t");
  assert_replaced("f(s.t, t, \"s\".\"t\", r.t)", IN("s", "t"), IN("Other", "u"),
                  "f(\"Other\".u, u, \"Other\".u, r.t)");
  assert_replaced("s.t, t", IN("s", "t"), "t", "t, t");
  assert_replaced("s.t, r.t", IN("s", "t"), IN("s", "u"), "s.u, r.t");
}

static void
test_replace_leaves_types(void **state)
{
  assert_replaced("x::date > date", "date", "day", "x::date > day");
  assert_replaced("CAST(date AS date)", "date", "day", "CAST(day AS date)");
  assert_replaced("date > date '2020-01-01'", "date", "day", "day > date '2020-01-01'");
  assert_replaced("'free'::tier", "tier", "plan", "'free'::plan");
}

static void
assert_canonical(const char *sql, const char *expected)
{
  char *canonical = dmig_sql_canonical(sql);
  assert_string_equal(canonical, expected);
  g_free(canonical);
}

static void
test_canonical(void **state)
{
  assert_canonical(" A  >=0 -- positive\n", "a >= 0");
  assert_canonical("((a > 0))", "a > 0");
  assert_canonical("(a) > (b)", "( a ) > ( b )");
  assert_canonical("\"a\" != `b`", "a <> b");
  assert_canonical("\"Order\" + \"order\"", "\"Order\" + \"order\"");
  assert_canonical("SELECT 1;", "select 1");
  assert_canonical("'It''s'", "'It''s'");
  assert_canonical("()", "( )");
  assert_canonical("((", "( (");
  assert_canonical("", "");
}

static void
test_equal(void **state)
{
  assert_true(dmig_sql_equal(NULL, NULL));
  assert_false(dmig_sql_equal(NULL, ""));
  assert_false(dmig_sql_equal("a", NULL));
  assert_true(dmig_sql_equal("a>0", "( A > 0 )"));
  assert_false(dmig_sql_equal("'a'", "'A'"));
  assert_false(dmig_sql_equal("\"A\"", "a"));
  assert_false(dmig_sql_equal("user", "\"user\""));
  assert_false(dmig_sql_equal("a - - b", "a -- b"));
  assert_false(dmig_sql_equal("ab", "a b"));
}

static void
assert_unbalanced(const char *sql, const char *expected)
{
  const char *problem = NULL;
  assert_false(dmig_sql_is_balanced(sql, &problem));
  assert_string_equal(problem, expected);
}

static void
test_balanced(void **state)
{
  const char *problem = "untouched";
  assert_true(dmig_sql_is_balanced("a > 0", &problem));
  assert_true(dmig_sql_is_balanced("f(a, ')', ARRAY[1, 2][1])", &problem));
  assert_true(dmig_sql_is_balanced("SELECT ';'; ", &problem));
  assert_true(dmig_sql_is_balanced("a -- b\n", NULL));
  assert_true(dmig_sql_is_balanced("CREATE RULE r AS ON INSERT TO t DO (SELECT 1; SELECT 2;);", NULL));
  assert_string_equal(problem, "untouched");
  assert_unbalanced("", "it is empty");
  assert_unbalanced(" ; ", "it is empty");
  assert_unbalanced("-- nothing\n", "it is empty");
  assert_unbalanced("a)", "a closing parenthesis has no opening one");
  assert_unbalanced("(a]", "a closing bracket has no opening one");
  assert_unbalanced("(a", "a parenthesis is not closed");
  assert_unbalanced("a[1", "a bracket is not closed");
  assert_unbalanced("a > 'x", "a string is not closed");
  assert_unbalanced("\"x", "a quoted name is not closed");
  assert_unbalanced("a > 0 -- positive", "it ends inside a comment");
  assert_unbalanced("a /* b", "it ends inside a comment");
  assert_unbalanced("a; b", "it is more than one statement");
  assert_unbalanced("a; ;", "it is more than one statement");
}

int
main(void)
{
  const struct CMUnitTest tests[] = {
    cmocka_unit_test(test_mentions),
    cmocka_unit_test(test_replace),
    cmocka_unit_test(test_replace_moves),
    cmocka_unit_test(test_replace_leaves_types),
    cmocka_unit_test(test_canonical),
    cmocka_unit_test(test_equal),
    cmocka_unit_test(test_balanced),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
