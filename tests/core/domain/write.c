/* What is written is read as the same, whatever the texts; and as a person would have written it. */
#include "tests/core/domain/support.h"

#include <string.h>

#include "core/domain/write.h"
#include "core/domain/write_node.h"
#include "core/domain/yaml_node.h"

/* --- single texts -------------------------------------------------------------------------------- */

static const char *const texts[] = {
  "a",
  "",
  " ",
  "null",
  "~",
  "true",
  "No",
  "1.0",
  "0x1F",
  "2024-01-01",
  "- a",
  "-",
  "--",
  "---",
  "--- a",
  "...",
  "-a",
  "? a",
  ": a",
  "a: b",
  "a:",
  "a:b",
  "a::text",
  "a #b",
  "a#b",
  "#a",
  "&a",
  "*a",
  "!a",
  "%a",
  "@a",
  "`a",
  "|",
  "|2",
  ">-",
  "'a'",
  "it's",
  "say \"it's\"",
  "back\\slash",
  "it's a back\\slash",
  "\"a\"",
  "[a, b]",
  "{a: b}",
  "a, b",
  "a]",
  "<<",
  "=",
  " a",
  "a ",
  "a\tb",
  "\ta",
  "a\t",
  "a\rb",
  "a\r\nb",
  "a\r\nb\r\n",
  "\n",
  "\n\n",
  "a\n",
  "a\n\n",
  "a\nb",
  "a\nb\n",
  "a\n\n\nb",
  "\na\n",
  "\n\n  a\n b\n",
  "  a\nb",
  "\ta\nb",
  "\n\ta\n",
  "a\n  \nb",
  "a\n    ",
  "a  \nb",
  "a\n\t\nb\t\n",
  " \na",
  "a\n# no comment\n",
  "a\n--- no document\n",
  "%YAML 1.1\n---\na\n",
  "a: b\n- c\n",
  "\x01",
  "a\x1b[31m\x7f",
  "\xc2\x85",
  "a\xc2\x85\nb",
  "\xe2\x80\xa8",
  "a\nb\xe2\x80\xa9",
  "\xef\xbb\xbf",
  "\xef\xbb\xbf"
  "a\nb",
  "\xef\xbf\xbf",
  "\xf0\x9f\x98\x80",
  "\xf3\xbf\xbf\xbe",
  "\xc3\xa9t\xc3\xa9: \xe6\x97\xa5",
};

/* The node at the end of the document that `printed` is. */
static DmigYamlDocument *
parse(Fixture *self, const char *printed)
{
  g_autoptr(GBytes) bytes = g_bytes_new_static(printed, strlen(printed));
  return dmig_yaml_parse("test.yaml", bytes, self->diagnostics);
}

static gboolean
is_text(const DmigYamlNode *node, const char *text)
{
  gboolean same = node->kind == DMIG_YAML_SCALAR && strcmp(node->text, text) == 0
                  && !dmig_yaml_is_null(node);
  if (!same)
    print_message("expected \"%s\", found \"%s\"\n", text, node->text);
  return same;
}

/* As a key and as a value, alone, in a list, and in both again within them. */
static DmigWriteNode *
surround(const char *text, const char *after)
{
  DmigWriteNode *map = dmig_write_node_map();
  dmig_write_node_set(map, "value", dmig_write_node_text(text));
  dmig_write_node_set(map, text, dmig_write_node_value(text));
  DmigWriteNode *list = dmig_write_node_set(map, "list", dmig_write_node_list());
  dmig_write_node_append(list, dmig_write_node_text(text));
  dmig_write_node_append(list, dmig_write_node_quoted(text));
  DmigWriteNode *inner = dmig_write_node_append(list, dmig_write_node_map());
  dmig_write_node_set(inner, "inner key", dmig_write_node_text(text));
  dmig_write_node_set(inner, text, dmig_write_node_text(after));
  DmigWriteNode *deep = dmig_write_node_append(list, dmig_write_node_list());
  dmig_write_node_append(deep, dmig_write_node_text(text));
  dmig_write_node_set(map, "last", dmig_write_node_text(after));
  return map;
}

