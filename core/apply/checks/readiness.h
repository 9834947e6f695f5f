/* Is a database ready for a chain of migrations? Looks, and changes nothing. */
#pragma once

#include "core/apply/run.h"
#include "core/db/finding.h"

typedef struct {
  gboolean locked; /* the caller holds the target's lock: who holds it is no question */
  gboolean backup; /* a backup will be made, in … */
  const char *backup_folder;
  guint keys; /* of how many rows in the way keys are read; 0: no row's values are */
} DmigReadinessOptions;

typedef struct {
  GPtrArray *findings; /* DmigFinding*, in the order in which a person reads */
  GPtrArray *plans;    /* DmigPlan*, one a migration */
  GPtrArray *questions; /* DmigQuestion* (question.h), whose checks the findings borrow; or NULL */
  guint asked;         /* questions that were put to rows */
} DmigReadiness;

/* Has found nothing yet. */
DmigReadiness *dmig_readiness_new(void);
/* `migrations` may be empty. What can't be known is a finding, no error: an error is a migration that
 * can't be read. Not inside of a transaction. */
gboolean dmig_readiness_check(DmigDatabase *db, GPtrArray *migrations,
                              const DmigReadinessOptions *options, DmigReadiness **out,
                              GError **error);
void dmig_readiness_free(DmigReadiness *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(DmigReadiness, dmig_readiness_free)

/* Problems as one error: DMIG_ERROR_LOCKED for another run, else DMIG_ERROR_FAILED. TRUE where there
 * are none. */
gboolean dmig_readiness_refuse(const DmigReadiness *self, const char *target, GError **error);
