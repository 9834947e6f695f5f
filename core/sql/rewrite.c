/* What is asked of SQL that somebody else wrote: does it name this, is it the same as that. */
#include "core/sql/lexer.h"

#include "core/sql/path.h"
#include "core/sql/text.h"

#include <string.h>

/* Words that name something only when quoted, in one of the two dialects at least. Sorted.
 * Sources: PostgreSQL manual, appendix C; SQLite "SQL Keywords". */
static const char *const reserved[] = {
  "add", "all", "alter", "analyse", "analyze", "and", "any", "array", "as", "asc", "asymmetric",
  "authorization", "autoincrement", "between", "binary", "both", "case", "cast", "check",
  "collate", "collation", "column", "commit", "concurrently", "constraint", "create", "cross",
  "current_catalog", "current_date", "current_role", "current_schema", "current_time",
  "current_timestamp", "current_user", "default", "deferrable", "delete", "desc", "distinct",
  "do", "drop", "else", "end", "escape", "except", "exists", "false", "fetch", "for", "foreign",
  "freeze", "from", "full", "grant", "group", "having", "ilike", "in", "index", "initially",
  "inner", "insert", "intersect", "into", "is", "isnull", "join", "lateral", "leading", "left",
  "like", "limit", "localtime", "localtimestamp", "natural", "not", "notnull", "null", "offset",
  "on", "only", "or", "order", "outer", "overlaps", "placing", "primary", "references",
  "returning", "right", "select", "session_user", "set", "similar", "some", "symmetric",
  "system_user", "table", "tablesample", "then", "to", "trailing", "transaction", "true", "union",
  "unique", "update", "user", "using", "values", "variadic", "verbose", "when", "where", "window",
  "with", NULL,
};

/* Just enough of a dialect for dmig_sql_append_identifier(). */
static const DmigDialect any_dialect = { .reserved_words = reserved };

/* Types whose names are no reserved words, so that columns often have them too. */
static const char *const type_words[] = {
  "bigint", "blob", "boolean", "bytea", "char", "character", "date", "decimal", "double", "float",
  "inet", "int", "integer", "interval", "json", "jsonb", "money", "name", "numeric", "point",
  "real", "smallint", "text", "time", "timestamp", "timestamptz", "uuid", "varchar", "xml", NULL,
};

/* The tokens that mean something, without spaces and comments; the END token is not among them. */
static GArray *
meaningful_tokens(const char *sql)
{
  GArray *tokens = g_array_new(FALSE, FALSE, sizeof(DmigToken));
  DmigLexer lexer;
  dmig_lexer_init(&lexer, sql);
  for (DmigToken token = dmig_lexer_next(&lexer); token.kind != DMIG_TOKEN_END;
       token = dmig_lexer_next(&lexer))
    if (token.kind != DMIG_TOKEN_SPACE)
      g_array_append_val(tokens, token);
  return tokens;
}

static DmigToken
token_at(GArray *tokens, guint i)
{
  return i < tokens->len ? g_array_index(tokens, DmigToken, i)
                         : (DmigToken){ .kind = DMIG_TOKEN_END };
}

static gboolean
is_identifier(DmigToken token)
{
  return token.kind == DMIG_TOKEN_WORD || token.kind == DMIG_TOKEN_QUOTED;
}

/* A dialect quotes more words than it has to: those that some of its statements take for names. */
gboolean
dmig_token_is_keyword(DmigToken token, const DmigDialect *dialect)
{
  if (token.kind != DMIG_TOKEN_WORD)
    return FALSE;
  g_autofree char *word = dmig_token_identifier(token);
  return dmig_sql_is_reserved(&any_dialect, word) && dmig_sql_is_reserved(dialect, word);
}

gboolean
dmig_sql_mentions(const char *sql, const char *path)
{
  const char *identifier = dmig_path_name(path);
  DmigLexer lexer;
  dmig_lexer_init(&lexer, sql);
  for (DmigToken token = dmig_lexer_next(&lexer); token.kind != DMIG_TOKEN_END;
       token = dmig_lexer_next(&lexer)) {
    if (!is_identifier(token))
      continue;
    g_autofree char *name = dmig_token_identifier(token);
    if (g_ascii_strcasecmp(name, identifier) == 0)
      return TRUE;
  }
  return FALSE;
}

/* Whether the word at `i` is in its place a type and not a column of that name: `x::date`,
 * `CAST(x AS date)`, `date '2020-01-01'`. */
