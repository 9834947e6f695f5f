#include "core/schema/schema.h"

#include <string.h>

/* Positions by name. Positions, not pointers: whoever builds a schema may still rename or replace
 * objects between lookups, so every hit is checked and a miss looks again. */
struct _DmigSchemaIndex {
  GHashTable *tables; /* owned name -> position + 1 */
  GHashTable *enums;
  GHashTable *objects; /* address -> DmigObject*, borrowed; made anew when their number changes */
  guint n_objects;
  GPtrArray *dependencies; /* inferred */
};

static void
index_free(struct _DmigSchemaIndex *self)
{
  if (self == NULL)
    return;
  g_hash_table_unref(self->tables);
  g_hash_table_unref(self->enums);
  g_hash_table_unref(self->objects);
  g_clear_pointer(&self->dependencies, g_ptr_array_unref);
  g_free(self);
}

static struct _DmigSchemaIndex *
index_new(void)
{
  struct _DmigSchemaIndex *self = g_new0(struct _DmigSchemaIndex, 1);
  self->tables = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
  self->enums = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
  self->objects = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
  return self;
}

DmigSchema *
dmig_schema_new(const DmigDialect *dialect)
{
  DmigSchema *self = g_new0(DmigSchema, 1);
  g_atomic_ref_count_init(&self->refs);
  self->dialect = dialect;
  self->enums = g_ptr_array_new_with_free_func((GDestroyNotify) dmig_enum_free);
  self->tables = g_ptr_array_new_with_free_func((GDestroyNotify) dmig_table_free);
  self->objects = g_ptr_array_new_with_free_func((GDestroyNotify) dmig_object_free);
  return self;
}

DmigSchema *
dmig_schema_ref(DmigSchema *self)
{
  g_atomic_ref_count_inc(&self->refs);
  return self;
}

void
dmig_schema_unref(DmigSchema *self)
{
  if (self == NULL || !g_atomic_ref_count_dec(&self->refs))
    return;
  g_ptr_array_unref(self->enums);
  g_ptr_array_unref(self->tables);
  g_ptr_array_unref(self->objects);
  g_clear_pointer(&self->dependencies, g_ptr_array_unref);
  g_clear_pointer(&self->problems, g_ptr_array_unref);
  index_free(self->index);
  g_free(self);
}

DmigSchema *
dmig_schema_copy(const DmigSchema *self)
{
  DmigSchema *copy = dmig_schema_new(self->dialect);
  for (guint i = 0; i < self->enums->len; i++)
    g_ptr_array_add(copy->enums, dmig_enum_copy(g_ptr_array_index(self->enums, i)));
  for (guint i = 0; i < self->tables->len; i++)
    g_ptr_array_add(copy->tables, dmig_table_copy(g_ptr_array_index(self->tables, i)));
  for (guint i = 0; i < self->objects->len; i++)
    g_ptr_array_add(copy->objects, dmig_object_copy(g_ptr_array_index(self->objects, i)));
  for (guint i = 0; self->dependencies != NULL && i < self->dependencies->len; i++) {
    const DmigDependency *from = g_ptr_array_index(self->dependencies, i);
    dmig_schema_add_dependency(copy, g_strdup(from->object), g_strdup(from->on), from->owned)
        ->soft = from->soft;
  }
  for (guint i = 0; self->problems != NULL && i < self->problems->len; i++)
    dmig_schema_add_problem(copy, "%s", (const char *) g_ptr_array_index(self->problems, i));
  return copy;
}

DmigTable *
dmig_table_new(const char *name)
{
  DmigTable *self = g_new0(DmigTable, 1);
  self->name = g_strdup(name);
  self->columns = g_ptr_array_new_with_free_func((GDestroyNotify) dmig_column_free);
  self->constraints = g_ptr_array_new_with_free_func((GDestroyNotify) dmig_constraint_free);
  self->indexes = g_ptr_array_new_with_free_func((GDestroyNotify) dmig_index_free);
  return self;
}

void
dmig_table_free(DmigTable *self)
{
  if (self == NULL)
    return;
  g_ptr_array_unref(self->columns);
  g_ptr_array_unref(self->constraints);
  g_ptr_array_unref(self->indexes);
  g_free(self->comment);
  g_free(self->partition_by);
  g_strfreev(self->parents);
  g_free(self->tail);
  g_free(self->text);
  g_clear_pointer(&self->facets, g_ptr_array_unref);
  g_free(self->name);
  g_free(self);
}

