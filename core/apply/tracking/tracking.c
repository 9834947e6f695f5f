#include "core/apply/tracking/tracking.h"

#include <unistd.h>

#include "core/apply/tracking/layout.h"
#include "core/sql/text.h"

/* Revisions whose durations one statement writes down. */
#define DURATIONS_PER_STATEMENT 200

void
dmig_interrupted_free(DmigInterrupted *self)
{
  if (self == NULL)
    return;
  g_free(self->from);
  g_free(self->to);
  g_free(self->checksum);
  g_free(self->run);
  g_free(self->title);
  g_free(self->problem);
  g_free(self);
}

void
dmig_state_free(DmigState *self)
{
  if (self == NULL)
    return;
  g_free(self->revision);
  g_free(self->domain);
  g_free(self->since);
  dmig_interrupted_free(self->interrupted);
  g_free(self);
}

char *
dmig_tracking_now(void)
{
  g_autoptr(GDateTime) now = g_date_time_new_now_utc();
  g_autofree char *seconds = g_date_time_format(now, "%Y-%m-%dT%H:%M:%S");
  return g_strdup_printf("%s.%06dZ", seconds, g_date_time_get_microsecond(now));
}

char *
dmig_tracking_who(void)
{
  g_autofree char *who = g_strdup_printf("%s@%s", g_get_user_name(), g_get_host_name());
  return g_utf8_make_valid(who, -1);
}

/* Of what dmig says of its own only the mark behind what was shortened is no ASCII; the rest are names
 * that the database has, too. */
char *
dmig_tracking_text(const char *text)
{
  if (text == NULL)
    return NULL;
  g_autofree char *valid = g_utf8_make_valid(text, -1);
  g_auto(GStrv) parts = g_strsplit(valid, "\u2026", -1);
  return g_strjoinv("...", parts);
}

/* --- where a database is ------------------------------------------------------------------- */

static guint64
number_at(const DmigRows *rows, guint column)
{
  const char *text = dmig_rows_get(rows, 0, column);
  return text != NULL ? g_ascii_strtoull(text, NULL, 10) : 0;
}

static DmigInterrupted *
interrupted_of_row(const DmigRows *rows)
{
  if (rows->n_columns < 15 || dmig_rows_get(rows, 0, 6) == NULL)
    return NULL;
  DmigInterrupted *self = g_new0(DmigInterrupted, 1);
  self->down = g_str_equal(dmig_rows_get(rows, 0, 6), "downgrade");
  self->from = g_strdup(dmig_rows_get(rows, 0, 7));
  self->to = g_strdup(dmig_rows_get(rows, 0, 8));
  self->checksum = g_strdup(dmig_rows_get(rows, 0, 9));
  self->run = g_strdup(dmig_rows_get(rows, 0, 10));
  self->steps = (guint) number_at(rows, 11);
  self->step = (guint) number_at(rows, 12) + 1;
  self->title = g_strdup(dmig_rows_get(rows, 0, 13));
  self->problem = g_strdup(dmig_rows_get(rows, 0, 14));
  return self;
}

static DmigState *
state_of_row(const DmigRows *rows)
{
  DmigState *state = g_new0(DmigState, 1);
  state->tracked = TRUE;
  state->version = (guint) number_at(rows, 0);
  state->revision = g_strdup(dmig_rows_get(rows, 0, 1));
  state->domain = state->revision != NULL ? g_strdup(dmig_rows_get(rows, 0, 2)) : NULL;
  state->since = g_strdup(dmig_rows_get(rows, 0, 3));
  state->steps = number_at(rows, 4);
  state->kept = rows->n_columns > 5 ? number_at(rows, 5) : 0;
  state->interrupted = interrupted_of_row(rows);
  return state;
}

