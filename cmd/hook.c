#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "cmd/project.h"
#include "cmd/run_hooks.h"
#include "cmd/subcommand.h"
#include "cmd/table.h"
#include "cmd/ui/message.h"
#include "cmd/ui/table.h"
#include "hooks/hooks.h"
#include "hooks/run.h"

/* How the hook calls this program: by its name where the PATH leads to it, else by its path. */
static char *
own_program(void)
{
  struct stat self, found;
  g_autofree char *in_path = g_find_program_in_path("dmig");
  if (in_path != NULL && stat("/proc/self/exe", &self) == 0 && stat(in_path, &found) == 0
      && self.st_dev == found.st_dev && self.st_ino == found.st_ino)
    return g_strdup("dmig");
  char *path = g_file_read_link("/proc/self/exe", NULL);
  return path != NULL ? path : g_strdup("dmig");
}

static gboolean
run_install(DmigContext *context, char **arguments, gconstpointer options, GError **error)
{
  g_autofree char *folder = dmig_project_folder(context);
  g_autofree char *program = own_program();
  g_autofree char *path = NULL;
  if (!dmig_hook_install(folder, program, &path, error))
    return FALSE;
  dmig_message("Installed %s: 'git commit' checks the staged domain first", path);
  return TRUE;
}

static gboolean
run_uninstall(DmigContext *context, char **arguments, gconstpointer options, GError **error)
{
  g_autofree char *folder = dmig_project_folder(context);
  g_autofree char *path = NULL;
  if (!dmig_hook_uninstall(folder, &path, error))
    return FALSE;
  dmig_message("Took dmig's hook out of %s", path);
  return TRUE;
}

/* --- scripts around runs --------------------------------------------------------------------- */

static gboolean
run_list(DmigContext *context, char **arguments, gconstpointer options, GError **error)
{
  static const char *const words[] = { [DMIG_SCRIPT_NOT_EXECUTABLE] = "not executable",
                                       [DMIG_SCRIPT_UNTRUSTED] = "not trusted",
                                       [DMIG_SCRIPT_TRUSTED] = "runs" };
  g_autofree char *folder = dmig_run_hooks_folder(context, error);
  g_autoptr(DmigGrid) grid = dmig_grid_new("HOOK", "STATE", NULL);
  if (folder == NULL)
    return FALSE;
  for (const char *const *name = dmig_script_names; *name != NULL; name++) {
    DmigScriptState state = dmig_script_state(folder, *name, NULL);
    const char *const cells[] = { *name, words[state] };
    if (state != DMIG_SCRIPT_MISSING)
      dmig_grid_add(grid, cells);
  }
  if (dmig_grid_length(grid) == 0)
    dmig_message("There are no hooks in %s", folder);
  dmig_grid_print(grid);
  return TRUE;
}

static gboolean
is_hook(const char *name, GError **error)
{
  g_autofree char *all = g_strjoinv(", ", (char **) dmig_script_names);
  if (g_strv_contains(dmig_script_names, name))
    return TRUE;
  g_set_error(error, DMIG_ERROR, DMIG_ERROR_USAGE, "'%s' is no hook; there are %s", name, all);
  return FALSE;
}

static gboolean
set_trust(const char *folder, const char *name, gboolean trust, GError **error)
{
  g_autofree char *path = NULL;
  if (!dmig_script_trust(folder, name, trust, error))
    return FALSE;
  DmigScriptState state = dmig_script_state(folder, name, &path);
  dmig_message("%s %s", trust ? "From now on it runs, as it is now:" : "It does not run any more:",
               path != NULL ? path : name);
  if (trust && state == DMIG_SCRIPT_NOT_EXECUTABLE)
    dmig_message_hint("it is not executable yet: chmod +x %s", path);
  return TRUE;
}

/* Those that are named, or all that are there. */
static gboolean
trust_named(DmigContext *context, char **arguments, gboolean trust, GError **error)
{
  g_autofree char *folder = dmig_run_hooks_folder(context, error);
  gboolean any = FALSE;
  if (folder == NULL)
    return FALSE;
  for (char **name = arguments; *name != NULL; name++)
    if (!is_hook(*name, error) || !set_trust(folder, *name, trust, error))
      return FALSE;
  for (const char *const *name = dmig_script_names; arguments[0] == NULL && *name != NULL; name++) {
    if (dmig_script_state(folder, *name, NULL) == DMIG_SCRIPT_MISSING)
      continue;
    any = TRUE;
    if (!set_trust(folder, *name, trust, error))
      return FALSE;
  }
  if (!any && arguments[0] == NULL)
    dmig_message("There are no hooks in %s", folder);
  return TRUE;
}

static gboolean
run_trust(DmigContext *context, char **arguments, gconstpointer options, GError **error)
{
  return trust_named(context, arguments, TRUE, error);
}

static gboolean
run_distrust(DmigContext *context, char **arguments, gconstpointer options, GError **error)
{
  return trust_named(context, arguments, FALSE, error);
}

static const DmigSubcommand subcommands[] = {
  { "install", "", 0, 0, run_install },
  { "uninstall", "", 0, 0, run_uninstall },
  { "list", "", 0, 0, run_list },
  { "trust", "[HOOK…]", 0, 5, run_trust },
  { "distrust", "[HOOK…]", 0, 5, run_distrust },
  { .name = NULL },
};

static gboolean
run_hook(DmigContext *context, int argc, char **argv, GError **error)
{
  gboolean done;
  if (!dmig_command_parse(context, NULL, &argc, &argv, &done, error))
    return FALSE;
  if (done)
    return TRUE;
  /* Neither of them is what somebody would expect who only looks around. */
  if (argc < 2) {
    g_set_error(error, DMIG_ERROR, DMIG_ERROR_USAGE, "usage: dmig hook install | uninstall | list | trust [HOOK…] | distrust [HOOK…]");
    return FALSE;
  }
  return dmig_subcommand_run(context, subcommands, argc, argv, NULL, error);
}

const DmigCommand dmig_command_hook = {
  .name = "hook",
  .group = DMIG_GROUP_UPKEEP,
  .summary = "Check the domain at each Git commit; run scripts around runs",
  .usage = "install | uninstall | list | trust [HOOK…] | distrust [HOOK…]",
  .examples = "dmig hook install           # into the application's Git repository\n"
              "dmig hook list              # scripts around runs, in .dmig/hooks\n"
              "dmig hook trust pre-apply   # it runs from now on, as it is now",
  .description
  = "The pre-commit hook of the Git repository around the project runs 'dmig validate\n"
    "--staged' and stops the commit where there are mistakes in what is staged. A hook\n"
    "that is there already runs first, and comes back with 'uninstall'.\n"
    "\n"
    "Programs in .dmig/hooks called pre-apply, post-apply, pre-revert, post-revert and\n"
    "on-failure run around apply and revert, with JSON about the run on their standard\n"
    "input. A pre-hook that ends with another status than 0 stops the run before anything\n"
    "changes. None of them runs before 'trust' has recorded its bytes in your own\n"
    "configuration, so that a copied repository can't bring its own.",
  .run = run_hook,
};
