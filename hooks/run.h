/* Users' own scripts around a run, in `.dmig/hooks`: pre-apply, post-apply, pre-revert, post-revert and
 * on-failure. (The hook of the application's Git repository is another thing: hooks.h.)
 *
 * A script runs only if its user has said so of just these bytes at just this place: a copied or
 * checked-in `.dmig` brings scripts along that nobody has read. What is trusted stands in the user's
 * own configuration folder, `dmig/trusted-hooks`: lines of a SHA-256 and an absolute path.
 */
#pragma once

#include <glib.h>

#include "core/base/error.h"

typedef enum {
  DMIG_SCRIPT_MISSING,
  DMIG_SCRIPT_NOT_EXECUTABLE,
  DMIG_SCRIPT_UNTRUSTED, /* nobody has trusted it, or it has changed since */
  DMIG_SCRIPT_TRUSTED,
} DmigScriptState;

/* "pre-apply", …; NULL-terminated. */
extern const char *const dmig_script_names[];

/* How the script `name` in `folder` stands. `out_path` (may be NULL): owned; NULL: missing. */
DmigScriptState dmig_script_state(const char *folder, const char *name, char **out_path);
/* Records that this user trusts it as it is, or (`trust` FALSE) does not any more.
 * DMIG_ERROR_NOT_FOUND where there is none. */
gboolean dmig_script_trust(const char *folder, const char *name, gboolean trust, GError **error);

typedef struct {
  const char *where;  /* the working folder */
  const char *input;  /* for its standard input */
  const char *name;   /* $DMIG_HOOK */
  const char *run;    /* $DMIG_RUN */
  guint seconds;      /* then it is killed, and all that it has started; 0: never */
  gboolean (*stopped)(gpointer data); /* asked now and then; TRUE: the same. May be NULL */
  gpointer data;
} DmigScriptCall;

/* Runs a script and waits for it. `out_output` is what it wrote, both streams, the last 64 kB; owned,
 * also on failure. DMIG_ERROR_FAILED: it could not be started, ended with another status than 0, or
 * took too long. */
gboolean dmig_script_run(const char *path, const DmigScriptCall *call, char **out_output,
                         GError **error);
