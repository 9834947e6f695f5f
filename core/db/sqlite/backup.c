#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/base/text.h"
#include "core/db/sqlite/internal.h"

/* Both ways go through SQLite's backup API: it reads one moment of the database, locks as every
 * other connection does, and into a database that is in use it writes in one transaction of that
 * database, so that it is either what it was or what the backup holds, whenever the process dies.
 * Source: SQLite "Online Backup API"; sqlite3_backup_step() in particular. */

#define RESTORE_BUSY_MILLISECONDS 30000

static gboolean
fail_file(const char *doing, const char *path, const char *problem, GError **error)
{
  g_autofree char *shown = dmig_text_printable(path);
  g_set_error(error, DMIG_ERROR, DMIG_ERROR_FATAL, "can't %s the backup %s: %s", doing, shown,
              problem);
  return FALSE;
}

static gboolean
execute(DmigSqlite *self, const char *sql, GError **error)
{
  if (sqlite3_exec(self->handle, sql, NULL, NULL, NULL) == SQLITE_OK)
    return TRUE;
  return dmig_sqlite_fail_doing(self, "back up", error);
}

/* --- what a database holds -------------------------------------------------------------------- */

static gint64
count_rows(sqlite3 *handle, const char *table)
{
  g_autoptr(GString) sql = g_string_new("SELECT count(*) FROM main.");
  sqlite3_stmt *statement = NULL;
  gint64 rows = -1;
  g_string_append_c(sql, '"');
  for (const char *p = table; *p != '\0'; p++)
    g_string_append_printf(sql, *p == '"' ? "\"\"" : "%c", *p);
  g_string_append_c(sql, '"');
  if (sqlite3_prepare_v2(handle, sql->str, -1, &statement, NULL) == SQLITE_OK &&
      sqlite3_step(statement) == SQLITE_ROW)
    rows = sqlite3_column_int64(statement, 0);
  sqlite3_finalize(statement);
  return rows;
}

/* Virtual tables are what their shadow tables hold, and their modules may not be there. */
static gboolean
list_tables(sqlite3 *handle, DmigBackupContents *contents)
{
  static const char sql[] = "SELECT name FROM main.sqlite_master WHERE type = 'table'"
                            " AND coalesce(sql, '') NOT LIKE 'CREATE VIRTUAL%' ORDER BY name";
  sqlite3_stmt *statement = NULL;
  int result = sqlite3_prepare_v2(handle, sql, -1, &statement, NULL);
  while (result == SQLITE_OK && sqlite3_step(statement) == SQLITE_ROW) {
    const char *name = (const char *) sqlite3_column_text(statement, 0);
    dmig_backup_contents_add(contents, name, name, count_rows(handle, name));
  }
  return sqlite3_finalize(statement) == SQLITE_OK && result == SQLITE_OK;
}

/* --- files ------------------------------------------------------------------------------------ */

static gboolean
create_file(const char *path, GError **error)
{
  int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
  if (fd < 0)
    return fail_file("write", path, g_strerror(errno), error);
  close(fd);
  return TRUE;
}

static sqlite3 *
open_new(const char *path, GError **error)
{
  sqlite3 *handle = NULL;
  if (!create_file(path, error))
    return NULL;
  if (sqlite3_open_v2(path, &handle, SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX, NULL) ==
          SQLITE_OK &&
      /* Nobody has the file yet: what fails is thrown away, and the caller syncs it. */
      sqlite3_exec(handle, "PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF", NULL, NULL,
                   NULL) == SQLITE_OK)
    return handle;
  fail_file("write", path, sqlite3_errmsg(handle), error);
  sqlite3_close(handle);
  return NULL;
}

/* Immutable: a backup of a database with a write-ahead log would else get one of its own. */
static sqlite3 *
open_backup(const char *path, GError **error)
{
  struct stat info;
  if (lstat(path, &info) != 0 || !S_ISREG(info.st_mode)) {
    fail_file("read", path, "there is no such file", error);
    return NULL;
  }
  g_autofree char *absolute = g_canonicalize_filename(path, NULL);
  g_autofree char *escaped = g_uri_escape_string(absolute, "/", FALSE);
  g_autofree char *uri = g_strconcat("file:", escaped, "?immutable=1", NULL);
  sqlite3 *handle = NULL;
  int flags = SQLITE_OPEN_READONLY | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_URI;
  if (sqlite3_open_v2(uri, &handle, flags, NULL) == SQLITE_OK &&
      sqlite3_exec(handle, "PRAGMA schema_version", NULL, NULL, NULL) == SQLITE_OK)
    return handle;
  fail_file("read", path, sqlite3_errmsg(handle), error);
  sqlite3_close(handle);
  return NULL;
}

/* All pages at once. The result of the step that did not go through, else SQLITE_DONE. */
static int
copy(sqlite3 *from, sqlite3 *to)
{
  sqlite3_backup *backup = sqlite3_backup_init(to, "main", from, "main");
  if (backup == NULL)
    return sqlite3_errcode(to);
  int result = sqlite3_backup_step(backup, -1);
  int finished = sqlite3_backup_finish(backup);
  return result == SQLITE_DONE && finished != SQLITE_OK ? finished : result;
}

/* --- slots ------------------------------------------------------------------------------------ */

