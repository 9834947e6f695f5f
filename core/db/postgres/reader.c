/* The frame of inspection: one message, one snapshot, and an empty search_path, so that what the
 * server prints says where each name comes from, and nobody's operator in a public schema is meant
 * where a query says `=`. */
#include <stdlib.h>
#include <string.h>

#include "core/db/postgres/connection.h"
#include "core/db/postgres/failure.h"
#include "core/db/postgres/inspect_objects.h"
#include "core/db/postgres/postgres_sql.h"
#include "core/db/postgres/reader.h"
#include "core/db/postgres/reader_sql.h"
#include "core/sql/lexer.h"
#include "core/sql/text.h"

G_DEFINE_AUTOPTR_CLEANUP_FUNC(PGresult, PQclear)

/* How often it is read where others are changing it, and how much longer each pause is. */
#define MOST_ATTEMPTS 12
#define PAUSE_MICROSECONDS (G_USEC_PER_SEC / 50)

/* --- cells --------------------------------------------------------------------------------- */

const char *
dmig_pg_cell(const PGresult *rows, int row, int column)
{
  return PQgetisnull(rows, row, column) ? NULL : PQgetvalue(rows, row, column);
}

gboolean
dmig_pg_cell_true(const PGresult *rows, int row, int column)
{
  return *PQgetvalue(rows, row, column) == 't';
}

guint32
dmig_pg_cell_oid(const PGresult *rows, int row, int column)
{
  return (guint32) strtoul(PQgetvalue(rows, row, column), NULL, 10);
}

/* --- names and texts ----------------------------------------------------------------------- */

static gboolean
is_shadowed(const DmigPgReader *self, const char *name)
{
  return self->shadowed != NULL && g_strv_contains((const char *const *) self->shadowed, name);
}

char *
dmig_pg_reader_path(const DmigPgReader *self, const char *schema, const char *name)
{
  gboolean plain = g_strcmp0(schema, self->default_schema) == 0 ? !is_shadowed(self, name)
                                                                 : strcmp(schema, "pg_catalog") == 0;
  return dmig_path_new(plain ? NULL : schema, name);
}

char *
dmig_pg_reader_text(const DmigPgReader *self, const char *sql)
{
  if (sql == NULL)
    return NULL;
  if (strstr(sql, self->default_schema) == NULL)
    return g_strdup(sql);
  g_autofree char *plain = dmig_sql_unqualify(sql, self->default_schema,
                                              (const char *const *) self->shadowed);
  return dmig_pg_unqualify_constants(plain, self->default_schema,
                                     (const char *const *) self->shadowed);
}

/* --- what was read ------------------------------------------------------------------------- */

typedef struct {
  guint64 key;
  DmigPgRegistered registered;
  const DmigTable *table; /* of a column whose texts are still to be made; else NULL */
  const DmigColumn *column;
} Registration;

static void
registration_free(gpointer data)
{
  Registration *self = data;
  g_free(self->registered.address);
  g_free(self->registered.what);
  g_free(self);
}

/* Oids of catalogues have at most 14 bits, numbers of columns 11. */
static guint64
registration_key(guint32 class_oid, guint32 oid, int sub)
{
  return ((guint64) class_oid << 48) | ((guint64) oid << 16) | (guint16) sub;
}

static guint
registration_hash(gconstpointer key)
{
  guint64 bits = *(const guint64 *) key * G_GUINT64_CONSTANT(0x9E3779B97F4A7C15);
  return (guint) (bits >> 32);
}

void
dmig_pg_reader_register(DmigPgReader *self, guint32 class_oid, guint32 oid, int sub,
                        const char *address, const char *what, GPtrArray **facets)
{
  Registration *registration = g_new0(Registration, 1);
  registration->key = registration_key(class_oid, oid, sub);
  registration->registered.address = g_strdup(address);
  registration->registered.what = g_strdup(what);
  registration->registered.facets = facets;
  g_hash_table_replace(self->registered, &registration->key, registration);
}

void
dmig_pg_reader_register_column(DmigPgReader *self, guint32 table_oid, int number,
                               const DmigTable *table, DmigColumn *column)
{
  Registration *registration = g_new0(Registration, 1);
  registration->key = registration_key(DMIG_PG_CLASS_CLASS, table_oid, number);
  registration->registered.facets = &column->facets;
  registration->table = table;
  registration->column = column;
  g_hash_table_replace(self->registered, &registration->key, registration);
}

