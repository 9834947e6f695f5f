#include "core/apply/execute/prepared.h"

#include <string.h>

#include "core/apply/execute/batch.h"
#include "core/apply/execute/stand_in.h"
#include "core/base/text.h"
#include "core/plan/migration_file.h"

/* Characters of a step's title in a message. */
#define TITLE_SHOWN 72
/* A proof has a few rows, and is to see more than one piece. */
#define PIECE_ROWS 2

void
dmig_prepared_free(DmigPrepared *self)
{
  if (self == NULL)
    return;
  dmig_plan_free(self->plan);
  g_free(self->checksum);
  g_free(self);
}

static void
look_at_steps(DmigPrepared *self)
{
  self->plain = TRUE;
  for (guint i = 0; i < self->plan->steps->len; i++) {
    const DmigStep *step = self->plan->steps->pdata[i];
    self->takes = self->takes || step->takes->len > 0;
    self->brings = self->brings || step->brings->len > 0;
    self->journaled = self->journaled || !step->transactional;
    if (step->checks->len > 0 || step->keeps[0] != NULL || !step->transactional)
      self->plain = FALSE;
  }
}

DmigPrepared *
dmig_prepared_new(const DmigDialect *dialect, const DmigMigration *migration, GError **error)
{
  g_autoptr(DmigPrepared) self = g_new0(DmigPrepared, 1);
  self->migration = migration;
  self->plan = dmig_migration_file_read(migration->file, migration->sql, dialect, error);
  if (self->plan == NULL)
    return NULL;
  look_at_steps(self);
  self->checksum = dmig_text_sha256(migration->sql, -1);
  return g_steal_pointer(&self);
}

/* The line, and the step that it belongs to; a rebuild's title can be very long. */
static char *
place_in_file(const DmigMigration *migration, guint line)
{
  g_autofree char *step = NULL;
  const char *at = migration->sql;
  for (guint i = 1; i <= line && at != NULL; i++) {
    const char *end = strchr(at, '\n');
    if (g_str_has_prefix(at, "-- step ")) {
      g_free(step);
      step = g_strndup(at + 3, end ? (gsize) (end - at - 3) : strlen(at + 3));
    }
    at = end ? end + 1 : NULL;
  }
  if (step == NULL)
    return g_strdup_printf("%s:%u", migration->file, line);
  g_strchomp(step);
  if (g_utf8_strlen(step, -1) <= TITLE_SHOWN)
    return g_strdup_printf("%s:%u: %s", migration->file, line, step);
  /* A step that carries out several changes names them behind its own title. */
  const char *number_ends = strstr(step, ": ");
  const char *title_ends = number_ends != NULL ? strstr(number_ends + 2, ": ") : NULL;
  if (title_ends != NULL && title_ends - step <= TITLE_SHOWN)
    return g_strdup_printf("%s:%u: %.*s", migration->file, line, (int) (title_ends - step), step);
  g_autofree char *start = g_utf8_substring(step, 0, TITLE_SHOWN);
  return g_strdup_printf("%s:%u: %s…", migration->file, line, start);
}

static guint
line_of(const DmigMigration *migration, const char *position)
{
  guint line = 1;
  for (const char *at = migration->sql; at < position; at++)
    line += *at == '\n';
  return line;
}

/* Drivers count lines within the script that they were given. */
gboolean
dmig_prepared_failure(const DmigPrepared *self, GError *failure, guint first_line, GError **error)
{
  const char *message = failure->message;
  guint line = first_line;
  if (g_str_has_prefix(message, "line ")) {
    char *end = NULL;
    guint64 within = g_ascii_strtoull(message + 5, &end, 10);
    if (within > 0 && g_str_has_prefix(end, ": ")) {
      line += (guint) within - 1;
      message = end + 2;
    }
  }
  g_autofree char *place = place_in_file(self->migration, line);
  char *located = g_strdup_printf("%s: %s", place, message);
  g_free(failure->message);
  failure->message = located;
  g_propagate_error(error, failure);
  return FALSE;
}

static gboolean
run_checks(DmigDatabase *db, const DmigStep *step, const DmigStep **out_refused, GError **error)
{
  for (guint i = 0; i < step->checks->len; i++) {
    const DmigCheck *check = step->checks->pdata[i];
    gint64 count = 0;
    if (!dmig_database_count(db, check->sql, &count, error)) {
      g_prefix_error(error, "the check before it: ");
      return FALSE;
    }
    if (count == 0)
      continue;
    g_autofree char *refusal = dmig_check_refusal(check, count);
    g_set_error_literal(error, DMIG_ERROR, DMIG_ERROR_FAILED, refusal);
    if (out_refused != NULL)
      *out_refused = step;
    return FALSE;
  }
  return TRUE;
}

