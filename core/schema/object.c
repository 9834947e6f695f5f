#include "core/schema/object.h"

#include <string.h>

#include "core/sql/lexer.h"
#include "core/sql/text.h"

#define PART DMIG_ADDRESS_SEPARATOR

static const char *const kind_names[] = {
  [DMIG_OBJECT_SCHEMA] = "schema",
  [DMIG_OBJECT_EXTENSION] = "extension",
  [DMIG_OBJECT_LANGUAGE] = "language",
  [DMIG_OBJECT_ACCESS_METHOD] = "access method",
  [DMIG_OBJECT_COLLATION] = "collation",
  [DMIG_OBJECT_ENUM] = "enum",
  [DMIG_OBJECT_DOMAIN] = "domain",
  [DMIG_OBJECT_COMPOSITE_TYPE] = "composite type",
  [DMIG_OBJECT_RANGE_TYPE] = "range type",
  [DMIG_OBJECT_BASE_TYPE] = "base type",
  [DMIG_OBJECT_SEQUENCE] = "sequence",
  [DMIG_OBJECT_ROUTINE] = "routine",
  [DMIG_OBJECT_OPERATOR] = "operator",
  [DMIG_OBJECT_OPERATOR_FAMILY] = "operator family",
  [DMIG_OBJECT_OPERATOR_CLASS] = "operator class",
  [DMIG_OBJECT_CAST] = "cast",
  [DMIG_OBJECT_TRANSFORM] = "transform",
  [DMIG_OBJECT_CONVERSION] = "conversion",
  [DMIG_OBJECT_TS_PARSER] = "text search parser",
  [DMIG_OBJECT_TS_TEMPLATE] = "text search template",
  [DMIG_OBJECT_TS_DICTIONARY] = "text search dictionary",
  [DMIG_OBJECT_TS_CONFIGURATION] = "text search configuration",
  [DMIG_OBJECT_FOREIGN_DATA_WRAPPER] = "foreign-data wrapper",
  [DMIG_OBJECT_FOREIGN_SERVER] = "foreign server",
  [DMIG_OBJECT_USER_MAPPING] = "user mapping",
  [DMIG_OBJECT_TABLE] = "table",
  [DMIG_OBJECT_COLUMN] = "column",
  [DMIG_OBJECT_CONSTRAINT] = "constraint",
  [DMIG_OBJECT_INDEX] = "index",
  [DMIG_OBJECT_FOREIGN_TABLE] = "foreign table",
  [DMIG_OBJECT_VIRTUAL_TABLE] = "virtual table",
  [DMIG_OBJECT_VIEW] = "view",
  [DMIG_OBJECT_MATERIALIZED_VIEW] = "materialized view",
  [DMIG_OBJECT_STATISTICS] = "statistics",
  [DMIG_OBJECT_RULE] = "rule",
  [DMIG_OBJECT_TRIGGER] = "trigger",
  [DMIG_OBJECT_POLICY] = "policy",
  [DMIG_OBJECT_EVENT_TRIGGER] = "event trigger",
  [DMIG_OBJECT_PUBLICATION] = "publication",
  [DMIG_OBJECT_SUBSCRIPTION] = "subscription",
  [DMIG_OBJECT_DEFAULT_PRIVILEGES] = "default privileges",
  [DMIG_OBJECT_SETTING] = "setting",
};
G_STATIC_ASSERT(G_N_ELEMENTS(kind_names) == DMIG_OBJECT_KINDS);

const char *
dmig_object_kind_name(DmigObjectKind kind)
{
  return kind_names[kind];
}

gboolean
dmig_object_kind_is_part(DmigObjectKind kind)
{
  return kind == DMIG_OBJECT_COLUMN || kind == DMIG_OBJECT_CONSTRAINT ||
         kind == DMIG_OBJECT_INDEX || kind == DMIG_OBJECT_RULE || kind == DMIG_OBJECT_TRIGGER ||
         kind == DMIG_OBJECT_POLICY;
}

/* --- addresses ------------------------------------------------------------------------------- */

char *
dmig_address_new(DmigObjectKind kind, const char *path, const char *detail)
{
  const char letter[] = { (char) ('0' + (int) kind), '\0' };
  static const char part[] = { PART, '\0' };

  return detail != NULL ? g_strconcat(letter, path, part, detail, NULL)
                        : g_strconcat(letter, path, NULL);
}

DmigObjectKind
dmig_address_kind(const char *address)
{
  return (DmigObjectKind) (*address - '0');
}

char *
dmig_address_path(const char *address)
{
  const char *end = strchr(address, PART);

  return end != NULL ? g_strndup(address + 1, (gsize) (end - address - 1)) : g_strdup(address + 1);
}

const char *
dmig_address_detail(const char *address)
{
  const char *end = strchr(address, PART);

  return end != NULL ? end + 1 : NULL;
}

