/* SQLite: its dialect (pure) and its driver. Only this folder includes sqlite3.h. */
#pragma once

#include "core/db/driver.h"

extern const DmigDialect dmig_sqlite_dialect;
extern const DmigDriver dmig_sqlite_driver;
