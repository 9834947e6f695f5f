/* Does a database hold what it should? */
#pragma once

#include "core/apply/run.h"
#include "core/db/census.h"
#include "core/plan/plan.h"

/* Compares how much tables held before the chain of `plans` (DmigPlan*) and hold after it: those whose
 * rows are none of its business, under the names that they bear now. Counts are compared exactly,
 * catalogues' guesses loosely. Others may write meanwhile, so that more rows are fine and fewer are a
 * warning; that all are gone is a problem. Adds to `findings`. */
void dmig_verify_rows(GPtrArray *before, GPtrArray *after, GPtrArray *plans, GPtrArray *findings);

/* Asks the checks that a revision's upgrade ends with (steps of kind "check-after"). How many there
 * were. */
guint dmig_verify_checks(DmigDatabase *db, const DmigPlan *plan, GPtrArray *findings);

/* "12 tables, 3400 rows, 1.2 MB", as far as it is known. Owned. */
char *dmig_counts_text(GPtrArray *counts);
