/* Random drafts. */
#include "draft.h"

#include <string.h>

static const char *const plain_names[] = {
    "name", "code",  "title", "amount", "total", "status", "kind", "note", "price", "level",
    "rank", "email", "phone", "size",   "color", "weight", "ref",  "tag",  "place", "score",
};

static const char *const odd_names[] = {
    "order",    "select",   "group",      "user",          "table",    "Mixed Case", "with space",
    "he\"llo",  "it's",     "semi;colon", "Gr\xc3\xb6\xc3\x9f\x65", "\xe8\xa1\xa8", "\xf0\x9f\x90\x8c",
    "100%",     "back\\slash", "a-b",     "$dollar",       "default",  "UPPER",      "_",
    "check",    "primary",  "1st",        "percent%s",     "x?",       "(paren)",    "end",
};

static const char *const entity_names[] = {
    "Customer", "Order",   "Product", "Invoice", "Company", "User",    "Session", "Address",
    "Payment",  "Stock",   "Line",    "Tag",     "Role",    "Shipment", "Note",   "Event",
};

static const char *const label_names[] = {
    "free", "pro", "enterprise", "it's", "with space", "Gold", "\xc3\xa9t\xc3\xa9", "NULL", "a\"b", "x",
};

static const char *const descriptions[] = {
    "Plain words", "It's \"quoted\"", "\xc3\x9cml\xc3\xa4ut \xf0\x9f\x90\x8c", "back\\slash; -- no comment",
};

static const char *
pick(GRand *random, const char *const *from, guint n)
{
  return from[roll(random, n)];
}

static const char *
maybe_description(GRand *random)
{
  return chance(random, 15) ? draft_text(pick(random, descriptions, G_N_ELEMENTS(descriptions)))
                            : NULL;
}

/* SQLite compares names without case, so must what keeps them apart. */
static gboolean
same_name(const char *a, const char *b)
{
  return a != NULL && g_ascii_strcasecmp(a, b) == 0;
}

static gboolean
table_name_taken(const Draft *self, const char *name)
{
  for (guint i = 0; i < self->entities->len; i++) {
    const Entity *entity = self->entities->pdata[i];
    if (same_name(entity->name, name) || same_name(entity->table, name))
      return TRUE;
    for (guint k = 0; k < entity->indexes->len; k++)
      if (same_name(g_array_index(entity->indexes, Index, k).name, name))
        return TRUE;
  }
  for (guint i = 0; i < self->views->len; i++)
    if (same_name(g_array_index(self->views, View, i).name, name))
      return TRUE;
  return FALSE;
}

const char *
draft_table_name(Draft *self, GRand *random)
{
  for (;;) {
    g_autofree char *name =
        chance(random, 40)
            ? g_strdup_printf("%s%s%u", pick(random, odd_names, G_N_ELEMENTS(odd_names)), "",
                              self->next_id++)
            : g_strdup_printf("%s_%u", pick(random, plain_names, G_N_ELEMENTS(plain_names)),
                              self->next_id++);
    if (!table_name_taken(self, name))
      return draft_text(name);
  }
}

static gboolean
field_name_taken(const Entity *entity, const char *name)
{
  for (guint i = 0; i < entity->fields->len; i++) {
    const Field *field = &g_array_index(entity->fields, Field, i);
    if (same_name(field->name, name) || same_name(field->column, name))
      return TRUE;
  }
  return FALSE;
}

static const char *
field_name(Draft *self, const Entity *entity, GRand *random)
{
  const char *name = chance(random, 20) ? pick(random, odd_names, G_N_ELEMENTS(odd_names))
                                        : pick(random, plain_names, G_N_ELEMENTS(plain_names));
  if (!field_name_taken(entity, name))
    return draft_text(name);
  g_autofree char *numbered = g_strdup_printf("%s%u", name, self->next_id++);
  return draft_text(numbered);
}

static Labels
random_labels(Draft *self, GRand *random)
{
  Labels labels = {0};
  guint first = roll(random, G_N_ELEMENTS(label_names));
  guint n = 1 + roll(random, 4);
  for (guint i = 0; i < n; i++)
    labels.items[labels.n++] = (Label){
        .id = self->next_id++, .name = label_names[(first + i * 3) % G_N_ELEMENTS(label_names)]};
  return labels;
}

