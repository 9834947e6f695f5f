/* The form of fields. */
#include "core/domain/entity_form.h"

#include <string.h>

#include "core/domain/short_form.h"

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
read_field_on_delete(DmigReading *reading, const DmigForm *form, const DmigYamlNode *node,
                     gpointer place)
{
  DmigField *field = place;
  dmig_form_read_on_delete(reading, form, node, &field->on_delete, &field->on_delete_fields);
}

static const DmigForm field_on_delete_form = {
  .definition = "on_delete",
  .expects = "an action, or one of {set_null: …} and {set_default: …}",
  .scalar = read_field_on_delete,
  .words = dmig_action_words,
  .mapping = read_field_on_delete,
  .keys = dmig_on_delete_keys,
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
  { "references", &dmig_form_reference, offsetof(DmigField, references), FALSE,
    "A relationship: the entity whose key the field holds. It takes the key's type." },
  { "on_delete", &field_on_delete_form, 0, FALSE,
    "What becomes of this row when the one it refers to is deleted." },
  { "on_update", &dmig_form_action, offsetof(DmigField, on_update), FALSE,
    "What becomes of this row when the key it refers to changes." },
  { "deferrable", &dmig_form_deferrable, offsetof(DmigField, deferrable), FALSE,
    "Whether the reference may be checked at the transaction's end: `immediate` (it may), "
    "`deferred` (it is)." },
  { "required", &dmig_form_boolean, offsetof(DmigField, required), FALSE, "Never null." },
  { "primary", &dmig_form_boolean, offsetof(DmigField, primary), FALSE,
    "The primary key, or a part of it." },
  { "nullable", &dmig_form_boolean, offsetof(DmigField, nullable), FALSE,
    "A key's field that may be null all the same, where the dialect lets it." },
  { "on_null", &dmig_form_conflict, offsetof(DmigField, on_null), FALSE,
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
  { "default", &dmig_form_default, offsetof(DmigField, default_value), FALSE,
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

const DmigForm dmig_form_entity_fields = {
  .expects = "a mapping of fields",
  .mapping = read_fields,
  .entry = &field_form,
};
