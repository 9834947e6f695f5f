#include "core/domain/lowering.h"

#include <string.h>

#include "core/base/text.h"
#include "core/sql/text.h"

GHashTable *
dmig_lowering_names_new(void)
{
  return g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
}

/* The sets map folded names to the names themselves: derived names keep away from names that
 * differ in letter case alone, because some databases fold them; what authors chose need not. */
static gboolean
is_taken(GHashTable *names, const char *name)
{
  g_autofree char *folded = g_ascii_strdown(name, -1);
  return names != NULL && g_hash_table_contains(names, folded);
}

static void
take_name(GHashTable *names, const char *name)
{
  if (names != NULL && !is_taken(names, name))
    g_hash_table_insert(names, g_ascii_strdown(name, -1), g_strdup(name));
}

char *
dmig_lowering_derive_name(const DmigLowering *self, GHashTable *taken, GHashTable *also,
                          const char *beside, const char *stem, const char *suffix)
{
  for (guint n = 0;; n++) {
    g_autofree char *number = n == 0 ? g_strdup("") : g_strdup_printf("%u", n);
    g_autofree char *full = g_strconcat(stem, "_", suffix, number, NULL);
    g_autofree char *name = dmig_text_fit_identifier(full, self->dialect->max_identifier);
    g_autofree char *path = dmig_path_sibling(beside, name);
    if (is_taken(taken, path) || is_taken(also, path))
      continue;
    take_name(taken, path);
    take_name(also, path);
    return g_steal_pointer(&name);
  }
}

void
dmig_lowering_claim_name(DmigLowering *self, GHashTable *taken, DmigLocation at, const char *path)
{
  g_autofree char *folded = g_ascii_strdown(path, -1);
  const char *other = g_hash_table_lookup(taken, folded);
  take_name(taken, path);
  if (g_strcmp0(other, path) != 0)
    return;
  g_autofree char *name = dmig_path_text(path);
  dmig_lowering_report(self, at, "duplicate-name", "choose another name",
                       "the name '%s' is used twice in the %s schema", name, self->dialect->title);
}

/* Tables and views are relations, and on databases with row types they are types, too. */
static void
claim_relation(DmigLowering *self, DmigLocation at, const char *name)
{
  dmig_lowering_claim_name(self, self->relations, at, name);
  take_name(self->types, name);
}

static void
claim_beside(DmigLowering *self, DmigLocation at, const DmigEntity *entity, const char *name)
{
  if (name == NULL)
    return;
  g_autofree char *path = dmig_path_sibling(entity->path, name);
  dmig_lowering_claim_name(self, self->relations, at, path);
}

/* Keys are indexes, too, on every database, but not everywhere do those have the keys' names. */
static void
claim_index_names(DmigLowering *self, const DmigEntity *entity)
{
  gboolean keys = self->dialect->has.unique_constraints;
  if (entity->key != NULL && keys)
    claim_beside(self, entity->key->at, entity, entity->key->name);
  for (guint i = 0; i < entity->uniques->len; i++) {
    const DmigDomainUnique *unique = g_ptr_array_index(entity->uniques, i);
    if (keys || !dmig_domain_unique_stands_in_table(unique))
      claim_beside(self, unique->at, entity, unique->name);
  }
  for (guint i = 0; i < entity->exclusions->len; i++) {
    const DmigDomainCheck *exclusion = g_ptr_array_index(entity->exclusions, i);
    if (dmig_sql_text_get(exclusion->sql, self->dialect) != NULL)
      claim_beside(self, exclusion->at, entity, exclusion->name);
  }
  for (guint i = 0; i < entity->indexes->len; i++) {
    const DmigDomainIndex *index = g_ptr_array_index(entity->indexes, i);
    if (dmig_lowering_has_index(self, index))
      claim_beside(self, index->at, entity, index->name);
  }
}

static void
claim_enum_names(DmigLowering *self)
{
  for (guint i = 0; i < self->domain->enums->len; i++) {
    const DmigDomainEnum *item = g_ptr_array_index(self->domain->enums, i);
    dmig_lowering_claim_name(self, self->types, item->at, item->path);
  }
}

