/* Whether a database is what a revision says, all of it: what `verify` tells and `apply` ends with. */
#pragma once

#include "cmd/side.h"
#include "core/db/finding.h"

/* Compares schemas, as `drift` does: by the letter first, and only where that shows a difference with
 * the help of a scratch database. `known` (may be NULL): differences by the letter that count for
 * nothing, if there are no others. `revision` is a full id; NULL: nothing is applied. Adds to
 * `findings`, also what could not be done. */
void dmig_conformity_schema(DmigContext *context, DmigDatabase *db, const char *revision,
                            GHashTable *known, GPtrArray *findings);
/* Differences by the letter alone, as texts (a set); what is the same by its meaning may differ so.
 * NULL: it can't be told. Owned. */
GHashTable *dmig_conformity_differences(DmigContext *context, DmigDatabase *db,
                                        const char *revision);
/* The checks that the revision's change.yaml wants to hold for ever after. */
void dmig_conformity_checks(DmigContext *context, DmigDatabase *db, const char *revision,
                            GPtrArray *findings);
