/* What is said of tables as wholes: how they are stored, who sees which rows, and families of tables:
 * partitions and inheritance. */
#include "core/domain/lower_parts.h"

#include <string.h>

#include "core/base/text.h"
#include "core/sql/text.h"

static const char *
text_of(const DmigLowering *self, const GPtrArray *attributes, const char *name)
{
  return dmig_attributes_get(attributes, name, self->dialect);
}

/* --- facets of tables ------------------------------------------------------------------------- */

static void
lower_row_security(DmigLowering *self, const DmigEntity *entity, DmigTable *table, const char *what)
{
  const char *value = text_of(self, entity->attributes, "row_security");
  if (value == NULL
      || !dmig_lowering_require(self, DMIG_CAP_POLICIES, entity->at, "row security"))
    return;
  gboolean forced = strcmp(value, "enabled") != 0, enabled = strcmp(value, "forced_only") != 0;
  g_autofree char *enable = g_strdup_printf("ALTER %s ENABLE ROW LEVEL SECURITY;\n", what);
  g_autofree char *disable = g_strdup_printf("ALTER %s DISABLE ROW LEVEL SECURITY;\n", what);
  g_autofree char *force = g_strdup_printf("ALTER %s FORCE ROW LEVEL SECURITY;\n", what);
  g_autofree char *unforce = g_strdup_printf("ALTER %s NO FORCE ROW LEVEL SECURITY;\n", what);
  g_autofree char *set = g_strconcat(enabled ? enable : "", forced ? force : "", NULL);
  g_autofree char *reset = g_strconcat(enabled ? disable : "", forced ? unforce : "", NULL);
  const char *says = enabled ? value : "forced, not enabled";
  DmigFacet *facet
      = dmig_facets_add(&table->facets, dmig_facet_new("row security", says, set, reset));
  facet->change = g_strconcat(enabled ? enable : disable, forced ? force : unforce, NULL);
}

static void
lower_replica_identity(DmigLowering *self, const DmigEntity *entity, DmigTable *table)
{
  const char *value = text_of(self, entity->attributes, "replica_identity");
  if (value == NULL)
    return;
  gboolean word = strcmp(value, "full") == 0 || strcmp(value, "nothing") == 0;
  g_autofree char *upper = g_ascii_strup(value, -1);
  g_autofree char *to = word ? g_steal_pointer(&upper)
                             : dmig_sql_printf(self->dialect, "USING INDEX %I", value);
  g_autofree char *what = dmig_sql_printf(self->dialect, "TABLE ONLY %I", table->name);
  g_autofree char *set = g_strconcat("REPLICA IDENTITY ", to, NULL);
  DmigFacet *facet = dmig_lower_facet(self, &table->facets, what, "replica identity", value, set,
                                      "REPLICA IDENTITY DEFAULT");
  if (word)
    return;
  facet->late = TRUE;
  dmig_facet_add_need(facet, dmig_address_new(DMIG_OBJECT_TABLE, table->name, NULL));
  DmigObjectKind kind = dmig_table_index(table, value) != NULL ? DMIG_OBJECT_INDEX
                                                               : DMIG_OBJECT_CONSTRAINT;
  dmig_facet_add_need(facet, dmig_address_new(kind, table->name, value));
}

static void
lower_storage(DmigLowering *self, const DmigEntity *entity, DmigTable *table, const char *what)
{
  const char *method = text_of(self, entity->attributes, "access_method");
  const char *tablespace = text_of(self, entity->attributes, "tablespace");
  if (!dmig_lowering_can(self, DMIG_CAP_STORAGE))
    return;
  if (text_of(self, entity->attributes, "unlogged") != NULL) {
    DmigFacet *facet = dmig_lower_facet(self, &table->facets, what, "logged", "unlogged",
                                        "SET UNLOGGED", "SET LOGGED");
    facet->created = facet->rewrites = TRUE;
  }
  if (method != NULL) {
    g_autofree char *set = dmig_sql_printf(self->dialect, "SET ACCESS METHOD %I", method);
    DmigFacet *facet = dmig_lower_facet(self, &table->facets, what, "access method", method, set,
                                        "SET ACCESS METHOD heap");
    facet->created = facet->rewrites = TRUE;
  }
  if (tablespace != NULL) {
    g_autofree char *set = dmig_sql_printf(self->dialect, "SET TABLESPACE %I", tablespace);
    DmigFacet *facet = dmig_lower_facet(self, &table->facets, what, "tablespace", tablespace, set,
                                        "SET TABLESPACE pg_default");
    facet->rewrites = TRUE;
  }
  dmig_lower_options(self, &table->facets, what, entity->attributes, TRUE);
  lower_replica_identity(self, entity, table);
}

