/* Keeping rows beside the data. Kept columns have no type, so that every value stays just what it is. */
#include <string.h>

#include "core/db/keeping.h"
#include "core/db/sqlite/internal.h"
#include "core/sql/text.h"

/* The rowid's name that no column has taken; NULL: it can't be named. */
static const char *
free_rowid_name(const DmigKeepTable *table)
{
  static const char *const names[] = { "rowid", "_rowid_", "oid" };
  for (guint i = 0; i < G_N_ELEMENTS(names); i++) {
    gboolean taken = FALSE;
    for (guint k = 0; k < table->columns->len; k++) {
      const DmigKeepColumn *column = g_ptr_array_index(table->columns, k);
      taken = taken || g_ascii_strcasecmp(column->name, names[i]) == 0;
    }
    if (!taken)
      return names[i];
  }
  return NULL;
}

/* Rows of `rows`: name, type, hidden, place in the primary key. A lone INTEGER key is the rowid. */
static gboolean
shows_rowid(const DmigRows *rows)
{
  guint keys = 0;
  gboolean integer = FALSE;
  for (guint i = 0; i < rows->rows->len; i++) {
    if (strcmp(dmig_rows_get(rows, i, 3), "0") == 0)
      continue;
    keys++;
    integer = g_ascii_strcasecmp(dmig_rows_get(rows, i, 1), "INTEGER") == 0;
  }
  return keys == 1 && integer;
}

/* The columns of the primary key, as SQL names them: what a table WITHOUT ROWID tells its rows apart by. */
static char **
key_of(const DmigDatabase *db, const DmigRows *rows)
{
  GPtrArray *key = g_ptr_array_new();
  for (guint i = 0; i < rows->rows->len; i++)
    if (strcmp(dmig_rows_get(rows, i, 3), "0") != 0)
      g_ptr_array_add(key, dmig_sql_identifier(db->dialect, dmig_rows_get(rows, i, 0)));
  g_ptr_array_add(key, NULL);
  return (char **) g_ptr_array_free(key, FALSE);
}

static gboolean
look(DmigDatabase *db, const char *path, gboolean own, DmigKeepTable **out, GError **error)
{
  g_autofree char *name = own ? g_strconcat("dmig_", path, NULL) : g_strdup(path);
  g_autoptr(DmigRows) rows = NULL;
  if (!dmig_database_query(db, &rows, error,
                           "SELECT x.name, x.type, x.hidden, x.pk, l.wr "
                           "FROM pragma_table_xinfo($1, 'main') x, pragma_table_list l "
                           "WHERE l.schema = 'main' AND l.name = $1 COLLATE NOCASE ORDER BY x.cid",
                           name, NULL))
    return FALSE;
  if (rows->rows->len == 0) {
    g_set_error(error, DMIG_ERROR, DMIG_ERROR_FAILED, "there is no table %s", name);
    return FALSE;
  }
  g_autofree char *reference = dmig_sql_identifier(db->dialect, name);
  DmigKeepTable *table = dmig_keep_table_new(reference);
  for (guint i = 0; i < rows->rows->len; i++) {
    const char *hidden = dmig_rows_get(rows, i, 2);
    if (strcmp(hidden, "1") != 0)
      dmig_keep_table_add(table, dmig_rows_get(rows, i, 0), "", "")->computed =
          strcmp(hidden, "0") != 0;
  }
  const char *rowid = free_rowid_name(table);
  if (strcmp(dmig_rows_get(rows, 0, 4), "0") != 0) {
    g_strfreev(table->row);
    table->row = key_of(db, rows);
  } else if (rowid != NULL) {
    const char *const row[] = { rowid, NULL };
    g_strfreev(table->row);
    table->row = g_strdupv((char **) row);
    table->hidden = shows_rowid(rows) ? NULL : g_strdup(rowid);
  }
  *out = table;
  return TRUE;
}

/* quote() ends a text at a NUL, and hex() takes numbers for texts. */
static char *
image(const char *x)
{
  return g_strdup_printf("CASE typeof(%s) WHEN 'text' THEN 't' || hex(%s) WHEN 'blob' THEN 'b' || "
                         "hex(%s) WHEN 'null' THEN '-' ELSE quote(%s) END",
                         x, x, x, x);
}

/* The transaction has locked the file, and references are off in it. */
static gboolean
hush(DmigDatabase *db, const char *path, gboolean writes, char **out_undo, GError **error)
{
  DmigSqlite *self = (DmigSqlite *) db;
  if (writes && sqlite3_db_config(self->handle, SQLITE_DBCONFIG_ENABLE_TRIGGER, 0, NULL) != SQLITE_OK)
    return dmig_sqlite_fail_doing(self, "turn triggers off", error);
  *out_undo = g_strdup("");
  return TRUE;
}

static gboolean
unhush(DmigDatabase *db, const char *undo, GError **error)
{
  DmigSqlite *self = (DmigSqlite *) db;
  if (sqlite3_db_config(self->handle, SQLITE_DBCONFIG_ENABLE_TRIGGER, 1, NULL) != SQLITE_OK)
    return dmig_sqlite_fail_doing(self, "turn triggers on again", error);
  return TRUE;
}

/* SQLite may have been built without this table. */
static gint64
size(DmigDatabase *db, const char *name)
{
  g_autofree char *table = g_strconcat("dmig_", name, NULL);
  g_autoptr(DmigRows) rows = NULL;
  if (!dmig_database_query(db, &rows, NULL,
                           "SELECT coalesce(sum(pgsize), 0) FROM dbstat WHERE name = $1", table,
                           NULL))
    return -1;
  return g_ascii_strtoll(dmig_rows_get(rows, 0, 0), NULL, 10);
}

const DmigKeeping dmig_sqlite_keeping = {
  .look = look,
  .image = image,
  .update = "UPDATE OR ABORT",
  .insert = "INSERT OR ABORT INTO",
  .hush = hush,
  .unhush = unhush,
  .size = size,
};
