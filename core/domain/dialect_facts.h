/* What a domain must know of the dialects before it meets one: the pure half of the pipeline comes
 * before core/db, where they are implemented. A test holds the two together. */
#pragma once

#include <glib.h>

typedef struct {
  const char *name;
  gsize max_identifier;        /* bytes; 0: no limit */
  gboolean folds_case;         /* names that differ only in the case of ASCII letters are one */
  const char *reserved_prefix; /* of tables, views and indexes; NULL: none */
  const char *const *reserved_columns; /* NULL-terminated */
  const char *default_schema;          /* what stands there has no schema in its path; NULL: none */
  const char *const *given_schemas;    /* that nobody makes, NULL-terminated; NULL: it has no schemas */
  gboolean untyped_columns;            /* a column needs no type */
  gboolean takes_empty;                /* tables without columns, enums without labels */
  gboolean keys_are_relations;         /* a key or unique constraint has its name as tables have theirs */
  gboolean is_lax;                     /* what a foreign key refers to need not be unique */
} DmigDialectFacts;

const DmigDialectFacts *dmig_dialect_facts(const char *name); /* NULL: no such dialect */
const char *const *dmig_dialect_names(void);                  /* NULL-terminated */
