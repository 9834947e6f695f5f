#include <errno.h>
#include <fcntl.h>
#include <jansson.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <glib/gstdio.h>

#include "core/apply/backup/parts.h"
#include "core/base/text.h"

#define FORMAT 1
#define MANIFEST_BYTES (64 * 1024 * 1024)

G_DEFINE_AUTOPTR_CLEANUP_FUNC(json_t, json_decref)

typedef struct {
  const char *key;
  gsize offset;
  gboolean required;
} Field;

#define FIELD(key, member, required)                                                               \
  {                                                                                                \
    key, G_STRUCT_OFFSET(DmigBackup, member), required                                             \
  }
static const Field fields[] = {
  FIELD("database", database, TRUE), FIELD("identity", identity, TRUE),
  FIELD("name", name, TRUE),         FIELD("dialect", dialect, TRUE),
  FIELD("server", server, TRUE),     FIELD("tool", tool, FALSE),
  FIELD("dmig", dmig, TRUE),         FIELD("revision", revision, FALSE),
  FIELD("domain", domain, FALSE),    FIELD("created", created, TRUE),
  FIELD("reason", reason, TRUE),     FIELD("run", run, FALSE),
  FIELD("sha256", sha256, TRUE),
};

static char **
member(const DmigBackup *self, const Field *field)
{
  return (char **) ((char *) self + field->offset);
}

void
dmig_backup_free(DmigBackup *self)
{
  if (self == NULL)
    return;
  for (guint i = 0; i < G_N_ELEMENTS(fields); i++)
    g_free(*member(self, &fields[i]));
  g_clear_pointer(&self->tables, g_ptr_array_unref);
  g_free(self->path);
  g_free(self->id);
  g_free(self->problem);
  g_free(self);
}

/* --- writing ---------------------------------------------------------------------------------- */

static json_t *
text_or_null(const char *text)
{
  g_autofree char *valid = text != NULL ? g_utf8_make_valid(text, -1) : NULL;
  return valid != NULL ? json_string(valid) : json_null();
}

static json_t *
to_json(const DmigBackup *self)
{
  json_t *document = json_object();
  json_object_set_new(document, "format", json_integer(FORMAT));
  for (guint i = 0; i < G_N_ELEMENTS(fields); i++)
    json_object_set_new(document, fields[i].key, text_or_null(*member(self, &fields[i])));
  json_object_set_new(document, "needed", json_boolean(self->needed));
  json_object_set_new(document, "scope", json_string(self->whole ? "all" : "tables"));
  json_object_set_new(document, "size", json_integer((json_int_t) self->size));
  json_t *tables = json_array();
  for (guint i = 0; i < self->tables->len; i++) {
    const DmigBackupTable *table = self->tables->pdata[i];
    json_t *item = json_object();
    json_object_set_new(item, "key", text_or_null(table->key));
    json_object_set_new(item, "name", text_or_null(table->name));
    json_object_set_new(item, "rows", json_integer(table->rows));
    json_array_append_new(tables, item);
  }
  json_object_set_new(document, "tables", tables);
  return document;
}

static gboolean
write_file(const char *path, const char *text, GError **error)
{
  gsize length = strlen(text), at = 0;
  int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW | O_CLOEXEC, 0600);
  while (fd >= 0 && at < length) {
    ssize_t n = write(fd, text + at, length - at);
    if (n < 0 && errno != EINTR)
      break;
    at += (gsize) MAX(n, 0);
  }
  gboolean written = fd >= 0 && at == length && fsync(fd) == 0;
  if (!written)
    dmig_backup_fail("write", path, error);
  if (fd >= 0)
    close(fd);
  return written;
}

gboolean
dmig_backup_manifest_write(const DmigBackup *self, GError **error)
{
  g_autoptr(json_t) document = to_json(self);
  g_autofree char *path = g_build_filename(self->path, DMIG_BACKUP_MANIFEST, NULL);
  g_autofree char *fresh = g_strconcat(path, ".new", NULL);
  char *dumped = json_dumps(document, JSON_INDENT(2) | JSON_SORT_KEYS);
  g_autofree char *text = g_strconcat(dumped, "\n", NULL);
  free(dumped);
  if (!write_file(fresh, text, error))
    return FALSE;
  if (g_rename(fresh, path) == 0)
    return dmig_backup_sync(self->path, error);
  return dmig_backup_fail("write", path, error);
}

