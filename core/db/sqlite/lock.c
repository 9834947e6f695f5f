#include <errno.h>
#include <fcntl.h>
#include <pwd.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include "core/db/sqlite/internal.h"

/* flock() on the database's own file: it is not seen by SQLite, which locks with fcntl(), it needs
 * no file of its own that could be left behind, and the kernel lets go of it when its holder dies.
 * Who holds it the kernel knows as well: Linux shows it in /proc/locks. */

#define POLL_MICROSECONDS (50 * 1000)
/* A run that was killed lets go once the kernel has closed its files; nobody is seen to hold them by
 * then. So long that is waited for. */
#define DYING_MICROSECONDS (1000 * 1000)

/* `9: FLOCK  ADVISORY  WRITE 4711 fe:01:123456 0 EOF`: the process that holds a lock on the file. */
static gboolean
parse_lock_line(const char *line, const struct stat *file, guint *out_pid)
{
  guint pid = 0, major_number = 0, minor_number = 0;
  guint64 inode = 0;
  char kind[16] = "";
  if (strstr(line, "->") != NULL ||
      sscanf(line, "%*[^:]: %15s %*s %*s %u %x:%x:%" G_GUINT64_FORMAT, kind, &pid, &major_number,
             &minor_number, &inode) != 5)
    return FALSE;
  if (strcmp(kind, "FLOCK") != 0 || inode != file->st_ino || major_number != major(file->st_dev) ||
      minor_number != minor(file->st_dev))
    return FALSE;
  *out_pid = pid;
  return TRUE;
}

static guint
find_holder(int fd)
{
  struct stat file;
  g_autofree char *locks = NULL;
  if (fstat(fd, &file) != 0 || !g_file_get_contents("/proc/locks", &locks, NULL, NULL))
    return 0;
  g_auto(GStrv) lines = g_strsplit(locks, "\n", -1);
  guint pid = 0;
  for (char **line = lines; *line != NULL && pid == 0; line++)
    parse_lock_line(*line, &file, &pid);
  return pid;
}

static char *
user_of(guint pid)
{
  g_autofree char *path = g_strdup_printf("/proc/%u", pid);
  struct stat info;
  if (stat(path, &info) != 0)
    return NULL;
  struct passwd *entry = getpwuid(info.st_uid);
  return entry != NULL ? g_strdup(entry->pw_name) : g_strdup_printf("user %u", info.st_uid);
}

/* When a process began, which is close to when it took the lock. Source: proc(5), /proc/pid/stat,
 * field 22, in clock ticks since the machine started. */
static char *
start_of(guint pid)
{
  g_autofree char *path = g_strdup_printf("/proc/%u/stat", pid);
  g_autofree char *text = NULL;
  if (!g_file_get_contents(path, &text, NULL, NULL))
    return NULL;
  const char *fields = strrchr(text, ')'); /* the name before it may hold anything */
  guint64 ticks = 0;
  if (fields == NULL ||
      sscanf(fields + 1,
             " %*c %*d %*d %*d %*d %*d %*u %*u %*u %*u %*u %*u %*u %*d %*d %*d %*d %*d %*d "
             "%" G_GUINT64_FORMAT,
             &ticks) != 1)
    return NULL;
  struct timespec now;
  clock_gettime(CLOCK_BOOTTIME, &now);
  gint64 age = now.tv_sec - (gint64) (ticks / (guint64) sysconf(_SC_CLK_TCK));
  g_autoptr(GDateTime) start =
      g_date_time_new_from_unix_utc(g_get_real_time() / G_USEC_PER_SEC - age);
  return start != NULL ? g_date_time_format(start, "%Y-%m-%dT%H:%M:%SZ") : NULL;
}

static void
describe_holder(int fd, DmigLockHolder *out)
{
  guint pid = find_holder(fd);
  if (pid == 0)
    return;
  g_autofree char *user = user_of(pid);
  out->who = user != NULL ? g_strdup_printf("%s@%s, pid %u", user, g_get_host_name(), pid)
                          : g_strdup_printf("pid %u", pid);
  out->since = start_of(pid);
}

