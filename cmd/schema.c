#include <stdio.h>

#include "cmd/table.h"
#include "core/domain/reader.h"

static gboolean
run_schema(DmigContext *context, int argc, char **argv, GError **error)
{
  gboolean done, change_file = FALSE;
  const GOptionEntry entries[] = {
    { "change-file", 0, 0, G_OPTION_ARG_NONE, &change_file, "That of change.yaml", NULL },
    G_OPTION_ENTRY_NULL,
  };
  if (!dmig_command_parse(context, entries, &argc, &argv, &done, error))
    return FALSE;
  if (done)
    return TRUE;
  if (!dmig_command_at_most(context, argc, argv, 0, error))
    return FALSE;
  g_autofree char *schema
      = change_file ? dmig_change_file_json_schema() : dmig_domain_json_schema();
  fputs(schema, stdout);
  if (!g_str_has_suffix(schema, "\n"))
    putchar('\n');
  return TRUE;
}

const DmigCommand dmig_command_schema = {
  .name = "schema",
  .group = DMIG_GROUP_UPKEEP,
  .summary = "Print the JSON Schema of the domain format, for editors",
  .usage = "[--change-file]",
  .examples = "dmig schema >domain.schema.json\n"
              "dmig schema --change-file >change.schema.json",
  .description = "An editor with a YAML language server checks and completes a domain that begins\n"
                 "with '# yaml-language-server: $schema=domain.schema.json'.",
  .run = run_schema,
};
