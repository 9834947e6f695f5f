/* An UPDATE in pieces: by blocks of the table, so that each row is looked at once, whatever the
 * order of keys is, and no piece has to find its beginning. */
#include <string.h>

#include "core/db/postgres/connection.h"
#include "core/db/postgres/postgres.h"
#include "core/db/postgres/postgres_sql.h"
#include "core/db/postgres/script.h"
#include "core/sql/text.h"

/* Since then a range of row addresses is read as a range. Source: PostgreSQL 14 release notes. */
#define RANGE_SCANS 140000
/* No block has more rows. Source: MaxHeapTuplesPerPage, with blocks of 8 KiB. */
#define MOST_ROWS 291
#define GUESSED_ROWS 50

/* Who writes a row of a piece waits until the piece is committed: it begins narrow and stays quick.
 */
#define WIDEST 8192
#define WIDEST_FIRST 64
#define FIRST_PART 8
#define SLOW_MICROSECONDS (G_USEC_PER_SEC / 5)
#define QUICK_MICROSECONDS (G_USEC_PER_SEC / 20)

static gint64
cell_number(const DmigRows *rows, guint column, gint64 otherwise)
{
  const char *text = rows->rows->len > 0 ? dmig_rows_get(rows, 0, column) : NULL;
  return text != NULL ? g_ascii_strtoll(text, NULL, 10) : otherwise;
}

gboolean
dmig_pg_batch_begin(DmigDatabase *database, DmigBatch *batch, GError **error)
{
  g_autofree char *name = dmig_sql_printf(database->dialect, "%I", batch->table);
  const char *const parameters[] = { name };
  g_autoptr(DmigRows) rows = NULL;
  if (!dmig_pg_query(database, dmig_pg_sql_batch_size, parameters, 1, &rows, error))
    return FALSE;
  gint64 per_block = MAX(cell_number(rows, 2, GUESSED_ROWS), 1);
  batch->width = (guint) CLAMP(batch->rows / per_block / FIRST_PART, 1, WIDEST_FIRST);
  batch->rows_total = cell_number(rows, 1, -1);
  if (batch->end >= 0)
    return TRUE;
  batch->next = 0;
  batch->end = cell_number(rows, 0, 0);
  return TRUE;
}

static void
append_range(GString *sql, DmigPg *self, gint64 from, gint64 to)
{
  if (PQserverVersion(self->conn) >= RANGE_SCANS)
    g_string_append_printf(sql,
                           " AND ctid >= '(%" G_GINT64_FORMAT ",0)'::pg_catalog.tid"
                           " AND ctid < '(%" G_GINT64_FORMAT ",0)'::pg_catalog.tid",
                           from, to);
  else
    g_string_append_printf(
        sql,
        " AND ctid = ANY (ARRAY(SELECT pg_catalog.format('(%%s,%%s)', block, item)::pg_catalog.tid"
        " FROM pg_catalog.generate_series(%" G_GINT64_FORMAT "::pg_catalog.int8, %" G_GINT64_FORMAT
        ") block, pg_catalog.generate_series(1, %d) item))",
        from, to - 1, MOST_ROWS);
}

/* As many blocks as hold about the rows that were asked for, but never what takes long. */
static void
adapt(DmigBatch *batch, gint64 affected, gint64 microseconds)
{
  if (microseconds > SLOW_MICROSECONDS || affected > (gint64) batch->rows * 3 / 2)
    batch->width = MAX(batch->width / 2, 1);
  else if (affected < (gint64) batch->rows / 2 && microseconds < QUICK_MICROSECONDS)
    batch->width = MIN(batch->width * 2, WIDEST);
}

gboolean
dmig_pg_batch_piece(DmigDatabase *database, DmigBatch *batch, GError **error)
{
  g_autoptr(GArray) statements = dmig_pg_script_split(batch->statement);
  if (statements->len != 1) {
    g_set_error(error, DMIG_ERROR, DMIG_ERROR_FAILED,
                "only one statement can run in pieces, and this is %u", statements->len);
    return FALSE;
  }
  const DmigPgStatement *statement = &g_array_index(statements, DmigPgStatement, 0);
  gint64 to = MIN(batch->next + batch->width, batch->end);
  g_autoptr(GString) sql =
      g_string_new_len(batch->statement + statement->start, (gssize) statement->length);
  append_range(sql, (DmigPg *) database, batch->next, to);
  gint64 began = g_get_monotonic_time();
  if (!dmig_pg_exec(database, sql->str, error))
    return FALSE;
  adapt(batch, database->affected, g_get_monotonic_time() - began);
  batch->next = to;
  return TRUE;
}
