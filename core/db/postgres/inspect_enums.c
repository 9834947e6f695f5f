/* Enum types. */
#include "core/db/postgres/inspect_tables.h"
#include "core/db/postgres/postgres.h"
#include "core/sql/text.h"

static void
register_enum(DmigPgReader *self, DmigEnum *type, guint32 oid)
{
  g_autofree char *address = dmig_address_new(DMIG_OBJECT_ENUM, type->name, NULL);
  g_autofree char *what = dmig_sql_printf(&dmig_postgres_dialect, "TYPE %I", type->name);
  dmig_pg_reader_register(self, DMIG_PG_CLASS_TYPE, oid, 0, address, what, &type->facets);
}

void
dmig_pg_read_enums(DmigPgReader *self, const PGresult *rows)
{
  int n = PQntuples(rows);
  for (int i = 0; i < n;) {
    int first = i;
    guint32 oid = dmig_pg_cell_oid(rows, first, 0);
    g_autoptr(GStrvBuilder) builder = g_strv_builder_new();
    for (; i < n && dmig_pg_cell_oid(rows, i, 0) == oid; i++)
      if (dmig_pg_cell(rows, i, 4) != NULL)
        g_strv_builder_add(builder, dmig_pg_cell(rows, i, 4));
    if (dmig_pg_reader_registered(self, DMIG_PG_CLASS_TYPE, oid, 0) != NULL)
      continue;
    g_auto(GStrv) labels = g_strv_builder_end(builder);
    g_autofree char *path
        = dmig_pg_reader_path(self, dmig_pg_cell(rows, first, 1), dmig_pg_cell(rows, first, 2));
    DmigEnum *type = dmig_enum_new(path, (const char *const *) labels);
    type->comment = g_strdup(dmig_pg_cell(rows, first, 3));
    g_ptr_array_add(self->schema->enums, type);
    register_enum(self, type, oid);
  }
}
