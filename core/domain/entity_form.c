/* The forms of an entity and of what it is made of. */
#include "core/domain/domain_reader.h"

#include <string.h>

#include "core/domain/object_form.h"
#include "core/domain/short_form.h"

/* Fields. */

static void
read_type(DmigReading *reading, const DmigForm *form, const DmigYamlNode *node, gpointer place)
{
  dmig_field_read_type(reading, place, node->at, node->text);
}

static void
read_native_type(DmigReading *reading, const DmigForm *form, const DmigYamlNode *node,
                 gpointer place)
{
  DmigField *field = place;
  g_autofree char *portable = NULL;
  dmig_form_read_by_dialect(reading, form, node, &field->native, &portable);
  if (portable != NULL)
    dmig_field_read_type(reading, field, node->at, portable);
}

static const char *const type_examples[] = {
  "bigint",      "decimal(12,2)",     "string(255)", "text", "boolean",
  "timestamptz", "enum(draft, sent)", "text[]",      NULL,
};

static const DmigForm type_form = {
  .expects = "a type, or a mapping of dialects to their own types",
  .scalar = read_type,
  .text_only = TRUE,
  .examples = type_examples,
  .mapping = read_native_type,
  .keys = dmig_dialect_keys,
};

static void
read_reference(DmigReading *reading, const DmigForm *form, const DmigYamlNode *node, gpointer place)
{
  dmig_form_text.scalar(reading, form, node, place);
  dmig_reading_note_place(reading, place, node->at);
}

static const DmigForm reference_form = { .expects = "an entity's name", .scalar = read_reference };
static const DmigForm action_form = {
  .expects = "no_action, restrict, cascade, set_null or set_default",
  .scalar = dmig_form_read_word,
  .words = dmig_action_words,
};
static const DmigForm deferrable_form = {
  .expects = "immediate or deferred",
  .scalar = dmig_form_read_word,
  .words = dmig_deferrable_words,
};

static void
read_on_delete(DmigReading *reading, const DmigForm *form, const DmigYamlNode *node,
               DmigAction *action, char ***fields)
{
  if (node->kind == DMIG_YAML_SCALAR) {
    dmig_form_read_word(reading, form, node, action);
    return;
  }
  for (guint i = 0; i < dmig_yaml_length(node); i++) {
    const DmigKey *key = dmig_form_find_key(reading, form, dmig_yaml_key(node, i));
    if (key == NULL)
      continue;
    *action = g_str_equal(key->name, "set_null") ? DMIG_ACTION_SET_NULL : DMIG_ACTION_SET_DEFAULT;
    dmig_form_read(reading, key->form, dmig_yaml_value(node, i), fields);
  }
  if (dmig_yaml_length(node) != 1)
    dmig_reading_report(reading, node->at, DMIG_RULE_CONTRADICTION, NULL, "expected %s",
                        form->expects);
}

static void
read_field_on_delete(DmigReading *reading, const DmigForm *form, const DmigYamlNode *node,
                     gpointer place)
{
  DmigField *field = place;
  read_on_delete(reading, form, node, &field->on_delete, &field->on_delete_fields);
}

static void
read_foreign_on_delete(DmigReading *reading, const DmigForm *form, const DmigYamlNode *node,
                       gpointer place)
{
  DmigForeign *foreign = place;
  read_on_delete(reading, form, node, &foreign->on_delete, &foreign->on_delete_fields);
}

static const DmigKey on_delete_keys[] = {
  { "set_null", &dmig_form_fields, 0, FALSE, "These of the fields become null." },
  { "set_default", &dmig_form_fields, 0, FALSE, "These of the fields take their defaults." },
  { 0 },
};
static const DmigForm field_on_delete_form = {
  .definition = "on_delete",
  .expects = "an action, or one of {set_null: …} and {set_default: …}",
  .scalar = read_field_on_delete,
  .words = dmig_action_words,
  .mapping = read_field_on_delete,
  .keys = on_delete_keys,
};
static const DmigForm foreign_on_delete_form = {
  .definition = "on_delete",
  .expects = "an action, or one of {set_null: …} and {set_default: …}",
  .scalar = read_foreign_on_delete,
  .words = dmig_action_words,
  .mapping = read_foreign_on_delete,
  .keys = on_delete_keys,
};

/* What numbers rows. */