static void
claim_object_names(DmigLowering *self)
{
  for (guint i = 0; i < self->domain->objects->len; i++) {
    const DmigDomainObject *object = g_ptr_array_index(self->domain->objects, i);
    if (!dmig_lowering_is_for(self, object->dialects))
      continue;
    if (object->kind == DMIG_OBJECT_SEQUENCE || object->kind == DMIG_OBJECT_COMPOSITE_TYPE)
      take_name(self->relations, object->name);
    if (object->kind >= DMIG_OBJECT_DOMAIN && object->kind <= DMIG_OBJECT_RANGE_TYPE)
      take_name(self->types, object->name);
  }
}

/* Names that the author chose come before all that are derived. */
static void
claim_chosen_names(DmigLowering *self)
{
  for (guint i = 0; i < self->domain->entities->len; i++) {
    const DmigEntity *entity = g_ptr_array_index(self->domain->entities, i);
    g_hash_table_insert(self->entities, entity->name, (gpointer) entity);
    if (dmig_lowering_is_for(self, entity->dialects))
      claim_relation(self, entity->at, entity->path);
  }
  for (guint i = 0; i < self->domain->views->len; i++) {
    const DmigDomainView *view = g_ptr_array_index(self->domain->views, i);
    if (dmig_sql_text_get(view->sql, self->dialect) != NULL)
      claim_relation(self, view->at, view->path);
  }
  claim_object_names(self);
  for (guint i = 0; i < self->domain->entities->len; i++)
    claim_index_names(self, g_ptr_array_index(self->domain->entities, i));
  if (self->dialect->has.enum_types)
    claim_enum_names(self);
}

static const char *
native_type(const DmigLowering *self, const DmigField *field)
{
  return field->native != NULL ? g_hash_table_lookup(field->native, self->dialect->name) : NULL;
}

static const DmigType *
innermost(const DmigType *type)
{
  while (type != NULL && type->kind == DMIG_TYPE_ARRAY)
    type = type->element;
  return type;
}

/* The field that says what type `field` has: itself, or what a relationship leads to. */
static const DmigField *
type_source(const DmigLowering *self, const DmigField *field)
{
  /* A key may be a relationship itself; the limit ends a circle of them. */
  for (guint depth = 0; depth < 32 && field->references != NULL; depth++) {
    if (native_type(self, field) != NULL)
      return field;
    const DmigEntity *target = dmig_lowering_entity(self, field->references);
    char *const *fields = target != NULL ? dmig_entity_key(target) : NULL;
    if (fields == NULL || g_strv_length((char **) fields) != 1)
      return field;
    const DmigField *key = dmig_entity_field(target, fields[0]);
    if (key == NULL)
      return field;
    field = key;
  }
  return field;
}

static void
name_enums_in_place(DmigLowering *self)
{
  if (!self->dialect->has.enum_types)
    return;
  for (guint i = 0; i < self->domain->entities->len; i++) {
    const DmigEntity *entity = g_ptr_array_index(self->domain->entities, i);
    for (guint j = 0; j < entity->fields->len; j++) {
      const DmigField *field = g_ptr_array_index(entity->fields, j);
      const DmigType *type = innermost(field->type);
      gboolean in_place = type != NULL && type->kind == DMIG_TYPE_ENUM && type->enum_name == NULL &&
                          native_type(self, field) == NULL &&
                          type_source(self, field) == field;
      if (!in_place || !dmig_lowering_is_for(self, entity->dialects))
        continue;
      g_autofree char *name = dmig_lowering_derive_name(self, self->types, NULL, entity->path,
                                                        entity->table, field->column);
      g_hash_table_insert(self->enum_names, (gpointer) field,
                          dmig_path_sibling(entity->path, name));
    }
  }
}

DmigLowering *
dmig_lowering_new(const DmigDomain *domain, const DmigDialect *dialect,
                  DmigDiagnostics *diagnostics)
{
  DmigLowering *self = g_new0(DmigLowering, 1);
  self->domain = domain;
  self->dialect = dialect;
  self->diagnostics = diagnostics;
  self->entities = g_hash_table_new(g_str_hash, g_str_equal);
  self->enum_names = g_hash_table_new_full(g_direct_hash, g_direct_equal, NULL, g_free);
  self->relations = dmig_lowering_names_new();
  self->types = dmig_lowering_names_new();
  self->parts_of = g_hash_table_new(NULL, NULL);
  self->only = g_hash_table_new(NULL, NULL);
  claim_chosen_names(self);
  name_enums_in_place(self);
  return self;
}

