/* Forms of objects that are called by their names in the database, for the forms of files, entities
 * and views. */
#pragma once

#include "core/domain/form.h"

/* A name as SQL has it, `auth.users` or `"my schema"."a.b"`, but in the letter case that is written,
 * as a path. Owned; NULL after a diagnostic. */
char *dmig_reading_path(DmigReading *reading, DmigLocation at, const char *text);

/* Of a file; the place is the domain's GPtrArray * of DmigDomainObject. */
extern const DmigForm dmig_form_schemas;
extern const DmigForm dmig_form_extensions;
extern const DmigForm dmig_form_types;
extern const DmigForm dmig_form_sequences;
extern const DmigForm dmig_form_functions;
extern const DmigForm dmig_form_default_privileges;
extern const DmigForm dmig_form_pragmas;
extern const DmigForm dmig_form_statements;

/* Of an entity or view; the place is its GPtrArray * of DmigDomainObject. */
extern const DmigForm dmig_form_triggers;
extern const DmigForm dmig_form_policies;
extern const DmigForm dmig_form_rules;
