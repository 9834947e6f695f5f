/* How indexes and keys of partitions belong to those of their whole. */
#include "core/domain/lifting.h"

#include <string.h>

#include "core/base/text.h"
#include "core/sql/lexer.h"
#include "core/sql/text.h"

/* That an index or key of a partition belongs to its whole's. */
#define PART_FACET "partition of index"

static void
count(GHashTable *counts, const char *key)
{
  guint n = GPOINTER_TO_UINT(g_hash_table_lookup(counts, key));
  g_hash_table_replace(counts, g_strdup(key), GUINT_TO_POINTER(n + 1));
}

static guint
counted(GHashTable *counts, const char *key)
{
  return GPOINTER_TO_UINT(g_hash_table_lookup(counts, key));
}

/* How many partitions a table has is under its path, how many parts an index has under its name as
 * SQL: no path has a dot or quotes for what SQL has. */
void
dmig_lift_count_parts(DmigLifting *self)
{
  for (guint i = 0; i < self->schema->tables->len; i++) {
    const DmigTable *table = self->schema->tables->pdata[i];
    if (dmig_lift_is_partition(table) && table->parents != NULL)
      count(self->partitions, table->parents[0]);
    for (guint j = 0; j < table->indexes->len; j++) {
      const char *whole
          = dmig_facets_value(((DmigIndex *) table->indexes->pdata[j])->facets, PART_FACET);
      if (whole != NULL)
        count(self->attached, whole);
    }
    for (guint j = 0; j < table->constraints->len; j++) {
      const char *whole
          = dmig_facets_value(((DmigConstraint *) table->constraints->pdata[j])->facets, PART_FACET);
      if (whole != NULL)
        count(self->attached, whole);
    }
  }
}

gboolean
dmig_lift_is_only(const DmigLifting *self, const DmigTable *table, const char *name)
{
  guint partitions = counted(self->partitions, table->name);
  if (partitions == 0 || name == NULL)
    return FALSE;
  g_autofree char *path = dmig_path_sibling(table->name, name);
  g_autofree char *spelled = dmig_sql_identifier(self->dialect, path);
  return counted(self->attached, spelled) < partitions;
}

char *
dmig_lift_part_of(const GPtrArray *facets)
{
  const char *value = dmig_facets_value(facets, PART_FACET);
  DmigLexer lexer;
  DmigToken last = { .kind = DMIG_TOKEN_END };
  if (value == NULL)
    return NULL;
  dmig_lexer_init(&lexer, value);
  for (DmigToken token = dmig_lexer_next(&lexer); token.kind != DMIG_TOKEN_END;
       token = dmig_lexer_next(&lexer))
    if (token.kind == DMIG_TOKEN_WORD || token.kind == DMIG_TOKEN_QUOTED)
      last = token;
  return last.kind != DMIG_TOKEN_END ? dmig_token_identifier(last) : NULL;
}

/* The table that `table` is a partition of, where its part says nothing but that it belongs to
 * `name` there, and partitions get theirs by themselves. */
static const DmigTable *
plain_whole(const DmigLifting *self, const DmigTable *table, const GPtrArray *facets,
            const char *name)
{
  const DmigTable *whole = table->parents != NULL && dmig_lift_is_partition(table)
                               ? dmig_schema_table(self->schema, table->parents[0])
                               : NULL;
  return whole != NULL && facets->len == 1 && !dmig_lift_is_only(self, whole, name) ? whole : NULL;
}

static gboolean
is_alone(const DmigLifting *self, const DmigTable *table, const char *name, const char *derived)
{
  g_autofree char *path = dmig_path_sibling(table->name, derived);
  return g_strcmp0(name, derived) == 0 && dmig_lift_is_unique(self, path);
}

gboolean
dmig_lift_index_comes_along(const DmigLifting *self, const DmigTable *table, const DmigIndex *index,
                            const char *derived)
{
  g_autofree char *name = dmig_lift_part_of(index->facets);
  const DmigTable *whole = name != NULL ? plain_whole(self, table, index->facets, name) : NULL;
  const DmigIndex *theirs = whole != NULL ? dmig_table_index(whole, name) : NULL;
  if (theirs == NULL || dmig_facets_find(index->facets, "comment") != NULL
      || !dmig_index_same_shape(index, theirs)
      || !is_alone(self, table, index->name, derived))
    return FALSE;
  for (guint i = 0; i < table->indexes->len; i++) {
    const DmigIndex *other = table->indexes->pdata[i];
    if (dmig_facets_find(other->facets, PART_FACET) == NULL && dmig_index_same_shape(other, theirs))
      return FALSE;
  }
  return TRUE;
}

static const DmigConstraint *
find_key(const DmigTable *table, const char *name)
{
  for (guint i = 0; i < table->constraints->len; i++) {
    const DmigConstraint *key = table->constraints->pdata[i];
    if (g_strcmp0(key->name, name) == 0)
      return key;
  }
  return NULL;
}

static gboolean
same_columns(const DmigConstraint *a, const DmigConstraint *b)
{
  return a->kind == b->kind && dmig_strv_equal(a->columns, b->columns);
}

gboolean
dmig_lift_key_comes_along(const DmigLifting *self, const DmigTable *table,
                          const DmigConstraint *key, const char *derived)
{
  g_autofree char *name = dmig_lift_part_of(key->facets);
  const DmigTable *whole = name != NULL ? plain_whole(self, table, key->facets, name) : NULL;
  const DmigConstraint *theirs = whole != NULL ? find_key(whole, name) : NULL;
  if (theirs == NULL || !same_columns(key, theirs) || key->deferrable != theirs->deferrable
      || !dmig_sql_equal(key->definition, theirs->definition)
      || !is_alone(self, table, key->name, derived))
    return FALSE;
  for (guint i = 0; i < table->constraints->len; i++) {
    const DmigConstraint *other = table->constraints->pdata[i];
    if (dmig_facets_find(other->facets, PART_FACET) == NULL && same_columns(other, theirs))
      return FALSE;
  }
  return TRUE;
}
