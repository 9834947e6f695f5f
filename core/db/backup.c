#include "core/db/backup.h"

static void
table_free(DmigBackupTable *self)
{
  g_free(self->key);
  g_free(self->name);
  g_free(self);
}

DmigBackupContents *
dmig_backup_contents_new(void)
{
  DmigBackupContents *self = g_new0(DmigBackupContents, 1);
  self->tables = g_ptr_array_new_with_free_func((GDestroyNotify) table_free);
  return self;
}

void
dmig_backup_contents_free(DmigBackupContents *self)
{
  if (self == NULL)
    return;
  g_free(self->tool);
  g_ptr_array_unref(self->tables);
  g_free(self);
}

void
dmig_backup_contents_add(DmigBackupContents *self, const char *key, const char *name, gint64 rows)
{
  DmigBackupTable *table = g_new0(DmigBackupTable, 1);
  table->key = g_strdup(key);
  table->name = g_strdup(name);
  table->rows = rows;
  g_ptr_array_add(self->tables, table);
}
