#include <string.h>

#include "cmd/outline.h"
#include "core/base/text.h"
#include "core/domain/change_pairs.h"
#include "core/domain/describe.h"

/* Two domains in the order in which they are looked at; the passage knows them the other way round
 * where it is looked at in reverse. */
typedef struct {
  const DmigDomain *from, *to;
  const DmigChangePairs *pairs;
  const DmigChangeFile *change;
  gboolean reverse;
  DmigOutline *outline;
} Telling;

/* --- which is which -------------------------------------------------------------------------- */

static DmigEntity *
old_entity(const Telling *self, const DmigEntity *entity)
{
  return g_hash_table_lookup(self->reverse ? self->pairs->new_of : self->pairs->old_of, entity);
}

static gboolean
entity_goes(const Telling *self, const DmigEntity *entity)
{
  return !g_hash_table_contains(self->reverse ? self->pairs->old_of : self->pairs->new_of, entity);
}

static DmigField *
old_field(const Telling *self, const DmigEntity *entity, const char *name)
{
  return self->reverse ? dmig_change_pairs_new_field(self->pairs, entity, name)
                       : dmig_change_pairs_old_field(self->pairs, entity, name);
}

static DmigField *
new_field(const Telling *self, const DmigEntity *entity, const char *name)
{
  return self->reverse ? dmig_change_pairs_old_field(self->pairs, entity, name)
                       : dmig_change_pairs_new_field(self->pairs, entity, name);
}

/* What an enum or view of this name was called, or will be. Borrowed. */
static const char *
other_name(const Telling *self, const char *name, gboolean backwards)
{
  gboolean by_new = backwards != self->reverse;
  const DmigRename *rename
      = g_hash_table_lookup(by_new ? self->pairs->renamed_to : self->pairs->renamed_from, name);
  return rename == NULL ? name : by_new ? rename->from : rename->to;
}

static const char *
old_name(const Telling *self, const char *name)
{
  return other_name(self, name, TRUE);
}

static const char *
new_name(const Telling *self, const char *name)
{
  return other_name(self, name, FALSE);
}

/* A name may be another object's now. */
static gboolean
is_pair(const Telling *self, const char *old, const char *new)
{
  return strcmp(new_name(self, old), new) == 0 && strcmp(old_name(self, new), old) == 0;
}

/* --- labels ---------------------------------------------------------------------------------- */

/* What the change file makes of a label: its new name, or NULL. `path` is the enum's name or the
 * field's in the state that the passage leads to. */
static const char *
mapped(const Telling *self, const char *path, const char *label)
{
  for (guint i = 0; i < self->change->values->len; i++) {
    const DmigValueMap *map = g_ptr_array_index(self->change->values, i);
    if (strcmp(map->field, path) == 0 && strcmp(self->reverse ? map->to : map->from, label) == 0)
      return self->reverse ? map->from : map->to;
  }
  return NULL;
}

static void
append(GString *out, const char *sign, const char *text)
{
  g_string_append_printf(out, "%s%s%s", out->len > 0 ? ", " : "", sign, text);
}

/* "+ returned, - lost, gold becomes enterprise"; NULL where they are the same. Owned. */
static char *
tell_labels(const Telling *self, const char *path, char *const *is, char *const *becomes)
{
  if (dmig_strv_equal(is, becomes))
    return NULL;
  g_autoptr(GString) out = g_string_new(NULL);
  g_autoptr(GHashTable) taken = g_hash_table_new(g_str_hash, g_str_equal);
  g_autoptr(GString) gone = g_string_new(NULL);
  for (guint i = 0; is[i] != NULL; i++) {
    const char *to = mapped(self, path, is[i]);
    if (to != NULL && dmig_strv_contains(becomes, to)) {
      g_autofree char *text = g_strconcat(is[i], " becomes ", to, NULL);
      append(out, "", text);
      g_hash_table_add(taken, (gpointer)to);
    } else if (!dmig_strv_contains(becomes, is[i])) {
      append(gone, "- ", is[i]);
    }
  }
  for (guint i = 0; becomes[i] != NULL; i++)
    if (!dmig_strv_contains(is, becomes[i]) && !g_hash_table_contains(taken, becomes[i]))
      append(out, "+ ", becomes[i]);
  if (gone->len > 0)
    append(out, "", gone->str);
  if (out->len == 0)
    append(out, "", "in another order");
  return g_string_free(g_steal_pointer(&out), FALSE);
}

/* --- fields ---------------------------------------------------------------------------------- */

