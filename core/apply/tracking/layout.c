#include "core/apply/tracking/layout.h"

#include "core/apply/tracking/tracking.h"

/* A column that a layout added to `runs`. */
typedef struct {
  const char *name, *type;
} Column;

static const Column run_columns[] = {
  { "phase", "text" },       { "revision", "integer" },  { "revisions", "integer" },
  { "step", "integer" },     { "steps", "integer" },     { "title", "text" },
  { "rows_done", "bigint" }, { "rows_total", "bigint" }, { "updated", "text" },
  { "backup", "text" },
};

static gboolean
newer_layout(DmigDatabase *db, const char *version, GError **error)
{
  g_set_error(error, DMIG_ERROR, DMIG_ERROR_FAILED,
              "%s was last used by a newer dmig (its tracking tables have version %s, this dmig "
              "knows version %d): upgrade dmig",
              db->name, version, DMIG_TRACKING_VERSION);
  return FALSE;
}

gboolean
dmig_tracking_layout_check(DmigDatabase *db, const DmigRows *rows, GError **error)
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

gboolean
dmig_tracking_layout_version(DmigDatabase *db, guint *out, GError **error)
{
  g_autoptr(DmigRows) found = NULL;
  if (!db->driver->query(db, db->dialect->tracking_exists, NULL, 0, &found, error))
    return FALSE;
  *out = 0;
  if (found->rows->len == 0)
    return TRUE;
  g_autofree char *meta = db->dialect->tracking_table("meta");
  g_autofree char *sql = g_strdup_printf("SELECT version FROM %s", meta);
  g_autoptr(DmigRows) version = NULL;
  if (!db->driver->query(db, sql, NULL, 0, &version, error) ||
      !dmig_tracking_layout_check(db, version, error))
    return FALSE;
  *out = (guint) g_ascii_strtoull(dmig_rows_get(version, 0, 0), NULL, 10);
  return TRUE;
}

/* --- making them ---------------------------------------------------------------------------- */

static void
append_runs(GString *sql, const DmigDialect *dialect)
{
  g_autofree char *runs = dialect->tracking_table("runs");
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
                         "  error text",
                         runs);
  for (guint i = 0; i < G_N_ELEMENTS(run_columns); i++)
    g_string_append_printf(sql, ",\n  %s %s", run_columns[i].name, run_columns[i].type);
  g_string_append(sql, "\n);\n");
}

static void
append_steps(GString *sql, const DmigDialect *dialect)
{
  g_autofree char *steps = dialect->tracking_table("steps");
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
}

static void
append_second_layout(GString *sql, const DmigDialect *dialect)
{
  g_autofree char *journal = dialect->tracking_table("journal");
  g_autofree char *kept = dialect->tracking_table("kept");
  g_string_append_printf(sql,
                         "CREATE TABLE %s (\n"
                         "  step integer PRIMARY KEY,\n"
                         "  steps integer NOT NULL,\n"
                         "  title text NOT NULL,\n"
                         "  run text NOT NULL,\n"
                         "  direction text NOT NULL,\n"
                         "  from_revision text,\n"
                         "  to_revision text,\n"
                         "  checksum text NOT NULL,\n"
                         "  state text NOT NULL,\n"
                         "  checkpoint text,\n"
                         "  started text NOT NULL,\n"
                         "  finished text,\n"
                         "  error text\n"
                         ");\n",
                         journal);
  g_string_append_printf(sql,
                         "CREATE TABLE %s (\n"
                         "  number integer PRIMARY KEY,\n"
                         "  run text NOT NULL,\n"
                         "  revision text NOT NULL,\n"
                         "  direction text NOT NULL,\n"
                         "  kind text NOT NULL,\n"
                         "  name text NOT NULL,\n"
                         "  place text NOT NULL,\n"
                         "  since text NOT NULL,\n"
                         "  rows bigint,\n"
                         "  restored text\n"
                         ");\n",
                         kept);
}

static char *
create_sql(const DmigDialect *dialect)
{
  g_autofree char *meta = dialect->tracking_table("meta");
  GString *sql = g_string_new(dialect->tracking_prologue);
  g_string_append_printf(sql, "CREATE TABLE %s (version integer NOT NULL);\n", meta);
  append_runs(sql, dialect);
  append_steps(sql, dialect);
  append_second_layout(sql, dialect);
  g_string_append_printf(sql, "INSERT INTO %s (version) VALUES (%d);\n", meta,
                         DMIG_TRACKING_VERSION);
  return g_string_free(sql, FALSE);
}

static char *
upgrade_sql(const DmigDialect *dialect)
{
  g_autofree char *meta = dialect->tracking_table("meta");
  g_autofree char *runs = dialect->tracking_table("runs");
  GString *sql = g_string_new(NULL);
  for (guint i = 0; i < G_N_ELEMENTS(run_columns); i++)
    g_string_append_printf(sql, "ALTER TABLE %s ADD COLUMN %s %s;\n", runs, run_columns[i].name,
                           run_columns[i].type);
  append_second_layout(sql, dialect);
  g_string_append_printf(sql, "UPDATE %s SET version = %d;\n", meta, DMIG_TRACKING_VERSION);
  return g_string_free(sql, FALSE);
}

gboolean
dmig_tracking_ensure(DmigDatabase *db, GError **error)
{
  g_autoptr(DmigState) state = NULL;
  if (!dmig_tracking_read(db, &state, error))
    return FALSE;
  if (state->version == DMIG_TRACKING_VERSION)
    return TRUE;
  g_autofree char *sql = state->tracked ? upgrade_sql(db->dialect) : create_sql(db->dialect);
  const char *scripts[] = { sql };
  guint failed = 0;
  if (db->driver->run(db, scripts, 1, &failed, error))
    return TRUE;
  g_prefix_error(error, "can't %s dmig's tracking tables: ", state->tracked ? "update" : "create");
  return FALSE;
}
