/* A PostgreSQL server of one's own for a while: made from the installed binaries in a temporary
 * folder, reached by a socket in it, and gone without a trace when it is freed or when the process
 * that started it dies, however it dies. */
#pragma once

#include "core/base/error.h"

typedef struct _DmigPgServer DmigPgServer;

/* As root it runs as `postgres`, or else as `nobody`: the server refuses to be root.
 * DMIG_ERROR_NOT_FOUND where no server is installed. */
gboolean dmig_pg_server_start(DmigPgServer **out, GError **error);
void dmig_pg_server_free(DmigPgServer *self);

/* The URL of its database `postgres`. Borrowed. */
const char *dmig_pg_server_url(const DmigPgServer *self);
