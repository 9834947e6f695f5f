/* A PostgreSQL connection; what the driver's rooms share. Private to this folder. */
#pragma once

#include "core/db/driver.h"
#include "core/db/postgres/libpq.h"

typedef struct {
  DmigDatabase base;
  PGconn *conn;
  char *version;
  gboolean in_transaction;
  gboolean locked;
  int session_timeout; /* lock_timeout outside of transactions; 0: the connection's own, -1: not known */
  PGcancel *cancel; /* NULL: never locked */
  /* A scratch database goes when it is closed: the maintenance connection that drops it. */
  DmigDatabase *maintenance;
} DmigPg;

/* connection.c */

/* Connects to `database` on the server that `url` names; NULL: to the database that it names. */
gboolean dmig_pg_connect(const char *url, const char *database, DmigOpenFlags flags, DmigPg **out,
                         GError **error);
gboolean dmig_pg_open(const char *url, DmigOpenFlags flags, DmigDatabase **out, GError **error);
void dmig_pg_close(DmigDatabase *database);
/* Drops the database `name` and closes the connection. */
void dmig_pg_drop_scratch(DmigDatabase *maintenance, const char *name);

/* Connects by what libpq knows of a connection. Takes nothing; NULL and the error. */
gboolean dmig_pg_open_beside(DmigDatabase *database, DmigDatabase **out, GError **error);

/* query.c */

gboolean dmig_pg_exec(DmigDatabase *database, const char *script, GError **error);
gboolean dmig_pg_query(DmigDatabase *database, const char *sql, const char *const *parameters,
                       guint n, DmigRows **out, GError **error);
gboolean dmig_pg_begin(DmigDatabase *database, GError **error);
gboolean dmig_pg_commit(DmigDatabase *database, GError **error);
void dmig_pg_rollback(DmigDatabase *database);
gboolean dmig_pg_run(DmigDatabase *database, const char *const *scripts, guint n, guint *out_failed,
                     GError **error);

/* inspect.c, dependents.c */
gboolean dmig_pg_inspect(DmigDatabase *database, DmigSchema **out, GError **error);
gboolean dmig_pg_save_dependents(DmigDatabase *database, char *const *objects, char **out_script,
                                 GError **error);

/* lock.c */
gboolean dmig_pg_lock(DmigDatabase *database, guint wait_seconds, GError **error);
void dmig_pg_unlock(DmigDatabase *database);
gboolean dmig_pg_lock_holder(DmigDatabase *database, gboolean *out_held, DmigLockHolder *out,
                             GError **error);
void dmig_pg_cancel(DmigDatabase *database);
char *dmig_pg_blockers(DmigDatabase *database, DmigDatabase *waiting);

extern const DmigKeeping dmig_pg_keeping; /* keeping.c */

/* leftovers.c */
gboolean dmig_pg_leftovers(DmigDatabase *database, const char *sql, char **out_script,
                           GError **error);

/* batch.c */
gboolean dmig_pg_batch_begin(DmigDatabase *database, DmigBatch *batch, GError **error);
gboolean dmig_pg_batch_piece(DmigDatabase *database, DmigBatch *batch, GError **error);
