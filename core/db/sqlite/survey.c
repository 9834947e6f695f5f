/* What a run would meet: the file and its folder, the room on the disk, other programs. */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include "core/db/finding.h"
#include "core/db/sqlite/internal.h"
#include "core/db/sqlite/survey.h"

/* Source: https://www.sqlite.org/lang.html, each statement's page; https://www.sqlite.org/changes.html */
static const DmigVersionFeature features[] = {
  { "strict", 3037000, "SQLite 3.37" },
  { "is distinct from", 3039000, "SQLite 3.39" },
  { "is not distinct from", 3039000, "SQLite 3.39" },
  { "full join", 3039000, "SQLite 3.39" },
  { "right join", 3039000, "SQLite 3.39" },
  { "jsonb (", 3045000, "SQLite 3.45" },
  { "alter column", 3053000, "a later SQLite" },
  { NULL, 0, NULL },
};

/* Steps that write every row of a table again: the new table, and its pages in the journal. */
#define REWRITE_FACTOR 2
#define LEAST_ROOM ((guint64) 1 << 20)
#define LARGE_LOG ((guint64) 64 << 20)

static void
look_at_permissions(const char *path, const char *folder, GPtrArray *findings)
{
  struct statvfs room;
  gboolean read_only = statvfs(path, &room) == 0 && (room.f_flag & ST_RDONLY) != 0;
  DmigFinding *finding = NULL;
  if (read_only) {
    finding = dmig_finding_add(findings, DMIG_FINDING_PROBLEM, "privileges",
                               "the file system of %s is mounted read-only", path);
    dmig_finding_advise(finding, "mount it for writing, or move the database");
  } else if (access(path, W_OK) != 0) {
    finding = dmig_finding_add(findings, DMIG_FINDING_PROBLEM, "privileges",
                               "%s can't be written: %s", path, g_strerror(errno));
    dmig_finding_advise(finding, "run dmig as the file's owner, or change its permissions");
  } else if (access(folder, W_OK | X_OK) != 0) {
    finding = dmig_finding_add(findings, DMIG_FINDING_PROBLEM, "privileges",
                               "%s can't be written, and SQLite keeps its journal there", folder);
    dmig_finding_advise(finding, "change the folder's permissions");
  } else {
    dmig_finding_add(findings, DMIG_FINDING_GOOD, "privileges",
                     "the file and its folder can be written");
  }
}

static guint64
size_of(const char *path, const char *suffix)
{
  g_autofree char *beside = g_strconcat(path, suffix, NULL);
  struct stat info;
  return stat(beside, &info) == 0 ? (guint64) info.st_size : 0;
}

static void
look_at_room(const DmigSurvey *survey, const char *path, const char *folder, GPtrArray *findings)
{
  g_autoptr(GPtrArray) touches = dmig_survey_touches(survey);
  gboolean rewrites = FALSE;
  for (guint i = 0; i < touches->len; i++)
    rewrites |= ((DmigTouch *) touches->pdata[i])->rewrites;
  guint64 size = size_of(path, "") + size_of(path, "-wal");
  guint64 wanted = MAX(rewrites ? REWRITE_FACTOR * size : 0, LEAST_ROOM);
  struct statvfs room, backup_room;
  if (statvfs(folder, &room) != 0)
    return;
  guint64 left = (guint64) room.f_bavail * room.f_frsize;
  gboolean backup = survey->backup && survey->backup_folder != NULL
                    && statvfs(survey->backup_folder, &backup_room) == 0;
  gboolean same = backup && backup_room.f_fsid == room.f_fsid;
  if (same)
    wanted += size;
  g_autofree char *wanted_text = dmig_size_text(wanted);
  g_autofree char *left_text = dmig_size_text(left);
  if (backup && !same && (guint64) backup_room.f_bavail * backup_room.f_frsize < size) {
    DmigFinding *finding
        = dmig_finding_add(findings, DMIG_FINDING_PROBLEM, "disk-space",
                           "there is no room in %s for a backup", survey->backup_folder);
    dmig_finding_advise(finding, "make room, or choose another folder for backups");
  }
  if (left >= wanted) {
    dmig_finding_add(findings, DMIG_FINDING_GOOD, "disk-space",
                     "%s are free, %s may be needed", left_text, wanted_text);
    return;
  }
  gboolean surely = left < LEAST_ROOM || (same && left < size);
  DmigFinding *finding = dmig_finding_add(
      findings, surely ? DMIG_FINDING_PROBLEM : DMIG_FINDING_WARNING, "disk-space",
      "%s are free where the database is, and %s may be needed", left_text, wanted_text);
  dmig_finding_advise(finding, "make room on the disk first");
}

/* --- other programs -------------------------------------------------------------------------- */

/* Source: https://www.sqlite.org/src/file/src/os.h, PENDING_BYTE and what follows;
 * https://www.sqlite.org/walformat.html, section 2.3. */
#define PENDING G_GUINT64_CONSTANT(0x40000000)
#define RESERVED (PENDING + 1)
#define LOG_WRITE 120
#define LOG_READ 123

typedef enum { HOLDS_NOTHING, HOLDS_READ, HOLDS_WRITE } Hold;

