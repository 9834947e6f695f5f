/* Commands of several words: `dmig target add`. */
#pragma once

#include "cmd/command.h"

typedef struct {
  const char *name;
  const char *usage; /* what follows it: "NAME URL" */
  int min, max;      /* how many arguments it takes */
  /* `arguments` is NULL-terminated; `options` is what the command gave to dmig_subcommand_run(). */
  gboolean (*run)(DmigContext *context, char **arguments, gconstpointer options, GError **error);
} DmigSubcommand;

/* Runs the one that argv[1] names (none: the first of `subcommands`, which end with a NULL name, if
 * it takes no argument). DMIG_ERROR_USAGE for another word or number of arguments. */
gboolean dmig_subcommand_run(DmigContext *context, const DmigSubcommand *subcommands, int argc,
                             char **argv, gconstpointer options, GError **error);
