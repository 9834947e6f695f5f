/* A migration with all that can be known before a database is touched, and how it runs. */
#pragma once

#include "core/apply/apply.h"

typedef struct {
  const DmigMigration *migration; /* borrowed */
  DmigPlan *plan;
  char *checksum;
  gboolean plain; /* no step asks or keeps anything: the file runs as one script */
} DmigPrepared;

DmigPrepared *dmig_prepared_new(const DmigDialect *dialect, const DmigMigration *migration,
                                GError **error);
void dmig_prepared_free(DmigPrepared *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(DmigPrepared, dmig_prepared_free)

/* Runs the steps one by one, inside of a transaction, which the caller ends. `out_refused` (may be
 * NULL) is the step whose check found rows that stand in its way, if that was the failure; else
 * NULL. */
gboolean dmig_prepared_run(const DmigPrepared *self, DmigDatabase *db,
                           const DmigStep **out_refused, GError **error);

/* The same in a transaction of its own: all or nothing. */
gboolean dmig_prepared_run_alone(const DmigPrepared *self, DmigDatabase *db,
                                 const DmigStep **out_refused, GError **error);

/* Takes `failure` of a script that begins at `first_line` of the migration's file, and gives
 * FALSE and the same error with the file's line and the step in it. */
gboolean dmig_prepared_failure(const DmigPrepared *self, GError *failure, guint first_line,
                               GError **error);