#define FIELD_ATTRIBUTES offsetof(DmigField, attributes)
#define COUNTER_KEYS                                                                              \
  { "sequence", &dmig_form_attribute, FIELD_ATTRIBUTES, FALSE,                                    \
    "The sequence's name; by default `<table>_<column>_seq`." },                                  \
    { "start", &dmig_form_attribute, FIELD_ATTRIBUTES, FALSE, "The first number." },              \
    { "increment", &dmig_form_attribute, FIELD_ATTRIBUTES, FALSE,                                 \
      "From one number to the next." },                                                           \
    { "min", &dmig_form_attribute, FIELD_ATTRIBUTES, FALSE, "The least number." },                \
    { "max", &dmig_form_attribute, FIELD_ATTRIBUTES, FALSE, "The greatest number." },             \
    { "cache", &dmig_form_attribute, FIELD_ATTRIBUTES, FALSE,                                     \
      "How many numbers a session takes at once." },                                              \
  {                                                                                               \
    "cycle", &dmig_form_attribute_truth, FIELD_ATTRIBUTES, FALSE,                                 \
        "It begins again behind the last number."                                                 \
  }

static void
read_identity(DmigReading *reading, const DmigForm *form, const DmigYamlNode *node, gpointer place)
{
  DmigField *field = place;
  if (node->kind == DMIG_YAML_SCALAR) {
    dmig_form_read_word(reading, form, node, &field->identity);
    return;
  }
  field->identity = DMIG_IDENTITY_BY_DEFAULT;
  dmig_form_read_keys(reading, form, node, field);
}

static const DmigWord identity_as_words[] = {
  { "always", DMIG_IDENTITY_ALWAYS },
  { "by_default", DMIG_IDENTITY_BY_DEFAULT },
  { NULL, 0 },
};
static const DmigForm identity_as_form = {
  .expects = "always or by_default",
  .scalar = dmig_form_read_word,
  .words = identity_as_words,
};
static const DmigKey identity_keys[] = {
  { "as", &identity_as_form, offsetof(DmigField, identity), FALSE,
    "`always`: a row may not bring its own number; or `by_default`." },
  COUNTER_KEYS,
  { 0 },
};
static const DmigForm identity_form = {
  .definition = "identity",
  .expects = "true, always, by_default, or {as: …, start: …}",
  .scalar = read_identity,
  .words = dmig_identity_words,
  .mapping = read_identity,
  .keys = identity_keys,
};

static void
read_serial(DmigReading *reading, const DmigForm *form, const DmigYamlNode *node, gpointer place)
{
  DmigField *field = place;
  if (node->kind == DMIG_YAML_SCALAR) {
    dmig_form_read(reading, &dmig_form_boolean, node, &field->serial);
    return;
  }
  field->serial = TRUE;
  dmig_form_read_keys(reading, form, node, field);
}

static const DmigWord truth_words[] = { { "true", TRUE }, { "false", FALSE }, { NULL, 0 } };
static const DmigKey serial_keys[] = { COUNTER_KEYS, { 0 } };
static const DmigForm serial_form = {
  .definition = "serial",
  .expects = "true, or {sequence: …, start: …}",
  .scalar = read_serial,
  .words = truth_words,
  .mapping = read_serial,
  .keys = serial_keys,
};

static const DmigWord generated_words[] = {
  { "stored", DMIG_GENERATED_STORED },
  { "virtual", DMIG_GENERATED_VIRTUAL },
  { NULL, 0 },
};
static const DmigForm generated_as_form = {
  .expects = "stored or virtual",
  .scalar = dmig_form_read_word,
  .words = generated_words,
};
static const DmigKey generated_keys[] = {
  { "sql", &dmig_form_sql, offsetof(DmigField, generated_sql), TRUE,
    "The expression over the row's other columns." },
  { "as", &generated_as_form, offsetof(DmigField, generated), FALSE,
    "`stored` (the default), or `virtual`: computed when read." },
  { 0 },
};

static void
read_generated(DmigReading *reading, const DmigForm *form, const DmigYamlNode *node, gpointer place)
{
  DmigField *field = place;
  field->generated = DMIG_GENERATED_STORED;
  if (node->kind == DMIG_YAML_SCALAR)
    dmig_form_read(reading, &dmig_form_sql, node, &field->generated_sql);
  else
    dmig_form_read_keys(reading, form, node, field);
}

static const DmigForm generated_form = {
  .definition = "generated",
  .expects = "an expression, or {sql: …, as: …}",
  .scalar = read_generated,
  .mapping = read_generated,
  .keys = generated_keys,
};

static void
read_conflict(DmigReading *reading, const DmigForm *form, const DmigYamlNode *node, gpointer place)
{
  int value = -1;
  dmig_form_read_word(reading, form, node, &value);
  if (value >= 0)
    dmig_form_text.scalar(reading, form, node, place);
}

static const DmigWord conflict_words[]
    = { { "ignore", 0 }, { "replace", 0 }, { "fail", 0 }, { "rollback", 0 }, { NULL, 0 } };
static const DmigForm conflict_form = {
  .expects = "ignore, replace, fail or rollback",
  .scalar = read_conflict,
  .words = conflict_words,
};

static const DmigWord storage_words[]
    = { { "plain", 0 }, { "external", 0 }, { "extended", 0 }, { "main", 0 }, { NULL, 0 } };
