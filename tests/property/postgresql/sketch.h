/* A PostgreSQL database under construction, for property tests of all kinds of objects. It is a list
 * of nodes in the order in which they can be made; each has a number that it keeps, and refers to
 * others by theirs, mostly to earlier ones. A reference may dangle after a change until sketch_tidy()
 * has seen to it. What there is to know of a kind stands in its row of kinds.h.
 *
 * `variant` are free bits, which each kind reads as it likes: a change of a node turns some of them. */
#pragma once

#include <glib.h>

typedef enum {
  NODE_SCHEMA,
  NODE_ENUM,
  NODE_DOMAIN,
  NODE_COMPOSITE,
  NODE_ATTRIBUTE,        /* of: the composite type */
  NODE_RANGE,            /* type: its subtype */
  NODE_COLLATION,
  NODE_SEQUENCE,
  NODE_FUNCTION,         /* type: its result; other_type: its argument; of: a relation that it reads */
  NODE_TRIGGER_FUNCTION,
  NODE_PROCEDURE,        /* type and other_type: its arguments; of: a relation that it reads */
  NODE_AGGREGATE,        /* type: its argument; function: the last one */
  NODE_OPERATOR,         /* other_type: its argument; function: ours or none; to: its commutator */
  NODE_CAST,             /* type: from; other_type: to; function: by which; none: by texts */
  NODE_DICTIONARY,
  NODE_CONFIGURATION,    /* to: a dictionary */
  NODE_WRAPPER,
  NODE_SERVER,           /* of: the wrapper */
  NODE_USER_MAPPING,     /* of: the server */
  NODE_FOREIGN_TABLE,    /* of: the server; type: of a column */
  NODE_TABLE,            /* of: the table that it inherits from */
  NODE_COLUMN,           /* of: the table; to: a sequence or collation */
  NODE_PARTITION,        /* of: the table or partition */
  NODE_CHECK,            /* of: the table; columns */
  NODE_KEY,              /* of: the table; columns: of a unique constraint */
  NODE_EXCLUSION,        /* of: the table; columns */
  NODE_INDEX,            /* of: the table or materialized view; columns; to: a configuration */
  NODE_STATISTICS,       /* of: the table or materialized view; columns */
  NODE_FOREIGN_KEY,      /* of: the table; to: the other, or a key of it */
  NODE_VIEW,             /* of: the table or view; columns */
  NODE_MATERIALIZED_VIEW,
  NODE_RULE,             /* of: the table or view; columns; to: the table that it changes */
  NODE_TRIGGER,          /* of: the table or view; to: a column; function */
  NODE_POLICY,           /* of: the table; to: a column; function */
  NODE_PUBLICATION,      /* of: a table; columns: of it; to: another table; schema: all of that */
  NODE_EVENT_FUNCTION,
  NODE_EVENT_TRIGGER,    /* function */
  NODE_GRANT,            /* of: whatever; to: a column of it */
  NODE_DEFAULT_PRIVILEGE,
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
  TYPE_NODE,
  TYPE_NODE_ARRAY,
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
  guint columns[MAX_COLUMNS]; /* of the relation that `of` names, without a gap; 0: none */
} Node;

#define BIT(node, n) (((node)->variant >> (n)) & 1u)

typedef struct {
  GPtrArray *nodes; /* Node* */
  guint next_id;
} Sketch;

Sketch *sketch_new_empty(void);
Sketch *sketch_copy(const Sketch *self);
void sketch_free(Sketch *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Sketch, sketch_free)

/* Takes a node out; what can't be without it goes when tidied. */
void sketch_remove(Sketch *self, guint id);
/* Puts a copy of another's node where its number says. */
void sketch_put_back(Sketch *self, const Node *node);
/* Makes all references good, and leaves out what can't be made. */
void sketch_tidy(Sketch *self);

const Node *sketch_node(const Sketch *self, guint id); /* NULL: none */
/* The same, where it is of that kind. */
const Node *sketch_node_of(const Sketch *self, guint id, NodeKind kind);

/* A relation's columns but `id`, which all tables have: a table's own behind its parents', a
 * partition's root's, or those that a view shows. Owned, with Node*. */
GPtrArray *relation_columns(const Sketch *self, const Node *relation);
gboolean relation_has_column(const Sketch *self, const Node *relation, guint column);
/* The table at the top of partitions; a table itself. */
const Node *root_table(const Sketch *self, const Node *table);
/* Leaves those columns of a node that the relation has, each once. FALSE: none is left. */
gboolean tidy_columns(const Sketch *self, Node *node);

gboolean type_equal(Type a, Type b);
/* Whether a value of `type` means the same in another sketch. */
gboolean type_survives(const Sketch *self, Type type, const Sketch *other, Type there);
gboolean is_number(Type type);
gboolean is_text(Type type);
