#include "core/apply/execute/apply.h"
#include "core/apply/execute/stand_in.h"

#include <string.h>

#include "core/apply/execute/execution.h"

#define LOSSES_NAMED 3
#define CHECK_LOCK_TIMEOUT 500 /* milliseconds */

static GPtrArray *
prepare_chain(const DmigDialect *dialect, GPtrArray *migrations, GError **error)
{
  g_autoptr(GPtrArray) chain = g_ptr_array_new_with_free_func((GDestroyNotify) dmig_prepared_free);
  for (guint i = 0; i < migrations->len; i++) {
    const DmigMigration *migration = migrations->pdata[i];
    const DmigMigration *before = i > 0 ? migrations->pdata[i - 1] : NULL;
    if (before != NULL && g_strcmp0(before->to, migration->from) != 0) {
      g_set_error(error, DMIG_ERROR, DMIG_ERROR_FAILED,
                  "%s does not begin where %s ends: the chain has a gap", migration->file,
                  before->file);
      return NULL;
    }
    DmigPrepared *prepared = dmig_prepared_new(dialect, migration, error);
    if (prepared == NULL)
      return NULL;
    g_ptr_array_add(chain, prepared);
  }
  return g_steal_pointer(&chain);
}

static GPtrArray *
chain_losses(GPtrArray *chain)
{
  GPtrArray *losses = g_ptr_array_new_with_free_func(g_free);
  for (guint i = 0; i < chain->len; i++) {
    const DmigPrepared *prepared = chain->pdata[i];
    char buffer[8];
    const char *revision =
        dmig_execution_revision_text(dmig_execution_revision(prepared->migration), buffer);
    for (guint k = 0; k < prepared->plan->steps->len; k++) {
      const DmigStep *step = prepared->plan->steps->pdata[k];
      if (step->loss == DMIG_LOSS_NONE)
        continue;
      for (guint j = 0; j < step->losses->len; j++)
        g_ptr_array_add(losses,
                        g_strdup_printf("%s: %s", revision, (char *) step->losses->pdata[j]));
      if (step->losses->len == 0)
        g_ptr_array_add(losses, g_strdup_printf("%s: %s", revision, step->title));
    }
  }
  return losses;
}

/* Whether each step that loses something names it as what is to be kept. */
static gboolean
losses_are_kept(GPtrArray *chain)
{
  for (guint i = 0; i < chain->len; i++) {
    const GPtrArray *steps = ((DmigPrepared *) chain->pdata[i])->plan->steps;
    for (guint k = 0; k < steps->len; k++) {
      const DmigStep *step = steps->pdata[k];
      if (step->loss != DMIG_LOSS_NONE && step->takes->len == 0)
        return FALSE;
    }
  }
  return TRUE;
}

gboolean
dmig_apply_losses(const DmigDialect *dialect, GPtrArray *migrations, GPtrArray **out,
                  GError **error)
{
  g_autoptr(GPtrArray) chain = prepare_chain(dialect, migrations, error);
  if (chain == NULL)
    return FALSE;
  *out = chain_losses(chain);
  return TRUE;
}

gboolean
dmig_apply_losses_are_kept(const DmigDialect *dialect, GPtrArray *migrations)
{
  g_autoptr(GPtrArray) chain = prepare_chain(dialect, migrations, NULL);
  return chain != NULL && losses_are_kept(chain);
}

static gboolean
check_losses(const DmigExecution *self, GError **error)
{
  if (self->options->allow_data_loss)
    return TRUE;
  g_autoptr(GPtrArray) losses = chain_losses(self->chain);
  if (losses->len == 0)
    return TRUE;
  g_autoptr(GString) named = g_string_new(NULL);
  for (guint i = 0; i < MIN(losses->len, LOSSES_NAMED); i++)
    g_string_append_printf(named, "%s%s", i > 0 ? "; " : "", (char *) losses->pdata[i]);
  if (losses->len > LOSSES_NAMED)
    g_string_append_printf(named, "; and %u more", losses->len - LOSSES_NAMED);
  gboolean kept = self->options->keep && losses_are_kept(self->chain);
  g_set_error(
      error, DMIG_ERROR, DMIG_ERROR_DATA_LOSS,
      "%s would %s: %s (%sallow it with --allow-data-loss)", self->db->name,
      kept ? "take data out" : "lose data", named->str,
      kept ? "it is kept beside the data until `dmig purge`, and `dmig revert` puts it back; "
           : "");
  return FALSE;
}

