/* Which columns tell the rows of a table apart before and after a plan, so that what is kept of a
 * row finds its way back to it. */
#include "core/plan/row_keys.h"

#include <string.h>

#include "core/sql/text.h"

static gboolean
maps_labels(const DmigPlanner *self, const DmigTable *table, const DmigColumn *column)
{
  for (guint i = 0; i < self->transition->labels->len; i++) {
    const DmigLabelMap *map = self->transition->labels->pdata[i];
    if (g_strcmp0(map->table, table->name) == 0 && g_strcmp0(map->column, column->name) == 0)
      return TRUE;
    if (map->enum_name == NULL)
      continue;
    g_autofree char *type = dmig_sql_identifier(self->dialect, map->enum_name);
    if (g_str_has_prefix(column->type, type))
      return TRUE;
  }
  return FALSE;
}

/* Values stay what they are, and a plain cast compares them. */
static gboolean
converts_plainly(const DmigPlanner *self, const char *from, const char *to)
{
  g_auto(DmigConversion) conversion = { 0 };

  self->dialect->conversion(from, to, "c", &conversion);
  return conversion.kind == DMIG_CONVERSION_LOSSLESS && conversion.using_sql == NULL;
}

/* Whether every row has the same value in this column on both sides. */
static gboolean
is_stable(const DmigPlanner *self, const DmigTable *old_table, const DmigTable *new_table,
          const char *name)
{
  const DmigColumn *old = dmig_table_column(old_table, name);
  const DmigColumn *new = dmig_table_column(new_table, name);

  if (old == NULL || new == NULL || old->generated != DMIG_GENERATED_NONE ||
      new->generated != DMIG_GENERATED_NONE || maps_labels(self, new_table, new) ||
      dmig_transition_conversion(self->transition, new_table->name, name) != NULL ||
      (dmig_transition_fill(self->transition, new_table->name, name) != NULL && !old->not_null))
    return FALSE;
  return strcmp(old->type, new->type) == 0 || converts_plainly(self, old->type, new->type) ||
         converts_plainly(self, new->type, old->type);
}

/* TRUE and `columns` owned by the caller, where they are a key on both sides. */
static gboolean
is_key(const DmigSides *sides, GPtrArray *columns)
{
  for (guint i = 0; i < columns->len; i++) {
    const char *name = columns->pdata[i];
    const DmigColumn *column = dmig_table_column(sides->old_table, name);
    if (column == NULL || !column->not_null || strcmp(name, sides->but) == 0 ||
        !is_stable(sides->planner, sides->old_table, sides->new_table, name))
      return FALSE;
  }
  return columns->len > 0;
}

static GPtrArray *
columns_of_constraint(const DmigConstraint *constraint)
{
  GPtrArray *columns = g_ptr_array_new();

  if (constraint->kind == DMIG_CONSTRAINT_PRIMARY_KEY ||
      constraint->kind == DMIG_CONSTRAINT_UNIQUE)
    for (guint i = 0; constraint->columns[i] != NULL; i++)
      g_ptr_array_add(columns, constraint->columns[i]);
  return columns;
}

static GPtrArray *
columns_of_index(const DmigIndex *index)
{
  GPtrArray *columns = g_ptr_array_new();

  for (guint i = 0; index->unique && index->where_sql == NULL && i < index->elements->len; i++) {
    const DmigIndexElement *element = index->elements->pdata[i];
    if (element->column == NULL) {
      g_ptr_array_set_size(columns, 0);
      return columns;
    }
    g_ptr_array_add(columns, element->column);
  }
  return columns;
}

GPtrArray *
dmig_sides_find_key(const DmigSides *sides)
{
  const DmigTable *table = sides->old_table;

  for (guint pass = 0; pass < 2; pass++)
    for (guint i = 0; i < table->constraints->len; i++) {
      const DmigConstraint *constraint = table->constraints->pdata[i];
      if ((constraint->kind == DMIG_CONSTRAINT_PRIMARY_KEY) != (pass == 0))
        continue;
      g_autoptr(GPtrArray) columns = columns_of_constraint(constraint);
      if (is_key(sides, columns))
        return g_steal_pointer(&columns);
    }
  for (guint i = 0; i < table->indexes->len; i++) {
    g_autoptr(GPtrArray) columns = columns_of_index(table->indexes->pdata[i]);
    if (is_key(sides, columns))
      return g_steal_pointer(&columns);
  }
  return NULL;
}

gboolean
dmig_sides_lose(const DmigSides *sides, const DmigColumn *column)
{
  return column->generated == DMIG_GENERATED_NONE &&
         dmig_table_column(sides->new_table, column->name) == NULL;
}

GPtrArray *
dmig_sides_all_known(const DmigSides *sides)
{
  GPtrArray *columns = g_ptr_array_new();

  for (guint i = 0; i < sides->old_table->columns->len; i++) {
    const DmigColumn *column = sides->old_table->columns->pdata[i];
    if (strcmp(column->name, sides->but) != 0 &&
        (dmig_sides_lose(sides, column) ||
         is_stable(sides->planner, sides->old_table, sides->new_table, column->name)))
      g_ptr_array_add(columns, column->name);
  }
  return columns;
}
