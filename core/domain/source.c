/* Domain files from the disk. */
#include "core/domain/reader.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/base/error.h"
#include "core/base/text.h"
#include "core/domain/rules.h"

#define MAX_FOLDER_DEPTH 32

DmigSource *
dmig_source_new(const char *path, GBytes *bytes)
{
  DmigSource *self = g_new0(DmigSource, 1);
  self->path = g_strdup(path);
  self->bytes = g_bytes_ref(bytes);
  return self;
}

gboolean
dmig_source_is_sql(const DmigSource *self)
{
  return g_str_has_suffix(self->path, ".sql");
}

void
dmig_source_free(DmigSource *self)
{
  if (self == NULL)
    return;
  g_free(self->path);
  g_bytes_unref(self->bytes);
  g_free(self);
}

static void
set_errno_error(GError **error, const char *path, int problem)
{
  g_autofree char *shown = dmig_text_printable(path);
  gboolean missing = problem == ENOENT || problem == ENOTDIR;
  g_set_error(error, DMIG_ERROR, missing ? DMIG_ERROR_NOT_FOUND : DMIG_ERROR_FATAL,
              "can't read the domain at '%s': %s", shown, g_strerror(problem));
}

/* Never more than one byte beyond the limit, also of a pipe or of a file that grows meanwhile. */
static gboolean
read_bounded(int fd, const char *path, GByteArray *bytes, GError **error)
{
  guint8 buffer[65536];
  while (bytes->len <= DMIG_YAML_MAX_BYTES) {
    gsize room = DMIG_YAML_MAX_BYTES + 1 - bytes->len;
    ssize_t n = read(fd, buffer, MIN(room, sizeof buffer));
    if (n < 0 && errno == EINTR)
      continue;
    if (n < 0) {
      set_errno_error(error, path, errno);
      return FALSE;
    }
    if (n == 0)
      break;
    g_byte_array_append(bytes, buffer, (guint) n);
  }
  return TRUE;
}

static gboolean
load_open_file(int fd, const char *path, DmigDiagnostics *diagnostics, GPtrArray *sources,
               GError **error)
{
  struct stat status;
  g_autoptr(GByteArray) bytes = g_byte_array_new();
  gboolean huge = fstat(fd, &status) == 0 && status.st_size > DMIG_YAML_MAX_BYTES;
  if (!huge && !read_bounded(fd, path, bytes, error))
    return FALSE;
  if (huge || bytes->len > DMIG_YAML_MAX_BYTES) {
    dmig_diagnostics_add(
        diagnostics, (DmigLocation) { g_intern_string(path), 0, 0 },
        dmig_rule_severity(DMIG_RULE_YAML_LIMIT), dmig_rule_name(DMIG_RULE_YAML_LIMIT), NULL,
        "larger than %d MB: split it into a folder of files", DMIG_YAML_MAX_BYTES >> 20);
    g_byte_array_set_size(bytes, 0);
  }
  g_autoptr(GBytes) content = g_bytes_new(bytes->data, bytes->len);
  g_ptr_array_add(sources, dmig_source_new(path, content));
  return TRUE;
}

static gboolean
load_file(const char *path, DmigDiagnostics *diagnostics, GPtrArray *sources, GError **error)
{
  int fd = open(path, O_RDONLY | O_CLOEXEC);
  if (fd < 0) {
    set_errno_error(error, path, errno);
    return FALSE;
  }
  gboolean loaded = load_open_file(fd, path, diagnostics, sources, error);
  close(fd);
  return loaded;
}

/* Collects the paths of YAML files below `folder`. Links to folders are not followed: they may
 * lead round in a circle. Hidden files are an editor's, not the author's. */
static gboolean
collect(const char *folder, guint depth, GPtrArray *paths, GError **error)
{
  GDir *dir = depth < MAX_FOLDER_DEPTH ? g_dir_open(folder, 0, NULL) : NULL;
  if (dir == NULL) {
    set_errno_error(error, folder, depth < MAX_FOLDER_DEPTH ? EACCES : ELOOP);
    return FALSE;
  }
  gboolean collected = TRUE;
  for (const char *name; collected && (name = g_dir_read_name(dir)) != NULL;) {
    struct stat status;
    g_autofree char *path = g_build_filename(folder, name, NULL);
    if (name[0] == '.' || lstat(path, &status) != 0)
      continue;
    gboolean link = S_ISLNK(status.st_mode);
    if (link && stat(path, &status) != 0)
      continue;
    gboolean yaml = g_str_has_suffix(name, ".yaml") || g_str_has_suffix(name, ".yml");
    if (S_ISDIR(status.st_mode) && !link)
      collected = collect(path, depth + 1, paths, error);
    else if (S_ISREG(status.st_mode) && yaml)
      g_ptr_array_add(paths, g_steal_pointer(&path));
  }
  g_dir_close(dir);
  return collected;
}

static gint
compare_paths(gconstpointer a, gconstpointer b)
{
  return strcmp(*(char *const *) a, *(char *const *) b);
}

static gboolean
load_folder(const char *path, DmigDiagnostics *diagnostics, GPtrArray *sources, GError **error)
{
  g_autoptr(GPtrArray) paths = g_ptr_array_new_with_free_func(g_free);
  if (!collect(path, 0, paths, error))
    return FALSE;
  if (paths->len == 0) {
    g_autofree char *shown = dmig_text_printable(path);
    g_set_error(error, DMIG_ERROR, DMIG_ERROR_NOT_FOUND,
                "no .yaml files in '%s': write the domain into one, for example %s/domain.yaml",
                shown, shown);
    return FALSE;
  }
  g_ptr_array_sort(paths, compare_paths);
  for (guint i = 0; i < paths->len; i++) {
    if (!load_file(g_ptr_array_index(paths, i), diagnostics, sources, error))
      return FALSE;
  }
  return TRUE;
}

gboolean
dmig_sources_load(const char *path, DmigDiagnostics *diagnostics, GPtrArray **out_sources,
                  GError **error)
{
  struct stat status;
  if (stat(path, &status) != 0) {
    set_errno_error(error, path, errno);
    return FALSE;
  }
  g_autoptr(GPtrArray) sources = g_ptr_array_new_with_free_func((GDestroyNotify) dmig_source_free);
  gboolean loaded = S_ISDIR(status.st_mode) ? load_folder(path, diagnostics, sources, error)
                                            : load_file(path, diagnostics, sources, error);
  if (!loaded)
    return FALSE;
  *out_sources = g_steal_pointer(&sources);
  return TRUE;
}
