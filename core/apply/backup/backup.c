#include "core/apply/backup/backup.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/apply/backup/parts.h"
#include "core/apply/tracking/tracking.h"
#include "core/base/fault.h"
#include "core/base/text.h"
#include "core/db/registry.h"

#define NAME_CHARACTERS 40

/* --- the file --------------------------------------------------------------------------------- */

static char *
data_path(const char *folder)
{
  return g_build_filename(folder, DMIG_BACKUP_DATA, NULL);
}

static gboolean
digest(const char *path, guint64 *out_size, char **out_sha256, GError **error)
{
  g_autofree char *buffer = g_malloc(1 << 18);
  struct stat info;
  int fd = open(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
  if (fd < 0 || fstat(fd, &info) != 0 || !S_ISREG(info.st_mode)) {
    dmig_backup_fail("read", path, error);
    if (fd >= 0)
      close(fd);
    return FALSE;
  }
  GChecksum *sum = g_checksum_new(G_CHECKSUM_SHA256);
  ssize_t n;
  *out_size = 0;
  while ((n = read(fd, buffer, 1 << 18)) > 0 || (n < 0 && errno == EINTR))
    if (n > 0) {
      g_checksum_update(sum, (guchar *) buffer, n);
      *out_size += (guint64) n;
    }
  gboolean read_all = n == 0;
  if (read_all)
    *out_sha256 = g_strdup(g_checksum_get_string(sum));
  else
    dmig_backup_fail("read", path, error);
  g_checksum_free(sum);
  close(fd);
  return read_all;
}

/* --- making ----------------------------------------------------------------------------------- */

static char *
backup_id(DmigDatabase *db)
{
  const char *name = db->driver->database_name(db);
  g_autoptr(GDateTime) now = g_date_time_new_now_utc();
  g_autofree char *when = g_date_time_format(now, "%Y%m%dT%H%M%SZ");
  GString *id = g_string_new(NULL);
  for (const char *p = name; *p != '\0' && id->len < NAME_CHARACTERS; p++)
    g_string_append_c(id, g_ascii_isalnum(*p) ? *p : '-');
  g_string_append_printf(id, "-%s-%04x", when, g_random_int() & 0xffff);
  return g_string_free(id, FALSE);
}

static DmigBackup *
describe(DmigDatabase *db, const DmigState *state, const DmigBackupOptions *options,
         const char *partial)
{
  DmigBackup *self = g_new0(DmigBackup, 1);
  self->path = g_strdup(partial);
  self->id = backup_id(db);
  self->database = g_strdup(db->name);
  self->identity = db->driver->identity(db);
  self->name = g_strdup(db->driver->database_name(db));
  self->dialect = g_strdup(db->dialect->name);
  self->server = g_strdup(db->driver->version(db));
  self->dmig = g_strdup(DMIG_VERSION);
  self->revision = g_strdup(state->revision);
  self->domain = g_strdup(state->domain);
  self->created = dmig_tracking_now();
  self->reason = g_strdup(options->reason);
  self->run = g_strdup(options->run);
  self->needed = options->needed;
  return self;
}

/* What is in the file against what should be; counts that were not known before are taken over. */
static gboolean
compare_contents(const char *path, GPtrArray *expected, GPtrArray *found, GError **error)
{
  g_autoptr(GHashTable) by_key = g_hash_table_new(g_str_hash, g_str_equal);
  g_autofree char *shown = dmig_text_printable(path);
  for (guint i = 0; i < found->len; i++) {
    DmigBackupTable *table = found->pdata[i];
    g_hash_table_insert(by_key, table->key, table);
  }
  for (guint i = 0; i < expected->len; i++) {
    DmigBackupTable *table = expected->pdata[i];
    const DmigBackupTable *other = g_hash_table_lookup(by_key, table->key);
    const char *name = table->name != NULL ? table->name : table->key;
    if (other == NULL) {
      g_set_error(error, DMIG_ERROR, DMIG_ERROR_FAILED,
                  "the backup %s lacks the table %s; make another one", shown, name);
      return FALSE;
    }
    if (table->rows < 0)
      table->rows = other->rows;
    if (other->rows >= 0 && other->rows != table->rows) {
      g_set_error(error, DMIG_ERROR, DMIG_ERROR_FAILED,
                  "the backup %s has %" G_GINT64_FORMAT
                  " rows of %s and should have %" G_GINT64_FORMAT "; make another one",
                  shown, other->rows, name, table->rows);
      return FALSE;
    }
  }
  return TRUE;
}

/* Reads back what was written, from the file alone. */
static gboolean
check_written(DmigBackup *self, DmigDatabase *db, const char *tools, GError **error)
{
  g_autofree char *path = data_path(self->path);
  g_autoptr(DmigBackupContents) found = NULL;
  const DmigBackupRequest request = { .path = path, .tools = tools };
  return dmig_backup_sync(path, error) && db->driver->check_backup(&request, &found, error) &&
         compare_contents(path, self->tables, found->tables, error) &&
         digest(path, &self->size, &self->sha256, error);
}

static gboolean
write_data(DmigBackup *self, DmigDatabase *db, const DmigBackupOptions *options, GError **error)
{
  g_autofree char *path = data_path(self->path);
  g_autoptr(DmigBackupContents) contents = NULL;
  const DmigBackupRequest request = { .path = path,
                                      .tables = options->tables,
                                      .tools = options->tools };
  if (!db->driver->backup(db, &request, &contents, error))
    return FALSE;
  self->tool = g_steal_pointer(&contents->tool);
  self->whole = contents->whole;
  self->tables = g_ptr_array_ref(contents->tables);
  return TRUE;
}

static gboolean
publish(DmigBackup *self, const char *folder, GError **error)
{
  g_autofree char *path = g_build_filename(folder, self->id, NULL);
  if (!dmig_fault_point("before a backup gets its name", error) ||
      !dmig_backup_folder_finish(self->path, path, error))
    return FALSE;
  g_free(self->path);
  self->path = g_steal_pointer(&path);
  return dmig_fault_point("after a backup got its name", error);
}

gboolean
dmig_backup_make(DmigDatabase *db, const DmigBackupOptions *options, DmigBackup **out,
                 GError **error)
{
  int lock = -1;
  g_autoptr(DmigState) state = NULL;
  if (!dmig_tracking_read(db, &state, error) || !dmig_backup_folder_prepare(options->folder, error))
    return FALSE;
  g_autofree char *partial = dmig_backup_folder_begin(options->folder, &lock, error);
  if (partial == NULL)
    return FALSE;
  g_autoptr(DmigBackup) self = describe(db, state, options, partial);
  gboolean made = write_data(self, db, options, error) &&
                  check_written(self, db, options->tools, error) &&
                  dmig_backup_manifest_write(self, error) && publish(self, options->folder, error);
  if (!made)
    dmig_backup_folder_abandon(partial);
  if (lock >= 0)
    close(lock);
  if (made)
    *out = g_steal_pointer(&self);
  return made;
}

/* --- verifying -------------------------------------------------------------------------------- */

static gboolean
check_digest(const DmigBackup *self, const char *path, GError **error)
{
  guint64 size = 0;
  g_autofree char *sha256 = NULL;
  if (!digest(path, &size, &sha256, error))
    return FALSE;
  if (size == self->size && g_str_equal(sha256, self->sha256))
    return TRUE;
  g_autofree char *shown = dmig_text_printable(path);
  g_set_error(error, DMIG_ERROR, DMIG_ERROR_FAILED,
              "%s is not what was written: its checksum differs from the manifest's; use another "
              "backup",
              shown);
  return FALSE;
}

static const DmigDriver *
driver_of(const DmigBackup *self, GError **error)
{
  const DmigDialect *dialect = dmig_dialect_find(self->dialect);
  const DmigDriver *driver = dialect != NULL ? dmig_driver_for_dialect(dialect) : NULL;
  if (driver == NULL)
    g_set_error(error, DMIG_ERROR, DMIG_ERROR_FAILED,
                "%s is of a database that dmig does not know: %s", self->path, self->dialect);
  return driver;
}

gboolean
dmig_backup_verify(const DmigBackup *self, const char *tools, GError **error)
{
  if (self->problem != NULL) {
    g_set_error_literal(error, DMIG_ERROR, DMIG_ERROR_FAILED, self->problem);
    return FALSE;
  }
  g_autofree char *path = data_path(self->path);
  g_autoptr(DmigBackupContents) found = NULL;
  const DmigBackupRequest request = { .path = path, .tools = tools };
  const DmigDriver *driver = driver_of(self, error);
  return driver != NULL && check_digest(self, path, error) &&
         driver->check_backup(&request, &found, error) &&
         compare_contents(path, self->tables, found->tables, error);
}

/* --- restoring -------------------------------------------------------------------------------- */

static gboolean
check_fits(const DmigBackup *self, DmigDatabase *db, gboolean partial, GError **error)
{
  if (!g_str_equal(self->dialect, db->dialect->name)) {
    g_set_error(error, DMIG_ERROR, DMIG_ERROR_USAGE, "%s is a backup of %s, and %s is none",
                self->id, self->server, db->name);
    return FALSE;
  }
  if (self->whole || partial)
    return TRUE;
  g_set_error(error, DMIG_ERROR, DMIG_ERROR_USAGE,
              "%s has the rows of %u tables only, and all others would come back empty; restore it "
              "into another database with --to URL, and take the rows from there",
              self->id, self->tables->len);
  return FALSE;
}

/* From here on the database is what the backup holds; the record of it is what can be missing. */
static gboolean
record(const DmigBackup *self, DmigDatabase *db, const char *from, const char *command,
       GError **error)
{
  g_autoptr(DmigState) state = NULL;
  if (!dmig_tracking_read(db, &state, error))
    return FALSE;
  if (!state->tracked)
    return TRUE;
  g_autofree char *id = g_uuid_string_random();
  const DmigTrackingRun run = { .id = id,
                                .command = command,
                                .domain = state->domain,
                                .from = from,
                                .to = state->revision,
                                .phase = DMIG_RUN_MIGRATING };
  const DmigTrackingEnd end = {
    .run = id, .phase = DMIG_RUN_COMPLETED, .first = state->steps, .backup = self->path
  };
  return dmig_tracking_ensure(db, error) && dmig_tracking_begin_run(db, &run, error) &&
         dmig_tracking_end_run(db, &end, error);
}

gboolean
dmig_backup_restore(const DmigBackup *self, DmigDatabase *db, const DmigRestoreOptions *options,
                    GError **error)
{
  g_autofree char *path = data_path(self->path);
  g_autoptr(DmigState) before = NULL;
  const DmigBackupRequest request = { .path = path,
                                      .tools = options->tools,
                                      .no_owner = options->no_owner };
  if (!check_fits(self, db, options->partial, error) || !check_digest(self, path, error))
    return FALSE;
  dmig_tracking_read(db, &before, NULL);
  if (!dmig_fault_point("before a restore", error) || !db->driver->restore(db, &request, error) ||
      !dmig_fault_point("after a restore", error))
    return FALSE;
  const char *command = options->command != NULL ? options->command : "restore";
  if (record(self, db, before != NULL ? before->revision : NULL, command, error))
    return TRUE;
  g_prefix_error(error, "%s is restored, but that could not be written down: ", db->name);
  return FALSE;
}
