/* A Schema: the relational objects as one dialect has them. Lowering a Domain and inspecting a
 * database both end here, so that either side of a diff may come from anywhere.
 *
 * Types, defaults and expressions are SQL text of the dialect. Everything in a Schema is owned by
 * it; a Schema is not changed after it is built, and is shared by reference count.
 *
 * The names of tables and enums, and `ref_table`, are paths (core/sql/path.h); those of columns,
 * constraints and indexes are plain.
 */
#pragma once

#include <glib.h>

#include "core/schema/object.h"
#include "core/sql/dialect.h"

typedef enum {
  DMIG_IDENTITY_NONE,
  DMIG_IDENTITY_BY_DEFAULT, /* the database numbers rows that bring no value */
  DMIG_IDENTITY_ALWAYS,     /* rows may not bring a value */
} DmigIdentity;

typedef enum {
  DMIG_GENERATED_NONE,
  DMIG_GENERATED_STORED,
  DMIG_GENERATED_VIRTUAL,
} DmigGenerated;

typedef enum {
  DMIG_ACTION_NO_ACTION,
  DMIG_ACTION_RESTRICT,
  DMIG_ACTION_CASCADE,
  DMIG_ACTION_SET_NULL,
  DMIG_ACTION_SET_DEFAULT,
} DmigAction;

typedef enum {
  DMIG_NOT_DEFERRABLE,
  DMIG_DEFERRABLE,          /* INITIALLY IMMEDIATE */
  DMIG_INITIALLY_DEFERRED,
} DmigDeferrable;

struct _DmigColumn {
  char *name;
  char *type; /* the dialect's canonical spelling */
  gboolean not_null;
  gboolean unsaid;   /* nothing says NOT NULL, because there can't be null anyway; compared by dmig_diff()
                        only, and not where a design leaves it unsaid that a database says */
  gboolean designed; /* as a domain says, or its migrations make it */
  char *default_sql; /* NULL: none */
  DmigIdentity identity;
  char *identity_options; /* `START WITH 10 INCREMENT BY 5`; NULL: the defaults */
  DmigGenerated generated;
  char *generated_sql; /* unless DMIG_GENERATED_NONE */
  char *default_text;  /* what its author wrote, where `default_sql` is another spelling of it. Never
                          compared; so are others called `_text`. NULL: the same */
  char *collation;     /* a path; NULL: the type's default */
  char *collation_text;
  char *on_null;       /* what a statement does that brings none for a required one (`IGNORE`);
                          NULL: it fails. SQLite's NOT NULL ON CONFLICT */
  char *comment;       /* NULL: none, also where the dialect has no comments */
  gboolean inherited;  /* it comes with a parent table, whose changes carry it along */
  gboolean declared;   /* inherited, and the table says it as well. Compared by dmig_diff() only, and not
                          with a design */
  GPtrArray *facets;   /* DmigFacet*: storage, statistics target, privileges; NULL: none */
};

typedef enum {
  DMIG_CONSTRAINT_PRIMARY_KEY,
  DMIG_CONSTRAINT_UNIQUE,
  DMIG_CONSTRAINT_CHECK,
  DMIG_CONSTRAINT_FOREIGN_KEY,
  DMIG_CONSTRAINT_EXCLUSION, /* `definition` says all */
} DmigConstraintKind;

typedef struct {
  DmigConstraintKind kind;
  char *name;     /* NULL: unnamed (see DmigCapabilities.named_constraints) */
  gboolean from_text; /* read from where it is defined: without a name it has none, rather than
                         leaving it open. Between two such ones, to have a name or not is a difference */
  char **columns; /* NULL-terminated; for a check: empty */
  char *check_sql; /* check only */
  char *check_text; /* as of a column's default; no copy has it, since copies are for changing */
  char *ref_table; /* foreign key only, and what follows */
  char **ref_columns;
  DmigAction on_delete;
  DmigAction on_update;
  DmigDeferrable deferrable; /* foreign key, unique, primary key */
  char *definition; /* what stands behind CONSTRAINT name, as the database prints it, where the
                       fields above can't say all of it (MATCH FULL, INCLUDE, NO INHERIT, …); they
                       hold what they can. NULL: they say it all */
  gboolean inherited; /* a parent table's constraint, whose changes carry it along */
  gboolean declared;  /* inherited, and the table says it as well; as of a column */
  GPtrArray *facets;  /* DmigFacet*: comment, "not valid"; NULL: none */
} DmigConstraint;

