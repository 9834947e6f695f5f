#pragma once

#include "core/db/driver.h"
#include "core/db/finding.h"

void dmig_pg_survey(DmigDatabase *database, const DmigSurvey *survey, GPtrArray *findings);
