#include <sys/statvfs.h>

#include "core/db/sqlite/internal.h"

/* A commit with a rollback journal waits for the disk four times, with a write-ahead log once, and
 * both survive a power failure. So a chain of small revisions runs with a log. The mode is written
 * in the file, and other programs may rely on what it was: it is put back when the lock is given
 * back, and a table says that it has to be, so that the next run does it where this one is killed.
 * While the log is in use the file is locked against all others, since one of them would keep it
 * from being put back; this is why only a chain that is quick gets it.
 * Source: SQLite "Write-Ahead Logging", 8 "Use of WAL Without Shared-Memory", and "PRAGMA
 * synchronous". */

#define COMMITS_OF_A_CHAIN 8
#define QUICK_MICROSECONDS G_USEC_PER_SEC
#define ROOM_BYTES (64 * 1024 * 1024)

static gboolean
execute(DmigSqlite *self, const char *sql)
{
  return sqlite3_exec(self->handle, sql, NULL, NULL, NULL) == SQLITE_OK;
}

/* Whether the first value that `sql` gives is `expected`. */
static gboolean
gives(DmigSqlite *self, const char *sql, const char *expected)
{
  sqlite3_stmt *statement = NULL;
  gboolean same = FALSE;
  if (sqlite3_prepare_v2(self->handle, sql, -1, &statement, NULL) == SQLITE_OK &&
      sqlite3_step(statement) == SQLITE_ROW)
    same = g_strcmp0((const char *) sqlite3_column_text(statement, 0), expected) == 0;
  sqlite3_finalize(statement);
  return same;
}

/* Others that use the file keep it in its mode for now; the table says so to the next run. */
static void
put_back(DmigSqlite *self)
{
  sqlite3_busy_timeout(self->handle, 0);
  if (gives(self, "PRAGMA journal_mode = DELETE", "delete"))
    execute(self, "DROP TABLE IF EXISTS dmig_wal");
  sqlite3_busy_timeout(self->handle, DMIG_SQLITE_BUSY_MILLISECONDS);
}

/* On a full disk the log could neither be read nor be put back before somebody makes room. */
static gboolean
has_room(DmigSqlite *self)
{
  struct statvfs disk;
  return statvfs(self->path, &disk) == 0 &&
         (guint64) disk.f_bavail * disk.f_frsize >= ROOM_BYTES;
}

static void
enter(DmigSqlite *self)
{
  if (!has_room(self) || !gives(self, "PRAGMA journal_mode", "delete") ||
      !gives(self, "PRAGMA synchronous", "2"))
    return;
  sqlite3_busy_timeout(self->handle, 0);
  if (execute(self, "CREATE TABLE IF NOT EXISTS dmig_wal (mode text)")) {
    self->in_wal = TRUE;
    if (!execute(self, "PRAGMA locking_mode = EXCLUSIVE") ||
        !gives(self, "PRAGMA journal_mode = WAL", "wal") ||
        !execute(self, "PRAGMA synchronous = FULL"))
      dmig_sqlite_journal_end(self);
  }
  sqlite3_busy_timeout(self->handle, DMIG_SQLITE_BUSY_MILLISECONDS);
}

gboolean
dmig_sqlite_journal_is_left(DmigSqlite *self)
{
  return gives(self, "SELECT name FROM sqlite_master WHERE name = 'dmig_wal'", "dmig_wal");
}

void
dmig_sqlite_journal_begin(DmigSqlite *self)
{
  self->commits = 0;
  if (!self->read_only && dmig_sqlite_journal_is_left(self))
    put_back(self);
}

void
dmig_sqlite_journal_committed(DmigSqlite *self)
{
  if (!self->locked || self->read_only)
    return;
  gint64 now = g_get_monotonic_time();
  if (++self->commits == 1)
    self->first_commit = now;
  if (self->commits == COMMITS_OF_A_CHAIN && now - self->first_commit < QUICK_MICROSECONDS)
    enter(self);
}

void
dmig_sqlite_journal_end(DmigSqlite *self)
{
  if (!self->in_wal)
    return;
  put_back(self);
  /* The file's lock goes with the first read after it. */
  execute(self, "PRAGMA locking_mode = NORMAL");
  execute(self, "SELECT 1 FROM sqlite_master LIMIT 1");
  self->in_wal = FALSE;
}
