/* A Domain: what the author wrote, with the place of every node. Portable: no dialect's SQL in it
 * unless the author put it there. The format is docs/domain-format.md.
 *
 * A Domain is complete and consistent when its reader reported no error: names resolve, types are
 * parsed, defaults fit, tables and columns have their names.
 */
#pragma once

#include <glib.h>

#include "core/base/diagnostic.h"
#include "core/domain/type.h"
#include "core/schema/schema.h"

/* SQL that the author wrote: one text for all dialects, or one each (or both: the dialect's own
 * wins). */
typedef struct {
  DmigLocation at;
  char *shared;           /* NULL: none */
  GHashTable *by_dialect; /* dialect name -> char *; NULL: none */
} DmigSqlText;

/* NULL where the author gave none for this dialect. Borrowed. */
const char *dmig_sql_text_get(const DmigSqlText *self, const DmigDialect *dialect);
DmigSqlText *dmig_sql_text_new(DmigLocation at, const char *shared);
void dmig_sql_text_free(DmigSqlText *self);

typedef enum {
  DMIG_VALUE_LITERAL,
  DMIG_VALUE_FUNCTION,
  DMIG_VALUE_SQL,
  DMIG_VALUE_NULL, /* said, and not just left out */
} DmigValueKind;

/* A default, or the value for rows that exist. */
typedef struct {
  DmigLocation at;
  DmigValueKind kind;
  char *literal;         /* LITERAL: the scalar's text */
  DmigFunction function; /* FUNCTION */
  DmigSqlText *sql;      /* SQL */
} DmigValue;
void dmig_value_free(DmigValue *self);

/* What one key of an object says: SQL, a word, a number. A key of several values is one attribute
 * each, with the value's own name behind the key's: "set search_path"; what is said of a check beside
 * its SQL is "check_description NAME". The names are those of a DmigObject's properties;
 * truths are "true", and what has its default is not there. */
typedef struct {
  DmigLocation at;
  char *name;
  DmigSqlText *value;
} DmigAttribute;

/* `select`, or {update: [price, title]}. */
typedef struct {
  char *name;    /* in lower case: "select", "all" */
  char **fields; /* of a privilege on columns, NULL-terminated; NULL: on the whole */
  gboolean grantable;
} DmigPrivilege;

/* `grants:`: what a role may do. */
typedef struct {
  DmigLocation at;
  char *role;            /* "PUBLIC": everybody */
  GPtrArray *privileges; /* DmigPrivilege*; empty: what everybody may do by default is taken away */
} DmigGrant;

/* Whatever is no entity, enum or view: schemas, extensions, types, sequences, routines, triggers …;
 * what stands under `sql:` has its kind from its CREATE statement. */
typedef struct {
  DmigLocation at;
  DmigObjectKind kind;
  char *name;            /* a path (core/sql/path.h); plain where it is part of an entity or view */
  GPtrArray *attributes; /* DmigAttribute*, as written */
  GPtrArray *grants;     /* DmigGrant* */
  char *owner;
  char *description;
  GHashTable *dialects; /* set of dialect names that have it; NULL: all */
} DmigDomainObject;

typedef struct {
  DmigLocation at;
  char *name;
  char *column;       /* the column's name: given, or derived */
  DmigType *type;     /* for a relationship: the referenced key's, once resolved; never NULL in a
                         complete domain, except where `native` covers every dialect */
  GHashTable *native; /* dialect name -> native type text; NULL: none */
  gboolean required;  /* NOT NULL; also set by `primary` */
  gboolean states_required; /* the author says `required`, also where it goes without saying */
  gboolean primary;   /* alone or part of the key */
  gboolean nullable;  /* a key's field that may be null all the same, where the dialect lets it */
  char *on_null;      /* what a statement does that brings none for a required one: "ignore"; NULL:
                         it fails */
  gboolean unique;
  DmigIdentity identity;
  DmigValue *default_value; /* NULL: none */
  DmigGenerated generated;
  DmigSqlText *generated_sql;
  DmigSqlText *check; /* NULL: none */
  char *collation;    /* NULL: the database's */
  char *description;
  char *references; /* a relationship: the entity's name; NULL: a plain field */
  DmigAction on_delete;
  DmigAction on_update;
  DmigDeferrable deferrable;
  char *constraint;        /* a relationship's foreign key's name; NULL: derived */
  char **on_delete_fields; /* SET NULL or DEFAULT of these fields only; NULL: all */
  gboolean serial;         /* its default numbers the rows from a sequence of its own */
  char *type_name;         /* a path: a type of `types:`, of which `type` is what stands for it where
                              dialects lack it, NULL for nothing */
  guint type_dimensions;   /* of an array of `type_name` */
  GPtrArray *attributes; /* DmigAttribute*: of an identity or serial "start", "increment", "min",
                            "max", "cache", "cycle", "sequence" (its name); "storage", "compression",
                            "statistics", "with NAME" */
} DmigField;

/* `foreign:` of an entity: a reference by several fields, or to a key that is not the primary one.
 */
