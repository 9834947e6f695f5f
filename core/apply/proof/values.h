/* Values for the columns of scratch tables: odd ones, where the type allows, to find what a
 * migration breaks; tame ones where odd ones are refused. */
#pragma once

#include "core/schema/schema.h"

typedef enum {
  DMIG_ROWS_ODD,  /* quotes, line breaks, emoji, extremes, nulls */
  DMIG_ROWS_TAME, /* small, short and plain, so that most conversions take them */
} DmigRowsStyle;

typedef struct {
  const DmigDialect *dialect;
  const DmigColumn *column;
  const DmigEnum *labels;  /* the type's labels, where it is an enum; else NULL */
  gboolean unique;         /* part of a key: the value must differ from row to row */
  GPtrArray *hints;        /* char*: values that the table's checks speak of */
} DmigValueSource;

/* What is known of `column`'s values. Borrows the schema's objects. */
DmigValueSource *dmig_value_source_new(const DmigSchema *schema, const DmigTable *table,
                                       const DmigColumn *column);
void dmig_value_source_free(DmigValueSource *self);

/* A value as an SQL literal, `NULL` among them where the column takes it. `serial` numbers the
 * rows; later `attempt`s at one row try plainer values and what the checks speak of. Owned. */
char *dmig_value_source_next(const DmigValueSource *self, GRand *random, guint serial,
                             guint attempt, DmigRowsStyle style);
