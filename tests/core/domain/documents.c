/* The documentation names each key, flag, type and rule there is, and its examples can be read. */
#include "tests/core/domain/support.h"

#include <string.h>

#include <jansson.h>

#include "core/domain/dialect_facts.h"
#include "core/domain/rules.h"
#include "core/domain/short_form.h"

static void
assert_names(const char *document, const char *what, const char *name)
{
  /* `decimal` may stand as `decimal(p,s)`. */
  g_autofree char *alone = g_strdup_printf("`%s`", name);
  g_autofree char *with_more = g_strdup_printf("`%s(", name);
  if (strstr(document, alone) == NULL && strstr(document, with_more) == NULL)
    fail_msg("the documentation does not name the %s `%s`", what, name);
}

static void
assert_names_keys(const char *document, json_t *schema)
{
  const char *name;
  json_t *member;
  json_object_foreach(json_object_get(schema, "properties"), name, member)
      assert_names(document, "key", name);
  json_object_foreach(schema, name, member)
  {
    if (json_is_object(member))
      assert_names_keys(document, member);
    for (gsize i = 0; json_is_array(member) && i < json_array_size(member); i++)
      assert_names_keys(document, json_array_get(member, i));
  }
}

/* The pages that describe the domain format, one behind the other. */
static const char *const domain_pages[] = {
  "docs/domain-format.md",      "docs/objects/README.md",    "docs/objects/tables.md",
  "docs/objects/indexes.md",    "docs/objects/views.md",     "docs/objects/functions.md",
  "docs/objects/triggers.md",   "docs/objects/types.md",     "docs/objects/privileges.md",
  "docs/objects/sql.md",
};

static char *
read_pages(const char *path)
{
  if (path != NULL)
    return source_file(path);
  GString *all = g_string_new(NULL);
  for (guint i = 0; i < G_N_ELEMENTS(domain_pages); i++) {
    g_autofree char *page = source_file(domain_pages[i]);
    g_string_append(all, page);
  }
  return g_string_free(all, FALSE);
}

/* `path` NULL: the pages of the domain format. */
static void
assert_names_schema(const char *path, char *text)
{
  g_autofree char *document = read_pages(path);
  json_t *schema = json_loads(text, 0, NULL);
  g_free(text);
  assert_names_keys(document, schema);
  json_decref(schema);
}

static void
test_keys(void **state)
{
  assert_names_schema(NULL, dmig_domain_json_schema());
  assert_names_schema("docs/change-file.md", dmig_change_file_json_schema());
}

static void
test_words(void **state)
{
  g_autofree char *document = source_file("docs/domain-format.md");
  for (const char *const *word = dmig_type_words(); *word != NULL; word++)
    assert_names(document, "type", *word);
  for (const char *const *flag = dmig_short_form_flags(); *flag != NULL; flag++)
    assert_names(document, "flag", *flag);
  for (const char *const *dialect = dmig_dialect_names(); *dialect != NULL; dialect++)
    assert_names(document, "dialect", *dialect);
}

static void
test_rules(void **state)
{
  g_autofree char *document = source_file("docs/domain-format.md");
  for (int rule = 0; rule < DMIG_N_RULES; rule++) {
    g_autofree char *row = g_strdup_printf("\n| `%s` | ", dmig_rule_name(rule));
    const char *at = strstr(document, row);
    if (at == NULL)
      fail_msg("the documentation does not list the rule %s", dmig_rule_name(rule));
    gboolean warning = g_str_has_prefix(at + strlen(row), "a warning: ");
    assert_int_equal(warning, dmig_rule_severity(rule) == DMIG_SEVERITY_WARNING);
  }
}

/* The blocks of YAML in a document, each with what stands behind "```yaml". */
typedef struct {
  char *kind;
  char *text;
} Block;

static void
block_clear(gpointer data)
{
  Block *self = data;
  g_free(self->kind);
  g_free(self->text);
}

