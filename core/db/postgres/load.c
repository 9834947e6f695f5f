#include "core/db/postgres/load.h"

#include <string.h>

#include "core/db/postgres/connection.h"
#include "core/db/postgres/postgres.h"
#include "core/db/postgres/roles.h"
#include "core/db/postgres/script.h"
#include "core/sql/lexer.h"
#include "core/sql/text.h"

/* Tokens of a statement's beginning that tell what it is. */
#define BEGINNING 6

const char *const dmig_pg_marks[] = {
  "::",
  "$$",
  "add constraint",
  "alter default privileges",
  "alter table only",
  "as identity",
  "bigserial",
  "bytea",
  "character varying",
  "comment on",
  "create aggregate",
  "create domain",
  "create extension",
  "create function",
  "create materialized view",
  "create policy",
  "create procedure",
  "create publication",
  "create schema",
  "create sequence",
  "create type",
  "disable row level security",
  "do $$",
  "enable row level security",
  "execute function",
  "execute procedure",
  "grant",
  "jsonb",
  "language plpgsql",
  "language sql",
  "or replace function",
  "or replace procedure",
  "or replace view",
  "owner to",
  "pg_catalog",
  "partition by",
  "partition of",
  "set search_path",
  "serial",
  "smallserial",
  "time zone",
  "timestamptz",
  "tsvector",
  "using gin",
  "using gist",
  "using btree",
  "using hash",
  "using brin",
  NULL,
};

typedef struct {
  char *text;  /* blanked as it goes */
  char *start; /* of the statement; NULL: none has begun */
  DmigToken tokens[BEGINNING];
  guint n;
  gboolean from_stdin, on_database; /* the statement has these words */
  DmigToken last;
} Cleaner;

static void
blank(char *from, const char *to)
{
  for (char *p = from; p < to; p++)
    if (*p != '\n')
      *p = ' ';
}

static gboolean
token_in(DmigToken token, const char *const *words)
{
  for (; *words != NULL; words++)
    if (dmig_token_is(token, *words))
      return TRUE;
  return FALSE;
}

/* --- psql's own commands --------------------------------------------------------------------- */

/* The end of the line, where a psql command ends too. */
static char *
end_of_line(char *p)
{
  return p + strcspn(p, "\n");
}

static gboolean
is_carried_out(const char *name)
{
  static const char *const meaningful[]
      = { "i",    "include", "ir",  "include_relative", "gexec", "gset", "gx",  "if", "elif",
          "else", "endif",   "lo_import", NULL };
  return g_strv_contains(meaningful, name);
}

static gboolean
blank_command(Cleaner *self, char *backslash, const char **out_next, GError **error)
{
  gsize length = 1;
  while (g_ascii_isalpha(backslash[length]) || backslash[length] == '_')
    length++;
  g_autofree char *name = g_strndup(backslash + 1, length - 1);
  if (is_carried_out(name)) {
    g_set_error(error, DMIG_ERROR, DMIG_ERROR_FAILED,
                "line %u: dmig can't carry out psql's \\%s: write the SQL itself, or put the files "
                "into a folder",
                dmig_pg_line_at(self->text, (gsize) (backslash - self->text)), name);
    return FALSE;
  }
  char *end = end_of_line(backslash);
  /* \g sends what stands before it. */
  gboolean sends = g_str_equal(name, "g") && self->start != NULL;
  /* What follows \q is never read. */
  if (g_str_equal(name, "q"))
    end = backslash + strlen(backslash);
  blank(backslash, end);
  if (sends)
    *backslash = ';';
  *out_next = sends ? backslash : end;
  return TRUE;
}

/* --- statements ------------------------------------------------------------------------------ */

static gboolean
is_setting_of_connection(const Cleaner *self)
{
  static const char *const names[]
      = { "statement_timeout", "lock_timeout",       "idle_in_transaction_session_timeout",
          "row_security",      "transaction_timeout", "idle_session_timeout",
          "client_min_messages", "escape_string_warning", "default_with_oids", NULL };
  guint at = self->n > 1 && (dmig_token_is(self->tokens[1], "session")
                             || dmig_token_is(self->tokens[1], "local"))
                 ? 2
                 : 1;
  return dmig_token_is(self->tokens[0], "set") && at < self->n && token_in(self->tokens[at], names);
}

static gboolean
is_about_server(const Cleaner *self)
{
  static const char *const verbs[] = { "create", "alter", "drop", NULL };
  static const char *const nouns[]
      = { "database", "role", "user", "group", "tablespace", "system", NULL };
  static const char *const commented[] = { "database", "role", "tablespace", NULL };
  if (self->n < 2)
    return FALSE;
  if (dmig_token_is(self->tokens[0], "comment"))
    return self->n > 2 && token_in(self->tokens[2], commented);
  if (dmig_token_is(self->tokens[0], "grant") || dmig_token_is(self->tokens[0], "revoke"))
    return self->on_database;
  return token_in(self->tokens[0], verbs) && token_in(self->tokens[1], nouns)
         && !(self->n > 2 && dmig_token_is(self->tokens[2], "mapping"));
}