static const DmigType *
innermost(const DmigType *type)
{
  while (type != NULL && type->kind == DMIG_TYPE_ARRAY)
    type = type->element;
  return type;
}

/* An enum or entity that is called something else now is still the same type. */
static gboolean
same_type(const Telling *self, const DmigField *is, const DmigField *becomes)
{
  if (becomes->references != NULL && is->references != NULL) {
    const DmigEntity *entity = dmig_domain_entity(self->to, becomes->references);
    const DmigEntity *was = entity != NULL ? old_entity(self, entity) : NULL;
    return was != NULL && strcmp(was->name, is->references) == 0;
  }
  const DmigType *old = innermost(is->type), *new = innermost(becomes->type);
  return old != NULL && new != NULL && old->kind == DMIG_TYPE_ENUM && new->kind == DMIG_TYPE_ENUM
         && old->enum_name != NULL && new->enum_name != NULL
         && strcmp(old_name(self, new->enum_name), old->enum_name) == 0;
}

/* An enum that is written in place changes by its labels. Owned or NULL. */
static char *
tell_type(const Telling *self, const DmigEntity *entity, const DmigField *is,
          const DmigField *becomes)
{
  const DmigType *old = is->type, *new = becomes->type;
  gboolean in_place = is->references == NULL && becomes->references == NULL && old != NULL
                      && new != NULL && old->kind == DMIG_TYPE_ENUM && new->kind == DMIG_TYPE_ENUM
                      && old->enum_name == NULL && new->enum_name == NULL;
  if (!in_place)
    return same_type(self, is, becomes)
               ? NULL
               : dmig_field_aspect_change(is, becomes, DMIG_FIELD_TYPE);
  const DmigEntity *named = self->reverse ? old_entity(self, entity) : entity;
  g_autofree char *path
      = g_strconcat(named->name, ".", self->reverse ? is->name : becomes->name, NULL);
  g_autofree char *labels = tell_labels(self, path, old->labels, new->labels);
  return labels != NULL ? g_strconcat("labels ", labels, NULL) : NULL;
}

static void
tell_field(const Telling *self, const DmigEntity *entity, const DmigField *is,
           const DmigField *becomes, DmigOutlineItem *item)
{
  if (strcmp(is->name, becomes->name) != 0)
    dmig_outline_line(item, '>', "%s becomes %s", is->name, becomes->name);
  g_autoptr(GString) out = g_string_new(NULL);
  for (DmigFieldAspect aspect = 0; aspect < DMIG_FIELD_ASPECTS; aspect++) {
    g_autofree char *text = aspect == DMIG_FIELD_TYPE
                                ? tell_type(self, entity, is, becomes)
                                : dmig_field_aspect_change(is, becomes, aspect);
    if (text != NULL)
      append(out, "", text);
  }
  if (g_strcmp0(is->description, becomes->description) != 0)
    append(out, "", "description");
  if (out->len > 0)
    dmig_outline_line(item, '~', "%s: %s", becomes->name, out->str);
}

static gboolean
sole_key(const DmigEntity *entity)
{
  return g_strv_length(entity->primary) == 1;
}

static void
add_field(DmigOutlineItem *item, char sign, const DmigEntity *entity, const DmigField *field)
{
  g_autofree char *text = dmig_field_describe(field, sole_key(entity));
  dmig_outline_line(item, sign, "%s: %s", field->name, text);
}

static void
tell_fields(const Telling *self, const DmigEntity *was, const DmigEntity *entity,
            DmigOutlineItem *item)
{
  for (guint i = 0; i < entity->fields->len; i++) {
    const DmigField *field = g_ptr_array_index(entity->fields, i);
    const DmigField *before = old_field(self, entity, field->name);
    if (before != NULL)
      tell_field(self, entity, before, field, item);
    else
      add_field(item, '+', entity, field);
  }
  for (guint i = 0; i < was->fields->len; i++) {
    const DmigField *field = g_ptr_array_index(was->fields, i);
    if (new_field(self, was, field->name) == NULL)
      add_field(item, '-', was, field);
  }
}

/* --- what stands beside the fields -------------------------------------------------------------- */

/* The old names of fields, as they are called now. Owned. */
static char **
renamed(const Telling *self, const DmigEntity *was, char *const *names)
{
  GPtrArray *now = g_ptr_array_new();
  for (guint i = 0; names[i] != NULL; i++) {
    const DmigField *field = self != NULL ? new_field(self, was, names[i]) : NULL;
    g_ptr_array_add(now, g_strdup(field != NULL ? field->name : names[i]));
  }
  g_ptr_array_add(now, NULL);
  return (char **)g_ptr_array_free(now, FALSE);
}

