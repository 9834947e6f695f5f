/* What there is to know of a kind of node: one row a kind, in the room of what it belongs to
 * (types.c, routines.c, tables.c, …). A new kind is a new row, and its quota in draw.c. */
#pragma once

#include "sketch.h"

/* What a script makes first, and what then. Within a stage it goes by the order of nodes. */
typedef enum {
  STAGE_SCHEMAS,
  STAGE_TYPES,
  STAGE_TABLES,
  STAGE_PARTITIONS,
  STAGE_ROUTINES, /* and views: they lean on each other */
  STAGE_COLUMNS,  /* what is said of a column when there are functions */
  STAGE_KEYS,
  STAGE_TABLE_PARTS,
  STAGE_RIGHTS,
  N_STAGES,
} Stage;

/* How COMMENT ON and GRANT name one behind the word. */
typedef enum {
  CALLED_NOT,    /* it takes no comment */
  CALLED_NAME,   /* "thing" */
  CALLED_PATH,   /* zone."thing" */
  CALLED_BESIDE, /* in the schema of what it is of */
  CALLED_PART,   /* zone."table"."thing" */
  CALLED_ON,     /* "thing" ON zone."table" */
  CALLED_ARGUMENTS, /* by nothing else */
} Called;

typedef enum {
  KIND_IN_SCHEMA = 1 << 0,
  KIND_TYPE = 1 << 1,     /* columns can have it */
  KIND_RELATION = 1 << 2, /* views can read it */
  KIND_TABLE = 1 << 3,    /* constraints, indexes and triggers hang on it */
  KIND_BY_TYPE = 1 << 4,  /* it goes with its type, and is of no other then */
} KindFlags;

typedef struct {
  const char *stem; /* what names begin with */
  const char *word; /* as COMMENT ON has it */
  Called called;
  const char *rights; /* that are granted on it; NULL: none */
  const char *grant_word; /* where GRANT has another one */
  KindFlags flags;
  Stage stage;
  guint32 fixed; /* bits that a change leaves alone, because rows would have nowhere to go */
  /* Gives a new one what it refers to. NULL: it refers to nothing. */
  void (*fill)(Sketch *self, Node *node, GRand *random);
  /* Whether it can stay; makes its references good. NULL: always. */
  gboolean (*tidy)(const Sketch *self, Node *node);
  /* A change beyond that of bits. NULL: none. */
  void (*change)(const Sketch *self, Node *node, GRand *random);
  /* NULL: what it is part of makes it. */
  void (*put)(const Sketch *self, GString *sql, const Node *node);
  /* What follows its name in the calls of COMMENT ON and GRANT. NULL: nothing. Owned. */
  char *(*arguments)(const Sketch *self, const Node *node);
} Kind;

extern const Kind kind_enum, kind_domain, kind_composite, kind_attribute, kind_range, kind_collation;
extern const Kind kind_schema, kind_sequence;
extern const Kind kind_function, kind_trigger_function, kind_procedure, kind_aggregate;
extern const Kind kind_operator, kind_cast;
extern const Kind kind_dictionary, kind_configuration;
extern const Kind kind_wrapper, kind_server, kind_user_mapping, kind_foreign_table;
extern const Kind kind_table, kind_column, kind_partition;
extern const Kind kind_check, kind_key, kind_exclusion, kind_foreign_key;
extern const Kind kind_index, kind_statistics;
extern const Kind kind_view, kind_materialized_view, kind_rule, kind_trigger;
extern const Kind kind_publication, kind_event_function, kind_event_trigger;
extern const Kind kind_policy, kind_grant, kind_default_privilege, kind_comment;

const Kind *kind_of(const Node *node);
const Kind *kind_row(NodeKind kind);
