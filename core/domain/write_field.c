/* Fields, in one line where that says all. */
#include "core/domain/write_parts.h"

#include <string.h>

#include <jansson.h>

#include "core/base/text.h"
#include "core/domain/form.h"
#include "core/domain/short_form.h"

const char *
dmig_write_deferrable(DmigDeferrable deferrable)
{
  return deferrable == DMIG_NOT_DEFERRABLE ? NULL
         : deferrable == DMIG_DEFERRABLE   ? "immediate"
                                           : "deferred";
}

const char *
dmig_write_action(DmigAction action)
{
  switch (action) {
  case DMIG_ACTION_NO_ACTION:
    return NULL;
  case DMIG_ACTION_RESTRICT:
    return "restrict";
  case DMIG_ACTION_CASCADE:
    return "cascade";
  case DMIG_ACTION_SET_NULL:
    return "set_null";
  case DMIG_ACTION_SET_DEFAULT:
    return "set_default";
  }
  return NULL;
}

void
dmig_write_set_on_delete(DmigWriteNode *map, DmigAction action, char *const *fields)
{
  if (fields == NULL) {
    dmig_write_node_set_text(map, "on_delete", dmig_write_action(action));
    return;
  }
  DmigWriteNode *some = dmig_write_node_set(map, "on_delete", dmig_write_node_map());
  dmig_write_node_set(some, dmig_write_action(action), dmig_write_node_names(fields));
}

/* The key that a relationship's column is called after. */
static const DmigField *
root_key(const DmigWriting *self, const DmigField *field)
{
  const DmigField *key = field;
  for (guint depth = 0; depth < 32 && key != NULL && key->references != NULL; depth++) {
    const DmigEntity *target = g_hash_table_lookup(self->entities, key->references);
    char *const *fields = target != NULL ? dmig_entity_key(target) : NULL;
    key = fields != NULL && fields[0] != NULL && fields[1] == NULL
              ? dmig_entity_field(target, fields[0])
              : NULL;
  }
  return key;
}

static gboolean
column_is_derived(const DmigWriting *self, const DmigField *field)
{
  if (field->column == NULL)
    return TRUE;
  if (field->references == NULL)
    return strcmp(field->column, field->name) == 0;
  const DmigField *key = root_key(self, field);
  if (key == NULL)
    return FALSE;
  g_autofree char *derived
      = dmig_relationship_column(field->name, key->column != NULL ? key->column : key->name);
  return strcmp(field->column, derived) == 0;
}

static char *
portable_text(const DmigField *field)
{
  if (field->type_name == NULL)
    return dmig_type_to_text(field->type);
  GString *text = g_string_new(NULL);
  g_autofree char *name = dmig_path_text(field->type_name);
  g_string_append(text, name);
  for (guint i = 0; i < field->type_dimensions; i++)
    g_string_append(text, "[]");
  return g_string_free(text, FALSE);
}

/* The type where one text says it; NULL: it takes a mapping. Owned. */
static char *
type_text(const DmigField *field)
{
  return field->native == NULL ? portable_text(field) : dmig_short_form_native(field);
}

/* Whether a literal means itself where it stands alone: it is neither nothing nor a call. */
static gboolean
stands_alone(const char *literal)
{
  gsize plain = 0;
  while (g_ascii_isalnum(literal[plain]) || strchr("_.+-", literal[plain] == '\0' ? '(' : literal[plain]) != NULL)
    plain++;
  return literal[plain] == '\0' && plain > 0 && g_ascii_strcasecmp(literal, "null") != 0;
}

/* What the reader takes for a number, true or false within a list. */
static gboolean
is_json(const char *text)
{
  json_t *json = json_loads(text, JSON_DECODE_ANY, NULL);
  json_decref(json);
  return json != NULL;
}

static gboolean
is_list(const DmigField *field)
{
  return field->type != NULL && field->type->kind == DMIG_TYPE_ARRAY && field->type_name == NULL;
}

static void
append_flag(GString *line, const char *flag, const char *argument, gboolean set)
{
  if (!set)
    return;
  g_string_append_c(line, ' ');
  g_string_append(line, flag);
  if (argument == NULL)
    return;
  g_string_append_c(line, ' ');
  g_string_append(line, argument);
}

