/* That it can be read: by whom, under whose settings, whatever others are doing meanwhile. */
#include "core/diff/diff.h"
#include "tests/core/db/postgres_case.h"

static DmigDatabase *other;

static int
setup(void **state)
{
  return pg_setup(state) == 0 && dmig_postgres_driver.open(pg_url, 0, &other, &pg_error) ? 0 : -1;
}

static int
teardown(void **state)
{
  g_clear_pointer(&other, dmig_database_free);
  return pg_teardown(state);
}

/* Settings of a database and a role spell things otherwise; a role may have no schema at all. */
static void
test_hostile_settings(void **state)
{
  pg_exec("CREATE TABLE t (a text DEFAULT 'x\\y', b double precision DEFAULT 0.1 + 0.2, c bytea DEFAULT "
          "'\\x00ff'); CREATE VIEW v AS SELECT a FROM t WHERE a <> 'x\\y'");
  g_autofree char *set = g_strdup_printf(
      "ALTER DATABASE %1$s SET quote_all_identifiers = on; ALTER DATABASE %1$s SET "
      "standard_conforming_strings = off; ALTER DATABASE %1$s SET bytea_output = escape; ALTER DATABASE "
      "%1$s SET extra_float_digits = -5; ALTER DATABASE %1$s SET DateStyle = 'SQL, DMY'; ALTER DATABASE "
      "%1$s SET search_path = ''",
      pg_value("SELECT current_database()"));
  DmigSchema *before = pg_inspect();
  pg_exec(set);
  DmigDatabase *afresh = NULL;
  DmigSchema *after = NULL;
  pg_assert(dmig_postgres_driver.open(pg_url, DMIG_OPEN_READ_ONLY, &afresh, &pg_error));
  gboolean done = dmig_database_inspect(afresh, &after, &pg_error);
  dmig_database_free(afresh);
  pg_assert(done);
  g_autoptr(DmigChanges) changes = dmig_diff(before, pg_keep(after), NULL);
  assert_int_equal(changes->items->len, 0);
}

/* A role that owns nothing reads all the same. */
static void
test_as_a_stranger(void **state)
{
  pg_exec("CREATE TABLE t (a integer DEFAULT 1 CHECK (a > 0)); CREATE INDEX i ON t (a); REVOKE ALL ON t "
          "FROM PUBLIC; SET SESSION AUTHORIZATION pg_monitor");
  const DmigSchema *schema = pg_inspect();
  assert_string_equal(dmig_table_column(dmig_schema_table(schema, "t"), "a")->default_sql, "1");
  assert_int_equal(dmig_schema_table(schema, "t")->indexes->len, 1);
}

/* Which schema is the default one is nothing that two databases differ in. */
static void
test_another_default_schema(void **state)
{
  DmigSchema *before = pg_inspect();
  pg_exec("CREATE SCHEMA app; SET search_path = app, public");
  g_autoptr(DmigChanges) none = dmig_diff(before, pg_inspect(), NULL);
  assert_int_equal(none->items->len, 0);
  pg_exec("COMMENT ON SCHEMA app IS 'ours'");
  g_autoptr(DmigChanges) comment = dmig_diff(before, pg_inspect(), NULL);
  assert_int_equal(comment->items->len, 1);
}

/* What a role may not see is told. */
static void
test_hidden_options(void **state)
{
  pg_exec("CREATE EXTENSION postgres_fdw; CREATE SERVER s FOREIGN DATA WRAPPER postgres_fdw; CREATE USER "
          "MAPPING FOR postgres SERVER s OPTIONS (user 'u', password 'hush')");
  assert_int_equal(pg_inspect()->problems->len, 1);
  pg_exec("SET SESSION AUTHORIZATION pg_monitor");
  const DmigSchema *schema = pg_inspect();
  assert_int_equal(schema->problems->len, 1);
  assert_non_null(strstr(schema->problems->pdata[0], "options of the user mapping of s for postgres"));
}

