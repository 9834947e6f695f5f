/* A run of a chain of migrations: its phases, what it tells while it goes on, what is known of it
 * afterwards, and what others do in between. */
#pragma once

#include "core/db/driver.h"

/* One revision's way in one direction. */
typedef struct {
  char *from; /* revision before, NULL: nothing applied */
  char *to;   /* revision after, NULL: likewise */
  gboolean down;
  char *title; /* the revision's summary, for progress */
  char *file;  /* for messages: "3f2a91c migrations/sqlite/upgrade.sql" */
  char *sql;   /* the committed file, byte for byte */
} DmigMigration;
void dmig_migration_free(DmigMigration *self);
DmigMigration *dmig_migration_new(void);

/* Where a run is; kept in the tracking tables by these names. The last four are ends. */
typedef enum {
  DMIG_RUN_CHECKING,    /* "checking" */
  DMIG_RUN_BACKING_UP,  /* "backing up" */
  DMIG_RUN_MIGRATING,   /* "migrating" */
  DMIG_RUN_VALIDATING,  /* "validating" */
  DMIG_RUN_CLEANING_UP, /* "cleaning up" */
  DMIG_RUN_COMPLETED,   /* "completed" */
  DMIG_RUN_FAILED,      /* "failed": it changed nothing, or stopped where the report says */
  DMIG_RUN_ROLLED_BACK, /* "rolled back": what it had begun was undone */
  DMIG_RUN_INTERRUPTED, /* "interrupted": killed, or its server lost; the next run goes on */
} DmigRunPhase;
const char *dmig_run_phase_name(DmigRunPhase phase); /* static */

/* One step of one revision, for the report. */
typedef struct {
  char *title;
  char *kind;
  guint64 milliseconds;
  guint attempts;    /* more than 1: it had to wait for a lock */
  gint64 rows_kept;  /* rows or values put aside, -1: none */
  gint64 rows_back;  /* put back, -1: none */
} DmigStepRecord;

typedef struct {
  char *revision, *title;
  gboolean down;
  guint64 milliseconds;
  char *checksum;
  GPtrArray *steps; /* DmigStepRecord*; empty where the file ran as one script */
} DmigRevisionRecord;

/* What a run did, whether it went well or not. */
typedef struct {
  char *id, *command;
  char *from, *to, *now;  /* revisions; NULL: none */
  char *started, *finished; /* ISO 8601 UTC */
  DmigRunPhase phase;     /* its end */
  guint64 phase_milliseconds[DMIG_RUN_COMPLETED];
  GPtrArray *revisions;   /* DmigRevisionRecord*, those that went through */
  GPtrArray *warnings;    /* char* */
  char *backup;           /* where it is, NULL: none */
  char *error;            /* NULL: none */
} DmigRunRecord;
DmigRunRecord *dmig_run_record_new(void);
void dmig_run_record_free(DmigRunRecord *self);
void dmig_step_record_free(DmigStepRecord *self);
void dmig_revision_record_free(DmigRevisionRecord *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(DmigRunRecord, dmig_run_record_free)

/* Where a run is just now, for who watches it. */
typedef struct {
  DmigRunPhase phase;
  guint revision, revisions;          /* 1-based; how many the chain has */
  guint step, steps;                  /* of this revision, 1-based; 0: not known */
  const char *title;                  /* of the step, else of the revision */
  guint64 rows_done, rows_total;      /* batched steps; 0 of 0: not known */
} DmigRunProgress;

/* What others do at the phases of a run, each may be NULL. All are called under the target's lock. */
typedef struct {
  /* Checking: the chain (DmigMigration*) has not begun. FALSE refuses it, with nothing changed. */
  gboolean (*check)(DmigDatabase *db, GPtrArray *migrations, DmigRunRecord *record, gpointer data,
                    GError **error);
  /* Backing up: sets record->backup where one was made. FALSE as above. */
  gboolean (*backup)(DmigDatabase *db, GPtrArray *migrations, DmigRunRecord *record, gpointer data,
                     GError **error);
  /* Validating, after the last revision and outside of its transaction. FALSE: the run has failed,
   * the database stays where it is, and the error says what is not as it should be. */
  gboolean (*validate)(DmigDatabase *db, GPtrArray *migrations, DmigRunRecord *record,
                       gpointer data, GError **error);
  /* A revision with steps outside of transactions failed half way: brings the database back to
   * migration->from and takes its rows out of the journal (dmig_apply_undo()). `run`: the id of the
   * run; `no_keep`: whether it takes without keeping. FALSE: it stays interrupted, and the next run goes
   * on with it. */
  gboolean (*undo)(DmigDatabase *db, const DmigMigration *migration, const char *run,
                   gboolean no_keep, gpointer data, GError **error);
  void (*progress)(const DmigRunProgress *progress, gpointer data);
  gpointer data;
} DmigRunStages;
