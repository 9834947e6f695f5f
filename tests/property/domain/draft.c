#include "draft.h"

#include <string.h>

static GStringChunk *texts;

const char *
draft_text(const char *text)
{
  if (texts == NULL)
    texts = g_string_chunk_new(4096);
  return g_string_chunk_insert_const(texts, text);
}

void
draft_texts_free(void)
{
  g_clear_pointer(&texts, g_string_chunk_free);
}

Draft *
draft_new(void)
{
  Draft *self = g_new0(Draft, 1);
  self->entities = g_ptr_array_new_with_free_func((GDestroyNotify) entity_free);
  self->enums = g_array_new(FALSE, TRUE, sizeof(Enumeration));
  self->views = g_array_new(FALSE, TRUE, sizeof(View));
  self->next_id = 1;
  return self;
}

void
draft_free(Draft *self)
{
  if (self == NULL)
    return;
  g_ptr_array_unref(self->entities);
  g_array_unref(self->enums);
  g_array_unref(self->views);
  g_free(self);
}

Entity *
entity_new(guint id)
{
  Entity *self = g_new0(Entity, 1);
  self->id = id;
  self->fields = g_array_new(FALSE, TRUE, sizeof(Field));
  self->indexes = g_array_new(FALSE, TRUE, sizeof(Index));
  self->uniques = g_array_new(FALSE, TRUE, sizeof(Rule));
  self->checks = g_array_new(FALSE, TRUE, sizeof(Rule));
  self->foreigns = g_array_new(FALSE, TRUE, sizeof(Foreign));
  return self;
}

void
entity_free(Entity *self)
{
  g_array_unref(self->fields);
  g_array_unref(self->indexes);
  g_array_unref(self->uniques);
  g_array_unref(self->checks);
  g_array_unref(self->foreigns);
  g_free(self);
}

static gpointer
entity_copy(gconstpointer source, gpointer unused)
{
  const Entity *from = source;
  Entity *self = g_memdup2(from, sizeof *from);
  self->fields = g_array_copy(from->fields);
  self->indexes = g_array_copy(from->indexes);
  self->uniques = g_array_copy(from->uniques);
  self->checks = g_array_copy(from->checks);
  self->foreigns = g_array_copy(from->foreigns);
  return self;
}

Draft *
draft_copy(const Draft *self)
{
  Draft *copy = g_memdup2(self, sizeof *self);
  copy->entities = g_ptr_array_copy(self->entities, (GCopyFunc) entity_copy, NULL);
  g_ptr_array_set_free_func(copy->entities, (GDestroyNotify) entity_free);
  copy->enums = g_array_copy(self->enums);
  copy->views = g_array_copy(self->views);
  return copy;
}

Entity *
draft_entity(const Draft *self, guint id)
{
  for (guint i = 0; i < self->entities->len; i++) {
    Entity *entity = self->entities->pdata[i];
    if (entity->id == id)
      return entity;
  }
  return NULL;
}

Enumeration *
draft_enum(const Draft *self, guint id)
{
  for (guint i = 0; i < self->enums->len; i++) {
    Enumeration *enumeration = &g_array_index(self->enums, Enumeration, i);
    if (enumeration->id == id)
      return enumeration;
  }
  return NULL;
}

Field *
entity_field(const Entity *self, guint id)
{
  for (guint i = 0; i < self->fields->len; i++) {
    Field *field = &g_array_index(self->fields, Field, i);
    if (field->id == id)
      return field;
  }
  return NULL;
}

guint
entity_key_length(const Entity *self)
{
  guint n = 0;
  for (guint i = 0; i < self->fields->len; i++)
    n += g_array_index(self->fields, Field, i).primary;
  return n;
}

Field *
entity_single_key(const Entity *self)
{
  if (entity_key_length(self) != 1)
    return NULL;
  for (guint i = 0; i < self->fields->len; i++) {
    Field *field = &g_array_index(self->fields, Field, i);
    if (field->primary)
      return field;
  }
  return NULL;
}

