/* Likely renames: pairs that were dropped and added, and may be one object under two names. They
 * are shown, asked about, and written to change.yaml. */
#pragma once

#include <jansson.h>

#include "cmd/passage.h"

/* Those that the change file neither states nor rules out: DmigRenameCandidate*. Owned. */
GPtrArray *dmig_renames_of(DmigPassage *passage);

/* Each with its confidence and the line to add, on standard output. */
void dmig_renames_print(GPtrArray *renames);
/* One warning on standard error for all of them, where output is for a program. */
void dmig_renames_warn(GPtrArray *renames);
json_t *dmig_renames_to_json(GPtrArray *renames);

/* Asks about each on the terminal and writes the answers into change.yaml at `path`. */
gboolean dmig_renames_ask(GPtrArray *renames, const char *path, GError **error);
/* DMIG_ERROR_DATA_LOSS, after the lines to add were printed on standard error. FALSE always. */
gboolean dmig_renames_refuse(GPtrArray *renames, const char *path, GError **error);

/* `text` of a change file with one more rename, or with one more entry of `drops:` where `to` is
 * NULL. NULL where the text is written in a way that can't be added to. Owned. */
char *dmig_change_text_add(const char *text, const char *from, const char *to);
/* A name as a scalar of YAML: plain where YAML leaves it so, else in double quotes. Owned. */
char *dmig_change_text_scalar(const char *name);
