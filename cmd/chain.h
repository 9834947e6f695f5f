/* The chain of committed migrations between two revisions, ready to run or to show. */
#pragma once

#include "cmd/command.h"
#include "core/apply/execute/apply.h"

/* `from` and `to` are full ids; NULL: before the first revision. Revisions that are not for
 * `dialect` have nothing to do on the way; DMIG_ERROR_FAILED where the last one is not.
 * DmigMigration*, in order. Owned. */
GPtrArray *dmig_chain_new(DmigContext *context, const DmigDialect *dialect, const char *from,
                          const char *to, GError **error);

/* Puts the lock-light form of each migration in its place where its revision has one. Says in a
 * warning of which it has none although the plain one blocks. */
gboolean dmig_chain_go_online(DmigContext *context, const DmigDialect *dialect, GPtrArray *chain,
                              GError **error);
/* Whether `--online` was given (`asked`), or apply.online says so for all runs. */
gboolean dmig_chain_is_online(DmigContext *context, gboolean asked);

/* The revision that a migration of a chain leads over: its `to` upwards, its `from` downwards. */
const char *dmig_chain_revision(const DmigMigration *migration);

/* Line marking a migration file that somebody edited at commit time. */
#define DMIG_EDITED_LINE "-- edited by hand"
/* Then: the migrations that make the revision `id` from nothing (char*; owned). NULL: its domain says
 * all. */
gboolean dmig_chain_history(DmigContext *context, const DmigDialect *dialect, const char *id,
                            GPtrArray **out, GError **error);
