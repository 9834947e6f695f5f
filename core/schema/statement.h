/* What a CREATE statement makes, as far as its first words tell. */
#pragma once

#include "core/schema/object.h"

typedef struct {
  DmigObjectKind kind;
  char *path;
  char *detail; /* NULL: none */
  char *drop;   /* the statement that drops it, ended by ";\n"; NULL: it can't be told */
} DmigStatement;

void dmig_statement_clear(DmigStatement *self);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(DmigStatement, dmig_statement_clear)

/* FALSE where `sql` begins with no statement that makes an object. `dialect` (may be NULL) spells the
 * types of arguments as it does. */
gboolean dmig_statement_parse(const char *sql, const DmigDialect *dialect,
                              DmigStatement *out_statement);

/* What tells overloads apart: the types of `arguments` that are put in, "integer, text". Owned. */
char *dmig_routine_signature(const char *arguments, const DmigDialect *dialect);
