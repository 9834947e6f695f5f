/* Rows for scratch databases: references satisfied, unique where they must be. Rows that a check refuses
 * are left out. Same seed, same rows. */
#pragma once

#include "core/apply/proof/values.h"
#include "core/db/driver.h"

typedef struct {
  guint rows;   /* how many went in */
  guint tables; /* tables that hold at least one */
} DmigRowsCount;

typedef struct {
  guint per_table;
  guint32 seed;
  DmigRowsStyle style;
  GHashTable *skip; /* names of tables that stay empty, with those that can't do without them; or
                       NULL */
  guint first;      /* number of the first row, which keys are made of; 0: 1 */
} DmigRowsOptions;

/* Rows that the tables hold already may be pointed at, and are not counted. All or nothing. */
gboolean dmig_rows_fill(DmigDatabase *db, const DmigSchema *schema, const DmigRowsOptions *options,
                        DmigRowsCount *out_count, GError **error);