static gboolean
is_surrounded(const DmigYamlNode *map, const char *text, const char *after)
{
  const DmigYamlNode *list = dmig_yaml_value(map, 2);
  const DmigYamlNode *inner = dmig_yaml_item(list, 2), *deep = dmig_yaml_item(list, 3);
  return dmig_yaml_length(map) == 4 && dmig_yaml_length(list) == 4 && dmig_yaml_length(inner) == 2
         && is_text(dmig_yaml_value(map, 0), text) && is_text(dmig_yaml_key(map, 1), text)
         && is_text(dmig_yaml_value(map, 1), text) && is_text(dmig_yaml_item(list, 0), text)
         && is_text(dmig_yaml_item(list, 1), text) && is_text(dmig_yaml_value(inner, 0), text)
         && is_text(dmig_yaml_key(inner, 1), text) && is_text(dmig_yaml_value(inner, 1), after)
         && is_text(dmig_yaml_item(deep, 0), text) && is_text(dmig_yaml_value(map, 3), after);
}

static gboolean
round_trips(Fixture *self, const char *text, const char *after, gboolean airy)
{
  g_autoptr(GString) printed = g_string_new(NULL);
  DmigWriteNode *map = surround(text, after);
  if (airy)
    dmig_write_node_spread(map, TRUE);
  dmig_write_node_print(map, 0, printed);
  dmig_write_node_free(map);
  DmigYamlDocument *document = parse(self, printed->str);
  gboolean same = document->root != NULL && is_surrounded(document->root, text, after);
  if (!same)
    print_message("%s\n", printed->str);
  dmig_yaml_document_free(document);
  return same;
}

static void
test_texts(void **state)
{
  Fixture *self = *state;
  for (guint i = 0; i < G_N_ELEMENTS(texts); i++) {
    for (guint j = 0; j < G_N_ELEMENTS(texts); j++)
      assert_true(round_trips(self, texts[i], texts[j], (i + j) % 2 == 0));
    assert_clean(self);
  }
}

static void
test_random_texts(void **state)
{
  static const char *const pieces[]
      = { " ", "\n", "\t", "'", "\"", "\\", ":", "#", "-", ",", "a", "{", "\r", "%", "?", "\xc2\x85",
          "b c", "|", "[", "!", "&", "\x02" };
  Fixture *self = *state;
  GRand *random = g_rand_new_with_seed(4711);
  gboolean same = TRUE;
  for (guint i = 0; i < 20000 && same; i++) {
    g_autoptr(GString) text = g_string_new(NULL);
    for (gint n = g_rand_int_range(random, 1, 9); n > 0; n--)
      g_string_append(text, pieces[g_rand_int_range(random, 0, G_N_ELEMENTS(pieces))]);
    same = round_trips(self, text->str, "z", i % 2 == 0);
  }
  g_rand_free(random);
  assert_true(same);
  assert_clean(self);
}

/* libyaml finds no colon behind more than 1024 characters; flow collections break lines. */
static void
test_long_texts(void **state)
{
  Fixture *self = *state;
  static const guint lengths[] = { 90, 120, 500, 501, 1023, 1025, 5000 };
  for (guint i = 0; i < G_N_ELEMENTS(lengths); i++) {
    g_autofree char *plain = g_strnfill(lengths[i], 'x');
    g_autofree char *odd = g_strconcat(plain, ": \"'", NULL);
    gboolean same = round_trips(self, plain, odd, TRUE) && round_trips(self, odd, plain, FALSE);
    g_clear_pointer(&plain, g_free);
    g_clear_pointer(&odd, g_free);
    assert_true(same);
  }
  assert_clean(self);
}

/* --- domains ------------------------------------------------------------------------------------- */

/* A domain as it is written is written as it was. */
static gboolean
is_written_as(Fixture *self, const char *yaml)
{
  g_autofree char *written = dmig_domain_write(read_domain(self, yaml));
  gboolean same = strcmp(written, yaml) == 0;
  if (!same)
    print_message("%s", written);
  return same;
}

