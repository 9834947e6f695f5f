/* The forms of change.yaml. */
#include "core/domain/change_reader.h"

static void
read_renames(DmigReading *reading, const DmigForm *form, const DmigYamlNode *node, gpointer place)
{
  for (guint i = 0; i < dmig_yaml_length(node); i++) {
    DmigRename *rename = g_new0(DmigRename, 1);
    rename->at = dmig_yaml_key(node, i)->at;
    rename->from = g_strdup(dmig_yaml_key(node, i)->text);
    dmig_form_read(reading, form->entry, dmig_yaml_value(node, i), &rename->to);
    if (rename->to == NULL)
      rename->to = g_strdup("");
    g_ptr_array_add(*(GPtrArray **) place, rename);
  }
}

static const DmigForm renames_form = {
  .expects = "a mapping of old names to new ones",
  .nullable = TRUE,
  .mapping = read_renames,
  .entry = &dmig_form_text,
};

static void
add_drop(DmigReading *reading, const DmigYamlNode *node, GPtrArray *drops)
{
  char *name = NULL;
  dmig_form_read(reading, &dmig_form_text, node, &name);
  if (name == NULL)
    return;
  g_ptr_array_add(drops, name);
  dmig_reading_note_place(reading, name, node->at);
}

static void
read_drops(DmigReading *reading, const DmigForm *form, const DmigYamlNode *node, gpointer place)
{
  GPtrArray *drops = *(GPtrArray **) place;
  if (node->kind == DMIG_YAML_SCALAR)
    add_drop(reading, node, drops);
  for (guint i = 0; i < dmig_yaml_length(node); i++)
    add_drop(reading, dmig_yaml_item(node, i), drops);
}

static const DmigForm drops_form = {
  .expects = "a list of names",
  .nullable = TRUE,
  .scalar = read_drops,
  .sequence = read_drops,
  .item = &dmig_form_text,
};

static void
read_fills(DmigReading *reading, const DmigForm *form, const DmigYamlNode *node, gpointer place)
{
  for (guint i = 0; i < dmig_yaml_length(node); i++) {
    const DmigYamlNode *value = dmig_yaml_value(node, i);
    DmigFill *fill = g_new0(DmigFill, 1);
    fill->at = dmig_yaml_key(node, i)->at;
    fill->field = g_strdup(dmig_yaml_key(node, i)->text);
    dmig_form_read(reading, form->entry, value, &fill->value);
    if (dmig_yaml_is_null(value))
      dmig_reading_report(reading, value->at, DMIG_RULE_MISSING_VALUE, NULL,
                          "expected %s, found nothing", form->entry->expects);
    if (fill->value != NULL) {
      g_ptr_array_add(*(GPtrArray **) place, fill);
      continue;
    }
    g_free(fill->field);
    g_free(fill);
  }
}

static const DmigForm fills_form = {
  .expects = "a mapping of fields to values",
  .nullable = TRUE,
  .mapping = read_fills,
  .entry = &dmig_form_value,
};

static void
read_upgrade_only(DmigReading *reading, const DmigForm *form, const DmigYamlNode *node,
                  gpointer place)
{
  DmigConvert *convert = place;
  dmig_form_read(reading, &dmig_form_sql, node, &convert->upgrade);
}

static const DmigKey convert_keys[] = {
  { "upgrade", &dmig_form_sql, offsetof(DmigConvert, upgrade), FALSE,
    "The new value, over the old row; columns by their new names." },
  { "downgrade", &dmig_form_sql, offsetof(DmigConvert, downgrade), FALSE,
    "The old value again, on the way back." },
  { 0 },
};

static const DmigForm convert_form = {
  .definition = "convert",
  .expects = "an expression, or {upgrade: …, downgrade: …}",
  .scalar = read_upgrade_only,
  .mapping = dmig_form_read_keys,
  .keys = convert_keys,
};

static void
read_converts(DmigReading *reading, const DmigForm *form, const DmigYamlNode *node, gpointer place)
{
  for (guint i = 0; i < dmig_yaml_length(node); i++) {
    DmigConvert *convert = g_new0(DmigConvert, 1);
    convert->at = dmig_yaml_key(node, i)->at;
    convert->field = g_strdup(dmig_yaml_key(node, i)->text);
    dmig_form_read(reading, form->entry, dmig_yaml_value(node, i), convert);
    g_ptr_array_add(*(GPtrArray **) place, convert);
  }
}

