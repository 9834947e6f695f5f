/* Kinds of objects that few databases have. Their queries spell them; see inspect_rows.h. */
#include "core/db/postgres/inspect_rows.h"
#include "core/db/postgres/postgres_sql.h"
#include "core/sql/text.h"

/* Whoever hangs on a part of a foreign table hangs on the table. */
static void
read_foreign_table_parts(DmigPgReader *self, const PGresult *rows)
{
  for (int i = 0; i < PQntuples(rows); i++) {
    const DmigPgRegistered *table = dmig_pg_reader_registered(self, dmig_pg_cell_oid(rows, i, 2),
                                                              dmig_pg_cell_oid(rows, i, 3), 0);
    if (table != NULL)
      dmig_pg_reader_register(self, dmig_pg_cell_oid(rows, i, 0), dmig_pg_cell_oid(rows, i, 1), 0,
                              table->address, NULL, NULL);
  }
}

static void
read_left_out(DmigPgReader *self, const PGresult *rows)
{
  for (int i = 0; i < PQntuples(rows); i++)
    dmig_schema_add_problem(self->schema, "%s", dmig_pg_cell(rows, i, 0));
}

static void
read_security_labels(DmigPgReader *self, const PGresult *rows)
{
  for (int i = 0; i < PQntuples(rows); i++) {
    const DmigPgRegistered *of = dmig_pg_reader_registered(self, dmig_pg_cell_oid(rows, i, 0),
                                                           dmig_pg_cell_oid(rows, i, 1),
                                                           (int) dmig_pg_cell_oid(rows, i, 2));
    if (of == NULL || of->what == NULL || of->facets == NULL)
      continue;
    const DmigDialect *dialect = self->schema->dialect;
    const char *provider = dmig_pg_cell(rows, i, 3), *label = dmig_pg_cell(rows, i, 4);
    g_autofree char *name = g_strconcat("security label of ", provider, NULL);
    g_autofree char *set = dmig_sql_printf(dialect, "SECURITY LABEL FOR %I ON %s IS %S;\n", provider,
                                           of->what, label);
    g_autofree char *reset = dmig_sql_printf(dialect, "SECURITY LABEL FOR %I ON %s IS NULL;\n",
                                             provider, of->what);
    dmig_facets_add(of->facets, dmig_facet_new(name, label, set, reset));
  }
}

/* Operators before the families that have them, dictionaries before configurations. */
const DmigPgPart dmig_pg_rare_parts[] = {
  { dmig_pg_sql_languages, dmig_pg_read_objects },
  { dmig_pg_sql_operators, dmig_pg_read_objects },
  { dmig_pg_sql_operator_facets, dmig_pg_read_facets },
  { dmig_pg_sql_text_search, dmig_pg_read_objects },
  { dmig_pg_sql_text_search_facets, dmig_pg_read_facets },
  { dmig_pg_sql_foreign, dmig_pg_read_objects },
  { dmig_pg_sql_foreign_facets, dmig_pg_read_facets },
  { dmig_pg_sql_foreign_tables, dmig_pg_read_objects },
  { dmig_pg_sql_foreign_table_parts, read_foreign_table_parts },
  { dmig_pg_sql_foreign_table_facets, dmig_pg_read_facets },
  { dmig_pg_sql_publications, dmig_pg_read_objects },
  { dmig_pg_sql_publication_facets, dmig_pg_read_facets },
  { dmig_pg_sql_default_privileges, dmig_pg_read_objects },
  { dmig_pg_sql_left_out, read_left_out },
  { dmig_pg_sql_security_labels, read_security_labels },
  { NULL, NULL },
};
