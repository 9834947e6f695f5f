#include <string.h>

#include "store/internal.h"

/* Trees are written here and not with git_treebuilder, so that the id that is computed and the
 * tree that is written come from the same lines. */

DmigStoreFile *
dmig_store_file_new(const char *path, GBytes *bytes)
{
  DmigStoreFile *self = g_new0(DmigStoreFile, 1);
  self->path = g_strdup(path);
  self->bytes = g_bytes_ref(bytes);
  return self;
}

void
dmig_store_file_free(DmigStoreFile *self)
{
  if (self == NULL)
    return;
  g_free(self->path);
  g_clear_pointer(&self->bytes, g_bytes_unref);
  g_free(self);
}

static int
compare_paths(gconstpointer a, gconstpointer b)
{
  const DmigStoreFile *const *one = a, *const *other = b;
  return strcmp((*one)->path, (*other)->path);
}

/* What Git would refuse to check out, or could not tell from something else. */
static gboolean
is_storable(const char *path)
{
  g_auto(GStrv) parts = g_strsplit(path, "/", -1);
  if (parts[0] == NULL)
    return FALSE;
  for (guint i = 0; parts[i] != NULL; i++)
    if (*parts[i] == '\0' || strcmp(parts[i], ".") == 0 || strcmp(parts[i], "..") == 0
        || g_ascii_strcasecmp(parts[i], ".git") == 0)
      return FALSE;
  return TRUE;
}

/* Whether a file of the revision stands where `path` has one of its folders. */
static gboolean
is_below_a_file(GHashTable *paths, const char *path)
{
  for (const char *slash = strchr(path, '/'); slash != NULL; slash = strchr(slash + 1, '/')) {
    g_autofree char *folder = g_strndup(path, slash - path);
    if (g_hash_table_contains(paths, folder))
      return TRUE;
  }
  return FALSE;
}

static gboolean
check_paths(GPtrArray *files, GError **error)
{
  g_autoptr(GHashTable) paths = g_hash_table_new(g_str_hash, g_str_equal);
  const char *problem = NULL, *path = NULL;

  for (guint i = 0; i < files->len && problem == NULL; i++) {
    path = ((DmigStoreFile *) g_ptr_array_index(files, i))->path;
    if (!is_storable(path))
      problem = "can't be the path of a file in a revision";
    else if (!g_hash_table_add(paths, (gpointer)path))
      problem = "is in the revision twice";
  }
  for (guint i = 0; i < files->len && problem == NULL; i++) {
    path = ((DmigStoreFile *) g_ptr_array_index(files, i))->path;
    if (is_below_a_file(paths, path))
      problem = "would be in a folder that is a file";
  }
  if (problem != NULL)
    g_set_error(error, DMIG_ERROR, DMIG_ERROR_INVALID, "'%s' %s", path, problem);
  return problem == NULL;
}

typedef struct {
  git_odb *odb;     /* NULL: ids are computed, nothing is written */
  GPtrArray *files; /* DmigStoreFile*, sorted by path */
} Writer;

static gboolean
put(const Writer *self, const void *data, gsize size, git_object_t type, git_oid *out_id,
    GError **error)
{
  int status = self->odb != NULL ? git_odb_write(out_id, self->odb, data, size, type)
                                 : git_odb_hash(out_id, data, size, type);
  return status == 0 || dmig_git_fail(error, status, "cannot write the revision's files");
}

static void
append_entry(GByteArray *tree, const char *mode, const char *name, gsize length, const git_oid *id)
{
  g_byte_array_append(tree, (const guint8 *) mode, strlen(mode));
  g_byte_array_append(tree, (const guint8 *)" ", 1);
  g_byte_array_append(tree, (const guint8 *) name, length);
  g_byte_array_append(tree, (const guint8 *)"", 1);
  g_byte_array_append(tree, id->id, GIT_OID_RAWSZ);
}

static gboolean
put_file(const Writer *self, const DmigStoreFile *file, const char *name, GByteArray *tree,
         GError **error)
{
  gsize size;
  const void *data = g_bytes_get_data(file->bytes, &size);
  git_oid id;
  if (!put(self, data != NULL ? data : "", size, GIT_OBJECT_BLOB, &id, error))
    return FALSE;
  append_entry(tree, "100644", name, strlen(name), &id);
  return TRUE;
}

/* The tree of the files from `*next` on that have the first `depth` bytes of their path in common;
 * leaves `*next` behind them. Sorting whole paths has put the entries in Git's order, where a
 * folder counts as its name and a slash. */
static gboolean
put_tree(const Writer *self, guint *next, gsize depth, git_oid *out_id, GError **error)
{
  g_autoptr(GByteArray) tree = g_byte_array_new();
  const char *prefix = *next < self->files->len
                           ? ((DmigStoreFile *) g_ptr_array_index(self->files, *next))->path
                           : "";

  while (*next < self->files->len) {
    const DmigStoreFile *file = g_ptr_array_index(self->files, *next);
    if (strncmp(file->path, prefix, depth) != 0)
      break;
    const char *name = file->path + depth;
    const char *slash = strchr(name, '/');
    if (slash == NULL) {
      if (!put_file(self, file, name, tree, error))
        return FALSE;
      (*next)++;
      continue;
    }
    git_oid id;
    if (!put_tree(self, next, slash + 1 - file->path, &id, error))
      return FALSE;
    append_entry(tree, "40000", name, slash - name, &id);
  }
  return put(self, tree->len > 0 ? (const void *) tree->data : "", tree->len, GIT_OBJECT_TREE,
             out_id, error);
}

