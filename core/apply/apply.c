#include "core/apply/apply.h"

#include <string.h>

#include "core/apply/prepared.h"
#include "core/apply/tracking.h"

#define RETRY_FIRST_MICROSECONDS (100 * 1000)
#define RETRY_MOST_MICROSECONDS (2 * 1000 * 1000)
#define LOSSES_NAMED 3

typedef struct {
  DmigDatabase *db;
  const DmigApplyOptions *options;
  GPtrArray *chain; /* DmigPrepared* */
  char *id;
  guint64 first; /* the number of the chain's first step among all of the database */
  guint done; /* revisions that are committed */
  guint at;   /* the one that was tried last */
  GArray *milliseconds;
} Run;

static const char *
revision_text(const char *revision, char buffer[8])
{
  if (revision == NULL)
    return "no revision";
  g_strlcpy(buffer, revision, 8);
  return buffer;
}

/* The revision that a person would name: the child of the edge, whichever way it is walked. */
static const char *
migration_revision(const DmigMigration *migration)
{
  return migration->down ? migration->from : migration->to;
}

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
    const char *revision = revision_text(migration_revision(prepared->migration), buffer);
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

static gboolean
check_losses(const Run *self, GError **error)
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
  g_set_error(error, DMIG_ERROR, DMIG_ERROR_DATA_LOSS,
              "%s would lose data: %s (allow it with --allow-data-loss)", self->db->name,
              named->str);
  return FALSE;
}

static DmigTrackingEntry
entry_of(const Run *self, guint i)
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

static char *
record_sql(const Run *self, guint i)
{
  DmigTrackingEntry entry = entry_of(self, i);
  return dmig_tracking_record_sql(self->db->dialect, &entry);
}

static void
report_progress(const Run *self, guint done)
{
  if (self->options->progress == NULL)
    return;
  const DmigPrepared *current = self->chain->pdata[MIN(done, self->chain->len - 1)];
  self->options->progress(done, self->chain->len, current->migration, self->options->data);
}

static gboolean
run_revision_by_steps(Run *self, guint i, GError **error)
{
  const DmigPrepared *prepared = self->chain->pdata[i];
  g_autofree char *record = record_sql(self, i);
  if (!dmig_prepared_run(prepared, self->db, NULL, error))
    return FALSE;
  if (self->db->driver->exec(self->db, record, error))
    return TRUE;
  g_prefix_error(error, "%s: recording the revision: ", prepared->migration->file);
  return FALSE;
}

/* Turns the failure of a script of driver->run() into one of the revision that it belongs to. */
static gboolean
script_failure(Run *self, guint first, guint n, guint script, GError *failure, GError **error)
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
run_plain(Run *self, guint first, guint n, GError **error)
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
  if (self->db->driver->run(self->db, (const char *const *)scripts->pdata, scripts->len, &failed,
                            &failure))
    return TRUE;
  return script_failure(self, first, n, failed, failure, error);
}

static gboolean
run_guarded(Run *self, guint first, guint n, GError **error)
{
  DmigDatabase *db = self->db;
  if (!db->driver->begin(db, error))
    return FALSE;
  for (guint i = first; i < first + n; i++) {
    self->at = i;
    if (!run_revision_by_steps(self, i, error)) {
      db->driver->rollback(db);
      return FALSE;
    }
    if (n > 1)
      report_progress(self, i + 1);
  }
  if (db->driver->commit(db, error))
    return TRUE;
  const DmigPrepared *last = self->chain->pdata[first + n - 1];
  g_prefix_error(error, "%s: committing the revision: ", last->migration->file);
  return FALSE;
}

static gboolean
run_once(Run *self, guint first, guint n, GError **error)
{
  gboolean plain = TRUE;
  for (guint i = first; i < first + n; i++)
    plain = plain && ((DmigPrepared *) self->chain->pdata[i])->plain;
  return plain ? run_plain(self, first, n, error) : run_guarded(self, first, n, error);
}

/* A revision that has to wait for another session's lock has done nothing yet: it may be tried
 * again, as long as the user is willing to wait. */
static gboolean
run_patiently(Run *self, guint first, guint n, GError **error)
{
  gint64 deadline = g_get_monotonic_time() + self->options->wait_seconds * G_USEC_PER_SEC;
  gulong pause = RETRY_FIRST_MICROSECONDS;
  for (;;) {
    GError *failure = NULL;
    if (run_once(self, first, n, &failure))
      return TRUE;
    if (!g_error_matches(failure, DMIG_ERROR, DMIG_ERROR_LOCKED)
        || g_get_monotonic_time() + (gint64) pause > deadline) {
      g_propagate_error(error, failure);
      return FALSE;
    }
    g_clear_error(&failure);
    g_usleep(pause);
    pause = MIN(pause * 2, RETRY_MOST_MICROSECONDS);
  }
}

