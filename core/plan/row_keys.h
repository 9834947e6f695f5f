/* What row_keys.c tells keepsakes.c. */
#pragma once

#include "core/plan/planner.h"

/* A table before the plan, as the renames left it, and after. Everything is borrowed. */
typedef struct {
  const DmigPlanner *planner;
  const DmigTable *old_table, *new_table;
  const char *but; /* the column that is kept itself */
} DmigSides;

/* The columns of a key of the old table that the new one has, too; NULL: there is none. Owned, its
 * names are the schema's. */
GPtrArray *dmig_sides_find_key(const DmigSides *sides);
/* Without a key, all of a row that is the same on both sides, and what goes along with the column:
 * what of that comes back first tells the rows apart for the rest. Owned as above. */
GPtrArray *dmig_sides_all_known(const DmigSides *sides);
/* Whether this column of the old table, not a computed one, is gone from the new one. */
gboolean dmig_sides_lose(const DmigSides *sides, const DmigColumn *column);
