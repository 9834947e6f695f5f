/* Users' scripts at a run: when each is run, what it is told, what follows from how it ends. */
#pragma once

#include "cmd/command.h"
#include "core/apply/run.h"
#include "core/db/driver.h"

typedef struct {
  DmigContext *context;
  DmigDatabase *db;
  const char *target;    /* as a person calls it, without a password */
  GPtrArray *migrations; /* DmigMigration*; NULL: not known */
  const DmigRunRecord *record;
  const char *report;    /* its path; NULL: none */
  gboolean off;          /* --no-hooks */
} DmigRunHooks;

/* pre-apply or pre-revert: FALSE where it refuses, or must not be run and might have. */
gboolean dmig_run_hooks_before(const DmigRunHooks *self, GError **error);
/* post-apply or post-revert, and on-failure where `failure` is no NULL: what goes wrong is a warning,
 * which ends the program with status 2 if nothing else does. */
void dmig_run_hooks_after(const DmigRunHooks *self, const GError *failure);
/* `.dmig/hooks`. Owned; NULL: there is no store. */
char *dmig_run_hooks_folder(DmigContext *context, GError **error);
