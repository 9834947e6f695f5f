/* Mistakes in the user's files, shown with the line that they stand in. */
#pragma once

#include <jansson.h>
#include <stdio.h>

#include "core/base/diagnostic.h"
#include "core/base/error.h"

/* A line each; with colour, also the line of the source and a caret below it. `sources` are
 * DmigSource*, or NULL. */
void dmig_diagnostics_print(FILE *stream, DmigDiagnostics *diagnostics, GPtrArray *sources);
/* An array of objects. Owned. */
json_t *dmig_diagnostics_to_json(DmigDiagnostics *diagnostics);
/* DMIG_ERROR_INVALID "3 mistakes in WHAT; …", for what was printed already. FALSE always. */
gboolean dmig_diagnostics_refuse(DmigDiagnostics *diagnostics, const char *what, GError **error);
