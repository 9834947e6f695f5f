#include <errno.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/base/fault.h"
#include "core/base/text.h"
#include "core/db/sqlite/internal.h"
#include "core/db/sqlite/survey.h"

static const char *
path_of_url(const char *url)
{
  if (!g_str_has_prefix(url, "sqlite:"))
    return url;
  const char *path = url + strlen("sqlite:");
  return g_str_has_prefix(path, "///") ? path + 2 : path;
}

static gboolean
fail_open(const char *path, DmigErrorCode code, const char *problem, GError **error)
{
  g_autofree char *printable = dmig_text_printable(path);
  g_set_error(error, DMIG_ERROR, code, "can't open the database '%s': %s", printable, problem);
  return FALSE;
}

static gboolean
check_missing(const char *path, DmigOpenFlags flags, GError **error)
{
  g_autofree char *folder = g_path_get_dirname(path);
  if (!(flags & DMIG_OPEN_CREATE) || (flags & DMIG_OPEN_READ_ONLY))
    return fail_open(path, DMIG_ERROR_NOT_FOUND,
                     "there is no such file; check the path, or let `dmig apply` create it", error);
  if (!g_file_test(folder, G_FILE_TEST_IS_DIR))
    return fail_open(path, DMIG_ERROR_NOT_FOUND, "its folder does not exist; create it first",
                     error);
  if (access(folder, W_OK | X_OK) != 0)
    return fail_open(path, DMIG_ERROR_FATAL,
                     "no permission to create it; check the permissions of its folder", error);
  return TRUE;
}

/* SQLite says "unable to open database file" to all of these. */
static gboolean
check_path(const char *path, DmigOpenFlags flags, GError **error)
{
  struct stat info;
  if (g_str_has_prefix(path, "//"))
    return fail_open(path, DMIG_ERROR_USAGE,
                     "write sqlite:relative/path.db or sqlite:/absolute/path.db", error);
  if (*path == '\0')
    return fail_open(path, DMIG_ERROR_USAGE,
                     "the path is missing; write sqlite:path.db or sqlite::memory:", error);
  if (stat(path, &info) != 0) {
    if (errno == ENOENT)
      return check_missing(path, flags, error);
    g_autofree char *problem =
        g_strdup_printf("%s; check the path and its permissions", g_strerror(errno));
    return fail_open(path, DMIG_ERROR_FATAL, problem, error);
  }
  if (S_ISDIR(info.st_mode))
    return fail_open(path, DMIG_ERROR_FATAL, "it is a directory; name the database file in it",
                     error);
  if (!S_ISREG(info.st_mode))
    return fail_open(path, DMIG_ERROR_FATAL, "it is no regular file; check the path", error);
  int wanted = flags & DMIG_OPEN_READ_ONLY ? R_OK : R_OK | W_OK;
  if (access(path, wanted) != 0)
    return fail_open(path, DMIG_ERROR_FATAL, "no permission; check the file's permissions", error);
  return TRUE;
}

static void
sqlite_close(DmigDatabase *database)
{
  if (database == NULL)
    return;
  DmigSqlite *self = (DmigSqlite *) database;
  dmig_sqlite_rollback(database);
  dmig_sqlite_unlock(database);
  sqlite3_close(self->handle);
  /* Not earlier: to close any descriptor of a file drops the locks that SQLite has on it. */
  if (self->lock_fd >= 0)
    close(self->lock_fd);
  g_clear_pointer(&self->references, g_hash_table_unref);
  g_free(self->path);
  g_free(self->file_name);
  g_free(self->version);
  g_free(self->base.name);
  g_free(self);
}

static DmigSqlite *
sqlite_new(const char *name, const char *path)
{
  DmigSqlite *self = g_new0(DmigSqlite, 1);
  self->base.driver = &dmig_sqlite_driver;
  self->base.dialect = &dmig_sqlite_dialect;
  self->base.name = dmig_url_redact(name);
  self->path = g_strdup(path);
  self->file_name = path != NULL ? g_path_get_basename(path) : g_strdup(":memory:");
  self->version = g_strconcat("SQLite ", sqlite3_libversion(), NULL);
  self->lock_fd = -1;
  return self;
}