typedef struct {
  DmigLocation at;
  char *name;       /* the constraint's name, or NULL */
  char **fields;    /* names of this entity's fields */
  char *references; /* entity; or, `outside`, a table that is none of this domain's */
  char **to;        /* names of that entity's fields, or columns of that table; never NULL in a
                       complete domain */
  gboolean outside;
  DmigAction on_delete;
  DmigAction on_update;
  DmigDeferrable deferrable;
  char **on_delete_fields; /* SET NULL or DEFAULT of these fields only; NULL: all */
  gboolean match_full;
  gboolean not_valid;
  char *description;
} DmigForeign;

typedef struct {
  char *field;             /* either a field … */
  DmigSqlText *expression; /* … or an expression */
  gboolean descending;
  gboolean ascending; /* said, though it goes without */
  int nulls; /* -1 first, 1 last, 0 not said */
  char *operator_class; /* SQL: `gist_trgm_ops (siglen = 32)` */
  char *collation;
} DmigIndexPart;

typedef struct {
  DmigLocation at;
  char *name;       /* NULL: derived when lowered */
  GPtrArray *parts; /* DmigIndexPart* */
  gboolean unique;
  char *method;
  char **include; /* field names, NULL-terminated, never NULL */
  DmigSqlText *where;
  GHashTable *dialects; /* set of dialect names that have it; NULL: all */
  gboolean nulls_not_distinct;
  gboolean cluster; /* CLUSTER goes by it */
  gboolean only;    /* of a partitioned table: its partitions don't get one each by themselves */
  char *part_of;    /* of a partition: its whole's index or key that it belongs to, by name; NULL: one
                       that is the same, or none */
  char *description;
  GPtrArray *attributes; /* DmigAttribute*: "with NAME", "tablespace" */
} DmigDomainIndex;

typedef struct {
  DmigLocation at;
  char *name; /* NULL: derived */
  char **fields;
  GPtrArray *parts; /* DmigIndexPart*, one for each of `fields`, where a collation or an order is said
                       of some; NULL: it is not */
  gboolean in_column; /* a descending primary key that stands at its column, and is no rowid */
  DmigDeferrable deferrable;
  gboolean nulls_not_distinct;
  char **include;   /* field names; NULL: none */
  gboolean cluster; /* CLUSTER goes by its index */
  gboolean in_table; /* it stands in the table, also where the dialect would have an index of its own */
  char *on_conflict; /* what a statement does that meets it: "ignore"; NULL: it fails */
  gboolean only;     /* as of an index */
  char *part_of;     /* likewise */
  char *description;
  char *index_description; /* its index has a comment, too */
  GPtrArray *attributes; /* DmigAttribute*: "with NAME" */
} DmigDomainUnique;

typedef struct {
  DmigLocation at;
  char *name;
  DmigSqlText *sql; /* of an exclusion constraint: `using gist (room with =, during with &&)` */
  gboolean unnamed; /* it has no name in the database, where that is possible */
  gboolean no_inherit;
  gboolean not_valid;
  char *description;
  char *index_description; /* of an exclusion constraint, as of a key */
} DmigDomainCheck;

typedef struct _DmigEntity DmigEntity;
struct _DmigEntity {
  DmigLocation at;
  char *name;
  char *schema; /* NULL: the default one */
  char *table;
  char *path; /* of the table, once resolved */
  char *description;
  GPtrArray *fields;   /* DmigField*, as written */
  char **primary;      /* names of the key's fields in the key's order; empty: no key */
  GPtrArray *uniques;  /* DmigDomainUnique* (of several fields) */
  GPtrArray *foreigns; /* DmigForeign* */
  GPtrArray *indexes;  /* DmigDomainIndex* */
  GPtrArray *checks;   /* DmigDomainCheck* */
  DmigDomainUnique *key;  /* what more is said of the primary key: its name …; NULL: nothing */
  GPtrArray *exclusions;  /* DmigDomainCheck* */
  char **inherits;        /* names of entities; NULL: none */
  char *partition_of;     /* a partition: the entity that it is a part of; NULL: none */
  char *values;           /* of a partition: `from (1) to (9)`, `in ('a')`, `default` */
  gboolean nested;        /* it stands under `partitions:`, and its name is its table's */
  GPtrArray *ancestors;    /* once resolved, DmigEntity* borrowed: whose fields it has too: what it
                              is a partition of or inherits from, the nearest first, and what these
                              are in turn; NULL: none */
  GPtrArray *parts;       /* DmigDomainObject*: triggers, policies, rules */
  GPtrArray *grants;      /* DmigGrant* */
  char *owner;
  GPtrArray *attributes; /* DmigAttribute*: "unlogged", "partition_by", "row_security",
                            "replica_identity", "access_method", "tablespace", "of", "with NAME",
                            "without_rowid", "strict" */
  GHashTable *dialects;  /* set of dialect names that have it; NULL: all */
};

