/* The forms of SQL and of values: what several keys of both formats take. */
#include "core/domain/form.h"

#include <stdlib.h>
#include <string.h>

#include <jansson.h>

const DmigKey dmig_dialect_keys[] = { DMIG_DIALECT_KEYS, { 0 } };

void
dmig_form_read_by_dialect(DmigReading *reading, const DmigForm *form, const DmigYamlNode *node,
                          GHashTable **out_by_dialect, char **out_else)
{
  g_autoptr(GHashTable) by_dialect = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
  for (guint i = 0; i < dmig_yaml_length(node); i++) {
    const DmigKey *key = dmig_form_find_key(reading, form, dmig_yaml_key(node, i));
    char *text = NULL;
    if (key != NULL)
      dmig_form_read(reading, key->form, dmig_yaml_value(node, i), &text);
    if (text != NULL && strcmp(key->name, "else") == 0)
      *out_else = text;
    else if (text != NULL)
      g_hash_table_insert(by_dialect, g_strdup(key->name), text);
  }
  if (dmig_yaml_length(node) == 0)
    dmig_reading_report(reading, node->at, DMIG_RULE_MISSING_VALUE, NULL,
                        "expected %s, found nothing", form->expects);
  if (g_hash_table_size(by_dialect) > 0)
    *out_by_dialect = g_steal_pointer(&by_dialect);
}

static void
read_shared_sql(DmigReading *reading, const DmigForm *form, const DmigYamlNode *node,
                gpointer place)
{
  DmigSqlText **sql = place;
  dmig_sql_text_free(*sql);
  *sql = dmig_sql_text_new(node->at, node->text);
}

static void
read_sql_by_dialect(DmigReading *reading, const DmigForm *form, const DmigYamlNode *node,
                    gpointer place)
{
  DmigSqlText **sql = place;
  dmig_sql_text_free(*sql);
  *sql = dmig_sql_text_new(node->at, NULL);
  dmig_form_read_by_dialect(reading, form, node, &(*sql)->by_dialect, &(*sql)->shared);
}

const DmigForm dmig_form_sql = {
  .definition = "sql",
  .expects = "SQL, or a mapping of dialects to SQL",
  .scalar = read_shared_sql,
  .mapping = read_sql_by_dialect,
  .keys = dmig_dialect_keys,
};

static const DmigWord functions[] = {
  { "now", DMIG_FUNCTION_NOW },
  { "current_timestamp", DMIG_FUNCTION_CURRENT_TIMESTAMP },
  { "today", DMIG_FUNCTION_TODAY },
  { "uuid", DMIG_FUNCTION_UUID },
  { NULL, 0 },
};

const char *
dmig_function_name(DmigFunction function)
{
  for (const DmigWord *word = functions; word->word != NULL; word++) {
    if (word->value == (int) function)
      return word->word;
  }
  return NULL;
}

/* A portable function's value from `now()`; FALSE where the text is none. */
static gboolean
function_from_text(const char *text, DmigFunction *out_function)
{
  for (const DmigWord *word = functions; word->word != NULL; word++) {
    gsize length = strlen(word->word);
    if (strncmp(text, word->word, length) == 0 && strcmp(text + length, "()") == 0) {
      *out_function = (DmigFunction) word->value;
      return TRUE;
    }
  }
  return FALSE;
}

static DmigValue *
value_new(DmigLocation at, DmigValueKind kind, gpointer place)
{
  DmigValue **value = place;
  dmig_value_free(*value);
  *value = g_new0(DmigValue, 1);
  (*value)->at = at;
  (*value)->kind = kind;
  return *value;
}

static gboolean
looks_like_call(const char *text)
{
  gsize word = strspn(text, "abcdefghijklmnopqrstuvwxyz_ABCDEFGHIJKLMNOPQRSTUVWXYZ.");
  return word > 0 && text[word] == '(' && g_str_has_suffix(text, ")");
}

static void
read_scalar_value(DmigReading *reading, const DmigForm *form, const DmigYamlNode *node,
                  gpointer place)
{
  DmigFunction function;
  if (node->plain && function_from_text(node->text, &function)) {
    value_new(node->at, DMIG_VALUE_FUNCTION, place)->function = function;
    return;
  }
  if (node->plain && looks_like_call(node->text)) {
    const char *shown = dmig_reading_show(reading, node->text);
    g_autofree char *hint
        = g_strdup_printf("write {sql: \"%s\"} to call it, or put it in quotes", shown);
    dmig_reading_report(reading, node->at, DMIG_RULE_DEFAULT_LOOKS_LIKE_SQL, hint,
                        "'%s' is taken as a text", shown);
  }
  value_new(node->at, DMIG_VALUE_LITERAL, place)->literal = g_strdup(node->text);
}