gboolean
type_is_comparable(const Type *type)
{
  return type->kind != TYPE_JSON && type->kind != TYPE_ARRAY;
}

gboolean
type_is_number(const Type *type)
{
  return type->kind >= TYPE_SMALLINT && type->kind <= TYPE_DOUBLE;
}

gboolean
type_is_text(const Type *type)
{
  return type->kind == TYPE_STRING || type->kind == TYPE_TEXT;
}

/* Every element of these arrays begins with its number. */
static void
remove_from(GArray *array, gsize size, guint id)
{
  for (guint i = 0; i < array->len; i++) {
    if (*(guint *) (gpointer) (array->data + i * size) != id)
      continue;
    g_array_remove_index(array, i);
    return;
  }
}

void
draft_remove(Draft *self, guint id)
{
  remove_from(self->enums, sizeof(Enumeration), id);
  remove_from(self->views, sizeof(View), id);
  for (guint i = 0; i < self->entities->len; i++) {
    Entity *entity = self->entities->pdata[i];
    remove_from(entity->fields, sizeof(Field), id);
    remove_from(entity->indexes, sizeof(Index), id);
    remove_from(entity->uniques, sizeof(Rule), id);
    remove_from(entity->checks, sizeof(Rule), id);
    remove_from(entity->foreigns, sizeof(Foreign), id);
    if (entity->id == id)
      g_ptr_array_remove_index(self->entities, i--);
  }
}

static void
add_ids(GArray *ids, const GArray *array, gsize size)
{
  for (guint i = 0; i < array->len; i++)
    g_array_append_val(ids, *(guint *) (gpointer) (array->data + i * size));
}

GArray *
draft_ids(const Draft *self)
{
  GArray *ids = g_array_new(FALSE, FALSE, sizeof(guint));
  for (guint i = 0; i < self->entities->len; i++)
    g_array_append_val(ids, ((Entity *) self->entities->pdata[i])->id);
  add_ids(ids, self->views, sizeof(View));
  add_ids(ids, self->enums, sizeof(Enumeration));
  for (guint i = 0; i < self->entities->len; i++) {
    const Entity *entity = self->entities->pdata[i];
    add_ids(ids, entity->indexes, sizeof(Index));
    add_ids(ids, entity->uniques, sizeof(Rule));
    add_ids(ids, entity->checks, sizeof(Rule));
    add_ids(ids, entity->foreigns, sizeof(Foreign));
    add_ids(ids, entity->fields, sizeof(Field));
  }
  return ids;
}

/* --- tidying: from fields to what stands on them ------------------------------------------------ */

static gboolean
follows_keys_in_a_circle(const Draft *self, const Entity *start)
{
  const Entity *at = start;
  for (guint i = 0; i <= self->entities->len; i++) {
    const Field *key = entity_single_key(at);
    if (key == NULL || key->references == 0)
      return FALSE;
    at = draft_entity(self, key->references);
    if (at == NULL || at == start)
      return TRUE;
  }
  return TRUE;
}

static void
clear_reference(Field *field)
{
  field->references = 0;
  field->on_delete = field->on_update = field->deferrable = NULL;
}

static void
tidy_reference(const Draft *self, Entity *entity, Field *field)
{
  const Entity *target = draft_entity(self, field->references);
  if (target == NULL || entity_single_key(target) == NULL)
    clear_reference(field);
  if (field->references == 0)
    return;
  field->default_kind = DEFAULT_NONE;
  field->identity = 0;
  field->generated_from = 0;
  field->check = CHECK_NONE;
  if ((field->required || field->primary) && field->on_delete && strstr(field->on_delete, "null"))
    field->on_delete = NULL;
  if ((field->required || field->primary) && field->on_update && strstr(field->on_update, "null"))
    field->on_update = NULL;
}

