#include "core/domain/lift.h"

#include <string.h>

#include "core/base/text.h"
#include "core/domain/lifting.h"
#include "core/sql/text.h"

/* Enums and types of one's own, by how a column spells them. */

static void
add_type(DmigLifting *self, const char *path, char *name_owned, const DmigEnum *labels)
{
  DmigLiftedType *type = g_new0(DmigLiftedType, 1);
  type->labels = labels;
  type->name = name_owned;
  type->path = g_strdup(path);
  g_hash_table_replace(self->types, dmig_sql_identifier(self->dialect, path), type);
}

static void
lift_enum(DmigLifting *self, GHashTable *taken, const DmigEnum *labels)
{
  char *name = dmig_lift_name(taken, labels->name, TRUE);
  DmigDomainEnum *item = dmig_domain_enum_new(name);
  item->path = g_strdup(labels->name);
  item->schema = dmig_path_schema(labels->name);
  item->type_name = g_strdup(dmig_path_name(labels->name));
  g_strfreev(item->labels);
  item->labels = g_strdupv(labels->labels);
  item->description = g_strdup(labels->comment);
  dmig_lift_common(labels->facets, item->grants, &item->owner,
                   item->description == NULL ? &item->description : NULL);
  for (guint i = 0; labels->facets != NULL && i < labels->facets->len; i++) {
    g_autofree char *address = dmig_address_new(DMIG_OBJECT_ENUM, labels->name, NULL);
    if (!dmig_lift_is_common(labels->facets->pdata[i]))
      dmig_lift_facet(self, address, labels->facets->pdata[i]);
  }
  g_ptr_array_add(self->domain->enums, item);
  add_type(self, labels->name, name, labels);
}

/* A name that stands in a field's type as it is: words with at most a dot between them. */
static gboolean
is_type_name(const char *text)
{
  guint dots = 0;
  gboolean begins = TRUE;
  for (const char *p = text; *p != '\0'; p++) {
    gboolean dot = *p == '.';
    gboolean word = g_ascii_isalpha(*p) || *p == '_' || (guchar) *p >= 0x80
                    || (!begins && g_ascii_isdigit(*p));
    if (!word && (!dot || begins || dots > 0))
      return FALSE;
    dots += dot;
    begins = dot;
  }
  return !begins && !g_strv_contains(dmig_type_words(), text);
}

static void
name_types(DmigLifting *self, GHashTable *taken)
{
  for (guint i = 0; i < self->schema->objects->len; i++) {
    const DmigObject *object = self->schema->objects->pdata[i];
    if (object->kind != DMIG_OBJECT_DOMAIN && object->kind != DMIG_OBJECT_COMPOSITE_TYPE
        && object->kind != DMIG_OBJECT_RANGE_TYPE)
      continue;
    g_autofree char *text = dmig_path_text(object->path);
    if (is_type_name(text) && g_hash_table_add(taken, g_strdup(text)))
      add_type(self, object->path, g_steal_pointer(&text), NULL);
  }
}

static gint
compare_enums(gconstpointer a, gconstpointer b)
{
  return strcmp((*(DmigDomainEnum *const *) a)->name, (*(DmigDomainEnum *const *) b)->name);
}

/* Types of one's own have their names first: these are the database's. */
static void
lift_types(DmigLifting *self)
{
  g_autoptr(GHashTable) taken = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
  name_types(self, taken);
  for (guint pass = 0; pass < 2; pass++) {
    for (guint i = 0; i < self->schema->enums->len; i++) {
      const DmigEnum *labels = self->schema->enums->pdata[i];
      if ((strchr(labels->name, DMIG_PATH_SEPARATOR) != NULL) == (pass == 1))
        lift_enum(self, taken, labels);
    }
  }
  g_ptr_array_sort(self->domain->enums, compare_enums);
}

/* Who hangs on whom. */

static gint
compare_parts(gconstpointer a, gconstpointer b)
{
  return g_strcmp0((*(DmigObject *const *) a)->detail, (*(DmigObject *const *) b)->detail);
}