static const DmigForm storage_form = {
  .expects = "plain, external, extended or main",
  .scalar = dmig_form_read_attribute_word,
  .words = storage_words,
};

static const DmigKey field_keys[] = {
  { "type", &type_form, 0, FALSE,
    "The type: a portable one, an enum of the domain, or by dialect a type of its own." },
  { "references", &reference_form, offsetof(DmigField, references), FALSE,
    "A relationship: the entity whose key the field holds. It takes the key's type." },
  { "on_delete", &field_on_delete_form, 0, FALSE,
    "What becomes of this row when the one it refers to is deleted." },
  { "on_update", &action_form, offsetof(DmigField, on_update), FALSE,
    "What becomes of this row when the key it refers to changes." },
  { "deferrable", &deferrable_form, offsetof(DmigField, deferrable), FALSE,
    "Whether the reference may be checked at the transaction's end: `immediate` (it may), "
    "`deferred` (it is)." },
  { "required", &dmig_form_boolean, offsetof(DmigField, required), FALSE, "Never null." },
  { "primary", &dmig_form_boolean, offsetof(DmigField, primary), FALSE,
    "The primary key, or a part of it." },
  { "nullable", &dmig_form_boolean, offsetof(DmigField, nullable), FALSE,
    "A key's field that may be null all the same, where the dialect lets it." },
  { "on_null", &conflict_form, offsetof(DmigField, on_null), FALSE,
    "What a statement does that brings none for a required one, where the dialect lets one say "
    "so: `ignore`, `replace`, `fail`, `rollback`." },
  { "unique", &dmig_form_boolean, offsetof(DmigField, unique), FALSE,
    "No two rows have the same value." },
  { "constraint", &dmig_form_text, offsetof(DmigField, constraint), FALSE,
    "The name of a relationship's constraint; by default `<table>_<column>_fkey`." },
  { "identity", &identity_form, 0, FALSE,
    "The database numbers the rows; `always`: a row may not bring its own number." },
  { "serial", &serial_form, 0, FALSE, "The rows are numbered from a sequence of their own." },
  { "storage", &storage_form, FIELD_ATTRIBUTES, FALSE,
    "How the database stores long values: `plain`, `external`, `extended` or `main`." },
  { "compression", &dmig_form_attribute, FIELD_ATTRIBUTES, FALSE,
    "How it compresses them: `pglz` or `lz4`." },
  { "statistics", &dmig_form_attribute, FIELD_ATTRIBUTES, FALSE,
    "How much the planner learns of the values." },
  { "with", &dmig_form_attribute_options, FIELD_ATTRIBUTES, FALSE,
    "Options of the column: `{n_distinct: 100}`." },
  { "default", &dmig_form_value, offsetof(DmigField, default_value), FALSE,
    "The value of a row that brings none." },
  { "generated", &generated_form, 0, FALSE, "The column is computed from others." },
  { "check", &dmig_form_sql, offsetof(DmigField, check), FALSE,
    "A condition that every row meets." },
  { "column", &dmig_form_text, offsetof(DmigField, column), FALSE,
    "The column's name; by default the field's, for a relationship with the key's name behind "
    "it." },
  { "collation", &dmig_form_text, offsetof(DmigField, collation), FALSE,
    "How texts are compared and sorted." },
  { "description", &dmig_form_text, offsetof(DmigField, description), FALSE,
    "What it is for; the column's comment." },
  { 0 },
};

static const char *const field_examples[] = {
  "bigint identity primary",
  "string(255) required unique",
  "timestamptz required default now()",
  "references Company on_delete cascade",
  NULL,
};

static const DmigForm field_form = {
  .definition = "field",
  .expects = "a type with flags, or a mapping",
  .scalar = dmig_short_form_read,
  .text_only = TRUE,
  .examples = field_examples,
  .mapping = dmig_form_read_keys,
  .keys = field_keys,
};

static void
read_field(DmigReading *reading, const DmigYamlNode *name, const DmigYamlNode *node,
           GPtrArray *fields)
{
  guint errors = dmig_diagnostics_count(reading->diagnostics, DMIG_SEVERITY_ERROR);
  DmigField *field = dmig_field_new(name->text);
  field->at = name->at;
  g_ptr_array_add(fields, field);
  dmig_form_read(reading, &field_form, node, field);
  if (field->references != NULL && (field->type != NULL || field->native != NULL))
    dmig_reading_report(reading, node->at, DMIG_RULE_CONTRADICTION, "take 'type' out",
                        "a relationship takes its type from the key it refers to");
  gboolean typed = field->type != NULL || field->native != NULL || field->references != NULL;
  if (!typed && dmig_diagnostics_count(reading->diagnostics, DMIG_SEVERITY_ERROR) == errors)
    dmig_reading_report(reading, node->at, DMIG_RULE_MISSING_KEY, NULL,
                        "'%s' has neither a type nor 'references'",
                        dmig_reading_show(reading, name->text));
}