/* --- reading ---------------------------------------------------------------------------------- */

static gboolean
damaged(const char *path, const char *problem, GError **error)
{
  g_autofree char *shown = dmig_text_printable(path);
  g_set_error(error, DMIG_ERROR, DMIG_ERROR_FAILED,
              "%s is no backup, or its manifest is damaged: %s", shown, problem);
  return FALSE;
}

static gboolean
read_tables(DmigBackup *self, const json_t *tables)
{
  size_t i;
  json_t *item;
  if (!json_is_array(tables))
    return FALSE;
  json_array_foreach(tables, i, item)
  {
    const char *key = json_string_value(json_object_get(item, "key"));
    const char *name = json_string_value(json_object_get(item, "name"));
    if (key == NULL)
      return FALSE;
    DmigBackupTable *table = g_new0(DmigBackupTable, 1);
    table->key = g_strdup(key);
    table->name = g_strdup(name);
    table->rows = json_integer_value(json_object_get(item, "rows"));
    g_ptr_array_add(self->tables, table);
  }
  return TRUE;
}

static void
table_free(DmigBackupTable *self)
{
  g_free(self->key);
  g_free(self->name);
  g_free(self);
}

static DmigBackup *
from_json(const char *path, const json_t *document, GError **error)
{
  g_autoptr(DmigBackup) self = g_new0(DmigBackup, 1);
  self->path = g_strdup(path);
  self->id = g_path_get_basename(path);
  self->tables = g_ptr_array_new_with_free_func((GDestroyNotify) table_free);
  if (json_integer_value(json_object_get(document, "format")) > FORMAT) {
    g_set_error(error, DMIG_ERROR, DMIG_ERROR_FAILED,
                "%s was made by a newer dmig; use that one to read it", path);
    return NULL;
  }
  for (guint i = 0; i < G_N_ELEMENTS(fields); i++) {
    const char *text = json_string_value(json_object_get(document, fields[i].key));
    *member(self, &fields[i]) = g_strdup(text);
    if (text == NULL && fields[i].required) {
      damaged(path, fields[i].key, error);
      return NULL;
    }
  }
  self->needed = json_is_true(json_object_get(document, "needed"));
  self->whole = g_strcmp0(json_string_value(json_object_get(document, "scope")), "all") == 0;
  self->size = (guint64) json_integer_value(json_object_get(document, "size"));
  if (read_tables(self, json_object_get(document, "tables")))
    return g_steal_pointer(&self);
  damaged(path, "tables", error);
  return NULL;
}

static gboolean
read_text(const char *path, char **out, GError **error)
{
  struct stat info;
  int fd = open(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
  gboolean fit =
      fd >= 0 && fstat(fd, &info) == 0 && S_ISREG(info.st_mode) && info.st_size <= MANIFEST_BYTES;
  g_autofree char *text = fit ? g_malloc0((gsize) info.st_size + 1) : NULL;
  fit = fit && read(fd, text, (size_t) info.st_size) == info.st_size;
  int problem = errno;
  if (fd >= 0)
    close(fd);
  if (fit) {
    *out = g_steal_pointer(&text);
    return TRUE;
  }
  if (fd >= 0)
    return damaged(path, "it is no file", error);
  g_autofree char *shown = dmig_text_printable(path);
  g_set_error(error, DMIG_ERROR,
              problem == ENOENT || problem == ENOTDIR ? DMIG_ERROR_NOT_FOUND : DMIG_ERROR_FATAL,
              "can't read %s: %s", shown, g_strerror(problem));
  return FALSE;
}

gboolean
dmig_backup_manifest_read(const char *path, DmigBackup **out, GError **error)
{
  g_autofree char *file = g_build_filename(path, DMIG_BACKUP_MANIFEST, NULL);
  g_autofree char *text = NULL;
  json_error_t problem;
  if (!read_text(file, &text, error))
    return FALSE;
  g_autoptr(json_t) document = json_loads(text, 0, &problem);
  if (document == NULL)
    return damaged(path, problem.text, error);
  *out = from_json(path, document, error);
  return *out != NULL;
}
