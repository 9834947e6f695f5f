/* Subcommands: one file each, one exported table entry each; cmd/main.c has the table of them. */
#pragma once

#include <glib.h>

#include "core/base/error.h"
#include "store/store.h"

typedef struct _DmigCommand DmigCommand;

/* What every command is given. Options of `dmig` itself are already carried out. */
typedef struct {
  const DmigCommand *command;
  const char *git_dir;     /* --git-dir, or NULL */
  GPtrArray *config;       /* char* "key=value" from -c */
  DmigStore *store;        /* opened by dmig_context_store() */
  int exit_status;         /* what a command that succeeded ends with: 0, or DMIG_EXIT_WARNINGS … */
} DmigContext;

/* The store, opened at the first call. Borrowed; NULL and the error. */
DmigStore *dmig_context_store(DmigContext *self, GError **error);

typedef enum {
  DMIG_GROUP_START,
  DMIG_GROUP_WORK,
  DMIG_GROUP_HISTORY,
  DMIG_GROUP_DATABASES,
  DMIG_GROUP_UPKEEP,
} DmigCommandGroup;

struct _DmigCommand {
  const char *name;
  DmigCommandGroup group;
  const char *summary;  /* one line, for `dmig help` */
  const char *usage;    /* what follows `dmig NAME`: "[-t TARGET] [REV]" */
  const char *examples; /* lines of "command  # what it does", shown first by --help */
  const char *description; /* may be NULL */
  /* Parses `argv` with dmig_command_parse() (argv[0] is the command's name), then acts. FALSE and
   * the error: main prints it and exits with dmig_error_exit_status(). */
  gboolean (*run)(DmigContext *context, int argc, char **argv, GError **error);
};

/* Parses options into local variables (GOptionEntry over them); -h and --help print the command's
 * help and set `out_done`. Unknown options: DMIG_ERROR_USAGE with a "did you mean". */
gboolean dmig_command_parse(DmigContext *context, const GOptionEntry *entries, int *argc,
                            char ***argv, gboolean *out_done, GError **error);