static gboolean
check_fits(CheckKind check, const Field *field)
{
  switch (check) {
  case CHECK_NONE:
    return TRUE;
  case CHECK_NOT_NEGATIVE:
    return type_is_number(&field->type);
  case CHECK_AT_SIGN:
    return type_is_text(&field->type) && (field->type.length == 0 || field->type.length > 3);
  case CHECK_LENGTH:
  case CHECK_LIST:
    return type_is_text(&field->type);
  }
  return FALSE;
}

static void
tidy_generated(const Entity *entity, Field *field)
{
  const Field *base = entity_field(entity, field->generated_from);
  if (base == NULL || base == field || base->generated_from || base->references ||
      !(type_is_number(&base->type) || type_is_text(&base->type)))
    field->generated_from = 0;
  if (field->generated_from == 0)
    return;
  field->type = base->type;
  if (type_is_text(&base->type))
    field->type = (Type){.kind = TYPE_TEXT};
  field->default_kind = DEFAULT_NONE;
  field->primary = field->required = FALSE;
  field->identity = 0;
}

static void
tidy_field(const Draft *self, Entity *entity, Field *field)
{
  if (field->type.kind == TYPE_NAMED_ENUM && draft_enum(self, field->type.enumeration) == NULL)
    field->type = (Type){.kind = TYPE_TEXT};
  if (field->references != 0)
    tidy_reference(self, entity, field);
  tidy_generated(entity, field);
  if (field->references == 0 && !type_is_comparable(&field->type))
    field->primary = field->unique = FALSE;
  gboolean whole = field->type.kind >= TYPE_SMALLINT && field->type.kind <= TYPE_BIGINT;
  if (!field->primary || entity_key_length(entity) != 1 || !whole || field->references != 0)
    field->identity = 0;
  if (field->identity != 0)
    field->default_kind = DEFAULT_NONE;
  if (!check_fits(field->check, field) || field->references != 0 || field->identity != 0)
    field->check = CHECK_NONE;
  if (field->check != CHECK_NONE)
    field->default_kind = DEFAULT_NONE;
}

static gboolean
is_indexable(const Field *field)
{
  return field != NULL && (field->references != 0 || type_is_comparable(&field->type));
}

static void
tidy_index(const Entity *entity, Index *index)
{
  guint n = 0;
  for (guint i = 0; i < index->n; i++) {
    const Field *field = entity_field(entity, index->parts[i].field);
    gboolean twice = FALSE;
    for (guint k = 0; k < n; k++)
      twice = twice || index->parts[k].field == index->parts[i].field;
    if (!is_indexable(field) || twice)
      continue;
    if (field->references != 0 || !type_is_text(&field->type))
      index->parts[i].expression = FALSE;
    index->parts[n++] = index->parts[i];
  }
  index->n = n;
  const Field *where = entity_field(entity, index->where);
  if (where == NULL || where->references != 0)
    index->where = 0;
  const Field *include = entity_field(entity, index->include);
  for (guint i = 0; i < n && include; i++)
    if (index->parts[i].field == index->include)
      include = NULL;
  if (include == NULL)
    index->include = 0;
}

static void
tidy_unique(const Entity *entity, Rule *rule)
{
  guint n = 0;
  for (guint i = 0; i < rule->n; i++) {
    gboolean twice = FALSE;
    for (guint k = 0; k < n; k++)
      twice = twice || rule->fields[k] == rule->fields[i];
    if (!twice && is_indexable(entity_field(entity, rule->fields[i])))
      rule->fields[n++] = rule->fields[i];
  }
  rule->n = n;
}

