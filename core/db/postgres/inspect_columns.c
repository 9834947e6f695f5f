/* Columns, with what can be set about them and the sequences of identities. */
#include <stdlib.h>
#include <string.h>

#include "core/db/postgres/identity.h"
#include "core/db/postgres/inspect_tables.h"
#include "core/db/postgres/inspected.h"
#include "core/db/postgres/postgres.h"
#include "core/sql/text.h"

#define DIALECT (&dmig_postgres_dialect)

/* Columns of columns.sql. */
enum {
  TABLE,
  NUMBER,
  NAME,
  TYPE,
  NOT_NULL,
  IDENTITY,
  GENERATED,
  EXPRESSION,
  COLLATION,
  COLLATION_SCHEMA,
  COMMENT,
  INHERITED,
  DECLARED,
  STORAGE,
  TYPE_STORAGE,
  COMPRESSION,
  STATISTICS,
  OPTIONS,
  SEQUENCE_START,
  SEQUENCE_INCREMENT,
  SEQUENCE_MIN,
  SEQUENCE_MAX,
  SEQUENCE_CACHE,
  SEQUENCE_CYCLE,
  SEQUENCE_TYPE,
  SEQUENCE_NAME,
  SEQUENCE_OID,
  SEQUENCE_COMMENT,
};

/* --- facets -------------------------------------------------------------------------------- */

/* `ALTER COLUMN c <clause>` sets it, `<reset>` takes it away. */
static void
add_facet(const DmigTable *table, DmigColumn *column, const char *name, const char *value,
          const char *clause, const char *reset_clause)
{
  g_autofree char *set = dmig_sql_printf(DIALECT, "ALTER TABLE ONLY %I ALTER COLUMN %I %s;\n",
                                         table->name, column->name, clause);
  g_autofree char *reset = dmig_sql_printf(DIALECT, "ALTER TABLE ONLY %I ALTER COLUMN %I %s;\n",
                                           table->name, column->name, reset_clause);
  dmig_facets_add(&column->facets, dmig_facet_new(name, value, set, reset));
}

static const char *
storage_word(char code)
{
  switch (code) {
  case 'p':
    return "plain";
  case 'e':
    return "external";
  case 'm':
    return "main";
  default:
    return "extended";
  }
}

static void
add_storage(const DmigTable *table, DmigColumn *column, const PGresult *rows, int row)
{
  if (dmig_pg_cell(rows, row, STORAGE) == NULL)
    return;
  const char *word = storage_word(*PQgetvalue(rows, row, STORAGE));
  g_autofree char *keyword = g_ascii_strup(word, -1);
  g_autofree char *usual
      = g_ascii_strup(storage_word(*PQgetvalue(rows, row, TYPE_STORAGE)), -1);
  g_autofree char *set = g_strconcat("SET STORAGE ", keyword, NULL);
  g_autofree char *reset = g_strconcat("SET STORAGE ", usual, NULL);
  add_facet(table, column, "storage", word, set, reset);
}

static void
add_options(const DmigTable *table, DmigColumn *column, const char *options)
{
  if (options == NULL)
    return;
  g_auto(GStrv) all = g_strsplit(options, "\x01", -1);
  for (guint i = 0; all[i] != NULL; i++) {
    char *equals = strchr(all[i], '=');
    if (equals == NULL)
      continue;
    *equals = '\0';
    g_autofree char *name = g_strconcat("with ", all[i], NULL);
    g_autofree char *set = g_strdup_printf("SET (%s = %s)", all[i], equals + 1);
    g_autofree char *reset = g_strdup_printf("RESET (%s)", all[i]);
    add_facet(table, column, name, equals + 1, set, reset);
  }
}

static void
add_facets(const DmigTable *table, DmigColumn *column, const PGresult *rows, int row)
{
  char compression = *PQgetvalue(rows, row, COMPRESSION);
  const char *statistics = dmig_pg_cell(rows, row, STATISTICS);
  add_storage(table, column, rows, row);
  if (compression != '\0') {
    const char *method = compression == 'l' ? "lz4" : "pglz";
    g_autofree char *set = g_strconcat("SET COMPRESSION ", method, NULL);
    add_facet(table, column, "compression", method, set, "SET COMPRESSION default");
  }
  if (statistics != NULL) {
    g_autofree char *set = g_strconcat("SET STATISTICS ", statistics, NULL);
    add_facet(table, column, "statistics", statistics, set, "SET STATISTICS -1");
  }
  add_options(table, column, dmig_pg_cell(rows, row, OPTIONS));
}

/* --- identity ------------------------------------------------------------------------------ */

static gint64
cell_number(const PGresult *rows, int row, int column)
{
  return g_ascii_strtoll(PQgetvalue(rows, row, column), NULL, 10);
}

