/* A proof while it goes on; for proof.c and walk.c. */
#pragma once

#include "core/apply/execute/prepared.h"
#include "core/apply/proof/proof.h"
#include "core/apply/proof/values.h"

typedef struct {
  const DmigProofRoom *room;
  const DmigProofCase *given;
  DmigProof *proof;
  DmigPrepared *upgrade, *downgrade;
  DmigSchema *parent; /* as the database reports it, once it was built */
  DmigSchema *wanted; /* likewise */
  DmigRowsStyle style;
  GHashTable *skip; /* names of the parent's tables that hold no rows */
  gboolean empty;   /* no table holds any */
  gboolean again;   /* refused because of rows: once more with others */
  const char *revision; /* under which things are kept; NULL: neither direction takes anything */
  gboolean online;  /* it is the lock-light forms that are proved just now */
} DmigProver;

/* proof.c */

void dmig_prover_add_problem(DmigProver *self, const char *format, ...) G_GNUC_PRINTF(2, 3);
/* A failure of the SQL under proof is what a proof is there to find; any other is the proof's own.
 * Gives TRUE, and takes the error, for the former. */
gboolean dmig_prover_take_failure(DmigProver *self, const char *doing, GError *failure,
                                  GError **error);

/* walk.c */

/* Builds the parent in `db`, fills it, and goes up, down and up. TRUE if the proof could be carried out:
 * its problems say what came of it, `again` that it takes another round. */
gboolean dmig_prover_walk(DmigProver *self, DmigDatabase *db, GError **error);
