#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <string.h>

#include "cmd/outline.h"

static DmigSource *
source(const char *name, const char *text)
{
  g_autoptr(GBytes) bytes = g_bytes_new(text, strlen(text));
  return dmig_source_new(name, bytes);
}

/* `body` is what stands below the domain's name. */
static DmigSnapshot *
snapshot(const char *body)
{
  if (body == NULL)
    return dmig_snapshot_empty();
  g_autofree char *text = g_strconcat("domain: test\ndialects: [sqlite, postgresql]\n", body, NULL);
  GPtrArray *sources = g_ptr_array_new_with_free_func((GDestroyNotify) dmig_source_free);
  g_ptr_array_add(sources, source("domain.yaml", text));
  return dmig_snapshot_sources(NULL, "test", ".", sources);
}

static char *
text_of(const DmigOutline *outline)
{
  GString *out = g_string_new("\n");
  for (guint i = 0; i < outline->items->len; i++) {
    const DmigOutlineItem *item = g_ptr_array_index(outline->items, i);
    g_string_append_printf(out, "%c %s%s%s%s%s\n", item->sign, item->noun,
                           *item->noun != '\0' ? " " : "", item->name,
                           item->was != NULL ? ", was " : "", item->was != NULL ? item->was : "");
    for (guint j = 0; j < item->lines->len; j++) {
      const DmigOutlineLine *line = g_ptr_array_index(item->lines, j);
      g_string_append_printf(out, "  %c %s\n", line->sign, line->text);
    }
  }
  return g_string_free(out, FALSE);
}

static void
check(const char *from, const char *to, const char *change, gboolean reverse, const char *expected)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(DmigPassage) passage = dmig_passage_new(
      snapshot(from), snapshot(to), change != NULL ? source("change.yaml", change) : NULL, &error);
  assert_null(error);
  g_autoptr(DmigOutline) outline = dmig_outline_of_domains(passage, reverse);
  g_autofree char *text = text_of(outline);
  assert_string_equal(text, expected);
}

static const char before[] = "enums:\n"
                             "  Level: [free, gold]\n"
                             "entities:\n"
                             "  Client:\n"
                             "    fields:\n"
                             "      id: bigint identity primary\n"
                             "      phone: string(40)\n"
                             "      fax: string(40) required\n"
                             "      level: Level required default free\n"
                             "      kind: enum(man, firm)\n"
                             "    indexes:\n"
                             "      - [phone desc]\n"
                             "  Order:\n"
                             "    fields:\n"
                             "      id: bigint identity primary\n"
                             "      client: references Client\n";

static const char after[] = "enums:\n"
                            "  Tier: [free, enterprise, trial]\n"
                            "entities:\n"
                            "  Customer:\n"
                            "    fields:\n"
                            "      id: bigint identity primary\n"
                            "      mobile: {type: text, check: mobile <> '', default: no number}\n"
                            "      level: Tier required default free\n"
                            "      kind: enum(person, firm)\n"
                            "    indexes:\n"
                            "      - [mobile desc]\n"
                            "  Order:\n"
                            "    fields:\n"
                            "      id: bigint identity primary\n"
                            "      customer: references Customer required on_delete cascade\n";

static const char way[] = "renames:\n"
                          "  Client: Customer\n"
                          "  Customer.phone: mobile\n"
                          "  Order.client: customer\n"
                          "  Level: Tier\n"
                          "values:\n"
                          "  Tier: {gold: enterprise}\n"
                          "  Customer.kind: {man: person}\n"
                          "fill: {Customer.fax: none}\n";

/* What is only called something else is no change of those who use it. */
static void
renames_are_followed(void **state)
{
  check(before, after, way, FALSE,
        "\n"
        "> enum Tier, was Level\n"
        "  > type level becomes tier\n"
        "  ~ labels gold becomes enterprise, + trial\n"
        "> Customer, was Client\n"
        "  > table client becomes customer\n"
        "  > phone becomes mobile\n"
        "  ~ mobile: string(40) becomes text, default 'no number', check: mobile <> ''\n"
        "  ~ kind: labels man becomes person\n"
        "  - fax: string(40) required\n"
        "~ Order\n"
        "  > client becomes customer\n"
        "  ~ customer: required, on_delete cascade\n");
}

