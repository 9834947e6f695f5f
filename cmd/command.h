/* Subcommands: one file each, one exported table entry each; cmd/table.c lists them.
 *
 * A command parses, calls core or store, and shows. Options are local variables of its run().
 * G_OPTION_ARG_STRING, _INT, _NONE and _STRING_ARRAY are what GLib makes of them, and besides:
 * an argument description that begins with "[=" makes the value optional: a bare `--sql` is "".
 */
#pragma once

#include <glib.h>

#include "core/base/error.h"
#include "store/store.h"

typedef struct _DmigCommand DmigCommand;

/* What every command is given. Options of `dmig` itself are already carried out. */
typedef struct {
  const DmigCommand *command;
  const char *git_dir; /* --git-dir, or NULL */
  GPtrArray *config;   /* char* "key=value" from -c */
  gboolean no_pager;
  DmigStore *store;     /* opened by dmig_context_store() */
  GPtrArray *arguments; /* what dmig_command_parse() made of argv; NULL before */
  int signal;           /* that ended the command, which failed by it; 0: none */
  int exit_status;      /* what a command that succeeded ends with: 0, or DMIG_EXIT_WARNINGS … */
} DmigContext;

void dmig_context_clear(DmigContext *self);

/* The store, opened at the first call. Borrowed; NULL and the error. */
DmigStore *dmig_context_store(DmigContext *self, GError **error);
/* Whether there is a store around; does not open it. */
gboolean dmig_context_has_store(DmigContext *self);
/* A setting: from -c, else from the store's configuration where there is a store. Owned or NULL. */
char *dmig_context_config(DmigContext *self, const char *key);
/* Sends standard output through the pager, if it is a terminal and nobody said otherwise. */
void dmig_context_page(DmigContext *self);
/* Takes what a command is done with and leaves it to the end of the process, which gives back all memory
 * at once: to free a large database piece by piece would take a tenth of a command's time. */
void dmig_leave_until_exit(gpointer object);

typedef enum {
  DMIG_GROUP_START,
  DMIG_GROUP_WORK,
  DMIG_GROUP_HISTORY,
  DMIG_GROUP_DATABASES,
  DMIG_GROUP_UPKEEP,
} DmigCommandGroup;
#define DMIG_GROUPS (DMIG_GROUP_UPKEEP + 1)

struct _DmigCommand {
  const char *name;
  DmigCommandGroup group;
  const char *summary;     /* one line, for `dmig help` */
  const char *usage;       /* what follows `dmig NAME`: "[-t TARGET] [REV]" */
  const char *examples;    /* lines of "command  # what it does", shown first by --help */
  const char *description; /* may be NULL */
  /* Parses `argv` with dmig_command_parse() (argv[0] is the command's name), then acts. FALSE and
   * the error: main prints it and exits with dmig_error_exit_status(). Mistakes that the command
   * has shown itself are no error: it sets `exit_status` and gives TRUE. */
  gboolean (*run)(DmigContext *context, int argc, char **argv, GError **error);
};

/* Every command there is, by group; NULL-terminated. */
extern const DmigCommand *const dmig_commands[];
const DmigCommand *dmig_command_find(const char *name);
/* The known name nearest to a mistyped one, or NULL. */
const char *dmig_command_suggest(const char *name);

/* Parses options into local variables (GOptionEntry over them); -h and --help print the command's
 * help and set `out_done`. What is left in `argv` are the arguments: argv[1] to argv[argc - 1],
 * also those behind a `--`. Unknown options: DMIG_ERROR_USAGE with a "did you mean".
 * `argv` and the strings in it are the context's. */
gboolean dmig_command_parse(DmigContext *context, const GOptionEntry *entries, int *argc,
                            char ***argv, gboolean *out_done, GError **error);
/* DMIG_ERROR_USAGE unless there are at most `max` arguments behind argv[0]. */
gboolean dmig_command_at_most(DmigContext *context, int argc, char **argv, int max, GError **error);

/* The help of one command, and the list of all, on standard output. `entries` may be NULL. */
void dmig_help_print_command(const DmigCommand *command, const GOptionEntry *entries);
void dmig_help_print_all(void);
