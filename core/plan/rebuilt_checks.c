/* Questions to the rows before their table is rebuilt, over what the rebuild will write. */
#include <string.h>

#include "core/plan/checks.h"
#include "core/sql/text.h"

/* `(SELECT … FROM old) AS name`: the rows as the rebuild will write them. What is computed from the
 * others is laid around it, a column a layer, as it may read computed ones too. */
static char *
rebuilt_rows(DmigPlanner *self, const DmigTable *old_table, const DmigTable *new_table,
             GHashTable *sources)
{
  GString *sql = g_string_new("(SELECT ");
  gboolean first = TRUE;

  for (guint i = 0; i < new_table->columns->len; i++) {
    const DmigColumn *column = new_table->columns->pdata[i];
    const char *source = g_hash_table_lookup(sources, column->name);
    if (column->generated != DMIG_GENERATED_NONE)
      continue;
    if (source == NULL)
      source = column->default_sql != NULL ? column->default_sql : "NULL";
    dmig_sql_appendf(sql, self->dialect, "%s%s AS %I", first ? "" : ", ", source, column->name);
    first = FALSE;
  }
  dmig_sql_appendf(sql, self->dialect, " FROM %I) AS %I", old_table->name, new_table->name);
  for (guint i = 0; i < new_table->columns->len; i++) {
    const DmigColumn *column = new_table->columns->pdata[i];
    if (column->generated == DMIG_GENERATED_NONE)
      continue;
    g_autofree char *inner = g_string_free(sql, FALSE);
    sql = g_string_new(NULL);
    dmig_sql_appendf(sql, self->dialect, "(SELECT *, (%s) AS %I FROM %s) AS %I",
                     column->generated_sql, column->name, inner, new_table->name);
  }
  return g_string_free(sql, FALSE);
}

/* Whether the rebuild gives the column other values than it has. */
static gboolean
moves(DmigPlanner *self, GHashTable *sources, const char *column)
{
  const char *source = g_hash_table_lookup(sources, column);
  g_autofree char *plain = dmig_sql_identifier(self->dialect, column);

  return g_strcmp0(source, plain) != 0;
}

/* Whether the old table can be asked as it stands. */
static gboolean
all_values_stay(DmigPlanner *self, const DmigTable *old_table, const DmigTable *new_table,
                GHashTable *sources)
{
  for (guint i = 0; i < new_table->columns->len; i++) {
    const DmigColumn *column = new_table->columns->pdata[i];
    const DmigColumn *before = dmig_table_column(old_table, column->name);
    if (before == NULL || g_strcmp0(before->generated_sql, column->generated_sql) != 0 ||
        (column->generated == DMIG_GENERATED_NONE && moves(self, sources, column->name)))
      return FALSE;
  }
  return TRUE;
}

static gboolean
is_new_in(DmigPlanner *self, const DmigTable *table, gconstpointer object)
{
  for (guint i = 0; i < self->items->len; i++) {
    const DmigChange *change = self->items->pdata[i];
    if (change->new_table == table && object != NULL &&
        (change->new_constraint == object || change->new_index == object))
      return change->kind == DMIG_CHANGE_ADD_CONSTRAINT ||
             change->kind == DMIG_CHANGE_CREATE_INDEX;
  }
  return FALSE;
}

static gboolean
constraint_meets_other_values(DmigPlanner *self, GHashTable *sources, const DmigTable *table,
                              const DmigConstraint *constraint)
{
  for (guint i = 0; i < table->columns->len; i++) {
    const char *name = ((DmigColumn *) table->columns->pdata[i])->name;
    if (dmig_planner_constraint_reads(constraint, name) && moves(self, sources, name))
      return TRUE;
  }
  return FALSE;
}

static gboolean
index_meets_other_values(DmigPlanner *self, GHashTable *sources, const DmigIndex *index)
{
  for (guint i = 0; i < index->elements->len; i++) {
    const DmigIndexElement *element = index->elements->pdata[i];
    if (element->column == NULL || moves(self, sources, element->column))
      return TRUE;
  }
  return FALSE;
}

/* What is computed otherwise, or of other values, or may be null no longer. */
static void
ask_computed(const DmigMetRows *rows, const DmigTable *old_table, gboolean stays)
{
  for (guint i = 0; i < rows->table->columns->len; i++) {
    const DmigColumn *column = rows->table->columns->pdata[i];
    const DmigColumn *before = dmig_table_column(old_table, column->name);
    if (!column->not_null || column->generated == DMIG_GENERATED_NONE
        || (stays && before->not_null))
      continue;
    g_autofree char *value = dmig_sql_identifier(rows->planner->dialect, column->name);
    dmig_planner_ask_for_missing(rows, column, value);
  }
}

/* The key of an identity column is given by the database: nothing to ask. */
static gboolean
is_identity_key(const DmigTable *table, const DmigConstraint *constraint)
{
  const DmigColumn *column = constraint->kind == DMIG_CONSTRAINT_PRIMARY_KEY
                                 ? dmig_table_column(table, constraint->columns[0])
                                 : NULL;

  return column != NULL && column->identity != DMIG_IDENTITY_NONE;
}

/* Whether rows can be told by the old table's primary key in what the rebuild writes. */
static gboolean
keeps_key(DmigPlanner *self, const DmigTable *old_table, const DmigTable *new_table,
          GHashTable *sources)
{
  for (guint i = 0; i < old_table->constraints->len; i++) {
    const DmigConstraint *constraint = old_table->constraints->pdata[i];
    if (constraint->kind != DMIG_CONSTRAINT_PRIMARY_KEY)
      continue;
    for (guint k = 0; constraint->columns[k] != NULL; k++)
      if (dmig_table_column(new_table, constraint->columns[k]) == NULL ||
          moves(self, sources, constraint->columns[k]))
        return FALSE;
  }
  return TRUE;
}

void
dmig_planner_ask_rebuilt_rows(DmigPlanner *self, const DmigTable *old_table,
                              const DmigTable *new_table, GHashTable *sources, DmigStep *step)
{
  gboolean stays = all_values_stay(self, old_table, new_table, sources);
  g_autofree char *from = stays ? dmig_sql_identifier(self->dialect, old_table->name)
                                : rebuilt_rows(self, old_table, new_table, sources);
  gboolean same_key = keeps_key(self, old_table, new_table, sources);
  DmigMetRows rows = { self, new_table, from, step, same_key ? old_table : NULL };

  ask_computed(&rows, old_table, stays);
  for (guint i = 0; i < new_table->constraints->len; i++) {
    const DmigConstraint *constraint = new_table->constraints->pdata[i];
    if ((is_new_in(self, new_table, constraint) ||
         constraint_meets_other_values(self, sources, new_table, constraint)) &&
        !(is_identity_key(new_table, constraint) &&
          g_hash_table_lookup(sources, constraint->columns[0]) == NULL))
      dmig_planner_ask_constraint(&rows, constraint);
  }
  for (guint i = 0; i < new_table->indexes->len; i++) {
    const DmigIndex *index = new_table->indexes->pdata[i];
    if (is_new_in(self, new_table, index) || index_meets_other_values(self, sources, index))
      dmig_planner_ask_index(&rows, index);
  }
}