typedef struct {
  char *column; /* either a column … */
  char *expression; /* … or an expression */
  gboolean descending;
  gboolean ascending; /* ASC is said, which goes without. Never compared */
  int nulls; /* -1 first, 1 last, 0 the dialect's default for the direction */
  char *collation; /* NULL: the column's */
  char *collation_text; /* as of a column's default; also where it is just the column's own */
  char *operator_class; /* NULL: the type's default */
} DmigIndexElement;

typedef struct {
  char *name;
  gboolean unique;
  char *method;        /* NULL: btree or the only one there is */
  GPtrArray *elements; /* DmigIndexElement* */
  char **include;      /* NULL-terminated, never NULL */
  char *where_sql;     /* NULL: all rows */
  char *definition; /* what stands between ON table and WHERE, as the database prints it (`USING gin
                       (a gin_trgm_ops(siglen=32)) WITH (…)`), where the fields above can't say all of
                       it; they hold what they can. NULL: they say it all */
  char *text; /* the whole statement, where the database keeps it as its author wrote it: to make
                 just that again. Never compared, and no copy has it, since copies are for changing;
                 NULL: the fields are spelled */
  GPtrArray *facets; /* DmigFacet*: comment, storage parameters, clustered, a parent index; NULL: none */
  gboolean invalid;  /* left behind by a build that failed: in the way, and of no use. As what is
                        wanted it stands for no index at all */
} DmigIndex;

struct _DmigTable {
  char *name;
  GPtrArray *columns;     /* DmigColumn*, in the table's order */
  GPtrArray *constraints; /* DmigConstraint* */
  GPtrArray *indexes;     /* DmigIndex* */
  char *comment;
  gboolean without_rowid; /* SQLite */
  gboolean strict;        /* SQLite */
  char *partition_by; /* `RANGE (created_at)`; NULL: not partitioned */
  char **parents;     /* paths of the tables it inherits from or is a partition of; NULL: none */
  gboolean has_children; /* others inherit from it or are its partitions. Never compared */
  char *tail; /* what stands behind the closing parenthesis of CREATE TABLE and can't change in place,
                 as SQL; NULL: nothing */
  gboolean names_itself; /* a check or a partial index calls its columns by the table's own name
                            (`t.a`), so that it can't be called otherwise. Never compared */
  gboolean comments_commas; /* its text has commas in comments, and SQLite's DROP COLUMN cuts at them. Never
                               compared */
  char *text;    /* as of an index: the whole CREATE TABLE as its author wrote it, or NULL */
  GPtrArray *facets; /* DmigFacet*: logged, storage parameters, row security, replica identity, the
                        parent it is attached to, privileges; NULL: none */
};

typedef struct {
  char *name;
  char **labels; /* in order, NULL-terminated */
  char *comment;
  GPtrArray *facets; /* DmigFacet*: privileges, owner; NULL: none */
} DmigEnum;

struct _DmigSchema {
  gatomicrefcount refs;
  const DmigDialect *dialect;
  GPtrArray *enums;   /* DmigEnum* */
  GPtrArray *tables;  /* DmigTable* */
  GPtrArray *objects; /* DmigObject*: all other kinds */
  GPtrArray *dependencies; /* DmigDependency*, as the database knows them; NULL: it was not asked,
                              and dmig_schema_dependencies() infers them */
  GPtrArray *problems; /* char*: what could not be read, one line an object; NULL: nothing */
  struct _DmigSchemaIndex *index; /* private: positions by name, built at the first lookup */
};

DmigSchema *dmig_schema_new(const DmigDialect *dialect); /* empty */
DmigSchema *dmig_schema_ref(DmigSchema *self);
void dmig_schema_unref(DmigSchema *self); /* takes NULL */
G_DEFINE_AUTOPTR_CLEANUP_FUNC(DmigSchema, dmig_schema_unref)
DmigSchema *dmig_schema_copy(const DmigSchema *self); /* deep, one reference */

/* Builders: each makes an empty object with its arrays in place; free functions take NULL. */
DmigTable *dmig_table_new(const char *name);
void dmig_table_free(DmigTable *self);
DmigTable *dmig_table_copy(const DmigTable *self);
/* That it inherits from the table at `path` or is its partition; `parent` is that table, NULL where the
 * schema does not have it. */
