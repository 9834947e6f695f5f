/* The journal of the one revision that is half way: a row for each of its steps that has begun.
 *
 * A revision whose steps can all run in one transaction needs none. Of any other each step outside of
 * transactions has its row before it runs, and what came of it after; steps in between run in
 * transactions that hold their rows. The transaction that records the revision as done takes all rows
 * away, so that a row means: between two revisions.
 */
#pragma once

#include "core/apply/tracking/tracking.h"

typedef enum {
  DMIG_JOURNAL_NONE,   /* the step has not begun */
  DMIG_JOURNAL_INTENT, /* it was about to begin, and what came of it is not known */
  DMIG_JOURNAL_DONE,
  DMIG_JOURNAL_FAILED,
} DmigJournalState;

typedef struct {
  DmigJournalState state;
  char *checkpoint; /* of a batched step; NULL: none */
} DmigJournalRow;

typedef struct {
  GArray *rows; /* DmigJournalRow, one a step */
  gboolean any; /* there are rows: the revision has begun */
} DmigJournal;
void dmig_journal_free(DmigJournal *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(DmigJournal, dmig_journal_free)

/* What there is of the revision that `entry` says, which has `steps` steps. Rows of another revision,
 * or of another file: DMIG_ERROR_DRIFT. */
gboolean dmig_journal_read(DmigDatabase *db, const DmigTrackingEntry *entry, guint steps,
                           DmigJournal **out, GError **error);

/* Statements, owned. `step` counts from 0. */

/* A row for a step that begins, or has run in this very transaction (DMIG_JOURNAL_DONE). */
char *dmig_journal_begin_sql(const DmigDialect *dialect, const DmigTrackingEntry *entry, guint step,
                             guint steps, const char *title, DmigJournalState state);
/* What came of it. `problem` may be NULL. */
char *dmig_journal_end_sql(const DmigDialect *dialect, guint step, DmigJournalState state,
                           const char *problem);
char *dmig_journal_checkpoint_sql(const DmigDialect *dialect, guint step, const char *checkpoint);
/* Takes all rows away. */
char *dmig_journal_clear_sql(const DmigDialect *dialect);
