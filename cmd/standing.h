/* Where a database stands against a revision. */
#pragma once

#include <jansson.h>

#include "cmd/database.h"
#include "cmd/run_log.h"

typedef enum {
  DMIG_STANDING_NO_TARGET,
  DMIG_STANDING_MISSING,     /* there is no such database yet */
  DMIG_STANDING_UNREACHABLE, /* `problem` says why */
  DMIG_STANDING_HALF_WAY,    /* between two revisions; see `log->interrupted` */
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
  DmigRunLog *log; /* where it was asked for, or a revision is half way; else NULL */
} DmigStanding;

/* Of the target `name` (NULL: the default one) against HEAD. Never fails; NULL `head`: before the
 * first revision. `detailed`: with its log. */
DmigStanding *dmig_standing_new(DmigContext *context, const char *name, const DmigRevision *head,
                                gboolean detailed);
void dmig_standing_free(DmigStanding *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(DmigStanding, dmig_standing_free)

/* Stable words for programs: "behind". Static. */
const char *dmig_standing_word(DmigStandingKind kind);

/* A sentence, and what can be done about it, on standard output. */
void dmig_standing_print(DmigContext *context, const DmigStanding *self);
/* {"name", "state", "revision", "problem", "behind", "ahead", "interrupted"}, and what
 * dmig_run_log_to_json() gives where it was asked for; null where there is no target. */
json_t *dmig_standing_to_json(const DmigStanding *self);
