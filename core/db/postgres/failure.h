/* PostgreSQL's errors, converted once. */
#pragma once

#include "core/base/error.h"
#include "core/db/postgres/libpq.h"

/* DMIG_ERROR code by SQLSTATE. Source: PostgreSQL manual, appendix A. */
DmigErrorCode dmig_pg_failure_code(const PGresult *result);

/* `line 12: … (in: ALTER TABLE …)`; line 0 leaves the place out. `result` may be NULL: the
 * connection is gone, and its own message says why. */
void dmig_pg_set_failure(GError **error, PGconn *conn, const PGresult *result, guint line,
                         const char *statement);

/* The beginning of a statement for a message: one line, no password. Owned. */
char *dmig_pg_statement_beginning(const char *statement);
