/* Names: what is empty, reserved, too long, or taken. */
#include "core/domain/domain_reader.h"

#include <string.h>

#include "core/domain/dialect_facts.h"

/* The database's namespace of tables, views, indexes and types. */
typedef struct {
  DmigDomainReader *reader;
  GHashTable *relations; /* name as compared -> "the table in x.yaml:3" */
  GHashTable *types;     /* likewise */
  gboolean folds_case;
} Namespace;

/* Tables are types, too; sequences and indexes are not. */
typedef enum {
  RELATION = 1 << 0,
  TYPE = 1 << 1,
} NameKind;

static gboolean
domain_folds_case(const DmigDomain *domain)
{
  for (guint i = 0; domain->dialects[i] != NULL; i++) {
    const DmigDialectFacts *facts = dmig_dialect_facts(domain->dialects[i]);
    if (facts != NULL && facts->folds_case)
      return TRUE;
  }
  return FALSE;
}

/* As the database compares it: folded where a dialect of the domain folds. */
static char *
comparable_name(gboolean folds_case, const char *name)
{
  return folds_case ? g_ascii_strdown(name, -1) : g_strdup(name);
}

static gboolean
has_control(const char *name)
{
  for (const char *p = name; *p != '\0'; p = g_utf8_next_char(p)) {
    if (g_unichar_iscntrl(g_utf8_get_char(p)))
      return TRUE;
  }
  return FALSE;
}

/* The database's own name may be anything that can be quoted. */
static gboolean
check_database_name(DmigDomainReader *self, DmigLocation at, const char *what, const char *name)
{
  if (*name == '\0')
    dmig_reading_report(&self->reading, at, DMIG_RULE_EMPTY_NAME, NULL, "%s has an empty name",
                        what);
  return *name != '\0';
}

/* What holds for every name of the author's. */
static gboolean
check_spelling(DmigDomainReader *self, DmigLocation at, const char *what, const char *name)
{
  DmigReading *reading = &self->reading;
  if (*name == '\0')
    dmig_reading_report(reading, at, DMIG_RULE_EMPTY_NAME, NULL, "%s has an empty name", what);
  else if (has_control(name))
    dmig_reading_report(reading, at, DMIG_RULE_BAD_NAME, NULL,
                        "%s '%s' has a control character in its name", what,
                        dmig_reading_show(reading, name));
  else if (g_ascii_isspace(*name) || g_ascii_isspace(name[strlen(name) - 1]))
    dmig_reading_report(reading, at, DMIG_RULE_BAD_NAME, NULL, "%s '%s' has blanks around its name",
                        what, dmig_reading_show(reading, name));
  else
    return TRUE;
  return FALSE;
}

/* A name that the author chose for the database, in each dialect of the domain. */
static void
check_length(DmigDomainReader *self, DmigLocation at, const char *what, const char *name)
{
  gsize length = strlen(name);
  for (guint i = 0; self->domain->dialects[i] != NULL; i++) {
    const DmigDialectFacts *facts = dmig_dialect_facts(self->domain->dialects[i]);
    if (facts == NULL || facts->max_identifier == 0 || length <= facts->max_identifier)
      continue;
    dmig_reading_report(&self->reading, at, DMIG_RULE_OVERLONG_NAME, NULL,
                        "%s '%s' is %" G_GSIZE_FORMAT " bytes long, and %s takes %" G_GSIZE_FORMAT,
                        what, dmig_reading_show(&self->reading, name), length, facts->name,
                        facts->max_identifier);
  }
}

