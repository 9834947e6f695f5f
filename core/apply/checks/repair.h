/* SQL that would mend the rows which stand in the way of a run. */
#pragma once

#include "core/apply/checks/readiness.h"

/* A script for a person to read and to choose from: every statement is commented out, each finding has
 * its alternatives. NULL where no finding can be mended so. `title` is what it says at its head. Owned.
 */
char *dmig_repair_script(const DmigDialect *dialect, const DmigReadiness *readiness,
                         const char *title);
