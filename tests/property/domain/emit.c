/* Drafts as the YAML that an author would write. */
#include "emit.h"

#include <string.h>

#include "core/base/text.h"

char *
emit_quoted(const char *text)
{
  GString *out = g_string_new("\"");
  for (const char *at = text; *at != '\0'; at++) {
    if (*at == '"' || *at == '\\')
      g_string_append_c(out, '\\');
    g_string_append_c(out, *at);
  }
  g_string_append_c(out, '"');
  return g_string_free(out, FALSE);
}

void
emit_append_quoted(GString *out, const char *text)
{
  g_autofree char *scalar = emit_quoted(text);
  g_string_append(out, scalar);
}

void
emit_append_name(GString *sql, const char *name)
{
  g_string_append_c(sql, '"');
  for (const char *at = name; *at != '\0'; at++) {
    if (*at == '"')
      g_string_append_c(sql, '"');
    g_string_append_c(sql, *at);
  }
  g_string_append_c(sql, '"');
}

static void
append_literal(GString *sql, const char *text)
{
  g_string_append_c(sql, '\'');
  for (const char *at = text; *at != '\0'; at++) {
    if (*at == '\'')
      g_string_append_c(sql, '\'');
    g_string_append_c(sql, *at);
  }
  g_string_append_c(sql, '\'');
}

const char *
emit_column(const Field *field)
{
  return field->column ? field->column : field->name;
}

static char *
table_of(const Entity *entity)
{
  return entity->table ? g_strdup(entity->table) : dmig_text_snake_case(entity->name);
}

static const char *const type_words[N_TYPES] = {
    "boolean", "smallint", "integer", "bigint",    "decimal",     "real",     "double",
    "string",  "text",     "binary",  "date",      "time",        "timestamp", "timestamptz",
    "interval", "uuid",    "json",    "enum",      "enum",        "array",
};

static char *
type_text(const Draft *draft, const Type *type)
{
  GString *text = g_string_new(type_words[type->kind]);
  switch ((int) type->kind) {
  case TYPE_STRING:
    g_string_append_printf(text, "(%u)", type->length);
    break;
  case TYPE_DECIMAL:
    g_string_append_printf(text, "(%u,%u)", type->precision, type->scale);
    break;
  case TYPE_ENUM:
    g_string_append_c(text, '(');
    for (guint i = 0; i < type->labels.n; i++) {
      g_string_append(text, i > 0 ? ", " : "");
      append_literal(text, type->labels.items[i].name);
    }
    g_string_append_c(text, ')');
    break;
  case TYPE_NAMED_ENUM:
    g_string_assign(text, draft_enum(draft, type->enumeration)->name);
    break;
  case TYPE_ARRAY:
    g_string_printf(text, "%s[]", type_words[type->element]);
    break;
  default:
    break;
  }
  return g_string_free(text, FALSE);
}

char *
emit_literal(const Draft *draft, const Type *type, guint choice)
{
  static const char *const texts[] = {"x", "it's", "\xc3\xa9\"\\"};
  switch (type->kind) {
  case TYPE_BOOLEAN:
    return g_strdup(choice % 2 ? "true" : "false");
  case TYPE_SMALLINT:
  case TYPE_INTEGER:
  case TYPE_BIGINT:
  case TYPE_REAL:
  case TYPE_DOUBLE:
    return g_strdup_printf("%d", choice == 0 ? 0 : choice == 1 ? 7 : -3);
  case TYPE_DECIMAL:
    return g_strdup("0");
  case TYPE_STRING:
    return emit_quoted(type->length < 4 ? "x" : texts[choice]);
  case TYPE_TEXT:
    return emit_quoted(texts[choice]);
  case TYPE_DATE:
    return emit_quoted("2024-02-29");
  case TYPE_TIME:
    return emit_quoted("12:30:00");
  case TYPE_TIMESTAMP:
    return emit_quoted("2024-02-29 12:30:00");
  case TYPE_UUID:
    return emit_quoted("8d6c1f0e-2b3a-4c5d-8e9f-001122334455");
  case TYPE_ENUM:
    return emit_quoted(type->labels.items[choice % type->labels.n].name);
  case TYPE_NAMED_ENUM: {
    const Labels *labels = &draft_enum(draft, type->enumeration)->labels;
    return emit_quoted(labels->items[choice % labels->n].name);
  }
  case TYPE_BINARY:
  case TYPE_TIMESTAMPTZ:
  case TYPE_INTERVAL:
  case TYPE_JSON:
  case TYPE_ARRAY:
  case N_TYPES:
    return NULL;
  }
  return NULL;
}

