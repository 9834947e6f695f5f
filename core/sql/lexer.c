#include "core/sql/lexer.h"

#include <string.h>

void
dmig_lexer_init(DmigLexer *self, const char *sql)
{
  self->next = sql;
  self->begin = sql;
  self->subscripts = 0;
  self->last = (DmigToken){ DMIG_TOKEN_END, sql, 0, FALSE };
}

static gboolean
is_word_start(char c)
{
  return g_ascii_isalpha(c) || c == '_' || (guchar) c >= 0x80;
}

static gboolean
is_word_char(char c)
{
  return is_word_start(c) || g_ascii_isdigit(c) || c == '$';
}

/* Each scanner gets the token's beginning and gives its end; `out_open` becomes TRUE where the
 * text ends within it. */
static const char *
scan_quoted(const char *p, char quote, gboolean backslashes, gboolean *out_open)
{
  for (p++; *p != '\0'; p++) {
    if (backslashes && *p == '\\' && p[1] != '\0')
      p++;
    else if (*p == quote && p[1] == quote)
      p++;
    else if (*p == quote)
      return p + 1;
  }
  *out_open = TRUE;
  return p;
}

static const char *
scan_block_comment(const char *p, gboolean *out_open)
{
  guint depth = 0;
  do {
    if (p[0] == '/' && p[1] == '*') {
      depth++;
      p += 2;
    } else if (p[0] == '*' && p[1] == '/') {
      depth--;
      p += 2;
    } else if (*p != '\0') {
      p++;
    } else {
      *out_open = TRUE;
      return p;
    }
  } while (depth > 0);
  return p;
}

static const char *
scan_space(const char *p, gboolean *out_open)
{
  if (p[0] == '/' && p[1] == '*')
    return scan_block_comment(p, out_open);
  if (p[0] == '-' && p[1] == '-') {
    p += strcspn(p, "\n");
    *out_open = *p == '\0';
    return p;
  }
  while (g_ascii_isspace(*p) || *p == '\v')
    p++;
  return p;
}

/* The end of the tag that opens a dollar-quoted string: behind `$tag$`. NULL: it opens none. */
static const char *
end_of_dollar_tag(const char *p)
{
  const char *end = p + 1;
  if (is_word_start(*end))
    while (is_word_char(*end) && *end != '$')
      end++;
  return *end == '$' ? end + 1 : NULL;
}

static const char *
scan_dollar_string(const char *p, const char *body, gboolean *out_open)
{
  g_autofree char *tag = g_strndup(p, body - p);
  const char *close = strstr(body, tag);
  if (close != NULL)
    return close + strlen(tag);
  *out_open = TRUE;
  return body + strlen(body);
}

static const char *
scan_number(const char *p)
{
  if (p[0] == '0' && (p[1] == 'x' || p[1] == 'X') && g_ascii_isxdigit(p[2])) {
    for (p += 2; g_ascii_isxdigit(*p) || *p == '_'; p++)
      ;
    return p;
  }
  while (g_ascii_isdigit(*p) || (*p == '_' && g_ascii_isdigit(p[1])))
    p++;
  if (*p == '.' && p[1] != '.')
    for (p++; g_ascii_isdigit(*p); p++)
      ;
  if (*p == 'e' || *p == 'E') {
    const char *exponent = p + 1 + (p[1] == '+' || p[1] == '-');
    if (g_ascii_isdigit(*exponent))
      for (p = exponent; g_ascii_isdigit(*p); p++)
        ;
  }
  return p;
}

static const char *
scan_symbol(const char *p)
{
  static const char *const longer[] = {
    "!~~*", "->>", "#>>", "!~*", "!~~", "~~*", "||", "::", ":=", "<=", ">=", "<>", "!=", "==",
    "->",   "#>",  "<<",  ">>",  "~*",  "~~",  "!~", "@>", "<@", "&&", "@@", "@?", "#-", "=>",
    "..",   NULL,
  };
  if (strchr("!#&-.:<=>@|~", *p) == NULL)
    return p + 1;
  for (const char *const *symbol = longer; *symbol != NULL; symbol++)
    if (g_str_has_prefix(p, *symbol))
      return p + strlen(*symbol);
  return p + 1;
}

/* Whether the value before `p` could be subscripted or sliced by what follows. */
static gboolean
follows_value(const DmigLexer *self, const char *p)
{
  if (p == self->begin)
    return FALSE;
  char c = p[-1];
  return is_word_char(c) || c == ']' || c == ')' || c == '"';
}

/* Whether the token before is one behind which a value has to come, so that nothing is there to be
 * subscripted. */
static gboolean
awaits_value(DmigToken before)
{
  static const char *const words[] = {
    "ALL",   "AND",    "AS",   "BEGIN", "BETWEEN", "BY",    "CASE",   "CHECK", "DISTINCT", "ELSE",
    "FROM",  "GLOB",   "IN",   "INDEX", "INTO",    "IS",    "JOIN",   "LIKE",  "NOT",      "OF",
    "ON",    "OR",     "REFERENCES", "SELECT", "SET", "TABLE", "THEN", "TRIGGER", "UPDATE", "VIEW",
    "WHEN",  "WHERE",
  };
  if (before.kind == DMIG_TOKEN_SYMBOL)
    return *before.start != ')' && *before.start != ']';
  for (guint i = 0; before.kind == DMIG_TOKEN_WORD && i < G_N_ELEMENTS(words); i++)
    if (dmig_token_is(before, words[i]))
      return TRUE;
  return before.kind == DMIG_TOKEN_END;
}