void
dmig_lowering_free(DmigLowering *self)
{
  if (self == NULL)
    return;
  g_hash_table_unref(self->entities);
  g_hash_table_unref(self->enum_names);
  g_hash_table_unref(self->relations);
  g_hash_table_unref(self->types);
  g_hash_table_unref(self->parts_of);
  g_hash_table_unref(self->only);
  g_free(self);
}

void
dmig_lowering_keep_part(DmigLowering *self, gpointer lowered, const char *part_of, gboolean only)
{
  if (part_of != NULL)
    g_hash_table_insert(self->parts_of, lowered, (gpointer) part_of);
  if (only)
    g_hash_table_add(self->only, lowered);
}

gboolean
dmig_lowering_is_for(const DmigLowering *self, GHashTable *dialects)
{
  return dialects == NULL || g_hash_table_contains(dialects, self->dialect->name);
}

void
dmig_lowering_report(DmigLowering *self, DmigLocation at, const char *rule, const char *hint,
                     const char *format, ...)
{
  va_list arguments;
  va_start(arguments, format);
  g_autofree char *message = g_strdup_vprintf(format, arguments);
  va_end(arguments);
  dmig_diagnostics_add(self->diagnostics, at, DMIG_SEVERITY_ERROR, rule, hint, "%s", message);
}

gboolean
dmig_lowering_require(DmigLowering *self, gboolean has, DmigLocation at, const char *things)
{
  if (has)
    return TRUE;
  dmig_lowering_report(self, at, "not-in-dialect",
                       "name the dialects that have it with 'dialects: […]'", "%s has no %s",
                       self->dialect->title, things);
  return FALSE;
}

const DmigEntity *
dmig_lowering_entity(const DmigLowering *self, const char *name)
{
  return g_hash_table_lookup(self->entities, name);
}

const DmigType *
dmig_lowering_enum(const DmigLowering *self, const DmigField *field)
{
  const DmigField *source = type_source(self, field);
  const DmigType *type = innermost(source->type);
  if (native_type(self, source) != NULL || type == NULL || type->kind != DMIG_TYPE_ENUM)
    return NULL;
  return type;
}

const char *
dmig_lowering_enum_name(const DmigLowering *self, const DmigField *field)
{
  const DmigType *type = dmig_lowering_enum(self, field);
  if (type == NULL || !self->dialect->has.enum_types)
    return NULL;
  if (type->enum_name == NULL)
    return g_hash_table_lookup(self->enum_names, type_source(self, field));
  const DmigDomainEnum *named = dmig_domain_enum(self->domain, type->enum_name);
  return named != NULL ? named->path : NULL;
}

static char *
own_type(const DmigLowering *self, const DmigField *field)
{
  GString *type = g_string_new(NULL);
  dmig_sql_append_identifier(type, self->dialect, field->type_name);
  for (guint i = 0; i < field->type_dimensions; i++)
    g_string_append(type, "[]");
  return g_string_free(type, FALSE);
}

char *
dmig_lowering_collation(const DmigLowering *self, const char *text)
{
  const char *dot = text != NULL ? strchr(text, '.') : NULL;
  g_autofree char *schema = dot != NULL ? g_strndup(text, (gsize) (dot - text)) : NULL;
  for (guint i = 0; schema != NULL && i < self->domain->objects->len; i++) {
    const DmigDomainObject *object = self->domain->objects->pdata[i];
    if (object->kind == DMIG_OBJECT_SCHEMA && strcmp(object->name, schema) == 0)
      return dmig_path_new(schema, dot + 1);
  }
  return g_strdup(text);
}

char *
dmig_lowering_type_text(DmigLowering *self, const char *text)
{
  g_autofree char *problem = NULL;
  g_autofree char *hint = NULL;
  g_autoptr(DmigType) type = dmig_type_parse(text, &problem, &hint);
  const DmigType *inner = innermost(type);
  if (inner == NULL || inner->kind != DMIG_TYPE_ENUM)
    return type != NULL ? self->dialect->lower_type(type, NULL)
                        : self->dialect->canonical_type(text);
  const DmigDomainEnum *named
      = inner->enum_name != NULL ? dmig_domain_enum(self->domain, inner->enum_name) : NULL;
  if (named != NULL)
    return self->dialect->lower_type(type, named->path);
  return self->dialect->canonical_type(text);
}

