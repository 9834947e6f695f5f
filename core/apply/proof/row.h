/* One row: values for its columns that agree with the rows that it points at. Private to rows.c. */
#pragma once

#include "core/apply/proof/values.h"

/* The rows of one table, as far as there are some. */
typedef struct {
  const DmigTable *table;
  GPtrArray *sources;   /* DmigValueSource*, one a column */
  gboolean *referenced; /* one a column: other rows point at it, so its value must be known */
  GPtrArray *rows;      /* char** of literals, one a column; NULL: the column's default */
  guint existing;       /* how many of them were there before */
  GPtrArray *later;     /* DmigConstraint* whose target gets its rows after this table */
  gboolean placed;
} DmigTableRows;
DmigTableRows *dmig_table_rows_new(const DmigSchema *schema, const DmigTable *table);
void dmig_table_rows_free(DmigTableRows *self);
/* Keeps the first `n`. */
void dmig_table_rows_truncate(DmigTableRows *self, guint n);

typedef struct {
  GRand *random;
  guint serial;  /* the row's number, which keys are made of */
  guint attempt; /* later ones try plainer values */
  DmigRowsStyle style;
} DmigRowDraw;

/* The row's values, or NULL where something that it must point at is not there. `tables`: all of them, by
 * name. A reference that has to wait for its target's rows is noted in `rows->later`. Owned. */
char **dmig_row_make(DmigTableRows *rows, GHashTable *tables, const DmigRowDraw *draw);
void dmig_row_free(char **row, guint n);

/* The column's place in a row; -1: there is none. */
int dmig_row_place(const DmigTable *table, const char *column);
/* The table's `i`-th constraint if it is a reference, else NULL. */
const DmigConstraint *dmig_row_reference(const DmigTable *table, guint i);
/* Whether a column of the reference takes NULL. */
gboolean dmig_row_may_point_nowhere(const DmigTable *table, const DmigConstraint *key);
gboolean dmig_row_is_null(const char *literal);
