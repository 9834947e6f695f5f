/* Running a migration on a scratch database, its steps outside of transactions too. There is nothing
 * to resume: where it fails, the database is thrown away. */
#pragma once

#include "core/apply/prepared.h"

/* The migration as it stands in its file, whatever its steps need. */
DmigPrepared *dmig_rehearsal_prepare(const DmigDialect *dialect, const DmigMigration *migration,
                                     GError **error);
/* Steps that follow each other and can run in a transaction run in one; the others each by itself.
 * `out_refused` as of dmig_prepared_run(). Steps that ran before a failure stay done where they were
 * not in its transaction. */
gboolean dmig_rehearse(const DmigPrepared *self, DmigDatabase *db, const DmigStep **out_refused,
                       GError **error);
