/* SQL that the author wrote: each text is one expression or query, closed in itself. What it means
 * is the database's to say, when the revision is proved. */
#include "core/domain/domain_reader.h"

static void
check_sql(DmigDomainReader *self, const char *what, const DmigSqlText *sql)
{
  dmig_sql_text_check(&self->reading, self->domain, what, sql, FALSE);
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
