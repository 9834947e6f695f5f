#include "core/domain/dialect_facts.h"

#include <string.h>

static const char *const none[] = { NULL };
/* PostgreSQL manual 5.5 "System Columns" */
static const char *const system_columns[]
    = { "tableoid", "xmin", "cmin", "xmax", "cmax", "ctid", NULL };

static const char *const postgres_schemas[]
    = { "public", "pg_catalog", "information_schema", NULL };

static const DmigDialectFacts facts[] = {
  { .name = "postgresql",
    .max_identifier = 63,
    .reserved_columns = system_columns,
    .default_schema = "public",
    .given_schemas = postgres_schemas,
    .keys_are_relations = TRUE,
    .takes_empty = TRUE },
  { .name = "sqlite",
    .folds_case = TRUE,
    .untyped_columns = TRUE,
    .reserved_prefix = "sqlite_",
    .reserved_columns = none,
    .default_schema = "main",
    .is_lax = TRUE },
};

const DmigDialectFacts *
dmig_dialect_facts(const char *name)
{
  for (guint i = 0; i < G_N_ELEMENTS(facts); i++) {
    if (strcmp(facts[i].name, name) == 0)
      return &facts[i];
  }
  return NULL;
}

const char *const *
dmig_dialect_names(void)
{
  static const char *const names[] = { "postgresql", "sqlite", NULL };
  return names;
}
