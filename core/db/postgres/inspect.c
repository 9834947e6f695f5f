/* From the catalogues to a Schema. The queries stand in sql/; all of them go to the server in one
 * message, and see one snapshot. */
#include <stdlib.h>
#include <string.h>

#include "core/db/postgres/connection.h"
#include "core/db/postgres/failure.h"
#include "core/db/postgres/inspected.h"
#include "core/db/postgres/postgres.h"
#include "core/db/postgres/postgres_sql.h"

G_DEFINE_AUTOPTR_CLEANUP_FUNC(PGresult, PQclear)

/* A table while it is read: catalogues name columns by number. */
typedef struct {
  DmigTable *table;
  GPtrArray *columns; /* names by number, from 1; borrowed, NULL for dropped ones */
} Entry;

static void
entry_free(gpointer data)
{
  Entry *self = data;
  g_ptr_array_unref(self->columns);
  g_free(self);
}

typedef struct {
  DmigSchema *schema;
  GHashTable *entries; /* oid -> Entry */
} Reader;

static const char *
get(const PGresult *rows, int row, int column)
{
  return PQgetisnull(rows, row, column) ? NULL : PQgetvalue(rows, row, column);
}

static gboolean
get_boolean(const PGresult *rows, int row, int column)
{
  return *PQgetvalue(rows, row, column) == 't';
}

static Entry *
get_entry(Reader *self, const PGresult *rows, int row, int column)
{
  const char *oid = get(rows, row, column);
  return oid != NULL
             ? g_hash_table_lookup(self->entries, GUINT_TO_POINTER((guint) strtoul(oid, NULL, 10)))
             : NULL;
}

static const char *
column_name(const Entry *self, const char *number)
{
  long n = strtol(number, NULL, 10);
  return n > 0 && n < (long)self->columns->len ? g_ptr_array_index(self->columns, n) : NULL;
}

/* The names for `{1,3}`. */
static char **
column_names(const Entry *self, const char *numbers)
{
  g_autoptr(GStrvBuilder) names = g_strv_builder_new();
  for (const char *p = numbers; p != NULL && *p != '}' && *p != '\0';) {
    p++; /* the brace or the comma */
    const char *name = column_name(self, p);
    if (name != NULL)
      g_strv_builder_add(names, name);
    p += strcspn(p, ",}");
  }
  return g_strv_builder_end(names);
}

/* --- tables and columns -------------------------------------------------------------------- */

static void
read_tables(Reader *self, const PGresult *rows)
{
  for (int i = 0; i < PQntuples(rows); i++) {
    Entry *entry = g_new0(Entry, 1);
    entry->table = dmig_table_new(get(rows, i, 1));
    entry->table->comment = g_strdup(get(rows, i, 2));
    entry->columns = g_ptr_array_new();
    g_ptr_array_add(self->schema->tables, entry->table);
    g_hash_table_insert(self->entries, GUINT_TO_POINTER((guint) strtoul(get(rows, i, 0), NULL, 10)),
                        entry);
  }
}

static DmigIdentity
identity_of(const PGresult *rows, int row)
{
  switch (*PQgetvalue(rows, row, 5)) {
  case 'a':
    return DMIG_IDENTITY_ALWAYS;
  case 'd':
    return DMIG_IDENTITY_BY_DEFAULT;
  default:
    /* A serial column numbers rows just as an identity does that takes values too. */
    return get_boolean(rows, row, 10) ? DMIG_IDENTITY_BY_DEFAULT : DMIG_IDENTITY_NONE;
  }
}

static DmigColumn *
read_column(const PGresult *rows, int row)
{
  DmigColumn *column = dmig_column_new(get(rows, row, 2), get(rows, row, 3));
  const char *expression = get(rows, row, 7);
  char generated = *PQgetvalue(rows, row, 6);
  column->not_null = get_boolean(rows, row, 4);
  column->identity = identity_of(rows, row);
  column->collation = g_strdup(get(rows, row, 8));
  column->comment = g_strdup(get(rows, row, 9));
  if (generated != '\0') {
    column->generated = generated == 's' ? DMIG_GENERATED_STORED : DMIG_GENERATED_VIRTUAL;
    column->generated_sql = g_strdup(expression);
  } else if (expression != NULL && column->identity == DMIG_IDENTITY_NONE) {
    column->default_sql = dmig_pg_plain_default(expression, column->type);
  }
  return column;
}

static void
read_columns(Reader *self, const PGresult *rows)
{
  for (int i = 0; i < PQntuples(rows); i++) {
    Entry *entry = get_entry(self, rows, i, 0);
    if (entry == NULL)
      continue;
    DmigColumn *column = read_column(rows, i);
    guint number = (guint) strtoul(get(rows, i, 1), NULL, 10);
    g_ptr_array_add(entry->table->columns, column);
    if (entry->columns->len <= number)
      g_ptr_array_set_size(entry->columns, (gint)number + 1);
    entry->columns->pdata[number] = column->name;
  }
}

