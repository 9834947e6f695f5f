#include "cmd/subcommand.h"

#include <string.h>

#include "core/base/text.h"

static const DmigSubcommand *
find(const DmigSubcommand *subcommands, const char *name)
{
  for (; subcommands->name != NULL; subcommands++)
    if (strcmp(subcommands->name, name) == 0)
      return subcommands;
  return NULL;
}

static gboolean
fail_unknown(const DmigContext *context, const DmigSubcommand *subcommands, const char *word,
             GError **error)
{
  g_autoptr(GPtrArray) names = g_ptr_array_new();
  for (; subcommands->name != NULL; subcommands++)
    g_ptr_array_add(names, (gpointer)subcommands->name);
  g_ptr_array_add(names, NULL);

  const char *command = context->command->name;
  g_autofree char *list = g_strjoinv(", ", (char **) names->pdata);
  const char *near
      = word != NULL ? dmig_text_suggest(word, (const char *const *)names->pdata) : NULL;
  if (word == NULL)
    g_set_error(error, DMIG_ERROR, DMIG_ERROR_USAGE, "dmig %s needs a word more: %s", command,
                list);
  else if (near != NULL)
    g_set_error(error, DMIG_ERROR, DMIG_ERROR_USAGE, "there is no 'dmig %s %s'; did you mean '%s'?",
                command, word, near);
  else
    g_set_error(error, DMIG_ERROR, DMIG_ERROR_USAGE, "there is no 'dmig %s %s', but these: %s",
                command, word, list);
  return FALSE;
}

gboolean
dmig_subcommand_run(DmigContext *context, const DmigSubcommand *subcommands, int argc, char **argv,
                    gconstpointer options, GError **error)
{
  const char *word = argc > 1 ? argv[1] : NULL;
  const DmigSubcommand *subcommand = word != NULL ? find(subcommands, word) : subcommands;
  if (subcommand == NULL || (word == NULL && subcommand->max > 0))
    return fail_unknown(context, subcommands, word, error);

  int given = MAX(argc - 2, 0);
  if (given < subcommand->min || given > subcommand->max) {
    g_set_error(error, DMIG_ERROR, DMIG_ERROR_USAGE, "usage: dmig %s %s%s%s",
                context->command->name, subcommand->name, *subcommand->usage != '\0' ? " " : "",
                subcommand->usage);
    return FALSE;
  }
  return subcommand->run(context, argv + MIN(argc, 2), options, error);
}
