/* What only the schemas can tell. */
#include <string.h>

#include "core/base/text.h"
#include "core/plan/hazard_scan.h"

static gboolean
begins_with(const DmigIndex *index, char *const *columns)
{
  guint n = g_strv_length((char **) columns);

  if (index->elements->len < n || index->where_sql != NULL)
    return FALSE;
  for (guint i = 0; i < n; i++) {
    const DmigIndexElement *element = index->elements->pdata[i];
    if (element->column == NULL || !dmig_strv_contains(columns, element->column))
      return FALSE;
  }
  return TRUE;
}

static gboolean
key_begins_with(const DmigConstraint *key, char *const *columns)
{
  if (key->kind != DMIG_CONSTRAINT_PRIMARY_KEY && key->kind != DMIG_CONSTRAINT_UNIQUE)
    return FALSE;
  for (guint i = 0; columns[i] != NULL; i++)
    if (key->columns[i] == NULL || !dmig_strv_contains(columns, key->columns[i]))
      return FALSE;
  return TRUE;
}

static gboolean
has_index_for(const DmigTable *table, char *const *columns)
{
  for (guint i = 0; i < table->indexes->len; i++)
    if (begins_with(table->indexes->pdata[i], columns))
      return TRUE;
  for (guint i = 0; i < table->constraints->len; i++)
    if (key_begins_with(table->constraints->pdata[i], columns))
      return TRUE;
  return FALSE;
}

static void
judge_types(DmigHazardScan *self, const DmigTable *table, const DmigConstraint *constraint)
{
  const DmigTable *other = dmig_schema_table(self->after, constraint->ref_table);

  for (guint i = 0; other != NULL && constraint->columns[i] != NULL &&
                    constraint->ref_columns[i] != NULL;
       i++) {
    const DmigColumn *mine = dmig_table_column(table, constraint->columns[i]);
    const DmigColumn *theirs = dmig_table_column(other, constraint->ref_columns[i]);
    if (mine == NULL || theirs == NULL || g_strcmp0(mine->type, theirs->type) == 0)
      continue;
    g_autofree char *name = dmig_path_text(table->name);
    g_autofree char *other_name = dmig_path_text(other->name);
    dmig_hazard_add(self, "foreign-key-type-mismatch", "%s.%s is %s, but %s.%s is %s", name,
                    mine->name, mine->type, other_name, theirs->name, theirs->type);
  }
}

static void
judge_reference(DmigHazardScan *self, const DmigTable *table, const DmigConstraint *constraint)
{
  g_autofree char *columns = g_strjoinv(", ", constraint->columns);
  g_autofree char *name = dmig_path_text(table->name);
  g_autofree char *other = dmig_path_text(constraint->ref_table);

  if (!has_index_for(table, constraint->columns))
    dmig_hazard_add(self, "foreign-key-without-index",
                    "deleting a row of %s reads all of %s: no index begins with (%s)", other, name,
                    columns);
  judge_types(self, table, constraint);
}

static gboolean
is_called(const DmigConstraint *constraint, const char *name)
{
  return name == NULL || g_strcmp0(constraint->name, name) == 0;
}

/* Of the table's references those of this name; NULL: all. */
static void
judge_table(DmigHazardScan *self, const DmigTable *table, const char *name)
{
  for (guint i = 0; table != NULL && i < table->constraints->len; i++) {
    const DmigConstraint *constraint = table->constraints->pdata[i];
    if (constraint->kind == DMIG_CONSTRAINT_FOREIGN_KEY && !constraint->inherited &&
        is_called(constraint, name))
      judge_reference(self, table, constraint);
  }
}

void
dmig_hazard_schema(DmigHazardScan *self, const DmigStep *step)
{
  if (g_str_equal(step->kind, "create-table"))
    judge_table(self, g_hash_table_lookup(self->tables_after, step->object), NULL);
  if (!g_str_equal(step->kind, "add-constraint"))
    return;
  /* Either name may have a dot of its own. */
  for (const char *dot = strchr(step->object, '.'); dot != NULL; dot = strchr(dot + 1, '.')) {
    g_autofree char *table = g_strndup(step->object, (gsize) (dot - step->object));
    judge_table(self, g_hash_table_lookup(self->tables_after, table), dot + 1);
  }
}
