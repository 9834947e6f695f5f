/* The lock that keeps a second run out: an advisory lock of the session, gone when it ends. */
#include "core/base/text.h"
#include "core/db/postgres/connection.h"
#include "core/db/postgres/postgres.h"
#include "core/db/postgres/postgres_sql.h"

/* The lock's key, in two halves: "dmig" in ASCII, and 1 for a run. Locks are per database. */
#define KEY_HIGH "1684892007"
#define KEY_LOW "1"

#define FIRST_PAUSE (G_USEC_PER_SEC / 20)
#define LONGEST_PAUSE G_USEC_PER_SEC

/* Since then a server can be told to look after its client while a statement runs, on systems that let
 * it. Source: PostgreSQL manual, 20.3.1 "Connection Settings", client_connection_check_interval. */
#define LOOKS_AFTER_CLIENTS 140000
#define LOOK_AFTER_CLIENT                                                                          \
  ", CASE WHEN pg_catalog.version() ~ 'linux' THEN "                                               \
  "pg_catalog.set_config('client_connection_check_interval', '1s', false) END"

/* A run that is killed while its statement waits or works leaves a session behind that would hold the
 * lock until the statement ends. */
static gboolean
try_lock(DmigDatabase *database, gboolean *out_locked, GError **error)
{
  g_autoptr(DmigRows) rows = NULL;
  gboolean looks = PQserverVersion(((DmigPg *) database)->conn) >= LOOKS_AFTER_CLIENTS;
  g_autofree char *sql
      = g_strconcat("SELECT pg_catalog.pg_try_advisory_lock(" KEY_HIGH ", " KEY_LOW ")",
                    looks ? LOOK_AFTER_CLIENT : "", NULL);
  if (!dmig_pg_query(database, sql, NULL, 0, &rows, error))
    return FALSE;
  *out_locked = g_strcmp0(dmig_rows_get(rows, 0, 0), "t") == 0;
  return TRUE;
}

static char *
holder_text(const DmigRows *rows)
{
  const char *user = dmig_rows_get(rows, 0, 0), *host = dmig_rows_get(rows, 0, 1);
  const char *application = dmig_rows_get(rows, 0, 3);
  GString *who = g_string_new(user != NULL ? user : "somebody");
  if (host != NULL)
    g_string_append_printf(who, "@%s", host);
  g_string_append_printf(who, ", server process %s", dmig_rows_get(rows, 0, 2));
  if (application != NULL && *application != '\0')
    g_string_append_printf(who, ", %s", application);
  return g_string_free(who, FALSE);
}

gboolean
dmig_pg_lock_holder(DmigDatabase *database, gboolean *out_held, DmigLockHolder *out,
                    GError **error)
{
  static const char *const key[] = { KEY_HIGH, KEY_LOW };
  g_autoptr(DmigRows) rows = NULL;
  if (!dmig_pg_query(database, dmig_pg_sql_lock_holder, key, 2, &rows, error))
    return FALSE;
  *out_held = rows->rows->len > 0;
  if (*out_held) {
    out->who = holder_text(rows);
    out->since = g_strdup(dmig_rows_get(rows, 0, 4));
  }
  return TRUE;
}

char *
dmig_pg_blockers(DmigDatabase *database, DmigDatabase *waiting)
{
  g_autofree char *pid = g_strdup_printf("%d", PQbackendPID(((DmigPg *) waiting)->conn));
  const char *const parameters[] = { pid };
  g_autoptr(DmigRows) rows = NULL;
  if (!dmig_pg_query(database, dmig_pg_sql_blockers, parameters, 1, &rows, NULL)
      || rows->rows->len == 0)
    return NULL;
  g_autoptr(GString) text = g_string_new(NULL);
  for (guint i = 0; i < rows->rows->len; i++)
    g_string_append_printf(text, "%s%s", i > 0 ? ", " : "", dmig_rows_get(rows, i, 0));
  return dmig_text_printable(text->str);
}

/* Source: PostgreSQL manual, 34.7 "Canceling Queries in Progress": PQcancel may be called by a signal
 * handler. */
void
dmig_pg_cancel(DmigDatabase *database)
{
  char problem[256];
  PGcancel *cancel = ((DmigPg *) database)->cancel;
  if (cancel != NULL)
    PQcancel(cancel, problem, sizeof(problem));
}

static void
set_locked(DmigDatabase *database, guint waited, GError **error)
{
  DmigLockHolder holder = { 0 };
  gboolean held;
  dmig_pg_lock_holder(database, &held, &holder, NULL);
  g_autofree char *who
      = holder.who == NULL
            ? g_strdup("another run")
            : g_strdup_printf("another run (%s, connected since %s)", holder.who, holder.since);
  g_autofree char *wait = waited > 0 ? g_strdup_printf(" after %u s", waited) : g_strdup("");
  g_set_error(error, DMIG_ERROR, DMIG_ERROR_LOCKED,
              "%s is locked by %s%s; try again when it is done, or wait longer with --wait SECONDS",
              database->name, who, wait);
  dmig_lock_holder_clear(&holder);
}

gboolean
dmig_pg_lock(DmigDatabase *database, guint wait_seconds, GError **error)
{
  DmigPg *self = (DmigPg *) database;
  gint64 deadline = g_get_monotonic_time() + (gint64) wait_seconds * G_USEC_PER_SEC;
  gint64 pause = FIRST_PAUSE;
  if (self->cancel == NULL)
    self->cancel = PQgetCancel(self->conn);
  for (;;) {
    if (!try_lock(database, &self->locked, error))
      return FALSE;
    if (self->locked)
      return TRUE;
    gint64 left = deadline - g_get_monotonic_time();
    if (left <= 0) {
      set_locked(database, wait_seconds, error);
      return FALSE;
    }
    g_usleep((gulong)MIN(pause, left));
    pause = MIN(pause * 2, LONGEST_PAUSE);
  }
}

void
dmig_pg_unlock(DmigDatabase *database)
{
  DmigPg *self = (DmigPg *) database;
  if (!self->locked)
    return;
  g_autoptr(DmigRows) rows = NULL;
  dmig_pg_query(database, "SELECT pg_catalog.pg_advisory_unlock(" KEY_HIGH ", " KEY_LOW ")", NULL,
                0, &rows, NULL);
  self->locked = FALSE;
}
