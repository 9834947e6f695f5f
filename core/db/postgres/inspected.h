/* What the catalogues print, as an author would write it. */
#pragma once

#include <glib.h>

/* A default without the cast to the column's own type that pg_get_expr() puts behind a literal:
 * `'free'::tier` is `'free'` for a column of that type, `'-1'::integer` is `-1`. Owned. */
char *dmig_pg_plain_default(const char *expression, const char *column_type);
