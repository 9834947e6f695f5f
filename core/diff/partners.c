#include "core/diff/partners.h"

#include <string.h>

typedef struct {
  const DmigSchema *old, *new;
  GHashTable *partners; /* DmigIndex* -> DmigIndex* */
  GHashTable *taken;    /* DmigIndex* of the new side: set */
  GHashTable *done;     /* names of tables: set */
} Pairing;

typedef gboolean (*SameFunc)(const Pairing *self, const DmigIndex *a, const DmigIndex *b);

const DmigFacet *
dmig_index_attachment(const DmigIndex *index)
{
  for (guint i = 0; index->facets != NULL && i < index->facets->len; i++) {
    const DmigFacet *facet = index->facets->pdata[i];
    if (facet->attaches)
      return facet;
  }
  return NULL;
}

/* The index that it is a part of. NULL: none, or a key's. */
static const DmigIndex *
find_whole(const DmigSchema *schema, const DmigIndex *index)
{
  const DmigFacet *facet = dmig_index_attachment(index);

  for (guint i = 0; facet != NULL && facet->needs[i] != NULL; i++) {
    if (dmig_address_kind(facet->needs[i]) != DMIG_OBJECT_INDEX)
      continue;
    g_autofree char *path = dmig_address_path(facet->needs[i]);
    const DmigTable *table = dmig_schema_table(schema, path);
    const DmigIndex *whole =
        table != NULL ? dmig_table_index(table, dmig_address_detail(facet->needs[i])) : NULL;
    if (whole != NULL && whole != index)
      return whole;
  }
  return NULL;
}

gboolean
dmig_index_stays_part(const DmigSchema *old, const DmigSchema *new, const DmigIndex *before,
                      const DmigIndex *after, GHashTable *partners)
{
  const DmigIndex *whole = find_whole(old, before);

  return whole != NULL && find_whole(new, after) != NULL &&
         g_hash_table_lookup(partners, whole) == find_whole(new, after);
}

static gboolean
same_whole(const Pairing *self, const DmigIndex *a, const DmigIndex *b)
{
  const DmigFacet *before = dmig_index_attachment(a), *after = dmig_index_attachment(b);

  if (before == NULL || after == NULL)
    return before == after;
  if (find_whole(self->old, a) == NULL && find_whole(self->new, b) == NULL)
    return strcmp(before->value, after->value) == 0;
  return dmig_index_stays_part(self->old, self->new, a, b, self->partners);
}

static gboolean
is_same_of_whole(const Pairing *self, const DmigIndex *a, const DmigIndex *b)
{
  return dmig_index_equal(a, b) && same_whole(self, a, b);
}

static gboolean
is_alike_of_whole(const Pairing *self, const DmigIndex *a, const DmigIndex *b)
{
  return dmig_index_same_shape(a, b) && same_whole(self, a, b);
}

static gboolean
is_same(const Pairing *self, const DmigIndex *a, const DmigIndex *b)
{
  (void) self;
  return dmig_index_equal(a, b);
}

static gboolean
is_alike(const Pairing *self, const DmigIndex *a, const DmigIndex *b)
{
  (void) self;
  return dmig_index_same_shape(a, b);
}

static void
pair_up(Pairing *self, const DmigTable *old, const DmigTable *new, SameFunc same)
{
  for (guint i = 0; i < old->indexes->len; i++) {
    DmigIndex *before = old->indexes->pdata[i];
    for (guint j = 0; j < new->indexes->len && !g_hash_table_contains(self->partners, before); j++) {
      DmigIndex *after = new->indexes->pdata[j];
      if (g_hash_table_contains(self->taken, after) || !same(self, before, after))
        continue;
      g_hash_table_insert(self->partners, before, after);
      g_hash_table_add(self->taken, after);
    }
  }
}

/* Wholes before their parts. */
static void
pair_table(Pairing *self, const DmigTable *new)
{
  static const SameFunc passes[] = { is_same_of_whole, is_alike_of_whole, is_same, is_alike };
  const DmigTable *old = dmig_schema_table(self->old, new->name);

  if (old == NULL || !g_hash_table_add(self->done, new->name))
    return;
  for (guint i = 0; new->parents != NULL && new->parents[i] != NULL; i++) {
    const DmigTable *parent = dmig_schema_table(self->new, new->parents[i]);
    if (parent != NULL)
      pair_table(self, parent);
  }
  for (guint i = 0; i < G_N_ELEMENTS(passes); i++)
    pair_up(self, old, new, passes[i]);
}

GHashTable *
dmig_index_partners(const DmigSchema *old, const DmigSchema *new)
{
  g_autoptr(GHashTable) taken = g_hash_table_new(NULL, NULL);
  g_autoptr(GHashTable) done = g_hash_table_new(g_str_hash, g_str_equal);
  Pairing self = { old, new, g_hash_table_new(NULL, NULL), taken, done };

  for (guint i = 0; i < new->tables->len; i++)
    pair_table(&self, new->tables->pdata[i]);
  return self.partners;
}
