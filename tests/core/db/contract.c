/* What every driver must do, run over each of them: `contract sqlite`, `contract postgresql`. The
 * SQL in here is the one that they share. */
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "core/db/ddl.h"
#include "core/domain/type.h"
#include "core/plan/plan.h"
#include "core/sql/text.h"
#include "tests/core/db/backend.h"

static const Backend *const backends[] = { &sqlite_backend, &postgres_backend };

#define SKIPPED 77 /* meson's word for it */

static const Backend *backend;
static char *url;
static DmigDatabase *db, *other;
static DmigSchema *wanted, *found, *beside;
static DmigRows *rows;
static GError *error;
static char *text;
static pid_t child;

static int
setup(void **state)
{
  url = backend->create();
  return backend->driver->open(url, 0, &db, &error) ? 0 : -1;
}

static int
teardown(void **state)
{
  if (child > 0) {
    kill(child, SIGKILL);
    waitpid(child, NULL, 0);
    child = 0;
  }
  g_clear_pointer(&rows, dmig_rows_free);
  g_clear_pointer(&wanted, dmig_schema_unref);
  g_clear_pointer(&found, dmig_schema_unref);
  g_clear_pointer(&beside, dmig_schema_unref);
  g_clear_pointer(&other, dmig_database_free);
  g_clear_pointer(&db, dmig_database_free);
  g_clear_pointer(&text, g_free);
  g_clear_error(&error);
  backend->drop(url);
  g_clear_pointer(&url, g_free);
  return 0;
}

static void
assert_done(gboolean done)
{
  if (!done)
    fail_msg("%s", error != NULL ? error->message : "failed without an error");
  assert_null(error);
}

static void
assert_failed(gboolean done, DmigErrorCode code, const char *message_part)
{
  assert_false(done);
  assert_non_null(error);
  assert_true(error->domain == DMIG_ERROR);
  if (error->code != (int) code || strstr(error->message, message_part) == NULL)
    fail_msg("code %d, not %d, or no '%s' in: %s", error->code, code, message_part,
             error->message);
  assert_null(strchr(error->message, '\n'));
  g_clear_error(&error);
}

static void
exec(const char *sql)
{
  assert_done(dmig_database_exec(db, sql, &error));
}

static gint64
count(DmigDatabase *database, const char *sql)
{
  gint64 n = -1;
  assert_done(dmig_database_count(database, sql, &n, &error));
  return n;
}

/* The one value that `sql` gives, in `text`. */
static const char *
value(const char *sql, const char *parameter)
{
  g_clear_pointer(&rows, dmig_rows_free);
  assert_done(dmig_database_query(db, &rows, &error, sql, parameter, NULL));
  assert_int_equal(rows->rows->len, 1);
  return dmig_rows_get(rows, 0, 0);
}

/* --- statements ------------------------------------------------------------------------------- */

static void
test_names_itself(void **state)
{
  assert_true(strlen(db->driver->database_name(db)) > 0);
  assert_true(g_ascii_isdigit(*(strchr(db->driver->version(db), ' ') + 1)));
  assert_ptr_equal(db->driver, backend->driver);
  assert_ptr_equal(db->dialect, backend->driver->dialect);
  assert_true(strlen(db->name) > 0);
}

static void
test_exec_nothing(void **state)
{
  exec("");
  exec(" \n -- nothing\n /* at all */ ");
  exec(";;\n;");
}

static void
test_exec_many(void **state)
{
  exec("CREATE TABLE a (id integer PRIMARY KEY, name text);\n"
       "INSERT INTO a VALUES (1, 'x;y'); -- ; a comment\n"
       "INSERT INTO a VALUES (2, 'it''s')");
  assert_int_equal(count(db, "SELECT count(*) FROM a"), 2);
  assert_string_equal(value("SELECT name FROM a WHERE id = 2", NULL), "it's");
}