/* The line of the file at which the SQL of a step begins. */
static guint
line_of_step(const DmigPrepared *self, guint step)
{
  const char *position = self->migration->sql, *at = position;
  for (guint i = 0; i <= step; i++) {
    const GString *sql = ((DmigStep *) self->plan->steps->pdata[i])->sql;
    const char *found = strstr(position, sql->str);
    at = found != NULL ? found : position;
    position = at + (found != NULL ? sql->len : 0);
  }
  return line_of(self->migration, at);
}

static void
note_begin(DmigStepping *stepping, guint step)
{
  stepping->began = g_get_monotonic_time();
  stepping->rows_kept = stepping->rows_back = -1;
  if (stepping->begins != NULL)
    stepping->begins(step, stepping->data);
}

static void
note_end(const DmigPrepared *self, DmigStepping *stepping, guint index)
{
  if (stepping->records == NULL)
    return;
  const DmigStep *step = self->plan->steps->pdata[index];
  DmigStepRecord *record = g_new0(DmigStepRecord, 1);
  record->title = g_strdup(step->title);
  record->kind = g_strdup(step->kind);
  record->milliseconds = (guint64) (g_get_monotonic_time() - stepping->began) / 1000;
  record->attempts = MAX(stepping->attempts, 1);
  record->rows_kept = stepping->rows_kept;
  record->rows_back = stepping->rows_back;
  g_ptr_array_add(stepping->records, record);
}

static gboolean
is_kept(const DmigStep *step, const DmigStepping *stepping)
{
  return stepping->keeper != NULL && (step->takes->len > 0 || step->brings->len > 0);
}

static gboolean
keep_before(DmigDatabase *db, const DmigStep *step, DmigStepping *stepping, GError **error)
{
  gint64 rows = 0;
  if (!is_kept(step, stepping))
    return TRUE;
  if (!dmig_keep_before(stepping->keeper, db, step, &rows, error))
    return FALSE;
  stepping->rows_kept = step->takes->len > 0 && !stepping->keeper->no_keep ? rows : -1;
  return TRUE;
}

static gboolean
keep_after(DmigDatabase *db, const DmigStep *step, DmigStepping *stepping, GError **error)
{
  gint64 rows = 0;
  if (!is_kept(step, stepping))
    return TRUE;
  if (!dmig_keep_after(stepping->keeper, db, step, &rows, error))
    return FALSE;
  stepping->rows_back = step->brings->len > 0 && rows > 0 ? rows : -1;
  return TRUE;
}

/* No question asks beforehand which rows are in the way of an exclusion constraint, which only its own
 * index can tell, or of what a type says of all of its values. */
static gboolean
asks_rows_itself(const DmigStep *step)
{
  return step->checks->len == 0 && (strcmp(step->kind, "add-constraint") == 0
                                    || (strcmp(step->kind, "set-facet") == 0 && step->scans));
}

static gboolean
execute(DmigDatabase *db, const DmigStep *step, DmigStepping *stepping, GError **error)
{
  if (db->driver->exec(db, step->sql->str, error))
    return TRUE;
  if (asks_rows_itself(step))
    stepping->refused = step;
  return FALSE;
}

static gboolean
run_step(DmigDatabase *db, const DmigStep *step, GString *dependents, DmigStepping *stepping,
         GError **error)
{
  g_autofree char *kept = NULL;
  if (!run_checks(db, step, &stepping->refused, error))
    return FALSE;
  if (step->keeps[0] != NULL && !db->driver->save_dependents(db, step->keeps, &kept, error))
    return FALSE;
  if (kept != NULL)
    g_string_append(dependents, kept);
  return keep_before(db, step, stepping, error) && execute(db, step, stepping, error) &&
         keep_after(db, step, stepping, error);
}

/* Triggers and the like come back when all steps have run: what one step drops, another one makes
 * again. */
static gboolean
restore_dependents(const DmigPrepared *self, DmigDatabase *db, const GString *dependents,
                   GError **error)
{
  if (dependents->len == 0 || db->driver->exec(db, dependents->str, error))
    return TRUE;
  g_prefix_error(error, "%s: putting back triggers and indexes that are in no revision: ",
                 self->migration->file);
  return FALSE;
}

