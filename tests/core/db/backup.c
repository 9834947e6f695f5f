/* What every driver's backups must do: `backup sqlite`, `backup postgresql`. */
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>
#include <glib/gstdio.h>

#include "core/sql/text.h"
#include "tests/core/db/backend.h"

static const Backend *const backends[] = { &sqlite_backend, &postgres_backend };

#define SKIPPED 77 /* meson's word for it */

static const Backend *backend;
static char *url, *folder, *path;
static DmigDatabase *db, *other;
static DmigBackupContents *contents, *found;
static GError *error;
static pid_t child;

static int
setup(void **state)
{
  url = backend->create();
  folder = g_dir_make_tmp("dmig-backup-XXXXXX", NULL);
  path = g_build_filename(folder, "it's \"one\"; %41 é.dump", NULL);
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
  g_clear_pointer(&contents, dmig_backup_contents_free);
  g_clear_pointer(&found, dmig_backup_contents_free);
  g_clear_pointer(&other, dmig_database_free);
  g_clear_pointer(&db, dmig_database_free);
  g_clear_error(&error);
  backend->drop(url);
  g_chmod(folder, 0700);
  g_unlink(path);
  g_rmdir(folder);
  g_clear_pointer(&url, g_free);
  g_clear_pointer(&path, g_free);
  g_clear_pointer(&folder, g_free);
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
    fail_msg("code %d, not %d, or no '%s' in: %s", error->code, code, message_part, error->message);
  assert_null(strchr(error->message, '\n'));
  g_clear_error(&error);
}

static void
exec(const char *sql)
{
  assert_done(dmig_database_exec(db, sql, &error));
}

static gint64
count(const char *sql)
{
  gint64 n = -1;
  assert_done(dmig_database_count(db, sql, &n, &error));
  return n;
}

static gboolean
back_up(char *const *tables)
{
  const DmigBackupRequest request = { .path = path, .tables = tables };
  return db->driver->backup(db, &request, &contents, &error);
}

static gboolean
check(void)
{
  const DmigBackupRequest request = { .path = path };
  g_clear_pointer(&found, dmig_backup_contents_free);
  return backend->driver->check_backup(&request, &found, &error);
}

static gboolean
restore(void)
{
  const DmigBackupRequest request = { .path = path };
  return db->driver->restore(db, &request, &error);
}

static gint64
rows_of(const DmigBackupContents *of, const char *key)
{
  for (guint i = 0; i < of->tables->len; i++) {
    const DmigBackupTable *table = of->tables->pdata[i];
    if (g_str_equal(table->key, key))
      return table->rows;
  }
  return -2;
}

static const DmigBackupTable *
table_named(const char *name)
{
  for (guint i = 0; i < contents->tables->len; i++) {
    const DmigBackupTable *table = contents->tables->pdata[i];
    if (g_strcmp0(table->name, name) == 0)
      return table;
  }
  return NULL;
}

static void
make_shop(void)
{
  exec("CREATE TABLE customers (id integer PRIMARY KEY, name text);"
       "CREATE TABLE orders (id integer PRIMARY KEY, customer integer REFERENCES customers (id));"
       "CREATE INDEX orders_customer ON orders (customer);"
       "CREATE VIEW named AS SELECT o.id, c.name FROM orders o JOIN customers c ON c.id = "
       "o.customer;"
       "INSERT INTO customers VALUES (1, 'Ada'), (2, 'line\nbreak'), (3, NULL), (4, 'FROM stdin;');"
       "INSERT INTO orders VALUES (10, 1), (11, 1), (12, 3)");
}

/* --- backing up ---------------------------------------------------------------------------------
 */

static void
test_holds_all_rows(void **state)
{
  make_shop();
  exec("CREATE TABLE empty (id integer)");
  assert_done(back_up(NULL));
  assert_true(contents->whole);
  assert_done(check());
  assert_int_equal(rows_of(found, table_named("customers")->key), 4);
  assert_int_equal(rows_of(found, table_named("orders")->key), 3);
  assert_int_equal(rows_of(found, table_named("empty")->key), 0);
  struct stat info;
  assert_int_equal(stat(path, &info), 0);
  assert_int_equal(info.st_mode & 0777, 0600);
}

static void
test_empty_database(void **state)
{
  assert_done(back_up(NULL));
  assert_done(check());
  assert_int_equal(found->tables->len, 0);
  exec("CREATE TABLE later (id integer)");
  assert_done(restore());
  assert_failed(dmig_database_exec(db, "SELECT * FROM later", &error), DMIG_ERROR_FAILED, "later");
}