void dmig_table_add_parent(DmigTable *self, const char *path, DmigTable *parent);
DmigColumn *dmig_column_new(const char *name, const char *type);
void dmig_column_free(DmigColumn *self);
DmigColumn *dmig_column_copy(const DmigColumn *self);
DmigConstraint *dmig_constraint_new(DmigConstraintKind kind, const char *name);
void dmig_constraint_free(DmigConstraint *self);
DmigConstraint *dmig_constraint_copy(const DmigConstraint *self);
DmigIndex *dmig_index_new(const char *name);
void dmig_index_free(DmigIndex *self);
DmigIndex *dmig_index_copy(const DmigIndex *self);
DmigIndexElement *dmig_index_element_new(const char *column, const char *expression);
void dmig_index_element_free(DmigIndexElement *self);
DmigEnum *dmig_enum_new(const char *name, const char *const *labels);
void dmig_enum_free(DmigEnum *self);
DmigEnum *dmig_enum_copy(const DmigEnum *self);
/* For drivers: that `object` depends on `on`, two addresses. Borrowed, to say more. */
DmigDependency *dmig_schema_add_dependency(DmigSchema *self, char *object_owned, char *on_owned,
                                           gboolean owned);
void dmig_schema_add_problem(DmigSchema *self, const char *format, ...) G_GNUC_PRINTF(2, 3);

/* By name; NULL where there is none. Borrowed. */
DmigTable *dmig_schema_table(const DmigSchema *self, const char *name);
/* The same, whatever the case of its letters. */
gboolean dmig_schema_has_table(const DmigSchema *self, const char *name);
DmigEnum *dmig_schema_enum(const DmigSchema *self, const char *name);
DmigObject *dmig_schema_object(const DmigSchema *self, DmigObjectKind kind, const char *path,
                               const char *detail);
DmigObject *dmig_schema_object_at(const DmigSchema *self, const char *address);
DmigObject *dmig_schema_view(const DmigSchema *self, const char *path); /* not materialized */
DmigColumn *dmig_table_column(const DmigTable *self, const char *name);
DmigIndex *dmig_table_index(const DmigTable *self, const char *name);
DmigConstraint *dmig_table_constraint(const DmigTable *self, const char *name);
const DmigConstraint *dmig_table_primary_key(const DmigTable *self);

/* Whether two objects are the same to a user of the database. Names where either constraint is
 * unnamed, the order of columns in a table and of objects in a schema do not count, nor do
 * comments, which change by themselves (compare them with g_strcmp0()); expressions are compared
 * with dmig_sql_equal(). The `_same_shape` forms leave the object's own name out. */
gboolean dmig_column_equal(const DmigColumn *a, const DmigColumn *b);
/* DEFAULT NULL is as good as none. */
gboolean dmig_column_same_default(const DmigColumn *a, const DmigColumn *b);
gboolean dmig_constraint_equal(const DmigConstraint *a, const DmigConstraint *b);
gboolean dmig_constraint_same_shape(const DmigConstraint *a, const DmigConstraint *b);
/* Whether all rows are known to meet it (dmig_facet_new_not_valid()). */
gboolean dmig_constraint_is_valid(const DmigConstraint *self);
gboolean dmig_index_equal(const DmigIndex *a, const DmigIndex *b);
gboolean dmig_index_same_shape(const DmigIndex *a, const DmigIndex *b);
gboolean dmig_enum_equal(const DmigEnum *a, const DmigEnum *b);

/* Whether it names a column of its own table, in its lists or its texts. */
gboolean dmig_constraint_mentions(const DmigConstraint *self, const char *column);
gboolean dmig_index_mentions(const DmigIndex *self, const char *column);

/* Whether CREATE TABLE says already whose child the table is (it inherits; no partition does). */
gboolean dmig_table_is_child(const DmigTable *self);
/* Whether everything of two tables but columns, constraints, indexes, comment and facets is the same:
 * what no ALTER TABLE changes. */
gboolean dmig_table_same_kind(const DmigTable *a, const DmigTable *b);

/* Who depends on whom: what the database said, or what the texts of objects mention. Borrowed, made
 * at the first call; DmigDependency*. */
const GPtrArray *dmig_schema_dependencies(const DmigSchema *self);
/* Works out the mentioned ones: DmigDependency*, owned. */
GPtrArray *dmig_schema_infer(const DmigSchema *self);
/* For who builds a schema and renames objects in it after lookups: forget what lookups remember. */
void dmig_schema_forget(DmigSchema *self);

/* The standard's keywords for the enumerations above: "SET NULL". Static. */
const char *dmig_action_sql(DmigAction action);
/* ` DEFERRABLE INITIALLY DEFERRED`, or "". Static. */
const char *dmig_deferrable_sql(DmigDeferrable deferrable);
