#include "core/db/postgres/connection.h"
#include "core/db/postgres/postgres_sql.h"

/* Tables are altered in place and keep what they have; only views are dropped and made again. */
gboolean
dmig_pg_save_dependents(DmigDatabase *database, char *const *objects, char **out_script,
                        GError **error)
{
  g_autofree char *names = g_strjoinv("\x01", (char **) objects);
  const char *const parameters[] = { names };
  g_autoptr(DmigRows) rows = NULL;
  if (!dmig_pg_query(database, dmig_pg_sql_dependents, parameters, 1, &rows, error))
    return FALSE;
  GString *script = g_string_new(NULL);
  for (guint i = 0; i < rows->rows->len; i++)
    g_string_append_printf(script, "%s\n", dmig_rows_get(rows, i, 0));
  *out_script = g_string_free(script, FALSE);
  return TRUE;
}