static void
test_exec_stops_at_the_first_failure(void **state)
{
  exec("CREATE TABLE a (id integer PRIMARY KEY)");
  assert_failed(dmig_database_exec(db, "INSERT INTO a VALUES (1);\n\nINSERT INTO nowhere\nVALUES (2);\n"
                                       "INSERT INTO a VALUES (3);", &error),
                DMIG_ERROR_FAILED, "nowhere");
  assert_int_equal(count(db, "SELECT count(*) FROM a"), 1);
}

static void
test_errors_have_a_place(void **state)
{
  assert_failed(dmig_database_exec(db, "-- first\nCREATE TABLE a (id integer);\n\n"
                                       "-- then\nINSERT INTO nowhere VALUES (1);", &error),
                DMIG_ERROR_FAILED, "line 5: ");
  dmig_database_exec(db, "SELECT 1;\nSELECT\n  1 +* 2;", &error);
  assert_non_null(error);
  assert_true(g_str_has_prefix(error->message, "line "));
  assert_non_null(strstr(error->message, " (in: SELECT 1 +* 2"));
  g_clear_error(&error);
  exec("CREATE TABLE b (id integer PRIMARY KEY); INSERT INTO b VALUES (1)");
  assert_failed(dmig_database_exec(db, "\n\n\nINSERT INTO b VALUES (1)", &error),
                DMIG_ERROR_FAILED, "line 4: ");
  assert_failed(dmig_database_exec(db, "\n\nINSERT INTO b VALUES (1)", &error),
                DMIG_ERROR_FAILED, "(in: INSERT INTO b VALUES (1)");
}

static void
test_parameters(void **state)
{
  const char *const parameters[] = { "first", NULL, "it's \"odd\"; 🦊 \\ %s" };
  assert_done(db->driver->query(db, "SELECT CAST($3 AS text), CAST($1 AS text), CAST($2 AS text)"
                                    ", CAST($1 AS text)", parameters, 3, &rows, &error));
  assert_int_equal(rows->n_columns, 4);
  assert_int_equal(rows->rows->len, 1);
  assert_string_equal(dmig_rows_get(rows, 0, 0), parameters[2]);
  assert_string_equal(dmig_rows_get(rows, 0, 1), "first");
  assert_null(dmig_rows_get(rows, 0, 2));
  assert_string_equal(dmig_rows_get(rows, 0, 3), "first");
  g_clear_pointer(&rows, dmig_rows_free);
  exec("CREATE TABLE a (id integer PRIMARY KEY, name text); INSERT INTO a VALUES (7, '')");
  assert_string_equal(value("SELECT name FROM a WHERE id = $1", "7"), "");
  assert_failed(dmig_database_query(db, &rows, &error, "SELECT id FROM a WHERE id = $1", NULL),
                DMIG_ERROR_FAILED, "parameter");
}

static void
test_results(void **state)
{
  exec("CREATE TABLE a (id integer PRIMARY KEY, name text)");
  assert_done(dmig_database_query(db, &rows, &error, "SELECT id, name FROM a", NULL));
  assert_int_equal(rows->rows->len, 0);
  assert_int_equal(rows->n_columns, 2);
  g_clear_pointer(&rows, dmig_rows_free);
  assert_done(dmig_database_query(db, &rows, &error, "INSERT INTO a VALUES (1, NULL)", NULL));
  assert_null(value("SELECT name FROM a", NULL));
  g_clear_pointer(&rows, dmig_rows_free);
  assert_failed(dmig_database_query(db, &rows, &error, "SELECT nothing FROM a", NULL),
                DMIG_ERROR_FAILED, "nothing");
  assert_failed(dmig_database_query(db, &rows, &error, "SELECT 1; SELECT 2", NULL),
                DMIG_ERROR_FAILED, "");
  assert_null(rows);
}

static void
test_count(void **state)
{
  gint64 n;
  assert_int_equal(count(db, "SELECT 9223372036854775807"), G_MAXINT64);
  assert_int_equal(count(db, "SELECT -3"), -3);
  assert_failed(dmig_database_count(db, "SELECT 'x'", &n, &error), DMIG_ERROR_FAILED, "one number");
  assert_failed(dmig_database_count(db, "SELECT 1 WHERE 1 = 0", &n, &error), DMIG_ERROR_FAILED,
                "one number");
}

