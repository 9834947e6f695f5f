/* A lexer of SQL, as far as dmig must understand SQL that somebody else wrote.
 *
 * It knows what both dialects share and where they differ in *tokens*: identifiers plain and
 * quoted ("…", `…`, […]), strings ('…', E'…', $tag$…$tag$), numbers, parameters, operators, and
 * comments (nested as in PostgreSQL). It never fails: an unterminated token ends with the text.
 * Sources: PostgreSQL manual 4.1 "Lexical Structure"; SQLite "SQL As Understood By SQLite".
 */
#pragma once

#include "core/sql/dialect.h"

typedef enum {
  DMIG_TOKEN_END,
  DMIG_TOKEN_SPACE, /* one run of white space, or one comment; several may follow each other */
  DMIG_TOKEN_WORD,  /* an unquoted identifier or keyword */
  DMIG_TOKEN_QUOTED, /* a quoted identifier */
  DMIG_TOKEN_STRING,
  DMIG_TOKEN_NUMBER,
  DMIG_TOKEN_PARAMETER,
  DMIG_TOKEN_SYMBOL, /* one operator or punctuation */
} DmigTokenKind;

typedef struct {
  DmigTokenKind kind;
  const char *start; /* into the text */
  gsize length;
  gboolean unterminated; /* a quote or comment that the text ends within */
} DmigToken;

typedef struct {
  const char *next; /* where the next token begins */
  const char *begin; /* private, as what follows: tells subscripts from [quoted names] */
  guint subscripts;
  DmigToken last; /* but spaces */
} DmigLexer;

void dmig_lexer_init(DmigLexer *self, const char *sql);
/* The next token, spaces and comments included. */
DmigToken dmig_lexer_next(DmigLexer *self);

/* The name that a WORD (folded to lower case) or QUOTED token (unescaped) stands for. Owned. */
char *dmig_token_identifier(DmigToken token);
gboolean dmig_token_is(DmigToken token, const char *word_or_symbol); /* words without case */

/* Whether a WORD token can't be a name in the dialect: the ON of `COMMENT ON`. */
gboolean dmig_token_is_keyword(DmigToken token, const DmigDialect *dialect);

/* Whether `sql` names the object of this path anywhere by its name, in whatever schema; not in a
 * string, not in a comment. Too often rather than not often enough. Case is ignored. */
gboolean dmig_sql_mentions(const char *sql, const char *path);

/* `sql` with each identifier `from` replaced by `to`, except where it is called as a function
 * (followed by an opening parenthesis). Quoted if it needs to be. Where `from` has a schema, names
 * with another before them are left alone. A schema that stands before stays, unless `to` is in
 * another one: then names with the schema of `from` before them get that of `to`, and where `from`
 * has none, so do those without. Owned. */
char *dmig_sql_replace_identifier(const char *sql, const char *from_path, const char *to_path);

/* `sql` without the schema before names of that schema: `public.users` becomes `users`, and
 * `OPERATOR(public.=)` becomes `=`. Where `keep` (sorted, NULL-terminated, may be NULL) holds the
 * name behind it, the schema stays: it would mean another object without. Owned. */
char *dmig_sql_unqualify(const char *sql, const char *schema, const char *const *keep);

/* One spelling for all that differ only in white space, comments, letter case of plain words,
 * needless quotes of identifiers and parentheses around the whole. For comparing, not to run. */
char *dmig_sql_canonical(const char *sql);
gboolean dmig_sql_equal(const char *a, const char *b); /* NULL equals NULL only */

/* Whether `sql` is one expression or statement and ends inside no quote, comment or parenthesis,
 * and has no `;` outside of these except at its end. For what authors write into YAML. */
gboolean dmig_sql_is_balanced(const char *sql, const char **out_problem);
/* The same of any number of statements, none too. */
gboolean dmig_sql_script_is_balanced(const char *script, const char **out_problem);
/* The same of a body that stands in quotes, which end its last comment. */
gboolean dmig_sql_body_is_balanced(const char *body, const char **out_problem);
gboolean dmig_sql_is_blank(const char *sql); /* white space and comments */