static const char *
function_value(const Type *type)
{
  switch ((int) type->kind) {
  case TYPE_TIMESTAMP:
  case TYPE_TIMESTAMPTZ:
    return "now()";
  case TYPE_DATE:
    return "today()";
  case TYPE_UUID:
    return "uuid()";
  default:
    return NULL;
  }
}

static char *
default_text(const Draft *draft, const Field *field)
{
  const Type *type = &field->type;
  if (field->default_kind == DEFAULT_NONE)
    return NULL;
  if (field->default_kind == DEFAULT_FUNCTION && function_value(type) != NULL)
    return g_strdup(function_value(type));
  if (field->default_kind == DEFAULT_SQL && type_is_number(type) && type->kind != TYPE_DECIMAL)
    return g_strdup("{sql: \"1 + 1\"}");
  if (field->default_kind == DEFAULT_SQL && type_is_text(type))
    return g_strdup("{sql: \"upper('x')\"}");
  return emit_literal(draft, type, field->default_choice);
}

static char *
check_sql(CheckKind check, const Field *field)
{
  GString *sql = g_string_new(NULL);
  if (check == CHECK_LENGTH)
    g_string_append(sql, "length(");
  emit_append_name(sql, emit_column(field));
  switch (check) {
  case CHECK_NOT_NEGATIVE:
    g_string_append(sql, " >= 0");
    break;
  case CHECK_AT_SIGN:
    g_string_append(sql, " LIKE '%@%'");
    break;
  case CHECK_LENGTH:
    g_string_append(sql, ") > 0");
    break;
  case CHECK_LIST:
    g_string_append(sql, " IN ('a', 'b', 'it''s')");
    break;
  case CHECK_NONE:
    break;
  }
  return g_string_free(sql, FALSE);
}

/* Expressions that no value is too large for. */
static char *
generated_sql(const Entity *entity, const Field *field)
{
  const Field *base = entity_field(entity, field->generated_from);
  GString *sql = g_string_new(NULL);
  if (type_is_number(&base->type)) {
    g_string_append(sql, field->generated_twice ? "nullif(" : "coalesce(");
    emit_append_name(sql, emit_column(base));
    g_string_append(sql, ", 0)");
  } else {
    g_string_append(sql, field->generated_twice ? "lower(" : "upper(");
    emit_append_name(sql, emit_column(base));
    g_string_append_c(sql, ')');
  }
  return g_string_free(sql, FALSE);
}

static void
append_pair(GString *out, const char *key, const char *scalar)
{
  if (scalar != NULL)
    g_string_append_printf(out, ", %s: %s", key, scalar);
}

static void
append_text_pair(GString *out, const char *key, const char *text)
{
  if (text == NULL)
    return;
  g_autofree char *scalar = emit_quoted(text);
  append_pair(out, key, scalar);
}

