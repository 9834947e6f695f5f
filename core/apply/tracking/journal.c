#include "core/apply/tracking/journal.h"

#include "core/sql/text.h"

static const char *const words[] = {
  [DMIG_JOURNAL_NONE] = "",
  [DMIG_JOURNAL_INTENT] = "intent",
  [DMIG_JOURNAL_DONE] = "done",
  [DMIG_JOURNAL_FAILED] = "failed",
};

static void
clear_row(gpointer data)
{
  g_free(((DmigJournalRow *) data)->checkpoint);
}

void
dmig_journal_free(DmigJournal *self)
{
  if (self == NULL)
    return;
  g_array_unref(self->rows);
  g_free(self);
}

static DmigJournal *
journal_new(guint steps)
{
  DmigJournal *self = g_new0(DmigJournal, 1);
  self->rows = g_array_sized_new(FALSE, TRUE, sizeof(DmigJournalRow), steps);
  g_array_set_clear_func(self->rows, clear_row);
  g_array_set_size(self->rows, steps);
  return self;
}

static DmigJournalState
state_of(const char *word)
{
  for (guint i = 0; i < G_N_ELEMENTS(words); i++)
    if (g_str_equal(words[i], word))
      return (DmigJournalState) i;
  return DMIG_JOURNAL_INTENT;
}

static gboolean
is_same_way(const DmigRows *rows, guint row, const DmigTrackingEntry *entry)
{
  return g_str_equal(dmig_rows_get(rows, row, 1), entry->down ? "downgrade" : "upgrade") &&
         g_strcmp0(dmig_rows_get(rows, row, 2), entry->from) == 0 &&
         g_strcmp0(dmig_rows_get(rows, row, 3), entry->to) == 0;
}

static gboolean
check_row(DmigDatabase *db, const DmigRows *rows, guint row, const DmigTrackingEntry *entry,
          guint steps, GError **error)
{
  const char *from = dmig_rows_get(rows, row, 2), *to = dmig_rows_get(rows, row, 3);
  guint64 step = g_ascii_strtoull(dmig_rows_get(rows, row, 0), NULL, 10);
  if (!is_same_way(rows, row, entry)) {
    g_set_error(
        error, DMIG_ERROR, DMIG_ERROR_DRIFT,
        "%s is half way from %.7s to %.7s, which has to be finished or taken back first: run "
        "`dmig apply` or `dmig revert`",
        db->name, from != NULL ? from : "nothing", to != NULL ? to : "nothing");
    return FALSE;
  }
  if (g_str_equal(dmig_rows_get(rows, row, 4), entry->checksum) && step >= 1 && step <= steps)
    return TRUE;
  g_set_error(
      error, DMIG_ERROR, DMIG_ERROR_DRIFT,
      "%s is half way through another file of the same revision: use the store that the run "
      "began with",
      db->name);
  return FALSE;
}

gboolean
dmig_journal_read(DmigDatabase *db, const DmigTrackingEntry *entry, guint steps, DmigJournal **out,
                  GError **error)
{
  g_autofree char *table = db->dialect->tracking_table("journal");
  g_autofree char *sql = g_strdup_printf("SELECT step, direction, from_revision, to_revision, "
                                         "checksum, state, checkpoint FROM %s ORDER BY step",
                                         table);
  g_autoptr(DmigRows) rows = NULL;
  g_autoptr(DmigJournal) self = journal_new(steps);
  if (!db->driver->query(db, sql, NULL, 0, &rows, error))
    return FALSE;
  for (guint i = 0; i < rows->rows->len; i++) {
    if (!check_row(db, rows, i, entry, steps, error))
      return FALSE;
    guint64 step = g_ascii_strtoull(dmig_rows_get(rows, i, 0), NULL, 10);
    DmigJournalRow *row = &g_array_index(self->rows, DmigJournalRow, step - 1);
    row->state = state_of(dmig_rows_get(rows, i, 5));
    row->checkpoint = g_strdup(dmig_rows_get(rows, i, 6));
  }
  self->any = rows->rows->len > 0;
  *out = g_steal_pointer(&self);
  return TRUE;
}

char *
dmig_journal_begin_sql(const DmigDialect *dialect, const DmigTrackingEntry *entry, guint step,
                       guint steps, const char *title, DmigJournalState state)
{
  g_autofree char *table = dialect->tracking_table("journal");
  g_autofree char *now = dmig_tracking_now();
  g_autofree char *valid = dmig_tracking_text(title != NULL ? title : "");
  return dmig_sql_printf(
      dialect,
      "INSERT INTO %s (step, steps, title, run, direction, from_revision, to_revision, checksum, "
      "state, started, finished) VALUES (%u, %u, %S, %S, %S, %S, %S, %S, %S, %S, %S);\n",
      table, step + 1, steps, valid, entry->run, entry->down ? "downgrade" : "upgrade", entry->from,
      entry->to, entry->checksum, words[state], now, state == DMIG_JOURNAL_DONE ? now : NULL);
}

char *
dmig_journal_end_sql(const DmigDialect *dialect, guint step, DmigJournalState state,
                     const char *problem)
{
  g_autofree char *table = dialect->tracking_table("journal");
  g_autofree char *now = dmig_tracking_now();
  g_autofree char *valid = dmig_tracking_text(problem);
  return dmig_sql_printf(dialect,
                         "UPDATE %s SET state = %S, finished = %S, error = %S WHERE step = %u;\n",
                         table, words[state], now, valid, step + 1);
}

char *
dmig_journal_checkpoint_sql(const DmigDialect *dialect, guint step, const char *checkpoint)
{
  g_autofree char *table = dialect->tracking_table("journal");
  return dmig_sql_printf(dialect, "UPDATE %s SET checkpoint = %S WHERE step = %u;\n", table,
                         checkpoint, step + 1);
}

char *
dmig_journal_clear_sql(const DmigDialect *dialect)
{
  g_autofree char *table = dialect->tracking_table("journal");
  return g_strdup_printf("DELETE FROM %s;\n", table);
}
