/* The forms of indexes. */
#include "core/domain/domain_reader.h"

#include <string.h>

#include "core/domain/dialect_facts.h"

/* `joined_at desc` */
static void
read_short_part(DmigReading *reading, const DmigForm *form, const DmigYamlNode *node,
                gpointer place)
{
  DmigIndexPart *part = place;
  part->descending = g_str_has_suffix(node->text, " desc");
  gsize suffix = part->descending                       ? strlen(" desc")
                 : g_str_has_suffix(node->text, " asc") ? strlen(" asc")
                                                        : 0;
  part->ascending = suffix == strlen(" asc");
  part->field = g_strstrip(g_strndup(node->text, strlen(node->text) - suffix));
}

static void
read_part_keys(DmigReading *reading, const DmigForm *form, const DmigYamlNode *node, gpointer place)
{
  DmigIndexPart *part = place;
  dmig_form_read_keys(reading, form, node, part);
  if (part->field != NULL && part->expression != NULL)
    dmig_reading_report(reading, node->at, DMIG_RULE_CONTRADICTION, NULL,
                        "'field' and 'expression' can't both hold");
  else if (part->field == NULL && part->expression == NULL)
    dmig_reading_report(reading, node->at, DMIG_RULE_MISSING_KEY, NULL,
                        "'field' or 'expression' is missing");
}

static const DmigWord nulls_words[] = { { "first", -1 }, { "last", 1 }, { NULL, 0 } };
static const DmigForm nulls_form = {
  .expects = "first or last",
  .scalar = dmig_form_read_word,
  .words = nulls_words,
};

static const DmigKey part_keys[] = {
  { "field", &dmig_form_text, offsetof(DmigIndexPart, field), FALSE, "A field." },
  { "expression", &dmig_form_sql, offsetof(DmigIndexPart, expression), FALSE,
    "Or an expression of SQL." },
  { "desc", &dmig_form_boolean, offsetof(DmigIndexPart, descending), FALSE,
    "The greatest first; `name desc` for short." },
  { "asc", &dmig_form_boolean, offsetof(DmigIndexPart, ascending), FALSE,
    "The least first, as without it, but in so many words; `name asc` for short." },
  { "nulls", &nulls_form, offsetof(DmigIndexPart, nulls), FALSE,
    "Where nulls stand: `first` or `last`." },
  { "operator_class", &dmig_form_text, offsetof(DmigIndexPart, operator_class), FALSE,
    "The operator class, where the dialect has them." },
  { "collation", &dmig_form_text, offsetof(DmigIndexPart, collation), FALSE,
    "How texts are sorted in it." },
  { 0 },
};

static const DmigForm part_form = {
  .definition = "index_part",
  .expects = "a field, or a mapping with 'field' or 'expression'",
  .scalar = read_short_part,
  .mapping = read_part_keys,
  .keys = part_keys,
};

static void
add_part(DmigReading *reading, const DmigYamlNode *node, GPtrArray *parts)
{
  DmigIndexPart *part = dmig_index_part_new();
  dmig_form_read(reading, &part_form, node, part);
  if (part->field != NULL || part->expression != NULL)
    g_ptr_array_add(parts, part);
  else
    dmig_index_part_free(part);
}

static void
read_parts(DmigReading *reading, const DmigForm *form, const DmigYamlNode *node, gpointer place)
{
  GPtrArray *parts = *(GPtrArray **) place;
  if (node->kind != DMIG_YAML_SEQUENCE)
    add_part(reading, node, parts);
  for (guint i = 0; node->kind == DMIG_YAML_SEQUENCE && i < dmig_yaml_length(node); i++)
    add_part(reading, dmig_yaml_item(node, i), parts);
}

static const DmigForm parts_form = {
  .expects = "a list of fields",
  .scalar = read_parts,
  .sequence = read_parts,
  .item = &part_form,
  .most = 32,
};

