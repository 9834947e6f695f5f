#include "tests/core/db/contract_case.h"

#include <signal.h>
#include <stdio.h>
#include <sys/wait.h>

static const Backend *const backends[] = { &sqlite_backend, &postgres_backend };

#define SKIPPED 77 /* meson's word for it */

const Backend *backend;
char *url;
DmigDatabase *db, *other;
DmigSchema *wanted, *found, *beside;
DmigRows *rows;
GError *error;
char *text;

pid_t child;

int
contract_setup(void **state)
{
  url = backend->create();
  return backend->driver->open(url, 0, &db, &error) ? 0 : -1;
}

int
contract_teardown(void **state)
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

void
assert_done(gboolean done)
{
  if (!done)
    fail_msg("%s", error != NULL ? error->message : "failed without an error");
  assert_null(error);
}

void
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

void
exec(const char *sql)
{
  assert_done(dmig_database_exec(db, sql, &error));
}

gint64
count(DmigDatabase *database, const char *sql)
{
  gint64 n = -1;
  assert_done(dmig_database_count(database, sql, &n, &error));
  return n;
}

const char *
value(const char *sql, const char *parameter)
{
  g_clear_pointer(&rows, dmig_rows_free);
  assert_done(dmig_database_query(db, &rows, &error, sql, parameter, NULL));
  assert_int_equal(rows->rows->len, 1);
  return dmig_rows_get(rows, 0, 0);
}

int
contract_main(int argc, char **argv, const struct CMUnitTest *tests, size_t n)
{
  for (guint i = 0; argc == 2 && i < G_N_ELEMENTS(backends); i++)
    if (strcmp(backends[i]->driver->dialect->name, argv[1]) == 0)
      backend = backends[i];
  if (backend == NULL) {
    fprintf(stderr, "usage: %s DIALECT\n", argv[0]);
    return 129;
  }
  if (!backend->start())
    return SKIPPED;
  int failed = _cmocka_run_group_tests(argv[1], tests, n, NULL, NULL);
  backend->stop();
  return failed;
}
