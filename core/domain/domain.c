#include "core/domain/domain.h"

#include <string.h>

#include "core/base/text.h"

DmigSqlText *
dmig_sql_text_new(DmigLocation at, const char *shared)
{
  DmigSqlText *self = g_new0(DmigSqlText, 1);
  self->at = at;
  self->shared = g_strdup(shared);
  return self;
}

void
dmig_sql_text_free(DmigSqlText *self)
{
  if (self == NULL)
    return;
  g_free(self->shared);
  g_clear_pointer(&self->by_dialect, g_hash_table_unref);
  g_free(self);
}

const char *
dmig_sql_text_get(const DmigSqlText *self, const DmigDialect *dialect)
{
  if (self == NULL)
    return NULL;
  const char *own = NULL;
  if (self->by_dialect != NULL)
    own = g_hash_table_lookup(self->by_dialect, dialect->name);
  return own != NULL ? own : self->shared;
}

void
dmig_value_free(DmigValue *self)
{
  if (self == NULL)
    return;
  g_free(self->literal);
  dmig_sql_text_free(self->sql);
  g_free(self);
}

void
dmig_attribute_free(DmigAttribute *self)
{
  if (self == NULL)
    return;
  g_free(self->name);
  dmig_sql_text_free(self->value);
  g_free(self);
}

GPtrArray *
dmig_attributes_new(void)
{
  return g_ptr_array_new_with_free_func((GDestroyNotify) dmig_attribute_free);
}

void
dmig_attributes_add(GPtrArray *attributes, const char *name, const char *entry, const char *value)
{
  DmigAttribute *attribute = g_new0(DmigAttribute, 1);
  attribute->name = entry != NULL ? g_strconcat(name, " ", entry, NULL) : g_strdup(name);
  attribute->value = dmig_sql_text_new(attribute->at, value);
  g_ptr_array_add(attributes, attribute);
}

DmigAttribute *
dmig_attributes_find(const GPtrArray *attributes, const char *name)
{
  for (guint i = 0; attributes != NULL && i < attributes->len; i++) {
    DmigAttribute *attribute = attributes->pdata[i];
    if (strcmp(attribute->name, name) == 0)
      return attribute;
  }
  return NULL;
}

const char *
dmig_attributes_get(const GPtrArray *attributes, const char *name, const DmigDialect *dialect)
{
  const DmigAttribute *attribute = dmig_attributes_find(attributes, name);
  if (attribute == NULL)
    return NULL;
  return dialect != NULL ? dmig_sql_text_get(attribute->value, dialect) : attribute->value->shared;
}

DmigPrivilege *
dmig_privilege_new(const char *name)
{
  DmigPrivilege *self = g_new0(DmigPrivilege, 1);
  self->name = g_strdup(name);
  return self;
}

void
dmig_privilege_free(DmigPrivilege *self)
{
  if (self == NULL)
    return;
  g_free(self->name);
  g_strfreev(self->fields);
  g_free(self);
}

DmigGrant *
dmig_grant_new(const char *role)
{
  DmigGrant *self = g_new0(DmigGrant, 1);
  self->role = g_strdup(role);
  self->privileges = g_ptr_array_new_with_free_func((GDestroyNotify) dmig_privilege_free);
  return self;
}

void
dmig_grant_free(DmigGrant *self)
{
  if (self == NULL)
    return;
  g_free(self->role);
  g_ptr_array_unref(self->privileges);
  g_free(self);
}

GPtrArray *
dmig_grants_new(void)
{
  return g_ptr_array_new_with_free_func((GDestroyNotify) dmig_grant_free);
}

DmigDomainObject *
dmig_domain_object_new(DmigObjectKind kind, const char *name)
{
  DmigDomainObject *self = g_new0(DmigDomainObject, 1);
  self->kind = kind;
  self->name = g_strdup(name);
  self->attributes = dmig_attributes_new();
  self->grants = dmig_grants_new();
  return self;
}