static void
test_short_forms(void **state)
{
  Fixture *self = *state;
  assert_true(is_written_as(
      self,
      "domain: shop\n"
      "dialects: [sqlite, postgresql]\n"
      "\n"
      "enums:\n"
      "  State: {type: order_state, labels: [draft, sent]}\n"
      "  Tier: [free, 'no', '1']\n"
      "\n"
      "entities:\n"
      "  Company:\n"
      "    fields:\n"
      "      id: bigint identity primary\n"
      "      name: string(255) required unique\n"
      "      tier: Tier required default free\n"
      "\n"
      "  Customer:\n"
      "    table: customers\n"
      "    description: |-\n"
      "      Who buys\n"
      "      from us\n"
      "    fields:\n"
      "      id: bigint identity always primary\n"
      "      name: text required default 'no name'\n"
      "      empty: text default ''\n"
      "      quoted: text default 'it''s'\n"
      "      nothing: text default 'null'\n"
      "      balance: {type: 'decimal(12,2)', required: true, default: 0, check: balance >= 0}\n"
      "      call: {type: text, default: 'now()', description: The text}\n"
      "      joined_at: timestamptz required default now()\n"
      "      kind: enum(a, 'b, c')\n"
      "      search: {type: {postgresql: tsvector, else: text}}\n"
      "      company: references Company required on_delete cascade deferred\n"
      "      other: {references: Company, column: other}\n"
      "    unique:\n"
      "      - [name, company]\n"
      "      - {fields: [company, other], name: both, deferrable: deferred}\n"
      "    indexes:\n"
      "      - [name desc, company]\n"
      "      - {fields: [{expression: lower(name)}], unique: true}\n"
      "    checks:\n"
      "      rich: balance > 100 OR name = 'x'\n"
      "\n"
      "views:\n"
      "  Rich: SELECT * FROM customers WHERE balance > 100\n"));
  assert_clean(self);
}

static void
test_composite_keys(void **state)
{
  Fixture *self = *state;
  assert_true(is_written_as(self, "domain: shop\n"
                                  "dialects: [postgresql]\n"
                                  "\n"
                                  "entities:\n"
                                  "  Line:\n"
                                  "    fields:\n"
                                  "      order: integer\n"
                                  "      position: smallint\n"
                                  "      odd: {type: {postgresql: a) b}}\n"
                                  "      own: postgresql(interval day to second(3)) required\n"
                                  "    primary: [position, order]\n"
                                  "\n"
                                  "  Parcel:\n"
                                  "    fields:\n"
                                  "      id: integer primary\n"
                                  "      order: integer\n"
                                  "      position: smallint\n"
                                  "    primary: {name: parcels}\n"
                                  "    foreign:\n"
                                  "      - {fields: [position, order], references: Line, "
                                  "name: line, match: full}\n"));
  assert_clean(self);
}

static void
test_objects(void **state)
{
  Fixture *self = *state;
  assert_true(is_written_as(
      self,
      "domain: shop\n"
      "dialects: [postgresql]\n"
      "\n"
      "schemas: [auth, '\"a.b\"']\n"
      "\n"
      "extensions:\n"
      "  citext: {}\n"
      "  pg_trgm: {schema: auth}\n"
      "\n"
      "types:\n"
      "  auth.price: {base: 'decimal(12,2)', checks: {positive: {sql: VALUE > 0, description: More}}}\n"
      "\n"
      "sequences:\n"
      "  numbers: {start: 10, increment: 5}\n"
      "\n"
      "entities:\n"
      "  User:\n"
      "    schema: auth\n"
      "    fields:\n"
      "      id: bigint serial primary\n"
      "      made_at: timestamptz\n"
      "    triggers:\n"
      "      log: {timing: before, events: 'insert, update of id, made_at', function: log()}\n"
      "    row_security: enabled\n"
      "    policies:\n"
      "      own: {for: select, to: reader, using: id = 1}\n"
      "    grants:\n"
      "      PUBLIC: [select]\n"
      "      reader: {privileges: [insert, {update: [made_at]}], grantable: [delete]}\n"
      "    owner: admin\n"
      "\n"
      "functions:\n"
      "  log:\n"
      "    returns: trigger\n"
      "    language: plpgsql\n"
      "    body: |2-\n"
      "\n"
      "        BEGIN\n"
      "          RETURN NEW;  \n"
      "        END\n"
      "          \n"
      "\n"
      "  twice:\n"
      "    - {arguments: a integer, returns: integer, body: SELECT a * 2}\n"
      "    - {arguments: a text, returns: text, body: SELECT a || a}\n"
      "\n"
      "sql:\n"
      "  casts: CREATE CAST (auth.price AS text) WITH INOUT\n"));
  assert_clean(self);
}

