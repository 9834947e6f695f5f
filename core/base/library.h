/* A shared library that is loaded when it is first needed: what a program does not use, it should
 * not wait for at its start. */
#pragma once

#include <glib.h>

#include "core/base/error.h"

typedef struct {
  const char *name;
  gpointer *function; /* set to where the symbol is */
} DmigSymbol;

/* Loads `file`, by its soname ("libpq.so.5"), and finds all `n` symbols in it. The library stays
 * until the process ends. DMIG_ERROR_FATAL, which tells to install `package`; then no function has
 * been set. */
gboolean dmig_library_load(const char *file, const char *package, const DmigSymbol *symbols, gsize n,
                           GError **error);
