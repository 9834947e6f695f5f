/* Committing consumes change.yaml. A commit that is killed between moving the branch and removing
 * the file must not leave it to the next revision, so what is being consumed is noted down beside
 * the store first. */
#pragma once

#include "cmd/command.h"

/* Notes that the commit upon `parent` (NULL: the first) takes `change` with it. */
gboolean dmig_consume_begin(DmigContext *context, const char *parent, GBytes *change,
                            GError **error);
/* Removes change.yaml and the note. */
gboolean dmig_consume_finish(DmigContext *context, GError **error);
/* Removes the note: the commit did not happen. */
void dmig_consume_cancel(DmigContext *context);
/* Does what a commit that was killed did not get to: removes what it left. */
gboolean dmig_consume_recover(DmigContext *context, GError **error);
/* Whether `change` was committed with HEAD by a commit that did not get to remove it. */
gboolean dmig_consume_is_leftover(DmigContext *context, GBytes *change);
