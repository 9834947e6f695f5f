/* How long steps may take, from the sizes of a database's tables. No more than an order of
 * magnitude: a range between a fast server with all in memory and a slow disk. */
#pragma once

#include "core/db/driver.h"
#include "core/plan/plan.h"

typedef struct _DmigSizes DmigSizes;

/* NULL where `db` is NULL, or its tables' sizes can't be had. */
DmigSizes *dmig_sizes_read(DmigDatabase *db);
void dmig_sizes_free(DmigSizes *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(DmigSizes, dmig_sizes_free)

typedef struct {
  gint64 rows;  /* -1: not known */
  gint64 bytes; /* of the table that the step reads or writes; an upper bound where it is not known */
  double fastest, slowest; /* seconds */
} DmigEstimate;

/* FALSE where the step's time does not depend on a table's size, or that is not known. */
gboolean dmig_sizes_estimate(const DmigSizes *self, const DmigStep *step, DmigEstimate *out);
/* "under 1 s", "2-40 s", "1-12 min". Owned. */
char *dmig_estimate_text(const DmigEstimate *self);
