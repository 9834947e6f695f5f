#include "core/apply/rehearsal.h"

DmigPrepared *
dmig_rehearsal_prepare(const DmigDialect *dialect, const DmigMigration *migration, GError **error)
{
  return dmig_prepared_new(dialect, migration, error);
}

gboolean
dmig_rehearse(const DmigPrepared *self, DmigDatabase *db, const DmigStep **out_refused,
              GError **error)
{
  return dmig_prepared_run_alone(self, db, NULL, out_refused, error);
}
