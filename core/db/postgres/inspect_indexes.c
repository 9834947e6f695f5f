/* Indexes of tables. */
#include <stdlib.h>
#include <string.h>

#include "core/db/ddl.h"
#include "core/db/postgres/inspect_tables.h"
#include "core/db/postgres/postgres.h"
#include "core/db/postgres/reader_sql.h"
#include "core/sql/text.h"

#define DIALECT (&dmig_postgres_dialect)

/* Columns of indexes.sql. */
enum {
  TABLE,
  OID,
  NAME,
  UNIQUE,
  METHOD,
  CONDITION,
  INCLUDED,
  KEY,
  EXPRESSION,
  ORDER,
  COLLATION,
  COLLATION_SCHEMA,
  OPERATOR_CLASS,
  OPERATOR_CLASS_OPTIONS,
  STATISTICS,
  VALID,
  NULLS_NOT_DISTINCT,
  CLUSTERED,
  REPLICA,
  OPTIONS,
  PARENT_SCHEMA,
  PARENT_TABLE,
  PARENT_INDEX,
  RELKIND,
  NUMBER,
};

/* --- columns ------------------------------------------------------------------------------- */

/* `gist_trgm_ops(siglen='32')` */
static char *
operator_class_of(DmigPgReader *self, const PGresult *rows, int row)
{
  g_autofree char *name = dmig_pg_reader_text(self, dmig_pg_cell(rows, row, OPERATOR_CLASS));
  const char *options = dmig_pg_cell(rows, row, OPERATOR_CLASS_OPTIONS);
  if (name == NULL || options == NULL)
    return g_steal_pointer(&name);
  g_autoptr(GString) sql = g_string_new(name);
  g_auto(GStrv) all = g_strsplit(options, "\x01", -1);
  for (guint i = 0; all[i] != NULL; i++) {
    char *equals = strchr(all[i], '=');
    if (equals == NULL)
      continue;
    *equals = '\0';
    dmig_sql_appendf(sql, DIALECT, "%s%I = %S", i == 0 ? " (" : ", ", all[i], equals + 1);
  }
  g_string_append_c(sql, ')');
  return g_strdup(sql->str);
}

/* The server puts all but calls into parentheses. */
static char *
expression_of(DmigPgReader *self, const PGresult *rows, int row)
{
  char *expression = dmig_pg_reader_text(self, dmig_pg_cell(rows, row, EXPRESSION));
  gsize length = expression != NULL ? strlen(expression) : 0;
  if (length < 2 || *expression != '(' || dmig_pg_group_length(expression) != length)
    return expression;
  memmove(expression, expression + 1, length - 2);
  expression[length - 2] = '\0';
  return expression;
}

static DmigIndexElement *
read_element(DmigPgReader *self, const DmigPgEntry *entry, const PGresult *rows, int row)
{
  g_autofree char *expression = expression_of(self, rows, row);
  const char *column
      = expression == NULL ? dmig_pg_entry_column(entry, PQgetvalue(rows, row, KEY)) : NULL;
  DmigIndexElement *element = dmig_index_element_new(column, expression);
  const char *collation = dmig_pg_cell(rows, row, COLLATION);
  int bits = atoi(PQgetvalue(rows, row, ORDER));
  gboolean nulls_first = (bits & 2) != 0;
  element->descending = (bits & 1) != 0;
  if (element->descending != nulls_first)
    element->nulls = nulls_first ? -1 : 1;
  if (collation != NULL)
    element->collation
        = dmig_pg_reader_path(self, dmig_pg_cell(rows, row, COLLATION_SCHEMA), collation);
  element->operator_class = operator_class_of(self, rows, row);
  return element;
}

static void
add_statistics(const DmigTable *table, DmigIndex *index, const PGresult *rows, int row)
{
  const char *target = dmig_pg_cell(rows, row, STATISTICS);
  const char *number = PQgetvalue(rows, row, NUMBER);
  if (target == NULL)
    return;
  g_autofree char *path = dmig_path_sibling(table->name, index->name);
  g_autofree char *name = g_strconcat("statistics of column ", number, NULL);
  g_autofree char *set = dmig_sql_printf(
      DIALECT, "ALTER INDEX %I ALTER COLUMN %s SET STATISTICS %s;\n", path, number, target);
  g_autofree char *reset = dmig_sql_printf(
      DIALECT, "ALTER INDEX %I ALTER COLUMN %s SET STATISTICS -1;\n", path, number);
  dmig_facets_add(&index->facets, dmig_facet_new(name, target, set, reset));
}

static void
read_index_column(DmigPgReader *self, const DmigPgEntry *entry, DmigIndex *index,
                  GStrvBuilder *include, const PGresult *rows, int row)
{
  add_statistics(entry->table, index, rows, row);
  if (!dmig_pg_cell_true(rows, row, INCLUDED)) {
    g_ptr_array_add(index->elements, read_element(self, entry, rows, row));
    return;
  }
  const char *column = dmig_pg_entry_column(entry, PQgetvalue(rows, row, KEY));
  if (column != NULL)
    g_strv_builder_add(include, column);
}

