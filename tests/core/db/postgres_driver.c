/* What the driver promises beyond the contract: URLs, passwords, messages, scripts. */
#include "core/db/postgres/expression.h"
#include "core/db/postgres/script.h"
#include "tests/core/db/postgres_case.h"
#include "tests/support/postgres.h"

static DmigDatabase *other;
static GArray *statements;

static int
teardown(void **state)
{
  g_clear_pointer(&other, dmig_database_free);
  g_clear_pointer(&statements, g_array_unref);
  return pg_teardown(state);
}

static void
assert_failed(gboolean done, DmigErrorCode code, const char *part)
{
  assert_false(done);
  assert_non_null(pg_error);
  if (pg_error->code != (int) code || strstr(pg_error->message, part) == NULL)
    fail_msg("code %d, not %d, or no '%s' in: %s", pg_error->code, code, part, pg_error->message);
  assert_null(strchr(pg_error->message, '\n'));
  g_clear_error(&pg_error);
}

/* --- URLs and passwords ---------------------------------------------------------------------- */

static void
test_bad_urls_keep_their_secrets(void **state)
{
  static const char *const urls[] = {
    "postgresql://u:sek@ret@localhost/db",   "postgresql://u:sek/ret@localhost/db",
    "postgresql://u:sek?ret@localhost/db",   "postgresql://u:sek%ret@localhost/db",
    "postgresql://u:sek%zzret@localhost/db",
    "postgres://u:sek/ret@",                 "postgresql://u:sek ret@localhost/db?no_such=1",
    "postgresql://u:sekret@[::1/db",         "postgresql://localhost/db?password=sek%zzret",
    "postgresql://u:sek?a=b@ret@localhost/db",
  };
  for (guint i = 0; i < G_N_ELEMENTS(urls); i++) {
    gboolean done = dmig_postgres_driver.open(urls[i], 0, &other, &pg_error);
    assert_false(done);
    if (strstr(pg_error->message, "sek") != NULL || strstr(pg_error->message, "ret@") != NULL)
      fail_msg("a secret in: %s", pg_error->message);
    assert_failed(done, DMIG_ERROR_USAGE, "no valid PostgreSQL URL");
  }
}

static void
test_no_connection(void **state)
{
  assert_failed(dmig_postgres_driver.open("postgresql://u:sekret@localhost:1/db?connect_timeout=2",
                                          0, &other, &pg_error),
                DMIG_ERROR_FATAL, "can't connect to postgresql://u:***@localhost:1/db");
  assert_failed(dmig_postgres_driver.open("postgresql://u:sekret@/db?host=/nowhere,/at/all", 0,
                                          &other, &pg_error),
                DMIG_ERROR_FATAL, "; ");
  g_autofree char *url = g_strdup(pg_url);
  *strstr(url, "dmig_test_") = 'x';
  assert_failed(dmig_postgres_driver.open(url, 0, &other, &pg_error), DMIG_ERROR_FATAL,
                "does not exist");
  assert_null(other);
}

static void
test_wrong_password(void **state)
{
  /* A role that may not log in is refused as one with a wrong password is. */
  pg_exec("CREATE ROLE dmig_test_nologin NOLOGIN");
  g_autofree char *url = g_strconcat(pg_url, "&user=dmig_test_nologin&password=sekret", NULL);
  gboolean done = dmig_postgres_driver.open(url, 0, &other, &pg_error);
  pg_exec("DROP ROLE dmig_test_nologin");
  assert_false(done);
  assert_null(strstr(pg_error->message, "sekret"));
  assert_failed(done, DMIG_ERROR_FATAL, "not permitted to log in");
}

static void
test_session(void **state)
{
  assert_string_equal(pg_value("SELECT current_setting('application_name')"), "dmig");
  assert_string_equal(pg_value("SELECT current_setting('client_encoding')"), "UTF8");
  assert_string_equal(pg_value("SELECT current_setting('TimeZone')"), "UTC");
  assert_string_equal(pg_value("SELECT current_setting('lock_timeout')"), "3s");
  g_autofree char *url = g_strconcat(pg_url, "&application_name=me&options=-c%20lock_timeout%3D7s",
                                     NULL);
  pg_assert(dmig_postgres_driver.open(url, DMIG_OPEN_READ_ONLY, &other, &pg_error));
  DmigRows *rows = NULL;
  pg_assert(dmig_database_query(other, &rows, &pg_error, "SELECT current_setting('lock_timeout') "
                                "|| current_setting('application_name')", NULL));
  gboolean right = g_str_equal(dmig_rows_get(rows, 0, 0), "7sme");
  dmig_rows_free(rows);
  assert_true(right);
  assert_failed(dmig_database_exec(other, "CREATE TABLE t ()", &pg_error), DMIG_ERROR_FATAL,
                "read-only");
}

