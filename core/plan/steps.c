/* What a change is as a step of the plan: its title, its phase, its lock and its statements. */
#include <string.h>

#include "core/base/text.h"
#include "core/plan/planner.h"
#include "core/schema/facet_sql.h"
#include "core/sql/text.h"

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
  case DMIG_CHANGE_RENAME_OBJECT:
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

/* What statements that objects and facets bring hold at most. */
static DmigLock
lock_of(const DmigChange *change, const DmigObject *object, DmigLock lock)
{
  const DmigFacet *facet = change->new_facet != NULL ? change->new_facet : change->old_facet;

  if (facet != NULL) {
    DmigObjectKind kind = dmig_address_kind(change->address);
    gboolean stored = kind == DMIG_OBJECT_TABLE || dmig_object_kind_is_part(kind);
    return stored && !facet->lockless ? DMIG_LOCK_ACCESS_EXCLUSIVE : DMIG_LOCK_NONE;
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
  } else if (change->kind == DMIG_CHANGE_RENAME_OBJECT) {
    const DmigObject *old = change->old_object;
    g_autofree char *what
        = dmig_object_sql(self->dialect, old->kind, old->path, old->detail, NULL);
    dmig_sql_appendf(step->sql, self->dialect, "ALTER %s RENAME TO %I;\n", what,
                     dmig_path_name(change->new_object->path));
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
  if (self->dialect->has.relation_locks)
    step->lock = lock_of(change, object, step->lock);
  step->scans |= change->kind == DMIG_CHANGE_SET_FACET && change->new_facet->visits_rows;
  step->rewrites |= (change->new_facet != NULL && change->new_facet->rewrites) ||
                    (change->old_facet != NULL && change->old_facet->rewrites);
}

gboolean
dmig_planner_keeps_dependents(const DmigPlanner *self, const DmigChange *change)
{
  return self->dialect->has.table_rebuilds && change->kind == DMIG_CHANGE_DROP_OBJECT &&
         change->old_object->kind == DMIG_OBJECT_VIEW &&
         dmig_schema_view(self->changes->to, change->old_object->path) != NULL;
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
  if (dmig_planner_keeps_dependents(self, change))
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

void
dmig_planner_add_hand_written(DmigPlan *plan, const char *kind, const char *title, const char *sql)
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

void
dmig_planner_add_author_checks(DmigPlan *plan, const DmigTransition *transition, gboolean after)
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
  dmig_planner_set_rows_aside(self, change, plan);
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

void
dmig_planner_add_steps(DmigPlanner *self, DmigPlan *plan)
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