static char *
read_sql(const DmigDialect *dialect, guint version)
{
  g_autofree char *meta = dialect->tracking_table("meta");
  g_autofree char *runs = dialect->tracking_table("runs");
  g_autofree char *steps = dialect->tracking_table("steps");
  g_autofree char *journal = dialect->tracking_table("journal");
  g_autofree char *kept = dialect->tracking_table("kept");
  GString *sql = g_string_new(NULL);
  g_string_append_printf(
      sql,
      "SELECT m.version, s.to_revision, (SELECT domain FROM %s WHERE id = s.run), "
      "s.started, (SELECT max(number) FROM %s)",
      runs, steps);
  if (version > 1)
    g_string_append_printf(
        sql,
        ", (SELECT count(*) FROM %s WHERE restored IS NULL), j.direction, j.from_revision, "
        "j.to_revision, j.checksum, j.run, j.steps, (SELECT count(*) FROM %s WHERE state = "
        "'done'), "
        "CASE WHEN j.state <> 'done' THEN j.title END, j.error",
        kept, journal);
  g_string_append_printf(sql,
                         " FROM %s m LEFT JOIN (SELECT * FROM %s WHERE outcome = 'done' "
                         "ORDER BY number DESC LIMIT 1) s ON TRUE",
                         meta, steps);
  if (version > 1)
    g_string_append_printf(
        sql, " LEFT JOIN (SELECT * FROM %s ORDER BY step DESC LIMIT 1) j ON TRUE", journal);
  return g_string_free(sql, FALSE);
}

/* The query comes first, since the tables are nearly always there. Where it fails because they are
 * not, another run may be making them just now: then it is put once more. */
gboolean
dmig_tracking_read(DmigDatabase *db, DmigState **out, GError **error)
{
  guint version = DMIG_TRACKING_VERSION;
  for (int attempt = 1;; attempt++) {
    g_autofree char *sql = read_sql(db->dialect, version);
    g_autoptr(DmigRows) rows = NULL;
    g_autoptr(GError) failure = NULL;
    if (db->driver->query(db, sql, NULL, 0, &rows, &failure)) {
      if (!dmig_tracking_layout_check(db, rows, error))
        return FALSE;
      *out = state_of_row(rows);
      return TRUE;
    }
    gboolean known = g_error_matches(failure, DMIG_ERROR, DMIG_ERROR_FAILED);
    if (known && !dmig_tracking_layout_version(db, &version, error))
      return FALSE;
    if (known && version == 0) {
      *out = g_new0(DmigState, 1);
      return TRUE;
    }
    if (!known || attempt == 2) {
      g_propagate_prefixed_error(error, g_steal_pointer(&failure),
                                 known ? "can't read dmig's tracking tables: " : "");
      return FALSE;
    }
  }
}

/* --- writing down --------------------------------------------------------------------------- */

static void
append_step(GString *sql, const DmigDialect *dialect, const DmigTrackingEntry *entry,
            const char *now, const char *outcome, const char *problem)
{
  g_autofree char *steps = dialect->tracking_table("steps");
  g_string_append_printf(sql,
                         "INSERT INTO %s (number, run, direction, from_revision, to_revision, "
                         "checksum, started, outcome, error) VALUES (%" G_GUINT64_FORMAT ", ",
                         steps, entry->number);
  dmig_sql_appendf(sql, dialect, "%S, %S, %S, %S, %S, %S, %S, %S);\n", entry->run,
                   entry->down ? "downgrade" : "upgrade", entry->from, entry->to, entry->checksum,
                   now, outcome, problem);
}

char *
dmig_tracking_record_sql(const DmigDialect *dialect, const DmigTrackingEntry *entry)
{
  g_autofree char *now = dmig_tracking_now();
  GString *sql = g_string_new(NULL);
  append_step(sql, dialect, entry, now, "done", NULL);
  return g_string_free(sql, FALSE);
}

static gboolean
run_script(DmigDatabase *db, const char *sql, const char *doing, GError **error)
{
  const char *const scripts[] = { sql };
  guint failed = 0;
  if (db->driver->run(db, scripts, 1, &failed, error))
    return TRUE;
  g_prefix_error(error, "can't record the run%s in dmig's tracking tables: ", doing);
  return FALSE;
}

gboolean
dmig_tracking_begin_run(DmigDatabase *db, const DmigTrackingRun *run, GError **error)
{
  g_autofree char *runs = db->dialect->tracking_table("runs");
  g_autofree char *now = dmig_tracking_now();
  g_autofree char *who = dmig_tracking_who();
  g_autoptr(GString) sql = g_string_new(NULL);
  dmig_sql_appendf(sql, db->dialect,
                   "UPDATE %s SET outcome = 'interrupted', phase = 'interrupted', finished = %S "
                   "WHERE outcome IS NULL;\n",
                   runs, now);
  dmig_sql_appendf(sql, db->dialect,
                   "INSERT INTO %s (id, command, who, pid, dmig_version, domain, from_revision, "
                   "to_revision, started, phase, revision, revisions, updated) VALUES (%S, %S, %S, "
                   "%u, %S, %S, %S, %S, %S, %S, 0, %u, %S);\n",
                   runs, run->id, run->command, who, (guint) getpid(), DMIG_VERSION, run->domain,
                   run->from, run->to, now, dmig_run_phase_name(run->phase), run->revisions, now);
  return run_script(db, sql->str, "", error);
}