/* --- messages ---------------------------------------------------------------------------------- */

static void
test_rows_stay_private(void **state)
{
  pg_exec("CREATE TABLE t (id integer, secret text); INSERT INTO t VALUES (1, 'sekret'), (1, "
          "'sekret')");
  static const struct {
    const char *sql, *part;
  } cases[] = {
    { "CREATE UNIQUE INDEX i ON t (id, secret)", "key (id, secret)" },
    { "ALTER TABLE t ADD CHECK (secret = 'x')", "violated by some row" },
    { "ALTER TABLE t ALTER COLUMN secret TYPE integer USING secret::integer",
      "invalid input syntax for type integer: \"…\"" },
    { "ALTER TABLE t ALTER COLUMN secret TYPE varchar(3)", "value too long" },
    { "ALTER TABLE t ALTER COLUMN secret TYPE jsonb USING secret::jsonb", "json: " },
    { "ALTER TABLE t ALTER COLUMN secret TYPE date USING secret::date", "type date: \"…\"" },
  };
  for (guint i = 0; i < G_N_ELEMENTS(cases); i++) {
    gboolean done = dmig_database_exec(pg, cases[i].sql, &pg_error);
    if (!done && strstr(pg_error->message, "sekret") != NULL)
      fail_msg("a row's value in: %s", pg_error->message);
    if (i != 4)
      assert_failed(done, DMIG_ERROR_FAILED, cases[i].part);
    g_clear_error(&pg_error);
  }
  assert_failed(dmig_database_exec(pg, "SELECT 'abc'::integer", &pg_error), DMIG_ERROR_FAILED,
                "integer: \"abc\"");
}

static void
test_details_and_hints(void **state)
{
  pg_exec("CREATE TABLE t (a integer); CREATE VIEW v AS SELECT a FROM t");
  assert_failed(dmig_database_exec(pg, "ALTER TABLE t DROP COLUMN a", &pg_error),
                DMIG_ERROR_FAILED, "view v depends on column a of table t");
  assert_failed(dmig_database_exec(pg, "SELECT lenght('x')", &pg_error), DMIG_ERROR_FAILED,
                "; No function matches");
  assert_failed(dmig_database_exec(pg, "ALTER ROLE nobody_such PASSWORD 'sekret'", &pg_error),
                DMIG_ERROR_FAILED, "(in: ALTER ROLE nobody_such PASSWORD…)");
  assert_failed(dmig_database_exec(pg, "COPY t FROM STDIN", &pg_error), DMIG_ERROR_FAILED,
                "COPY");
  pg_exec("COPY t TO STDOUT; SELECT 1");
}

/* Positions count characters, lines are those of the script, and of the right one. */
static void
test_places(void **state)
{
  const char *const scripts[] = {
    "-- 🦊🦊🦊 ünïcode\nCREATE TABLE a (id integer);\n",
    "\n-- é\nSELECT '🦊',\n  nothing;\n",
    "CREATE TABLE b (id integer)",
  };
  guint failed = 9;
  assert_failed(dmig_postgres_driver.run(pg, scripts, 3, &failed, &pg_error), DMIG_ERROR_FAILED,
                "line 4: column \"nothing\" does not exist (in: SELECT '🦊', nothing)");
  assert_int_equal(failed, 1);
  const char *const broken[] = { "SELECT 1; -- é\n", "SELECT 2;\nSELEC 3;", "SELECT 4" };
  assert_failed(dmig_postgres_driver.run(pg, broken, 3, &failed, &pg_error), DMIG_ERROR_FAILED,
                "line 2: syntax error at or near \"SELEC\" (in: SELEC 3)");
  assert_int_equal(failed, 1);
  const char *const late[] = { "SELECT 1;", "SELECT 2;\n\nSELECT 1 / (SELECT 0);" };
  assert_failed(dmig_postgres_driver.run(pg, late, 2, &failed, &pg_error), DMIG_ERROR_FAILED,
                "line 3: division by zero");
  assert_int_equal(failed, 1);
}

