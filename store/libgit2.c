#include "store/libgit2.h"

#include "core/base/library.h"

DmigLibgit2 dmig_libgit2;

/* The version whose headers this is compiled with: others have other structs. */
gboolean
dmig_libgit2_load(GError **error)
{
#define SYMBOL(name) { "git_" #name, (gpointer *) &dmig_libgit2.name },
  static const DmigSymbol symbols[] = { DMIG_LIBGIT2_FUNCTIONS(SYMBOL) };
#undef SYMBOL
  return dmig_library_load("libgit2.so." LIBGIT2_SOVERSION, "libgit2-" LIBGIT2_SOVERSION, symbols,
                           G_N_ELEMENTS(symbols), error);
}