static void
append_default(GString *line, const DmigValue *value)
{
  if (value->kind == DMIG_VALUE_NULL) {
    append_flag(line, "default", "null", TRUE);
    return;
  }
  if (value->kind == DMIG_VALUE_FUNCTION) {
    g_string_append_printf(line, " default %s()", dmig_function_name(value->function));
    return;
  }
  if (stands_alone(value->literal)) {
    append_flag(line, "default", value->literal, TRUE);
    return;
  }
  g_auto(GStrv) pieces = g_strsplit(value->literal, "'", -1);
  g_autofree char *doubled = g_strjoinv("''", pieces);
  g_string_append_printf(line, " default '%s'", doubled);
}

static gboolean
is_flag_alone(const char *name)
{
  return strpbrk(name, " \t\r\n'()") == NULL && *name != '\0';
}

/* Whether one line can say it all. */
static gboolean
is_short(const DmigWriting *self, const DmigField *field)
{
  const DmigValue *value = field->default_value;
  g_autofree char *native = dmig_short_form_native(field);
  gboolean long_only = (field->native != NULL && native == NULL && field->references == NULL)
                       || field->generated != DMIG_GENERATED_NONE
                       || field->check != NULL || field->collation != NULL
                       || field->description != NULL || field->constraint != NULL
                       || field->on_delete_fields != NULL || field->attributes->len > 0
                       || field->nullable || field->on_null != NULL
                       || !column_is_derived(self, field);
  if (long_only || (field->references != NULL && !is_flag_alone(field->references)))
    return FALSE;
  if (value != NULL && (value->kind == DMIG_VALUE_SQL || (value->kind == DMIG_VALUE_LITERAL && is_list(field))))
    return FALSE;
  return value == NULL || value->literal == NULL || strpbrk(value->literal, "\n\r") == NULL;
}

static gboolean
is_key_alone(const DmigEntity *entity, const DmigField *field)
{
  return entity->primary[0] != NULL && entity->primary[1] == NULL
         && strcmp(entity->primary[0], field->name) == 0;
}

/* `required` goes without saying for keys and for what the database numbers; for a key it may be said
 * all the same. */
static gboolean
says_required(const DmigEntity *entity, const DmigField *field)
{
  if (dmig_strv_contains(entity->primary, field->name))
    return field->states_required;
  return field->required && field->identity == DMIG_IDENTITY_NONE && !field->serial;
}

static DmigWriteNode *
short_form(const DmigEntity *entity, const DmigField *field)
{
  g_autofree char *type = field->references == NULL ? type_text(field) : NULL;
  g_autoptr(GString) line = g_string_new(type);
  const char *on_delete = dmig_write_action(field->on_delete);
  const char *on_update = dmig_write_action(field->on_update);
  append_flag(line, "references", field->references, field->references != NULL);
  append_flag(line, "identity", NULL, field->identity != DMIG_IDENTITY_NONE);
  append_flag(line, "always", NULL, field->identity == DMIG_IDENTITY_ALWAYS);
  append_flag(line, "serial", NULL, field->serial);
  append_flag(line, "primary", NULL, is_key_alone(entity, field));
  append_flag(line, "required", NULL, says_required(entity, field));
  append_flag(line, "unique", NULL, field->unique);
  append_flag(line, "on_delete", on_delete, on_delete != NULL);
  append_flag(line, "on_update", on_update, on_update != NULL);
  append_flag(line, "deferrable", NULL, field->deferrable == DMIG_DEFERRABLE);
  append_flag(line, "deferred", NULL, field->deferrable == DMIG_INITIALLY_DEFERRED);
  if (field->default_value != NULL)
    append_default(line, field->default_value);
  return dmig_write_node_text(line->str + (*line->str == ' '));
}

/* The long form. */

static DmigWriteNode *
type_node(const DmigField *field)
{
  g_autofree char *type = type_text(field);
  if (type != NULL)
    return dmig_write_node_text(type);
  g_autofree char *portable
      = field->type != NULL || field->type_name != NULL ? portable_text(field) : NULL;
  DmigSqlText by_dialect = { .shared = portable, .by_dialect = field->native };
  return dmig_write_sql(&by_dialect);
}

static const char *const counter_keys[]
    = { "sequence", "start", "increment", "min", "max", "cache", "cycle", NULL };
static const char *const storage_keys[] = { "storage", "compression", "statistics", "with", NULL };

static gboolean
has_counter(const DmigField *field)
{
  for (const char *const *key = counter_keys; *key != NULL; key++)
    if (dmig_attributes_find(field->attributes, *key) != NULL)
      return TRUE;
  return FALSE;
}

