#include <string.h>

#include "core/base/fault.h"
#include "core/db/sqlite/internal.h"

/* A migration runs with foreign keys off, since a table that is rebuilt is dropped on the way. What
 * they would have kept is checked before the commit instead: no reference may be broken that was
 * not broken before. A check reads every table that has a foreign key, so it is left out where no
 * statement could have broken one; SQLite's authorizer tells what a statement does. */

static gboolean
is_bookkeeping(const char *table)
{
  return table == NULL || g_str_has_prefix(table, "sqlite_") || g_str_has_prefix(table, "dmig_");
}

static int
watch(void *data, int action, const char *object, const char *unused_detail,
      const char *unused_database, const char *unused_trigger)
{
  DmigSqlite *self = data;
  switch (action) {
  case SQLITE_TRANSACTION:
    self->ends_transaction = TRUE;
    break;
  case SQLITE_ALTER_TABLE:
    self->breaks_references = TRUE;
    break;
  case SQLITE_INSERT:
  case SQLITE_UPDATE:
  case SQLITE_DELETE:
  case SQLITE_DROP_TABLE:
    self->breaks_references |= !is_bookkeeping(object);
    break;
  default:
    break;
  }
  return SQLITE_OK;
}

static gboolean
execute(DmigSqlite *self, const char *sql, const char *doing, GError **error)
{
  if (sqlite3_exec(self->handle, sql, NULL, NULL, NULL) == SQLITE_OK)
    return TRUE;
  return dmig_sqlite_fail_doing(self, doing, error);
}

static gint64
single_number(DmigSqlite *self, const char *sql)
{
  sqlite3_stmt *statement = NULL;
  gint64 number = -1;
  if (sqlite3_prepare_v2(self->handle, sql, -1, &statement, NULL) == SQLITE_OK &&
      sqlite3_step(statement) == SQLITE_ROW)
    number = sqlite3_column_int64(statement, 0);
  sqlite3_finalize(statement);
  return number;
}

/* `child\nparent` -> how many rows of `child` refer to nothing in `parent`. */
static gboolean
count_broken(DmigSqlite *self, const char *only_table, GHashTable *counts)
{
  sqlite3_stmt *statement = NULL;
  const char *sql = only_table == NULL
                        ? "SELECT \"table\" || char(10) || \"parent\", count(*)"
                          " FROM pragma_foreign_key_check GROUP BY 1"
                        : "SELECT \"table\" || char(10) || \"parent\", count(*)"
                          " FROM pragma_foreign_key_check(?1) GROUP BY 1";
  int result = sqlite3_prepare_v2(self->handle, sql, -1, &statement, NULL);
  if (result == SQLITE_OK && only_table != NULL)
    sqlite3_bind_text(statement, 1, only_table, -1, SQLITE_TRANSIENT);
  while (result == SQLITE_OK && sqlite3_step(statement) == SQLITE_ROW)
    g_hash_table_insert(counts, g_strdup((const char *) sqlite3_column_text(statement, 0)),
                        GUINT_TO_POINTER((guint) sqlite3_column_int64(statement, 1)));
  return sqlite3_finalize(statement) == SQLITE_OK && result == SQLITE_OK;
}

/* Where one foreign key is no key at all ("foreign key mismatch"), SQLite checks none; so then table
 * by table, with the mismatch itself as what is broken. */
static void
count_broken_by_table(DmigSqlite *self, GHashTable *counts)
{
  g_autoptr(GPtrArray) tables = g_ptr_array_new_with_free_func(g_free);
  sqlite3_stmt *statement = NULL;
  if (sqlite3_prepare_v2(self->handle, "SELECT name FROM sqlite_master WHERE type = 'table'", -1,
                         &statement, NULL) == SQLITE_OK)
    while (sqlite3_step(statement) == SQLITE_ROW)
      g_ptr_array_add(tables, g_strdup((const char *) sqlite3_column_text(statement, 0)));
  sqlite3_finalize(statement);
  for (guint i = 0; i < tables->len; i++) {
    const char *table = g_ptr_array_index(tables, i);
    if (!count_broken(self, table, counts))
      g_hash_table_insert(counts, g_strconcat(table, "\n", NULL), GUINT_TO_POINTER(1));
  }
}

static GHashTable *
broken_references(DmigSqlite *self)
{
  GHashTable *counts = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
  if (!count_broken(self, NULL, counts)) {
    g_hash_table_remove_all(counts);
    count_broken_by_table(self, counts);
  }
  return counts;
}

static guint
count_of(GHashTable *counts, const char *key)
{
  return GPOINTER_TO_UINT(g_hash_table_lookup(counts, key));
}

/* Whether a renamed table explains `key`: another pair had as many, and has none now. */
static gboolean
was_renamed(GHashTable *before, GHashTable *after, const char *key)
{
  GHashTableIter iter;
  gpointer other, count;
  g_hash_table_iter_init(&iter, before);
  while (g_hash_table_iter_next(&iter, &other, &count))
    if (!g_hash_table_contains(after, other) && GPOINTER_TO_UINT(count) == count_of(after, key))
      return TRUE;
  return FALSE;
}

static char *
describe_broken(const char *key, guint count)
{
  g_auto(GStrv) names = g_strsplit(key, "\n", 2);
  if (*names[1] == '\0')
    return g_strdup_printf("a foreign key of %s would refer to columns that are not unique",
                           names[0]);
  return g_strdup_printf("%u %s of %s would refer to rows of %s that do not exist", count,
                         count == 1 ? "row" : "rows", names[0], names[1]);
}

