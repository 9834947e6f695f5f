#include <string.h>

#include "store/internal.h"

typedef struct {
  GHashTable *names; /* id -> GPtrArray of char*, each led by a digit that sorts it */
  const char *head;  /* full name of the branch that HEAD is on, or "HEAD" */
} Collector;

static void
add(Collector *self, const git_oid *id, char rank, const char *prefix, const char *name)
{
  g_autofree char *key = dmig_oid_to_text(id);
  GPtrArray *names = g_hash_table_lookup(self->names, key);
  if (names == NULL) {
    names = g_ptr_array_new_with_free_func(g_free);
    g_hash_table_insert(self->names, g_steal_pointer(&key), names);
  }
  g_ptr_array_add(names, g_strdup_printf("%c%s%s", rank, prefix, name));
}

static void
add_reference(Collector *self, git_reference *reference)
{
  const char *name = git_reference_name(reference);
  const char *shown = git_reference_shorthand(reference);
  g_autoptr(git_object) object = NULL;
  if (git_reference_peel(&object, reference, GIT_OBJECT_COMMIT) != 0)
    return;

  const git_oid *id = git_object_id(object);
  if (strcmp(name, self->head) == 0)
    add(self, id, '0', "HEAD -> ", shown);
  else if (git_reference_is_tag(reference))
    add(self, id, '1', "tag: ", shown);
  else if (git_reference_is_branch(reference))
    add(self, id, '2', "", shown);
  else if (git_reference_is_remote(reference))
    add(self, id, '3', "", shown);
}

static char **
sorted(GPtrArray *names)
{
  char **list = g_new0(char *, names->len + 1);
  g_ptr_array_sort(names, dmig_compare_strings);
  for (guint i = 0; i < names->len; i++)
    list[i] = g_strdup((const char *) g_ptr_array_index(names, i) + 1);
  return list;
}

GHashTable *
dmig_store_decorations(DmigStore *self)
{
  g_autofree char *head = dmig_store_tip_name(self, NULL);
  g_autoptr(GHashTable) names
      = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, (GDestroyNotify) g_ptr_array_unref);
  Collector collector = { names, head != NULL ? head : "HEAD" };

  git_oid id;
  if (strcmp(collector.head, "HEAD") == 0
      && git_reference_name_to_id(&id, self->repository, "HEAD") == 0)
    add(&collector, &id, '0', "", "HEAD");

  g_autoptr(git_reference_iterator) iterator = NULL;
  if (git_reference_iterator_new(&iterator, self->repository) == 0) {
    for (git_reference *next; git_reference_next(&next, iterator) == 0;) {
      g_autoptr(git_reference) reference = next;
      add_reference(&collector, reference);
    }
  }

  GHashTable *decorations
      = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, (GDestroyNotify) g_strfreev);
  GHashTableIter entries;
  gpointer key, value;
  g_hash_table_iter_init(&entries, names);
  while (g_hash_table_iter_next(&entries, &key, &value))
    g_hash_table_insert(decorations, g_strdup(key), sorted(value));
  return decorations;
}
