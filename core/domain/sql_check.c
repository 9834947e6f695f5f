/* SQL that the author wrote, as far as it can be judged without a database. */
#include "core/domain/form.h"

#include <string.h>

#include "core/domain/dialect_facts.h"
#include "core/sql/lexer.h"

static gboolean
is_balanced(const char *sql, DmigSqlShape shape, const char **out_problem)
{
  switch (shape) {
  case DMIG_SQL_EXPRESSION:
    return dmig_sql_is_balanced(sql, out_problem);
  case DMIG_SQL_SCRIPT:
    return dmig_sql_script_is_balanced(sql, out_problem);
  case DMIG_SQL_BODY:
    return dmig_sql_body_is_balanced(sql, out_problem);
  }
  return TRUE;
}

static void
check_text(DmigReading *reading, DmigLocation at, const char *what, const char *sql,
           DmigSqlShape shape)
{
  const char *problem = NULL;
  if (shape != DMIG_SQL_BODY && dmig_sql_is_blank(sql))
    dmig_reading_report(reading, at, DMIG_RULE_MISSING_VALUE, NULL, "%s is empty", what);
  else if (!is_balanced(sql, shape, &problem))
    dmig_reading_report(reading, at, DMIG_RULE_BAD_SQL, NULL, "%s: %s", what, problem);
}

void
dmig_sql_text_check(DmigReading *reading, const DmigDomain *domain, const char *what,
                    const DmigSqlText *sql, DmigSqlShape shape)
{
  if (sql == NULL)
    return;
  if (sql->shared != NULL)
    check_text(reading, sql->at, what, sql->shared, shape);
  if (sql->by_dialect == NULL)
    return;
  for (const char *const *name = dmig_dialect_names(); *name != NULL; name++) {
    const char *own = g_hash_table_lookup(sql->by_dialect, *name);
    if (own == NULL)
      continue;
    check_text(reading, sql->at, what, own, shape);
    if (!dmig_domain_has_dialect(domain, *name))
      dmig_reading_report(reading, sql->at, DMIG_RULE_UNUSED_DIALECT, NULL,
                          "%s has a text for %s, which is none of the domain's dialects", what,
                          *name);
  }
}
