/* Names become what they stand for: enums, keys, and the types and columns of relationships. */
#include "core/domain/domain_reader.h"

#include <string.h>

#include "core/base/text.h"
#include "core/domain/dialect_facts.h"

static void
report_unknown_type(DmigDomainReader *self, const DmigField *field, const char *name)
{
  g_autoptr(GPtrArray) words = g_ptr_array_new();
  for (const char *const *word = dmig_type_words(); *word != NULL; word++)
    g_ptr_array_add(words, (gpointer) *word);
  guint n = self->domain->enums->len;
  for (guint i = 0; i < n && dmig_reading_may_suggest(&self->reading, n); i++)
    g_ptr_array_add(words, ((DmigDomainEnum *) g_ptr_array_index(self->domain->enums, i))->name);
  g_ptr_array_add(words, NULL);

  g_autofree char *hint = dmig_type_hint(name);
  if (hint == NULL)
    hint = dmig_reading_suggest(&self->reading, name, (const char *const *) words->pdata);
  if (hint == NULL && g_hash_table_contains(self->entities, name))
    hint = g_strdup_printf("a relationship is spelled {references: %s}",
                           dmig_reading_show(&self->reading, name));
  dmig_reading_report(&self->reading, dmig_reading_place(&self->reading, &field->type, field->at),
                      DMIG_RULE_UNKNOWN_TYPE, hint, "unknown type '%s'",
                      dmig_reading_show(&self->reading, name));
}

/* The portable type of a type's base, where it has one. */
static DmigType *
base_type(const DmigDomainObject *object)
{
  const char *base = dmig_attributes_get(object->attributes, "base", NULL);
  g_autofree char *problem = NULL;
  g_autofree char *hint = NULL;
  DmigType *type = base != NULL ? dmig_type_parse(base, &problem, &hint) : NULL;
  if (type != NULL && type->kind == DMIG_TYPE_ENUM && type->enum_name != NULL)
    g_clear_pointer(&type, dmig_type_free);
  return type;
}

/* A field of a type that the author made: what stands for it is its base, in as many dimensions. */
static void
resolve_own_type(DmigField *field, const DmigDomainObject *object)
{
  field->type_name = g_strdup(object->name);
  for (const DmigType *type = field->type; type->kind == DMIG_TYPE_ARRAY; type = type->element)
    field->type_dimensions++;
  g_clear_pointer(&field->type, dmig_type_free);
  field->type = base_type(object);
  for (guint i = 0; field->type != NULL && i < field->type_dimensions; i++) {
    DmigType *array = g_new0(DmigType, 1);
    array->kind = DMIG_TYPE_ARRAY;
    array->element = field->type;
    field->type = array;
  }
}

static void
resolve_type(DmigDomainReader *self, DmigField *field)
{
  DmigType *type = field->type;
  while (type != NULL && type->kind == DMIG_TYPE_ARRAY)
    type = type->element;
  if (type == NULL || type->kind != DMIG_TYPE_ENUM || type->enum_name == NULL)
    return;
  const DmigDomainEnum *named = g_hash_table_lookup(self->enums, type->enum_name);
  const DmigDomainObject *own = g_hash_table_lookup(self->types, type->enum_name);
  if (named != NULL)
    type->labels = g_strdupv(named->labels);
  else if (own != NULL)
    resolve_own_type(field, own);
  else if (!self->incomplete)
    report_unknown_type(self, field, type->enum_name);
}

/* The key is either listed, or said at the fields. */
static void
resolve_primary(DmigDomainReader *self, DmigEntity *entity)
{
  g_autoptr(GStrvBuilder) flagged = g_strv_builder_new();
  guint n_flagged = 0;
  for (guint i = 0; i < entity->fields->len; i++) {
    DmigField *field = g_ptr_array_index(entity->fields, i);
    if (!field->primary)
      continue;
    g_strv_builder_add(flagged, field->name);
    n_flagged++;
    if (entity->primary[0] != NULL && !dmig_strv_contains(entity->primary, field->name))
      dmig_reading_report(&self->reading, field->at, DMIG_RULE_CONFLICTING_KEYS, NULL,
                          "'%s' is primary, but the entity's 'primary' does not list it",
                          dmig_reading_show(&self->reading, field->name));
  }
  if (entity->primary[0] == NULL && n_flagged > 0) {
    g_strfreev(entity->primary);
    entity->primary = g_strv_builder_end(flagged);
  }
  for (guint i = 0; entity->primary[i] != NULL; i++) {
    DmigField *field = dmig_domain_reader_field(self, entity, entity->primary[i]);
    if (field != NULL)
      field->primary = field->required = TRUE;
  }
}

