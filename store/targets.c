#include <string.h>

#include "core/base/text.h"
#include "store/internal.h"

void
dmig_target_free(DmigTarget *self)
{
  if (self == NULL)
    return;
  g_free(self->name);
  g_free(self->url);
  g_free(self);
}

static char *
url_key(const char *name)
{
  return g_strdup_printf("target.%s.url", name);
}

/* The name in `target.NAME.url`, or NULL where `key` is another one. Owned. */
static char *
name_in_key(const char *key)
{
  static const char prefix[] = "target.", suffix[] = ".url";
  gsize length = strlen(key);
  if (length <= strlen(prefix) + strlen(suffix) || !g_str_has_prefix(key, prefix)
      || !g_str_has_suffix(key, suffix))
    return NULL;
  return g_strndup(key + strlen(prefix), length - strlen(prefix) - strlen(suffix));
}

/* Wherever a target may be named, a revision, a path or a URL may be, too. */
static gboolean
check_name(const char *name, GError **error)
{
  gboolean plain = *name != '\0' && *name != '-' && *name != '.' && g_utf8_validate(name, -1, NULL);
  for (const char *p = name; plain && *p != '\0'; p = g_utf8_next_char(p)) {
    gunichar c = g_utf8_get_char(p);
    plain = g_unichar_isalnum(c) || c == '-' || c == '_' || c == '.';
  }
  if (!plain) {
    g_autofree char *shown = dmig_text_printable(name);
    g_set_error(error, DMIG_ERROR, DMIG_ERROR_USAGE,
                "'%s' can't be a target's name: use letters, digits, '-', '_' and '.', as in "
                "'staging-2'",
                shown);
  }
  return plain;
}

/* Takes `name`, which may be NULL. Adding a key that is there would put this one in its place, and it is
 * freed. */
static void
take_name(GPtrArray *names, GHashTable *seen, char *name)
{
  if (name == NULL || g_hash_table_contains(seen, name)) {
    g_free(name);
    return;
  }
  g_hash_table_add(seen, name);
  g_ptr_array_add(names, name);
}

/* Names of all targets, sorted: char*. */
static GPtrArray *
target_names(DmigStore *self)
{
  g_autoptr(GHashTable) seen = g_hash_table_new(g_str_hash, g_str_equal);
  GPtrArray *names = g_ptr_array_new_with_free_func(g_free);
  g_autoptr(git_config_iterator) iterator = NULL;

  if (git_config_iterator_new(&iterator, self->config) == 0) {
    for (git_config_entry *entry; git_config_next(&entry, iterator) == 0;) {
      take_name(names, seen, name_in_key(entry->name));
    }
  }

  GHashTableIter overrides;
  gpointer key;
  g_hash_table_iter_init(&overrides, self->overrides);
  while (g_hash_table_iter_next(&overrides, &key, NULL)) {
    take_name(names, seen, name_in_key(key));
  }
  g_ptr_array_sort(names, dmig_compare_strings);
  return names;
}

/* The default's name: the one that was set, or the only one there is. Owned, or NULL. */
static char *
default_name(DmigStore *self, GPtrArray *names)
{
  char *chosen = dmig_store_config_get(self, DMIG_CONFIG_DEFAULT_TARGET);
  if (chosen != NULL)
    return chosen;
  return names->len == 1 ? g_strdup(g_ptr_array_index(names, 0)) : NULL;
}

static DmigTarget *
target_new(DmigStore *self, const char *name, gboolean is_default)
{
  g_autofree char *key = url_key(name);
  g_autofree char *url = dmig_store_config_get(self, key);
  if (url == NULL)
    return NULL;

  DmigTarget *target = g_new0(DmigTarget, 1);
  target->name = g_strdup(name);
  target->url = g_steal_pointer(&url);
  target->is_default = is_default;
  return target;
}

GPtrArray *
dmig_store_targets(DmigStore *self)
{
  g_autoptr(GPtrArray) names = target_names(self);
  g_autofree char *chosen = default_name(self, names);
  GPtrArray *targets = g_ptr_array_new_with_free_func((GDestroyNotify) dmig_target_free);
  for (guint i = 0; i < names->len; i++) {
    const char *name = g_ptr_array_index(names, i);
    DmigTarget *target = target_new(self, name, g_strcmp0(name, chosen) == 0);
    if (target != NULL)
      g_ptr_array_add(targets, target);
  }
  return targets;
}

DmigTarget *
dmig_store_target(DmigStore *self, const char *name)
{
  g_autoptr(GPtrArray) names = target_names(self);
  g_autofree char *chosen = default_name(self, names);
  const char *wanted = name != NULL ? name : chosen;
  return wanted != NULL ? target_new(self, wanted, g_strcmp0(wanted, chosen) == 0) : NULL;
}

static gboolean
exists(DmigStore *self, const char *name)
{
  g_autofree char *key = url_key(name);
  g_autofree char *url = dmig_store_config_get(self, key);
  return url != NULL;
}

static gboolean
fail_unknown(const char *name, GError **error)
{
  g_set_error(error, DMIG_ERROR, DMIG_ERROR_NOT_FOUND,
              "there is no target '%s'; 'dmig target list' shows all", name);
  return FALSE;
}

gboolean
dmig_store_target_add(DmigStore *self, const char *name, const char *url, GError **error)
{
  if (!check_name(name, error))
    return FALSE;
  if (*url == '\0') {
    g_set_error(error, DMIG_ERROR, DMIG_ERROR_USAGE, "the URL of target '%s' is empty", name);
    return FALSE;
  }
  if (exists(self, name)) {
    g_set_error(error, DMIG_ERROR, DMIG_ERROR_FAILED,
                "there is a target '%s' already; 'dmig target remove %s' makes room for it", name,
                name);
    return FALSE;
  }

  g_autoptr(GPtrArray) names = target_names(self);
  g_autofree char *key = url_key(name);
  if (!dmig_config_write(self, key, url, TRUE, error))
    return FALSE;
  return names->len > 0 || dmig_store_target_set_default(self, name, error);
}

gboolean
dmig_store_target_remove(DmigStore *self, const char *name, GError **error)
{
  if (!exists(self, name))
    return fail_unknown(name, error);

  g_autofree char *key = url_key(name);
  if (!dmig_store_config_unset(self, key, error))
    return FALSE;
  g_autofree char *chosen
      = dmig_config_lookup(self->config, GIT_CONFIG_LEVEL_LOCAL, DMIG_CONFIG_DEFAULT_TARGET);
  return g_strcmp0(chosen, name) != 0
         || dmig_store_config_unset(self, DMIG_CONFIG_DEFAULT_TARGET, error);
}

gboolean
dmig_store_target_set_default(DmigStore *self, const char *name, GError **error)
{
  if (!exists(self, name))
    return fail_unknown(name, error);
  return dmig_config_write(self, DMIG_CONFIG_DEFAULT_TARGET, name, FALSE, error);
}