static void
read_fields(DmigReading *reading, const DmigForm *form, const DmigYamlNode *node, gpointer place)
{
  GPtrArray *fields = *(GPtrArray **) place;
  dmig_reading_note_place(reading, fields, node->at);
  for (guint i = 0; i < dmig_yaml_length(node); i++) {
    if (fields->len == DMIG_MAX_FIELDS) {
      dmig_reading_report(reading, dmig_yaml_key(node, i)->at, DMIG_RULE_TOO_MANY_FIELDS, NULL,
                          "more than %d fields: no table has as many columns", DMIG_MAX_FIELDS);
      return;
    }
    read_field(reading, dmig_yaml_key(node, i), dmig_yaml_value(node, i), fields);
  }
}

static const DmigForm fields_form = {
  .expects = "a mapping of fields",
  .mapping = read_fields,
  .entry = &field_form,
};

/* What keys are of. */

static void
read_key_field(DmigReading *reading, const DmigForm *form, const DmigYamlNode *node, gpointer place)
{
  DmigIndexPart *part = place;
  dmig_form_read(reading, &dmig_form_text, node, &part->field);
}

static const DmigKey key_field_keys[] = {
  { "field", &dmig_form_text, offsetof(DmigIndexPart, field), TRUE, "A field." },
  { "desc", &dmig_form_boolean, offsetof(DmigIndexPart, descending), FALSE,
    "The greatest first in its index, where the dialect's keys have an order." },
  { "collation", &dmig_form_text, offsetof(DmigIndexPart, collation), FALSE,
    "How texts are compared in it, where the dialect's keys may have one of their own." },
  { 0 },
};
static const DmigForm key_field_form = {
  .definition = "key_field",
  .expects = "a field, or {field: …, desc: …, collation: …}",
  .scalar = read_key_field,
  .mapping = dmig_form_read_keys,
  .keys = key_field_keys,
};

/* The names alone where nothing else is said of any. */
static void
read_key_fields(DmigReading *reading, const DmigForm *form, const DmigYamlNode *node, gpointer place)
{
  DmigDomainUnique *key = place;
  if (node->kind != DMIG_YAML_SEQUENCE) {
    dmig_form_read(reading, &dmig_form_fields, node, &key->fields);
    return;
  }
  g_autoptr(GPtrArray) parts
      = g_ptr_array_new_with_free_func((GDestroyNotify) dmig_index_part_free);
  g_autoptr(GStrvBuilder) names = g_strv_builder_new();
  gboolean more = FALSE;
  for (guint i = 0; i < dmig_yaml_length(node); i++) {
    DmigIndexPart *part = dmig_index_part_new();
    g_ptr_array_add(parts, part);
    dmig_form_read(reading, &key_field_form, dmig_yaml_item(node, i), part);
    if (part->field != NULL)
      g_strv_builder_add(names, part->field);
    more = more || part->descending || part->collation != NULL;
  }
  key->fields = g_strv_builder_end(names);
  if (more && g_strv_length(key->fields) == parts->len)
    key->parts = g_steal_pointer(&parts);
}

static const DmigForm key_fields_form = {
  .expects = "a list of fields",
  .scalar = read_key_fields,
  .sequence = read_key_fields,
  .item = &key_field_form,
  .most = 32,
};

/* Uniques. */

#define KEY_KEYS                                                                                  \
  { "include", &dmig_form_fields, offsetof(DmigDomainUnique, include), FALSE,                     \
    "Further fields that its index carries." },                                                   \
    { "with", &dmig_form_attribute_options, offsetof(DmigDomainUnique, attributes), FALSE,        \
      "Storage parameters of its index." },                                                       \
    { "cluster", &dmig_form_boolean, offsetof(DmigDomainUnique, cluster), FALSE,                  \
      "CLUSTER puts the rows in the order of its index." },                                       \
    { "on_conflict", &conflict_form, offsetof(DmigDomainUnique, on_conflict), FALSE,              \
      "What a statement does that meets it, where the dialect lets one say so: `ignore`, "        \
      "`replace`, `fail`, `rollback`." },                                                         \
    { "only", &dmig_form_boolean, offsetof(DmigDomainUnique, only), FALSE,                        \
      "Of a partitioned table: its partitions don't get one each by themselves." },               \
    { "part_of", &dmig_form_text, offsetof(DmigDomainUnique, part_of), FALSE,                     \
      "Of a partition: its whole's index or key that it belongs to, by name." },                  \
    { "description", &dmig_form_text, offsetof(DmigDomainUnique, description), FALSE,             \
      "What it is for; the constraint's comment." },                                              \
  {                                                                                               \
    "index_description", &dmig_form_text, offsetof(DmigDomainUnique, index_description), FALSE,   \
        "The comment of its index."                                                               \
  }

