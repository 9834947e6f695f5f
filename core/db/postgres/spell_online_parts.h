/* What hangs on a column that another one takes the place of; private to spell_online_*.c. */
#pragma once

#include "core/db/postgres/spell_online.h"

/* Texts and lists are its maker's. */
typedef struct {
  const DmigOnline *online; /* of the change of the column's type */
  const DmigTable *table;   /* as it is; it keeps its name */
  GString *before_swap, *after_swap; /* of keys, indexes, constraints and sequences */
  GString *last;                     /* references and checks, which need the keys */
  GPtrArray *validations;            /* names of constraints, of `holders` side by side; borrowed */
  GPtrArray *holders;                /* DmigTable*; borrowed */
} DmigPgSwap;

/* Appends what must be said before and after the swap, and to `early` the steps that build copies of
 * keys and indexes. What hangs on several columns that change goes with the first of them and is
 * there again with the last. */
void dmig_pg_swap_parts(DmigPgSwap *self, GPtrArray *early);
