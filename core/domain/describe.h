/* The parts of a Domain as an author would write them, each in one line, for people. Every function
 * returns an owned string unless it says otherwise. */
#pragma once

#include "core/domain/domain.h"

/* What can be said of a field, in the order of the short form. */
typedef enum {
  DMIG_FIELD_TYPE, /* or the entity that it refers to */
  DMIG_FIELD_IDENTITY,
  DMIG_FIELD_REQUIRED,
  DMIG_FIELD_UNIQUE,
  DMIG_FIELD_DEFAULT,
  DMIG_FIELD_ON_DELETE,
  DMIG_FIELD_ON_UPDATE,
  DMIG_FIELD_DEFERRABLE,
  DMIG_FIELD_GENERATED,
  DMIG_FIELD_CHECK,
  DMIG_FIELD_COLLATION,
  DMIG_FIELD_COLUMN,
} DmigFieldAspect;
#define DMIG_FIELD_ASPECTS (DMIG_FIELD_COLUMN + 1)

/* How the aspect of `is` becomes that of `becomes`: "string(40) becomes text", "no longer
 * required"; NULL where it stays. */
char *dmig_field_aspect_change(const DmigField *is, const DmigField *becomes,
                               DmigFieldAspect aspect);

/* All of it but its name: "bigint identity primary". `sole_key`: it is the primary key alone. */
char *dmig_field_describe(const DmigField *self, gboolean sole_key);

/* "[company, number]": a list of names. */
char *dmig_names_describe(char *const *names);
/* "unique [company, number]" */
char *dmig_unique_describe(const DmigDomainUnique *self);
/* "foreign [order, position] references Line on_delete cascade" */
char *dmig_foreign_describe(const DmigForeign *self);
/* "index customers_paying [company, tier desc] where tier <> 'free'" */
char *dmig_index_describe(const DmigDomainIndex *self);
/* "check ends_after_it_begins: until > since" */
char *dmig_check_describe(const DmigDomainCheck *self);

/* The text for all dialects, or "postgresql: …, else: …"; line breaks become blanks. */
char *dmig_sql_text_describe(const DmigSqlText *self);