Type
draft_random_type(Draft *self, GRand *random)
{
  static const TypeKind elements[] = {TYPE_INTEGER, TYPE_TEXT, TYPE_BIGINT, TYPE_UUID};
  Type type;
  /* All of it: drafts compare types byte by byte. */
  memset(&type, 0, sizeof type);
  type.kind = (TypeKind) roll(random, N_TYPES);
  if (chance(random, 25))
    type.kind = chance(random, 50) ? TYPE_STRING : TYPE_INTEGER;
  switch ((int) type.kind) {
  case TYPE_STRING:
    type.length = 1 + roll(random, 40);
    break;
  case TYPE_DECIMAL:
    type.precision = 1 + roll(random, 18);
    type.scale = roll(random, type.precision + 1);
    break;
  case TYPE_ENUM:
    type.labels = random_labels(self, random);
    break;
  case TYPE_NAMED_ENUM:
    if (self->enums->len == 0)
      type.kind = TYPE_TEXT;
    else
      type.enumeration =
          g_array_index(self->enums, Enumeration, roll(random, self->enums->len)).id;
    break;
  case TYPE_ARRAY:
    type.element = elements[roll(random, G_N_ELEMENTS(elements))];
    break;
  default:
    break;
  }
  return type;
}

static const char *
random_action(GRand *random)
{
  static const char *const actions[] = {"cascade", "restrict", "set null", "no action"};
  return chance(random, 50) ? NULL : pick(random, actions, G_N_ELEMENTS(actions));
}

static void
make_reference(Draft *self, Field *field, GRand *random)
{
  field->references = ((Entity *) self->entities->pdata[roll(random, self->entities->len)])->id;
  field->on_delete = random_action(random);
  field->on_update = random_action(random);
  if (chance(random, 15))
    field->deferrable = chance(random, 50) ? "immediate" : "deferred";
  field->required = chance(random, 25);
}

Field
draft_random_field(Draft *self, const Entity *entity, GRand *random)
{
  Field field;
  memset(&field, 0, sizeof field);
  field.id = self->next_id++;
  field.name = field_name(self, entity, random);
  field.type = draft_random_type(self, random);
  field.required = chance(random, 35);
  field.unique = chance(random, 8);
  field.description = maybe_description(random);
  if (chance(random, 15))
    field.column = field_name(self, entity, random);
  if (self->entities->len > 0 && chance(random, 25))
    make_reference(self, &field, random);
  if (chance(random, 30))
    field.default_kind = (DefaultKind) (1 + roll(random, 3));
  field.default_choice = roll(random, 3);
  if (chance(random, 12) && entity->fields->len > 0)
    field.generated_from =
        g_array_index(entity->fields, Field, roll(random, entity->fields->len)).id;
  if (chance(random, 12))
    field.check = (CheckKind) (1 + roll(random, 4));
  return field;
}

static Field
key_field(Draft *self, GRand *random)
{
  static const TypeKind kinds[] = {TYPE_BIGINT, TYPE_INTEGER, TYPE_BIGINT, TYPE_UUID, TYPE_STRING};
  Field field;
  memset(&field, 0, sizeof field);
  field.id = self->next_id++;
  field.name = chance(random, 80) ? "id" : "key";
  field.type.kind = kinds[roll(random, G_N_ELEMENTS(kinds))];
  if (field.type.kind == TYPE_STRING)
    field.type.length = 12;
  field.primary = TRUE;
  if (field.type.kind == TYPE_BIGINT || field.type.kind == TYPE_INTEGER)
    field.identity = chance(random, 60) ? 1 : chance(random, 30) ? 2 : 0;
  if (field.type.kind == TYPE_UUID && chance(random, 50))
    field.default_kind = DEFAULT_FUNCTION;
  return field;
}

static guint
any_field(const Entity *entity, GRand *random)
{
  return g_array_index(entity->fields, Field, roll(random, entity->fields->len)).id;
}

static void
add_index(Draft *self, Entity *entity, GRand *random)
{
  Index index = {.id = self->next_id++};
  index.n = 1 + roll(random, MAX_PARTS);
  for (guint i = 0; i < index.n; i++)
    index.parts[i] = (Part){.field = any_field(entity, random),
                            .expression = chance(random, 25),
                            .descending = chance(random, 25)};
  index.unique = chance(random, 20);
  index.where = chance(random, 25) ? any_field(entity, random) : 0;
  index.include = chance(random, 10) ? any_field(entity, random) : 0;
  if (chance(random, 60) || index.where != 0)
    index.name = draft_table_name(self, random);
  for (guint i = 0; i < index.n; i++)
    if (index.parts[i].expression && index.name == NULL)
      index.name = draft_table_name(self, random);
  /* Derived names of two indexes over the same fields would be the same. */
  if (index.name == NULL && entity->indexes->len > 0)
    index.name = draft_table_name(self, random);
  g_array_append_val(entity->indexes, index);
}

static void
add_unique(Draft *self, Entity *entity, GRand *random)
{
  Rule rule = {.id = self->next_id++, .n = 2};
  rule.fields[0] = any_field(entity, random);
  rule.fields[1] = any_field(entity, random);
  if (chance(random, 50))
    rule.name = draft_table_name(self, random);
  g_array_append_val(entity->uniques, rule);
}