static const DmigKey unique_keys[] = {
  { "fields", &key_fields_form, 0, TRUE, "The fields." },
  { "name", &dmig_form_text, offsetof(DmigDomainUnique, name), FALSE, "The constraint's name." },
  { "deferrable", &deferrable_form, offsetof(DmigDomainUnique, deferrable), FALSE,
    "Whether it may be checked at the transaction's end." },
  { "nulls_not_distinct", &dmig_form_boolean, offsetof(DmigDomainUnique, nulls_not_distinct), FALSE,
    "Two nulls are the same." },
  { "in_table", &dmig_form_boolean, offsetof(DmigDomainUnique, in_table), FALSE,
    "It stands in the table, also where the dialect would have an index of its own." },
  KEY_KEYS,
  { 0 },
};

static const DmigForm unique_form = {
  .definition = "unique",
  .expects = "a list of fields, or {fields: …}",
  .scalar = read_key_fields,
  .sequence = read_key_fields,
  .item = &key_field_form,
  .most = 32,
  .mapping = dmig_form_read_keys,
  .keys = unique_keys,
};

static void
read_uniques(DmigReading *reading, const DmigForm *form, const DmigYamlNode *node, gpointer place)
{
  for (guint i = 0; i < dmig_yaml_length(node); i++) {
    DmigDomainUnique *unique = dmig_domain_unique_new();
    unique->at = dmig_yaml_item(node, i)->at;
    dmig_form_read(reading, &unique_form, dmig_yaml_item(node, i), unique);
    if (unique->fields == NULL)
      unique->fields = g_new0(char *, 1);
    g_ptr_array_add(*(GPtrArray **) place, unique);
  }
}

static const DmigForm uniques_form = {
  .expects = "a list of unique constraints",
  .nullable = TRUE,
  .sequence = read_uniques,
  .item = &unique_form,
};

/* The primary key: its fields alone, or what a unique constraint says too. */

/* A list of fields of which nothing else is said is the entity's alone. */
static void
read_primary(DmigReading *reading, const DmigForm *form, const DmigYamlNode *node, gpointer place)
{
  DmigEntity *entity = place;
  DmigDomainUnique *key = dmig_domain_unique_new();
  key->at = node->at;
  if (node->kind == DMIG_YAML_MAPPING)
    dmig_form_read_keys(reading, form, node, key);
  else
    read_key_fields(reading, form, node, key);
  if (key->fields != NULL) {
    g_strfreev(entity->primary);
    entity->primary = g_steal_pointer(&key->fields);
  }
  dmig_domain_unique_free(entity->key);
  entity->key = node->kind == DMIG_YAML_MAPPING || key->parts != NULL ? key : NULL;
  if (entity->key == NULL)
    dmig_domain_unique_free(key);
}

static const DmigKey primary_keys[] = {
  { "fields", &key_fields_form, 0, FALSE, "The fields; or say `primary` at the fields." },
  { "in_column", &dmig_form_boolean, offsetof(DmigDomainUnique, in_column), FALSE,
    "A descending one stands at its column, and is no rowid, where the dialect has rowids." },
  { "name", &dmig_form_text, offsetof(DmigDomainUnique, name), FALSE,
    "The constraint's name; by default `<table>_pkey`." },
  { "deferrable", &deferrable_form, offsetof(DmigDomainUnique, deferrable), FALSE,
    "Whether it may be checked at the transaction's end." },
  KEY_KEYS,
  { 0 },
};

static const DmigForm primary_form = {
  .definition = "primary",
  .expects = "a list of fields, or {fields: …, name: …}",
  .scalar = read_primary,
  .sequence = read_primary,
  .item = &key_field_form,
  .most = 32,
  .mapping = read_primary,
  .keys = primary_keys,
};

/* Foreign keys. */

static const DmigWord match_words[] = { { "simple", FALSE }, { "full", TRUE }, { NULL, 0 } };
static const DmigForm match_form = {
  .expects = "simple or full",
  .scalar = dmig_form_read_word,
  .words = match_words,
};

