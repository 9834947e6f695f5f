/* Objects that carry their own SQL, what can be set about any object, and who depends on whom.
 *
 * Rows hang on tables and enums, so those are typed (schema.h) and planned column by column. All
 * other kinds are a DmigObject: statements that make and take it, what counts for equality, and
 * facets that change in place. What the statements say is known only where they are written, in the
 * database's inspection and in lowering; diff and plan ask no more than stands here.
 */
#pragma once

#include <glib.h>

#include "core/sql/dialect.h"
#include "core/sql/path.h"

/* Kinds of objects, in an order in which they can mostly be made. */
typedef enum {
  DMIG_OBJECT_SCHEMA,
  DMIG_OBJECT_EXTENSION,
  DMIG_OBJECT_LANGUAGE,
  DMIG_OBJECT_ACCESS_METHOD,
  DMIG_OBJECT_COLLATION,
  DMIG_OBJECT_ENUM, /* typed: DmigEnum */
  DMIG_OBJECT_DOMAIN,
  DMIG_OBJECT_COMPOSITE_TYPE,
  DMIG_OBJECT_RANGE_TYPE, /* with its multirange */
  DMIG_OBJECT_BASE_TYPE,
  DMIG_OBJECT_SEQUENCE,
  DMIG_OBJECT_ROUTINE, /* function, procedure, aggregate: property "kind"; detail: its arguments */
  DMIG_OBJECT_OPERATOR, /* detail: `(integer, integer)` */
  DMIG_OBJECT_OPERATOR_FAMILY, /* detail: the access method */
  DMIG_OBJECT_OPERATOR_CLASS,  /* detail: the access method */
  DMIG_OBJECT_CAST,            /* path: `(text AS mood)` */
  DMIG_OBJECT_TRANSFORM,
  DMIG_OBJECT_CONVERSION,
  DMIG_OBJECT_TS_PARSER,
  DMIG_OBJECT_TS_TEMPLATE,
  DMIG_OBJECT_TS_DICTIONARY,
  DMIG_OBJECT_TS_CONFIGURATION,
  DMIG_OBJECT_FOREIGN_DATA_WRAPPER,
  DMIG_OBJECT_FOREIGN_SERVER,
  DMIG_OBJECT_USER_MAPPING, /* path: the server; detail: the role */
  DMIG_OBJECT_TABLE,        /* typed: DmigTable */
  DMIG_OBJECT_COLUMN,       /* typed; path: the table, detail: the column */
  DMIG_OBJECT_CONSTRAINT,   /* typed; path: the table, detail: its name */
  DMIG_OBJECT_INDEX, /* typed, of a table; an object of its own on a materialized view. path: the
                        relation, detail: its name */
  DMIG_OBJECT_FOREIGN_TABLE,
  DMIG_OBJECT_VIRTUAL_TABLE, /* SQLite */
  DMIG_OBJECT_VIEW,
  DMIG_OBJECT_MATERIALIZED_VIEW,
  DMIG_OBJECT_STATISTICS,
  DMIG_OBJECT_RULE,    /* path: the relation, detail: its name; so are the next two */
  DMIG_OBJECT_TRIGGER,
  DMIG_OBJECT_POLICY,
  DMIG_OBJECT_EVENT_TRIGGER,
  DMIG_OBJECT_PUBLICATION,
  DMIG_OBJECT_SUBSCRIPTION,
  DMIG_OBJECT_DEFAULT_PRIVILEGES, /* path: the role in the schema; detail: the kind of objects */
  DMIG_OBJECT_SETTING,            /* of the database itself: SQLite's user_version */
  DMIG_OBJECT_KINDS,
} DmigObjectKind;

/* For people: "materialized view". Static. */
const char *dmig_object_kind_name(DmigObjectKind kind);
/* Whether the object goes with its relation, which is its path: columns, constraints, indexes, rules,
 * triggers, policies. */
gboolean dmig_object_kind_is_part(DmigObjectKind kind);

/* --- addresses ------------------------------------------------------------------------------- */

/* An address says in one text which object is meant, for sets and for dependencies. `detail` may be
 * NULL. Owned. As `detail` of a table's column "*" stands for the list of its columns: what hangs on
 * it is touched when a column comes or goes. */
char *dmig_address_new(DmigObjectKind kind, const char *path, const char *detail);
DmigObjectKind dmig_address_kind(const char *address);
char *dmig_address_path(const char *address);         /* owned */
const char *dmig_address_detail(const char *address); /* borrowed; NULL: none */
/* The relation's address for a part's, else NULL. Owned. */
char *dmig_address_whole(const char *address);
/* "trigger log on auth.users", "column users.name", "function f(integer)". Owned. */
char *dmig_address_text(const char *address);

/* --- facets ---------------------------------------------------------------------------------- */

/* Something about an object that a statement of its own sets, and another takes away again: its
 * comment, its owner, what a role may do, an option. */
