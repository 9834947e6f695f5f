#include "core/db/sqlite/internal.h"
#include "core/db/sqlite/tokens.h"

/* DROP TABLE takes a table's triggers and indexes along, DROP VIEW a view's triggers. SQLite keeps
 * their texts, so that they can be made again; IF NOT EXISTS, because the step may have made some
 * of them itself. */

/* `CREATE TRIGGER t …` -> `CREATE TRIGGER IF NOT EXISTS t …`; stored texts never have it. */
static void
append_if_missing(GString *script, const char *sql, const char *kind)
{
  g_auto(DmigTokens) tokens = { 0 };
  dmig_tokens_init(&tokens, sql);
  while (dmig_tokens_peek(&tokens, 0).kind != DMIG_TOKEN_END && !dmig_tokens_at(&tokens, kind))
    tokens.at++;
  DmigToken keyword = dmig_tokens_peek(&tokens, 0);
  const char *rest = keyword.start + keyword.length;
  g_string_append_len(script, sql, rest - sql);
  g_autofree char *text = g_strchomp(g_strdup(rest));
  const char *line = strrchr(text, '\n');
  /* A comment at the text's end would hide the semicolon. SQLite keeps what stands before that, so
   * that else nothing may be added, or the text would grow with each rebuild. */
  const char *end = strstr(line != NULL ? line : text, "--") != NULL ? "\n" : "";
  g_string_append_printf(script, " IF NOT EXISTS%s%s;\n", text, end);
}

static gboolean
save_object(DmigSqlite *self, const char *object, GString *script, GError **error)
{
  static const char sql[] = "SELECT type, sql FROM main.sqlite_master"
                            " WHERE type IN ('index', 'trigger') AND sql IS NOT NULL"
                            " AND tbl_name = ?1 COLLATE NOCASE ORDER BY type, rowid";
  sqlite3_stmt *statement = NULL;
  if (sqlite3_prepare_v2(self->handle, sql, -1, &statement, NULL) != SQLITE_OK)
    return dmig_sqlite_fail(self, sql, sql, error);
  sqlite3_bind_text(statement, 1, object, -1, SQLITE_TRANSIENT);
  while (sqlite3_step(statement) == SQLITE_ROW)
    append_if_missing(script, (const char *) sqlite3_column_text(statement, 1),
                      (const char *) sqlite3_column_text(statement, 0));
  if (sqlite3_finalize(statement) != SQLITE_OK)
    return dmig_sqlite_fail(self, sql, sql, error);
  return TRUE;
}

gboolean
dmig_sqlite_save_dependents(DmigDatabase *database, char *const *objects, char **out_script,
                            GError **error)
{
  g_autoptr(GString) script = g_string_new(NULL);
  for (char *const *object = objects; *object != NULL; object++)
    if (!save_object((DmigSqlite *) database, *object, script, error))
      return FALSE;
  *out_script = g_strdup(script->str);
  return TRUE;
}
