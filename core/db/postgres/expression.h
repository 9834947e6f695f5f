/* What an expression costs when a column is filled with it; told from its text alone, and rather
 * too dear than too cheap. */
#pragma once

#include "core/schema/schema.h"

/* Whether it may give another value for each row: it calls something that is not known to be
 * stable, so that adding a column with it as the default rewrites the table. */
gboolean dmig_pg_is_volatile(const char *sql);

/* Whether it is the same for all rows of `table`: no column, no subquery, not volatile. */
gboolean dmig_pg_is_constant(const char *sql, const DmigTable *table);
