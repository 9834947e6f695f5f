#include "tests/core/db/sqlite_case.h"

DmigDatabase *db;
DmigSchema *schema;

int
sqlite_setup(void **state)
{
  return dmig_sqlite_driver.open_scratch(NULL, &db, NULL) ? 0 : -1;
}

int
sqlite_teardown(void **state)
{
  g_clear_pointer(&schema, dmig_schema_unref);
  g_clear_pointer(&db, dmig_database_free);
  return 0;
}

void
assert_no_error(GError *error)
{
  if (error != NULL)
    fail_msg("%s", error->message);
}

void
inspect(const char *sql)
{
  GError *error = NULL;
  dmig_database_exec(db, sql, &error);
  assert_no_error(error);
  g_clear_pointer(&schema, dmig_schema_unref);
  dmig_database_inspect(db, &schema, &error);
  assert_no_error(error);
}

DmigRows *
query(const char *sql, const char *parameter)
{
  GError *error = NULL;
  DmigRows *rows = NULL;
  dmig_database_query(db, &rows, &error, sql, parameter, NULL);
  assert_no_error(error);
  return rows;
}

DmigTable *
table_of(const char *name)
{
  DmigTable *table = dmig_schema_table(schema, name);
  if (table == NULL)
    fail_msg("no table %s", name);
  return table;
}

DmigColumn *
column_of(const char *table, const char *name)
{
  DmigColumn *column = dmig_table_column(table_of(table), name);
  if (column == NULL)
    fail_msg("no column %s.%s", table, name);
  return column;
}
