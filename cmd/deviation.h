/* How a database differs from a revision: what `drift` tells and `baseline` refuses. */
#pragma once

#include "cmd/outline.h"
#include "cmd/side.h"

typedef struct {
  DmigSchema *wanted, *is; /* as the revision says, and as the database is */
  DmigComparison *adopt;   /* from the one to the other … */
  DmigComparison *repair;  /* … and back */
  char *default_schema;    /* what the schema is called that paths leave out */
} DmigDeviation;

/* `revision` and `target` are sides of these kinds; DMIG_ERROR_FAILED where the revision is not for
 * the target's database; `owners`: whether they count. What .dmigignore lists counts for nothing. */
DmigDeviation *dmig_deviation_new(DmigContext *context, DmigSide *revision, DmigSide *target,
                                  gboolean owners, GError **error);
void dmig_deviation_free(DmigDeviation *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(DmigDeviation, dmig_deviation_free)

gboolean dmig_deviation_is_none(const DmigDeviation *self);

/* An item for each object that differs: + is in the database alone, - is missing there. */
void dmig_deviation_print(const DmigDeviation *self, const DmigSide *revision);
/* [{"sign", "kind", "name", "changes": [{"sign", "text"}]}]. Owned. */
json_t *dmig_deviation_to_json(const DmigDeviation *self, const DmigSide *revision);
