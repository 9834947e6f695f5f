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
    DmigDependency *dependency =
        dmig_schema_add_dependency(copy, g_strdup(from->object), g_strdup(from->on), from->owned);
    dependency->soft = from->soft;
    dependency->reads = from->reads;
  }
  for (guint i = 0; self->problems != NULL && i < self->problems->len; i++)
    dmig_schema_add_problem(copy, "%s", (const char *) g_ptr_array_index(self->problems, i));
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

/* Tables and enums begin with their name. */
static const char *
name_of(gpointer object)
{
  return *(char **) object;
}

G_STATIC_ASSERT(G_STRUCT_OFFSET(DmigTable, name) == 0);
G_STATIC_ASSERT(G_STRUCT_OFFSET(DmigEnum, name) == 0);

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

gboolean
dmig_schema_has_table(const DmigSchema *self, const char *name)
{
  for (guint i = 0; i < self->tables->len; i++)
    if (g_ascii_strcasecmp(((DmigTable *) self->tables->pdata[i])->name, name) == 0)
      return TRUE;
  return FALSE;
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
