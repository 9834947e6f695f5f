#include "cmd/run.h"
#include "cmd/table.h"

static gboolean
look(DmigContext *context, const DmigRevision *to, const DmigRunOptions *options, GError **error)
{
  g_autoptr(DmigDatabase) db = NULL;
  g_autoptr(DmigRevision) at = NULL;
  const DmigDialect *dialect = NULL;
  return dmig_target_look(context, options->target, &db, &dialect, error)
         && dmig_target_position(context, db, NULL, &at, error)
         && dmig_run_dry(context, dialect, at, to, options, error);
}

static gboolean
is_same(const DmigRevision *a, const DmigRevision *b)
{
  return g_strcmp0(a != NULL ? a->id : NULL, b != NULL ? b->id : NULL) == 0;
}

/* Another run may bring the database somewhere between the look at it and the lock, all the more
 * where this one waits for the lock. Then this one goes on from there. */
static gboolean
run_from_where_it_is(DmigContext *context, DmigDatabase *db, const DmigRevision *to,
                     const DmigRunOptions *options, GError **error)
{
  g_autoptr(DmigRevision) at = NULL;
  if (!dmig_target_position(context, db, NULL, &at, error))
    return FALSE;
  for (;;) {
    g_autoptr(GError) problem = NULL;
    if (dmig_run(context, db, at, to, options, &problem))
      return TRUE;
    g_autoptr(DmigRevision) now = NULL;
    if (!g_error_matches(problem, DMIG_ERROR, DMIG_ERROR_DRIFT)
        || !dmig_target_position(context, db, NULL, &now, NULL) || is_same(at, now)) {
      g_propagate_error(error, g_steal_pointer(&problem));
      return FALSE;
    }
    dmig_revision_free(at);
    at = g_steal_pointer(&now);
  }
}

static gboolean
apply(DmigContext *context, const char *spec, const DmigRunOptions *options, GError **error)
{
  DmigStore *store = dmig_context_store(context, error);
  g_autoptr(DmigRevision) to = store != NULL ? dmig_store_revision(store, spec, error) : NULL;
  if (to == NULL)
    return FALSE;
  if (options->dry_run)
    return look(context, to, options, error);
  g_autoptr(DmigDatabase) db = NULL;
  return dmig_target_open(context, options->target, DMIG_OPEN_CREATE, &db, error)
         && run_from_where_it_is(context, db, to, options, error);
}

static gboolean
run_apply(DmigContext *context, int argc, char **argv, GError **error)
{
  gboolean done;
  g_auto(DmigRunOptions) options = { 0 };
  g_autofree GOptionEntry *entries = dmig_run_entries(&options);
  if (!dmig_command_parse(context, entries, &argc, &argv, &done, error))
    return FALSE;
  if (done)
    return TRUE;
  return dmig_command_at_most(context, argc, argv, 1, error)
         && apply(context, argc > 1 ? argv[1] : "HEAD", &options, error);
}

const DmigCommand dmig_command_apply = {
  .name = "apply",
  .group = DMIG_GROUP_DATABASES,
  .summary = "Bring a database to a revision",
  .usage = "[-t TARGET|URL] [--dry-run] [--allow-data-loss] [--wait SECONDS] [REV]",
  .examples = "dmig apply                      # the default target, to HEAD\n"
              "dmig apply -t prod v1.4         # another target, to another revision\n"
              "dmig apply --dry-run            # print the SQL that would run\n"
              "dmig apply --allow-data-loss    # also where it loses data",
  .description
  = "Each revision runs in a transaction together with the record that it ran. Another\n"
    "run on the same database ends this one with status 4. What would lose data is\n"
    "named and refused with status 3, unless it is allowed; on a terminal, typing\n"
    "the database's name allows it.",
  .run = run_apply,
};
