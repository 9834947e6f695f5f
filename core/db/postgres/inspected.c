#include "core/db/postgres/inspected.h"

#include <string.h>

#include "core/db/postgres/type.h"
#include "core/sql/lexer.h"

static gboolean
is_number_type(DmigPgFamily family)
{
  return family >= DMIG_PG_SMALLINT && family <= DMIG_PG_DOUBLE;
}

/* `-12`, `0.5`: what may stand as a number without quotes. */
static gboolean
is_number_text(const char *text, gsize length)
{
  gsize digits = 0;
  for (gsize i = 0; i < length; i++) {
    if (g_ascii_isdigit(text[i]))
      digits++;
    else if (!(text[i] == '-' && i == 0) && !(text[i] == '.' && digits > 0))
      return FALSE;
  }
  return digits > 0 && g_ascii_isdigit(text[length - 1]);
}

/* Whether the number alone, without the quotes and the cast, would be printed just so again: the server
 * prints negative integers with a cast, fractions with a sign, and integers that are too large. */
static gboolean
is_plain_number(DmigPgFamily family, const char *text, gsize length)
{
  gint64 value = 0;
  g_autofree char *number = g_strndup(text, length);
  if (!is_number_text(text, length))
    return FALSE;
  if (family == DMIG_PG_NUMERIC)
    return strchr(number, '.') != NULL;
  if (family == DMIG_PG_BIGINT)
    return g_ascii_string_to_signed(number, 10, G_MININT64, G_MAXINT64, &value, NULL)
           && (value < G_MININT32 || value > G_MAXINT32);
  return family == DMIG_PG_INTEGER;
}

/* Whether `text` is a type's name and nothing more, so that no operator follows the cast. */
static gboolean
is_type_text(const char *text)
{
  DmigLexer lexer;
  dmig_lexer_init(&lexer, text);
  for (DmigToken token = dmig_lexer_next(&lexer); token.kind != DMIG_TOKEN_END;
       token = dmig_lexer_next(&lexer)) {
    gboolean part = token.kind == DMIG_TOKEN_SPACE || token.kind == DMIG_TOKEN_WORD
                    || token.kind == DMIG_TOKEN_QUOTED || token.kind == DMIG_TOKEN_NUMBER
                    || (token.length == 1 && strchr(".(),[]", *token.start) != NULL);
    if (!part)
      return FALSE;
  }
  return TRUE;
}

char *
dmig_pg_plain_default(const char *expression, const char *column_type)
{
  DmigLexer lexer;
  dmig_lexer_init(&lexer, expression);
  DmigToken literal = dmig_lexer_next(&lexer);
  DmigToken cast = dmig_lexer_next(&lexer);
  if (literal.kind != DMIG_TOKEN_STRING || *literal.start != '\'' || !dmig_token_is(cast, "::")
      || !is_type_text(lexer.next))
    return g_strdup(expression);

  g_auto(DmigPgType) from, to;
  dmig_pg_type_parse(lexer.next, &from);
  dmig_pg_type_parse(column_type, &to);
  const char *inner = literal.start + 1;
  gsize length = literal.length - 2;
  if (!from.array && !to.array && is_number_type(from.family) && is_number_type(to.family)
      && is_plain_number(from.family, inner, length))
    return g_strndup(inner, length);
  return dmig_pg_type_same_base(&from, &to) && (to.array || !is_number_type(to.family))
             ? g_strndup(literal.start, literal.length)
             : g_strdup(expression);
}
