/* Recording a database as being at a revision that nobody applied to it. */
#pragma once

#include "core/db/driver.h"

/* Whether the database is as the revision says; asked under the target's lock. FALSE and the error
 * where it is not. */
typedef gboolean (*DmigBaselineCheck)(DmigDatabase *db, gpointer data, GError **error);

typedef struct {
  const char *revision; /* full id */
  const char *domain;   /* its domain's name */
  guint wait_seconds;   /* for the lock */
  DmigBaselineCheck check;
  gpointer data;
} DmigBaseline;

/* Takes the lock, sees that the tracking tables say nothing yet (DMIG_ERROR_DRIFT where they name a
 * revision), asks `check`, and records the revision: with one row, so that it is recorded or not. */
gboolean dmig_baseline_record(DmigDatabase *db, const DmigBaseline *baseline, GError **error);
