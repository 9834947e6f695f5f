/* The JSON Schema and the reader hold each other: what one takes, so does the other. */
#include "tests/core/domain/support.h"

#include <stdlib.h>
#include <string.h>

#include <jansson.h>

#include "core/domain/yaml_node.h"

/* A validator for what the schemas use of draft-07. It notes which properties it has met. */
typedef struct {
  json_t *schema;
  GHashTable *met; /* "pointer of the properties object/name" */
} Validator;

static gboolean validate(Validator *self, json_t *schema, json_t *value);

static gboolean
has_type(json_t *value, const char *type)
{
  if (strcmp(type, "string") == 0)
    return json_is_string(value);
  if (strcmp(type, "number") == 0)
    return json_is_number(value);
  if (strcmp(type, "boolean") == 0)
    return json_is_boolean(value);
  if (strcmp(type, "null") == 0)
    return json_is_null(value);
  if (strcmp(type, "array") == 0)
    return json_is_array(value);
  assert_string_equal(type, "object");
  return json_is_object(value);
}

static gboolean
validate_type(json_t *type, json_t *value)
{
  if (json_is_string(type))
    return has_type(value, json_string_value(type));
  gboolean any = FALSE;
  for (gsize i = 0; i < json_array_size(type); i++)
    any = any || has_type(value, json_string_value(json_array_get(type, i)));
  return any;
}

static gboolean
validate_object(Validator *self, json_t *schema, json_t *value)
{
  json_t *properties = json_object_get(schema, "properties");
  json_t *others = json_object_get(schema, "additionalProperties");
  const char *name;
  json_t *member;
  json_object_foreach(value, name, member)
  {
    json_t *property = json_object_get(properties, name);
    if (property == NULL && json_is_false(others))
      return FALSE;
    if (!validate(self, property != NULL ? property : others, member))
      return FALSE;
    if (property != NULL)
      g_hash_table_add(self->met, g_strdup_printf("%p/%s", (void *) properties, name));
  }
  json_t *required = json_object_get(schema, "required");
  for (gsize i = 0; i < json_array_size(required); i++) {
    if (json_object_get(value, json_string_value(json_array_get(required, i))) == NULL)
      return FALSE;
  }
  return TRUE;
}

static gboolean
validate_array(Validator *self, json_t *schema, json_t *value)
{
  json_t *items = json_object_get(schema, "items");
  json_t *most = json_object_get(schema, "maxItems");
  for (gsize i = 0; items != NULL && i < json_array_size(value); i++) {
    if (!validate(self, items, json_array_get(value, i)))
      return FALSE;
  }
  return most == NULL || (json_int_t) json_array_size(value) <= json_integer_value(most);
}

static gboolean
is_one_of(json_t *values, json_t *value)
{
  for (gsize i = 0; i < json_array_size(values); i++) {
    if (json_equal(json_array_get(values, i), value))
      return TRUE;
  }
  return FALSE;
}

static gboolean
validate(Validator *self, json_t *schema, json_t *value)
{
  const char *reference = json_string_value(json_object_get(schema, "$ref"));
  if (reference != NULL) {
    json_t *definitions = json_object_get(self->schema, "definitions");
    json_t *definition = json_object_get(definitions, reference + strlen("#/definitions/"));
    assert_non_null(definition);
    return validate(self, definition, value);
  }
  json_t *all = json_object_get(schema, "allOf");
  for (gsize i = 0; i < json_array_size(all); i++) {
    if (!validate(self, json_array_get(all, i), value))
      return FALSE;
  }
  json_t *any = json_object_get(schema, "anyOf");
  gboolean fits = any == NULL;
  for (gsize i = 0; i < json_array_size(any); i++)
    fits = validate(self, json_array_get(any, i), value) || fits;
  json_t *type = json_object_get(schema, "type");
  json_t *words = json_object_get(schema, "enum");
  if (!fits || (type != NULL && !validate_type(type, value))
      || (words != NULL && !is_one_of(words, value)))
    return FALSE;
  if (json_is_object(value))
    return validate_object(self, schema, value);
  return !json_is_array(value) || validate_array(self, schema, value);
}

