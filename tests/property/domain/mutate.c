/* One change to a draft, as an author would make one between two revisions. */
#include "draft.h"

#include <string.h>

static Entity *
any_entity(const Draft *self, GRand *random)
{
  return self->entities->len > 0 ? self->entities->pdata[roll(random, self->entities->len)] : NULL;
}

static Field *
any_field(const Entity *entity, GRand *random)
{
  return &g_array_index(entity->fields, Field, roll(random, entity->fields->len));
}

static void
rename_entity(Draft *self, Entity *entity, GRand *random)
{
  g_autofree char *name = g_strdup_printf("Renamed%u", self->next_id++);
  if (chance(random, 30)) {
    entity->table = draft_table_name(self, random);
    return;
  }
  entity->name = draft_text(name);
  if (chance(random, 20))
    entity->table = NULL;
}

static void
rename_field(Draft *self, Entity *entity, GRand *random)
{
  Field *field = any_field(entity, random);
  Field *other = any_field(entity, random);
  g_autofree char *name = g_strdup_printf("%s %u", "renamed", self->next_id++);
  if (field != other && chance(random, 20)) {
    const char *swapped = field->name;
    field->name = other->name;
    other->name = swapped;
  } else if (field->column != NULL && chance(random, 50)) {
    field->column = draft_text(name);
  } else {
    field->name = draft_text(name);
  }
}

/* Mostly to a type that values can go to. */
static void
retype_field(Draft *self, Entity *entity, GRand *random)
{
  Field *field = any_field(entity, random);
  Type type = draft_random_type(self, random);
  switch ((int) field->type.kind) {
  case TYPE_SMALLINT:
  case TYPE_INTEGER:
  case TYPE_BIGINT:
    type.kind = (TypeKind) (TYPE_SMALLINT + roll(random, 3));
    break;
  case TYPE_STRING:
    type.kind = chance(random, 70) ? TYPE_STRING : TYPE_TEXT;
    break;
  case TYPE_TEXT:
    type.kind = chance(random, 50) ? TYPE_STRING : type.kind;
    break;
  case TYPE_DECIMAL:
    type.kind = chance(random, 80) ? TYPE_DECIMAL : TYPE_DOUBLE;
    break;
  case TYPE_DATE:
    type.kind = chance(random, 50) ? TYPE_TIMESTAMP : TYPE_TEXT;
    break;
  case TYPE_ENUM:
  case TYPE_NAMED_ENUM:
    type.kind = chance(random, 50) ? TYPE_TEXT : type.kind;
    break;
  default:
    break;
  }
  Type clean;
  memset(&clean, 0, sizeof clean);
  clean.kind = type.kind;
  if (type.kind == TYPE_STRING)
    clean.length = 1 + roll(random, 60);
  if (type.kind == TYPE_DECIMAL) {
    clean.precision = 1 + roll(random, 18);
    clean.scale = roll(random, clean.precision + 1);
  }
  if (type.kind == TYPE_ENUM)
    clean.labels = type.labels;
  if (type.kind == TYPE_ENUM && clean.labels.n == 0)
    clean.kind = TYPE_TEXT;
  clean.enumeration = type.kind == TYPE_NAMED_ENUM ? type.enumeration : 0;
  if (type.kind == TYPE_NAMED_ENUM && clean.enumeration == 0)
    clean.kind = TYPE_TEXT;
  clean.element = type.kind == TYPE_ARRAY ? type.element : TYPE_BOOLEAN;
  field->type = clean;
}

static void
change_labels(Draft *self, Labels *labels, GRand *random)
{
  guint at = roll(random, labels->n);
  g_autofree char *name = g_strdup_printf("label%u", self->next_id++);
  Label label = {.id = self->next_id++, .name = draft_text(name)};
  switch (roll(random, 4)) {
  case 0:
    labels->items[at].name = label.name;
    break;
  case 1:
    if (labels->n > 1) {
      memmove(&labels->items[at], &labels->items[at + 1], (labels->n - at - 1) * sizeof(Label));
      labels->n--;
      memset(&labels->items[labels->n], 0, sizeof(Label));
    }
    break;
  case 2:
    label = labels->items[at];
    labels->items[at] = labels->items[0];
    labels->items[0] = label;
    break;
  default:
    if (labels->n < MAX_LABELS) {
      memmove(&labels->items[at + 1], &labels->items[at], (labels->n - at) * sizeof(Label));
      labels->items[at] = label;
      labels->n++;
    }
    break;
  }
}

static void
change_any_enum(Draft *self, Entity *entity, GRand *random)
{
  for (guint i = 0; i < entity->fields->len; i++) {
    Field *field = &g_array_index(entity->fields, Field, i);
    if (field->type.kind == TYPE_ENUM && field->references == 0) {
      change_labels(self, &field->type.labels, random);
      return;
    }
  }
  if (self->enums->len == 0) {
    draft_add_enum(self, random);
    return;
  }
  guint at = roll(random, self->enums->len);
  Enumeration *enumeration = &g_array_index(self->enums, Enumeration, at);
  g_autofree char *name = g_strdup_printf("Enumeration%u", self->next_id++);
  if (chance(random, 20))
    enumeration->name = draft_text(name);
  else if (chance(random, 15))
    draft_remove(self, enumeration->id);
  else
    change_labels(self, &enumeration->labels, random);
}

