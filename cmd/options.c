#include "cmd/command.h"

#include <string.h>

#include "cmd/ui/colour.h"
#include "cmd/ui/log.h"
#include "core/base/text.h"

/* What every command takes besides its own options. */
typedef struct {
  char *color, *log_format;
  gboolean no_color, no_pager, help;
} CommonOptions;

static gboolean
takes_value(const GOptionEntry *entry)
{
  return entry->arg != G_OPTION_ARG_NONE;
}

static gboolean
value_is_optional(const GOptionEntry *entry)
{
  return entry->arg_description != NULL && g_str_has_prefix(entry->arg_description, "[=");
}

static const GOptionEntry *
find_short(const GOptionEntry *entries, char letter)
{
  for (; entries != NULL && entries->long_name != NULL; entries++)
    if (entries->short_name == letter)
      return entries;
  return NULL;
}

static const GOptionEntry *
find_long(const GOptionEntry *entries, const char *name)
{
  for (; entries != NULL && entries->long_name != NULL; entries++)
    if (strcmp(entries->long_name, name) == 0)
      return entries;
  return NULL;
}

/* `-n5` as `-n` `5`, which GLib does not know; `-5` likewise where there is an `-n`. TRUE where
 * the next argument is the value. */
static gboolean
push_short(GPtrArray *out, const GOptionEntry *entries, const char *argument)
{
  if (g_ascii_isdigit(argument[1]) && find_short(entries, 'n') != NULL) {
    g_ptr_array_add(out, g_strdup("-n"));
    g_ptr_array_add(out, g_strdup(argument + 1));
    return FALSE;
  }
  for (gsize i = 1; argument[i] != '\0'; i++) {
    const GOptionEntry *entry = find_short(entries, argument[i]);
    if (entry == NULL || !takes_value(entry))
      continue;
    g_ptr_array_add(out, g_strndup(argument, i + 1));
    if (argument[i + 1] == '\0')
      return TRUE;
    g_ptr_array_add(out, g_strdup(argument + i + 1));
    return FALSE;
  }
  g_ptr_array_add(out, g_strdup(argument));
  return FALSE;
}

static gboolean
push_argument(GPtrArray *out, const GOptionEntry *entries, const char *argument)
{
  if (argument[0] != '-' || argument[1] == '\0') {
    g_ptr_array_add(out, g_strdup(argument));
    return FALSE;
  }
  if (argument[1] != '-')
    return push_short(out, entries, argument);
  const GOptionEntry *entry = find_long(entries, argument + 2);
  gboolean optional = entry != NULL && value_is_optional(entry);
  g_ptr_array_add(out, optional ? g_strconcat(argument, "=", NULL) : g_strdup(argument));
  return entry != NULL && takes_value(entry) && !optional;
}

static void
set_unknown(DmigContext *context, const GOptionEntry *entries, const GError *problem,
            GError **error)
{
  const char *name = context->command->name;
  const char *option = strrchr(problem->message, ' ');
  if (!g_error_matches(problem, G_OPTION_ERROR, G_OPTION_ERROR_UNKNOWN_OPTION) || option == NULL) {
    g_set_error(error, DMIG_ERROR, DMIG_ERROR_USAGE, "%s; see 'dmig help %s'", problem->message,
                name);
    return;
  }
  option++;
  g_autofree char *word = g_strdup(option + strspn(option, "-"));
  word[strcspn(word, "=")] = '\0';
  g_autoptr(GPtrArray) names = g_ptr_array_new();
  for (; entries != NULL && entries->long_name != NULL; entries++)
    g_ptr_array_add(names, (gpointer)entries->long_name);
  g_ptr_array_add(names, NULL);
  const char *near = dmig_text_suggest(word, (const char *const *)names->pdata);
  if (near != NULL)
    g_set_error(error, DMIG_ERROR, DMIG_ERROR_USAGE,
                "unknown option '%s' of 'dmig %s'; did you mean '--%s'?", option, name, near);
  else
    g_set_error(error, DMIG_ERROR, DMIG_ERROR_USAGE,
                "unknown option '%s' of 'dmig %s'; see 'dmig help %s'", option, name, name);
}

