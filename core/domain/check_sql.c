/* SQL that the author wrote: each text is one expression or query, closed in itself. What it means
 * is the database's to say, when the revision is proved. */
#include "core/domain/domain_reader.h"

#include <string.h>

#include "core/base/text.h"
#include "core/domain/dialect_facts.h"
#include "core/sql/lexer.h"

static void
check_text(DmigDomainReader *self, DmigLocation at, const char *what, const char *sql)
{
  const char *problem = NULL;
  DmigLexer lexer;
  dmig_lexer_init(&lexer, sql);
  DmigToken first = dmig_lexer_next(&lexer);
  while (first.kind == DMIG_TOKEN_SPACE)
    first = dmig_lexer_next(&lexer);
  if (first.kind == DMIG_TOKEN_END)
    dmig_reading_report(&self->reading, at, DMIG_RULE_MISSING_VALUE, NULL, "%s is empty", what);
  else if (!dmig_sql_is_balanced(sql, &problem))
    dmig_reading_report(&self->reading, at, DMIG_RULE_BAD_SQL, NULL, "%s: %s", what, problem);
}

static void
check_sql(DmigDomainReader *self, const char *what, const DmigSqlText *sql)
{
  if (sql == NULL)
    return;
  if (sql->shared != NULL)
    check_text(self, sql->at, what, sql->shared);
  for (const char *const *name = dmig_dialect_names(); *name != NULL && sql->by_dialect != NULL;
       name++) {
    const char *own = g_hash_table_lookup(sql->by_dialect, *name);
    if (own != NULL)
      check_text(self, sql->at, what, own);
    if (own != NULL && !dmig_domain_has_dialect(self->domain, *name))
      dmig_reading_report(&self->reading, sql->at, DMIG_RULE_UNUSED_DIALECT, NULL,
                          "%s has a text for %s, which is none of the domain's dialects", what,
                          *name);
  }
}

static void
check_entity(DmigDomainReader *self, const DmigEntity *entity)
{
  for (guint i = 0; i < entity->fields->len; i++) {
    const DmigField *field = g_ptr_array_index(entity->fields, i);
    check_sql(self, "the check", field->check);
    check_sql(self, "the generated column's expression", field->generated_sql);
    if (field->default_value != NULL)
      check_sql(self, "the default", field->default_value->sql);
  }
  for (guint i = 0; i < entity->checks->len; i++) {
    const DmigDomainCheck *check = g_ptr_array_index(entity->checks, i);
    check_sql(self, "the check", check->sql);
  }
  for (guint i = 0; i < entity->indexes->len; i++) {
    const DmigDomainIndex *index = g_ptr_array_index(entity->indexes, i);
    check_sql(self, "the index's condition", index->where);
    for (guint j = 0; j < index->parts->len; j++) {
      const DmigIndexPart *part = g_ptr_array_index(index->parts, j);
      check_sql(self, "the index's expression", part->expression);
    }
  }
}

void
dmig_domain_check_sql(DmigDomainReader *self)
{
  for (guint i = 0; i < self->domain->entities->len; i++)
    check_entity(self, g_ptr_array_index(self->domain->entities, i));
  for (guint i = 0; i < self->domain->views->len; i++) {
    const DmigDomainView *view = g_ptr_array_index(self->domain->views, i);
    check_sql(self, "the view's query", view->sql);
  }
}
