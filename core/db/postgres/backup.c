/* Backups with pg_dump, and back with pg_restore and psql. */
#include "core/db/postgres/backup.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <glib/gstdio.h>

#include "core/base/text.h"
#include "core/db/postgres/postgres_sql.h"
#include "core/sql/path.h"

/* How long a dump waits for somebody who has a table for himself. */
#define DUMP_LOCK_WAIT "60000"
#define RESTORE_LOCK_WAIT "30s"
/* Names of tables go to pg_dump as arguments, which have an end. */
#define LONGEST_ARGUMENTS (512 * 1024)

char *
dmig_pg_identity(DmigDatabase *database)
{
  DmigPg *self = (DmigPg *) database;
  return g_strdup_printf("%s:%s/%s", PQhost(self->conn), PQport(self->conn), PQdb(self->conn));
}

/* The session waits while a program works; no timeout may end it, and its lock with it. */
static gboolean
stay_awake(DmigDatabase *database, GError **error)
{
  g_autoptr(DmigRows) rows = NULL;
  return dmig_pg_query(database,
                       "SELECT pg_catalog.set_config(name, '0', false) FROM pg_catalog.pg_settings "
                       "WHERE name IN ('idle_in_transaction_session_timeout', "
                       "'idle_session_timeout', 'transaction_timeout') AND setting <> '0'",
                       NULL, 0, &rows, error);
}

/* --- what to dump ----------------------------------------------------------------------------- */

typedef struct {
  char *oid, *schema, *name;
  gboolean wanted;
} Table;

static void
table_free(Table *self)
{
  g_free(self->oid);
  g_free(self->schema);
  g_free(self->name);
  g_free(self);
}

static gboolean
is_wanted(const DmigBackupRequest *request, const char *schema, const char *name,
          const char *default_schema)
{
  if (request->tables == NULL || g_str_equal(schema, "dmig"))
    return TRUE;
  gboolean is_default = g_strcmp0(schema, default_schema) == 0;
  g_autofree char *path = dmig_path_new(is_default ? NULL : schema, name);
  return dmig_strv_contains(request->tables, path);
}

static gboolean
list_tables(DmigDatabase *database, const DmigBackupRequest *request, GPtrArray *tables,
            GError **error)
{
  g_autoptr(DmigRows) rows = NULL;
  if (!dmig_pg_query(database, dmig_pg_sql_backup_tables, NULL, 0, &rows, error))
    return FALSE;
  for (guint i = 0; i < rows->rows->len; i++) {
    const char *const *row = rows->rows->pdata[i];
    Table *last = tables->len > 0 ? tables->pdata[tables->len - 1] : NULL;
    if (last == NULL || !g_str_equal(last->oid, row[0])) {
      last = g_new0(Table, 1);
      last->oid = g_strdup(row[0]);
      last->schema = g_strdup(row[1]);
      last->name = g_strdup(row[2]);
      g_ptr_array_add(tables, last);
    }
    last->wanted |= is_wanted(request, row[3], row[4], row[5]);
  }
  return TRUE;
}

static void
append_quoted(GString *pattern, const char *name)
{
  g_string_append_c(pattern, '"');
  for (; *name != '\0'; name++)
    g_string_append_printf(pattern, *name == '"' ? "\"\"" : "%c", *name);
  g_string_append_c(pattern, '"');
}

/* pg_dump takes patterns; in double quotes nothing but these is special. */
static char *
exclude_argument(const Table *table)
{
  GString *argument = g_string_new("--exclude-table-data=");
  append_quoted(argument, table->schema);
  g_string_append_c(argument, '.');
  append_quoted(argument, table->name);
  return g_string_free(argument, FALSE);
}

