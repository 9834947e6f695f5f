/* What CREATE SEQUENCE says of its numbers, spelled here once for inspection and lowering. */
#pragma once

#include "core/schema/object.h"

/* Borrowed, as SQL spells them; NULL: what the database chooses by itself. */
typedef struct {
  const char *type; /* "integer" */
  const char *increment, *min, *max, *start, *cache;
  gboolean cycle;
} DmigSequenceOptions;

/* Appends to `create` those that are not as the database would choose, ` AS integer INCREMENT BY 2`, and
 * gives the sequence a property for each and one facet, "options": they lean on one another, and change
 * together. */
void dmig_sequence_add_options(const DmigDialect *dialect, DmigObject *sequence,
                               const DmigSequenceOptions *options, GString *create);
/* With which number a sequence starts by itself. Borrowed, from `options` or static. */
const char *dmig_sequence_first(const DmigSequenceOptions *options);
