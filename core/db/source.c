#include "core/db/source.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/base/text.h"
#include "core/db/registry.h"
#include "core/domain/lift.h"
#include "core/domain/write.h"
#include "core/sql/lexer.h"

#define MAX_FOLDER_DEPTH 32
/* How often loading is tried again because a role was missing. */
#define MOST_ATTEMPTS 200
/* Tokens that a mark has at most. */
#define MARK_TOKENS 4

/* --- reading --------------------------------------------------------------------------------- */

static gboolean
fail_reading(const char *path, const char *problem, GError **error)
{
  g_autofree char *shown = dmig_text_printable(path);
  g_set_error(error, DMIG_ERROR, DMIG_ERROR_FATAL, "can't read '%s': %s", shown, problem);
  return FALSE;
}

static gboolean
fail_errno(const char *path, int problem, GError **error)
{
  fail_reading(path, g_strerror(problem), error);
  if (error != NULL && *error != NULL && (problem == ENOENT || problem == ENOTDIR))
    (*error)->code = DMIG_ERROR_NOT_FOUND;
  return FALSE;
}

/* Never more than one byte beyond the limit, also of a file that grows meanwhile. */
static gboolean
read_bounded(int fd, const char *path, GByteArray *bytes, GError **error)
{
  guint8 buffer[65536];
  while (bytes->len <= DMIG_SQL_MAX_BYTES) {
    ssize_t n = read(fd, buffer, sizeof buffer);
    if (n < 0 && errno == EINTR)
      continue;
    if (n < 0)
      return fail_errno(path, errno, error);
    if (n == 0)
      return TRUE;
    g_byte_array_append(bytes, buffer, (guint) n);
  }
  return fail_reading(path, "it is larger than 256 MB; leave the rows out (pg_dump -s)", error);
}

static gboolean
read_open_file(int fd, const char *path, GPtrArray *files, GError **error)
{
  struct stat status;
  if (fstat(fd, &status) != 0)
    return fail_errno(path, errno, error);
  if (!S_ISREG(status.st_mode))
    return fail_reading(path, "it is no file but a pipe or a device; put a file in its place",
                        error);
  g_autoptr(GByteArray) bytes = g_byte_array_new();
  if (!read_bounded(fd, path, bytes, error))
    return FALSE;
  if (bytes->len > 0 && memchr(bytes->data, '\0', bytes->len) != NULL)
    return fail_reading(path, "it is no SQL text: it holds zero bytes; save it as UTF-8, or dump "
                              "it as plain text (pg_dump -Fp)",
                        error);
  g_autoptr(GBytes) content = g_byte_array_free_to_bytes(g_steal_pointer(&bytes));
  g_ptr_array_add(files, dmig_source_new(path, content));
  return TRUE;
}

static gboolean
read_file(const char *path, GPtrArray *files, GError **error)
{
  /* Without O_NONBLOCK, opening a pipe waits for its other end. */
  int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
  if (fd < 0)
    return fail_errno(path, errno, error);
  gboolean done = read_open_file(fd, path, files, error);
  close(fd);
  return done;
}

typedef struct {
  GPtrArray *paths; /* char*: the .sql files */
  gboolean has_yaml;
} Listing;

/* As the YAML of a folder is found: at any depth, but not behind links, and nothing hidden. */
static gboolean
list_folder(const char *folder, guint depth, Listing *out, GError **error)
{
  g_autoptr(GDir) dir = depth < MAX_FOLDER_DEPTH ? g_dir_open(folder, 0, NULL) : NULL;
  if (dir == NULL)
    return fail_errno(folder, depth < MAX_FOLDER_DEPTH ? EACCES : ELOOP, error);
  for (const char *name = g_dir_read_name(dir); name != NULL; name = g_dir_read_name(dir)) {
    struct stat status, linked;
    g_autofree char *path = g_build_filename(folder, name, NULL);
    if (name[0] == '.' || lstat(path, &status) != 0)
      continue;
    if (S_ISDIR(status.st_mode) && !list_folder(path, depth + 1, out, error))
      return FALSE;
    if (S_ISLNK(status.st_mode) && (stat(path, &linked) != 0 || S_ISDIR(linked.st_mode)))
      continue;
    if (S_ISDIR(status.st_mode))
      continue;
    out->has_yaml |= g_str_has_suffix(name, ".yaml") || g_str_has_suffix(name, ".yml");
    if (g_str_has_suffix(name, ".sql"))
      g_ptr_array_add(out->paths, g_steal_pointer(&path));
  }
  return TRUE;
}

