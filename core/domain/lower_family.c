/* Families of tables: partitions and inheritance. */
#include "core/domain/lower_parts.h"

#include <string.h>

#include "core/base/text.h"
#include "core/schema/facet_sql.h"
#include "core/sql/text.h"

/* That an index or key of a partition belongs to its whole's. */
#define PART_FACET "partition of index"

/* All families of one schema. */
typedef struct {
  DmigLowering *lowering;
  DmigSchema *schema;
  GHashTable *done; /* const DmigEntity*: what it takes from others is there */
} Families;

static DmigTable *
table_of(Families *self, const DmigEntity *entity)
{
  return dmig_lowering_is_for(self->lowering, entity->dialects)
             ? dmig_schema_table(self->schema, entity->path)
             : NULL;
}

/* Puts the column at place `next`, and moves that on. */
static void
move_column(DmigTable *table, DmigColumn *column, guint *next)
{
  guint at = 0;
  g_ptr_array_find(table->columns, column, &at);
  if (at < *next)
    return;
  g_ptr_array_steal_index(table->columns, at);
  g_ptr_array_insert(table->columns, (gint) (*next)++, column);
}

static gboolean
is_in_key(const DmigTable *table, const char *column)
{
  const DmigConstraint *key = dmig_table_primary_key(table);
  return key != NULL && dmig_strv_contains(key->columns, column);
}

/* The parent's columns come first, in its order; what is said of a column of both is the child's. */
static void
inherit_columns(DmigTable *table, const DmigTable *parent, guint *next)
{
  for (guint i = 0; i < parent->columns->len; i++) {
    const DmigColumn *theirs = parent->columns->pdata[i];
    DmigColumn *ours = dmig_table_column(table, theirs->name);
    if (ours != NULL) {
      ours->declared = ours->declared || !ours->inherited;
      ours->inherited = TRUE;
      move_column(table, ours, next);
      continue;
    }
    DmigColumn *column = dmig_column_copy(theirs);
    g_clear_pointer(&column->facets, g_ptr_array_unref);
    g_clear_pointer(&column->comment, g_free);
    g_clear_pointer(&column->identity_options, g_free);
    column->identity = DMIG_IDENTITY_NONE;
    column->inherited = TRUE;
    column->declared = FALSE;
    column->not_null = column->not_null || is_in_key(table, column->name);
    g_ptr_array_insert(table->columns, (gint) (*next)++, column);
  }
}

static DmigConstraint *
find_check(const DmigTable *table, const char *name)
{
  for (guint i = 0; name != NULL && i < table->constraints->len; i++) {
    DmigConstraint *constraint = table->constraints->pdata[i];
    if (constraint->kind == DMIG_CONSTRAINT_CHECK && g_strcmp0(constraint->name, name) == 0)
      return constraint;
  }
  return NULL;
}

static gboolean
stays_behind(const DmigConstraint *constraint)
{
  return constraint->kind != DMIG_CONSTRAINT_CHECK
         || (constraint->definition != NULL
             && g_str_has_suffix(constraint->definition, "NO INHERIT"));
}

/* What a parent's check is not known of, and the table's own is, makes it no check of the table's own: it
 * says just that. */
static void
inherit_own_check(DmigConstraint *ours, const DmigConstraint *theirs)
{
  gboolean alike = dmig_constraint_is_valid(ours) == dmig_constraint_is_valid(theirs);
  ours->declared = alike && (ours->declared || !ours->inherited);
  ours->inherited = TRUE;
}

static void
inherit_checks(Families *self, DmigTable *table, const DmigTable *parent)
{
  for (guint i = 0; i < parent->constraints->len; i++) {
    const DmigConstraint *theirs = parent->constraints->pdata[i];
    if (stays_behind(theirs))
      continue;
    DmigConstraint *ours = find_check(table, theirs->name);
    if (ours != NULL) {
      inherit_own_check(ours, theirs);
      continue;
    }
    DmigConstraint *constraint = dmig_constraint_copy(theirs);
    g_clear_pointer(&constraint->facets, g_ptr_array_unref);
    if (!dmig_constraint_is_valid(theirs))
      dmig_facets_add(&constraint->facets,
                      dmig_facet_new_not_valid(self->lowering->dialect, table->name,
                                               constraint->name, NULL));
    constraint->inherited = TRUE;
    constraint->declared = FALSE;
    g_ptr_array_add(table->constraints, constraint);
  }
}