DmigTable *
dmig_table_copy(const DmigTable *self)
{
  DmigTable *copy = dmig_table_new(self->name);
  for (guint i = 0; i < self->columns->len; i++)
    g_ptr_array_add(copy->columns, dmig_column_copy(g_ptr_array_index(self->columns, i)));
  for (guint i = 0; i < self->constraints->len; i++)
    g_ptr_array_add(copy->constraints,
                    dmig_constraint_copy(g_ptr_array_index(self->constraints, i)));
  for (guint i = 0; i < self->indexes->len; i++)
    g_ptr_array_add(copy->indexes, dmig_index_copy(g_ptr_array_index(self->indexes, i)));
  copy->comment = g_strdup(self->comment);
  copy->without_rowid = self->without_rowid;
  copy->strict = self->strict;
  copy->names_itself = self->names_itself;
  copy->partition_by = g_strdup(self->partition_by);
  copy->parents = g_strdupv(self->parents);
  copy->has_children = self->has_children;
  copy->tail = g_strdup(self->tail);
  copy->facets = dmig_facets_copy(self->facets);
  return copy;
}

DmigColumn *
dmig_column_new(const char *name, const char *type)
{
  DmigColumn *self = g_new0(DmigColumn, 1);
  self->name = g_strdup(name);
  self->type = g_strdup(type);
  return self;
}

void
dmig_column_free(DmigColumn *self)
{
  if (self == NULL)
    return;
  g_free(self->name);
  g_free(self->type);
  g_free(self->default_sql);
  g_free(self->generated_sql);
  g_free(self->identity_options);
  g_free(self->collation);
  g_free(self->on_null);
  g_free(self->comment);
  g_clear_pointer(&self->facets, g_ptr_array_unref);
  g_free(self);
}

DmigColumn *
dmig_column_copy(const DmigColumn *self)
{
  DmigColumn *copy = dmig_column_new(self->name, self->type);
  copy->not_null = self->not_null;
  copy->unsaid = self->unsaid;
  copy->default_sql = g_strdup(self->default_sql);
  copy->identity = self->identity;
  copy->identity_options = g_strdup(self->identity_options);
  copy->inherited = self->inherited;
  copy->declared = self->declared;
  copy->facets = dmig_facets_copy(self->facets);
  copy->generated = self->generated;
  copy->generated_sql = g_strdup(self->generated_sql);
  copy->collation = g_strdup(self->collation);
  copy->on_null = g_strdup(self->on_null);
  copy->comment = g_strdup(self->comment);
  return copy;
}

DmigConstraint *
dmig_constraint_new(DmigConstraintKind kind, const char *name)
{
  DmigConstraint *self = g_new0(DmigConstraint, 1);
  self->kind = kind;
  self->name = g_strdup(name);
  self->columns = g_new0(char *, 1);
  self->ref_columns = g_new0(char *, 1);
  return self;
}

void
dmig_constraint_free(DmigConstraint *self)
{
  if (self == NULL)
    return;
  g_free(self->name);
  g_strfreev(self->columns);
  g_free(self->check_sql);
  g_free(self->ref_table);
  g_strfreev(self->ref_columns);
  g_free(self->definition);
  g_clear_pointer(&self->facets, g_ptr_array_unref);
  g_free(self);
}

DmigConstraint *
dmig_constraint_copy(const DmigConstraint *self)
{
  DmigConstraint *copy = g_new0(DmigConstraint, 1);
  copy->kind = self->kind;
  copy->name = g_strdup(self->name);
  copy->from_text = self->from_text;
  copy->columns = g_strdupv(self->columns);
  copy->check_sql = g_strdup(self->check_sql);
  copy->ref_table = g_strdup(self->ref_table);
  copy->ref_columns = g_strdupv(self->ref_columns);
  copy->on_delete = self->on_delete;
  copy->on_update = self->on_update;
  copy->deferrable = self->deferrable;
  copy->definition = g_strdup(self->definition);
  copy->inherited = self->inherited;
  copy->declared = self->declared;
  copy->facets = dmig_facets_copy(self->facets);
  return copy;
}

