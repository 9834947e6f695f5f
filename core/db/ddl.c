#include "core/db/ddl.h"

#include "core/sql/lexer.h"

static DmigToken
next_meaningful(DmigLexer *lexer)
{
  DmigToken token = dmig_lexer_next(lexer);
  while (token.kind == DMIG_TOKEN_SPACE)
    token = dmig_lexer_next(lexer);
  return token;
}

static gboolean
is_keyword_literal(DmigToken token)
{
  return dmig_token_is(token, "null") || dmig_token_is(token, "true") ||
         dmig_token_is(token, "false") || dmig_token_is(token, "current_timestamp") ||
         dmig_token_is(token, "current_date") || dmig_token_is(token, "current_time");
}

/* One string, one number with or without a sign, or one keyword that stands for a value. */
static gboolean
is_literal(const char *sql)
{
  DmigLexer lexer;
  dmig_lexer_init(&lexer, sql);
  DmigToken token = next_meaningful(&lexer);
  gboolean is_signed = dmig_token_is(token, "-") || dmig_token_is(token, "+");
  if (is_signed)
    token = next_meaningful(&lexer);
  gboolean literal = token.kind == DMIG_TOKEN_NUMBER ||
                     (!is_signed && (token.kind == DMIG_TOKEN_STRING || is_keyword_literal(token)));
  return literal && next_meaningful(&lexer).kind == DMIG_TOKEN_END;
}

/* The token behind a balanced group whose opening parenthesis has just been read. */
static DmigToken
skip_group(DmigLexer *lexer)
{
  guint depth = 1;
  DmigToken token;
  do {
    token = next_meaningful(lexer);
    if (dmig_token_is(token, "("))
      depth++;
    else if (dmig_token_is(token, ")"))
      depth--;
  } while (depth > 0 && token.kind != DMIG_TOKEN_END);
  return next_meaningful(lexer);
}

/* `f(…)`, `'x'::type`, `schema.f(…)::type(n)[]`: nothing in it that an operator could tear apart. */
static gboolean
is_call_or_cast(const char *sql)
{
  DmigLexer lexer;
  dmig_lexer_init(&lexer, sql);
  DmigToken token = next_meaningful(&lexer);
  gboolean word = token.kind == DMIG_TOKEN_WORD || token.kind == DMIG_TOKEN_QUOTED;
  if (!word && token.kind != DMIG_TOKEN_STRING && token.kind != DMIG_TOKEN_NUMBER)
    return FALSE;
  token = next_meaningful(&lexer);
  while (word && dmig_token_is(token, ".")) {
    next_meaningful(&lexer);
    token = next_meaningful(&lexer);
  }
  if (word) {
    if (!dmig_token_is(token, "("))
      return FALSE;
    token = skip_group(&lexer);
  }
  while (dmig_token_is(token, "::")) {
    do {
      token = next_meaningful(&lexer);
      if (dmig_token_is(token, "("))
        token = skip_group(&lexer);
    } while (token.kind == DMIG_TOKEN_WORD || token.kind == DMIG_TOKEN_QUOTED ||
             dmig_token_is(token, ".") || dmig_token_is(token, "[") || dmig_token_is(token, "]"));
  }
  return token.kind == DMIG_TOKEN_END;
}

void
dmig_ddl_default(GString *sql, const DmigDialect *dialect, const char *default_sql)
{
  gboolean bare = is_literal(default_sql) || ((dialect->capabilities & DMIG_CAP_BARE_DEFAULTS) &&
                                              is_call_or_cast(default_sql));
  g_string_append_printf(sql, bare ? "%s" : "(%s)", default_sql);
}

static gboolean
is_inline_key(const DmigDialect *dialect, const DmigColumn *column)
{
  return column->identity != DMIG_IDENTITY_NONE &&
         !(dialect->capabilities & DMIG_CAP_IDENTITY_ANYWHERE);
}

static void
append_identity(GString *sql, const DmigDialect *dialect, const DmigColumn *column)
{
  if (is_inline_key(dialect, column))
    g_string_append(sql, " PRIMARY KEY AUTOINCREMENT");
  else if (column->identity != DMIG_IDENTITY_NONE)
    g_string_append_printf(sql, " GENERATED %s AS IDENTITY",
                           column->identity == DMIG_IDENTITY_ALWAYS ? "ALWAYS" : "BY DEFAULT");
}

void
dmig_ddl_column(GString *sql, const DmigDialect *dialect, const DmigColumn *column)
{
  dmig_sql_append_identifier(sql, dialect, column->name);
  if (column->type != NULL && *column->type != '\0')
    g_string_append_printf(sql, " %s", column->type);
  if (column->collation != NULL)
    dmig_sql_appendf(sql, dialect, " COLLATE %I", column->collation);
  append_identity(sql, dialect, column);
  if (column->generated != DMIG_GENERATED_NONE)
    g_string_append_printf(sql, " GENERATED ALWAYS AS (%s) %s", column->generated_sql,
                           column->generated == DMIG_GENERATED_STORED ? "STORED" : "VIRTUAL");
  if (column->default_sql != NULL) {
    g_string_append(sql, " DEFAULT ");
    dmig_ddl_default(sql, dialect, column->default_sql);
  }
  if (column->not_null)
    g_string_append(sql, " NOT NULL");
  if (column->not_null && column->on_null != NULL)
    g_string_append_printf(sql, " ON CONFLICT %s", column->on_null);
}

static void
append_columns(GString *sql, const DmigDialect *dialect, const char *keyword, char *const *columns)
{
  g_string_append_printf(sql, "%s (", keyword);
  dmig_sql_append_identifiers(sql, dialect, columns);
  g_string_append_c(sql, ')');
}