static void
lower_inheritance(Families *self, DmigTable *table, const DmigTable *parent)
{
  const DmigDialect *dialect = self->lowering->dialect;
  g_autofree char *spelled = dmig_sql_identifier(dialect, parent->name);
  g_autofree char *name = g_strconcat("inherits ", spelled, NULL);
  g_autofree char *what = dmig_sql_printf(dialect, "TABLE %I", table->name);
  g_autofree char *set = g_strconcat("INHERIT ", spelled, NULL);
  g_autofree char *reset = g_strconcat("NO INHERIT ", spelled, NULL);
  DmigFacet *facet
      = dmig_lower_facet(self->lowering, &table->facets, what, name, "true", set, reset);
  facet->created = TRUE;
  facet->attaches = TRUE;
  dmig_facet_add_need(facet, dmig_address_new(DMIG_OBJECT_TABLE, parent->name, NULL));
  dmig_facet_add_need(facet, dmig_address_new(DMIG_OBJECT_TABLE, table->name, NULL));
}

/* `from (1) to (9)` becomes `FOR VALUES FROM (1) TO (9)`. */
static char *
bound_sql(const char *values)
{
  static const struct {
    const char *word, *is;
  } words[] = { { "from", "FROM" }, { "in", "IN" }, { "with", "WITH" } };
  g_autofree char *text = g_strstrip(g_strdup(values));
  if (g_ascii_strcasecmp(text, "default") == 0)
    return g_strdup("DEFAULT");
  if (g_ascii_strncasecmp(text, "for values ", strlen("for values ")) == 0)
    return g_steal_pointer(&text);
  for (guint i = 0; i < G_N_ELEMENTS(words); i++) {
    gsize length = strlen(words[i].word);
    if (g_ascii_strncasecmp(text, words[i].word, length) == 0)
      return g_strdup_printf("FOR VALUES %s%s", words[i].is, text + length);
  }
  return g_strdup_printf("FOR VALUES %s", text);
}

static void
lower_partition(Families *self, const DmigEntity *entity, DmigTable *table,
                const DmigTable *parent)
{
  const DmigDialect *dialect = self->lowering->dialect;
  g_autofree char *bound = bound_sql(entity->values);
  g_autofree char *value = dmig_sql_printf(dialect, "%I %s", parent->name, bound);
  g_autofree char *set = dmig_sql_printf(dialect, "ALTER TABLE ONLY %I ATTACH PARTITION %I %s;\n",
                                         parent->name, table->name, bound);
  g_autofree char *reset = dmig_sql_printf(dialect, "ALTER TABLE %I DETACH PARTITION %I;\n",
                                           parent->name, table->name);
  DmigFacet *facet
      = dmig_facets_add(&table->facets, dmig_facet_new("partition of", value, set, reset));
  facet->replaces = TRUE;
  facet->late = TRUE;
  facet->attaches = TRUE;
  dmig_facet_add_need(facet, dmig_address_new(DMIG_OBJECT_TABLE, parent->name, NULL));
  dmig_facet_add_need(facet, dmig_address_new(DMIG_OBJECT_TABLE, table->name, NULL));
}

/* An index or key that hangs on another, or on which others hang. */
typedef struct {
  DmigObjectKind kind; /* DMIG_OBJECT_INDEX, DMIG_OBJECT_CONSTRAINT */
  gpointer item;       /* DmigIndex *, DmigConstraint * */
  const char *name;
  GPtrArray **facets;
} Member;

static Member
member_of_index(DmigIndex *index)
{
  return (Member) { DMIG_OBJECT_INDEX, index, index->name, &index->facets };
}

static Member
member_of_key(DmigConstraint *key)
{
  return (Member) { DMIG_OBJECT_CONSTRAINT, key, key->name, &key->facets };
}

static gboolean
is_free(const Families *self, const Member *member)
{
  return dmig_facets_find(*member->facets, PART_FACET) == NULL
         && !g_hash_table_contains(self->lowering->parts_of, member->item);
}

/* The partition's index or key of which the author says that it belongs to `whole`. */
static gboolean
find_stated(const Families *self, DmigTable *table, const char *whole, Member *out)
{
  GHashTable *parts_of = self->lowering->parts_of;
  for (guint i = 0; i < table->indexes->len + table->constraints->len; i++) {
    guint n = table->indexes->len;
    Member member = i < n ? member_of_index(table->indexes->pdata[i])
                          : member_of_key(table->constraints->pdata[i - n]);
    if (g_strcmp0(g_hash_table_lookup(parts_of, member.item), whole) != 0)
      continue;
    *out = member;
    return TRUE;
  }
  return FALSE;
}

