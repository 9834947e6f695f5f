/* What only SQLite's driver does: files, foreign keys that are off for a while, the journal. */
#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>
#include <glib/gstdio.h>

#include "core/db/sqlite/sqlite.h"

static const DmigDriver *const driver = &dmig_sqlite_driver;
static char *folder, *path;
static DmigDatabase *db;
static GError *error;

static int
setup(void **state)
{
  folder = g_dir_make_tmp("dmig-test-XXXXXX", NULL);
  path = g_build_filename(folder, "a.db", NULL);
  return driver->open(path, DMIG_OPEN_CREATE, &db, &error) ? 0 : -1;
}

static int
teardown(void **state)
{
  g_clear_pointer(&db, dmig_database_free);
  g_clear_error(&error);
  g_autoptr(GDir) dir = g_dir_open(folder, 0, NULL);
  for (const char *name = g_dir_read_name(dir); name != NULL; name = g_dir_read_name(dir)) {
    g_autofree char *file = g_build_filename(folder, name, NULL);
    g_chmod(file, 0700);
    g_remove(file);
  }
  g_rmdir(folder);
  g_clear_pointer(&folder, g_free);
  g_clear_pointer(&path, g_free);
  return 0;
}

static void
assert_done(gboolean done)
{
  if (!done)
    fail_msg("%s", error != NULL ? error->message : "failed without an error");
}

static void
assert_failed(gboolean done, DmigErrorCode code, const char *message_part)
{
  assert_false(done);
  if (error->code != (int) code || strstr(error->message, message_part) == NULL)
    fail_msg("code %d, not %d, or no '%s' in: %s", error->code, code, message_part,
             error->message);
  g_clear_error(&error);
}

static void
exec(const char *sql)
{
  assert_done(dmig_database_exec(db, sql, &error));
}

static void
assert_value(DmigDatabase *database, const char *sql, const char *expected)
{
  g_autoptr(DmigRows) rows = NULL;
  assert_done(dmig_database_query(database, &rows, &error, sql, NULL));
  assert_int_equal(rows->rows->len, 1);
  assert_string_equal(dmig_rows_get(rows, 0, 0), expected);
}

/* --- opening ---------------------------------------------------------------------------------- */

static void
assert_no_open(const char *url, DmigOpenFlags flags, DmigErrorCode code, const char *message_part)
{
  DmigDatabase *other = NULL;
  assert_failed(driver->open(url, flags, &other, &error), code, message_part);
  assert_null(other);
}

static void
test_urls(void **state)
{
  g_autofree char *absolute = g_strconcat("sqlite:", path, NULL);
  g_autofree char *slashes = g_strconcat("sqlite://", path, NULL);
  const char *urls[] = { path, absolute, slashes };
  exec("CREATE TABLE a (id INT)");
  for (guint i = 0; i < G_N_ELEMENTS(urls); i++) {
    DmigDatabase *other = NULL;
    assert_done(driver->open(urls[i], 0, &other, &error));
    assert_string_equal(driver->database_name(other), "a.db");
    assert_value(other, "SELECT count(*) FROM a", "0");
    dmig_database_free(other);
  }
  assert_no_open("sqlite://a.db", DMIG_OPEN_CREATE, DMIG_ERROR_USAGE, "sqlite:relative");
  assert_no_open("sqlite:", DMIG_OPEN_CREATE, DMIG_ERROR_USAGE, "path is missing");
}

static void
test_relative_paths(void **state)
{
  DmigDatabase *other = NULL;
  g_autofree char *back = g_get_current_dir();
  assert_int_equal(g_chdir(folder), 0);
  gboolean opened = driver->open("sqlite:file:odd?mode=memory&x=%20.db", DMIG_OPEN_CREATE, &other,
                                 &error);
  gboolean made = g_file_test("file:odd?mode=memory&x=%20.db", G_FILE_TEST_IS_REGULAR);
  assert_int_equal(g_chdir(back), 0);
  dmig_database_free(other);
  assert_done(opened);
  assert_true(made);
}

static void
test_in_memory(void **state)
{
  DmigDatabase *other = NULL;
  assert_done(driver->open("sqlite::memory:", 0, &other, &error));
  assert_string_equal(driver->database_name(other), ":memory:");
  assert_true(driver->lock(other, 0, NULL));
  driver->unlock(other);
  dmig_database_free(other);
  assert_false(g_file_test(":memory:", G_FILE_TEST_EXISTS));
}

