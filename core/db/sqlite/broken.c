/* Views and triggers that name what is not there. SQLite lets them stand, and then refuses to drop a
 * column of any table, or to rename anything, because of them. The planner gets told, so that they
 * are out of the way meanwhile. */
#include "core/db/sqlite/broken.h"

#include "core/sql/text.h"

/* NULL: it can't be prepared; `out_problem` says why. */
static sqlite3_stmt *
prepared(sqlite3 *handle, const char *sql, char **out_problem)
{
  sqlite3_stmt *statement = NULL;
  if (sqlite3_prepare_v2(handle, sql, -1, &statement, NULL) == SQLITE_OK)
    return statement;
  g_free(*out_problem);
  *out_problem = g_strdup(sqlite3_errmsg(handle));
  return NULL;
}

static void
append_setting(GString *update, const char *column)
{
  dmig_sql_appendf(update, &dmig_sqlite_dialect, "%s%I = NULL",
                   g_str_has_suffix(update->str, " SET ") ? "" : ", ", column);
}

/* What sets every column of a relation, and so would fire all of its triggers for updates. */
static char *
update_of_all(sqlite3 *handle, const DmigSchema *schema, const char *relation, char **out_problem)
{
  const DmigTable *table = dmig_schema_table(schema, relation);
  g_autoptr(GString) update = g_string_new(NULL);
  dmig_sql_appendf(update, &dmig_sqlite_dialect, "UPDATE main.%I SET ", relation);
  for (guint i = 0; table != NULL && i < table->columns->len; i++) {
    const DmigColumn *column = table->columns->pdata[i];
    if (column->generated == DMIG_GENERATED_NONE)
      append_setting(update, column->name);
  }
  if (table != NULL)
    return g_strdup(update->str);
  g_autofree char *select
      = dmig_sql_printf(&dmig_sqlite_dialect, "SELECT * FROM main.%I", relation);
  sqlite3_stmt *statement = prepared(handle, select, out_problem);
  for (int i = 0; i < sqlite3_column_count(statement); i++)
    append_setting(update, sqlite3_column_name(statement, i));
  sqlite3_finalize(statement);
  return statement != NULL ? g_strdup(update->str) : NULL;
}

/* A statement that makes SQLite look into the object. NULL: there is none. */
static char *
statement_for(sqlite3 *handle, const DmigSchema *schema, const DmigObject *object,
              char **out_problem)
{
  const DmigDialect *dialect = &dmig_sqlite_dialect;
  if (object->kind == DMIG_OBJECT_VIEW)
    return dmig_sql_printf(dialect, "SELECT * FROM main.%I", object->path);
  const char *events = dmig_object_property(object, "events");
  if (g_str_has_prefix(events, "insert"))
    return dmig_sql_printf(dialect, "INSERT INTO main.%I DEFAULT VALUES", object->path);
  if (g_str_has_prefix(events, "delete"))
    return dmig_sql_printf(dialect, "DELETE FROM main.%I", object->path);
  return update_of_all(handle, schema, object->path, out_problem);
}

static void
look_into(sqlite3 *handle, const DmigSchema *schema, DmigObject *object)
{
  g_autofree char *problem = NULL;
  g_autofree char *sql = statement_for(handle, schema, object, &problem);
  if (sql != NULL)
    sqlite3_finalize(prepared(handle, sql, &problem));
  g_free(object->broken);
  object->broken = g_steal_pointer(&problem);
}

void
dmig_sqlite_mark_broken(DmigSqlite *self, DmigSchema *schema)
{
  for (guint i = 0; i < schema->objects->len; i++) {
    DmigObject *object = schema->objects->pdata[i];
    if (object->kind == DMIG_OBJECT_VIEW || object->kind == DMIG_OBJECT_TRIGGER)
      look_into(self->handle, schema, object);
  }
}
