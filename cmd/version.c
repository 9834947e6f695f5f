#include "cmd/table.h"

#include <stdio.h>

static gboolean
run_version(DmigContext *context, int argc, char **argv, GError **error)
{
  gboolean done;
  if (!dmig_command_parse(context, NULL, &argc, &argv, &done, error))
    return FALSE;
  if (done)
    return TRUE;
  if (!dmig_command_at_most(context, argc, argv, 0, error))
    return FALSE;
  printf("dmig version %s\n", DMIG_VERSION);
  return TRUE;
}

const DmigCommand dmig_command_version = {
  .name = "version",
  .group = DMIG_GROUP_UPKEEP,
  .summary = "Print the version of dmig",
  .usage = "",
  .examples = "dmig version\n"
              "dmig --version",
  .run = run_version,
};