static void
test_what_is_no_database(void **state)
{
  g_autofree char *missing = g_build_filename(folder, "missing.db", NULL);
  g_autofree char *deep = g_build_filename(folder, "no", "such", "a.db", NULL);
  g_autofree char *text = g_build_filename(folder, "text.db", NULL);
  g_autofree char *fifo = g_build_filename(folder, "fifo.db", NULL);
  assert_true(g_file_set_contents(text, "this is no database, but a text of some length\n", -1,
                                  NULL));
  assert_int_equal(mkfifo(fifo, 0600), 0);
  assert_no_open(folder, DMIG_OPEN_CREATE, DMIG_ERROR_FATAL, "directory");
  assert_no_open(missing, 0, DMIG_ERROR_NOT_FOUND, "no such file");
  assert_no_open(missing, DMIG_OPEN_READ_ONLY | DMIG_OPEN_CREATE, DMIG_ERROR_NOT_FOUND,
                 "no such file");
  assert_false(g_file_test(missing, G_FILE_TEST_EXISTS));
  assert_no_open(deep, DMIG_OPEN_CREATE, DMIG_ERROR_NOT_FOUND, "folder");
  assert_no_open(text, 0, DMIG_ERROR_FATAL, "no SQLite database");
  assert_no_open(fifo, 0, DMIG_ERROR_FATAL, "regular file");
  assert_no_open("a\nb.db", 0, DMIG_ERROR_NOT_FOUND, "no such file");
}

static void
test_no_permission(void **state)
{
  if (geteuid() == 0)
    skip();
  exec("CREATE TABLE a (id INT)");
  assert_int_equal(g_chmod(path, 0), 0);
  assert_no_open(path, 0, DMIG_ERROR_FATAL, "permission");
  assert_no_open(path, DMIG_OPEN_READ_ONLY, DMIG_ERROR_FATAL, "permission");
  assert_int_equal(g_chmod(path, 0400), 0);
  assert_no_open(path, 0, DMIG_ERROR_FATAL, "permission");
  DmigDatabase *other = NULL;
  assert_done(driver->open(path, DMIG_OPEN_READ_ONLY, &other, &error));
  dmig_database_free(other);
}

/* A program that is killed while it writes leaves a journal; whoever comes next takes it back. */
static void
test_read_only_after_a_crash(void **state)
{
  exec("CREATE TABLE a (t TEXT); INSERT INTO a VALUES ('before')");
  g_clear_pointer(&db, dmig_database_free);
  pid_t child = fork();
  if (child == 0) {
    DmigDatabase *own = NULL;
    if (driver->open(path, 0, &own, NULL) && driver->begin(own, NULL) &&
        driver->exec(own, "PRAGMA cache_size = 2; UPDATE a SET t = 'after'; CREATE TABLE b (t);"
                          "WITH RECURSIVE r(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM r"
                          " WHERE i < 20000) INSERT INTO b SELECT hex(randomblob(50)) FROM r", NULL))
      raise(SIGKILL);
    _exit(1);
  }
  int status;
  waitpid(child, &status, 0);
  assert_true(WIFSIGNALED(status));
  g_autofree char *journal = g_strconcat(path, "-journal", NULL);
  assert_true(g_file_test(journal, G_FILE_TEST_EXISTS));
  assert_done(driver->open(path, DMIG_OPEN_READ_ONLY, &db, &error));
  assert_value(db, "SELECT t FROM a", "before");
  assert_value(db, "SELECT count(*) FROM sqlite_master", "1");
  assert_failed(dmig_database_exec(db, "DELETE FROM a", &error), DMIG_ERROR_FATAL, "readonly");
}

/* --- transactions and references -------------------------------------------------------------- */

static void
run_scripts(const char *script, gboolean works)
{
  guint failed = 99;
  gboolean done = driver->run(db, &script, 1, &failed, &error);
  if (works)
    assert_done(done);
  else
    assert_false(done);
}

static void
test_settings_come_back(void **state)
{
  exec("PRAGMA foreign_keys = ON; PRAGMA legacy_alter_table = ON; CREATE TABLE a (id INT)");
  assert_done(driver->begin(db, &error));
  assert_value(db, "PRAGMA foreign_keys", "0");
  assert_value(db, "PRAGMA legacy_alter_table", "0");
  assert_done(driver->commit(db, &error));
  assert_value(db, "PRAGMA foreign_keys", "1");
  assert_value(db, "PRAGMA legacy_alter_table", "1");
  exec("PRAGMA legacy_alter_table = OFF");
  run_scripts("PRAGMA legacy_alter_table = ON; INSERT INTO nowhere VALUES (1)", FALSE);
  assert_value(db, "PRAGMA foreign_keys", "1");
  assert_value(db, "PRAGMA legacy_alter_table", "0");
}