/* One list of fields need not be unique twice: the reader may take that for a mistake. */
static gboolean
is_unique_already(const Entity *entity, guint at)
{
  const Rule *rule = &g_array_index(entity->uniques, Rule, at);
  if (rule->n == 1)
    return TRUE;
  guint key = 0;
  for (guint i = 0; i < rule->n; i++)
    key += entity_field(entity, rule->fields[i])->primary;
  if (key == rule->n && key == entity_key_length(entity))
    return TRUE;
  for (guint i = 0; i < at; i++) {
    const Rule *other = &g_array_index(entity->uniques, Rule, i);
    if (other->n == rule->n && memcmp(other->fields, rule->fields, rule->n * sizeof(guint)) == 0)
      return TRUE;
  }
  return FALSE;
}

static gboolean
foreign_is_sound(const Draft *self, const Entity *entity, const Foreign *foreign)
{
  const Entity *target = draft_entity(self, foreign->references);
  if (target == NULL || target == entity || entity_key_length(target) != foreign->n)
    return FALSE;
  guint k = 0;
  for (guint i = 0; i < target->fields->len; i++) {
    const Field *key = &g_array_index(target->fields, Field, i);
    if (!key->primary)
      continue;
    const Field *field = entity_field(entity, foreign->fields[k++]);
    if (field == NULL || field->references != 0 || key->references != 0 ||
        memcmp(&field->type, &key->type, sizeof(Type)) != 0)
      return FALSE;
  }
  return TRUE;
}

static void
tidy_parts(const Draft *self, Entity *entity)
{
  for (guint i = 0; i < entity->indexes->len; i++) {
    tidy_index(entity, &g_array_index(entity->indexes, Index, i));
    if (g_array_index(entity->indexes, Index, i).n == 0)
      g_array_remove_index(entity->indexes, i--);
  }
  for (guint i = 0; i < entity->uniques->len; i++) {
    tidy_unique(entity, &g_array_index(entity->uniques, Rule, i));
    if (g_array_index(entity->uniques, Rule, i).n == 0 || is_unique_already(entity, i))
      g_array_remove_index(entity->uniques, i--);
  }
  for (guint i = 0; i < entity->checks->len; i++) {
    const Rule *check = &g_array_index(entity->checks, Rule, i);
    const Field *field = entity_field(entity, check->fields[0]);
    if (field == NULL || field->references != 0 || !check_fits(check->check, field))
      g_array_remove_index(entity->checks, i--);
  }
  for (guint i = 0; i < entity->foreigns->len; i++)
    if (!foreign_is_sound(self, entity, &g_array_index(entity->foreigns, Foreign, i)))
      g_array_remove_index(entity->foreigns, i--);
}

static void
tidy_views(Draft *self)
{
  for (guint i = 0; i < self->views->len; i++) {
    View *view = &g_array_index(self->views, View, i);
    const Entity *entity = draft_entity(self, view->entity);
    guint n = 0;
    for (guint k = 0; k < view->n && entity; k++) {
      const Field *field = entity_field(entity, view->fields[k]);
      gboolean twice = FALSE;
      for (guint j = 0; j < n; j++)
        twice = twice || view->fields[j] == view->fields[k];
      if (field != NULL && field->references == 0 && !twice)
        view->fields[n++] = view->fields[k];
    }
    view->n = n;
    if (n == 0)
      g_array_remove_index(self->views, i--);
  }
}

void
draft_tidy(Draft *self)
{
  for (guint i = 0; i < self->entities->len; i++)
    if (((Entity *) self->entities->pdata[i])->fields->len == 0)
      g_ptr_array_remove_index(self->entities, i--);
  /* Keys stand on other entities' keys, so what one pass takes away may matter to another. */
  for (guint pass = 0; pass < 4; pass++)
    for (guint i = 0; i < self->entities->len; i++) {
      Entity *entity = self->entities->pdata[i];
      if (follows_keys_in_a_circle(self, entity))
        clear_reference(entity_single_key(entity));
      for (guint k = 0; k < entity->fields->len; k++)
        tidy_field(self, entity, &g_array_index(entity->fields, Field, k));
    }
  for (guint i = 0; i < self->entities->len; i++)
    tidy_parts(self, self->entities->pdata[i]);
  tidy_views(self);
}