/* Where the database is, after what went through. */
static const char *
database_revision(const Run *self)
{
  const DmigPrepared *next = self->chain->pdata[MIN(self->done, self->chain->len - 1)];
  return self->done < self->chain->len ? next->migration->from : next->migration->to;
}

static gboolean
run_transaction(Run *self, guint n, GError **error)
{
  gint64 started = g_get_monotonic_time();
  self->at = self->done;
  if (!run_patiently(self, self->done, n, error))
    return FALSE;
  /* Of revisions that share a transaction only the sum is known; each gets its even part. */
  guint64 each = (guint64) (g_get_monotonic_time() - started) / 1000 / n;
  for (guint i = 0; i < n; i++)
    g_array_append_val(self->milliseconds, each);
  self->done += n;
  return TRUE;
}

static gboolean
run_chain(Run *self, GError **error)
{
  guint n = self->options->single_transaction ? self->chain->len : 1;
  while (self->done < self->chain->len) {
    report_progress(self, self->done);
    if (!run_transaction(self, n, error))
      return FALSE;
  }
  report_progress(self, self->done);
  return TRUE;
}

/* The run's end is written down whether it went well or not. What went wrong first is what the user
 * hears of; a record that can't be written is only told where there is nothing else to tell. */
static gboolean
finish(Run *self, GError *failure, GError **error)
{
  DmigDatabase *db = self->db;
  if (failure == NULL) {
    if (dmig_tracking_end_run(db, self->id, self->first, self->milliseconds, NULL, NULL, error))
      return TRUE;
    g_prefix_error(error, "all revisions were applied, but: ");
    return FALSE;
  }
  DmigTrackingEntry entry = entry_of(self, self->at);
  dmig_tracking_end_run(db, self->id, self->first, self->milliseconds, &entry, failure->message, NULL);
  char buffer[8];
  char *message = g_strdup_printf("%s; rolled back, the database is at %s", failure->message,
                                  revision_text(database_revision(self), buffer));
  g_free(failure->message);
  failure->message = message;
  g_propagate_error(error, failure);
  return FALSE;
}

static gboolean
check_start(Run *self, GError **error)
{
  const DmigPrepared *first = self->chain->pdata[0];
  g_autoptr(DmigState) state = NULL;
  if (!dmig_tracking_read(self->db, &state, error))
    return FALSE;
  if (g_strcmp0(state->revision, first->migration->from) != 0) {
    char is[8], wanted[8];
    g_set_error(error, DMIG_ERROR, DMIG_ERROR_DRIFT,
                "%s is at %s, but this run begins at %s: another run has moved it; look with "
                "`dmig status` and try again",
                self->db->name, revision_text(state->revision, is),
                revision_text(first->migration->from, wanted));
    return FALSE;
  }
  self->first = state->steps + 1;
  return state->tracked || dmig_tracking_ensure(self->db, error);
}

static gboolean
run_locked(Run *self, GError **error)
{
  const DmigPrepared *first = self->chain->pdata[0];
  const DmigPrepared *last = self->chain->pdata[self->chain->len - 1];
  const char *command = self->options->command ? self->options->command : "apply";
  if (!check_start(self, error)
      || !dmig_tracking_begin_run(self->db, self->id, command, self->options->domain,
                                  first->migration->from,
                                  last->migration->to, error))
    return FALSE;
  GError *failure = NULL;
  run_chain(self, &failure);
  return finish(self, failure, error);
}

gboolean
dmig_apply(DmigDatabase *db, GPtrArray *migrations, const DmigApplyOptions *options,
           guint *out_done, GError **error)
{
  if (out_done != NULL)
    *out_done = 0;
  if (migrations->len == 0)
    return TRUE;
  g_autoptr(GPtrArray) chain = prepare_chain(db->dialect, migrations, error);
  if (chain == NULL)
    return FALSE;
  g_autofree char *id = g_uuid_string_random();
  g_autoptr(GArray) milliseconds = g_array_new(FALSE, FALSE, sizeof(guint64));
  Run run
      = { .db = db, .options = options, .chain = chain, .id = id, .milliseconds = milliseconds };
  if (!check_losses(&run, error) || !db->driver->lock(db, options->wait_seconds, error))
    return FALSE;
  gboolean done = run_locked(&run, error);
  db->driver->unlock(db);
  if (out_done != NULL)
    *out_done = run.done;
  return done;
}