/* Depth is bounded by the YAML reader's. */
static json_t *
node_to_json(const DmigYamlNode *node)
{
  if (node->kind == DMIG_YAML_SCALAR) {
    json_t *plain = node->plain ? json_loads(node->text, JSON_DECODE_ANY, NULL) : NULL;
    return plain != NULL ? plain : json_string(node->text);
  }
  json_t *json = node->kind == DMIG_YAML_SEQUENCE ? json_array() : json_object();
  for (guint i = 0; i < dmig_yaml_length(node); i++) {
    if (node->kind == DMIG_YAML_SEQUENCE)
      json_array_append_new(json, node_to_json(dmig_yaml_item(node, i)));
    else
      json_object_set_new(json, dmig_yaml_key(node, i)->text,
                          node_to_json(dmig_yaml_value(node, i)));
  }
  return json;
}

static void
read_json_value(DmigReading *reading, const DmigForm *form, const DmigYamlNode *node,
                gpointer place)
{
  json_t *json = node_to_json(node);
  char *text = json_dumps(json, JSON_COMPACT);
  value_new(node->at, DMIG_VALUE_LITERAL, place)->literal = g_strdup(text != NULL ? text : "[]");
  free(text);
  json_decref(json);
}

static void
read_function(DmigReading *reading, const DmigForm *form, const DmigYamlNode *node, gpointer place)
{
  int function = -1;
  dmig_form_read_word(reading, form, node, &function);
  if (function >= 0)
    value_new(node->at, DMIG_VALUE_FUNCTION, place)->function = (DmigFunction) function;
}

static void
read_value_sql(DmigReading *reading, const DmigForm *form, const DmigYamlNode *node, gpointer place)
{
  dmig_form_read(reading, &dmig_form_sql, node, &value_new(node->at, DMIG_VALUE_SQL, place)->sql);
}

static const DmigForm function_form = {
  .expects = "now, current_timestamp, today or uuid",
  .scalar = read_function,
  .words = functions,
};

/* The same form as SQL has elsewhere, except that its place is the value that holds it. */
static const DmigForm value_sql_form = {
  .definition = "sql",
  .expects = "SQL, or a mapping of dialects to SQL",
  .scalar = read_value_sql,
  .mapping = read_value_sql,
  .keys = dmig_dialect_keys,
};

static const DmigKey value_keys[] = {
  { "function", &function_form, 0, FALSE,
    "A function that every dialect has: now, current_timestamp, today or uuid. `now()` for short." },
  { "sql", &value_sql_form, 0, FALSE, "An expression of SQL, shared or by dialect." },
  { 0 },
};

/* `{}` is JSON's empty object; any other mapping says how the value is computed. */
static void
read_computed_value(DmigReading *reading, const DmigForm *form, const DmigYamlNode *node,
                    gpointer place)
{
  if (dmig_yaml_length(node) == 0) {
    read_json_value(reading, form, node, place);
    return;
  }
  dmig_form_read_keys(reading, form, node, place);
  if (dmig_yaml_length(node) > 1)
    dmig_reading_report(reading, node->at, DMIG_RULE_CONTRADICTION, NULL,
                        "a value is a function or SQL, not both");
}

static void
read_null(DmigReading *reading, const DmigForm *form, const DmigYamlNode *node, gpointer place)
{
  value_new(node->at, DMIG_VALUE_NULL, place);
}

const DmigForm dmig_form_default = {
  .definition = "value",
  .expects = "a value, now(), today(), uuid(), or {sql: …}",
  .nullable = TRUE,
  .nothing = read_null,
  .scalar = read_scalar_value,
  .sequence = read_json_value,
  .mapping = read_computed_value,
  .keys = value_keys,
};

const DmigForm dmig_form_value = {
  .definition = "value",
  .expects = "a value, now(), today(), uuid(), or {sql: …}",
  .nullable = TRUE,
  .scalar = read_scalar_value,
  .sequence = read_json_value,
  .mapping = read_computed_value,
  .keys = value_keys,
};