char *
dmig_address_whole(const char *address)
{
  if (!dmig_object_kind_is_part(dmig_address_kind(address)))
    return NULL;
  g_autofree char *path = dmig_address_path(address);

  return dmig_address_new(DMIG_OBJECT_TABLE, path, NULL);
}

char *
dmig_address_text(const char *address)
{
  DmigObjectKind kind = dmig_address_kind(address);
  const char *detail = dmig_address_detail(address), *word = kind_names[kind];
  g_autofree char *path = dmig_address_path(address);
  g_autofree char *name = dmig_path_text(path);

  if (detail == NULL)
    return g_strdup_printf("%s %s", word, name);
  if (kind == DMIG_OBJECT_COLUMN || kind == DMIG_OBJECT_CONSTRAINT)
    return g_strdup_printf("%s %s.%s", word, name, detail);
  if (dmig_object_kind_is_part(kind))
    return g_strdup_printf("%s %s on %s", word, detail, name);
  if (kind == DMIG_OBJECT_ROUTINE)
    return g_strdup_printf("%s %s(%s)", word, name, detail);
  if (kind == DMIG_OBJECT_OPERATOR)
    return g_strdup_printf("%s %s %s", word, name, detail);
  return g_strdup_printf("%s %s for %s", word, name, detail);
}

/* --- facets ---------------------------------------------------------------------------------- */

DmigFacet *
dmig_facet_new(const char *name, const char *value, const char *set, const char *reset)
{
  DmigFacet *self = g_new0(DmigFacet, 1);

  self->name = g_strdup(name);
  self->value = g_strdup(value);
  self->set = g_strdup(set);
  self->reset = g_strdup(reset);
  return self;
}

void
dmig_facet_free(DmigFacet *self)
{
  if (self == NULL)
    return;
  g_free(self->name);
  g_free(self->value);
  g_free(self->set);
  g_free(self->change);
  g_free(self->reset);
  g_strfreev(self->needs);
  g_free(self->said_by);
  g_free(self);
}

DmigFacet *
dmig_facet_copy(const DmigFacet *self)
{
  DmigFacet *copy = g_memdup2(self, sizeof *self);

  copy->name = g_strdup(self->name);
  copy->value = g_strdup(self->value);
  copy->set = g_strdup(self->set);
  copy->change = g_strdup(self->change);
  copy->reset = g_strdup(self->reset);
  copy->needs = g_strdupv(self->needs);
  copy->said_by = g_strdup(self->said_by);
  return copy;
}

void
dmig_facet_add_need(DmigFacet *self, char *address_owned)
{
  guint n = self->needs != NULL ? g_strv_length(self->needs) : 0;

  self->needs = g_renew(char *, self->needs, n + 2);
  self->needs[n] = address_owned;
  self->needs[n + 1] = NULL;
}

void
dmig_facet_bring(DmigFacet *self, DmigFacet *other)
{
  g_autofree char *set = self->set;

  self->set = g_strconcat(set, other->set, NULL);
  g_free(other->said_by);
  other->said_by = g_strdup(self->name);
}

GPtrArray *
dmig_facets_new(void)
{
  return g_ptr_array_new_with_free_func((GDestroyNotify) dmig_facet_free);
}

GPtrArray *
dmig_facets_copy(const GPtrArray *facets)
{
  if (facets == NULL)
    return NULL;
  GPtrArray *copy = dmig_facets_new();
  for (guint i = 0; i < facets->len; i++)
    g_ptr_array_add(copy, dmig_facet_copy(facets->pdata[i]));
  return copy;
}

DmigFacet *
dmig_facets_find(const GPtrArray *facets, const char *name)
{
  for (guint i = 0; facets != NULL && i < facets->len; i++) {
    DmigFacet *facet = facets->pdata[i];
    if (strcmp(facet->name, name) == 0)
      return facet;
  }
  return NULL;
}

const char *
dmig_facets_value(const GPtrArray *facets, const char *name)
{
  const DmigFacet *facet = dmig_facets_find(facets, name);

  return facet != NULL ? facet->value : NULL;
}

DmigFacet *
dmig_facets_add(GPtrArray **facets, DmigFacet *facet)
{
  if (*facets == NULL)
    *facets = dmig_facets_new();
  g_ptr_array_add(*facets, facet);
  return facet;
}

gboolean
dmig_facets_equal(const GPtrArray *a, const GPtrArray *b)
{
  guint n_a = a != NULL ? a->len : 0, n_b = b != NULL ? b->len : 0;

  for (guint i = 0; i < n_a && n_a == n_b; i++) {
    const DmigFacet *facet = a->pdata[i];
    if (g_strcmp0(facet->value, dmig_facets_value(b, facet->name)) != 0)
      return FALSE;
  }
  return n_a == n_b;
}

