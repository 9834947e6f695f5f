/* How much the tables hold, and whether the file is sound. */
#include <string.h>
#include <sys/stat.h>

#include "core/base/text.h"
#include "core/db/sqlite/internal.h"
#include "core/db/sqlite/survey.h"
#include "core/sql/text.h"

/* Up to this size all rows are counted: some tenths of a second. */
#define COUNTED_BYTES ((gint64) 256 << 20)
/* Source: https://www.sqlite.org/pragma.html#pragma_integrity_check. It reads every page and looks up
 * every row in every index; quick_check leaves the indexes out. */
#define CHECKED_BYTES ((gint64) 64 << 20)
#define QUICKLY_CHECKED_BYTES ((gint64) 1 << 30)
#define TABLES_PER_QUERY 100

static gint64
file_size(const DmigSqlite *self)
{
  struct stat info;
  return self->path != NULL && stat(self->path, &info) == 0 ? (gint64) info.st_size : 0;
}

static gboolean
count_some(DmigDatabase *database, GPtrArray *counts, guint first, guint end, GError **error)
{
  g_autoptr(GString) sql = g_string_new(NULL);
  for (guint i = first; i < end; i++)
    dmig_sql_appendf(sql, database->dialect, "%sSELECT %u, count(*) FROM %I",
                     i > first ? " UNION ALL " : "", i,
                     ((DmigTableCount *) counts->pdata[i])->table);
  g_autoptr(DmigRows) rows = NULL;
  if (!dmig_sqlite_query(database, sql->str, NULL, 0, &rows, error))
    return FALSE;
  for (guint i = 0; i < rows->rows->len; i++) {
    guint64 number = g_ascii_strtoull(dmig_rows_get(rows, i, 0), NULL, 10);
    if (number >= counts->len)
      continue;
    DmigTableCount *count = counts->pdata[number];
    count->rows = g_ascii_strtoll(dmig_rows_get(rows, i, 1), NULL, 10);
    count->exact = TRUE;
  }
  return TRUE;
}

/* What virtual tables keep in tables of their own is no rows of anybody's: an index of a text takes as
 * many as it likes. */
gboolean
dmig_sqlite_census(DmigDatabase *database, GPtrArray **out, GError **error)
{
  static const char sql[]
      = "SELECT name FROM main.sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite\\_%' "
        "ESCAPE '\\' AND name NOT LIKE 'dmig\\_%' ESCAPE '\\' AND sql NOT LIKE 'CREATE VIRTUAL %' "
        "AND name NOT IN (SELECT name FROM pragma_table_list WHERE schema = 'main' AND type = 'shadow') "
        "ORDER BY name";
  g_autoptr(GPtrArray) counts = dmig_table_counts_new();
  g_autoptr(DmigRows) rows = NULL;
  if (!dmig_sqlite_query(database, sql, NULL, 0, &rows, error))
    return FALSE;
  for (guint i = 0; i < rows->rows->len; i++)
    dmig_table_count_add(counts, dmig_rows_get(rows, i, 0), -1, -1);
  if (file_size((DmigSqlite *) database) <= COUNTED_BYTES)
    for (guint first = 0; first < counts->len; first += TABLES_PER_QUERY)
      if (!count_some(database, counts, first, MIN(first + TABLES_PER_QUERY, counts->len), error))
        return FALSE;
  *out = g_steal_pointer(&counts);
  return TRUE;
}

static void
check_references(DmigDatabase *database, GPtrArray *findings)
{
  static const char sql[]
      = "SELECT \"table\", parent, count(*) FROM pragma_foreign_key_check GROUP BY 1, 2 ORDER BY 1, 2";
  g_autoptr(DmigRows) rows = NULL;
  g_autoptr(GError) error = NULL;
  if (!dmig_sqlite_query(database, sql, NULL, 0, &rows, &error)) {
    dmig_finding_add(findings, DMIG_FINDING_PROBLEM, "foreign-keys",
                     "references can't be checked: %s", error->message);
    return;
  }
  for (guint i = 0; i < rows->rows->len; i++) {
    g_autofree char *table = dmig_text_printable(dmig_rows_get(rows, i, 0));
    g_autofree char *parent = dmig_text_printable(dmig_rows_get(rows, i, 1));
    gint64 n = g_ascii_strtoll(dmig_rows_get(rows, i, 2), NULL, 10);
    DmigFinding *finding = dmig_finding_add(
        findings, DMIG_FINDING_PROBLEM, "foreign-keys",
        "rows of %s refer to rows of %s that are not there (%" G_GINT64_FORMAT " found)", table,
        parent, n);
    finding->rows = n;
    dmig_finding_advise(finding, "PRAGMA foreign_key_check lists them; mend or remove them");
  }
  if (rows->rows->len == 0)
    dmig_finding_add(findings, DMIG_FINDING_GOOD, "foreign-keys", "every reference leads to a row");
}

static void
check_pages(DmigDatabase *database, const char *check, GPtrArray *findings)
{
  g_autofree char *sql = g_strdup_printf("PRAGMA %s(3)", check);
  g_autoptr(DmigRows) rows = NULL;
  g_autoptr(GError) error = NULL;
  gboolean asked = dmig_sqlite_query(database, sql, NULL, 0, &rows, &error);
  const char *first = asked && rows->rows->len > 0 ? dmig_rows_get(rows, 0, 0) : NULL;
  if (g_strcmp0(first, "ok") == 0) {
    dmig_finding_add(findings, DMIG_FINDING_GOOD, "integrity", "the file is sound (%s)", check);
    return;
  }
  /* It may quote names, never rows. */
  g_autofree char *problem = dmig_text_printable(!asked ? error->message : first ? first : "");
  DmigFinding *finding = dmig_finding_add(findings, DMIG_FINDING_PROBLEM, "integrity",
                                          "the file is damaged: %s", problem);
  dmig_finding_advise(finding, "stop writing to it, copy it, and restore a backup: 'dmig restore'");
}

void
dmig_sqlite_integrity(DmigDatabase *database, GPtrArray *findings)
{
  gint64 size = file_size((DmigSqlite *) database);
  g_autofree char *text = dmig_size_text((guint64) size);
  if (size > QUICKLY_CHECKED_BYTES) {
    DmigFinding *finding = dmig_finding_add(
        findings, DMIG_FINDING_NOTE, "integrity", "a file of %s is not read as a whole", text);
    dmig_finding_advise(finding, "PRAGMA integrity_check does, and takes its time");
    return;
  }
  check_references(database, findings);
  check_pages(database, size > CHECKED_BYTES ? "quick_check" : "integrity_check", findings);
}
