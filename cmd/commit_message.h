/* Where a revision's message comes from. */
#pragma once

#include "cmd/command.h"

typedef struct {
  char **paragraphs; /* of -m, or NULL */
  char *file;        /* of -F; "-": standard input; or NULL */
} DmigMessageOptions;

/* The message of -m or -F; else, on a terminal, what the user's editor gives. Without trailing
 * blanks and, from the editor, without comments. An empty one is DMIG_ERROR_USAGE. Owned. */
char *dmig_commit_message(DmigContext *context, const DmigMessageOptions *options, GError **error);
/* The same as Git cleans one: no trailing blanks, no blank lines around it; `comments`: without
 * lines that begin with '#'. Owned. */
char *dmig_commit_message_clean(const char *text, gboolean comments);