/* A file, as JSON: plain scalars as YAML 1.2's core schema has them. */
static json_t *
node_to_json(const DmigYamlNode *node)
{
  if (dmig_yaml_is_null(node))
    return json_null();
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

static json_t *
load(Fixture *self, const char *path)
{
  g_autofree char *text = source_file(path);
  g_autoptr(GBytes) bytes = g_bytes_new(text, strlen(text));
  g_autoptr(DmigYamlDocument) document = dmig_yaml_parse(path, bytes, self->diagnostics);
  assert_clean(self);
  return node_to_json(document->root);
}

/* One of the two formats. */
typedef struct {
  Fixture *fixture;
  Validator validator;
  json_t *sample;
  DmigDomain *from, *to; /* of a change file */
  guint mutations, refused;
} Format;

static void
read_sample(Format *self)
{
  char *text = json_dumps(self->sample, 0);
  forget(self->fixture);
  if (self->to != NULL) {
    read_change(self->fixture, text, self->from, self->to);
    g_ptr_array_set_size(self->fixture->changes, 0);
  } else {
    read_domain(self->fixture, text);
    g_ptr_array_set_size(self->fixture->domains, 0);
  }
  free(text);
}

/* The reader knows more than a schema can say, but what the schema refuses, it refuses; and where
 * it misses the form, so does the schema. */
static void
compare(Format *self, const char *what, const char *name)
{
  static const char *const of_form[] = { "unknown-key", "wrong-kind" };
  gboolean valid = validate(&self->validator, self->validator.schema, self->sample);
  read_sample(self);
  self->mutations++;
  self->refused += !valid;
  if (!valid && !dmig_diagnostics_have_errors(self->fixture->diagnostics))
    fail_msg("the schema refuses, and the reader takes: %s at %s", what, name);
  for (guint i = 0; valid && i < G_N_ELEMENTS(of_form); i++) {
    if (has_rule(self->fixture, of_form[i]))
      fail_msg("the reader finds an %s, and the schema takes: %s at %s", of_form[i], what, name);
  }
}

static void mutate(Format *self, json_t *container);

static void
mutate_member(Format *self, json_t *object, const char *name)
{
  json_t *was = json_incref(json_object_get(object, name));
  json_t *others[] = { json_null(),  json_pack("[s]", "x"), json_pack("{s: s}", "x", "y"),
                       json_true(),  json_integer(7),       json_string("zzz"),
                       json_array(), json_object() };
  for (guint i = 0; i < G_N_ELEMENTS(others); i++) {
    json_object_set_new(object, name, others[i]);
    compare(self, "another value", name);
  }
  json_object_del(object, name);
  compare(self, "a missing key", name);
  g_autofree char *misspelled = g_strconcat(name, "_", NULL);
  json_object_set(object, misspelled, was);
  compare(self, "a misspelled key", name);
  json_object_del(object, misspelled);
  json_object_set_new(object, name, was);
  mutate(self, was);
}

static void
mutate(Format *self, json_t *container)
{
  g_autoptr(GStrvBuilder) builder = g_strv_builder_new();
  const char *name;
  json_t *member;
  json_object_foreach(container, name, member) g_strv_builder_add(builder, name);
  g_auto(GStrv) names = g_strv_builder_end(builder);
  for (guint i = 0; names[i] != NULL; i++)
    mutate_member(self, container, names[i]);
  for (gsize i = 0; i < json_array_size(container); i++)
    mutate(self, json_array_get(container, i));
}

/* Every property of the schema is in the sample: what is not there is not tested. */
static void
assert_all_met(const Validator *self, json_t *schema)
{
  json_t *properties = json_object_get(schema, "properties");
  const char *name;
  json_t *member;
  json_object_foreach(properties, name, member)
  {
    g_autofree char *key = g_strdup_printf("%p/%s", (void *) properties, name);
    if (!g_hash_table_contains(self->met, key))
      fail_msg("the key '%s' is in no sample", name);
    assert_non_null(json_object_get(member, "description"));
  }
  json_object_foreach(schema, name, member)
  {
    if (json_is_object(member))
      assert_all_met(self, member);
    for (gsize i = 0; json_is_array(member) && i < json_array_size(member); i++)
      assert_all_met(self, json_array_get(member, i));
  }
}

static void
format_init(Format *self, Fixture *fixture, char *schema, const char *sample)
{
  self->fixture = fixture;
  self->validator.schema = json_loads(schema, 0, NULL);
  self->validator.met = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
  self->sample = load(fixture, sample);
  g_free(schema);
  assert_non_null(self->validator.schema);
}

static void
format_check(Format *self)
{
  assert_true(validate(&self->validator, self->validator.schema, self->sample));
  read_sample(self);
  assert_clean(self->fixture);
  assert_all_met(&self->validator, self->validator.schema);
  mutate(self, self->sample);
  /* The samples are worth something. */
  assert_true(self->mutations > 200);
  assert_true(self->refused > 100);
  read_sample(self);
  assert_clean(self->fixture);
  json_decref(self->validator.schema);
  json_decref(self->sample);
  g_hash_table_unref(self->validator.met);
}

static void
test_domain(void **state)
{
  Format format = { 0 };
  format_init(&format, *state, dmig_domain_json_schema(), "tests/core/domain/everything.yaml");
  format_check(&format);
}

static void
test_change_file(void **state)
{
  Fixture *self = *state;
  g_autofree char *before = source_file("tests/core/domain/everything.before.yaml");
  g_autofree char *after = source_file("tests/core/domain/everything.yaml");
  Format format = { .from = read_domain(self, before), .to = read_domain(self, after) };
  format_init(&format, self, dmig_change_file_json_schema(),
              "tests/core/domain/everything.change.yaml");
  format_check(&format);
}

static void
test_head(void **state)
{
  g_autofree char *text = dmig_domain_json_schema();
  json_t *schema = json_loads(text, 0, NULL);
  assert_string_equal(json_string_value(json_object_get(schema, "$schema")),
                      "http://json-schema.org/draft-07/schema#");
  assert_true(g_str_has_suffix(text, "}\n"));
  json_decref(schema);
}

int
main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, fixture_setup, fixture_teardown)
  const struct CMUnitTest tests[] = { TEST(test_domain), TEST(test_change_file), TEST(test_head) };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