static void
the_way_back_is_told_backwards(void **state)
{
  check(before, after, way, TRUE,
        "\n"
        "> enum Level, was Tier\n"
        "  > type tier becomes level\n"
        "  ~ labels enterprise becomes gold, - trial\n"
        "> Client, was Customer\n"
        "  > table customer becomes client\n"
        "  > mobile becomes phone\n"
        "  ~ phone: text becomes string(40), no default, no check\n"
        "  + fax: string(40) required\n"
        "  ~ kind: labels person becomes man\n"
        "~ Order\n"
        "  > customer becomes client\n"
        "  ~ client: no longer required, no on_delete\n");
}

static void
a_first_state_is_all_new(void **state)
{
  check(NULL,
        "entities:\n"
        "  Line:\n"
        "    fields:\n"
        "      order: integer\n"
        "      position: {type: smallint, default: {sql: {sqlite: '1', else: '0'}}}\n"
        "      note: {type: text, description: free}\n"
        "      twice: {type: integer, generated: {sql: position * 2, as: virtual}}\n"
        "    primary: [order, position]\n"
        "    unique: [{fields: [note, order], name: one, deferrable: deferred}]\n"
        "    indexes: [{fields: [{expression: lower(note), operator_class: text_pattern_ops}],\n"
        "      where: note <> '', dialects: postgresql, name: line_notes}]\n"
        "    checks: {positive: position > 0}\n"
        "views: {Notes: SELECT note FROM line}\n",
        NULL, FALSE,
        "\n"
        "+ Line\n"
        "  + order: integer\n"
        "  + position: smallint default {sql: sqlite: 1, else: 0}\n"
        "  + note: text\n"
        "  + twice: integer, generated: position * 2 (virtual)\n"
        "  + primary [order, position]\n"
        "  + unique one [note, order] deferred\n"
        "  + index line_notes [lower(note) text_pattern_ops] where note <> '' only on postgresql\n"
        "  + check positive: position > 0\n"
        "+ view Notes\n");
}

static void
a_name_may_pass_to_another_object(void **state)
{
  check("entities:\n"
        "  A: {table: t, fields: {id: integer primary}}\n"
        "  B: {table: u, fields: {key: text primary}}\n",
        "entities:\n"
        "  B: {table: t, fields: {id: integer primary}}\n"
        "  C: {table: u, fields: {key: text primary}}\n",
        "renames: {A: B, B: C}\n", FALSE,
        "\n"
        "> B, was A\n"
        "> C, was B\n");
}

static void
keys_labels_and_views_change(void **state)
{
  check("entities:\n"
        "  A: {fields: {id: integer primary, x: integer required, e: 'enum(a, b)'}}\n"
        "views: {V: SELECT 1 AS one, W: SELECT 1 AS one}\n",
        "description: All\n"
        "entities:\n"
        "  A: {fields: {id: integer required, x: integer required, e: 'enum(b, a)'}, primary: [id, "
        "x]}\n"
        "views: {V: SELECT 2 AS one}\n",
        NULL, FALSE,
        "\n"
        "~ domain test\n"
        "  ~ description\n"
        "~ A\n"
        "  ~ e: labels in another order\n"
        "  - primary [id]\n"
        "  + primary [id, x]\n"
        "~ view V\n"
        "  ~ query\n"
        "- view W\n");
}

static void
the_same_is_nothing(void **state)
{
  check(before, before, NULL, FALSE, "\n");
  check(after, after, NULL, TRUE, "\n");
}

static void
objects_of_every_kind_are_told(void **state)
{
  check("entities:\n"
        "  A:\n"
        "    fields: {id: integer primary}\n"
        "    grants: {reader: [select], writer: [insert]}\n"
        "    policies: {own: {using: id > 0}, gone: {using: id > 1}}\n"
        "functions:\n"
        "  f: {arguments: text, returns: text, body: SELECT $1}\n"
        "  g: {arguments: text, returns: text, body: SELECT $1}\n",
        "schemas: {auth: {}}\n"
        "entities:\n"
        "  A:\n"
        "    fields: {id: integer primary}\n"
        "    grants: {reader: [select, update], other: [delete]}\n"
        "    policies: {own: {using: id > 2}, fresh: {for: select, using: id > 1}}\n"
        "sql: {german: \"CREATE COLLATION german (locale = 'de')\"}\n"
        "functions:\n"
        "  f: {arguments: text, returns: text, volatility: immutable, body: SELECT $1}\n"
        "  g: {arguments: integer, returns: text, body: SELECT 'x'}\n",
        NULL, FALSE,
        "\n"
        "~ A\n"
        "  - policy gone\n"
        "  - grant to writer insert\n"
        "  ~ policy own: using: id > 0 becomes id > 2\n"
        "  + policy fresh\n"
        "  ~ grant to reader: select becomes select, update\n"
        "  + grant to other delete\n"
        "+ schema auth\n"
        "+ sql german\n"
        "~ function f(text)\n"
        "  + volatility immutable\n"
        "+ function g(integer)\n"
        "- function g(text)\n");
}