static void
test_scripts_can_not_end_the_transaction(void **state)
{
  static const char *const ends[] = { "COMMIT", "END", "ROLLBACK", "BEGIN", "/* x */ commit" };
  exec("CREATE TABLE a (id INT)");
  for (guint i = 0; i < G_N_ELEMENTS(ends); i++) {
    g_autofree char *script = g_strdup_printf("INSERT INTO a VALUES (1);\n%s;\nSELECT 1", ends[i]);
    run_scripts(script, FALSE);
    assert_failed(FALSE, DMIG_ERROR_FAILED, "line 2: ");
    assert_value(db, "SELECT count(*) FROM a", "0");
  }
  run_scripts("SAVEPOINT s; INSERT INTO a VALUES (1); ROLLBACK TO s; RELEASE s;"
              " INSERT INTO a VALUES (2)", TRUE);
  assert_value(db, "SELECT group_concat(id) FROM a", "2");
  exec("BEGIN; INSERT INTO a VALUES (3); COMMIT"); /* outside of a migration it is anybody's own */
}

static void
test_a_statement_may_roll_back(void **state)
{
  exec("CREATE TABLE a (id INTEGER PRIMARY KEY); INSERT INTO a VALUES (1)");
  run_scripts("INSERT INTO a VALUES (2); INSERT OR ROLLBACK INTO a VALUES (1)", FALSE);
  assert_failed(FALSE, DMIG_ERROR_FAILED, "UNIQUE");
  assert_value(db, "SELECT count(*) FROM a", "1");
  run_scripts("INSERT INTO a VALUES (2)", TRUE);
}

#define FAMILY                                                                                     \
  "CREATE TABLE p (id INTEGER PRIMARY KEY); CREATE TABLE c (p INT REFERENCES p (id));"             \
  "INSERT INTO p VALUES (1), (2); INSERT INTO c VALUES (1), (2), (2);"

static void
test_broken_references_are_refused(void **state)
{
  exec(FAMILY);
  run_scripts("DELETE FROM p WHERE id = 2", FALSE);
  assert_failed(FALSE, DMIG_ERROR_FAILED, "2 rows of c would refer to rows of p");
  run_scripts("DROP TABLE p", FALSE);
  assert_failed(FALSE, DMIG_ERROR_FAILED, "rows of c would refer");
  run_scripts("INSERT INTO c VALUES (9); INSERT INTO p VALUES (9)", TRUE);
  run_scripts("DELETE FROM p; DELETE FROM c", TRUE);
}

static void
test_references_broken_before_do_not_stand_in_the_way(void **state)
{
  exec(FAMILY "DELETE FROM p WHERE id = 2");
  run_scripts("INSERT INTO c VALUES (1)", TRUE);
  run_scripts("ALTER TABLE c RENAME TO d; INSERT INTO d VALUES (1)", TRUE);
  run_scripts("ALTER TABLE p RENAME TO q", TRUE);
  run_scripts("INSERT INTO d VALUES (7)", FALSE);
  assert_failed(FALSE, DMIG_ERROR_FAILED, "1 row of d would refer to rows of q");
  run_scripts("DELETE FROM d WHERE rowid = 2", TRUE);
  run_scripts("INSERT INTO d VALUES (7)", FALSE);
  assert_failed(FALSE, DMIG_ERROR_FAILED, "1 row of d");
}

/* What is remembered of one transaction holds for the next only if nobody wrote in between. */
static void
test_references_are_looked_at_again(void **state)
{
  DmigDatabase *other = NULL;
  exec(FAMILY);
  run_scripts("INSERT INTO c VALUES (1)", TRUE);
  assert_done(driver->open(path, 0, &other, &error));
  gboolean wrote = dmig_database_exec(other, "INSERT INTO c VALUES (55)", &error);
  dmig_database_free(other);
  assert_done(wrote);
  run_scripts("INSERT INTO c VALUES (1)", TRUE);
  exec("INSERT INTO c VALUES (56)");
  run_scripts("INSERT INTO c VALUES (1)", TRUE);
  run_scripts("INSERT INTO c VALUES (57)", FALSE);
  assert_failed(FALSE, DMIG_ERROR_FAILED, "1 row of c");
  run_scripts("INSERT INTO c VALUES (1)", TRUE);
}

