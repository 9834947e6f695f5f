/* Dependencies where no catalogue tells them: from the names that SQL texts mention. Too many rather
 * than too few. */
#include <string.h>

#include "core/schema/mentions.h"
#include "core/schema/schema.h"

typedef struct {
  const DmigSchema *schema;
  GHashTable *names; /* folded plain name -> GPtrArray of addresses (owned) */
  GPtrArray *out;    /* DmigDependency* */
  GHashTable *schemas; /* names of schemas: set */
} Inference;

static void
add(Inference *self, const char *object, const char *on, gboolean soft)
{
  if (strcmp(object, on) == 0)
    return;
  DmigDependency *dependency = g_new0(DmigDependency, 1);
  dependency->object = g_strdup(object);
  dependency->on = g_strdup(on);
  dependency->soft = soft;
  g_ptr_array_add(self->out, dependency);
}

static void
add_name(Inference *self, const char *path, char *address_owned)
{
  g_autofree char *folded = g_ascii_strdown(dmig_path_name(path), -1);
  char *schema = dmig_path_schema(path);
  GPtrArray *addresses = g_hash_table_lookup(self->names, folded);

  if (schema != NULL)
    g_hash_table_add(self->schemas, schema);
  if (addresses == NULL) {
    addresses = g_ptr_array_new_with_free_func(g_free);
    g_hash_table_insert(self->names, g_steal_pointer(&folded), addresses);
  }
  g_ptr_array_add(addresses, address_owned);
}

/* Whether others can name it in their definitions. */
static gboolean
is_named_by_others(DmigObjectKind kind)
{
  static const DmigObjectKind alone[] = {
    DMIG_OBJECT_CAST,        DMIG_OBJECT_STATISTICS,   DMIG_OBJECT_EVENT_TRIGGER,
    DMIG_OBJECT_PUBLICATION, DMIG_OBJECT_SUBSCRIPTION, DMIG_OBJECT_DEFAULT_PRIVILEGES,
    DMIG_OBJECT_SETTING,
  };

  for (guint i = 0; i < G_N_ELEMENTS(alone); i++)
    if (kind == alone[i])
      return FALSE;
  return !dmig_object_kind_is_part(kind);
}

static void
collect_names(Inference *self)
{
  const DmigSchema *schema = self->schema;

  for (guint i = 0; i < schema->enums->len; i++) {
    const DmigEnum *type = schema->enums->pdata[i];
    add_name(self, type->name, dmig_address_new(DMIG_OBJECT_ENUM, type->name, NULL));
  }
  for (guint i = 0; i < schema->tables->len; i++) {
    const DmigTable *table = schema->tables->pdata[i];
    add_name(self, table->name, dmig_address_new(DMIG_OBJECT_TABLE, table->name, NULL));
  }
  for (guint i = 0; i < schema->objects->len; i++) {
    const DmigObject *object = schema->objects->pdata[i];
    if (is_named_by_others(object->kind))
      add_name(self, object->path, dmig_object_address(object));
  }
}

static void
add_columns(Inference *self, const char *object, const DmigTable *table,
            const DmigMentions *mentions)
{
  g_autofree char *list = dmig_address_new(DMIG_OBJECT_COLUMN, table->name, "*");
  gboolean star = dmig_mentions_star(mentions);

  if (star)
    add(self, object, list, FALSE);
  for (guint i = 0; i < table->columns->len; i++) {
    const DmigColumn *column = table->columns->pdata[i];
    if (!star && !dmig_mentions_column(mentions, column->name))
      continue;
    g_autofree char *on = dmig_address_new(DMIG_OBJECT_COLUMN, table->name, column->name);
    add(self, object, on, FALSE);
  }
}

static void
infer_mention(Inference *self, const char *object, const char *on, const DmigMentions *mentions,
              gboolean with_columns, gboolean soft)
{
  DmigMentioned mentioned = dmig_mentions_object(mentions, on, self->schemas);

  if (mentioned == DMIG_MENTIONED_NOT)
    return;
  soft = soft || mentioned == DMIG_MENTIONED_MAYBE;
  add(self, object, on, soft);
  if (!with_columns || soft || dmig_address_kind(on) != DMIG_OBJECT_TABLE)
    return;
  g_autofree char *path = dmig_address_path(on);
  add_columns(self, object, dmig_schema_table(self->schema, path), mentions);
}

static void
infer_mentions(Inference *self, const char *object, const DmigMentions *mentions,
               gboolean with_columns, gboolean soft)
{
  g_autoptr(GList) names = dmig_mentions_names(mentions);

  for (const GList *name = names; name != NULL; name = name->next) {
    const GPtrArray *addresses = g_hash_table_lookup(self->names, name->data);
    for (guint i = 0; addresses != NULL && i < addresses->len; i++)
      infer_mention(self, object, addresses->pdata[i], mentions, with_columns, soft);
  }
}

/* All that a part of a table mentions in `sql`, which is the text of an object of this kind. */
static void
infer_from(Inference *self, const char *part, DmigObjectKind kind, const char *sql)
{
  if (sql == NULL)
    return;
  g_autoptr(DmigMentions) mentions = dmig_mentions_new(kind, sql, self->schema->dialect);
  infer_mentions(self, part, mentions, FALSE, FALSE);
}

