/* What a run tells others while it works.
 *
 * A row that is written in a migration's transaction is seen by nobody before it ends, and a statement
 * can take hours. So a thread writes down about once a second how far the run is: into its row of
 * `runs` through a second connection, where the database has such a thing; else into a file beside the
 * database, `shop.db-dmig`, that goes when the run ends. A run that is quicker than that never has
 * either. The same thread asks who keeps the run waiting for a lock.
 */
#pragma once

#include "core/apply/tracking/log.h"

typedef struct _DmigHeartbeat DmigHeartbeat;

/* `db` is used no further than a second connection takes. `run`, `command`, `from`, `to` are copied.
 * To be made when the run is recorded, and freed before its end is. */
DmigHeartbeat *dmig_heartbeat_new(DmigDatabase *db, const DmigTrackingRun *run);
void dmig_heartbeat_free(DmigHeartbeat *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(DmigHeartbeat, dmig_heartbeat_free)

/* Copied. */
void dmig_heartbeat_set(DmigHeartbeat *self, const DmigRunProgress *progress);
/* Who kept it waiting when it was last asked, and forgets it. Owned; NULL: nobody, or not known. */
char *dmig_heartbeat_blockers(DmigHeartbeat *self);

/* What the file says, in the form of a row of `runs`; NULL: there is none. Owned. */
DmigTrackedRun *dmig_heartbeat_read(DmigDatabase *db);
