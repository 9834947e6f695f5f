/* The steps of a plan as a table that is no wider than the terminal. */
#pragma once

#include "cmd/plan_estimate.h"
#include "core/plan/plan.h"

typedef struct {
  guint width;
  const DmigSizes *sizes; /* NULL: no estimates */
  gboolean keeps;         /* what steps take is kept beside the data */
} DmigPlanLook;

/* On standard output, with what is lost and what runs by itself below it. */
void dmig_plan_print(const DmigPlan *plan, const DmigPlanLook *look);

/* "lossless"; "kept" where what the step takes is kept; else "lossy", "irreversible". Static. */
const char *dmig_step_fate(const DmigStep *step, gboolean keeps);
