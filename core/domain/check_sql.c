/* SQL that the author wrote: each text is one expression or query, closed in itself. What it means
 * is the database's to say, when the revision is proved. */
#include "core/domain/domain_reader.h"

#include <string.h>

static void
check_sql(DmigDomainReader *self, const char *what, const DmigSqlText *sql)
{
  dmig_sql_text_check(&self->reading, self->domain, what, sql, DMIG_SQL_EXPRESSION);
}

/* What attributes hold of SQL, and in which words a message speaks of it. */
static const struct {
  const char *name; /* with a blank behind it: a mapping's */
  const char *what;
  DmigSqlShape shape;
} texts[] = {
  { "create", "the statement", DMIG_SQL_SCRIPT },
  { "drop", "the statement", DMIG_SQL_SCRIPT },
  { "when", "the trigger's condition", DMIG_SQL_EXPRESSION },
  { "using", "the policy's condition", DMIG_SQL_EXPRESSION },
  { "check", "the policy's condition", DMIG_SQL_EXPRESSION },
  { "default", "the default", DMIG_SQL_EXPRESSION },
  { "checks ", "the check", DMIG_SQL_EXPRESSION },
  { "arguments", "the list of arguments", DMIG_SQL_EXPRESSION },
  { "returns", "the type returned", DMIG_SQL_EXPRESSION },
  { "partition_by", "'partition_by'", DMIG_SQL_EXPRESSION },
};

/* A body in another language is that language's. */
static gboolean
body_is_sql(const DmigDomainObject *object)
{
  const char *language = dmig_attributes_get(object->attributes, "language", NULL);
  return language == NULL || g_ascii_strcasecmp(language, "sql") == 0;
}

static DmigSqlShape
shape_of_body(const DmigDomainObject *object)
{
  return object->kind == DMIG_OBJECT_ROUTINE ? DMIG_SQL_BODY : DMIG_SQL_SCRIPT;
}

static void
check_attributes(DmigDomainReader *self, const GPtrArray *attributes)
{
  for (guint i = 0; i < attributes->len; i++) {
    const DmigAttribute *attribute = attributes->pdata[i];
    for (guint j = 0; j < G_N_ELEMENTS(texts); j++) {
      gboolean many = g_str_has_suffix(texts[j].name, " ");
      if (many ? g_str_has_prefix(attribute->name, texts[j].name)
               : g_str_equal(attribute->name, texts[j].name))
        dmig_sql_text_check(&self->reading, self->domain, texts[j].what, attribute->value,
                            texts[j].shape);
    }
  }
}

static void
check_objects(DmigDomainReader *self, const GPtrArray *objects)
{
  for (guint i = 0; i < objects->len; i++) {
    const DmigDomainObject *object = objects->pdata[i];
    check_attributes(self, object->attributes);
    const DmigAttribute *body = dmig_attributes_find(object->attributes, "body");
    if (body != NULL && body_is_sql(object))
      dmig_sql_text_check(&self->reading, self->domain, "the body", body->value,
                          shape_of_body(object));
  }
}

static void
check_index(DmigDomainReader *self, const DmigDomainIndex *index)
{
  check_sql(self, "the index's condition", index->where);
  for (guint i = 0; i < index->parts->len; i++) {
    const DmigIndexPart *part = g_ptr_array_index(index->parts, i);
    check_sql(self, "the index's expression", part->expression);
  }
}

/* A text that is the same for all dialects. */
static void
check_text(DmigDomainReader *self, const char *what, DmigLocation at, const char *text)
{
  DmigSqlText sql = { .at = at, .shared = (char *) text };
  if (text != NULL)
    check_sql(self, what, &sql);
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
  for (guint i = 0; i < entity->exclusions->len; i++) {
    const DmigDomainCheck *exclusion = g_ptr_array_index(entity->exclusions, i);
    check_sql(self, "the exclusion constraint", exclusion->sql);
  }
  for (guint i = 0; i < entity->indexes->len; i++)
    check_index(self, g_ptr_array_index(entity->indexes, i));
  check_text(self, "what the partition holds", entity->at, entity->values);
  check_attributes(self, entity->attributes);
  check_objects(self, entity->parts);
}

static void
check_view(DmigDomainReader *self, const DmigDomainView *view)
{
  check_sql(self, "the view's query", view->sql);
  for (guint i = 0; i < view->indexes->len; i++)
    check_index(self, g_ptr_array_index(view->indexes, i));
  check_objects(self, view->parts);
}

void
dmig_domain_check_sql(DmigDomainReader *self)
{
  for (guint i = 0; i < self->domain->entities->len; i++)
    check_entity(self, g_ptr_array_index(self->domain->entities, i));
  for (guint i = 0; i < self->domain->views->len; i++)
    check_view(self, g_ptr_array_index(self->domain->views, i));
  check_objects(self, self->domain->objects);
}
