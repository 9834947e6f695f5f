#include "cmd/comparison.h"

#include <string.h>

#include "cmd/ui/json.h"
#include "core/plan/online.h"

DmigComparison *
dmig_comparison_new(DmigSchema *from, DmigSchema *to, DmigTransition *transition)
{
  DmigComparison *self = g_new0(DmigComparison, 1);
  g_autoptr(GError) error = NULL;
  self->dialect = to->dialect;
  self->transition = transition != NULL ? transition : dmig_transition_new();
  self->changes = dmig_diff(from, to, self->transition);
  self->plan = dmig_plan_new(self->changes, self->transition, &error);
  if (self->plan == NULL)
    self->problem = g_strdup(error->message);
  return self;
}

/* A plan fills in what its changes leave open, so that each has changes of its own. */
void
dmig_comparison_go_online(DmigComparison *self)
{
  if (self->plan == NULL || self->dialect->spell_online == NULL)
    return;
  DmigChanges *changes = dmig_diff(self->changes->from, self->changes->to, self->transition);
  DmigPlan *plan = dmig_plan_new_online(changes, self->transition, NULL);
  if (plan == NULL) {
    dmig_changes_free(changes);
    return;
  }
  dmig_plan_free(self->plan);
  dmig_changes_free(self->changes);
  self->plan = plan;
  self->changes = changes;
}

void
dmig_comparison_free(DmigComparison *self)
{
  if (self == NULL)
    return;
  dmig_plan_free(self->plan);
  dmig_changes_free(self->changes);
  dmig_transition_free(self->transition);
  g_free(self->problem);
  g_free(self);
}

gboolean
dmig_comparison_check(const DmigComparison *self, GError **error)
{
  if (self->plan != NULL)
    return TRUE;
  g_set_error(error, DMIG_ERROR, DMIG_ERROR_INVALID, "%s: %s", self->dialect->title, self->problem);
  return FALSE;
}

static gboolean
runs_together(const DmigPlan *plan, guint i)
{
  return i < plan->steps->len && ((DmigStep *) g_ptr_array_index(plan->steps, i))->transactional;
}

/* Where some steps must run by themselves, the script says which are to be one transaction. */
static char *
script_of(const DmigPlan *plan)
{
  gboolean all = TRUE;
  for (guint i = 0; i < plan->steps->len; i++)
    all = all && runs_together(plan, i);
  if (all)
    return dmig_plan_sql(plan);
  GString *sql = g_string_new(NULL);
  for (guint i = 0; i < plan->steps->len; i++) {
    const DmigStep *step = g_ptr_array_index(plan->steps, i);
    if (step->transactional && (i == 0 || !runs_together(plan, i - 1)))
      g_string_append(sql, "BEGIN;\n");
    g_string_append(sql, step->sql->str);
    if (step->transactional && !runs_together(plan, i + 1))
      g_string_append(sql, "COMMIT;\n");
  }
  return g_string_free(sql, FALSE);
}

char *
dmig_comparison_script(const DmigComparison *self, const char *schema)
{
  gboolean needs = self->plan->steps->len > 0 && self->dialect->script_prologue != NULL;
  g_autofree char *prologue = needs ? self->dialect->script_prologue(schema) : g_strdup("");
  g_autofree char *sql = script_of(self->plan);
  return g_strconcat(prologue, sql, NULL);
}

GPtrArray *
dmig_plan_losses(const DmigPlan *plan, const char *path)
{
  GPtrArray *losses = g_ptr_array_new_with_free_func(g_free);
  for (guint i = 0; plan != NULL && i < plan->steps->len; i++) {
    const DmigStep *step = g_ptr_array_index(plan->steps, i);
    if (path != NULL && !dmig_step_is_about(step, path))
      continue;
    for (guint j = 0; j < step->losses->len; j++) {
      const char *loss = g_ptr_array_index(step->losses, j);
      if (!g_ptr_array_find_with_equal_func(losses, loss, g_str_equal, NULL))
        g_ptr_array_add(losses, g_strdup(loss));
    }
  }
  return losses;
}

