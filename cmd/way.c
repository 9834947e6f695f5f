#include "cmd/way.h"

#include <string.h>

#include "cmd/comparison.h"
#include "cmd/ui/message.h"
#include "core/plan/migration_file.h"

static void
leg_free(gpointer data)
{
  DmigLeg *self = data;
  dmig_migration_free(self->migration);
  dmig_plan_free(self->plan);
  dmig_passage_free(self->passage);
  dmig_schema_unref(self->before);
  dmig_schema_unref(self->after);
  g_clear_pointer(&self->hazards, g_ptr_array_unref);
  g_free(self);
}

void
dmig_way_clear(DmigWay *self)
{
  g_free(self->target);
  dmig_revision_free(self->at);
  dmig_revision_free(self->to);
  g_clear_pointer(&self->legs, g_ptr_array_unref);
  g_clear_pointer(&self->refusals, g_ptr_array_unref);
  dmig_database_free(self->db);
}

static void
way_begin(DmigWay *self)
{
  self->legs = g_ptr_array_new_with_free_func(leg_free);
  self->refusals = g_ptr_array_new_with_free_func(g_free);
}

/* --- legs ---------------------------------------------------------------------------------- */

/* The two states are a help: rules that need them find nothing where they can't be read. */
static void
find_states(DmigContext *context, DmigLeg *leg)
{
  const char *id = dmig_chain_revision(leg->migration);
  g_autoptr(DmigRevision) revision
      = leg->passage == NULL && id != NULL ? dmig_store_revision(context->store, id, NULL) : NULL;
  if (revision != NULL)
    leg->passage = dmig_passage_of_revision(context, revision, NULL);
  if (leg->passage == NULL)
    return;
  gboolean down = leg->migration->down;
  leg->before
      = dmig_snapshot_lower(down ? leg->passage->to : leg->passage->from, leg->dialect, NULL);
  leg->after
      = dmig_snapshot_lower(down ? leg->passage->from : leg->passage->to, leg->dialect, NULL);
}

/* Takes `migration` and `passage`. */
static gboolean
add_leg(DmigContext *context, DmigWay *self, const DmigDialect *dialect, DmigMigration *migration,
        DmigPassage *passage, GError **error)
{
  DmigLeg *leg = g_new0(DmigLeg, 1);
  g_ptr_array_add(self->legs, leg);
  leg->dialect = dialect;
  leg->migration = migration;
  leg->passage = passage;
  leg->online = strstr(migration->file, ".online.sql") != NULL;
  leg->plan = dmig_migration_file_read(migration->file, migration->sql, dialect, error);
  if (leg->plan == NULL)
    return FALSE;
  find_states(context, leg);
  leg->hazards = dmig_plan_hazards(leg->plan, leg->before, leg->after);
  return TRUE;
}

static gboolean
add_chain(DmigContext *context, DmigWay *self, const DmigDialect *dialect, const char *from,
          const char *to, gboolean online, GError **error)
{
  g_autoptr(GPtrArray) chain = dmig_chain_new(context, dialect, from, to, error);
  if (chain == NULL
      || (dmig_chain_is_online(context, online)
          && !dmig_chain_go_online(context, dialect, chain, error)))
    return FALSE;
  g_ptr_array_set_free_func(chain, NULL);
  for (guint i = 0; i < chain->len; i++) {
    if (add_leg(context, self, dialect, chain->pdata[i], NULL, error))
      continue;
    for (guint k = i + 1; k < chain->len; k++)
      dmig_migration_free(chain->pdata[k]);
    return FALSE;
  }
  return TRUE;
}

/* Only the first migration meets the database as it is now. A question about what an earlier step
 * of it makes can't be asked yet. */
static void
ask_checks(DmigWay *self)
{
  const DmigLeg *first = self->legs->len > 0 ? self->legs->pdata[0] : NULL;
  for (guint i = 0; self->db != NULL && first != NULL && i < first->plan->steps->len; i++) {
    const DmigStep *step = g_ptr_array_index(first->plan->steps, i);
    for (guint j = 0; j < step->checks->len; j++) {
      const DmigCheck *check = g_ptr_array_index(step->checks, j);
      gint64 rows = 0;
      if (!dmig_database_count(self->db, check->sql, &rows, NULL) || rows == 0)
        continue;
      g_autofree char *refusal = dmig_check_refusal(check, rows);
      g_ptr_array_add(self->refusals, g_strdup_printf("step %u: %s", i + 1, refusal));
    }
  }
}