static void
test_huge_values(void **state)
{
  text = g_strnfill(5 * 1000 * 1000, 'x');
  exec("CREATE TABLE a (name text)");
  assert_done(dmig_database_query(db, &rows, &error, "INSERT INTO a VALUES ($1)", text, NULL));
  assert_string_equal(value("SELECT name FROM a", NULL), text);
  g_autofree char *script = g_strdup_printf("INSERT INTO a VALUES ('%s'); SELECT 1", text);
  exec(script);
  assert_int_equal(count(db, "SELECT count(*) FROM a WHERE length(name) = 5000000"), 2);
}

/* --- transactions ----------------------------------------------------------------------------- */

static void
test_commit(void **state)
{
  assert_done(db->driver->begin(db, &error));
  exec("CREATE TABLE a (id integer PRIMARY KEY); INSERT INTO a VALUES (1)");
  assert_done(db->driver->commit(db, &error));
  assert_done(backend->driver->open(url, 0, &other, &error));
  assert_int_equal(count(other, "SELECT count(*) FROM a"), 1);
}

static void
test_rollback(void **state)
{
  exec("CREATE TABLE a (id integer PRIMARY KEY)");
  assert_done(db->driver->begin(db, &error));
  exec("INSERT INTO a VALUES (1); DROP TABLE a; CREATE TABLE b (id integer)");
  db->driver->rollback(db);
  assert_int_equal(count(db, "SELECT count(*) FROM a"), 0);
  assert_false(dmig_database_exec(db, "SELECT * FROM b", NULL));
  db->driver->rollback(db); /* there is nothing to do, and it is allowed */
  assert_done(db->driver->begin(db, &error));
  assert_done(db->driver->commit(db, &error));
}

static void
test_close_rolls_back(void **state)
{
  assert_done(db->driver->begin(db, &error));
  exec("CREATE TABLE a (id integer PRIMARY KEY)");
  g_clear_pointer(&db, dmig_database_free);
  assert_done(backend->driver->open(url, 0, &db, &error));
  exec("CREATE TABLE a (id integer PRIMARY KEY)");
}

static void
test_transactions_do_not_nest(void **state)
{
  assert_done(db->driver->begin(db, &error));
  assert_failed(db->driver->begin(db, &error), DMIG_ERROR_FAILED, "");
  assert_done(db->driver->commit(db, &error));
  assert_failed(db->driver->commit(db, &error), DMIG_ERROR_FAILED, "");
}

static void
test_failure_leaves_a_usable_connection(void **state)
{
  assert_done(db->driver->begin(db, &error));
  assert_failed(dmig_database_exec(db, "INSERT INTO nowhere VALUES (1)", &error),
                DMIG_ERROR_FAILED, "");
  db->driver->rollback(db);
  exec("CREATE TABLE a (id integer PRIMARY KEY)");
}

static const char *const good[] = {
  "CREATE TABLE a (id integer PRIMARY KEY);\nCREATE TABLE b (id integer);",
  "INSERT INTO a VALUES (1);",
  "",
  "INSERT INTO a VALUES (2);\nINSERT INTO b SELECT id FROM a;",
};

static void
test_run(void **state)
{
  guint failed = 99;
  assert_done(db->driver->run(db, good, G_N_ELEMENTS(good), &failed, &error));
  assert_int_equal(count(db, "SELECT count(*) FROM b"), 2);
  assert_done(db->driver->run(db, NULL, 0, &failed, &error));
}

static void
test_run_is_atomic(void **state)
{
  for (guint i = 0; i < G_N_ELEMENTS(good); i++) {
    const char *scripts[G_N_ELEMENTS(good)];
    memcpy(scripts, good, sizeof good);
    scripts[i] = "CREATE TABLE extra (id integer);\nINSERT INTO nowhere VALUES (1);";
    guint failed = 99;
    assert_failed(db->driver->run(db, scripts, G_N_ELEMENTS(good), &failed, &error),
                  DMIG_ERROR_FAILED, "line 2: ");
    assert_int_equal(failed, i);
    assert_false(dmig_database_exec(db, "SELECT * FROM a", NULL));
    assert_false(dmig_database_exec(db, "SELECT * FROM extra", NULL));
  }
  test_run(state);
}

