/* How a chain runs: each revision in one transaction with its record, as far as its steps allow. */
#include "core/apply/execute/execution.h"

#include "core/apply/tracking/journal.h"
#include "core/apply/execute/stand_in.h"

/* From so many revisions on a file without questions runs as one script, which a thousand small
 * ones can be quick with; in shorter chains each step is told of, and timed. */
#define LONG_CHAIN 20
#define PATIENCE_SECONDS 10
#define FIRST_PAUSE (100 * 1000)
#define LONGEST_PAUSE (5 * 1000 * 1000)
#define NAP (50 * 1000)

/* --- what is told ---------------------------------------------------------------------------- */

void
dmig_execution_tell(DmigExecution *self)
{
  const DmigRunStages *stages = self->options->stages;
  dmig_heartbeat_set(self->heartbeat, &self->progress);
  if (stages != NULL && stages->progress != NULL)
    stages->progress(&self->progress, stages->data);
}

static void
tell_revision(DmigExecution *self, guint i)
{
  const DmigPrepared *prepared = self->chain->pdata[MIN(i, self->chain->len - 1)];
  self->progress.revision = MIN(i + 1, self->chain->len);
  self->progress.step = 0;
  self->progress.steps = prepared->plan->steps->len;
  self->progress.rows_done = self->progress.rows_total = 0;
  self->progress.title = prepared->migration->title;
  dmig_execution_tell(self);
}

/* Step `step` of revision `self->at` is about to run; counted from 0. */
static void
tell_step(guint step, gpointer data)
{
  DmigExecution *self = data;
  const DmigPrepared *prepared = self->chain->pdata[self->at];
  self->progress.revision = self->at + 1;
  self->progress.step = step + 1;
  self->progress.steps = prepared->plan->steps->len;
  self->progress.rows_done = self->progress.rows_total = 0;
  self->progress.title = ((DmigStep *) prepared->plan->steps->pdata[step])->title;
  dmig_execution_tell(self);
}

/* --- patience -------------------------------------------------------------------------------- */

guint
dmig_execution_patience(const DmigExecution *self)
{
  return self->options->wait_seconds > 0 ? self->options->wait_seconds : PATIENCE_SECONDS;
}

/* Ends early where a signal ends the run. */
static void
nap(const DmigDatabase *db, gint64 microseconds)
{
  gint64 end = g_get_monotonic_time() + microseconds;
  for (gint64 left = microseconds; left > 0 && !db->cancelled; left = end - g_get_monotonic_time())
    g_usleep((gulong) MIN(left, NAP));
}

static void
tell_waiting(DmigExecution *self, const char *blockers)
{
  g_autofree char *title = g_strdup_printf(
      "waiting for a lock%s%s", blockers != NULL ? " held by " : "", blockers ? blockers : "");
  const char *before = self->progress.title;
  self->progress.title = title;
  dmig_execution_tell(self);
  self->progress.title = before;
}

static gboolean
give_up(DmigExecution *self, GError *failure, gint64 began, const char *blockers, GError **error)
{
  guint seconds = (guint) ((g_get_monotonic_time() - began) / G_USEC_PER_SEC);
  g_autofree char *holder =
      blockers != NULL ? g_strdup_printf("; the lock is held by %s: end what it does", blockers)
                       : g_strdup("");
  g_propagate_error(error, failure);
  if (error == NULL || *error == NULL)
    return FALSE;
  char *message =
      g_strdup_printf("%s; tried %u %s in %u s%s%s or wait longer with --wait SECONDS",
                      (*error)->message, self->attempts, self->attempts == 1 ? "time" : "times",
                      seconds, holder, blockers != NULL ? "," : ";");
  g_free((*error)->message);
  (*error)->message = message;
  return FALSE;
}

/* Pauses grow, and are never quite the same, so that two that wait for each other's locks do not
 * meet again and again. */