/* What another run has left half way comes first, and is no part of the plan. */
static void
warn_of_half_way(const DmigDatabase *db, const DmigState *state)
{
  const DmigInterrupted *interrupted = state != NULL ? state->interrupted : NULL;
  if (interrupted != NULL)
    dmig_message_warning("%s is half way from %.7s to %.7s, at step %u of %u: the next run goes on "
                         "with that first; \"dmig status --detailed\" tells more",
                         db->name, interrupted->from != NULL ? interrupted->from : "nothing",
                         interrupted->to != NULL ? interrupted->to : "nothing",
                         interrupted->step, interrupted->steps);
}

gboolean
dmig_way_of_target(DmigContext *context, const char *target, const char *spec, gboolean online,
                   DmigWay *out, GError **error)
{
  g_autoptr(DmigState) state = NULL;
  DmigStore *store = dmig_context_store(context, error);
  way_begin(out);
  if (store == NULL)
    return FALSE;
  out->to = dmig_store_revision(store, spec, error);
  if (out->to == NULL || !dmig_target_look(context, target, &out->db, &out->dialect, error)
      || !dmig_target_position(context, out->db, &state, &out->at, error))
    return FALSE;
  warn_of_half_way(out->db, state);
  out->target = dmig_target_label(context, target);
  if (!add_chain(context, out, out->dialect, out->at != NULL ? out->at->id : NULL, out->to->id,
                 online, error))
    return FALSE;
  ask_checks(out);
  return TRUE;
}

gboolean
dmig_way_of_range(DmigContext *context, const char *a, const char *b, gboolean online, DmigWay *out,
                  GError **error)
{
  DmigStore *store = dmig_context_store(context, error);
  way_begin(out);
  if (store == NULL || (out->at = dmig_store_revision(store, *a != '\0' ? a : "HEAD", error)) == NULL
      || (out->to = dmig_store_revision(store, *b != '\0' ? b : "HEAD", error)) == NULL)
    return FALSE;
  g_autoptr(DmigSnapshot) last = dmig_snapshot_revision(context, out->to->id, error);
  if (last == NULL || !dmig_snapshot_check(last, error))
    return FALSE;
  char *const *names = last->domain->dialects;
  for (guint i = 0; names != NULL && names[i] != NULL; i++) {
    const DmigDialect *dialect = dmig_dialect_find(names[i]);
    if (dialect != NULL
        && !add_chain(context, out, dialect, out->at->id, out->to->id, online, error))
      return FALSE;
  }
  return TRUE;
}

static gboolean
add_working(DmigContext *context, DmigWay *self, const DmigDialect *dialect, gboolean online,
            GError **error)
{
  g_autoptr(DmigPassage) passage = dmig_passage_of_working(context, self->at, error);
  if (passage == NULL)
    return FALSE;
  dmig_passage_ask(passage);
  g_autoptr(DmigComparison) comparison = dmig_passage_compare(passage, dialect, FALSE, error);
  if (comparison == NULL || !dmig_comparison_check(comparison, error))
    return FALSE;
  g_autofree char *plain = dmig_migration_file_write(comparison->plan, "upgrade");
  if (dmig_chain_is_online(context, online))
    dmig_comparison_go_online(comparison);
  g_autofree char *sql = dmig_migration_file_write(comparison->plan, "upgrade");
  if (comparison->plan->steps->len == 0)
    return TRUE;
  DmigMigration *migration = dmig_migration_new();
  migration->from = self->at != NULL ? g_strdup(self->at->id) : NULL;
  migration->title = g_strdup("the working files");
  migration->file = g_strdup_printf("migrations/%s/upgrade%s.sql", dialect->name,
                                    g_str_equal(sql, plain) ? "" : ".online");
  migration->sql = g_steal_pointer(&sql);
  return add_leg(context, self, dialect, migration, g_steal_pointer(&passage), error);
}

gboolean
dmig_way_of_working(DmigContext *context, gboolean online, DmigWay *out, GError **error)
{
  DmigStore *store = dmig_context_store(context, error);
  way_begin(out);
  out->working = TRUE;
  if (store == NULL || !dmig_store_head(store, &out->at, error))
    return FALSE;
  g_autoptr(DmigSnapshot) last = dmig_snapshot_working(context, error);
  if (last == NULL || !dmig_snapshot_check(last, error))
    return FALSE;
  char *const *names = last->domain->dialects;
  for (guint i = 0; names != NULL && names[i] != NULL; i++) {
    const DmigDialect *dialect = dmig_dialect_find(names[i]);
    if (dialect != NULL && !add_working(context, out, dialect, online, error))
      return FALSE;
  }
  return TRUE;
}

DmigHazardSeverity
dmig_hazard_severity(DmigContext *context, const DmigHazardRule *rule)
{
  g_autofree char *key = g_strconcat("hazard.", rule->name, NULL);
  g_autofree char *said = dmig_context_config(context, key);
  DmigHazardSeverity severity = rule->severity;
  if (said != NULL)
    dmig_hazard_severity_parse(said, &severity);
  return severity;
}
