/* A cursor over the tokens of a statement, without spaces and comments. What
 * SQLite's definitions have in common is read here; see parse.h. */
#pragma once

#include "core/sql/lexer.h"

typedef struct {
  const char *sql;
  GArray *tokens; /* DmigToken, the last one an END */
  guint at;
} DmigTokens;

void dmig_tokens_init(DmigTokens *self, const char *sql);
void dmig_tokens_clear(DmigTokens *self);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(DmigTokens, dmig_tokens_clear)

/* The token that is `ahead` of the current one; the END where there are no more. */
DmigToken dmig_tokens_peek(const DmigTokens *self, guint ahead);
gboolean dmig_tokens_at(const DmigTokens *self, const char *word_or_symbol);
/* Steps over the given word or symbol, or over two in a row, if they come next. */
gboolean dmig_tokens_accept(DmigTokens *self, const char *word_or_symbol);
gboolean dmig_tokens_accept2(DmigTokens *self, const char *first, const char *second);

/* The name that comes next, as SQLite takes names: plain, quoted in any way, or a string. Letter
 * case is kept. NULL, and no step, where none comes next. */
char *dmig_tokens_name(DmigTokens *self);

/* Steps over one parenthesised group or one token. */
void dmig_tokens_skip(DmigTokens *self);
/* The text from token `first` up to, not including, token `end`. */
char *dmig_tokens_text(const DmigTokens *self, guint first, guint end);
/* Steps over a parenthesised group and gives what is inside. NULL where none comes next. */
char *dmig_tokens_group(DmigTokens *self);

/* To the statement's end, without a semicolon there. */
char *dmig_tokens_rest(DmigTokens *self);
/* Whether the token at `at` names something called `name`: a plain or quoted name, in any letter
 * case. */
gboolean dmig_tokens_names(const DmigTokens *self, guint at, const char *name);

/* At a comma or a closing parenthesis. */
gboolean dmig_tokens_at_end_of_item(const DmigTokens *self);
/* Steps over `CREATE … <kind> [IF NOT EXISTS] [schema.]name`. FALSE: that is not what comes next. */
gboolean dmig_tokens_skip_head(DmigTokens *self, const char *kind);
/* A collation's name, in capitals if it is one of SQLite's own. Owned; NULL: none comes next. */
char *dmig_tokens_collation(DmigTokens *self);
/* DMIG_ERROR_FAILED: the definition of `object` can't be read from here on. Always FALSE. */
gboolean dmig_tokens_fail(const DmigTokens *self, const char *object, GError **error);
