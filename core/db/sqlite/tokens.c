#include "core/db/sqlite/tokens.h"

#include <string.h>

#include "core/base/error.h"

/* SQLite's own tokens, which are simpler than what both databases share: a bracket always quotes a
 * name, comments do not nest, a dollar begins no string. Source: its tokenize.c. */
static gboolean
is_word_char(char c)
{
  return g_ascii_isalnum(c) || c == '_' || c == '$' || (guchar) c >= 0x80;
}

static const char *
end_of_space(const char *p)
{
  if (p[0] == '-' && p[1] == '-')
    return p + strcspn(p, "\n");
  if (p[0] == '/' && p[1] == '*') {
    const char *close = p[2] != '\0' ? strstr(p + 2, "*/") : NULL;
    return close != NULL ? close + 2 : p + strlen(p);
  }
  return p + strspn(p, " \t\n\f\r\v");
}

static const char *
end_of_quoted(const char *p, gboolean *out_open)
{
  char quote = *p == '[' ? ']' : *p;
  for (p++; *p != '\0'; p++) {
    if (*p != quote)
      continue;
    if (quote == ']' || p[1] != quote)
      return p + 1;
    p++;
  }
  *out_open = TRUE;
  return p;
}

static const char *
end_of_number(const char *p)
{
  if (p[0] == '0' && (p[1] == 'x' || p[1] == 'X'))
    for (p += 2; g_ascii_isxdigit(*p); p++)
      ;
  while (is_word_char(*p) || *p == '.' ||
         ((*p == '+' || *p == '-') && (p[-1] == 'e' || p[-1] == 'E') && g_ascii_isdigit(p[1])))
    p++;
  return p;
}

static const char *
end_of_symbol(const char *p)
{
  static const char *const longer[] = { "->>", "->", "||", "==", "!=", "<>", "<=", ">=", "<<", ">>" };
  if (strchr("-|=!<>", *p) == NULL)
    return p + 1;
  for (guint i = 0; i < G_N_ELEMENTS(longer); i++)
    if (g_str_has_prefix(p, longer[i]))
      return p + strlen(longer[i]);
  return p + 1;
}

static DmigToken
next_token(const char *p)
{
  DmigToken token = { .start = p };
  const char *end = end_of_space(p);
  if (*p == '\0') {
    token.kind = DMIG_TOKEN_END;
  } else if (end > p) {
    token.kind = DMIG_TOKEN_SPACE;
  } else if (*p == '\'' || *p == '"' || *p == '`' || *p == '[') {
    token.kind = *p == '\'' ? DMIG_TOKEN_STRING : DMIG_TOKEN_QUOTED;
    end = end_of_quoted(p, &token.unterminated);
  } else if ((*p == 'x' || *p == 'X') && p[1] == '\'') {
    token.kind = DMIG_TOKEN_STRING;
    end = end_of_quoted(p + 1, &token.unterminated);
  } else if (g_ascii_isdigit(*p) || (*p == '.' && g_ascii_isdigit(p[1]))) {
    token.kind = DMIG_TOKEN_NUMBER;
    end = end_of_number(p);
  } else if (is_word_char(*p) && *p != '$') {
    token.kind = DMIG_TOKEN_WORD;
    while (is_word_char(*end))
      end++;
  } else if (strchr("?:@#$", *p) != NULL) {
    token.kind = DMIG_TOKEN_PARAMETER;
    for (end++; is_word_char(*end); end++)
      ;
  } else {
    token.kind = DMIG_TOKEN_SYMBOL;
    end = end_of_symbol(p);
  }
  token.length = (gsize) (end - p);
  return token;
}

void
dmig_tokens_init(DmigTokens *self, const char *sql)
{
  DmigToken token;
  self->sql = sql;
  self->tokens = g_array_sized_new(FALSE, FALSE, sizeof(DmigToken), 64);
  self->at = 0;
  do {
    token = next_token(sql);
    sql = token.start + token.length;
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
  /* All but a few of the answers, without a copy of the token. */
  const DmigToken *token = &g_array_index(self->tokens, DmigToken, MIN(self->at, self->tokens->len - 1));
  if (((*token->start ^ *word_or_symbol) & ~0x20) != 0)
    return FALSE;
  return dmig_token_is(*token, word_or_symbol);
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

char *
dmig_tokens_rest(DmigTokens *self)
{
  guint first = self->at, end = self->tokens->len - 1;
  self->at = end;
  while (end > first && dmig_token_is(g_array_index(self->tokens, DmigToken, end - 1), ";"))
    end--;
  return dmig_tokens_text(self, first, end);
}

gboolean
dmig_tokens_names(const DmigTokens *self, guint at, const char *name)
{
  DmigToken token = g_array_index(self->tokens, DmigToken, MIN(at, self->tokens->len - 1));
  if (token.kind != DMIG_TOKEN_WORD && token.kind != DMIG_TOKEN_QUOTED)
    return FALSE;
  g_autofree char *own = dmig_token_identifier(token);
  return g_ascii_strcasecmp(own, name) == 0;
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
