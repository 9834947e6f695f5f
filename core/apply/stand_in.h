/* Views under the old names of renamed tables, which lock-light renames leave until the next run. */
#pragma once

#include "core/db/driver.h"

/* Takes them away. Nothing where there are none. */
gboolean dmig_stand_ins_end(DmigDatabase *db, GError **error);
