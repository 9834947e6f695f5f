#include "core/plan/planner.h"

#include <string.h>

#include "core/base/text.h"
#include "core/diff/rename.h"
#include "core/plan/hazard.h"
#include "core/plan/online.h"
#include "core/sql/text.h"

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
dmig_planner_can(const DmigPlanner *self, DmigCapabilities capability)
{
  return (self->dialect->capabilities & capability) != 0;
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
  case DMIG_CHANGE_REPLACE_OBJECT:
  case DMIG_CHANGE_SET_FACET:
  case DMIG_CHANGE_RESET_FACET:
  case DMIG_CHANGE_COPY_ROWS:
    return FALSE;
  }
  return FALSE;
}

/* Where an index has its name for good, another name is another index. */
static void
replace_index_renames(DmigPlanner *self)
{
  if (dmig_planner_can(self, DMIG_CAP_RENAME_INDEX))
    return;
  for (guint i = self->items->len; i > 0; i--) {
    const DmigChange *change = self->items->pdata[i - 1];
    if (change->kind != DMIG_CHANGE_RENAME_INDEX)
      continue;
    g_ptr_array_remove_index(self->items, i - 1);
    dmig_planner_add(self, DMIG_CHANGE_DROP_INDEX, change->old_table, change->new_table)
        ->old_index = change->old_index;
    dmig_planner_add(self, DMIG_CHANGE_CREATE_INDEX, change->old_table, change->new_table)
        ->new_index = change->new_index;
  }
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
  if (!dmig_planner_can(self, DMIG_CAP_TABLE_REBUILD))
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

/* --- steps ----------------------------------------------------------------------------------- */

static DmigPhase
phase_of(const DmigChange *change)
{
  switch (change->kind) {
  case DMIG_CHANGE_CREATE_ENUM:
  case DMIG_CHANGE_CREATE_TABLE:
  case DMIG_CHANGE_CREATE_INDEX:
  case DMIG_CHANGE_CREATE_OBJECT:
  case DMIG_CHANGE_SET_FACET:
  case DMIG_CHANGE_ADD_COLUMN:
  case DMIG_CHANGE_COMMENT_ENUM:
  case DMIG_CHANGE_COMMENT_TABLE:
  case DMIG_CHANGE_COMMENT_COLUMN:
    return DMIG_PHASE_EXPAND;
  case DMIG_CHANGE_RENAME_ENUM:
  case DMIG_CHANGE_RENAME_TABLE:
  case DMIG_CHANGE_RENAME_COLUMN:
  case DMIG_CHANGE_RENAME_CONSTRAINT:
  case DMIG_CHANGE_RENAME_INDEX:
  case DMIG_CHANGE_ALTER_ENUM:
  case DMIG_CHANGE_REPLACE_OBJECT:
  case DMIG_CHANGE_REBUILD_TABLE:
  case DMIG_CHANGE_COPY_ROWS:
    return DMIG_PHASE_MIGRATE;
  case DMIG_CHANGE_ALTER_COLUMN:
    return (change->aspects & DMIG_ASPECT_NOT_NULL) && change->new_column->not_null
               ? DMIG_PHASE_CONTRACT
               : DMIG_PHASE_MIGRATE;
  case DMIG_CHANGE_DROP_ENUM:
  case DMIG_CHANGE_DROP_TABLE:
  case DMIG_CHANGE_DROP_COLUMN:
  case DMIG_CHANGE_ADD_CONSTRAINT:
  case DMIG_CHANGE_DROP_CONSTRAINT:
  case DMIG_CHANGE_DROP_INDEX:
  case DMIG_CHANGE_DROP_OBJECT:
  case DMIG_CHANGE_RESET_FACET:
    return DMIG_PHASE_CONTRACT;
  }
  return DMIG_PHASE_MIGRATE;
}

static char *
object_of(const DmigChange *change)
{
  const char *object = dmig_change_object(change), *member = dmig_change_member(change);

  g_autofree char *both = g_strconcat(object, member != NULL ? "." : NULL, member, NULL);

  return dmig_path_text(both);
}

static void
set_title(DmigStep *step, char *title)
{
  g_free(step->title);
  step->title = title;
}

static void
keep_dependents(DmigStep *step, const char *object)
{
  const char *const keeps[] = { object, NULL };

  g_strfreev(step->keeps);
  step->keeps = g_strdupv((char **) keeps);
}

static gboolean
is_harmless(const char *sql)
{
  return g_str_has_prefix(sql, "GRANT") || g_str_has_prefix(sql, "REVOKE") ||
         g_str_has_prefix(sql, "COMMENT");
}

/* What statements that objects and facets bring hold at most. */
static DmigLock
lock_of(const DmigChange *change, const DmigObject *object, DmigLock lock)
{
  const DmigFacet *facet = change->new_facet != NULL ? change->new_facet : change->old_facet;

  if (facet != NULL) {
    DmigObjectKind kind = dmig_address_kind(change->address);
    gboolean stored = kind == DMIG_OBJECT_TABLE || dmig_object_kind_is_part(kind);
    return stored && !is_harmless(facet->set) ? DMIG_LOCK_ACCESS_EXCLUSIVE : DMIG_LOCK_NONE;
  }
  if (object == NULL)
    return lock;
  if (dmig_object_kind_is_part(object->kind) || change->old_object != NULL)
    return DMIG_LOCK_ACCESS_EXCLUSIVE;
  return object->kind == DMIG_OBJECT_VIEW || object->kind == DMIG_OBJECT_MATERIALIZED_VIEW
             ? DMIG_LOCK_ACCESS_SHARE
             : DMIG_LOCK_NONE;
}

/* What objects and facets say is theirs; the rest is the dialect's. */
static void
spell(DmigPlanner *self, const DmigChange *change, DmigStep *step)
{
  const DmigObject *object = change->new_object != NULL ? change->new_object : change->old_object;

  if (change->kind == DMIG_CHANGE_CREATE_OBJECT) {
    g_string_append(step->sql, object->create);
    dmig_facets_append_set(step->sql, object->facets);
  } else if (change->kind == DMIG_CHANGE_DROP_OBJECT) {
    g_string_append(step->sql, object->drop);
  } else if (change->kind == DMIG_CHANGE_REPLACE_OBJECT) {
    g_string_append(step->sql, object->replace);
  } else if (change->kind == DMIG_CHANGE_SET_FACET) {
    const DmigFacet *facet = change->new_facet;
    g_string_append(step->sql, change->old_facet != NULL && facet->change != NULL ? facet->change
                                                                                  : facet->set);
  } else if (change->kind == DMIG_CHANGE_RESET_FACET) {
    g_string_append(step->sql, change->old_facet->reset != NULL ? change->old_facet->reset : "");
  } else if (change->kind == DMIG_CHANGE_REBUILD_TABLE) {
    dmig_planner_spell_remake(self, change, step);
  } else if (change->kind == DMIG_CHANGE_COPY_ROWS) {
    dmig_planner_spell_copy(self, change, step);
  } else {
    self->dialect->spell(change, step);
    return;
  }
  step->lock = lock_of(change, object, step->lock);
  step->rewrites |= (change->new_facet != NULL && change->new_facet->rewrites) ||
                    (change->old_facet != NULL && change->old_facet->rewrites);
}

static DmigStep *
step_of(DmigPlanner *self, const DmigChange *change)
{
  g_autofree char *object = object_of(change);
  DmigStep *step = dmig_step_new(dmig_change_kind_name(change->kind), object);

  set_title(step, dmig_change_to_text(change));
  step->phase = phase_of(change);
  dmig_planner_judge(self, change, step);
  dmig_planner_keep(self, change, step);
  dmig_planner_ask_rows(self, change, step);
  if (change->kind == DMIG_CHANGE_DROP_OBJECT && change->old_object->kind == DMIG_OBJECT_VIEW &&
      dmig_planner_can(self, DMIG_CAP_TABLE_REBUILD) &&
      dmig_schema_view(self->changes->to, change->old_object->path) != NULL)
    keep_dependents(step, change->old_object->path);
  spell(self, change, step);
  return step;
}

static DmigStep *
rebuild_step(DmigPlanner *self, const char *name)
{
  const DmigTable *staged = g_hash_table_lookup(self->staged, name);
  const DmigTable *old_table =
      staged != NULL ? staged : dmig_schema_table(self->changes->renamed, name);
  const DmigTable *new_table = dmig_schema_table(self->changes->to, name);
  DmigStep *step = dmig_step_new("rebuild-table", name);
  GString *title = g_string_new(NULL);

  g_string_append_printf(title, "rebuild table %s:", name);
  for (guint i = 0; i < self->items->len; i++) {
    const DmigChange *change = self->items->pdata[i];
    if (!dmig_planner_rebuilds(self, change) || change->new_table != new_table)
      continue;
    g_autofree char *text = dmig_change_to_text(change);
    g_string_append_printf(title, " %s;", text);
    dmig_planner_judge(self, change, step);
    dmig_planner_keep(self, change, step);
  }
  dmig_planner_keep_rebuilt(self, new_table, step);
  g_string_truncate(title, title->len - 1);
  set_title(step, g_string_free(title, FALSE));

  g_autoptr(GHashTable) sources = dmig_planner_rebuild_sources(self, old_table, new_table, step);
  step->phase = DMIG_PHASE_MIGRATE;
  keep_dependents(step, name);
  self->dialect->spell_rebuild(old_table, new_table, sources, step);
  return step;
}

static void
add_hand_written(DmigPlan *plan, const char *kind, const char *title, const char *sql)
{
  if (sql == NULL || *sql == '\0')
    return;
  DmigStep *step = dmig_step_new(kind, "");
  set_title(step, g_strdup(title));
  step->phase = DMIG_PHASE_MIGRATE;
  g_string_append(step->sql, sql);
  g_strchomp(step->sql->str);
  step->sql->len = strlen(step->sql->str);
  if (!g_str_has_suffix(step->sql->str, ";"))
    g_string_append_c(step->sql, ';');
  g_string_append_c(step->sql, '\n');
  g_ptr_array_add(plan->steps, step);
}

/* What the author wants to be true of the rows, as a step that does nothing else. */
static void
add_author_checks(DmigPlan *plan, const DmigTransition *transition, gboolean after)
{
  DmigStep *step = dmig_step_new(after ? "check-after" : "check-before", "");

  set_title(step, g_strdup(after ? "checks afterwards" : "checks before"));
  for (guint i = 0; i < transition->checks->len; i++) {
    const DmigRowCheck *check = transition->checks->pdata[i];
    if (check->after == after)
      dmig_step_add_check(step, g_strdup(check->sql), g_strdup(check->message));
  }
  if (step->checks->len > 0)
    g_ptr_array_add(plan->steps, step);
  else
    dmig_step_free(step);
}

/* Steps that have nothing to say: the schema that is always there. */
static void
add_step(DmigPlan *plan, DmigStep *step)
{
  if (step->sql->len > 0 || step->checks->len > 0)
    g_ptr_array_add(plan->steps, step);
  else
    dmig_step_free(step);
}

/* The change in its plain form, or in its lock-light one. */
static void
add_change(DmigPlanner *self, const DmigChange *change, DmigPlan *plan)
{
  DmigStep *plain = step_of(self, change);

  if (self->online && dmig_planner_add_online(self, change, plain, plan->steps))
    dmig_step_free(plain);
  else
    add_step(plan, plain);
}

/* A column that must have a value, and gets back what was kept of it, has it only then. */
static void
add_in_two(DmigPlanner *self, const DmigChange *change, DmigPlan *plan)
{
  DmigChange addition, requirement;

  if (!dmig_planner_split_addition(self, change, &addition, &requirement)) {
    add_change(self, change, plan);
    return;
  }
  add_change(self, &addition, plan);
  add_change(self, &requirement, plan);
}

static void
add_rebuild(DmigPlanner *self, const DmigTable *new_table, DmigPlan *plan)
{
  g_autoptr(GPtrArray) additions = g_ptr_array_new_with_free_func(g_free);

  DmigTable *staged = dmig_planner_stage_columns(self, new_table, additions);

  for (guint i = 0; i < additions->len; i++)
    add_step(plan, step_of(self, additions->pdata[i]));
  if (staged != NULL)
    g_hash_table_insert(self->staged, staged->name, staged);
  g_ptr_array_add(plan->steps, rebuild_step(self, new_table->name));
}

static void
add_steps(DmigPlanner *self, DmigPlan *plan)
{
  g_autoptr(GHashTable) done = g_hash_table_new(g_str_hash, g_str_equal);

  for (guint i = 0; i < self->items->len; i++) {
    const DmigChange *change = self->items->pdata[i];
    if (!dmig_planner_rebuilds(self, change))
      add_in_two(self, change, plan);
    else if (g_hash_table_add(done, change->new_table->name))
      add_rebuild(self, change->new_table, plan);
  }
}

/* --- names ----------------------------------------------------------------------------------- */

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

static void
drop_early(DmigPlanner *self, const DmigTable *table, const DmigConstraint *constraint)
{
  if (!dmig_planner_drops(self, constraint))
    dmig_planner_add(self, DMIG_CHANGE_DROP_CONSTRAINT, table, NULL)->old_constraint = constraint;
}

/* Foreign keys of dropped tables to `table`, whose key is dropped before it. */
static void
drop_references_early(DmigPlanner *self, const DmigTable *table)
{
  const GPtrArray *tables = self->changes->renamed->tables;

  for (guint i = 0; i < tables->len; i++) {
    const DmigTable *other = tables->pdata[i];
    for (guint j = 0; j < other->constraints->len; j++) {
      const DmigConstraint *constraint = other->constraints->pdata[j];
      if (constraint->kind == DMIG_CONSTRAINT_FOREIGN_KEY &&
          g_str_equal(constraint->ref_table, table->name))
        drop_early(self, other, constraint);
    }
  }
}

static GHashTable *
names_wanted(const DmigSchema *schema)
{
  GHashTable *wanted = g_hash_table_new(g_str_hash, g_str_equal);

  for (guint i = 0; i < schema->tables->len; i++) {
    const DmigTable *table = schema->tables->pdata[i];
    for (guint j = 0; j < table->indexes->len; j++)
      g_hash_table_add(wanted, ((DmigIndex *) table->indexes->pdata[j])->name);
    for (guint j = 0; j < table->constraints->len; j++)
      if (((DmigConstraint *) table->constraints->pdata[j])->name != NULL)
        g_hash_table_add(wanted, ((DmigConstraint *) table->constraints->pdata[j])->name);
  }
  return wanted;
}

static void
free_names_of_table(DmigPlanner *self, const DmigTable *table, GHashTable *wanted)
{
  for (guint i = 0; i < table->indexes->len; i++) {
    const DmigIndex *index = table->indexes->pdata[i];
    if (g_hash_table_contains(wanted, index->name))
      dmig_planner_add(self, DMIG_CHANGE_DROP_INDEX, table, NULL)->old_index = index;
  }
  for (guint i = 0; i < table->constraints->len; i++) {
    const DmigConstraint *constraint = table->constraints->pdata[i];
    gboolean key = constraint->kind == DMIG_CONSTRAINT_PRIMARY_KEY ||
                   constraint->kind == DMIG_CONSTRAINT_UNIQUE;
    if (!key || constraint->name == NULL || !g_hash_table_contains(wanted, constraint->name) ||
        !dmig_planner_can(self, DMIG_CAP_NAMED_CONSTRAINTS))
      continue;
    drop_references_early(self, table);
    drop_early(self, table, constraint);
  }
}

/* Names of indexes and constraints that dropped tables hold until they go, but new objects want. */
static void
free_names_of_dropped_tables(DmigPlanner *self)
{
  g_autoptr(GHashTable) wanted = names_wanted(self->changes->to);
  guint length = self->items->len;

  for (guint i = 0; i < length; i++) {
    const DmigChange *change = self->items->pdata[i];
    if (change->kind == DMIG_CHANGE_DROP_TABLE)
      free_names_of_table(self, change->old_table, wanted);
  }
}

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
  replace_index_renames(&planner);
  free_names_of_dropped_tables(&planner);
  dmig_planner_remake_tables(&planner);
  dmig_planner_split_identities(&planner);
  dmig_planner_add_partitions(&planner);
  dmig_planner_remake_types(&planner);
  dmig_planner_add_dependents(&planner);
  find_rebuilds(&planner);
  dmig_planner_add_objects(&planner);
  /* What is made again may be what columns and keys stand on, and the other way round. */
  dmig_planner_add_dependents(&planner);
  dmig_planner_add_objects(&planner);
  dmig_planner_hold_back(&planner);
  dmig_planner_suspend_privileges(&planner);
  dmig_planner_drop_needless(&planner);
  dmig_planner_add_facets(&planner);
  dmig_planner_order(&planner);

  add_author_checks(plan, planner.transition, FALSE);
  add_hand_written(plan, "sql-before", "hand-written SQL before", planner.transition->before_sql);
  add_steps(&planner, plan);
  gboolean sound = !online || dmig_planner_end_online(&planner, plan->steps);
  add_hand_written(plan, "sql-after", "hand-written SQL after", planner.transition->after_sql);
  add_author_checks(plan, planner.transition, TRUE);
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
