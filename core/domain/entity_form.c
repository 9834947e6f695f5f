/* The form of entities, and of the partitions that stand in them. */
#include "core/domain/entity_form.h"

#include <string.h>

#include "core/domain/object_form.h"

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
    { "checks", &dmig_form_checks, offsetof(DmigEntity, checks), FALSE,                                \
      "Conditions that every row meets, by name." },                                              \
    { "fields", &dmig_form_entity_fields, offsetof(DmigEntity, fields), FALSE,                                \
      "The fields, in the order of the table's columns; of a partition those that differ." },     \
    { "primary", &dmig_form_primary, 0, FALSE,                                                         \
      "The fields of the primary key, in the key's order; or say `primary` at the fields." },     \
    { "unique", &dmig_form_uniques, offsetof(DmigEntity, uniques), FALSE,                              \
      "Lists of fields that are unique together." },                                              \
    { "foreign", &dmig_form_foreigns, offsetof(DmigEntity, foreigns), FALSE,                           \
      "References by several fields, or to a key that is not the primary one." },                 \
    { "exclude", &dmig_form_exclusions, offsetof(DmigEntity, exclusions), FALSE,                       \
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
  { "partition_of", &dmig_form_reference, offsetof(DmigEntity, partition_of), FALSE,
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
                        dmig_form_entity_fields.expects);
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
