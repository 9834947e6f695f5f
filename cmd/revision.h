/* Revisions, for people and for programs. */
#pragma once

#include <jansson.h>

#include "cmd/command.h"

/* As `git log` prints one, with what the proof said. `decorations` may be NULL. */
void dmig_revision_print(DmigContext *context, const DmigRevision *revision,
                         GHashTable *decorations, const char *prefix);
/* "3f2a91c (HEAD -> main) Add phones", without a newline. */
void dmig_revision_print_oneline(DmigContext *context, const DmigRevision *revision,
                                 GHashTable *decorations);
/* {"id", "tree", "parents", "author", "date", "subject", "message", "proofs"}. Owned. */
json_t *dmig_revision_to_json(DmigContext *context, const DmigRevision *revision);
/* `3f2a91c "Add phones"`, for messages; "nothing" for NULL. Owned. */
char *dmig_revision_title(DmigContext *context, const DmigRevision *revision);

