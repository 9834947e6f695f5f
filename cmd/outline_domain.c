#include <string.h>

#include "cmd/telling.h"
#include "cmd/telling_facts.h"
#include "core/base/text.h"
#include "core/domain/describe.h"

static void
tell_description(DmigOutlineItem *item, const char *is, const char *becomes)
{
  if (g_strcmp0(is, becomes) != 0)
    dmig_outline_line(item, '~', "description");
}

static void
tell_database_name(DmigOutlineItem *item, const char *noun, const char *is, const char *becomes)
{
  if (g_strcmp0(is, becomes) != 0)
    dmig_outline_line(item, '>', "%s %s becomes %s", noun, is, becomes);
}

static const char *
path_of(const char *path, const char *name)
{
  return path != NULL ? path : name;
}

static DmigOutlineItem *
begin(const DmigTelling *self, const char *noun, const char *name, const char *object,
      const char *was)
{
  DmigOutlineItem *item = dmig_outline_add(self->outline, noun, name, object);
  if (was != NULL && strcmp(was, name) != 0)
    dmig_outline_item_was(item, was);
  return item;
}

/* Takes both arrays; `is` may be NULL. */
static void
tell_facts(DmigOutlineItem *item, GPtrArray *is, GPtrArray *becomes)
{
  dmig_facts_tell(item, "", is, becomes);
  g_clear_pointer(&is, g_ptr_array_unref);
  g_ptr_array_unref(becomes);
}

static void
tell_entity(const DmigTelling *self, const DmigEntity *entity)
{
  const DmigEntity *was = dmig_telling_old_entity(self, entity);
  DmigOutlineItem *item
      = begin(self, "", entity->name, path_of(entity->path, entity->table), was != NULL ? was->name : NULL);
  if (was == NULL) {
    item->sign = '+';
    dmig_telling_new_entity(entity, item);
    tell_facts(item, NULL, dmig_facts_of_entity(entity));
    return;
  }
  tell_database_name(item, "table", was->table, entity->table);
  tell_description(item, was->description, entity->description);
  dmig_telling_entity(self, was, entity, item);
  tell_facts(item, dmig_facts_of_entity(was), dmig_facts_of_entity(entity));
}

static void
tell_enum(const DmigTelling *self, const DmigDomainEnum *new)
{
  const char *name = dmig_telling_old_name(self, new->name);
  const DmigDomainEnum *was
      = dmig_telling_is_pair(self, name, new->name) ? dmig_domain_enum(self->from, name) : NULL;
  DmigOutlineItem *item
      = begin(self, "enum", new->name, path_of(new->path, new->type_name), was != NULL ? was->name : NULL);
  if (was == NULL) {
    g_autofree char *labels = g_strjoinv(", ", new->labels);
    item->sign = '+';
    dmig_outline_line(item, '+', "labels %s", labels);
    tell_facts(item, NULL, dmig_facts_of_enum(new));
    return;
  }
  g_autofree char *labels
      = dmig_telling_labels(self, self->reverse ? was->name : new->name, was->labels, new->labels);
  tell_database_name(item, "type", was->type_name, new->type_name);
  tell_description(item, was->description, new->description);
  if (labels != NULL)
    dmig_outline_line(item, '~', "labels %s", labels);
  tell_facts(item, dmig_facts_of_enum(was), dmig_facts_of_enum(new));
}

static void
tell_view(const DmigTelling *self, const DmigDomainView *new)
{
  const char *name = dmig_telling_old_name(self, new->name);
  const DmigDomainView *was
      = dmig_telling_is_pair(self, name, new->name) ? dmig_domain_view(self->from, name) : NULL;
  DmigOutlineItem *item = begin(self, "view", new->name, path_of(new->path, new->view),
                                was != NULL ? was->name : NULL);
  if (was == NULL) {
    item->sign = '+';
    tell_facts(item, NULL, dmig_facts_of_view(new));
    return;
  }
  g_autofree char *is = dmig_sql_text_describe(was->sql);
  g_autofree char *becomes = dmig_sql_text_describe(new->sql);
  tell_database_name(item, "view", was->view, new->view);
  tell_description(item, was->description, new->description);
  if (strcmp(is, becomes) != 0)
    dmig_outline_line(item, '~', "query");
  tell_facts(item, dmig_facts_of_view(was), dmig_facts_of_view(new));
}

/* Routines of one name are told apart by their arguments. */
static char *
object_key(const DmigDomainObject *object)
{
  g_autofree char *title = dmig_domain_object_title(object);
  return g_strdup_printf("%d %s", (int) object->kind, title);
}

static GHashTable *
index_objects(const DmigDomain *domain)
{
  GHashTable *objects = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
  for (guint i = 0; i < domain->objects->len; i++) {
    DmigDomainObject *object = g_ptr_array_index(domain->objects, i);
    g_hash_table_insert(objects, object_key(object), object);
  }
  return objects;
}

