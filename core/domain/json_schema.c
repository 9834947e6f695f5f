/* JSON Schema, http://json-schema.org/draft-07/schema#, from the forms that the readers go by. */
#include "core/domain/json_schema.h"

#include <stdlib.h>
#include <string.h>

#include <jansson.h>

static json_t *form_schema(const DmigForm *form, json_t *definitions);

/* YAML's plain `true` is a truth, any other word a text. */
static json_t *
word_json(const char *word)
{
  if (strcmp(word, "true") == 0)
    return json_true();
  return strcmp(word, "false") == 0 ? json_false() : json_string(word);
}

static json_t *
scalar_schema(const DmigForm *form)
{
  json_t *schema = json_object();
  if (form->words != NULL) {
    json_t *words = json_array();
    for (const DmigWord *word = form->words; word->word != NULL; word++)
      json_array_append_new(words, word_json(word->word));
    json_object_set_new(schema, "enum", words);
  } else if (form->text_only)
    json_object_set_new(schema, "type", json_string("string"));
  else
    json_object_set_new(schema, "type", json_pack("[s, s, s]", "string", "number", "boolean"));
  if (form->examples != NULL) {
    json_t *examples = json_array();
    for (const char *const *example = form->examples; *example != NULL; example++)
      json_array_append_new(examples, json_string(*example));
    json_object_set_new(schema, "examples", examples);
  }
  return schema;
}

static json_t *
sequence_schema(const DmigForm *form, json_t *definitions)
{
  json_t *schema = json_pack("{s: s}", "type", "array");
  if (form->item != NULL)
    json_object_set_new(schema, "items", form_schema(form->item, definitions));
  if (form->most > 0)
    json_object_set_new(schema, "maxItems", json_integer(form->most));
  return schema;
}

/* draft-07 ignores everything beside a `$ref`, so that a description needs its `allOf`. */
static json_t *
key_schema(const DmigKey *key, json_t *definitions)
{
  json_t *schema = form_schema(key->form, definitions);
  if (json_object_get(schema, "$ref") != NULL)
    schema = json_pack("{s: [o]}", "allOf", schema);
  json_object_set_new(schema, "description", json_string(key->doc));
  return schema;
}

static json_t *
mapping_schema(const DmigForm *form, json_t *definitions)
{
  json_t *schema = json_pack("{s: s}", "type", "object");
  if (form->entry != NULL) {
    json_object_set_new(schema, "additionalProperties", form_schema(form->entry, definitions));
    return schema;
  }
  json_t *properties = json_object();
  json_t *needed = json_array();
  for (const DmigKey *key = form->keys; key != NULL && key->name != NULL; key++) {
    json_object_set_new(properties, key->name, key_schema(key, definitions));
    if (key->needed)
      json_array_append_new(needed, json_string(key->name));
  }
  json_object_set_new(schema, "properties", properties);
  json_object_set_new(schema, "additionalProperties", json_false());
  if (json_array_size(needed) > 0)
    json_object_set(schema, "required", needed);
  json_decref(needed);
  return schema;
}

static json_t *
written_out(const DmigForm *form, json_t *definitions)
{
  json_t *choices = json_array();
  if (form->scalar != NULL)
    json_array_append_new(choices, scalar_schema(form));
  if (form->sequence != NULL)
    json_array_append_new(choices, sequence_schema(form, definitions));
  if (form->mapping != NULL)
    json_array_append_new(choices, mapping_schema(form, definitions));
  if (form->nullable)
    json_array_append_new(choices, json_pack("{s: s}", "type", "null"));
  if (json_array_size(choices) > 1)
    return json_pack("{s: o}", "anyOf", choices);
  json_t *only = json_incref(json_array_get(choices, 0));
  json_decref(choices);
  return only;
}

static json_t *
form_schema(const DmigForm *form, json_t *definitions)
{
  if (form->definition == NULL)
    return written_out(form, definitions);
  if (json_object_get(definitions, form->definition) == NULL) {
    json_object_set_new(definitions, form->definition, json_true());
    json_object_set_new(definitions, form->definition, written_out(form, definitions));
  }
  g_autofree char *reference = g_strdup_printf("#/definitions/%s", form->definition);
  return json_pack("{s: s}", "$ref", reference);
}

char *
dmig_form_json_schema(const DmigForm *form, const char *title, const char *description)
{
  json_t *definitions = json_object();
  json_t *body = form_schema(form, definitions);
  json_t *schema
      = json_pack("{s: s, s: s, s: s}", "$schema", "http://json-schema.org/draft-07/schema#",
                  "title", title, "description", description);
  json_object_update(schema, body);
  json_object_set_new(schema, "definitions", definitions);
  json_decref(body);
  char *dumped = json_dumps(schema, JSON_INDENT(2));
  char *text = g_strconcat(dumped, "\n", NULL);
  free(dumped);
  json_decref(schema);
  return text;
}