/* --- indexes ------------------------------------------------------------------------------- */

static void
read_role(DmigPgReader *self, DmigPgEntry *entry, DmigIndex *index, const char *address,
          const PGresult *rows, int row)
{
  DmigPgIndexRole role = {
    .name = index->name,
    .clustered = dmig_pg_cell_true(rows, row, CLUSTERED),
    .replica = dmig_pg_cell_true(rows, row, REPLICA),
    .parent_schema = dmig_pg_cell(rows, row, PARENT_SCHEMA),
    .parent_table = dmig_pg_cell(rows, row, PARENT_TABLE),
    .parent_name = dmig_pg_cell(rows, row, PARENT_INDEX),
  };
  dmig_pg_add_index_role(self, entry, &role, address, &index->facets);
}

static gboolean
is_partitioned(const PGresult *rows, int row)
{
  return *PQgetvalue(rows, row, RELKIND) == 'I';
}

/* An index of a partitioned table is invalid until each partition has one; any other was left behind
 * by a failed build. */
static void
check_valid(DmigPgReader *self, const DmigTable *table, DmigIndex *index, const PGresult *rows,
            int row)
{
  if (dmig_pg_cell_true(rows, row, VALID) || is_partitioned(rows, row))
    return;
  index->invalid = TRUE;
  g_autofree char *path = dmig_path_sibling(table->name, index->name);
  g_autofree char *name = dmig_path_text(path);
  dmig_schema_add_problem(self->schema,
                          "index %s is invalid: a build of it failed; make it again with REINDEX",
                          name);
}

/* Where the fields can't say all. */
static char *
definition_of(const DmigIndex *index, const PGresult *rows, int row)
{
  gboolean distinct = !dmig_pg_cell_true(rows, row, NULLS_NOT_DISTINCT);
  const char *options = is_partitioned(rows, row) ? dmig_pg_cell(rows, row, OPTIONS) : NULL;
  if (distinct && options == NULL)
    return NULL;
  g_autofree char *with = dmig_pg_options_clause(options);
  GString *body = g_string_new(NULL);
  dmig_ddl_index_body(body, DIALECT, index);
  g_string_append_printf(body, "%s%s", distinct ? "" : " NULLS NOT DISTINCT", with);
  return g_string_free(body, FALSE);
}

/* The index whose rows begin at `first`, which has at least one column. */
static DmigIndex *
read_index(DmigPgReader *self, DmigPgEntry *entry, const PGresult *rows, int first, int end)
{
  DmigIndex *index = dmig_index_new(dmig_pg_cell(rows, first, NAME));
  g_autofree char *path = dmig_path_sibling(entry->table->name, index->name);
  g_autofree char *what = dmig_sql_printf(DIALECT, "INDEX %I", path);
  index->unique = dmig_pg_cell_true(rows, first, UNIQUE);
  index->method = g_strdup(dmig_pg_cell(rows, first, METHOD));
  index->where_sql = dmig_pg_reader_text(self, dmig_pg_cell(rows, first, CONDITION));
  g_autoptr(GStrvBuilder) include = g_strv_builder_new();
  for (int i = first; i < end; i++)
    read_index_column(self, entry, index, include, rows, i);
  g_strfreev(index->include);
  index->include = g_strv_builder_end(include);
  index->definition = definition_of(index, rows, first);
  if (!is_partitioned(rows, first))
    dmig_pg_add_table_options(&index->facets, what, "", dmig_pg_cell(rows, first, OPTIONS), TRUE);
  check_valid(self, entry->table, index, rows, first);
  return index;
}

void
dmig_pg_read_indexes(DmigPgReader *self, const PGresult *rows)
{
  int n = PQntuples(rows);
  for (int i = 0, end; i < n; i = end) {
    DmigPgEntry *entry = dmig_pg_entry(self, rows, i, TABLE);
    guint32 oid = dmig_pg_cell_oid(rows, i, OID);
    for (end = i; end < n && dmig_pg_cell_oid(rows, end, OID) == oid; end++)
      continue;
    if (entry == NULL)
      continue;
    DmigIndex *index = read_index(self, entry, rows, i, end);
    g_autofree char *address
        = dmig_address_new(DMIG_OBJECT_INDEX, entry->table->name, index->name);
    g_autofree char *path = dmig_path_sibling(entry->table->name, index->name);
    g_autofree char *what = dmig_sql_printf(DIALECT, "INDEX %I", path);
    g_ptr_array_add(entry->table->indexes, index);
    dmig_pg_reader_register(self, DMIG_PG_CLASS_CLASS, oid, 0, address, what, &index->facets);
    read_role(self, entry, index, address, rows, i);
  }
}
