#include "core/db/postgres/expression.h"

#include "core/sql/lexer.h"

/* What may stand before an opening parenthesis without making an expression volatile: functions
 * that are stable or immutable, types with a modifier, key words. */
/* clang-format off */
static const char *const calm[] = {
  "abs", "and", "array", "array_append", "between", "bit", "cast", "ceil", "ceiling", "char",
  "character", "coalesce", "concat", "concat_ws", "convert_from", "convert_to", "current_date",
  "current_setting", "current_time", "current_timestamp", "current_user", "date_part",
  "date_trunc", "dec", "decimal", "decode", "div", "encode", "extract", "float", "floor", "format",
  "greatest", "in", "initcap", "interval", "json_build_array", "json_build_object",
  "jsonb_build_array", "jsonb_build_object", "least", "left", "length", "localtime",
  "localtimestamp", "lower", "lpad", "ltrim", "make_date", "make_interval", "make_time",
  "make_timestamp", "make_timestamptz", "md5", "mod", "not", "now", "nullif", "numeric", "or",
  "overlay", "position", "power", "repeat", "replace", "right", "round", "row", "rpad", "rtrim",
  "sqrt", "statement_timestamp", "substr", "substring", "time", "timestamp", "timestamptz",
  "timetz", "to_char", "to_date", "to_json", "to_jsonb", "to_number", "to_timestamp",
  "transaction_timestamp", "translate", "trim", "trunc", "upper", "varchar", "varying", "when",
  "then", "else", NULL,
};
/* clang-format on */

static DmigToken
next_token(DmigLexer *lexer)
{
  DmigToken token = dmig_lexer_next(lexer);
  while (token.kind == DMIG_TOKEN_SPACE)
    token = dmig_lexer_next(lexer);
  return token;
}

static gboolean
is_calm(DmigToken token)
{
  if (token.kind != DMIG_TOKEN_WORD)
    return FALSE;
  g_autofree char *name = dmig_token_identifier(token);
  return g_strv_contains(calm, name);
}

gboolean
dmig_pg_is_volatile(const char *sql)
{
  DmigLexer lexer;
  dmig_lexer_init(&lexer, sql);
  DmigToken token = next_token(&lexer);
  while (token.kind != DMIG_TOKEN_END) {
    DmigToken next = next_token(&lexer);
    gboolean name = token.kind == DMIG_TOKEN_WORD || token.kind == DMIG_TOKEN_QUOTED;
    if (name && dmig_token_is(next, "(") && !is_calm(token))
      return TRUE;
    token = next;
  }
  return FALSE;
}

gboolean
dmig_pg_is_constant(const char *sql, const DmigTable *table)
{
  if (dmig_pg_is_volatile(sql) || dmig_sql_mentions(sql, "select"))
    return FALSE;
  for (guint i = 0; i < table->columns->len; i++) {
    const DmigColumn *column = g_ptr_array_index(table->columns, i);
    if (dmig_sql_mentions(sql, column->name))
      return FALSE;
  }
  return TRUE;
}
