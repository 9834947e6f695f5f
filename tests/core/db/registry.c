#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>
#include <glib/gstdio.h>

#include "core/db/registry.h"

static char *folder, *path;

static int
setup(void **state)
{
  folder = g_dir_make_tmp("dmig-test-XXXXXX", NULL);
  path = g_build_filename(folder, "data", NULL);
  return 0;
}

static int
teardown(void **state)
{
  g_unlink(path);
  g_rmdir(folder);
  g_clear_pointer(&path, g_free);
  g_clear_pointer(&folder, g_free);
  return 0;
}

static void
test_dialects_and_drivers(void **state)
{
  guint n = 0;
  for (const DmigDialect *const *dialect = dmig_dialects(); *dialect != NULL; dialect++, n++) {
    assert_ptr_equal(dmig_dialect_find((*dialect)->name), *dialect);
    assert_ptr_equal(dmig_driver_for_dialect(*dialect)->dialect, *dialect);
  }
  assert_int_equal(n, 2);
  assert_null(dmig_dialect_find("SQLite"));
  assert_null(dmig_dialect_find(""));
  assert_null(dmig_driver_for_dialect(NULL));
}

static void
assert_driver(const char *url, const char *name)
{
  const DmigDriver *driver = dmig_driver_for_url(url);
  if (g_strcmp0(driver != NULL ? driver->dialect->name : NULL, name) != 0)
    fail_msg("%s is of %s", url, driver != NULL ? driver->dialect->name : "none");
  assert_int_equal(dmig_url_is_database(url), name != NULL);
}

static void
test_urls(void **state)
{
  assert_driver("sqlite:a", "sqlite");
  assert_driver("sqlite::memory:", "sqlite");
  assert_driver("sqlite:///a/b", "sqlite");
  assert_driver("postgresql://u:p@h/d", "postgresql");
  assert_driver("postgres://h", "postgresql");
  assert_driver("shop.db", "sqlite");
  assert_driver("/tmp/no such.sqlite3", "sqlite");
  assert_driver("", NULL);
  assert_driver("main", NULL);
  assert_driver("sqlite", NULL);
  assert_driver("sqliteish:a", NULL);
  assert_driver("domain.yaml", NULL);
  assert_driver("mysql://h/shop.db", NULL);
  assert_driver(folder, NULL);
}

/* A file without a telling name is looked into. */
static void
test_files(void **state)
{
  DmigDatabase *db = NULL;
  g_autofree char *url = g_strconcat("sqlite:", path, NULL);
  assert_driver(path, NULL);
  assert_true(g_file_set_contents(path, "domain: shop\n# SQLite format 3\n", -1, NULL));
  assert_driver(path, NULL);
  g_unlink(path);
  gboolean made = dmig_database_open(url, DMIG_OPEN_CREATE, &db, NULL) &&
                  dmig_database_exec(db, "CREATE TABLE a (id integer)", NULL);
  dmig_database_free(db);
  assert_true(made);
  assert_driver(path, "sqlite");
}

static void
test_unknown_url_is_redacted(void **state)
{
  DmigDatabase *db = NULL;
  g_autoptr(GError) error = NULL;
  assert_false(dmig_database_open("mysql://u:secret@h/d", 0, &db, &error));
  assert_int_equal(error->code, DMIG_ERROR_USAGE);
  assert_null(strstr(error->message, "secret"));
  assert_non_null(strstr(error->message, "mysql://"));
}

int
main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
  const struct CMUnitTest tests[] = {
    TEST(test_dialects_and_drivers),
    TEST(test_urls),
    TEST(test_files),
    TEST(test_unknown_url_is_redacted),
  };
  return cmocka_run_group_tests_name("registry", tests, NULL, NULL);
}
