/* Keeping rows beside the data. */
#include "core/db/keeping.h"

#include <string.h>

#include "core/db/postgres/connection.h"
#include "core/db/postgres/postgres.h"
#include "core/db/postgres/postgres_sql.h"
#include "core/sql/text.h"

static char *
name_of(DmigDatabase *db, const char *path, gboolean own)
{
  return own ? db->dialect->tracking_table(path) : dmig_sql_identifier(db->dialect, path);
}

static gboolean
look(DmigDatabase *db, const char *path, gboolean own, DmigKeepTable **out, GError **error)
{
  static const char *const row[] = { "tableoid", "ctid", NULL };
  g_autofree char *name = name_of(db, path, own);
  const char *const parameters[] = { name };
  g_autoptr(DmigRows) rows = NULL;
  if (!dmig_pg_query(db, dmig_pg_sql_keep_columns, parameters, 1, &rows, error))
    return FALSE;
  gboolean whole = rows->rows->len > 0 && *dmig_rows_get(rows, 0, 5) == 'p';
  g_autofree char *reference = g_strconcat(whole ? "" : "ONLY ", name, NULL);
  DmigKeepTable *table = dmig_keep_table_new(reference);
  g_strfreev(table->row);
  table->row = g_strdupv((char **) row);
  for (guint i = 0; i < rows->rows->len; i++) {
    DmigKeepColumn *column = dmig_keep_table_add(table, dmig_rows_get(rows, i, 0),
                                                 dmig_rows_get(rows, i, 1),
                                                 dmig_rows_get(rows, i, 2));
    column->computed = *dmig_rows_get(rows, i, 3) == 't';
    column->collates = *dmig_rows_get(rows, i, 4) == 't';
  }
  *out = table;
  return TRUE;
}

static char *
image(const char *expression)
{
  return g_strdup_printf("coalesce(pg_catalog.quote_literal(CAST(%s AS pg_catalog.text)), '-')",
                         expression);
}

/* Runs the first column of what a query gives, and keeps the second. */
static gboolean
run_statements(DmigDatabase *db, const DmigRows *rows, GString *undo, GError **error)
{
  g_autoptr(GString) script = g_string_new(NULL);
  for (guint i = 0; i < rows->rows->len; i++) {
    g_string_append_printf(script, "%s\n", dmig_rows_get(rows, i, 0));
    g_string_append_printf(undo, "%s\n", dmig_rows_get(rows, i, 1));
  }
  return script->len == 0 || dmig_pg_exec(db, script->str, error);
}

/* The lock comes before the look: a row that was written in between would be neither kept nor there. */
static gboolean
hush(DmigDatabase *db, const char *path, gboolean writes, char **out_undo, GError **error)
{
  g_autofree char *name = name_of(db, path, FALSE);
  g_autofree char *lock = g_strdup_printf("LOCK TABLE %s IN ACCESS EXCLUSIVE MODE;\n", name);
  const char *const parameters[] = { name, writes ? "t" : "f" };
  g_autoptr(GString) undo = g_string_new(NULL);
  g_autoptr(DmigRows) settings = NULL;
  g_autoptr(DmigRows) quiet = NULL;
  if (!dmig_pg_exec(db, lock, error)
      || !dmig_pg_query(db, dmig_pg_sql_keep_quiet, parameters, 2, &quiet, error)
      || !run_statements(db, quiet, undo, error)
      || !dmig_pg_query(db, dmig_pg_sql_keep_settings, NULL, 0, &settings, error)
      || !run_statements(db, settings, undo, error))
    return FALSE;
  *out_undo = g_strdup(undo->str);
  return TRUE;
}

static gboolean
unhush(DmigDatabase *db, const char *undo, GError **error)
{
  return undo == NULL || *undo == '\0' || dmig_pg_exec(db, undo, error);
}

static gboolean
seclude(DmigDatabase *db, const char *name, GError **error)
{
  g_autofree char *table = name_of(db, name, TRUE);
  const char *const parameters[] = { table };
  g_autoptr(DmigRows) rows = NULL;
  g_autoptr(GString) script = g_string_new(NULL);
  if (!dmig_pg_query(db, dmig_pg_sql_keep_seclude, parameters, 1, &rows, error))
    return FALSE;
  for (guint i = 0; i < rows->rows->len; i++)
    g_string_append_printf(script, "%s\n", dmig_rows_get(rows, i, 0));
  return script->len == 0 || dmig_pg_exec(db, script->str, error);
}

static gint64
size(DmigDatabase *db, const char *name)
{
  g_autofree char *table = name_of(db, name, TRUE);
  const char *const parameters[] = { table };
  g_autoptr(DmigRows) rows = NULL;
  if (!dmig_pg_query(db, "SELECT pg_catalog.pg_total_relation_size(pg_catalog.to_regclass($1))",
                     parameters, 1, &rows, NULL)
      || dmig_rows_get(rows, 0, 0) == NULL)
    return -1;
  return g_ascii_strtoll(dmig_rows_get(rows, 0, 0), NULL, 10);
}

const DmigKeeping dmig_pg_keeping = {
  .look = look,
  .image = image,
  .update = "UPDATE",
  .insert = "INSERT INTO",
  .hush = hush,
  .unhush = unhush,
  .seclude = seclude,
  .size = size,
};