typedef struct {
  char *name;  /* "comment", "owner", "grant to app_reader", "increment" */
  char *value; /* what is compared, as SQL; never NULL: a facet that isn't set is not there */
  char *set;   /* statements for an object without it, each ended by ";\n" */
  char *change; /* statements for an object with another value; NULL: `set` does that too */
  char *reset; /* statements that make an object with it one without; NULL: there is no way back
                  (the object is made again) */
  gboolean created;     /* `create` of its object says it already */
  gboolean replaces;    /* another value needs the old one's `reset` first */
  gboolean attaches;    /* it makes its table, index or key a part of another's: the parent's */
  gboolean rewrites;    /* to have it, or not, all rows of the table are written again */
  gboolean visits_rows; /* a type's: to set or change it, the database goes through all values of the
                           type, and can't where they stand within others */
  gboolean lockless;    /* its statements keep nobody from the rows: a comment, a privilege */
  gboolean late;        /* a step of its own, when all it names is there; else it follows its object */
  char **needs;         /* addresses of what it names, NULL-terminated; NULL: nothing */
  char *said_by;        /* the facet of the same object whose `set` ends with this one's; NULL: none */
} DmigFacet;

DmigFacet *dmig_facet_new(const char *name, const char *value, const char *set, const char *reset);
void dmig_facet_free(DmigFacet *self);
DmigFacet *dmig_facet_copy(const DmigFacet *self);
void dmig_facet_add_need(DmigFacet *self, char *address_owned);
/* What is set with `self` is gone when that is reset, and so its `set` brings `other` too: a check's
 * its comment. */
void dmig_facet_bring(DmigFacet *self, DmigFacet *other);

/* Arrays of facets, by name; an array may be NULL for "none". */
GPtrArray *dmig_facets_new(void); /* DmigFacet*, freed with the array */
GPtrArray *dmig_facets_copy(const GPtrArray *facets);
DmigFacet *dmig_facets_find(const GPtrArray *facets, const char *name); /* borrowed or NULL */
const char *dmig_facets_value(const GPtrArray *facets, const char *name); /* borrowed or NULL */
/* Creates the array in `*facets` where there is none. Takes `facet`. Returns it, borrowed. */
DmigFacet *dmig_facets_add(GPtrArray **facets, DmigFacet *facet);
gboolean dmig_facets_equal(const GPtrArray *a, const GPtrArray *b);
/* Appends the statements that follow those which make their object: `set` of each that is neither
 * `created` nor `late`. */
void dmig_facets_append_set(GString *sql, const GPtrArray *facets);

/* --- objects --------------------------------------------------------------------------------- */

typedef struct {
  char *name;
  char *value;
} DmigProperty;

struct _DmigObject {
  DmigObjectKind kind;
  char *path;
  char *detail; /* NULL: none */
  char *create; /* statements, each ended by ";\n"; "" for what is always there (the schema public) */
  char *drop;   /* the same; "" where nothing must be done */
  char *core;   /* what two objects must have in common to be the same, besides facets; NULL: `create` */
  char *replace; /* statements that put it in the place of another whose mould its own begins with,
                    keeping facets and dependents; NULL: there are none */
  char *mould;   /* NULL: nothing is replaced by it and it replaces nothing. A view's: a line for
                    each of its columns and type */
  char *broken; /* why the database can't use it as it is: it names what is not there, and stands in
                   the way of changes to any table. Never compared; NULL: it is not, or nobody knows */
  GPtrArray *facets;     /* DmigFacet*; NULL: none */
  GPtrArray *properties; /* DmigProperty*: what `create` says, in pieces, for writing YAML and for
                            telling differences; never compared. NULL: none */
};

DmigObject *dmig_object_new(DmigObjectKind kind, const char *path, const char *detail);
void dmig_object_free(DmigObject *self); /* takes NULL */
DmigObject *dmig_object_copy(const DmigObject *self);
char *dmig_object_address(const DmigObject *self); /* owned */
void dmig_object_set_property(DmigObject *self, const char *name, const char *value);
const char *dmig_object_property(const DmigObject *self, const char *name); /* borrowed or NULL */
/* The same apart from facets: cores compared with dmig_sql_equal(). */
gboolean dmig_object_same_core(const DmigObject *a, const DmigObject *b);
gboolean dmig_object_equal(const DmigObject *a, const DmigObject *b);
/* Whether `wanted` can be put in the place of `old` by its `replace`. */
gboolean dmig_object_can_replace(const DmigObject *old, const DmigObject *wanted);

/* A view of this query (without a final semicolon), for dialects that take CREATE VIEW … AS. Its
 * property "query" is the query. */
DmigObject *dmig_object_new_view(const DmigDialect *dialect, const char *path, const char *query);
/* COMMENT ON as a facet: `what` is SQL, "VIEW auth.v". */
DmigFacet *dmig_facet_new_comment(const char *what, const char *comment);

/* --- dependencies ---------------------------------------------------------------------------- */

typedef struct {
  char *object; /* address */
  char *on;     /* address */
  gboolean owned; /* `object` goes by itself when `on` is dropped (pg_depend's 'a' and 'i') */
  gboolean reads; /* `on`, a type, stands in an expression that `object` holds; not merely in what a
                     column or a function is made of */
  gboolean soft;  /* only an order that is nice to have: from the text of a body, which the database
                     doesn't look into; nothing is made again because of it */
} DmigDependency;
void dmig_dependency_free(DmigDependency *self);
