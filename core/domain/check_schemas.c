/* Schemas that things stand in: each must be there, or none of these things can be made. */
#include "core/domain/domain_reader.h"

#include "core/domain/dialect_facts.h"
#include "core/schema/statement.h"

typedef struct {
  DmigDomainReader *reader;
  GPtrArray *names;      /* of the domain's schemas, borrowed; NULL-terminated */
  gboolean extended;     /* it has extensions, which may bring schemas of their own */
  GHashTable *reported;  /* set of the names of schemas that are missing */
} Schemas;

/* --- what is there ------------------------------------------------------------------------------- */

static void
add_statement(Schemas *self, const char *create)
{
  g_auto(DmigStatement) statement = { 0 };
  if (create == NULL || !dmig_statement_parse(create, NULL, &statement))
    return;
  if (statement.kind == DMIG_OBJECT_SCHEMA)
    g_ptr_array_add(self->names, g_strdup(statement.path));
  else if (statement.kind == DMIG_OBJECT_EXTENSION)
    self->extended = TRUE;
}

static void
add_statements(Schemas *self, const DmigDomainObject *object)
{
  const DmigAttribute *create = dmig_attributes_find(object->attributes, "create");
  if (create == NULL)
    return;
  add_statement(self, create->value->shared);
  char *const *dialects = self->reader->domain->dialects;
  for (guint i = 0; create->value->by_dialect != NULL && dialects[i] != NULL; i++)
    add_statement(self, g_hash_table_lookup(create->value->by_dialect, dialects[i]));
}

static void
collect(Schemas *self)
{
  const GPtrArray *objects = self->reader->domain->objects;
  for (guint i = 0; i < objects->len; i++) {
    const DmigDomainObject *object = objects->pdata[i];
    if (object->kind == DMIG_OBJECT_SCHEMA)
      g_ptr_array_add(self->names, g_strdup(object->name));
    else if (object->kind == DMIG_OBJECT_EXTENSION)
      self->extended = TRUE;
    else if (object->kind == DMIG_OBJECT_KINDS)
      add_statements(self, object);
  }
  g_ptr_array_add(self->names, NULL);
}

/* Whether a dialect that has schemas, and what stands in this one, does not have it by itself. */
static gboolean
is_needed(const Schemas *self, const char *schema, GHashTable *dialects)
{
  char *const *names = self->reader->domain->dialects;
  for (guint i = 0; names[i] != NULL; i++) {
    const DmigDialectFacts *facts = dmig_dialect_facts(names[i]);
    if (facts != NULL && facts->given_schemas != NULL
        && (dialects == NULL || g_hash_table_contains(dialects, names[i]))
        && !g_strv_contains(facts->given_schemas, schema))
      return TRUE;
  }
  return FALSE;
}

/* --- what stands in them ------------------------------------------------------------------------- */

/* Once for each: it takes one line to add. Where there are extensions, only what these are put in is
 * known to be missing. */
static void
check(Schemas *self, DmigLocation at, const char *schema, GHashTable *dialects)
{
  DmigReading *reading = &self->reader->reading;
  const char *const *names = (const char *const *) self->names->pdata;
  if (schema == NULL || *schema == '\0' || g_strv_contains(names, schema)
      || !is_needed(self, schema, dialects)
      || !g_hash_table_add(self->reported, g_strdup(schema)))
    return;
  g_autofree char *similar = dmig_reading_suggest(reading, schema, names);
  dmig_reading_report(reading, at, DMIG_RULE_UNKNOWN_SCHEMA,
                      similar != NULL ? similar : "add it under `schemas:`",
                      "the domain has no schema '%s'", dmig_reading_show(reading, schema));
}

static void
check_object(Schemas *self, const DmigDomainObject *object)
{
  const DmigAttribute *beside = object->kind == DMIG_OBJECT_EXTENSION
                                    ? dmig_attributes_find(object->attributes, "schema")
                                    : NULL;
  if (beside != NULL)
    check(self, beside->at, beside->value->shared, object->dialects);
  if (self->extended || object->kind == DMIG_OBJECT_KINDS || object->kind == DMIG_OBJECT_SETTING)
    return;
  g_autofree char *schema = dmig_path_schema(object->name);
  check(self, object->at, schema, object->dialects);
}

static void
check_all(Schemas *self)
{
  const DmigDomain *domain = self->reader->domain;
  for (guint i = 0; i < domain->objects->len; i++)
    check_object(self, domain->objects->pdata[i]);
  if (self->extended)
    return;
  for (guint i = 0; i < domain->enums->len; i++) {
    const DmigDomainEnum *item = domain->enums->pdata[i];
    check(self, item->at, item->schema, NULL);
  }
  for (guint i = 0; i < domain->entities->len; i++) {
    const DmigEntity *entity = domain->entities->pdata[i];
    check(self, entity->at, entity->schema, entity->dialects);
  }
  for (guint i = 0; i < domain->views->len; i++) {
    const DmigDomainView *view = domain->views->pdata[i];
    check(self, view->at, view->schema, NULL);
  }
}

/* What a file that could not be read has, or SQL, nobody knows. */
void
dmig_domain_check_schemas(DmigDomainReader *self)
{
  if (self->incomplete || self->domain->sources != NULL)
    return;
  Schemas schemas = { .reader = self };
  schemas.names = g_ptr_array_new_with_free_func(g_free);
  schemas.reported = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
  collect(&schemas);
  check_all(&schemas);
  g_ptr_array_unref(schemas.names);
  g_hash_table_unref(schemas.reported);
}
