/* A run of a chain while it goes on. Private to the executor. */
#pragma once

#include "core/apply/tracking/heartbeat.h"
#include "core/apply/execute/prepared.h"
#include "core/apply/tracking/tracking.h"

typedef struct {
  DmigDatabase *db;
  const DmigApplyOptions *options;
  GPtrArray *chain; /* DmigPrepared* */
  char *id;
  guint64 first;          /* the number of the chain's first step among all of the database */
  guint done;             /* revisions that are committed */
  guint at;               /* the one that was tried last */
  gboolean half_way;      /* the one that was tried last has begun, and is in the journal */
  guint left_at, left_of; /* where an earlier run has left it: the step, of how many */
  GHashTable *kept; /* revisions of which something is kept that may come back; NULL: of none */
  GArray *milliseconds;
  GPtrArray *steps; /* DmigStepRecord*, of the revision that runs */
  guint attempts;   /* of what runs just now */
  DmigRunRecord *record;
  DmigHeartbeat *heartbeat;
  DmigRunProgress progress;
  gint64 phase_began;
} DmigExecution;

/* execution.c: all revisions that are not done yet, each in its way. */
gboolean dmig_execution_run_chain(DmigExecution *self, GError **error);

/* Tries until it is done, or fails for another reason than a lock, or nobody wants to wait any
 * more. */
typedef gboolean (*DmigAttempt)(DmigExecution *self, gpointer data, GError **error);
gboolean dmig_execution_patiently(DmigExecution *self, DmigAttempt attempt, gpointer data,
                                  GError **error);
/* For how long that is. */
guint dmig_execution_patience(const DmigExecution *self);

DmigTrackingEntry dmig_execution_entry(const DmigExecution *self, guint i);
/* What goes along with the steps of revision `i`. */
void dmig_execution_stepping(DmigExecution *self, guint i, DmigKeeper *keeper,
                             DmigStepping *out_stepping);

void dmig_execution_tell(DmigExecution *self);

/* stepwise.c: one revision that has steps outside of transactions, from where it stands. */
gboolean dmig_execution_run_stepwise(DmigExecution *self, guint i, GError **error);
/* Clears away what an attempt at the step left half made, so that it can run once more. */
gboolean dmig_execution_clear_away(DmigDatabase *db, const DmigStep *step, GError **error);

/* ending.c: writes the run's end down, takes back what failed half way, and says where the database
 * is. Takes `failure`, NULL where it went well. */
gboolean dmig_execution_finish(DmigExecution *self, GError *failure, GError **error);
/* The chain's `i`-th migration; the last one where there are not so many. */
const DmigMigration *dmig_execution_migration(const DmigExecution *self, guint i);
/* Adds the time since the phase began to the record. */
void dmig_execution_leave_phase(DmigExecution *self);
/* "3f2a91c", "no revision". */
const char *dmig_execution_revision_text(const char *revision, char buffer[8]);
/* The revision that a person would name: the child of the edge, whichever way it is walked. */
const char *dmig_execution_revision(const DmigMigration *migration);
