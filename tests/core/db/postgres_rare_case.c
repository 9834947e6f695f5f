#include "tests/core/db/postgres_rare_case.h"

#include "tests/support/postgres.h"
#include "tests/support/walk.h"

static char *other_url;
static DmigDatabase *other;
static GPtrArray *texts;
static char *forth, *back;

int
rare_setup(void **state)
{
  if (pg_setup(state) != 0)
    return -1;
  texts = g_ptr_array_new_with_free_func(g_free);
  other_url = test_postgres_create();
  pg_exec("DO $$ BEGIN IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'b ob') THEN "
          "CREATE ROLE \"b ob\"; END IF; END $$");
  return dmig_postgres_driver.open(other_url, 0, &other, &pg_error) ? 0 : -1;
}

int
rare_teardown(void **state)
{
  g_clear_pointer(&other, dmig_database_free);
  test_postgres_drop(other_url);
  g_clear_pointer(&other_url, g_free);
  g_clear_pointer(&texts, g_ptr_array_unref);
  g_clear_pointer(&forth, g_free);
  g_clear_pointer(&back, g_free);
  return pg_teardown(state);
}

static char *
keep(char *text)
{
  g_ptr_array_add(texts, text);
  return text;
}

static void
assert_same_dump(const char *sql)
{
  const char *a = keep(test_dump(pg_url)), *b = keep(test_dump(other_url));
  if (g_strcmp0(a, b) != 0)
    fail_msg("pg_dump tells them apart:\n%s\n--- and\n%s\n--- after\n%s", a, b, sql);
}

static void
walk(DmigDatabase *db, DmigSchema *to, char **out_sql)
{
  g_autoptr(GString) report = g_string_new(NULL);
  if (test_walk(db, to, out_sql, report))
    return;
  const char *said = keep(g_strdup(report->str));
  g_string_free(g_steal_pointer(&report), TRUE);
  fail_msg("%s--- sql\n%s", said, out_sql != NULL ? *out_sql : "");
}

static DmigSchema *
inspect(DmigDatabase *db)
{
  DmigSchema *schema = NULL;
  pg_assert(dmig_database_inspect(db, &schema, &pg_error));
  return pg_keep(schema);
}

DmigSchema *
rare_rebuild(const char *sql)
{
  DmigSchema *nothing = inspect(other);
  pg_exec(sql);
  DmigSchema *schema = pg_inspect();
  walk(other, schema, &forth);
  assert_same_dump(forth);
  walk(other, nothing, &back);
  return schema;
}

static void
run(DmigDatabase *db, const char *sql)
{
  if (!dmig_database_exec(db, sql, &pg_error))
    fail_msg("%s\nof: %s", pg_error->message, sql);
}

const char *
rare_change(const char *common, const char *before, const char *after)
{
  run(pg, common);
  run(other, common);
  run(pg, before);
  run(other, after);
  DmigSchema *from = inspect(pg), *to = inspect(other);
  walk(pg, to, &forth);
  assert_same_dump(forth);
  walk(other, from, &back);
  return forth;
}
