/* What a migration file says of a step beside its title and its SQL: a line of JSON. */
#pragma once

#include "core/plan/plan.h"

/* What has its default is left out; keys are sorted. Owned. */
char *dmig_step_metadata_write(const DmigStep *step);

/* The step, still without title and SQL; NULL, and `out_problem` (owned) in words that go on behind
 * "the step's metadata". */
DmigStep *dmig_step_metadata_read(const char *text, char **out_problem);
