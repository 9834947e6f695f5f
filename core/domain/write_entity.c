/* Entities: their fields, what is built of these, and their partitions. */
#include "core/domain/write_parts.h"

#include <string.h>

#include "core/base/text.h"

static DmigWriteNode *
write_fields(const DmigWriting *self, const DmigEntity *entity)
{
  DmigWriteNode *map = dmig_write_node_map();
  for (guint i = 0; i < entity->fields->len; i++) {
    const DmigField *field = entity->fields->pdata[i];
    dmig_write_node_set(map, field->name, dmig_write_field(self, entity, field));
  }
  dmig_write_node_spread(map, FALSE);
  return map;
}

/* Constraints. */

/* A list of fields where there is nothing else to say. */
static DmigWriteNode *
fields_or(DmigWriteNode *map, char *const *fields)
{
  if (dmig_write_node_length(map) > 0)
    return map;
  dmig_write_node_free(map);
  return dmig_write_node_names(fields);
}

/* `b`, or `{field: b, desc: true}`. */
static DmigWriteNode *
write_key_fields(const DmigDomainUnique *key, char *const *fields)
{
  if (key->parts == NULL)
    return dmig_write_node_names(fields);
  DmigWriteNode *list = dmig_write_node_list();
  for (guint i = 0; i < key->parts->len; i++) {
    const DmigIndexPart *part = key->parts->pdata[i];
    if (!part->descending && part->collation == NULL) {
      dmig_write_node_append(list, dmig_write_node_text(part->field));
      continue;
    }
    DmigWriteNode *map = dmig_write_node_append(list, dmig_write_node_map());
    dmig_write_node_set_text(map, "field", part->field);
    dmig_write_node_set_true(map, "desc", part->descending);
    dmig_write_node_set_text(map, "collation", part->collation);
  }
  return list;
}

static DmigWriteNode *
write_key(const DmigDomainUnique *key, char *const *fields, gboolean listed)
{
  DmigWriteNode *map = dmig_write_node_map();
  gboolean more = key != NULL
                  && (key->name != NULL || key->deferrable != DMIG_NOT_DEFERRABLE
                      || key->nulls_not_distinct || key->include != NULL || key->description != NULL
                      || key->attributes->len > 0 || key->cluster || key->in_table
                      || key->on_conflict != NULL || key->only || key->part_of != NULL
                      || key->index_description != NULL || key->parts != NULL || key->in_column);
  if (!more)
    return fields_or(map, fields);
  if (listed)
    dmig_write_node_set(map, "fields", write_key_fields(key, fields));
  dmig_write_node_set_true(map, "in_column", key->in_column);
  dmig_write_node_set_text(map, "name", key->name);
  dmig_write_node_set_true(map, "nulls_not_distinct", key->nulls_not_distinct);
  dmig_write_node_set(map, "include", dmig_write_node_names(key->include));
  dmig_write_node_set_text(map, "deferrable", dmig_write_deferrable(key->deferrable));
  dmig_write_node_set_true(map, "in_table",
                           key->in_table && key->on_conflict == NULL && key->parts == NULL);
  dmig_write_node_set_text(map, "on_conflict", key->on_conflict);
  dmig_write_set_attributes(map, key->attributes, NULL);
  dmig_write_node_set_true(map, "cluster", key->cluster);
  dmig_write_node_set_true(map, "only", key->only);
  dmig_write_node_set_text(map, "part_of", key->part_of);
  dmig_write_node_set_text(map, "description", key->description);
  dmig_write_node_set_text(map, "index_description", key->index_description);
  return map;
}

static gboolean
is_said_at_field(const DmigEntity *entity, const char *name)
{
  for (guint i = 0; i < entity->fields->len; i++) {
    const DmigField *field = entity->fields->pdata[i];
    if (strcmp(field->name, name) == 0)
      return field->primary;
  }
  return FALSE;
}

/* A key of one field is said at the field, unless that is a parent's. */
static DmigWriteNode *
write_primary(const DmigEntity *entity)
{
  char *const *key = entity->primary;
  gboolean listed = key[0] != NULL
                    && (key[1] != NULL || !is_said_at_field(entity, key[0])
                        || (entity->key != NULL && entity->key->parts != NULL));
  return write_key(entity->key, listed ? key : NULL, listed);
}

static DmigWriteNode *
write_uniques(const DmigEntity *entity)
{
  DmigWriteNode *list = dmig_write_node_list();
  for (guint i = 0; i < entity->uniques->len; i++) {
    const DmigDomainUnique *unique = entity->uniques->pdata[i];
    dmig_write_node_append(list, write_key(unique, unique->fields, TRUE));
  }
  dmig_write_node_spread(list, FALSE);
  return list;
}

static gboolean
refers_to_key(const DmigWriting *self, const DmigForeign *foreign)
{
  const DmigEntity *target = g_hash_table_lookup(self->entities, foreign->references);
  return foreign->to == NULL || (target != NULL && dmig_strv_equal(foreign->to, dmig_entity_key(target)));
}

