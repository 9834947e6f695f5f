#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "store/internal.h"

/* A store's configuration and hooks can make dmig run programs, so that one put into a parent
 * folder by somebody else must not be picked up by walking past. The rule is Git's: it must belong
 * to who runs dmig, or safe.directory (in the user's or the system's configuration, never in the
 * store's own) must list it. Unlike Git's, the working folder may stand for the store in it, as
 * it is what containers of continuous integration already list. A store that is named with
 * --git-dir or DMIG_DIR is trusted, as in Git. */

static gboolean
is_own(const char *path)
{
  struct stat status;
  if (stat(path, &status) != 0)
    return FALSE;
  if (status.st_uid == geteuid())
    return TRUE;
  /* Under sudo, what belongs to who called it is fine. */
  const char *caller = geteuid() == 0 ? g_getenv("SUDO_UID") : NULL;
  return caller != NULL && *caller != '\0' && strtoul(caller, NULL, 10) == status.st_uid;
}

static gboolean
covers(const char *listed, const char *path)
{
  if (strcmp(listed, "*") == 0)
    return TRUE;
  if (g_str_has_suffix(listed, "/*"))
    return strncmp(listed, path, strlen(listed) - 1) == 0;
  g_autofree char *plain = g_canonicalize_filename(listed, NULL);
  return strcmp(plain, path) == 0;
}

static gboolean
is_listed(git_config *config, const char *path, const char *folder)
{
  g_autoptr(git_config_iterator) iterator = NULL;
  if (git_config_multivar_iterator_new(&iterator, config, "safe.directory", NULL) != 0)
    return FALSE;

  gboolean listed = FALSE;
  for (git_config_entry *entry; git_config_next(&entry, iterator) == 0;) {
    if (entry->level >= GIT_CONFIG_LEVEL_LOCAL || entry->value == NULL)
      continue;
    /* An empty value takes back what was listed before it. */
    if (*entry->value == '\0')
      listed = FALSE;
    else if (covers(entry->value, path) || covers(entry->value, folder))
      listed = TRUE;
  }
  return listed;
}

gboolean
dmig_store_is_trusted(const char *path, const char *folder, git_config *config, GError **error)
{
  if (is_own(path) || is_listed(config, path, folder))
    return TRUE;
  g_set_error(error, DMIG_ERROR, DMIG_ERROR_FATAL,
              "'%s' belongs to another user; if you trust it, run 'git config --global --add "
              "safe.directory %s'",
              path, path);
  return FALSE;
}
