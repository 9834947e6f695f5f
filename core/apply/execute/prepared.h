/* A migration with all that can be known before a database is touched, and how it runs. */
#pragma once

#include "core/apply/execute/apply.h"
#include "core/apply/keep/keep.h"

typedef struct {
  const DmigMigration *migration; /* borrowed */
  DmigPlan *plan;
  char *checksum;
  gboolean plain;         /* no step asks or keeps anything: the file runs as one script */
  gboolean journaled;     /* there are steps outside of transactions */
  gboolean takes, brings; /* a step takes something out, or makes room for it again */
} DmigPrepared;

DmigPrepared *dmig_prepared_new(const DmigDialect *dialect, const DmigMigration *migration,
                                GError **error);
void dmig_prepared_free(DmigPrepared *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(DmigPrepared, dmig_prepared_free)

/* What goes along with steps that run; all of it may be left out. */
typedef struct {
  const DmigKeeper *keeper;                  /* who keeps what they take */
  void (*begins)(guint step, gpointer data); /* a step, counted from 0, is about to run */
  gpointer data;
  GPtrArray *records;      /* DmigStepRecord*, of those that went through */
  guint attempts;          /* for the records */
  const DmigStep *refused; /* set: the step that rows were in the way of, if that was the failure */
  /* Of the step that runs. */
  gint64 began, rows_kept, rows_back;
} DmigStepping;

/* Where the steps end that can run in one transaction with the step `first`; `first` itself where
 * that one can't. */
guint dmig_prepared_segment_end(const DmigPrepared *self, guint first);

/* Runs the steps one by one, inside of a transaction, which the caller ends. */
gboolean dmig_prepared_run_steps(const DmigPrepared *self, DmigDatabase *db, guint first, guint end,
                                 DmigStepping *stepping, GError **error);

/* What there is to a step outside of transactions before its SQL, once, and after it: its checks,
 * and what is kept of it, in the transactions that the caller writes its journal in. */
gboolean dmig_prepared_begin_outside(const DmigPrepared *self, DmigDatabase *db, guint index,
                                     DmigStepping *stepping, GError **error);
gboolean dmig_prepared_end_outside(const DmigPrepared *self, DmigDatabase *db, guint index,
                                   DmigStepping *stepping, GError **error);
/* It was begun by an earlier run. */
void dmig_prepared_resume_outside(guint index, DmigStepping *stepping);

/* All of it on a database that nobody else uses, without a journal. A migration whose steps can all
 * run in a transaction: all or nothing. `keeper` may be NULL: nothing is kept. `out_refused` (may
 * be NULL) is the step that rows stand in the way of, as its check found or, where there can be none,
 * as it failed; else NULL. */
gboolean dmig_prepared_run_alone(const DmigPrepared *self, DmigDatabase *db,
                                 const DmigKeeper *keeper, const DmigStep **out_refused,
                                 GError **error);

/* Takes `failure` of a script that begins at `first_line` of the migration's file, and gives
 * FALSE and the same error with the file's line and the step in it. */
gboolean dmig_prepared_failure(const DmigPrepared *self, GError *failure, guint first_line,
                               GError **error);
/* The same for the SQL of a step. */
gboolean dmig_prepared_step_failure(const DmigPrepared *self, GError *failure, guint index,
                                    GError **error);