/* The index or key of a partition belongs to its whole's. */
static void
attach(Families *self, const DmigTable *table, const Member *part, const DmigTable *whole,
       const Member *theirs)
{
  const DmigDialect *dialect = self->lowering->dialect;
  g_autofree char *path = dmig_path_sibling(table->name, part->name);
  g_autofree char *on = dmig_path_sibling(whole->name, theirs->name);
  g_autofree char *value = dmig_sql_identifier(dialect, on);
  g_autofree char *set
      = dmig_sql_printf(dialect, "ALTER INDEX %I ATTACH PARTITION %I;\n", on, path);
  DmigFacet *facet = dmig_facets_add(part->facets, dmig_facet_new(PART_FACET, value, set, ""));
  facet->late = TRUE;
  facet->attaches = TRUE;
  dmig_facet_add_need(facet, dmig_address_new(part->kind, table->name, part->name));
  dmig_facet_add_need(facet, dmig_address_new(DMIG_OBJECT_TABLE, table->name, NULL));
  dmig_facet_add_need(facet, dmig_address_new(theirs->kind, whole->name, theirs->name));
  dmig_facet_add_need(facet, dmig_address_new(DMIG_OBJECT_TABLE, whole->name, NULL));
}

/* An index of the partition's own that is the same, and belongs to no other. */
static DmigIndex *
find_own_index(const Families *self, const DmigTable *table, const DmigIndex *theirs)
{
  for (guint i = 0; i < table->indexes->len; i++) {
    DmigIndex *index = table->indexes->pdata[i];
    Member member = member_of_index(index);
    if (dmig_index_same_shape(index, theirs) && is_free(self, &member))
      return index;
  }
  return NULL;
}

/* A copy of the whole's, under a name of the partition's. */
static DmigIndex *
add_index(Families *self, const DmigEntity *entity, DmigTable *table, const DmigIndex *theirs)
{
  DmigIndex *index = dmig_index_copy(theirs);
  g_autoptr(GString) stem = g_string_new(entity->table);
  for (guint i = 0; i < index->elements->len; i++) {
    const DmigIndexElement *element = index->elements->pdata[i];
    g_string_append_printf(stem, "_%s", element->column != NULL ? element->column : "expr");
  }
  g_free(index->name);
  index->name = dmig_lowering_derive_name(self->lowering, self->lowering->relations, NULL,
                                          table->name, stem->str, "idx");
  g_clear_pointer(&index->facets, g_ptr_array_unref);
  g_ptr_array_add(table->indexes, index);
  return index;
}

/* Each index of a partitioned table has its like on every partition. */
static void
inherit_indexes(Families *self, const DmigEntity *entity, DmigTable *table, const DmigTable *whole)
{
  for (guint i = 0; i < whole->indexes->len; i++) {
    DmigIndex *index = whole->indexes->pdata[i];
    Member theirs = member_of_index(index), part;
    if (!find_stated(self, table, theirs.name, &part)) {
      if (g_hash_table_contains(self->lowering->only, index))
        continue;
      DmigIndex *own = find_own_index(self, table, index);
      part = member_of_index(own != NULL ? own : add_index(self, entity, table, index));
    }
    attach(self, table, &part, whole, &theirs);
  }
}

static gboolean
is_key(const DmigConstraint *constraint)
{
  return constraint->kind == DMIG_CONSTRAINT_PRIMARY_KEY
         || constraint->kind == DMIG_CONSTRAINT_UNIQUE;
}

static DmigConstraint *
find_own_key(const Families *self, const DmigTable *table, const DmigConstraint *theirs)
{
  for (guint i = 0; i < table->constraints->len; i++) {
    DmigConstraint *key = table->constraints->pdata[i];
    Member member = member_of_key(key);
    if (key->kind == theirs->kind && dmig_strv_equal(key->columns, theirs->columns)
        && is_free(self, &member))
      return key;
  }
  return NULL;
}

