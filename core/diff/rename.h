/* Carrying out the renames of a Transition on a copy of a Schema, in an order that SQL can take. */
#pragma once

#include "core/diff/diff.h"

/* For dialects with `folded_names`: the renames of `stated` (may be NULL), and those that make
 * the other side's letter case of what has the same name but for that. Owned. */
DmigTransition *dmig_renames_respell(const DmigSchema *from, const DmigSchema *to,
                                     const DmigTransition *stated);

/* Appends RENAME_* changes to `changes->items` and sets `changes->renamed`. Objects that the
 * changes point at and no schema holds are put into `changes->owned`. */
void dmig_renames_apply(DmigChanges *changes, const DmigTransition *transition);

/* What stands in the way of another, because it is dropped, trades places or is made again, is called
 * like this for a while: a prefix before its name, in the same schema. Owned path. */
#define DMIG_RENAME_ASIDE "_dmig_old_"
char *dmig_rename_aside(const char *path, const DmigDialect *dialect);
/* The name without it, for messages. Borrowed. */
const char *dmig_rename_original(const char *name);
