#include "core/db/keeping.h"

static void
column_free(gpointer data)
{
  DmigKeepColumn *self = data;
  g_free(self->name);
  g_free(self->type);
  g_free(self->kept);
  g_free(self);
}

DmigKeepTable *
dmig_keep_table_new(const char *reference)
{
  DmigKeepTable *self = g_new0(DmigKeepTable, 1);
  self->reference = g_strdup(reference);
  self->row = g_new0(char *, 1);
  self->columns = g_ptr_array_new_with_free_func(column_free);
  return self;
}

void
dmig_keep_table_free(DmigKeepTable *self)
{
  if (self == NULL)
    return;
  g_free(self->reference);
  g_strfreev(self->row);
  g_free(self->hidden);
  g_ptr_array_unref(self->columns);
  g_free(self);
}

DmigKeepColumn *
dmig_keep_table_add(DmigKeepTable *self, const char *name, const char *type, const char *kept)
{
  DmigKeepColumn *column = g_new0(DmigKeepColumn, 1);
  column->name = g_strdup(name);
  column->type = g_strdup(type);
  column->kept = g_strdup(kept);
  g_ptr_array_add(self->columns, column);
  return column;
}

const DmigKeepColumn *
dmig_keep_table_column(const DmigKeepTable *self, const char *name)
{
  for (guint i = 0; i < self->columns->len; i++) {
    const DmigKeepColumn *column = g_ptr_array_index(self->columns, i);
    if (g_str_equal(column->name, name))
      return column;
  }
  return NULL;
}