/* Whether nobody writes to the file, nor has left anything half done beside it. */
static gboolean
is_at_rest(const char *path)
{
  static const char *const suffixes[] = { "-wal", "-journal" };
  for (guint i = 0; i < G_N_ELEMENTS(suffixes); i++) {
    g_autofree char *beside = g_strconcat(path, suffixes[i], NULL);
    if (g_file_test(beside, G_FILE_TEST_EXISTS))
      return FALSE;
  }
  return TRUE;
}

/* A database with a write-ahead log can't be read where its log can't be made, unless SQLite is told
 * that nothing will change. */
static gboolean
open_immutable(DmigSqlite *self)
{
  g_autofree char *escaped = g_uri_escape_string(self->path, "/", TRUE);
  g_autofree char *uri = g_strconcat("file:", escaped, "?immutable=1", NULL);
  sqlite3 *handle = NULL;
  int open_flags = SQLITE_OPEN_READONLY | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_URI;
  if (sqlite3_open_v2(uri, &handle, open_flags, NULL) != SQLITE_OK ||
      sqlite3_exec(handle, "PRAGMA schema_version", NULL, NULL, NULL) != SQLITE_OK) {
    sqlite3_close(handle);
    return FALSE;
  }
  sqlite3_extended_result_codes(handle, 1);
  sqlite3_close(self->handle);
  self->handle = handle;
  return TRUE;
}

/* Opened for writing even where nothing is to be written: only so can SQLite take back what a
 * program that was killed has left half done. `query_only` holds everybody else to reading. */
static gboolean
open_handle(DmigSqlite *self, DmigOpenFlags flags, GError **error)
{
  self->read_only = (flags & DMIG_OPEN_READ_ONLY) != 0;
  gboolean create = self->path == NULL || ((flags & DMIG_OPEN_CREATE) && !self->read_only);
  int open_flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX | (create ? SQLITE_OPEN_CREATE : 0);
  const char *path = self->path != NULL ? self->path : ":memory:";
  if (sqlite3_open_v2(path, &self->handle, open_flags, NULL) != SQLITE_OK)
    return dmig_sqlite_fail_doing(self, "open", error);
  sqlite3_extended_result_codes(self->handle, 1);
  sqlite3_busy_timeout(self->handle, DMIG_SQLITE_BUSY_MILLISECONDS);
  if (self->read_only &&
      sqlite3_exec(self->handle, "PRAGMA query_only = ON", NULL, NULL, NULL) != SQLITE_OK)
    return dmig_sqlite_fail_doing(self, "open", error);
  if (sqlite3_exec(self->handle, "PRAGMA schema_version", NULL, NULL, NULL) == SQLITE_OK)
    return TRUE;
  int failure = sqlite3_errcode(self->handle) & 0xff;
  gboolean unwritable = failure == SQLITE_READONLY || failure == SQLITE_CANTOPEN;
  if (unwritable && self->read_only && self->path != NULL && is_at_rest(self->path) &&
      open_immutable(self))
    return TRUE;
  if (failure == SQLITE_NOTADB)
    return fail_open(path, DMIG_ERROR_FATAL,
                     "it is no SQLite database, or it is encrypted; check the path", error);
  return dmig_sqlite_fail_doing(self, "open", error);
}

static gboolean
sqlite_open(const char *url, DmigOpenFlags flags, DmigDatabase **out, GError **error)
{
  const char *path = path_of_url(url);
  gboolean in_memory = strcmp(path, ":memory:") == 0;
  if (!in_memory && !check_path(path, flags, error))
    return FALSE;
  /* SQLite takes names with a colon as URIs and such; a path with a slash is a path. */
  g_autofree char *plain = in_memory || strchr(path, '/') != NULL ? g_strdup(path)
                                                                   : g_strconcat("./", path, NULL);
  DmigSqlite *self = sqlite_new(url, in_memory ? NULL : plain);
  if (!open_handle(self, flags, error)) {
    sqlite_close(&self->base);
    return FALSE;
  }
  dmig_sqlite_recover(self);
  *out = &self->base;
  return TRUE;
}

