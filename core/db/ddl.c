#include "core/db/ddl.h"

#include <string.h>

#include "core/base/text.h"
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
  gboolean bare = is_literal(default_sql) || (dialect->has.bare_defaults &&
                                              is_call_or_cast(default_sql));
  g_string_append_printf(sql, bare ? "%s" : "(%s)", default_sql);
}

void
dmig_ddl_identity(GString *sql, const DmigDialect *dialect, const DmigColumn *column)
{
  const char *sequence = dmig_facets_value(column->facets, "sequence");
  const char *options = column->identity_options;
  g_string_append_printf(sql, "GENERATED %s AS IDENTITY",
                         column->identity == DMIG_IDENTITY_ALWAYS ? "ALWAYS" : "BY DEFAULT");
  if (sequence != NULL)
    dmig_sql_appendf(sql, dialect, " (SEQUENCE NAME %I%s%s)", sequence, options != NULL ? " " : "",
                     options != NULL ? options : "");
  else if (options != NULL)
    g_string_append_printf(sql, " (%s)", options);
}

static gboolean
is_inline_key(const DmigDialect *dialect, const DmigColumn *column)
{
  return column->identity != DMIG_IDENTITY_NONE &&
         !dialect->has.identity_anywhere;
}

static void
append_identity(GString *sql, const DmigDialect *dialect, const DmigColumn *column)
{
  if (is_inline_key(dialect, column)) {
    g_string_append(sql, " PRIMARY KEY AUTOINCREMENT");
  } else if (column->identity != DMIG_IDENTITY_NONE) {
    g_string_append_c(sql, ' ');
    dmig_ddl_identity(sql, dialect, column);
  }
}

