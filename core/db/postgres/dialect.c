#include "core/db/postgres/conversion.h"
#include "core/db/postgres/postgres.h"
#include "core/db/postgres/bounds.h"
#include "core/db/postgres/remake.h"
#include "core/db/postgres/spell.h"
#include "core/db/postgres/spell_online.h"
#include "core/db/postgres/stand_in.h"
#include "core/db/postgres/type.h"
#include "core/domain/type.h"
#include "core/sql/text.h"

/* The key words that quote_ident() quotes: all but the unreserved ones.
 * Source: PostgreSQL manual, appendix C, versions 13 to 17. */
/* clang-format off */
static const char *const reserved_words[] = {
  "all", "analyse", "analyze", "and", "any", "array", "as", "asc", "asymmetric", "authorization",
  "between", "bigint", "binary", "bit", "boolean", "both", "case", "cast", "char", "character",
  "check", "coalesce", "collate", "collation", "column", "concurrently", "constraint", "create",
  "cross", "current_catalog", "current_date", "current_role", "current_schema", "current_time",
  "current_timestamp", "current_user", "dec", "decimal", "default", "deferrable", "desc",
  "distinct", "do", "else", "end", "except", "exists", "extract", "false", "fetch", "float", "for",
  "foreign", "freeze", "from", "full", "grant", "greatest", "group", "grouping", "having", "ilike",
  "in", "initially", "inner", "inout", "int", "integer", "intersect", "interval", "into", "is",
  "isnull", "join", "lateral", "leading", "least", "left", "like", "limit", "localtime",
  "localtimestamp", "national", "natural", "nchar", "none", "normalize", "not", "notnull", "null",
  "nullif", "numeric", "offset", "on", "only", "or", "order", "out", "outer", "overlaps", "overlay",
  "placing", "position", "precision", "primary", "real", "references", "returning", "right", "row",
  "select", "session_user", "setof", "similar", "smallint", "some", "substring", "symmetric",
  "system_user", "table", "tablesample", "then", "time", "timestamp", "to", "trailing", "treat",
  "trim", "true", "union", "unique", "user", "using", "values", "varchar", "variadic", "verbose",
  "when", "where", "window", "with", "xmlattributes", "xmlconcat", "xmlelement", "xmlexists",
  "xmlforest", "xmlnamespaces", "xmlparse", "xmlpi", "xmlroot", "xmlserialize", "xmltable", NULL,
};
/* clang-format on */

static const char *
portable_function(DmigFunction function, const DmigType *type)
{
  switch (function) {
  case DMIG_FUNCTION_NOW:
  case DMIG_FUNCTION_CURRENT_TIMESTAMP:
    if (type != NULL && type->kind == DMIG_TYPE_TIME)
      return "LOCALTIME";
    return function == DMIG_FUNCTION_NOW ? "now()" : "CURRENT_TIMESTAMP";
  case DMIG_FUNCTION_TODAY:
    return "CURRENT_DATE";
  case DMIG_FUNCTION_UUID:
    return "gen_random_uuid()";
  }
  g_return_val_if_reached(NULL);
}

static gboolean
can_alter(const DmigChange *change)
{
  return TRUE;
}

static char *
tracking_table(const char *name)
{
  return dmig_sql_printf(&dmig_postgres_dialect, "\"dmig\".%I", name);
}

/* PostgreSQL manual 9.16, "JSON Functions": names that the new type has not are left out, and those that
 * it has alone become null. */
static char *
hold_row(const char *value)
{
  return g_strdup_printf("to_jsonb(%s)", value);
}

static char *
value_in_row(const char *row, const char *name, const char *type)
{
  g_autofree char *key = dmig_sql_string(name);

  return g_strdup_printf("CAST(%s ->> %s AS %s)", row, key, type);
}

static char *
release_row(const char *row, const char *type, char *const *values)
{
  g_autoptr(GString) sql = g_string_new(NULL);

  g_string_append_printf(sql, "jsonb_populate_record(CAST(NULL AS %s), %s", type, row);
  for (char *const *value = values; *value != NULL; value += 2) {
    g_autofree char *key = dmig_sql_string(value[0]);
    g_string_append_printf(sql, "%s%s, %s", value == values ? " || jsonb_build_object(" : ", ", key,
                           value[1]);
  }
  g_string_append(sql, *values != NULL ? "))" : ")");
  return g_strdup(sql->str);
}

static char *
script_prologue(const char *schema)
{
  return dmig_sql_printf(&dmig_postgres_dialect,
                         "SET search_path = %I;\nSET check_function_bodies = off;\n", schema);
}

const DmigDialect dmig_postgres_dialect = {
  .name = "postgresql",
  .title = "PostgreSQL",
  .has = {
    .comments = TRUE, .enum_types = TRUE, .named_constraints = TRUE, .unique_constraints = TRUE,
    .index_include = TRUE, .index_methods = TRUE, .index_nulls = TRUE, .identity_anywhere = TRUE,
    .later_foreign_keys = TRUE, .binding_views = TRUE, .index_renames = TRUE, .bare_defaults = TRUE,
    .schemas = TRUE, .privileges = TRUE, .routines = TRUE, .own_types = TRUE, .sequences = TRUE,
    .extensions = TRUE, .partitions = TRUE, .policies = TRUE, .rules = TRUE, .exclusions = TRUE,
    .materialized_views = TRUE, .storage = TRUE, .relation_locks = TRUE,
  },
  .max_identifier = 63,
  .reserved_words = reserved_words,
  .lower_type = dmig_pg_lower_type,
  .canonical_type = dmig_pg_canonical_type,
  .function = portable_function,
  .literal = dmig_pg_literal,
  .conversion = dmig_pg_conversion,
  .neutral_value = dmig_pg_neutral_value,
  .can_alter = can_alter,
  .spell = dmig_pg_spell,
  .spell_remake = dmig_pg_spell_remake,
  .spell_copy = dmig_pg_spell_copy,
  .spell_set_aside = dmig_pg_spell_set_aside,
  .spell_bring_back = dmig_pg_spell_bring_back,
  .partition_fits = dmig_pg_partition_fits,
  .partition_asks_table = dmig_pg_partition_asks_table,
  .tracking_table = tracking_table,
  .tracking_prologue = "CREATE SCHEMA IF NOT EXISTS dmig;\n",
  .default_schema = "public",
  .default_schema_comment = "standard public schema",
  .row_holder = "jsonb",
  .hold_row = hold_row,
  .value_in_row = value_in_row,
  .release_row = release_row,
  .script_prologue = script_prologue,
  .spell_online = dmig_pg_spell_online,
  .can_swap = dmig_pg_can_swap,
  .stand_ins_end = dmig_pg_stand_ins_end,
  .stand_in_mark = DMIG_PG_STAND_IN,
  .table_sizes = "SELECT n.nspname, c.relname, nullif(c.reltuples::bigint, -1), "
                 "pg_catalog.pg_table_size(c.oid) FROM pg_catalog.pg_class c "
                 "JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace "
                 "WHERE c.relkind IN ('r', 'm') AND n.nspname NOT LIKE 'pg\\_%' "
                 "AND n.nspname NOT IN ('information_schema', 'dmig')",
  .tracking_exists = "SELECT 1 FROM pg_catalog.pg_class c "
                     "JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace "
                     "WHERE n.nspname = 'dmig' AND c.relname = 'meta'",
};