/* --- constraints --------------------------------------------------------------------------- */

static DmigConstraintKind
constraint_kind(char type)
{
  switch (type) {
  case 'p':
    return DMIG_CONSTRAINT_PRIMARY_KEY;
  case 'u':
    return DMIG_CONSTRAINT_UNIQUE;
  case 'f':
    return DMIG_CONSTRAINT_FOREIGN_KEY;
  default:
    return DMIG_CONSTRAINT_CHECK;
  }
}

static DmigAction
action_of(char code)
{
  switch (code) {
  case 'r':
    return DMIG_ACTION_RESTRICT;
  case 'c':
    return DMIG_ACTION_CASCADE;
  case 'n':
    return DMIG_ACTION_SET_NULL;
  case 'd':
    return DMIG_ACTION_SET_DEFAULT;
  default:
    return DMIG_ACTION_NO_ACTION;
  }
}

static void
replace_names(char ***place, char **names_owned)
{
  g_strfreev(*place);
  *place = names_owned;
}

static void
read_reference(Reader *self, DmigConstraint *constraint, const PGresult *rows, int row)
{
  Entry *target = get_entry(self, rows, row, 6);
  const char *elsewhere = get(rows, row, 11), *names = get(rows, row, 12);
  constraint->on_delete = action_of(*PQgetvalue(rows, row, 8));
  constraint->on_update = action_of(*PQgetvalue(rows, row, 9));
  if (target != NULL) {
    constraint->ref_table = g_strdup(target->table->name);
    replace_names(&constraint->ref_columns, column_names(target, get(rows, row, 7)));
  } else if (elsewhere != NULL) {
    constraint->ref_table = g_strdup(elsewhere);
    replace_names(&constraint->ref_columns, g_strsplit(names, "\x01", -1));
  }
}

static void
read_constraints(Reader *self, const PGresult *rows)
{
  for (int i = 0; i < PQntuples(rows); i++) {
    Entry *entry = get_entry(self, rows, i, 0);
    if (entry == NULL)
      continue;
    DmigConstraintKind kind = constraint_kind(*PQgetvalue(rows, i, 1));
    DmigConstraint *constraint = dmig_constraint_new(kind, get(rows, i, 2));
    if (get_boolean(rows, i, 3))
      constraint->deferrable = get_boolean(rows, i, 4) ? DMIG_INITIALLY_DEFERRED : DMIG_DEFERRABLE;
    if (kind == DMIG_CONSTRAINT_CHECK)
      constraint->check_sql = g_strdup(get(rows, i, 10));
    else
      replace_names(&constraint->columns, column_names(entry, get(rows, i, 5)));
    if (kind == DMIG_CONSTRAINT_FOREIGN_KEY)
      read_reference(self, constraint, rows, i);
    if (kind == DMIG_CONSTRAINT_FOREIGN_KEY && constraint->ref_table == NULL)
      dmig_constraint_free(constraint); /* to a table of an extension, say */
    else
      g_ptr_array_add(entry->table->constraints, constraint);
  }
}

/* --- indexes ------------------------------------------------------------------------------- */

static DmigIndexElement *
read_element(const Entry *entry, const PGresult *rows, int row)
{
  const char *expression = get(rows, row, 8);
  const char *column = expression == NULL ? column_name(entry, get(rows, row, 7)) : NULL;
  DmigIndexElement *element = dmig_index_element_new(column, expression);
  const char *option = get(rows, row, 9);
  long bits = option != NULL ? strtol(option, NULL, 10) : 0;
  gboolean nulls_first = (bits & 2) != 0;
  element->descending = (bits & 1) != 0;
  if (element->descending != nulls_first)
    element->nulls = nulls_first ? -1 : 1;
  element->collation = g_strdup(get(rows, row, 10));
  element->operator_class = g_strdup(get(rows, row, 11));
  return element;
}

static void
read_index_column(const Entry *entry, DmigIndex *index, GStrvBuilder *include, const PGresult *rows,
                  int row)
{
  if (!get_boolean(rows, row, 6)) {
    g_ptr_array_add(index->elements, read_element(entry, rows, row));
    return;
  }
  const char *column = column_name(entry, get(rows, row, 7));
  if (column != NULL)
    g_strv_builder_add(include, column);
}