static const DmigForm converts_form = {
  .expects = "a mapping of fields to conversions",
  .nullable = TRUE,
  .mapping = read_converts,
  .entry = &convert_form,
};

/* The key of the mapping around is the enum's or the field's. */
typedef struct {
  const char *field;
  GPtrArray *values;
} LabelsOf;

static void
read_labels(DmigReading *reading, const DmigForm *form, const DmigYamlNode *node, gpointer place)
{
  const LabelsOf *labels = place;
  for (guint i = 0; i < dmig_yaml_length(node); i++) {
    char *to = NULL;
    dmig_form_read(reading, form->entry, dmig_yaml_value(node, i), &to);
    if (to == NULL)
      continue;
    DmigValueMap *map = g_new0(DmigValueMap, 1);
    map->at = dmig_yaml_key(node, i)->at;
    map->field = g_strdup(labels->field);
    map->from = g_strdup(dmig_yaml_key(node, i)->text);
    map->to = to;
    g_ptr_array_add(labels->values, map);
  }
}

static const DmigForm labels_form = {
  .expects = "a mapping of old labels to new ones",
  .mapping = read_labels,
  .entry = &dmig_form_text,
};

static void
read_values(DmigReading *reading, const DmigForm *form, const DmigYamlNode *node, gpointer place)
{
  for (guint i = 0; i < dmig_yaml_length(node); i++) {
    LabelsOf labels = { dmig_yaml_key(node, i)->text, *(GPtrArray **) place };
    dmig_form_read(reading, form->entry, dmig_yaml_value(node, i), &labels);
  }
}

static const DmigForm values_form = {
  .expects = "a mapping of enums or fields to their labels",
  .nullable = TRUE,
  .mapping = read_values,
  .entry = &labels_form,
};

static const DmigKey upgrade_keys[] = {
  { "before", &dmig_form_sql, offsetof(DmigChangeFile, upgrade_before), FALSE,
    "Statements before the first step." },
  { "after", &dmig_form_sql, offsetof(DmigChangeFile, upgrade_after), FALSE,
    "Statements behind the last step." },
  { 0 },
};
static const DmigKey downgrade_keys[] = {
  { "before", &dmig_form_sql, offsetof(DmigChangeFile, downgrade_before), FALSE,
    "Statements before the first step." },
  { "after", &dmig_form_sql, offsetof(DmigChangeFile, downgrade_after), FALSE,
    "Statements behind the last step." },
  { 0 },
};
static const DmigForm upgrade_form = {
  .expects = "{before: …, after: …}",
  .mapping = dmig_form_read_keys,
  .keys = upgrade_keys,
};
static const DmigForm downgrade_form = {
  .expects = "{before: …, after: …}",
  .mapping = dmig_form_read_keys,
  .keys = downgrade_keys,
};
static const DmigKey sql_keys[] = {
  { "upgrade", &upgrade_form, 0, FALSE, "On the way to this revision." },
  { "downgrade", &downgrade_form, 0, FALSE, "On the way back." },
  { 0 },
};
static const DmigForm sql_form = {
  .expects = "{upgrade: …, downgrade: …}",
  .nullable = TRUE,
  .mapping = dmig_form_read_keys,
  .keys = sql_keys,
};

static const DmigKey change_keys[] = {
  { "renames", &renames_form, offsetof(DmigChangeFile, renames), FALSE,
    "Entities, fields, enums and views under another name: `old: new`." },
  { "drops", &drops_form, offsetof(DmigChangeFile, drops), FALSE,
    "What really goes: no rename to look for." },
  { "fill", &fills_form, offsetof(DmigChangeFile, fills), FALSE,
    "The value that a required field takes for rows that exist." },
  { "convert", &converts_form, offsetof(DmigChangeFile, converts), FALSE,
    "How the values of a field change when its type does." },
  { "values", &values_form, offsetof(DmigChangeFile, values), FALSE,
    "Labels of an enum under another name: `old: new`." },
  { "checks", &dmig_form_change_checks, offsetof(DmigChangeFile, checks), FALSE,
    "What is to be true of the rows, before or after." },
  { "sql", &sql_form, 0, FALSE, "Statements of one's own, around dmig's." },
  { "allow", &dmig_form_allows, offsetof(DmigChangeFile, allows), FALSE,
    "Hazards that were thought about: a rule, and the reason why it may be." },
  { 0 },
};

const DmigForm dmig_form_change = {
  .expects = "a mapping",
  .nullable = TRUE,
  .mapping = dmig_form_read_keys,
  .keys = change_keys,
};
