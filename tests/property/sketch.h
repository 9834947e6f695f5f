/* A PostgreSQL database under construction, for property tests of all kinds of objects. It is a list
 * of nodes in the order in which they can be made; each has a number that it keeps, and refers to
 * others by theirs. A reference may dangle after a change until sketch_tidy() has seen to it.
 *
 * `variant` are free bits, which each kind reads as it likes: a change of a node turns some of them. */
#pragma once

#include <glib.h>

typedef enum {
  NODE_SCHEMA,
  NODE_ENUM,
  NODE_DOMAIN,
  NODE_SEQUENCE,
  NODE_FUNCTION,         /* type: its result; other_type: its argument */
  NODE_TRIGGER_FUNCTION,
  NODE_TABLE,
  NODE_COLUMN,           /* of: the table */
  NODE_PARTITION,        /* of: the table */
  NODE_CHECK,            /* of: the table; to: a column */
  NODE_INDEX,            /* of: the table or materialized view; to: a column */
  NODE_FOREIGN_KEY,      /* of: the table; to: the other */
  NODE_VIEW,             /* of: the table or view; columns */
  NODE_MATERIALIZED_VIEW,
  NODE_TRIGGER,          /* of: the table; to: a column; function */
  NODE_POLICY,           /* of: the table; to: a column; function */
  NODE_GRANT,            /* of: whatever; to: a column of it */
  NODE_COMMENT,          /* of: whatever */
  N_NODES,
} NodeKind;

typedef enum {
  TYPE_INTEGER,
  TYPE_BIGINT,
  TYPE_NUMERIC,
  TYPE_TEXT,
  TYPE_VARCHAR,
  TYPE_DATE,
  TYPE_TEXTS,
  TYPE_NODE, /* an enum or a domain */
} TypeKind;

typedef struct {
  TypeKind kind;
  guint node;
} Type;

#define MAX_COLUMNS 5

typedef struct {
  guint id;
  NodeKind kind;
  char *name;
  guint schema;   /* 0: public */
  guint of, to;
  guint function; /* that it calls; 0: none */
  guint32 variant;
  Type type, other_type;
  guint columns[MAX_COLUMNS]; /* of a view: columns of its tables; 0: none */
} Node;

typedef struct {
  GPtrArray *nodes; /* Node* */
  guint next_id;
} Sketch;

Sketch *sketch_new_empty(void);
Sketch *sketch_new(GRand *random);
Sketch *sketch_copy(const Sketch *self);
void sketch_free(Sketch *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Sketch, sketch_free)

/* One change that shows, whatever it takes along. */
void sketch_mutate(Sketch *self, GRand *random);
/* Takes a node out; what can't be without it goes when tidied. */
void sketch_remove(Sketch *self, guint id);
/* Makes all references good, and leaves out what can't be made. */
void sketch_tidy(Sketch *self);

const Node *sketch_node(const Sketch *self, guint id); /* NULL: none */
/* Whether `kind` lives in a schema. */
gboolean node_has_schema(NodeKind kind);
gboolean node_is_relation(const Node *node);
/* Whether a function gives one value for the same argument without looking at anything. */
gboolean node_is_immutable(const Node *node);

/* The script that makes it. Owned. */
char *sketch_sql(const Sketch *self);
/* The script that puts two rows into each table. Owned. */
char *sketch_rows_sql(const Sketch *self);
/* A query for what must be the same in both of two sketches that share rows: a number and a text for
 * each table and column that neither has changed. Owned. */
char *sketch_survivors_sql(const Sketch *self, const Sketch *other);
