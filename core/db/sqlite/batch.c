/* An UPDATE in pieces: by ranges of the rowid, which a table is stored by. */
#include <string.h>

#include "core/db/sqlite/internal.h"
#include "core/sql/lexer.h"
#include "core/sql/text.h"

/* A table WITHOUT ROWID has no such column: its batch ends at once. Its rows, and those with
 * numbers below 0 or with the last that there is, are left to the statement that runs whole
 * afterwards. */
gboolean
dmig_sqlite_batch_begin(DmigDatabase *database, DmigBatch *batch, GError **error)
{
  g_autofree char *sql = dmig_sql_printf(
      database->dialect, "SELECT count(*), min(rowid), max(rowid) FROM %I", batch->table);
  g_autoptr(DmigRows) rows = NULL;
  gboolean ranges = dmig_sqlite_query(database, sql, NULL, 0, &rows, NULL);
  const char *total = ranges ? dmig_rows_get(rows, 0, 0) : NULL;
  const char *first = ranges ? dmig_rows_get(rows, 0, 1) : NULL;
  batch->rows_total = total != NULL ? g_ascii_strtoll(total, NULL, 10) : -1;
  if (batch->end >= 0)
    return TRUE;
  const char *last = first != NULL ? dmig_rows_get(rows, 0, 2) : NULL;
  gint64 last_id = last != NULL ? g_ascii_strtoll(last, NULL, 10) : -1;
  batch->next = first != NULL ? MAX(g_ascii_strtoll(first, NULL, 10), 0) : 0;
  batch->end = last_id == G_MAXINT64 ? last_id : MAX(last_id + 1, 0);
  return TRUE;
}

/* The rowid before which the piece ends. */
static gboolean
find_end(DmigDatabase *database, const DmigBatch *batch, gint64 *out_to, GError **error)
{
  g_autofree char *sql = dmig_sql_printf(database->dialect, "SELECT rowid FROM %I", batch->table);
  g_autofree char *next =
      g_strdup_printf("%s WHERE rowid >= %" G_GINT64_FORMAT " ORDER BY rowid LIMIT 1 OFFSET %u",
                      sql, batch->next, MAX(batch->rows, 1));
  g_autoptr(DmigRows) rows = NULL;
  if (!dmig_sqlite_query(database, next, NULL, 0, &rows, error))
    return FALSE;
  *out_to = rows->rows->len > 0 ? g_ascii_strtoll(dmig_rows_get(rows, 0, 0), NULL, 10) : batch->end;
  *out_to = MIN(*out_to, batch->end);
  return TRUE;
}

/* The statement without the semicolon and what stands behind it. */
static char *
without_end(const char *statement)
{
  const char *end = statement;
  DmigLexer lexer;
  dmig_lexer_init(&lexer, statement);
  for (DmigToken token = dmig_lexer_next(&lexer);
       token.kind != DMIG_TOKEN_END && !dmig_token_is(token, ";"); token = dmig_lexer_next(&lexer))
    if (token.kind != DMIG_TOKEN_SPACE)
      end = token.start + token.length;
  return g_strndup(statement, (gsize) (end - statement));
}

gboolean
dmig_sqlite_batch_piece(DmigDatabase *database, DmigBatch *batch, GError **error)
{
  gint64 to = batch->end;
  if (!find_end(database, batch, &to, error))
    return FALSE;
  g_autofree char *statement = without_end(batch->statement);
  g_autofree char *sql =
      g_strdup_printf("%s AND rowid >= %" G_GINT64_FORMAT " AND rowid < %" G_GINT64_FORMAT ";\n",
                      statement, batch->next, to);
  if (!dmig_sqlite_exec(database, sql, error))
    return FALSE;
  batch->next = to;
  return TRUE;
}