static void
test_scripts_cannot_end_the_transaction(void **state)
{
  static const char *const words[] = { "COMMIT", "rollback", "END", "BEGIN", "abort work",
                                       "START TRANSACTION", "PREPARE TRANSACTION 'x'" };
  for (guint i = 0; i < G_N_ELEMENTS(words); i++) {
    g_autofree char *script = g_strdup_printf("CREATE TABLE a (id integer);\n %s;", words[i]);
    const char *const scripts[] = { "SELECT 1", script };
    guint failed = 9;
    assert_failed(dmig_postgres_driver.run(pg, scripts, 2, &failed, &pg_error), DMIG_ERROR_FAILED,
                  "line 2: a migration runs in a transaction of dmig's own");
    assert_int_equal(failed, 1);
    assert_int_equal(pg_inspect()->tables->len, 0);
  }
  const char *const fine[] = { "SAVEPOINT s; SELECT 1; ROLLBACK TO s; RELEASE s; ROLLBACK WORK TO s" };
  guint failed = 9;
  assert_false(dmig_postgres_driver.run(pg, fine, 1, &failed, &pg_error));
  assert_non_null(strstr(pg_error->message, "savepoint"));
}

/* --- scripts ------------------------------------------------------------------------------------ */

static void
assert_split(const char *script, guint n)
{
  g_clear_pointer(&statements, g_array_unref);
  statements = dmig_pg_script_split(script);
  if (statements->len != n)
    fail_msg("%u statements, not %u, in: %s", statements->len, n, script);
}

static void
test_splitting(void **state)
{
  assert_split("", 0);
  assert_split(" ;; -- x\n ; /* ; */", 0);
  assert_split("SELECT 1", 1);
  assert_split("SELECT ';'; SELECT $$;$$; SELECT $a$;$$;$a$; SELECT \";\" -- ;\n", 4);
  assert_split("CREATE RULE r AS ON INSERT TO t DO (SELECT 1; SELECT 2); SELECT 3", 2);
  assert_split("CREATE OR REPLACE FUNCTION f() RETURNS integer BEGIN ATOMIC SELECT CASE WHEN true "
               "THEN 1 END; SELECT 2; END; SELECT 3", 2);
  assert_split("CREATE TABLE t (atomic integer); SELECT 1; SELECT 2", 3);
  assert_split("\n\n  SELECT 1;\n/* é */ SELECT\n2;", 2);
  assert_int_equal(g_array_index(statements, DmigPgStatement, 0).line, 3);
  assert_int_equal(g_array_index(statements, DmigPgStatement, 1).line, 4);
  pg_exec("CREATE FUNCTION f() RETURNS integer BEGIN ATOMIC SELECT CASE WHEN true THEN 1 END; "
          "SELECT 2; END; CREATE TABLE after_it (a integer)");
  assert_int_equal(pg_inspect()->tables->len, 1);
}

static void
test_volatility(void **state)
{
  assert_false(dmig_pg_is_volatile("'x(y)'::text"));
  assert_false(dmig_pg_is_volatile("CURRENT_TIMESTAMP"));
  assert_false(dmig_pg_is_volatile("now() + interval '1 day'"));
  assert_false(dmig_pg_is_volatile("CAST(5 AS numeric(12,2))"));
  assert_false(dmig_pg_is_volatile("'a'::character varying(20)"));
  assert_true(dmig_pg_is_volatile("gen_random_uuid()"));
  assert_true(dmig_pg_is_volatile("my_function(1)"));
  assert_true(dmig_pg_is_volatile("clock_timestamp()"));
  assert_true(dmig_pg_is_volatile("coalesce(1, random())"));
  assert_true(dmig_pg_is_volatile("\"Odd\" (1)"));
}

/* --- locks --------------------------------------------------------------------------------------- */

