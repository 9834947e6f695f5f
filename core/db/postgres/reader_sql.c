#include "core/db/postgres/reader_sql.h"

#include <string.h>

#include "core/db/postgres/postgres.h"
#include "core/sql/lexer.h"
#include "core/sql/text.h"

static DmigToken
next_meaningful(DmigLexer *lexer)
{
  DmigToken token = dmig_lexer_next(lexer);
  while (token.kind == DMIG_TOKEN_SPACE)
    token = dmig_lexer_next(lexer);
  return token;
}

/* Whether a cast to one of the types that stand for objects follows. */
static gboolean
is_object_constant(DmigLexer lexer)
{
  static const char *const types[] = { "regclass",     "regproc",   "regprocedure",  "regtype",
                                       "regcollation", "regconfig", "regdictionary", NULL };
  if (!dmig_token_is(next_meaningful(&lexer), "::"))
    return FALSE;
  DmigToken type = next_meaningful(&lexer);
  for (guint i = 0; types[i] != NULL; i++)
    if (dmig_token_is(type, types[i]))
      return TRUE;
  return FALSE;
}

static gboolean
is_kept(const char *name, const char *const *keep)
{
  DmigLexer lexer;
  dmig_lexer_init(&lexer, name);
  g_autofree char *plain = dmig_token_identifier(dmig_lexer_next(&lexer));
  return keep != NULL && g_strv_contains(keep, plain);
}

char *
dmig_pg_unqualify_constants(const char *sql, const char *schema, const char *const *keep)
{
  g_autofree char *quoted = dmig_sql_identifier(&dmig_postgres_dialect, schema);
  g_autofree char *literal = dmig_sql_string(quoted);
  literal[strlen(literal) - 1] = '.'; /* 'public. */
  if (strstr(sql, literal) == NULL)
    return g_strdup(sql);
  gsize length = strlen(literal);
  GString *out = g_string_sized_new(strlen(sql));
  DmigLexer lexer;
  dmig_lexer_init(&lexer, sql);
  for (DmigToken token = dmig_lexer_next(&lexer); token.kind != DMIG_TOKEN_END;
       token = dmig_lexer_next(&lexer)) {
    gboolean own = token.kind == DMIG_TOKEN_STRING && token.length > length
                   && strncmp(token.start, literal, length) == 0 && is_object_constant(lexer)
                   && !is_kept(token.start + length, keep);
    if (own) {
      g_string_append_c(out, '\'');
      g_string_append_len(out, token.start + length, (gssize) (token.length - length));
    } else {
      g_string_append_len(out, token.start, (gssize) token.length);
    }
  }
  return g_string_free(out, FALSE);
}

gsize
dmig_pg_group_length(const char *sql)
{
  guint depth = 0;
  DmigLexer lexer;
  dmig_lexer_init(&lexer, sql);
  for (DmigToken token = dmig_lexer_next(&lexer); token.kind != DMIG_TOKEN_END;
       token = dmig_lexer_next(&lexer)) {
    if (dmig_token_is(token, "("))
      depth++;
    else if (dmig_token_is(token, ")"))
      depth--;
    if (depth == 0)
      break;
  }
  return (gsize) (lexer.next - sql);
}
