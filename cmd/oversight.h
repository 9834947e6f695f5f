/* What apply and revert do before and after a chain runs: look whether the target is ready, and whether
 * it is then what it should be. */
#pragma once

#include "cmd/command.h"
#include "core/apply/checks/readiness.h"

typedef struct {
  DmigContext *context;
  gboolean check; /* else only validate */
  gboolean fast;  /* only what costs next to nothing */
  const char *target; /* what a person calls it, without a password */
  gboolean values;   /* keys of rows in the way may be in the report */
  gboolean no_hooks;
  const char *report_file; /* where the user wants a report, too; NULL: nowhere */
  gboolean backup;
  const char *backup_folder;
  GPtrArray *migrations;    /* DmigMigration*, borrowed while the run goes on; NULL: not begun */
  guint told_revision, told_step; /* of the log */
  int told_phase;
  DmigReadiness *readiness; /* NULL: not looked at */
  GPtrArray *before;        /* DmigTableCount*; NULL: not counted */
  GPtrArray *after;
  GPtrArray *validated;     /* DmigFinding*; NULL: not come so far */
  GHashTable *differed; /* by the letter, before the run: texts; NULL: it can't be told */
} DmigOversight;
void dmig_oversight_clear(DmigOversight *self);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(DmigOversight, dmig_oversight_clear)

/* The stages of these names; `data` is the DmigOversight's. Warnings go into the record. */
gboolean dmig_oversight_check(DmigOversight *self, DmigDatabase *db, GPtrArray *migrations,
                              DmigRunRecord *record, GError **error);
gboolean dmig_oversight_validate(DmigOversight *self, DmigDatabase *db, GPtrArray *migrations,
                                 DmigRunRecord *record, GError **error);
/* When a run is over, well or not: leaves its report, runs the hooks, tells the warnings, which make it
 * end with status 2. `record` may be NULL: it never began. */
void dmig_oversight_finish(DmigOversight *self, DmigDatabase *db, const DmigRunRecord *record,
                           const GError *failure);
/* A line of the log for each phase, revision and step that begins. */
void dmig_oversight_progress(DmigOversight *self, const DmigRunProgress *is);
