/* The executor: runs a chain of committed migrations on a database. */
#pragma once

#include "core/apply/run.h"
#include "core/plan/plan.h"

typedef struct {
  gboolean single_transaction; /* the whole chain in one */
  gboolean allow_data_loss;
  guint wait_seconds; /* for the lock */
  const char *command; /* for the record: "apply", "revert" */
  const char *domain;
  /* May be NULL. Called before each revision, and with done == total at the end. */
  void (*progress)(guint done, guint total, const DmigMigration *current, gpointer data);
  gpointer data;
} DmigApplyOptions;

/* What the chain would lose: char* lines such as "3f2a91c: the values of customers.fax". */
gboolean dmig_apply_losses(const DmigDialect *dialect, GPtrArray *migrations, GPtrArray **out,
                           GError **error);

/* Runs `migrations` (DmigMigration*, in order), each in a transaction with its tracking row, under
 * the target's lock. The database must be at the first one's `from` when the lock is held, else
 * DMIG_ERROR_DRIFT. A step's checks run just before it, in its revision's transaction; a check that
 * finds rows refuses with DMIG_ERROR_FAILED, and nothing of that revision has changed. A chain that
 * loses data: DMIG_ERROR_DATA_LOSS before anything runs, unless allowed. On failure the database is
 * at the last revision that went through, `out_done` (may be NULL) says how many did, and the error
 * names the revision, the file's line, the step, the statement and the database's message. A
 * revision that waits for a lock of another session is tried again for `wait_seconds`. */
gboolean dmig_apply(DmigDatabase *db, GPtrArray *migrations, const DmigApplyOptions *options,
                    guint *out_done, GError **error);