void
dmig_facets_append_set(GString *sql, const GPtrArray *facets)
{
  for (guint i = 0; facets != NULL && i < facets->len; i++) {
    const DmigFacet *facet = facets->pdata[i];
    const DmigFacet *bringer =
        facet->said_by != NULL ? dmig_facets_find(facets, facet->said_by) : NULL;
    gboolean brought = bringer != NULL && !bringer->late && !bringer->created;
    if (!facet->late && !facet->created && !brought)
      g_string_append(sql, facet->set);
  }
}

DmigFacet *
dmig_facet_new_comment(const char *what, const char *comment)
{
  g_autofree char *set = dmig_sql_printf(NULL, "COMMENT ON %s IS %S;\n", what, comment);
  g_autofree char *reset = dmig_sql_printf(NULL, "COMMENT ON %s IS NULL;\n", what);

  DmigFacet *facet = dmig_facet_new("comment", comment, set, reset);
  facet->lockless = TRUE;
  return facet;
}

/* --- objects --------------------------------------------------------------------------------- */

static void
property_free(DmigProperty *self)
{
  g_free(self->name);
  g_free(self->value);
  g_free(self);
}

DmigObject *
dmig_object_new(DmigObjectKind kind, const char *path, const char *detail)
{
  DmigObject *self = g_new0(DmigObject, 1);

  self->kind = kind;
  self->path = g_strdup(path);
  self->detail = g_strdup(detail);
  return self;
}

void
dmig_object_free(DmigObject *self)
{
  if (self == NULL)
    return;
  g_free(self->path);
  g_free(self->detail);
  g_free(self->create);
  g_free(self->drop);
  g_free(self->core);
  g_free(self->replace);
  g_free(self->mould);
  g_free(self->broken);
  g_clear_pointer(&self->facets, g_ptr_array_unref);
  g_clear_pointer(&self->properties, g_ptr_array_unref);
  g_free(self);
}

DmigObject *
dmig_object_copy(const DmigObject *self)
{
  DmigObject *copy = dmig_object_new(self->kind, self->path, self->detail);

  copy->create = g_strdup(self->create);
  copy->drop = g_strdup(self->drop);
  copy->core = g_strdup(self->core);
  copy->replace = g_strdup(self->replace);
  copy->mould = g_strdup(self->mould);
  copy->broken = g_strdup(self->broken);
  copy->facets = dmig_facets_copy(self->facets);
  for (guint i = 0; self->properties != NULL && i < self->properties->len; i++) {
    const DmigProperty *property = self->properties->pdata[i];
    dmig_object_set_property(copy, property->name, property->value);
  }
  return copy;
}

char *
dmig_object_address(const DmigObject *self)
{
  return dmig_address_new(self->kind, self->path, self->detail);
}

void
dmig_object_set_property(DmigObject *self, const char *name, const char *value)
{
  if (self->properties == NULL)
    self->properties = g_ptr_array_new_with_free_func((GDestroyNotify) property_free);
  DmigProperty *property = g_new0(DmigProperty, 1);
  property->name = g_strdup(name);
  property->value = g_strdup(value);
  g_ptr_array_add(self->properties, property);
}

const char *
dmig_object_property(const DmigObject *self, const char *name)
{
  for (guint i = 0; self->properties != NULL && i < self->properties->len; i++) {
    const DmigProperty *property = self->properties->pdata[i];
    if (strcmp(property->name, name) == 0)
      return property->value;
  }
  return NULL;
}

gboolean
dmig_object_same_core(const DmigObject *a, const DmigObject *b)
{
  return dmig_sql_equal(a->core != NULL ? a->core : a->create,
                        b->core != NULL ? b->core : b->create);
}

gboolean
dmig_object_equal(const DmigObject *a, const DmigObject *b)
{
  return a->kind == b->kind && strcmp(a->path, b->path) == 0 &&
         g_strcmp0(a->detail, b->detail) == 0 && dmig_object_same_core(a, b) &&
         dmig_facets_equal(a->facets, b->facets);
}

gboolean
dmig_object_can_replace(const DmigObject *old, const DmigObject *wanted)
{
  return wanted->replace != NULL && old->mould != NULL && wanted->mould != NULL &&
         g_str_has_prefix(wanted->mould, old->mould);
}

DmigObject *
dmig_object_new_view(const DmigDialect *dialect, const char *path, const char *query)
{
  DmigObject *self = dmig_object_new(DMIG_OBJECT_VIEW, path, NULL);

  self->create = dmig_sql_printf(dialect, "CREATE VIEW %I AS %s;\n", path, query);
  self->drop = dmig_sql_printf(dialect, "DROP VIEW %I;\n", path);
  dmig_object_set_property(self, "query", query);
  return self;
}

void
dmig_dependency_free(DmigDependency *self)
{
  if (self == NULL)
    return;
  g_free(self->object);
  g_free(self->on);
  g_free(self);
}
