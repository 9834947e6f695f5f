#include "cmd/scratches.h"

#include <stdlib.h>

#include "cmd/side.h"

static GHashTable *scratches; /* const DmigDialect * -> DmigScratch * */

static void
free_scratches(void)
{
  g_clear_pointer(&scratches, g_hash_table_unref);
}

DmigScratch *
dmig_scratch_for(DmigContext *context, const DmigDialect *dialect)
{
  if (scratches == NULL) {
    scratches = g_hash_table_new_full(NULL, NULL, NULL, (GDestroyNotify) dmig_scratch_free);
    atexit(free_scratches);
  }
  DmigScratch *scratch = g_hash_table_lookup(scratches, dialect);
  if (scratch == NULL) {
    scratch = dmig_side_scratch(context, dialect);
    g_hash_table_insert(scratches, (gpointer) dialect, scratch);
  }
  return scratch;
}
