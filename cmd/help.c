#include "cmd/table.h"

#include <stdio.h>
#include <string.h>

#include "cmd/ui/colour.h"

static const char *const group_titles[DMIG_GROUPS] = {
  [DMIG_GROUP_START] = "start a project",
  [DMIG_GROUP_WORK] = "work on the domain",
  [DMIG_GROUP_HISTORY] = "look at the history",
  [DMIG_GROUP_DATABASES] = "bring databases along",
  [DMIG_GROUP_UPKEEP] = "upkeep",
};

static void
print_heading(const char *text)
{
  printf("%s%s%s\n", dmig_colour(DMIG_COLOUR_BOLD), text, dmig_colour(DMIG_COLOUR_RESET));
}

static void
print_indented(const char *text)
{
  g_auto(GStrv) lines = g_strsplit(text, "\n", -1);
  for (guint i = 0; lines[i] != NULL; i++)
    if (*lines[i] != '\0' || lines[i + 1] != NULL)
      printf("%s%s\n", *lines[i] != '\0' ? "  " : "", lines[i]);
}

static char *
option_spelling(const GOptionEntry *entry)
{
  const char *value = entry->arg_description;
  g_autofree char *letter
      = entry->short_name != '\0' ? g_strdup_printf("-%c, ", entry->short_name) : g_strdup("    ");
  if (value == NULL)
    return g_strdup_printf("%s--%s", letter, entry->long_name);
  const char *between = g_str_has_prefix(value, "[=") ? "" : "=";
  return g_strdup_printf("%s--%s%s%s", letter, entry->long_name, between, value);
}

static void
print_options(const GOptionEntry *entries)
{
  gsize width = 0;
  for (const GOptionEntry *e = entries; e->long_name != NULL; e++) {
    g_autofree char *spelling = option_spelling(e);
    width = MAX(width, strlen(spelling));
  }
  for (const GOptionEntry *e = entries; e->long_name != NULL; e++) {
    g_autofree char *spelling = option_spelling(e);
    printf("  %-*s  %s\n", (int) width, spelling, e->description);
  }
}

void
dmig_help_print_command(const DmigCommand *command, const GOptionEntry *entries)
{
  printf("dmig %s - %s\n\n", command->name, command->summary);
  print_heading("Examples");
  print_indented(command->examples);
  printf("\n");
  print_heading("Usage");
  printf("  dmig %s %s\n", command->name, command->usage);
  if (command->description != NULL) {
    printf("\n");
    print_heading("What it does");
    print_indented(command->description);
  }
  if (entries != NULL && entries->long_name != NULL) {
    printf("\n");
    print_heading("Options");
    print_options(entries);
  }
}

static void
print_group(DmigCommandGroup group)
{
  printf("\n");
  print_heading(group_titles[group]);
  for (guint i = 0; dmig_commands[i] != NULL; i++)
    if (dmig_commands[i]->group == group)
      printf("   %s%-10s%s %s\n", dmig_colour(DMIG_COLOUR_CYAN), dmig_commands[i]->name,
             dmig_colour(DMIG_COLOUR_RESET), dmig_commands[i]->summary);
}

void
dmig_help_print_all(void)
{
  printf("dmig keeps every version of a database's schema, and takes databases between them.\n\n"
         "usage: dmig [-C FOLDER] [-c KEY=VALUE] [--git-dir=FOLDER] [--color=WHEN] [--no-pager]\n"
         "            COMMAND [ARGUMENTS]\n");
  for (guint group = 0; group < DMIG_GROUPS; group++)
    print_group((DmigCommandGroup)group);
  printf("\n'dmig help COMMAND' shows examples and options of one.\n");
}

static gboolean
run_help(DmigContext *context, int argc, char **argv, GError **error)
{
  gboolean done;
  if (!dmig_command_parse(context, NULL, &argc, &argv, &done, error))
    return FALSE;
  if (done)
    return TRUE;
  if (!dmig_command_at_most(context, argc, argv, 1, error))
    return FALSE;
  if (argc == 1) {
    dmig_help_print_all();
    return TRUE;
  }
  const DmigCommand *about = dmig_command_find(argv[1]);
  if (about != NULL && about != context->command) {
    static char *arguments[] = { NULL, (char *)"--help", NULL };
    arguments[0] = (char *) about->name;
    context->command = about;
    return about->run(context, 2, arguments, error);
  }
  if (about != NULL) {
    dmig_help_print_command(about, NULL);
    return TRUE;
  }
  const char *near = dmig_command_suggest(argv[1]);
  g_set_error(error, DMIG_ERROR, DMIG_ERROR_USAGE, "there is no command '%s'%s%s%s", argv[1],
              near != NULL ? "; did you mean '" : "; 'dmig help' lists them",
              near != NULL ? near : "", near != NULL ? "'?" : "");
  return FALSE;
}

const DmigCommand dmig_command_help = {
  .name = "help",
  .group = DMIG_GROUP_UPKEEP,
  .summary = "Show how to use dmig, or one of its commands",
  .usage = "[COMMAND]",
  .examples = "dmig help          # all commands\n"
              "dmig help commit   # examples and options of one",
  .run = run_help,
};
