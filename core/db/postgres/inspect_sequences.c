/* Sequences, free ones and those that belong to a column. */
#include "core/db/postgres/inspect_objects.h"
#include "core/db/postgres/object_sql.h"
#include "core/schema/sequence.h"
#include "core/sql/text.h"

static void
read_column(DmigPgReader *self, DmigObject *object, const PGresult *rows, int row)
{
  const DmigDialect *dialect = self->schema->dialect;
  const char *column = dmig_pg_cell(rows, row, 13);
  if (column == NULL)
    return;
  g_autofree char *table = dmig_pg_cell_path(self, rows, row, 11);
  g_autofree char *address = dmig_address_new(DMIG_OBJECT_COLUMN, table, column);
  DmigFacet *facet = dmig_pg_add_facet(
      &object->facets, "owned by", dmig_sql_printf(dialect, "%I.%I", table, column),
      dmig_sql_printf(dialect, "ALTER SEQUENCE %I OWNED BY %I.%I;\n", object->path, table, column),
      dmig_sql_printf(dialect, "ALTER SEQUENCE %I OWNED BY NONE;\n", object->path));
  facet->created = FALSE;
  facet->late = TRUE;
  facet->replaces = TRUE; /* it would go with the column that it leaves */
  dmig_facet_add_need(facet, g_strdup(address));
  dmig_object_set_property(object, "owned_by", address);
}

static void
read_logged(DmigPgReader *self, DmigObject *object)
{
  const DmigDialect *dialect = self->schema->dialect;
  dmig_pg_add_facet(&object->facets, "logged", g_strdup("unlogged"),
                    dmig_sql_printf(dialect, "ALTER SEQUENCE %I SET UNLOGGED;\n", object->path),
                    dmig_sql_printf(dialect, "ALTER SEQUENCE %I SET LOGGED;\n", object->path));
  dmig_object_set_property(object, "unlogged", "true");
}

void
dmig_pg_read_sequences(DmigPgReader *self, const PGresult *rows)
{
  const DmigDialect *dialect = self->schema->dialect;
  for (int i = 0; i < PQntuples(rows); i++) {
    g_autofree char *path = dmig_pg_cell_path(self, rows, i, 1);
    g_autofree char *what = dmig_sql_printf(dialect, "SEQUENCE %I", path);
    gboolean unlogged = dmig_pg_cell_true(rows, i, 3);
    DmigSequenceOptions options = { dmig_pg_cell(rows, i, 4), dmig_pg_cell(rows, i, 5),
                                    dmig_pg_cell(rows, i, 6), dmig_pg_cell(rows, i, 7),
                                    dmig_pg_cell(rows, i, 8), dmig_pg_cell(rows, i, 9),
                                    dmig_pg_cell_true(rows, i, 10) };
    DmigObject *object = dmig_object_new(DMIG_OBJECT_SEQUENCE, path, NULL);
    g_autoptr(GString) create = g_string_new(NULL);
    g_string_append_printf(create, "CREATE %s%s", unlogged ? "UNLOGGED " : "", what);
    dmig_sequence_add_options(dialect, object, &options, create);
    if (unlogged)
      read_logged(self, object);
    read_column(self, object, rows, i);
    object->create = g_strconcat(create->str, ";\n", NULL);
    object->core = g_strdup_printf("CREATE %s;\n", what);
    object->drop = g_strdup_printf("DROP %s;\n", what);
    dmig_pg_reader_add(self, object, DMIG_PG_CLASS_CLASS, dmig_pg_cell_oid(rows, i, 0), what);
  }
}