/* The text of a member of the old entity, with its fields as they are called now. */
static char *
unique_text(const Telling *self, const DmigEntity *was, const DmigDomainUnique *unique)
{
  g_auto(GStrv) fields = renamed(self, was, unique->fields);
  DmigDomainUnique copy = *unique;
  copy.fields = fields;
  return dmig_unique_describe(&copy);
}

static char *
foreign_text(const Telling *self, const DmigEntity *was, const DmigForeign *foreign)
{
  const DmigEntity *leads_to
      = self != NULL ? dmig_domain_entity(self->from, foreign->references) : NULL;
  g_auto(GStrv) fields = renamed(self, was, foreign->fields);
  g_auto(GStrv) to = renamed(leads_to != NULL ? self : NULL, leads_to, foreign->to);
  DmigForeign copy = *foreign;
  copy.fields = fields;
  copy.to = to;
  if (leads_to != NULL)
    copy.references = (char *)new_name(self, foreign->references);
  return dmig_foreign_describe(&copy);
}

static char *
index_text(const Telling *self, const DmigEntity *was, const DmigDomainIndex *index)
{
  g_auto(GStrv) include = renamed(self, was, index->include);
  g_autoptr(GPtrArray) parts = g_ptr_array_new_with_free_func(g_free);
  for (guint i = 0; i < index->parts->len; i++) {
    DmigIndexPart *part = g_memdup2(g_ptr_array_index(index->parts, i), sizeof *part);
    const DmigField *field
        = self != NULL && part->field != NULL ? new_field(self, was, part->field) : NULL;
    if (field != NULL)
      part->field = field->name;
    g_ptr_array_add(parts, part);
  }
  DmigDomainIndex copy = *index;
  copy.include = include;
  copy.parts = parts;
  return dmig_index_describe(&copy);
}

/* All members of an entity but its fields: char*. With `self`, under the names of the new state. */
static GPtrArray *
members_of(const Telling *self, const DmigEntity *entity)
{
  GPtrArray *texts = g_ptr_array_new_with_free_func(g_free);
  g_auto(GStrv) key = renamed(self, entity, entity->primary);
  if (*key != NULL && !sole_key(entity)) {
    g_autofree char *names = dmig_names_describe(key);
    g_ptr_array_add(texts, g_strconcat("primary ", names, NULL));
  }
  for (guint i = 0; i < entity->uniques->len; i++)
    g_ptr_array_add(texts, unique_text(self, entity, g_ptr_array_index(entity->uniques, i)));
  for (guint i = 0; i < entity->foreigns->len; i++)
    g_ptr_array_add(texts, foreign_text(self, entity, g_ptr_array_index(entity->foreigns, i)));
  for (guint i = 0; i < entity->indexes->len; i++)
    g_ptr_array_add(texts, index_text(self, entity, g_ptr_array_index(entity->indexes, i)));
  for (guint i = 0; i < entity->checks->len; i++)
    g_ptr_array_add(texts, dmig_check_describe(g_ptr_array_index(entity->checks, i)));
  return texts;
}

static void
add_missing(DmigOutlineItem *item, char sign, GPtrArray *texts, GPtrArray *others)
{
  for (guint i = 0; i < texts->len; i++) {
    const char *text = g_ptr_array_index(texts, i);
    if (!g_ptr_array_find_with_equal_func(others, text, g_str_equal, NULL))
      dmig_outline_line(item, sign, "%s", text);
  }
}

/* A key of one field stands at the field; where it moves, that is told here. */
static void
tell_key(const Telling *self, const DmigEntity *was, const DmigEntity *entity,
         DmigOutlineItem *item)
{
  g_auto(GStrv) is = renamed(self, was, was->primary);
  if (dmig_strv_equal(is, entity->primary) || (!sole_key(was) && !sole_key(entity)))
    return;
  g_autofree char *before = dmig_names_describe(is);
  g_autofree char *after = dmig_names_describe(entity->primary);
  if (sole_key(was))
    dmig_outline_line(item, '-', "primary %s", before);
  if (sole_key(entity))
    dmig_outline_line(item, '+', "primary %s", after);
}

/* --- objects ------------------------------------------------------------------------------------ */

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