static DmigConstraint *
add_key(Families *self, const DmigEntity *entity, DmigTable *table, const DmigConstraint *theirs)
{
  DmigConstraint *key = dmig_constraint_copy(theirs);
  g_autofree char *columns = g_strjoinv("_", key->columns);
  gboolean primary = key->kind == DMIG_CONSTRAINT_PRIMARY_KEY;
  g_autofree char *stem
      = primary ? g_strdup(entity->table) : g_strconcat(entity->table, "_", columns, NULL);
  g_free(key->name);
  key->name = dmig_lowering_derive_name(self->lowering, self->lowering->relations, NULL,
                                        table->name, stem, primary ? "pkey" : "key");
  g_clear_pointer(&key->facets, g_ptr_array_unref);
  key->inherited = TRUE;
  key->declared = FALSE;
  g_ptr_array_add(table->constraints, key);
  return key;
}

/* So has each key. */
static void
inherit_keys(Families *self, const DmigEntity *entity, DmigTable *table, const DmigTable *whole)
{
  for (guint i = 0; i < whole->constraints->len; i++) {
    DmigConstraint *key = whole->constraints->pdata[i];
    Member theirs = member_of_key(key), part;
    if (!is_key(key) || key->name == NULL)
      continue;
    if (!find_stated(self, table, theirs.name, &part)) {
      if (g_hash_table_contains(self->lowering->only, key))
        continue;
      DmigConstraint *own = find_own_key(self, table, key);
      part = member_of_key(own != NULL ? own : add_key(self, entity, table, key));
    }
    attach(self, table, &part, whole, &theirs);
  }
}

/* What is said to belong to an index that is none of the whole's. */
static void
check_stated(Families *self, const DmigEntity *entity, DmigTable *table)
{
  for (guint i = 0; i < table->indexes->len + table->constraints->len; i++) {
    guint n = table->indexes->len;
    Member member = i < n ? member_of_index(table->indexes->pdata[i])
                          : member_of_key(table->constraints->pdata[i - n]);
    const char *whole = g_hash_table_lookup(self->lowering->parts_of, member.item);
    if (whole != NULL && dmig_facets_find(*member.facets, PART_FACET) == NULL)
      dmig_lowering_report(self->lowering, entity->at, "unknown-index", NULL,
                           "%s: '%s' is no index or key of what it is a partition of", entity->name,
                           whole);
  }
}

static void
take_from_parents(Families *self, const DmigEntity *entity)
{
  DmigTable *table = table_of(self, entity);
  guint next = 0;
  guint n = entity->partition_of != NULL ? 1 : g_strv_length(entity->inherits);
  for (guint i = 0; i < n; i++) {
    const char *name = entity->partition_of != NULL ? entity->partition_of : entity->inherits[i];
    const DmigEntity *from = dmig_lowering_entity(self->lowering, name);
    DmigTable *parent = from != NULL ? table_of(self, from) : NULL;
    if (table == NULL || parent == NULL)
      continue;
    inherit_columns(table, parent, &next);
    inherit_checks(self, table, parent);
    dmig_table_add_parent(table, parent->name, parent);
    if (entity->partition_of != NULL) {
      lower_partition(self, entity, table, parent);
      inherit_keys(self, entity, table, parent);
      inherit_indexes(self, entity, table, parent);
    } else
      lower_inheritance(self, table, parent);
  }
}

/* The farthest ancestors first; `ancestors` are the nearest first, and at most a few. */
static void
lower_family(Families *self, const DmigEntity *entity)
{
  if (entity->ancestors == NULL || g_hash_table_contains(self->done, entity))
    return;
  g_hash_table_add(self->done, (gpointer) entity);
  for (guint i = 0; i < entity->ancestors->len; i++)
    lower_family(self, entity->ancestors->pdata[i]);
  take_from_parents(self, entity);
}

void
dmig_lower_families(DmigLowering *self, DmigSchema *schema)
{
  g_autoptr(GHashTable) done = g_hash_table_new(NULL, NULL);
  Families families = { self, schema, done };
  for (guint i = 0; i < self->domain->entities->len; i++) {
    const DmigEntity *entity = self->domain->entities->pdata[i];
    if (entity->ancestors == NULL
        || !dmig_lowering_is_for(self, entity->dialects)
        || !dmig_lowering_require(self, self->dialect->has.partitions, entity->at,
                                  "partitioned or inheriting tables"))
      continue;
    lower_family(&families, entity);
  }
  for (guint i = 0; i < self->domain->entities->len; i++) {
    const DmigEntity *entity = self->domain->entities->pdata[i];
    DmigTable *table = table_of(&families, entity);
    if (table != NULL && self->dialect->has.partitions)
      check_stated(&families, entity, table);
  }
}
