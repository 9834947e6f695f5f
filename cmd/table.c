#include "cmd/table.h"

#include <string.h>

#include "core/base/text.h"

const DmigCommand *const dmig_commands[] = {
  &dmig_command_init,
  &dmig_command_inspect,
  &dmig_command_validate,
  &dmig_command_status,
  &dmig_command_diff,
  &dmig_command_commit,
  &dmig_command_log,
  &dmig_command_show,
  &dmig_command_target,
  &dmig_command_plan,
  &dmig_command_apply,
  &dmig_command_revert,
  &dmig_command_check,
  &dmig_command_verify,
  &dmig_command_report,
  &dmig_command_drift,
  &dmig_command_baseline,
  &dmig_command_backup,
  &dmig_command_restore,
  &dmig_command_purge,
  &dmig_command_config,
  &dmig_command_hook,
  &dmig_command_schema,
  &dmig_command_help,
  &dmig_command_version,
  NULL,
};

const DmigCommand *
dmig_command_find(const char *name)
{
  for (guint i = 0; dmig_commands[i] != NULL; i++)
    if (strcmp(dmig_commands[i]->name, name) == 0)
      return dmig_commands[i];
  return NULL;
}

const char *
dmig_command_suggest(const char *name)
{
  g_autoptr(GPtrArray) names = g_ptr_array_new();
  for (guint i = 0; dmig_commands[i] != NULL; i++)
    g_ptr_array_add(names, (gpointer)dmig_commands[i]->name);
  g_ptr_array_add(names, NULL);
  return dmig_text_suggest(name, (const char *const *)names->pdata);
}
