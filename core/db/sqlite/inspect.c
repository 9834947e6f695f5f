#include <string.h>

#include "core/base/text.h"
#include "core/db/sqlite/broken.h"
#include "core/db/sqlite/internal.h"
#include "core/db/sqlite/objects.h"
#include "core/db/sqlite/parse.h"

/* Everything that a Schema holds stands in the texts that SQLite keeps, so that one query is almost
 * the whole inspection. Left out is what belongs to SQLite or to dmig. */
static const char catalogue[] =
    "SELECT type, name, tbl_name, sql FROM main.sqlite_master\n"
    "WHERE sql IS NOT NULL AND type IN ('table', 'index', 'view', 'trigger')\n"
    "  AND tbl_name NOT LIKE 'sqlite\\_%' ESCAPE '\\'\n"
    "  AND tbl_name NOT GLOB 'dmig_*' AND tbl_name NOT GLOB '_dmig_*'\n"
    "ORDER BY CASE type WHEN 'table' THEN 0 WHEN 'view' THEN 1 ELSE 2 END, rowid";

/* Tables that the modules of virtual tables make for themselves. */
static const char shadows[] =
    "SELECT name FROM pragma_table_list WHERE schema = 'main' AND type = 'shadow'";

typedef struct {
  DmigSqlite *database;
  DmigSchema *schema;
  GHashTable *tables;    /* name as SQLite compares it -> DmigTable*, borrowed */
  GHashTable *relations; /* the same -> the name of a table or view, borrowed from the schema */
} Inspection;

static void
inspection_clear(Inspection *self)
{
  dmig_schema_unref(self->schema);
  g_hash_table_unref(self->tables);
  g_hash_table_unref(self->relations);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Inspection, inspection_clear)

static char *
folded(const char *name)
{
  return g_ascii_strdown(name, -1);
}

static void
add_relation(Inspection *self, const char *name)
{
  g_hash_table_insert(self->relations, folded(name), (gpointer) name);
}

static gpointer
find(GHashTable *names, const char *name)
{
  g_autofree char *key = folded(name);
  return g_hash_table_lookup(names, key);
}

static gboolean
is_virtual(const char *sql)
{
  return g_ascii_strncasecmp(sql, "CREATE VIRTUAL", strlen("CREATE VIRTUAL")) == 0;
}

static gboolean
add_object(Inspection *self, DmigObject *object)
{
  if (object == NULL)
    return FALSE;
  g_ptr_array_add(self->schema->objects, object);
  if (object->kind != DMIG_OBJECT_TRIGGER)
    add_relation(self, object->path);
  return TRUE;
}

static gboolean
add_table(Inspection *self, const char *name, const char *sql, GError **error)
{
  if (is_virtual(sql))
    return add_object(self, dmig_sqlite_parse_virtual_table(name, sql, error));
  DmigTable *table = dmig_sqlite_parse_table(name, sql, error);
  if (table == NULL)
    return FALSE;
  g_ptr_array_add(self->schema->tables, table);
  g_hash_table_insert(self->tables, folded(name), table);
  add_relation(self, table->name);
  return TRUE;
}

/* What hangs on a table that could not be read is not read either. */
static gboolean
add_item(Inspection *self, const char *type, const char *name, const char *relation,
         const char *sql, GError **error)
{
  if (g_str_equal(type, "table"))
    return add_table(self, name, sql, error);
  if (g_str_equal(type, "view"))
    return add_object(self, dmig_sqlite_parse_view(name, sql, error));
  if (g_str_equal(type, "trigger")) {
    const char *own = find(self->relations, relation);
    return own == NULL || add_object(self, dmig_sqlite_parse_trigger(name, own, sql, error));
  }
  DmigTable *table = find(self->tables, relation);
  if (table == NULL)
    return TRUE;
  DmigIndex *index = dmig_sqlite_parse_index(name, sql, table, error);
  if (index != NULL)
    g_ptr_array_add(table->indexes, index);
  return index != NULL;
}

/* Text that is UTF-8 and has no NUL in it, or NULL. */
static const char *
clean_text(sqlite3_stmt *statement, int column)
{
  const char *text = (const char *) sqlite3_column_text(statement, column);
  int length = sqlite3_column_bytes(statement, column);
  return text != NULL && g_utf8_validate(text, length, NULL) ? text : NULL;
}

static void
read_row(Inspection *self, sqlite3_stmt *statement)
{
  const char *fields[4];
  gboolean clean = TRUE;
  for (int i = 0; i < 4; i++) {
    fields[i] = clean_text(statement, i);
    clean = clean && fields[i] != NULL;
  }
  if (clean) {
    g_autoptr(GError) problem = NULL;
    if (!add_item(self, fields[0], fields[1], fields[2], fields[3], &problem))
      dmig_schema_add_problem(self->schema, "%s", problem->message);
    return;
  }
  const char *name = (const char *) sqlite3_column_text(statement, 1);
  g_autofree char *printable = dmig_text_printable(name != NULL ? name : "?");
  dmig_schema_add_problem(self->schema,
                          "%s %s is left out: its name or its definition is no valid UTF-8; make it "
                          "again with one that is",
                          fields[0] != NULL ? fields[0] : "object", printable);
}

