/* Which database a command works on, and where that database stands. */
#pragma once

#include "cmd/command.h"
#include "core/apply/tracking/tracking.h"
#include "core/db/registry.h"

/* By `name` (-t: a target's name, or a URL), else DMIG_DATABASE_URL, DATABASE_URL, the default
 * target, PG*. DMIG_ERROR_USAGE where none of them is there. `flags`: how to open it. */
gboolean dmig_target_open(DmigContext *context, const char *name, DmigOpenFlags flags,
                          DmigDatabase **out, GError **error);
/* The same, only to look at it. Where there is no such database yet, but `apply` would make it,
 * `out` is NULL and only `out_dialect` is known. */
gboolean dmig_target_look(DmigContext *context, const char *name, DmigDatabase **out,
                          const DmigDialect **out_dialect, GError **error);
/* Whether there is a database of that name to speak of, reachable or not: else the error of
 * dmig_target_open(). */
gboolean dmig_target_check(DmigContext *context, const char *name, GError **error);
/* What that database is called: the target's name, or the URL without its password. NULL where
 * none is named. Owned. */
char *dmig_target_label(DmigContext *context, const char *name);

/* What the database's record says, and the revision of the store that it means: NULL where nothing
 * is applied, or `db` is NULL. DMIG_ERROR_DRIFT where the store does not have it. Outputs may be
 * NULL. */
gboolean dmig_target_position(DmigContext *context, DmigDatabase *db, DmigState **out_state,
                              DmigRevision **out_revision, GError **error);