static void
read_dialect_set(DmigReading *reading, const DmigForm *form, const DmigYamlNode *node,
                 gpointer place)
{
  GHashTable **set = place;
  g_auto(GStrv) names = NULL;
  dmig_form_read(reading, &dmig_form_names, node, &names);
  if (*set == NULL)
    *set = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
  for (guint i = 0; names != NULL && names[i] != NULL; i++) {
    if (dmig_dialect_facts(names[i]) == NULL) {
      g_autofree char *hint = dmig_reading_suggest_or_list(reading, names[i], dmig_dialect_names());
      dmig_reading_report(reading, node->at, DMIG_RULE_UNKNOWN_DIALECT, hint,
                          "unknown dialect '%s'", dmig_reading_show(reading, names[i]));
    } else
      g_hash_table_add(*set, g_strdup(names[i]));
  }
}

const DmigForm dmig_form_dialects = {
  .expects = "a list of dialects",
  .scalar = read_dialect_set,
  .sequence = read_dialect_set,
  .item = &dmig_form_text,
};

static const DmigKey index_keys[] = {
  { "fields", &parts_form, offsetof(DmigDomainIndex, parts), TRUE,
    "The fields or expressions, in the index's order." },
  { "name", &dmig_form_text, offsetof(DmigDomainIndex, name), FALSE,
    "The index's name; by default `<table>_<columns>_idx`." },
  { "unique", &dmig_form_boolean, offsetof(DmigDomainIndex, unique), FALSE,
    "No two rows are the same in it." },
  { "where", &dmig_form_sql, offsetof(DmigDomainIndex, where), FALSE,
    "Only rows that meet this condition are in it." },
  { "include", &dmig_form_fields, offsetof(DmigDomainIndex, include), FALSE,
    "Further fields that it carries, where the dialect can." },
  { "method", &dmig_form_text, offsetof(DmigDomainIndex, method), FALSE,
    "The access method, `gin` for one, where the dialect has several." },
  { "dialects", &dmig_form_dialects, offsetof(DmigDomainIndex, dialects), FALSE,
    "The dialects that have the index; by default all." },
  { "nulls_not_distinct", &dmig_form_boolean, offsetof(DmigDomainIndex, nulls_not_distinct), FALSE,
    "Of a unique one: two nulls are the same." },
  { "with", &dmig_form_attribute_options, offsetof(DmigDomainIndex, attributes), FALSE,
    "Storage parameters: `{fillfactor: 70}`." },
  { "tablespace", &dmig_form_attribute, offsetof(DmigDomainIndex, attributes), FALSE,
    "Its tablespace." },
  { "statistics", &dmig_form_attribute_options, offsetof(DmigDomainIndex, attributes), FALSE,
    "How much the planner learns of its expressions, by their numbers: `{1: 500}`." },
  { "cluster", &dmig_form_boolean, offsetof(DmigDomainIndex, cluster), FALSE,
    "CLUSTER puts the rows in its order." },
  { "only", &dmig_form_boolean, offsetof(DmigDomainIndex, only), FALSE,
    "Of a partitioned table: its partitions don't get one each by themselves." },
  { "part_of", &dmig_form_text, offsetof(DmigDomainIndex, part_of), FALSE,
    "Of a partition: its whole's index or key that it belongs to, by name." },
  { "description", &dmig_form_text, offsetof(DmigDomainIndex, description), FALSE,
    "What it is for; the index's comment." },
  { 0 },
};

static void
read_index_fields(DmigReading *reading, const DmigForm *form, const DmigYamlNode *node,
                  gpointer place)
{
  DmigDomainIndex *index = place;
  read_parts(reading, form, node, &index->parts);
}

static const DmigForm index_form = {
  .definition = "index",
  .expects = "a list of fields, or {fields: …}",
  .scalar = read_index_fields,
  .sequence = read_index_fields,
  .item = &part_form,
  .most = 32,
  .mapping = dmig_form_read_keys,
  .keys = index_keys,
};

static void
read_indexes(DmigReading *reading, const DmigForm *form, const DmigYamlNode *node, gpointer place)
{
  for (guint i = 0; i < dmig_yaml_length(node); i++) {
    DmigDomainIndex *index = dmig_domain_index_new();
    index->at = dmig_yaml_item(node, i)->at;
    g_ptr_array_add(*(GPtrArray **) place, index);
    dmig_form_read(reading, &index_form, dmig_yaml_item(node, i), index);
  }
}

const DmigForm dmig_form_indexes = {
  .expects = "a list of indexes",
  .nullable = TRUE,
  .sequence = read_indexes,
  .item = &index_form,
};
