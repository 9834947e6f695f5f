#include "core/domain/reader.h"

#include "core/domain/dialect_facts.h"
#include "core/domain/domain_reader.h"
#include "core/domain/json_schema.h"

static void
read_source(DmigDomainReader *self, const DmigSource *source)
{
  g_autoptr(DmigYamlDocument) document
      = dmig_yaml_parse(source->path, source->bytes, self->reading.diagnostics);
  const DmigYamlNode *root = document->root;
  if (document->failed
      || (root != NULL && root->kind != DMIG_YAML_MAPPING && !dmig_yaml_is_null(root)))
    self->incomplete = TRUE;
  if (root != NULL)
    dmig_form_read(&self->reading, &dmig_form_domain, root, self->domain);
}

/* What every domain has, wherever it is said. */
static void
complete(DmigDomainReader *self, GPtrArray *sources)
{
  DmigDomain *domain = self->domain;
  if (domain->name == NULL && !self->incomplete && sources->len > 0) {
    const DmigSource *first = g_ptr_array_index(sources, 0);
    dmig_reading_report(&self->reading, (DmigLocation) { g_intern_string(first->path), 0, 0 },
                        DMIG_RULE_MISSING_KEY, "begin with 'domain: shop', say",
                        "the domain has no name");
  }
  if (domain->dialects[0] == NULL) {
    g_strfreev(domain->dialects);
    domain->dialects = g_strdupv((char **) dmig_dialect_names());
  }
  if (domain->sources != NULL && domain->dialects[1] != NULL)
    dmig_reading_report(&self->reading,
                        dmig_reading_place(&self->reading, &domain->sources, (DmigLocation) { 0 }),
                        DMIG_RULE_CONTRADICTION, "name the one they are for: 'dialects: [postgresql]'",
                        "SQL files are for one database, and the domain is for several");
}

static void
check(DmigDomainReader *self)
{
  dmig_domain_resolve(self);
  if (!self->incomplete) {
    dmig_domain_resolve_ancestors(self);
    dmig_domain_resolve_references(self);
  }
  dmig_domain_check_names(self);
  dmig_domain_check_schemas(self);
  dmig_domain_check_fields(self);
  dmig_domain_check_members(self);
  dmig_domain_check_objects(self);
  dmig_domain_check_sql(self);
  dmig_domain_check_views(self);
}

static void
reader_init(DmigDomainReader *self, DmigDiagnostics *diagnostics)
{
  *self = (DmigDomainReader) { .domain = dmig_domain_new() };
  dmig_reading_init(&self->reading, diagnostics, self);
  self->entities = g_hash_table_new(g_str_hash, g_str_equal);
  self->enums = g_hash_table_new(g_str_hash, g_str_equal);
  self->views = g_hash_table_new(g_str_hash, g_str_equal);
  self->types = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
  self->fields = g_hash_table_new_full(NULL, NULL, NULL, (GDestroyNotify) g_hash_table_unref);
}

static DmigDomain *
reader_finish(DmigDomainReader *self)
{
  dmig_reading_clear(&self->reading);
  g_hash_table_unref(self->entities);
  g_hash_table_unref(self->enums);
  g_hash_table_unref(self->views);
  g_hash_table_unref(self->types);
  g_hash_table_unref(self->fields);
  return self->domain;
}

DmigDomain *
dmig_domain_read(GPtrArray *sources, DmigDiagnostics *diagnostics)
{
  DmigDomainReader reader;
  reader_init(&reader, diagnostics);
  for (guint i = 0; i < sources->len; i++)
    if (!dmig_source_is_sql(g_ptr_array_index(sources, i)))
      read_source(&reader, g_ptr_array_index(sources, i));
  complete(&reader, sources);
  check(&reader);
  return reader_finish(&reader);
}

static DmigField *
own_field(DmigDomainReader *self, const DmigEntity *entity, const char *name)
{
  GHashTable *fields = g_hash_table_lookup(self->fields, entity);
  if (fields == NULL) {
    fields = g_hash_table_new(g_str_hash, g_str_equal);
    for (guint i = 0; i < entity->fields->len; i++) {
      DmigField *field = g_ptr_array_index(entity->fields, i);
      g_hash_table_insert(fields, field->name, field);
    }
    g_hash_table_insert(self->fields, (gpointer) entity, fields);
  }
  return g_hash_table_lookup(fields, name);
}

DmigField *
dmig_domain_reader_field(DmigDomainReader *self, const DmigEntity *entity, const char *name)
{
  DmigField *field = own_field(self, entity, name);
  for (guint i = 0; field == NULL && entity->ancestors != NULL && i < entity->ancestors->len; i++)
    field = own_field(self, entity->ancestors->pdata[i], name);
  return field;
}

gboolean
dmig_domain_reader_takes_empty(const DmigDomainReader *self)
{
  for (guint i = 0; self->domain->dialects[i] != NULL; i++) {
    const DmigDialectFacts *facts = dmig_dialect_facts(self->domain->dialects[i]);
    if (facts == NULL || !facts->takes_empty)
      return FALSE;
  }
  return TRUE;
}

gboolean
dmig_domain_reader_is_lax(const DmigDomainReader *self)
{
  for (guint i = 0; self->domain->dialects[i] != NULL; i++) {
    const DmigDialectFacts *facts = dmig_dialect_facts(self->domain->dialects[i]);
    if (facts == NULL || !facts->is_lax)
      return FALSE;
  }
  return TRUE;
}

DmigEntity *
dmig_domain_reader_entity(DmigDomainReader *self, const char *name)
{
  return g_hash_table_lookup(self->entities, name);
}

char **
dmig_domain_reader_field_names(const DmigEntity *entity)
{
  char **names = g_new0(char *, entity->fields->len + 1);
  for (guint i = 0; i < entity->fields->len; i++)
    names[i] = ((DmigField *) g_ptr_array_index(entity->fields, i))->name;
  return names;
}

char *
dmig_domain_json_schema(void)
{
  return dmig_form_json_schema(&dmig_form_domain, "A domain of dmig",
                               "The state that is wanted of a database; docs/domain-format.md "
                               "describes the format.");
}
