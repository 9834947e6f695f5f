/* Renames over several revisions: what is called what at the end of a way, when each revision on
 * it says only what it renamed itself. */
#pragma once

#include "cmd/passage.h"

/* Adds the renames and drops of `next`, which begins where `self` ends. What else it says is left
 * out: values for rows belong to one revision. */
void dmig_change_follow(DmigChangeFile *self, const DmigChangeFile *next);
/* Takes out renames of what is not in `from` or no longer in `to`. */
void dmig_change_prune(DmigChangeFile *self, const DmigDomain *from, const DmigDomain *to);

/* The renames on the way from one revision up to another (ids; NULL: before the first). NULL
 * without an error where the way leads down, too. */
gboolean dmig_change_along(DmigContext *context, const char *from, const char *to,
                           DmigChangeFile **out, GError **error);
