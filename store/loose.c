#include <zlib.h>

#include "core/base/library.h"
#include "store/internal.h"

/* libgit2 1.5 loops for ever when a loose object ends before its zlib stream does, as a disk that
 * was full or a machine that went down leaves it behind. Hence loose objects are read here, before
 * libgit2 comes to them: its own reader only sees what is not there. Packs are safe. */

#define PRIORITY 100 /* before libgit2's own, which have 1 and 2 */
#define HEADER_ROOM 64
#define DEFLATE_AT_MOST 1032 /* how many bytes one can stand for */

typedef struct {
  git_odb_backend parent;
  GPtrArray *folders; /* char*: `objects` and those that it borrows from */
} Loose;

typedef struct {
  gsize size, begin; /* of the content, and where it begins behind the header */
  git_object_t type;
} Header;

/* Part of what libgit2 has loaded already. */
static struct {
  int (*init)(z_stream *stream, const char *version, int size);
  int (*run)(z_stream *stream, int flush);
  int (*end)(z_stream *stream);
} zlib;

static gboolean
load_zlib(GError **error)
{
  static const DmigSymbol symbols[] = {
    { "inflateInit_", (gpointer *) &zlib.init },
    { "inflate", (gpointer *) &zlib.run },
    { "inflateEnd", (gpointer *) &zlib.end },
  };
  return zlib.init != NULL
         || dmig_library_load("libz.so.1", "zlib1g", symbols, G_N_ELEMENTS(symbols), error);
}