static DmigWriteNode *
write_foreign(const DmigWriting *self, const DmigForeign *foreign)
{
  DmigWriteNode *map = dmig_write_node_map();
  dmig_write_node_set(map, "fields",
                      foreign->fields[0] != NULL && foreign->fields[1] == NULL
                          ? dmig_write_node_text(foreign->fields[0])
                          : dmig_write_node_names(foreign->fields));
  dmig_write_node_set_text(map, "references", foreign->references);
  dmig_write_node_set_true(map, "outside", foreign->outside);
  if (foreign->outside ? foreign->to[0] != NULL
                       : !refers_to_key(self, foreign) && foreign->to[0] != NULL)
    dmig_write_node_set(map, "to",
                        foreign->to[1] == NULL ? dmig_write_node_text(foreign->to[0])
                                               : dmig_write_node_names(foreign->to));
  dmig_write_node_set_text(map, "name", foreign->name);
  dmig_write_node_set_text(map, "match", foreign->match_full ? "full" : NULL);
  dmig_write_set_on_delete(map, foreign->on_delete, foreign->on_delete_fields);
  dmig_write_node_set_text(map, "on_update", dmig_write_action(foreign->on_update));
  dmig_write_node_set_text(map, "deferrable", dmig_write_deferrable(foreign->deferrable));
  dmig_write_node_set_true(map, "not_valid", foreign->not_valid);
  dmig_write_node_set_text(map, "description", foreign->description);
  return map;
}

static DmigWriteNode *
write_foreigns(const DmigWriting *self, const DmigEntity *entity)
{
  DmigWriteNode *list = dmig_write_node_list();
  for (guint i = 0; i < entity->foreigns->len; i++)
    dmig_write_node_append(list, write_foreign(self, entity->foreigns->pdata[i]));
  dmig_write_node_spread(list, FALSE);
  return list;
}

static DmigWriteNode *
write_check(const DmigDomainCheck *check)
{
  if (!check->unnamed && !check->no_inherit && !check->not_valid && check->description == NULL
      && check->index_description == NULL)
    return dmig_write_sql(check->sql);
  DmigWriteNode *map = dmig_write_node_map();
  dmig_write_set_sql(map, "sql", check->sql);
  dmig_write_node_set_true(map, "unnamed", check->unnamed);
  dmig_write_node_set_true(map, "no_inherit", check->no_inherit);
  dmig_write_node_set_true(map, "not_valid", check->not_valid);
  dmig_write_node_set_text(map, "description", check->description);
  dmig_write_node_set_text(map, "index_description", check->index_description);
  return map;
}

static DmigWriteNode *
write_checks(const GPtrArray *checks)
{
  DmigWriteNode *map = dmig_write_node_map();
  for (guint i = 0; i < checks->len; i++) {
    const DmigDomainCheck *check = checks->pdata[i];
    dmig_write_node_set(map, check->name, write_check(check));
  }
  dmig_write_node_spread(map, FALSE);
  return map;
}

/* Indexes. */

/* `title`, `price desc`, or a mapping that says more. */
static DmigWriteNode *
write_part(const DmigIndexPart *part)
{
  gboolean more = part->field == NULL || part->nulls != 0 || part->operator_class != NULL
                  || part->collation != NULL || g_str_has_suffix(part->field, " desc")
                  || g_str_has_suffix(part->field, " asc");
  if (!more) {
    g_autofree char *text = g_strconcat(part->field,
                                        part->descending  ? " desc"
                                        : part->ascending ? " asc"
                                                          : NULL,
                                        NULL);
    return dmig_write_node_text(text);
  }
  DmigWriteNode *map = dmig_write_node_map();
  dmig_write_node_set_text(map, "field", part->field);
  dmig_write_set_sql(map, "expression", part->expression);
  dmig_write_node_set_true(map, "desc", part->descending);
  dmig_write_node_set_true(map, "asc", part->ascending && !part->descending);
  dmig_write_node_set_text(map, "nulls",
                           part->nulls == 0  ? NULL
                           : part->nulls < 0 ? "first"
                                             : "last");
  dmig_write_node_set_text(map, "collation", part->collation);
  dmig_write_node_set_text(map, "operator_class", part->operator_class);
  return map;
}

static DmigWriteNode *
write_index(const DmigDomainIndex *index)
{
  DmigWriteNode *parts = dmig_write_node_list();
  for (guint i = 0; i < index->parts->len; i++)
    dmig_write_node_append(parts, write_part(index->parts->pdata[i]));
  gboolean more = index->name != NULL || index->unique || index->method != NULL
                  || index->include[0] != NULL || index->where != NULL || index->dialects != NULL
                  || index->nulls_not_distinct || index->cluster || index->description != NULL
                  || index->attributes->len > 0 || index->only || index->part_of != NULL;
  if (!more)
    return parts;
  DmigWriteNode *map = dmig_write_node_map();
  dmig_write_node_set_text(map, "name", index->name);
  dmig_write_node_set(map, "fields", parts);
  dmig_write_node_set_true(map, "unique", index->unique);
  dmig_write_node_set_true(map, "nulls_not_distinct", index->nulls_not_distinct);
  dmig_write_node_set_text(map, "method", index->method);
  if (index->include[0] != NULL)
    dmig_write_node_set(map, "include", dmig_write_node_names(index->include));
  dmig_write_set_sql(map, "where", index->where);
  dmig_write_set_attributes(map, index->attributes, NULL);
  dmig_write_node_set_true(map, "cluster", index->cluster);
  dmig_write_node_set_true(map, "only", index->only);
  dmig_write_node_set_text(map, "part_of", index->part_of);
  dmig_write_node_set(map, "dialects", dmig_write_dialects(index->dialects));
  dmig_write_node_set_text(map, "description", index->description);
  return map;
}