static void
append_field(GString *out, const Draft *draft, const Entity *entity, const Field *field)
{
  g_string_append(out, "      ");
  emit_append_quoted(out, field->name);
  if (field->references != 0) {
    g_string_append(out, ": {references: ");
    emit_append_quoted(out, draft_entity(draft, field->references)->name);
    append_pair(out, "on_delete", field->on_delete);
    append_pair(out, "on_update", field->on_update);
    append_pair(out, "deferrable", field->deferrable);
  } else {
    g_autofree char *type = type_text(draft, &field->type);
    g_string_append(out, ": {type: ");
    emit_append_quoted(out, type);
  }
  if (field->primary)
    append_pair(out, "primary", "true");
  else if (field->required)
    append_pair(out, "required", "true");
  if (field->unique && !field->primary)
    append_pair(out, "unique", "true");
  if (field->identity != 0)
    append_pair(out, "identity", field->identity == 1 ? "true" : "always");
  g_autofree char *value = default_text(draft, field);
  append_pair(out, "default", value);
  if (field->generated_from != 0) {
    g_autofree char *sql = generated_sql(entity, field);
    append_text_pair(out, "generated", sql);
  }
  if (field->check != CHECK_NONE) {
    g_autofree char *sql = check_sql(field->check, field);
    append_text_pair(out, "check", sql);
  }
  append_text_pair(out, "column", field->column);
  append_text_pair(out, "description", field->description);
  g_string_append(out, "}\n");
}

static void
append_index(GString *out, const Entity *entity, const Index *index)
{
  g_string_append(out, "      - {fields: [");
  for (guint i = 0; i < index->n; i++) {
    const Part *part = &index->parts[i];
    const Field *field = entity_field(entity, part->field);
    g_string_append(out, i > 0 ? ", {" : "{");
    if (part->expression) {
      g_autoptr(GString) sql = g_string_new("lower(");
      emit_append_name(sql, emit_column(field));
      g_string_append_c(sql, ')');
      g_string_append(out, "expression: ");
      emit_append_quoted(out, sql->str);
    } else {
      g_string_append(out, "field: ");
      emit_append_quoted(out, field->name);
    }
    append_pair(out, "desc", part->descending ? "true" : NULL);
    g_string_append_c(out, '}');
  }
  g_string_append_c(out, ']');
  append_text_pair(out, "name", index->name);
  append_pair(out, "unique", index->unique ? "true" : NULL);
  if (index->where != 0) {
    g_autoptr(GString) sql = g_string_new(NULL);
    emit_append_name(sql, emit_column(entity_field(entity, index->where)));
    g_string_append(sql, " IS NOT NULL");
    append_text_pair(out, "where", sql->str);
  }
  if (index->include != 0) {
    g_autofree char *name = emit_quoted(entity_field(entity, index->include)->name);
    g_string_append_printf(out, ", include: [%s]", name);
  }
  g_string_append(out, "}\n");
}

static void
append_field_names(GString *out, const Entity *entity, const guint *fields, guint n)
{
  for (guint i = 0; i < n; i++) {
    g_string_append(out, i > 0 ? ", " : "");
    emit_append_quoted(out, entity_field(entity, fields[i])->name);
  }
}

static void
append_parts(GString *out, const Draft *draft, const Entity *entity)
{
  g_string_append(out, entity->indexes->len > 0 ? "    indexes:\n" : "");
  for (guint i = 0; i < entity->indexes->len; i++)
    append_index(out, entity, &g_array_index(entity->indexes, Index, i));
  g_string_append(out, entity->uniques->len > 0 ? "    unique:\n" : "");
  for (guint i = 0; i < entity->uniques->len; i++) {
    const Rule *rule = &g_array_index(entity->uniques, Rule, i);
    g_string_append(out, "      - {fields: [");
    append_field_names(out, entity, rule->fields, rule->n);
    g_string_append_c(out, ']');
    append_text_pair(out, "name", rule->name);
    g_string_append(out, "}\n");
  }
  g_string_append(out, entity->checks->len > 0 ? "    checks:\n" : "");
  for (guint i = 0; i < entity->checks->len; i++) {
    const Rule *rule = &g_array_index(entity->checks, Rule, i);
    g_autofree char *sql = check_sql(rule->check, entity_field(entity, rule->fields[0]));
    g_string_append(out, "      ");
    emit_append_quoted(out, rule->name);
    g_string_append(out, ": ");
    emit_append_quoted(out, sql);
    g_string_append_c(out, '\n');
  }
  g_string_append(out, entity->foreigns->len > 0 ? "    foreign:\n" : "");
  for (guint i = 0; i < entity->foreigns->len; i++) {
    const Foreign *foreign = &g_array_index(entity->foreigns, Foreign, i);
    g_string_append(out, "      - {fields: [");
    append_field_names(out, entity, foreign->fields, foreign->n);
    g_string_append(out, "], references: ");
    emit_append_quoted(out, draft_entity(draft, foreign->references)->name);
    append_text_pair(out, "name", foreign->name);
    append_pair(out, "on_delete", foreign->on_delete);
    g_string_append(out, "}\n");
  }
}

