/* Texts that the server printed under an empty search_path. */
#pragma once

#include <glib.h>

/* `'public.t_id_seq'::regclass` is `'t_id_seq'::regclass`: constants that stand for objects of the
 * default schema, without it. `keep` as of dmig_sql_unqualify(). Owned. */
char *dmig_pg_unqualify_constants(const char *sql, const char *schema, const char *const *keep);

/* How many bytes the group in parentheses is long that `sql` begins with. */
gsize dmig_pg_group_length(const char *sql);
