/* Changes: what differs between two Schemas, typed, each with its old and its new object. */
#pragma once

#include "core/diff/transition.h"
#include "core/schema/schema.h"

typedef enum {
  DMIG_CHANGE_CREATE_ENUM, /* with its comment */
  DMIG_CHANGE_DROP_ENUM,
  DMIG_CHANGE_RENAME_ENUM,
  DMIG_CHANGE_ALTER_ENUM, /* labels */
  DMIG_CHANGE_COMMENT_ENUM,
  DMIG_CHANGE_CREATE_TABLE, /* with its columns, constraints, indexes and comments */
  DMIG_CHANGE_DROP_TABLE,
  DMIG_CHANGE_RENAME_TABLE,
  DMIG_CHANGE_COMMENT_TABLE,
  DMIG_CHANGE_ADD_COLUMN, /* its comment is a change of its own */
  DMIG_CHANGE_DROP_COLUMN,
  DMIG_CHANGE_RENAME_COLUMN,
  DMIG_CHANGE_ALTER_COLUMN, /* what: `aspects` */
  DMIG_CHANGE_COMMENT_COLUMN,
  DMIG_CHANGE_ADD_CONSTRAINT,
  DMIG_CHANGE_DROP_CONSTRAINT,
  DMIG_CHANGE_RENAME_CONSTRAINT,
  DMIG_CHANGE_CREATE_INDEX,
  DMIG_CHANGE_DROP_INDEX,
  DMIG_CHANGE_RENAME_INDEX,
  DMIG_CHANGE_REBUILD_TABLE, /* what no ALTER TABLE changes: see dmig_table_same_kind(), and what a table
                                says itself that it is to have of its parents alone */
  DMIG_CHANGE_CREATE_OBJECT, /* with its facets, but for the late ones */
  DMIG_CHANGE_DROP_OBJECT,
  DMIG_CHANGE_RENAME_OBJECT,
  DMIG_CHANGE_REPLACE_OBJECT, /* in place; facets and dependents stay */
  DMIG_CHANGE_SET_FACET,      /* of what `address` names, which exists on both sides */
  DMIG_CHANGE_RESET_FACET,
  DMIG_CHANGE_COPY_ROWS, /* the planner's own: from old_table, set aside, into new_table */
} DmigChangeKind;

typedef enum {
  DMIG_ASPECT_TYPE = 1 << 0,
  DMIG_ASPECT_NOT_NULL = 1 << 1,
  DMIG_ASPECT_DEFAULT = 1 << 2,
  DMIG_ASPECT_IDENTITY = 1 << 3,
  DMIG_ASPECT_GENERATED = 1 << 4, /* becomes, ceases to be, or has another expression or kind */
  DMIG_ASPECT_COLLATION = 1 << 5,
  DMIG_ASPECT_SAID = 1 << 6, /* NOT NULL is said, or no longer, where there can't be null anyway */
  DMIG_ASPECT_DECLARED = 1 << 7, /* the table says it too, which has had it of its parents alone */
} DmigColumnAspects;

/* Objects are borrowed from the Changes' two schemas. What does not apply is NULL. Renames come
 * first in a Changes, and everything behind them sees the *renamed* old schema: for an ALTER or
 * ADD, old_table and new_table have the same name. */
struct _DmigChange {
  DmigChangeKind kind;
  DmigColumnAspects aspects;
  const DmigTable *old_table, *new_table; /* the table itself, or the one the object belongs to */
  const DmigColumn *old_column, *new_column;
  const DmigConstraint *old_constraint, *new_constraint;
  const DmigIndex *old_index, *new_index;
  const DmigEnum *old_enum, *new_enum;
  const DmigObject *old_object, *new_object;
  const DmigFacet *old_facet, *new_facet; /* SET_FACET: old may be NULL; RESET_FACET: only old */
  char *address; /* SET_FACET, RESET_FACET: whose facet it is */
  /* Filled in by the planner for ADD_COLUMN, ALTER_COLUMN and ALTER_ENUM, for dialects to spell: */
  char *fill_sql;  /* ADD_COLUMN, NOT_NULL: value for rows that have none; NULL: none */
  char *using_sql; /* TYPE: expression for the new value; NULL: the plain cast */
  gboolean alone;    /* DROP_COLUMN, DROP_CONSTRAINT: tables below keep theirs. DROP_OBJECT: it must
                        be gone before what would take it along. ALTER_ENUM: what comes behind it uses
                        its new labels at once. ALTER_COLUMN: a second column takes
                        its place, with what hangs on it (see the dialect's can_swap()) */
  gboolean recreate; /* ALTER_ENUM: a new type must replace the old one (labels go, move, or are
                        used at once); else labels are added or renamed in place */
  GPtrArray *labels; /* ALTER_ENUM: DmigLabelMap* borrowed from the transition */
  GPtrArray *users;  /* ALTER_ENUM with recreate: DmigChange* ALTER_COLUMN-like: the columns of the
                        type that must move to the new one (old_/new_table, old_/new_column) */
};

typedef struct {
  DmigSchema *from;    /* as given */
  DmigSchema *renamed; /* `from` with the transition's renames carried out */
  DmigSchema *to;
  GPtrArray *items; /* DmigChange* */
  /* Tables, enums and objects that items point at and none of the schemas holds, and what the planner adds
   * to the items' `users`. */
  GPtrArray *owned, *owned_enums, *owned_objects, *owned_items;
} DmigChanges;

/* Never fails. Holds references to both schemas. `transition` may be NULL. The way back is the
 * same call with the schemas swapped and the reverse transition. A rename that names nothing is
 * ignored (the change file's reader reports it). */
DmigChanges *dmig_diff(DmigSchema *from, DmigSchema *to, const DmigTransition *transition);
void dmig_changes_free(DmigChanges *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(DmigChanges, dmig_changes_free)

DmigChange *dmig_change_new(DmigChangeKind kind);
void dmig_change_free(DmigChange *self);

/* Stable, lower-case, hyphenated: "alter-column". Static. */
const char *dmig_change_kind_name(DmigChangeKind kind);
/* The table, enum or object it is about, and the column, constraint or index within, or NULL.
 * Borrowed; by new names where there are new ones. */
const char *dmig_change_object(const DmigChange *self);
const char *dmig_change_member(const DmigChange *self);
/* One line for a person: "add column customers.phone varchar(20)". Owned. */
char *dmig_change_to_text(const DmigChange *self);