static void
make_texts(const DmigPgReader *self, Registration *registration)
{
  const char *table = registration->table->name, *column = registration->column->name;
  registration->registered.address = dmig_address_new(DMIG_OBJECT_COLUMN, table, column);
  registration->registered.what
      = dmig_sql_printf(self->schema->dialect, "COLUMN %I.%I", table, column);
  registration->table = NULL;
}

const DmigPgRegistered *
dmig_pg_reader_registered(const DmigPgReader *self, guint32 class_oid, guint32 oid, int sub)
{
  guint64 key = registration_key(class_oid, oid, sub);
  Registration *registration = g_hash_table_lookup(self->registered, &key);
  if (registration != NULL && registration->table != NULL)
    make_texts(self, registration);
  return registration != NULL ? &registration->registered : NULL;
}

DmigObject *
dmig_pg_reader_add(DmigPgReader *self, DmigObject *object, guint32 class_oid, guint32 oid,
                   const char *what)
{
  g_autofree char *address = dmig_object_address(object);
  g_ptr_array_add(self->schema->objects, object);
  dmig_pg_reader_register(self, class_oid, oid, 0, address, what, &object->facets);
  return object;
}

/* --- the frame's own parts ----------------------------------------------------------------- */

static void
read_default_schema(DmigPgReader *self, const PGresult *rows)
{
  g_free(self->default_schema);
  self->default_schema = g_strdup(dmig_pg_cell(rows, 0, 0));
}

static void
ignore(DmigPgReader *self, const PGresult *rows)
{
}

static void
read_shadowed(DmigPgReader *self, const PGresult *rows)
{
  g_autoptr(GStrvBuilder) names = g_strv_builder_new();
  for (int i = 0; i < PQntuples(rows); i++)
    g_strv_builder_add(names, dmig_pg_cell(rows, i, 0));
  g_strfreev(self->shadowed);
  self->shadowed = g_strv_builder_end(names);
}

/* What an extension brought goes with it: whoever depends on it depends on the extension. */
static void
read_members(DmigPgReader *self, const PGresult *rows)
{
  for (int i = 0; i < PQntuples(rows); i++) {
    g_autofree char *address
        = dmig_address_new(DMIG_OBJECT_EXTENSION, dmig_pg_cell(rows, i, 2), NULL);
    dmig_pg_reader_register(self, dmig_pg_cell_oid(rows, i, 0), dmig_pg_cell_oid(rows, i, 1), 0,
                            address, NULL, NULL);
  }
}

static const DmigPgPart frame_parts[] = {
  /* There is none where the role may use none of its search_path. */
  { "SELECT pg_catalog.set_config('dmig.schema', coalesce(pg_catalog.current_schema(), 'public'), "
    "true);\n",
    read_default_schema },
  { "SELECT pg_catalog.set_config('search_path', '', true);\n", ignore },
  { dmig_pg_sql_secrets, ignore },
  { dmig_pg_sql_shadowed, read_shadowed },
  { dmig_pg_sql_members, read_members },
  { NULL, NULL },
};

static const DmigPgPart *const all_parts[] = {
  frame_parts,       dmig_pg_table_parts,  dmig_pg_object_parts,
  dmig_pg_rare_parts, dmig_pg_common_parts,
};

/* --- the message --------------------------------------------------------------------------- */

/* Where the text depends on the server's version, lines `-- if >= 150000`, `-- else` and `-- end`
 * stand around it. They do not nest. */
static void
append_for_version(GString *out, const char *sql, int version)
{
  static const char condition[] = "-- if >= ";
  gboolean taken = TRUE;
  while (*sql != '\0') {
    gsize length = strcspn(sql, "\n");
    if (sql[length] == '\n')
      length++;
    if (g_str_has_prefix(sql, condition))
      taken = version >= atoi(sql + strlen(condition));
    else if (g_str_has_prefix(sql, "-- else\n"))
      taken = !taken;
    else if (g_str_has_prefix(sql, "-- end\n"))
      taken = TRUE;
    else if (taken)
      g_string_append_len(out, sql, (gssize) length);
    sql += length;
  }
}

