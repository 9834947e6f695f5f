/* What a look at a database before or after a run finds, and what a driver is asked for it. */
#pragma once

#include "core/plan/plan.h"

typedef enum {
  DMIG_FINDING_GOOD,    /* "good": looked at, and as it should be */
  DMIG_FINDING_NOTE,    /* "note": what can't be known, or is only worth knowing */
  DMIG_FINDING_WARNING, /* "warning": a run may meet it */
  DMIG_FINDING_PROBLEM, /* "problem": a run would fail */
} DmigFindingLevel;
/* Static. */
const char *dmig_finding_level_name(DmigFindingLevel level);

typedef struct {
  DmigFindingLevel level;
  const char *rule; /* static, and stable: "disk-space" */
  char *revision;   /* whose way leads there; NULL: the target as a whole is meant */
  char *step;       /* title; NULL likewise */
  char *text;       /* a line, without any row's values */
  char *advice;     /* what to do; NULL: nothing */
  gint64 rows;      /* how many, -1: it is not about rows */
  GPtrArray *keys;  /* char*: a few of them, "id 7, email 'a@b.c'": values; empty where not asked */
  const DmigCheck *check; /* what found them; borrowed from the plan; NULL: none */
} DmigFinding;
void dmig_finding_free(DmigFinding *self);

/* Adds one to `findings`, which owns it; gives it, to be filled in further. */
DmigFinding *dmig_finding_add(GPtrArray *findings, DmigFindingLevel level, const char *rule,
                              const char *format, ...) G_GNUC_PRINTF(4, 5);
void dmig_finding_advise(DmigFinding *self, const char *format, ...) G_GNUC_PRINTF(2, 3);
/* The worst of `findings`; GOOD where there are none. */
DmigFindingLevel dmig_findings_worst(const GPtrArray *findings);
/* A step's title without the list of all that a rebuild carries out. Owned. */
char *dmig_step_short_title(const char *title);
/* "12 kB", "3.4 GB". Owned. */
char *dmig_size_text(guint64 bytes);

/* What is going to happen, for a driver's survey(). */
typedef struct {
  GPtrArray *plans; /* DmigPlan*, in order */
  gboolean backup;  /* a backup is made first … */
  const char *backup_folder; /* … in there; NULL: wherever its size is of no concern */
  gboolean tracked; /* the tracking tables are there */
} DmigSurvey;

/* What the plans do to one object. */
typedef struct {
  char *name; /* as steps call it: `shop.customers`, `customers.phone` */
  DmigLock lock;
  gboolean rewrites, scans;
} DmigTouch;

/* DmigTouch*, each object once, in the order in which they are met. Columns, keys and indexes count
 * for themselves. Owned. */
GPtrArray *dmig_survey_touches(const DmigSurvey *self);
/* The statements of all steps, one after the other. Owned. */
char *dmig_survey_sql(const DmigSurvey *self);

/* Statements that a server knows only from some version on. */
typedef struct {
  const char *phrase; /* lower case, tokens with a space between them */
  guint version;      /* the driver's own number */
  const char *since;  /* "PostgreSQL 15" */
} DmigVersionFeature;
/* Adds a problem for each feature (ending with a NULL phrase) that the SQL has and the server has
 * not. */
void dmig_survey_versions(const DmigSurvey *self, const DmigVersionFeature *features,
                          guint version, const char *server, GPtrArray *findings);
