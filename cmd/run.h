/* Carrying out a chain of migrations on a database: what `apply` and `revert` share. */
#pragma once

#include "cmd/chain.h"
#include "cmd/database.h"

typedef struct {
  char *target; /* -t, or NULL */
  gboolean dry_run, json, yes, allow_data_loss, single_transaction, online;
  int wait_seconds;
} DmigRunOptions;

/* The options as entries over `options`; NULL-terminated. Owned. */
GOptionEntry *dmig_run_entries(DmigRunOptions *options);
void dmig_run_options_clear(DmigRunOptions *self);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(DmigRunOptions, dmig_run_options_clear)

/* --dry-run: prints what would run. */
gboolean dmig_run_dry(DmigContext *context, const DmigDialect *dialect, const DmigRevision *at,
                      const DmigRevision *to, const DmigRunOptions *options, GError **error);

/* From where `db` is (`at`, NULL: nothing applied) to `to` (NULL: take everything back). */
gboolean dmig_run(DmigContext *context, DmigDatabase *db, const DmigRevision *at,
                  const DmigRevision *to, const DmigRunOptions *options, GError **error);
