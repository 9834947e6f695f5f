/* Which rows the bounds of a partition take (PostgreSQL manual, CREATE TABLE, FOR VALUES). */
#pragma once

#include "core/schema/schema.h"

/* An expression over a row that is true where it fits into the partition of `parent` with these bounds:
 * what stands behind the parent's name in ATTACH PARTITION. NULL: DEFAULT, or keys and bounds of a form
 * that is not known. Owned. */
char *dmig_pg_partition_fits(const DmigTable *parent, const char *bounds);
/* Whether it asks `parent`, which must be there: only the server knows its hashes. */
gboolean dmig_pg_partition_asks_table(const DmigTable *parent);
