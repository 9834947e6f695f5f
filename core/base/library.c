#include "core/base/library.h"

#include <dlfcn.h>

#include "core/base/text.h"

#define OPENSSL "libcrypto.so.3"

static gboolean
fail(const char *file, const char *package, GError **error)
{
  const char *problem = dlerror();
  g_autofree char *reason = dmig_text_printable(problem != NULL ? problem : "a symbol is missing");
  g_set_error(error, DMIG_ERROR, DMIG_ERROR_FATAL, "cannot load %s (%s); install the package %s",
              file, reason, package);
  return FALSE;
}

gboolean
dmig_library_load(const char *file, const char *package, const DmigSymbol *symbols, gsize n,
                  GError **error)
{
  dlopen(OPENSSL, RTLD_LAZY | RTLD_LOCAL);
  /* Lazily, as at a program's start: nobody will call most of what comes along. */
  void *library = dlopen(file, RTLD_LAZY | RTLD_LOCAL);
  if (library == NULL)
    return fail(file, package, error);

  g_autofree gpointer *found = g_new(gpointer, n);
  for (gsize i = 0; i < n; i++) {
    found[i] = dlsym(library, symbols[i].name);
    if (found[i] != NULL)
      continue;
    fail(file, package, error);
    dlclose(library);
    return FALSE;
  }
  for (gsize i = 0; i < n; i++)
    *symbols[i].function = found[i];
  return TRUE;
}
