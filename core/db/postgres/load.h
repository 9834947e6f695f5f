/* Scripts that were written for psql: what pg_dump makes, and what people keep in .sql files. */
#pragma once

#include "core/db/driver.h"

/* The script for the server alone. Blanked out, so that everything else stays on its line: psql's
 * own commands, the rows of a COPY, settings of the connection that dumps begin with, and
 * statements about the server as a whole (databases, roles, tablespaces). A psql command that
 * means more than it prints (\i, \gexec, \if) fails with its line. Owned. */
char *dmig_pg_plain_script(const char *text, GError **error);

/* The driver's slots of these names. */
gboolean dmig_pg_load(DmigDatabase *database, const char *text, GError **error);
gboolean dmig_pg_provide(gpointer scratch, const char *text, const GError *failure);
extern const char *const dmig_pg_marks[];
