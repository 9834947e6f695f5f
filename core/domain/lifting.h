/* What the modules of lifting share: a schema on its way to being a domain. */
#pragma once

#include "core/domain/domain.h"

typedef struct {
  const DmigSchema *schema;
  const DmigDialect *dialect;
  DmigDomain *domain;
  DmigDiagnostics *diagnostics;
  GHashTable *entities;  /* a table's path -> DmigEntity *, borrowed; likewise the next two */
  GHashTable *named;     /* an entity's name -> DmigEntity * */
  GHashTable *fields;    /* a table's path -> its columns' names -> DmigField * */
  GHashTable *types;     /* a type as a column of it has it -> DmigLiftedType * */
  GHashTable *portable;  /* a native type -> DmigType *, NULL where there is none */
  GHashTable *parts;     /* a relation's path -> GPtrArray of const DmigObject *: triggers … */
  GHashTable *counters;  /* a column's address -> const DmigObject *: the sequence it owns */
  GHashTable *used;      /* set of objects that the domain has in another form already */
  GHashTable *statements; /* set of the names of what is SQL under a name */
  GHashTable *relations; /* paths of relations, in lower case -> how many */
  GHashTable *partitions; /* a table's path -> how many partitions it has */
  GHashTable *attached;  /* an index or key as SQL names it -> how many of theirs belong to it */
} DmigLifting;

/* An enum or a type of one's own, which fields name. */
typedef struct {
  const DmigEnum *labels; /* NULL: no enum */
  char *name;             /* as a field's type names it */
  char *path;
} DmigLiftedType;
void dmig_lifted_type_free(DmigLiftedType *self);

/* The same schema, or a copy without what is no UTF-8, after a warning each. Owned. */
DmigSchema *dmig_lift_clean(DmigSchema *schema, DmigDiagnostics *diagnostics);

/* --- names (lift_names.c) -------------------------------------------------------------------- */

/* A name that no other in `taken` has, for a table, enum or view of this path; it is in `taken`
 * then. The one that stands for itself, if that is possible: `order_line` is OrderLine. `plain`:
 * only letters, digits and '_' may be in it. Owned. */
char *dmig_lift_name(GHashTable *taken, const char *path, gboolean plain);
/* `name` fit for a field: without control characters and blanks around it. Owned. */
char *dmig_lift_tame(const char *name);
/* Whether the reader takes `name` as it is. */
gboolean dmig_lift_is_tame(const char *name);
/* Whether a relation of this path is the only one, letter case aside, so that its name can be left
 * to be derived. */
gboolean dmig_lift_is_unique(const DmigLifting *self, const char *path);
/* Whether lowering gives a name to a constraint that has none. */
gboolean dmig_lift_names_constraints(const DmigLifting *self);
/* `stem` and `suffix` joined by `_` and fitted, as lowering does. Owned. */
char *dmig_lift_derive(const DmigLifting *self, const char *stem, const char *suffix);

/* --- types and values (lift_type.c) ---------------------------------------------------------- */

void dmig_lift_type(DmigLifting *self, DmigField *field, const char *native);
/* A default: a literal, a portable function, or SQL. Owned. */
DmigValue *dmig_lift_default(const DmigLifting *self, const DmigField *field, const char *sql);
/* A text for this dialect; NULL for NULL. Owned. */
DmigSqlText *dmig_lift_sql(const char *sql);

/* --- tables (lift_table.c) ------------------------------------------------------------------- */

/* In this order: an entity with fields for each table, relationships, and all that is built of
 * fields. */
void dmig_lift_entities(DmigLifting *self);
void dmig_lift_relationships(DmigLifting *self);
void dmig_lift_members(DmigLifting *self);
DmigField *dmig_lift_field(const DmigLifting *self, const char *table, const char *column);
/* Names of the fields with these columns; NULL where one is missing. Owned. */
char **dmig_lift_field_names(const DmigLifting *self, const char *table, char *const *columns);

/* --- families of tables (lift_family.c) ------------------------------------------------------- */

gboolean dmig_lift_is_partition(const DmigTable *table);
/* Whether the column is its parents', and no field of this table. What is set about it there all the
 * same is lifted. */
gboolean dmig_lift_is_inherited(DmigLifting *self, const DmigTable *table, const DmigColumn *column);
/* What an inherited column would have for a default, did it not say otherwise. Borrowed; NULL: none. */
const char *dmig_lift_parents_default(const DmigLifting *self, const DmigTable *table,
                                      const DmigColumn *column);
/* When all tables are there: the fields that a table has from others, and what it is to them. */
void dmig_lift_family(DmigLifting *self, const DmigTable *table, DmigEntity *entity);

/* --- what belongs to indexes of a whole (lift_attachment.c) ----------------------------------- */

/* Before anything else is asked. */
void dmig_lift_count_parts(DmigLifting *self);
/* Whether some partition of the table has none that belongs to this index or key. */
gboolean dmig_lift_is_only(const DmigLifting *self, const DmigTable *table, const char *name);
/* The name of the whole's index or key that one with these facets belongs to. Owned; NULL: none. */
char *dmig_lift_part_of(const GPtrArray *facets);
/* Whether lowering makes it of the whole's; `derived` is the name that it would get. */
gboolean dmig_lift_index_comes_along(const DmigLifting *self, const DmigTable *table,
                                     const DmigIndex *index, const char *derived);