gboolean
dmig_execution_patiently(DmigExecution *self, DmigAttempt attempt, gpointer data, GError **error)
{
  gint64 began = g_get_monotonic_time();
  gint64 deadline = began + (gint64) dmig_execution_patience(self) * G_USEC_PER_SEC;
  g_autofree char *blockers = NULL;
  gint64 most = FIRST_PAUSE;
  for (self->attempts = 1;; self->attempts++) {
    GError *failure = NULL;
    if (attempt(self, data, &failure))
      return TRUE;
    if (!g_error_matches(failure, DMIG_ERROR, DMIG_ERROR_LOCKED) || self->db->cancelled) {
      g_propagate_error(error, failure);
      return FALSE;
    }
    char *holder = dmig_heartbeat_blockers(self->heartbeat);
    if (holder != NULL) {
      g_free(blockers);
      blockers = holder;
    }
    gint64 pause = most / 2 + g_random_int_range(0, (gint32) (most / 2));
    if (g_get_monotonic_time() + pause >= deadline)
      return give_up(self, failure, began, blockers, error);
    g_clear_error(&failure);
    tell_waiting(self, blockers);
    nap(self->db, pause);
    most = MIN(most * 2, LONGEST_PAUSE);
  }
}

/* --- revisions in transactions -----------------------------------------------------------------
 */

DmigTrackingEntry
dmig_execution_entry(const DmigExecution *self, guint i)
{
  const DmigPrepared *prepared = self->chain->pdata[i];
  return (DmigTrackingEntry){
    .run = self->id,
    .number = self->first + i,
    .down = prepared->migration->down,
    .from = prepared->migration->from,
    .to = prepared->migration->to,
    .checksum = prepared->checksum,
  };
}

void
dmig_execution_stepping(DmigExecution *self, guint i, DmigKeeper *keeper,
                        DmigStepping *out_stepping)
{
  const DmigMigration *migration = ((DmigPrepared *) self->chain->pdata[i])->migration;
  *keeper = (DmigKeeper){ .run = self->id,
                          .revision = migration->down ? migration->from : migration->to,
                          .down = migration->down,
                          .no_keep = !self->options->keep };
  *out_stepping = (DmigStepping){ .keeper = self->options->keep || self->kept ? keeper : NULL,
                                  .begins = tell_step,
                                  .data = self,
                                  .records = self->steps,
                                  .attempts = self->attempts };
}

static char *
record_sql(const DmigExecution *self, guint i)
{
  DmigTrackingEntry entry = dmig_execution_entry(self, i);
  return dmig_tracking_record_sql(self->db->dialect, &entry);
}

static gboolean
run_revision_by_steps(DmigExecution *self, guint i, GError **error)
{
  const DmigPrepared *prepared = self->chain->pdata[i];
  DmigKeeper keeper;
  DmigStepping stepping;
  g_autofree char *record = record_sql(self, i);
  dmig_execution_stepping(self, i, &keeper, &stepping);
  if (!dmig_prepared_run_steps(prepared, self->db, 0, prepared->plan->steps->len, &stepping, error))
    return FALSE;
  if (self->db->driver->exec(self->db, record, error))
    return TRUE;
  g_prefix_error(error, "%s: recording the revision: ", prepared->migration->file);
  return FALSE;
}

/* Turns the failure of a script of driver->run() into one of the revision that it belongs to. */
static gboolean
script_failure(DmigExecution *self, guint first, guint n, guint script, GError *failure,
               GError **error)
{
  gboolean committing = script == 2 * n;
  self->at = committing ? first + n - 1 : first + script / 2;
  const DmigPrepared *prepared = self->chain->pdata[self->at];
  if (!committing && script % 2 == 0)
    return dmig_prepared_failure(prepared, failure, 1, error);
  g_prefix_error(&failure, "%s: %s the revision: ", prepared->migration->file,
                 committing ? "committing" : "recording");
  g_propagate_error(error, failure);
  return FALSE;
}

/* `n` revisions from `first` on, all plain, in one transaction. */
static gboolean
run_plain(DmigExecution *self, guint first, guint n, GError **error)
{
  g_autoptr(GPtrArray) scripts = g_ptr_array_new();
  g_autoptr(GPtrArray) records = g_ptr_array_new_with_free_func(g_free);
  for (guint i = first; i < first + n; i++) {
    const DmigPrepared *prepared = self->chain->pdata[i];
    char *record = record_sql(self, i);
    g_ptr_array_add(records, record);
    g_ptr_array_add(scripts, prepared->migration->sql);
    g_ptr_array_add(scripts, record);
  }
  guint failed = 0;
  GError *failure = NULL;
  if (self->db->driver->run(self->db, (const char *const *) scripts->pdata, scripts->len, &failed,
                            &failure))
    return TRUE;
  return script_failure(self, first, n, failed, failure, error);
}

