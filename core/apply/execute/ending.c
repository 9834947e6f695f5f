/* How a run ends, and what is said and written down of it. */
#include "core/apply/execute/execution.h"

const char *
dmig_execution_revision_text(const char *revision, char buffer[8])
{
  if (revision == NULL)
    return "no revision";
  g_strlcpy(buffer, revision, 8);
  return buffer;
}

/* The revision that a person would name: the child of the edge, whichever way it is walked. */
const char *
dmig_execution_revision(const DmigMigration *migration)
{
  return migration->down ? migration->from : migration->to;
}

const DmigMigration *
dmig_execution_migration(const DmigExecution *self, guint i)
{
  return ((DmigPrepared *) self->chain->pdata[MIN(i, self->chain->len - 1)])->migration;
}

void
dmig_execution_leave_phase(DmigExecution *self)
{
  gint64 now = g_get_monotonic_time();
  if (self->progress.phase < DMIG_RUN_COMPLETED)
    self->record->phase_milliseconds[self->progress.phase] +=
        (guint64) (now - self->phase_began) / 1000;
  self->phase_began = now;
}

typedef struct {
  GError *failure; /* NULL: it went well */
  DmigRunPhase phase;
  gboolean cancelled;
  char *undo_problem; /* why it could not be taken back; NULL: it was not tried, or could */
} End;

static const char *
command_to_go_on(const DmigExecution *self)
{
  return dmig_execution_migration(self, self->at)->down ? "revert" : "apply";
}

/* What was begun outside of transactions and failed is taken back. What only had to wait for a
 * lock, or was stopped, has done nothing wrong so far: it is worth more than the way back costs. */
static void
try_undo(DmigExecution *self, End *end)
{
  const DmigRunStages *stages = self->options->stages;
  gboolean wanted = stages != NULL && stages->undo != NULL && !end->cancelled &&
                    !g_error_matches(end->failure, DMIG_ERROR, DMIG_ERROR_LOCKED);
  g_autoptr(GError) problem = NULL;
  if (!wanted)
    return;
  const DmigMigration *migration = dmig_execution_migration(self, self->at);
  if (!dmig_apply_undo_prepare(self->db, migration, &problem) ||
      !stages->undo(self->db, migration, self->id, !self->options->keep, stages->data, &problem)) {
    end->undo_problem = g_strdup(problem->message);
    return;
  }
  self->half_way = FALSE;
  end->phase = DMIG_RUN_ROLLED_BACK;
}

static char *
half_way_text(const DmigExecution *self, const End *end)
{
  const DmigMigration *migration = dmig_execution_migration(self, self->at);
  char buffer[8];
  g_autofree char *undo =
      end->undo_problem != NULL
          ? g_strdup_printf("taking it back did not work (%s); ", end->undo_problem)
          : g_strdup("");
  return g_strdup_printf(
      "; %sthe database is half way through revision %s (step %u of %u): `dmig %s` "
      "goes on from there%s",
      undo, dmig_execution_revision_text(dmig_execution_revision(migration), buffer),
      self->progress.step > 0 ? self->progress.step : self->left_at,
      self->progress.step > 0 ? self->progress.steps : self->left_of, command_to_go_on(self),
      migration->down ? "" : ", `dmig revert` takes it back");
}

static char *
place_text(const DmigExecution *self, const End *end)
{
  char buffer[8];
  gboolean all = self->done == self->chain->len;
  const DmigMigration *migration = dmig_execution_migration(self, self->done);
  const char *at = dmig_execution_revision_text(all ? migration->to : migration->from, buffer);
  if (self->half_way)
    return half_way_text(self, end);
  if (all)
    return g_strdup_printf("; all revisions were applied, the database is at %s", at);
  if (end->phase == DMIG_RUN_ROLLED_BACK)
    return g_strdup_printf("; what was begun of it was taken back, the database is at %s: put that "
                           "right and run `dmig %s` again",
                           at, command_to_go_on(self));
  if (self->progress.phase != DMIG_RUN_MIGRATING)
    return g_strdup_printf("; nothing was changed, the database is at %s", at);
  return g_strdup_printf("; rolled back, the database is at %s: %s`dmig %s` %s", at,
                         end->cancelled ? "" : "put that right and run ", command_to_go_on(self),
                         end->cancelled ? "goes on from there" : "again");
}

