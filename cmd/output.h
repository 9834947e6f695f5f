/* Files that a command makes for the user: wholly there or not at all, and never over somebody's
 * work. */
#pragma once

#include <glib.h>

#include "core/base/error.h"

/* Writes `text` to `path`. A file that holds something else is left as it is, unless `force`:
 * DMIG_ERROR_FAILED. `out_written` is FALSE where it held just that already. */
gboolean dmig_output_write(const char *path, const char *text, gboolean force,
                           gboolean *out_written, GError **error);

/* The same for several files in a folder, which is made where it is missing: `files` are
 * DmigWrittenFile*. YAML that is there besides is no part of them, and refused. */
gboolean dmig_output_write_folder(const char *folder, GPtrArray *files, gboolean force,
                                  GError **error);