static const DmigKey foreign_keys[] = {
  { "fields", &dmig_form_fields, offsetof(DmigForeign, fields), TRUE, "The fields that refer." },
  { "references", &reference_form, offsetof(DmigForeign, references), TRUE,
    "The entity that they refer to." },
  { "to", &dmig_form_fields, offsetof(DmigForeign, to), FALSE,
    "The fields that they refer to; by default its primary key." },
  { "name", &dmig_form_text, offsetof(DmigForeign, name), FALSE, "The constraint's name." },
  { "on_delete", &foreign_on_delete_form, 0, FALSE,
    "What becomes of this row when the one it refers to is deleted." },
  { "on_update", &action_form, offsetof(DmigForeign, on_update), FALSE,
    "What becomes of this row when the key it refers to changes." },
  { "deferrable", &deferrable_form, offsetof(DmigForeign, deferrable), FALSE,
    "Whether it may be checked at the transaction's end." },
  { "match", &match_form, offsetof(DmigForeign, match_full), FALSE,
    "`full`: either all of the fields are null, or none." },
  { "not_valid", &dmig_form_boolean, offsetof(DmigForeign, not_valid), FALSE,
    "Rows that were there before were not checked." },
  { "description", &dmig_form_text, offsetof(DmigForeign, description), FALSE,
    "What it is for; the constraint's comment." },
  { 0 },
};

static const DmigForm foreign_form = {
  .definition = "foreign",
  .expects = "a mapping {fields: …, references: …}",
  .mapping = dmig_form_read_keys,
  .keys = foreign_keys,
};

static void
read_foreigns(DmigReading *reading, const DmigForm *form, const DmigYamlNode *node, gpointer place)
{
  for (guint i = 0; i < dmig_yaml_length(node); i++) {
    DmigForeign *foreign = dmig_foreign_new();
    foreign->at = dmig_yaml_item(node, i)->at;
    dmig_form_read(reading, &foreign_form, dmig_yaml_item(node, i), foreign);
    if (foreign->fields == NULL)
      foreign->fields = g_new0(char *, 1);
    g_ptr_array_add(*(GPtrArray **) place, foreign);
  }
}

static const DmigForm foreigns_form = {
  .expects = "a list of foreign keys",
  .nullable = TRUE,
  .sequence = read_foreigns,
  .item = &foreign_form,
};

/* Checks. */

static void
read_check_sql(DmigReading *reading, const DmigForm *form, const DmigYamlNode *node,
               gpointer place)
{
  DmigDomainCheck *check = place;
  dmig_form_read(reading, &dmig_form_sql, node, &check->sql);
}

static gboolean
is_dialect_key(const DmigYamlNode *name)
{
  for (const DmigKey *key = dmig_dialect_keys; key->name != NULL; key++) {
    if (strcmp(key->name, name->text) == 0)
      return TRUE;
  }
  return FALSE;
}

/* SQL by dialect, or the condition under `sql` and more that is said of it. */
static void
read_check_keys(DmigReading *reading, const DmigForm *form, const DmigYamlNode *node,
                gpointer place)
{
  DmigDomainCheck *check = place;
  guint n = dmig_yaml_length(node), dialects = 0;
  for (guint i = 0; i < n; i++)
    dialects += is_dialect_key(dmig_yaml_key(node, i));
  if (dialects > 0 && dialects < n) {
    dmig_reading_report(reading, node->at, DMIG_RULE_CONTRADICTION,
                        "put the texts by dialect under 'sql'",
                        "texts by dialect stand here alone");
    return;
  }
  if (dialects > 0) {
    read_check_sql(reading, form, node, place);
    return;
  }
  guint errors = dmig_diagnostics_count(reading->diagnostics, DMIG_SEVERITY_ERROR);
  dmig_form_read_keys(reading, form, node, check);
  if (check->sql == NULL
      && dmig_diagnostics_count(reading->diagnostics, DMIG_SEVERITY_ERROR) == errors)
    dmig_reading_report(reading, node->at, DMIG_RULE_MISSING_KEY, NULL,
                        "'sql' is missing: SQL, or a mapping of dialects to SQL");
}

#define CHECK_KEYS                                                                                \
  { "postgresql", &dmig_form_text, 0, FALSE, "The text for PostgreSQL." },                        \
    { "sqlite", &dmig_form_text, 0, FALSE, "The text for SQLite." },                              \
    { "else", &dmig_form_text, 0, FALSE, "The text for the dialects that are not named." },       \
    { "sql", &dmig_form_sql, offsetof(DmigDomainCheck, sql), FALSE,                               \
      "The text, where more is said of it." },                                                    \
  {                                                                                               \
    "description", &dmig_form_text, offsetof(DmigDomainCheck, description), FALSE,                \
        "What it is for; the constraint's comment."                                               \
  }

static const DmigKey check_keys[] = {
  CHECK_KEYS,
  { "no_inherit", &dmig_form_boolean, offsetof(DmigDomainCheck, no_inherit), FALSE,
    "Tables that inherit do not have it." },
  { "not_valid", &dmig_form_boolean, offsetof(DmigDomainCheck, not_valid), FALSE,
    "Rows that were there before were not checked." },
  { 0 },
};
static const DmigForm check_form = {
  .definition = "check",
  .expects = "SQL, a mapping of dialects to SQL, or {sql: …}",
  .scalar = read_check_sql,
  .mapping = read_check_keys,
  .keys = check_keys,
};

