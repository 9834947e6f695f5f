#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/base/text.h"
#include "store/internal.h"

/* libgit2 1.5 knows none of GIT_CONFIG_GLOBAL, GIT_CONFIG_SYSTEM and GIT_CONFIG_NOSYSTEM, so the
 * levels are put together here. Files that are missing or belong to somebody else don't count. */
static int
add_level(git_config *config, git_config_level_t level, const char *path)
{
  if (path == NULL || access(path, R_OK) != 0)
    return 0;
  return git_config_add_file_ondisk(config, path, level, NULL, 0);
}

static int
add_system(git_config *config)
{
  const char *named = g_getenv("GIT_CONFIG_SYSTEM");
  const char *none = g_getenv("GIT_CONFIG_NOSYSTEM");
  if (none != NULL && *none != '\0' && strcmp(none, "0") != 0)
    return 0;
  if (named != NULL)
    return add_level(config, GIT_CONFIG_LEVEL_SYSTEM, named);
  g_auto(git_buf) found = GIT_BUF_INIT;
  if (git_config_find_system(&found) != 0)
    return 0;
  return add_level(config, GIT_CONFIG_LEVEL_SYSTEM, found.ptr);
}

static int
add_user(git_config *config)
{
  const char *named = g_getenv("GIT_CONFIG_GLOBAL");
  if (named != NULL)
    return add_level(config, GIT_CONFIG_LEVEL_GLOBAL, named);

  const char *home = g_getenv("HOME");
  const char *folder = g_getenv("XDG_CONFIG_HOME");
  if (home == NULL)
    home = g_get_home_dir();
  g_autofree char *xdg = folder != NULL && *folder != '\0'
                             ? g_build_filename(folder, "git", "config", NULL)
                             : g_build_filename(home, ".config", "git", "config", NULL);
  g_autofree char *plain = g_build_filename(home, ".gitconfig", NULL);
  int status = add_level(config, GIT_CONFIG_LEVEL_XDG, xdg);
  return status == 0 ? add_level(config, GIT_CONFIG_LEVEL_GLOBAL, plain) : status;
}

git_config *
dmig_config_open(const char *git_dir, GError **error)
{
  g_autofree char *path = g_build_filename(git_dir, "config", NULL);
  g_autoptr(git_config) config = NULL;

  int status = git_config_new(&config);
  if (status == 0)
    status = add_system(config);
  if (status == 0)
    status = add_user(config);
  /* This one is also written to, hence it is added even where there is none yet. */
  if (status == 0)
    status = git_config_add_file_ondisk(config, path, GIT_CONFIG_LEVEL_LOCAL, NULL, 0);
  if (status < 0) {
    dmig_git_fail(error, status, "cannot read the configuration of '%s', mend its file", git_dir);
    return NULL;
  }
  return g_steal_pointer(&config);
}

char *
dmig_config_lookup(git_config *config, int level, const char *key)
{
  g_autoptr(git_config) part = NULL;
  g_autoptr(git_config_entry) entry = NULL;

  if (level != 0 && git_config_open_level(&part, config, level) != 0)
    return NULL;
  if (git_config_get_entry(&entry, part != NULL ? part : config, key) != 0)
    return NULL;
  /* `[section] key` without a value is Git's short way to say true. */
  return g_strdup(entry->value != NULL ? entry->value : "true");
}

/* Git's rule: section and variable ignore case, what stands between them does not. */
static char *
canonical_key(const char *key)
{
  char *canonical = g_strdup(key);
  char *first = strchr(canonical, '.');
  char *last = strrchr(canonical, '.');
  for (char *p = canonical; *p != '\0'; p++)
    if (first == NULL || p < first || p > last)
      *p = g_ascii_tolower(*p);
  return canonical;
}

const char *
dmig_config_overridden(const DmigStore *self, const char *key)
{
  g_autofree char *canonical = canonical_key(key);
  return g_hash_table_lookup(self->overrides, canonical);
}

char *
dmig_store_config_get(DmigStore *self, const char *key)
{
  const char *override = dmig_config_overridden(self, key);
  return override != NULL ? g_strdup(override) : dmig_config_lookup(self->config, 0, key);
}

void
dmig_store_config_override(DmigStore *self, const char *key, const char *value)
{
  g_hash_table_replace(self->overrides, canonical_key(key), g_strdup(value));
}

/* libgit2 writes a new file and renames it over the old one, which gives it a new mode: a file
 * that only its owner may read would be open to all. */
static mode_t
mask_for(const DmigStore *self, gboolean secret)
{
  g_autofree char *path = g_build_filename(self->path, "config", NULL);
  struct stat status;
  gboolean closed = stat(path, &status) == 0 && (status.st_mode & 077) == 0;
  mode_t mask = umask(077);
  if (!closed && !secret)
    umask(mask);
  return mask;
}

static gboolean
fail_to_write(const DmigStore *self, int status, const char *key, GError **error)
{
  if (status == GIT_EINVALIDSPEC) {
    g_autofree char *shown = dmig_text_printable(key);
    g_set_error(error, DMIG_ERROR, DMIG_ERROR_USAGE,
                "'%s' is no configuration key: it needs a section and a name, as in core.pager",
                shown);
    return FALSE;
  }
  if (status == GIT_ELOCKED) {
    g_set_error(error, DMIG_ERROR, DMIG_ERROR_LOCKED,
                "cannot set '%s': another process is writing '%s/config'; if there is none, "
                "remove '%s/config.lock'",
                key, self->path, self->path);
    return FALSE;
  }
  return dmig_git_fail(error, status, "cannot write '%s' to '%s/config'", key, self->path);
}

gboolean
dmig_config_write(DmigStore *self, const char *key, const char *value, gboolean secret,
                  GError **error)
{
  g_autoptr(git_config) local = NULL;
  int status = git_config_open_level(&local, self->config, GIT_CONFIG_LEVEL_LOCAL);
  if (status < 0)
    return fail_to_write(self, status, key, error);

  mode_t mask = mask_for(self, secret);
  status = value != NULL ? git_config_set_string(local, key, value)
                         : git_config_delete_entry(local, key);
  umask(mask);
  return status == 0 || fail_to_write(self, status, key, error);
}

gboolean
dmig_store_config_set(DmigStore *self, const char *key, const char *value, GError **error)
{
  gboolean secret = g_str_has_prefix(key, "target.") && g_str_has_suffix(key, ".url");
  return dmig_config_write(self, key, value, secret, error);
}

gboolean
dmig_store_config_unset(DmigStore *self, const char *key, GError **error)
{
  g_autofree char *value = dmig_config_lookup(self->config, GIT_CONFIG_LEVEL_LOCAL, key);
  if (value == NULL) {
    g_set_error(error, DMIG_ERROR, DMIG_ERROR_NOT_FOUND, "'%s' is not set in '%s/config'", key,
                self->path);
    return FALSE;
  }
  return dmig_config_write(self, key, NULL, FALSE, error);
}
