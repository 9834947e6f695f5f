/* Views under the old names of renamed tables, which lock-light renames leave until the next revision or
 * run: they would be in the way of what that does to the table. */
#pragma once

#include "core/db/driver.h"

/* Takes them away. Nothing where there are none. */
gboolean dmig_stand_ins_end(DmigDatabase *db, GError **error);
/* Whether a migration's SQL leaves some. */
gboolean dmig_stand_ins_are_left(const DmigDialect *dialect, const char *sql);
