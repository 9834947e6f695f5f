/* PostgreSQL 13 and later: its dialect (pure) and its driver. Only this folder includes libpq-fe.h.
 */
#pragma once

#include "core/db/driver.h"

extern const DmigDialect dmig_postgres_dialect;
extern const DmigDriver dmig_postgres_driver;
