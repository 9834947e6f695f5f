#pragma once

#include "core/db/driver.h"
#include "core/db/finding.h"

void dmig_pg_survey(DmigDatabase *database, const DmigSurvey *survey, GPtrArray *findings);
gboolean dmig_pg_census(DmigDatabase *database, GPtrArray **out, GError **error);
void dmig_pg_integrity(DmigDatabase *database, GPtrArray *findings);
