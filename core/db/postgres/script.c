#include "core/db/postgres/script.h"

#include "core/sql/lexer.h"

typedef struct {
  guint words;      /* words of the statement so far, up to a few */
  gboolean creates; /* begins with CREATE */
  gboolean routine; /* … FUNCTION or PROCEDURE */
  guint depth;      /* open parentheses */
  guint blocks;     /* open BEGIN ATOMIC and CASE in a routine's body */
} State;

static void
follow_word(State *self, DmigToken token)
{
  if (self->words == 0)
    self->creates = dmig_token_is(token, "create");
  else if (self->creates && self->words < 4
           && (dmig_token_is(token, "function") || dmig_token_is(token, "procedure")))
    self->routine = TRUE;
  self->words++;
  if (!self->routine)
    return;
  if (dmig_token_is(token, "atomic") || (self->blocks > 0 && dmig_token_is(token, "case")))
    self->blocks++;
  else if (self->blocks > 0 && dmig_token_is(token, "end"))
    self->blocks--;
}

static void
follow(State *self, DmigToken token)
{
  if (token.kind == DMIG_TOKEN_WORD)
    follow_word(self, token);
  else if (dmig_token_is(token, "("))
    self->depth++;
  else if (dmig_token_is(token, ")") && self->depth > 0)
    self->depth--;
}

guint
dmig_pg_line_at(const char *script, gsize offset)
{
  guint line = 1;
  for (gsize i = 0; i < offset && script[i] != '\0'; i++)
    line += script[i] == '\n';
  return line;
}

static void
finish(GArray *statements, const char *script, const char *start, const char *end)
{
  if (start == NULL)
    return;
  DmigPgStatement statement = { .start = (gsize) (start - script), .length = (gsize) (end - start) };
  const DmigPgStatement *last
      = statements->len > 0 ? &g_array_index(statements, DmigPgStatement, statements->len - 1)
                            : NULL;
  gsize from = last != NULL ? last->start : 0;
  statement.line = (last != NULL ? last->line : 1)
                   + dmig_pg_line_at(script + from, statement.start - from) - 1;
  g_array_append_val(statements, statement);
}

GArray *
dmig_pg_script_split(const char *script)
{
  GArray *statements = g_array_new(FALSE, FALSE, sizeof(DmigPgStatement));
  State state = { 0 };
  const char *start = NULL, *end = script;
  DmigLexer lexer;
  dmig_lexer_init(&lexer, script);
  for (;;) {
    DmigToken token = dmig_lexer_next(&lexer);
    gboolean semicolon = dmig_token_is(token, ";") && state.depth == 0 && state.blocks == 0;
    if (token.kind == DMIG_TOKEN_END || semicolon) {
      finish(statements, script, start, end);
      if (token.kind == DMIG_TOKEN_END)
        return statements;
      start = NULL;
      state = (State){ 0 };
    } else if (token.kind != DMIG_TOKEN_SPACE) {
      start = start != NULL ? start : token.start;
      end = token.start + token.length;
      follow(&state, token);
    }
  }
}

static DmigToken
next_token(DmigLexer *lexer)
{
  DmigToken token = dmig_lexer_next(lexer);
  while (token.kind == DMIG_TOKEN_SPACE)
    token = dmig_lexer_next(lexer);
  return token;
}

const char *
dmig_pg_transaction_word(const char *statement)
{
  static const char *const words[] = { "BEGIN", "START", "COMMIT", "END", "ABORT", "ROLLBACK" };
  DmigLexer lexer;
  dmig_lexer_init(&lexer, statement);
  DmigToken first = next_token(&lexer), second = next_token(&lexer);
  if (dmig_token_is(first, "prepare") && dmig_token_is(second, "transaction"))
    return "PREPARE TRANSACTION";
  for (guint i = 0; i < G_N_ELEMENTS(words); i++) {
    if (!dmig_token_is(first, words[i]))
      continue;
    /* ROLLBACK TO goes back to a savepoint, which is the script's own affair. */
    if (dmig_token_is(second, "work") || dmig_token_is(second, "transaction"))
      second = next_token(&lexer);
    return i == G_N_ELEMENTS(words) - 1 && dmig_token_is(second, "to") ? NULL : words[i];
  }
  return NULL;
}
