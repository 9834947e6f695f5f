/* What the rows are asked before a step; shared by checks.c and rebuilt_checks.c. */
#pragma once

#include "core/plan/planner.h"

/* The rows as they will be when the constraint meets them: `from` stands behind FROM and has the
 * table's name. */
typedef struct {
  DmigPlanner *planner;
  const DmigTable *table; /* as it will be */
  char *from;
  DmigStep *step;
  const DmigTable *keyed; /* whose primary key tells the rows apart; NULL: nothing does */
} DmigMetRows;

/* Whether rows break the constraint, or have the same key in the index. */
void dmig_planner_ask_constraint(const DmigMetRows *rows, const DmigConstraint *constraint);
void dmig_planner_ask_index(const DmigMetRows *rows, const DmigIndex *index);
/* Rows for which what is computed gives nothing, where it must give something. `value`: the column, or
 * what computes it. */
void dmig_planner_ask_for_missing(const DmigMetRows *rows, const DmigColumn *column,
                                  const char *value);
gboolean dmig_planner_constraint_reads(const DmigConstraint *constraint, const char *column);