static void
set_numbering(DmigWriteNode *map, const DmigField *field)
{
  gboolean identity = field->identity != DMIG_IDENTITY_NONE;
  gboolean always = field->identity == DMIG_IDENTITY_ALWAYS;
  if (!has_counter(field)) {
    if (identity)
      dmig_write_node_set_value(map, "identity", always ? "always" : "true");
    dmig_write_node_set_true(map, "serial", field->serial);
    return;
  }
  DmigWriteNode *counter
      = dmig_write_node_set(map, identity ? "identity" : "serial", dmig_write_node_map());
  if (always)
    dmig_write_node_set_text(counter, "as", "always");
  dmig_write_set_attributes(counter, field->attributes, counter_keys);
}

/* A list of JSON, as far as YAML says it in the same way; else the text. */
static DmigWriteNode *
list_node(const char *text)
{
  json_t *json = json_loads(text, 0, NULL);
  g_autoptr(DmigWriteNode) list = dmig_write_node_list();
  gboolean simple = json_is_array(json);
  for (gsize i = 0; simple && i < json_array_size(json); i++) {
    const char *item = json_string_value(json_array_get(json, i));
    simple = item != NULL;
    if (simple)
      dmig_write_node_append(list, stands_alone(item) && !is_json(item)
                                       ? dmig_write_node_value(item)
                                       : dmig_write_node_quoted(item));
  }
  json_decref(json);
  return simple ? g_steal_pointer(&list) : dmig_write_node_quoted(text);
}

static DmigWriteNode *
default_node(const DmigValue *value, gboolean is_list)
{
  if (value == NULL)
    return NULL;
  if (value->kind == DMIG_VALUE_NULL)
    return dmig_write_node_null();
  if (value->kind == DMIG_VALUE_SQL) {
    DmigWriteNode *map = dmig_write_node_map();
    dmig_write_set_sql(map, "sql", value->sql);
    return map;
  }
  if (value->kind == DMIG_VALUE_LITERAL && is_list)
    return list_node(value->literal);
  if (value->kind == DMIG_VALUE_LITERAL)
    return stands_alone(value->literal) ? dmig_write_node_value(value->literal)
                                        : dmig_write_node_quoted(value->literal);
  g_autofree char *call = g_strconcat(dmig_function_name(value->function), "()", NULL);
  return dmig_write_node_value(call);
}

static DmigWriteNode *
generated_node(const DmigField *field)
{
  if (field->generated == DMIG_GENERATED_NONE)
    return NULL;
  if (field->generated == DMIG_GENERATED_STORED && field->generated_sql->by_dialect == NULL)
    return dmig_write_sql(field->generated_sql);
  DmigWriteNode *map = dmig_write_node_map();
  dmig_write_set_sql(map, "sql", field->generated_sql);
  if (field->generated == DMIG_GENERATED_VIRTUAL)
    dmig_write_node_set_text(map, "as", "virtual");
  return map;
}

static DmigWriteNode *
long_form(const DmigWriting *self, const DmigEntity *entity, const DmigField *field)
{
  DmigWriteNode *map = dmig_write_node_map();
  if (field->references == NULL)
    dmig_write_node_set(map, "type", type_node(field));
  dmig_write_node_set_text(map, "references", field->references);
  if (!column_is_derived(self, field))
    dmig_write_node_set_text(map, "column", field->column);
  set_numbering(map, field);
  dmig_write_node_set_true(map, "primary", is_key_alone(entity, field));
  dmig_write_node_set_true(map, "required", says_required(entity, field));
  dmig_write_node_set_true(map, "nullable", field->nullable);
  dmig_write_node_set_text(map, "on_null", field->on_null);
  dmig_write_node_set_true(map, "unique", field->unique);
  dmig_write_set_on_delete(map, field->on_delete, field->on_delete_fields);
  dmig_write_node_set_text(map, "on_update", dmig_write_action(field->on_update));
  dmig_write_node_set_text(map, "deferrable", dmig_write_deferrable(field->deferrable));
  dmig_write_node_set_text(map, "constraint", field->constraint);
  dmig_write_node_set(map, "default", default_node(field->default_value, is_list(field)));
  dmig_write_node_set(map, "generated", generated_node(field));
  dmig_write_set_sql(map, "check", field->check);
  dmig_write_node_set_text(map, "collation", field->collation);
  dmig_write_set_attributes(map, field->attributes, storage_keys);
  dmig_write_node_set_text(map, "description", field->description);
  return map;
}

DmigWriteNode *
dmig_write_field(const DmigWriting *self, const DmigEntity *entity, const DmigField *field)
{
  return is_short(self, field) ? short_form(entity, field) : long_form(self, entity, field);
}
