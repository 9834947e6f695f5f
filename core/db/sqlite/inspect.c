#include "core/db/sqlite/internal.h"
#include "core/db/sqlite/parse.h"

/* Everything that a Schema holds stands in the texts that SQLite keeps, so that one query is the
 * whole inspection, and with it one snapshot. Left out is what belongs to SQLite or to dmig, and
 * virtual tables with the tables that their modules make for themselves. */
static const char catalogue[] =
    "SELECT type, name, tbl_name, sql FROM main.sqlite_master\n"
    "WHERE sql IS NOT NULL AND type IN ('table', 'index', 'view')\n"
    "  AND tbl_name NOT LIKE 'sqlite\\_%' ESCAPE '\\'\n"
    "  AND tbl_name NOT GLOB 'dmig_*' AND tbl_name NOT GLOB '_dmig_*'\n"
    "  AND tbl_name NOT IN (SELECT name FROM pragma_table_list\n"
    "                       WHERE schema = 'main' AND type IN ('virtual', 'shadow'))\n"
    "ORDER BY type = 'index', rowid";

/* Names as SQLite compares them, to the tables. */
static char *
folded(const char *name)
{
  return g_ascii_strdown(name, -1);
}

static gboolean
add_object(DmigSchema *schema, GHashTable *tables, const char *type, const char *name,
           const char *table_name, const char *sql, GError **error)
{
  if (g_str_equal(type, "view")) {
    DmigObject *view = dmig_sqlite_parse_view(name, sql, error);
    if (view != NULL)
      g_ptr_array_add(schema->objects, view);
    return view != NULL;
  }
  if (g_str_equal(type, "table")) {
    DmigTable *table = dmig_sqlite_parse_table(name, sql, error);
    if (table == NULL)
      return FALSE;
    g_ptr_array_add(schema->tables, table);
    g_hash_table_insert(tables, folded(name), table);
    return TRUE;
  }
  g_autofree char *key = folded(table_name);
  DmigTable *table = g_hash_table_lookup(tables, key);
  DmigIndex *index = table != NULL ? dmig_sqlite_parse_index(name, sql, table, error) : NULL;
  if (index != NULL)
    g_ptr_array_add(table->indexes, index);
  return index != NULL || table == NULL;
}

/* A foreign key names its table and columns as its author wrote them; the Schema as they are. */
static void
resolve_reference(GHashTable *tables, DmigConstraint *key)
{
  g_autofree char *name = folded(key->ref_table);
  const DmigTable *table = g_hash_table_lookup(tables, name);
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
resolve_references(DmigSchema *schema, GHashTable *tables)
{
  for (guint i = 0; i < schema->tables->len; i++) {
    const DmigTable *table = g_ptr_array_index(schema->tables, i);
    for (guint k = 0; k < table->constraints->len; k++) {
      DmigConstraint *constraint = g_ptr_array_index(table->constraints, k);
      if (constraint->kind == DMIG_CONSTRAINT_FOREIGN_KEY)
        resolve_reference(tables, constraint);
    }
  }
}

gboolean
dmig_sqlite_inspect(DmigDatabase *database, DmigSchema **out, GError **error)
{
  DmigSqlite *self = (DmigSqlite *) database;
  sqlite3_stmt *statement = NULL;
  if (sqlite3_prepare_v2(self->handle, catalogue, -1, &statement, NULL) != SQLITE_OK)
    return dmig_sqlite_fail_doing(self, "inspect", error);
  g_autoptr(DmigSchema) schema = dmig_schema_new(database->dialect);
  g_autoptr(GHashTable) tables = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
  gboolean read = TRUE;
  while (read && sqlite3_step(statement) == SQLITE_ROW) {
    const char *fields[4];
    for (int i = 0; i < 4; i++)
      fields[i] = (const char *) sqlite3_column_text(statement, i);
    read = add_object(schema, tables, fields[0], fields[1], fields[2], fields[3], error);
  }
  int result = sqlite3_finalize(statement);
  if (!read)
    return FALSE;
  if (result != SQLITE_OK)
    return dmig_sqlite_fail_doing(self, "inspect", error);
  resolve_references(schema, tables);
  *out = g_steal_pointer(&schema);
  return TRUE;
}