typedef struct {
  char kind[16], mode[16];
  guint pid;
  guint64 start, end;
} FileLock;

static gboolean
parse_lock(const char *line, const struct stat *file, FileLock *out)
{
  guint major_number = 0, minor_number = 0;
  guint64 inode = 0;
  char end[24] = "";
  if (strstr(line, "->") != NULL
      || sscanf(line,
                "%*[^:]: %15s %*s %15s %u %x:%x:%" G_GUINT64_FORMAT " %" G_GUINT64_FORMAT " %23s",
                out->kind, out->mode, &out->pid, &major_number, &minor_number, &inode, &out->start,
                end)
             != 8)
    return FALSE;
  out->end = strcmp(end, "EOF") == 0 ? G_MAXUINT64 : g_ascii_strtoull(end, NULL, 10);
  return inode == file->st_ino && major_number == major(file->st_dev)
         && minor_number == minor(file->st_dev) && strcmp(out->kind, "FLOCK") != 0;
}

/* With a write-ahead log each open connection holds the file itself for reading, all of the time. */
static Hold
hold_of(const FileLock *lock, gboolean of_log, gboolean wal)
{
  gboolean writes = strcmp(lock->mode, "WRITE") == 0;
  if (of_log && lock->start <= LOG_WRITE && lock->end >= LOG_WRITE && writes)
    return HOLDS_WRITE;
  if (of_log)
    return lock->end >= LOG_READ && lock->start < 128 ? HOLDS_READ : HOLDS_NOTHING;
  if (lock->end < PENDING)
    return HOLDS_NOTHING;
  if (writes && lock->start <= RESERVED + 1)
    return HOLDS_WRITE;
  return wal ? HOLDS_NOTHING : HOLDS_READ;
}

static void
note_holder(GPtrArray *findings, const FileLock *lock, Hold hold)
{
  g_autofree char *path = g_strdup_printf("/proc/%u/comm", lock->pid);
  g_autofree char *program = NULL;
  if (g_file_get_contents(path, &program, NULL, NULL))
    g_strchomp(program);
  DmigFinding *finding = dmig_finding_add(
      findings, DMIG_FINDING_WARNING, "blockers", "%s (pid %u) %s the database just now",
      program != NULL ? program : "another program", lock->pid,
      hold == HOLDS_WRITE ? "writes to" : "reads from");
  dmig_finding_advise(finding, "end it, or let the run wait for it with --wait SECONDS");
}

static void
look_at_locks(const char *path, gboolean of_log, gboolean wal, const char *locks,
              GPtrArray *findings)
{
  struct stat file;
  if (stat(path, &file) != 0)
    return;
  g_auto(GStrv) lines = g_strsplit(locks, "\n", -1);
  guint last = (guint) getpid();
  for (char **line = lines; *line != NULL; line++) {
    FileLock lock = { .pid = 0 };
    if (!parse_lock(*line, &file, &lock) || lock.pid == last || lock.pid == (guint) getpid())
      continue;
    Hold hold = hold_of(&lock, of_log, wal);
    if (hold == HOLDS_NOTHING)
      continue;
    last = lock.pid;
    note_holder(findings, &lock, hold);
  }
}

static gboolean
has_log(DmigDatabase *database)
{
  g_autoptr(DmigRows) rows = NULL;
  return dmig_sqlite_query(database, "PRAGMA journal_mode", NULL, 0, &rows, NULL)
         && rows->rows->len == 1 && g_strcmp0(dmig_rows_get(rows, 0, 0), "wal") == 0;
}

static void
look_at_others(DmigDatabase *database, const char *path, GPtrArray *findings)
{
  g_autofree char *locks = NULL;
  g_autofree char *log_index = g_strconcat(path, "-shm", NULL);
  guint before = findings->len;
  gboolean wal = has_log(database);
  if (!g_file_get_contents("/proc/locks", &locks, NULL, NULL))
    return;
  look_at_locks(path, FALSE, wal, locks, findings);
  if (wal)
    look_at_locks(log_index, TRUE, wal, locks, findings);
  if (size_of(path, "-wal") > LARGE_LOG) {
    g_autofree char *size = dmig_size_text(size_of(path, "-wal"));
    DmigFinding *finding
        = dmig_finding_add(findings, DMIG_FINDING_WARNING, "checkpoint",
                           "the write-ahead log has grown to %s: something keeps it from being "
                           "taken over into the database",
                           size);
    dmig_finding_advise(finding, "end long reading transactions, then PRAGMA wal_checkpoint");
  }
  if (findings->len == before)
    dmig_finding_add(findings, DMIG_FINDING_GOOD, "blockers",
                     "no other program is in a transaction");
}

void
dmig_sqlite_survey(DmigDatabase *database, const DmigSurvey *survey, GPtrArray *findings)
{
  const DmigSqlite *self = (DmigSqlite *) database;
  dmig_survey_versions(survey, features, (guint) sqlite3_libversion_number(), self->version,
                       findings);
  if (self->path == NULL)
    return;
  g_autofree char *folder = g_path_get_dirname(self->path);
  look_at_permissions(self->path, folder, findings);
  look_at_room(survey, self->path, folder, findings);
  look_at_others(database, self->path, findings);
}
