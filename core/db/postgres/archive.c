/* Archives of pg_dump's, as pg_restore shows them. */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/base/text.h"
#include "core/db/postgres/backup.h"

#define COPY_END "\\.\n"
#define COPY_HEAD_END " FROM stdin;\n"

/* --- the table of contents ------------------------------------------------------------------- */

static gboolean
read_all(int fd, GString *text)
{
  char buffer[65536];
  ssize_t n;
  while ((n = read(fd, buffer, sizeof buffer)) > 0 || (n < 0 && errno == EINTR))
    if (n > 0)
      g_string_append_len(text, buffer, n);
  return n == 0;
}

/* Starts pg_restore on the archive, which writes into a pipe: `out_fd` is its other end. */
static gboolean
start_reading(const DmigPgClient *client, const char *path, char *const *options, int *out_fd,
              DmigPgChild *child, GError **error)
{
  struct stat info;
  g_autoptr(GPtrArray) arguments = g_ptr_array_new();
  int ends[2];
  if (lstat(path, &info) != 0 || !S_ISREG(info.st_mode)) {
    g_set_error(error, DMIG_ERROR, DMIG_ERROR_FATAL,
                "can't read the backup %s: there is no such file", path);
    return FALSE;
  }
  if (pipe2(ends, O_CLOEXEC) != 0) {
    g_set_error(error, DMIG_ERROR, DMIG_ERROR_FATAL, "can't read the backup %s: %s", path,
                g_strerror(errno));
    return FALSE;
  }
  for (; *options != NULL; options++)
    g_ptr_array_add(arguments, *options);
  g_autofree char *absolute = g_canonicalize_filename(path, NULL);
  g_ptr_array_add(arguments, absolute);
  g_ptr_array_add(arguments, NULL);
  gboolean started = dmig_pg_child_start(client, "pg_restore", (char **) arguments->pdata, NULL, -1,
                                         ends[1], child, error);
  close(ends[1]);
  if (started)
    *out_fd = ends[0];
  else
    close(ends[0]);
  return started;
}

static char *
damage_text(const char *path)
{
  g_autofree char *shown = dmig_text_printable(path);
  return g_strdup_printf("the backup %s can't be read", shown);
}

char *
dmig_pg_archive_list(const DmigPgClient *client, const char *path, GError **error)
{
  static char *const options[] = { "--list", NULL };
  g_autofree char *doing = damage_text(path);
  g_autoptr(GString) text = g_string_new(NULL);
  DmigPgChild child;
  int fd;
  if (!start_reading(client, path, options, &fd, &child, error))
    return NULL;
  read_all(fd, text);
  close(fd);
  if (!dmig_pg_child_wait(&child, doing, error))
    return NULL;
  return g_string_free(g_steal_pointer(&text), FALSE);
}

/* `3315; 0 16386 TABLE DATA public customers postgres`: names with a space in them can't be told
 * apart, and are left to who knows them. */
static void
add_data_entry(DmigBackupContents *contents, const char *line)
{
  char *rest = NULL;
  strtoul(line, &rest, 10);
  if (*rest != ';')
    return;
  strtoul(rest + 1, &rest, 10);
  guint64 oid = g_ascii_strtoull(rest, &rest, 10);
  if (!g_str_has_prefix(rest, " TABLE DATA "))
    return;
  g_auto(GStrv) words = g_strsplit(rest + strlen(" TABLE DATA "), " ", -1);
  g_autofree char *key = g_strdup_printf("%" G_GUINT64_FORMAT, oid);
  g_autofree char *name =
      g_strv_length(words) == 3 ? g_strconcat(words[0], ".", words[1], NULL) : NULL;
  dmig_backup_contents_add(contents, key, name, 0);
}

static void
add_data_entries(DmigBackupContents *contents, const char *list)
{
  g_auto(GStrv) lines = g_strsplit(list, "\n", -1);
  for (char **line = lines; *line != NULL; line++)
    add_data_entry(contents, *line);
}

/* --- the rows --------------------------------------------------------------------------------- */

typedef struct {
  GPtrArray *tables; /* in the order of the file, which is that of the rows too */
  guint at;          /* how many of them have begun */
  gboolean in_rows;
  GString *line; /* a part of one, from the buffer before */
} Counter;

/* A row of COPY is always one line. */
static void
count_line(Counter *self, const char *line, gsize length)
{
  if (self->in_rows) {
    self->in_rows = !(length == strlen(COPY_END) && memcmp(line, COPY_END, length) == 0);
    if (self->in_rows && self->at <= self->tables->len)
      ((DmigBackupTable *) self->tables->pdata[self->at - 1])->rows++;
    return;
  }
  gsize end = strlen(COPY_HEAD_END);
  self->in_rows = length >= end && memcmp(line + length - end, COPY_HEAD_END, end) == 0;
  self->at += self->in_rows;
}

static void
count_buffer(Counter *self, const char *buffer, gsize length)
{
  const char *end = buffer + length;
  for (const char *p = buffer; p < end;) {
    const char *newline = memchr(p, '\n', (gsize) (end - p));
    if (newline == NULL) {
      g_string_append_len(self->line, p, end - p);
      return;
    }
    if (self->line->len > 0) {
      g_string_append_len(self->line, p, newline + 1 - p);
      count_line(self, self->line->str, self->line->len);
      g_string_truncate(self->line, 0);
    } else {
      count_line(self, p, (gsize) (newline + 1 - p));
    }
    p = newline + 1;
  }
}

static void
count_rows(int fd, GPtrArray *tables, guint *out_begun)
{
  Counter counter = { .tables = tables, .line = g_string_new(NULL) };
  g_autofree char *buffer = g_malloc(65536);
  ssize_t n;
  while ((n = read(fd, buffer, 65536)) > 0 || (n < 0 && errno == EINTR))
    if (n > 0)
      count_buffer(&counter, buffer, (gsize) n);
  *out_begun = counter.at;
  g_string_free(counter.line, TRUE);
}

gboolean
dmig_pg_archive_read(const DmigPgClient *client, const char *path, DmigBackupContents *contents,
                     GError **error)
{
  static char *const options[] = { "--data-only", "--file=-", NULL };
  g_autofree char *list = dmig_pg_archive_list(client, path, error);
  g_autofree char *doing = damage_text(path);
  DmigPgChild child;
  guint begun = 0;
  int fd;
  if (list == NULL || !start_reading(client, path, options, &fd, &child, error))
    return FALSE;
  add_data_entries(contents, list);
  count_rows(fd, contents->tables, &begun);
  close(fd);
  if (!dmig_pg_child_wait(&child, doing, error))
    return FALSE;
  if (begun == contents->tables->len)
    return TRUE;
  g_set_error(error, DMIG_ERROR, DMIG_ERROR_FAILED,
              "%s: it should hold the rows of %u tables, and holds those of %u", doing,
              contents->tables->len, begun);
  return FALSE;
}