/* A password may stand in the midst of an option, too. */
static void
test_secret_in_a_text(void **state)
{
  pg_exec("CREATE FOREIGN DATA WRAPPER w; CREATE SERVER s FOREIGN DATA WRAPPER w OPTIONS (source 'PG:host=h "
          "password=hush', place 'x=y')");
  const DmigSchema *schema = pg_inspect();
  assert_int_equal(schema->problems->len, 1);
  assert_non_null(strstr(schema->problems->pdata[0], "option source of foreign server s"));
  for (guint i = 0; i < schema->objects->len; i++)
    assert_null(strstr(((DmigObject *) schema->objects->pdata[i])->create, "hush"));
}

/* A database that lacks most of the characters that there are. */
static void
test_another_encoding(void **state)
{
  const DmigSchema *schema = pg_inspect_encoded(
      "LATIN1", "CREATE TABLE \"caf\u00e9\" (a text DEFAULT '\u00fc')");
  const DmigTable *table = dmig_schema_table(schema, "caf\u00e9");
  assert_non_null(table);
  assert_string_equal(dmig_table_column(table, "a")->default_sql, "'\u00fc'");
}

/* --- others ------------------------------------------------------------------------------------ */

#define BREAK "UPDATE pg_proc SET prorettype = 999999 WHERE proname = 'f'"
#define MEND "UPDATE pg_proc SET prorettype = 'integer'::regtype WHERE proname = 'f'"

static gpointer
mend(gpointer data)
{
  g_usleep(G_USEC_PER_SEC / 10);
  return GINT_TO_POINTER(dmig_database_exec(other, MEND, NULL));
}

/* Somebody drops what a definition names, just while it is printed. */
static void
test_while_it_changes(void **state)
{
  pg_exec("CREATE FUNCTION f() RETURNS integer LANGUAGE sql AS 'SELECT 1'; " BREAK);
  GThread *thread = g_thread_new("mend", mend, NULL);
  DmigSchema *schema = NULL;
  gboolean done = dmig_database_inspect(pg, &schema, &pg_error);
  gboolean mended = GPOINTER_TO_INT(g_thread_join(thread));
  pg_assert(done);
  pg_keep(schema);
  assert_true(mended);
  assert_int_equal(schema->objects->len, 2); /* and the schema public */
}

/* What stays broken is said to be; neither the session nor its transaction suffers. */
static void
test_broken(void **state)
{
  pg_exec("CREATE FUNCTION f() RETURNS integer LANGUAGE sql AS 'SELECT 1'; " BREAK);
  DmigSchema *schema = NULL;
  pg_assert(dmig_postgres_driver.begin(pg, &pg_error));
  assert_false(dmig_database_inspect(pg, &schema, &pg_error));
  assert_non_null(strstr(pg_error->message, "being changed, or broken: cache lookup failed"));
  g_clear_error(&pg_error);
  pg_exec(MEND);
  assert_int_equal(pg_inspect()->objects->len, 2); /* and the schema public */
  pg_assert(dmig_postgres_driver.commit(pg, &pg_error));
}

/* To print a view takes a lock on its tables: it does not wait for ever, and names the table. */
static void
test_locked(void **state)
{
  pg_exec("CREATE TABLE t (a integer); CREATE VIEW v AS SELECT a FROM t; SET lock_timeout = '100ms'");
  pg_assert(dmig_postgres_driver.begin(other, &pg_error));
  pg_assert(dmig_database_exec(other, "LOCK TABLE t", &pg_error));
  DmigSchema *schema = NULL;
  assert_false(dmig_database_inspect(pg, &schema, &pg_error));
  assert_int_equal(pg_error->code, DMIG_ERROR_LOCKED);
  assert_non_null(strstr(pg_error->message, "what stands on table t, which server process "));
  dmig_postgres_driver.rollback(other);
  g_clear_error(&pg_error);
  assert_int_equal(pg_inspect()->tables->len, 1);
}

#define READING(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int
main(void)
{
  const struct CMUnitTest tests[] = {
    READING(test_hostile_settings), READING(test_as_a_stranger),    READING(test_hidden_options),
    READING(test_secret_in_a_text), READING(test_while_it_changes), READING(test_broken),
    READING(test_another_default_schema), READING(test_locked),           READING(test_another_encoding),
  };
  return PG_MAIN("postgres_reading", tests);
}
