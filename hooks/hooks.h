/* Hooks that dmig puts into the application's own Git repository. */
#pragma once

#include <glib.h>

#include "core/base/error.h"

/* Installs a pre-commit hook into the Git repository around `folder`, where Git would run it from
 * (core.hooksPath). A hook that is there already is kept and run first, and stays as it was after
 * uninstall. `dmig` is the program the hook calls. Owned path of the hook in `out_path`. */
gboolean dmig_hook_install(const char *folder, const char *dmig, char **out_path, GError **error);
gboolean dmig_hook_uninstall(const char *folder, char **out_path, GError **error);

/* The staged domain files of the Git repository around `folder`: DmigSource*, bytes from the
 * index. `domain` is the path of the domain's file or folder relative to `folder`; NULL:
 * `domain.yaml` or `domain/`, whichever is staged (DMIG_ERROR_USAGE for both). None are staged: no
 * sources, and no error. Works inside of `git commit` (GIT_INDEX_FILE is honoured). */
gboolean dmig_hook_staged_sources(const char *folder, const char *domain, GPtrArray **out_sources,
                                  GError **error);
/* Likewise the staged SQL file at `path`, or the .sql files below it, by name. DMIG_ERROR_NOT_FOUND where
 * none is staged. */
gboolean dmig_hook_staged_sql(const char *folder, const char *path, GPtrArray **out_sources,
                              GError **error);