void
dmig_domain_object_free(DmigDomainObject *self)
{
  if (self == NULL)
    return;
  g_free(self->name);
  g_ptr_array_unref(self->attributes);
  g_ptr_array_unref(self->grants);
  g_free(self->owner);
  g_free(self->description);
  g_clear_pointer(&self->dialects, g_hash_table_unref);
  g_free(self);
}

GPtrArray *
dmig_domain_objects_new(void)
{
  return g_ptr_array_new_with_free_func((GDestroyNotify) dmig_domain_object_free);
}

DmigDomainEnum *
dmig_domain_enum_new(const char *name)
{
  DmigDomainEnum *self = g_new0(DmigDomainEnum, 1);
  self->name = g_strdup(name);
  self->labels = g_new0(char *, 1);
  self->grants = dmig_grants_new();
  return self;
}

void
dmig_domain_enum_free(DmigDomainEnum *self)
{
  if (self == NULL)
    return;
  g_free(self->name);
  g_free(self->type_name);
  g_strfreev(self->labels);
  g_free(self->description);
  g_free(self->schema);
  g_free(self->path);
  g_ptr_array_unref(self->grants);
  g_free(self->owner);
  g_free(self);
}

DmigDomainView *
dmig_domain_view_new(const char *name)
{
  DmigDomainView *self = g_new0(DmigDomainView, 1);
  self->name = g_strdup(name);
  self->indexes = g_ptr_array_new_with_free_func((GDestroyNotify) dmig_domain_index_free);
  self->parts = dmig_domain_objects_new();
  self->grants = dmig_grants_new();
  self->attributes = dmig_attributes_new();
  return self;
}

void
dmig_domain_view_free(DmigDomainView *self)
{
  if (self == NULL)
    return;
  g_free(self->name);
  g_free(self->view);
  g_free(self->description);
  dmig_sql_text_free(self->sql);
  g_free(self->schema);
  g_free(self->path);
  g_strfreev(self->columns);
  g_ptr_array_unref(self->indexes);
  g_ptr_array_unref(self->parts);
  g_ptr_array_unref(self->grants);
  g_free(self->owner);
  g_ptr_array_unref(self->attributes);
  g_free(self);
}

DmigDomain *
dmig_domain_new(void)
{
  DmigDomain *self = g_new0(DmigDomain, 1);
  self->dialects = g_new0(char *, 1);
  self->enums = g_ptr_array_new_with_free_func((GDestroyNotify) dmig_domain_enum_free);
  self->entities = g_ptr_array_new_with_free_func((GDestroyNotify) dmig_entity_free);
  self->views = g_ptr_array_new_with_free_func((GDestroyNotify) dmig_domain_view_free);
  self->objects = dmig_domain_objects_new();
  return self;
}

void
dmig_domain_free(DmigDomain *self)
{
  if (self == NULL)
    return;
  g_free(self->name);
  g_free(self->description);
  g_strfreev(self->sources);
  g_strfreev(self->dialects);
  g_ptr_array_unref(self->enums);
  g_ptr_array_unref(self->entities);
  g_ptr_array_unref(self->views);
  g_ptr_array_unref(self->objects);
  g_free(self);
}

DmigEntity *
dmig_domain_entity(const DmigDomain *self, const char *name)
{
  for (guint i = 0; i < self->entities->len; i++) {
    DmigEntity *entity = g_ptr_array_index(self->entities, i);
    if (strcmp(entity->name, name) == 0)
      return entity;
  }
  return NULL;
}

DmigDomainEnum *
dmig_domain_enum(const DmigDomain *self, const char *name)
{
  for (guint i = 0; i < self->enums->len; i++) {
    DmigDomainEnum *item = g_ptr_array_index(self->enums, i);
    if (strcmp(item->name, name) == 0)
      return item;
  }
  return NULL;
}

DmigDomainView *
dmig_domain_view(const DmigDomain *self, const char *name)
{
  for (guint i = 0; i < self->views->len; i++) {
    DmigDomainView *view = g_ptr_array_index(self->views, i);
    if (strcmp(view->name, name) == 0)
      return view;
  }
  return NULL;
}

gboolean
dmig_domain_has_dialect(const DmigDomain *self, const char *dialect)
{
  return dmig_strv_contains(self->dialects, dialect);
}