/* A server that keeps bytes of no encoding would refuse to send those that are no UTF-8. */
static gboolean
has_no_encoding(const DmigPg *pg)
{
  return g_strcmp0(PQparameterStatus(pg->conn, "server_encoding"), "SQL_ASCII") == 0;
}

static char *
all_queries(const DmigPg *pg)
{
  int version = PQserverVersion(pg->conn);
  GString *sql = g_string_new(pg->in_transaction
                                  ? "SAVEPOINT dmig_inspect;\n"
                                  : "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY;\n");
  g_string_append_printf(sql, "SET LOCAL dmig.owners = %s;\n", pg->base.with_owners ? "on" : "off");
  /* Columns of ten thousand tables are sorted in memory, and faster so than by workers; and to compile
   * the queries takes longer than to run them. */
  g_string_append(sql, "SET LOCAL work_mem = '64MB';\n"
                       "SET LOCAL jit = off;\n"
                       "SET LOCAL max_parallel_workers_per_gather = 0;\n");
  if (has_no_encoding(pg))
    g_string_append(sql, "SET LOCAL client_encoding = 'SQL_ASCII';\n");
  for (guint i = 0; i < G_N_ELEMENTS(all_parts); i++)
    for (const DmigPgPart *part = all_parts[i]; part->sql != NULL; part++)
      append_for_version(sql, part->sql, version);
  g_string_append(sql, pg->in_transaction
                           ? "ROLLBACK TO SAVEPOINT dmig_inspect;\nRELEASE SAVEPOINT "
                             "dmig_inspect;\n"
                           : "COMMIT;\n");
  return g_string_free(sql, FALSE);
}

/* --- texts that are none ------------------------------------------------------------------- */

/* The first cell of a row that is no valid UTF-8; -1: there is none. */
static int
invalid_cell(const PGresult *rows, int row)
{
  for (int column = 0; column < PQnfields(rows); column++)
    if (!g_utf8_validate(PQgetvalue(rows, row, column), -1, NULL))
      return column;
  return -1;
}

static void
report_invalid(DmigPgReader *self, const PGresult *rows, int row, int column)
{
  g_autofree char *readable = g_utf8_make_valid(PQgetvalue(rows, row, column), -1);
  for (guint i = 0; self->schema->problems != NULL && i < self->schema->problems->len; i++)
    if (strstr(self->schema->problems->pdata[i], readable) != NULL)
      return;
  dmig_schema_add_problem(self->schema,
                          "\"%s\" is not valid UTF-8 and was left out; rename it or convert the "
                          "database",
                          readable);
}

/* The rows that can be read. Takes `rows` over. */
static PGresult *
valid_rows(DmigPgReader *self, PGresult *rows)
{
  PGresult *valid = PQcopyResult(rows, PG_COPYRES_ATTRS);
  for (int i = 0; i < PQntuples(rows); i++) {
    int invalid = invalid_cell(rows, i), at = PQntuples(valid);
    if (invalid >= 0) {
      report_invalid(self, rows, i, invalid);
      continue;
    }
    for (int k = 0; k < PQnfields(rows); k++)
      if (PQgetisnull(rows, i, k))
        PQsetvalue(valid, at, k, NULL, -1);
      else
        PQsetvalue(valid, at, k, PQgetvalue(rows, i, k), PQgetlength(rows, i, k));
  }
  PQclear(rows);
  return valid;
}

/* --- the way through ----------------------------------------------------------------------- */

typedef struct {
  guint list;
  const DmigPgPart *part; /* NULL: all were read */
} Position;

static void
position_next(Position *self)
{
  if (self->part == NULL)
    self->part = all_parts[0];
  else
    self->part++;
  while (self->part->sql == NULL) {
    if (++self->list == G_N_ELEMENTS(all_parts)) {
      self->part = NULL;
      return;
    }
    self->part = all_parts[self->list];
  }
}

/* Results with rows come in the order of the parts. All are fetched, also after a failure. */
static PGresult *
read_results(const DmigPg *pg, DmigPgReader *reader)
{
  PGresult *failure = NULL;
  gboolean doubtful = has_no_encoding(pg);
  Position position = { 0, NULL };
  position_next(&position);
  for (PGresult *result = PQgetResult(pg->conn); result != NULL; result = PQgetResult(pg->conn)) {
    ExecStatusType status = PQresultStatus(result);
    if (status == PGRES_TUPLES_OK && position.part != NULL) {
      if (doubtful)
        result = valid_rows(reader, result);
      position.part->read(reader, result);
      position_next(&position);
    } else if (status != PGRES_COMMAND_OK && failure == NULL) {
      failure = g_steal_pointer(&result);
    }
    PQclear(result);
  }
  if (failure == NULL && position.part != NULL)
    failure = PQmakeEmptyPGresult(pg->conn, PGRES_FATAL_ERROR);
  return failure;
}

