#include <errno.h>
#include <glib/gstdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "store/internal.h"

/* Whether `path` looks like a repository, without libgit2. */
static gboolean
check_layout(const char *path, GError **error)
{
  static const char *const parts[] = { "HEAD", "objects", "refs", NULL };
  struct stat status;

  if (stat(path, &status) != 0) {
    g_set_error(error, DMIG_ERROR, DMIG_ERROR_FATAL, "cannot open the dmig repository '%s': %s",
                path, g_strerror(errno));
    return FALSE;
  }
  if (!S_ISDIR(status.st_mode)) {
    g_set_error(error, DMIG_ERROR, DMIG_ERROR_FATAL,
                "'%s' is a file, not a dmig repository; move it away, then run 'dmig init'", path);
    return FALSE;
  }
  if (access(path, R_OK | X_OK) != 0) {
    g_set_error(error, DMIG_ERROR, DMIG_ERROR_FATAL, "cannot read the dmig repository '%s': %s",
                path, g_strerror(errno));
    return FALSE;
  }
  for (guint i = 0; parts[i] != NULL; i++) {
    g_autofree char *part = g_build_filename(path, parts[i], NULL);
    if (g_file_test(part, G_FILE_TEST_EXISTS))
      continue;
    g_set_error(error, DMIG_ERROR, DMIG_ERROR_FATAL,
                "'%s' is not a dmig repository: it has no '%s'; restore it from a clone or a "
                "backup, or remove it and run 'dmig init'",
                path, parts[i]);
    return FALSE;
  }
  return TRUE;
}

static const char *
named_git_dir(const char *git_dir)
{
  if (git_dir != NULL)
    return git_dir;
  const char *variable = g_getenv("DMIG_DIR");
  return variable != NULL && *variable != '\0' ? variable : NULL;
}

char *
dmig_store_find(const char *git_dir, GError **error)
{
  const char *named = named_git_dir(git_dir);
  if (named != NULL) {
    g_autofree char *path = g_canonicalize_filename(named, NULL);
    return check_layout(path, error) ? g_steal_pointer(&path) : NULL;
  }

  g_autofree char *start = g_get_current_dir();
  for (g_autofree char *folder = g_strdup(start);;) {
    g_autofree char *path = g_build_filename(folder, DMIG_STORE_FOLDER, NULL);
    if (access(path, F_OK) == 0 || (errno != ENOENT && errno != ENOTDIR))
      return check_layout(path, error) ? g_steal_pointer(&path) : NULL;

    char *parent = g_path_get_dirname(folder);
    gboolean at_root = strcmp(parent, folder) == 0 || strcmp(parent, ".") == 0;
    g_free(folder);
    folder = parent;
    if (at_root)
      break;
  }
  g_set_error(error, DMIG_ERROR, DMIG_ERROR_FATAL,
              "not a dmig repository (or any of the parent folders): '%s'; 'dmig init' makes one",
              start);
  return NULL;
}

static gboolean
check_format(DmigStore *self, GError **error)
{
  g_autofree char *format
      = dmig_config_lookup(self->config, GIT_CONFIG_LEVEL_LOCAL, DMIG_CONFIG_FORMAT);
  if (format != NULL && g_ascii_strtoll(format, NULL, 10) > DMIG_STORE_FORMAT) {
    g_set_error(error, DMIG_ERROR, DMIG_ERROR_FATAL,
                "'%s' is of a newer dmig: its format is %s, this dmig knows %d; update dmig",
                self->path, format, DMIG_STORE_FORMAT);
    return FALSE;
  }

  g_autofree char *hash
      = dmig_config_lookup(self->config, GIT_CONFIG_LEVEL_LOCAL, "extensions.objectformat");
  g_autofree char *refs
      = dmig_config_lookup(self->config, GIT_CONFIG_LEVEL_LOCAL, "extensions.refstorage");
  if ((hash != NULL && g_ascii_strcasecmp(hash, "sha1") != 0)
      || (refs != NULL && g_ascii_strcasecmp(refs, "files") != 0)) {
    g_set_error(error, DMIG_ERROR, DMIG_ERROR_FATAL,
                "'%s' needs a Git format that this dmig can't read (%s); clone it into one with "
                "SHA-1 ids and refs in files",
                self->path, hash != NULL ? hash : refs);
    return FALSE;
  }
  return TRUE;
}

char *
dmig_store_folder_around(const char *path)
{
  g_autofree char *name = g_path_get_basename(path);
  return strcmp(name, DMIG_STORE_FOLDER) == 0 ? g_path_get_dirname(path) : g_get_current_dir();
}

DmigStore *
dmig_store_open(const char *git_dir, GError **error)
{
  g_autofree char *path = dmig_store_find(git_dir, error);
  if (path == NULL || !dmig_git_start(error))
    return NULL;

  g_autoptr(DmigStore) self = g_new0(DmigStore, 1);
  self->lock_fd = -1;
  self->path = g_steal_pointer(&path);
  self->folder = dmig_store_folder_around(self->path);
  self->overrides = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);

  int status = git_repository_open_bare(&self->repository, self->path);
  if (status < 0) {
    dmig_git_fail(error, status, "cannot open the dmig repository '%s'", self->path);
    return NULL;
  }
  self->config = dmig_config_open(self->path, error);
  if (self->config == NULL || !check_format(self, error))
    return NULL;
  if (named_git_dir(git_dir) == NULL
      && !dmig_store_is_trusted(self->path, self->folder, self->config, error))
    return NULL;
  git_repository_set_config(self->repository, self->config);
  if (!dmig_loose_install(self, error))
    return NULL;
  return g_steal_pointer(&self);
}

void
dmig_store_free(DmigStore *self)
{
  if (self == NULL)
    return;
  while (self->lock_depth > 0)
    dmig_store_unlock(self);
  git_config_free(self->config);
  git_repository_free(self->repository);
  g_clear_pointer(&self->overrides, g_hash_table_unref);
  g_clear_pointer(&self->loose_names, g_hash_table_unref);
  g_free(self->path);
  g_free(self->folder);
  g_free(self);
}

const char *
dmig_store_path(const DmigStore *self)
{
  return self->path;
}

const char *
dmig_store_folder(const DmigStore *self)
{
  return self->folder;
}
