/* A step's one UPDATE in pieces, each committed with where it has come to. */
#pragma once

#include "core/plan/plan.h"

#include "core/db/driver.h"

typedef struct {
  DmigDatabase *db;
  const DmigStep *step;
  DmigBatch batch;
  gint64 rows_done;  /* in all pieces, also of earlier runs */
  gboolean finished;
} DmigBatchRun;

/* Whether the step is such a one, and the database can do it. */
gboolean dmig_batch_possible(const DmigDatabase *db, const DmigStep *step);

/* `rows`: about so many a piece. `checkpoint`: where an earlier run stopped, or NULL. */
gboolean dmig_batch_open(DmigBatchRun *self, DmigDatabase *db, const DmigStep *step, guint rows,
                         const char *checkpoint, GError **error);
/* Where it is, for dmig_batch_open(). Owned. */
char *dmig_batch_checkpoint(const DmigBatchRun *self);

/* One piece, in a transaction of its own together with what `record` (may be NULL) gives: owned SQL
 * that writes the checkpoint down. The last piece is the whole statement, for rows that others have
 * moved meanwhile. A piece that failed, with DMIG_ERROR_LOCKED, say, can be tried again. */
gboolean dmig_batch_piece(DmigBatchRun *self, char *(*record)(const DmigBatchRun *, gpointer),
                          gpointer data, GError **error);
