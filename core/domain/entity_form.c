/* The forms of an entity and of what it is made of. */
#include "core/domain/domain_reader.h"

#include <string.h>

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
static const DmigForm identity_form = {
  .expects = "true, always or by_default",
  .scalar = dmig_form_read_word,
  .words = dmig_identity_words,
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

static const DmigKey field_keys[] = {
  { "type", &type_form, 0, FALSE,
    "The type: a portable one, an enum of the domain, or by dialect a type of its own." },
  { "references", &reference_form, offsetof(DmigField, references), FALSE,
    "A relationship: the entity whose key the field holds. It takes the key's type." },
  { "on_delete", &action_form, offsetof(DmigField, on_delete), FALSE,
    "What becomes of this row when the one it refers to is deleted." },
  { "on_update", &action_form, offsetof(DmigField, on_update), FALSE,
    "What becomes of this row when the key it refers to changes." },
  { "deferrable", &deferrable_form, offsetof(DmigField, deferrable), FALSE,
    "Whether the reference may be checked at the transaction's end: `immediate` (it may), "
    "`deferred` (it is)." },
  { "required", &dmig_form_boolean, offsetof(DmigField, required), FALSE, "Never null." },
  { "primary", &dmig_form_boolean, offsetof(DmigField, primary), FALSE,
    "The primary key, or a part of it." },
  { "unique", &dmig_form_boolean, offsetof(DmigField, unique), FALSE,
    "No two rows have the same value." },
  { "identity", &identity_form, offsetof(DmigField, identity), FALSE,
    "The database numbers the rows; `always`: a row may not bring its own number." },
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
  if (dmig_yaml_length(node) == 0)
    dmig_reading_report(reading, node->at, DMIG_RULE_NO_FIELDS, NULL, "an entity without fields");
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

/* Uniques. */

static void
read_unique_fields(DmigReading *reading, const DmigForm *form, const DmigYamlNode *node,
                   gpointer place)
{
  DmigDomainUnique *unique = place;
  dmig_form_read(reading, &dmig_form_fields, node, &unique->fields);
}

static const DmigKey unique_keys[] = {
  { "fields", &dmig_form_fields, offsetof(DmigDomainUnique, fields), TRUE, "The fields." },
  { "name", &dmig_form_text, offsetof(DmigDomainUnique, name), FALSE, "The constraint's name." },
  { "deferrable", &deferrable_form, offsetof(DmigDomainUnique, deferrable), FALSE,
    "Whether it may be checked at the transaction's end." },
  { 0 },
};

static const DmigForm unique_form = {
  .definition = "unique",
  .expects = "a list of fields, or {fields: …}",
  .scalar = read_unique_fields,
  .sequence = read_unique_fields,
  .item = &dmig_form_text,
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

/* Foreign keys. */

static const DmigKey foreign_keys[] = {
  { "fields", &dmig_form_fields, offsetof(DmigForeign, fields), TRUE, "The fields that refer." },
  { "references", &reference_form, offsetof(DmigForeign, references), TRUE,
    "The entity that they refer to." },
  { "to", &dmig_form_fields, offsetof(DmigForeign, to), FALSE,
    "The fields that they refer to; by default its primary key." },
  { "name", &dmig_form_text, offsetof(DmigForeign, name), FALSE, "The constraint's name." },
  { "on_delete", &action_form, offsetof(DmigForeign, on_delete), FALSE,
    "What becomes of this row when the one it refers to is deleted." },
  { "on_update", &action_form, offsetof(DmigForeign, on_update), FALSE,
    "What becomes of this row when the key it refers to changes." },
  { "deferrable", &deferrable_form, offsetof(DmigForeign, deferrable), FALSE,
    "Whether it may be checked at the transaction's end." },
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
read_checks(DmigReading *reading, const DmigForm *form, const DmigYamlNode *node, gpointer place)
{
  for (guint i = 0; i < dmig_yaml_length(node); i++) {
    DmigDomainCheck *check = dmig_domain_check_new(dmig_yaml_key(node, i)->text);
    check->at = dmig_yaml_key(node, i)->at;
    dmig_form_read(reading, &dmig_form_sql, dmig_yaml_value(node, i), &check->sql);
    g_ptr_array_add(*(GPtrArray **) place, check);
  }
}

static const DmigForm checks_form = {
  .expects = "a mapping of names to conditions",
  .nullable = TRUE,
  .mapping = read_checks,
  .entry = &dmig_form_sql,
};

static const DmigKey entity_keys[] = {
  { "table", &dmig_form_text, offsetof(DmigEntity, table), FALSE,
    "The table's name; by default the entity's in snake_case." },
  { "description", &dmig_form_text, offsetof(DmigEntity, description), FALSE,
    "What it is for; the table's comment." },
  { "fields", &fields_form, offsetof(DmigEntity, fields), TRUE,
    "The fields, in the order of the table's columns." },
  { "primary", &dmig_form_fields, offsetof(DmigEntity, primary), FALSE,
    "The fields of the primary key, in the key's order; or say `primary` at the fields." },
  { "unique", &uniques_form, offsetof(DmigEntity, uniques), FALSE,
    "Lists of fields that are unique together." },
  { "foreign", &foreigns_form, offsetof(DmigEntity, foreigns), FALSE,
    "References by several fields, or to a key that is not the primary one." },
  { "indexes", &dmig_form_indexes, offsetof(DmigEntity, indexes), FALSE,
    "Lists of fields, or mappings that say more." },
  { "checks", &checks_form, offsetof(DmigEntity, checks), FALSE,
    "Conditions that every row meets, by name." },
  { 0 },
};

const DmigForm dmig_form_entity = {
  .definition = "entity",
  .expects = "a mapping with 'fields'",
  .mapping = dmig_form_read_keys,
  .keys = entity_keys,
};