static void
add_check(Draft *self, Entity *entity, GRand *random)
{
  Rule rule = {.id = self->next_id++, .n = 1, .check = (CheckKind) (1 + roll(random, 4))};
  rule.fields[0] = any_field(entity, random);
  rule.name = draft_table_name(self, random);
  g_array_append_val(entity->checks, rule);
}

/* A reference to a key of several fields: the fields that hold it are made on the way. */
static void
add_foreign(Draft *self, Entity *entity, GRand *random)
{
  const Entity *target = self->entities->pdata[roll(random, self->entities->len)];
  guint n = entity_key_length(target);
  if (target == entity || n < 2 || n > MAX_PARTS)
    return;
  Foreign foreign = {.id = self->next_id++, .n = n, .references = target->id};
  guint k = 0;
  for (guint i = 0; i < target->fields->len; i++) {
    const Field *key = &g_array_index(target->fields, Field, i);
    if (!key->primary)
      continue;
    Field field;
    memset(&field, 0, sizeof field);
    field.id = self->next_id++;
    field.name = field_name(self, entity, random);
    field.type = key->type;
    foreign.fields[k++] = field.id;
    g_array_append_val(entity->fields, field);
  }
  foreign.on_delete = chance(random, 50) ? "cascade" : NULL;
  if (chance(random, 50))
    foreign.name = draft_table_name(self, random);
  g_array_append_val(entity->foreigns, foreign);
}

void
draft_add_part(Draft *self, Entity *entity, GRand *random)
{
  switch (roll(random, 6)) {
  case 0:
    add_unique(self, entity, random);
    break;
  case 1:
    add_check(self, entity, random);
    break;
  case 2:
    add_foreign(self, entity, random);
    break;
  default:
    add_index(self, entity, random);
    break;
  }
}

static const char *
new_entity_name(Draft *self, GRand *random)
{
  for (;;) {
    const char *base = pick(random, entity_names, G_N_ELEMENTS(entity_names));
    g_autofree char *name = g_strdup_printf("%s%u", base, self->next_id++);
    const char *wanted = table_name_taken(self, base) || chance(random, 30) ? name : base;
    if (!table_name_taken(self, wanted))
      return draft_text(wanted);
  }
}

void
draft_add_entity(Draft *self, GRand *random)
{
  Entity *entity = entity_new(self->next_id++);
  entity->name = new_entity_name(self, random);
  entity->description = maybe_description(random);
  if (chance(random, 35))
    entity->table = draft_table_name(self, random);
  g_ptr_array_add(self->entities, entity);
  guint keys = chance(random, 8) ? 0 : chance(random, 20) ? 2 : 1;
  for (guint i = 0; i < keys; i++) {
    Field key = key_field(self, random);
    if (i > 0)
      key.name = field_name(self, entity, random);
    g_array_append_val(entity->fields, key);
  }
  guint fields = roll(random, 7) + (keys == 0);
  for (guint i = 0; i < fields; i++) {
    Field field = draft_random_field(self, entity, random);
    g_array_append_val(entity->fields, field);
  }
  for (guint i = roll(random, 4); i > 0; i--)
    draft_add_part(self, entity, random);
}

void
draft_add_enum(Draft *self, GRand *random)
{
  Enumeration enumeration = {.id = self->next_id++, .labels = random_labels(self, random)};
  g_autofree char *name = g_strdup_printf("Enum%u", enumeration.id);
  enumeration.name = draft_text(name);
  enumeration.description = maybe_description(random);
  g_array_append_val(self->enums, enumeration);
}

void
draft_add_view(Draft *self, GRand *random)
{
  if (self->entities->len == 0)
    return;
  const Entity *entity = self->entities->pdata[roll(random, self->entities->len)];
  View view = {.id = self->next_id++, .entity = entity->id, .n = 1 + roll(random, MAX_PARTS)};
  for (guint i = 0; i < view.n; i++)
    view.fields[i] = any_field(entity, random);
  view.name = draft_table_name(self, random);
  view.filtered = chance(random, 50);
  view.description = maybe_description(random);
  g_array_append_val(self->views, view);
}

Draft *
draft_generate(GRand *random)
{
  Draft *self = draft_new();
  for (guint i = roll(random, 3); i > 0; i--)
    draft_add_enum(self, random);
  for (guint i = 1 + roll(random, 5); i > 0; i--)
    draft_add_entity(self, random);
  for (guint i = roll(random, 3); i > 0; i--)
    draft_add_view(self, random);
  draft_tidy(self);
  return self;
}