static void
read_indexes(Reader *self, const PGresult *rows)
{
  int n = PQntuples(rows);
  for (int i = 0; i < n;) {
    Entry *entry = get_entry(self, rows, i, 0);
    const char *table = get(rows, i, 0), *name = get(rows, i, 1);
    DmigIndex *index = dmig_index_new(name);
    index->unique = get_boolean(rows, i, 2);
    index->method = g_strdup(get(rows, i, 3));
    index->where_sql = g_strdup(get(rows, i, 4));
    index->comment = g_strdup(get(rows, i, 5));
    g_autoptr(GStrvBuilder) include = g_strv_builder_new();
    for (; i < n && g_str_equal(get(rows, i, 0), table) && g_str_equal(get(rows, i, 1), name); i++)
      if (entry != NULL)
        read_index_column(entry, index, include, rows, i);
    replace_names(&index->include, g_strv_builder_end(include));
    if (entry != NULL)
      g_ptr_array_add(entry->table->indexes, index);
    else
      dmig_index_free(index);
  }
}

/* --- enums and views ----------------------------------------------------------------------- */

static void
read_enums(Reader *self, const PGresult *rows)
{
  int n = PQntuples(rows);
  for (int i = 0; i < n;) {
    const char *name = get(rows, i, 0), *comment = get(rows, i, 1);
    g_autoptr(GStrvBuilder) builder = g_strv_builder_new();
    for (; i < n && g_str_equal(get(rows, i, 0), name); i++)
      if (get(rows, i, 2) != NULL)
        g_strv_builder_add(builder, get(rows, i, 2));
    g_auto(GStrv) labels = g_strv_builder_end(builder);
    DmigEnum *type = dmig_enum_new(name, (const char *const *)labels);
    type->comment = g_strdup(comment);
    g_ptr_array_add(self->schema->enums, type);
  }
}

static void
read_views(Reader *self, const PGresult *rows)
{
  for (int i = 0; i < PQntuples(rows); i++) {
    const char *definition = get(rows, i, 1);
    g_autofree char *sql = g_strstrip(g_strdup(definition != NULL ? definition : ""));
    if (g_str_has_suffix(sql, ";"))
      sql[strlen(sql) - 1] = '\0';
    DmigObject *view = dmig_object_new_view(self->schema->dialect, get(rows, i, 0), sql);
    g_ptr_array_add(self->schema->objects, view);
  }
}

/* --- the way through ----------------------------------------------------------------------- */

typedef void (*ReadFunc)(Reader *self, const PGresult *rows);

static const struct {
  const char *sql;
  ReadFunc read;
} parts[] = {
  { dmig_pg_sql_tables, read_tables },
  { dmig_pg_sql_columns, read_columns },
  { dmig_pg_sql_constraints, read_constraints },
  { dmig_pg_sql_indexes, read_indexes },
  { dmig_pg_sql_enums, read_enums },
  { dmig_pg_sql_views, read_views },
};

static char *
all_queries(gboolean in_transaction)
{
  GString *sql = g_string_new(NULL);
  if (!in_transaction)
    g_string_append(sql, "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY;\n");
  for (guint i = 0; i < G_N_ELEMENTS(parts); i++)
    g_string_append(sql, parts[i].sql);
  if (!in_transaction)
    g_string_append(sql, "COMMIT;\n");
  return g_string_free(sql, FALSE);
}

/* Results with rows come in the order of `parts`. All are fetched, also after a failure. */
static PGresult *
read_results(DmigPg *pg, Reader *reader)
{
  PGresult *failure = NULL;
  guint part = 0;
  for (PGresult *result = PQgetResult(pg->conn); result != NULL; result = PQgetResult(pg->conn)) {
    ExecStatusType status = PQresultStatus(result);
    if (status == PGRES_TUPLES_OK && part < G_N_ELEMENTS(parts))
      parts[part++].read(reader, result);
    else if (status != PGRES_COMMAND_OK && failure == NULL)
      failure = g_steal_pointer(&result);
    PQclear(result);
  }
  if (failure == NULL && part < G_N_ELEMENTS(parts))
    failure = PQmakeEmptyPGresult(pg->conn, PGRES_FATAL_ERROR);
  return failure;
}

gboolean
dmig_pg_inspect(DmigDatabase *database, DmigSchema **out, GError **error)
{
  DmigPg *self = (DmigPg *) database;
  g_autofree char *sql = all_queries(self->in_transaction);
  if (!PQsendQuery(self->conn, sql)) {
    dmig_pg_set_failure(error, self->conn, NULL, 0, "");
    return FALSE;
  }
  g_autoptr(DmigSchema) schema = dmig_schema_new(database->dialect);
  g_autoptr(GHashTable) entries = g_hash_table_new_full(NULL, NULL, NULL, entry_free);
  Reader reader = { schema, entries };
  g_autoptr(PGresult) failure = read_results(self, &reader);
  if (failure != NULL) {
    dmig_pg_set_failure(error, self->conn, failure, 0, "a query of the catalogues");
    if (!self->in_transaction)
      dmig_pg_rollback(database);
    return FALSE;
  }
  *out = g_steal_pointer(&schema);
  return TRUE;
}
