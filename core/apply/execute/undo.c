/* The way back from between two revisions. */
#include "core/apply/execute/execution.h"
#include "core/apply/tracking/journal.h"
#include "core/plan/migration_file.h"

/* How often it waits for a lock, for as long as one statement does. */
#define UNDO_ATTEMPTS 5
#define UNDO_PAUSE (G_USEC_PER_SEC / 2)

static DmigTrackingEntry
entry_of(const DmigPrepared *prepared)
{
  return (DmigTrackingEntry){ .down = prepared->migration->down,
                              .from = prepared->migration->from,
                              .to = prepared->migration->to,
                              .checksum = prepared->checksum };
}

gboolean
dmig_apply_undo_prepare(DmigDatabase *db, const DmigMigration *migration, GError **error)
{
  g_autoptr(DmigPrepared) prepared = dmig_prepared_new(db->dialect, migration, error);
  g_autoptr(DmigJournal) journal = NULL;
  if (prepared == NULL)
    return FALSE;
  DmigTrackingEntry entry = entry_of(prepared);
  if (!dmig_journal_read(db, &entry, prepared->plan->steps->len, &journal, error))
    return FALSE;
  for (guint i = 0; i < journal->rows->len; i++) {
    DmigJournalState state = g_array_index(journal->rows, DmigJournalRow, i).state;
    gboolean open = state == DMIG_JOURNAL_INTENT || state == DMIG_JOURNAL_FAILED;
    if (open && !dmig_execution_clear_away(db, prepared->plan->steps->pdata[i], error))
      return FALSE;
  }
  return TRUE;
}

static gboolean
undo_once(DmigDatabase *db, const DmigPrepared *prepared, DmigStepping *stepping, const char *clear,
          GError **error)
{
  if (!db->driver->begin(db, error))
    return FALSE;
  if (dmig_prepared_run_steps(prepared, db, 0, prepared->plan->steps->len, stepping, error) &&
      db->driver->exec(db, clear, error) && db->driver->commit(db, error))
    return TRUE;
  db->driver->rollback(db);
  return FALSE;
}

gboolean
dmig_apply_undo(DmigDatabase *db, const DmigMigration *migration, const DmigPlan *plan,
                const char *run, gboolean no_keep, GError **error)
{
  g_autofree char *sql = dmig_migration_file_write(plan, migration->down ? "upgrade" : "downgrade");
  const DmigMigration back = { .down = !migration->down,
                               .file = (char *) "the way back",
                               .sql = sql };
  g_autoptr(DmigPrepared) prepared = dmig_prepared_new(db->dialect, &back, error);
  g_autofree char *clear = dmig_journal_clear_sql(db->dialect);
  if (prepared == NULL)
    return FALSE;
  const DmigKeeper keeper = { .run = run,
                              .revision = migration->down ? migration->from : migration->to,
                              .down = !migration->down,
                              .no_keep = no_keep };
  DmigStepping stepping = { .keeper = &keeper };
  for (guint attempt = 1;; attempt++) {
    GError *failure = NULL;
    if (undo_once(db, prepared, &stepping, clear, &failure))
      return TRUE;
    if (!g_error_matches(failure, DMIG_ERROR, DMIG_ERROR_LOCKED) || attempt == UNDO_ATTEMPTS) {
      g_propagate_error(error, failure);
      return FALSE;
    }
    g_clear_error(&failure);
    g_usleep(UNDO_PAUSE);
  }
}

/* --- as a run of its own ------------------------------------------------------------------------
 */

static gboolean
check_interrupted(DmigDatabase *db, const DmigMigration *migration, guint64 *out_steps,
                  GError **error)
{
  g_autoptr(DmigState) state = NULL;
  if (!dmig_tracking_read(db, &state, error))
    return FALSE;
  *out_steps = state->steps;
  const DmigInterrupted *interrupted = state->interrupted;
  if (interrupted != NULL && interrupted->down == migration->down &&
      g_strcmp0(interrupted->from, migration->from) == 0 &&
      g_strcmp0(interrupted->to, migration->to) == 0)
    return TRUE;
  g_set_error(
      error, DMIG_ERROR, DMIG_ERROR_DRIFT,
      "%s is no longer half way: another run has finished the revision or taken it back; look "
      "with `dmig status`",
      db->name);
  return FALSE;
}

static DmigRunRecord *
record_new(const char *id, const DmigMigration *migration)
{
  DmigRunRecord *record = dmig_run_record_new();
  record->id = g_strdup(id);
  record->command = g_strdup("revert");
  record->from = g_strdup(migration->from);
  record->to = g_strdup(migration->from);
  record->now = g_strdup(migration->from);
  record->started = dmig_tracking_now();
  return record;
}

static gboolean
undo_recorded(DmigDatabase *db, const DmigMigration *migration, const DmigApplyOptions *options,
              DmigRunRecord *record, guint64 steps, GError **error)
{
  const DmigRunStages *stages = options->stages;
  const DmigTrackingRun run = { .id = record->id,
                                .command = "revert",
                                .domain = options->domain,
                                .from = migration->from,
                                .to = migration->from,
                                .phase = DMIG_RUN_MIGRATING };
  if (!dmig_tracking_begin_run(db, &run, error))
    return FALSE;
  DmigHeartbeat *heartbeat = dmig_heartbeat_new(db, &run);
  GError *failure = NULL;
  if (dmig_apply_undo_prepare(db, migration, &failure))
    stages->undo(db, migration, record->id, !options->keep, stages->data, &failure);
  dmig_heartbeat_free(heartbeat);
  db->cancelled = FALSE;
  record->phase = failure == NULL ? DMIG_RUN_COMPLETED : DMIG_RUN_INTERRUPTED;
  record->finished = dmig_tracking_now();
  record->error = failure != NULL ? g_strdup(failure->message) : NULL;
  const DmigTrackingEnd end = {
    .run = record->id, .phase = record->phase, .first = steps + 1, .problem = record->error
  };
  gboolean written = dmig_tracking_end_run(db, &end, failure == NULL ? error : NULL);
  if (failure == NULL)
    return written;
  g_propagate_prefixed_error(error, failure, "taking back what was begun: ");
  return FALSE;
}

gboolean
dmig_apply_take_back(DmigDatabase *db, const DmigMigration *migration,
                     const DmigApplyOptions *options, DmigRunRecord **out_record, GError **error)
{
  guint64 steps = 0;
  g_autofree char *id = g_uuid_string_random();
  g_autoptr(DmigRunRecord) record = record_new(id, migration);
  if (out_record != NULL)
    *out_record = NULL;
  if (!db->driver->lock(db, options->wait_seconds, error))
    return FALSE;
  db->lock_timeout = options->lock_timeout;
  gboolean done = check_interrupted(db, migration, &steps, error) &&
                  undo_recorded(db, migration, options, record, steps, error);
  db->lock_timeout = 0;
  db->driver->unlock(db);
  if (out_record != NULL)
    *out_record = g_steal_pointer(&record);
  return done;
}