static void
test_run_fails_at_the_commit(void **state)
{
  const char *const scripts[] = {
    "CREATE TABLE p (id integer PRIMARY KEY);"
    "CREATE TABLE c (p integer REFERENCES p (id) DEFERRABLE INITIALLY DEFERRED);",
    "INSERT INTO c VALUES (1);",
  };
  guint failed = 99;
  assert_failed(db->driver->run(db, scripts, 2, &failed, &error), DMIG_ERROR_FAILED, "");
  assert_int_equal(failed, 2);
  assert_false(dmig_database_exec(db, "SELECT * FROM p", NULL));
  exec("CREATE TABLE p (id integer PRIMARY KEY)");
}

/* --- opening ---------------------------------------------------------------------------------- */

static void
test_read_only(void **state)
{
  exec("CREATE TABLE a (id integer PRIMARY KEY); INSERT INTO a VALUES (1)");
  assert_done(backend->driver->open(url, DMIG_OPEN_READ_ONLY, &other, &error));
  assert_int_equal(count(other, "SELECT count(*) FROM a"), 1);
  assert_false(dmig_database_exec(other, "INSERT INTO a VALUES (2)", NULL));
  assert_false(dmig_database_exec(other, "CREATE TABLE b (id integer)", NULL));
  assert_done(dmig_database_inspect(other, &found, &error));
  assert_int_equal(found->tables->len, 1);
  assert_int_equal(count(db, "SELECT count(*) FROM a"), 1);
}

/* --- locks ------------------------------------------------------------------------------------ */

static void
test_lock_keeps_others_out(void **state)
{
  assert_done(backend->driver->open(url, 0, &other, &error));
  assert_done(db->driver->lock(db, 0, &error));
  assert_failed(other->driver->lock(other, 0, &error), DMIG_ERROR_LOCKED, "lock");
  gint64 begin = g_get_monotonic_time();
  assert_failed(other->driver->lock(other, 1, &error), DMIG_ERROR_LOCKED, "lock");
  assert_true(g_get_monotonic_time() - begin >= G_USEC_PER_SEC);
  exec("CREATE TABLE a (id integer PRIMARY KEY)"); /* the lock is for runs, not for statements */
  assert_int_equal(count(other, "SELECT count(*) FROM a"), 0);
  db->driver->unlock(db);
  assert_done(other->driver->lock(other, 0, &error));
  assert_failed(db->driver->lock(db, 0, &error), DMIG_ERROR_LOCKED, "lock");
  g_clear_pointer(&other, dmig_database_free);
  assert_done(db->driver->lock(db, 5, &error)); /* a server may see later that a client has gone */
}

/* A process that holds the lock, until it is killed or for so long. */
static void
fork_holder(guint milliseconds)
{
  int ready[2];
  char byte = 0;
  assert_int_equal(pipe(ready), 0);
  child = fork();
  if (child == 0) {
    DmigDatabase *own = NULL;
    gboolean held = backend->driver->open(url, 0, &own, NULL) && own->driver->lock(own, 5, NULL);
    byte = held ? 'y' : 'n';
    if (write(ready[1], &byte, 1) == 1)
      g_usleep(milliseconds * 1000);
    _exit(0);
  }
  close(ready[1]);
  assert_int_equal(read(ready[0], &byte, 1), 1);
  close(ready[0]);
  assert_int_equal(byte, 'y');
}

static void
test_lock_between_processes(void **state)
{
  fork_holder(60 * 1000);
  assert_false(db->driver->lock(db, 0, &error));
  assert_int_equal(error->code, DMIG_ERROR_LOCKED);
  g_autofree char *pid = g_strdup_printf("pid %d", (int) child);
  assert_true(strstr(error->message, pid) != NULL || strstr(error->message, "pid") == NULL);
  g_clear_error(&error);
  kill(child, SIGKILL);
  waitpid(child, NULL, 0);
  child = 0;
  assert_done(db->driver->lock(db, 5, &error));
}

