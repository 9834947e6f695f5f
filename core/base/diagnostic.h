/* Mistakes in the user's files, collected and shown all at once.
 *
 * A mistake in a domain is not an error chain: readers add to a DmigDiagnostics and go on as far
 * as they can. Rules are stable, lower-case, hyphenated names (`unknown-key`, `duplicate-column`)
 * that scripts may lean on; docs/domain-format.md lists them.
 */
#pragma once

#include <glib.h>

typedef struct {
  const char *file; /* interned (g_intern_string), as the user named it; NULL: no file */
  guint line;       /* from 1; 0: the file as a whole */
  guint column;     /* from 1, in characters */
} DmigLocation;

typedef enum {
  DMIG_SEVERITY_ERROR,
  DMIG_SEVERITY_WARNING,
} DmigSeverity;

typedef struct {
  DmigLocation at;
  DmigSeverity severity;
  const char *rule; /* interned */
  char *message;
  char *hint; /* what to do about it; may be NULL */
} DmigDiagnostic;

typedef struct _DmigDiagnostics DmigDiagnostics;

DmigDiagnostics *dmig_diagnostics_new(void);
void dmig_diagnostics_free(DmigDiagnostics *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(DmigDiagnostics, dmig_diagnostics_free)

/* `hint` is copied and may be NULL. At most 1,000 are kept; the rest is only counted. */
void dmig_diagnostics_add(DmigDiagnostics *self, DmigLocation at, DmigSeverity severity,
                          const char *rule, const char *hint, const char *format, ...)
    G_GNUC_PRINTF(6, 7);

guint dmig_diagnostics_count(const DmigDiagnostics *self, DmigSeverity severity);
gboolean dmig_diagnostics_have_errors(const DmigDiagnostics *self);

/* By file (in order of first mention), then line, then column. Borrowed; `i` below
 * dmig_diagnostics_length(). */
guint dmig_diagnostics_length(DmigDiagnostics *self);
const DmigDiagnostic *dmig_diagnostics_get(DmigDiagnostics *self, guint i);

/* `file:line:column: rule: message` and, if there is a hint, ` (hint)`. Owned by the caller. */
char *dmig_diagnostic_to_line(const DmigDiagnostic *self);