static void
check_prefix(DmigDomainReader *self, DmigLocation at, const char *what, const char *name)
{
  DmigReading *reading = &self->reading;
  if (g_ascii_strncasecmp(name, "dmig_", 5) == 0)
    dmig_reading_report(reading, at, DMIG_RULE_RESERVED_NAME, NULL,
                        "%s '%s': names that begin with 'dmig_' are dmig's own", what,
                        dmig_reading_show(reading, name));
  for (guint i = 0; self->domain->dialects[i] != NULL; i++) {
    const DmigDialectFacts *facts = dmig_dialect_facts(self->domain->dialects[i]);
    const char *prefix = facts != NULL ? facts->reserved_prefix : NULL;
    if (prefix != NULL && g_ascii_strncasecmp(name, prefix, strlen(prefix)) == 0)
      dmig_reading_report(reading, at, DMIG_RULE_RESERVED_NAME, NULL,
                          "%s '%s': names that begin with '%s' are %s's own", what,
                          dmig_reading_show(reading, name), prefix, facts->name);
  }
}

/* Whether nothing of this kind has the name in this schema; then it is taken. */
static gboolean
take_key(Namespace *self, GHashTable *taken, DmigLocation at, const char *what, const char *schema,
         const char *name)
{
  g_autofree char *path = dmig_path_new(schema, name);
  g_autofree char *key = comparable_name(self->folds_case, path);
  const char *other = g_hash_table_lookup(taken, key);
  if (other != NULL) {
    dmig_reading_report(&self->reader->reading, at, DMIG_RULE_DUPLICATE_TABLE, NULL,
                        "%s '%s' has the name of %s", what,
                        dmig_reading_show(&self->reader->reading, name), other);
    return FALSE;
  }
  char *mine = g_strdup_printf("the %s in %s:%u", what, at.file != NULL ? at.file : "?", at.line);
  g_hash_table_insert(taken, g_steal_pointer(&key), mine);
  return TRUE;
}

/* A table, view, index or type: well spelled, not reserved, and not taken. */
static void
take_name(Namespace *self, DmigLocation at, const char *what, NameKind kind, const char *schema,
          const char *name)
{
  if (!check_database_name(self->reader, at, what, name))
    return;
  check_length(self->reader, at, what, name);
  check_prefix(self->reader, at, what, name);
  if ((kind & RELATION) != 0 && !take_key(self, self->relations, at, what, schema, name))
    return;
  if ((kind & TYPE) != 0)
    take_key(self, self->types, at, what, schema, name);
}

/* The schema that something stands in. */
static void
check_schema(DmigDomainReader *self, DmigLocation at, const char *schema)
{
  if (schema != NULL && check_database_name(self, at, "schema", schema))
    check_length(self, at, "schema", schema);
}

static void
check_enum_name(DmigDomainReader *self, const DmigDomainEnum *item)
{
  gboolean plain = !g_ascii_isdigit(item->name[0]);
  for (const char *p = item->name; *p != '\0'; p++)
    plain = plain && (g_ascii_isalnum(*p) || *p == '_' || (guchar) *p >= 0x80);
  if (check_spelling(self, item->at, "enum", item->name) && !plain)
    dmig_reading_report(&self->reading, item->at, DMIG_RULE_BAD_NAME, "use letters, digits and '_'",
                        "'%s' can't be written as a type",
                        dmig_reading_show(&self->reading, item->name));
  if (g_strv_contains(dmig_type_words(), item->name))
    dmig_reading_report(&self->reading, item->at, DMIG_RULE_RESERVED_NAME, NULL,
                        "the enum '%s' has the name of a portable type", item->name);
}

static void
check_columns(DmigDomainReader *self, const DmigEntity *entity, gboolean folds_case)
{
  DmigReading *reading = &self->reading;
  g_autoptr(GHashTable) taken = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
  for (guint i = 0; i < entity->fields->len; i++) {
    const DmigField *field = g_ptr_array_index(entity->fields, i);
    if (!check_spelling(self, field->at, "field", field->name) || field->column == NULL
        || !check_database_name(self, field->at, "column", field->column))
      continue;
    check_length(self, field->at, "column", field->column);
    char *key = comparable_name(folds_case, field->column);
    const DmigField *other = g_hash_table_lookup(taken, key);
    if (other != NULL)
      dmig_reading_report(
          reading, field->at, DMIG_RULE_DUPLICATE_COLUMN, "name another with 'column:'",
          "'%s' has the column '%s', as '%s' has", dmig_reading_show(reading, field->name),
          dmig_reading_show(reading, field->column), dmig_reading_show(reading, other->name));
    g_hash_table_insert(taken, key, (gpointer) field);
    for (guint d = 0; self->domain->dialects[d] != NULL; d++) {
      const DmigDialectFacts *facts = dmig_dialect_facts(self->domain->dialects[d]);
      if (facts != NULL && g_strv_contains(facts->reserved_columns, field->column))
        dmig_reading_report(reading, field->at, DMIG_RULE_RESERVED_NAME, NULL,
                            "'%s' is a system column of %s", field->column, facts->name);
    }
  }
}

