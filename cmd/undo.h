/* The way back from between two revisions. */
#pragma once

#include "cmd/command.h"
#include "core/apply/execute/apply.h"

/* Looks at what the database holds and brings it back to `migration->from`, whatever of the migration
 * has happened: as DmigRunStages.undo. */
gboolean dmig_undo(DmigContext *context, DmigDatabase *db, const DmigMigration *migration,
                   const char *run, gboolean no_keep, GError **error);
