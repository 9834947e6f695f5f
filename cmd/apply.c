#include "cmd/run.h"
#include "cmd/table.h"

static gboolean
look(DmigContext *context, const DmigRevision *to, const DmigRunOptions *options, GError **error)
{
  g_autoptr(DmigDatabase) db = NULL;
  g_auto(DmigPosition) at = { 0 };
  const DmigDialect *dialect = NULL;
  return dmig_target_look(context, options->target, &db, &dialect, error)
         && dmig_target_position(context, db, &at.state, &at.revision, error)
         && dmig_run_dry(context, dialect, &at, to, options, error);
}

/* What was begun upwards, and is not wanted: where to go is where it came from. */
static gboolean
is_wanted_back(const DmigPosition *at, const DmigRevision *to)
{
  return dmig_position_is_half_way(at) && !at->state->interrupted->down
         && g_strcmp0(at->state->interrupted->from, to->id) == 0;
}

/* Another run may bring the database somewhere between the look at it and the lock, all the more
 * where this one waits for the lock. Then this one goes on from there. */
static gboolean
run_from_where_it_is(DmigContext *context, DmigDatabase *db, const DmigRevision *to,
                     const DmigRunOptions *options, GError **error)
{
  g_auto(DmigPosition) at = { 0 };
  if (!dmig_target_position(context, db, &at.state, &at.revision, error))
    return FALSE;
  for (;;) {
    g_autoptr(GError) problem = NULL;
    if (is_wanted_back(&at, to) ? dmig_run_take_back(context, db, &at, options, &problem)
                                : dmig_run(context, db, &at, to, options, &problem))
      return TRUE;
    if (!dmig_position_follow(context, db, &at, problem)) {
      g_propagate_error(error, g_steal_pointer(&problem));
      return FALSE;
    }
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