/* What is said to stand in the default schema needs no schema said. */
static gboolean
is_default_schema(const DmigDomain *domain, const char *schema)
{
  for (guint i = 0; schema != NULL && domain->dialects[i] != NULL; i++) {
    const DmigDialectFacts *facts = dmig_dialect_facts(domain->dialects[i]);
    if (facts != NULL && g_strcmp0(facts->default_schema, schema) == 0)
      return TRUE;
  }
  return FALSE;
}

static char *
path_of(const DmigDomain *domain, char **schema, const char *name)
{
  if (is_default_schema(domain, *schema))
    g_clear_pointer(schema, g_free);
  return dmig_path_new(*schema, name);
}

static void
resolve_object_name(const DmigDomain *domain, DmigDomainObject *object)
{
  g_autofree char *schema = dmig_path_schema(object->name);
  if (!is_default_schema(domain, schema))
    return;
  char *plain = g_strdup(dmig_path_name(object->name));
  g_free(object->name);
  object->name = plain;
}

static void
resolve_names(DmigDomainReader *self)
{
  DmigDomain *domain = self->domain;
  for (guint i = 0; i < domain->entities->len; i++) {
    DmigEntity *entity = g_ptr_array_index(domain->entities, i);
    if (entity->table == NULL)
      entity->table = dmig_text_snake_case(entity->name);
    /* A partition stands beside its whole, which comes before it. */
    const DmigEntity *whole
        = entity->nested ? dmig_domain_reader_entity(self, entity->partition_of) : NULL;
    if (entity->schema == NULL && whole != NULL)
      entity->schema = g_strdup(whole->schema);
    entity->path = path_of(domain, &entity->schema, entity->table);
  }
  for (guint i = 0; i < domain->enums->len; i++) {
    DmigDomainEnum *item = g_ptr_array_index(domain->enums, i);
    if (item->type_name == NULL)
      item->type_name = dmig_text_snake_case(item->name);
    item->path = path_of(domain, &item->schema, item->type_name);
  }
  for (guint i = 0; i < domain->views->len; i++) {
    DmigDomainView *view = g_ptr_array_index(domain->views, i);
    if (view->view == NULL)
      view->view = dmig_text_snake_case(view->name);
    view->path = path_of(domain, &view->schema, view->view);
  }
  for (guint i = 0; i < domain->objects->len; i++) {
    DmigDomainObject *object = g_ptr_array_index(domain->objects, i);
    if (object->kind != DMIG_OBJECT_DEFAULT_PRIVILEGES)
      resolve_object_name(domain, object);
    if (object->kind >= DMIG_OBJECT_DOMAIN && object->kind <= DMIG_OBJECT_RANGE_TYPE)
      g_hash_table_insert(self->types, dmig_path_text(object->name), object);
  }
}

void
dmig_domain_resolve(DmigDomainReader *self)
{
  resolve_names(self);
  for (guint i = 0; i < self->domain->entities->len; i++) {
    DmigEntity *entity = g_ptr_array_index(self->domain->entities, i);
    for (guint j = 0; j < entity->fields->len; j++) {
      DmigField *field = g_ptr_array_index(entity->fields, j);
      resolve_type(self, field);
      field->states_required = field->required;
      if (field->identity != DMIG_IDENTITY_NONE || field->serial)
        field->required = TRUE;
      if (field->column == NULL && field->references == NULL)
        field->column = g_strdup(field->name);
    }
    resolve_primary(self, entity);
  }
}
