#include "core/apply/tracking.h"

#include <unistd.h>

#include "core/sql/text.h"

/* Revisions whose durations one statement writes down. */
#define DURATIONS_PER_STATEMENT 200

void
dmig_state_free(DmigState *self)
{
  if (self == NULL)
    return;
  g_free(self->revision);
  g_free(self->domain);
  g_free(self->since);
  g_free(self);
}

static char *
now_text(void)
{
  g_autoptr(GDateTime) now = g_date_time_new_now_utc();
  g_autofree char *seconds = g_date_time_format(now, "%Y-%m-%dT%H:%M:%S");
  return g_strdup_printf("%s.%06dZ", seconds, g_date_time_get_microsecond(now));
}

static char *
who_text(void)
{
  g_autofree char *who = g_strdup_printf("%s@%s", g_get_user_name(), g_get_host_name());
  return g_utf8_make_valid(who, -1);
}

static gboolean
newer_layout(DmigDatabase *db, const char *version, GError **error)
{
  g_set_error(error, DMIG_ERROR, DMIG_ERROR_FAILED,
              "%s was last used by a newer dmig (its tracking tables have version %s, this dmig "
              "knows version %d): upgrade dmig",
              db->name, version, DMIG_TRACKING_VERSION);
  return FALSE;
}

static gboolean
check_layout(DmigDatabase *db, const DmigRows *rows, GError **error)
{
  if (rows->rows->len == 0) {
    g_set_error(error, DMIG_ERROR, DMIG_ERROR_DRIFT,
                "%s has dmig's tracking tables, but they are empty: restore them from a backup, or "
                "drop them to start anew",
                db->name);
    return FALSE;
  }
  const char *version = dmig_rows_get(rows, 0, 0);
  if (version == NULL || g_ascii_strtoll(version, NULL, 10) > DMIG_TRACKING_VERSION)
    return newer_layout(db, version ? version : "?", error);
  return TRUE;
}

typedef enum {
  LAYOUT_NONE,  /* no tracking tables */
  LAYOUT_KNOWN, /* they are there, as this dmig makes them */
  LAYOUT_WRONG, /* there, but empty or from a newer dmig: an error is set */
} Layout;

static Layout
look_at_layout(DmigDatabase *db, GError **error)
{
  g_autoptr(DmigRows) found = NULL;
  if (!db->driver->query(db, db->dialect->tracking_exists, NULL, 0, &found, error))
    return LAYOUT_WRONG;
  if (found->rows->len == 0)
    return LAYOUT_NONE;
  g_autofree char *meta = db->dialect->tracking_table("meta");
  g_autofree char *sql = g_strdup_printf("SELECT version FROM %s", meta);
  g_autoptr(DmigRows) version = NULL;
  if (!db->driver->query(db, sql, NULL, 0, &version, error) || !check_layout(db, version, error))
    return LAYOUT_WRONG;
  return LAYOUT_KNOWN;
}

static DmigState *
state_of_row(const DmigRows *rows)
{
  DmigState *state = g_new0(DmigState, 1);
  const char *last = dmig_rows_get(rows, 0, 4);
  state->tracked = TRUE;
  state->revision = g_strdup(dmig_rows_get(rows, 0, 1));
  state->domain = state->revision != NULL ? g_strdup(dmig_rows_get(rows, 0, 2)) : NULL;
  state->since = g_strdup(dmig_rows_get(rows, 0, 3));
  state->steps = last != NULL ? g_ascii_strtoull(last, NULL, 10) : 0;
  return state;
}

/* The query comes first, since the tables are nearly always there. Where it fails because they are
 * not, another run may be making them just now: then it is put once more. */
gboolean
dmig_tracking_read(DmigDatabase *db, DmigState **out, GError **error)
{
  g_autofree char *meta = db->dialect->tracking_table("meta");
  g_autofree char *runs = db->dialect->tracking_table("runs");
  g_autofree char *steps = db->dialect->tracking_table("steps");
  g_autofree char *sql = g_strdup_printf(
      "SELECT m.version, s.to_revision, (SELECT domain FROM %s WHERE id = s.run), s.started, "
      "(SELECT max(number) FROM %s) FROM %s m LEFT JOIN (SELECT * FROM %s WHERE outcome = 'done' "
      "ORDER BY number DESC LIMIT 1) s ON TRUE",
      runs, steps, meta, steps);
  for (int attempt = 1;; attempt++) {
    g_autoptr(DmigRows) rows = NULL;
    g_autoptr(GError) failure = NULL;
    if (db->driver->query(db, sql, NULL, 0, &rows, &failure)) {
      if (!check_layout(db, rows, error))
        return FALSE;
      *out = state_of_row(rows);
      return TRUE;
    }
    Layout layout = LAYOUT_WRONG;
    if (g_error_matches(failure, DMIG_ERROR, DMIG_ERROR_FAILED)) {
      layout = look_at_layout(db, error);
      if (layout == LAYOUT_WRONG)
        return FALSE;
    }
    if (layout == LAYOUT_NONE) {
      *out = g_new0(DmigState, 1);
      return TRUE;
    }
    if (layout == LAYOUT_WRONG || attempt == 2) {
      g_propagate_prefixed_error(error, g_steal_pointer(&failure),
                                 layout == LAYOUT_WRONG ? "" : "can't read dmig's tracking tables: ");
      return FALSE;
    }
  }
}

