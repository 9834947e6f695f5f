#pragma once

#include "core/db/driver.h"
#include "core/db/finding.h"

void dmig_sqlite_survey(DmigDatabase *database, const DmigSurvey *survey, GPtrArray *findings);
gboolean dmig_sqlite_census(DmigDatabase *database, GPtrArray **out, GError **error);
void dmig_sqlite_integrity(DmigDatabase *database, GPtrArray *findings);
