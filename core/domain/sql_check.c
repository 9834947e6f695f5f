/* SQL that the author wrote, as far as it can be judged without a database. */
#include "core/domain/form.h"

#include <string.h>

#include "core/domain/dialect_facts.h"
#include "core/sql/lexer.h"

static void
check_statement(DmigReading *reading, DmigLocation at, const char *what, const char *sql)
{
  const char *problem = NULL;
  if (!dmig_sql_is_balanced(sql, &problem))
    dmig_reading_report(reading, at, DMIG_RULE_BAD_SQL, NULL, "%s: %s", what, problem);
}

/* Up to the semicolon that ends it; NULL behind the last one. Moves `script` on. */
static char *
next_statement(const char **script)
{
  const char *start = *script;
  if (*start == '\0')
    return NULL;
  DmigLexer lexer;
  dmig_lexer_init(&lexer, start);
  DmigToken token = dmig_lexer_next(&lexer);
  while (token.kind != DMIG_TOKEN_END && !dmig_token_is(token, ";"))
    token = dmig_lexer_next(&lexer);
  *script = token.start + token.length;
  return g_strndup(start, (gsize) (token.start - start));
}

static gboolean
is_blank(const char *sql)
{
  DmigLexer lexer;
  dmig_lexer_init(&lexer, sql);
  DmigToken token = dmig_lexer_next(&lexer);
  while (token.kind == DMIG_TOKEN_SPACE)
    token = dmig_lexer_next(&lexer);
  return token.kind == DMIG_TOKEN_END;
}

static void
check_text(DmigReading *reading, DmigLocation at, const char *what, const char *sql,
           gboolean script)
{
  if (is_blank(sql)) {
    dmig_reading_report(reading, at, DMIG_RULE_MISSING_VALUE, NULL, "%s is empty", what);
    return;
  }
  if (!script) {
    check_statement(reading, at, what, sql);
    return;
  }
  for (char *statement; (statement = next_statement(&sql)) != NULL; g_free(statement)) {
    if (!is_blank(statement))
      check_statement(reading, at, what, statement);
  }
}

void
dmig_sql_text_check(DmigReading *reading, const DmigDomain *domain, const char *what,
                    const DmigSqlText *sql, gboolean script)
{
  if (sql == NULL)
    return;
  if (sql->shared != NULL)
    check_text(reading, sql->at, what, sql->shared, script);
  if (sql->by_dialect == NULL)
    return;
  for (const char *const *name = dmig_dialect_names(); *name != NULL; name++) {
    const char *own = g_hash_table_lookup(sql->by_dialect, *name);
    if (own == NULL)
      continue;
    check_text(reading, sql->at, what, own, script);
    if (!dmig_domain_has_dialect(domain, *name))
      dmig_reading_report(reading, sql->at, DMIG_RULE_UNUSED_DIALECT, NULL,
                          "%s has a text for %s, which is none of the domain's dialects", what,
                          *name);
  }
}