/* `CREATE SCHEMA public`, which pg_dump -n public writes, and every database has. */
static gboolean
is_public_schema(const Cleaner *self)
{
  return self->n == 3 && dmig_token_is(self->tokens[0], "create")
         && dmig_token_is(self->tokens[1], "schema") && dmig_token_is(self->tokens[2], "public");
}

static void
begin_statement(Cleaner *self)
{
  self->start = NULL;
  self->n = 0;
  self->from_stdin = FALSE;
  self->on_database = FALSE;
}

static void
follow(Cleaner *self, DmigToken token)
{
  if (self->start == NULL)
    self->start = self->text + (token.start - self->text);
  if (self->n < BEGINNING)
    self->tokens[self->n++] = token;
  self->from_stdin |= dmig_token_is(self->last, "from") && dmig_token_is(token, "stdin");
  self->on_database |= dmig_token_is(self->last, "on") && dmig_token_is(token, "database");
  self->last = token;
}

/* Behind the rows of a COPY, whose last line is `\.`. */
static const char *
blank_rows(char *p)
{
  char *line = end_of_line(p);
  while (*line != '\0') {
    char *begin = line + 1, *end = end_of_line(begin);
    gboolean last = g_str_has_prefix(begin, "\\.") && (begin[2] == '\0' || begin[2] == '\n' || begin[2] == '\r');
    blank(begin, end);
    line = end;
    if (last)
      break;
  }
  return line;
}

/* `end` is behind the statement's semicolon, or the text's end. */
static const char *
finish_statement(Cleaner *self, char *end)
{
  const char *next = end;
  if (self->n > 0 && dmig_token_is(self->tokens[0], "copy")) {
    blank(self->start, end);
    if (self->from_stdin)
      next = blank_rows(end);
  } else if (self->n > 0
             && (is_setting_of_connection(self) || is_about_server(self)
                 || is_public_schema(self))) {
    blank(self->start, end);
  }
  begin_statement(self);
  return next;
}

char *
dmig_pg_plain_script(const char *text, GError **error)
{
  Cleaner self = { .text = g_strdup(text) };
  if (g_str_has_prefix(self.text, "\357\273\277"))
    blank(self.text, self.text + 3);
  DmigLexer lexer;
  dmig_lexer_init(&lexer, self.text);
  for (;;) {
    DmigToken token = dmig_lexer_next(&lexer);
    char *at = self.text + (token.start - self.text);
    const char *next = NULL;
    if (token.kind == DMIG_TOKEN_END || dmig_token_is(token, ";")) {
      next = finish_statement(&self, at + token.length);
    } else if (dmig_token_is(token, "\\")) {
      if (!blank_command(&self, at, &next, error)) {
        g_free(self.text);
        return NULL;
      }
    } else if (token.kind != DMIG_TOKEN_SPACE) {
      follow(&self, token);
    }
    if (token.kind == DMIG_TOKEN_END)
      return self.text;
    if (next != NULL)
      dmig_lexer_init(&lexer, next);
  }
}

/* --- loading --------------------------------------------------------------------------------- */

static gboolean
check_ended(DmigPg *self, const char *text, GError **error)
{
  if (PQtransactionStatus(self->conn) == PQTRANS_IDLE)
    return TRUE;
  g_set_error(error, DMIG_ERROR, DMIG_ERROR_FAILED,
              "line %u: the script ends inside of a transaction: add a COMMIT",
              dmig_pg_line_at(text, strlen(text)));
  return FALSE;
}

/* Where roles can't be made here, the user is told to. */
static void
advise_role(GError *failure)
{
  g_autofree char *role = dmig_pg_missing_role(failure->message);
  if (role == NULL)
    return;
  g_autofree char *sql = dmig_sql_printf(&dmig_postgres_dialect, "CREATE ROLE %I", role);
  char *message = g_strdup_printf("%s; create it on the scratch server: %s", failure->message, sql);
  g_free(failure->message);
  failure->message = message;
}

/* Whatever the script has set for itself is not to be seen by whom comes next. */
gboolean
dmig_pg_load(DmigDatabase *database, const char *text, GError **error)
{
  DmigPg *self = (DmigPg *) database;
  g_autofree char *script = dmig_pg_plain_script(text, error);
  if (script == NULL)
    return FALSE;
  GError *failure = NULL;
  gboolean loaded = dmig_pg_exec(database, script, &failure) && check_ended(self, text, &failure);
  dmig_pg_rollback(database);
  if (loaded)
    return dmig_pg_exec(database, "DISCARD ALL", error);
  dmig_pg_exec(database, "DISCARD ALL", NULL);
  advise_role(failure);
  g_propagate_error(error, failure);
  return FALSE;
}