gboolean
dmig_tracking_phase(DmigDatabase *db, const char *run, DmigRunPhase phase, GError **error)
{
  g_autofree char *runs = db->dialect->tracking_table("runs");
  g_autofree char *now = dmig_tracking_now();
  g_autofree char *sql =
      dmig_sql_printf(db->dialect,
                      "UPDATE %s SET phase = %S, step = NULL, steps = NULL, title = NULL, "
                      "rows_done = NULL, rows_total = NULL, updated = %S WHERE id = %S;\n",
                      runs, dmig_run_phase_name(phase), now, run);
  return run_script(db, sql, "'s phase", error);
}

char *
dmig_tracking_progress_sql(const DmigDialect *dialect, const char *run,
                           const DmigRunProgress *progress)
{
  g_autofree char *runs = dialect->tracking_table("runs");
  g_autofree char *now = dmig_tracking_now();
  g_autofree char *title = dmig_tracking_text(progress->title);
  GString *sql = g_string_new(NULL);
  dmig_sql_appendf(sql, dialect, "UPDATE %s SET phase = %S, revision = %u, step = %u, steps = %u, ",
                   runs, dmig_run_phase_name(progress->phase), progress->revision, progress->step,
                   progress->steps);
  g_string_append_printf(sql,
                         "rows_done = %" G_GUINT64_FORMAT ", rows_total = %" G_GUINT64_FORMAT ", ",
                         progress->rows_done, progress->rows_total);
  dmig_sql_appendf(sql, dialect, "title = %S, updated = %S WHERE id = %S AND finished IS NULL;\n",
                   title, now, run);
  return g_string_free(sql, FALSE);
}

/* A few statements for many revisions: a statement each would cost a chain of a thousand more than
 * it is worth. */
static void
append_durations(GString *sql, const DmigDialect *dialect, guint64 number, GArray *milliseconds)
{
  g_autofree char *steps = dialect->tracking_table("steps");
  for (guint first = 0; first < milliseconds->len; first += DURATIONS_PER_STATEMENT) {
    guint end = MIN(first + DURATIONS_PER_STATEMENT, milliseconds->len);
    g_string_append_printf(sql, "UPDATE %s SET milliseconds = CASE number", steps);
    for (guint i = first; i < end; i++)
      g_string_append_printf(sql, " WHEN %" G_GUINT64_FORMAT " THEN %" G_GUINT64_FORMAT, number + i,
                             g_array_index(milliseconds, guint64, i));
    g_string_append_printf(
        sql, " END WHERE number BETWEEN %" G_GUINT64_FORMAT " AND %" G_GUINT64_FORMAT ";\n",
        number + first, number + end - 1);
  }
}

/* The word of `runs.outcome`, which older versions know. */
static const char *
outcome_of(DmigRunPhase phase)
{
  return phase == DMIG_RUN_COMPLETED ? "done" : dmig_run_phase_name(phase);
}

gboolean
dmig_tracking_end_run(DmigDatabase *db, const DmigTrackingEnd *end, GError **error)
{
  g_autofree char *runs = db->dialect->tracking_table("runs");
  g_autofree char *now = dmig_tracking_now();
  g_autofree char *valid = dmig_tracking_text(end->problem);
  g_autoptr(GString) sql = g_string_new(NULL);
  if (end->milliseconds != NULL)
    append_durations(sql, db->dialect, end->first, end->milliseconds);
  if (end->failed != NULL)
    append_step(sql, db->dialect, end->failed, now, "failed", valid);
  dmig_sql_appendf(
      sql, db->dialect,
      "UPDATE %s SET outcome = %S, phase = %S, error = %S, backup = %S, finished = %S, "
      "updated = %S, revision = %u WHERE id = %S;\n",
      runs, outcome_of(end->phase), dmig_run_phase_name(end->phase), valid, end->backup, now, now,
      end->milliseconds != NULL ? end->milliseconds->len : 0, end->run);
  return run_script(db, sql->str, "'s end", error);
}
