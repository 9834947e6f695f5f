#include "cmd/ui/json.h"

#include <stdio.h>
#include <stdlib.h>

json_t *
dmig_json_document(void)
{
  json_t *document = json_object();
  json_object_set_new(document, "schema_version", json_integer(DMIG_JSON_SCHEMA_VERSION));
  return document;
}

json_t *
dmig_json_string(const char *text)
{
  if (text == NULL)
    return json_null();
  g_autofree char *valid = g_utf8_make_valid(text, -1);
  return json_string(valid);
}

json_t *
dmig_json_strings(GPtrArray *texts)
{
  json_t *array = json_array();
  for (guint i = 0; texts != NULL && i < texts->len; i++)
    json_array_append_new(array, dmig_json_string(g_ptr_array_index(texts, i)));
  return array;
}

void
dmig_json_set(json_t *object, const char *key, const char *text)
{
  json_object_set_new(object, key, dmig_json_string(text));
}

static int
write_stdout(const char *buffer, size_t size, void *data)
{
  (void)data;
  return fwrite(buffer, 1, size, stdout) == size ? 0 : -1;
}

void
dmig_json_print(const json_t *document)
{
  json_dump_callback(document, write_stdout, NULL, JSON_INDENT(2) | JSON_SORT_KEYS);
  putchar('\n');
}

char *
dmig_json_to_text(const json_t *document)
{
  char *dumped = json_dumps(document, JSON_SORT_KEYS | JSON_COMPACT);
  char *text = g_strdup(dumped);
  free(dumped);
  return text;
}