static void
test_foreign_keys_that_match_nothing(void **state)
{
  exec("CREATE TABLE p (a INT); CREATE TABLE c (a INT REFERENCES p (a)); CREATE TABLE x (a INT);"
       "CREATE TABLE p2 (id INTEGER PRIMARY KEY); CREATE TABLE c2 (p INT REFERENCES p2 (id))");
  run_scripts("INSERT INTO x VALUES (1)", TRUE);
  run_scripts("INSERT INTO c2 VALUES (9)", FALSE);
  assert_failed(FALSE, DMIG_ERROR_FAILED, "1 row of c2");
  run_scripts("INSERT INTO x VALUES (2); CREATE TABLE d (a INT REFERENCES x (a))", FALSE);
  assert_failed(FALSE, DMIG_ERROR_FAILED, "not unique");
  run_scripts("INSERT INTO x VALUES (2); CREATE TABLE d (a INT REFERENCES x (a));"
              "CREATE UNIQUE INDEX i ON x (a)", TRUE);
}

static void
test_busy(void **state)
{
  DmigDatabase *other = NULL;
  guint failed = 99;
  const char *script = "INSERT INTO a VALUES (1)";
  exec("CREATE TABLE a (id INT)");
  assert_done(driver->open(path, 0, &other, &error));
  gboolean began = driver->begin(other, &error);
  exec("PRAGMA busy_timeout = 50");
  gboolean done = driver->run(db, &script, 1, &failed, &error);
  dmig_database_free(other);
  assert_true(began);
  assert_failed(done, DMIG_ERROR_LOCKED, "another program");
  run_scripts(script, TRUE);
}

/* --- the lock --------------------------------------------------------------------------------- */

static void
test_lock_leaves_nothing_behind(void **state)
{
  exec("CREATE TABLE a (id INT)");
  assert_done(driver->lock(db, 0, &error));
  for (guint i = 0; i < 3; i++)
    run_scripts("INSERT INTO a VALUES (1)", TRUE);
  driver->unlock(db);
  assert_value(db, "PRAGMA journal_mode", "delete");
  g_autofree char *journal = g_strconcat(path, "-journal", NULL);
  assert_false(g_file_test(journal, G_FILE_TEST_EXISTS));
  g_autoptr(GDir) dir = g_dir_open(folder, 0, NULL);
  assert_string_equal(g_dir_read_name(dir), "a.db");
  assert_null(g_dir_read_name(dir));
}

static void
run_chain(DmigDatabase *database)
{
  const char *script = "INSERT INTO a VALUES (1)";
  guint failed;
  for (guint i = 0; i < 20; i++)
    assert_done(database->driver->run(database, &script, 1, &failed, &error));
}

static void
assert_left_alone(void)
{
  g_clear_pointer(&db, dmig_database_free);
  assert_done(driver->open(path, 0, &db, &error));
  assert_value(db, "PRAGMA journal_mode", "delete");
  assert_value(db, "SELECT count(*) FROM sqlite_master WHERE name = 'dmig_wal'", "0");
}

/* A chain of small revisions is written to a log for as long as it runs. */
static void
test_chain_uses_a_log(void **state)
{
  exec("CREATE TABLE a (id INT)");
  run_chain(db);
  assert_value(db, "PRAGMA journal_mode", "delete"); /* without the lock there is no chain */
  assert_done(driver->lock(db, 0, &error));
  run_chain(db);
  assert_value(db, "PRAGMA journal_mode", "wal");
  assert_value(db, "PRAGMA synchronous", "2");
  driver->unlock(db);
  assert_value(db, "PRAGMA journal_mode", "delete");
  DmigDatabase *other = NULL;
  assert_done(driver->open(path, 0, &other, &error));
  gboolean wrote = dmig_database_exec(other, "INSERT INTO a VALUES (2)", &error);
  dmig_database_free(other);
  assert_done(wrote);
  assert_value(db, "SELECT count(*) FROM a", "41");
  assert_done(driver->lock(db, 0, &error));
  run_chain(db);
  assert_left_alone(); /* to close it is as good as to unlock it */
}

