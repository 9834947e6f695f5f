#include <string.h>
#include <sys/stat.h>

#include "cmd/project.h"
#include "cmd/subcommand.h"
#include "cmd/table.h"
#include "cmd/ui/message.h"
#include "hooks/hooks.h"

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

static const DmigSubcommand subcommands[] = {
  { "install", "", 0, 0, run_install },
  { "uninstall", "", 0, 0, run_uninstall },
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
    g_set_error(error, DMIG_ERROR, DMIG_ERROR_USAGE, "usage: dmig hook install | uninstall");
    return FALSE;
  }
  return dmig_subcommand_run(context, subcommands, argc, argv, NULL, error);
}

const DmigCommand dmig_command_hook = {
  .name = "hook",
  .group = DMIG_GROUP_UPKEEP,
  .summary = "Check the domain at each commit of the application's repository",
  .usage = "install | uninstall",
  .examples = "dmig hook install\n"
              "dmig hook uninstall",
  .description
  = "The pre-commit hook of the Git repository around the project runs 'dmig validate\n"
    "--staged' and stops the commit where there are mistakes in what is staged. A hook\n"
    "that is there already runs first, and comes back with 'uninstall'.",
  .run = run_hook,
};
