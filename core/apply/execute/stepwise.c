/* A revision with steps outside of transactions. What is committed of it stands in the journal, so
 * that the run that comes after a death goes on from there. */
#include "core/apply/execute/batch.h"
#include "core/apply/execute/execution.h"
#include "core/apply/tracking/journal.h"
#include "core/sql/text.h"

typedef struct {
  const DmigPrepared *prepared;
  DmigTrackingEntry entry;
  DmigJournal *journal;
  guint revision;   /* of the chain */
  guint first, end; /* steps that run now */
  DmigKeeper keeper;
  DmigStepping stepping;
  DmigBatchRun batch;
  gboolean tried; /* the step has been tried before, by this run or by an earlier one */
} Stepwise;

static const DmigStep *
step_at(const Stepwise *self, guint i)
{
  return self->prepared->plan->steps->pdata[i];
}

/* With the last step the revision is done: it is recorded, and the journal is empty again. */
static void
append_end(GString *sql, const DmigExecution *execution, const Stepwise *self)
{
  const DmigDialect *dialect = execution->db->dialect;
  if (self->end < self->prepared->plan->steps->len)
    return;
  g_autofree char *record = dmig_tracking_record_sql(dialect, &self->entry);
  g_autofree char *clear = dmig_journal_clear_sql(dialect);
  g_string_append(sql, record);
  g_string_append(sql, clear);
}

static gboolean
write_down(DmigExecution *execution, const Stepwise *self, const char *sql, GError **error)
{
  const char *const scripts[] = { sql };
  guint failed;
  if (execution->db->driver->run(execution->db, scripts, 1, &failed, error))
    return TRUE;
  g_prefix_error(error, "%s: writing the journal: ", self->prepared->migration->file);
  return FALSE;
}

/* --- steps in a transaction --------------------------------------------------------------------
 */

static char *
segment_sql(const DmigExecution *execution, const Stepwise *self)
{
  GString *sql = g_string_new(NULL);
  guint steps = self->prepared->plan->steps->len;
  for (guint i = self->first; i < self->end && self->end < steps; i++) {
    g_autofree char *row = dmig_journal_begin_sql(execution->db->dialect, &self->entry, i, steps,
                                                  step_at(self, i)->title, DMIG_JOURNAL_DONE);
    g_string_append(sql, row);
  }
  append_end(sql, execution, self);
  return g_string_free(sql, FALSE);
}

static gboolean
run_segment_once(DmigExecution *execution, gpointer data, GError **error)
{
  Stepwise *self = data;
  DmigDatabase *db = execution->db;
  guint records = execution->steps->len;
  g_autofree char *sql = segment_sql(execution, self);
  self->stepping.attempts = execution->attempts;
  if (!db->driver->begin(db, error))
    return FALSE;
  if (dmig_prepared_run_steps(self->prepared, db, self->first, self->end, &self->stepping, error) &&
      db->driver->exec(db, sql, error)) {
    if (db->driver->commit(db, error))
      return TRUE;
    g_prefix_error(error, "%s: committing: ", self->prepared->migration->file);
  }
  db->driver->rollback(db);
  g_ptr_array_set_size(execution->steps, (gint) records);
  return FALSE;
}

/* --- steps outside of transactions -------------------------------------------------------------
 */

gboolean
dmig_execution_clear_away(DmigDatabase *db, const DmigStep *step, GError **error)
{
  g_autofree char *leftovers = NULL;
  const char *again = step->again;
  if (again == NULL && db->driver->leftovers != NULL) {
    if (!db->driver->leftovers(db, step->sql->str, &leftovers, error))
      return FALSE;
    again = leftovers;
  }
  return again == NULL || *again == '\0' || db->driver->exec(db, again, error);
}

/* Whether it has happened already, as far as the step knows how to tell. */
static gboolean
ask_done(DmigExecution *execution, const DmigStep *step, gboolean *out_done, GError **error)
{
  gint64 count = 0;
  if (step->done != NULL && !dmig_database_count(execution->db, step->done, &count, error)) {
    g_prefix_error(error, "asking whether the step is done already: ");
    return FALSE;
  }
  *out_done = count != 0;
  return TRUE;
}

static char *
checkpoint_sql(const DmigBatchRun *batch, gpointer data)
{
  g_autofree char *checkpoint = dmig_batch_checkpoint(batch);
  return dmig_journal_checkpoint_sql(batch->db->dialect, ((Stepwise *) data)->first, checkpoint);
}

static gboolean
run_piece_once(DmigExecution *execution, gpointer data, GError **error)
{
  Stepwise *self = data;
  return dmig_batch_piece(&self->batch, checkpoint_sql, self, error);
}

static void
tell_rows(DmigExecution *execution, const Stepwise *self)
{
  execution->progress.rows_done = (guint64) self->batch.rows_done;
  execution->progress.rows_total = (guint64) MAX(self->batch.batch.rows_total, 0);
  dmig_execution_tell(execution);
}

static gboolean
run_batch(DmigExecution *execution, Stepwise *self, GError **error)
{
  const DmigStep *step = step_at(self, self->first);
  const DmigJournalRow *row = &g_array_index(self->journal->rows, DmigJournalRow, self->first);
  guint rows = execution->options->batch_rows;
  if (!dmig_batch_open(&self->batch, execution->db, step, rows > 0 ? rows : DMIG_APPLY_BATCH_ROWS,
                       row->checkpoint, error))
    return FALSE;
  do {
    tell_rows(execution, self);
    if (!dmig_execution_patiently(execution, run_piece_once, self, error))
      return FALSE;
  } while (!self->batch.finished);
  tell_rows(execution, self);
  return TRUE;
}

