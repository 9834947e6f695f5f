/* Taking the default schema's name away from what the database printed with it. */
#include <string.h>

#include "core/sql/lexer.h"

/* Where reading stands: the token behind `lexer`'s last, without spaces. */
static DmigToken
peek(const DmigLexer *lexer)
{
  DmigLexer ahead = *lexer;
  DmigToken token = dmig_lexer_next(&ahead);

  while (token.kind == DMIG_TOKEN_SPACE)
    token = dmig_lexer_next(&ahead);
  return token;
}

static gboolean
is_schema(DmigToken token, const char *schema)
{
  if (token.kind != DMIG_TOKEN_WORD && token.kind != DMIG_TOKEN_QUOTED)
    return FALSE;
  g_autofree char *name = dmig_token_identifier(token);
  return strcmp(name, schema) == 0;
}

static gboolean
is_kept(DmigToken token, const char *const *keep)
{
  if (token.kind != DMIG_TOKEN_WORD && token.kind != DMIG_TOKEN_QUOTED)
    return FALSE;
  g_autofree char *name = dmig_token_identifier(token);
  for (; keep != NULL && *keep != NULL; keep++)
    if (strcmp(*keep, name) == 0)
      return TRUE;
  return FALSE;
}

static gboolean
is_name_or_operator(DmigToken token)
{
  return token.kind == DMIG_TOKEN_WORD || token.kind == DMIG_TOKEN_QUOTED ||
         (token.kind == DMIG_TOKEN_SYMBOL && strchr("+-*/<>=~!@#%^&|`?", *token.start) != NULL);
}

/* `OPERATOR(schema.=)` at `word`; `lexer` stands behind the word. On success it stands behind the
 * closing parenthesis. */
static gboolean
read_operator(DmigLexer *lexer, DmigToken word, const char *schema, DmigToken *out_operator)
{
  DmigLexer ahead = *lexer;
  DmigToken tokens[5];

  if (!dmig_token_is(word, "operator"))
    return FALSE;
  for (guint i = 0; i < G_N_ELEMENTS(tokens); i++)
    tokens[i] = dmig_lexer_next(&ahead);
  if (!dmig_token_is(tokens[0], "(") || !is_schema(tokens[1], schema) ||
      !dmig_token_is(tokens[2], ".") || !is_name_or_operator(tokens[3]) ||
      !dmig_token_is(tokens[4], ")"))
    return FALSE;
  *out_operator = tokens[3];
  *lexer = ahead;
  return TRUE;
}

char *
dmig_sql_unqualify(const char *sql, const char *schema, const char *const *keep)
{
  if (strstr(sql, schema) == NULL)
    return g_strdup(sql);
  GString *out = g_string_sized_new(strlen(sql));
  DmigToken previous = { .kind = DMIG_TOKEN_END };
  DmigLexer lexer;
  dmig_lexer_init(&lexer, sql);
  for (DmigToken token = dmig_lexer_next(&lexer); token.kind != DMIG_TOKEN_END;
       token = dmig_lexer_next(&lexer)) {
    DmigToken operator_token;
    if (is_schema(token, schema) && !dmig_token_is(previous, ".") &&
        dmig_token_is(peek(&lexer), ".")) {
      DmigLexer ahead = lexer;
      do
        previous = dmig_lexer_next(&ahead);
      while (previous.kind == DMIG_TOKEN_SPACE);
      if (is_name_or_operator(peek(&ahead)) && !is_kept(peek(&ahead), keep)) {
        lexer = ahead;
        previous.kind = DMIG_TOKEN_END;
        continue;
      }
    } else if (read_operator(&lexer, token, schema, &operator_token)) {
      token = operator_token;
    }
    g_string_append_len(out, token.start, (gssize) token.length);
    if (token.kind != DMIG_TOKEN_SPACE)
      previous = token;
  }
  return g_string_free(out, FALSE);
}