/* All that `object` mentions in what makes it, or with `whole` in what is said of it later. */
static void
infer_about(Inference *self, const char *object, const char *sql, gboolean whole)
{
  if (sql == NULL)
    return;
  g_autoptr(DmigMentions) mentions =
      dmig_mentions_new_about(object, sql, whole, self->schema->dialect);
  infer_mentions(self, object, mentions, !whole, FALSE);
}

static void
infer_expression(Inference *self, const char *part, const char *sql)
{
  infer_from(self, part, dmig_address_kind(part), sql);
}

static void
infer_parents(Inference *self, const DmigTable *table)
{
  g_autofree char *address = dmig_address_new(DMIG_OBJECT_TABLE, table->name, NULL);

  for (guint i = 0; table->parents != NULL && table->parents[i] != NULL; i++) {
    g_autofree char *parent = dmig_address_new(DMIG_OBJECT_TABLE, table->parents[i], NULL);
    add(self, address, parent, FALSE);
  }
}

static void
infer_table(Inference *self, const DmigTable *table)
{
  infer_parents(self, table);
  for (guint i = 0; i < table->columns->len; i++) {
    const DmigColumn *column = table->columns->pdata[i];
    g_autofree char *address = dmig_address_new(DMIG_OBJECT_COLUMN, table->name, column->name);
    infer_from(self, address, DMIG_OBJECT_TABLE, column->type);
    infer_expression(self, address, column->default_sql);
    infer_expression(self, address, column->generated_sql);
  }
  for (guint i = 0; i < table->constraints->len; i++) {
    const DmigConstraint *constraint = table->constraints->pdata[i];
    if (constraint->name == NULL || constraint->check_sql == NULL)
      continue;
    g_autofree char *address =
        dmig_address_new(DMIG_OBJECT_CONSTRAINT, table->name, constraint->name);
    infer_expression(self, address, constraint->check_sql);
  }
  for (guint i = 0; i < table->indexes->len; i++) {
    const DmigIndex *index = table->indexes->pdata[i];
    g_autofree char *address = dmig_address_new(DMIG_OBJECT_INDEX, table->name, index->name);
    infer_expression(self, address, index->where_sql);
    infer_expression(self, address, index->definition);
    for (guint j = 0; j < index->elements->len; j++)
      infer_expression(self, address,
                       ((DmigIndexElement *) index->elements->pdata[j])->expression);
  }
}

/* Nobody knows on which columns it would stand. */
static void
infer_broken(Inference *self, const char *object)
{
  for (guint i = 0; i < self->schema->tables->len; i++) {
    const DmigTable *table = self->schema->tables->pdata[i];
    for (guint j = 0; j < table->columns->len; j++) {
      const DmigColumn *column = table->columns->pdata[j];
      g_autofree char *on = dmig_address_new(DMIG_OBJECT_COLUMN, table->name, column->name);
      add(self, object, on, FALSE);
    }
  }
}

/* The types alone: an attribute may well be called like something else. */
static void
infer_attributes(Inference *self, const char *address, const GPtrArray *facets)
{
  for (guint i = 0; i < facets->len; i++) {
    const DmigFacet *facet = facets->pdata[i];
    if (g_str_has_prefix(facet->name, "attribute "))
      infer_from(self, address, DMIG_OBJECT_TABLE, facet->value);
  }
}

static void
infer_object(Inference *self, const DmigObject *object)
{
  g_autofree char *address = dmig_object_address(object);

  /* What holds the others stands on none of them, whatever it is called. */
  if (object->kind == DMIG_OBJECT_SCHEMA)
    return;
  if (object->kind == DMIG_OBJECT_COMPOSITE_TYPE && object->facets != NULL) {
    infer_attributes(self, address, object->facets);
    return;
  }
  infer_about(self, address, object->create, FALSE);
  if (object->broken != NULL)
    infer_broken(self, address);
  /* A full-text table may name the one that holds its texts in a string. */
  if (object->kind == DMIG_OBJECT_ROUTINE || object->kind == DMIG_OBJECT_VIRTUAL_TABLE) {
    g_autoptr(DmigMentions) bodies = dmig_mentions_new_bodies(object->create, self->schema->dialect);
    infer_mentions(self, address, bodies, FALSE, TRUE);
  }
  for (guint i = 0; object->facets != NULL && i < object->facets->len; i++) {
    const DmigFacet *facet = object->facets->pdata[i];
    if (!facet->late)
      infer_about(self, address, facet->set, TRUE);
  }
  /* A sequence goes by itself with the column that owns it. */
  const char *owner =
      object->kind == DMIG_OBJECT_SEQUENCE ? dmig_object_property(object, "owned_by") : NULL;
  if (owner != NULL) {
    add(self, address, owner, FALSE);
    ((DmigDependency *) self->out->pdata[self->out->len - 1])->owned = TRUE;
  }
}

GPtrArray *
dmig_schema_infer(const DmigSchema *self)
{
  g_autoptr(GHashTable) names =
      g_hash_table_new_full(g_str_hash, g_str_equal, g_free, (GDestroyNotify) g_ptr_array_unref);
  g_autoptr(GHashTable) schemas = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
  Inference inference = { self, names,
                          g_ptr_array_new_with_free_func((GDestroyNotify) dmig_dependency_free),
                          schemas };

  collect_names(&inference);
  for (guint i = 0; i < self->tables->len; i++)
    infer_table(&inference, self->tables->pdata[i]);
  for (guint i = 0; i < self->objects->len; i++)
    infer_object(&inference, self->objects->pdata[i]);
  return inference.out;
}
