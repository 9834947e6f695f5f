#include "tests/core/domain/support.h"

#include <string.h>

#include "core/domain/yaml_node.h"

static DmigYamlDocument *document;

static DmigYamlDocument *
parse(Fixture *self, const char *text, gssize length)
{
  g_autoptr(GBytes) bytes = g_bytes_new(text, length < 0 ? strlen(text) : (gsize) length);
  dmig_yaml_document_free(document);
  document = dmig_yaml_parse("test.yaml", bytes, self->diagnostics);
  return document;
}

static int
teardown(void **state)
{
  g_clear_pointer(&document, dmig_yaml_document_free);
  return fixture_teardown(state);
}

static void
assert_refused(Fixture *self, const char *text, gssize length, const char *line)
{
  parse(self, text, length);
  assert_true(document->failed);
  assert_null(document->root);
  assert_lines(self, line);
  forget(self);
}

static void
test_tree(void **state)
{
  Fixture *self = *state;
  const DmigYamlNode *root = parse(self, "a: 1\nb: [x, 'y', \"z\"]\nc: {d: ~}\n", -1)->root;
  assert_clean(self);
  assert_int_equal(root->kind, DMIG_YAML_MAPPING);
  assert_int_equal(dmig_yaml_length(root), 3);
  assert_string_equal(dmig_yaml_key(root, 1)->text, "b");
  const DmigYamlNode *list = dmig_yaml_value(root, 1);
  assert_int_equal(dmig_yaml_length(list), 3);
  assert_true(dmig_yaml_item(list, 0)->plain);
  assert_false(dmig_yaml_item(list, 1)->plain);
  assert_string_equal(dmig_yaml_item(list, 2)->text, "z");
  assert_true(dmig_yaml_is_null(dmig_yaml_value(dmig_yaml_value(root, 2), 0)));
  assert_int_equal(root->weight, 12);
  assert_int_equal(root->height, 3);
}

/* Columns count characters, not bytes. */
static void
test_places(void **state)
{
  Fixture *self = *state;
  const DmigYamlNode *root = parse(self, "ä: {🐘: x}\r\nb:\r\n  - c\r\n", -1)->root;
  const DmigYamlNode *x = dmig_yaml_value(dmig_yaml_value(root, 0), 0);
  assert_int_equal(x->at.line, 1);
  assert_int_equal(x->at.column, 8);
  const DmigYamlNode *c = dmig_yaml_item(dmig_yaml_value(root, 1), 0);
  assert_int_equal(c->at.line, 3);
  assert_int_equal(c->at.column, 5);
  assert_string_equal(c->at.file, "test.yaml");
}

static void
test_byte_order_mark(void **state)
{
  Fixture *self = *state;
  assert_non_null(parse(self,
                        "\xEF\xBB\xBF"
                        "a: 1\n",
                        -1)
                      ->root);
  assert_string_equal(dmig_yaml_key(document->root, 0)->text, "a");
  assert_clean(self);
}

static void
test_empty(void **state)
{
  Fixture *self = *state;
  static const char *const texts[] = { "", "\n\n", "# nothing\n", "---\n...\n" };
  for (guint i = 0; i < G_N_ELEMENTS(texts); i++) {
    parse(self, texts[i], -1);
    assert_false(document->failed);
    assert_true(document->root == NULL || dmig_yaml_is_null(document->root));
    assert_clean(self);
  }
}

static void
test_scalars_are_text(void **state)
{
  Fixture *self = *state;
  const DmigYamlNode *root
      = parse(self, "- no\n- 1.0\n- 0x10\n- 2024-01-01\n- |\n  a\n  b\n", -1)->root;
  assert_string_equal(dmig_yaml_item(root, 0)->text, "no");
  assert_string_equal(dmig_yaml_item(root, 1)->text, "1.0");
  assert_string_equal(dmig_yaml_item(root, 2)->text, "0x10");
  assert_string_equal(dmig_yaml_item(root, 3)->text, "2024-01-01");
  assert_string_equal(dmig_yaml_item(root, 4)->text, "a\nb\n");
}

static void
test_duplicate_keys(void **state)
{
  Fixture *self = *state;
  const DmigYamlNode *root = parse(self, "a: 1\nb: 2\na: {c: 3}\nd: 4\n", -1)->root;
  assert_lines(self, "3:1: duplicate-key: 'a' is given twice, first in line 1");
  assert_int_equal(dmig_yaml_length(root), 3);
  assert_string_equal(dmig_yaml_value(root, 0)->text, "1");
  assert_string_equal(dmig_yaml_key(root, 2)->text, "d");
}

static void
test_aliases(void **state)
{
  Fixture *self = *state;
  const DmigYamlNode *root = parse(self, "a: &x {b: 1}\nc: *x\n", -1)->root;
  assert_clean(self);
  assert_ptr_equal(dmig_yaml_value(root, 0), dmig_yaml_value(root, 1));
  assert_refused(self, "a: &x [*x]\n", -1,
                 "1:8: yaml-unsupported: the alias '*x' stands inside of what it stands for");
  assert_refused(self, "a: *nope\n", -1,
                 "1:4: yaml-syntax: there is no anchor '&nope' before this alias");
}