static gboolean
check_single_transaction(const DmigExecution *self, GError **error)
{
  for (guint i = 0; i < self->chain->len && self->options->single_transaction; i++) {
    const DmigPrepared *prepared = self->chain->pdata[i];
    if (!prepared->journaled)
      continue;
    g_set_error(error, DMIG_ERROR, DMIG_ERROR_INVALID,
                "%s has a step that can't run in a transaction: apply without "
                "--single-transaction, or up to the revision before it",
                prepared->migration->file);
    return FALSE;
  }
  return TRUE;
}

/* --- the phases --------------------------------------------------------------------------------
 */

/* Written down where the phase is not what the run's row says already. */
static gboolean
enter_phase(DmigExecution *self, DmigRunPhase phase, GError **error)
{
  if (self->progress.phase == phase)
    return TRUE;
  dmig_execution_leave_phase(self);
  self->progress.phase = phase;
  self->progress.step = self->progress.steps = 0;
  self->progress.rows_done = self->progress.rows_total = 0;
  self->progress.title = NULL;
  dmig_execution_tell(self);
  return dmig_tracking_phase(self->db, self->id, phase, error);
}

static DmigRunPhase
first_phase(const DmigExecution *self)
{
  const DmigRunStages *stages = self->options->stages;
  if (stages != NULL && stages->check != NULL)
    return DMIG_RUN_CHECKING;
  return stages != NULL && stages->backup != NULL ? DMIG_RUN_BACKING_UP : DMIG_RUN_MIGRATING;
}

static gboolean
is_same_way(const DmigInterrupted *interrupted, const DmigMigration *migration)
{
  return interrupted->down == migration->down &&
         g_strcmp0(interrupted->from, migration->from) == 0 &&
         g_strcmp0(interrupted->to, migration->to) == 0;
}

static gboolean
find_kept(DmigExecution *self, GError **error)
{
  g_autofree char *table = self->db->dialect->tracking_table("kept");
  g_autofree char *sql =
      g_strdup_printf("SELECT DISTINCT revision FROM %s WHERE restored IS NULL", table);
  g_autoptr(DmigRows) rows = NULL;
  if (!self->db->driver->query(self->db, sql, NULL, 0, &rows, error))
    return FALSE;
  self->kept = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
  for (guint i = 0; i < rows->rows->len; i++)
    g_hash_table_add(self->kept, g_strdup(dmig_rows_get(rows, i, 0)));
  return TRUE;
}

static gboolean
check_start(DmigExecution *self, GError **error)
{
  const DmigMigration *first = dmig_execution_migration(self, 0);
  g_autoptr(DmigState) state = NULL;
  char is[8], wanted[8];
  if (!dmig_tracking_read(self->db, &state, error))
    return FALSE;
  if (g_strcmp0(state->revision, first->from) != 0) {
    g_set_error(error, DMIG_ERROR, DMIG_ERROR_DRIFT,
                "%s is at %s, but this run begins at %s: another run has moved it; look with "
                "`dmig status` and try again",
                self->db->name, dmig_execution_revision_text(state->revision, is),
                dmig_execution_revision_text(first->from, wanted));
    return FALSE;
  }
  if (state->interrupted != NULL && !is_same_way(state->interrupted, first)) {
    const DmigInterrupted *interrupted = state->interrupted;
    g_set_error(
        error, DMIG_ERROR, DMIG_ERROR_DRIFT,
        "%s is half way through revision %s, which another run has left: run `dmig apply` or "
        "`dmig revert` again, which look at that first",
        self->db->name,
        dmig_execution_revision_text(interrupted->down ? interrupted->from : interrupted->to, is));
    return FALSE;
  }
  self->half_way = state->interrupted != NULL;
  if (self->half_way) {
    self->left_at = state->interrupted->step;
    self->left_of = state->interrupted->steps;
  }
  self->first = state->steps + 1;
  if (state->kept > 0 && !find_kept(self, error))
    return FALSE;
  return state->version == DMIG_TRACKING_VERSION || dmig_tracking_ensure(self->db, error);
}

static gboolean
begin(DmigExecution *self, GError **error)
{
  const DmigTrackingRun run = { .id = self->id,
                                .command = self->record->command,
                                .domain = self->options->domain,
                                .from = self->record->from,
                                .to = self->record->to,
                                .phase = first_phase(self),
                                .revisions = self->chain->len };
  if (!check_start(self, error) || !dmig_tracking_begin_run(self->db, &run, error))
    return FALSE;
  self->progress = (DmigRunProgress){ .phase = run.phase, .revisions = run.revisions };
  self->phase_began = g_get_monotonic_time();
  self->heartbeat = dmig_heartbeat_new(self->db, &run);
  return TRUE;
}