static void
test_lock_waits(void **state)
{
  fork_holder(300);
  assert_done(db->driver->lock(db, 10, &error));
}

static void
test_lock_twice(void **state)
{
  assert_done(db->driver->lock(db, 0, &error));
  db->driver->unlock(db);
  db->driver->unlock(db);
  assert_done(backend->driver->open(url, 0, &other, &error));
  assert_done(other->driver->lock(other, 0, &error));
}

/* --- inspection ------------------------------------------------------------------------------- */

static DmigColumn *
add_column(DmigTable *table, const char *name, DmigType type, const char *default_text)
{
  const DmigDialect *dialect = backend->driver->dialect;
  g_autofree char *native = dialect->lower_type(&type, "mood");
  DmigColumn *column = dmig_column_new(name, native);
  if (default_text != NULL)
    column->default_sql = dialect->literal(&type, default_text);
  g_ptr_array_add(table->columns, column);
  return column;
}

static DmigConstraint *
add_constraint(DmigTable *table, DmigConstraintKind kind, const char *name, const char *columns)
{
  gboolean named = backend->driver->dialect->has.named_constraints;
  DmigConstraint *constraint = dmig_constraint_new(kind, named ? name : NULL);
  if (columns != NULL) {
    g_strfreev(constraint->columns);
    constraint->columns = g_strsplit(columns, "|", -1);
  }
  g_ptr_array_add(table->constraints, constraint);
  return constraint;
}

static DmigConstraint *
add_reference(DmigTable *table, const char *name, const char *columns, const char *ref_table,
              const char *ref_columns)
{
  DmigConstraint *key = add_constraint(table, DMIG_CONSTRAINT_FOREIGN_KEY, name, columns);
  key->ref_table = g_strdup(ref_table);
  g_strfreev(key->ref_columns);
  key->ref_columns = g_strsplit(ref_columns, "|", -1);
  return key;
}

static DmigIndex *
add_index(DmigTable *table, const char *name, const char *column, const char *expression)
{
  DmigIndex *index = dmig_index_new(name);
  g_ptr_array_add(index->elements, dmig_index_element_new(column, expression));
  g_ptr_array_add(table->indexes, index);
  return index;
}

#define TYPE(name, ...) ((DmigType){ .kind = (name), ##__VA_ARGS__ })

/* A column of each portable type, with a default where there are some. */
static DmigTable *
types_table(void)
{
  DmigType text_type = { .kind = DMIG_TYPE_TEXT };
  DmigTable *table = dmig_table_new("types");
  add_column(table, "id", TYPE(DMIG_TYPE_BIGINT), NULL)->not_null = TRUE;
  add_column(table, "b", TYPE(DMIG_TYPE_BOOLEAN), "true")->not_null = TRUE;
  add_column(table, "s", TYPE(DMIG_TYPE_SMALLINT), "-32768");
  add_column(table, "i", TYPE(DMIG_TYPE_INTEGER), "0");
  add_column(table, "l", TYPE(DMIG_TYPE_BIGINT), "9223372036854775807");
  add_column(table, "d", TYPE(DMIG_TYPE_DECIMAL, .precision = 12, .scale = 2), "0.50");
  add_column(table, "n", TYPE(DMIG_TYPE_DECIMAL), NULL);
  add_column(table, "r", TYPE(DMIG_TYPE_REAL), "1.5");
  add_column(table, "f", TYPE(DMIG_TYPE_DOUBLE), "-1e10");
  add_column(table, "v", TYPE(DMIG_TYPE_STRING, .length = 20), "it's");
  add_column(table, "v0", TYPE(DMIG_TYPE_STRING), "");
  add_column(table, "t", TYPE(DMIG_TYPE_TEXT), "🦊 \\ \"%s\" -- ;");
  add_column(table, "y", TYPE(DMIG_TYPE_BINARY), "00ff");
  add_column(table, "da", TYPE(DMIG_TYPE_DATE), "2024-02-29");
  add_column(table, "ti", TYPE(DMIG_TYPE_TIME), "13:45:30");
  add_column(table, "ts", TYPE(DMIG_TYPE_TIMESTAMP), "2024-02-29 13:45:30");
  add_column(table, "tz", TYPE(DMIG_TYPE_TIMESTAMPTZ), NULL);
  add_column(table, "iv", TYPE(DMIG_TYPE_INTERVAL), NULL);
  add_column(table, "u", TYPE(DMIG_TYPE_UUID), "123e4567-e89b-12d3-a456-426614174000");
  add_column(table, "j", TYPE(DMIG_TYPE_JSON), NULL);
  add_column(table, "a", TYPE(DMIG_TYPE_ARRAY, .element = &text_type), NULL);
  add_constraint(table, DMIG_CONSTRAINT_PRIMARY_KEY, "types_pkey", "id");
  return table;
}

