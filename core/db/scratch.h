/* Scratch servers: where proofs get their empty databases from. */
#pragma once

#include "core/db/driver.h"

typedef struct _DmigScratch DmigScratch;

/* What a driver's open_scratch() gets; for drivers' eyes only. */
struct _DmigScratch {
  const DmigDialect *dialect;
  char *url;       /* NULL: the driver finds a way of its own */
  gboolean with_owners; /* for the databases that are opened */
  gpointer server; /* the driver's, kept from one database to the next; NULL: none */
  void (*free_server)(gpointer server);
};

/* A source of scratch databases for `dialect`, started lazily at the first open. `url` names a
 * server's maintenance database to make them on (from the config), or NULL: SQLite in memory,
 * PostgreSQL on a private server started from the installed binaries, on a socket in a temporary
 * folder, as another user when dmig is root; stopped and removed when freed, also when dmig dies
 * (it watches a pipe). */
DmigScratch *dmig_scratch_new(const DmigDialect *dialect, const char *url);
void dmig_scratch_free(DmigScratch *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(DmigScratch, dmig_scratch_free)

/* DMIG_ERROR_NOT_FOUND where there is no way to get one (no server installed, none named); the
 * message says what to install or to configure. The databases must be closed before the scratch
 * is freed. */
gboolean dmig_scratch_open(DmigScratch *self, DmigDatabase **out, GError **error);

/* Makes what `script` needs of dmig's own scratch server beside a database: the roles that it names.
 * Nothing happens on a server that the user named. */
void dmig_scratch_provide(DmigScratch *self, const char *script);
/* Whether there is something like that at all, so that a script for it is worth making. */
gboolean dmig_scratch_can_provide(const DmigScratch *self);
/* The same for what a failure says is missing. FALSE: there was nothing to be made. */
gboolean dmig_scratch_provide_for(DmigScratch *self, const GError *failure);

/* Runs a script: wholly or not at all, unless it is a migration file with steps outside of
 * transactions. */
gboolean dmig_scratch_run(DmigDatabase *db, const char *script, GError **error);
/* What the scripts (char*, each as by dmig_scratch_run(), in order) make of an empty database. */
gboolean dmig_scratch_build(DmigScratch *self, GPtrArray *scripts, DmigSchema **out,
                            GError **error);

/* `schema` as the database itself would report it: built on a scratch database and inspected. */
gboolean dmig_scratch_normalise(DmigScratch *self, DmigSchema *schema, DmigSchema **out,
                                GError **error);