static void
test_a_lock_that_is_not_to_be_had(void **state)
{
  const char *const scripts[] = { "SET LOCAL lock_timeout = '100ms'; ALTER TABLE t ADD b integer" };
  guint failed = 9;
  pg_exec("CREATE TABLE t (a integer)");
  pg_assert(dmig_postgres_driver.open(pg_url, 0, &other, &pg_error));
  pg_assert(dmig_postgres_driver.begin(other, &pg_error));
  pg_assert(dmig_database_exec(other, "LOCK TABLE t IN ACCESS SHARE MODE", &pg_error));
  assert_failed(dmig_postgres_driver.run(pg, scripts, 1, &failed, &pg_error), DMIG_ERROR_LOCKED,
                "lock timeout");
  assert_int_equal(failed, 0);
  dmig_postgres_driver.rollback(other);
  pg_assert(dmig_postgres_driver.run(pg, scripts, 1, &failed, &pg_error));
}

/* It is how the server finds out that a run which waits for somebody else was killed. */
static void
test_a_lock_does_not_outlive_its_holder(void **state)
{
  pg_assert(dmig_postgres_driver.lock(pg, 0, &pg_error));
  assert_string_equal(pg_value("SELECT CASE WHEN current_setting('server_version_num')::int < 140000 "
                               "OR version() !~ 'linux' THEN '1s' ELSE "
                               "current_setting('client_connection_check_interval') END"),
                      "1s");
}

static void
test_lock_timeout_outside_of_transactions(void **state)
{
  assert_string_equal(pg_value("SHOW lock_timeout"), "3s");
  pg->lock_timeout = 700;
  assert_string_equal(pg_value("SHOW lock_timeout"), "700ms");
  pg_exec("SET lock_timeout = '1s'");
  assert_string_equal(pg_value("SHOW lock_timeout"), "700ms");
  pg->lock_timeout = 0;
  assert_string_equal(pg_value("SHOW lock_timeout"), "3s");
}

static void
test_who_holds_the_lock(void **state)
{
  pg_assert(dmig_postgres_driver.open(pg_url, 0, &other, &pg_error));
  pg_assert(dmig_postgres_driver.lock(other, 0, &pg_error));
  g_autofree char *pid = g_strdup("server process ");
  assert_failed(dmig_postgres_driver.lock(pg, 0, &pg_error), DMIG_ERROR_LOCKED, pid);
  assert_failed(dmig_postgres_driver.lock(pg, 0, &pg_error), DMIG_ERROR_LOCKED, "dmig");
}

static void
test_a_lost_connection(void **state)
{
  pg_assert(dmig_postgres_driver.open(pg_url, 0, &other, &pg_error));
  g_autofree char *kill = g_strdup_printf("SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
                                          "WHERE pid <> pg_backend_pid() AND datname = "
                                          "current_database()");
  pg_value(kill);
  assert_failed(dmig_database_exec(other, "SELECT 1", &pg_error), DMIG_ERROR_FATAL, "");
  assert_failed(dmig_database_exec(other, "SELECT 1", &pg_error), DMIG_ERROR_FATAL, "connection");
  DmigSchema *none = NULL;
  assert_failed(dmig_database_inspect(other, &none, &pg_error), DMIG_ERROR_FATAL, "connection");
  guint failed = 9;
  const char *const scripts[] = { "SELECT 1" };
  assert_failed(dmig_postgres_driver.run(other, scripts, 1, &failed, &pg_error), DMIG_ERROR_FATAL,
                "connection");
}

int
main(void)
{
#define DRIVER_TEST(name) cmocka_unit_test_setup_teardown(name, pg_setup, teardown)
  const struct CMUnitTest tests[] = {
    DRIVER_TEST(test_bad_urls_keep_their_secrets),
    DRIVER_TEST(test_no_connection),
    DRIVER_TEST(test_wrong_password),
    DRIVER_TEST(test_session),
    DRIVER_TEST(test_rows_stay_private),
    DRIVER_TEST(test_details_and_hints),
    DRIVER_TEST(test_places),
    DRIVER_TEST(test_scripts_cannot_end_the_transaction),
    DRIVER_TEST(test_splitting),
    DRIVER_TEST(test_volatility),
    DRIVER_TEST(test_a_lock_that_is_not_to_be_had),
    DRIVER_TEST(test_a_lock_does_not_outlive_its_holder),
    DRIVER_TEST(test_lock_timeout_outside_of_transactions),
    DRIVER_TEST(test_who_holds_the_lock),
    DRIVER_TEST(test_a_lost_connection),
  };
  return PG_MAIN("postgres_driver", tests);
}