static void
test_partitions(void **state)
{
  Fixture *self = *state;
  assert_true(is_written_as(self, "domain: shop\n"
                                  "dialects: [postgresql]\n"
                                  "\n"
                                  "entities:\n"
                                  "  Event:\n"
                                  "    fields:\n"
                                  "      id: bigint\n"
                                  "      at: timestamptz\n"
                                  "    partition_by: range (at)\n"
                                  "    partitions:\n"
                                  "      event_2024: from ('2024-01-01') to ('2025-01-01')\n"
                                  "      event_rest:\n"
                                  "        values: default\n"
                                  "        partition_by: hash (id)\n"
                                  "        partitions:\n"
                                  "          event_rest_0: with (modulus 1, remainder 0)\n"));
  assert_clean(self);
}

/* --- folders ------------------------------------------------------------------------------------- */

static GPtrArray *
as_sources(const GPtrArray *files)
{
  GPtrArray *sources = g_ptr_array_new_with_free_func((GDestroyNotify) dmig_source_free);
  for (guint i = 0; i < files->len; i++) {
    const DmigWrittenFile *file = files->pdata[i];
    g_autoptr(GBytes) bytes = g_bytes_new(file->text, strlen(file->text));
    g_ptr_array_add(sources, dmig_source_new(file->path, bytes));
  }
  return sources;
}

static const char *
path_at(const GPtrArray *files, guint i)
{
  return ((const DmigWrittenFile *) files->pdata[i])->path;
}

/* What a folder says is what one file says. */
static void
test_folder(void **state)
{
  Fixture *self = *state;
  g_autoptr(GString) yaml = g_string_new("domain: shop\ndialects: [postgresql]\nschemas: [auth]\n"
                                         "entities:\n");
  for (guint i = 0; i < 30; i++)
    g_string_append_printf(yaml, "  %s%02u: {schema: auth, table: t%02u, fields: {id: integer}}\n",
                           i % 2 == 0 ? "../T" : "t", i / 2, i);
  g_string_append(yaml, "  Own: {fields: {id: integer}}\nviews:\n"
                        "  V: {schema: auth, sql: SELECT 1 AS one}\n");
  const DmigDomain *domain = read_domain(self, yaml->str);
  g_autofree char *whole = dmig_domain_write(domain);
  g_autoptr(GPtrArray) files = dmig_domain_write_folder(domain);
  g_autoptr(GPtrArray) sources = as_sources(files);
  g_ptr_array_add(self->domains, dmig_domain_read(sources, self->diagnostics));
  DmigDomain *again = g_ptr_array_index(self->domains, self->domains->len - 1);
  assert_int_equal(again->entities->len, domain->entities->len);
  assert_int_equal(again->views->len, 1);
  assert_int_equal(files->len, 32);
  assert_string_equal(path_at(files, 0), "auth.yaml");
  assert_string_equal(path_at(files, 1), "auth/___T00.yaml");
  assert_string_equal(path_at(files, files->len - 1), "domain.yaml");
  for (guint i = 0; i < files->len; i++)
    assert_null(strstr(path_at(files, i), ".."));
  assert_clean(self);
}

/* Also where a file system does not know capitals from small letters. */
static void
test_paths_are_unique(void **state)
{
  Fixture *self = *state;
  g_autoptr(GString) yaml = g_string_new("domain: shop\ndialects: [postgresql]\nentities:\n");
  for (guint i = 0; i < 40; i++)
    g_string_append_printf(yaml, "  %s: {table: t%u, fields: {id: integer}}\n",
                           i == 0   ? "Same"
                           : i == 1 ? "same"
                           : i == 2 ? "s/me"
                                    : (char[]){ 'a', (char) ('a' + i / 26), (char) ('a' + i % 26), 0 },
                           i);
  g_autoptr(GPtrArray) files = dmig_domain_write_folder(read_domain(self, yaml->str));
  g_autoptr(GHashTable) seen = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
  gboolean unique = TRUE;
  for (guint i = 0; i < files->len; i++)
    unique = g_hash_table_add(seen, g_ascii_strdown(path_at(files, i), -1)) && unique;
  assert_true(unique);
  assert_int_equal(files->len, 41);
  assert_clean(self);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, fixture_setup, fixture_teardown)

int
main(void)
{
  const struct CMUnitTest tests[] = {
    TEST(test_texts),       TEST(test_random_texts),     TEST(test_long_texts),
    TEST(test_short_forms), TEST(test_composite_keys),   TEST(test_objects),
    TEST(test_partitions),  TEST(test_folder),           TEST(test_paths_are_unique),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