/* Defaults that are functions, generated columns, identity. */
static DmigTable *
computed_table(void)
{
  const DmigDialect *dialect = backend->driver->dialect;
  DmigTable *table = dmig_table_new("computed");
  DmigColumn *id = add_column(table, "id", TYPE(DMIG_TYPE_BIGINT), NULL);
  id->identity = DMIG_IDENTITY_BY_DEFAULT;
  id->not_null = TRUE;
  DmigType stamp = { .kind = DMIG_TYPE_TIMESTAMPTZ }, uuid = { .kind = DMIG_TYPE_UUID };
  DmigType day = { .kind = DMIG_TYPE_DATE };
  add_column(table, "at", stamp, NULL)->default_sql =
      g_strdup(dialect->function(DMIG_FUNCTION_NOW, &stamp));
  add_column(table, "day", day, NULL)->default_sql =
      g_strdup(dialect->function(DMIG_FUNCTION_TODAY, &day));
  add_column(table, "u", uuid, NULL)->default_sql =
      g_strdup(dialect->function(DMIG_FUNCTION_UUID, &uuid));
  add_column(table, "n", TYPE(DMIG_TYPE_INTEGER), NULL);
  DmigColumn *twice = add_column(table, "twice", TYPE(DMIG_TYPE_INTEGER), NULL);
  twice->generated = DMIG_GENERATED_STORED;
  twice->generated_sql = g_strdup("n * 2");
  add_constraint(table, DMIG_CONSTRAINT_PRIMARY_KEY, "computed_pkey", "id");
  return table;
}

/* Keys of several columns, checks, references with actions, all kinds of indexes, odd names. */
static DmigTable *
odd_table(void)
{
  DmigTable *table = dmig_table_new("odd \"table\"; 🦊");
  add_column(table, "order", TYPE(DMIG_TYPE_INTEGER), NULL)->not_null = TRUE;
  add_column(table, "b b", TYPE(DMIG_TYPE_STRING, .length = 40), NULL)->not_null = TRUE;
  add_column(table, "type_id", TYPE(DMIG_TYPE_BIGINT), NULL);
  add_column(table, "parent_order", TYPE(DMIG_TYPE_INTEGER), NULL);
  add_column(table, "parent b", TYPE(DMIG_TYPE_STRING, .length = 40), NULL);
  add_constraint(table, DMIG_CONSTRAINT_PRIMARY_KEY, "odd pkey", "order|b b");
  DmigConstraint *key = add_reference(table, "odd_self", "parent_order|parent b", table->name,
                                      "order|b b");
  key->on_delete = DMIG_ACTION_CASCADE;
  key->on_update = DMIG_ACTION_CASCADE;
  key = add_reference(table, "odd_type", "type_id", "types", "id");
  key->on_delete = DMIG_ACTION_SET_NULL;
  key->deferrable = DMIG_INITIALLY_DEFERRED;
  DmigConstraint *check = add_constraint(table, DMIG_CONSTRAINT_CHECK, "odd_check", NULL);
  check->check_sql = g_strdup("\"order\" > 0");
  DmigIndex *down = add_index(table, "odd i", "b b", NULL);
  ((DmigIndexElement *) g_ptr_array_index(down->elements, 0))->descending = TRUE;
  DmigIndex *partial = add_index(table, "odd_partial", "type_id", NULL);
  partial->unique = TRUE;
  partial->where_sql = g_strdup("type_id > 5");
  add_index(table, "odd_expression", NULL, "abs(\"order\")");
  return table;
}