DmigIndex *
dmig_index_new(const char *name)
{
  DmigIndex *self = g_new0(DmigIndex, 1);
  self->name = g_strdup(name);
  self->elements = g_ptr_array_new_with_free_func((GDestroyNotify) dmig_index_element_free);
  self->include = g_new0(char *, 1);
  return self;
}

void
dmig_index_free(DmigIndex *self)
{
  if (self == NULL)
    return;
  g_free(self->name);
  g_free(self->method);
  g_ptr_array_unref(self->elements);
  g_strfreev(self->include);
  g_free(self->where_sql);
  g_free(self->comment);
  g_free(self->definition);
  g_free(self->text);
  g_clear_pointer(&self->facets, g_ptr_array_unref);
  g_free(self);
}

static DmigIndexElement *
index_element_copy(const DmigIndexElement *self)
{
  DmigIndexElement *copy = dmig_index_element_new(self->column, self->expression);
  copy->descending = self->descending;
  copy->nulls = self->nulls;
  copy->collation = g_strdup(self->collation);
  copy->operator_class = g_strdup(self->operator_class);
  return copy;
}

DmigIndex *
dmig_index_copy(const DmigIndex *self)
{
  DmigIndex *copy = dmig_index_new(self->name);
  copy->unique = self->unique;
  copy->method = g_strdup(self->method);
  for (guint i = 0; i < self->elements->len; i++)
    g_ptr_array_add(copy->elements, index_element_copy(g_ptr_array_index(self->elements, i)));
  g_strfreev(copy->include);
  copy->include = g_strdupv(self->include);
  copy->where_sql = g_strdup(self->where_sql);
  copy->comment = g_strdup(self->comment);
  copy->definition = g_strdup(self->definition);
  copy->facets = dmig_facets_copy(self->facets);
  copy->invalid = self->invalid;
  return copy;
}

DmigIndexElement *
dmig_index_element_new(const char *column, const char *expression)
{
  DmigIndexElement *self = g_new0(DmigIndexElement, 1);
  self->column = g_strdup(column);
  self->expression = g_strdup(expression);
  return self;
}

void
dmig_index_element_free(DmigIndexElement *self)
{
  if (self == NULL)
    return;
  g_free(self->column);
  g_free(self->expression);
  g_free(self->collation);
  g_free(self->operator_class);
  g_free(self);
}

DmigEnum *
dmig_enum_new(const char *name, const char *const *labels)
{
  DmigEnum *self = g_new0(DmigEnum, 1);
  self->name = g_strdup(name);
  self->labels = labels != NULL ? g_strdupv((char **) labels) : g_new0(char *, 1);
  return self;
}

void
dmig_enum_free(DmigEnum *self)
{
  if (self == NULL)
    return;
  g_free(self->name);
  g_strfreev(self->labels);
  g_free(self->comment);
  g_clear_pointer(&self->facets, g_ptr_array_unref);
  g_free(self);
}

DmigEnum *
dmig_enum_copy(const DmigEnum *self)
{
  DmigEnum *copy = dmig_enum_new(self->name, (const char *const *) self->labels);
  copy->comment = g_strdup(self->comment);
  copy->facets = dmig_facets_copy(self->facets);
  return copy;
}

DmigDependency *
dmig_schema_add_dependency(DmigSchema *self, char *object_owned, char *on_owned, gboolean owned)
{
  DmigDependency *dependency = g_new0(DmigDependency, 1);

  dependency->object = object_owned;
  dependency->on = on_owned;
  dependency->owned = owned;
  if (self->dependencies == NULL)
    self->dependencies = g_ptr_array_new_with_free_func((GDestroyNotify) dmig_dependency_free);
  g_ptr_array_add(self->dependencies, dependency);
  return dependency;
}

void
dmig_schema_add_problem(DmigSchema *self, const char *format, ...)
{
  va_list arguments;

  if (self->problems == NULL)
    self->problems = g_ptr_array_new_with_free_func(g_free);
  va_start(arguments, format);
  g_ptr_array_add(self->problems, g_strdup_vprintf(format, arguments));
  va_end(arguments);
}

/* Tables, enums, columns and indexes all begin with their name. */
static const char *
name_of(gpointer object)
{
  return *(char **) object;
}

