/* The rooms of lowering; for lower*.c only. */
#pragma once

#include "core/domain/lowering.h"

/* One entity on its way to a table. */
typedef struct {
  DmigLowering *lowering;
  const DmigDialect *dialect;
  DmigSchema *schema;
  const DmigEntity *entity;
  DmigTable *table;
  GHashTable *constraints; /* names of this table's constraints */
} DmigTableLowering;

/* lower_constraint.c: keys, references, checks */
void dmig_lower_constraints(DmigTableLowering *self);

/* lower_index.c */

/* `relation` is a path; `entity` is NULL for a materialized view, whose columns are its own. */
DmigIndex *dmig_lower_index(DmigLowering *self, const DmigEntity *entity, const char *relation,
                            const DmigDomainIndex *from);
/* What stands between ON relation and WHERE. Owned. */
char *dmig_lower_index_body(DmigLowering *self, const DmigIndex *index,
                            const DmigDomainIndex *from, gboolean with_options);

/* lower_facets.c */

/* What roles may do with an object and who owns it, as facets. `what` is SQL: "VIEW v". `kind` says
 * what everybody may do by default. Privileges on columns are left to the caller. */
void dmig_lower_roles(DmigLowering *self, GPtrArray **facets, DmigObjectKind kind, const char *what,
                      const char *owner, const GPtrArray *grants);
/* The privileges on single columns: for a table of the entity's they are facets of its columns,
 * where `table` is NULL facets of the relation, "column NAME grant to ROLE". */
void dmig_lower_column_grants(DmigLowering *self, GPtrArray **facets, DmigTable *table,
                              const DmigEntity *entity, const char *what, const GPtrArray *grants);
/* The attributes "with NAME" as facets; `created`: the object's CREATE says them. */
void dmig_lower_options(DmigLowering *self, GPtrArray **facets, const char *what,
                        const GPtrArray *attributes, gboolean created);
/* " WITH (fillfactor = 70)", or "". Owned. */
char *dmig_lower_options_sql(DmigLowering *self, const GPtrArray *attributes);
/* Whether the entity is made of partitions: no ALTER changes the storage of its indexes and keys. */
gboolean dmig_lower_is_partitioned(const DmigLowering *self, const DmigEntity *entity);
void dmig_lower_comment(DmigLowering *self, GPtrArray **facets, const char *what,
                        const char *description);
/* The comment of something that has no facets of its own: those of what it belongs to, by a name that
 * says so. */
void dmig_lower_named_comment(DmigLowering *self, GPtrArray **facets, const char *name,
                              const char *what, const char *description);
/* ALTER `what` with `set` and `reset` behind it, as a facet. Borrowed. */
DmigFacet *dmig_lower_facet(DmigLowering *self, GPtrArray **facets, const char *what,
                            const char *name, const char *value, const char *set,
                            const char *reset);
/* A word or number as it is, all else as a string. Owned. */
char *dmig_lower_option_value(const char *text);

/* lower_sequence.c */

/* `START WITH 10 INCREMENT BY 5`, from the attributes of a counter. Owned; NULL: the defaults. */
char *dmig_lower_counter(const GPtrArray *attributes);
/* A sequence by itself, or behind a serial column. */
void dmig_lower_sequence(DmigLowering *self, DmigSchema *schema, const DmigDomainObject *object);
void dmig_lower_serial(DmigLowering *self, DmigSchema *schema, const DmigEntity *entity,
                       const DmigField *field, DmigColumn *column);

/* lower_table.c */

/* What is said of a whole table and of its columns, as facets. */
void dmig_lower_table_facets(DmigLowering *self, const DmigEntity *entity, DmigTable *table);
void dmig_lower_column_facets(DmigLowering *self, const DmigField *field, const DmigTable *table,
                              DmigColumn *column);

/* lower_family.c */

/* Partitions and inheritance, when all tables are there: the columns and checks that come from
 * others, the facets that attach them, the indexes. */
void dmig_lower_families(DmigLowering *self, DmigSchema *schema);

/* lower_object.c, lower_part.c, lower_view.c */

void dmig_lower_objects(DmigLowering *self, DmigSchema *schema);
/* Statements that set something about whatever else there is come behind all of it. */
void dmig_lower_settings_last(DmigSchema *schema);
/* Triggers, policies and rules of the relation of this path. */
void dmig_lower_relation_parts(DmigLowering *self, DmigSchema *schema, const char *relation,
                               const GPtrArray *parts);
void dmig_lower_view(DmigLowering *self, const DmigDomainView *view, DmigSchema *schema);