static void
reader_clear(DmigPgReader *self)
{
  g_free(self->default_schema);
  g_strfreev(self->shadowed);
  g_hash_table_unref(self->registered);
  g_hash_table_unref(self->tables);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(DmigPgReader, reader_clear)

/* Whether somebody changed what is there while it was read. The snapshot keeps the catalogues' rows as
 * they were, but the functions that print a definition look at them as they are: the message names what
 * is gone, or its number. */
static gboolean
was_disturbed(const PGresult *failure)
{
  /* internal_error: "cache lookup failed"; undefined schema, table, column, function, object */
  static const char *const states[] = { "XX000", "3F000", "42P01", "42703", "42883", "42704", NULL };
  const char *state = PQresultErrorField(failure, PG_DIAG_SQLSTATE);
  return state != NULL && g_strv_contains(states, state);
}

/* Who has locked a table: NULL, nobody that can be seen. */
static char *
locked_table(DmigPg *self)
{
  g_autoptr(DmigRows) rows = NULL;
  if (self->in_transaction
      || !dmig_pg_query(&self->base, dmig_pg_sql_locked_tables, NULL, 0, &rows, NULL)
      || rows->rows->len == 0)
    return NULL;
  return g_strdup_printf("table %s, which server process %s has locked", dmig_rows_get(rows, 0, 0),
                         dmig_rows_get(rows, 0, 1));
}

static void
set_failure(DmigPg *self, const PGresult *failure, GError **error)
{
  if (failure != NULL && dmig_pg_failure_code(failure) == DMIG_ERROR_LOCKED) {
    g_autofree char *table = locked_table(self);
    g_set_error(error, DMIG_ERROR, DMIG_ERROR_LOCKED,
                "can't read what stands on %s; try again when that is done",
                table != NULL ? table : "a table that another session has locked");
    return;
  }
  dmig_pg_set_failure(error, self->conn, failure, 0, "a query of the catalogues");
  if (was_disturbed(failure))
    g_prefix_error(error, "can't read %s, whose schema is being changed, or broken: ", self->base.name);
}

static void
take_back(DmigPg *self)
{
  if (self->in_transaction)
    PQclear(PQexec(self->conn, "ROLLBACK TO SAVEPOINT dmig_inspect; RELEASE SAVEPOINT dmig_inspect"));
  else
    dmig_pg_rollback(&self->base);
}

/* NULL, or why it failed; then everything is as it was before. */
static PGresult *
inspect_once(DmigPg *self, const char *sql, DmigSchema **out)
{
  if (!PQsendQuery(self->conn, sql))
    return PQmakeEmptyPGresult(self->conn, PGRES_FATAL_ERROR);
  g_autoptr(DmigSchema) schema = dmig_schema_new(self->base.dialect);
  g_auto(DmigPgReader) reader
      = { .schema = schema,
          .default_schema = g_strdup("public"),
          .registered
          = g_hash_table_new_full(registration_hash, g_int64_equal, NULL, registration_free),
          .tables = g_hash_table_new_full(NULL, NULL, NULL, dmig_pg_entry_free) };
  PGresult *failure = read_results(self, &reader);
  if (failure != NULL) {
    take_back(self);
    return failure;
  }
  dmig_pg_leave_out_default_schema(&reader);
  *out = g_steal_pointer(&schema);
  return NULL;
}

gboolean
dmig_pg_inspect(DmigDatabase *database, DmigSchema **out, GError **error)
{
  DmigPg *self = (DmigPg *) database;
  g_autofree char *sql = all_queries(self);
  for (guint attempt = 1;; attempt++) {
    g_autoptr(PGresult) failure = inspect_once(self, sql, out);
    if (failure == NULL)
      return TRUE;
    if (attempt == MOST_ATTEMPTS || !was_disturbed(failure)) {
      set_failure(self, failure, error);
      return FALSE;
    }
    g_usleep(attempt * PAUSE_MICROSECONDS);
  }
}