guint
dmig_prepared_segment_end(const DmigPrepared *self, guint first)
{
  guint end = first;
  while (end < self->plan->steps->len &&
         ((DmigStep *) self->plan->steps->pdata[end])->transactional)
    end++;
  return end;
}

gboolean
dmig_prepared_run_steps(const DmigPrepared *self, DmigDatabase *db, guint first, guint end,
                        DmigStepping *stepping, GError **error)
{
  g_autoptr(GString) dependents = g_string_new(NULL);
  for (guint i = first; i < end; i++) {
    GError *failure = NULL;
    note_begin(stepping, i);
    if (!run_step(db, self->plan->steps->pdata[i], dependents, stepping, &failure))
      return dmig_prepared_failure(self, failure, line_of_step(self, i), error);
    note_end(self, stepping, i);
  }
  return restore_dependents(self, db, dependents, error);
}

gboolean
dmig_prepared_begin_outside(const DmigPrepared *self, DmigDatabase *db, guint index,
                            DmigStepping *stepping, GError **error)
{
  const DmigStep *step = self->plan->steps->pdata[index];
  GError *failure = NULL;
  note_begin(stepping, index);
  if (run_checks(db, step, &stepping->refused, &failure) &&
      keep_before(db, step, stepping, &failure))
    return TRUE;
  return dmig_prepared_step_failure(self, failure, index, error);
}

gboolean
dmig_prepared_end_outside(const DmigPrepared *self, DmigDatabase *db, guint index,
                          DmigStepping *stepping, GError **error)
{
  GError *failure = NULL;
  if (!keep_after(db, self->plan->steps->pdata[index], stepping, &failure))
    return dmig_prepared_step_failure(self, failure, index, error);
  note_end(self, stepping, index);
  return TRUE;
}

void
dmig_prepared_resume_outside(guint index, DmigStepping *stepping)
{
  note_begin(stepping, index);
}

gboolean
dmig_prepared_step_failure(const DmigPrepared *self, GError *failure, guint index, GError **error)
{
  return dmig_prepared_failure(self, failure, line_of_step(self, index), error);
}

/* --- on a database of one's own -------------------------------------------------------------- */

static gboolean
run_segment_alone(const DmigPrepared *self, DmigDatabase *db, guint first, guint end,
                  DmigStepping *stepping, GError **error)
{
  if (!db->driver->begin(db, error))
    return FALSE;
  if (!dmig_prepared_run_steps(self, db, first, end, stepping, error)) {
    db->driver->rollback(db);
    return FALSE;
  }
  if (db->driver->commit(db, error))
    return TRUE;
  g_prefix_error(error, "%s: committing: ", self->migration->file);
  return FALSE;
}

static gboolean
run_outside_alone(const DmigPrepared *self, DmigDatabase *db, guint index, DmigStepping *stepping,
                  GError **error)
{
  const DmigStep *step = self->plan->steps->pdata[index];
  if (!dmig_prepared_begin_outside(self, db, index, stepping, error))
    return FALSE;
  GError *failure = NULL;
  if (dmig_batch_possible(db, step)) {
    DmigBatchRun batch;
    if (dmig_batch_open(&batch, db, step, PIECE_ROWS, NULL, &failure))
      while (!batch.finished && dmig_batch_piece(&batch, NULL, NULL, &failure))
        ;
  } else {
    db->driver->exec(db, step->sql->str, &failure);
  }
  return failure == NULL ? dmig_prepared_end_outside(self, db, index, stepping, error)
                         : dmig_prepared_step_failure(self, failure, index, error);
}

gboolean
dmig_prepared_run_alone(const DmigPrepared *self, DmigDatabase *db, const DmigKeeper *keeper,
                        const DmigStep **out_refused, GError **error)
{
  DmigStepping stepping = { .keeper = keeper };
  gboolean done = TRUE;
  guint i = 0;
  if (!dmig_stand_ins_end(db, error))
    return FALSE;
  do {
    guint end = dmig_prepared_segment_end(self, i);
    gboolean outside = end == i && i < self->plan->steps->len;
    done = outside ? run_outside_alone(self, db, i, &stepping, error)
                   : run_segment_alone(self, db, i, end, &stepping, error);
    i = outside ? i + 1 : end;
  } while (done && i < self->plan->steps->len);
  if (out_refused != NULL)
    *out_refused = stepping.refused;
  return done;
}
