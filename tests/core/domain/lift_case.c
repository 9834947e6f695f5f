#include "tests/core/domain/lift_case.h"

#include <string.h>

#include "core/db/registry.h"
#include "core/diff/diff.h"
#include "core/domain/lower.h"

int
lift_setup(void **state)
{
  LiftFixture *self = g_new0(LiftFixture, 1);
  fixture_setup((void **) &self->base);
  self->schema = dmig_schema_new(dmig_dialect_find("postgresql"));
  *state = self;
  return 0;
}

int
lift_teardown(void **state)
{
  LiftFixture *self = *state;
  fixture_teardown((void **) &self->base);
  dmig_schema_unref(self->schema);
  dmig_schema_unref(self->back);
  g_free(self->yaml);
  g_free(self);
  return 0;
}

void
use_dialect(LiftFixture *self, const char *name)
{
  dmig_schema_unref(self->schema);
  self->schema = dmig_schema_new(dmig_dialect_find(name));
}

gboolean
print_diagnostics(DmigDiagnostics *diagnostics)
{
  for (guint i = 0; i < dmig_diagnostics_length(diagnostics); i++) {
    g_autofree char *line = dmig_diagnostic_to_line(dmig_diagnostics_get(diagnostics, i));
    print_message("%s\n", line);
  }
  return dmig_diagnostics_length(diagnostics) > 0;
}

/* cmocka cuts long messages off. */
static void
print_lines(const char *text)
{
  g_auto(GStrv) lines = g_strsplit(text, "\n", -1);
  for (char **line = lines; *line != NULL; line++)
    print_message("%s\n", *line);
}

/* As the database itself has them. */
static void
complete_objects(DmigSchema *schema)
{
  for (guint i = 0; schema->dialect->complete_object != NULL && i < schema->objects->len; i++)
    schema->dialect->complete_object(schema->objects->pdata[i]);
}

gboolean
comes_back(LiftFixture *self)
{
  complete_objects(self->schema);
  g_autoptr(DmigDomain) lifted = dmig_lift("shop", self->schema, self->base->diagnostics);
  g_free(self->yaml);
  self->yaml = dmig_domain_write(lifted);
  const DmigDomain *domain = read_domain(self->base, self->yaml);
  gboolean clean = !print_diagnostics(self->base->diagnostics);
  dmig_schema_unref(self->back);
  self->back = clean ? dmig_domain_lower(domain, self->schema->dialect, self->base->diagnostics)
                     : dmig_schema_new(self->schema->dialect);
  clean = clean && !print_diagnostics(self->base->diagnostics);
  g_autoptr(DmigChanges) changes = dmig_diff(self->schema, self->back, NULL);
  for (guint i = 0; clean && i < changes->items->len; i++) {
    g_autofree char *text = dmig_change_to_text(changes->items->pdata[i]);
    print_message("%s\n", text);
  }
  g_autofree char *again = clean ? dmig_domain_write(domain) : NULL;
  gboolean stable = again == NULL || strcmp(again, self->yaml) == 0;
  gboolean same = clean && stable && changes->items->len == 0;
  if (!same)
    print_lines(self->yaml);
  if (!stable)
    print_lines(again);
  return same;
}

gboolean
says(LiftFixture *self, const char *lines)
{
  gboolean found = strstr(self->yaml, lines) != NULL;
  if (!found)
    print_message("%s", self->yaml);
  return found;
}

DmigColumn *
column(DmigTable *table, const char *name)
{
  return dmig_table_column(table, name);
}

void
set_default(DmigTable *table, const char *name, const char *sql)
{
  g_free(column(table, name)->default_sql);
  column(table, name)->default_sql = g_strdup(sql);
}

void
set_key(DmigTable *table, const char *name, const char *key)
{
  test_add_constraint(table, DMIG_CONSTRAINT_PRIMARY_KEY, name, key);
  column(table, key)->not_null = TRUE;
}
