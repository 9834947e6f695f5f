/* The forms of schemas, types, functions and whatever else stands in a file under its own name. */
#include "core/domain/object_form.h"

#include <string.h>

#define ATTRIBUTES offsetof(DmigDomainObject, attributes)

#define OWNER                                                                                     \
  { "owner", &dmig_form_text, offsetof(DmigDomainObject, owner), FALSE, "The role that owns it." }
#define GRANTS                                                                                    \
  { "grants", &dmig_form_grants, offsetof(DmigDomainObject, grants), FALSE,                       \
    "What roles may do with it." }
#define DESCRIPTION DMIG_DESCRIPTION_KEY("object")

/* Names. */

/* One name of a dotted one, moved past; NULL where there is none. */
static char *
take_part(const char **text)
{
  const char *next = *text;
  GString *part = g_string_new(NULL);
  if (*next == '"') {
    for (next++; *next != '\0' && (next[0] != '"' || next[1] == '"'); next++) {
      next += *next == '"';
      g_string_append_c(part, *next);
    }
    gboolean closed = *next == '"';
    *text = closed ? next + 1 : next;
    return g_string_free(part, !closed);
  }
  gsize length = strcspn(next, ".\"");
  g_string_append_len(part, next, (gssize) length);
  *text = next + length;
  return g_string_free(part, FALSE);
}

void
dmig_form_read_create(DmigReading *reading, const DmigForm *form, const DmigYamlNode *node,
                      gpointer place)
{
  DmigDomainObject *object = place;
  reading->key = "create";
  dmig_form_read(reading, &dmig_form_attribute_sql, node, &object->attributes);
}

/* A name as SQL has it, `auth.users` or `"my schema"."a.b"`, but in the letter case that is written,
 * as a path. Owned; NULL after a diagnostic. */
static char *
reading_path(DmigReading *reading, DmigLocation at, const char *text)
{
  const char *next = text;
  g_autofree char *first = take_part(&next);
  g_autofree char *second = NULL;
  if (first != NULL && *next == '.') {
    next++;
    second = take_part(&next);
  }
  gboolean whole = first != NULL && *next == '\0' && *first != '\0';
  if (!whole || (second != NULL && *second == '\0')) {
    dmig_reading_report(reading, at, DMIG_RULE_BAD_NAME,
                        "write name, schema.name, or put what is odd in double quotes",
                        "'%s' is no name of an object", dmig_reading_show(reading, text));
    return NULL;
  }
  return second != NULL ? dmig_path_new(first, second) : g_steal_pointer(&first);
}

/* Reads `node` with `entry` as an object of this name into `place`. */
static DmigDomainObject *
read_object(DmigReading *reading, const DmigForm *entry, const DmigYamlNode *name,
            const DmigYamlNode *node, gpointer place, DmigObjectKind kind)
{
  g_autofree char *path = reading_path(reading, name->at, name->text);
  DmigDomainObject *object = dmig_domain_object_new(kind, path != NULL ? path : "");
  object->at = name->at;
  if (node != NULL)
    dmig_form_read(reading, entry, node, object);
  if (path == NULL)
    g_clear_pointer(&object, dmig_domain_object_free);
  else
    g_ptr_array_add(*(GPtrArray **) place, object);
  return object;
}

static void
read_objects(DmigReading *reading, const DmigForm *form, const DmigYamlNode *node, gpointer place,
             DmigObjectKind kind)
{
  for (guint i = 0; node->kind == DMIG_YAML_MAPPING && i < dmig_yaml_length(node); i++)
    read_object(reading, form->entry, dmig_yaml_key(node, i), dmig_yaml_value(node, i), place,
                kind);
  for (guint i = 0; node->kind == DMIG_YAML_SEQUENCE && i < dmig_yaml_length(node); i++) {
    const DmigYamlNode *name = dmig_yaml_item(node, i);
    if (name->kind == DMIG_YAML_SCALAR && !dmig_yaml_is_null(name))
      read_object(reading, form->entry, name, NULL, place, kind);
    else
      dmig_form_read(reading, form->item, name, &(char *) { NULL });
  }
}

/* Schemas and extensions: names alone, or a mapping. Their names have no schema. */

