/* Columns that let go of what is made again, and come back to it. */
#include "core/plan/planner.h"
#include "core/sql/text.h"

/* A column lets go of what is made again, and comes back to it: as `meanwhile`, which is taken. */
static DmigChange *
leave_and_return(DmigPlanner *self, const DmigTable *old_table, const DmigTable *new_table,
                 const DmigColumn *old, const DmigColumn *new, DmigColumn *meanwhile,
                 DmigColumnAspects aspects)
{
  DmigChange *altered = dmig_planner_find(self, DMIG_CHANGE_ALTER_COLUMN, old);
  DmigTable *holder = dmig_table_new(old_table->name);
  DmigColumnAspects defaults = aspects & DMIG_ASPECT_TYPE ? DMIG_ASPECT_DEFAULT : 0;

  /* What is set of the column is set of the one that comes back. */
  g_clear_pointer(&meanwhile->facets, g_ptr_array_unref);
  g_ptr_array_add(holder->columns, meanwhile);
  g_ptr_array_add(self->tables, holder);
  DmigChange *away = dmig_planner_add(self, DMIG_CHANGE_ALTER_COLUMN, old_table, new_table);
  away->aspects = aspects | (old->default_sql != NULL ? defaults : 0);
  away->old_column = old;
  away->new_column = meanwhile;
  DmigChange *back = dmig_planner_add(self, DMIG_CHANGE_ALTER_COLUMN, old_table, new_table);
  back->new_column = new;
  back->old_column = meanwhile;
  back->aspects = aspects | (new->default_sql != NULL ? defaults : 0);
  if (altered != NULL) {
    back->aspects |= altered->aspects;
    back->fill_sql = g_strdup(altered->fill_sql);
    back->using_sql = g_strdup(altered->using_sql);
    dmig_planner_remove(self, altered);
  }
  return away;
}

static gboolean
already_alters(const DmigPlanner *self, const DmigColumn *old, DmigColumnAspects aspects)
{
  const DmigChange *altered = dmig_planner_find(self, DMIG_CHANGE_ALTER_COLUMN, old);

  return altered != NULL && (altered->aspects & aspects);
}

void
dmig_planner_leave_default(DmigPlanner *self, const DmigTable *old_table, const DmigTable *new_table,
                           const DmigColumn *old, const DmigColumn *new, gboolean comes_back)
{
  const DmigChange *altered = dmig_planner_find(self, DMIG_CHANGE_ALTER_COLUMN, old);
  gboolean left = altered != NULL && altered->new_column != new;

  if (old->default_sql == NULL || new->default_sql == NULL ||
      ((left || !comes_back) && already_alters(self, old, DMIG_ASPECT_DEFAULT)))
    return;
  DmigColumn *bare = dmig_column_copy(old);
  g_clear_pointer(&bare->default_sql, g_free);
  leave_and_return(self, old_table, new_table, old, new, bare, DMIG_ASPECT_DEFAULT);
}

void
dmig_planner_leave_collation(DmigPlanner *self, const DmigTable *old_table, const DmigTable *new_table,
                             const DmigColumn *old, const DmigColumn *new)
{
  if (old->collation == NULL || new->collation == NULL ||
      already_alters(self, old, DMIG_ASPECT_COLLATION))
    return;
  DmigColumn *plain = dmig_column_copy(old);
  g_clear_pointer(&plain->collation, g_free);
  leave_and_return(self, old_table, new_table, old, new, plain, DMIG_ASPECT_COLLATION);
}

/* What a domain's values are meanwhile: of the type below it, where that leads to the new one, as
 * `out_using` says of the column. NULL: of none that is known. Both owned. */
static char *
plain_type_of_domain(DmigPlanner *self, const DmigColumn *old, const DmigColumn *new, char **out_using)
{
  g_autofree char *from = dmig_planner_base_of_domain(self->changes->renamed, old->type);
  g_autofree char *to = dmig_planner_base_of_domain(self->changes->to, new->type);
  g_autofree char *column = dmig_sql_identifier(self->dialect, old->name);
  g_auto(DmigConversion) conversion = { 0 };

  if (from == NULL || to == NULL)
    return NULL;
  self->dialect->conversion(from, to, column, &conversion);
  if (conversion.kind == DMIG_CONVERSION_NONE)
    return NULL;
  *out_using = conversion.using_sql != NULL ? g_steal_pointer(&conversion.using_sql)
                                            : g_steal_pointer(&column);
  return g_steal_pointer(&from);
}

/* A row of the type that is made again out of a column that holds what it was before. Owned. */
static char *
release_row(DmigPlanner *self, const char *address, const char *held, const char *type)
{
  g_auto(DmigConversion) cost = { 0 };

  return dmig_planner_release_row(self, dmig_schema_object_at(self->changes->renamed, address),
                                  dmig_schema_object_at(self->changes->to, address), held, type, &cost);
}

/* A column whose type is made again is text meanwhile, or a row of named values, whose parts find their
 * places again when the type has others. */
void
dmig_planner_leave_type(DmigPlanner *self, const DmigTable *old_table, const DmigTable *new_table,
                        const DmigColumn *old, const DmigColumn *new, const char *address)
{
  gboolean array = g_str_has_suffix(old->type, "[]");
  gboolean row = dmig_address_kind(address) == DMIG_OBJECT_COMPOSITE_TYPE && !array &&
                 self->dialect->row_holder != NULL;

  if (already_alters(self, old, DMIG_ASPECT_TYPE))
    return;
  g_autofree char *value = NULL;
  DmigColumn *plain = dmig_column_copy(old);
  g_free(plain->type);
  plain->type = row ? g_strdup(self->dialect->row_holder)
                    : plain_type_of_domain(self, old, new, &value);
  if (plain->type == NULL)
    plain->type = self->dialect->canonical_type(array ? "text[]" : "text");
  g_clear_pointer(&plain->default_sql, g_free);
  DmigChange *away =
      leave_and_return(self, old_table, new_table, old, new, plain, DMIG_ASPECT_TYPE);
  g_autofree char *held = dmig_sql_identifier(self->dialect, old->name);
  away->using_sql = row ? self->dialect->hold_row(held)
                        : dmig_sql_printf(self->dialect, "CAST(%I AS %s)", old->name, plain->type);
  DmigChange *back = dmig_planner_find(self, DMIG_CHANGE_ALTER_COLUMN, plain);
  g_free(back->using_sql);
  back->using_sql = row ? release_row(self, address, held, new->type)
                  : value != NULL
                      ? g_strdup_printf("CAST(%s AS %s)", value, new->type)
                      : dmig_sql_printf(self->dialect, "CAST(%I AS %s)", new->name, new->type);
}