static void
add_sequence_comment(const DmigTable *table, DmigColumn *column, const char *sequence,
                     const char *comment)
{
  if (comment == NULL)
    return;
  g_autofree char *path = dmig_path_sibling(table->name, sequence);
  g_autofree char *what = dmig_sql_printf(DIALECT, "SEQUENCE %I", path);
  DmigFacet *facet = dmig_facets_add(&column->facets, dmig_facet_new_comment(what, comment));
  g_free(facet->name);
  facet->name = g_strdup("sequence comment");
}

/* What a column has of its sequence: its name, where a rename left another than the server would
 * choose, and what is set about it. */
static void
read_sequence(DmigPgReader *self, const DmigTable *table, DmigColumn *column, const PGresult *rows,
              int row)
{
  const char *name = dmig_pg_cell(rows, row, SEQUENCE_NAME);
  if (name == NULL)
    return;
  DmigPgSequence sequence = {
    .type_oid = dmig_pg_cell_oid(rows, row, SEQUENCE_TYPE),
    .start = cell_number(rows, row, SEQUENCE_START),
    .increment = cell_number(rows, row, SEQUENCE_INCREMENT),
    .min = cell_number(rows, row, SEQUENCE_MIN),
    .max = cell_number(rows, row, SEQUENCE_MAX),
    .cache = cell_number(rows, row, SEQUENCE_CACHE),
    .cycle = dmig_pg_cell_true(rows, row, SEQUENCE_CYCLE),
  };
  column->identity_options = dmig_pg_sequence_options(&sequence);
  dmig_pg_add_sequence_name(table, column, name);
  add_sequence_comment(table, column, name, dmig_pg_cell(rows, row, SEQUENCE_COMMENT));

  g_autofree char *address = dmig_address_new(DMIG_OBJECT_COLUMN, table->name, column->name);
  dmig_pg_reader_register(self, DMIG_PG_CLASS_CLASS, dmig_pg_cell_oid(rows, row, SEQUENCE_OID), 0,
                          address, NULL, NULL);
}

/* --- columns ------------------------------------------------------------------------------- */

static DmigIdentity
identity_of(const PGresult *rows, int row)
{
  switch (*PQgetvalue(rows, row, IDENTITY)) {
  case 'a':
    return DMIG_IDENTITY_ALWAYS;
  case 'd':
    return DMIG_IDENTITY_BY_DEFAULT;
  default:
    return DMIG_IDENTITY_NONE;
  }
}

static DmigColumn *
read_column(DmigPgReader *self, const DmigTable *table, const PGresult *rows, int row)
{
  g_autofree char *type = dmig_pg_reader_text(self, dmig_pg_cell(rows, row, TYPE));
  g_autofree char *expression = dmig_pg_reader_text(self, dmig_pg_cell(rows, row, EXPRESSION));
  const char *collation = dmig_pg_cell(rows, row, COLLATION);
  char generated = *PQgetvalue(rows, row, GENERATED);
  DmigColumn *column = dmig_column_new(dmig_pg_cell(rows, row, NAME), type);
  column->not_null = dmig_pg_cell_true(rows, row, NOT_NULL);
  column->identity = identity_of(rows, row);
  column->inherited = dmig_pg_cell_true(rows, row, INHERITED);
  column->declared = column->inherited && dmig_pg_cell_true(rows, row, DECLARED);
  column->comment = g_strdup(dmig_pg_cell(rows, row, COMMENT));
  if (collation != NULL)
    column->collation
        = dmig_pg_reader_path(self, dmig_pg_cell(rows, row, COLLATION_SCHEMA), collation);
  if (generated != '\0') {
    column->generated = generated == 's' ? DMIG_GENERATED_STORED : DMIG_GENERATED_VIRTUAL;
    column->generated_sql = g_steal_pointer(&expression);
  } else if (expression != NULL && column->identity == DMIG_IDENTITY_NONE) {
    column->default_sql = dmig_pg_plain_default(expression, column->type);
  }
  add_facets(table, column, rows, row);
  return column;
}

void
dmig_pg_read_columns(DmigPgReader *self, const PGresult *rows)
{
  for (int i = 0; i < PQntuples(rows); i++) {
    DmigPgEntry *entry = dmig_pg_entry(self, rows, i, TABLE);
    if (entry == NULL)
      continue;
    DmigColumn *column = read_column(self, entry->table, rows, i);
    guint number = (guint) strtoul(PQgetvalue(rows, i, NUMBER), NULL, 10);
    g_ptr_array_add(entry->table->columns, column);
    if (entry->columns->len <= number)
      g_ptr_array_set_size(entry->columns, (gint) number + 1);
    entry->columns->pdata[number] = column->name;
    dmig_pg_reader_register_column(self, dmig_pg_cell_oid(rows, i, TABLE), (int) number,
                                   entry->table, column);
    if (column->identity != DMIG_IDENTITY_NONE)
      read_sequence(self, entry->table, column, rows, i);
  }
}
