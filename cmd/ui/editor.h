/* The user's editor. */
#pragma once

#include <glib.h>

#include "core/base/error.h"

/* Opens the files and waits until the editor is left: `configured` (core.editor) where it is not
 * NULL, after GIT_EDITOR and before VISUAL, EDITOR and vi, as Git chooses. */
gboolean dmig_editor_run(const char *configured, char *const *paths, GError **error);
