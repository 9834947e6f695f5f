/* The difference of two Schemas with the plan that takes one to the other. */
#pragma once

#include <jansson.h>

#include "cmd/snapshot.h"
#include "core/plan/plan.h"

typedef struct {
  const DmigDialect *dialect;
  DmigTransition *transition;
  DmigChanges *changes;
  DmigPlan *plan; /* NULL where no SQL could do it … */
  char *problem;  /* … and why */
} DmigComparison;

/* Takes `transition`, which may be NULL. Never fails. */
DmigComparison *dmig_comparison_new(DmigSchema *from, DmigSchema *to, DmigTransition *transition);
void dmig_comparison_free(DmigComparison *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(DmigComparison, dmig_comparison_free)

/* Puts the lock-light form of the plan in the plan's place, where the dialect has one. */
void dmig_comparison_go_online(DmigComparison *self);

/* DMIG_ERROR_INVALID with `problem` where there is no plan. */
gboolean dmig_comparison_check(const DmigComparison *self, GError **error);

/* The SQL of the plan for somebody's own shell: with what it leans on set before, where `schema` is
 * the one that paths leave out. "" where there is nothing to do. Owned. */
char *dmig_comparison_script(const DmigComparison *self, const char *schema);

/* {"dialect", "changes", "steps", "loss", "losses", "problem"}. Owned. */
json_t *dmig_comparison_to_json(const DmigComparison *self);

/* What the steps of a plan that are about `path` lose: char*. NULL: all. Owned. */
GPtrArray *dmig_plan_losses(const DmigPlan *plan, const char *path);
/* One step as JSON. Owned. */
json_t *dmig_step_to_json(const DmigStep *step);