char *
dmig_lowering_type(DmigLowering *self, const DmigEntity *entity, const DmigField *field)
{
  const DmigField *source = type_source(self, field);
  const char *native = native_type(self, source);
  if (native != NULL)
    return self->dialect->canonical_type(native);
  if (source->type_name != NULL && self->dialect->has.own_types)
    return own_type(self, source);
  if (source->type != NULL)
    return self->dialect->lower_type(source->type, dmig_lowering_enum_name(self, field));
  g_autofree char *hint = g_strdup_printf("state one with 'type: {%s: …}'", self->dialect->name);
  dmig_lowering_report(self, field->at, "missing-type", hint, "%s.%s has no type for %s",
                       entity->name, field->name, self->dialect->title);
  return g_strdup("");
}

char *
dmig_lowering_sql(const DmigLowering *self, const DmigSqlText *text)
{
  const char *sql = dmig_sql_text_get(text, self->dialect);
  if (sql == NULL)
    return NULL;
  char *trimmed = g_strstrip(g_strdup(sql));
  if (*trimmed == '\0')
    g_clear_pointer(&trimmed, g_free);
  return trimmed;
}

static gboolean
is_number(const char *text)
{
  const char *p = *text == '-' ? text + 1 : text;
  gsize digits = strspn(p, "0123456789");
  p += digits;
  if (digits > 0 && *p == '.' && g_ascii_isdigit(p[1]))
    p += 1 + strspn(p + 1, "0123456789");
  return digits > 0 && *p == '\0';
}

/* A literal for a column of a native type, which only the database understands. */
static char *
native_literal(const DmigLowering *self, const char *text)
{
  static const DmigType as_text = { .kind = DMIG_TYPE_TEXT };
  return is_number(text) ? g_strdup(text) : self->dialect->literal(&as_text, text);
}

char *
dmig_lowering_value(DmigLowering *self, const DmigField *field, const DmigValue *value)
{
  const DmigField *source = type_source(self, field);
  const DmigType *type = source->type;
  char *sql = NULL;
  switch (value->kind) {
  case DMIG_VALUE_LITERAL:
    if (native_type(self, source) != NULL || type == NULL
        || (source->type_name != NULL && self->dialect->has.own_types))
      return native_literal(self, value->literal);
    return self->dialect->literal(type, value->literal);
  case DMIG_VALUE_NULL:
    return native_type(self, source) != NULL || type == NULL ? g_strdup("NULL")
                                                             : self->dialect->literal(type, NULL);
  case DMIG_VALUE_FUNCTION:
    sql = g_strdup(self->dialect->function(value->function, type));
    break;
  case DMIG_VALUE_SQL:
    sql = dmig_lowering_sql(self, value->sql);
    break;
  }
  if (sql == NULL) {
    g_autofree char *hint = g_strdup_printf("state one with '{sql: {%s: …}}'", self->dialect->name);
    dmig_lowering_report(self, value->at, "missing-expression", hint,
                         "the value of %s has no expression for %s", field->name,
                         self->dialect->title);
  }
  return sql;
}

char **
dmig_entity_columns(const DmigEntity *entity, char *const *fields)
{
  GPtrArray *columns = g_ptr_array_new();
  for (char *const *name = fields; *name != NULL; name++) {
    const DmigField *field = dmig_entity_field(entity, *name);
    if (field != NULL)
      g_ptr_array_add(columns, g_strdup(field->column));
  }
  g_ptr_array_add(columns, NULL);
  return (char **) g_ptr_array_free(columns, FALSE);
}

gboolean
dmig_lowering_has_index(const DmigLowering *self, const DmigDomainIndex *index)
{
  if (!dmig_lowering_is_for(self, index->dialects))
    return FALSE;
  if (index->where != NULL && dmig_sql_text_get(index->where, self->dialect) == NULL)
    return FALSE;
  for (guint i = 0; i < index->parts->len; i++) {
    const DmigIndexPart *part = g_ptr_array_index(index->parts, i);
    if (part->field == NULL && dmig_sql_text_get(part->expression, self->dialect) == NULL)
      return FALSE;
  }
  return index->parts->len > 0;
}
