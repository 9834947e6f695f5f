#include "cmd/undo.h"

#include "cmd/chain.h"
#include "cmd/side.h"

/* Where the migration leads from, as a side. */
static DmigSide *
side_of_start(DmigContext *context, const DmigMigration *migration, GError **error)
{
  if (migration->from != NULL)
    return dmig_side_revision(context, migration->from, error);
  DmigSide *side = g_new0(DmigSide, 1);
  side->kind = DMIG_SIDE_REVISION;
  side->label = g_strdup("nothing");
  side->snapshot = dmig_snapshot_empty();
  return side;
}

/* What was renamed is to get its old name back, not to be dropped and made anew. The author's own
 * statements are left out: they are for who comes from the other end, not from somewhere between.
 */
static gboolean
find_transition(DmigContext *context, const DmigDialect *dialect, const DmigMigration *migration,
                DmigTransition **out, GError **error)
{
  DmigStore *store = dmig_context_store(context, error);
  g_autoptr(DmigRevision) revision =
      store != NULL ? dmig_store_revision(store, dmig_chain_revision(migration), error) : NULL;
  g_autoptr(DmigPassage) passage =
      revision != NULL ? dmig_passage_of_revision(context, revision, error) : NULL;
  if (passage == NULL)
    return FALSE;
  *out = dmig_passage_transition(passage, dialect, !migration->down, error);
  if (*out == NULL)
    return FALSE;
  g_clear_pointer(&(*out)->before_sql, g_free);
  g_clear_pointer(&(*out)->after_sql, g_free);
  g_ptr_array_set_size((*out)->checks, 0);
  return TRUE;
}

gboolean
dmig_undo(DmigContext *context, DmigDatabase *db, const DmigMigration *migration, const char *run,
          gboolean no_keep, GError **error)
{
  DmigTransition *transition = NULL;
  g_autoptr(DmigSchema) is = NULL;
  g_autoptr(DmigSchema) wanted = NULL;
  DmigSide target = { .kind = DMIG_SIDE_DATABASE, .label = db->name, .database = db };
  g_autoptr(DmigSide) start = side_of_start(context, migration, error);
  if (start == NULL ||
      !dmig_sides_schemas(context, &target, start, db->dialect, DMIG_OWNERS_LEFT_OUT, &is, &wanted,
                          error) ||
      !find_transition(context, db->dialect, migration, &transition, error))
    return FALSE;
  g_autoptr(DmigComparison) comparison = dmig_comparison_new(is, wanted, transition);
  return dmig_comparison_check(comparison, error) &&
         dmig_apply_undo(db, migration, comparison->plan, run, no_keep, error);
}
