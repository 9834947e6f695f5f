/* Sequences behind identity columns. */
#pragma once

#include "core/schema/schema.h"

typedef struct {
  guint32 type_oid; /* int2, int4 or int8 */
  gint64 start, increment, min, max, cache;
  gboolean cycle;
} DmigPgSequence;

/* What differs from the defaults: `START WITH 10 INCREMENT BY 5`. Owned; NULL: nothing. */
char *dmig_pg_sequence_options(const DmigPgSequence *self);

/* What stands behind `keyword` in such a text: "" behind CYCLE. Owned; NULL: it isn't there. */
char *dmig_pg_sequence_option(const char *options, const char *keyword);

/* The clauses of ALTER COLUMN that make one such text the other: `SET INCREMENT BY 5`, `SET NO
 * CYCLE`, joined by spaces. Either may be NULL. Owned; "" for none. */
char *dmig_pg_sequence_changes(const char *old_options, const char *new_options);

/* The name that the server chooses for the sequence of a new column. Owned. */
char *dmig_pg_sequence_name(const char *table, const char *column);
/* The facet "sequence", where `name` is another. */
void dmig_pg_add_sequence_name(const DmigTable *table, DmigColumn *column, const char *name);
