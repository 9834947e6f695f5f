#include "core/db/postgres/connection.h"

/* All that hangs on an object is in the Schema, and a plan makes it again. */
gboolean
dmig_pg_save_dependents(DmigDatabase *database, char *const *objects, char **out_script,
                        GError **error)
{
  *out_script = g_strdup("");
  return TRUE;
}