static void
append_entity(GString *out, const Draft *draft, const Entity *entity)
{
  g_string_append(out, "  ");
  emit_append_quoted(out, entity->name);
  g_string_append(out, ":\n");
  if (entity->table != NULL) {
    g_autofree char *table = emit_quoted(entity->table);
    g_string_append_printf(out, "    table: %s\n", table);
  }
  if (entity->description != NULL) {
    g_autofree char *description = emit_quoted(entity->description);
    g_string_append_printf(out, "    description: %s\n", description);
  }
  g_string_append(out, "    fields:\n");
  for (guint i = 0; i < entity->fields->len; i++)
    append_field(out, draft, entity, &g_array_index(entity->fields, Field, i));
  append_parts(out, draft, entity);
}

static void
append_enums(GString *out, const Draft *draft)
{
  g_string_append(out, draft->enums->len > 0 ? "enums:\n" : "");
  for (guint i = 0; i < draft->enums->len; i++) {
    const Enumeration *enumeration = &g_array_index(draft->enums, Enumeration, i);
    g_string_append_printf(out, "  %s: {labels: [", enumeration->name);
    for (guint k = 0; k < enumeration->labels.n; k++) {
      g_string_append(out, k > 0 ? ", " : "");
      emit_append_quoted(out, enumeration->labels.items[k].name);
    }
    g_string_append_c(out, ']');
    append_text_pair(out, "description", enumeration->description);
    g_string_append(out, "}\n");
  }
}

static void
append_view(GString *out, const Draft *draft, const View *view)
{
  const Entity *entity = draft_entity(draft, view->entity);
  g_autofree char *table = table_of(entity);
  g_autoptr(GString) sql = g_string_new("SELECT ");
  for (guint i = 0; i < view->n; i++) {
    g_string_append(sql, i > 0 ? ", " : "");
    emit_append_name(sql, emit_column(entity_field(entity, view->fields[i])));
  }
  g_string_append(sql, " FROM ");
  emit_append_name(sql, table);
  if (view->filtered) {
    g_string_append(sql, " WHERE ");
    emit_append_name(sql, emit_column(entity_field(entity, view->fields[0])));
    g_string_append(sql, " IS NOT NULL");
  }
  g_string_append_printf(out, "  View%u: {sql: ", view->id);
  emit_append_quoted(out, sql->str);
  append_text_pair(out, "view", view->name);
  append_text_pair(out, "description", view->description);
  g_string_append(out, "}\n");
}

char *
draft_to_yaml(const Draft *self)
{
  GString *out = g_string_new("domain: drawn\ndialects: [sqlite, postgresql]\n");
  append_enums(out, self);
  g_string_append(out, self->entities->len > 0 ? "entities:\n" : "entities: {}\n");
  for (guint i = 0; i < self->entities->len; i++)
    append_entity(out, self, self->entities->pdata[i]);
  g_string_append(out, self->views->len > 0 ? "views:\n" : "");
  for (guint i = 0; i < self->views->len; i++)
    append_view(out, self, &g_array_index(self->views, View, i));
  return g_string_free(out, FALSE);
}
