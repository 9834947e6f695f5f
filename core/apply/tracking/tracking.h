/* The tracking tables: what was applied to a database, beside its data.
 *
 * `dmig` is a schema on PostgreSQL and `dmig_` a prefix on SQLite. Tables: `meta` (one row: the
 * layout's version), `runs` and `steps` (append-only: who, when, from where, to where, how long,
 * checksum, outcome, error), `journal` (the revision that is half way, see journal.h) and `kept`
 * (what steps took out, see keep.h). A row of `steps` is one revision's way in one run; the last
 * one that is done says where the database is, so that one insert both records and moves it. A row
 * of `runs` also says how far the run is: by itself at each phase, and about once a second where it
 * takes longer (see heartbeat.h). Times are ISO 8601 in UTC, of the client's clock.
 */
#pragma once

#include "core/apply/run.h"

#define DMIG_TRACKING_VERSION 2

/* A revision that has begun and is neither here nor there: its way has steps outside of
 * transactions. */
typedef struct {
  char *from, *to; /* revisions; NULL: none */
  gboolean down;
  char *checksum;    /* of the file that runs */
  char *run;         /* that began with it */
  guint step, steps; /* the step that is not done yet, 1-based, and how many there are */
  char *title;       /* of that step where it was begun, else NULL */
  char *problem;     /* why it stopped; NULL: killed, or still running */
} DmigInterrupted;
void dmig_interrupted_free(DmigInterrupted *self);

typedef struct {
  char *revision;   /* full commit id; NULL: no revision applied yet (or all taken back) */
  char *domain;     /* its domain's name; NULL likewise */
  char *since;      /* ISO 8601 UTC; NULL: nothing was ever applied */
  guint64 steps;    /* the number of the last step, done or not; 0: none */
  gboolean tracked; /* the tracking tables are there */
  guint version;    /* of their layout; 0: not there */
  guint64 kept;     /* things that are kept and not put back */
  DmigInterrupted *interrupted; /* NULL: the database is at `revision`, wholly */
} DmigState;
void dmig_state_free(DmigState *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(DmigState, dmig_state_free)

/* Reads where `db` is. A database without tracking tables is at no revision. A layout from a newer
 * dmig: DMIG_ERROR_FAILED that says to upgrade dmig; older ones are read as they are. One query
 * where the tables are there. Not to be called inside of a transaction. */
gboolean dmig_tracking_read(DmigDatabase *db, DmigState **out, GError **error);

/* Creates the tables where they are missing, and brings an older layout up to date, in one
 * transaction. To be called under the target's lock. */
gboolean dmig_tracking_ensure(DmigDatabase *db, GError **error);

/* One revision's way, for the record. */
typedef struct {
  const char *run; /* the run's id: a random UUID */
  guint64 number;  /* its place among all steps of the database, from 1 */
  gboolean down;
  const char *from, *to; /* revisions, or NULL */
  const char *checksum;  /* SHA-256 of the SQL that runs */
} DmigTrackingEntry;

/* The script that records it as done, to run in the same transaction as the migration. `to` NULL:
 * no revision any more. Owned. */
char *dmig_tracking_record_sql(const DmigDialect *dialect, const DmigTrackingEntry *entry);

typedef struct {
  const char *id, *command;
  const char *domain;    /* may be NULL */
  const char *from, *to; /* revisions, or NULL */
  DmigRunPhase phase;    /* that it begins with */
  guint revisions;       /* how many the chain has */
} DmigTrackingRun;

/* Begins a run; outside of the migrations' transactions, so that failures are kept. To be called
 * under the target's lock: runs that never ended are marked as interrupted. */
gboolean dmig_tracking_begin_run(DmigDatabase *db, const DmigTrackingRun *run, GError **error);

/* Says which phase it is in; outside of transactions. */
gboolean dmig_tracking_phase(DmigDatabase *db, const char *run, DmigRunPhase phase, GError **error);
/* The statement that says how far it is. Owned. */
char *dmig_tracking_progress_sql(const DmigDialect *dialect, const char *run,
                                 const DmigRunProgress *progress);

typedef struct {
  const char *run;
  DmigRunPhase phase;   /* its end */
  guint64 first;        /* number of its first step */
  GArray *milliseconds; /* guint64: how long each of its recorded revisions took, in order; may be
                           NULL */
  const DmigTrackingEntry *failed; /* the revision that did not go through; may be NULL */
  const char *problem;             /* NULL: it went well */
  const char *backup;              /* NULL: none */
} DmigTrackingEnd;
gboolean dmig_tracking_end_run(DmigDatabase *db, const DmigTrackingEnd *end, GError **error);

/* Now, as the tables hold times. Owned. */
char *dmig_tracking_now(void);
/* A message fit for a database of any encoding. NULL gives NULL. Owned. */
char *dmig_tracking_text(const char *text);
/* "anna@build7". Owned. */
char *dmig_tracking_who(void);
