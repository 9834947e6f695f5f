/* Sketches as SQL, and what kinds spell with. All texts are owned. */
#pragma once

#include "sketch.h"

/* The script that makes it. */
char *sketch_sql(const Sketch *self);
/* The script that puts two rows into each table. */
char *sketch_rows_sql(const Sketch *self);
/* A query for what must be the same in both of two sketches that share rows: a number and a text for
 * each table and column that neither has changed. */
char *sketch_survivors_sql(const Sketch *self, const Sketch *other);

char *quoted(const char *name);
char *qualified(const Sketch *self, const Node *node); /* `zone.thing` */
char *type_sql(const Sketch *self, Type type);
char *value_sql(const Sketch *self, Type type); /* of no other type than it */
/* A call of the function: of a column where that is of its type, else of a value. `row`, and a dot
 * where it is not empty, stands before the column. */
char *call_sql(const Sketch *self, const Node *function, const Node *column, const char *row);
/* `TABLE zone.thing`, as COMMENT ON and GRANT have it. NULL: it can't be named. */
char *called_sql(const Sketch *self, const Node *node, const char *word);
/* Appends "a", "b" with `row` before each as call_sql() has it. */
void put_names(const Sketch *self, GString *sql, const Node *node, const char *row);

/* Whether a function gives one value for the same argument without looking at anything. */
gboolean is_immutable(const Node *function);
gboolean is_generated(const Node *column);
/* Of an operator: whether it has two arguments, of which the right one is an integer. */
gboolean is_binary(const Sketch *self, const Node *operator);
/* The table that a foreign key leads to, and the key of it; NULL: the primary one. */
const Node *referenced_table(const Sketch *self, const Node *foreign_key);
const Node *referenced_key(const Sketch *self, const Node *foreign_key);
/* 0: not at all; 1: by range, 2: by list, 3: by hash. */
guint partitioning(const Node *table);