gboolean
dmig_sql_source_is(const char *path)
{
  if (!g_file_test(path, G_FILE_TEST_IS_DIR))
    return g_str_has_suffix(path, ".sql");
  g_autoptr(GPtrArray) paths = g_ptr_array_new_with_free_func(g_free);
  Listing listing = { .paths = paths };
  return list_folder(path, 0, &listing, NULL) && paths->len > 0 && !listing.has_yaml;
}

static gint
compare_paths(gconstpointer a, gconstpointer b)
{
  return strcmp(*(char *const *) a, *(char *const *) b);
}

gboolean
dmig_sql_source_load(const char *path, DmigSqlSource **out, GError **error)
{
  g_autoptr(GPtrArray) paths = g_ptr_array_new_with_free_func(g_free);
  Listing listing = { .paths = paths };
  if (!g_file_test(path, G_FILE_TEST_IS_DIR))
    g_ptr_array_add(paths, g_strdup(path));
  else if (!list_folder(path, 0, &listing, error))
    return FALSE;
  if (paths->len == 0)
    return fail_reading(path, "there are no .sql files in it", error);
  g_ptr_array_sort(paths, compare_paths);

  g_autoptr(DmigSqlSource) self = g_new0(DmigSqlSource, 1);
  self->path = g_strdup(path);
  self->files = g_ptr_array_new_with_free_func((GDestroyNotify) dmig_source_free);
  for (guint i = 0; i < paths->len; i++)
    if (!read_file(g_ptr_array_index(paths, i), self->files, error))
      return FALSE;
  *out = g_steal_pointer(&self);
  return TRUE;
}

void
dmig_sql_source_free(DmigSqlSource *self)
{
  if (self == NULL)
    return;
  g_free(self->path);
  g_clear_pointer(&self->files, g_ptr_array_unref);
  g_free(self);
}

DmigSqlSource *
dmig_sql_source_new(const char *path, GPtrArray *files)
{
  DmigSqlSource *self = g_new0(DmigSqlSource, 1);
  self->path = g_strdup(path);
  self->files = g_ptr_array_new_with_free_func((GDestroyNotify) dmig_source_free);
  for (guint i = 0; i < files->len; i++) {
    const DmigSource *file = g_ptr_array_index(files, i);
    g_ptr_array_add(self->files, dmig_source_new(file->path, file->bytes));
  }
  return self;
}

static char *
text_of(const DmigSource *file)
{
  gsize length;
  const char *data = g_bytes_get_data(file->bytes, &length);
  return g_strndup(data != NULL ? data : "", length);
}

/* --- whose it is ----------------------------------------------------------------------------- */

/* The last few tokens. */
typedef struct {
  char *tokens[MARK_TOKENS];
  guint n;
} Tail;

static void
tail_add(Tail *self, DmigToken token)
{
  if (self->n == MARK_TOKENS) {
    g_free(self->tokens[0]);
    memmove(self->tokens, self->tokens + 1, sizeof(char *) * (MARK_TOKENS - 1));
    self->n--;
  }
  gboolean dollar = token.kind == DMIG_TOKEN_STRING && *token.start == '$';
  self->tokens[self->n++]
      = dollar ? g_strdup("$$")
               : g_ascii_strdown(token.start, token.kind == DMIG_TOKEN_STRING ? 1 : (gssize) token.length);
}

static void
tail_clear(Tail *self)
{
  for (guint i = 0; i < self->n; i++)
    g_free(self->tokens[i]);
  self->n = 0;
}

/* Whether the mark ends with the last token. */
static gboolean
tail_is(const Tail *self, const char *mark)
{
  const char *end = mark + strlen(mark);
  for (guint i = self->n; i > 0; i--) {
    gsize length = strlen(self->tokens[i - 1]);
    if ((gsize) (end - mark) < length || strncmp(end - length, self->tokens[i - 1], length) != 0)
      return FALSE;
    end -= length;
    if (end == mark)
      return TRUE;
    if (*--end != ' ')
      return FALSE;
  }
  return FALSE;
}

