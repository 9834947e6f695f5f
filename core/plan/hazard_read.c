#include "core/plan/hazard_read.h"

#include <string.h>

/* --- statements ------------------------------------------------------------------------------ */

static void
statement_free(gpointer data)
{
  DmigSqlStatement *self = data;

  g_array_unref(self->tokens);
  g_free(self);
}

/* Where statements stand within a statement, their semicolons do not end it. */
typedef struct {
  gboolean routine, trigger; /* CREATE FUNCTION or PROCEDURE, CREATE TRIGGER */
  guint depth;               /* of BEGIN and CASE */
} Body;

static void
note_body(Body *body, const GArray *tokens, DmigToken token)
{
  const DmigToken *first = (const DmigToken *) (gpointer) tokens->data;

  if (tokens->len <= 4 && tokens->len > 0 && dmig_token_is(first[0], "create")) {
    body->routine |= dmig_token_is(token, "function") || dmig_token_is(token, "procedure");
    body->trigger |= dmig_token_is(token, "trigger");
  }
  if (body->trigger && dmig_token_is(token, "begin"))
    body->depth++;
  else if (body->routine && dmig_token_is(token, "atomic"))
    body->depth++;
  else if (body->depth > 0 && dmig_token_is(token, "case"))
    body->depth++;
  else if (body->depth > 0 && dmig_token_is(token, "end"))
    body->depth--;
}

static DmigSqlStatement *
statement_new(void)
{
  DmigSqlStatement *self = g_new0(DmigSqlStatement, 1);

  self->tokens = g_array_new(FALSE, FALSE, sizeof(DmigToken));
  return self;
}

GPtrArray *
dmig_hazard_statements(const char *sql)
{
  GPtrArray *statements = g_ptr_array_new_with_free_func(statement_free);
  DmigSqlStatement *current = statement_new();
  Body body = { 0 };
  guint line = 1;
  const char *counted = sql;
  DmigLexer lexer;

  dmig_lexer_init(&lexer, sql);
  for (DmigToken token = dmig_lexer_next(&lexer); token.kind != DMIG_TOKEN_END;
       token = dmig_lexer_next(&lexer)) {
    if (token.kind == DMIG_TOKEN_SPACE)
      continue;
    if (dmig_token_is(token, ";") && body.depth == 0) {
      if (current->tokens->len > 0) {
        g_ptr_array_add(statements, current);
        current = statement_new();
      }
      body = (Body){ 0 };
      continue;
    }
    for (; counted < token.start; counted++)
      line += *counted == '\n';
    if (current->tokens->len == 0)
      current->line = line;
    note_body(&body, current->tokens, token);
    g_array_append_val(current->tokens, token);
  }
  if (current->tokens->len > 0)
    g_ptr_array_add(statements, current);
  else
    statement_free(current);
  return statements;
}

/* --- cursors --------------------------------------------------------------------------------- */

DmigCursor
dmig_cursor_of(const DmigSqlStatement *statement)
{
  return (DmigCursor){ (const DmigToken *) (gpointer) statement->tokens->data,
                       statement->tokens->len, 0 };
}

gboolean
dmig_cursor_done(const DmigCursor *self)
{
  return self->at >= self->n;
}

/* How many tokens the words take that come next; 0: others come. */
static guint
length_of(const DmigCursor *self, const char *words)
{
  guint n = 0;

  for (const char *p = words; *p != '\0'; n++) {
    gsize length = strcspn(p, " ");
    if (self->at + n >= self->n)
      return 0;
    DmigToken token = self->tokens[self->at + n];
    if (token.length != length || token.kind == DMIG_TOKEN_QUOTED ||
        g_ascii_strncasecmp(token.start, p, length) != 0)
      return 0;
    p += length;
    while (*p == ' ')
      p++;
  }
  return n;
}

gboolean
dmig_cursor_sees(const DmigCursor *self, const char *words)
{
  return length_of(self, words) > 0;
}

gboolean
dmig_cursor_take(DmigCursor *self, const char *words)
{
  guint n = length_of(self, words);

  self->at += n;
  return n > 0;
}

gboolean
dmig_cursor_seek(DmigCursor *self, const char *words)
{
  DmigCursor ahead = *self;

  while (!dmig_cursor_done(&ahead)) {
    if (dmig_cursor_take(&ahead, words)) {
      *self = ahead;
      return TRUE;
    }
    dmig_cursor_skip(&ahead);
  }
  return FALSE;
}

gboolean
dmig_cursor_has(const DmigCursor *self, const char *words)
{
  DmigCursor ahead = *self;

  return dmig_cursor_seek(&ahead, words);
}

void
dmig_cursor_skip(DmigCursor *self)
{
  guint depth = 0;

  do {
    depth += dmig_cursor_sees(self, "(") ? 1 : 0;
    depth -= depth > 0 && dmig_cursor_sees(self, ")") ? 1 : 0;
    self->at++;
  } while (depth > 0 && !dmig_cursor_done(self));
}

static gboolean
is_name(const DmigCursor *self)
{
  return !dmig_cursor_done(self) && (self->tokens[self->at].kind == DMIG_TOKEN_WORD ||
                                     self->tokens[self->at].kind == DMIG_TOKEN_QUOTED);
}

char *
dmig_cursor_name(DmigCursor *self)
{
  GString *name = NULL;

  while (is_name(self)) {
    g_autofree char *part = dmig_token_identifier(self->tokens[self->at++]);
    if (name == NULL || g_str_equal(name->str, "public.")) {
      if (name != NULL)
        g_string_free(name, TRUE);
      name = g_string_new(part);
    } else {
      g_string_append(name, part);
    }
    if (!dmig_cursor_take(self, "."))
      break;
    g_string_append_c(name, '.');
  }
  return name != NULL ? g_string_free(name, FALSE) : NULL;
}

DmigCursor
dmig_cursor_group(DmigCursor *self)
{
  DmigCursor inside = { self->tokens, self->at, self->at };

  if (!dmig_cursor_sees(self, "("))
    return inside;
  inside.at = self->at + 1;
  dmig_cursor_skip(self);
  inside.n = self->at > inside.at ? self->at - 1 : inside.at;
  return inside;
}

DmigCursor
dmig_cursor_clause(DmigCursor *self)
{
  DmigCursor clause = *self;

  while (!dmig_cursor_done(self) && !dmig_cursor_sees(self, ","))
    dmig_cursor_skip(self);
  clause.n = MIN(self->at, self->n);
  dmig_cursor_take(self, ",");
  return clause;
}

char *
dmig_cursor_text(const DmigCursor *self)
{
  GString *text = g_string_new(NULL);

  for (guint i = self->at; i < self->n; i++) {
    g_autofree char *piece = g_strndup(self->tokens[i].start, self->tokens[i].length);
    g_autofree char *lower = g_ascii_strdown(piece, -1);
    g_string_append_printf(text, "%s%s", text->len > 0 ? " " : "",
                           self->tokens[i].kind == DMIG_TOKEN_WORD ? lower : piece);
  }
  return g_string_free(text, FALSE);
}