static void
take_constraint(DmigDomainReader *self, GHashTable *taken, DmigLocation at, const char *name)
{
  if (name == NULL || !check_database_name(self, at, "constraint", name))
    return;
  check_length(self, at, "constraint", name);
  if (!g_hash_table_add(taken, (gpointer) name))
    dmig_reading_report(&self->reading, at, DMIG_RULE_DUPLICATE_CONSTRAINT, NULL,
                        "the entity has a constraint '%s' already",
                        dmig_reading_show(&self->reading, name));
}

static void
check_constraints(DmigDomainReader *self, const DmigEntity *entity)
{
  g_autoptr(GHashTable) taken = g_hash_table_new(g_str_hash, g_str_equal);
  for (guint i = 0; i < entity->checks->len; i++) {
    const DmigDomainCheck *check = g_ptr_array_index(entity->checks, i);
    take_constraint(self, taken, check->at, check->name);
  }
  for (guint i = 0; i < entity->exclusions->len; i++) {
    const DmigDomainCheck *exclusion = g_ptr_array_index(entity->exclusions, i);
    take_constraint(self, taken, exclusion->at, exclusion->name);
  }
  if (entity->key != NULL)
    take_constraint(self, taken, entity->key->at, entity->key->name);
  for (guint i = 0; i < entity->fields->len; i++) {
    const DmigField *field = g_ptr_array_index(entity->fields, i);
    take_constraint(self, taken, field->at, field->constraint);
  }
  for (guint i = 0; i < entity->uniques->len; i++) {
    const DmigDomainUnique *unique = g_ptr_array_index(entity->uniques, i);
    take_constraint(self, taken, unique->at, unique->name);
  }
  for (guint i = 0; i < entity->foreigns->len; i++) {
    const DmigForeign *foreign = g_ptr_array_index(entity->foreigns, i);
    take_constraint(self, taken, foreign->at, foreign->name);
  }
}

static void
take_entity(Namespace *self, const DmigEntity *entity)
{
  if (check_spelling(self->reader, entity->at, "entity", entity->name))
    take_name(self, entity->at, "table", RELATION | TYPE, entity->schema, entity->table);
  check_schema(self->reader, entity->at, entity->schema);
  check_columns(self->reader, entity, self->folds_case);
  check_constraints(self->reader, entity);
}

static gboolean
keys_are_relations(const DmigDomain *domain)
{
  for (guint i = 0; domain->dialects[i] != NULL; i++) {
    const DmigDialectFacts *facts = dmig_dialect_facts(domain->dialects[i]);
    if (facts != NULL && facts->keys_are_relations)
      return TRUE;
  }
  return FALSE;
}

/* Behind all tables and views, so that the mistake is the index's. */
static void
take_index(Namespace *self, DmigLocation at, const char *what, const char *schema, const char *name)
{
  if (name != NULL && *name != '\0')
    take_name(self, at, what, RELATION, schema, name);
}

