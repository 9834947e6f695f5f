/* PostgreSQL's own programs, pg_dump and its like: where they are, and how they reach the server of
 * a connection. */
#pragma once

#include "core/db/postgres/connection.h"

typedef struct {
  char *folder;
  guint major;
} DmigPgClient;
void dmig_pg_client_free(DmigPgClient *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(DmigPgClient, dmig_pg_client_free)

/* The programs of version `major`, else of the next newer one that is installed (0: of any): from
 * `folder` alone where it is given, else from the PATH or from where distributions put versions
 * side by side. DMIG_ERROR_NOT_FOUND that says what there is and what to install. */
gboolean dmig_pg_client_find(guint major, const char *folder, DmigPgClient **out, GError **error);

/* The environment in which a program of libpq's reaches the database that `self` is connected to,
 * without an argument: the host of several that was taken, the password, what a service file said.
 * Owned. */
char **dmig_pg_client_environment(DmigPg *self);

/* A program that runs. It ends when dmig does. */
typedef struct {
  char *name;
  char *secret; /* never to be in a message */
  GPid pid;
  int errors; /* what it writes to standard error */
} DmigPgChild;

/* `arguments` without the program's name. `environment` NULL: dmig's own. `in` and `out` are its
 * standard input and output, -1: none. They stay open here. */
gboolean dmig_pg_child_start(const DmigPgClient *client, const char *program,
                             char *const *arguments, char **environment, int in, int out,
                             DmigPgChild *child, GError **error);
/* Waits for its end and frees what it holds. FALSE where it failed: "<doing>: <what it said>". */
gboolean dmig_pg_child_wait(DmigPgChild *child, const char *doing, GError **error);
