#include "core/db/driver.h"

void
dmig_rows_free(DmigRows *self)
{
  if (self == NULL)
    return;
  for (guint i = 0; self->rows != NULL && i < self->rows->len; i++) {
    char **row = g_ptr_array_index(self->rows, i);
    for (guint k = 0; k < self->n_columns; k++)
      g_free(row[k]);
    g_free(row);
  }
  g_clear_pointer(&self->rows, g_ptr_array_unref);
  g_free(self);
}

const char *
dmig_rows_get(const DmigRows *self, guint row, guint column)
{
  g_return_val_if_fail(row < self->rows->len && column < self->n_columns, NULL);
  return ((char **) g_ptr_array_index(self->rows, row))[column];
}

void
dmig_lock_holder_clear(DmigLockHolder *self)
{
  g_clear_pointer(&self->who, g_free);
  g_clear_pointer(&self->since, g_free);
}

void
dmig_database_free(DmigDatabase *self)
{
  if (self != NULL)
    self->driver->close(self);
}

gboolean
dmig_database_exec(DmigDatabase *self, const char *script, GError **error)
{
  return self->driver->exec(self, script, error);
}

void
dmig_database_cancel(DmigDatabase *self)
{
  self->cancelled = TRUE;
  self->driver->cancel(self);
}

gboolean
dmig_database_may_go_on(const DmigDatabase *self, GError **error)
{
  if (!self->cancelled)
    return TRUE;
  g_set_error_literal(error, DMIG_ERROR, DMIG_ERROR_FAILED, "stopped by a signal");
  return FALSE;
}

gboolean
dmig_database_query(DmigDatabase *self, DmigRows **out, GError **error, const char *sql, ...)
{
  g_autoptr(GPtrArray) parameters = g_ptr_array_new();
  va_list arguments;
  va_start(arguments, sql);
  for (const char *value = va_arg(arguments, const char *); value != NULL;
       value = va_arg(arguments, const char *))
    g_ptr_array_add(parameters, (gpointer) value);
  va_end(arguments);
  return self->driver->query(self, sql, (const char *const *) parameters->pdata, parameters->len,
                             out, error);
}

gboolean
dmig_database_inspect(DmigDatabase *self, DmigSchema **out, GError **error)
{
  return self->driver->inspect(self, out, error);
}

typedef struct {
  DmigDatabase *database;
  DmigSchema *schema;
  GError *problem;
} Inspection;

static gpointer
inspect_in_thread(gpointer data)
{
  Inspection *self = data;
  self->database->driver->inspect(self->database, &self->schema, &self->problem);
  return NULL;
}

gboolean
dmig_databases_inspect(DmigDatabase *a, DmigDatabase *b, DmigSchema **out_a, DmigSchema **out_b,
                       GError **error)
{
  Inspection beside = { .database = b };
  g_autoptr(DmigSchema) first = NULL;
  GThread *thread = g_thread_new("inspect", inspect_in_thread, &beside);
  gboolean good = a->driver->inspect(a, &first, error);
  g_thread_join(thread);
  if (good && beside.problem == NULL) {
    *out_a = g_steal_pointer(&first);
    *out_b = beside.schema;
    return TRUE;
  }
  g_clear_pointer(&beside.schema, dmig_schema_unref);
  if (good)
    g_propagate_error(error, beside.problem);
  else
    g_clear_error(&beside.problem);
  return FALSE;
}

char *
dmig_database_default_schema(DmigDatabase *self)
{
  char *own = self->driver->default_schema != NULL ? self->driver->default_schema(self) : NULL;
  return own != NULL ? own : g_strdup(self->dialect->default_schema);
}

gboolean
dmig_database_count(DmigDatabase *self, const char *sql, gint64 *out, GError **error)
{
  g_autoptr(DmigRows) rows = NULL;
  if (!self->driver->query(self, sql, NULL, 0, &rows, error))
    return FALSE;
  const char *text = rows->rows->len == 1 && rows->n_columns == 1 ? dmig_rows_get(rows, 0, 0)
                                                                   : NULL;
  if (text != NULL && g_ascii_string_to_signed(text, 10, G_MININT64, G_MAXINT64, out, NULL))
    return TRUE;
  g_set_error(error, DMIG_ERROR, DMIG_ERROR_FAILED,
              "a query must give one number, and gives %s (in: %s)",
              text != NULL ? text : "something else", sql);
  return FALSE;
}