static void
read_top(DmigReading *reading, const DmigForm *form, const DmigYamlNode *node, gpointer place,
         DmigObjectKind kind)
{
  GPtrArray *objects = *(GPtrArray **) place;
  guint before = objects->len;
  read_objects(reading, form, node, place, kind);
  for (guint i = before; i < objects->len; i++) {
    const DmigDomainObject *object = objects->pdata[i];
    g_autofree char *schema = dmig_path_schema(object->name);
    if (schema != NULL)
      dmig_reading_report(reading, object->at, DMIG_RULE_BAD_NAME,
                          "put a name with a dot in it in double quotes",
                          "a schema or extension stands in no schema");
  }
}

static void
read_schemas(DmigReading *reading, const DmigForm *form, const DmigYamlNode *node, gpointer place)
{
  read_top(reading, form, node, place, DMIG_OBJECT_SCHEMA);
}

static void
read_extensions(DmigReading *reading, const DmigForm *form, const DmigYamlNode *node,
                gpointer place)
{
  read_top(reading, form, node, place, DMIG_OBJECT_EXTENSION);
}

static const DmigKey schema_keys[] = { OWNER, GRANTS, DESCRIPTION, DMIG_DIALECTS_KEY, { 0 } };
static const DmigForm schema_form = {
  .definition = "schema",
  .expects = "a mapping",
  .nullable = TRUE,
  .mapping = dmig_form_read_keys,
  .keys = schema_keys,
};
const DmigForm dmig_form_schemas = {
  .expects = "a list of names, or a mapping",
  .nullable = TRUE,
  .sequence = read_schemas,
  .item = &dmig_form_text,
  .mapping = read_schemas,
  .entry = &schema_form,
};

static const DmigKey extension_keys[] = {
  { "schema", &dmig_form_attribute, ATTRIBUTES, FALSE, "The schema that its objects stand in." },
  { "version", &dmig_form_attribute, ATTRIBUTES, FALSE, "Its version; by default the newest." },
  DESCRIPTION,
  DMIG_DIALECTS_KEY,
  { 0 },
};
static const DmigForm extension_form = {
  .definition = "extension",
  .expects = "a mapping",
  .nullable = TRUE,
  .mapping = dmig_form_read_keys,
  .keys = extension_keys,
};
const DmigForm dmig_form_extensions = {
  .expects = "a list of names, or a mapping",
  .nullable = TRUE,
  .sequence = read_extensions,
  .item = &dmig_form_text,
  .mapping = read_extensions,
  .entry = &extension_form,
};

/* Types. */

static const struct {
  const char *key;
  DmigObjectKind kind;
} type_kinds[] = {
  { "base", DMIG_OBJECT_DOMAIN },
  { "fields", DMIG_OBJECT_COMPOSITE_TYPE },
  { "subtype", DMIG_OBJECT_RANGE_TYPE },
};

static void
read_type_keys(DmigReading *reading, const DmigForm *form, const DmigYamlNode *node,
               gpointer place)
{
  DmigDomainObject *type = place;
  guint found = 0;
  dmig_form_read_keys(reading, form, node, type);
  for (guint i = 0; i < G_N_ELEMENTS(type_kinds); i++) {
    gboolean is = dmig_yaml_has(node, type_kinds[i].key);
    found += is;
    if (is)
      type->kind = type_kinds[i].kind;
  }
  if (found == 0)
    dmig_reading_report(reading, node->at, DMIG_RULE_MISSING_KEY, NULL,
                        "'base', 'fields' or 'subtype' is missing");
  else if (found > 1)
    dmig_reading_report(reading, node->at, DMIG_RULE_CONTRADICTION, NULL,
                        "of 'base', 'fields' and 'subtype' a type has one");
}

