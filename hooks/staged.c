#include "hooks/hooks.h"

#include <string.h>

#include "core/domain/reader.h"
#include "hooks/git.h"

#define DOMAIN_FILE "domain.yaml"
#define DOMAIN_FOLDER "domain"

/* A file in Git's index. */
typedef struct {
  char *path; /* relative to the folder */
  char *blob; /* id */
} Entry;

static void
entry_free(Entry *self)
{
  g_free(self->path);
  g_free(self->blob);
  g_free(self);
}

static gboolean
is_yaml(const char *path)
{
  return g_str_has_suffix(path, ".yaml") || g_str_has_suffix(path, ".yml");
}

/* One record of `git ls-files --stage`: "<mode> <id> <stage>\t<path>". */
static gboolean
add_record(GPtrArray *entries, const char *record, const char *named, gboolean sql, GError **error)
{
  g_auto(GStrv) halves = g_strsplit(record, "\t", 2);
  g_auto(GStrv) fields = g_strsplit(halves[0], " ", 3);
  if (g_strv_length(halves) != 2 || g_strv_length(fields) != 3) {
    g_set_error(error, DMIG_ERROR, DMIG_ERROR_FATAL, "cannot read what git says of the index: %s",
                record);
    return FALSE;
  }
  const char *path = halves[1];
  if (g_strcmp0(path, named) != 0 && !(sql ? g_str_has_suffix(path, ".sql") : is_yaml(path)))
    return TRUE;
  if (strcmp(fields[2], "0") != 0) {
    g_set_error(error, DMIG_ERROR, DMIG_ERROR_INVALID,
                "'%s' has conflicts; resolve them and stage the file", path);
    return FALSE;
  }
  if (strcmp(fields[0], "120000") == 0) {
    g_set_error(error, DMIG_ERROR, DMIG_ERROR_INVALID,
                "'%s' is a symbolic link: what it points to can't be checked as it is staged; "
                "stage the file itself",
                path);
    return FALSE;
  }
  if (strcmp(fields[0], "160000") == 0)
    return TRUE;

  Entry *entry = g_new0(Entry, 1);
  entry->path = g_strdup(path);
  entry->blob = g_strdup(fields[1]);
  g_ptr_array_add(entries, entry);
  return TRUE;
}

static int
compare_entries(gconstpointer a, gconstpointer b)
{
  const Entry *const *one = a, *const *other = b;
  return strcmp((*one)->path, (*other)->path);
}

/* The staged files at or below `named`, by path: Entry*; NULL: at or below one of the usual places.
 * `sql`: those of SQL, not of YAML. */
static GPtrArray *
list_entries(const DmigGit *git, const char *named, gboolean sql, GError **error)
{
  const char *arguments[] = { "--literal-pathspecs",
                              "ls-files",
                              "--stage",
                              "-z",
                              "--",
                              named != NULL ? named : DOMAIN_FILE,
                              named != NULL ? NULL : DOMAIN_FOLDER,
                              NULL };
  g_autoptr(GBytes) output = NULL;
  if (!dmig_git_run(git, git->folder, arguments, NULL, &output, error))
    return NULL;

  g_autoptr(GPtrArray) entries = g_ptr_array_new_with_free_func((GDestroyNotify) entry_free);
  gsize size;
  const char *record = g_bytes_get_data(output, &size);
  for (const char *end = record + size; record < end; record += strlen(record) + 1)
    if (!add_record(entries, record, named, sql, error))
      return NULL;
  g_ptr_array_sort(entries, compare_entries);
  return g_steal_pointer(&entries);
}