void
dmig_ddl_column(GString *sql, const DmigDialect *dialect, const DmigColumn *column)
{
  dmig_sql_append_identifier(sql, dialect, column->name);
  if (column->type != NULL && *column->type != '\0')
    g_string_append_printf(sql, " %s", column->type);
  if (column->collation != NULL)
    dmig_sql_appendf(sql, dialect, " COLLATE %I",
                     column->collation_text != NULL ? column->collation_text : column->collation);
  append_identity(sql, dialect, column);
  if (column->generated != DMIG_GENERATED_NONE)
    g_string_append_printf(sql, " GENERATED ALWAYS AS (%s) %s", column->generated_sql,
                           column->generated == DMIG_GENERATED_STORED ? "STORED" : "VIRTUAL");
  if (column->default_text != NULL) {
    g_string_append_printf(sql, " DEFAULT %s", column->default_text);
  } else if (column->default_sql != NULL) {
    g_string_append(sql, " DEFAULT ");
    dmig_ddl_default(sql, dialect, column->default_sql);
  }
  if (column->not_null && !column->unsaid)
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

void
dmig_ddl_definition(GString *sql, const DmigDialect *dialect, const DmigConstraint *constraint)
{
  if (constraint->definition != NULL) {
    g_string_append(sql, constraint->definition);
    return;
  }
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
  g_string_append(sql, dmig_deferrable_sql(constraint->deferrable));
}

void
dmig_ddl_constraint(GString *sql, const DmigDialect *dialect, const DmigConstraint *constraint)
{
  if (constraint->name != NULL)
    dmig_sql_appendf(sql, dialect, "CONSTRAINT %I ", constraint->name);
  dmig_ddl_definition(sql, dialect, constraint);
}

static gboolean
has_inline_key(const DmigDialect *dialect, const DmigTable *table)
{
  for (guint i = 0; i < table->columns->len; i++)
    if (is_inline_key(dialect, g_ptr_array_index(table->columns, i)))
      return TRUE;
  return FALSE;
}

gboolean
dmig_ddl_creates_column(const DmigTable *table, const DmigColumn *column)
{
  return !column->inherited || column->declared || !dmig_table_is_child(table);
}

/* Of two keys over the same columns in one CREATE TABLE PostgreSQL makes only the first. */
static gboolean
is_second_key(const DmigTable *table, const DmigConstraint *constraint)
{
  if (constraint->kind != DMIG_CONSTRAINT_UNIQUE &&
      constraint->kind != DMIG_CONSTRAINT_PRIMARY_KEY)
    return FALSE;
  for (guint i = 0; i < table->constraints->len; i++) {
    const DmigConstraint *other = g_ptr_array_index(table->constraints, i);
    if (other == constraint)
      return FALSE;
    if ((other->kind == DMIG_CONSTRAINT_UNIQUE || other->kind == DMIG_CONSTRAINT_PRIMARY_KEY) &&
        dmig_strv_equal(other->columns, constraint->columns))
      return TRUE;
  }
  return FALSE;
}

static gboolean
same_members(char *const *a, char *const *b)
{
  for (char *const *one = a; *one != NULL; one++)
    if (!dmig_strv_contains(b, *one))
      return FALSE;
  return g_strv_length((char **) a) == g_strv_length((char **) b);
}

/* Whether the table refers to itself by columns that only an index or a key of its own keeps unique that is
 * made after it. What is deferrable can't be referred to. */
static gboolean
refers_to_own_index(const DmigTable *table, const DmigConstraint *constraint)
{
  if (constraint->kind != DMIG_CONSTRAINT_FOREIGN_KEY ||
      g_strcmp0(constraint->ref_table, table->name) != 0 || constraint->ref_columns[0] == NULL)
    return FALSE;
  for (guint i = 0; i < table->constraints->len; i++) {
    const DmigConstraint *key = g_ptr_array_index(table->constraints, i);
    if ((key->kind == DMIG_CONSTRAINT_UNIQUE || key->kind == DMIG_CONSTRAINT_PRIMARY_KEY) &&
        key->deferrable == DMIG_NOT_DEFERRABLE && !is_second_key(table, key) &&
        same_members(key->columns, constraint->ref_columns))
      return FALSE;
  }
  return TRUE;
}

gboolean
dmig_ddl_creates_constraint(const DmigDialect *dialect, const DmigTable *table,
                            const DmigConstraint *constraint)
{
  gboolean can_add = !dialect->has.table_rebuilds;
  gboolean later = is_second_key(table, constraint) || refers_to_own_index(table, constraint);
  return !(can_add && later) && dmig_constraint_is_valid(constraint) &&
         (!constraint->inherited || constraint->declared || !dmig_table_is_child(table));
}

static void
append_lines(GString *sql, const DmigDialect *dialect, const DmigTable *table, gboolean foreign_keys)
{
  const char *separator = "\n  ";
  gboolean inline_key = has_inline_key(dialect, table);
  for (guint i = 0; i < table->columns->len; i++) {
    const DmigColumn *column = g_ptr_array_index(table->columns, i);
    if (!dmig_ddl_creates_column(table, column))
      continue;
    g_string_append(sql, separator);
    dmig_ddl_column(sql, dialect, column);
    separator = ",\n  ";
  }
  for (guint i = 0; i < table->constraints->len; i++) {
    const DmigConstraint *constraint = g_ptr_array_index(table->constraints, i);
    if ((constraint->kind == DMIG_CONSTRAINT_FOREIGN_KEY && !foreign_keys) ||
        (constraint->kind == DMIG_CONSTRAINT_PRIMARY_KEY && inline_key) ||
        !dmig_ddl_creates_constraint(dialect, table, constraint))
      continue;
    g_string_append(sql, separator);
    dmig_ddl_constraint(sql, dialect, constraint);
    separator = ",\n  ";
  }
}

/* ` WITH (fillfactor = 70)` */
static void
append_options(GString *sql, const GPtrArray *facets)
{
  const char *separator = " WITH (";
  for (guint i = 0; facets != NULL && i < facets->len; i++) {
    const DmigFacet *facet = facets->pdata[i];
    if (!facet->created || !g_str_has_prefix(facet->name, "with "))
      continue;
    g_string_append_printf(sql, "%s%s = %s", separator, facet->name + strlen("with "), facet->value);
    separator = ", ";
  }
  if (*separator == ',')
    g_string_append_c(sql, ')');
}

static const char *
created_value(const DmigTable *table, const char *name)
{
  const DmigFacet *facet = dmig_facets_find(table->facets, name);
  return facet != NULL && facet->created ? facet->value : NULL;
}

/* What stands behind the closing parenthesis. */
static void
append_table_options(GString *sql, const DmigDialect *dialect, const DmigTable *table)
{
  const char *method = created_value(table, "access method");
  if (dmig_table_is_child(table)) {
    g_string_append(sql, "\nINHERITS (");
    dmig_sql_append_identifiers(sql, dialect, table->parents);
    g_string_append_c(sql, ')');
  }
  if (table->partition_by != NULL)
    g_string_append_printf(sql, " PARTITION BY %s", table->partition_by);
  if (method != NULL)
    dmig_sql_appendf(sql, dialect, " USING %I", method);
  append_options(sql, table->facets);
  if (table->without_rowid)
    g_string_append(sql, " WITHOUT ROWID");
  if (table->strict)
    g_string_append(sql, table->without_rowid ? ", STRICT" : " STRICT");
  if (table->tail != NULL)
    g_string_append_printf(sql, " %s", table->tail);
}

void
dmig_ddl_create_table(GString *sql, const DmigDialect *dialect, const DmigTable *table,
                      const char *as, gboolean foreign_keys)
{
  gboolean unlogged = created_value(table, "logged") != NULL;
  dmig_sql_appendf(sql, dialect, "CREATE %sTABLE %I (", unlogged ? "UNLOGGED " : "",
                   as != NULL ? as : table->name);
  append_lines(sql, dialect, table, foreign_keys);
  g_string_append(sql, "\n)");
  append_table_options(sql, dialect, table);
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
dmig_ddl_index_body(GString *sql, const DmigDialect *dialect, const DmigIndex *index)
{
  if (index->method != NULL)
    dmig_sql_appendf(sql, dialect, "USING %I ", index->method);
  g_string_append_c(sql, '(');
  for (guint i = 0; i < index->elements->len; i++) {
    if (i > 0)
      g_string_append(sql, ", ");
    append_index_element(sql, dialect, g_ptr_array_index(index->elements, i));
  }
  g_string_append_c(sql, ')');
  if (index->include[0] != NULL)
    append_columns(sql, dialect, " INCLUDE", index->include);
}

void
dmig_ddl_create_index(GString *sql, const DmigDialect *dialect, const DmigTable *table,
                      const DmigIndex *index)
{
  dmig_sql_appendf(sql, dialect, "CREATE %sINDEX %I ON %s%I ", index->unique ? "UNIQUE " : "",
                   index->name, table->partition_by != NULL ? "ONLY " : "", table->name);
  if (index->definition != NULL)
    g_string_append(sql, index->definition);
  else
    dmig_ddl_index_body(sql, dialect, index);
  append_options(sql, index->facets);
  if (index->where_sql != NULL)
    g_string_append_printf(sql, " WHERE %s", index->where_sql);
}