static const DmigKey type_keys[] = {
  { "base", &dmig_form_attribute, ATTRIBUTES, FALSE,
    "The type that this one narrows: a portable one, or one of the database's own." },
  { "required", &dmig_form_attribute_truth, ATTRIBUTES, FALSE, "Never null." },
  { "default", &dmig_form_attribute_sql, ATTRIBUTES, FALSE, "The value of a row that brings none: SQL." },
  { "collation", &dmig_form_attribute, ATTRIBUTES, FALSE, "How texts are compared and sorted." },
  { "checks", &dmig_form_attribute_checks, ATTRIBUTES, FALSE,
    "Conditions that every value meets, by name: SQL over `VALUE`." },
  { "fields", &dmig_form_attribute_options, ATTRIBUTES, FALSE,
    "The fields of a composite type, each with its type." },
  { "subtype", &dmig_form_attribute, ATTRIBUTES, FALSE, "The type that a range type is over." },
  { "operator_class", &dmig_form_attribute, ATTRIBUTES, FALSE,
    "The operator class that a range's bounds are ordered by." },
  { "canonical", &dmig_form_attribute, ATTRIBUTES, FALSE,
    "The function that gives a range its canonical form." },
  { "difference", &dmig_form_attribute, ATTRIBUTES, FALSE,
    "The function that tells how far two values of a range are apart." },
  { "multirange", &dmig_form_attribute, ATTRIBUTES, FALSE, "The name of the multirange type." },
  OWNER,
  GRANTS,
  DESCRIPTION,
  DMIG_DIALECTS_KEY,
  { 0 },
};
static const DmigForm type_form = {
  .definition = "type",
  .expects = "a mapping with 'base', 'fields' or 'subtype'",
  .mapping = read_type_keys,
  .keys = type_keys,
};

static void
read_types(DmigReading *reading, const DmigForm *form, const DmigYamlNode *node, gpointer place)
{
  read_objects(reading, form, node, place, DMIG_OBJECT_DOMAIN);
}
const DmigForm dmig_form_types = {
  .expects = "a mapping of types",
  .nullable = TRUE,
  .mapping = read_types,
  .entry = &type_form,
};

/* Sequences. */

static const DmigKey sequence_keys[] = {
  { "type", &dmig_form_attribute, ATTRIBUTES, FALSE, "`smallint`, `integer` or `bigint`, the default." },
  { "start", &dmig_form_attribute, ATTRIBUTES, FALSE, "Its first number." },
  { "increment", &dmig_form_attribute, ATTRIBUTES, FALSE, "From one number to the next." },
  { "min", &dmig_form_attribute, ATTRIBUTES, FALSE, "Its least number." },
  { "max", &dmig_form_attribute, ATTRIBUTES, FALSE, "Its greatest number." },
  { "cache", &dmig_form_attribute, ATTRIBUTES, FALSE, "How many numbers a session takes at once." },
  { "cycle", &dmig_form_attribute_truth, ATTRIBUTES, FALSE, "It begins again behind its last number." },
  { "unlogged", &dmig_form_attribute_truth, ATTRIBUTES, FALSE, "A crash resets it." },
  { "owned_by", &dmig_form_attribute, ATTRIBUTES, FALSE,
    "The field that it goes with: `Order.number`." },
  OWNER,
  GRANTS,
  DESCRIPTION,
  DMIG_DIALECTS_KEY,
  { 0 },
};
static const DmigForm sequence_form = {
  .definition = "sequence",
  .expects = "a mapping",
  .nullable = TRUE,
  .mapping = dmig_form_read_keys,
  .keys = sequence_keys,
};

static void
read_sequences(DmigReading *reading, const DmigForm *form, const DmigYamlNode *node,
               gpointer place)
{
  read_objects(reading, form, node, place, DMIG_OBJECT_SEQUENCE);
}
const DmigForm dmig_form_sequences = {
  .expects = "a mapping of sequences",
  .nullable = TRUE,
  .mapping = read_sequences,
  .entry = &sequence_form,
};

/* Functions. */

DMIG_ATTRIBUTE_WORDS(function_kind, "function, procedure or window", { "function", 0 }, { "procedure", 0 },
      { "window", 0 });
DMIG_ATTRIBUTE_WORDS(volatility, "immutable, stable or volatile", { "immutable", 0 }, { "stable", 0 },
      { "volatile", 0 });
DMIG_ATTRIBUTE_WORDS(parallel, "safe, restricted or unsafe", { "safe", 0 }, { "restricted", 0 },
      { "unsafe", 0 });