/* Too many to name: then all rows go into it. */
static gboolean
add_exclusions(GPtrArray *arguments, GPtrArray *tables)
{
  gsize length = 0;
  guint before = arguments->len;
  for (guint i = 0; i < tables->len && length < LONGEST_ARGUMENTS; i++) {
    const Table *table = tables->pdata[i];
    if (table->wanted)
      continue;
    char *argument = exclude_argument(table);
    length += strlen(argument) + 1 + sizeof(char *);
    g_ptr_array_add(arguments, argument);
  }
  if (length < LONGEST_ARGUMENTS)
    return arguments->len > before;
  g_ptr_array_set_size(arguments, (int) before);
  for (guint i = 0; i < tables->len; i++)
    ((Table *) tables->pdata[i])->wanted = TRUE;
  return FALSE;
}

/* --- dumping ---------------------------------------------------------------------------------- */

static gboolean
dump(DmigPg *self, const DmigPgClient *client, const char *snapshot, GPtrArray *tables,
     const DmigBackupRequest *request, gboolean *out_whole, GError **error)
{
  g_autoptr(GPtrArray) arguments = g_ptr_array_new_with_free_func(g_free);
  g_autofree char *absolute = g_canonicalize_filename(request->path, NULL);
  g_autofree char *doing = g_strdup_printf("can't back up %s", self->base.name);
  g_auto(GStrv) environment = dmig_pg_client_environment(self);
  g_ptr_array_add(arguments, g_strdup("--format=custom"));
  g_ptr_array_add(arguments, g_strdup("--compress=1"));
  g_ptr_array_add(arguments, g_strdup("--no-password"));
  g_ptr_array_add(arguments, g_strdup("--lock-wait-timeout=" DUMP_LOCK_WAIT));
  g_ptr_array_add(arguments, g_strconcat("--snapshot=", snapshot, NULL));
  g_ptr_array_add(arguments, g_strconcat("--file=", absolute, NULL));
  *out_whole = !add_exclusions(arguments, tables);
  g_ptr_array_add(arguments, NULL);
  DmigPgChild child;
  return dmig_pg_child_start(client, "pg_dump", (char **) arguments->pdata, environment, -1, -1,
                             &child, error) &&
         dmig_pg_child_wait(&child, doing, error);
}

/* Every table that there was has its entry in the archive, found by its number, which no name can
 * imitate. */
static gboolean
check_entries(const char *list, GPtrArray *tables, const char *path, GError **error)
{
  g_autoptr(GHashTable) entries = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
  g_auto(GStrv) lines = g_strsplit(list, "\n", -1);
  for (char **line = lines; *line != NULL; line++) {
    char oid[24] = "", kind[8] = "", more[8] = "";
    if (sscanf(*line, "%*u; %*u %23s %7s %7s", oid, kind, more) == 3 && g_str_equal(kind, "TABLE"))
      g_hash_table_add(entries, g_strconcat(oid, g_str_equal(more, "DATA") ? "d" : "", NULL));
  }
  for (guint i = 0; i < tables->len; i++) {
    const Table *table = tables->pdata[i];
    g_autofree char *data = g_strconcat(table->oid, "d", NULL);
    if (g_hash_table_contains(entries, table->oid) &&
        (!table->wanted || g_hash_table_contains(entries, data)))
      continue;
    g_set_error(error, DMIG_ERROR, DMIG_ERROR_FAILED,
                "the backup %s lacks the table %s.%s; try again", path, table->schema, table->name);
    return FALSE;
  }
  return TRUE;
}

static char *
table_text(const Table *table)
{
  g_autofree char *text = g_str_equal(table->schema, "public")
                              ? g_strdup(table->name)
                              : g_strconcat(table->schema, ".", table->name, NULL);
  return dmig_text_printable(text);
}

