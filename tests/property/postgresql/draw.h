/* Random sketches, random changes of them, and what kinds draw with. */
#pragma once

#include "sketch.h"

Sketch *sketch_new(GRand *random);
/* One change that shows, whatever it takes along. */
void sketch_mutate(Sketch *self, GRand *random);

guint roll(GRand *random, guint n); /* below n */
gboolean chance(GRand *random, guint percent);

typedef gboolean (*Wanted)(const Node *node);
Node *pick(const Sketch *self, GRand *random, Wanted wanted); /* NULL: there is none */
guint pick_id(const Sketch *self, GRand *random, Wanted wanted); /* 0: there is none */
gboolean is_table(const Node *node);
gboolean is_table_or_partition(const Node *node);
gboolean is_relation(const Node *node);
gboolean is_column(const Node *node);
gboolean is_function(const Node *node);
gboolean is_schema(const Node *node);

/* A column of a table, or one that a view shows; 0: none. */
guint pick_column(const Sketch *self, const Node *relation, GRand *random);
/* Up to `most` columns of the relation that `of` names. */
void pick_columns(const Sketch *self, Node *node, guint most, GRand *random);
Type pick_type(const Sketch *self, GRand *random);
/* Often a column's, so that calls of it can take one. */
Type pick_argument(const Sketch *self, GRand *random);
/* Rows can be told from text to text and from number to number. */
void change_type(Node *node, GRand *random);