G_STATIC_ASSERT(G_STRUCT_OFFSET(DmigTable, name) == 0);
G_STATIC_ASSERT(G_STRUCT_OFFSET(DmigEnum, name) == 0);
G_STATIC_ASSERT(G_STRUCT_OFFSET(DmigColumn, name) == 0);
G_STATIC_ASSERT(G_STRUCT_OFFSET(DmigIndex, name) == 0);

static gpointer
find(GPtrArray *objects, const char *name)
{
  for (guint i = 0; i < objects->len; i++)
    if (strcmp(name_of(g_ptr_array_index(objects, i)), name) == 0)
      return g_ptr_array_index(objects, i);
  return NULL;
}

static gpointer
find_indexed(GHashTable *positions, GPtrArray *objects, const char *name)
{
  if (g_hash_table_size(positions) != objects->len) {
    g_hash_table_remove_all(positions);
    for (guint i = objects->len; i > 0; i--)
      g_hash_table_insert(positions, g_strdup(name_of(g_ptr_array_index(objects, i - 1))),
                          GUINT_TO_POINTER(i));
  }
  guint position = GPOINTER_TO_UINT(g_hash_table_lookup(positions, name));
  if (position > 0 && position <= objects->len) {
    gpointer hit = g_ptr_array_index(objects, position - 1);
    if (strcmp(name_of(hit), name) == 0)
      return hit;
  }
  return find(objects, name);
}

static struct _DmigSchemaIndex *
ensure_index(const DmigSchema *self)
{
  DmigSchema *writable = (DmigSchema *) self;
  if (writable->index == NULL)
    writable->index = index_new();
  return writable->index;
}

DmigTable *
dmig_schema_table(const DmigSchema *self, const char *name)
{
  return find_indexed(ensure_index(self)->tables, self->tables, name);
}

DmigEnum *
dmig_schema_enum(const DmigSchema *self, const char *name)
{
  return find_indexed(ensure_index(self)->enums, self->enums, name);
}

DmigObject *
dmig_schema_object_at(const DmigSchema *self, const char *address)
{
  struct _DmigSchemaIndex *index = ensure_index(self);

  if (index->n_objects != self->objects->len) {
    g_hash_table_remove_all(index->objects);
    for (guint i = self->objects->len; i > 0; i--) {
      DmigObject *object = g_ptr_array_index(self->objects, i - 1);
      g_hash_table_insert(index->objects, dmig_object_address(object), object);
    }
    index->n_objects = self->objects->len;
  }
  return g_hash_table_lookup(index->objects, address);
}

DmigObject *
dmig_schema_object(const DmigSchema *self, DmigObjectKind kind, const char *path,
                   const char *detail)
{
  g_autofree char *address = dmig_address_new(kind, path, detail);

  return dmig_schema_object_at(self, address);
}

DmigObject *
dmig_schema_view(const DmigSchema *self, const char *path)
{
  return dmig_schema_object(self, DMIG_OBJECT_VIEW, path, NULL);
}

const GPtrArray *
dmig_schema_dependencies(const DmigSchema *self)
{
  struct _DmigSchemaIndex *index = ensure_index(self);

  if (self->dependencies != NULL)
    return self->dependencies;
  if (index->dependencies == NULL)
    index->dependencies = dmig_schema_infer(self);
  return index->dependencies;
}

void
dmig_schema_forget(DmigSchema *self)
{
  g_clear_pointer(&self->index, index_free);
}

gboolean
dmig_table_is_child(const DmigTable *self)
{
  for (guint i = 0; self->facets != NULL && i < self->facets->len; i++) {
    const DmigFacet *facet = self->facets->pdata[i];
    if (facet->attaches && facet->created)
      return TRUE;
  }
  return FALSE;
}

DmigColumn *
dmig_table_column(const DmigTable *self, const char *name)
{
  return find(self->columns, name);
}

DmigIndex *
dmig_table_index(const DmigTable *self, const char *name)
{
  return find(self->indexes, name);
}

const DmigConstraint *
dmig_table_primary_key(const DmigTable *self)
{
  for (guint i = 0; i < self->constraints->len; i++) {
    const DmigConstraint *constraint = g_ptr_array_index(self->constraints, i);
    if (constraint->kind == DMIG_CONSTRAINT_PRIMARY_KEY)
      return constraint;
  }
  return NULL;
}
