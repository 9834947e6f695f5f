#include <errno.h>
#include <glib/gstdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "store/internal.h"

static void
remove_folder(const char *path)
{
  GDir *folder = g_dir_open(path, 0, NULL);
  if (folder == NULL)
    return;
  for (const char *name; (name = g_dir_read_name(folder)) != NULL;) {
    g_autofree char *entry = g_build_filename(path, name, NULL);
    if (g_file_test(entry, G_FILE_TEST_IS_DIR) && !g_file_test(entry, G_FILE_TEST_IS_SYMLINK))
      remove_folder(entry);
    else
      g_unlink(entry);
  }
  g_dir_close(folder);
  g_rmdir(path);
}

static gboolean
write_config(git_repository *repository, GError **error)
{
  g_autoptr(git_config) config = NULL;
  g_autoptr(git_config) local = NULL;
  int status = git_repository_config(&config, repository);
  if (status == 0)
    status = git_config_open_level(&local, config, GIT_CONFIG_LEVEL_LOCAL);
  /* Bare repositories have no reflogs unless they are told to; `main@{yesterday}` needs them. */
  if (status == 0)
    status = git_config_set_bool(local, "core.logAllRefUpdates", 1);
  if (status == 0)
    status = git_config_set_int32(local, DMIG_CONFIG_FORMAT, DMIG_STORE_FORMAT);
  return status == 0 || dmig_git_fail(error, status, "cannot write the configuration");
}

/* Fills the folder `path`, which nobody takes for a store yet. */
static gboolean
fill(const char *path, GError **error)
{
  git_repository_init_options options;
  git_repository_init_options_init(&options, GIT_REPOSITORY_INIT_OPTIONS_VERSION);
  options.flags = GIT_REPOSITORY_INIT_BARE | GIT_REPOSITORY_INIT_NO_REINIT;
  options.initial_head = "main";
  options.description = "A database's schema, versioned by dmig.\n";

  g_autoptr(git_repository) repository = NULL;
  int status = git_repository_init_ext(&repository, path, &options);
  if (status < 0)
    return dmig_git_fail(error, status, "cannot make a repository");
  if (!write_config(repository, error))
    return FALSE;

  /* The enclosing Git repository must not take the store (and the URLs in its configuration) for
   * files of its own. */
  g_autofree char *ignore = g_build_filename(path, ".gitignore", NULL);
  g_autoptr(GError) reason = NULL;
  if (!g_file_set_contents(ignore, "*\n", -1, &reason)) {
    g_set_error(error, DMIG_ERROR, DMIG_ERROR_FATAL, "%s", reason->message);
    return FALSE;
  }
  return TRUE;
}

/* What stands at `path`, if anything; an empty folder is as good as none. */
static gboolean
check_free(const char *path, GError **error)
{
  struct stat status;
  if (lstat(path, &status) != 0 && errno == ENOENT)
    return TRUE;
  if (g_file_test(path, G_FILE_TEST_IS_DIR)) {
    g_autofree char *head = g_build_filename(path, "HEAD", NULL);
    if (g_file_test(head, G_FILE_TEST_EXISTS)) {
      g_set_error(error, DMIG_ERROR, DMIG_ERROR_FATAL, "'%s' is a dmig repository already", path);
      return FALSE;
    }
    return TRUE;
  }
  g_set_error(error, DMIG_ERROR, DMIG_ERROR_FATAL,
              "cannot make the dmig repository '%s': there is a file of that name; move it away",
              path);
  return FALSE;
}

DmigStore *
dmig_store_init(const char *folder, GError **error)
{
  g_autofree char *absolute = g_canonicalize_filename(folder, NULL);
  g_autofree char *path = g_build_filename(absolute, DMIG_STORE_FOLDER, NULL);
  if (!check_free(path, error) || !dmig_git_start(error))
    return NULL;

  g_autofree char *draft = g_build_filename(absolute, ".dmig-init-XXXXXX", NULL);
  if (g_mkdtemp_full(draft, 0777) == NULL) {
    g_set_error(error, DMIG_ERROR, DMIG_ERROR_FATAL, "cannot make the dmig repository '%s': %s",
                path, g_strerror(errno));
    return NULL;
  }
  g_autoptr(GError) reason = NULL;
  if (!fill(draft, &reason)) {
    g_set_error(error, DMIG_ERROR, reason->code, "cannot make the dmig repository '%s': %s", path,
                reason->message);
    remove_folder(draft);
    return NULL;
  }
  if (g_rename(draft, path) != 0) {
    int cause = errno;
    remove_folder(draft);
    g_set_error(error, DMIG_ERROR, DMIG_ERROR_FATAL, "cannot make the dmig repository '%s': %s",
                path,
                cause == ENOTEMPTY || cause == EEXIST ? "the folder is there and not empty"
                                                      : g_strerror(cause));
    return NULL;
  }
  return dmig_store_open(path, error);
}