static void
append_reference(GString *sql, const DmigDialect *dialect, const DmigConstraint *constraint)
{
  append_columns(sql, dialect, "FOREIGN KEY", constraint->columns);
  dmig_sql_appendf(sql, dialect, " REFERENCES %I", constraint->ref_table);
  if (constraint->ref_columns[0] != NULL)
    append_columns(sql, dialect, "", constraint->ref_columns);
  if (constraint->on_delete != DMIG_ACTION_NO_ACTION)
    g_string_append_printf(sql, " ON DELETE %s", dmig_action_sql(constraint->on_delete));
  if (constraint->on_update != DMIG_ACTION_NO_ACTION)
    g_string_append_printf(sql, " ON UPDATE %s", dmig_action_sql(constraint->on_update));
}

static const char *
deferrable_sql(DmigDeferrable deferrable)
{
  switch (deferrable) {
  case DMIG_NOT_DEFERRABLE:
    return "";
  case DMIG_DEFERRABLE:
    return " DEFERRABLE";
  case DMIG_INITIALLY_DEFERRED:
    return " DEFERRABLE INITIALLY DEFERRED";
  }
  g_return_val_if_reached("");
}

void
dmig_ddl_constraint(GString *sql, const DmigDialect *dialect, const DmigConstraint *constraint)
{
  if (constraint->name != NULL)
    dmig_sql_appendf(sql, dialect, "CONSTRAINT %I ", constraint->name);
  switch (constraint->kind) {
  case DMIG_CONSTRAINT_PRIMARY_KEY:
    append_columns(sql, dialect, "PRIMARY KEY", constraint->columns);
    break;
  case DMIG_CONSTRAINT_UNIQUE:
    append_columns(sql, dialect, "UNIQUE", constraint->columns);
    break;
  case DMIG_CONSTRAINT_CHECK:
    g_string_append_printf(sql, "CHECK (%s)", constraint->check_sql);
    break;
  case DMIG_CONSTRAINT_FOREIGN_KEY:
    append_reference(sql, dialect, constraint);
    break;
  case DMIG_CONSTRAINT_EXCLUSION:
    break; /* its definition says all */
  }
  g_string_append(sql, deferrable_sql(constraint->deferrable));
}

static gboolean
has_inline_key(const DmigDialect *dialect, const DmigTable *table)
{
  for (guint i = 0; i < table->columns->len; i++)
    if (is_inline_key(dialect, g_ptr_array_index(table->columns, i)))
      return TRUE;
  return FALSE;
}

static void
append_constraint_lines(GString *sql, const DmigDialect *dialect, const DmigTable *table,
                        gboolean foreign_keys)
{
  const char *separator = table->columns->len > 0 ? ",\n  " : "\n  ";
  gboolean inline_key = has_inline_key(dialect, table);
  for (guint i = 0; i < table->constraints->len; i++) {
    const DmigConstraint *constraint = g_ptr_array_index(table->constraints, i);
    if (constraint->kind == DMIG_CONSTRAINT_FOREIGN_KEY && !foreign_keys)
      continue;
    if (constraint->kind == DMIG_CONSTRAINT_PRIMARY_KEY && inline_key)
      continue;
    g_string_append(sql, separator);
    dmig_ddl_constraint(sql, dialect, constraint);
    separator = ",\n  ";
  }
}

void
dmig_ddl_create_table(GString *sql, const DmigDialect *dialect, const DmigTable *table,
                      const char *as, gboolean foreign_keys)
{
  dmig_sql_appendf(sql, dialect, "CREATE TABLE %I (", as != NULL ? as : table->name);
  for (guint i = 0; i < table->columns->len; i++) {
    g_string_append(sql, i == 0 ? "\n  " : ",\n  ");
    dmig_ddl_column(sql, dialect, g_ptr_array_index(table->columns, i));
  }
  append_constraint_lines(sql, dialect, table, foreign_keys);
  g_string_append(sql, "\n)");
  if (table->without_rowid)
    g_string_append(sql, " WITHOUT ROWID");
  if (table->strict)
    g_string_append(sql, table->without_rowid ? ", STRICT" : " STRICT");
}

static void
append_index_element(GString *sql, const DmigDialect *dialect, const DmigIndexElement *element)
{
  if (element->column != NULL)
    dmig_sql_append_identifier(sql, dialect, element->column);
  else
    g_string_append_printf(sql, "(%s)", element->expression);
  if (element->collation != NULL)
    dmig_sql_appendf(sql, dialect, " COLLATE %I", element->collation);
  if (element->operator_class != NULL)
    g_string_append_printf(sql, " %s", element->operator_class);
  if (element->descending)
    g_string_append(sql, " DESC");
  if (element->nulls != 0)
    g_string_append(sql, element->nulls < 0 ? " NULLS FIRST" : " NULLS LAST");
}

void
dmig_ddl_create_index(GString *sql, const DmigDialect *dialect, const DmigTable *table,
                      const DmigIndex *index)
{
  dmig_sql_appendf(sql, dialect, "CREATE %sINDEX %I ON %I", index->unique ? "UNIQUE " : "",
                   index->name, table->name);
  if (index->method != NULL)
    dmig_sql_appendf(sql, dialect, " USING %I", index->method);
  g_string_append(sql, " (");
  for (guint i = 0; i < index->elements->len; i++) {
    if (i > 0)
      g_string_append(sql, ", ");
    append_index_element(sql, dialect, g_ptr_array_index(index->elements, i));
  }
  g_string_append_c(sql, ')');
  if (index->include[0] != NULL)
    append_columns(sql, dialect, " INCLUDE", index->include);
  if (index->where_sql != NULL)
    g_string_append_printf(sql, " WHERE %s", index->where_sql);
}
