#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <glib/gstdio.h>

#include "core/apply/backup/parts.h"
#include "core/base/text.h"

#define PARTIAL_PREFIX ".partial-"
#define REMOVED_PREFIX ".removed-"

gboolean
dmig_backup_fail(const char *doing, const char *path, GError **error)
{
  int problem = errno;
  g_autofree char *shown = dmig_text_printable(path);
  const char *advice = problem == ENOSPC || problem == EDQUOT
                           ? "; make room, or choose another place with `dmig config "
                             "backup.folder FOLDER`"
                       : problem == EROFS || problem == EACCES
                           ? "; choose another place with `dmig config backup.folder FOLDER`"
                           : "";
  g_set_error(error, DMIG_ERROR, DMIG_ERROR_FATAL, "can't %s %s: %s%s", doing, shown,
              g_strerror(problem), advice);
  return FALSE;
}

static gboolean
unfit(const char *path, const char *problem, GError **error)
{
  g_autofree char *shown = dmig_text_printable(path);
  g_set_error(error, DMIG_ERROR, DMIG_ERROR_FATAL,
              "%s is no fit place for backups: %s; choose another one with `dmig config "
              "backup.folder FOLDER`",
              shown, problem);
  return FALSE;
}

gboolean
dmig_backup_sync(const char *path, GError **error)
{
  int fd = open(path, O_RDONLY | O_CLOEXEC);
  gboolean synced = fd >= 0 && fsync(fd) == 0;
  if (!synced)
    dmig_backup_fail("write", path, error);
  if (fd >= 0)
    close(fd);
  return synced;
}

/* A link that somebody else has put there could lead anywhere. */
static gboolean
check_folder(const char *folder, GError **error)
{
  struct stat info;
  if (lstat(folder, &info) != 0)
    return dmig_backup_fail("use", folder, error);
  gboolean ours = info.st_uid == geteuid() || info.st_uid == 0;
  if (S_ISLNK(info.st_mode) && !ours)
    return unfit(folder, "it is a link that another user has made", error);
  if (stat(folder, &info) != 0)
    return dmig_backup_fail("use", folder, error);
  if (!S_ISDIR(info.st_mode))
    return unfit(folder, "it is no folder", error);
  if ((info.st_mode & S_IWOTH) && !(info.st_mode & S_ISVTX))
    return unfit(folder, "everybody can write to it", error);
  return TRUE;
}

gboolean
dmig_backup_folder_prepare(const char *folder, GError **error)
{
  struct stat info;
  if (lstat(folder, &info) != 0 && errno == ENOENT && g_mkdir_with_parents(folder, 0700) != 0)
    return dmig_backup_fail("make the folder", folder, error);
  return check_folder(folder, error);
}

/* --- coming into being -------------------------------------------------------------------------
 */