static gboolean
put_files(git_odb *odb, GPtrArray *files, git_oid *out_id, GError **error)
{
  g_autoptr(GPtrArray) sorted = g_ptr_array_copy(files, NULL, NULL);
  g_ptr_array_set_free_func(sorted, NULL);
  g_ptr_array_sort(sorted, compare_paths);
  if (!check_paths(sorted, error))
    return FALSE;

  Writer writer = { odb, sorted };
  guint next = 0;
  return put_tree(&writer, &next, 0, out_id, error);
}

gboolean
dmig_tree_write(DmigStore *self, GPtrArray *files, git_oid *out_id, GError **error)
{
  g_autoptr(git_odb) odb = NULL;
  int status = git_repository_odb(&odb, self->repository);
  if (status < 0)
    return dmig_git_fail(error, status, "cannot write the revision's files");
  return put_files(odb, files, out_id, error);
}

char *
dmig_store_tree_id(DmigStore *self, GPtrArray *files, GError **error)
{
  git_oid id;
  return put_files(NULL, files, &id, error) ? dmig_oid_to_text(&id) : NULL;
}

static gboolean
lookup_tree(DmigStore *self, const char *revision, git_tree **out, GError **error)
{
  g_autoptr(git_commit) commit = dmig_store_commit_lookup(self, revision, error);
  if (commit == NULL)
    return FALSE;
  if (git_commit_tree(out, commit) < 0)
    return dmig_git_damaged(self, error, "cannot read the files of revision '%s'", revision);
  return TRUE;
}

char *
dmig_store_domain_tree_id(DmigStore *self, const char *revision, GError **error)
{
  static const char *const names[] = { "domain.yaml", "domain" }; /* in Git's order */
  g_autoptr(git_tree) tree = NULL;
  if (!lookup_tree(self, revision, &tree, error))
    return NULL;

  g_autoptr(GByteArray) domain = g_byte_array_new();
  for (guint i = 0; i < G_N_ELEMENTS(names); i++) {
    const git_tree_entry *entry = git_tree_entry_byname(tree, names[i]);
    if (entry != NULL)
      append_entry(domain, git_tree_entry_type(entry) == GIT_OBJECT_TREE ? "40000" : "100644",
                   names[i], strlen(names[i]), git_tree_entry_id(entry));
  }
  Writer writer = { NULL, NULL };
  git_oid id;
  if (!put(&writer, domain->len > 0 ? (const void *) domain->data : "", domain->len, GIT_OBJECT_TREE,
           &id, error))
    return NULL;
  return dmig_oid_to_text(&id);
}

static void
unref_blob(gpointer blob)
{
  git_blob_free(blob);
}

GBytes *
dmig_store_read(DmigStore *self, const char *revision, const char *path, GError **error)
{
  g_autoptr(git_tree) tree = NULL;
  g_autoptr(git_tree_entry) entry = NULL;
  if (!lookup_tree(self, revision, &tree, error))
    return NULL;

  int status = git_tree_entry_bypath(&entry, tree, path);
  if (status == GIT_ENOTFOUND || (status == 0 && git_tree_entry_type(entry) != GIT_OBJECT_BLOB)) {
    g_set_error(error, DMIG_ERROR, DMIG_ERROR_NOT_FOUND, "revision '%s' has no file '%s'%s",
                revision, path, status == 0 ? ": it is a folder" : "");
    return NULL;
  }

  git_blob *blob = NULL;
  if (status < 0 || git_blob_lookup(&blob, self->repository, git_tree_entry_id(entry)) < 0) {
    dmig_git_damaged(self, error, "cannot read '%s' of revision '%s'", path, revision);
    return NULL;
  }
  return g_bytes_new_with_free_func(git_blob_rawcontent(blob), git_blob_rawsize(blob), unref_blob,
                                    blob);
}

typedef struct {
  GPtrArray *paths;
  const char *prefix;
} Listing;

static int
list_entry(const char *root, const git_tree_entry *entry, void *data)
{
  Listing *listing = data;
  if (git_tree_entry_type(entry) != GIT_OBJECT_BLOB)
    return 0;
  g_autofree char *path = g_strconcat(root, git_tree_entry_name(entry), NULL);
  if (listing->prefix == NULL || g_str_has_prefix(path, listing->prefix))
    g_ptr_array_add(listing->paths, g_steal_pointer(&path));
  return 0;
}

GPtrArray *
dmig_store_files(DmigStore *self, const char *revision, const char *prefix, GError **error)
{
  g_autoptr(git_tree) tree = NULL;
  if (!lookup_tree(self, revision, &tree, error))
    return NULL;

  g_autoptr(GPtrArray) paths = g_ptr_array_new_with_free_func(g_free);
  Listing listing = { paths, prefix };
  if (git_tree_walk(tree, GIT_TREEWALK_PRE, list_entry, &listing) < 0) {
    dmig_git_damaged(self, error, "cannot list the files of revision '%s'", revision);
    return NULL;
  }
  g_ptr_array_sort(paths, dmig_compare_strings);
  return g_steal_pointer(&paths);
}
