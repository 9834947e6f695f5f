/* Running, transactions, opening and locks. */
#include "tests/core/db/contract_case.h"

#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include "core/sql/text.h"

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

int
main(int argc, char **argv)
{
  const struct CMUnitTest tests[] = {
    CONTRACT_TEST(test_names_itself),
    CONTRACT_TEST(test_exec_nothing),
    CONTRACT_TEST(test_exec_many),
    CONTRACT_TEST(test_exec_stops_at_the_first_failure),
    CONTRACT_TEST(test_errors_have_a_place),
    CONTRACT_TEST(test_parameters),
    CONTRACT_TEST(test_results),
    CONTRACT_TEST(test_count),
    CONTRACT_TEST(test_huge_values),
    CONTRACT_TEST(test_commit),
    CONTRACT_TEST(test_rollback),
    CONTRACT_TEST(test_close_rolls_back),
    CONTRACT_TEST(test_transactions_do_not_nest),
    CONTRACT_TEST(test_failure_leaves_a_usable_connection),
    CONTRACT_TEST(test_run),
    CONTRACT_TEST(test_run_is_atomic),
    CONTRACT_TEST(test_run_fails_at_the_commit),
    CONTRACT_TEST(test_nothing_to_save),
    CONTRACT_TEST(test_read_only),
    CONTRACT_TEST(test_lock_keeps_others_out),
    CONTRACT_TEST(test_lock_between_processes),
    CONTRACT_TEST(test_lock_waits),
    CONTRACT_TEST(test_lock_twice),
  };
  return CONTRACT_MAIN(argc, argv, tests);
}