/* A folder that is locked belongs to a process that lives. */
static int
lock_folder(const char *path)
{
  int fd = open(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
  if (fd < 0 || flock(fd, LOCK_EX | LOCK_NB) == 0)
    return fd;
  close(fd);
  return -1;
}

char *
dmig_backup_folder_begin(const char *folder, int *out_lock, GError **error)
{
  g_autofree char *partial = g_build_filename(folder, PARTIAL_PREFIX "XXXXXX", NULL);
  if (g_mkdtemp_full(partial, 0700) == NULL) {
    dmig_backup_fail("write to", folder, error);
    return NULL;
  }
  *out_lock = lock_folder(partial);
  return g_steal_pointer(&partial);
}

gboolean
dmig_backup_folder_finish(const char *partial, const char *path, GError **error)
{
  g_autofree char *folder = g_path_get_dirname(path);
  struct stat info;
  if (lstat(path, &info) == 0) {
    errno = EEXIST;
    return dmig_backup_fail("write", path, error);
  }
  return dmig_backup_sync(partial, error) &&
         (g_rename(partial, path) == 0 || dmig_backup_fail("write", path, error)) &&
         dmig_backup_sync(folder, error);
}

/* Backups hold no folders. */
static gboolean
remove_folder(const char *path)
{
  g_autoptr(GDir) dir = g_dir_open(path, 0, NULL);
  for (const char *name = dir != NULL ? g_dir_read_name(dir) : NULL; name != NULL;
       name = g_dir_read_name(dir)) {
    g_autofree char *file = g_build_filename(path, name, NULL);
    g_unlink(file);
  }
  return g_rmdir(path) == 0;
}

void
dmig_backup_folder_abandon(const char *partial)
{
  remove_folder(partial);
}

/* --- listing ---------------------------------------------------------------------------------- */

gboolean
dmig_backup_read(const char *path, DmigBackup **out, GError **error)
{
  return dmig_backup_manifest_read(path, out, error);
}

static DmigBackup *
unreadable(const char *path, const char *problem)
{
  DmigBackup *self = g_new0(DmigBackup, 1);
  self->path = g_strdup(path);
  self->id = g_path_get_basename(path);
  self->tables = g_ptr_array_new();
  self->problem = g_strdup(problem);
  return self;
}

static int
compare_newest(gconstpointer a, gconstpointer b)
{
  const DmigBackup *first = *(DmigBackup *const *) a, *second = *(DmigBackup *const *) b;
  int order = g_strcmp0(second->created, first->created);
  return order != 0 ? order : strcmp(second->id, first->id);
}

static void
add_listed(GPtrArray *list, const char *path)
{
  DmigBackup *backup = NULL;
  g_autoptr(GError) problem = NULL;
  g_autofree char *manifest = g_build_filename(path, DMIG_BACKUP_MANIFEST, NULL);
  struct stat info;
  if (lstat(manifest, &info) != 0)
    return; /* somebody's own folder */
  if (!dmig_backup_manifest_read(path, &backup, &problem))
    backup = unreadable(path, problem->message);
  g_ptr_array_add(list, backup);
}

gboolean
dmig_backup_list(const char *folder, GPtrArray **out, GError **error)
{
  g_autoptr(GPtrArray) list = g_ptr_array_new_with_free_func((GDestroyNotify) dmig_backup_free);
  struct stat info;
  gboolean is_there = lstat(folder, &info) == 0 || errno != ENOENT;
  if (is_there && !check_folder(folder, error))
    return FALSE;
  g_autoptr(GDir) dir = is_there ? g_dir_open(folder, 0, NULL) : NULL;
  if (is_there && dir == NULL)
    return dmig_backup_fail("read", folder, error);
  for (const char *name = dir != NULL ? g_dir_read_name(dir) : NULL; name != NULL;
       name = g_dir_read_name(dir)) {
    g_autofree char *path = g_build_filename(folder, name, NULL);
    if (*name != '.' && lstat(path, &info) == 0 && S_ISDIR(info.st_mode))
      add_listed(list, path);
  }
  g_ptr_array_sort(list, compare_newest);
  *out = g_steal_pointer(&list);
  return TRUE;
}

/* Writes the manifest anew. */
static gboolean
set_needed(DmigBackup *self, gboolean needed, GError **error)
{
  if (self->needed == needed)
    return TRUE;
  self->needed = needed;
  return dmig_backup_manifest_write(self, error);
}

gboolean
dmig_backup_release(const char *folder, const char *identity, GError **error)
{
  g_autoptr(GPtrArray) list = NULL;
  if (!dmig_backup_list(folder, &list, error))
    return FALSE;
  for (guint i = 0; i < list->len; i++) {
    DmigBackup *backup = list->pdata[i];
    if (g_strcmp0(backup->identity, identity) == 0 && !set_needed(backup, FALSE, error))
      return FALSE;
  }
  return TRUE;
}

/* --- pruning ---------------------------------------------------------------------------------- */

static gboolean
is_too_old(const DmigBackup *backup, guint64 keep_seconds)
{
  g_autoptr(GDateTime) created = g_date_time_new_from_iso8601(backup->created, NULL);
  gint64 now = g_get_real_time() / G_USEC_PER_SEC;
  return keep_seconds > 0 && created != NULL &&
         now - g_date_time_to_unix(created) > (gint64) keep_seconds;
}

/* Out of the list at once, whatever happens while its files go. */
static gboolean
remove_backup(const char *folder, const DmigBackup *backup, GError **error)
{
  g_autofree char *name = g_strconcat(REMOVED_PREFIX, backup->id, NULL);
  g_autofree char *moved = g_build_filename(folder, name, NULL);
  if (g_rename(backup->path, moved) != 0 || !remove_folder(moved))
    return dmig_backup_fail("remove", backup->path, error);
  return TRUE;
}

static void
remove_leftovers(const char *folder)
{
  g_autoptr(GDir) dir = g_dir_open(folder, 0, NULL);
  for (const char *name = dir != NULL ? g_dir_read_name(dir) : NULL; name != NULL;
       name = g_dir_read_name(dir)) {
    if (!g_str_has_prefix(name, PARTIAL_PREFIX) && !g_str_has_prefix(name, REMOVED_PREFIX))
      continue;
    g_autofree char *path = g_build_filename(folder, name, NULL);
    int lock = lock_folder(path);
    if (lock < 0)
      continue;
    remove_folder(path);
    close(lock);
  }
}

gboolean
dmig_backup_prune(const char *folder, const DmigBackupPruning *pruning, GPtrArray **out,
                  GError **error)
{
  g_autoptr(GPtrArray) list = NULL, removed = g_ptr_array_new_with_free_func(g_free);
  g_autoptr(GHashTable) counts = g_hash_table_new(g_str_hash, g_str_equal);
  if (!dmig_backup_list(folder, &list, error))
    return FALSE;
  for (guint i = 0; i < list->len; i++) {
    const DmigBackup *backup = list->pdata[i];
    if (backup->problem != NULL ||
        (pruning->identity != NULL && !g_str_equal(pruning->identity, backup->identity)))
      continue;
    guint newer = GPOINTER_TO_UINT(g_hash_table_lookup(counts, backup->identity));
    g_hash_table_insert(counts, backup->identity, GUINT_TO_POINTER(newer + 1));
    gboolean goes = newer > 0 && !backup->needed &&
                    ((pruning->keep > 0 && newer >= pruning->keep) ||
                     is_too_old(backup, pruning->keep_seconds));
    if (!goes)
      continue;
    if (!pruning->dry_run && !remove_backup(folder, backup, error))
      return FALSE;
    g_ptr_array_add(removed, g_strdup(backup->id));
  }
  if (!pruning->dry_run)
    remove_leftovers(folder);
  if (out != NULL)
    *out = g_steal_pointer(&removed);
  return TRUE;
}
