/* The hazards of a way for programs that show them beside the code. */
#pragma once

#include "cmd/way.h"

/* SARIF 2.1.0 on standard output, also of what is allowed (as suppressed). */
void dmig_plan_print_sarif(DmigContext *context, const DmigWay *way, DmigHazardSeverity least);
/* Workflow commands of GitHub Actions: `::warning file=…,line=…,title=…::…`. */
void dmig_plan_print_github(DmigContext *context, const DmigWay *way, DmigHazardSeverity least);

/* Where a person can do something about a step: the entity's or field's line of the domain, the
 * script's in change.yaml. The file is as seen from the folder of the repository. */
typedef struct {
  char *file; /* NULL: nowhere */
  guint line, column;
} DmigPlace;
void dmig_place_clear(DmigPlace *self);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(DmigPlace, dmig_place_clear)
DmigPlace dmig_place_of_step(DmigContext *context, const DmigWay *way, const DmigLeg *leg,
                             const DmigStep *step);