/* Without a word from the user the domain is a file or a folder, as in the working folder. */
static gboolean
check_not_both(GPtrArray *entries, GError **error)
{
  gboolean file = FALSE, folder = FALSE;
  for (guint i = 0; i < entries->len; i++) {
    const Entry *entry = g_ptr_array_index(entries, i);
    gboolean is_file = strcmp(entry->path, DOMAIN_FILE) == 0;
    file |= is_file;
    folder |= !is_file;
  }
  if (!file || !folder)
    return TRUE;
  g_set_error(error, DMIG_ERROR, DMIG_ERROR_USAGE,
              "both " DOMAIN_FILE " and " DOMAIN_FOLDER "/ are staged; say which with 'dmig config "
              "dmig.domain NAME'");
  return FALSE;
}

/* Takes one "<id> blob <size>\n<bytes>\n" off `output`. */
static GBytes *
next_blob(GBytes *output, gsize *offset)
{
  gsize size;
  const char *data = g_bytes_get_data(output, &size);
  const char *header = data + *offset;
  const char *newline = memchr(header, '\n', size - *offset);
  if (newline == NULL)
    return NULL;

  g_autofree char *line = g_strndup(header, newline - header);
  g_auto(GStrv) fields = g_strsplit(line, " ", 3);
  guint64 length;
  gsize start = newline + 1 - data;
  if (g_strv_length(fields) != 3 || strcmp(fields[1], "blob") != 0
      || !g_ascii_string_to_unsigned(fields[2], 10, 0, size - start, &length, NULL))
    return NULL;
  *offset = start + length + 1;
  return g_bytes_new_from_bytes(output, start, length);
}

static GBytes *
blob_ids(GPtrArray *entries)
{
  GString *ids = g_string_new("");
  for (guint i = 0; i < entries->len; i++)
    g_string_append_printf(ids, "%s\n", ((Entry *) g_ptr_array_index(entries, i))->blob);
  return g_string_free_to_bytes(ids);
}

static gboolean
read_entries(const DmigGit *git, GPtrArray *entries, GPtrArray **out_sources, GError **error)
{
  static const char *const arguments[] = { "cat-file", "--batch", NULL };
  g_autoptr(GBytes) input = blob_ids(entries);
  g_autoptr(GBytes) output = NULL;
  if (!dmig_git_run(git, git->folder, arguments, input, &output, error))
    return FALSE;

  g_autoptr(GPtrArray) sources = g_ptr_array_new_with_free_func((GDestroyNotify) dmig_source_free);
  gsize offset = 0;
  for (guint i = 0; i < entries->len; i++) {
    const Entry *entry = g_ptr_array_index(entries, i);
    g_autoptr(GBytes) bytes = next_blob(output, &offset);
    if (bytes == NULL) {
      g_set_error(error, DMIG_ERROR, DMIG_ERROR_FATAL, "cannot read '%s' from git's index",
                  entry->path);
      return FALSE;
    }
    g_ptr_array_add(sources, dmig_source_new(entry->path, bytes));
  }
  *out_sources = g_steal_pointer(&sources);
  return TRUE;
}

gboolean
dmig_hook_staged_sources(const char *folder, const char *domain, GPtrArray **out_sources,
                         GError **error)
{
  g_auto(DmigGit) git = { 0 };
  if (!dmig_git_find(&git, folder, error))
    return FALSE;
  g_autoptr(GPtrArray) entries = list_entries(&git, domain, FALSE, error);
  return entries != NULL && (domain != NULL || check_not_both(entries, error))
         && read_entries(&git, entries, out_sources, error);
}

gboolean
dmig_hook_staged_sql(const char *folder, const char *path, GPtrArray **out_sources, GError **error)
{
  g_auto(DmigGit) git = { 0 };
  if (!dmig_git_find(&git, folder, error))
    return FALSE;
  g_autoptr(GPtrArray) entries = list_entries(&git, path, TRUE, error);
  if (entries == NULL)
    return FALSE;
  if (entries->len > 0)
    return read_entries(&git, entries, out_sources, error);
  g_set_error(error, DMIG_ERROR, DMIG_ERROR_NOT_FOUND, "no SQL is staged under '%s'; 'git add' it",
              path);
  return FALSE;
}
