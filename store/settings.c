#include "store/internal.h"

void
dmig_setting_free(DmigSetting *self)
{
  if (self == NULL)
    return;
  g_free(self->key);
  g_free(self->value);
  g_free(self);
}

static DmigSetting *
setting_new(const char *key, const char *value, const char *origin)
{
  DmigSetting *self = g_new0(DmigSetting, 1);
  self->key = g_strdup(key);
  self->value = g_strdup(value != NULL ? value : "true");
  self->origin = origin;
  return self;
}

static const char *
origin_of(git_config_level_t level)
{
  if (level >= GIT_CONFIG_LEVEL_LOCAL)
    return "store";
  return level >= GIT_CONFIG_LEVEL_XDG ? "user" : "system";
}

static int
compare_settings(gconstpointer a, gconstpointer b)
{
  const DmigSetting *const *one = a, *const *other = b;
  return strcmp((*one)->key, (*other)->key);
}

/* Of several values for one key the one at the highest level is in force, and there the last. */
static void
collect(DmigStore *self, GHashTable *settings, GHashTable *levels)
{
  g_autoptr(git_config_iterator) iterator = NULL;
  if (git_config_iterator_new(&iterator, self->config) != 0)
    return;
  for (git_config_entry *entry; git_config_next(&entry, iterator) == 0;) {
    int seen = GPOINTER_TO_INT(g_hash_table_lookup(levels, entry->name));
    if (seen > (int) entry->level)
      continue;
    DmigSetting *setting = setting_new(entry->name, entry->value, origin_of(entry->level));
    g_hash_table_replace(settings, setting->key, setting);
    g_hash_table_replace(levels, g_strdup(entry->name), GINT_TO_POINTER(entry->level));
  }
}

GPtrArray *
dmig_store_config_list(DmigStore *self)
{
  g_autoptr(GHashTable) settings
      = g_hash_table_new_full(g_str_hash, g_str_equal, NULL, (GDestroyNotify) dmig_setting_free);
  g_autoptr(GHashTable) levels = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
  collect(self, settings, levels);

  GHashTableIter entries;
  gpointer key, value;
  g_hash_table_iter_init(&entries, self->overrides);
  while (g_hash_table_iter_next(&entries, &key, &value)) {
    DmigSetting *setting = setting_new(key, value, "override");
    g_hash_table_replace(settings, setting->key, setting);
  }

  GPtrArray *list = g_ptr_array_new_with_free_func((GDestroyNotify) dmig_setting_free);
  g_hash_table_iter_init(&entries, settings);
  while (g_hash_table_iter_next(&entries, NULL, &value)) {
    g_hash_table_iter_steal(&entries);
    g_ptr_array_add(list, value);
  }
  g_ptr_array_sort(list, compare_settings);
  return list;
}
