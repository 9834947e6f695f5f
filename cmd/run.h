/* Carrying out a chain of migrations on a database: what `apply` and `revert` share. */
#pragma once

#include "cmd/chain.h"
#include "cmd/database.h"

typedef struct {
  char *target; /* -t, or NULL */
  gboolean dry_run, json, yes, allow_data_loss, single_transaction, online, no_keep;
  int wait_seconds, lock_timeout, batch_rows;
  gboolean fast, no_check, no_hooks, values;
  char *report; /* a file for a report, or NULL */
  char *backup; /* when to make one, or NULL: as the configuration says */
  gboolean no_restore;
} DmigRunOptions;

/* The options as entries over `options`; NULL-terminated. Owned. */
GOptionEntry *dmig_run_entries(DmigRunOptions *options);
void dmig_run_options_clear(DmigRunOptions *self);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(DmigRunOptions, dmig_run_options_clear)

/* Where a database is. */
typedef struct {
  DmigState *state;       /* NULL: there is no such database yet */
  DmigRevision *revision; /* NULL: nothing is applied */
} DmigPosition;
void dmig_position_clear(DmigPosition *self);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(DmigPosition, dmig_position_clear)

/* Whether a revision is half way. */
gboolean dmig_position_is_half_way(const DmigPosition *self);
/* After a run that failed with `problem`: whether that was because another run had brought the database
 * somewhere else, where it can be gone on from. Then `self` is where it is now. */
gboolean dmig_position_follow(DmigContext *context, DmigDatabase *db, DmigPosition *self,
                              const GError *problem);

/* --dry-run: prints what would run. */
gboolean dmig_run_dry(DmigContext *context, const DmigDialect *dialect, const DmigPosition *at,
                      const DmigRevision *to, const DmigRunOptions *options, GError **error);

/* From where `db` is to `to` (NULL: take everything back). What another run has left half way is
 * finished first. */
gboolean dmig_run(DmigContext *context, DmigDatabase *db, const DmigPosition *at,
                  const DmigRevision *to, const DmigRunOptions *options, GError **error);
/* Takes back what another run has left half way (`at->state->interrupted`). */
gboolean dmig_run_take_back(DmigContext *context, DmigDatabase *db, const DmigPosition *at,
                            const DmigRunOptions *options, GError **error);
