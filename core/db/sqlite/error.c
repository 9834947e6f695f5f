#include <string.h>

#include "core/base/text.h"
#include "core/db/sqlite/internal.h"
#include "core/sql/lexer.h"

#define BEGINNING_CHARACTERS 60

static DmigErrorCode
error_code(int result)
{
  switch (result & 0xff) {
  case SQLITE_BUSY:
  case SQLITE_LOCKED:
    return DMIG_ERROR_LOCKED;
  case SQLITE_PERM:
  case SQLITE_NOMEM:
  case SQLITE_READONLY:
  case SQLITE_IOERR:
  case SQLITE_CORRUPT:
  case SQLITE_FULL:
  case SQLITE_CANTOPEN:
  case SQLITE_PROTOCOL:
  case SQLITE_NOLFS:
  case SQLITE_AUTH:
  case SQLITE_NOTADB:
    return DMIG_ERROR_FATAL;
  default:
    return DMIG_ERROR_FAILED;
  }
}

/* What to do about it, where SQLite's own text leaves that open. */
static const char *
advice(int result)
{
  switch (result & 0xff) {
  case SQLITE_BUSY:
  case SQLITE_LOCKED:
    return "; another program is using the database: try again when it is done";
  case SQLITE_FULL:
    return "; make room on the disk and try again";
  case SQLITE_CORRUPT:
    return "; restore it from a backup, or try `sqlite3 FILE .recover`";
  case SQLITE_READONLY:
    return "; check the permissions of the file and of its folder";
  default:
    return "";
  }
}

static const char *
skip_space(const char *statement)
{
  DmigLexer lexer;
  DmigToken token;
  dmig_lexer_init(&lexer, statement);
  do
    token = dmig_lexer_next(&lexer);
  while (token.kind == DMIG_TOKEN_SPACE);
  return token.start;
}

/* The statement's beginning on one line. */
static char *
beginning(const char *statement)
{
  GString *text = g_string_new(NULL);
  gboolean space = FALSE;
  guint n = 0;
  for (const char *p = statement; *p != '\0' && n < BEGINNING_CHARACTERS; p++) {
    if (g_ascii_isspace(*p)) {
      space = TRUE;
      continue;
    }
    if (space)
      g_string_append_c(text, ' ');
    space = FALSE;
    g_string_append_c(text, *p);
    n += ((guchar) *p & 0xc0) != 0x80;
  }
  gboolean cut = n >= BEGINNING_CHARACTERS;
  while (cut && text->len > 0 && ((guchar) text->str[text->len - 1] & 0x80) != 0)
    g_string_truncate(text, text->len - 1); /* it may be half a character */
  if (cut)
    g_string_append(text, "…");
  char *printable = dmig_text_printable(text->str);
  g_string_free(text, TRUE);
  return printable;
}

void
dmig_sqlite_set_script_error(const char *script, const char *statement, const char *at,
                             DmigErrorCode code, const char *message, GError **error)
{
  const char *begin = skip_space(statement);
  const char *place = at != NULL && at > begin ? at : begin;
  guint line = 1;
  for (const char *p = script; p < place; p++)
    line += *p == '\n';
  g_autofree char *start = beginning(begin);
  g_set_error(error, DMIG_ERROR, code, "line %u: %s (in: %s)", line, message, start);
}

gboolean
dmig_sqlite_fail(DmigSqlite *self, const char *script, const char *statement, GError **error)
{
  int result = sqlite3_extended_errcode(self->handle);
  int offset = sqlite3_error_offset(self->handle);
  g_autofree char *text = dmig_text_printable(sqlite3_errmsg(self->handle));
  g_autofree char *message = g_strconcat(text, advice(result), NULL);
  const char *at = offset >= 0 ? statement + offset : NULL;
  dmig_sqlite_set_script_error(script, statement, at, error_code(result), message, error);
  return FALSE;
}

gboolean
dmig_sqlite_fail_doing(DmigSqlite *self, const char *doing, GError **error)
{
  int result = sqlite3_extended_errcode(self->handle);
  g_autofree char *text = dmig_text_printable(sqlite3_errmsg(self->handle));
  g_set_error(error, DMIG_ERROR, error_code(result), "can't %s %s: %s%s", doing, self->base.name,
              text, advice(result));
  return FALSE;
}
