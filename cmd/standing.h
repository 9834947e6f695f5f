/* Where a database stands against a revision. */
#pragma once

#include <jansson.h>

#include "cmd/database.h"

typedef enum {
  DMIG_STANDING_NO_TARGET,
  DMIG_STANDING_MISSING,     /* there is no such database yet */
  DMIG_STANDING_UNREACHABLE, /* `problem` says why */
  DMIG_STANDING_UNKNOWN,     /* it is at a revision that the store does not have */
  DMIG_STANDING_EMPTY,       /* nothing was applied */
  DMIG_STANDING_SAME,
  DMIG_STANDING_BEHIND,
  DMIG_STANDING_AHEAD,
  DMIG_STANDING_DIVERGED,
} DmigStandingKind;

typedef struct {
  DmigStandingKind kind;
  char *name; /* the target's name, or its redacted URL */
  DmigRevision *revision;
  char *since; /* "2 days ago" */
  guint behind, ahead;
  char *problem;
} DmigStanding;

/* Of the target `name` (NULL: the default one) against HEAD. Never fails; NULL `head`: before the
 * first revision. */
DmigStanding *dmig_standing_new(DmigContext *context, const char *name, const DmigRevision *head);
void dmig_standing_free(DmigStanding *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(DmigStanding, dmig_standing_free)

/* Stable words for programs: "behind". Static. */
const char *dmig_standing_word(DmigStandingKind kind);

/* A sentence, and what can be done about it, on standard output. */
void dmig_standing_print(DmigContext *context, const DmigStanding *self);
/* {"name", "state", "revision", "problem", "behind", "ahead"}; null where there is no target. */
json_t *dmig_standing_to_json(const DmigStanding *self);