static gboolean
check_references(DmigSqlite *self, GError **error)
{
  if (!self->checks_references)
    return TRUE;
  g_autoptr(GHashTable) after = broken_references(self);
  g_autoptr(GList) keys = g_list_sort(g_hash_table_get_keys(after), (GCompareFunc) strcmp);
  for (GList *link = keys; link != NULL; link = link->next) {
    const char *key = link->data;
    guint count = count_of(after, key), known = count_of(self->references, key);
    if (count <= known || (known == 0 && was_renamed(self->references, after, key)))
      continue;
    g_autofree char *problem = describe_broken(key, count - known);
    g_set_error(error, DMIG_ERROR, DMIG_ERROR_FAILED,
                "the migration breaks references: %s; move or delete them in the migration",
                problem);
    return FALSE;
  }
  g_hash_table_unref(self->references);
  self->references = g_steal_pointer(&after);
  return TRUE;
}

static void
configure(DmigSqlite *self, int foreign_keys, int legacy_alter_table)
{
  sqlite3_db_config(self->handle, SQLITE_DBCONFIG_ENABLE_FKEY, foreign_keys, NULL);
  sqlite3_db_config(self->handle, SQLITE_DBCONFIG_LEGACY_ALTER_TABLE, legacy_alter_table, NULL);
}

gboolean
dmig_sqlite_begin(DmigDatabase *database, GError **error)
{
  DmigSqlite *self = (DmigSqlite *) database;
  if (!sqlite3_get_autocommit(self->handle)) {
    g_set_error(error, DMIG_ERROR, DMIG_ERROR_FAILED, "%s: a transaction has begun already",
                database->name);
    return FALSE;
  }
  sqlite3_db_config(self->handle, SQLITE_DBCONFIG_ENABLE_FKEY, -1, &self->foreign_keys);
  sqlite3_db_config(self->handle, SQLITE_DBCONFIG_LEGACY_ALTER_TABLE, -1,
                    &self->legacy_alter_table);
  configure(self, 0, 0);
  if (!execute(self, "BEGIN IMMEDIATE", "begin a transaction in", error)) {
    configure(self, self->foreign_keys, self->legacy_alter_table);
    return FALSE;
  }
  if (self->references != NULL &&
      single_number(self, "PRAGMA data_version") != self->data_version)
    g_clear_pointer(&self->references, g_hash_table_unref);
  self->in_transaction = TRUE;
  self->checks_references = FALSE;
  self->ends_transaction = FALSE;
  self->breaks_references = FALSE;
  sqlite3_set_authorizer(self->handle, watch, self);
  return TRUE;
}

/* Whether it was committed or not. */
static void
leave(DmigSqlite *self)
{
  sqlite3_set_authorizer(self->handle, NULL, NULL);
  if (!sqlite3_get_autocommit(self->handle))
    sqlite3_exec(self->handle, "ROLLBACK", NULL, NULL, NULL);
  configure(self, self->foreign_keys, self->legacy_alter_table);
  self->in_transaction = FALSE;
  if (self->references != NULL)
    self->data_version = single_number(self, "PRAGMA data_version");
}

gboolean
dmig_sqlite_commit(DmigDatabase *database, GError **error)
{
  DmigSqlite *self = (DmigSqlite *) database;
  if (!self->in_transaction) {
    g_set_error(error, DMIG_ERROR, DMIG_ERROR_FAILED, "%s: there is no transaction to commit",
                database->name);
    return FALSE;
  }
  gboolean committed = dmig_database_may_go_on(database, error) &&
                       (!self->locked || dmig_fault_point("before a commit", error)) &&
                       check_references(self, error) &&
                       execute(self, "COMMIT", "commit to", error);
  if (committed && self->locked)
    dmig_fault_point("after a commit", NULL);
  if (!committed)
    g_clear_pointer(&self->references, g_hash_table_unref);
  leave(self);
  if (committed)
    dmig_sqlite_journal_committed(self);
  return committed;
}

void
dmig_sqlite_rollback(DmigDatabase *database)
{
  DmigSqlite *self = (DmigSqlite *) database;
  if (self->in_transaction)
    leave(self);
}

gboolean
dmig_sqlite_run(DmigDatabase *database, const char *const *scripts, guint n, guint *out_failed,
                GError **error)
{
  if (!dmig_sqlite_begin(database, error)) {
    *out_failed = 0;
    return FALSE;
  }
  for (guint i = 0; i < n; i++) {
    if (dmig_sqlite_exec(database, scripts[i], error))
      continue;
    *out_failed = i;
    dmig_sqlite_rollback(database);
    return FALSE;
  }
  if (dmig_sqlite_commit(database, error))
    return TRUE;
  *out_failed = n;
  return FALSE;
}

gboolean
dmig_sqlite_before_statement(DmigSqlite *self, sqlite3_stmt *statement, GError **error)
{
  if (!self->in_transaction) {
    if (!sqlite3_stmt_readonly(statement))
      g_clear_pointer(&self->references, g_hash_table_unref);
    return TRUE;
  }
  gboolean ends = self->ends_transaction, breaks = self->breaks_references;
  self->ends_transaction = FALSE;
  self->breaks_references = FALSE;
  if (ends) {
    g_set_error_literal(error, DMIG_ERROR, DMIG_ERROR_FAILED,
                        "a migration runs in one transaction and can't begin or end one itself: "
                        "take this statement out");
    return FALSE;
  }
  if (!breaks)
    return TRUE;
  if (self->references == NULL)
    self->references = broken_references(self);
  self->breaks_references = FALSE;
  self->checks_references = TRUE;
  return TRUE;
}
