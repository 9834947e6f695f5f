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
 * been set.
 *
 * What comes along in one load is searched for every symbol of each part of it, so that OpenSSL,
 * which most of these need and which has thousands, is loaded on its own before: a twentieth of
 * what a short command takes. */
gboolean dmig_library_load(const char *file, const char *package, const DmigSymbol *symbols,
                           gsize n, GError **error);