/* What pg_dump would take for a pattern, and pg_restore's list for several words. */
static const char *const odd_names[] = {
  "o'clock", "a \"b\"", "s.t", "x*y", "q?",          "two words",          "$dollar",
  "(a|b)",   "[c]",     "\\d", "é中", "line\nbreak", "COPY x FROM stdin;", "-t",
  "UPPER",   "table",   "a\tb"
};

static void
exec_with(const char *format, const char *name)
{
  g_autofree char *sql = dmig_sql_printf(db->dialect, format, name);
  exec(sql);
}

static void
test_odd_names(void **state)
{
  for (guint i = 0; i < G_N_ELEMENTS(odd_names); i++) {
    exec_with("CREATE TABLE %I (id integer)", odd_names[i]);
    exec_with("INSERT INTO %I VALUES (1), (2)", odd_names[i]);
  }
  assert_done(back_up(NULL));
  assert_done(check());
  assert_int_equal(contents->tables->len, G_N_ELEMENTS(odd_names));
  for (guint i = 0; i < G_N_ELEMENTS(odd_names); i++)
    exec_with("DROP TABLE %I", odd_names[i]);
  assert_done(restore());
  for (guint i = 0; i < G_N_ELEMENTS(odd_names); i++) {
    g_autofree char *sql = dmig_sql_printf(db->dialect, "SELECT count(*) FROM %I", odd_names[i]);
    assert_int_equal(count(sql), 2);
  }
}

/* The structure is whole; a driver may take all rows, and says so. */
static void
test_some_tables(void **state)
{
  for (guint i = 0; i < G_N_ELEMENTS(odd_names); i++) {
    exec_with("CREATE TABLE %I (id integer)", odd_names[i]);
    exec_with("INSERT INTO %I VALUES (1), (2)", odd_names[i]);
  }
  char *const tables[] = { "s.t", "two words", "not there", NULL };
  assert_done(back_up(tables));
  assert_done(check());
  if (contents->whole)
    return;
  assert_int_equal(contents->tables->len, 2);
  assert_int_equal(found->tables->len, 2);
  assert_int_equal(rows_of(found, table_named("s.t")->key), 2);
  assert_done(restore());
  assert_int_equal(count("SELECT count(*) FROM \"s.t\""), 2);
  assert_int_equal(count("SELECT count(*) FROM \"x*y\""), 0);
}

static void
test_does_not_overwrite(void **state)
{
  assert_true(g_file_set_contents(path, "mine", -1, NULL));
  if (backend == &sqlite_backend)
    assert_failed(back_up(NULL), DMIG_ERROR_FATAL, "exists");
}

static void
test_no_such_folder(void **state)
{
  g_free(path);
  path = g_strdup("/nowhere/at/all/data");
  assert_failed(back_up(NULL), DMIG_ERROR_FATAL, "No such file");
}

static void
test_damage_is_found(void **state)
{
  make_shop();
  exec("CREATE TABLE wide (id integer, text text)");
  for (guint i = 0; i < 300; i++)
    exec("INSERT INTO wide VALUES (1, 'lorem ipsum dolor sit amet consectetur adipiscing elit "
         "sed')");
  assert_done(back_up(NULL));
  assert_done(check());
  g_autofree char *bytes = NULL;
  gsize length;
  assert_true(g_file_get_contents(path, &bytes, &length, NULL));
  assert_true(g_file_set_contents(path, bytes, (gssize) length / 2, NULL));
  assert_false(check());
  g_clear_error(&error);
  assert_true(g_file_set_contents(path, "", 0, NULL));
  check();
  g_clear_error(&error);
  g_unlink(path);
  assert_failed(check(), DMIG_ERROR_FATAL, "no such file");
}

/* --- restoring ----------------------------------------------------------------------------------
 */

static void
test_brings_everything_back(void **state)
{
  make_shop();
  assert_done(back_up(NULL));
  exec("DROP VIEW named; DROP TABLE orders; ALTER TABLE customers RENAME TO clients;"
       "DELETE FROM clients WHERE id > 1;"
       "CREATE TABLE later (id integer, client integer REFERENCES clients (id));"
       "INSERT INTO later VALUES (1, 1)");
  assert_done(restore());
  assert_int_equal(count("SELECT count(*) FROM customers"), 4);
  assert_int_equal(count("SELECT count(*) FROM named"), 3);
  assert_int_equal(count("SELECT count(*) FROM customers WHERE name = 'line\nbreak'"), 1);
  assert_failed(dmig_database_exec(db, "SELECT * FROM later", &error), DMIG_ERROR_FAILED, "later");
  assert_failed(dmig_database_exec(db, "SELECT * FROM clients", &error), DMIG_ERROR_FAILED,
                "clients");
  /* And again: it is what it was. */
  assert_done(restore());
  assert_int_equal(count("SELECT count(*) FROM orders"), 3);
}