static gboolean
sqlite_open_scratch(gpointer scratch, DmigDatabase **out, GError **error)
{
  return sqlite_open("sqlite::memory:", DMIG_OPEN_CREATE, out, error);
}

/* Before a statement's first step, and after its last one. */
static gboolean
may_begin(DmigSqlite *self, sqlite3_stmt *statement, GError **error)
{
  return dmig_database_may_go_on(&self->base, error) &&
         (!self->locked || dmig_fault_point("before a statement", error)) &&
         dmig_sqlite_before_statement(self, statement, error);
}

static void
note_end(DmigSqlite *self, int changes_before)
{
  self->base.affected += sqlite3_total_changes(self->handle) - changes_before;
  if (self->locked)
    dmig_fault_point("after a statement", NULL);
}

gboolean
dmig_sqlite_exec(DmigDatabase *database, const char *script, GError **error)
{
  DmigSqlite *self = (DmigSqlite *) database;
  self->base.affected = 0;
  for (const char *next = script; *next != '\0';) {
    const char *begin = next;
    sqlite3_stmt *statement = NULL;
    if (sqlite3_prepare_v2(self->handle, begin, -1, &statement, &next) != SQLITE_OK)
      return dmig_sqlite_fail(self, script, begin, error);
    if (statement == NULL)
      continue; /* white space, or a comment */
    GError *refused = NULL;
    int changes = sqlite3_total_changes(self->handle);
    if (!may_begin(self, statement, &refused)) {
      sqlite3_finalize(statement);
      dmig_sqlite_set_script_error(script, begin, NULL, refused->code, refused->message, error);
      g_error_free(refused);
      return FALSE;
    }
    while (sqlite3_step(statement) == SQLITE_ROW)
      ;
    if (sqlite3_finalize(statement) != SQLITE_OK)
      return dmig_sqlite_fail(self, script, begin, error);
    note_end(self, changes);
  }
  return TRUE;
}

static gboolean
bind_parameters(DmigSqlite *self, sqlite3_stmt *statement, const char *const *parameters, guint n,
                GError **error)
{
  guint wanted = (guint) sqlite3_bind_parameter_count(statement);
  if (wanted > n) {
    g_set_error(error, DMIG_ERROR, DMIG_ERROR_FAILED,
                "the statement has %u parameters, and %u values were given", wanted, n);
    return FALSE;
  }
  for (guint i = 0; i < n; i++) {
    /* SQLite takes $1 for a name, and numbers names in the order in which they turn up. */
    g_autofree char *name = g_strdup_printf("$%u", i + 1);
    int index = sqlite3_bind_parameter_index(statement, name);
    if (index > 0 && parameters[i] != NULL &&
        sqlite3_bind_text(statement, index, parameters[i], -1, SQLITE_STATIC) != SQLITE_OK)
      return dmig_sqlite_fail_doing(self, "pass a value to", error);
  }
  return TRUE;
}

static char *
hexadecimal(const guchar *bytes, int n)
{
  GString *text = g_string_sized_new(2 * (gsize) n + 4);
  g_string_append(text, "x'");
  for (int i = 0; i < n; i++)
    g_string_append_printf(text, "%02x", bytes[i]);
  g_string_append_c(text, '\'');
  return g_string_free(text, FALSE);
}

static char *
column_text(sqlite3_stmt *statement, int column)
{
  int type = sqlite3_column_type(statement, column);
  if (type == SQLITE_NULL)
    return NULL;
  if (type == SQLITE_BLOB)
    return hexadecimal(sqlite3_column_blob(statement, column),
                       sqlite3_column_bytes(statement, column));
  return g_strdup((const char *) sqlite3_column_text(statement, column));
}

static gboolean
collect_rows(DmigSqlite *self, sqlite3_stmt *statement, const char *sql, DmigRows **out,
             GError **error)
{
  g_autoptr(DmigRows) rows = g_new0(DmigRows, 1);
  rows->n_columns = (guint) sqlite3_column_count(statement);
  rows->rows = g_ptr_array_new();
  int result;
  while ((result = sqlite3_step(statement)) == SQLITE_ROW) {
    char **row = g_new0(char *, rows->n_columns + 1);
    g_ptr_array_add(rows->rows, row);
    for (guint i = 0; i < rows->n_columns; i++)
      row[i] = column_text(statement, (int) i);
  }
  if (result != SQLITE_DONE)
    return dmig_sqlite_fail(self, sql, sql, error);
  *out = g_steal_pointer(&rows);
  return TRUE;
}