static gboolean
each_row(Inspection *self, const char *sql, void (*read)(Inspection *, sqlite3_stmt *),
         GError **error)
{
  sqlite3_stmt *statement = NULL;
  if (sqlite3_prepare_v2(self->database->handle, sql, -1, &statement, NULL) != SQLITE_OK)
    return dmig_sqlite_fail_doing(self->database, "inspect", error);
  while (sqlite3_step(statement) == SQLITE_ROW)
    read(self, statement);
  if (sqlite3_finalize(statement) != SQLITE_OK)
    return dmig_sqlite_fail_doing(self->database, "inspect", error);
  return TRUE;
}

static void
leave_out_shadow(Inspection *self, sqlite3_stmt *statement)
{
  const char *name = (const char *) sqlite3_column_text(statement, 0);
  DmigTable *table = name != NULL ? find(self->tables, name) : NULL;
  if (table == NULL)
    return;
  g_autofree char *key = folded(name);
  g_hash_table_remove(self->tables, key);
  g_ptr_array_remove(self->schema->tables, table);
}

static gboolean
has_virtual_tables(const DmigSchema *schema)
{
  for (guint i = 0; i < schema->objects->len; i++)
    if (((DmigObject *) schema->objects->pdata[i])->kind == DMIG_OBJECT_VIRTUAL_TABLE)
      return TRUE;
  return FALSE;
}

static void
read_setting(Inspection *self, sqlite3_stmt *statement)
{
  if (sqlite3_column_int64(statement, 1) == 0)
    return;
  g_ptr_array_add(self->schema->objects,
                  dmig_sqlite_setting_new((const char *) sqlite3_column_text(statement, 0),
                                          (const char *) sqlite3_column_text(statement, 1)));
}

/* A foreign key names its table and columns as its author wrote them; the Schema as they are. */
static void
resolve_reference(GHashTable *tables, DmigConstraint *key)
{
  const DmigTable *table = find(tables, key->ref_table);
  if (table == NULL)
    return;
  g_free(key->ref_table);
  key->ref_table = g_strdup(table->name);
  const DmigConstraint *primary = dmig_table_primary_key(table);
  if (key->ref_columns[0] == NULL && primary != NULL) {
    g_strfreev(key->ref_columns);
    key->ref_columns = g_strdupv(primary->columns);
  }
  for (char **column = key->ref_columns; *column != NULL; column++) {
    const DmigColumn *found = dmig_sqlite_find_column(table, *column);
    if (found == NULL)
      continue;
    g_free(*column);
    *column = g_strdup(found->name);
  }
}

static void
resolve_references(Inspection *self)
{
  for (guint i = 0; i < self->schema->tables->len; i++) {
    const DmigTable *table = g_ptr_array_index(self->schema->tables, i);
    for (guint k = 0; k < table->constraints->len; k++) {
      DmigConstraint *constraint = g_ptr_array_index(table->constraints, k);
      if (constraint->kind != DMIG_CONSTRAINT_FOREIGN_KEY)
        continue;
      resolve_reference(self->tables, constraint);
      dmig_sqlite_complete_reference(constraint);
    }
  }
}

static gboolean
inspect_all(Inspection *self, GError **error)
{
  if (!each_row(self, catalogue, read_row, error))
    return FALSE;
  if (has_virtual_tables(self->schema) && !each_row(self, shadows, leave_out_shadow, error))
    return FALSE;
  resolve_references(self);
  dmig_sqlite_mark_broken(self->database, self->schema);
  return each_row(self, "SELECT 'user_version', user_version FROM pragma_user_version\n"
                        "UNION ALL SELECT 'application_id', application_id"
                        " FROM pragma_application_id",
                  read_setting, error);
}

/* Several queries see one state of the database only within a transaction. */
gboolean
dmig_sqlite_inspect(DmigDatabase *database, DmigSchema **out, GError **error)
{
  DmigSqlite *self = (DmigSqlite *) database;
  g_auto(Inspection) inspection = {
    .database = self,
    .schema = dmig_schema_new(database->dialect),
    .tables = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL),
    .relations = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL),
  };
  gboolean own = sqlite3_get_autocommit(self->handle);
  if (own && sqlite3_exec(self->handle, "BEGIN", NULL, NULL, NULL) != SQLITE_OK)
    return dmig_sqlite_fail_doing(self, "inspect", error);
  gboolean done = inspect_all(&inspection, error);
  if (own)
    sqlite3_exec(self->handle, "COMMIT", NULL, NULL, NULL);
  if (!done)
    return FALSE;
  *out = g_steal_pointer(&inspection.schema);
  return TRUE;
}
