/* What apply and revert do before and after a chain runs: look whether the target is ready, and whether
 * it is then what it should be. */
#pragma once

#include "cmd/command.h"
#include "core/apply/readiness.h"

typedef struct {
  DmigContext *context;
  gboolean check; /* else only validate */
  gboolean fast;  /* only what costs next to nothing */
  gboolean backup;
  const char *backup_folder;
  DmigReadiness *readiness; /* NULL: not looked at */
  GPtrArray *before;        /* DmigTableCount*; NULL: not counted */
  GPtrArray *after;
  GPtrArray *validated;     /* DmigFinding*; NULL: not come so far */
  gboolean was_same; /* before the run it was as its revision says, surely */
} DmigOversight;
void dmig_oversight_clear(DmigOversight *self);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(DmigOversight, dmig_oversight_clear)

/* The stages of these names; `data` is the DmigOversight's. Warnings go into the record. */
gboolean dmig_oversight_check(DmigOversight *self, DmigDatabase *db, GPtrArray *migrations,
                              DmigRunRecord *record, GError **error);
gboolean dmig_oversight_validate(DmigOversight *self, DmigDatabase *db, GPtrArray *migrations,
                                 DmigRunRecord *record, GError **error);
/* Tells the warnings of a run that is over, which then ends with status 2. `record` may be NULL. */
void dmig_oversight_tell(const DmigOversight *self, const DmigRunRecord *record);