static void
test_damaged_changes_nothing(void **state)
{
  make_shop();
  assert_done(back_up(NULL));
  exec("INSERT INTO customers VALUES (5, 'Eve')");
  g_autofree char *bytes = NULL;
  gsize length;
  assert_true(g_file_get_contents(path, &bytes, &length, NULL));
  assert_true(g_file_set_contents(path, bytes, 100, NULL));
  assert_false(restore());
  g_clear_error(&error);
  assert_int_equal(count("SELECT count(*) FROM customers"), 5);
}

static void
test_keeps_the_lock(void **state)
{
  make_shop();
  assert_done(db->driver->lock(db, 0, &error));
  assert_done(back_up(NULL));
  assert_done(restore());
  assert_done(backend->driver->open(url, 0, &other, &error));
  assert_failed(other->driver->lock(other, 0, &error), DMIG_ERROR_LOCKED, "locked");
  db->driver->unlock(db);
  assert_done(other->driver->lock(other, 0, &error));
}

/* Another connection goes on with what it finds. */
static void
test_others_see_it(void **state)
{
  make_shop();
  assert_done(back_up(NULL));
  assert_done(backend->driver->open(url, 0, &other, &error));
  assert_done(dmig_database_exec(other, "DELETE FROM orders", &error));
  assert_done(restore());
  gint64 n = -1;
  assert_done(dmig_database_count(other, "SELECT count(*) FROM orders", &n, &error));
  assert_int_equal(n, 3);
  assert_done(dmig_database_exec(other, "INSERT INTO orders VALUES (20, 2)", &error));
}

/* Killed at any instant, it is what it was or what the backup holds. */
static void
test_killed(void **state)
{
  make_shop();
  for (guint i = 0; i < 8; i++)
    exec("INSERT INTO customers SELECT 10 * (SELECT max(id) FROM customers) + id, name FROM "
         "customers");
  gint64 rows = count("SELECT count(*) FROM customers");
  assert_done(back_up(NULL));
  dmig_database_free(g_steal_pointer(&db));
  for (guint i = 0; i < 12; i++) {
    assert_done(backend->driver->open(url, 0, &db, &error));
    exec("DELETE FROM orders; INSERT INTO orders VALUES (1, 1)");
    dmig_database_free(g_steal_pointer(&db));
    child = fork();
    if (child == 0) {
      gboolean done = backend->driver->open(url, 0, &db, NULL) && restore();
      _exit(done ? 0 : 1);
    }
    g_usleep(i * 12000);
    kill(child, SIGKILL);
    waitpid(child, NULL, 0);
    child = 0;
    g_usleep(50000);
    assert_done(backend->driver->open(url, 0, &db, &error));
    gint64 orders = count("SELECT count(*) FROM orders");
    assert_true(orders == 1 || orders == 3);
    assert_int_equal(count("SELECT count(*) FROM customers"), rows);
    dmig_database_free(g_steal_pointer(&db));
  }
  assert_done(backend->driver->open(url, 0, &db, &error));
}

static void
test_same_identity(void **state)
{
  assert_done(backend->driver->open(url, DMIG_OPEN_READ_ONLY, &other, &error));
  g_autofree char *one = db->driver->identity(db);
  g_autofree char *two = other->driver->identity(other);
  assert_string_equal(one, two);
}

int
main(int argc, char **argv)
{
  for (guint i = 0; argc == 2 && i < G_N_ELEMENTS(backends); i++)
    if (g_str_equal(argv[1], backends[i]->driver->name))
      backend = backends[i];
  if (backend == NULL) {
    fprintf(stderr, "usage: backup DRIVER\n");
    return 129;
  }
  const struct CMUnitTest tests[] = {
#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
    TEST(test_holds_all_rows),
    TEST(test_empty_database),
    TEST(test_odd_names),
    TEST(test_some_tables),
    TEST(test_does_not_overwrite),
    TEST(test_no_such_folder),
    TEST(test_damage_is_found),
    TEST(test_brings_everything_back),
    TEST(test_damaged_changes_nothing),
    TEST(test_keeps_the_lock),
    TEST(test_others_see_it),
    TEST(test_killed),
    TEST(test_same_identity),
  };
  if (!backend->start())
    return SKIPPED;
  int failed = cmocka_run_group_tests_name(argv[1], tests, NULL, NULL);
  backend->stop();
  return failed;
}