static void
build_wanted(void)
{
  wanted = dmig_schema_new(backend->driver->dialect);
  g_ptr_array_add(wanted->tables, types_table());
  g_ptr_array_add(wanted->tables, computed_table());
  g_ptr_array_add(wanted->tables, odd_table());
  g_ptr_array_add(wanted->objects, dmig_object_new_view(NULL, "a view", "SELECT id, n FROM computed"));
  DmigPlan *plan = dmig_plan_build(wanted, &error);
  assert_done(plan != NULL);
  text = dmig_plan_sql(plan);
  dmig_plan_free(plan);
  exec(text);
}

static void
assert_same_columns(const DmigTable *is, const DmigTable *should)
{
  assert_int_equal(is->columns->len, should->columns->len);
  for (guint i = 0; i < should->columns->len; i++) {
    const DmigColumn *column = g_ptr_array_index(should->columns, i);
    const DmigColumn *other_column = dmig_table_column(is, column->name);
    assert_non_null(other_column);
    if (!dmig_column_equal(column, other_column))
      fail_msg("%s.%s: %s, default %s, not %s, default %s", is->name, column->name,
               other_column->type, other_column->default_sql, column->type, column->default_sql);
  }
}

static void
assert_same_constraints(const DmigTable *is, const DmigTable *should)
{
  assert_int_equal(is->constraints->len, should->constraints->len);
  for (guint i = 0; i < should->constraints->len; i++) {
    guint same = 0;
    const DmigConstraint *constraint = g_ptr_array_index(should->constraints, i);
    for (guint k = 0; k < is->constraints->len; k++)
      same += dmig_constraint_equal(constraint, g_ptr_array_index(is->constraints, k));
    if (same != 1)
      fail_msg("%s: constraint %u is there %u times", is->name, i, same);
  }
}

static void
assert_same_indexes(const DmigTable *is, const DmigTable *should)
{
  assert_int_equal(is->indexes->len, should->indexes->len);
  for (guint i = 0; i < should->indexes->len; i++) {
    const DmigIndex *index = g_ptr_array_index(should->indexes, i);
    const DmigIndex *other_index = dmig_table_index(is, index->name);
    if (other_index == NULL || !dmig_index_equal(index, other_index))
      fail_msg("%s: index %s is missing or another one", is->name, index->name);
  }
}

/* All but the schema that is there from the beginning. */
static guint
made_objects(const DmigSchema *schema)
{
  guint n = 0;
  for (guint i = 0; i < schema->objects->len; i++)
    n += ((DmigObject *) schema->objects->pdata[i])->kind != DMIG_OBJECT_SCHEMA;
  return n;
}

static void
test_inspect_empty(void **state)
{
  assert_done(dmig_database_inspect(db, &found, &error));
  assert_int_equal(found->tables->len + made_objects(found) + found->enums->len, 0);
  assert_ptr_equal(found->dialect, backend->driver->dialect);
}

static void
test_inspect_what_was_built(void **state)
{
  build_wanted();
  assert_done(dmig_database_inspect(db, &found, &error));
  assert_int_equal(found->tables->len, wanted->tables->len);
  for (guint i = 0; i < wanted->tables->len; i++) {
    const DmigTable *should = g_ptr_array_index(wanted->tables, i);
    const DmigTable *is = dmig_schema_table(found, should->name);
    assert_non_null(is);
    assert_same_columns(is, should);
    assert_same_constraints(is, should);
    assert_same_indexes(is, should);
  }
  assert_int_equal(made_objects(found), 1);
  assert_non_null(dmig_schema_view(found, "a view"));
}

static void
test_inspect_two_at_once(void **state)
{
  build_wanted();
  assert_done(backend->driver->open(url, 0, &other, &error));
  assert_done(dmig_databases_inspect(db, other, &found, &beside, &error));
  assert_int_equal(found->tables->len, wanted->tables->len);
  g_autoptr(DmigChanges) changes = dmig_diff(found, beside, NULL);
  assert_int_equal(changes->items->len, 0);
}