static void
lower_of_type(DmigLowering *self, const DmigEntity *entity, DmigTable *table, const char *what)
{
  const char *of = text_of(self, entity->attributes, "of");
  if (of == NULL
      || !dmig_lowering_require(self, DMIG_CAP_OWN_TYPES, entity->at, "tables of a type"))
    return;
  g_autofree char *type = dmig_lowering_type_text(self, of);
  g_autofree char *set = g_strconcat("OF ", type, NULL);
  DmigFacet *facet
      = dmig_lower_facet(self, &table->facets, what, "of type", type, set, "NOT OF");
  facet->late = TRUE;
  dmig_facet_add_need(facet, dmig_address_new(DMIG_OBJECT_TABLE, table->name, NULL));
}

void
dmig_lower_table_facets(DmigLowering *self, const DmigEntity *entity, DmigTable *table)
{
  g_autofree char *what = dmig_sql_printf(self->dialect, "TABLE %I", table->name);
  lower_storage(self, entity, table, what);
  lower_row_security(self, entity, table, what);
  lower_of_type(self, entity, table, what);
  dmig_lower_roles(self, &table->facets, DMIG_OBJECT_TABLE, what, entity->owner, entity->grants);
  if (!dmig_lowering_can(self, DMIG_CAP_ROWID_TABLES))
    return;
  table->without_rowid = text_of(self, entity->attributes, "without_rowid") != NULL;
  table->strict = text_of(self, entity->attributes, "strict") != NULL;
}

/* --- facets of columns ------------------------------------------------------------------------ */

void
dmig_lower_column_facets(DmigLowering *self, const DmigField *field, const DmigTable *table,
                         DmigColumn *column)
{
  static const struct {
    const char *name, *set, *reset;
    gboolean upper;
  } settings[] = {
    { "storage", "SET STORAGE", "SET STORAGE EXTENDED", TRUE },
    { "compression", "SET COMPRESSION", "SET COMPRESSION default", FALSE },
    { "statistics", "SET STATISTICS", "SET STATISTICS -1", FALSE },
  };
  g_autofree char *what = dmig_sql_printf(self->dialect, "TABLE ONLY %I ALTER COLUMN %I",
                                          table->name, column->name);
  if (!dmig_lowering_can(self, DMIG_CAP_STORAGE))
    return;
  for (guint i = 0; i < G_N_ELEMENTS(settings); i++) {
    const char *value = text_of(self, field->attributes, settings[i].name);
    if (value == NULL)
      continue;
    g_autofree char *word = settings[i].upper ? g_ascii_strup(value, -1) : g_strdup(value);
    g_autofree char *set = g_strdup_printf("%s %s", settings[i].set, word);
    dmig_lower_facet(self, &column->facets, what, settings[i].name, value, set,
                     settings[i].reset);
  }
  dmig_lower_options(self, &column->facets, what, field->attributes, FALSE);
}

/* --- families --------------------------------------------------------------------------------- */

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

