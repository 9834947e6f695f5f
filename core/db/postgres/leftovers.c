/* What is left of an index that was being built outside of a transaction. */
#include <string.h>

#include "core/db/postgres/connection.h"
#include "core/db/postgres/postgres.h"
#include "core/db/postgres/postgres_sql.h"
#include "core/sql/lexer.h"
#include "core/sql/text.h"

/* Whether `sql` names it, quoted or not. */
static gboolean
mentions(const char *sql, const char *name)
{
  g_autofree char *quoted = dmig_sql_identifier(&dmig_postgres_dialect, name);
  DmigLexer lexer;
  dmig_lexer_init(&lexer, sql);
  for (DmigToken token = dmig_lexer_next(&lexer); token.kind != DMIG_TOKEN_END;
       token = dmig_lexer_next(&lexer)) {
    g_autofree char *text = g_strndup(token.start, token.length);
    if (token.kind == DMIG_TOKEN_SPACE)
      continue;
    if (g_str_equal(text, quoted) || g_ascii_strcasecmp(text, name) == 0)
      return TRUE;
    gsize length = strlen(text);
    gboolean inner = length > 1 && text[0] == '"';
    if (inner && length - 2 == strlen(name) && strncmp(text + 1, name, length - 2) == 0)
      return TRUE;
  }
  return FALSE;
}

gboolean
dmig_pg_leftovers(DmigDatabase *database, const char *sql, char **out_script, GError **error)
{
  g_autoptr(DmigRows) rows = NULL;
  if (!dmig_pg_query(database, dmig_pg_sql_half_built, NULL, 0, &rows, error))
    return FALSE;
  g_autoptr(GString) script = g_string_new(NULL);
  for (guint i = 0; i < rows->rows->len; i++) {
    if (!mentions(sql, dmig_rows_get(rows, i, 1)) && !mentions(sql, dmig_rows_get(rows, i, 2)))
      continue;
    dmig_sql_appendf(script, database->dialect, "DROP INDEX CONCURRENTLY IF EXISTS %I.%I;\n",
                     dmig_rows_get(rows, i, 0), dmig_rows_get(rows, i, 1));
  }
  *out_script = g_string_free(g_steal_pointer(&script), FALSE);
  return TRUE;
}