static const DmigDomainObject *
find_object(GHashTable *objects, const DmigDomainObject *like)
{
  g_autofree char *key = object_key(like);
  return g_hash_table_lookup(objects, key);
}

static DmigOutlineItem *
begin_object(const DmigTelling *self, const DmigDomainObject *object)
{
  g_autofree char *title = dmig_domain_object_title(object);
  return begin(self, dmig_domain_object_noun(object), title, object->name, NULL);
}

static void
tell_objects(const DmigTelling *self)
{
  g_autoptr(GHashTable) before = index_objects(self->from);
  g_autoptr(GHashTable) now = index_objects(self->to);
  for (guint i = 0; i < self->to->objects->len; i++) {
    const DmigDomainObject *object = g_ptr_array_index(self->to->objects, i);
    const DmigDomainObject *was = find_object(before, object);
    DmigOutlineItem *item = begin_object(self, object);
    if (was == NULL)
      item->sign = '+';
    else
      tell_facts(item, dmig_facts_of_object(was), dmig_facts_of_object(object));
  }
  for (guint i = 0; i < self->from->objects->len; i++) {
    const DmigDomainObject *object = g_ptr_array_index(self->from->objects, i);
    if (find_object(now, object) == NULL)
      begin_object(self, object)->sign = '-';
  }
}

/* Before the first revision there is no domain that could be for other dialects. */
static void
tell_domain(const DmigTelling *self)
{
  const char *name = self->to->name != NULL ? self->to->name : self->from->name;
  char *const *is = self->from->dialects, *const *becomes = self->to->dialects;
  if (is == NULL || becomes == NULL || *is == NULL || *becomes == NULL)
    return;
  DmigOutlineItem *item = begin(self, "domain", name, name, self->from->name);
  tell_description(item, self->from->description, self->to->description);
  for (guint i = 0; is[i] != NULL; i++)
    if (!dmig_strv_contains(becomes, is[i]))
      dmig_outline_line(item, '-', "dialect %s", is[i]);
  for (guint i = 0; becomes[i] != NULL; i++)
    if (!dmig_strv_contains(is, becomes[i]))
      dmig_outline_line(item, '+', "dialect %s", becomes[i]);
}

/* What is no longer there, by the names of what is. */
static void
tell_what_goes(const DmigTelling *self)
{
  const DmigDomain *from = self->from;
  for (guint i = 0; i < from->enums->len; i++) {
    const DmigDomainEnum *old = g_ptr_array_index(from->enums, i);
    const char *name = dmig_telling_new_name(self, old->name);
    if (!dmig_telling_is_pair(self, old->name, name) || dmig_domain_enum(self->to, name) == NULL)
      begin(self, "enum", old->name, path_of(old->path, old->type_name), NULL)->sign = '-';
  }
  for (guint i = 0; i < from->entities->len; i++) {
    const DmigEntity *old = g_ptr_array_index(from->entities, i);
    if (!dmig_telling_entity_goes(self, old))
      continue;
    DmigOutlineItem *item = begin(self, "", old->name, path_of(old->path, old->table), NULL);
    item->sign = '-';
    item->size = old->fields->len;
  }
  for (guint i = 0; i < from->views->len; i++) {
    const DmigDomainView *old = g_ptr_array_index(from->views, i);
    const char *name = dmig_telling_new_name(self, old->name);
    if (!dmig_telling_is_pair(self, old->name, name) || dmig_domain_view(self->to, name) == NULL)
      begin(self, "view", old->name, path_of(old->path, old->view), NULL)->sign = '-';
  }
}

DmigOutline *
dmig_outline_of_domains(const DmigPassage *passage, gboolean reverse)
{
  const DmigDomain *from = passage->from->domain, *to = passage->to->domain;
  g_autoptr(DmigChangePairs) pairs = dmig_change_pairs_new(from, to, passage->change);
  DmigTelling self = {
    .from = reverse ? to : from,
    .to = reverse ? from : to,
    .pairs = pairs,
    .change = passage->change,
    .reverse = reverse,
    .outline = dmig_outline_new(),
  };
  tell_domain(&self);
  for (guint i = 0; i < self.to->enums->len; i++)
    tell_enum(&self, g_ptr_array_index(self.to->enums, i));
  for (guint i = 0; i < self.to->entities->len; i++)
    tell_entity(&self, g_ptr_array_index(self.to->entities, i));
  for (guint i = 0; i < self.to->views->len; i++)
    tell_view(&self, g_ptr_array_index(self.to->views, i));
  tell_what_goes(&self);
  tell_objects(&self);
  dmig_outline_finish(self.outline);
  return self.outline;
}
