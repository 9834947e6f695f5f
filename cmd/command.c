#include "cmd/command.h"

#include <string.h>

#include "cmd/ui/pager.h"

void
dmig_context_clear(DmigContext *self)
{
  g_clear_pointer(&self->store, dmig_store_free);
  g_clear_pointer(&self->arguments, g_ptr_array_unref);
}

DmigStore *
dmig_context_store(DmigContext *self, GError **error)
{
  if (self->store != NULL)
    return self->store;
  self->store = dmig_store_open(self->git_dir, error);
  if (self->store == NULL)
    return NULL;
  for (guint i = 0; i < self->config->len; i++) {
    const char *setting = g_ptr_array_index(self->config, i);
    const char *equals = strchr(setting, '=');
    g_autofree char *key = g_strndup(setting, equals - setting);
    dmig_store_config_override(self->store, key, equals + 1);
  }
  return self->store;
}

gboolean
dmig_context_has_store(DmigContext *self)
{
  g_autofree char *path = self->store == NULL ? dmig_store_find(self->git_dir, NULL) : NULL;
  return self->store != NULL || path != NULL;
}

char *
dmig_context_config(DmigContext *self, const char *key)
{
  /* The last one wins, as with Git. */
  for (guint i = self->config->len; i > 0; i--) {
    const char *setting = g_ptr_array_index(self->config, i - 1);
    gsize length = strchr(setting, '=') - setting;
    if (strlen(key) == length && g_ascii_strncasecmp(setting, key, length) == 0)
      return g_strdup(setting + length + 1);
  }
  if (!dmig_context_has_store(self))
    return NULL;
  DmigStore *store = dmig_context_store(self, NULL);
  return store != NULL ? dmig_store_config_get(store, key) : NULL;
}

void
dmig_context_page(DmigContext *self)
{
  if (!self->no_pager)
    dmig_pager_start();
}

void
dmig_leave_until_exit(gpointer object)
{
  static GPtrArray *left; /* where checkers for leaks find it */
  if (left == NULL)
    left = g_ptr_array_new();
  g_ptr_array_add(left, object);
}