static void
test_defaults_give_values(void **state)
{
  build_wanted();
  exec("INSERT INTO types (id) VALUES (1); INSERT INTO computed (n) VALUES (21)");
  assert_string_equal(value("SELECT t FROM types", NULL), "🦊 \\ \"%s\" -- ;");
  assert_string_equal(value("SELECT v FROM types", NULL), "it's");
  assert_int_equal(count(db, "SELECT l FROM types"), G_MAXINT64);
  assert_int_equal(count(db, "SELECT twice FROM computed"), 42);
  assert_int_equal(count(db, "SELECT count(*) FROM computed WHERE at IS NOT NULL AND"
                             " day IS NOT NULL AND id = 1"), 1);
  const char *uuid = value("SELECT u FROM computed", NULL);
  assert_true(g_uuid_string_is_valid(uuid));
  assert_int_equal(uuid[14], '4');
  assert_non_null(strchr("89ab", uuid[19]));
}

static void
test_tracking_tables_are_not_inspected(void **state)
{
  const DmigDialect *dialect = backend->driver->dialect;
  assert_done(dmig_database_query(db, &rows, &error, dialect->tracking_exists, NULL));
  assert_int_equal(rows->rows->len, 0);
  g_autofree char *meta = dialect->tracking_table("meta");
  g_autofree char *script = g_strdup_printf("%sCREATE TABLE %s (version integer);",
                                            dialect->tracking_prologue, meta);
  exec(script);
  g_clear_pointer(&rows, dmig_rows_free);
  assert_done(dmig_database_query(db, &rows, &error, dialect->tracking_exists, NULL));
  assert_int_equal(rows->rows->len, 1);
  test_inspect_empty(state);
}

static void
test_nothing_to_save(void **state)
{
  char *objects[] = { (char *) "a", (char *) "no such", NULL };
  exec("CREATE TABLE a (id integer)");
  assert_done(db->driver->begin(db, &error));
  assert_done(db->driver->save_dependents(db, objects, &text, &error));
  assert_string_equal(text, "");
  g_clear_pointer(&text, g_free);
  assert_done(db->driver->save_dependents(db, objects + 2, &text, &error));
  assert_string_equal(text, "");
  assert_done(db->driver->commit(db, &error));
}

int
main(int argc, char **argv)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
  const struct CMUnitTest tests[] = {
    TEST(test_names_itself),
    TEST(test_exec_nothing),
    TEST(test_exec_many),
    TEST(test_exec_stops_at_the_first_failure),
    TEST(test_errors_have_a_place),
    TEST(test_parameters),
    TEST(test_results),
    TEST(test_count),
    TEST(test_huge_values),
    TEST(test_commit),
    TEST(test_rollback),
    TEST(test_close_rolls_back),
    TEST(test_transactions_do_not_nest),
    TEST(test_failure_leaves_a_usable_connection),
    TEST(test_run),
    TEST(test_run_is_atomic),
    TEST(test_run_fails_at_the_commit),
    TEST(test_read_only),
    TEST(test_lock_keeps_others_out),
    TEST(test_lock_between_processes),
    TEST(test_lock_waits),
    TEST(test_lock_twice),
    TEST(test_inspect_empty),
    TEST(test_inspect_what_was_built),
    TEST(test_inspect_two_at_once),
    TEST(test_defaults_give_values),
    TEST(test_tracking_tables_are_not_inspected),
    TEST(test_nothing_to_save),
  };
  for (guint i = 0; argc == 2 && i < G_N_ELEMENTS(backends); i++)
    if (strcmp(backends[i]->driver->dialect->name, argv[1]) == 0)
      backend = backends[i];
  if (backend == NULL) {
    fprintf(stderr, "usage: contract DIALECT\n");
    return 2;
  }
  if (!backend->start())
    return SKIPPED;
  int failed = cmocka_run_group_tests_name(argv[1], tests, NULL, NULL);
  backend->stop();
  return failed;
}