static const DmigKey function_keys[] = {
  { "kind", &function_kind_form, ATTRIBUTES, FALSE,
    "`function`, the default, `procedure`, or `window`: a window function." },
  { "arguments", &dmig_form_attribute_list, ATTRIBUTES, FALSE,
    "What stands in its parentheses, as SQL: a text, or a list with a text an argument." },
  { "returns", &dmig_form_attribute, ATTRIBUTES, FALSE,
    "What it returns, as SQL: `trigger`, `setof users`, `table (id bigint, name text)`." },
  { "language", &dmig_form_attribute, ATTRIBUTES, FALSE, "Its language; by default `sql`." },
  { "body", &dmig_form_attribute_sql, ATTRIBUTES, FALSE,
    "What it does, in its language. In SQL it may begin with RETURN or BEGIN ATOMIC." },
  { "library", &dmig_form_attribute, ATTRIBUTES, FALSE,
    "The file with a function in C; `body` is its name there." },
  { "volatility", &volatility_form, ATTRIBUTES, FALSE,
    "`immutable`, `stable`, or `volatile`, the default." },
  { "strict", &dmig_form_attribute_truth, ATTRIBUTES, FALSE, "Null for any null argument." },
  { "security_definer", &dmig_form_attribute_truth, ATTRIBUTES, FALSE,
    "It runs with its owner's privileges." },
  { "leakproof", &dmig_form_attribute_truth, ATTRIBUTES, FALSE, "It tells nothing of its arguments." },
  { "parallel", &parallel_form, ATTRIBUTES, FALSE,
    "`safe`, `restricted`, or `unsafe`, the default." },
  { "cost", &dmig_form_attribute, ATTRIBUTES, FALSE, "The planner's estimate of a call's cost." },
  { "rows", &dmig_form_attribute, ATTRIBUTES, FALSE, "The planner's estimate of rows returned." },
  { "support", &dmig_form_attribute, ATTRIBUTES, FALSE, "The planner's support function." },
  { "set", &dmig_form_attribute_options, ATTRIBUTES, FALSE,
    "Settings while it runs: `{search_path: 'auth, public'}`." },
  { "create", &dmig_form_attribute_sql, ATTRIBUTES, FALSE,
    "The whole CREATE statement, in place of all these; an aggregate's, say." },
  OWNER,
  GRANTS,
  DESCRIPTION,
  DMIG_DIALECTS_KEY,
  { 0 },
};

/* A list is read by read_functions(), which knows the name. */
static void
read_overloads(DmigReading *reading, const DmigForm *form, const DmigYamlNode *node,
               gpointer place)
{
}

static const DmigForm function_form = {
  .definition = "function",
  .expects = "a CREATE statement, a mapping, or a list of these for its overloads",
  .scalar = dmig_form_read_create,
  .sequence = read_overloads,
  .item = &function_form,
  .mapping = dmig_form_read_keys,
  .keys = function_keys,
};

static void
read_function(DmigReading *reading, const DmigYamlNode *name, const DmigYamlNode *node,
              gpointer place)
{
  if (node->kind != DMIG_YAML_SEQUENCE)
    read_object(reading, &function_form, name, node, place, DMIG_OBJECT_ROUTINE);
  for (guint i = 0; node->kind == DMIG_YAML_SEQUENCE && i < dmig_yaml_length(node); i++)
    read_function(reading, name, dmig_yaml_item(node, i), place);
}

static void
read_functions(DmigReading *reading, const DmigForm *form, const DmigYamlNode *node,
               gpointer place)
{
  for (guint i = 0; i < dmig_yaml_length(node); i++)
    read_function(reading, dmig_yaml_key(node, i), dmig_yaml_value(node, i), place);
}
const DmigForm dmig_form_functions = {
  .expects = "a mapping of functions",
  .nullable = TRUE,
  .mapping = read_functions,
  .entry = &function_form,
};

/* Default privileges. */

DMIG_ATTRIBUTE_WORDS(objects, "tables, sequences, functions, types or schemas", { "tables", 0 },
      { "sequences", 0 }, { "functions", 0 }, { "types", 0 }, { "schemas", 0 });