static void
read_checks(DmigReading *reading, const DmigForm *form, const DmigYamlNode *node, gpointer place)
{
  for (guint i = 0; i < dmig_yaml_length(node); i++) {
    DmigDomainCheck *check = dmig_domain_check_new(dmig_yaml_key(node, i)->text);
    check->at = dmig_yaml_key(node, i)->at;
    dmig_form_read(reading, form->entry, dmig_yaml_value(node, i), check);
    g_ptr_array_add(*(GPtrArray **) place, check);
  }
}

static const DmigForm checks_form = {
  .expects = "a mapping of names to conditions",
  .nullable = TRUE,
  .mapping = read_checks,
  .entry = &check_form,
};

static const DmigKey exclusion_keys[] = {
  CHECK_KEYS,
  { "index_description", &dmig_form_text, offsetof(DmigDomainCheck, index_description), FALSE,
    "The comment of its index." },
  { 0 },
};
static const DmigForm exclusion_form = {
  .definition = "exclusion",
  .expects = "SQL, `using gist (room with =, during with &&)`, or {sql: …}",
  .scalar = read_check_sql,
  .mapping = read_check_keys,
  .keys = exclusion_keys,
};
static const DmigForm exclusions_form = {
  .expects = "a mapping of names to exclusion constraints",
  .nullable = TRUE,
  .mapping = read_checks,
  .entry = &exclusion_form,
};

/* What tables of all kinds have. */

#define ATTRIBUTES offsetof(DmigEntity, attributes)

static const DmigWord row_security_words[]
    = { { "enabled", 0 }, { "forced", 0 }, { "forced_only", 0 }, { NULL, 0 } };
static const DmigForm row_security_form = {
  .expects = "enabled, forced or forced_only",
  .scalar = dmig_form_read_attribute_word,
  .words = row_security_words,
};

static void read_partitions(DmigReading *reading, const DmigForm *form, const DmigYamlNode *node,
                            gpointer place);
static const DmigForm partition_form;
static const DmigForm partitions_form = {
  .expects = "a mapping of partitions",
  .nullable = TRUE,
  .mapping = read_partitions,
  .entry = &partition_form,
};

#define TABLE_KEYS                                                                                \
  { "description", &dmig_form_text, offsetof(DmigEntity, description), FALSE,                     \
    "What it is for; the table's comment." },                                                     \
    { "schema", &dmig_form_text, offsetof(DmigEntity, schema), FALSE,                             \
      "The schema that the table stands in; by default the database's." },                        \
    { "indexes", &dmig_form_indexes, offsetof(DmigEntity, indexes), FALSE,                        \
      "Lists of fields, or mappings that say more." },                                            \
    { "checks", &checks_form, offsetof(DmigEntity, checks), FALSE,                                \
      "Conditions that every row meets, by name." },                                              \
    { "fields", &fields_form, offsetof(DmigEntity, fields), FALSE,                                \
      "The fields, in the order of the table's columns; of a partition those that differ." },     \
    { "primary", &primary_form, 0, FALSE,                                                         \
      "The fields of the primary key, in the key's order; or say `primary` at the fields." },     \
    { "unique", &uniques_form, offsetof(DmigEntity, uniques), FALSE,                              \
      "Lists of fields that are unique together." },                                              \
    { "foreign", &foreigns_form, offsetof(DmigEntity, foreigns), FALSE,                           \
      "References by several fields, or to a key that is not the primary one." },                 \
    { "exclude", &exclusions_form, offsetof(DmigEntity, exclusions), FALSE,                       \
      "Exclusion constraints, by name." },                                                        \
    { "partition_by", &dmig_form_attribute, ATTRIBUTES, FALSE,                                    \
      "It is made of partitions: `range (made_at)`, `list (country)`, `hash (id)`." },            \
    { "partitions", &partitions_form, 0, FALSE, "Its partitions, by the names of their tables." }, \
    { "triggers", &dmig_form_triggers, offsetof(DmigEntity, parts), FALSE,                        \
      "Triggers, by name." },                                                                     \
    { "policies", &dmig_form_policies, offsetof(DmigEntity, parts), FALSE,                        \
      "Policies of row security, by name." },                                                     \
    { "rules", &dmig_form_rules, offsetof(DmigEntity, parts), FALSE, "Rules, by name." },         \
    { "row_security", &row_security_form, ATTRIBUTES, FALSE,                                      \
      "`enabled`: the policies say who sees which rows; `forced`: for the owner, too; "           \
      "`forced_only`: so once it is enabled." },                                                  \
    { "replica_identity", &dmig_form_attribute, ATTRIBUTES, FALSE,                                \
      "What tells rows apart in replication: `full`, `nothing`, or an index's name." },           \
    { "unlogged", &dmig_form_attribute_truth, ATTRIBUTES, FALSE, "A crash empties it." },         \
    { "with", &dmig_form_attribute_options, ATTRIBUTES, FALSE,                                    \
      "Storage parameters: `{fillfactor: 70}`." },                                                \
    { "access_method", &dmig_form_attribute, ATTRIBUTES, FALSE, "The table access method." },     \
    { "tablespace", &dmig_form_attribute, ATTRIBUTES, FALSE, "Its tablespace." },                 \
    { "grants", &dmig_form_grants, offsetof(DmigEntity, grants), FALSE,                           \
      "What roles may do with it." },                                                             \
  {                                                                                               \
    "owner", &dmig_form_text, offsetof(DmigEntity, owner), FALSE, "The role that owns it."        \
  }

