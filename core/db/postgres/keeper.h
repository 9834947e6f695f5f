/* The keeper of a private server: a process between dmig and the server that outlives dmig just
 * long enough to clean up after it. */
#pragma once

#include <glib.h>
#include <pwd.h>

#define DMIG_PG_KEEPER_READY "ready"
#define DMIG_PG_KEEPER_PORT "5432" /* there is no TCP; it is a part of the socket's name */

typedef struct {
  const char *binaries; /* the folder of initdb and postgres */
  const char *folder;   /* empty, and the user's own; the keeper removes it in the end */
  const char *locale;
  const char *template;      /* see cluster.h; NULL: none */
  const struct passwd *user; /* NULL: nobody else */
  int lifeline;              /* reads end-of-file when dmig is gone */
  int report;                /* gets READY, or what went wrong, and is closed */
} DmigPgKeeper;

/* To be called in a forked child. Makes the cluster, starts the server, reports, waits for the
 * lifeline's end, stops the server and removes the folder. */
void dmig_pg_keeper_main(const DmigPgKeeper *self) G_GNUC_NORETURN;
