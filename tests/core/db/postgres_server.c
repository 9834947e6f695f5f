/* The private server: it comes, it serves, and nothing of it stays, however its owner ends. */
#include <signal.h>
#include <stdio.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "core/db/postgres/server.h"
#include "core/db/scratch.h"
#include "tests/core/db/postgres_case.h"

static DmigScratch *scratch;
static DmigDatabase *db, *other;
static DmigPgServer *server;
static DmigSchema *found;
static GError *error;
static char *folder;
static pid_t child;

static int
setup(void **state)
{
  scratch = dmig_scratch_new(&dmig_postgres_dialect, NULL);
  return 0;
}

static int
teardown(void **state)
{
  if (child > 0) {
    kill(child, SIGKILL);
    waitpid(child, NULL, 0);
    child = 0;
  }
  g_clear_pointer(&found, dmig_schema_unref);
  g_clear_pointer(&db, dmig_database_free);
  g_clear_pointer(&other, dmig_database_free);
  g_clear_pointer(&scratch, dmig_scratch_free);
  g_clear_pointer(&server, dmig_pg_server_free);
  g_clear_pointer(&folder, g_free);
  g_clear_error(&error);
  return 0;
}

static void
assert_done(gboolean done)
{
  if (!done)
    fail_msg("%s", error->message);
}

/* The folder in `…?host=%2Ftmp%2Fdmig-pg-x&…`. */
static char *
folder_of(const char *url)
{
  const char *host = strstr(url, "host=") + strlen("host=");
  return g_uri_unescape_segment(host, host + strcspn(host, "&"), NULL);
}

static gboolean
goes_away(const char *path)
{
  for (int i = 0; i < 1000; i++) {
    if (!g_file_test(path, G_FILE_TEST_EXISTS))
      return TRUE;
    g_usleep(10 * 1000);
  }
  return FALSE;
}

static pid_t
server_pid(const char *in_folder)
{
  g_autofree char *file = g_build_filename(in_folder, "data", "postmaster.pid", NULL);
  g_autofree char *text = NULL;
  assert_true(g_file_get_contents(file, &text, NULL, NULL));
  return (pid_t) g_ascii_strtoll(text, NULL, 10);
}

static void
test_databases_are_empty_and_apart(void **state)
{
  assert_done(dmig_scratch_open(scratch, &db, &error));
  assert_true(g_str_has_prefix(db->driver->version(db), "PostgreSQL 1"));
  assert_done(dmig_database_exec(db, "CREATE TABLE a (id integer)", &error));
  assert_done(dmig_scratch_open(scratch, &other, &error));
  assert_done(dmig_database_inspect(other, &found, &error));
  assert_int_equal(found->tables->len, 0);
  g_clear_pointer(&db, dmig_database_free);
  gint64 n = 0;
  assert_done(dmig_database_count(other, "SELECT count(*) FROM pg_database WHERE datname LIKE "
                                         "'dmig\\_scratch\\_%'", &n, &error));
  assert_int_equal(n, 1);
}

static void
test_normalise(void **state)
{
  DmigSchema *schema = dmig_schema_new(&dmig_postgres_dialect);
  DmigTable *table = dmig_table_new("t");
  g_ptr_array_add(schema->tables, table);
  g_ptr_array_add(table->columns, dmig_column_new("a", "character varying(9)"));
  DmigConstraint *check = dmig_constraint_new(DMIG_CONSTRAINT_CHECK, "c");
  check->check_sql = g_strdup("a LIKE '%x' AND (a) <> 'y'");
  g_ptr_array_add(table->constraints, check);
  gboolean done = dmig_scratch_normalise(scratch, schema, &found, &error);
  dmig_schema_unref(schema);
  assert_done(done);
  table = dmig_schema_table(found, "t");
  check = g_ptr_array_index(table->constraints, 0);
  assert_string_equal(check->check_sql, "a::text ~~ '%x'::text AND a::text <> 'y'::text");
}

