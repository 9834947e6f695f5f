#include "core/plan/planner.h"

#include "core/plan/hazard.h"
#include "core/plan/online.h"

DmigChange *
dmig_planner_add(DmigPlanner *self, DmigChangeKind kind, const DmigTable *old_table,
                 const DmigTable *new_table)
{
  DmigChange *change = dmig_change_new(kind);

  change->old_table = old_table;
  change->new_table = new_table;
  g_ptr_array_add(self->owned, change);
  g_ptr_array_add(self->items, change);
  return change;
}

gboolean
dmig_planner_drops(const DmigPlanner *self, const DmigConstraint *constraint)
{
  for (guint i = 0; i < self->items->len; i++) {
    const DmigChange *change = self->items->pdata[i];
    if (change->kind == DMIG_CHANGE_DROP_CONSTRAINT && change->old_constraint == constraint)
      return TRUE;
  }
  return FALSE;
}

/* --- rebuilds -------------------------------------------------------------------------------- */

/* Changes of a table that a rebuild carries out; its renames went before, and indexes are dropped
 * by themselves so that their names are free. */
static gboolean
absorbed_by_rebuild(const DmigChange *change)
{
  switch (change->kind) {
  case DMIG_CHANGE_ADD_COLUMN:
  case DMIG_CHANGE_DROP_COLUMN:
  case DMIG_CHANGE_ALTER_COLUMN:
  case DMIG_CHANGE_ADD_CONSTRAINT:
  case DMIG_CHANGE_DROP_CONSTRAINT:
  case DMIG_CHANGE_RENAME_CONSTRAINT:
  case DMIG_CHANGE_CREATE_INDEX:
  case DMIG_CHANGE_REBUILD_TABLE:
    return change->old_table != NULL && change->new_table != NULL;
  case DMIG_CHANGE_CREATE_ENUM:
  case DMIG_CHANGE_DROP_ENUM:
  case DMIG_CHANGE_RENAME_ENUM:
  case DMIG_CHANGE_ALTER_ENUM:
  case DMIG_CHANGE_COMMENT_ENUM:
  case DMIG_CHANGE_CREATE_TABLE:
  case DMIG_CHANGE_DROP_TABLE:
  case DMIG_CHANGE_RENAME_TABLE:
  case DMIG_CHANGE_COMMENT_TABLE:
  case DMIG_CHANGE_RENAME_COLUMN:
  case DMIG_CHANGE_COMMENT_COLUMN:
  case DMIG_CHANGE_DROP_INDEX:
  case DMIG_CHANGE_RENAME_INDEX:
  case DMIG_CHANGE_CREATE_OBJECT:
  case DMIG_CHANGE_DROP_OBJECT:
  case DMIG_CHANGE_RENAME_OBJECT:
  case DMIG_CHANGE_REPLACE_OBJECT:
  case DMIG_CHANGE_SET_FACET:
  case DMIG_CHANGE_RESET_FACET:
  case DMIG_CHANGE_COPY_ROWS:
    return FALSE;
  }
  return FALSE;
}

/* Label maps on a dialect without enum types move values, which needs the rebuild too. */
static gboolean
maps_labels(DmigPlanner *self, const DmigTable *table)
{
  for (guint i = 0; i < self->transition->labels->len; i++) {
    const DmigLabelMap *map = self->transition->labels->pdata[i];
    if (g_strcmp0(map->table, table->name) == 0)
      return TRUE;
  }
  return FALSE;
}

static void
find_rebuilds(DmigPlanner *self)
{
  if (!self->dialect->has.table_rebuilds)
    return;
  for (guint i = 0; i < self->items->len; i++) {
    const DmigChange *change = self->items->pdata[i];
    if (absorbed_by_rebuild(change) &&
        (!self->dialect->can_alter(change) || maps_labels(self, change->new_table)))
      g_hash_table_add(self->rebuilt, change->new_table->name);
  }
}

gboolean
dmig_planner_rebuilds(const DmigPlanner *self, const DmigChange *change)
{
  return absorbed_by_rebuild(change) &&
         g_hash_table_contains(self->rebuilt, change->new_table->name);
}

/* --- the way through ------------------------------------------------------------------------- */

