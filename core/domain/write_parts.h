/* What the modules that write a Domain share. */
#pragma once

#include "core/domain/domain.h"
#include "core/domain/write_node.h"

/* A domain while it is written. */
typedef struct {
  const DmigDomain *domain;
  GHashTable *entities;   /* name -> const DmigEntity * */
  GHashTable *partitions; /* name -> GPtrArray of const DmigEntity *, those that stand under it */
} DmigWriting;

/* NULL, or empty, where there is nothing to write. Owned. */
DmigWriteNode *dmig_write_field(const DmigWriting *self, const DmigEntity *entity,
                                const DmigField *field);
DmigWriteNode *dmig_write_entity(const DmigWriting *self, const DmigEntity *entity);
DmigWriteNode *dmig_write_enum(const DmigDomainEnum *item);
DmigWriteNode *dmig_write_view(const DmigDomainView *view);
DmigWriteNode *dmig_write_indexes(const GPtrArray *indexes);
DmigWriteNode *dmig_write_grants(const GPtrArray *grants);
DmigWriteNode *dmig_write_parts(const GPtrArray *parts, DmigObjectKind kind);
/* An object as the value of its name. */
DmigWriteNode *dmig_write_object(const DmigDomainObject *object);

/* NULL for NULL. */
DmigWriteNode *dmig_write_sql(const DmigSqlText *sql);
DmigWriteNode *dmig_write_dialects(GHashTable *dialects);
void dmig_write_set_sql(DmigWriteNode *map, const char *key, const DmigSqlText *sql);
/* Each of `attributes` whose key is one of `keys` (NULL: any), in their order. */
void dmig_write_set_attributes(DmigWriteNode *map, const GPtrArray *attributes,
                               const char *const *keys);

/* "immediate", "deferred"; NULL where it is not deferrable. */
const char *dmig_write_deferrable(DmigDeferrable deferrable);
/* "set_null"; NULL for no action. */
const char *dmig_write_action(DmigAction action);
/* The action, or `{set_null: […]}`. */
void dmig_write_set_on_delete(DmigWriteNode *map, DmigAction action, char *const *fields);
