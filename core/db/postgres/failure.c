#include "core/db/postgres/failure.h"

#include <string.h>

#include "core/base/text.h"
#include "core/sql/lexer.h"

#define BEGINNING_LENGTH 60

static const char *
sqlstate(const PGresult *result)
{
  const char *state = PQresultErrorField(result, PG_DIAG_SQLSTATE);
  return state != NULL ? state : "";
}

static gboolean
is_any(const char *state, const char *const *prefixes)
{
  for (; *prefixes != NULL; prefixes++)
    if (g_str_has_prefix(state, *prefixes))
      return TRUE;
  return FALSE;
}

DmigErrorCode
dmig_pg_failure_code(const PGresult *result)
{
  /* lock_not_available, deadlock_detected */
  static const char *const locked[] = { "55P03", "40P01", NULL };
  /* connection, authorization, no such database, resources, operator, system; privilege; read-only
   */
  static const char *const fatal[] = { "08",    "28",    "3D", "53",    "57P01", "57P02", "57P03",
                                       "57P04", "57P05", "58", "42501", "25006", NULL };
  const char *state = sqlstate(result);
  if (g_str_equal(state, "08P01")) /* protocol_violation: a parameter is missing */
    return DMIG_ERROR_FAILED;
  if (is_any(state, locked))
    return DMIG_ERROR_LOCKED;
  return is_any(state, fatal) ? DMIG_ERROR_FATAL : DMIG_ERROR_FAILED;
}

/* The quoted parts of a message, replaced: `invalid input syntax for type integer: "…"`. */
static char *
without_quoted(const char *message)
{
  GString *text = g_string_new(NULL);
  const char *p = message;
  for (const char *open = strchr(p, '"'); open != NULL; open = strchr(p, '"')) {
    const char *close = strchr(open + 1, '"');
    g_string_append_len(text, p, open + 1 - p);
    g_string_append(text, "…\"");
    p = close != NULL ? close + 1 : open + strlen(open);
  }
  g_string_append(text, p);
  return g_string_free(text, FALSE);
}

/* The message may quote a value that a row has when the error has no place in the script. */
static char *
primary_text(const PGresult *result)
{
  static const char *const quote_values[] = { "22003", "22007", "22008", "22P02", "22P03", NULL };
  const char *message = PQresultErrorField(result, PG_DIAG_MESSAGE_PRIMARY);
  if (message == NULL)
    return g_strdup("the server gave no reason");
  gboolean in_script = PQresultErrorField(result, PG_DIAG_STATEMENT_POSITION) != NULL;
  if (!in_script && is_any(sqlstate(result), quote_values))
    return without_quoted(message);
  return g_strdup(message);
}

/* A constraint's violation quotes the row: only the names of the key's columns are told. */
static char *
detail_text(const PGresult *result)
{
  static const char *const quote_rows[] = { "22", "23", "21", NULL };
  const char *detail = PQresultErrorField(result, PG_DIAG_MESSAGE_DETAIL);
  if (detail == NULL)
    return NULL;
  if (!is_any(sqlstate(result), quote_rows))
    return g_strdup(detail);
  const char *end = strstr(detail, ")=(");
  return g_str_has_prefix(detail, "Key (") && end != NULL
             ? g_strdup_printf("key %.*s", (int) (end + 1 - detail - 4), detail + 4)
             : NULL;
}

static void
append_sentence(GString *text, const char *part)
{
  if (part == NULL || *part == '\0')
    return;
  g_autofree char *line = g_strdup(part);
  g_strdelimit(line, "\r\n\t", ' ');
  g_strchomp(line);
  gsize length = strlen(line);
  if (length > 0 && line[length - 1] == '.')
    line[length - 1] = '\0';
  g_string_append_printf(text, "%s%s", text->len > 0 ? "; " : "", line);
}

/* What the server says, in one line: its message, its hint, and its detail unless that may quote
 * rows. Values in the message itself are left out, unless the script is where they stand. Owned. */
static char *
failure_text(const PGresult *result)
{
  g_autofree char *primary = primary_text(result);
  g_autofree char *detail = detail_text(result);
  g_autoptr(GString) text = g_string_new(NULL);
  append_sentence(text, primary);
  append_sentence(text, detail);
  append_sentence(text, PQresultErrorField(result, PG_DIAG_MESSAGE_HINT));
  return dmig_text_printable(text->str);
}

char *
dmig_pg_statement_beginning(const char *statement)
{
  GString *text = g_string_new(NULL);
  DmigLexer lexer;
  dmig_lexer_init(&lexer, statement);
  DmigToken token = dmig_lexer_next(&lexer);
  gboolean cut = FALSE;
  while (token.kind != DMIG_TOKEN_END && !dmig_token_is(token, ";")) {
    if (token.kind == DMIG_TOKEN_SPACE) {
      if (text->len > 0 && text->str[text->len - 1] != ' ')
        g_string_append_c(text, ' ');
    } else {
      g_string_append_len(text, token.start, (gssize) token.length);
      cut = text->len > BEGINNING_LENGTH || dmig_token_is(token, "password");
    }
    if (cut)
      break;
    token = dmig_lexer_next(&lexer);
  }
  g_strchomp(text->str);
  g_autofree char *whole = g_string_free(text, FALSE);
  if (!cut)
    return dmig_text_printable(whole);
  g_autofree char *shorter
      = g_utf8_substring(whole, 0, MIN(g_utf8_strlen(whole, -1), BEGINNING_LENGTH));
  g_autofree char *printable = dmig_text_printable(shorter);
  return g_strconcat(printable, "…", NULL);
}

static void
set_lost(GError **error, PGconn *conn)
{
  g_autofree char *reason = g_strdup(PQerrorMessage(conn));
  g_strdelimit(reason, "\r\n\t", ' ');
  g_strstrip(reason);
  g_set_error(error, DMIG_ERROR, DMIG_ERROR_FATAL, "the connection to %s is lost: %s", PQdb(conn),
              *reason != '\0' ? reason : "the server closed it");
}

void
dmig_pg_set_failure(GError **error, PGconn *conn, const PGresult *result, guint line,
                    const char *statement)
{
  if (result == NULL || PQresultErrorField(result, PG_DIAG_SQLSTATE) == NULL) {
    set_lost(error, conn);
    return;
  }
  g_autofree char *text = failure_text(result);
  g_autofree char *beginning = dmig_pg_statement_beginning(statement);
  g_autofree char *place = line > 0 ? g_strdup_printf("line %u: ", line) : g_strdup("");
  g_set_error(error, DMIG_ERROR, dmig_pg_failure_code(result), "%s%s (in: %s)", place, text,
              beginning);
}
