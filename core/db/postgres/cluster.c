#include "core/db/postgres/cluster.h"

#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <glib/gstdio.h>

#include "core/base/text.h"

#define ROOTS_CACHE "/var/cache/dmig"

/* --- trees --------------------------------------------------------------------------------- */

static int
remove_entry(const char *path, const struct stat *info, int kind, struct FTW *place)
{
  remove(path);
  return 0;
}

void
dmig_pg_tree_remove(const char *path)
{
  nftw(path, remove_entry, 16, FTW_DEPTH | FTW_PHYS);
}

static gboolean
copy_bytes(int in, int out, off_t size)
{
  while (size > 0) {
    ssize_t n = copy_file_range(in, NULL, out, NULL, (size_t)size, 0);
    if (n <= 0 && errno != EINTR)
      break;
    size -= MAX(n, 0);
  }
  /* Not every file system, or pair of them, can do that. */
  char buffer[65536];
  for (ssize_t n = 1; size > 0 && n > 0; size -= n) {
    n = read(in, buffer, sizeof buffer);
    if (n <= 0 || write(out, buffer, (size_t)n) != n)
      return FALSE;
  }
  return size == 0;
}

static gboolean
copy_file(const char *from, const char *to, const struct stat *info)
{
  int in = open(from, O_RDONLY | O_NOFOLLOW | O_CLOEXEC);
  int out = open(to, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
  gboolean done = in >= 0 && out >= 0 && copy_bytes(in, out, info->st_size);
  if (in >= 0)
    close(in);
  if (out >= 0)
    done = close(out) == 0 && done;
  return done;
}

static gboolean
copy_tree(const char *from, const char *to)
{
  g_autoptr(GDir) dir = g_dir_open(from, 0, NULL);
  if (dir == NULL || mkdir(to, 0700) != 0)
    return FALSE;
  gboolean done = TRUE;
  for (const char *name = g_dir_read_name(dir); name != NULL && done; name = g_dir_read_name(dir)) {
    g_autofree char *source = g_build_filename(from, name, NULL);
    g_autofree char *target = g_build_filename(to, name, NULL);
    struct stat info;
    done = lstat(source, &info) == 0
           && (S_ISDIR(info.st_mode)   ? copy_tree(source, target)
               : S_ISREG(info.st_mode) ? copy_file(source, target, &info)
                                       : FALSE);
  }
  return done;
}

/* --- the template -------------------------------------------------------------------------- */

static char *
cache_folder(const struct passwd *user)
{
  if (user == NULL) {
    char *folder = g_build_filename(g_get_user_cache_dir(), "dmig", "postgres", NULL);
    g_mkdir_with_parents(folder, 0700);
    return folder;
  }
  char *folder = g_strdup_printf(ROOTS_CACHE "/postgres-%s", user->pw_name);
  g_mkdir_with_parents(ROOTS_CACHE, 0755);
  if (mkdir(folder, 0700) == 0 && chown(folder, user->pw_uid, user->pw_gid) != 0)
    rmdir(folder);
  return folder;
}

char *
dmig_pg_template_path(const char *binaries, const char *locale, const struct passwd *user)
{
  g_autofree char *program = g_build_filename(binaries, "postgres", NULL);
  struct stat info;
  if (stat(program, &info) != 0)
    return NULL;
  g_autofree char *text
      = g_strdup_printf("%s %s %lld %lld %lld", program, locale, (long long)info.st_size,
                        (long long)info.st_mtime, (long long)info.st_ino);
  g_autofree char *key = dmig_text_sha256(text, -1);
  g_autofree char *folder = cache_folder(user);
  return g_build_filename(folder, key, NULL);
}

/* A folder that anybody else owns or writes to could hold anything. */
static gboolean
is_own_folder(const char *path)
{
  struct stat info;
  return lstat(path, &info) == 0 && S_ISDIR(info.st_mode) && info.st_uid == geteuid()
         && (info.st_mode & 022) == 0;
}

static gboolean
is_in_own_folder(const char *path)
{
  g_autofree char *folder = path != NULL ? g_path_get_dirname(path) : NULL;
  return folder != NULL && is_own_folder(folder);
}

gboolean
dmig_pg_template_use(const char *path, const char *to)
{
  if (!is_in_own_folder(path) || !is_own_folder(path))
    return FALSE;
  if (copy_tree(path, to))
    return TRUE;
  dmig_pg_tree_remove(to);
  return FALSE;
}

static void
remove_others(const char *folder, const char *but)
{
  g_autoptr(GDir) dir = g_dir_open(folder, 0, NULL);
  for (const char *name = dir != NULL ? g_dir_read_name(dir) : NULL; name != NULL;
       name = g_dir_read_name(dir)) {
    g_autofree char *path = g_build_filename(folder, name, NULL);
    if (!g_str_equal(path, but))
      dmig_pg_tree_remove(path);
  }
}

/* It comes into being under another name, so that a template is there wholly or not at all. */
void
dmig_pg_template_keep(const char *path, const char *from)
{
  if (!is_in_own_folder(path))
    return;
  g_autofree char *folder = g_path_get_dirname(path);
  remove_others(folder, path);
  g_autofree char *fresh = g_strdup_printf("%s.%d", path, (int) getpid());
  if (!copy_tree(from, fresh) || rename(fresh, path) != 0)
    dmig_pg_tree_remove(fresh);
}
