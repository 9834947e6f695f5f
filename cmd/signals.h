/* Ctrl-C and kill, while a database is being worked on. */
#pragma once

#include "core/db/driver.h"

/* From now on SIGINT and SIGTERM end what `db` does, so that the run can roll back and say where the
 * database is. A second one ends dmig at once. */
void dmig_signals_watch(DmigDatabase *db);
/* As before. The signal that came, or 0. */
int dmig_signals_unwatch(void);