/* To look needs a descriptor of the file, which stays open as long as the database: closing it would
 * drop SQLite's own locks. */
static gboolean
open_lock(DmigSqlite *self, GError **error)
{
  if (self->lock_fd < 0)
    self->lock_fd = open(self->path, O_RDONLY | O_CLOEXEC);
  if (self->lock_fd >= 0)
    return TRUE;
  g_set_error(error, DMIG_ERROR, DMIG_ERROR_FATAL, "can't lock %s: %s", self->base.name,
              g_strerror(errno));
  return FALSE;
}

void
dmig_sqlite_recover(DmigSqlite *self)
{
  if (self->path == NULL || self->read_only)
    return;
  sqlite3_busy_timeout(self->handle, 0);
  gboolean left = dmig_sqlite_journal_is_left(self);
  sqlite3_busy_timeout(self->handle, DMIG_SQLITE_BUSY_MILLISECONDS);
  if (!left || !open_lock(self, NULL) || flock(self->lock_fd, LOCK_EX | LOCK_NB) != 0)
    return;
  dmig_sqlite_journal_begin(self);
  flock(self->lock_fd, LOCK_UN);
}

gboolean
dmig_sqlite_lock_holder(DmigDatabase *database, gboolean *out_held, DmigLockHolder *out,
                        GError **error)
{
  DmigSqlite *self = (DmigSqlite *) database;
  *out_held = FALSE;
  if (self->path == NULL)
    return TRUE;
  if (!open_lock(self, error))
    return FALSE;
  describe_holder(self->lock_fd, out);
  *out_held = out->who != NULL;
  return TRUE;
}

static gboolean
fail_locked(DmigSqlite *self, GError **error)
{
  DmigLockHolder holder = { 0 };
  describe_holder(self->lock_fd, &holder);
  g_autofree char *since =
      holder.since != NULL ? g_strdup_printf(", since %s", holder.since) : g_strdup("");
  g_autofree char *who =
      holder.who != NULL ? g_strdup_printf(" (%s%s)", holder.who, since) : g_strdup("");
  g_set_error(error, DMIG_ERROR, DMIG_ERROR_LOCKED,
              "%s is locked by another run%s: wait until it is done, or use --wait SECONDS",
              self->base.name, who);
  dmig_lock_holder_clear(&holder);
  return FALSE;
}

static gboolean
acquire(DmigSqlite *self, guint wait_seconds, GError **error)
{
  gint64 deadline = g_get_monotonic_time() + (gint64) wait_seconds * G_USEC_PER_SEC;
  while (flock(self->lock_fd, LOCK_EX | LOCK_NB) != 0) {
    if (errno == EINTR)
      continue;
    if (errno != EWOULDBLOCK) {
      g_set_error(error, DMIG_ERROR, DMIG_ERROR_FATAL, "can't lock %s: %s", self->base.name,
                  g_strerror(errno));
      return FALSE;
    }
    if (!dmig_database_may_go_on(&self->base, error))
      return FALSE;
    gint64 now = g_get_monotonic_time();
    if (now >= deadline + DYING_MICROSECONDS || (now >= deadline && find_holder(self->lock_fd) != 0))
      return fail_locked(self, error);
    g_usleep(POLL_MICROSECONDS);
  }
  return TRUE;
}

gboolean
dmig_sqlite_lock(DmigDatabase *database, guint wait_seconds, GError **error)
{
  DmigSqlite *self = (DmigSqlite *) database;
  if (self->path == NULL || self->locked)
    return TRUE;
  if (!open_lock(self, error) || !acquire(self, wait_seconds, error))
    return FALSE;
  self->locked = TRUE;
  dmig_sqlite_journal_begin(self);
  return TRUE;
}

void
dmig_sqlite_unlock(DmigDatabase *database)
{
  DmigSqlite *self = (DmigSqlite *) database;
  if (!self->locked)
    return;
  dmig_sqlite_journal_end(self);
  flock(self->lock_fd, LOCK_UN);
  self->locked = FALSE;
}