/* A unique constraint is an index on most databases, and so is a key or an exclusion. */
static void
take_indexes(Namespace *self, const DmigEntity *entity)
{
  gboolean keys = keys_are_relations(self->reader->domain);
  for (guint i = 0; i < entity->indexes->len; i++) {
    const DmigDomainIndex *index = g_ptr_array_index(entity->indexes, i);
    if (index->name != NULL)
      take_name(self, index->at, "index", RELATION, entity->schema, index->name);
  }
  for (guint i = 0; i < entity->uniques->len; i++) {
    const DmigDomainUnique *unique = g_ptr_array_index(entity->uniques, i);
    if (keys || !dmig_domain_unique_stands_in_table(unique))
      take_index(self, unique->at, "unique constraint", entity->schema, unique->name);
  }
  for (guint i = 0; i < entity->exclusions->len; i++) {
    const DmigDomainCheck *exclusion = g_ptr_array_index(entity->exclusions, i);
    take_index(self, exclusion->at, "exclusion constraint", entity->schema, exclusion->name);
  }
  if (entity->key != NULL && keys)
    take_index(self, entity->key->at, "primary key", entity->schema, entity->key->name);
}

static void
take_view(Namespace *self, const DmigDomainView *view)
{
  if (check_spelling(self->reader, view->at, "view", view->name))
    take_name(self, view->at, "view", RELATION | TYPE, view->schema, view->view);
  check_schema(self->reader, view->at, view->schema);
}

static void
take_object(Namespace *self, const DmigDomainObject *object)
{
  g_autofree char *schema = dmig_path_schema(object->name);
  const char *name = dmig_path_name(object->name);
  const char *what = object->kind < DMIG_OBJECT_KINDS ? dmig_object_kind_name(object->kind) : "SQL";
  check_schema(self->reader, object->at, schema);
  if (object->kind == DMIG_OBJECT_SEQUENCE)
    take_name(self, object->at, what, RELATION, schema, name);
  else if (object->kind == DMIG_OBJECT_COMPOSITE_TYPE)
    take_name(self, object->at, what, RELATION | TYPE, schema, name);
  else if (object->kind == DMIG_OBJECT_DOMAIN || object->kind == DMIG_OBJECT_RANGE_TYPE)
    take_name(self, object->at, what, TYPE, schema, name);
  else if (object->kind != DMIG_OBJECT_DEFAULT_PRIVILEGES
           && check_database_name(self->reader, object->at, what, name))
    check_length(self->reader, object->at, what, name);
}

static void
check_parts(DmigDomainReader *self, const GPtrArray *parts)
{
  for (guint i = 0; i < parts->len; i++) {
    const DmigDomainObject *part = parts->pdata[i];
    const char *what = dmig_object_kind_name(part->kind);
    if (check_database_name(self, part->at, what, part->name))
      check_length(self, part->at, what, part->name);
  }
}

void
dmig_domain_check_names(DmigDomainReader *self)
{
  const DmigDomain *domain = self->domain;
  Namespace space = { .reader = self, .folds_case = domain_folds_case(domain) };
  space.relations = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
  space.types = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
  for (guint i = 0; i < domain->entities->len; i++)
    take_entity(&space, g_ptr_array_index(domain->entities, i));
  for (guint i = 0; i < domain->views->len; i++)
    take_view(&space, g_ptr_array_index(domain->views, i));
  for (guint i = 0; i < domain->enums->len; i++) {
    const DmigDomainEnum *item = g_ptr_array_index(domain->enums, i);
    check_enum_name(self, item);
    take_name(&space, item->at, "type", TYPE, item->schema, item->type_name);
    check_schema(self, item->at, item->schema);
  }
  for (guint i = 0; i < domain->objects->len; i++)
    take_object(&space, domain->objects->pdata[i]);
  for (guint i = 0; i < domain->entities->len; i++) {
    const DmigEntity *entity = g_ptr_array_index(domain->entities, i);
    take_indexes(&space, entity);
    check_parts(self, entity->parts);
  }
  for (guint i = 0; i < domain->views->len; i++)
    check_parts(self, ((const DmigDomainView *) domain->views->pdata[i])->parts);
  g_hash_table_unref(space.relations);
  g_hash_table_unref(space.types);
}
