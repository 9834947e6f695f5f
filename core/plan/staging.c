/* Columns that come back before what they stand in: what was kept is in them when a key, a check or a
 * requirement counts. */
#include "core/base/text.h"
#include "core/plan/planner.h"
#include "core/sql/lexer.h"

/* A value that stands in for the old one would break a key or a check that speaks of the column. */
static gboolean
is_bound(const DmigTable *table, const char *column)
{
  for (guint i = 0; i < table->constraints->len; i++) {
    const DmigConstraint *constraint = table->constraints->pdata[i];
    if (dmig_strv_contains(constraint->columns, column) ||
        (constraint->check_sql != NULL && dmig_sql_mentions(constraint->check_sql, column)))
      return TRUE;
  }
  for (guint i = 0; i < table->indexes->len; i++) {
    const DmigIndex *index = table->indexes->pdata[i];
    for (guint j = 0; index->unique && j < index->elements->len; j++) {
      const DmigIndexElement *element = index->elements->pdata[j];
      if (g_strcmp0(element->column, column) == 0 ||
          (element->expression != NULL && dmig_sql_mentions(element->expression, column)))
        return TRUE;
    }
  }
  return FALSE;
}

static gboolean
is_required(const DmigColumn *column)
{
  return column->not_null && column->default_sql == NULL;
}

/* The column as it may be added to any rows; owned by the planner. */
static DmigColumn *
loosened(DmigPlanner *self, const DmigTable *table, const DmigColumn *column)
{
  DmigTable *holder = dmig_table_new(table->name);
  DmigColumn *copy = dmig_column_copy(column);

  copy->not_null = FALSE;
  g_ptr_array_add(holder->columns, copy);
  g_ptr_array_add(self->tables, holder);
  return copy;
}

static gboolean
is_plain_addition(const DmigPlanner *self, const DmigChange *change)
{
  return self->transition->reverse && change->kind == DMIG_CHANGE_ADD_COLUMN &&
         change->old_table != NULL && change->new_column->generated == DMIG_GENERATED_NONE &&
         change->new_column->identity == DMIG_IDENTITY_NONE;
}

gboolean
dmig_planner_is_staged(const DmigPlanner *self, const DmigTable *table, const char *column)
{
  const DmigTable *staged = g_hash_table_lookup(self->staged, table->name);

  return staged != NULL && dmig_table_column(staged, column) != NULL &&
         dmig_table_column(dmig_schema_table(self->changes->renamed, table->name), column) == NULL;
}

static gboolean
must_stage(DmigPlanner *self, const DmigChange *change, DmigChange *out_addition)
{
  const DmigColumn *column = change->new_column;

  if (!is_plain_addition(self, change) || !dmig_planner_rebuilds(self, change))
    return FALSE;
  gboolean required = is_required(column);
  if ((change->fill_sql != NULL && !required) ||
      (!is_bound(change->new_table, column->name) && !(required && change->fill_sql == NULL)))
    return FALSE;
  *out_addition = *change;
  out_addition->fill_sql = NULL;
  out_addition->new_column = loosened(self, change->new_table, column);
  return self->dialect->can_alter(out_addition);
}

DmigTable *
dmig_planner_stage_columns(DmigPlanner *self, const DmigTable *new_table, GPtrArray *additions)
{
  DmigTable *staged = NULL;

  for (guint i = 0; i < self->items->len; i++) {
    const DmigChange *change = self->items->pdata[i];
    DmigChange addition = { 0 };
    if (change->new_table != new_table || !must_stage(self, change, &addition))
      continue;
    if (staged == NULL)
      staged = dmig_table_copy(dmig_schema_table(self->changes->renamed, new_table->name));
    g_ptr_array_add(staged->columns, dmig_column_copy(addition.new_column));
    g_ptr_array_add(additions, g_memdup2(&addition, sizeof addition));
  }
  if (staged != NULL)
    g_ptr_array_add(self->tables, staged);
  return staged;
}

gboolean
dmig_planner_split_addition(DmigPlanner *self, const DmigChange *change, DmigChange *out_addition,
                            DmigChange *out_requirement)
{
  if (!is_plain_addition(self, change) || dmig_planner_rebuilds(self, change) ||
      !is_required(change->new_column) || change->fill_sql != NULL)
    return FALSE;
  *out_addition = *change;
  out_addition->new_column = loosened(self, change->new_table, change->new_column);
  *out_requirement = *change;
  out_requirement->kind = DMIG_CHANGE_ALTER_COLUMN;
  out_requirement->aspects = DMIG_ASPECT_NOT_NULL;
  out_requirement->old_column = out_addition->new_column;
  return TRUE;
}
