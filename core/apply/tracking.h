/* The tracking tables: what was applied to a database, beside its data.
 *
 * `dmig` is a schema on PostgreSQL and `dmig_` a prefix on SQLite. Tables: `meta` (one row: the
 * layout's version), `runs` and `steps` (append-only: who, when, from where, to where, how long,
 * checksum, outcome, error). A row of `steps` is one revision's way in one run; the last one that is
 * done says where the database is, so that one insert both records and moves it. Times are ISO 8601
 * in UTC, of the client's clock.
 */
#pragma once

#include "core/db/driver.h"

#define DMIG_TRACKING_VERSION 1

typedef struct {
  char *revision; /* full commit id; NULL: no revision applied yet (or all taken back) */
  char *domain;   /* its domain's name; NULL likewise */
  char *since;    /* ISO 8601 UTC; NULL: nothing was ever applied */
  guint64 steps;    /* the number of the last step, done or not; 0: none */
  gboolean tracked; /* the tracking tables are there */
} DmigState;
void dmig_state_free(DmigState *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(DmigState, dmig_state_free)

/* Reads where `db` is. A database without tracking tables is at no revision. A layout from a newer
 * dmig: DMIG_ERROR_FAILED that says to upgrade dmig. One query where the tables are there. Not to
 * be called inside of a transaction. */
gboolean dmig_tracking_read(DmigDatabase *db, DmigState **out, GError **error);

/* Creates the tables where they are missing. */
gboolean dmig_tracking_ensure(DmigDatabase *db, GError **error);

/* One revision's way, for the record. */
typedef struct {
  const char *run;       /* the run's id: a random UUID */
  guint64 number;        /* its place among all steps of the database, from 1 */
  gboolean down;
  const char *from, *to; /* revisions, or NULL */
  const char *checksum;  /* SHA-256 of the SQL that runs */
} DmigTrackingEntry;

/* The script that records it as done, to run in the same transaction as the migration. `to` NULL: no
 * revision any more. Owned. */
char *dmig_tracking_record_sql(const DmigDialect *dialect, const DmigTrackingEntry *entry);

/* Begins a run; outside of the migrations' transactions, so that failures are kept. To be called
 * under the target's lock: runs that never ended are marked as interrupted. */
gboolean dmig_tracking_begin_run(DmigDatabase *db, const char *run, const char *command,
                                 const char *domain, const char *from, const char *to,
                                 GError **error);

/* Ends a run. `milliseconds` (guint64) holds how long each of its recorded revisions took, in
 * order, the first of them being step `first`; NULL: not known. `failed` is the one that did not go through, and `problem` why; both
 * NULL for a run that went well. */
gboolean dmig_tracking_end_run(DmigDatabase *db, const char *run, guint64 first,
                               GArray *milliseconds,
                               const DmigTrackingEntry *failed, const char *problem,
                               GError **error);
