#include "core/db/postgres/libpq.h"

#include "core/base/library.h"

DmigLibpq dmig_libpq;

gboolean
dmig_libpq_load(GError **error)
{
#define SYMBOL(name) { "PQ" #name, (gpointer *) &dmig_libpq.name },
  static const DmigSymbol symbols[] = { DMIG_LIBPQ_FUNCTIONS(SYMBOL) };
#undef SYMBOL
  static gboolean loaded;
  if (!loaded)
    loaded = dmig_library_load("libpq.so.5", "libpq5", symbols, G_N_ELEMENTS(symbols), error);
  return loaded;
}