/* The connection is gone, and with it the answer to what was sent last. Where the server can be
 * asked anew, it knows. */
static char *
lost_text(const DmigExecution *self)
{
  DmigDatabase *db = self->db;
  g_autoptr(DmigDatabase) anew = NULL;
  g_autoptr(DmigState) state = NULL;
  char buffer[8];
  if (db->driver->open_beside == NULL || !db->driver->open_beside(db, &anew, NULL) ||
      !dmig_tracking_read(anew, &state, NULL))
    return g_strdup(
        "; what the database says of it can't be read just now: `dmig status` tells where "
        "it is when it is back, and the next run goes on from there");
  return g_strdup_printf("; the database is %s%s: `dmig %s` goes on from there",
                         state->interrupted != NULL ? "half way behind " : "at ",
                         dmig_execution_revision_text(state->revision, buffer),
                         command_to_go_on(self));
}

static void
note_end(DmigExecution *self, const End *end)
{
  DmigRunRecord *record = self->record;
  const DmigMigration *next = dmig_execution_migration(self, self->done);
  dmig_execution_leave_phase(self);
  g_free(record->now);
  record->now = g_strdup(self->done == self->chain->len ? next->to : next->from);
  record->phase = end->phase;
  g_free(record->finished);
  record->finished = dmig_tracking_now();
  if (end->failure != NULL)
    record->error = g_strdup(end->failure->message);
}

/* The run's end is written down whether it went well or not. What went wrong first is what the user
 * hears of; a record that can't be written is only told where there is nothing else to tell. */
static gboolean
write_end(DmigExecution *self, const End *end, GError **error)
{
  DmigTrackingEntry entry = dmig_execution_entry(self, MIN(self->at, self->chain->len - 1));
  gboolean of_revision = end->failure != NULL && self->done < self->chain->len &&
                         self->progress.phase == DMIG_RUN_MIGRATING;
  const DmigTrackingEnd tracked = { .run = self->id,
                                    .phase = end->phase,
                                    .first = self->first,
                                    .milliseconds = self->milliseconds,
                                    .failed = of_revision ? &entry : NULL,
                                    .problem = end->failure != NULL ? end->failure->message : NULL,
                                    .backup = self->record->backup };
  return dmig_tracking_end_run(self->db, &tracked, error);
}

static void
append_message(GError *failure, char *text_owned)
{
  g_autofree char *text = text_owned;
  char *message = g_strconcat(failure->message, text, NULL);
  g_free(failure->message);
  failure->message = message;
}

gboolean
dmig_execution_finish(DmigExecution *self, GError *failure, GError **error)
{
  End end = { .failure = failure,
              .phase = failure == NULL ? DMIG_RUN_COMPLETED : DMIG_RUN_FAILED,
              .cancelled = failure != NULL && self->db->cancelled };
  self->db->cancelled = FALSE;
  self->db->driver->rollback(self->db);
  gboolean chain_failed = failure != NULL && self->done < self->chain->len;
  if (chain_failed && self->half_way && self->progress.phase == DMIG_RUN_MIGRATING)
    try_undo(self, &end);
  if (chain_failed && self->half_way)
    end.phase = DMIG_RUN_INTERRUPTED;
  g_clear_pointer(&self->heartbeat, dmig_heartbeat_free);
  g_autoptr(GError) unwritten = NULL;
  gboolean written = write_end(self, &end, &unwritten);
  if (failure == NULL && !written) {
    g_prefix_error(&unwritten, "all revisions were applied, but: ");
    end.failure = failure = g_error_copy(unwritten);
  } else if (failure != NULL) {
    append_message(failure, written ? place_text(self, &end) : lost_text(self));
  }
  note_end(self, &end);
  g_free(end.undo_problem);
  if (failure == NULL)
    return TRUE;
  g_propagate_error(error, failure);
  return FALSE;
}
