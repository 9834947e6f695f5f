#include "core/db/postgres/alter.h"

#include "core/db/postgres/postgres.h"
#include "core/sql/text.h"

void
dmig_pg_alter_add(DmigPgAlter *self, char *clause_owned)
{
  if (self->clauses == NULL)
    self->clauses = g_ptr_array_new_with_free_func(g_free);
  g_ptr_array_add(self->clauses, clause_owned);
}

void
dmig_pg_alter_flush(DmigPgAlter *self)
{
  if (self->clauses == NULL || self->clauses->len == 0)
    return;
  const char *separator = self->clauses->len == 1 ? " " : "\n  ";
  dmig_sql_appendf(self->sql, &dmig_postgres_dialect, "ALTER TABLE %s%I", self->only ? "ONLY " : "",
                   self->table);
  for (guint i = 0; i < self->clauses->len; i++)
    g_string_append_printf(self->sql, "%s%s%s", i > 0 ? "," : "", separator,
                           (const char *) g_ptr_array_index(self->clauses, i));
  g_string_append(self->sql, ";\n");
  g_ptr_array_set_size(self->clauses, 0);
}

void
dmig_pg_alter_clear(DmigPgAlter *self)
{
  dmig_pg_alter_flush(self);
  g_clear_pointer(&self->clauses, g_ptr_array_unref);
}