static void
test_it_goes_with_its_owner(void **state)
{
  assert_done(dmig_pg_server_start(&server, &error));
  folder = folder_of(dmig_pg_server_url(server));
  struct stat info;
  assert_int_equal(stat(folder, &info), 0);
  assert_int_equal(info.st_mode & 077, 0);
  pid_t pid = server_pid(folder);
  assert_int_equal(kill(pid, 0), 0);
  g_clear_pointer(&server, dmig_pg_server_free);
  assert_false(g_file_test(folder, G_FILE_TEST_EXISTS));
  assert_int_not_equal(kill(pid, 0), 0);
}

/* A process that starts a server, tells its folder and waits to be killed. */
static void
fork_owner(void)
{
  int told[2];
  char buffer[256] = "";
  assert_int_equal(pipe(told), 0);
  child = fork();
  if (child == 0) {
    if (dmig_pg_server_start(&server, NULL)) {
      g_autofree char *own = folder_of(dmig_pg_server_url(server));
      if (write(told[1], own, strlen(own) + 1) > 0)
        pause();
    }
    _exit(0);
  }
  close(told[1]);
  ssize_t n = read(told[0], buffer, sizeof buffer - 1);
  close(told[0]);
  assert_true(n > 1);
  folder = g_strdup(buffer);
}

static void
test_it_goes_when_its_owner_is_killed(void **state)
{
  fork_owner();
  pid_t pid = server_pid(folder);
  assert_int_equal(kill(pid, 0), 0);
  kill(child, SIGKILL);
  waitpid(child, NULL, 0);
  child = 0;
  assert_true(goes_away(folder));
  assert_int_not_equal(kill(pid, 0), 0);
}

static void
test_signals_of_the_terminal_pass_it_by(void **state)
{
  assert_done(dmig_pg_server_start(&server, &error));
  folder = folder_of(dmig_pg_server_url(server));
  pid_t pid = server_pid(folder);
  assert_int_not_equal(getpgid(pid), getpgid(0));
  assert_int_not_equal(getsid(pid), getsid(0));
}

static void
test_two_at_once(void **state)
{
  assert_done(dmig_pg_server_start(&server, &error));
  DmigPgServer *second = NULL;
  assert_done(dmig_pg_server_start(&second, &error));
  /* The first one must not wait for the second, which was forked with its pipe open. */
  g_clear_pointer(&server, dmig_pg_server_free);
  dmig_pg_server_free(second);
}

static void
test_a_server_that_is_named(void **state)
{
  assert_done(dmig_pg_server_start(&server, &error));
  dmig_scratch_free(scratch);
  scratch = dmig_scratch_new(&dmig_postgres_dialect, dmig_pg_server_url(server));
  assert_done(dmig_scratch_open(scratch, &db, &error));
  g_clear_pointer(&db, dmig_database_free);
  dmig_scratch_free(scratch);
  scratch = dmig_scratch_new(&dmig_postgres_dialect,
                             "postgresql://u:sekret@/x?host=/nowhere/at/all");
  assert_false(dmig_scratch_open(scratch, &db, &error));
  assert_int_equal(error->code, DMIG_ERROR_FATAL);
  assert_null(strstr(error->message, "sekret"));
}

int
main(void)
{
  g_autoptr(GError) problem = NULL;
  DmigPgServer *trial = NULL;
  if (!dmig_pg_server_start(&trial, &problem)) {
    fprintf(stderr, "%s\n", problem->message);
    return g_error_matches(problem, DMIG_ERROR, DMIG_ERROR_NOT_FOUND) ? 77 : 1;
  }
  dmig_pg_server_free(trial);
#define SERVER_TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
  const struct CMUnitTest tests[] = {
    SERVER_TEST(test_databases_are_empty_and_apart),
    SERVER_TEST(test_normalise),
    SERVER_TEST(test_it_goes_with_its_owner),
    SERVER_TEST(test_it_goes_when_its_owner_is_killed),
    SERVER_TEST(test_signals_of_the_terminal_pass_it_by),
    SERVER_TEST(test_two_at_once),
    SERVER_TEST(test_a_server_that_is_named),
  };
  return cmocka_run_group_tests_name("postgres_server", tests, NULL, NULL);
}