/* The only statement of `sql`. */
static sqlite3_stmt *
prepare_one(DmigSqlite *self, const char *sql, GError **error)
{
  sqlite3_stmt *statement = NULL, *another = NULL;
  const char *rest = NULL;
  if (sqlite3_prepare_v2(self->handle, sql, -1, &statement, &rest) != SQLITE_OK) {
    dmig_sqlite_fail(self, sql, sql, error);
    return NULL;
  }
  if (statement != NULL && *rest != '\0')
    sqlite3_prepare_v2(self->handle, rest, -1, &another, NULL);
  if (statement != NULL && another == NULL)
    return statement;
  sqlite3_finalize(statement);
  sqlite3_finalize(another);
  dmig_sqlite_set_script_error(sql, sql, NULL, DMIG_ERROR_FAILED,
                               another != NULL ? "a query must be one statement, and this is more"
                                               : "there is no statement",
                               error);
  return NULL;
}

gboolean
dmig_sqlite_query(DmigDatabase *database, const char *sql, const char *const *parameters, guint n,
                  DmigRows **out, GError **error)
{
  DmigSqlite *self = (DmigSqlite *) database;
  sqlite3_stmt *statement = prepare_one(self, sql, error);
  if (statement == NULL)
    return FALSE;
  gboolean done = bind_parameters(self, statement, parameters, n, error) &&
                  may_begin(self, statement, error) &&
                  collect_rows(self, statement, sql, out, error);
  sqlite3_finalize(statement);
  return done;
}

static const char *
sqlite_database_name(DmigDatabase *database)
{
  return ((DmigSqlite *) database)->file_name;
}

static const char *
sqlite_version(DmigDatabase *database)
{
  return ((DmigSqlite *) database)->version;
}

/* Source: SQLite, sqlite3_interrupt(): it may be called by another thread; the shell calls it in its
 * signal handler. */
static void
sqlite_cancel(DmigDatabase *database)
{
  sqlite3_interrupt(((DmigSqlite *) database)->handle);
}

static char *
sqlite_notice_path(DmigDatabase *database)
{
  const char *path = ((DmigSqlite *) database)->path;
  return path != NULL ? g_strconcat(path, "-dmig", NULL) : NULL;
}

static const char *const schemes[] = { "sqlite", NULL };

const DmigDriver dmig_sqlite_driver = {
  .name = "sqlite",
  .schemes = schemes,
  .dialect = &dmig_sqlite_dialect,
  .open = sqlite_open,
  .close = sqlite_close,
  .exec = dmig_sqlite_exec,
  .query = dmig_sqlite_query,
  .begin = dmig_sqlite_begin,
  .commit = dmig_sqlite_commit,
  .rollback = dmig_sqlite_rollback,
  .run = dmig_sqlite_run,
  .save_dependents = dmig_sqlite_save_dependents,
  .inspect = dmig_sqlite_inspect,
  .lock = dmig_sqlite_lock,
  .unlock = dmig_sqlite_unlock,
  .lock_holder = dmig_sqlite_lock_holder,
  .cancel = sqlite_cancel,
  .notice_path = sqlite_notice_path,
  .batch_begin = dmig_sqlite_batch_begin,
  .batch_piece = dmig_sqlite_batch_piece,
  .keeping = &dmig_sqlite_keeping,
  .database_name = sqlite_database_name,
  .survey = dmig_sqlite_survey,
  .census = dmig_sqlite_census,
  .integrity = dmig_sqlite_integrity,
  .version = sqlite_version,
  .open_scratch = sqlite_open_scratch,
  .load = dmig_sqlite_load,
  .marks = dmig_sqlite_marks,
  .identity = dmig_sqlite_identity,
  .backup = dmig_sqlite_backup,
  .check_backup = dmig_sqlite_check_backup,
  .restore = dmig_sqlite_restore,
};