static gboolean
run_statement_once(DmigExecution *execution, gpointer data, GError **error)
{
  Stepwise *self = data;
  DmigDatabase *db = execution->db;
  const DmigStep *step = step_at(self, self->first);
  gboolean done = FALSE;
  self->stepping.attempts = execution->attempts;
  if (self->tried && (!ask_done(execution, step, &done, error) ||
                      (!done && !dmig_execution_clear_away(db, step, error))))
    return FALSE;
  self->tried = TRUE;
  return done || db->driver->exec(db, step->sql->str, error);
}

/* A lock that lets others read and write may be waited for as long as the user waits; behind one
 * that does not, everybody has to queue. */
static gboolean
run_statement(DmigExecution *execution, Stepwise *self, GError **error)
{
  DmigDatabase *db = execution->db;
  guint before = db->lock_timeout;
  if (step_at(self, self->first)->lock < DMIG_LOCK_SHARE)
    db->lock_timeout = MAX(dmig_execution_patience(execution) * 1000, before);
  gboolean done = dmig_execution_patiently(execution, run_statement_once, self, error);
  db->lock_timeout = before;
  return done;
}

static gboolean
note_failure(DmigExecution *execution, const Stepwise *self, GError *failure, GError **error)
{
  DmigDatabase *db = execution->db;
  gboolean cancelled = db->cancelled;
  GError *located = NULL;
  dmig_prepared_step_failure(self->prepared, failure, self->first, &located);
  g_autofree char *sql =
      dmig_journal_end_sql(db->dialect, self->first, DMIG_JOURNAL_FAILED, located->message);
  db->cancelled = FALSE;
  write_down(execution, self, sql, NULL);
  db->cancelled = cancelled;
  g_propagate_error(error, located);
  return FALSE;
}

/* In one transaction: what is kept of the step, and that it is about to run. */
static gboolean
begin_once(DmigExecution *execution, gpointer data, GError **error)
{
  Stepwise *self = data;
  DmigDatabase *db = execution->db;
  const char *title = step_at(self, self->first)->title;
  g_autofree char *sql =
      dmig_journal_begin_sql(db->dialect, &self->entry, self->first,
                             self->prepared->plan->steps->len, title, DMIG_JOURNAL_INTENT);
  if (!db->driver->begin(db, error))
    return FALSE;
  if (dmig_prepared_begin_outside(self->prepared, db, self->first, &self->stepping, error) &&
      db->driver->exec(db, sql, error) && db->driver->commit(db, error))
    return TRUE;
  db->driver->rollback(db);
  return FALSE;
}

static gboolean
begin_outside(DmigExecution *execution, Stepwise *self, GError **error)
{
  const DmigJournalRow *row = &g_array_index(self->journal->rows, DmigJournalRow, self->first);
  self->tried = row->state != DMIG_JOURNAL_NONE;
  if (!self->tried)
    return dmig_execution_patiently(execution, begin_once, self, error);
  dmig_prepared_resume_outside(self->first, &self->stepping);
  return TRUE;
}

/* In one transaction: what is put back, and what came of the step. */
static gboolean
end_once(DmigExecution *execution, gpointer data, GError **error)
{
  Stepwise *self = data;
  DmigDatabase *db = execution->db;
  g_autofree char *done = dmig_journal_end_sql(db->dialect, self->first, DMIG_JOURNAL_DONE, NULL);
  g_autoptr(GString) sql = g_string_new(done);
  guint records = execution->steps->len;
  append_end(sql, execution, self);
  if (!db->driver->begin(db, error))
    return FALSE;
  if (dmig_prepared_end_outside(self->prepared, db, self->first, &self->stepping, error) &&
      db->driver->exec(db, sql->str, error) && db->driver->commit(db, error))
    return TRUE;
  db->driver->rollback(db);
  g_ptr_array_set_size(execution->steps, (gint) records);
  return FALSE;
}

static gboolean
run_outside(DmigExecution *execution, Stepwise *self, GError **error)
{
  DmigDatabase *db = execution->db;
  if (!begin_outside(execution, self, error))
    return FALSE;
  execution->half_way = TRUE;
  GError *failure = NULL;
  gboolean batched = dmig_batch_possible(db, step_at(self, self->first));
  if (!(batched ? run_batch : run_statement)(execution, self, &failure))
    return note_failure(execution, self, failure, error);
  self->end = self->first + 1;
  return dmig_execution_patiently(execution, end_once, self, error);
}

/* --- the revision ------------------------------------------------------------------------------
 */

static gboolean
run_next(DmigExecution *execution, Stepwise *self, GError **error)
{
  self->end = dmig_prepared_segment_end(self->prepared, self->first);
  if (self->end == self->first)
    return run_outside(execution, self, error);
  if (!dmig_execution_patiently(execution, run_segment_once, self, error))
    return FALSE;
  execution->half_way = TRUE;
  return TRUE;
}

gboolean
dmig_execution_run_stepwise(DmigExecution *execution, guint i, GError **error)
{
  const DmigPrepared *prepared = execution->chain->pdata[i];
  g_autoptr(DmigJournal) journal = NULL;
  Stepwise self = { .prepared = prepared,
                    .entry = dmig_execution_entry(execution, i),
                    .revision = i };
  if (!dmig_journal_read(execution->db, &self.entry, prepared->plan->steps->len, &journal, error))
    return FALSE;
  self.journal = journal;
  execution->half_way = journal->any;
  dmig_execution_stepping(execution, i, &self.keeper, &self.stepping);
  while (self.first < journal->rows->len) {
    gboolean done =
        g_array_index(journal->rows, DmigJournalRow, self.first).state == DMIG_JOURNAL_DONE;
    self.end = self.first + 1;
    if (!done && !run_next(execution, &self, error))
      return FALSE;
    self.first = self.end;
  }
  execution->half_way = FALSE;
  return TRUE;
}