/* --- databases ---------------------------------------------------------------------------------- */

static DmigSchema *
schema_with(const char *policy_using, const char *body, gboolean extra)
{
  DmigSchema *schema = dmig_schema_new(dmig_dialect_find("postgresql"));
  DmigTable *table = dmig_table_new("auth\xffusers");
  g_ptr_array_add(table->columns, dmig_column_new("id", "integer"));
  dmig_facets_add(&table->facets, dmig_facet_new("grant to reader", extra ? "SELECT" : "INSERT",
                                                 "GRANT …;\n", "REVOKE …;\n"));
  if (extra)
    dmig_facets_add(&table->facets,
                    dmig_facet_new("comment", "People", "COMMENT …;\n", "COMMENT … NULL;\n"));
  g_ptr_array_add(schema->tables, table);

  DmigObject *policy = dmig_object_new(DMIG_OBJECT_POLICY, "auth\xffusers", "own rows");
  policy->create = g_strdup_printf("CREATE POLICY … USING (%s);\n", policy_using);
  policy->drop = g_strdup("DROP POLICY …;\n");
  dmig_object_set_property(policy, "using", policy_using);
  g_ptr_array_add(schema->objects, policy);

  DmigObject *routine = dmig_object_new(DMIG_OBJECT_ROUTINE, "f", "integer, auth\xffmood");
  routine->create = g_strdup_printf("CREATE FUNCTION f … %s;\n", body);
  routine->drop = g_strdup("DROP FUNCTION f …;\n");
  routine->replace = g_strdup(routine->create);
  routine->mould = g_strdup("");
  dmig_object_set_property(routine, "kind", "function");
  dmig_object_set_property(routine, "body", body);
  g_ptr_array_add(schema->objects, routine);
  if (extra)
    g_ptr_array_add(schema->objects,
                    dmig_object_new_view(schema->dialect, "auth\xffv", "SELECT 1 AS one"));
  return schema;
}

static void
check_schemas(DmigSchema *from, DmigSchema *to, const char *expected)
{
  g_autoptr(DmigChanges) changes = dmig_diff(from, to, NULL);
  g_autoptr(DmigOutline) outline = dmig_outline_of_schemas(changes);
  g_autofree char *text = text_of(outline);
  assert_string_equal(text, expected);
}

static void
objects_of_databases_are_told(void **state)
{
  g_autoptr(DmigSchema) from = schema_with("id > 0", "SELECT 1", FALSE);
  g_autoptr(DmigSchema) to = schema_with("id > 1", "SELECT\n2", TRUE);
  g_autoptr(DmigSchema) nothing = dmig_schema_new(from->dialect);
  check_schemas(from, to,
                "\n"
                "~ table auth.users\n"
                "  ~ grant to reader: INSERT becomes SELECT\n"
                "  + description\n"
                "  ~ policy own rows: using: id > 0 becomes id > 1\n"
                "~ function f(integer, auth.mood)\n"
                "  ~ body\n"
                "+ view auth.v\n");
  check_schemas(to, from,
                "\n"
                "~ table auth.users\n"
                "  - description\n"
                "  ~ grant to reader: SELECT becomes INSERT\n"
                "  ~ policy own rows: using: id > 1 becomes id > 0\n"
                "- view auth.v\n"
                "~ function f(integer, auth.mood)\n"
                "  ~ body\n");
  check_schemas(nothing, from,
                "\n"
                "+ table auth.users\n"
                "  + id integer\n"
                "  + grant to reader: INSERT\n"
                "  + policy own rows\n"
                "+ function f(integer, auth.mood)\n");
  check_schemas(from, from, "\n");
}

int
main(void)
{
  const struct CMUnitTest tests[] = {
    cmocka_unit_test(renames_are_followed),
    cmocka_unit_test(the_way_back_is_told_backwards),
    cmocka_unit_test(a_first_state_is_all_new),
    cmocka_unit_test(a_name_may_pass_to_another_object),
    cmocka_unit_test(keys_labels_and_views_change),
    cmocka_unit_test(the_same_is_nothing),
    cmocka_unit_test(objects_of_every_kind_are_told),
    cmocka_unit_test(objects_of_databases_are_told),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