static void
add_parent(DmigTable *table, const char *parent)
{
  guint n = table->parents != NULL ? g_strv_length(table->parents) : 0;
  table->parents = g_renew(char *, table->parents, n + 2);
  table->parents[n] = g_strdup(parent);
  table->parents[n + 1] = NULL;
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

static void
inherit_checks(DmigTable *table, const DmigTable *parent)
{
  for (guint i = 0; i < parent->constraints->len; i++) {
    const DmigConstraint *theirs = parent->constraints->pdata[i];
    if (stays_behind(theirs))
      continue;
    DmigConstraint *ours = find_check(table, theirs->name);
    if (ours != NULL) {
      ours->declared = ours->inherited = TRUE;
      continue;
    }
    DmigConstraint *constraint = dmig_constraint_copy(theirs);
    g_clear_pointer(&constraint->facets, g_ptr_array_unref);
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

/* An index of the partition's own that is the same, and belongs to no other yet. */
static DmigIndex *
find_own_index(const DmigTable *table, const DmigIndex *theirs)
{
  for (guint i = 0; i < table->indexes->len; i++) {
    DmigIndex *index = table->indexes->pdata[i];
    if (dmig_index_same_shape(index, theirs)
        && dmig_facets_find(index->facets, "partition of index") == NULL)
      return index;
  }
  return NULL;
}

/* A copy of the parent's, under a name of the partition's. */
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
  g_clear_pointer(&index->comment, g_free);
  g_clear_pointer(&index->facets, g_ptr_array_unref);
  g_ptr_array_add(table->indexes, index);
  return index;
}

/* The index of a partition belongs to its parent's. `kind` says what both stand for. */
static void
attach_index(Families *self, GPtrArray **facets, DmigObjectKind kind, const DmigTable *table,
             const char *name, const DmigTable *parent, const char *parent_name)
{
  const DmigDialect *dialect = self->lowering->dialect;
  g_autofree char *path = dmig_path_sibling(table->name, name);
  g_autofree char *on = dmig_path_sibling(parent->name, parent_name);
  g_autofree char *value = dmig_sql_identifier(dialect, on);
  g_autofree char *set
      = dmig_sql_printf(dialect, "ALTER INDEX %I ATTACH PARTITION %I;\n", on, path);
  DmigFacet *facet = dmig_facets_add(facets, dmig_facet_new("partition of index", value, set, ""));
  facet->late = TRUE;
  facet->attaches = TRUE;
  dmig_facet_add_need(facet, dmig_address_new(kind, table->name, name));
  dmig_facet_add_need(facet, dmig_address_new(DMIG_OBJECT_TABLE, table->name, NULL));
  dmig_facet_add_need(facet, dmig_address_new(kind, parent->name, parent_name));
  dmig_facet_add_need(facet, dmig_address_new(DMIG_OBJECT_TABLE, parent->name, NULL));
}

/* Each index of a partitioned table has its like on every partition. */
static void
inherit_indexes(Families *self, const DmigEntity *entity, DmigTable *table,
                const DmigTable *parent)
{
  for (guint i = 0; i < parent->indexes->len; i++) {
    const DmigIndex *theirs = parent->indexes->pdata[i];
    DmigIndex *own = find_own_index(table, theirs);
    DmigIndex *index = own != NULL ? own : add_index(self, entity, table, theirs);
    attach_index(self, &index->facets, DMIG_OBJECT_INDEX, table, index->name, parent,
                 theirs->name);
  }
}

static gboolean
is_key(const DmigConstraint *constraint)
{
  return constraint->kind == DMIG_CONSTRAINT_PRIMARY_KEY
         || constraint->kind == DMIG_CONSTRAINT_UNIQUE;
}

/* A key of the partition's own that is the same, and belongs to no other yet. */
static DmigConstraint *
find_own_key(const DmigTable *table, const DmigConstraint *theirs)
{
  for (guint i = 0; i < table->constraints->len; i++) {
    DmigConstraint *key = table->constraints->pdata[i];
    if (key->kind == theirs->kind && dmig_strv_equal(key->columns, theirs->columns)
        && dmig_facets_find(key->facets, "partition of index") == NULL)
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
inherit_keys(Families *self, const DmigEntity *entity, DmigTable *table, const DmigTable *parent)
{
  for (guint i = 0; i < parent->constraints->len; i++) {
    const DmigConstraint *theirs = parent->constraints->pdata[i];
    if (!is_key(theirs) || theirs->name == NULL)
      continue;
    DmigConstraint *own = find_own_key(table, theirs);
    DmigConstraint *key = own != NULL ? own : add_key(self, entity, table, theirs);
    attach_index(self, &key->facets, DMIG_OBJECT_CONSTRAINT, table, key->name, parent,
                 theirs->name);
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
    const DmigTable *parent = from != NULL ? table_of(self, from) : NULL;
    if (table == NULL || parent == NULL)
      continue;
    inherit_columns(table, parent, &next);
    inherit_checks(table, parent);
    add_parent(table, parent->name);
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
        || !dmig_lowering_require(self, DMIG_CAP_PARTITIONS, entity->at,
                                  "partitioned or inheriting tables"))
      continue;
    lower_family(&families, entity);
  }
}