static const DmigKey default_privileges_keys[] = {
  { "on", &objects_form, ATTRIBUTES, TRUE,
    "What is made: `tables`, `sequences`, `functions`, `types` or `schemas`." },
  { "role", &dmig_form_attribute, ATTRIBUTES, FALSE,
    "The role that makes them; by default the one that dmig connects as." },
  { "schema", &dmig_form_attribute, ATTRIBUTES, FALSE, "The schema they are made in; by default any." },
  { "grants", &dmig_form_grants, offsetof(DmigDomainObject, grants), TRUE,
    "What roles may do with them." },
  { 0 },
};
static const DmigForm default_privileges_form = {
  .definition = "default_privileges",
  .expects = "a mapping with 'on' and 'grants'",
  .mapping = dmig_form_read_keys,
  .keys = default_privileges_keys,
};

static void
read_default_privileges(DmigReading *reading, const DmigForm *form, const DmigYamlNode *node,
                        gpointer place)
{
  for (guint i = 0; i < dmig_yaml_length(node); i++) {
    const DmigYamlNode *item = dmig_yaml_item(node, i);
    DmigDomainObject *object = dmig_domain_object_new(DMIG_OBJECT_DEFAULT_PRIVILEGES, NULL);
    object->at = item->at;
    dmig_form_read(reading, form->item, item, object);
    const char *role = dmig_attributes_get(object->attributes, "role", NULL);
    object->name = dmig_path_new(dmig_attributes_get(object->attributes, "schema", NULL),
                                 role != NULL ? role : "");
    g_ptr_array_add(*(GPtrArray **) place, object);
  }
}
const DmigForm dmig_form_default_privileges = {
  .expects = "a list of default privileges",
  .nullable = TRUE,
  .sequence = read_default_privileges,
  .item = &default_privileges_form,
};

/* Pragmas. */

static void
read_pragmas(DmigReading *reading, const DmigForm *form, const DmigYamlNode *node, gpointer place)
{
  for (guint i = 0; i < dmig_yaml_length(node); i++) {
    const DmigYamlNode *name = dmig_yaml_key(node, i);
    DmigDomainObject *object = dmig_domain_object_new(DMIG_OBJECT_SETTING, name->text);
    object->at = name->at;
    g_ptr_array_add(*(GPtrArray **) place, object);
    reading->key = "value";
    dmig_form_read(reading, &dmig_form_attribute, dmig_yaml_value(node, i), &object->attributes);
  }
}
const DmigForm dmig_form_pragmas = {
  .expects = "a mapping of pragmas to their values",
  .nullable = TRUE,
  .mapping = read_pragmas,
  .entry = &dmig_form_text,
};

/* All else, as SQL. */

static const DmigKey statement_keys[] = {
  { "create", &dmig_form_attribute_sql, ATTRIBUTES, TRUE, "The statement that makes it." },
  { "drop", &dmig_form_attribute_sql, ATTRIBUTES, FALSE,
    "The statement that drops it; by default from the CREATE statement's kind and name." },
  OWNER,
  GRANTS,
  DESCRIPTION,
  DMIG_DIALECTS_KEY,
  { 0 },
};
static const DmigForm statement_form = {
  .definition = "statement",
  .expects = "a CREATE statement, or {create: …, drop: …}",
  .scalar = dmig_form_read_create,
  .mapping = dmig_form_read_keys,
  .keys = statement_keys,
};

static void
read_statements(DmigReading *reading, const DmigForm *form, const DmigYamlNode *node,
                gpointer place)
{
  for (guint i = 0; i < dmig_yaml_length(node); i++) {
    const DmigYamlNode *name = dmig_yaml_key(node, i);
    DmigDomainObject *object = dmig_domain_object_new(DMIG_OBJECT_KINDS, name->text);
    object->at = name->at;
    g_ptr_array_add(*(GPtrArray **) place, object);
    dmig_form_read(reading, form->entry, dmig_yaml_value(node, i), object);
  }
}
const DmigForm dmig_form_statements = {
  .expects = "a mapping of names to SQL statements",
  .nullable = TRUE,
  .mapping = read_statements,
  .entry = &statement_form,
};