static gboolean
back_up_snapshot(DmigPg *self, const DmigPgClient *client, const DmigBackupRequest *request,
                 DmigBackupContents *contents, GError **error)
{
  g_autoptr(GPtrArray) tables = g_ptr_array_new_with_free_func((GDestroyNotify) table_free);
  g_autoptr(DmigRows) snapshot = NULL;
  if (!dmig_pg_query(&self->base, "SELECT pg_catalog.pg_export_snapshot()", NULL, 0, &snapshot,
                     error) ||
      !list_tables(&self->base, request, tables, error) ||
      !dump(self, client, dmig_rows_get(snapshot, 0, 0), tables, request, &contents->whole, error))
    return FALSE;
  g_autofree char *list = dmig_pg_archive_list(client, request->path, error);
  if (list == NULL || !check_entries(list, tables, request->path, error))
    return FALSE;
  for (guint i = 0; i < tables->len; i++) {
    const Table *table = tables->pdata[i];
    g_autofree char *name = table_text(table);
    if (table->wanted)
      dmig_backup_contents_add(contents, table->oid, name, -1);
  }
  return TRUE;
}

gboolean
dmig_pg_backup(DmigDatabase *database, const DmigBackupRequest *request, DmigBackupContents **out,
               GError **error)
{
  DmigPg *self = (DmigPg *) database;
  g_autoptr(DmigPgClient) client = NULL;
  g_autoptr(DmigBackupContents) contents = dmig_backup_contents_new();
  g_autoptr(DmigRows) rows = NULL, ended = NULL;
  guint major = (guint) PQserverVersion(self->conn) / 10000;
  if (!dmig_pg_client_find(major, request->tools, &client, error) || !stay_awake(database, error) ||
      !dmig_pg_query(database, "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY", NULL, 0, &rows,
                     error))
    return FALSE;
  contents->tool = g_strdup_printf("pg_dump %u", client->major);
  gboolean done = back_up_snapshot(self, client, request, contents, error);
  dmig_pg_query(database, "ROLLBACK", NULL, 0, &ended, NULL);
  if (done)
    *out = g_steal_pointer(&contents);
  return done;
}

gboolean
dmig_pg_check_backup(const DmigBackupRequest *request, DmigBackupContents **out, GError **error)
{
  g_autoptr(DmigPgClient) client = NULL;
  g_autoptr(DmigBackupContents) contents = dmig_backup_contents_new();
  if (!dmig_pg_client_find(0, request->tools, &client, error) ||
      !dmig_pg_archive_read(client, request->path, contents, error))
    return FALSE;
  *out = g_steal_pointer(&contents);
  return TRUE;
}

/* --- restoring -------------------------------------------------------------------------------- */

/* Entries about what stays: extensions' comments, which only their owners may write, and
 * subscriptions, which no transaction can make. */
static gboolean
is_left_out(const char *line)
{
  return strstr(line, " COMMENT - EXTENSION ") != NULL ||
         strstr(line, " COMMENT - SUBSCRIPTION ") != NULL;
}

/* A file with the list of entries to restore. Owned name; NULL and the error. */
static char *
write_list(const char *list, GError **error)
{
  g_autoptr(GString) text = g_string_new(NULL);
  g_auto(GStrv) lines = g_strsplit(list, "\n", -1);
  for (char **line = lines; *line != NULL; line++)
    g_string_append_printf(text, "%s%s\n", is_left_out(*line) ? ";" : "", *line);
  char *name = NULL;
  GError *problem = NULL;
  int fd = g_file_open_tmp("dmig-restore-XXXXXX", &name, &problem);
  gboolean written =
      fd >= 0 && write(fd, text->str, text->len) == (ssize_t) text->len && fsync(fd) == 0;
  if (fd >= 0)
    close(fd);
  if (written)
    return name;
  g_set_error(error, DMIG_ERROR, DMIG_ERROR_FATAL, "can't write a temporary file: %s",
              problem != NULL ? problem->message : g_strerror(errno));
  g_clear_error(&problem);
  if (name != NULL)
    g_unlink(name);
  g_free(name);
  return NULL;
}

static gboolean
write_text(int fd, const char *text)
{
  gsize length = strlen(text);
  while (length > 0) {
    ssize_t n = write(fd, text, length);
    if (n < 0 && errno != EINTR)
      return FALSE;
    text += MAX(n, 0);
    length -= (gsize) MAX(n, 0);
  }
  return TRUE;
}

