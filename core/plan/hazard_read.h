/* Statements as tokens, as far as hazards must understand them. Private to core/plan. */
#pragma once

#include "core/sql/lexer.h"

/* Some tokens without spaces and comments; a view of an array that outlives it. */
typedef struct {
  const DmigToken *tokens;
  guint n, at;
} DmigCursor;

typedef struct {
  GArray *tokens; /* DmigToken, without spaces */
  guint line;     /* from 1, within the text */
} DmigSqlStatement;

/* The statements of a text: DmigSqlStatement*, owned. Bodies of triggers and routines stay whole. */
GPtrArray *dmig_hazard_statements(const char *sql);
DmigCursor dmig_cursor_of(const DmigSqlStatement *statement);

gboolean dmig_cursor_done(const DmigCursor *self);
/* Whether these words (one space between) come next; `take` steps over them. */
gboolean dmig_cursor_sees(const DmigCursor *self, const char *words);
gboolean dmig_cursor_take(DmigCursor *self, const char *words);
/* Whether they come anywhere, outside of parentheses. */
gboolean dmig_cursor_has(const DmigCursor *self, const char *words);
/* Steps to behind them; FALSE and no step where they don't come. */
gboolean dmig_cursor_seek(DmigCursor *self, const char *words);
void dmig_cursor_skip(DmigCursor *self); /* a token, or a whole group in parentheses */
/* `a`, `s.a`: what the name stands for, without the schema public. Owned; NULL where none comes. */
char *dmig_cursor_name(DmigCursor *self);
/* What stands in the parentheses that come next; empty where none do. */
DmigCursor dmig_cursor_group(DmigCursor *self);
/* Up to the next comma outside of parentheses, which is stepped over. */
DmigCursor dmig_cursor_clause(DmigCursor *self);
/* The tokens that are left, a space between, in lower case but for quoted ones. Owned. */
char *dmig_cursor_text(const DmigCursor *self);
