#include "tests/core/db/postgres_case.h"

#include "tests/support/postgres.h"

#define SKIPPED 77 /* meson's word for it */

DmigDatabase *pg;
char *pg_url;
GError *pg_error;

static DmigRows *rows;
static GPtrArray *kept;

int
pg_setup(void **state)
{
  pg_url = test_postgres_create();
  kept = g_ptr_array_new_with_free_func((GDestroyNotify) dmig_schema_unref);
  return dmig_postgres_driver.open(pg_url, 0, &pg, &pg_error) ? 0 : -1;
}

int
pg_teardown(void **state)
{
  g_clear_pointer(&rows, dmig_rows_free);
  g_clear_pointer(&kept, g_ptr_array_unref);
  g_clear_pointer(&pg, dmig_database_free);
  g_clear_error(&pg_error);
  test_postgres_drop(pg_url);
  g_clear_pointer(&pg_url, g_free);
  return 0;
}

void
pg_assert(gboolean done)
{
  if (!done)
    fail_msg("%s", pg_error != NULL ? pg_error->message : "failed without an error");
  assert_null(pg_error);
}

void
pg_exec(const char *sql)
{
  if (!dmig_database_exec(pg, sql, &pg_error))
    fail_msg("%s\nof: %s", pg_error->message, sql);
}

const char *
pg_value(const char *sql)
{
  g_clear_pointer(&rows, dmig_rows_free);
  if (!dmig_database_query(pg, &rows, &pg_error, sql, NULL))
    fail_msg("%s\nof: %s", pg_error->message, sql);
  assert_int_equal(rows->rows->len, 1);
  return dmig_rows_get(rows, 0, 0);
}

gint64
pg_count(const char *sql)
{
  gint64 n = -1;
  pg_assert(dmig_database_count(pg, sql, &n, &pg_error));
  return n;
}

DmigSchema *
pg_keep(DmigSchema *schema)
{
  g_ptr_array_add(kept, schema);
  return schema;
}

DmigSchema *
pg_inspect(void)
{
  DmigSchema *schema = NULL;
  pg_assert(dmig_database_inspect(pg, &schema, &pg_error));
  return pg_keep(schema);
}

DmigSchema *
pg_inspect_encoded(const char *encoding, const char *script)
{
  g_autofree char *name = g_strdup(pg_value("SELECT current_database()"));
  g_autofree char *other = g_strconcat(name, "_encoded", NULL);
  g_auto(GStrv) around = g_strsplit(pg_url, name, 2);
  g_autofree char *url = g_strjoinv(other, around);
  g_autofree char *create = g_strdup_printf(
      "CREATE DATABASE %s ENCODING %s TEMPLATE template0 LOCALE 'C'", other, encoding);
  g_autofree char *drop = g_strdup_printf("DROP DATABASE %s", other);
  DmigDatabase *database = NULL;
  DmigSchema *schema = NULL;

  pg_exec(create);
  gboolean done = dmig_postgres_driver.open(url, 0, &database, &pg_error)
                  && dmig_database_exec(database, script, &pg_error)
                  && dmig_database_inspect(database, &schema, &pg_error);
  g_clear_pointer(&database, dmig_database_free);
  pg_exec(drop);
  pg_assert(done);
  return pg_keep(schema);
}

int
pg_main(const char *name, const struct CMUnitTest *tests, size_t n)
{
  if (!test_postgres_start())
    return SKIPPED;
  int failed = _cmocka_run_group_tests(name, tests, n, NULL, NULL);
  test_postgres_stop();
  return failed;
}
