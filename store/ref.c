#include <glib/gstdio.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>

#include "store/internal.h"

#define RETRY_MICROSECONDS (20 * G_TIME_SPAN_MILLISECOND)
#define PATIENCE_MICROSECONDS (2 * G_TIME_SPAN_SECOND)
/* Git holds the lock file of a ref for milliseconds. */
#define STALE_SECONDS 60
/* At most between dmig's note that it is going to lock a ref and the lock. */
#define MOVE_SECONDS 2

static char *
lock_path(const DmigStore *self, const char *name)
{
  g_autofree char *file = g_strconcat(name, ".lock", NULL);
  return g_build_filename(self->path, file, NULL);
}

/* While dmig moves a ref under the store's own lock, this file has the ref's name in it. Found by
 * who has got the lock after it, it says that the mover is dead. */
static char *
mover_path(const DmigStore *self, const char *name)
{
  g_autofree char *file = g_strconcat("dmig-moving-", name, NULL);
  g_strdelimit(file, "/", '-');
  return g_build_filename(self->path, file, NULL);
}

static void
begin_move(DmigStore *self, const char *name)
{
  g_autofree char *path = mover_path(self, name);
  if (self->lock_depth == 0)
    return;
  /* Without it a dead mover's lock only takes longer to go. */
  FILE *file = g_fopen(path, "we");
  if (file == NULL)
    return;
  fputs(name, file);
  fclose(file);
}

static void
end_move(DmigStore *self, const char *name)
{
  g_autofree char *path = mover_path(self, name);
  if (self->lock_depth > 0)
    g_unlink(path);
}

/* Whether it was a dmig, dead now, that locked `name` at `locked`. */
static gboolean
was_moving(const DmigStore *self, const char *name, time_t locked)
{
  g_autofree char *path = mover_path(self, name);
  g_autofree char *moved = NULL;
  GStatBuf status;
  return g_stat(path, &status) == 0 && locked >= status.st_mtime
         && locked <= status.st_mtime + MOVE_SECONDS
         && g_file_get_contents(path, &moved, NULL, NULL) && strcmp(moved, name) == 0;
}

/* A process that was killed leaves its lock file behind. Only who holds the store's own lock, which
 * dies with its holder, takes one away; with `ours`, one of a dead dmig at once. */
static gboolean
remove_stale_lock(DmigStore *self, const char *name, gboolean ours)
{
  g_autofree char *path = lock_path(self, name);
  GStatBuf status;
  if (g_stat(path, &status) != 0 || !dmig_store_lock(self, 0, NULL))
    return FALSE;
  gboolean removed = (time(NULL) - status.st_mtime >= STALE_SECONDS
                      || (ours && was_moving(self, name, status.st_mtime)))
                     && g_unlink(path) == 0;
  dmig_store_unlock(self);
  return removed;
}

static gboolean
lock(DmigStore *self, git_transaction *transaction, const char *name, GError **error)
{
  gint64 deadline = g_get_monotonic_time() + PATIENCE_MICROSECONDS;
  int status;
  g_autofree char *path = lock_path(self, name);
  remove_stale_lock(self, name, TRUE);
  begin_move(self, name);
  while ((status = git_transaction_lock_ref(transaction, name)) == GIT_ELOCKED) {
    if (remove_stale_lock(self, name, FALSE))
      continue;
    if (g_get_monotonic_time() >= deadline) {
      end_move(self, name);
      g_set_error(error, DMIG_ERROR, DMIG_ERROR_LOCKED,
                  "another process is changing '%s'; try again, or if there is none, remove '%s'",
                  name, path);
      return FALSE;
    }
    g_usleep(RETRY_MICROSECONDS);
  }
  if (status == 0)
    return TRUE;
  end_move(self, name);
  return dmig_git_fail(error, status, "cannot change '%s'", name);
}

static gboolean
check_unmoved(DmigStore *self, const char *name, const git_oid *old, GError **error)
{
  git_oid current;
  int status = git_reference_name_to_id(&current, self->repository, name);
  if (status < 0 && status != GIT_ENOTFOUND)
    return dmig_git_damaged(self, error, "cannot read '%s'", name);

  gboolean is_there = status == 0;
  if (is_there ? old != NULL && git_oid_equal(&current, old) : old == NULL)
    return TRUE;
  g_autofree char *id = is_there ? dmig_oid_to_text(&current) : NULL;
  g_autofree char *now = is_there ? dmig_store_short_id(self, id) : g_strdup("no revision");
  g_set_error(error, DMIG_ERROR, DMIG_ERROR_LOCKED,
              "'%s' was changed by another process meanwhile (it is at %s now); nothing was "
              "committed, try again",
              name, now);
  return FALSE;
}

gboolean
dmig_ref_move(DmigStore *self, const char *name, const git_oid *old, const git_oid *id,
              const git_signature *who, const char *log_message, GError **error)
{
  g_autoptr(git_transaction) transaction = NULL;
  int status = git_transaction_new(&transaction, self->repository);
  if (status < 0)
    return dmig_git_fail(error, status, "cannot change '%s'", name);
  if (!lock(self, transaction, name, error))
    return FALSE;
  if (!check_unmoved(self, name, old, error)) {
    end_move(self, name);
    return FALSE;
  }

  status = git_transaction_set_target(transaction, name, id, who, log_message);
  if (status == 0)
    status = git_transaction_commit(transaction);
  if (status < 0)
    dmig_git_fail(error, status, "cannot change '%s'", name);
  end_move(self, name);
  return status == 0;
}
