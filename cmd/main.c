/* dmig: options of the program itself, then the command. */
#include <errno.h>
#include <langinfo.h>
#include <locale.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "cmd/command.h"
#include "cmd/ui/colour.h"
#include "cmd/ui/log.h"
#include "cmd/ui/message.h"
#include "cmd/ui/pager.h"

/* Widths and texts are UTF-8 everywhere, also where the environment names no locale; messages
 * stay in one language, so only LC_CTYPE is taken from it. */
static void
setup_locale(void)
{
  if (setlocale(LC_CTYPE, "") == NULL || strcmp(nl_langinfo(CODESET), "UTF-8") != 0)
    setlocale(LC_CTYPE, "C.UTF-8");
}

/* The value of `--name=value` or of `--name value`; NULL where argv[*i] is another option. */
static const char *
option_value(const char *name, int argc, char **argv, int *i, GError **error)
{
  gsize length = strlen(name);
  const char *argument = argv[*i];
  if (strncmp(argument, name, length) != 0)
    return NULL;
  if (length > 2 && argument[length] == '=')
    return argument + length + 1;
  if (argument[length] != '\0')
    return NULL;
  if (*i + 1 < argc)
    return argv[++*i];
  g_set_error(error, DMIG_ERROR, DMIG_ERROR_USAGE, "option '%s' needs a value; see 'dmig help'",
              name);
  return NULL;
}

static gboolean
change_folder(const char *folder, GError **error)
{
  if (*folder == '\0' || chdir(folder) == 0)
    return TRUE;
  g_set_error(error, DMIG_ERROR, DMIG_ERROR_FATAL, "cannot change to '%s': %s", folder,
              g_strerror(errno));
  return FALSE;
}

static gboolean
set_colour(const char *mode_name, GError **error)
{
  DmigColourMode mode;
  if (dmig_colour_mode_parse(mode_name, &mode)) {
    dmig_colour_setup(mode);
    return TRUE;
  }
  g_set_error(error, DMIG_ERROR, DMIG_ERROR_USAGE, "--color=%s: it is 'auto', 'always' or 'never'",
              mode_name);
  return FALSE;
}

static gboolean
set_log_format(const char *name, GError **error)
{
  if (dmig_log_set_format(name))
    return TRUE;
  g_set_error(error, DMIG_ERROR, DMIG_ERROR_USAGE, "--log-format=%s: it is 'text' or 'json'", name);
  return FALSE;
}

static gboolean
add_setting(DmigContext *context, const char *setting, GError **error)
{
  if (strchr(setting, '=') == NULL || setting[0] == '=') {
    g_set_error(error, DMIG_ERROR, DMIG_ERROR_USAGE, "-c %s: it must be key=value", setting);
    return FALSE;
  }
  g_ptr_array_add(context->config, g_strdup(setting));
  return TRUE;
}

static gboolean
parse_one(DmigContext *context, int argc, char **argv, int *i, GError **error)
{
  GError *problem = NULL;
  const char *value;
  gboolean ok;
  if ((value = option_value("-C", argc, argv, i, &problem)) != NULL)
    ok = change_folder(value, &problem);
  else if (problem == NULL && (value = option_value("-c", argc, argv, i, &problem)) != NULL)
    ok = add_setting(context, value, &problem);
  else if (problem == NULL && (value = option_value("--log-format", argc, argv, i, &problem)) != NULL)
    ok = set_log_format(value, &problem);
  else if (problem == NULL && (value = option_value("--git-dir", argc, argv, i, &problem)) != NULL)
    ok = g_setenv("DMIG_DIR", context->git_dir = value, TRUE);
  else if (problem == NULL && g_str_has_prefix(argv[*i], "--color="))
    ok = set_colour(argv[*i] + strlen("--color="), &problem);
  else if (problem == NULL && strcmp(argv[*i], "--color") == 0)
    ok = set_colour("always", &problem);
  else if (problem == NULL && strcmp(argv[*i], "--no-color") == 0)
    ok = set_colour("never", &problem);
  else if (problem == NULL && strcmp(argv[*i], "--no-pager") == 0)
    ok = context->no_pager = TRUE;
  else
    ok = FALSE;

  if (!ok && problem == NULL)
    g_set_error(&problem, DMIG_ERROR, DMIG_ERROR_USAGE, "unknown option '%s'; see 'dmig help'",
                argv[*i]);
  if (problem != NULL)
    g_propagate_error(error, problem);
  return ok;
}

/* `dmig-foo` on the PATH is `dmig foo`. Comes back only where there is none, or no such command. */
static gboolean
run_external(char **argv, GError **error)
{
  g_autofree char *program = g_strconcat("dmig-", argv[0], NULL);
  g_autofree char *path = strchr(argv[0], '/') == NULL ? g_find_program_in_path(program) : NULL;
  if (path != NULL) {
    g_autofree char **arguments = g_memdup2(argv, (g_strv_length(argv) + 1) * sizeof(char *));
    arguments[0] = program;
    execv(path, arguments);
    g_set_error(error, DMIG_ERROR, DMIG_ERROR_FATAL, "cannot run '%s': %s", path,
                g_strerror(errno));
    return FALSE;
  }
  const char *near = dmig_command_suggest(argv[0]);
  if (near != NULL)
    g_set_error(error, DMIG_ERROR, DMIG_ERROR_USAGE,
                "'%s' is not a dmig command; did you mean '%s'?", argv[0], near);
  else
    g_set_error(error, DMIG_ERROR, DMIG_ERROR_USAGE,
                "'%s' is not a dmig command; 'dmig help' lists them", argv[0]);
  return FALSE;
}

static gboolean
run(DmigContext *context, int argc, char **argv, GError **error)
{
  int i = 1;
  for (; i < argc && argv[i][0] == '-'; i++) {
    if (strcmp(argv[i], "--version") == 0)
      argv[i] = (char *)"version";
    else if (strcmp(argv[i], "--help") == 0 || strcmp(argv[i], "-h") == 0)
      argv[i] = (char *)"help";
    else if (parse_one(context, argc, argv, &i, error))
      continue;
    else
      return FALSE;
    break;
  }
  if (i == argc) {
    dmig_help_print_all();
    context->exit_status = 1;
    return TRUE;
  }
  context->command = dmig_command_find(argv[i]);
  if (context->command == NULL)
    return run_external(argv + i, error);
  return context->command->run(context, argc - i, argv + i, error);
}

int
main(int argc, char **argv)
{
  signal(SIGPIPE, SIG_DFL);
  setup_locale();
  dmig_colour_setup(DMIG_COLOUR_AUTO);

  g_autoptr(GPtrArray) config = g_ptr_array_new_with_free_func(g_free);
  DmigContext context = { .config = config };
  g_autoptr(GError) error = NULL;
  gboolean done = run(&context, argc, argv, &error);
  dmig_context_clear(&context);

  /* The error comes last, below what the pager shows. */
  gboolean written = dmig_pager_finish() || dmig_message_close_stdout();
  if (!done) {
    dmig_message_error(error);
    return context.signal != 0 ? 128 + context.signal : dmig_error_exit_status(error);
  }
  return written ? context.exit_status : 128;
}
