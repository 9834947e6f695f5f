#include "core/apply/tracking/log.h"

#include "core/apply/tracking/layout.h"

void
dmig_tracked_run_free(DmigTrackedRun *self)
{
  if (self == NULL)
    return;
  g_free(self->id);
  g_free(self->command);
  g_free(self->who);
  g_free(self->dmig_version);
  g_free(self->domain);
  g_free(self->from);
  g_free(self->to);
  g_free(self->started);
  g_free(self->finished);
  g_free(self->updated);
  g_free(self->phase);
  g_free(self->error);
  g_free(self->backup);
  g_free(self->title);
  g_free(self);
}

static char *
text_at(const DmigRows *rows, guint row, guint column)
{
  return column < rows->n_columns ? g_strdup(dmig_rows_get(rows, row, column)) : NULL;
}

static guint64
number_at(const DmigRows *rows, guint row, guint column)
{
  const char *text = column < rows->n_columns ? dmig_rows_get(rows, row, column) : NULL;
  return text != NULL ? g_ascii_strtoull(text, NULL, 10) : 0;
}

/* The columns of the first layout come first. */
#define FIRST_COLUMNS                                                                              \
  "id, command, who, dmig_version, domain, pid, from_revision, to_revision, started, finished, "   \
  "CASE outcome WHEN 'done' THEN 'completed' ELSE outcome END, error"
#define SECOND_COLUMNS                                                                             \
  ", updated, backup, revision, revisions, step, steps, title, rows_done, rows_total, phase"

static DmigTrackedRun *
run_of_row(const DmigRows *rows, guint i)
{
  DmigTrackedRun *run = g_new0(DmigTrackedRun, 1);
  run->id = text_at(rows, i, 0);
  run->command = text_at(rows, i, 1);
  run->who = text_at(rows, i, 2);
  run->dmig_version = text_at(rows, i, 3);
  run->domain = text_at(rows, i, 4);
  run->pid = (guint) number_at(rows, i, 5);
  run->from = text_at(rows, i, 6);
  run->to = text_at(rows, i, 7);
  run->started = text_at(rows, i, 8);
  run->finished = text_at(rows, i, 9);
  run->phase = text_at(rows, i, 21);
  if (run->phase == NULL)
    run->phase = text_at(rows, i, 10);
  if (run->phase == NULL)
    run->phase = g_strdup("migrating");
  run->error = text_at(rows, i, 11);
  run->updated = text_at(rows, i, 12);
  run->backup = text_at(rows, i, 13);
  run->revision = (guint) number_at(rows, i, 14);
  run->revisions = (guint) number_at(rows, i, 15);
  run->step = (guint) number_at(rows, i, 16);
  run->steps = (guint) number_at(rows, i, 17);
  run->title = text_at(rows, i, 18);
  run->rows_done = number_at(rows, i, 19);
  run->rows_total = number_at(rows, i, 20);
  return run;
}

gboolean
dmig_tracking_runs(DmigDatabase *db, guint limit, GPtrArray **out, GError **error)
{
  guint version = 0;
  g_autoptr(GPtrArray) runs =
      g_ptr_array_new_with_free_func((GDestroyNotify) dmig_tracked_run_free);
  if (!dmig_tracking_layout_version(db, &version, error))
    return FALSE;
  if (version > 0) {
    g_autofree char *table = db->dialect->tracking_table("runs");
    g_autofree char *sql =
        g_strdup_printf("SELECT " FIRST_COLUMNS "%s FROM %s ORDER BY started DESC, id LIMIT %u",
                        version > 1 ? SECOND_COLUMNS : "", table, limit);
    g_autoptr(DmigRows) rows = NULL;
    if (!db->driver->query(db, sql, NULL, 0, &rows, error))
      return FALSE;
    for (guint i = 0; i < rows->rows->len; i++)
      g_ptr_array_add(runs, run_of_row(rows, i));
  }
  *out = g_steal_pointer(&runs);
  return TRUE;
}

gboolean
dmig_tracking_at(DmigDatabase *db, const char *time, char **out_revision, GError **error)
{
  guint version = 0;
  if (!dmig_tracking_layout_version(db, &version, error))
    return FALSE;
  g_autoptr(DmigRows) rows = NULL;
  if (version > 0) {
    g_autofree char *steps = db->dialect->tracking_table("steps");
    g_autofree char *sql = g_strdup_printf("SELECT to_revision FROM %s WHERE outcome = 'done' AND "
                                           "started <= $1 ORDER BY number DESC LIMIT 1",
                                           steps);
    const char *const parameters[] = { time };
    if (!db->driver->query(db, sql, parameters, 1, &rows, error))
      return FALSE;
  }
  if (rows == NULL || rows->rows->len == 0) {
    g_set_error(
        error, DMIG_ERROR, DMIG_ERROR_NOT_FOUND,
        "dmig has applied nothing to %s before %s, so that it doesn't know what it was like "
        "then; 'dmig revert nothing' takes back all that was applied since",
        db->name, time);
    return FALSE;
  }
  *out_revision = g_strdup(dmig_rows_get(rows, 0, 0));
  return TRUE;
}
