/* How values of one native type become values of another, and what that costs. */
#pragma once

#include "core/sql/dialect.h"

/* Slot of the dialect. */
void dmig_pg_conversion(const char *from_type, const char *to_type, const char *column,
                        DmigConversion *out_conversion);

/* Whether ALTER COLUMN … TYPE with the plain cast leaves the rows as they are on disk.
 * Source: PostgreSQL manual, ALTER TABLE, Notes: the old type is binary coercible to the new one
 * or a modifier only grows. */
gboolean dmig_pg_conversion_keeps_rows(const char *from_type, const char *to_type);
