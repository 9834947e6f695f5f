/* The forms of keys: what they are of, unique constraints, the primary key. */
#include "core/domain/entity_form.h"

#include <string.h>

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
    { "on_conflict", &dmig_form_conflict, offsetof(DmigDomainUnique, on_conflict), FALSE,              \
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
  { "deferrable", &dmig_form_deferrable, offsetof(DmigDomainUnique, deferrable), FALSE,
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

const DmigForm dmig_form_uniques = {
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
  { "deferrable", &dmig_form_deferrable, offsetof(DmigDomainUnique, deferrable), FALSE,
    "Whether it may be checked at the transaction's end." },
  KEY_KEYS,
  { 0 },
};

const DmigForm dmig_form_primary = {
  .definition = "primary",
  .expects = "a list of fields, or {fields: …, name: …}",
  .scalar = read_primary,
  .sequence = read_primary,
  .item = &key_field_form,
  .most = 32,
  .mapping = read_primary,
  .keys = primary_keys,
};