static void
planner_clear(DmigPlanner *self)
{
  g_clear_pointer(&self->items, g_ptr_array_unref);
  g_clear_pointer(&self->owned, g_ptr_array_unref);
  g_clear_pointer(&self->tables, g_ptr_array_unref);
  g_clear_pointer(&self->rebuilt, g_hash_table_unref);
  g_clear_pointer(&self->remade, g_hash_table_unref);
  g_clear_pointer(&self->staged, g_hash_table_unref);
  g_clear_pointer(&self->taken, g_hash_table_unref);
  g_clear_pointer(&self->goes_with, g_hash_table_unref);
  g_clear_pointer(&self->partners, g_hash_table_unref);
  g_clear_pointer(&self->late, g_ptr_array_unref);
  g_clear_pointer(&self->movers, g_ptr_array_unref);
}

static DmigPlan *
make_plan(DmigChanges *changes, const DmigTransition *transition, gboolean online, GError **error)
{
  g_autoptr(DmigTransition) none = dmig_transition_new();
  DmigPlan *plan = dmig_plan_new_empty(changes->to->dialect);
  DmigPlanner planner = {
    .dialect = changes->to->dialect,
    .changes = changes,
    .transition = transition != NULL ? transition : none,
    .items = g_ptr_array_copy(changes->items, NULL, NULL),
    .owned = g_ptr_array_new_with_free_func((GDestroyNotify) dmig_change_free),
    .tables = g_ptr_array_new_with_free_func((GDestroyNotify) dmig_table_free),
    .rebuilt = g_hash_table_new(g_str_hash, g_str_equal),
    .remade = g_hash_table_new(g_str_hash, g_str_equal),
    .staged = g_hash_table_new(g_str_hash, g_str_equal),
    .taken = g_hash_table_new(g_str_hash, g_str_equal),
    .goes_with = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free),
    .online = online,
    .late = g_ptr_array_new_with_free_func((GDestroyNotify) dmig_step_free),
  };

  g_ptr_array_set_free_func(planner.items, NULL);
  dmig_planner_prepare_values(&planner);
  dmig_planner_begin_online(&planner);
  dmig_planner_free_names(&planner);
  dmig_planner_remake_tables(&planner);
  dmig_planner_split_identities(&planner);
  dmig_planner_find_movers(&planner);
  dmig_planner_add_partitions(&planner);
  dmig_planner_remake_types(&planner);
  dmig_planner_add_dependents(&planner);
  find_rebuilds(&planner);
  dmig_planner_add_objects(&planner);
  /* What is made again may be what columns and keys stand on, and the other way round. */
  dmig_planner_add_dependents(&planner);
  dmig_planner_add_objects(&planner);
  dmig_planner_hold_back(&planner);
  dmig_planner_bring_unvalidated(&planner);
  dmig_planner_suspend_privileges(&planner);
  dmig_planner_drop_needless(&planner);
  dmig_planner_add_facets(&planner);
  dmig_planner_order(&planner);

  dmig_planner_add_author_checks(plan, planner.transition, FALSE);
  dmig_planner_add_hand_written(plan, "sql-before", "hand-written SQL before",
                                planner.transition->before_sql);
  dmig_planner_add_steps(&planner, plan);
  gboolean sound = !online || dmig_planner_end_online(&planner, plan->steps);
  dmig_planner_add_hand_written(plan, "sql-after", "hand-written SQL after",
                                planner.transition->after_sql);
  dmig_planner_add_author_checks(plan, planner.transition, TRUE);
  for (guint i = 0; i < plan->steps->len; i++)
    plan->loss = MAX(plan->loss, ((DmigStep *) plan->steps->pdata[i])->loss);
  dmig_plan_allow(plan, planner.transition->allows, changes->renamed, changes->to);
  planner_clear(&planner);
  if (sound)
    return plan;
  dmig_plan_free(plan);
  g_autoptr(DmigChanges) again = dmig_diff(changes->from, changes->to, transition);
  return make_plan(again, transition, FALSE, error);
}

DmigPlan *
dmig_plan_new(DmigChanges *changes, const DmigTransition *transition, GError **error)
{
  return make_plan(changes, transition, FALSE, error);
}

DmigPlan *
dmig_plan_new_online(DmigChanges *changes, const DmigTransition *transition, GError **error)
{
  return make_plan(changes, transition, TRUE, error);
}
