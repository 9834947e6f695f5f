/* The runs that a database remembers, and the one that is going on. */
#pragma once

#include <jansson.h>

#include "cmd/command.h"
#include "core/apply/tracking/log.h"

typedef struct {
  GPtrArray *runs;  /* DmigTrackedRun*, newest first */
  gboolean held;    /* somebody works on the database just now: the first of `runs`, if it has no end */
  DmigLockHolder holder;
  char *problem;    /* why there are no more runs to tell of; NULL: these are all */
  DmigInterrupted *interrupted; /* NULL: no revision is half way */
} DmigRunLog;

/* The last `limit` runs. Never fails. */
DmigRunLog *dmig_run_log_new(DmigDatabase *db, guint limit);
void dmig_run_log_free(DmigRunLog *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(DmigRunLog, dmig_run_log_free)

void dmig_run_log_print(const DmigRunLog *self);
/* {"running", "lock", "runs": […]}. Owned. */
json_t *dmig_run_log_to_json(const DmigRunLog *self);
