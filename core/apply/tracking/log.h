/* What the tracking tables remember of runs. */
#pragma once

#include "core/apply/tracking/tracking.h"

typedef struct {
  char *id, *command, *who, *dmig_version, *domain;
  guint pid;
  char *from, *to;           /* revisions; NULL: none */
  char *started, *finished;  /* ISO 8601 UTC; `finished` NULL: it is running, or was killed */
  char *updated;             /* when the row was last written; NULL: not known */
  char *phase;               /* dmig_run_phase_name() */
  char *error, *backup;      /* NULL: none */
  guint revision, revisions; /* 1-based while it runs: the one that runs; 0: not known */
  guint step, steps;         /* likewise, of that revision */
  char *title;               /* of the step, else of the revision; NULL: not known */
  guint64 rows_done, rows_total;
} DmigTrackedRun;
void dmig_tracked_run_free(DmigTrackedRun *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(DmigTrackedRun, dmig_tracked_run_free)

/* DmigTrackedRun*, newest first, at most `limit`. Empty where there are no tracking tables. */
gboolean dmig_tracking_runs(DmigDatabase *db, guint limit, GPtrArray **out, GError **error);

/* Where the database was at `time` (ISO 8601 UTC): a revision, or NULL for none. DMIG_ERROR_NOT_FOUND
 * where nothing was ever applied before, so that nobody knows. */
gboolean dmig_tracking_at(DmigDatabase *db, const char *time, char **out_revision, GError **error);