static void
collect_parts(DmigLifting *self)
{
  GHashTableIter iter;
  gpointer parts;
  for (guint i = 0; i < self->schema->objects->len; i++) {
    DmigObject *object = self->schema->objects->pdata[i];
    const char *owner = object->kind == DMIG_OBJECT_SEQUENCE
                            ? dmig_object_property(object, "owned_by")
                            : NULL;
    if (owner != NULL)
      g_hash_table_insert(self->counters, g_strdup(owner), object);
    if (!dmig_object_kind_is_part(object->kind))
      continue;
    GPtrArray *own = g_hash_table_lookup(self->parts, object->path);
    if (own == NULL) {
      own = g_ptr_array_new();
      g_hash_table_insert(self->parts, object->path, own);
    }
    g_ptr_array_add(own, object);
  }
  g_hash_table_iter_init(&iter, self->parts);
  while (g_hash_table_iter_next(&iter, NULL, &parts))
    g_ptr_array_sort(parts, compare_parts);
}

static void
count_relation(DmigLifting *self, const char *name)
{
  if (name == NULL)
    return;
  char *folded = g_ascii_strdown(name, -1);
  guint n = GPOINTER_TO_UINT(g_hash_table_lookup(self->relations, folded));
  g_hash_table_replace(self->relations, folded, GUINT_TO_POINTER(n + 1));
}

/* Names that lowering would keep away from, were they in the same schema. */
static void
count_relations(DmigLifting *self)
{
  for (guint i = 0; i < self->schema->tables->len; i++) {
    const DmigTable *table = self->schema->tables->pdata[i];
    g_autofree char *schema = dmig_path_schema(table->name);
    count_relation(self, table->name);
    for (guint j = 0; j < table->indexes->len; j++) {
      g_autofree char *path
          = dmig_path_new(schema, ((DmigIndex *) table->indexes->pdata[j])->name);
      count_relation(self, path);
    }
    for (guint j = 0; j < table->constraints->len; j++) {
      const DmigConstraint *constraint = table->constraints->pdata[j];
      g_autofree char *path
          = constraint->name != NULL ? dmig_path_new(schema, constraint->name) : NULL;
      if (constraint->kind != DMIG_CONSTRAINT_CHECK
          && constraint->kind != DMIG_CONSTRAINT_FOREIGN_KEY)
        count_relation(self, path);
    }
  }
}

static void
lifting_init(DmigLifting *self, const DmigSchema *schema, DmigDiagnostics *diagnostics)
{
  *self = (DmigLifting) { .schema = schema, .dialect = schema->dialect, .diagnostics = diagnostics };
  self->domain = dmig_domain_new();
  self->entities = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
  self->named = g_hash_table_new(g_str_hash, g_str_equal);
  self->fields = g_hash_table_new_full(g_str_hash, g_str_equal, g_free,
                                       (GDestroyNotify) g_hash_table_unref);
  self->types = g_hash_table_new_full(g_str_hash, g_str_equal, g_free,
                                      (GDestroyNotify) dmig_lifted_type_free);
  self->portable = g_hash_table_new_full(g_str_hash, g_str_equal, g_free,
                                         (GDestroyNotify) dmig_type_free);
  self->parts = g_hash_table_new_full(g_str_hash, g_str_equal, NULL,
                                      (GDestroyNotify) g_ptr_array_unref);
  self->counters = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
  self->used = g_hash_table_new(NULL, NULL);
  self->statements = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
  self->relations = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
  self->partitions = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
  self->attached = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
}

static void
lifting_clear(DmigLifting *self)
{
  g_hash_table_unref(self->entities);
  g_hash_table_unref(self->named);
  g_hash_table_unref(self->fields);
  g_hash_table_unref(self->types);
  g_hash_table_unref(self->portable);
  g_hash_table_unref(self->parts);
  g_hash_table_unref(self->counters);
  g_hash_table_unref(self->used);
  g_hash_table_unref(self->statements);
  g_hash_table_unref(self->relations);
  g_hash_table_unref(self->partitions);
  g_hash_table_unref(self->attached);
}

DmigDomain *
dmig_lift(const char *name, DmigSchema *schema, DmigDiagnostics *diagnostics)
{
  g_autoptr(DmigSchema) clean = dmig_lift_clean(schema, diagnostics);
  DmigLifting self;
  lifting_init(&self, clean, diagnostics);
  self.domain->name = g_strdup(name);
  g_strfreev(self.domain->dialects);
  self.domain->dialects = g_new0(char *, 2);
  self.domain->dialects[0] = g_strdup(schema->dialect->name);
  collect_parts(&self);
  count_relations(&self);
  dmig_lift_count_parts(&self);
  lift_types(&self);
  dmig_lift_entities(&self);
  dmig_lift_relationships(&self);
  dmig_lift_members(&self);
  dmig_lift_objects(&self);
  lifting_clear(&self);
  return self.domain;
}