static DmigOutlineItem *
begin(const Telling *self, const char *noun, const char *name, const char *object, const char *was)
{
  DmigOutlineItem *item = dmig_outline_add(self->outline, noun, name, object);
  if (was != NULL && strcmp(was, name) != 0)
    dmig_outline_item_was(item, was);
  return item;
}

static void
tell_entity(const Telling *self, const DmigEntity *entity)
{
  const DmigEntity *was = old_entity(self, entity);
  DmigOutlineItem *item
      = begin(self, "", entity->name, entity->table, was != NULL ? was->name : NULL);
  g_autoptr(GPtrArray) now = members_of(NULL, entity);
  if (was != NULL) {
    g_autoptr(GPtrArray) before = members_of(self, was);
    tell_database_name(item, "table", was->table, entity->table);
    tell_description(item, was->description, entity->description);
    tell_fields(self, was, entity, item);
    tell_key(self, was, entity, item);
    add_missing(item, '-', before, now);
    add_missing(item, '+', now, before);
    return;
  }
  item->sign = '+';
  for (guint i = 0; i < entity->fields->len; i++)
    add_field(item, '+', entity, g_ptr_array_index(entity->fields, i));
  for (guint i = 0; i < now->len; i++)
    dmig_outline_line(item, '+', "%s", (const char *)g_ptr_array_index(now, i));
}

static void
tell_enum(const Telling *self, const DmigDomainEnum *new)
{
  const char *name = old_name(self, new->name);
  const DmigDomainEnum *was
      = is_pair(self, name, new->name) ? dmig_domain_enum(self->from, name) : NULL;
  DmigOutlineItem *item
      = begin(self, "enum", new->name, new->type_name, was != NULL ? was->name : NULL);
  if (was == NULL) {
    g_autofree char *labels = g_strjoinv(", ", new->labels);
    item->sign = '+';
    dmig_outline_line(item, '+', "labels %s", labels);
    return;
  }
  g_autofree char *labels
      = tell_labels(self, self->reverse ? was->name : new->name, was->labels, new->labels);
  tell_database_name(item, "type", was->type_name, new->type_name);
  tell_description(item, was->description, new->description);
  if (labels != NULL)
    dmig_outline_line(item, '~', "labels %s", labels);
}

static void
tell_view(const Telling *self, const DmigDomainView *new)
{
  const char *name = old_name(self, new->name);
  const DmigDomainView *was
      = is_pair(self, name, new->name) ? dmig_domain_view(self->from, name) : NULL;
  DmigOutlineItem *item = begin(self, "view", new->name, new->view, was != NULL ? was->name : NULL);
  if (was == NULL) {
    item->sign = '+';
    return;
  }
  g_autofree char *is = dmig_sql_text_describe(was->sql);
  g_autofree char *becomes = dmig_sql_text_describe(new->sql);
  tell_database_name(item, "view", was->view, new->view);
  tell_description(item, was->description, new->description);
  if (strcmp(is, becomes) != 0)
    dmig_outline_line(item, '~', "query");
}

/* Before the first revision there is no domain that could be for other dialects. */
static void
tell_domain(const Telling *self)
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
tell_what_goes(const Telling *self)
{
  const DmigDomain *from = self->from;
  for (guint i = 0; i < from->enums->len; i++) {
    const DmigDomainEnum *old = g_ptr_array_index(from->enums, i);
    const char *name = new_name(self, old->name);
    if (!is_pair(self, old->name, name) || dmig_domain_enum(self->to, name) == NULL)
      begin(self, "enum", old->name, old->type_name, NULL)->sign = '-';
  }
  for (guint i = 0; i < from->entities->len; i++) {
    const DmigEntity *old = g_ptr_array_index(from->entities, i);
    if (!entity_goes(self, old))
      continue;
    DmigOutlineItem *item = begin(self, "", old->name, old->table, NULL);
    item->sign = '-';
    item->size = old->fields->len;
  }
  for (guint i = 0; i < from->views->len; i++) {
    const DmigDomainView *old = g_ptr_array_index(from->views, i);
    const char *name = new_name(self, old->name);
    if (!is_pair(self, old->name, name) || dmig_domain_view(self->to, name) == NULL)
      begin(self, "view", old->name, old->view, NULL)->sign = '-';
  }
}

DmigOutline *
dmig_outline_of_domains(const DmigPassage *passage, gboolean reverse)
{
  const DmigDomain *from = passage->from->domain, *to = passage->to->domain;
  g_autoptr(DmigChangePairs) pairs = dmig_change_pairs_new(from, to, passage->change);
  Telling self = {
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
  dmig_outline_finish(self.outline);
  return self.outline;
}