/* How often the text says one of the marks. */
static guint
count_marks(const char *text, const char *const *marks)
{
  guint count = 0;
  Tail tail = { 0 };
  DmigLexer lexer;
  dmig_lexer_init(&lexer, text);
  for (DmigToken token = dmig_lexer_next(&lexer); token.kind != DMIG_TOKEN_END;
       token = dmig_lexer_next(&lexer)) {
    if (token.kind == DMIG_TOKEN_SPACE)
      continue;
    tail_add(&tail, token);
    for (const char *const *mark = marks; *mark != NULL; mark++)
      count += tail_is(&tail, *mark);
  }
  tail_clear(&tail);
  return count;
}

static guint
count_in_files(const DmigSqlSource *self, const char *const *marks)
{
  guint count = 0;
  for (guint i = 0; i < self->files->len; i++) {
    g_autofree char *text = text_of(g_ptr_array_index(self->files, i));
    count += count_marks(text, marks);
  }
  return count;
}

const DmigDialect *
dmig_sql_source_dialect(const DmigSqlSource *self)
{
  const DmigDriver *const *drivers = dmig_drivers();
  guint n = g_strv_length((char **) drivers);
  g_autofree guint *counts = g_new0(guint, n);
  for (guint i = 0; i < n; i++)
    counts[i] = count_in_files(self, drivers[i]->marks);
  guint best = 0, others = 0;
  for (guint i = 1; i < n; i++)
    if (counts[i] > counts[best])
      best = i;
  for (guint i = 0; i < n; i++)
    others = i != best ? MAX(others, counts[i]) : others;
  return counts[best] > others ? drivers[best]->dialect : NULL;
}

gboolean
dmig_sql_source_names_owners(const DmigSqlSource *self)
{
  static const char *const marks[] = { "owner to", "authorization", "set role", NULL };
  return count_in_files(self, marks) > 0;
}

/* --- building -------------------------------------------------------------------------------- */

/* "line 12: no such table" becomes "shop.sql:12: no such table". */
static void
name_file(GError *failure, const char *path)
{
  g_autofree char *shown = dmig_text_printable(path);
  const char *text = failure->message, *number = text + strlen("line ");
  gsize digits = g_str_has_prefix(text, "line ") ? strspn(number, "0123456789") : 0;
  char *message = digits > 0 && number[digits] == ':'
                      ? g_strdup_printf("%s:%s", shown, number)
                      : g_strdup_printf("%s: %s", shown, text);
  g_free(failure->message);
  failure->message = message;
}

static gboolean
load_files(const DmigSqlSource *self, DmigScratch *scratch, DmigSchema **out, GError **error)
{
  g_autoptr(DmigDatabase) db = NULL;
  if (!dmig_scratch_open(scratch, &db, error))
    return FALSE;
  for (guint i = 0; i < self->files->len; i++) {
    const DmigSource *file = g_ptr_array_index(self->files, i);
    g_autofree char *text = text_of(file);
    GError *failure = NULL;
    if (db->driver->load(db, text, &failure))
      continue;
    name_file(failure, file->path);
    g_propagate_error(error, failure);
    return FALSE;
  }
  return db->driver->inspect(db, out, error);
}

gboolean
dmig_sql_source_build(const DmigSqlSource *self, DmigScratch *scratch, DmigSchema **out,
                      GError **error)
{
  for (guint i = 0; i < self->files->len; i++) {
    g_autofree char *text = text_of(g_ptr_array_index(self->files, i));
    dmig_scratch_provide(scratch, text);
  }
  for (guint attempt = 1;; attempt++) {
    g_autoptr(GError) failure = NULL;
    if (load_files(self, scratch, out, &failure))
      return TRUE;
    if (attempt < MOST_ATTEMPTS && g_error_matches(failure, DMIG_ERROR, DMIG_ERROR_FAILED)
        && dmig_scratch_provide_for(scratch, failure))
      continue;
    g_propagate_error(error, g_steal_pointer(&failure));
    return FALSE;
  }
}

gboolean
dmig_sql_source_translate(const DmigSqlSource *self, DmigScratch *scratch, const char *domain,
                          DmigDiagnostics *diagnostics, DmigSource **out, GError **error)
{
  g_autoptr(DmigSchema) schema = NULL;
  if (!dmig_sql_source_build(self, scratch, &schema, error))
    return FALSE;
  g_autoptr(DmigDomain) lifted = dmig_lift(domain, schema, diagnostics);
  char *text = dmig_domain_write(lifted);
  g_autoptr(GBytes) bytes = g_bytes_new_take(text, strlen(text));
  g_autofree char *path = g_strdup_printf("%s, as YAML", self->path);
  *out = dmig_source_new(path, bytes);
  return TRUE;
}
