/* Running the git program: it knows where hooks and the index are, better than any library. */
#pragma once

#include <glib.h>

#include "core/base/error.h"

/* The application's Git repository around a folder. */
typedef struct {
  char *folder;       /* absolute */
  char *top;          /* of the working tree, absolute */
  char **environment; /* for git: what a hook is given, made independent of the current folder */
} DmigGit;

/* DMIG_ERROR_FATAL where there is no Git repository around `folder`, or no git. */
gboolean dmig_git_find(DmigGit *self, const char *folder, GError **error);
void dmig_git_clear(DmigGit *self);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(DmigGit, dmig_git_clear)

/* Runs `git` with `arguments` (NULL-terminated) in `where` and gives its standard output. `input`
 * (or NULL) is its standard input. DMIG_ERROR_FATAL with git's own words where it fails. */
gboolean dmig_git_run(const DmigGit *self, const char *where, const char *const *arguments,
                      GBytes *input, GBytes **out_output, GError **error);
