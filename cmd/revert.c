#include "cmd/run.h"
#include "cmd/table.h"

/* Where to: the revision that `spec` names; one back from `at` where it is NULL; "nothing" is
 * before the first revision. */
static gboolean
find_end(DmigStore *store, const DmigRevision *at, const char *spec, DmigRevision **out,
         GError **error)
{
  *out = NULL;
  if (spec == NULL)
    spec = at->parents[0];
  if (spec == NULL || g_str_equal(spec, "nothing"))
    return TRUE;
  *out = dmig_store_revision(store, spec, error);
  return *out != NULL;
}

static gboolean
revert(DmigContext *context, const char *spec, const DmigRunOptions *options, GError **error)
{
  DmigStore *store = dmig_context_store(context, error);
  g_autoptr(DmigDatabase) db = NULL;
  g_autoptr(DmigRevision) at = NULL;
  g_autoptr(DmigRevision) to = NULL;
  DmigOpenFlags flags = options->dry_run ? DMIG_OPEN_READ_ONLY : 0;
  if (store == NULL || !dmig_target_open(context, options->target, flags, &db, error)
      || !dmig_target_position(context, db, NULL, &at, error)
      || (at != NULL && !find_end(store, at, spec, &to, error)))
    return FALSE;
  return options->dry_run ? dmig_run_dry(context, db->dialect, at, to, options, error)
                          : dmig_run(context, db, at, to, options, error);
}

static gboolean
run_revert(DmigContext *context, int argc, char **argv, GError **error)
{
  gboolean done;
  g_auto(DmigRunOptions) options = { 0 };
  g_autofree GOptionEntry *entries = dmig_run_entries(&options);
  if (!dmig_command_parse(context, entries, &argc, &argv, &done, error))
    return FALSE;
  if (done)
    return TRUE;
  return dmig_command_at_most(context, argc, argv, 1, error)
         && revert(context, argc > 1 ? argv[1] : NULL, &options, error);
}

const DmigCommand dmig_command_revert = {
  .name = "revert",
  .group = DMIG_GROUP_DATABASES,
  .summary = "Take a database back to an earlier revision",
  .usage = "[-t TARGET|URL] [--dry-run] [--allow-data-loss] [--wait SECONDS] [REV | nothing]",
  .examples = "dmig revert                     # one revision back\n"
              "dmig revert v1.3                # to that revision\n"
              "dmig revert nothing             # everything that was ever applied\n"
              "dmig revert --dry-run           # print the SQL that would run",
  .description = "Runs the downgrades that were committed, newest first. What only the newer\n"
                 "revision can hold is lost, which needs --allow-data-loss, or on a terminal the\n"
                 "database's name typed in.",
  .run = run_revert,
};
