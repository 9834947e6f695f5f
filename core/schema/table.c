/* Tables and what is in them, and enums: made, copied, taken apart. */
#include "core/schema/schema.h"

#include <string.h>

#include "core/base/text.h"
#include "core/sql/lexer.h"

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
  copy->comments_commas = self->comments_commas;
  copy->partition_by = g_strdup(self->partition_by);
  copy->parents = g_strdupv(self->parents);
  copy->has_children = self->has_children;
  copy->tail = g_strdup(self->tail);
  copy->facets = dmig_facets_copy(self->facets);
  return copy;
}

void
dmig_table_add_parent(DmigTable *self, const char *path, DmigTable *parent)
{
  guint n = self->parents != NULL ? g_strv_length(self->parents) : 0;
  self->parents = g_renew(char *, self->parents, n + 2);
  self->parents[n] = g_strdup(path);
  self->parents[n + 1] = NULL;
  if (parent != NULL)
    parent->has_children = TRUE;
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
  g_free(self->default_text);
  g_free(self->generated_sql);
  g_free(self->identity_options);
  g_free(self->collation);
  g_free(self->collation_text);
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
  copy->designed = self->designed;
  copy->default_sql = g_strdup(self->default_sql);
  copy->default_text = g_strdup(self->default_text);
  copy->identity = self->identity;
  copy->identity_options = g_strdup(self->identity_options);
  copy->inherited = self->inherited;
  copy->declared = self->declared;
  copy->facets = dmig_facets_copy(self->facets);
  copy->generated = self->generated;
  copy->generated_sql = g_strdup(self->generated_sql);
  copy->collation = g_strdup(self->collation);
  copy->collation_text = g_strdup(self->collation_text);
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
  g_free(self->check_text);
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
  copy->collation_text = g_strdup(self->collation_text);
  copy->ascending = self->ascending;
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
  g_free(self->collation_text);
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
  for (guint i = 0; i < self->columns->len; i++) {
    DmigColumn *column = self->columns->pdata[i];
    if (strcmp(column->name, name) == 0)
      return column;
  }
  return NULL;
}

DmigIndex *
dmig_table_index(const DmigTable *self, const char *name)
{
  for (guint i = 0; i < self->indexes->len; i++) {
    DmigIndex *index = self->indexes->pdata[i];
    if (strcmp(index->name, name) == 0)
      return index;
  }
  return NULL;
}

DmigConstraint *
dmig_table_constraint(const DmigTable *self, const char *name)
{
  for (guint i = 0; i < self->constraints->len; i++) {
    DmigConstraint *constraint = self->constraints->pdata[i];
    if (g_strcmp0(constraint->name, name) == 0)
      return constraint;
  }
  return NULL;
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

const char *
dmig_action_sql(DmigAction action)
{
  switch (action) {
  case DMIG_ACTION_NO_ACTION:
    return "NO ACTION";
  case DMIG_ACTION_RESTRICT:
    return "RESTRICT";
  case DMIG_ACTION_CASCADE:
    return "CASCADE";
  case DMIG_ACTION_SET_NULL:
    return "SET NULL";
  case DMIG_ACTION_SET_DEFAULT:
    return "SET DEFAULT";
  }
  g_return_val_if_reached("NO ACTION");
}

const char *
dmig_deferrable_sql(DmigDeferrable deferrable)
{
  switch (deferrable) {
  case DMIG_NOT_DEFERRABLE:
    return "";
  case DMIG_DEFERRABLE:
    return " DEFERRABLE";
  case DMIG_INITIALLY_DEFERRED:
    return " DEFERRABLE INITIALLY DEFERRED";
  }
  g_return_val_if_reached("");
}

/* --- what they stand on ---------------------------------------------------------------------- */

static gboolean
text_mentions(const char *sql, const char *column)
{
  return sql != NULL && dmig_sql_mentions(sql, column);
}

gboolean
dmig_constraint_mentions(const DmigConstraint *self, const char *column)
{
  return dmig_strv_contains(self->columns, column) || text_mentions(self->check_sql, column) ||
         text_mentions(self->definition, column);
}

gboolean
dmig_index_mentions(const DmigIndex *self, const char *column)
{
  for (guint i = 0; i < self->elements->len; i++) {
    const DmigIndexElement *element = self->elements->pdata[i];
    if (g_strcmp0(element->column, column) == 0 || text_mentions(element->expression, column))
      return TRUE;
  }
  return dmig_strv_contains(self->include, column) || text_mentions(self->where_sql, column) ||
         text_mentions(self->definition, column);
}
