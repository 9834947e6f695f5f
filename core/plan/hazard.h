/* Hazards: what in a plan may hurt whoever works with the database meanwhile or afterwards. Told from
 * the steps and from the tokens of their SQL, so that generated, edited and hand-written statements
 * are judged alike.
 *
 * A rule's name is stable: scripts, comments and reports lean on it; docs/hazards.md lists them all.
 * A comment in a step's SQL switches rules off for that step, with a reason:
 *
 *     -- dmig:allow ban-drop-column, renaming-table because nobody has read it since May
 */
#pragma once

#include "core/plan/plan.h"

typedef enum {
  DMIG_HAZARD_NOTE,
  DMIG_HAZARD_WARNING,
  DMIG_HAZARD_ERROR,
} DmigHazardSeverity;
/* "note", "warning", "error", which are the levels of SARIF, too. Static. */
const char *dmig_hazard_severity_name(DmigHazardSeverity severity);
gboolean dmig_hazard_severity_parse(const char *name, DmigHazardSeverity *out);

typedef struct {
  const char *name; /* "ban-drop-column" */
  DmigHazardSeverity severity;
  const char *what;   /* what happens; one sentence, as all three */
  const char *why;    /* why that hurts */
  const char *advice; /* what to do instead */
} DmigHazardRule;

/* All rules, by name. Static. */
const DmigHazardRule *dmig_hazard_rules(guint *out_n);
const DmigHazardRule *dmig_hazard_rule(const char *name); /* or NULL */

typedef struct {
  const DmigHazardRule *rule;
  char *message; /* what it is here: "dropping customers.fax: …" */
  guint step;    /* index in the plan */
  guint line;    /* of the statement within the step's SQL, from 1 */
  char *allowed; /* the reason why it may be; NULL: it is not allowed */
} DmigHazard;
void dmig_hazard_free(DmigHazard *self);

/* In the order of the steps: DmigHazard*, also those that are allowed. `before` and `after` are the
 * schemas that the plan leads from and to, where they are known; else NULL: rules that need more than
 * the statements find nothing then. */
GPtrArray *dmig_plan_hazards(const DmigPlan *plan, const DmigSchema *before,
                             const DmigSchema *after);

/* Writes the allowances of a transition (DmigAllowance*) as comments into the steps that need them. */
void dmig_plan_allow(DmigPlan *plan, const GPtrArray *allows, const DmigSchema *before,
                     const DmigSchema *after);