static GArray *
blocks_of(const char *path)
{
  GArray *blocks = g_array_new(FALSE, FALSE, sizeof(Block));
  g_array_set_clear_func(blocks, block_clear);
  g_autofree char *document = source_file(path);
  static const char fence[] = "\n```yaml";
  for (const char *at = document; (at = strstr(at, fence)) != NULL;) {
    const char *kind = at + strlen(fence);
    const char *text = strchr(kind, '\n') + 1;
    const char *end = strstr(text, "```\n");
    assert_non_null(end);
    Block block = { g_strstrip(g_strndup(kind, (gsize) (text - kind))),
                    g_strndup(text, (gsize) (end - text)) };
    g_array_append_val(blocks, block);
    at = end;
  }
  return blocks;
}

static char *
indent(const char *text, const char *by)
{
  g_auto(GStrv) lines = g_strsplit(text, "\n", -1);
  GString *indented = g_string_new(NULL);
  for (guint i = 0; lines[i] != NULL; i++)
    g_string_append_printf(indented, "%s%s\n", by, lines[i]);
  return g_string_free(indented, FALSE);
}

/* An example may be a whole file, all but its name, or what an entity is made of. */
static char *
complete(const char *text)
{
  if (g_str_has_prefix(text, "domain:"))
    return g_strdup(text);
  if (!g_str_has_prefix(text, "fields:"))
    return g_strconcat("domain: example\n", text, NULL);
  g_autofree char *entity = indent(text, "    ");
  return g_strconcat("domain: example\nentities:\n"
                     "  Company: {fields: {id: bigint identity primary}}\n  Example:\n",
                     entity, NULL);
}

static void
assert_examples(Fixture *self, const char *path)
{
  g_autoptr(GArray) blocks = blocks_of(path);
  assert_true(blocks->len >= 1);
  for (guint i = 0; i < blocks->len; i++) {
    g_autofree char *text = complete(g_array_index(blocks, Block, i).text);
    read_domain(self, text);
    if (dmig_diagnostics_length(self->diagnostics) > 0)
      print_message("in this example:\n%s\n", text);
    assert_clean(self);
  }
}

static void
test_examples_of_domains(void **state)
{
  for (guint i = 0; i < G_N_ELEMENTS(domain_pages); i++)
    assert_examples(*state, domain_pages[i]);
}

static void
test_examples_of_change_files(void **state)
{
  Fixture *self = *state;
  g_autoptr(GArray) blocks = blocks_of("docs/change-file.md");
  const DmigDomain *from = NULL, *to = NULL;
  guint changes = 0;
  for (guint i = 0; i < blocks->len; i++) {
    const Block *block = &g_array_index(blocks, Block, i);
    if (strcmp(block->kind, "before") == 0)
      from = read_domain(self, block->text);
    else if (strcmp(block->kind, "after") == 0)
      to = read_domain(self, block->text);
    else {
      assert_true(from != NULL && to != NULL);
      const DmigChangeFile *change = read_change(self, block->text, from, to);
      GPtrArray *renames = dmig_renames_detect(from, to, change);
      guint n_renames = renames->len;
      g_ptr_array_unref(renames);
      assert_int_equal(n_renames, 0);
      changes++;
    }
    assert_clean(self);
  }
  assert_true(changes >= 1);
}

/* The real domain that the documentation walks through. */
static void
test_shop(void **state)
{
  Fixture *self = *state;
  g_autofree char *path = g_build_filename(g_getenv("DMIG_SOURCE"), "docs", "shop", "domain", NULL);
  GPtrArray *sources = NULL;
  assert_true(dmig_sources_load(path, self->diagnostics, &sources, NULL));
  DmigDomain *domain = dmig_domain_read(sources, self->diagnostics);
  g_ptr_array_unref(sources);
  g_ptr_array_add(self->domains, domain);
  assert_clean(self);
  assert_true(domain->entities->len >= 15);
}

int
main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, fixture_setup, fixture_teardown)
  const struct CMUnitTest tests[] = {
    TEST(test_keys),
    TEST(test_words),
    TEST(test_rules),
    TEST(test_examples_of_domains),
    TEST(test_examples_of_change_files),
    TEST(test_shop),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