static gboolean
run_guarded(DmigExecution *self, guint first, guint n, GError **error)
{
  DmigDatabase *db = self->db;
  g_ptr_array_set_size(self->steps, 0);
  if (!db->driver->begin(db, error))
    return FALSE;
  for (guint i = first; i < first + n; i++) {
    self->at = i;
    if (!run_revision_by_steps(self, i, error)) {
      db->driver->rollback(db);
      return FALSE;
    }
  }
  if (db->driver->commit(db, error))
    return TRUE;
  const DmigPrepared *last = self->chain->pdata[first + n - 1];
  g_prefix_error(error, "%s: committing the revision: ", last->migration->file);
  return FALSE;
}

static gboolean
puts_back(const DmigExecution *self, const DmigPrepared *prepared)
{
  const DmigMigration *migration = prepared->migration;
  return prepared->brings && self->kept != NULL &&
         g_hash_table_contains(self->kept, migration->down ? migration->from : migration->to);
}

static gboolean
is_plain(const DmigExecution *self, const DmigPrepared *prepared)
{
  return prepared->plain && self->chain->len >= LONG_CHAIN &&
         !(self->options->keep && prepared->takes) && !puts_back(self, prepared);
}

static gboolean
run_once(DmigExecution *self, gpointer data, GError **error)
{
  guint first = self->done, n = *(guint *) data;
  gboolean plain = TRUE;
  for (guint i = first; i < first + n; i++)
    plain = plain && is_plain(self, self->chain->pdata[i]);
  return plain ? run_plain(self, first, n, error) : run_guarded(self, first, n, error);
}

static DmigRevisionRecord *
revision_record(const DmigExecution *self, guint i, guint64 milliseconds)
{
  const DmigPrepared *prepared = self->chain->pdata[i];
  const DmigMigration *migration = prepared->migration;
  DmigRevisionRecord *record = g_new0(DmigRevisionRecord, 1);
  record->revision = g_strdup(migration->down ? migration->from : migration->to);
  record->title = g_strdup(migration->title);
  record->down = migration->down;
  record->milliseconds = milliseconds;
  record->checksum = g_strdup(prepared->checksum);
  record->steps = g_ptr_array_new_with_free_func((GDestroyNotify) dmig_step_record_free);
  return record;
}

/* Of revisions that share a transaction only the sum is known; each gets its even part. */
static void
note_done(DmigExecution *self, guint n, gint64 began)
{
  guint64 each = (guint64) (g_get_monotonic_time() - began) / 1000 / n;
  guint next = 0;
  for (guint i = 0; i < n; i++) {
    DmigRevisionRecord *record = revision_record(self, self->done + i, each);
    const DmigPrepared *prepared = self->chain->pdata[self->done + i];
    guint steps = n == 1 ? self->steps->len : prepared->plan->steps->len;
    for (guint k = 0; k < steps && next < self->steps->len; k++)
      g_ptr_array_add(record->steps, g_steal_pointer(&self->steps->pdata[next++]));
    g_ptr_array_add(self->record->revisions, record);
    g_array_append_val(self->milliseconds, each);
  }
  g_ptr_array_set_size(self->steps, 0);
  self->done += n;
}

/* Of the revision before, in this same run. */
static gboolean
end_stand_ins(DmigExecution *self, GError **error)
{
  const DmigPrepared *before = self->done > 0 ? self->chain->pdata[self->done - 1] : NULL;
  return before == NULL || !dmig_stand_ins_are_left(self->db->dialect, before->migration->sql)
         || dmig_stand_ins_end(self->db, error);
}

static gboolean
run_next(DmigExecution *self, guint n, GError **error)
{
  const DmigPrepared *prepared = self->chain->pdata[self->done];
  gint64 began = g_get_monotonic_time();
  self->at = self->done;
  g_ptr_array_set_size(self->steps, 0);
  tell_revision(self, self->done);
  if (!end_stand_ins(self, error))
    return FALSE;
  gboolean done = prepared->journaled ? dmig_execution_run_stepwise(self, self->done, error)
                                      : dmig_execution_patiently(self, run_once, &n, error);
  if (done)
    note_done(self, n, began);
  return done;
}

gboolean
dmig_execution_run_chain(DmigExecution *self, GError **error)
{
  guint n = self->options->single_transaction ? self->chain->len : 1;
  while (self->done < self->chain->len)
    if (!run_next(self, n, error))
      return FALSE;
  return TRUE;
}
