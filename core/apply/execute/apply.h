/* The executor: runs a chain of committed migrations on a database. */
#pragma once

#include "core/apply/run.h"
#include "core/plan/plan.h"

#define DMIG_APPLY_BATCH_ROWS 10000

typedef struct {
  gboolean single_transaction; /* the whole chain in one */
  gboolean allow_data_loss;
  gboolean keep;         /* put aside what steps take, and back what they bring (keep.h) */
  guint wait_seconds;    /* for another run's lock, and for locks of sessions; 0: not, and 10 */
  guint lock_timeout;    /* milliseconds one statement waits for a lock; 0: the driver's usual */
  guint batch_rows;      /* 0: the default */
  const char *command;   /* for the record: "apply", "revert" */
  const char *domain;
  const DmigRunStages *stages; /* who else takes part; may be NULL */
} DmigApplyOptions;

/* What the chain would lose: char* lines such as "3f2a91c: the values of customers.fax". */
gboolean dmig_apply_losses(const DmigDialect *dialect, GPtrArray *migrations, GPtrArray **out,
                           GError **error);

/* Whether a run that keeps what steps take would keep all of it. */
gboolean dmig_apply_losses_are_kept(const DmigDialect *dialect, GPtrArray *migrations);

/* Runs `migrations` (DmigMigration*, in order) under the target's lock. The database must be at the
 * first one's `from` when the lock is held, and half way through the first one or through none, else
 * DMIG_ERROR_DRIFT.
 *
 * A revision whose steps can all run in a transaction runs in one, with its tracking row. One that has
 * steps outside of transactions is journaled step by step (journal.h), and goes on where it stopped
 * where it had begun already. A step's checks run just before it; one that finds rows refuses with
 * DMIG_ERROR_FAILED. A chain that loses data: DMIG_ERROR_DATA_LOSS before anything runs, unless
 * allowed. What waits for a lock of another session is tried again for `wait_seconds`, with pauses that
 * grow; DMIG_ERROR_LOCKED says then who holds it.
 *
 * On failure the database is at the last revision that went through, or half way through the next one
 * where stages->undo could not bring it back or was not asked (no undo there, a lock that was not to be
 * had, dmig_database_cancel()): the error names the revision, the file's line, the step, the statement
 * and the database's message, and says where the database is and what to do next. `out_record` (may be
 * NULL) is set on failure, too, once the lock was held; else it is NULL. */
gboolean dmig_apply(DmigDatabase *db, GPtrArray *migrations, const DmigApplyOptions *options,
                    DmigRunRecord **out_record, GError **error);

/* Takes a revision back that is half way: runs `plan`, which leads from the database as it is to
 * `migration->from`, and clears the journal, in one transaction. Under the target's lock. For
 * stages->undo, which is given `run` and `no_keep`. */
gboolean dmig_apply_undo(DmigDatabase *db, const DmigMigration *migration, const DmigPlan *plan,
                         const char *run, gboolean no_keep, GError **error);
/* Before the database is inspected for that plan: clears away what attempts at a step outside of
 * transactions have left half made. */
gboolean dmig_apply_undo_prepare(DmigDatabase *db, const DmigMigration *migration, GError **error);

/* Takes back a revision that an earlier run left half way, by stages->undo: the same as a run of its
 * own, under the lock and recorded. */
gboolean dmig_apply_take_back(DmigDatabase *db, const DmigMigration *migration,
                              const DmigApplyOptions *options, DmigRunRecord **out_record,
                              GError **error);