char *
dmig_sqlite_identity(DmigDatabase *database)
{
  DmigSqlite *self = (DmigSqlite *) database;
  if (self->path == NULL)
    return g_strdup(":memory:");
  char *real = realpath(self->path, NULL);
  char *identity = real != NULL ? g_strdup(real) : g_canonicalize_filename(self->path, NULL);
  free(real);
  return identity;
}

static gboolean
copy_snapshot(DmigSqlite *self, const char *path, DmigBackupContents *contents, GError **error)
{
  sqlite3 *to = open_new(path, error);
  if (to == NULL)
    return FALSE;
  int result = copy(self->handle, to);
  gboolean done = result == SQLITE_DONE;
  if (!done)
    fail_file("write", path, sqlite3_errstr(result), error);
  sqlite3_close(to);
  if (done && !list_tables(self->handle, contents))
    return dmig_sqlite_fail_doing(self, "back up", error);
  return done;
}

gboolean
dmig_sqlite_backup(DmigDatabase *database, const DmigBackupRequest *request,
                   DmigBackupContents **out, GError **error)
{
  DmigSqlite *self = (DmigSqlite *) database;
  g_autoptr(DmigBackupContents) contents = dmig_backup_contents_new();
  contents->whole = TRUE;
  /* The copy and the counts are of the moment of the transaction's first read. */
  if (!execute(self, "BEGIN; SELECT 1 FROM sqlite_master LIMIT 1", error))
    return FALSE;
  gboolean done = copy_snapshot(self, request->path, contents, error);
  sqlite3_exec(self->handle, "ROLLBACK", NULL, NULL, NULL);
  if (done)
    *out = g_steal_pointer(&contents);
  return done;
}

/* Rows that break a constraint of theirs are the database's own affair, and in the backup as they
 * are there. */
static gboolean
is_about_rows(const char *finding)
{
  static const char *const beginnings[] = { "NULL value in ", "CHECK constraint failed in ",
                                            "NUMERIC value in ", "TEXT value in ",
                                            "non-unique entry in index " };
  gsize letters = strspn(finding, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ");
  if (g_str_has_prefix(finding, "non-") && strncmp(finding + letters, "-", 1) == 0 &&
      strstr(finding, " value in ") != NULL)
    return TRUE;
  for (guint i = 0; i < G_N_ELEMENTS(beginnings); i++)
    if (g_str_has_prefix(finding, beginnings[i]))
      return TRUE;
  return FALSE;
}

static gboolean
check_integrity(sqlite3 *handle, const char *path, GError **error)
{
  sqlite3_stmt *statement = NULL;
  g_autofree char *problem = NULL;
  int result = sqlite3_prepare_v2(handle, "PRAGMA integrity_check", -1, &statement, NULL);
  while (result == SQLITE_OK && problem == NULL && sqlite3_step(statement) == SQLITE_ROW) {
    const char *finding = (const char *) sqlite3_column_text(statement, 0);
    if (strcmp(finding, "ok") != 0 && !is_about_rows(finding))
      problem = dmig_text_printable(finding);
  }
  if (sqlite3_finalize(statement) != SQLITE_OK && problem == NULL)
    problem = dmig_text_printable(sqlite3_errmsg(handle));
  if (problem == NULL)
    return TRUE;
  g_autofree char *shown = dmig_text_printable(path);
  g_set_error(error, DMIG_ERROR, DMIG_ERROR_FAILED,
              "the backup %s is damaged (%s); if the database itself is sound, make another one",
              shown, problem);
  return FALSE;
}

gboolean
dmig_sqlite_check_backup(const DmigBackupRequest *request, DmigBackupContents **out, GError **error)
{
  g_autoptr(DmigBackupContents) contents = dmig_backup_contents_new();
  contents->whole = TRUE;
  sqlite3 *handle = open_backup(request->path, error);
  if (handle == NULL)
    return FALSE;
  gboolean sound = check_integrity(handle, request->path, error);
  if (sound && !list_tables(handle, contents))
    sound = fail_file("read", request->path, sqlite3_errmsg(handle), error);
  sqlite3_close(handle);
  if (sound)
    *out = g_steal_pointer(&contents);
  return sound;
}

static void
set_restore_error(DmigSqlite *self, int result, GError **error)
{
  gboolean busy = (result & 0xff) == SQLITE_BUSY || (result & 0xff) == SQLITE_LOCKED;
  gboolean full = (result & 0xff) == SQLITE_FULL;
  g_set_error(error, DMIG_ERROR, busy ? DMIG_ERROR_LOCKED : DMIG_ERROR_FATAL,
              "can't restore %s: %s%s; it is as it was", self->base.name, sqlite3_errstr(result),
              busy   ? ", another program is using it: try again when it is done"
              : full ? ", make room on the disk and try again"
                     : "");
}

gboolean
dmig_sqlite_restore(DmigDatabase *database, const DmigBackupRequest *request, GError **error)
{
  DmigSqlite *self = (DmigSqlite *) database;
  sqlite3 *from = open_backup(request->path, error);
  if (from == NULL)
    return FALSE;
  g_clear_pointer(&self->references, g_hash_table_unref);
  dmig_sqlite_journal_end(self);
  sqlite3_busy_timeout(self->handle, RESTORE_BUSY_MILLISECONDS);
  int result = copy(from, self->handle);
  sqlite3_busy_timeout(self->handle, DMIG_SQLITE_BUSY_MILLISECONDS);
  sqlite3_close(from);
  if (result != SQLITE_DONE)
    set_restore_error(self, result, error);
  return result == SQLITE_DONE;
}
