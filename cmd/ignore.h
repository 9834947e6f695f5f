/* .dmigignore: what of a database is none of dmig's business. As .gitignore: a pattern a line, the
 * last one that matches decides, `!` takes back, `#` begins a comment.
 *
 *     legacy_*             # any object of that name, in whatever schema
 *     audit.*              # what is in the schema audit
 *     table:tmp_*          # only tables
 *     !table:tmp_keep
 *     schema:partman       # the schema, and all that is in it
 */
#pragma once

#include "cmd/command.h"
#include "core/base/diagnostic.h"
#include "core/schema/schema.h"

typedef struct _DmigIgnore DmigIgnore;

/* From the working folder; where there is no such file, nothing is ignored. DMIG_ERROR_INVALID, with
 * its mistakes printed. */
DmigIgnore *dmig_ignore_load(DmigContext *context, GError **error);
/* From text; mistakes become diagnostics of `path`. Never NULL. */
DmigIgnore *dmig_ignore_parse(const char *path, const char *text, DmigDiagnostics *diagnostics);
void dmig_ignore_free(DmigIgnore *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(DmigIgnore, dmig_ignore_free)

/* Whether an object is to be left alone; parts go with their relation. `default_schema` is what the
 * schema is called that paths leave out. */
gboolean dmig_ignore_matches(const DmigIgnore *self, DmigObjectKind kind, const char *path,
                             const char *detail, const char *default_schema);
/* Takes what is ignored out of `schema`, which nobody else may hold. How many objects that were. */
guint dmig_ignore_apply(const DmigIgnore *self, DmigSchema *schema, const char *default_schema);