static gboolean
carry_out_common(DmigContext *context, const CommonOptions *common, GError **error)
{
  DmigColourMode mode = DMIG_COLOUR_NEVER;
  context->no_pager |= common->no_pager;
  if (common->log_format != NULL && !dmig_log_set_format(common->log_format)) {
    g_set_error(error, DMIG_ERROR, DMIG_ERROR_USAGE, "--log-format=%s: it is 'text' or 'json'",
                common->log_format);
    return FALSE;
  }
  if (common->color != NULL
      && !dmig_colour_mode_parse(*common->color != '\0' ? common->color : "always", &mode)) {
    g_set_error(error, DMIG_ERROR, DMIG_ERROR_USAGE,
                "--color=%s: it is 'auto', 'always' or 'never'", common->color);
    return FALSE;
  }
  if (common->color != NULL || common->no_color)
    dmig_colour_setup(mode);
  return TRUE;
}

/* The arguments up to `--`, spelled as GLib takes them; `out_separator` is where that stands. */
static GPtrArray *
spell_options(const GOptionEntry *own, const GOptionEntry *common, int argc, char **argv,
              int *out_separator)
{
  g_autoptr(GArray) all = g_array_new(TRUE, TRUE, sizeof(GOptionEntry));
  for (; own != NULL && own->long_name != NULL; own++)
    g_array_append_val(all, *own);
  for (; common->long_name != NULL; common++)
    g_array_append_val(all, *common);

  const GOptionEntry *entries = (const GOptionEntry *) (gpointer)all->data;
  GPtrArray *out = g_ptr_array_new();
  int i = 0;
  for (; i < argc && strcmp(argv[i], "--") != 0; i++)
    if (push_argument(out, entries, argv[i]) && i + 1 < argc)
      g_ptr_array_add(out, g_strdup(argv[++i]));
  *out_separator = i;
  return out;
}

/* GLib takes what it understands out of the array and leaves the strings to us. */
static void
keep_arguments(DmigContext *context, GPtrArray *spelled)
{
  if (context->arguments == NULL)
    context->arguments = g_ptr_array_new_with_free_func(g_free);
  for (guint i = 0; i < spelled->len; i++)
    g_ptr_array_add(context->arguments, g_ptr_array_index(spelled, i));
}

static void
common_options_clear(CommonOptions *self)
{
  g_free(self->color);
  g_free(self->log_format);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(CommonOptions, common_options_clear)

gboolean
dmig_command_parse(DmigContext *context, const GOptionEntry *entries, int *argc, char ***argv,
                   gboolean *out_done, GError **error)
{
  g_auto(CommonOptions) common = { 0 };
  const GOptionEntry common_entries[] = {
    { "color", 0, 0, G_OPTION_ARG_STRING, &common.color, NULL, "[=WHEN]" },
    { "log-format", 0, 0, G_OPTION_ARG_STRING, &common.log_format, NULL, "FORMAT" },
    { "no-color", 0, 0, G_OPTION_ARG_NONE, &common.no_color, NULL, NULL },
    { "no-pager", 0, 0, G_OPTION_ARG_NONE, &common.no_pager, NULL, NULL },
    { "help", 'h', 0, G_OPTION_ARG_NONE, &common.help, NULL, NULL },
    G_OPTION_ENTRY_NULL,
  };
  int separator;
  GPtrArray *spelled = spell_options(entries, common_entries, *argc, *argv, &separator);
  int count = spelled->len;
  keep_arguments(context, spelled);
  int behind = MAX(*argc - separator - 1, 0);
  g_ptr_array_set_size(spelled, count + behind + 1);
  char **options = (char **) g_ptr_array_free(spelled, FALSE);
  g_ptr_array_add(context->arguments, options);

  g_autoptr(GOptionContext) parser = g_option_context_new(NULL);
  g_option_context_set_help_enabled(parser, FALSE);
  if (entries != NULL)
    g_option_context_add_main_entries(parser, entries, NULL);
  g_option_context_add_main_entries(parser, common_entries, NULL);
  g_autoptr(GError) problem = NULL;
  gboolean parsed = g_option_context_parse(parser, &count, &options, &problem);
  if (!parsed) {
    set_unknown(context, entries, problem, error);
    return FALSE;
  }
  if (!carry_out_common(context, &common, error))
    return FALSE;

  for (int i = 0; i < behind; i++)
    options[count++] = (*argv)[separator + 1 + i];
  options[count] = NULL;
  *argc = count;
  *argv = options;
  *out_done = common.help;
  if (common.help)
    dmig_help_print_command(context->command, entries);
  return TRUE;
}

gboolean
dmig_command_at_most(DmigContext *context, int argc, char **argv, int max, GError **error)
{
  if (argc - 1 <= max)
    return TRUE;
  g_set_error(error, DMIG_ERROR, DMIG_ERROR_USAGE,
              "'%s' is one argument too many; usage: dmig %s %s", argv[max + 1],
              context->command->name, context->command->usage);
  return FALSE;
}
