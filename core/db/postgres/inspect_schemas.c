/* Schemas and extensions. */
#include "core/db/postgres/inspect_objects.h"

#include "core/db/postgres/object_sql.h"
#include "core/sql/text.h"

/* The default schema is always there: only what is set about it counts. */
void
dmig_pg_read_schemas(DmigPgReader *self, const PGresult *rows)
{
  const DmigDialect *dialect = self->schema->dialect;
  for (int i = 0; i < PQntuples(rows); i++) {
    const char *name = dmig_pg_cell(rows, i, 1);
    gboolean own = dmig_pg_cell_true(rows, i, 2);
    DmigObject *object = dmig_object_new(DMIG_OBJECT_SCHEMA, name, NULL);
    g_autofree char *what = dmig_sql_printf(dialect, "SCHEMA %I", name);
    object->create = own ? g_strdup("") : g_strdup_printf("CREATE %s;\n", what);
    object->drop = own ? g_strdup("") : g_strdup_printf("DROP %s;\n", what);
    dmig_pg_reader_add(self, object, DMIG_PG_CLASS_NAMESPACE, dmig_pg_cell_oid(rows, i, 0), what);
  }
}

/* Versions are left to the server, as pg_dump does: a database with another one is no other. */
void
dmig_pg_read_extensions(DmigPgReader *self, const PGresult *rows)
{
  const DmigDialect *dialect = self->schema->dialect;
  for (int i = 0; i < PQntuples(rows); i++) {
    const char *name = dmig_pg_cell(rows, i, 1), *schema = dmig_pg_cell(rows, i, 2);
    gboolean in_default = dmig_pg_cell_true(rows, i, 3), moves = dmig_pg_cell_true(rows, i, 4);
    DmigObject *object = dmig_object_new(DMIG_OBJECT_EXTENSION, name, NULL);
    g_autofree char *what = dmig_sql_printf(dialect, "EXTENSION %I", name);
    object->create = dmig_sql_printf(dialect, "CREATE %s WITH SCHEMA %I;\n", what, schema);
    object->drop = g_strdup_printf("DROP %s;\n", what);
    if (in_default || moves)
      object->core = g_strdup_printf("CREATE %s;\n", what);
    if (!in_default && moves)
      dmig_pg_add_facet(&object->facets, "schema", g_strdup(schema),
                        dmig_sql_printf(dialect, "ALTER %s SET SCHEMA %I;\n", what, schema),
                        dmig_sql_printf(dialect, "ALTER %s SET SCHEMA %I;\n", what,
                                        self->default_schema));
    if (!in_default)
      dmig_object_set_property(object, "schema", schema);
    dmig_pg_reader_add(self, object, DMIG_PG_CLASS_EXTENSION, dmig_pg_cell_oid(rows, i, 0), what);
  }
}