typedef struct {
  DmigLocation at;
  char *name;
  char *type_name; /* the type's name in the database: snake_case, or given */
  char **labels;
  char *description;
  char *schema; /* NULL: the default one */
  char *path;   /* once resolved */
  GPtrArray *grants; /* DmigGrant* */
  char *owner;
} DmigDomainEnum;

typedef struct {
  DmigLocation at;
  char *name;
  char *view; /* the view's name in the database */
  char *description;
  DmigSqlText *sql;
  char *schema; /* NULL: the default one */
  char *path;   /* once resolved */
  char **columns; /* names of its columns; NULL: the query's */
  gboolean materialized;
  GPtrArray *indexes;    /* DmigDomainIndex*, of a materialized one; its `field`s are columns */
  GPtrArray *parts;      /* DmigDomainObject*: triggers, rules, and columns of which there is
                            something to say: their description, "default", "storage",
                            "compression", "statistics", "with NAME" */
  GPtrArray *grants;     /* DmigGrant* */
  char *owner;
  GPtrArray *attributes; /* DmigAttribute*: "with NAME", "check_option", "access_method",
                            "tablespace", "no_data" */
} DmigDomainView;

typedef struct {
  char *name;
  char *description;
  char **dialects;     /* names, as written; never empty in a complete domain */
  char **sources;      /* SQL files, and folders of them, below the domain's folder; NULL: none */
  GPtrArray *enums;    /* DmigDomainEnum* */
  GPtrArray *entities; /* DmigEntity* */
  GPtrArray *views;    /* DmigDomainView* */
  GPtrArray *objects;  /* DmigDomainObject* */
} DmigDomain;

/* Builders: each makes an empty object with its arrays in place; free functions take NULL. */
void dmig_attribute_free(DmigAttribute *self);
void dmig_grant_free(DmigGrant *self);
void dmig_privilege_free(DmigPrivilege *self);
DmigDomainObject *dmig_domain_object_new(DmigObjectKind kind, const char *name);
void dmig_domain_object_free(DmigDomainObject *self);
/* Arrays of the above, which free what is in them. */
GPtrArray *dmig_attributes_new(void);
GPtrArray *dmig_grants_new(void);
GPtrArray *dmig_domain_objects_new(void);
DmigGrant *dmig_grant_new(const char *role); /* of no privileges yet */
DmigPrivilege *dmig_privilege_new(const char *name);
/* Adds "name", or "name entry"; `value` is for all dialects. */
void dmig_attributes_add(GPtrArray *attributes, const char *name, const char *entry,
                         const char *value);
DmigAttribute *dmig_attributes_find(const GPtrArray *attributes, const char *name);
/* Its text for the dialect, or the one for all where `dialect` is NULL; NULL: none. Borrowed. */
const char *dmig_attributes_get(const GPtrArray *attributes, const char *name,
                                const DmigDialect *dialect);
DmigField *dmig_field_new(const char *name);
void dmig_field_free(DmigField *self);
DmigForeign *dmig_foreign_new(void);
void dmig_foreign_free(DmigForeign *self);
DmigIndexPart *dmig_index_part_new(void);
void dmig_index_part_free(DmigIndexPart *self);
DmigDomainIndex *dmig_domain_index_new(void);
void dmig_domain_index_free(DmigDomainIndex *self);
DmigDomainUnique *dmig_domain_unique_new(void);
void dmig_domain_unique_free(DmigDomainUnique *self);
/* Whether it stands in the table on all dialects: no index could say what it says. */
gboolean dmig_domain_unique_stands_in_table(const DmigDomainUnique *self);
DmigDomainCheck *dmig_domain_check_new(const char *name);
void dmig_domain_check_free(DmigDomainCheck *self);
DmigEntity *dmig_entity_new(const char *name);
void dmig_entity_free(DmigEntity *self);
DmigDomainEnum *dmig_domain_enum_new(const char *name);
void dmig_domain_enum_free(DmigDomainEnum *self);
DmigDomainView *dmig_domain_view_new(const char *name);
void dmig_domain_view_free(DmigDomainView *self);

DmigDomain *dmig_domain_new(void); /* empty: the domain before the first revision */
void dmig_domain_free(DmigDomain *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(DmigDomain, dmig_domain_free)

DmigEntity *dmig_domain_entity(const DmigDomain *self, const char *name);   /* borrowed or NULL */
/* Also one of its ancestors'. Borrowed or NULL. */
DmigField *dmig_entity_field(const DmigEntity *self, const char *name);
/* The fields of its primary key; those of its whole's where a partition has none of its own. Borrowed,
 * never NULL. */
char *const *dmig_entity_key(const DmigEntity *self);
DmigDomainEnum *dmig_domain_enum(const DmigDomain *self, const char *name); /* borrowed or NULL */
DmigDomainView *dmig_domain_view(const DmigDomain *self, const char *name); /* borrowed or NULL */
/* The column of a relationship, unless it is stated. Owned. */
char *dmig_relationship_column(const char *field, const char *key_column);
gboolean dmig_domain_has_dialect(const DmigDomain *self, const char *dialect);