static gboolean
send_archive(const DmigPgClient *client, const DmigBackupRequest *request, const char *list_file,
             int to, GError **error)
{
  g_autofree char *absolute = g_canonicalize_filename(request->path, NULL);
  g_autofree char *use_list = g_strconcat("--use-list=", list_file, NULL);
  g_autofree char *shown = dmig_text_printable(request->path);
  g_autofree char *doing = g_strdup_printf("can't read the backup %s", shown);
  char *const arguments[] = { "--file=-",
                              "--no-subscriptions",
                              use_list,
                              absolute,
                              request->no_owner ? "--no-owner" : NULL,
                              "--no-privileges",
                              NULL };
  DmigPgChild child;
  return dmig_pg_child_start(client, "pg_restore", arguments, NULL, -1, to, &child, error) &&
         dmig_pg_child_wait(&child, doing, error);
}

/* psql reads one transaction from a pipe: what clears the database, what pg_restore says, and
 * COMMIT only once pg_restore has ended well. Whoever dies before that, the pipe ends, psql goes,
 * and the server rolls back. */
static gboolean
feed(const DmigPgClient *client, const DmigBackupRequest *request, const char *list_file, int to,
     GError **error)
{
  static const char head[] = "BEGIN;\nSET LOCAL lock_timeout = '" RESTORE_LOCK_WAIT "';\n"
                             "SET LOCAL client_min_messages = error;\n";
  if (!write_text(to, head) || !write_text(to, dmig_pg_sql_clear) ||
      !send_archive(client, request, list_file, to, error))
    return FALSE;
  return write_text(to, "\nCOMMIT;\n");
}

static gboolean
run_psql(DmigPg *self, const DmigPgClient *client, const DmigBackupRequest *request,
         const char *list_file, GError **error)
{
  static char *const arguments[] = { "--no-psqlrc",
                                     "--quiet",
                                     "--no-password",
                                     "--set=ON_ERROR_STOP=on",
                                     "--set=VERBOSITY=terse",
                                     "--set=SHOW_CONTEXT=never",
                                     "--file=-",
                                     NULL };
  g_auto(GStrv) environment = dmig_pg_client_environment(self);
  g_autofree char *doing = g_strdup_printf("can't restore %s, which is as it was", self->base.name);
  g_autoptr(GError) reading = NULL, writing = NULL;
  DmigPgChild psql;
  int ends[2];
  if (pipe2(ends, O_CLOEXEC) != 0 ||
      !dmig_pg_child_start(client, "psql", arguments, environment, ends[0], -1, &psql, error))
    return FALSE;
  close(ends[0]);
  struct sigaction ignore = { .sa_handler = SIG_IGN }, before;
  sigaction(SIGPIPE, &ignore, &before);
  gboolean fed = feed(client, request, list_file, ends[1], &reading);
  close(ends[1]);
  sigaction(SIGPIPE, &before, NULL);
  gboolean done = dmig_pg_child_wait(&psql, doing, &writing);
  /* Where psql gave up, pg_restore only found that nobody listens any more. */
  if (!done)
    g_propagate_error(error, g_steal_pointer(&writing));
  else if (!fed && reading != NULL)
    g_propagate_error(error, g_steal_pointer(&reading));
  else if (!fed)
    g_set_error(error, DMIG_ERROR, DMIG_ERROR_FAILED, "%s: psql ended too early", doing);
  return done && fed;
}

gboolean
dmig_pg_restore(DmigDatabase *database, const DmigBackupRequest *request, GError **error)
{
  DmigPg *self = (DmigPg *) database;
  g_autoptr(DmigPgClient) client = NULL;
  guint major = (guint) PQserverVersion(self->conn) / 10000;
  if (!dmig_pg_client_find(major, request->tools, &client, error) || !stay_awake(database, error))
    return FALSE;
  g_autofree char *list = dmig_pg_archive_list(client, request->path, error);
  g_autofree char *list_file = list != NULL ? write_list(list, error) : NULL;
  if (list_file == NULL)
    return FALSE;
  gboolean done = run_psql(self, client, request, list_file, error);
  g_unlink(list_file);
  return done;
}
