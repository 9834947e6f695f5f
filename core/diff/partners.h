/* Which index of one schema is which of another; private to core/diff. */
#pragma once

#include "core/schema/schema.h"

/* From each index of `old` that goes on to what it becomes in `new`: DmigIndex* -> DmigIndex*, both
 * borrowed; the table is owned. An index goes on as one of its table's of the same shape: of the same
 * name, if there is one. For a part of a partitioned index, what it is a part of comes before its name,
 * which often is the database's choice: PostgreSQL can rename a part, but not give it to another whole
 * (manual, ALTER INDEX). */
GHashTable *dmig_index_partners(const DmigSchema *old, const DmigSchema *new);

/* The facet that makes an index a part of a partitioned one's. NULL: it stands alone. */
const DmigFacet *dmig_index_attachment(const DmigIndex *index);

/* Whether `before` of `old` and `after` of `new` are parts of partitioned indexes, and those partners. */
gboolean dmig_index_stays_part(const DmigSchema *old, const DmigSchema *new, const DmigIndex *before,
                               const DmigIndex *after, GHashTable *partners);