gboolean dmig_lift_key_comes_along(const DmigLifting *self, const DmigTable *table,
                                   const DmigConstraint *key, const char *derived);

/* --- members of tables ------------------------------------------------------------------------ */

/* A table whose constraints are lifted. */
typedef struct {
  DmigLifting *lifting;
  const DmigTable *table;
  DmigEntity *entity;
} DmigLiftedMembers;

/* Constraints of one table (lift_constraint.c), then its indexes (lift_index.c). */
void dmig_lift_constraints(DmigLifting *self, const DmigTable *table, DmigEntity *entity);
void dmig_lift_indexes(DmigLifting *self, const DmigTable *table, DmigEntity *entity);
/* What lowering derives from the names of table and columns. Owned. */
char *dmig_lift_joined(const DmigLiftedMembers *self, char *const *columns, const char *suffix);
/* The name to state; NULL where lowering finds it, which is `derived_owned`. `relation`: it is also
 * one's name. Owned. */
char *dmig_lift_stated_name(const DmigLiftedMembers *self, const char *name, char *derived_owned,
                            gboolean relation);
/* The fields that a definition lists behind one or two words. Owned; NULL: it lists none. */
char **dmig_lift_fields_behind(const DmigLiftedMembers *self, const char *definition,
                               const char *first, const char *second);
void dmig_lift_warn_member(const DmigLiftedMembers *self, const DmigConstraint *constraint,
                           const char *what);
/* Keys (lift_key.c). `in_table`: it is a constraint where lowering would make an index. */
void dmig_lift_primary(const DmigLiftedMembers *self, const DmigConstraint *key);
void dmig_lift_unique(const DmigLiftedMembers *self, const DmigConstraint *key, gboolean in_table);
/* Whether a constraint comes with what its table is a partition of, or inherits from. */
gboolean dmig_lift_comes_with_whole(const DmigLiftedMembers *self, const DmigConstraint *constraint);

/* --- definitions (lift_definition.c) ---------------------------------------------------------- */

/* What stands in a definition behind two words, outside of parentheses; `second` may be NULL. NULL:
 * they are not there. Borrowed. */
const char *dmig_lift_behind(const char *definition, const char *first, const char *second);
/* The names in parentheses that `text` begins with; NULL: there are none. Owned. */
char **dmig_lift_listed_names(const char *text);
/* A name of SQL as the domain has it: `"NOCASE"` is NOCASE. Owned. */
char *dmig_lift_bare_name(const char *sql);
/* Adds the storage parameters that a definition says, of an index or key of a partitioned table, where
 * no ALTER changes them. Returns their text, owned; NULL: it says none. */
char *dmig_lift_definition_options(const char *definition, GPtrArray *attributes);
/* What stands in the first parentheses of a key's definition: DmigIndexPart *. Owned. */
GPtrArray *dmig_lift_key_parts(const char *definition);
/* The name and the facets of an index that is an object by itself. */
void dmig_lift_index_facets(DmigLifting *self, const DmigObject *object, DmigDomainIndex *index);
/* Where a unique constraint is lowered to an index, such an index becomes a unique constraint; FALSE:
 * it is another. */
gboolean dmig_lift_unique_index(DmigLifting *self, const DmigTable *table, DmigEntity *entity,
                                const DmigIndex *index);

/* --- objects (lift_object.c, lift_facet.c) --------------------------------------------------- */

void dmig_lift_objects(DmigLifting *self);
/* The views among `objects`, with their parts (lift_view.c). */
void dmig_lift_views(DmigLifting *self, const GPtrArray *objects);
/* The parts of a relation: triggers, policies and rules. */
void dmig_lift_parts(DmigLifting *self, const char *relation, GPtrArray *parts);
/* An index of a materialized view; NULL: its definition can't be taken apart. Owned. */
DmigDomainIndex *dmig_lift_view_index(DmigLifting *self, const DmigObject *index);
/* What facets say of whatever has grants, an owner and a description, each of which may be NULL. */
void dmig_lift_common(const GPtrArray *facets, GPtrArray *grants, char **owner,
                      char **description);
gboolean dmig_lift_is_common(const DmigFacet *facet);
/* The privileges of a facet "grant to ROLE" on one field, or on the whole (`field` NULL). */
void dmig_lift_grant(GPtrArray *grants, const DmigFacet *facet, const char *field);
/* Facets "with NAME" as attributes. */
void dmig_lift_options(const GPtrArray *facets, GPtrArray *attributes);

/* A facet that no form can say: the statement that sets it, under a name; a warning where nothing
 * takes it away again. */
void dmig_lift_facet(DmigLifting *self, const char *address, const DmigFacet *facet);
/* That `what` of an object can't be said: a warning. */
void dmig_lift_warn(DmigLifting *self, const char *address, const char *what);