static void
stream_clear(z_stream *self)
{
  if (self->state != NULL)
    zlib.end(self);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(z_stream, stream_clear)

static int
fail(const git_oid *id, const char *problem)
{
  char digits[GIT_OID_HEXSZ + 1];
  g_autofree char *message
      = g_strdup_printf("object %s %s", git_oid_tostr(digits, sizeof digits, id), problem);
  git_error_set_str(GIT_ERROR_ODB, message);
  return GIT_ERROR;
}

/* "blob 42" and a NUL, in the first bytes of what was inflated. */
static gboolean
parse_header(const char *text, gsize length, Header *out)
{
  static const struct {
    const char *name;
    git_object_t type;
  } types[] = { { "commit ", GIT_OBJECT_COMMIT },
                { "tree ", GIT_OBJECT_TREE },
                { "blob ", GIT_OBJECT_BLOB },
                { "tag ", GIT_OBJECT_TAG } };
  const char *end = memchr(text, '\0', length);
  if (end == NULL)
    return FALSE;
  for (guint i = 0; i < G_N_ELEMENTS(types); i++) {
    guint64 size;
    if (!g_str_has_prefix(text, types[i].name)
        || !g_ascii_string_to_unsigned(text + strlen(types[i].name), 10, 0, G_MAXSSIZE - 1, &size,
                                       NULL))
      continue;
    *out = (Header){ size, end + 1 - text, types[i].type };
    return TRUE;
  }
  return FALSE;
}

/* Inflates the content behind what `start` has of it already. */
static int
inflate_rest(z_stream *stream, const Header *header, const char *start, gsize length,
             git_odb_backend *backend, const git_oid *id, void **out)
{
  gsize have = length - header->begin;
  /* Nothing on this disk can hold more, so that a damaged size takes no memory. */
  if (have > header->size || header->size / DEFLATE_AT_MOST > (gsize) stream->avail_in + HEADER_ROOM)
    return fail(id, "is damaged: it is not of the size it says");
  char *data = git_odb_backend_data_alloc(backend, header->size + 1);
  if (data == NULL)
    return GIT_ERROR;
  memcpy(data, start + header->begin, have);

  int status = Z_OK;
  while (status == Z_OK) {
    /* One byte more than there should be, for zlib to come to the end of the stream. */
    gsize room = header->size + 1 - have;
    gsize taken = MIN(room, G_MAXINT);
    stream->next_out = (Bytef *) data + have;
    stream->avail_out = taken;
    status = zlib.run(stream, Z_NO_FLUSH);
    have += taken - stream->avail_out;
    if (have > header->size)
      break;
  }
  if (status == Z_STREAM_END && have == header->size) {
    data[have] = '\0';
    *out = data;
    return 0;
  }
  git_odb_backend_data_free(backend, data);
  return fail(id, status == Z_BUF_ERROR ? "is cut off" : "is damaged");
}

/* Reads the object in `folder`; `out` NULL: only its header. */
static int
read_in(Loose *self, const char *folder, const git_oid *id, void **out, Header *header)
{
  g_autofree char *digits = dmig_oid_to_text(id);
  g_autofree char *path = g_strdup_printf("%s/%.2s/%s", folder, digits, digits + 2);
  g_autofree char *bytes = NULL;
  g_autoptr(GError) problem = NULL;
  gsize size;
  if (!g_file_get_contents(path, &bytes, &size, &problem))
    return g_error_matches(problem, G_FILE_ERROR, G_FILE_ERROR_NOENT) ? GIT_ENOTFOUND
                                                                      : fail(id, problem->message);
  if (size == 0)
    return fail(id, "is empty");
  if (size > G_MAXUINT)
    return fail(id, "is too large to be loose; 'git gc' packs it");

  char start[HEADER_ROOM];
  g_auto(z_stream) stream = { .next_in = (Bytef *) bytes, .avail_in = size };
  if (zlib.init(&stream, ZLIB_VERSION, sizeof stream) != Z_OK)
    return fail(id, "can't be read: out of memory");
  stream.next_out = (Bytef *) start;
  stream.avail_out = sizeof start;
  int status = zlib.run(&stream, Z_NO_FLUSH);
  if (status == Z_DATA_ERROR || status == Z_NEED_DICT)
    return fail(id, "is damaged");
  gsize length = sizeof start - stream.avail_out;
  if (!parse_header(start, length, header))
    return fail(id, stream.avail_in == 0 && status != Z_STREAM_END ? "is cut off" : "is damaged");
  return out == NULL ? 0 : inflate_rest(&stream, header, start, length, &self->parent, id, out);
}

static int
read_object(Loose *self, const git_oid *id, void **out, Header *header)
{
  int status = GIT_ENOTFOUND;
  for (guint i = 0; i < self->folders->len && status == GIT_ENOTFOUND; i++)
    status = read_in(self, g_ptr_array_index(self->folders, i), id, out, header);
  return status;
}

static int
loose_read(void **out, size_t *out_size, git_object_t *out_type, git_odb_backend *backend,
           const git_oid *id)
{
  Header header;
  int status = read_object((Loose *) backend, id, out, &header);
  if (status < 0)
    return status;
  *out_size = header.size;
  *out_type = header.type;
  return 0;
}

static int
loose_read_header(size_t *out_size, git_object_t *out_type, git_odb_backend *backend,
                  const git_oid *id)
{
  Header header;
  int status = read_object((Loose *) backend, id, NULL, &header);
  if (status < 0)
    return status;
  *out_size = header.size;
  *out_type = header.type;
  return 0;
}

/* The only object in `folder` whose id begins with `length` digits of `prefix`. */
static int
find_in(const char *folder, const git_oid *prefix, gsize length, git_oid *out_id)
{
  g_autofree char *digits = dmig_oid_to_text(prefix);
  g_autofree char *path = g_strdup_printf("%s/%.2s", folder, digits);
  g_autoptr(GDir) names = g_dir_open(path, 0, NULL);
  gboolean found = FALSE;
  for (const char *name; names != NULL && (name = g_dir_read_name(names)) != NULL;) {
    g_autofree char *whole = g_strdup_printf("%.2s%s", digits, name);
    git_oid id;
    if (g_ascii_strncasecmp(whole, digits, length) != 0 || strlen(whole) != GIT_OID_HEXSZ
        || git_oid_fromstr(&id, whole) < 0)
      continue;
    if (found)
      return GIT_EAMBIGUOUS;
    *out_id = id;
    found = TRUE;
  }
  return found ? 0 : GIT_ENOTFOUND;
}

static int
loose_read_prefix(git_oid *out_id, void **out, size_t *out_size, git_object_t *out_type,
                  git_odb_backend *backend, const git_oid *prefix, size_t length)
{
  Loose *self = (Loose *) backend;
  gboolean found = FALSE;
  git_oid id;
  for (guint i = 0; i < self->folders->len; i++) {
    git_oid further;
    int status = find_in(g_ptr_array_index(self->folders, i), prefix, length, &further);
    if (status == GIT_ENOTFOUND)
      continue;
    if (status < 0 || (found && !git_oid_equal(&id, &further)))
      return GIT_EAMBIGUOUS;
    id = further;
    found = TRUE;
  }
  if (!found)
    return GIT_ENOTFOUND;
  *out_id = id;
  return loose_read(out, out_size, out_type, backend, &id);
}

/* libgit2 calls it without a look; its own reader lists what there is. */
static int
loose_foreach(git_odb_backend *backend, git_odb_foreach_cb callback, void *data)
{
  return 0;
}

static void
loose_free(git_odb_backend *backend)
{
  Loose *self = (Loose *) backend;
  g_ptr_array_unref(self->folders);
  g_free(self);
}

/* `objects`, and the stores that a clone with --shared reads from: see gitrepository-layout(5). */
static GPtrArray *
object_folders(const char *git_dir)
{
  GPtrArray *folders = g_ptr_array_new_with_free_func(g_free);
  g_ptr_array_add(folders, g_build_filename(git_dir, "objects", NULL));
  for (guint i = 0; i < folders->len && i < 6; i++) {
    const char *folder = g_ptr_array_index(folders, i);
    g_autofree char *path = g_build_filename(folder, "info", "alternates", NULL);
    g_autofree char *text = NULL;
    if (!g_file_get_contents(path, &text, NULL, NULL))
      continue;
    g_auto(GStrv) lines = g_strsplit(text, "\n", -1);
    for (guint j = 0; lines[j] != NULL; j++)
      if (*lines[j] != '\0' && *lines[j] != '#')
        g_ptr_array_add(folders, g_canonicalize_filename(lines[j], folder));
  }
  return folders;
}

gboolean
dmig_loose_install(DmigStore *self, GError **error)
{
  g_autoptr(git_odb) odb = NULL;
  if (!load_zlib(error))
    return FALSE;
  int status = git_repository_odb(&odb, self->repository);
  if (status < 0)
    return dmig_git_damaged(self, error, "cannot open the objects of '%s'", self->path);

  Loose *loose = g_new0(Loose, 1);
  loose->parent = (git_odb_backend){
    .version = GIT_ODB_BACKEND_VERSION,
    .read = loose_read,
    .read_header = loose_read_header,
    .read_prefix = loose_read_prefix,
    .foreach = loose_foreach,
    .free = loose_free,
  };
  loose->folders = object_folders(self->path);
  status = git_odb_add_backend(odb, &loose->parent, PRIORITY);
  if (status == 0)
    return TRUE;
  loose_free(&loose->parent);
  return dmig_git_fail(error, status, "cannot open the objects of '%s'", self->path);
}
