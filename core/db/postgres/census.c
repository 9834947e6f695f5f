/* How much the tables hold, and what of their indexes and constraints does not hold. */
#include "core/base/text.h"
#include "core/db/census.h"
#include "core/db/postgres/connection.h"
#include "core/db/postgres/postgres.h"
#include "core/db/postgres/postgres_sql.h"
#include "core/db/postgres/survey.h"
#include "core/sql/path.h"
#include "core/sql/text.h"

/* Larger tables are not counted: the catalogue's guess must do. */
#define COUNTED_BYTES ((gint64) 16 << 20)
#define TABLES_PER_QUERY 200

static gboolean
count_some(DmigDatabase *database, GPtrArray *counts, GPtrArray *which, GError **error)
{
  g_autoptr(GString) sql = g_string_new(NULL);
  for (guint i = 0; i < which->len; i++)
    dmig_sql_appendf(sql, database->dialect, "%sSELECT %u, count(*) FROM ONLY %I",
                     i > 0 ? " UNION ALL " : "", i, ((DmigTableCount *) which->pdata[i])->table);
  g_autoptr(DmigRows) rows = NULL;
  if (which->len == 0)
    return TRUE;
  if (!dmig_pg_query(database, sql->str, NULL, 0, &rows, error))
    return FALSE;
  for (guint i = 0; i < rows->rows->len; i++) {
    guint64 number = g_ascii_strtoull(dmig_rows_get(rows, i, 0), NULL, 10);
    if (number >= which->len)
      continue;
    DmigTableCount *count = which->pdata[number];
    count->rows = g_ascii_strtoll(dmig_rows_get(rows, i, 1), NULL, 10);
    count->exact = TRUE;
  }
  g_ptr_array_set_size(which, 0);
  return TRUE;
}

gboolean
dmig_pg_census(DmigDatabase *database, GPtrArray **out, GError **error)
{
  g_autoptr(GPtrArray) counts = dmig_table_counts_new();
  g_autoptr(GPtrArray) which = g_ptr_array_new();
  g_autoptr(DmigRows) rows = NULL;
  if (!dmig_pg_query(database, dmig_pg_sql_census, NULL, 0, &rows, error))
    return FALSE;
  for (guint i = 0; i < rows->rows->len; i++) {
    g_autofree char *path = dmig_path_new(dmig_rows_get(rows, i, 0), dmig_rows_get(rows, i, 1));
    const char *bytes = dmig_rows_get(rows, i, 3);
    gint64 size = bytes != NULL ? g_ascii_strtoll(bytes, NULL, 10) : -1;
    DmigTableCount *count = dmig_table_count_add(
        counts, path, g_ascii_strtoll(dmig_rows_get(rows, i, 2), NULL, 10), size);
    gboolean readable = g_strcmp0(dmig_rows_get(rows, i, 4), "t") == 0;
    if (readable && size >= 0 && size <= COUNTED_BYTES)
      g_ptr_array_add(which, count);
    if (which->len == TABLES_PER_QUERY && !count_some(database, counts, which, error))
      return FALSE;
  }
  if (!count_some(database, counts, which, error))
    return FALSE;
  *out = g_steal_pointer(&counts);
  return TRUE;
}

void
dmig_pg_integrity(DmigDatabase *database, GPtrArray *findings)
{
  g_autoptr(DmigRows) rows = NULL;
  g_autoptr(GError) error = NULL;
  if (!dmig_pg_query(database, dmig_pg_sql_unsound, NULL, 0, &rows, &error)) {
    dmig_finding_add(findings, DMIG_FINDING_WARNING, "integrity", "%s", error->message);
    return;
  }
  guint invalid = 0;
  for (guint i = 0; i < rows->rows->len; i++) {
    gboolean index = g_strcmp0(dmig_rows_get(rows, i, 0), "index") == 0;
    g_autofree char *name = dmig_text_printable(dmig_rows_get(rows, i, 1));
    g_autofree char *table = dmig_text_printable(dmig_rows_get(rows, i, 2));
    invalid += index;
    DmigFinding *finding = dmig_finding_add(
        findings, index ? DMIG_FINDING_PROBLEM : DMIG_FINDING_NOTE,
        index ? "invalid-index" : "not-validated",
        index ? "the index %s of %s is invalid: its build did not end"
              : "the constraint %s of %s holds for new rows only, as it was never validated",
        name, table);
    if (index)
      dmig_finding_advise(finding, "REINDEX INDEX CONCURRENTLY, or drop it");
    else
      dmig_finding_advise(finding, "ALTER TABLE … VALIDATE CONSTRAINT, if it is meant for all");
  }
  if (invalid == 0)
    dmig_finding_add(findings, DMIG_FINDING_GOOD, "integrity", "no index is invalid");
}
