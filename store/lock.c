#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/file.h>
#include <unistd.h>

#include "store/internal.h"

#define LOCK_FILE "dmig.lock"
#define POLL_MICROSECONDS (50 * G_TIME_SPAN_MILLISECOND)

/* Who holds it, as far as the file says: it is written a moment after the lock is taken. */
static char *
holder(int fd)
{
  char text[32] = "";
  ssize_t length = pread(fd, text, sizeof text - 1, 0);
  long pid = length > 0 ? strtol(text, NULL, 10) : 0;
  return pid > 0 ? g_strdup_printf("another dmig (process %ld)", pid) : g_strdup("another dmig");
}

static gboolean
wait_for(int fd, guint wait_seconds)
{
  gint64 deadline = g_get_monotonic_time() + wait_seconds * G_TIME_SPAN_SECOND;
  while (flock(fd, LOCK_EX | LOCK_NB) != 0) {
    if (errno != EWOULDBLOCK && errno != EINTR)
      return FALSE;
    if (g_get_monotonic_time() >= deadline) {
      errno = EWOULDBLOCK;
      return FALSE;
    }
    g_usleep(POLL_MICROSECONDS);
  }
  return TRUE;
}

gboolean
dmig_store_lock(DmigStore *self, guint wait_seconds, GError **error)
{
  if (self->lock_depth > 0) {
    self->lock_depth++;
    return TRUE;
  }

  g_autofree char *path = g_build_filename(self->path, LOCK_FILE, NULL);
  int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0666);
  if (fd < 0) {
    g_set_error(error, DMIG_ERROR, DMIG_ERROR_FATAL, "cannot lock the store with '%s': %s", path,
                g_strerror(errno));
    return FALSE;
  }
  if (!wait_for(fd, wait_seconds)) {
    if (errno == EWOULDBLOCK) {
      g_autofree char *who = holder(fd);
      g_set_error(error, DMIG_ERROR, DMIG_ERROR_LOCKED,
                  "%s is working on the store '%s'; try again when it is done", who, self->path);
    } else {
      g_set_error(error, DMIG_ERROR, DMIG_ERROR_FATAL, "cannot lock '%s': %s", path,
                  g_strerror(errno));
    }
    close(fd);
    return FALSE;
  }

  /* The pid is for people only; the lock holds without it, even on a full disk. */
  if (ftruncate(fd, 0) == 0)
    dprintf(fd, "%ld\n", (long)getpid());
  self->lock_fd = fd;
  self->lock_depth = 1;
  return TRUE;
}

void
dmig_store_unlock(DmigStore *self)
{
  if (self->lock_depth == 0 || --self->lock_depth > 0)
    return;
  /* The file stays: a lock on a file that somebody else has unlinked protects nothing. */
  close(self->lock_fd);
  self->lock_fd = -1;
}
