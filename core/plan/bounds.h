/* What partitions' bounds say of rows. Partitions, and the tables above them, are those of the schema as it
 * will be where nothing else is said; what is true of rows is SQL, asked of a single table. */
#pragma once

#include "core/plan/planner.h"

/* The table that `table` will be a partition of; NULL: none. */
const DmigTable *dmig_bounds_whole(const DmigPlanner *self, const DmigTable *table);
/* What the facet says behind the parent's name: the bounds. */
const char *dmig_bounds_text(const DmigPlanner *self, const DmigTable *partition);
gboolean dmig_bounds_are_default(const DmigPlanner *self, const DmigTable *partition);
gboolean dmig_bounds_is_part(const DmigTable *table, const char *parent);
/* Appends what is true of rows that one of the partitions takes by its bounds, nothing where there are
 * none. `anew`: only of those that have other bounds than before. FALSE: not known. */
gboolean dmig_bounds_append_any(const DmigPlanner *self, const DmigTable *parent, gboolean anew,
                                GString *any);
/* Which rows of `leaf` don't fit it, or a table above it, any more. NULL: none, or not known. Owned.
 * `out_anew`: whether one of these has other bounds. */
char *dmig_bounds_misfit(const DmigPlanner *self, const DmigTable *leaf, gboolean *out_anew);
/* The table, as it will be, whose partition `leaf` was, be it at some depth. */
const DmigTable *dmig_bounds_remaining(const DmigPlanner *self, const DmigTable *leaf);
gboolean dmig_bounds_have_default(const DmigPlanner *self, const DmigTable *parent);
/* Which rows of a partition that goes have a place from now on: others take its bounds over. Rows that only
 * the default partition would take go, too, except on the way back: they came from there. Owned. */
char *dmig_bounds_placed(const DmigPlanner *self, const DmigTable *leaf);