static void
change_details(Draft *self, Entity *entity, GRand *random)
{
  Field *field = any_field(entity, random);
  switch (roll(random, 8)) {
  case 0:
    field->required = !field->required;
    break;
  case 1:
    field->unique = !field->unique;
    break;
  case 2:
    field->default_kind = (DefaultKind) roll(random, 4);
    field->default_choice = roll(random, 3);
    break;
  case 3:
    field->check = (CheckKind) roll(random, 5);
    break;
  case 4:
    field->description = field->description ? NULL : draft_text("Now it's said");
    break;
  case 5:
    field->generated_twice = !field->generated_twice;
    if (chance(random, 30))
      field->generated_from = 0;
    break;
  case 6:
    field->on_delete = field->on_delete ? NULL : "cascade";
    field->deferrable = field->deferrable ? NULL : "deferred";
    break;
  default:
    if (field->identity != 0)
      field->identity = 3 - field->identity;
    else
      entity->description = entity->description ? NULL : draft_text("Described");
    break;
  }
}

static void
add_field(Draft *self, Entity *entity, GRand *random)
{
  Field field = draft_random_field(self, entity, random);
  g_array_insert_val(entity->fields, roll(random, entity->fields->len + 1), field);
}

static void
move_field(Entity *entity, GRand *random)
{
  guint at = roll(random, entity->fields->len);
  Field field = g_array_index(entity->fields, Field, at);
  g_array_remove_index(entity->fields, at);
  g_array_insert_val(entity->fields, roll(random, entity->fields->len + 1), field);
}

static void
drop_part(Draft *self, Entity *entity, GRand *random)
{
  if (entity->indexes->len > 0 && chance(random, 60))
    g_array_remove_index(entity->indexes, roll(random, entity->indexes->len));
  else if (entity->uniques->len > 0)
    g_array_remove_index(entity->uniques, 0);
  else if (entity->checks->len > 0)
    g_array_remove_index(entity->checks, 0);
  else if (entity->foreigns->len > 0)
    g_array_remove_index(entity->foreigns, 0);
}

static void
change_part(Draft *self, Entity *entity, GRand *random)
{
  if (entity->indexes->len > 0 && chance(random, 70)) {
    Index *index = &g_array_index(entity->indexes, Index, roll(random, entity->indexes->len));
    if (chance(random, 30))
      index->name = draft_table_name(self, random);
    else if (chance(random, 40))
      index->unique = !index->unique;
    else
      index->parts[0].descending = !index->parts[0].descending;
  } else if (entity->checks->len > 0) {
    Rule *check = &g_array_index(entity->checks, Rule, 0);
    if (chance(random, 50))
      check->name = draft_table_name(self, random);
    else
      check->check = (CheckKind) (1 + roll(random, 4));
  }
}

static void
change_views(Draft *self, GRand *random)
{
  if (self->views->len == 0 || chance(random, 30)) {
    draft_add_view(self, random);
    return;
  }
  View *view = &g_array_index(self->views, View, roll(random, self->views->len));
  switch (roll(random, 4)) {
  case 0:
    draft_remove(self, view->id);
    break;
  case 1:
    view->filtered = !view->filtered;
    break;
  case 2:
    view->name = draft_table_name(self, random);
    break;
  default:
    view->n = view->n > 1 ? view->n - 1 : view->n;
    break;
  }
}

static void
change_key(Entity *entity, GRand *random)
{
  Field *field = any_field(entity, random);
  field->primary = !field->primary;
  if (field->primary)
    field->generated_from = 0;
}

void
draft_mutate(Draft *self, GRand *random)
{
  Entity *entity = any_entity(self, random);
  guint kind = roll(random, 100);
  if (entity == NULL || kind < 6)
    draft_add_entity(self, random);
  else if (kind < 11)
    draft_remove(self, entity->id);
  else if (kind < 18)
    rename_entity(self, entity, random);
  else if (kind < 30)
    rename_field(self, entity, random);
  else if (kind < 42)
    retype_field(self, entity, random);
  else if (kind < 52)
    change_any_enum(self, entity, random);
  else if (kind < 66)
    change_details(self, entity, random);
  else if (kind < 74)
    add_field(self, entity, random);
  else if (kind < 80)
    draft_remove(self, any_field(entity, random)->id);
  else if (kind < 83)
    move_field(entity, random);
  else if (kind < 88)
    draft_add_part(self, entity, random);
  else if (kind < 91)
    drop_part(self, entity, random);
  else if (kind < 94)
    change_part(self, entity, random);
  else if (kind < 98)
    change_views(self, random);
  else
    change_key(entity, random);
  draft_tidy(self);
}
