/* A pair of migrations that is about to be committed: upgrade and downgrade for one dialect. */
#pragma once

#include "cmd/passage.h"
#include "core/apply/proof/proof.h"

typedef struct {
  const DmigDialect *dialect;
  gboolean first; /* the parent is not for this dialect */
  DmigSchema *parent, *wanted;
  DmigTransition *transition; /* the upgrade's */
  char *upgrade, *downgrade;  /* migration files */
  char *upgrade_online, *downgrade_online; /* their lock-light forms, where they differ; else NULL */
  DmigPlan *plan;             /* of the upgrade, as in its file */
  DmigLoss way_back;          /* what the downgrade loses */
  gboolean edited;
  DmigProof *proof; /* NULL until proved */
} DmigPair;

void dmig_pair_free(DmigPair *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(DmigPair, dmig_pair_free)

/* One for each dialect of the state that `passage` leads to: DmigPair*. */
GPtrArray *dmig_pairs_new(DmigPassage *passage, GError **error);

/* Opens the SQL files in the user's editor, and takes what comes out of it. They stay in `folder`,
 * lest the work is lost when the proof fails, until dmig_pairs_forget_edits(). */
gboolean dmig_pairs_edit(GPtrArray *pairs, const char *folder, const char *editor, GError **error);
void dmig_pairs_forget_edits(GPtrArray *pairs, const char *folder);

/* Proves each. `head` is the revision that they build upon, or NULL. Where there is no scratch
 * database, the outcome is DMIG_PROOF_UNPROVED. */
gboolean dmig_pairs_prove(DmigContext *context, GPtrArray *pairs, const DmigRevision *head,
                          GError **error);
/* Marks all as unproved because the user said so. */
void dmig_pairs_skip_proof(GPtrArray *pairs);

/* Tells what the proofs found. DMIG_ERROR_FAILED where one is refuted; where one is unproved, the
 * exit status is DMIG_EXIT_WARNINGS. */
gboolean dmig_pairs_judge(DmigContext *context, GPtrArray *pairs, GError **error);
/* "  SQLite 3.40.1     2 steps, lossless; proved with 8 rows" */
void dmig_pair_print(const DmigPair *self);

/* Adds the migration files to `files` (DmigStoreFile*). */
void dmig_pairs_add_files(GPtrArray *pairs, GPtrArray *files);
/* The record of the proofs, for the note: {"schema_version", "dmig", "proofs"}. Owned. */
json_t *dmig_pairs_to_record(GPtrArray *pairs);