static char *
create_sql(const DmigDialect *dialect)
{
  g_autofree char *meta = dialect->tracking_table("meta");
  g_autofree char *runs = dialect->tracking_table("runs");
  g_autofree char *steps = dialect->tracking_table("steps");
  GString *sql = g_string_new(dialect->tracking_prologue);
  g_string_append_printf(sql, "CREATE TABLE %s (version integer NOT NULL);\n", meta);
  g_string_append_printf(sql,
                         "CREATE TABLE %s (\n"
                         "  id text PRIMARY KEY,\n"
                         "  command text NOT NULL,\n"
                         "  who text NOT NULL,\n"
                         "  pid integer NOT NULL,\n"
                         "  dmig_version text NOT NULL,\n"
                         "  domain text,\n"
                         "  from_revision text,\n"
                         "  to_revision text,\n"
                         "  started text NOT NULL,\n"
                         "  finished text,\n"
                         "  outcome text,\n"
                         "  error text\n"
                         ");\n",
                         runs);
  g_string_append_printf(sql,
                         "CREATE TABLE %s (\n"
                         "  number integer PRIMARY KEY,\n"
                         "  run text NOT NULL,\n"
                         "  direction text NOT NULL,\n"
                         "  from_revision text,\n"
                         "  to_revision text,\n"
                         "  checksum text NOT NULL,\n"
                         "  started text NOT NULL,\n"
                         "  milliseconds bigint,\n"
                         "  outcome text NOT NULL,\n"
                         "  error text\n"
                         ");\n",
                         steps);
  g_string_append_printf(sql, "INSERT INTO %s (version) VALUES (%d);\n", meta,
                         DMIG_TRACKING_VERSION);
  return g_string_free(sql, FALSE);
}

gboolean
dmig_tracking_ensure(DmigDatabase *db, GError **error)
{
  g_autoptr(DmigState) state = NULL;
  if (!dmig_tracking_read(db, &state, error))
    return FALSE;
  if (state->tracked)
    return TRUE;
  g_autofree char *sql = create_sql(db->dialect);
  const char *scripts[] = { sql };
  guint failed = 0;
  if (db->driver->run(db, scripts, 1, &failed, error))
    return TRUE;
  g_prefix_error(error, "can't create dmig's tracking tables: ");
  return FALSE;
}

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
  g_autofree char *now = now_text();
  GString *sql = g_string_new(NULL);
  append_step(sql, dialect, entry, now, "done", NULL);
  return g_string_free(sql, FALSE);
}

gboolean
dmig_tracking_begin_run(DmigDatabase *db, const char *run, const char *command,
                        const char *domain, const char *from, const char *to, GError **error)
{
  g_autofree char *runs = db->dialect->tracking_table("runs");
  g_autofree char *now = now_text();
  g_autofree char *who = who_text();
  g_autoptr(GString) sql = g_string_new(NULL);
  dmig_sql_appendf(sql, db->dialect,
                   "UPDATE %s SET outcome = 'interrupted', finished = %S WHERE outcome IS NULL;\n",
                   runs, now);
  dmig_sql_appendf(sql, db->dialect,
                   "INSERT INTO %s (id, command, who, pid, dmig_version, domain, from_revision, "
                   "to_revision, started) VALUES (%S, %S, %S, %u, %S, %S, %S, %S, %S);\n",
                   runs, run, command, who, (guint) getpid(), DMIG_VERSION, domain, from, to, now);
  const char *scripts[] = { sql->str };
  guint failed = 0;
  if (db->driver->run(db, scripts, 1, &failed, error))
    return TRUE;
  g_prefix_error(error, "can't record the run in dmig's tracking tables: ");
  return FALSE;
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

gboolean
dmig_tracking_end_run(DmigDatabase *db, const char *run, guint64 first, GArray *milliseconds,
                      const DmigTrackingEntry *failed, const char *problem, GError **error)
{
  g_autofree char *runs = db->dialect->tracking_table("runs");
  g_autofree char *now = now_text();
  g_autofree char *valid = problem ? g_utf8_make_valid(problem, -1) : NULL;
  g_autoptr(GString) sql = g_string_new(NULL);
  if (milliseconds != NULL)
    append_durations(sql, db->dialect, first, milliseconds);
  if (failed != NULL)
    append_step(sql, db->dialect, failed, now, "failed", valid);
  dmig_sql_appendf(sql, db->dialect,
                   "UPDATE %s SET outcome = %S, error = %S, finished = %S WHERE id = %S;\n", runs,
                   problem ? "failed" : "done", valid, now, run);
  const char *scripts[] = { sql->str };
  guint index = 0;
  if (db->driver->run(db, scripts, 1, &index, error))
    return TRUE;
  g_prefix_error(error, "can't record the run's end in dmig's tracking tables: ");
  return FALSE;
}