/* Nine aliases to nine aliases to nine aliases … */
static void
test_alias_bomb(void **state)
{
  Fixture *self = *state;
  g_autoptr(GString) bomb = g_string_new("a0: &a0 [x, x, x, x, x, x, x, x, x]\n");
  for (guint i = 1; i < 12; i++)
    g_string_append_printf(bomb,
                           "a%u: &a%u [*a%u, *a%u, *a%u, *a%u, *a%u, *a%u, *a%u, *a%u, *a%u]\n", i,
                           i, i - 1, i - 1, i - 1, i - 1, i - 1, i - 1, i - 1, i - 1, i - 1);
  assert_refused(self, bomb->str, -1,
                 "7:10: yaml-limit: more than 1048576 values in one file, aliases followed");
}

static void
test_alias_depth(void **state)
{
  Fixture *self = *state;
  g_autoptr(GString) deep = g_string_new("a0: &a0 [x]\n");
  for (guint i = 1; i < 100; i++)
    g_string_append_printf(deep, "a%u: &a%u [*a%u]\n", i, i, i - 1);
  parse(self, deep->str, -1);
  assert_true(document->failed);
  assert_true(has_rule(self, "yaml-limit"));
}

static char *
repeat(const char *text, gsize times)
{
  GString *all = g_string_sized_new(strlen(text) * times);
  for (gsize i = 0; i < times; i++)
    g_string_append(all, text);
  return g_string_free(all, FALSE);
}

static void
test_depth(void **state)
{
  Fixture *self = *state;
  static const char *const openers[] = { "[", "{a: ", "- ", "[[a,b],", "{? ", "a: [" };
  for (guint i = 0; i < G_N_ELEMENTS(openers); i++) {
    g_autofree char *text = repeat(openers[i], 1000000);
    parse(self, text, -1);
    assert_true(document->failed);
    assert_int_equal(dmig_diagnostics_length(self->diagnostics), 1);
    forget(self);
  }
  g_autofree char *open = repeat("[", DMIG_YAML_MAX_DEPTH);
  g_autofree char *closed = repeat("]", DMIG_YAML_MAX_DEPTH);
  g_autofree char *fits = g_strconcat(open, closed, NULL);
  parse(self, fits, -1);
  assert_clean(self);
  g_autofree char *over = g_strconcat("[", fits, "]", NULL);
  assert_refused(self, over, -1, "1:65: yaml-limit: nested more than 64 levels deep");
}

static void
test_sizes(void **state)
{
  Fixture *self = *state;
  g_autofree char *text = repeat("x", DMIG_YAML_MAX_BYTES + 1);
  parse(self, text, -1);
  assert_true(document->failed);
  assert_true(has_rule(self, "yaml-limit"));
  forget(self);
  text[DMIG_YAML_MAX_TEXT + 1] = '\0';
  assert_refused(self, text, -1, "1:1: yaml-limit: a text longer than 1 MB");
  text[DMIG_YAML_MAX_TEXT] = '\0';
  assert_non_null(parse(self, text, -1)->root);
  assert_clean(self);
}

static void
test_encodings(void **state)
{
  Fixture *self = *state;
  assert_refused(self, "a: 1\nb: \"\xff\"\n", -1,
                 "2:5: yaml-encoding: not UTF-8: save the file in this encoding");
  assert_refused(self, "ä: \xc3", -1,
                 "1:4: yaml-encoding: not UTF-8: save the file in this encoding");
  assert_refused(self, "\xed\xa0\x80", -1,
                 "1:1: yaml-encoding: not UTF-8: save the file in this encoding");
  assert_refused(self, "a: x\0y\n", 7, "1:5: yaml-encoding: a NUL byte: this is no text file");
  assert_refused(self, "a: \"x\\0y\"\n", -1,
                 "1:4: yaml-encoding: a NUL character, which no database can store");
  assert_refused(self, "a: 1\nb: \x07\n", -1,
                 "2:4: yaml-syntax: control characters are not allowed");
}

static void
test_unsupported(void **state)
{
  Fixture *self = *state;
  assert_refused(self, "a: !!python/object:os.system x\n", -1,
                 "1:4: yaml-unsupported: tags have no meaning here: take the '!…' out");
  assert_refused(self, "a: !local {}\n", -1,
                 "1:4: yaml-unsupported: tags have no meaning here: take the '!…' out");
  assert_refused(self, "a: 1\n---\nb: 2\n", -1,
                 "2:1: yaml-unsupported: a second document in one file: give it a file of its own");
  assert_refused(self, "? [a]\n: 1\n", -1,
                 "1:3: yaml-unsupported: a key must be a plain name, not a list or mapping");
  assert_refused(
      self, "a: [1\n", -1,
      "2:1: yaml-syntax: did not find expected ',' or ']', while parsing a flow sequence");
  assert_refused(
      self, "a:\n\t- b\n", -1,
      "2:1: yaml-syntax: found character that cannot start any token, while scanning for "
      "the next token");
}

int
main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, fixture_setup, teardown)
  const struct CMUnitTest tests[] = {
    TEST(test_tree),
    TEST(test_places),
    TEST(test_byte_order_mark),
    TEST(test_empty),
    TEST(test_scalars_are_text),
    TEST(test_duplicate_keys),
    TEST(test_aliases),
    TEST(test_alias_bomb),
    TEST(test_alias_depth),
    TEST(test_depth),
    TEST(test_sizes),
    TEST(test_encodings),
    TEST(test_unsupported),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