static void
test_chain_that_is_killed(void **state)
{
  exec("CREATE TABLE a (id INT)");
  g_clear_pointer(&db, dmig_database_free);
  pid_t child = fork();
  if (child == 0) {
    DmigDatabase *own = NULL;
    if (driver->open(path, 0, &own, NULL) && driver->lock(own, 0, NULL)) {
      run_chain(own);
      if (driver->begin(own, NULL) && driver->exec(own, "DELETE FROM a", NULL))
        raise(SIGKILL);
    }
    _exit(1);
  }
  int status;
  waitpid(child, &status, 0);
  assert_true(WIFSIGNALED(status));
  assert_done(driver->open(path, DMIG_OPEN_READ_ONLY, &db, &error));
  assert_value(db, "SELECT count(*) FROM a", "20");
  assert_value(db, "PRAGMA journal_mode", "wal");
  g_clear_pointer(&db, dmig_database_free);
  assert_done(driver->open(path, 0, &db, &error));
  assert_done(driver->lock(db, 0, &error));
  run_scripts("INSERT INTO a VALUES (1)", TRUE);
  assert_left_alone();
  assert_value(db, "SELECT count(*) FROM a", "21");
}

static void
test_chain_beside_a_reader(void **state)
{
  DmigDatabase *other = NULL;
  exec("CREATE TABLE a (id INT); CREATE TABLE dmig_wal (mode TEXT)"); /* as if killed before */
  assert_done(driver->open(path, 0, &other, &error));
  gboolean reads = dmig_database_exec(other, "BEGIN; SELECT count(*) FROM a", &error);
  gboolean locked = driver->lock(db, 0, NULL);
  dmig_database_free(other);
  assert_done(reads);
  assert_true(locked);
  run_chain(db);
  assert_left_alone();
}

static void
test_lock_leaves_wal_alone(void **state)
{
  exec("PRAGMA journal_mode = WAL; CREATE TABLE a (id INT)");
  assert_done(driver->lock(db, 0, &error));
  assert_value(db, "PRAGMA journal_mode", "wal");
  run_scripts("INSERT INTO a VALUES (1)", TRUE);
  driver->unlock(db);
  assert_value(db, "PRAGMA journal_mode", "wal");
}

static void
test_lock_of_a_reader(void **state)
{
  DmigDatabase *other = NULL;
  exec("CREATE TABLE a (id INT)");
  assert_done(driver->open(path, DMIG_OPEN_READ_ONLY, &other, &error));
  gboolean locked = driver->lock(other, 0, &error);
  gboolean both = driver->lock(db, 0, NULL);
  dmig_database_free(other);
  assert_done(locked);
  assert_false(both);
}

/* Who holds it, as the kernel says. */
static void
test_lock_names_its_holder(void **state)
{
  DmigDatabase *other = NULL;
  assert_done(driver->lock(db, 0, &error));
  assert_done(driver->open(path, 0, &other, &error));
  gboolean locked = driver->lock(other, 0, &error);
  dmig_database_free(other);
  assert_false(locked);
  g_autofree char *pid = g_strdup_printf("pid %d, since 2", (int) getpid());
  g_autofree char *locks = NULL;
  if (!g_file_get_contents("/proc/locks", &locks, NULL, NULL) || strstr(locks, "FLOCK") == NULL)
    skip();
  assert_failed(locked, DMIG_ERROR_LOCKED, pid);
}

int
main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
  const struct CMUnitTest tests[] = {
    TEST(test_urls),
    TEST(test_relative_paths),
    TEST(test_in_memory),
    TEST(test_what_is_no_database),
    TEST(test_no_permission),
    TEST(test_read_only_after_a_crash),
    TEST(test_settings_come_back),
    TEST(test_scripts_can_not_end_the_transaction),
    TEST(test_a_statement_may_roll_back),
    TEST(test_broken_references_are_refused),
    TEST(test_references_broken_before_do_not_stand_in_the_way),
    TEST(test_references_are_looked_at_again),
    TEST(test_foreign_keys_that_match_nothing),
    TEST(test_busy),
    TEST(test_lock_leaves_nothing_behind),
    TEST(test_chain_uses_a_log),
    TEST(test_chain_that_is_killed),
    TEST(test_chain_beside_a_reader),
    TEST(test_lock_leaves_wal_alone),
    TEST(test_lock_of_a_reader),
    TEST(test_lock_names_its_holder),
  };
  return cmocka_run_group_tests_name("sqlite_driver", tests, NULL, NULL);
}
