/* Schemas and extensions. */
#include <string.h>

#include "core/db/postgres/inspect_objects.h"

#include "core/db/postgres/object_sql.h"
#include "core/sql/text.h"

/* Whether a schema is the default one, here or there, is no difference of its own. */
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
    object->core = own ? g_strdup_printf("CREATE %s;\n", what) : NULL;
    dmig_pg_reader_add(self, object, DMIG_PG_CLASS_NAMESPACE, dmig_pg_cell_oid(rows, i, 0), what);
  }
}

/* The default schema is always there, and called otherwise elsewhere: only what is set about it counts.
 * That of every new database is told, so that what it usually has can be taken from it. */
void
dmig_pg_leave_out_default_schema(DmigPgReader *self)
{
  for (guint i = 0; i < self->schema->objects->len; i++) {
    const DmigObject *object = self->schema->objects->pdata[i];
    if (object->kind == DMIG_OBJECT_SCHEMA && strcmp(object->path, self->default_schema) == 0
        && strcmp(object->path, self->schema->dialect->default_schema) != 0
        && (object->facets == NULL || object->facets->len == 0)) {
      g_ptr_array_remove_index(self->schema->objects, i);
      return;
    }
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
