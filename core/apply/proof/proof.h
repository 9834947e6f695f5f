/* The proof of a pair of migrations on a scratch database. */
#pragma once

#include "core/db/scratch.h"
#include "core/plan/plan.h"

typedef enum {
  DMIG_PROOF_PROVED,
  DMIG_PROOF_REFUTED,  /* `problems` says why */
  DMIG_PROOF_UNPROVED, /* there was no scratch database; `problems` says what to do */
} DmigProofOutcome;

typedef struct {
  DmigProofOutcome outcome;
  char *dialect;
  char *server;        /* "SQLite 3.40.1"; NULL if unproved */
  guint rows;          /* rows that were in the tables */
  guint tables;        /* tables that held rows */
  guint kept;          /* things that came back because they were kept: tables, columns, values */
  GPtrArray *problems; /* char*: "table customers: column phone is text, wanted character varying(20)" */
  GPtrArray *notes;    /* char*: what the proof could not look at: "without rows in customers: …" */
} DmigProof;
void dmig_proof_free(DmigProof *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(DmigProof, dmig_proof_free)

typedef struct {
  DmigSchema *parent;  /* lowered; empty for a first revision */
  DmigSchema *wanted;  /* lowered */
  GPtrArray *history;  /* char*: scripts that build the parent from nothing, when its domain does
                          not say all (hand-written SQL before); NULL: build it from `parent` */
  const char *upgrade; /* migration files, as they would be committed */
  const char *downgrade;
  const char *upgrade_online; /* their lock-light forms, proved after them; NULL: there is none */
  const char *downgrade_online;
  const DmigTransition *transition; /* the upgrade's: under which names tables and columns go on,
                                       which values are meant to change; NULL: nothing stated */
} DmigProofCase;

/* Builds the parent, puts rows in, upgrades, compares with the wanted schema as a scratch database
 * reports it, sees that rows of surviving tables survived, downgrades, compares with the parent,
 * upgrades again, compares again. What one direction takes out is kept (keep.h), and what the other is
 * to bring back must be back, rows and values. Then it puts rows into the wanted schema and downgrades those, which
 * may be refused by a check but must not fail. Where a step's checks refuse because of the rows (a required field
 * without a value for them needs an empty table), the proof goes on with plainer rows, then without
 * rows in that table, and says so in `notes`. FALSE only where the proof itself could not be carried out for a
 * reason other than a missing server. */
gboolean dmig_prove(DmigScratch *scratch, const DmigProofCase *proof, DmigProof **out,
                    GError **error);

/* The same where somebody else looks after the empty databases: `open` gives one, `close` takes it
 * back. */
typedef struct {
  gboolean (*open)(gpointer data, DmigDatabase **out, GError **error);
  void (*close)(gpointer data, DmigDatabase *db);
  gpointer data;
} DmigProofRoom;
gboolean dmig_prove_in(const DmigProofRoom *room, const DmigProofCase *proof, DmigProof **out,
                       GError **error);

/* What differs between two schemas, one line an object, for people: owned char*s. Empty: equal. */
GPtrArray *dmig_schema_explain_differences(DmigSchema *is, DmigSchema *wanted);
