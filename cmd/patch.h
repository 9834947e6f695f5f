/* What differs between two texts, as `diff -u` shows it. */
#pragma once

#include <glib.h>

/* "" where they are the same. Owned. */
char *dmig_patch_new(const char *old_label, const char *new_label, const char *old_text,
                     const char *new_text);