DmigWriteNode *
dmig_write_indexes(const GPtrArray *indexes)
{
  DmigWriteNode *list = dmig_write_node_list();
  for (guint i = 0; i < indexes->len; i++)
    dmig_write_node_append(list, write_index(indexes->pdata[i]));
  dmig_write_node_spread(list, FALSE);
  return list;
}

/* Entities. */

static void
set_some(DmigWriteNode *map, const char *key, DmigWriteNode *children)
{
  if (children == NULL || dmig_write_node_length(children) > 0)
    dmig_write_node_set(map, key, children);
  else
    dmig_write_node_free(children);
}

static DmigWriteNode *
write_partitions(const DmigWriting *self, const DmigEntity *entity)
{
  const GPtrArray *partitions = g_hash_table_lookup(self->partitions, entity->name);
  DmigWriteNode *map = dmig_write_node_map();
  for (guint i = 0; partitions != NULL && i < partitions->len; i++) {
    const DmigEntity *partition = partitions->pdata[i];
    dmig_write_node_set(map, partition->name, dmig_write_entity(self, partition));
  }
  dmig_write_node_spread(map, FALSE);
  return map;
}

static void
set_names(const DmigWriting *self, DmigWriteNode *map, const DmigEntity *entity)
{
  const DmigEntity *whole = entity->partition_of != NULL
                                ? g_hash_table_lookup(self->entities, entity->partition_of)
                                : NULL;
  const char *usual_schema = entity->nested && whole != NULL ? whole->schema : NULL;
  g_autofree char *usual_table = dmig_text_snake_case(entity->name);
  if (g_strcmp0(entity->schema, usual_schema) != 0)
    dmig_write_node_set_text(map, "schema", entity->schema);
  if (!entity->nested && g_strcmp0(entity->table, usual_table) != 0)
    dmig_write_node_set_text(map, "table", entity->table);
  if (!entity->nested)
    dmig_write_node_set_text(map, "partition_of", entity->partition_of);
  dmig_write_node_set_text(map, "values", entity->values);
  dmig_write_node_set_text(map, "description", entity->description);
  dmig_write_node_set(map, "dialects", dmig_write_dialects(entity->dialects));
  dmig_write_node_set(map, "inherits", dmig_write_node_names(entity->inherits));
}

DmigWriteNode *
dmig_write_entity(const DmigWriting *self, const DmigEntity *entity)
{
  static const char *const shape_keys[] = { "of", "partition_by", NULL };
  static const char *const other_keys[]
      = { "unlogged",      "access_method", "tablespace",       "with",
          "row_security",  "replica_identity", "without_rowid", "strict", NULL };
  DmigWriteNode *map = dmig_write_node_map();
  set_names(self, map, entity);
  /* A table without columns says so. */
  if (entity->fields->len > 0 || (entity->inherits == NULL && entity->partition_of == NULL))
    dmig_write_node_set(map, "fields", write_fields(self, entity));
  dmig_write_node_set(map, "primary", write_primary(entity));
  set_some(map, "unique", write_uniques(entity));
  set_some(map, "foreign", write_foreigns(self, entity));
  set_some(map, "indexes", dmig_write_indexes(entity->indexes));
  set_some(map, "checks", write_checks(entity->checks));
  set_some(map, "exclude", write_checks(entity->exclusions));
  dmig_write_set_attributes(map, entity->attributes, shape_keys);
  set_some(map, "partitions", write_partitions(self, entity));
  set_some(map, "triggers", dmig_write_parts(entity->parts, DMIG_OBJECT_TRIGGER));
  dmig_write_set_attributes(map, entity->attributes, other_keys);
  set_some(map, "policies", dmig_write_parts(entity->parts, DMIG_OBJECT_POLICY));
  set_some(map, "rules", dmig_write_parts(entity->parts, DMIG_OBJECT_RULE));
  dmig_write_node_set(map, "grants", dmig_write_grants(entity->grants));
  dmig_write_node_set_text(map, "owner", entity->owner);
  /* A partition that has nothing else is what it holds. */
  if (entity->nested && dmig_write_node_length(map) == 1) {
    dmig_write_node_free(map);
    return dmig_write_node_text(entity->values);
  }
  if (!entity->nested)
    dmig_write_node_spread(map, FALSE);
  return map;
}
