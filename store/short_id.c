/* Abbreviating ids. A chain of a thousand revisions is printed with a thousand of them, and libgit2
 * would read a folder and look at each file in it for every one; here each folder is read once. */
#include <string.h>

#include "store/internal.h"

#define SHORTEST 7

/* Whether all objects are loose and in the store itself: nothing packed, nothing borrowed. */
static gboolean
is_all_loose(DmigStore *self)
{
  g_autofree char *alternates = g_build_filename(self->path, "objects/info/alternates", NULL);
  g_autofree char *packs = g_build_filename(self->path, "objects/pack", NULL);
  g_autoptr(GDir) names = g_dir_open(packs, 0, NULL);

  return !g_file_test(alternates, G_FILE_TEST_EXISTS) &&
         (names == NULL || g_dir_read_name(names) == NULL);
}

static GPtrArray *
read_names(DmigStore *self, const char *two_digits)
{
  g_autofree char *path = g_build_filename(self->path, "objects", two_digits, NULL);
  g_autoptr(GDir) names = g_dir_open(path, 0, NULL);
  GPtrArray *list = g_ptr_array_new_with_free_func(g_free);

  for (const char *name; names != NULL && (name = g_dir_read_name(names)) != NULL;)
    g_ptr_array_add(list, g_strdup(name));
  return list;
}

static GPtrArray *
names_behind(DmigStore *self, const char *id)
{
  g_autofree char *two_digits = g_strndup(id, 2);
  GPtrArray *list = g_hash_table_lookup(self->loose_names, two_digits);

  if (list == NULL) {
    list = read_names(self, two_digits);
    g_hash_table_insert(self->loose_names, g_steal_pointer(&two_digits), list);
  }
  return list;
}

/* Digits that tell `id` from every other loose object. */
static gsize
digits_among_loose(DmigStore *self, const char *id)
{
  GPtrArray *names = names_behind(self, id);
  gsize digits = SHORTEST;

  for (guint i = 0; i < names->len; i++) {
    const char *name = names->pdata[i];
    gsize shared = 0;
    while (id[2 + shared] != '\0' && name[shared] == id[2 + shared])
      shared++;
    if (id[2 + shared] != '\0')
      digits = MAX(digits, 2 + shared + 1);
  }
  return digits;
}

/* The same among packed and borrowed ones too, as libgit2 knows them. */
static gsize
digits_among_all(git_odb *odb, const char *id)
{
  for (gsize digits = SHORTEST; digits < GIT_OID_HEXSZ; digits++) {
    git_oid found, prefix;
    git_oid_fromstrn(&prefix, id, digits);
    if (git_odb_exists_prefix(&found, odb, &prefix, digits) != GIT_EAMBIGUOUS)
      return digits;
  }
  return GIT_OID_HEXSZ;
}

char *
dmig_store_short_id(DmigStore *self, const char *id)
{
  git_oid oid;
  g_autoptr(git_odb) odb = NULL;

  if (strlen(id) != GIT_OID_HEXSZ || git_oid_fromstr(&oid, id) < 0)
    return g_strdup(id);
  if (self->loose_names == NULL && is_all_loose(self))
    self->loose_names =
        g_hash_table_new_full(g_str_hash, g_str_equal, g_free, (GDestroyNotify) g_ptr_array_unref);
  if (self->loose_names != NULL)
    return g_strndup(id, digits_among_loose(self, id));
  if (git_repository_odb(&odb, self->repository) < 0)
    return g_strdup(id);
  return g_strndup(id, digits_among_all(odb, id));
}