/* PostgreSQL's subscripts and SQLite's [quoted names] look alike. A name stands apart from the value
 * before it, and holds nothing but one name unless no value is there. NULL: this bracket quotes none. */
static const char *
end_of_bracketed_name(const DmigLexer *self, const char *p)
{
  if (self->subscripts > 0 || follows_value(self, p))
    return NULL;
  gboolean plain = is_word_start(p[1]);
  const char *end = p + 1 + strcspn(p + 1, plain ? "],()'\"[" : "]");
  if ((!plain || *end != ']') && awaits_value(self->last))
    end = p + 1 + strcspn(p + 1, "]");
  else if (!plain)
    return NULL;
  return *end == ']' && end > p + 1 ? end + 1 : NULL;
}

static DmigTokenKind
scan_word(const char *p, const char **out_end, gboolean *out_open)
{
  if (p[1] == '\'' && strchr("eEbBxXnN", *p) != NULL) {
    *out_end = scan_quoted(p + 1, '\'', *p == 'e' || *p == 'E', out_open);
    return DMIG_TOKEN_STRING;
  }
  while (is_word_char(*p))
    p++;
  *out_end = p;
  return DMIG_TOKEN_WORD;
}

static DmigTokenKind
scan_punctuation(DmigLexer *self, const char *p, const char **out_end, gboolean *out_open)
{
  const char *body = *p == '$' ? end_of_dollar_tag(p) : NULL;
  if (body != NULL) {
    *out_end = scan_dollar_string(p, body, out_open);
    return DMIG_TOKEN_STRING;
  }
  const char *bracketed = *p == '[' ? end_of_bracketed_name(self, p) : NULL;
  if (bracketed != NULL) {
    *out_end = bracketed;
    return DMIG_TOKEN_QUOTED;
  }
  gboolean numbered = (*p == '$' || *p == '?') && g_ascii_isdigit(p[1]);
  gboolean named = strchr(":@$", *p) != NULL && is_word_start(p[1]) && !follows_value(self, p);
  if (numbered || named) {
    for (p++; is_word_char(*p); p++)
      ;
    *out_end = p;
    return DMIG_TOKEN_PARAMETER;
  }
  if (*p == '[')
    self->subscripts++;
  else if (*p == ']' && self->subscripts > 0)
    self->subscripts--;
  *out_end = scan_symbol(p);
  return DMIG_TOKEN_SYMBOL;
}

DmigToken
dmig_lexer_next(DmigLexer *self)
{
  const char *p = self->next, *end = p;
  gboolean open = FALSE;
  DmigTokenKind kind;
  if (*p == '\0') {
    kind = DMIG_TOKEN_END;
  } else if ((end = scan_space(p, &open)) > p) {
    kind = DMIG_TOKEN_SPACE;
  } else if (*p == '\'') {
    kind = DMIG_TOKEN_STRING;
    end = scan_quoted(p, '\'', FALSE, &open);
  } else if (*p == '"' || *p == '`') {
    kind = DMIG_TOKEN_QUOTED;
    end = scan_quoted(p, *p, FALSE, &open);
  } else if (is_word_start(*p)) {
    kind = scan_word(p, &end, &open);
  } else if (g_ascii_isdigit(*p) || (*p == '.' && g_ascii_isdigit(p[1]))) {
    kind = DMIG_TOKEN_NUMBER;
    end = scan_number(p);
  } else {
    kind = scan_punctuation(self, p, &end, &open);
  }
  self->next = end;
  DmigToken token = { kind, p, end - p, open };
  if (kind != DMIG_TOKEN_SPACE)
    self->last = token;
  return token;
}

char *
dmig_token_identifier(DmigToken token)
{
  if (token.kind != DMIG_TOKEN_QUOTED || token.length == 0)
    return g_ascii_strdown(token.start, token.length);
  char quote = *token.start == '[' ? ']' : *token.start;
  const char *end = token.start + token.length - (token.unterminated ? 0 : 1);
  GString *name = g_string_new(NULL);
  for (const char *p = token.start + 1; p < end; p++) {
    if (*p == quote && p + 1 < end && p[1] == quote)
      p++;
    g_string_append_c(name, *p);
  }
  return g_string_free(name, FALSE);
}

static char
lower(char c)
{
  return c >= 'A' && c <= 'Z' ? (char) (c | 0x20) : c;
}

/* Asked for every token several times: most answers are in the first letter. */
gboolean
dmig_token_is(DmigToken token, const char *word_or_symbol)
{
  if (token.kind != DMIG_TOKEN_WORD && token.kind != DMIG_TOKEN_SYMBOL)
    return FALSE;
  for (gsize i = 0; i < token.length; i++)
    if (lower(token.start[i]) != lower(word_or_symbol[i]))
      return FALSE;
  return word_or_symbol[token.length] == '\0';
}
