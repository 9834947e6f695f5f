/* The steps of a plan as a table that is no wider than the terminal. */
#pragma once

#include "core/plan/plan.h"

/* On standard output, with what is lost below it. */
void dmig_plan_print(const DmigPlan *plan, guint width);
