#include <string.h>

#include "cmd/telling.h"
#include "cmd/telling_facts.h"
#include "core/base/text.h"
#include "core/domain/describe.h"

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
same_type(const DmigTelling *self, const DmigField *is, const DmigField *becomes)
{
  if (becomes->references != NULL && is->references != NULL) {
    const DmigEntity *entity = dmig_telling_entity_of_new(self, becomes->references);
    const DmigEntity *was = entity != NULL ? dmig_telling_old_entity(self, entity) : NULL;
    return was != NULL && strcmp(was->name, is->references) == 0;
  }
  const DmigType *old = innermost(is->type), *new = innermost(becomes->type);
  return old != NULL && new != NULL && old->kind == DMIG_TYPE_ENUM &&new->kind == DMIG_TYPE_ENUM
         && old->enum_name != NULL &&new->enum_name
                != NULL &&strcmp(dmig_telling_old_name(self, new->enum_name), old->enum_name) == 0;
}

/* An enum that is written in place changes by its labels. Owned or NULL. */
static char *
tell_type(const DmigTelling *self, const DmigEntity *entity, const DmigField *is,
          const DmigField *becomes)
{
  const DmigType *old = is->type, *new = becomes->type;
  gboolean in_place = is->references == NULL && becomes->references == NULL && old != NULL
                      && new != NULL && old->kind == DMIG_TYPE_ENUM &&new->kind == DMIG_TYPE_ENUM
                      && old->enum_name == NULL &&new->enum_name == NULL;
  if (!in_place)
    return same_type(self, is, becomes) ? NULL
                                        : dmig_field_aspect_change(is, becomes, DMIG_FIELD_TYPE);
  const DmigEntity *named = self->reverse ? dmig_telling_old_entity(self, entity) : entity;
  g_autofree char *path
      = g_strconcat(named->name, ".", self->reverse ? is->name : becomes->name, NULL);
  g_autofree char *labels = dmig_telling_labels(self, path, old->labels, new->labels);
  return labels != NULL ? g_strconcat("labels ", labels, NULL) : NULL;
}

static void
append(GString *out, const char *text)
{
  g_string_append_printf(out, "%s%s", out->len > 0 ? ", " : "", text);
}

static void
tell_field(const DmigTelling *self, const DmigEntity *entity, const DmigField *is,
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
      append(out, text);
  }
  if (g_strcmp0(is->description, becomes->description) != 0)
    append(out, "description");
  if (out->len > 0)
    dmig_outline_line(item, '~', "%s: %s", becomes->name, out->str);
  g_autofree char *prefix = g_strconcat(becomes->name, ": ", NULL);
  g_autoptr(GPtrArray) facts = dmig_facts_of_field(becomes);
  g_autoptr(GPtrArray) before = dmig_facts_of_field(is);
  dmig_facts_tell(item, prefix, before, facts);
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
tell_fields(const DmigTelling *self, const DmigEntity *was, const DmigEntity *entity,
            DmigOutlineItem *item)
{
  for (guint i = 0; i < entity->fields->len; i++) {
    const DmigField *field = g_ptr_array_index(entity->fields, i);
    const DmigField *before = dmig_telling_old_field(self, entity, field->name);
    if (before != NULL)
      tell_field(self, entity, before, field, item);
    else
      add_field(item, '+', entity, field);
  }
  for (guint i = 0; i < was->fields->len; i++) {
    const DmigField *field = g_ptr_array_index(was->fields, i);
    if (dmig_telling_new_field(self, was, field->name) == NULL)
      add_field(item, '-', was, field);
  }
}

/* --- what stands beside the fields --------------------------------------------------------------
 */

/* The old names of fields, as they are called now. Owned. */
static char **
renamed(const DmigTelling *self, const DmigEntity *was, char *const *names)
{
  GPtrArray *now = g_ptr_array_new();
  for (guint i = 0; names[i] != NULL; i++) {
    const DmigField *field = self != NULL ? dmig_telling_new_field(self, was, names[i]) : NULL;
    g_ptr_array_add(now, g_strdup(field != NULL ? field->name : names[i]));
  }
  g_ptr_array_add(now, NULL);
  return (char **) g_ptr_array_free(now, FALSE);
}

/* The text of a member of the old entity, with its fields as they are called now. */
static char *
unique_text(const DmigTelling *self, const DmigEntity *was, const DmigDomainUnique *unique)
{
  g_auto(GStrv) fields = renamed(self, was, unique->fields);
  DmigDomainUnique copy = *unique;
  copy.fields = fields;
  return dmig_unique_describe(&copy);
}

static char *
foreign_text(const DmigTelling *self, const DmigEntity *was, const DmigForeign *foreign)
{
  const DmigEntity *leads_to
      = self != NULL ? dmig_telling_entity_of_old(self, foreign->references) : NULL;
  g_auto(GStrv) fields = renamed(self, was, foreign->fields);
  g_auto(GStrv) to = renamed(leads_to != NULL ? self : NULL, leads_to, foreign->to);
  DmigForeign copy = *foreign;
  copy.fields = fields;
  copy.to = to;
  if (leads_to != NULL)
    copy.references = (char *) dmig_telling_new_name(self, foreign->references);
  return dmig_foreign_describe(&copy);
}

static char *
index_text(const DmigTelling *self, const DmigEntity *was, const DmigDomainIndex *index)
{
  g_auto(GStrv) include = renamed(self, was, index->include);
  g_autoptr(GPtrArray) parts = g_ptr_array_new_with_free_func(g_free);
  for (guint i = 0; i < index->parts->len; i++) {
    DmigIndexPart *part = g_memdup2(g_ptr_array_index(index->parts, i), sizeof *part);
    const DmigField *field = self != NULL && part->field != NULL
                                 ? dmig_telling_new_field(self, was, part->field)
                                 : NULL;
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
members_of(const DmigTelling *self, const DmigEntity *entity)
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
tell_key(const DmigTelling *self, const DmigEntity *was, const DmigEntity *entity,
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

/* --- entities ----------------------------------------------------------------------------------
 */

void
dmig_telling_new_entity(const DmigEntity *entity, DmigOutlineItem *item)
{
  g_autoptr(GPtrArray) members = members_of(NULL, entity);
  for (guint i = 0; i < entity->fields->len; i++)
    add_field(item, '+', entity, g_ptr_array_index(entity->fields, i));
  for (guint i = 0; i < members->len; i++)
    dmig_outline_line(item, '+', "%s", (const char *) g_ptr_array_index(members, i));
}

void
dmig_telling_entity(const DmigTelling *self, const DmigEntity *was, const DmigEntity *entity,
                    DmigOutlineItem *item)
{
  g_autoptr(GPtrArray) before = members_of(self, was);
  g_autoptr(GPtrArray) now = members_of(NULL, entity);
  tell_fields(self, was, entity, item);
  tell_key(self, was, entity, item);
  add_missing(item, '-', before, now);
  add_missing(item, '+', now, before);
}
