#include "core/db/census.h"

void
dmig_table_count_free(DmigTableCount *self)
{
  if (self == NULL)
    return;
  g_free(self->table);
  g_free(self);
}

DmigTableCount *
dmig_table_count_add(GPtrArray *counts, const char *path, gint64 rows, gint64 bytes)
{
  DmigTableCount *self = g_new0(DmigTableCount, 1);
  self->table = g_strdup(path);
  self->rows = rows;
  self->bytes = bytes;
  g_ptr_array_add(counts, self);
  return self;
}

GPtrArray *
dmig_table_counts_new(void)
{
  return g_ptr_array_new_with_free_func((GDestroyNotify) dmig_table_count_free);
}
