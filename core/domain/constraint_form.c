/* The forms of foreign keys, checks and exclusion constraints. */
#include "core/domain/entity_form.h"

#include <string.h>

#include "core/domain/short_form.h"

static void
read_foreign_on_delete(DmigReading *reading, const DmigForm *form, const DmigYamlNode *node,
                       gpointer place)
{
  DmigForeign *foreign = place;
  dmig_form_read_on_delete(reading, form, node, &foreign->on_delete, &foreign->on_delete_fields);
}

static const DmigForm foreign_on_delete_form = {
  .definition = "on_delete",
  .expects = "an action, or one of {set_null: …} and {set_default: …}",
  .scalar = read_foreign_on_delete,
  .words = dmig_action_words,
  .mapping = read_foreign_on_delete,
  .keys = dmig_on_delete_keys,
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
  { "references", &dmig_form_reference, offsetof(DmigForeign, references), TRUE,
    "The entity that they refer to." },
  { "to", &dmig_form_fields, offsetof(DmigForeign, to), FALSE,
    "The fields that they refer to; by default its primary key." },
  { "outside", &dmig_form_boolean, offsetof(DmigForeign, outside), FALSE,
    "What they refer to is no entity but a table of this name, which is not the domain's business." },
  { "name", &dmig_form_text, offsetof(DmigForeign, name), FALSE, "The constraint's name." },
  { "on_delete", &foreign_on_delete_form, 0, FALSE,
    "What becomes of this row when the one it refers to is deleted." },
  { "on_update", &dmig_form_action, offsetof(DmigForeign, on_update), FALSE,
    "What becomes of this row when the key it refers to changes." },
  { "deferrable", &dmig_form_deferrable, offsetof(DmigForeign, deferrable), FALSE,
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

const DmigForm dmig_form_foreigns = {
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
  DMIG_DIALECT_KEYS, { "sql", &dmig_form_sql, offsetof(DmigDomainCheck, sql), FALSE,              \
                       "The text, where more is said of it." },                                   \
  {                                                                                               \
    "description", &dmig_form_text, offsetof(DmigDomainCheck, description), FALSE,                \
        "What it is for; the constraint's comment."                                               \
  }

static const DmigKey check_keys[] = {
  CHECK_KEYS,
  { "unnamed", &dmig_form_boolean, offsetof(DmigDomainCheck, unnamed), FALSE,
    "It has no name in the database, where the dialect's constraints need none." },
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

const DmigForm dmig_form_checks = {
  .expects = "a mapping of names to conditions",
  .nullable = TRUE,
  .mapping = read_checks,
  .entry = &check_form,
};

static const DmigKey type_check_keys[] = { CHECK_KEYS, { 0 } };
static const DmigForm type_check_form = {
  .definition = "type_check",
  .expects = "SQL, a mapping of dialects to SQL, or {sql: …}",
  .scalar = read_check_sql,
  .mapping = read_check_keys,
  .keys = type_check_keys,
};

/* A check of a type is an attribute, and its description another. */
static void
add_type_check(GPtrArray *attributes, DmigDomainCheck *check)
{
  dmig_attributes_add(attributes, "checks", check->name, NULL);
  DmigAttribute *attribute = attributes->pdata[attributes->len - 1];
  attribute->at = attribute->value->at = check->at;
  if (check->sql != NULL) {
    dmig_sql_text_free(attribute->value);
    attribute->value = g_steal_pointer(&check->sql);
  }
  if (check->description == NULL)
    return;
  dmig_attributes_add(attributes, "check_description", check->name, check->description);
  attribute = attributes->pdata[attributes->len - 1];
  attribute->at = attribute->value->at = check->at;
}

static void
read_type_checks(DmigReading *reading, const DmigForm *form, const DmigYamlNode *node,
                 gpointer place)
{
  g_autoptr(GPtrArray) checks
      = g_ptr_array_new_with_free_func((GDestroyNotify) dmig_domain_check_free);
  read_checks(reading, form, node, &checks);
  for (guint i = 0; i < checks->len; i++) {
    DmigDomainCheck *check = checks->pdata[i];
    if (*check->name == '\0')
      dmig_reading_report(reading, check->at, DMIG_RULE_EMPTY_NAME, NULL,
                          "an entry of 'checks' has no name");
    else
      add_type_check(*(GPtrArray **) place, check);
  }
}

const DmigForm dmig_form_attribute_checks = {
  .expects = "a mapping of names to conditions",
  .nullable = TRUE,
  .mapping = read_type_checks,
  .entry = &type_check_form,
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
const DmigForm dmig_form_exclusions = {
  .expects = "a mapping of names to exclusion constraints",
  .nullable = TRUE,
  .mapping = read_checks,
  .entry = &exclusion_form,
};
