#include "core/apply/execute/batch.h"

#include <stdio.h>

gboolean
dmig_batch_possible(const DmigDatabase *db, const DmigStep *step)
{
  return !step->transactional && step->batch != NULL && db->driver->batch_begin != NULL &&
         db->driver->batch_piece != NULL;
}

gboolean
dmig_batch_open(DmigBatchRun *self, DmigDatabase *db, const DmigStep *step, guint rows,
                const char *checkpoint, GError **error)
{
  gint64 next, end, done;
  *self = (DmigBatchRun){ .db = db, .step = step };
  self->batch = (DmigBatch){
    .table = step->batch, .statement = step->sql->str, .rows = MAX(rows, 1), .next = -1, .end = -1
  };
  if (checkpoint != NULL &&
      sscanf(checkpoint, "%" G_GINT64_FORMAT " of %" G_GINT64_FORMAT ", %" G_GINT64_FORMAT " rows",
             &next, &end, &done) == 3 &&
      next >= 0 && end >= next) {
    self->batch.next = next;
    self->batch.end = end;
    self->rows_done = done;
  }
  return db->driver->batch_begin(db, &self->batch, error);
}

char *
dmig_batch_checkpoint(const DmigBatchRun *self)
{
  return g_strdup_printf("%" G_GINT64_FORMAT " of %" G_GINT64_FORMAT ", %" G_GINT64_FORMAT " rows",
                         self->batch.next, self->batch.end, self->rows_done);
}

static gboolean
run_piece(DmigBatchRun *self, char *(*record)(const DmigBatchRun *, gpointer), gpointer data,
          GError **error)
{
  DmigDatabase *db = self->db;
  gboolean last = self->batch.next >= self->batch.end;
  if (last ? !db->driver->exec(db, self->step->sql->str, error)
           : !db->driver->batch_piece(db, &self->batch, error))
    return FALSE;
  self->rows_done += db->affected;
  self->finished = last;
  g_autofree char *sql = record != NULL ? record(self, data) : NULL;
  return sql == NULL || db->driver->exec(db, sql, error);
}

gboolean
dmig_batch_piece(DmigBatchRun *self, char *(*record)(const DmigBatchRun *, gpointer), gpointer data,
                 GError **error)
{
  DmigDatabase *db = self->db;
  const DmigBatchRun before = *self;
  if (!db->driver->begin(db, error))
    return FALSE;
  gboolean done = run_piece(self, record, data, error);
  if (!done)
    db->driver->rollback(db);
  if (done && db->driver->commit(db, error))
    return TRUE;
  *self = before;
  return FALSE;
}
