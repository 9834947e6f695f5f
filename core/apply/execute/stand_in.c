#include "core/apply/execute/stand_in.h"

#include <string.h>

gboolean
dmig_stand_ins_are_left(const DmigDialect *dialect, const char *sql)
{
  return dialect->stand_in_mark != NULL && strstr(sql, dialect->stand_in_mark) != NULL;
}

gboolean
dmig_stand_ins_end(DmigDatabase *db, GError **error)
{
  const char *script = db->dialect->stand_ins_end;
  if (script == NULL || db->driver->exec(db, script, error))
    return TRUE;
  g_prefix_error(error, "taking away what stood in for renamed tables: ");
  return FALSE;
}