static gboolean
stands_for_type(GArray *tokens, guint i, const char *name)
{
  if (token_at(tokens, i).kind != DMIG_TOKEN_WORD || !g_strv_contains(type_words, name))
    return FALSE;
  if (token_at(tokens, i + 1).kind == DMIG_TOKEN_STRING)
    return TRUE;
  if (i == 0)
    return FALSE;
  DmigToken previous = token_at(tokens, i - 1);
  return dmig_token_is(previous, "::") || dmig_token_is(previous, "as");
}

static gboolean
is_replaced(GArray *tokens, guint i, const char *from)
{
  DmigToken token = token_at(tokens, i);
  if (!is_identifier(token) || dmig_token_is(token_at(tokens, i + 1), "("))
    return FALSE;
  g_autofree char *name = dmig_token_identifier(token);
  gboolean same =
      token.kind == DMIG_TOKEN_WORD ? g_ascii_strcasecmp(name, from) == 0 : strcmp(name, from) == 0;
  return same && !stands_for_type(tokens, i, name);
}

/* The name before the dot before the token at `i`; NULL: there is none. Owned. */
static char *
qualifier_of(GArray *tokens, guint i)
{
  if (i < 2 || !dmig_token_is(token_at(tokens, i - 1), ".")
      || !is_identifier(token_at(tokens, i - 2)))
    return NULL;
  return dmig_token_identifier(token_at(tokens, i - 2));
}

char *
dmig_sql_replace_identifier(const char *sql, const char *from_path, const char *to_path)
{
  const char *from = dmig_path_name(from_path), *to = dmig_path_name(to_path);
  g_autofree char *from_schema = dmig_path_schema(from_path), *to_schema = dmig_path_schema(to_path);
  gboolean moves = g_strcmp0(from_schema, to_schema) != 0;
  g_autoptr(GArray) tokens = meaningful_tokens(sql);
  GString *out = g_string_new(NULL);
  const char *copied = sql;
  for (guint i = 0; i < tokens->len; i++) {
    if (!is_replaced(tokens, i, from))
      continue;
    DmigToken token = token_at(tokens, i);
    g_autofree char *qualifier
        = moves || from_schema != NULL ? qualifier_of(tokens, i) : NULL;
    /* `other.name` is something else, or a column. */
    if (qualifier != NULL && g_strcmp0(qualifier, from_schema) != 0)
      continue;
    /* So is a plain `name`, where the path says a schema: a column, or an alias. */
    gboolean whole = moves && (qualifier != NULL || from_schema == NULL);
    const char *start = whole && qualifier != NULL ? token_at(tokens, i - 2).start : token.start;
    g_string_append_len(out, copied, start - copied);
    dmig_sql_appendf(out, &any_dialect, "%I", whole ? to_path : to);
    copied = token.start + token.length;
  }
  g_string_append(out, copied);
  return g_string_free(out, FALSE);
}

/* Narrows [*first, *last) while parentheses go around all of it. */
static void
strip_outer_parentheses(GArray *tokens, guint *first, guint *last)
{
  while (*last - *first > 2 && dmig_token_is(token_at(tokens, *first), "(")) {
    guint depth = 0, i = *first;
    for (; i < *last; i++) {
      if (dmig_token_is(token_at(tokens, i), "("))
        depth++;
      else if (dmig_token_is(token_at(tokens, i), ")") && --depth == 0)
        break;
    }
    if (i + 1 != *last)
      return;
    ++*first;
    --*last;
  }
}

static void
append_canonical(GString *out, DmigToken token)
{
  if (token.kind == DMIG_TOKEN_QUOTED) {
    g_autofree char *name = dmig_token_identifier(token);
    dmig_sql_append_identifier(out, &any_dialect, name);
  } else if (token.kind == DMIG_TOKEN_WORD) {
    g_autofree char *name = dmig_token_identifier(token);
    g_string_append(out, name);
  } else if (dmig_token_is(token, "!=")) {
    g_string_append(out, "<>");
  } else if (dmig_token_is(token, "==")) {
    g_string_append(out, "=");
  } else {
    g_string_append_len(out, token.start, token.length);
  }
}

char *
dmig_sql_canonical(const char *sql)
{
  g_autoptr(GArray) tokens = meaningful_tokens(sql);
  guint first = 0, last = tokens->len;
  while (last > 0 && dmig_token_is(token_at(tokens, last - 1), ";"))
    last--;
  strip_outer_parentheses(tokens, &first, &last);
  GString *out = g_string_new(NULL);
  for (guint i = first; i < last; i++) {
    if (i > first)
      g_string_append_c(out, ' ');
    append_canonical(out, token_at(tokens, i));
  }
  return g_string_free(out, FALSE);
}

