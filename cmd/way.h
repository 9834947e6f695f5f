/* What `plan` looks at: migrations one after the other, from a target's revision, between two
 * revisions, or to the working files; with their plans and hazards. */
#pragma once

#include "cmd/chain.h"
#include "cmd/database.h"
#include "cmd/passage.h"
#include "core/plan/hazard.h"

typedef struct {
  const DmigDialect *dialect;
  DmigMigration *migration; /* of the working files: neither `to` nor committed */
  DmigPlan *plan;
  DmigPassage *passage;          /* NULL where it can't be read any more */
  DmigSchema *before, *after;    /* in the direction of the migration; NULL likewise */
  GPtrArray *hazards;            /* DmigHazard* */
  gboolean online;               /* it is the lock-light form */
} DmigLeg;

typedef struct {
  DmigDatabase *db;           /* NULL: there is none, or it is still to be made */
  const DmigDialect *dialect; /* the target's; NULL: those of the domain */
  char *target;               /* NULL: none was asked */
  DmigRevision *at, *to;      /* NULL: nothing applied; `to` also for the working files */
  gboolean working;
  GPtrArray *legs;     /* DmigLeg* */
  GPtrArray *refusals; /* char*: checks of the first one that find rows now */
} DmigWay;

void dmig_way_clear(DmigWay *self);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(DmigWay, dmig_way_clear)

/* From where the target is to the revision `spec`. */
gboolean dmig_way_of_target(DmigContext *context, const char *target, const char *spec,
                            gboolean online, DmigWay *out, GError **error);
/* Between two revisions, `a..b`, in each dialect of the latter; no database is asked. */
gboolean dmig_way_of_range(DmigContext *context, const char *a, const char *b, gboolean online,
                           DmigWay *out, GError **error);
/* From HEAD to the working files, as the next commit would make it. */
gboolean dmig_way_of_working(DmigContext *context, gboolean online, DmigWay *out, GError **error);

/* How grave the rule is here: `hazard.RULE` of the configuration, else its own severity. */
DmigHazardSeverity dmig_hazard_severity(DmigContext *context, const DmigHazardRule *rule);
