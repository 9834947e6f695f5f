#include "core/db/sqlite/tokens.h"

#include "core/base/error.h"

void
dmig_tokens_init(DmigTokens *self, const char *sql)
{
  self->sql = sql;
  self->tokens = g_array_new(FALSE, FALSE, sizeof(DmigToken));
  self->at = 0;
  DmigLexer lexer;
  DmigToken token;
  dmig_lexer_init(&lexer, sql);
  do {
    token = dmig_lexer_next(&lexer);
    if (token.kind != DMIG_TOKEN_SPACE)
      g_array_append_val(self->tokens, token);
  } while (token.kind != DMIG_TOKEN_END);
}

void
dmig_tokens_clear(DmigTokens *self)
{
  g_clear_pointer(&self->tokens, g_array_unref);
}

DmigToken
dmig_tokens_peek(const DmigTokens *self, guint ahead)
{
  return g_array_index(self->tokens, DmigToken, MIN(self->at + ahead, self->tokens->len - 1));
}

gboolean
dmig_tokens_at(const DmigTokens *self, const char *word_or_symbol)
{
  return dmig_token_is(dmig_tokens_peek(self, 0), word_or_symbol);
}

gboolean
dmig_tokens_accept(DmigTokens *self, const char *word_or_symbol)
{
  if (!dmig_tokens_at(self, word_or_symbol))
    return FALSE;
  self->at++;
  return TRUE;
}

gboolean
dmig_tokens_accept2(DmigTokens *self, const char *first, const char *second)
{
  if (!dmig_tokens_at(self, first) || !dmig_token_is(dmig_tokens_peek(self, 1), second))
    return FALSE;
  self->at += 2;
  return TRUE;
}

static char *
unquote_string(DmigToken token)
{
  GString *text = g_string_new(NULL);
  for (gsize i = 1; i + 1 < token.length; i++) {
    g_string_append_c(text, token.start[i]);
    if (token.start[i] == '\'')
      i++;
  }
  return g_string_free(text, FALSE);
}

char *
dmig_tokens_name(DmigTokens *self)
{
  DmigToken token = dmig_tokens_peek(self, 0);
  char *name = NULL;
  if (token.kind == DMIG_TOKEN_WORD)
    name = g_strndup(token.start, token.length);
  else if (token.kind == DMIG_TOKEN_QUOTED)
    name = dmig_token_identifier(token);
  else if (token.kind == DMIG_TOKEN_STRING && *token.start == '\'')
    name = unquote_string(token);
  if (name != NULL)
    self->at++;
  return name;
}

void
dmig_tokens_skip(DmigTokens *self)
{
  guint depth = 0;
  do {
    if (dmig_tokens_peek(self, 0).kind == DMIG_TOKEN_END)
      return;
    if (dmig_tokens_at(self, "("))
      depth++;
    else if (dmig_tokens_at(self, ")") && depth > 0)
      depth--;
    self->at++;
  } while (depth > 0);
}

/* From one token's beginning to another's end, so that no comment behind it comes along and hides
 * what will stand there next. */
char *
dmig_tokens_text(const DmigTokens *self, guint first, guint end)
{
  if (first >= end)
    return g_strdup("");
  const char *start = g_array_index(self->tokens, DmigToken, first).start;
  DmigToken last = g_array_index(self->tokens, DmigToken, end - 1);
  return g_strndup(start, last.start + last.length - start);
}

char *
dmig_tokens_group(DmigTokens *self)
{
  if (!dmig_tokens_at(self, "("))
    return NULL;
  guint open = self->at;
  dmig_tokens_skip(self);
  return dmig_tokens_text(self, open + 1, self->at - 1);
}

gboolean
dmig_tokens_at_end_of_item(const DmigTokens *tokens)
{
  return dmig_tokens_at(tokens, ",") || dmig_tokens_at(tokens, ")");
}

gboolean
dmig_tokens_skip_head(DmigTokens *tokens, const char *kind)
{
  while (dmig_tokens_peek(tokens, 0).kind == DMIG_TOKEN_WORD && !dmig_tokens_at(tokens, kind))
    tokens->at++;
  if (!dmig_tokens_accept(tokens, kind))
    return FALSE;
  if (dmig_tokens_accept2(tokens, "IF", "NOT"))
    dmig_tokens_accept(tokens, "EXISTS");
  do {
    g_autofree char *name = dmig_tokens_name(tokens);
    if (name == NULL)
      return FALSE;
  } while (dmig_tokens_accept(tokens, "."));
  return TRUE;
}

char *
dmig_tokens_collation(DmigTokens *tokens)
{
  static const char *const built_in[] = { "BINARY", "NOCASE", "RTRIM", NULL };
  g_autofree char *name = dmig_tokens_name(tokens);
  if (name == NULL)
    return NULL;
  for (const char *const *known = built_in; *known != NULL; known++)
    if (g_ascii_strcasecmp(name, *known) == 0)
      return g_strdup(*known);
  return g_steal_pointer(&name);
}

gboolean
dmig_tokens_fail(const DmigTokens *tokens, const char *object, GError **error)
{
  DmigToken token = dmig_tokens_peek(tokens, 0);
  g_autofree char *rest = g_utf8_make_valid(token.start, (gssize) MIN(token.length, 40));
  g_set_error(error, DMIG_ERROR, DMIG_ERROR_FAILED,
              "can't read the definition of %s at '%s': dmig does not know this syntax; see it "
              "with SELECT sql FROM sqlite_master WHERE name = '%s'",
              object, rest, object);
  return FALSE;
}