/* Partitions. */

static void
read_values(DmigReading *reading, const DmigForm *form, const DmigYamlNode *node, gpointer place)
{
  DmigEntity *entity = place;
  dmig_form_read(reading, &dmig_form_text, node, &entity->values);
}

static const DmigKey partition_keys[] = {
  { "values", &dmig_form_text, offsetof(DmigEntity, values), TRUE,
    "What it holds: `from (1) to (9)`, `in ('a', 'b')`, `with (modulus 4, remainder 0)`, or "
    "`default`." },
  TABLE_KEYS,
  { 0 },
};

static const DmigForm partition_form = {
  .definition = "partition",
  .expects = "what it holds, or {values: …}",
  .scalar = read_values,
  .mapping = dmig_form_read_keys,
  .keys = partition_keys,
};

static void
read_partitions(DmigReading *reading, const DmigForm *form, const DmigYamlNode *node,
                gpointer place)
{
  const DmigEntity *whole = place;
  for (guint i = 0; i < dmig_yaml_length(node); i++) {
    const DmigYamlNode *name = dmig_yaml_key(node, i);
    DmigEntity *entity = dmig_entity_new(name->text);
    entity->at = name->at;
    entity->nested = TRUE;
    entity->partition_of = g_strdup(whole->name);
    entity->table = g_strdup(name->text);
    gboolean first = dmig_domain_reader_claim(reading, entity);
    dmig_form_read(reading, &partition_form, dmig_yaml_value(node, i), entity);
    if (!first)
      dmig_entity_free(entity);
  }
}

static const DmigKey entity_keys[] = {
  { "table", &dmig_form_text, offsetof(DmigEntity, table), FALSE,
    "The table's name; by default the entity's in snake_case." },
  { "inherits", &dmig_form_names, offsetof(DmigEntity, inherits), FALSE,
    "The entities whose fields and checks it has, too." },
  { "partition_of", &reference_form, offsetof(DmigEntity, partition_of), FALSE,
    "The entity that it is a partition of; or it stands under its `partitions`." },
  { "values", &dmig_form_text, offsetof(DmigEntity, values), FALSE,
    "What a partition holds: `from (1) to (9)`, `in ('a', 'b')`, or `default`." },
  { "of", &dmig_form_attribute, ATTRIBUTES, FALSE, "The composite type that it is a table of." },
  { "without_rowid", &dmig_form_attribute_truth, ATTRIBUTES, FALSE,
    "Its rows stand in the primary key, where the dialect has such tables." },
  { "strict", &dmig_form_attribute_truth, ATTRIBUTES, FALSE,
    "Values must be of their types, where the dialect does not mind otherwise." },
  { "dialects", &dmig_form_dialects, offsetof(DmigEntity, dialects), FALSE,
    "The dialects that have it; by default all." },
  TABLE_KEYS,
  { 0 },
};

static void
read_entity(DmigReading *reading, const DmigForm *form, const DmigYamlNode *node, gpointer place)
{
  DmigEntity *entity = place;
  guint errors = dmig_diagnostics_count(reading->diagnostics, DMIG_SEVERITY_ERROR);
  dmig_form_read_keys(reading, form, node, entity);
  gboolean own = entity->inherits == NULL && entity->partition_of == NULL;
  gboolean said = g_hash_table_contains(reading->places, entity->fields);
  if (own && !said && entity->fields->len == 0
      && dmig_diagnostics_count(reading->diagnostics, DMIG_SEVERITY_ERROR) == errors)
    dmig_reading_report(reading, node->at, DMIG_RULE_MISSING_KEY, NULL, "'fields' is missing: %s",
                        fields_form.expects);
  if ((entity->partition_of != NULL) != (entity->values != NULL))
    dmig_reading_report(reading, node->at, DMIG_RULE_MISSING_KEY, NULL,
                        "'partition_of' and 'values' go together");
}

const DmigForm dmig_form_entity = {
  .definition = "entity",
  .expects = "a mapping with 'fields'",
  .mapping = read_entity,
  .keys = entity_keys,
};