gboolean
dmig_sql_equal(const char *a, const char *b)
{
  if (a == NULL || b == NULL)
    return a == b;
  if (strcmp(a, b) == 0)
    return TRUE;
  g_autofree char *canonical_a = dmig_sql_canonical(a);
  g_autofree char *canonical_b = dmig_sql_canonical(b);
  return strcmp(canonical_a, canonical_b) == 0;
}

static const char *
unterminated_problem(DmigToken token)
{
  switch (token.kind) {
  case DMIG_TOKEN_SPACE:
    return "it ends inside a comment";
  case DMIG_TOKEN_QUOTED:
    return "a quoted name is not closed";
  case DMIG_TOKEN_STRING:
    return "a string is not closed";
  case DMIG_TOKEN_END:
  case DMIG_TOKEN_WORD:
  case DMIG_TOKEN_NUMBER:
  case DMIG_TOKEN_PARAMETER:
  case DMIG_TOKEN_SYMBOL:
    break;
  }
  return "it is not complete";
}

/* Follows the nesting of parentheses and brackets; `open` holds the closing ones still due. */
static const char *
nesting_problem(DmigToken token, GString *open)
{
  if (dmig_token_is(token, "("))
    g_string_append_c(open, ')');
  else if (dmig_token_is(token, "["))
    g_string_append_c(open, ']');
  else if (dmig_token_is(token, ")") || dmig_token_is(token, "]")) {
    if (open->len == 0 || open->str[open->len - 1] != *token.start)
      return *token.start == ')' ? "a closing parenthesis has no opening one"
                                 : "a closing bracket has no opening one";
    g_string_truncate(open, open->len - 1);
  }
  return NULL;
}

static const char *
balance_problem(const char *sql)
{
  g_autoptr(GString) open = g_string_new(NULL);
  gboolean any = FALSE, ended = FALSE;
  DmigLexer lexer;
  dmig_lexer_init(&lexer, sql);
  for (DmigToken token = dmig_lexer_next(&lexer); token.kind != DMIG_TOKEN_END;
       token = dmig_lexer_next(&lexer)) {
    if (token.unterminated)
      return unterminated_problem(token);
    if (token.kind == DMIG_TOKEN_SPACE)
      continue;
    if (ended)
      return "it is more than one statement";
    const char *problem = nesting_problem(token, open);
    if (problem != NULL)
      return problem;
    ended = open->len == 0 && dmig_token_is(token, ";");
    any |= !ended;
  }
  if (open->len > 0)
    return open->str[open->len - 1] == ')' ? "a parenthesis is not closed"
                                           : "a bracket is not closed";
  return any ? NULL : "it is empty";
}

gboolean
dmig_sql_is_balanced(const char *sql, const char **out_problem)
{
  const char *problem = balance_problem(sql);
  if (problem != NULL && out_problem != NULL)
    *out_problem = problem;
  return problem == NULL;
}

gboolean
dmig_sql_is_blank(const char *sql)
{
  DmigLexer lexer;
  dmig_lexer_init(&lexer, sql);
  DmigToken token = dmig_lexer_next(&lexer);
  while (token.kind == DMIG_TOKEN_SPACE)
    token = dmig_lexer_next(&lexer);
  return token.kind == DMIG_TOKEN_END;
}

/* Up to the semicolon that ends it, which no parenthesis holds: a rule may do several things. NULL
 * behind the last one. Moves `script` on. */
static char *
next_statement(const char **script)
{
  const char *start = *script;
  if (*start == '\0')
    return NULL;
  DmigLexer lexer;
  dmig_lexer_init(&lexer, start);
  DmigToken token = dmig_lexer_next(&lexer);
  for (guint depth = 0; token.kind != DMIG_TOKEN_END && (depth > 0 || !dmig_token_is(token, ";"));
       token = dmig_lexer_next(&lexer)) {
    if (dmig_token_is(token, "("))
      depth++;
    else if (dmig_token_is(token, ")") && depth > 0)
      depth--;
  }
  *script = token.start + token.length;
  return g_strndup(start, (gsize) (token.start - start));
}

gboolean
dmig_sql_script_is_balanced(const char *script, const char **out_problem)
{
  gboolean balanced = TRUE;
  for (char *statement; balanced && (statement = next_statement(&script)) != NULL; g_free(statement))
    balanced = dmig_sql_is_blank(statement) || dmig_sql_is_balanced(statement, out_problem);
  return balanced;
}

gboolean
dmig_sql_body_is_balanced(const char *body, const char **out_problem)
{
  g_autofree char *ended = g_strconcat(body, "\n", NULL);
  return dmig_sql_script_is_balanced(ended, out_problem);
}