json_t *
dmig_step_to_json(const DmigStep *step)
{
  json_t *object = json_object();
  dmig_json_set(object, "kind", step->kind);
  dmig_json_set(object, "object", step->object);
  dmig_json_set(object, "title", step->title);
  dmig_json_set(object, "sql", step->sql->str);
  dmig_json_set(object, "lock", dmig_lock_name(step->lock));
  dmig_json_set(object, "loss", dmig_loss_name(step->loss));
  dmig_json_set(object, "phase", dmig_phase_name(step->phase));
  json_object_set_new(object, "losses", dmig_json_strings(step->losses));
  json_object_set_new(object, "rewrites", json_boolean(step->rewrites));
  json_object_set_new(object, "scans", json_boolean(step->scans));
  json_object_set_new(object, "transactional", json_boolean(step->transactional));
  json_t *checks = json_array();
  for (guint i = 0; i < step->checks->len; i++) {
    const DmigCheck *check = g_ptr_array_index(step->checks, i);
    json_t *item = json_object();
    dmig_json_set(item, "sql", check->sql);
    dmig_json_set(item, "message", check->message);
    json_array_append_new(checks, item);
  }
  json_object_set_new(object, "checks", checks);
  return object;
}

static DmigObjectKind
kind_of(const DmigChange *change)
{
  const DmigObject *object = change->new_object != NULL ? change->new_object : change->old_object;
  if (object != NULL)
    return object->kind;
  if (change->address != NULL)
    return dmig_address_kind(change->address);
  if (change->new_column != NULL || change->old_column != NULL)
    return DMIG_OBJECT_COLUMN;
  if (change->new_constraint != NULL || change->old_constraint != NULL)
    return DMIG_OBJECT_CONSTRAINT;
  if (change->new_index != NULL || change->old_index != NULL)
    return DMIG_OBJECT_INDEX;
  return change->new_enum != NULL || change->old_enum != NULL ? DMIG_OBJECT_ENUM
                                                              : DMIG_OBJECT_TABLE;
}

/* What a change is about: "column" `phone` of `customers`, "function" `f` with the arguments
 * `integer`, "table" `auth.users`. */
static void
set_object(json_t *item, const DmigChange *change)
{
  const DmigObject *object = change->new_object != NULL ? change->new_object : change->old_object;
  g_autofree char *address
      = object != NULL ? dmig_object_address(object) : g_strdup(change->address);
  const char *member = address != NULL ? dmig_address_detail(address) : dmig_change_member(change);
  g_autofree char *path
      = address != NULL ? dmig_address_path(address) : g_strdup(dmig_change_object(change));
  g_autofree char *name = dmig_path_text(path);
  g_autofree char *shown = member != NULL ? dmig_path_text(member) : NULL;
  dmig_json_set(item, "type", dmig_object_kind_name(kind_of(change)));
  dmig_json_set(item, "object", name);
  dmig_json_set(item, "member", shown);
}

json_t *
dmig_comparison_to_json(const DmigComparison *self)
{
  json_t *object = json_object();
  json_t *changes = json_array();
  for (guint i = 0; i < self->changes->items->len; i++) {
    const DmigChange *change = g_ptr_array_index(self->changes->items, i);
    g_autofree char *text = dmig_change_to_text(change);
    json_t *item = json_object();
    dmig_json_set(item, "kind", dmig_change_kind_name(change->kind));
    set_object(item, change);
    dmig_json_set(item, "text", text);
    json_array_append_new(changes, item);
  }
  json_t *steps = json_array();
  for (guint i = 0; self->plan != NULL && i < self->plan->steps->len; i++)
    json_array_append_new(steps, dmig_step_to_json(g_ptr_array_index(self->plan->steps, i)));

  g_autoptr(GPtrArray) losses = dmig_plan_losses(self->plan, NULL);
  dmig_json_set(object, "dialect", self->dialect->name);
  dmig_json_set(object, "loss", self->plan != NULL ? dmig_loss_name(self->plan->loss) : NULL);
  dmig_json_set(object, "problem", self->problem);
  json_object_set_new(object, "changes", changes);
  json_object_set_new(object, "losses", dmig_json_strings(losses));
  json_object_set_new(object, "steps", steps);
  return object;
}
