/* Entities and what is in them: made, taken apart, looked up. */
#include "core/domain/domain.h"

#include <string.h>

DmigField *
dmig_field_new(const char *name)
{
  DmigField *self = g_new0(DmigField, 1);
  self->name = g_strdup(name);
  self->attributes = dmig_attributes_new();
  return self;
}

void
dmig_field_free(DmigField *self)
{
  if (self == NULL)
    return;
  g_free(self->name);
  g_free(self->column);
  dmig_type_free(self->type);
  g_clear_pointer(&self->native, g_hash_table_unref);
  dmig_value_free(self->default_value);
  dmig_sql_text_free(self->generated_sql);
  dmig_sql_text_free(self->check);
  g_free(self->collation);
  g_free(self->description);
  g_free(self->references);
  g_free(self->on_null);
  g_free(self->constraint);
  g_strfreev(self->on_delete_fields);
  g_free(self->type_name);
  g_ptr_array_unref(self->attributes);
  g_free(self);
}

DmigForeign *
dmig_foreign_new(void)
{
  return g_new0(DmigForeign, 1);
}

void
dmig_foreign_free(DmigForeign *self)
{
  if (self == NULL)
    return;
  g_free(self->name);
  g_strfreev(self->fields);
  g_free(self->references);
  g_strfreev(self->to);
  g_strfreev(self->on_delete_fields);
  g_free(self->description);
  g_free(self);
}

DmigIndexPart *
dmig_index_part_new(void)
{
  return g_new0(DmigIndexPart, 1);
}

void
dmig_index_part_free(DmigIndexPart *self)
{
  if (self == NULL)
    return;
  g_free(self->field);
  dmig_sql_text_free(self->expression);
  g_free(self->operator_class);
  g_free(self->collation);
  g_free(self);
}

DmigDomainIndex *
dmig_domain_index_new(void)
{
  DmigDomainIndex *self = g_new0(DmigDomainIndex, 1);
  self->parts = g_ptr_array_new_with_free_func((GDestroyNotify) dmig_index_part_free);
  self->include = g_new0(char *, 1);
  self->attributes = dmig_attributes_new();
  return self;
}

void
dmig_domain_index_free(DmigDomainIndex *self)
{
  if (self == NULL)
    return;
  g_free(self->name);
  g_ptr_array_unref(self->parts);
  g_free(self->method);
  g_strfreev(self->include);
  dmig_sql_text_free(self->where);
  g_clear_pointer(&self->dialects, g_hash_table_unref);
  g_free(self->part_of);
  g_free(self->description);
  g_ptr_array_unref(self->attributes);
  g_free(self);
}

DmigDomainUnique *
dmig_domain_unique_new(void)
{
  DmigDomainUnique *self = g_new0(DmigDomainUnique, 1);
  self->attributes = dmig_attributes_new();
  return self;
}

void
dmig_domain_unique_free(DmigDomainUnique *self)
{
  if (self == NULL)
    return;
  g_free(self->name);
  g_clear_pointer(&self->parts, g_ptr_array_unref);
  g_strfreev(self->fields);
  g_strfreev(self->include);
  g_free(self->on_conflict);
  g_free(self->part_of);
  g_free(self->description);
  g_free(self->index_description);
  g_ptr_array_unref(self->attributes);
  g_free(self);
}

gboolean
dmig_domain_unique_stands_in_table(const DmigDomainUnique *self)
{
  return self->in_table || self->on_conflict != NULL || self->parts != NULL;
}

DmigDomainCheck *
dmig_domain_check_new(const char *name)
{
  DmigDomainCheck *self = g_new0(DmigDomainCheck, 1);
  self->name = g_strdup(name);
  return self;
}

void
dmig_domain_check_free(DmigDomainCheck *self)
{
  if (self == NULL)
    return;
  g_free(self->name);
  dmig_sql_text_free(self->sql);
  g_free(self->index_description);
  g_free(self->description);
  g_free(self);
}

DmigEntity *
dmig_entity_new(const char *name)
{
  DmigEntity *self = g_new0(DmigEntity, 1);
  self->name = g_strdup(name);
  self->fields = g_ptr_array_new_with_free_func((GDestroyNotify) dmig_field_free);
  self->primary = g_new0(char *, 1);
  self->uniques = g_ptr_array_new_with_free_func((GDestroyNotify) dmig_domain_unique_free);
  self->foreigns = g_ptr_array_new_with_free_func((GDestroyNotify) dmig_foreign_free);
  self->indexes = g_ptr_array_new_with_free_func((GDestroyNotify) dmig_domain_index_free);
  self->checks = g_ptr_array_new_with_free_func((GDestroyNotify) dmig_domain_check_free);
  self->exclusions = g_ptr_array_new_with_free_func((GDestroyNotify) dmig_domain_check_free);
  self->parts = dmig_domain_objects_new();
  self->grants = dmig_grants_new();
  self->attributes = dmig_attributes_new();
  return self;
}

void
dmig_entity_free(DmigEntity *self)
{
  if (self == NULL)
    return;
  g_free(self->name);
  g_free(self->table);
  g_free(self->description);
  g_ptr_array_unref(self->fields);
  g_strfreev(self->primary);
  g_ptr_array_unref(self->uniques);
  g_ptr_array_unref(self->foreigns);
  g_ptr_array_unref(self->indexes);
  g_ptr_array_unref(self->checks);
  g_free(self->schema);
  g_free(self->path);
  dmig_domain_unique_free(self->key);
  g_ptr_array_unref(self->exclusions);
  g_strfreev(self->inherits);
  g_free(self->partition_of);
  g_free(self->values);
  g_clear_pointer(&self->ancestors, g_ptr_array_unref);
  g_ptr_array_unref(self->parts);
  g_ptr_array_unref(self->grants);
  g_free(self->owner);
  g_ptr_array_unref(self->attributes);
  g_clear_pointer(&self->dialects, g_hash_table_unref);
  g_free(self);
}

static DmigField *
own_field(const DmigEntity *self, const char *name)
{
  for (guint i = 0; i < self->fields->len; i++) {
    DmigField *field = g_ptr_array_index(self->fields, i);
    if (strcmp(field->name, name) == 0)
      return field;
  }
  return NULL;
}

DmigField *
dmig_entity_field(const DmigEntity *self, const char *name)
{
  DmigField *field = own_field(self, name);
  for (guint i = 0; field == NULL && self->ancestors != NULL && i < self->ancestors->len; i++)
    field = own_field(self->ancestors->pdata[i], name);
  return field;
}

/* What a partition is a part of is the first of its ancestors; they are no circle. */
static const DmigEntity *
whole_of(const DmigEntity *self)
{
  return self->partition_of != NULL && self->ancestors != NULL ? self->ancestors->pdata[0] : NULL;
}

char *const *
dmig_entity_key(const DmigEntity *self)
{
  const DmigEntity *whole = self;
  while (whole->primary[0] == NULL && whole_of(whole) != NULL)
    whole = whole_of(whole);
  return whole->primary;
}
