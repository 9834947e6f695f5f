#include "core/schema/schema.h"

#include <string.h>

/* Positions by name. Positions, not pointers: whoever builds a schema may still rename or replace
 * objects between lookups, so every hit is checked and a miss looks again. */
struct _DmigSchemaIndex {
  GHashTable *tables; /* owned name -> position + 1 */
  GHashTable *enums;
  GHashTable *views;
};

static void
index_free(struct _DmigSchemaIndex *self)
{
  if (self == NULL)
    return;
  g_hash_table_unref(self->tables);
  g_hash_table_unref(self->enums);
  g_hash_table_unref(self->views);
  g_free(self);
}

static struct _DmigSchemaIndex *
index_new(void)
{
  struct _DmigSchemaIndex *self = g_new0(struct _DmigSchemaIndex, 1);
  self->tables = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
  self->enums = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
  self->views = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
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
  self->views = g_ptr_array_new_with_free_func((GDestroyNotify) dmig_view_free);
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
  g_ptr_array_unref(self->views);
  index_free(self->index);
  g_free(self);
}

DmigSchema *
dmig_schema_copy(const DmigSchema *self)
{
  DmigSchema *copy = dmig_schema_new(self->dialect);
  for (guint i = 0; i < self->enums->len; i++) {
    const DmigEnum *from = g_ptr_array_index(self->enums, i);
    DmigEnum *to = dmig_enum_new(from->name, (const char *const *) from->labels);
    to->comment = g_strdup(from->comment);
    g_ptr_array_add(copy->enums, to);
  }
  for (guint i = 0; i < self->tables->len; i++)
    g_ptr_array_add(copy->tables, dmig_table_copy(g_ptr_array_index(self->tables, i)));
  for (guint i = 0; i < self->views->len; i++) {
    const DmigView *from = g_ptr_array_index(self->views, i);
    DmigView *to = dmig_view_new(from->name, from->sql);
    to->comment = g_strdup(from->comment);
    g_ptr_array_add(copy->views, to);
  }
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
  g_free(self->collation);
  g_free(self->comment);
  g_free(self);
}

DmigColumn *
dmig_column_copy(const DmigColumn *self)
{
  DmigColumn *copy = dmig_column_new(self->name, self->type);
  copy->not_null = self->not_null;
  copy->default_sql = g_strdup(self->default_sql);
  copy->identity = self->identity;
  copy->generated = self->generated;
  copy->generated_sql = g_strdup(self->generated_sql);
  copy->collation = g_strdup(self->collation);
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
  g_free(self);
}

DmigConstraint *
dmig_constraint_copy(const DmigConstraint *self)
{
  DmigConstraint *copy = g_new0(DmigConstraint, 1);
  copy->kind = self->kind;
  copy->name = g_strdup(self->name);
  copy->columns = g_strdupv(self->columns);
  copy->check_sql = g_strdup(self->check_sql);
  copy->ref_table = g_strdup(self->ref_table);
  copy->ref_columns = g_strdupv(self->ref_columns);
  copy->on_delete = self->on_delete;
  copy->on_update = self->on_update;
  copy->deferrable = self->deferrable;
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
  g_free(self);
}

DmigView *
dmig_view_new(const char *name, const char *sql)
{
  DmigView *self = g_new0(DmigView, 1);
  self->name = g_strdup(name);
  self->sql = g_strdup(sql);
  return self;
}

void
dmig_view_free(DmigView *self)
{
  if (self == NULL)
    return;
  g_free(self->name);
  g_free(self->sql);
  g_free(self->comment);
  g_free(self);
}

/* Tables, enums, views, columns and indexes all begin with their name. */
static const char *
name_of(gpointer object)
{
  return *(char **) object;
}

G_STATIC_ASSERT(G_STRUCT_OFFSET(DmigTable, name) == 0);
G_STATIC_ASSERT(G_STRUCT_OFFSET(DmigEnum, name) == 0);
G_STATIC_ASSERT(G_STRUCT_OFFSET(DmigView, name) == 0);
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

DmigView *
dmig_schema_view(const DmigSchema *self, const char *name)
{
  return find_indexed(ensure_index(self)->views, self->views, name);
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
