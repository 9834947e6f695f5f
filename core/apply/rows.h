/* Rows for scratch databases, with the style that proofs choose; dmig_rows_insert() in proof.h is
 * the odd style of it. */
#pragma once

#include "core/apply/values.h"
#include "core/db/driver.h"

typedef struct {
  guint rows;   /* how many went in */
  guint tables; /* tables that hold at least one */
} DmigRowsCount;

/* `skip` (may be NULL) is a set of names of tables that stay empty; so do those that can't do
 * without them. */
gboolean dmig_rows_fill(DmigDatabase *db, const DmigSchema *schema, guint per_table, guint32 seed,
                        DmigRowsStyle style, GHashTable *skip, DmigRowsCount *out_count,
                        GError **error);
