/* The one error domain of dmig.
 *
 * A code says what the *caller* can do next, not where the failure came from. Errors of libraries
 * (Git, SQLSTATE, SQLite, libyaml) are converted once, where they enter. A message is one line:
 * what failed, where (file:line:column, object, statement) and what to do next. It never holds a
 * password: see dmig_url_redact() in base/text.h.
 */
#pragma once

#include <glib.h>

#define DMIG_ERROR (dmig_error_quark())
GQuark dmig_error_quark(void);

typedef enum {
  DMIG_ERROR_FAILED,    /* it was tried and did not work; nothing half-done is left behind */
  DMIG_ERROR_INVALID,   /* the user's files are wrong; the diagnostics say where */
  DMIG_ERROR_DATA_LOSS, /* refused: it would lose data and nobody said that it may */
  DMIG_ERROR_LOCKED,    /* another run holds the target or the store; wait and try again */
  DMIG_ERROR_DRIFT,     /* the database is not what its record says, or its revision is unknown */
  DMIG_ERROR_NOT_FOUND, /* no such revision, target, file or object */
  DMIG_ERROR_FATAL,     /* the surroundings are unfit: no repository, no permission, disk full */
  DMIG_ERROR_USAGE,     /* the command line makes no sense */
} DmigErrorCode;

/* The exit status for `error`: 1 failed or invalid, 3 data loss, 4 locked, 5 drift, 128 not found
 * or fatal, 129 usage. Errors of a foreign domain are 128. NULL is 0. */
int dmig_error_exit_status(const GError *error);

/* Exit status of what was done, but not without a warning. */
#define DMIG_EXIT_WARNINGS 2
