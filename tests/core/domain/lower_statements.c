#include "tests/core/domain/lower_statements.h"

#include <string.h>

#include "core/db/ddl.h"

static void
append_facets(GString *out, const GPtrArray *facets)
{
  for (guint i = 0; facets != NULL && i < facets->len; i++) {
    const DmigFacet *facet = facets->pdata[i];
    g_string_append_printf(out, "%s%s= %s\n%s", facet->created ? "said " : "",
                           facet->late ? "late " : "", facet->name, facet->set);
    g_string_append_printf(out, "undo: %s", facet->reset != NULL ? facet->reset : "-\n");
  }
}

static void
append_table(GString *out, const DmigSchema *schema, const DmigTable *table)
{
  dmig_ddl_create_table(out, schema->dialect, table, NULL, TRUE);
  g_string_append(out, ";\n");
  append_facets(out, table->facets);
  for (guint i = 0; i < table->columns->len; i++)
    append_facets(out, ((const DmigColumn *) table->columns->pdata[i])->facets);
  for (guint i = 0; i < table->constraints->len; i++)
    append_facets(out, ((const DmigConstraint *) table->constraints->pdata[i])->facets);
  for (guint i = 0; i < table->indexes->len; i++) {
    const DmigIndex *index = table->indexes->pdata[i];
    dmig_ddl_create_index(out, schema->dialect, table, index);
    g_string_append_printf(out, ";\n");
    append_facets(out, index->facets);
  }
}

static char *
all_statements(const DmigSchema *schema)
{
  GString *out = g_string_new(NULL);
  for (guint i = 0; i < schema->enums->len; i++)
    append_facets(out, ((const DmigEnum *) schema->enums->pdata[i])->facets);
  for (guint i = 0; i < schema->tables->len; i++)
    append_table(out, schema, schema->tables->pdata[i]);
  for (guint i = 0; i < schema->objects->len; i++) {
    const DmigObject *object = schema->objects->pdata[i];
    g_string_append(out, object->create);
    append_facets(out, object->facets);
    g_string_append_printf(out, "drop: %s", object->drop);
    if (object->replace != NULL)
      g_string_append_printf(out, "replace: %s", object->replace);
  }
  return g_string_free(out, FALSE);
}

void
assert_makes(Fixture *self, const DmigDialect *dialect, const char *yaml,
             const char *const *expected)
{
  const DmigDomain *domain = read_domain(self, yaml);
  assert_clean(self);
  g_autoptr(DmigSchema) schema = dmig_domain_lower(domain, dialect, self->diagnostics);
  g_autofree char *text = all_statements(schema);
  const char *missing = NULL;
  for (guint i = 0; expected[i] != NULL && missing == NULL; i++)
    missing = strstr(text, expected[i]) == NULL ? expected[i] : NULL;
  if (missing != NULL)
    print_message("in\n%s\nis no\n%s\n", text, missing);
  g_clear_pointer(&text, g_free);
  g_clear_pointer(&schema, dmig_schema_unref);
  assert_clean(self);
  assert_null(missing);
}