/* A question can be put again: it waits for nobody for long. */
static gboolean
check(DmigExecution *self, GPtrArray *migrations, GError **error)
{
  const DmigRunStages *stages = self->options->stages;
  guint before = self->db->lock_timeout;
  self->db->lock_timeout = before > 0 ? MIN(before, CHECK_LOCK_TIMEOUT) : CHECK_LOCK_TIMEOUT;
  gboolean fit = stages->check(self->db, migrations, self->record, stages->data, error);
  self->db->lock_timeout = before;
  return fit;
}

static gboolean
prepare_run(DmigExecution *self, GPtrArray *migrations, GError **error)
{
  const DmigRunStages *stages = self->options->stages;
  if (stages == NULL)
    return TRUE;
  dmig_execution_tell(self);
  if (stages->check != NULL && !check(self, migrations, error))
    return FALSE;
  return stages->backup == NULL ||
         (enter_phase(self, DMIG_RUN_BACKING_UP, error) &&
          stages->backup(self->db, migrations, self->record, stages->data, error));
}

static gboolean
validate(DmigExecution *self, GPtrArray *migrations, GError **error)
{
  const DmigRunStages *stages = self->options->stages;
  if (stages == NULL || stages->validate == NULL)
    return TRUE;
  return enter_phase(self, DMIG_RUN_VALIDATING, error) &&
         stages->validate(self->db, migrations, self->record, stages->data, error);
}

/* What is left to do is told, and written down with the run's end. */
static void
clean_up(DmigExecution *self)
{
  dmig_execution_leave_phase(self);
  self->progress = (DmigRunProgress){ .phase = DMIG_RUN_CLEANING_UP,
                                      .revision = self->chain->len,
                                      .revisions = self->chain->len };
  dmig_execution_tell(self);
}

static gboolean
run_phases(DmigExecution *self, GPtrArray *migrations, GError **error)
{
  return prepare_run(self, migrations, error) && enter_phase(self, DMIG_RUN_MIGRATING, error) &&
         dmig_stand_ins_end(self->db, error) && dmig_execution_run_chain(self, error) &&
         validate(self, migrations, error);
}

/* --- the run ------------------------------------------------------------------------------------
 */

static void
execution_begin_record(DmigExecution *self)
{
  self->record = dmig_run_record_new();
  self->record->id = g_strdup(self->id);
  self->record->command = g_strdup(self->options->command ? self->options->command : "apply");
  self->record->from = g_strdup(dmig_execution_migration(self, 0)->from);
  self->record->to = g_strdup(dmig_execution_migration(self, self->chain->len - 1)->to);
  self->record->now = g_strdup(self->record->from);
  self->record->started = dmig_tracking_now();
  self->record->phase = DMIG_RUN_FAILED;
}

static gboolean
run_locked(DmigExecution *self, GPtrArray *migrations, GError **error)
{
  GError *failure = NULL;
  if (!begin(self, error))
    return FALSE;
  if (run_phases(self, migrations, &failure))
    clean_up(self);
  return dmig_execution_finish(self, failure, error);
}

gboolean
dmig_apply(DmigDatabase *db, GPtrArray *migrations, const DmigApplyOptions *options,
           DmigRunRecord **out_record, GError **error)
{
  if (out_record != NULL)
    *out_record = NULL;
  if (migrations->len == 0)
    return TRUE;
  g_autoptr(GPtrArray) chain = prepare_chain(db->dialect, migrations, error);
  if (chain == NULL)
    return FALSE;
  g_autofree char *id = g_uuid_string_random();
  g_autoptr(GArray) milliseconds = g_array_new(FALSE, FALSE, sizeof(guint64));
  g_autoptr(GPtrArray) steps =
      g_ptr_array_new_with_free_func((GDestroyNotify) dmig_step_record_free);
  DmigExecution run = { .db = db,
                        .options = options,
                        .chain = chain,
                        .id = id,
                        .steps = steps,
                        .milliseconds = milliseconds };
  if (!check_losses(&run, error) || !check_single_transaction(&run, error) ||
      !db->driver->lock(db, options->wait_seconds, error))
    return FALSE;
  db->lock_timeout = options->lock_timeout;
  execution_begin_record(&run);
  gboolean done = run_locked(&run, migrations, error);
  db->lock_timeout = 0;
  db->driver->unlock(db);
  g_clear_pointer(&run.kept, g_hash_table_unref);
  if (out_record != NULL)
    *out_record = run.record;
  else
    dmig_run_record_free(run.record);
  return done;
}
