/* Schemas, extensions, and whatever else stands by itself. */
#include "core/domain/making.h"

#include <string.h>

#include "core/schema/facet_sql.h"
#include "core/schema/statement.h"
#include "core/sql/lexer.h"
#include "core/sql/text.h"

/* --- what all of them do ------------------------------------------------------------------- */

const char *
dmig_making_text(const DmigMaking *self, const char *name)
{
  return dmig_attributes_get(self->from->attributes, name, self->dialect);
}

char *
dmig_making_statement(const DmigMaking *self, const char *name)
{
  const char *sql = dmig_making_text(self, name);
  char *trimmed = sql != NULL ? g_strstrip(g_strdup(sql)) : NULL;
  gsize length = trimmed != NULL ? strlen(trimmed) : 0;
  while (length > 0 && (trimmed[length - 1] == ';' || g_ascii_isspace(trimmed[length - 1])))
    trimmed[--length] = '\0';
  return length > 0 ? trimmed : NULL;
}

void
dmig_making_make(DmigMaking *self, DmigObjectKind kind, const char *path, const char *detail,
                 const char *word)
{
  self->object = dmig_object_new(kind, path, detail);
  self->what = dmig_object_sql(self->dialect, kind, path, detail, word);
  if (self->what != NULL)
    self->object->drop = g_strdup_printf("DROP %s;\n", self->what);
}

void
dmig_making_for_each(DmigMaking *self, const char *prefix,
                     void (*add)(DmigMaking *, const char *, const char *, gpointer), gpointer data)
{
  for (guint i = 0; i < self->from->attributes->len; i++) {
    const DmigAttribute *attribute = self->from->attributes->pdata[i];
    const char *value = dmig_sql_text_get(attribute->value, self->dialect);
    if (g_str_has_prefix(attribute->name, prefix) && value != NULL)
      add(self, attribute->name + strlen(prefix), value, data);
  }
}

/* --- schemas and extensions ------------------------------------------------------------------- */

static void
lower_schema(DmigMaking *self)
{
  dmig_making_make(self, DMIG_OBJECT_SCHEMA, self->from->name, NULL, NULL);
  if (g_strcmp0(self->dialect->default_schema, self->from->name) != 0) {
    self->object->create = dmig_sql_printf(self->dialect, "CREATE SCHEMA %I;\n", self->from->name);
    return;
  }
  /* It is always there. */
  g_free(self->object->drop);
  self->object->drop = g_strdup("");
  self->object->create = g_strdup("");
}

/* It is born with a comment, and everybody may use it: both come back where nothing else is said. */
static void
set_default_schema(DmigMaking *self)
{
  GPtrArray **facets = &self->object->facets;
  const char *usual = self->dialect->default_schema_comment, *text = self->from->description;
  for (guint i = 0; i < self->from->grants->len; i++) {
    const DmigGrant *grant = self->from->grants->pdata[i];
    if (strcmp(grant->role, "PUBLIC") != 0)
      continue;
    g_autofree char *name = g_strconcat("grant to ", grant->role, NULL);
    DmigFacet *facet = dmig_facets_find(*facets, name);
    DmigFacet *none
        = dmig_facet_new_grant(self->dialect, self->what, NULL, grant->role, "NOTHING");
    if (facet == NULL) {
      dmig_facets_add(facets, none);
      continue;
    }
    char *set = g_strconcat(none->set, facet->set, NULL);
    char *reset = g_strconcat(facet->reset, none->reset, NULL);
    g_free(facet->set);
    g_free(facet->reset);
    facet->set = set;
    facet->reset = reset;
    dmig_facet_free(none);
  }
  if (text == NULL || usual == NULL)
    return;
  DmigFacet *comment = dmig_facets_find(*facets, "comment");
  if (comment == NULL) /* there is to be none */
    comment = dmig_facets_add(facets, dmig_facet_new_comment(self->what, ""));
  g_free(comment->reset);
  comment->reset = dmig_sql_printf(self->dialect, "COMMENT ON %s IS %S;\n", self->what, usual);
}

static void
lower_extension(DmigMaking *self)
{
  const char *schema = dmig_making_text(self, "schema"),
             *version = dmig_making_text(self, "version");
  dmig_making_make(self, DMIG_OBJECT_EXTENSION, self->from->name, NULL, NULL);
  g_autoptr(GString) sql = g_string_new("CREATE ");
  g_string_append(sql, self->what);
  if (schema != NULL)
    dmig_sql_appendf(sql, self->dialect, " SCHEMA %I", schema);
  g_autofree char *core = g_strdup(sql->str);
  if (version != NULL) {
    dmig_sql_appendf(sql, self->dialect, " VERSION %S", version);
    g_autofree char *set = dmig_sql_printf(self->dialect, "UPDATE TO %S", version);
    DmigFacet *facet = dmig_lower_facet(self->lowering, &self->object->facets, self->what,
                                        "version", version, set, "UPDATE");
    facet->created = TRUE;
  }
  self->object->create = g_strconcat(sql->str, ";\n", NULL);
  self->object->core = g_steal_pointer(&core);
}

/* --- default privileges ----------------------------------------------------------------------- */

static void
append_default_grants(DmigMaking *self, GString *grant, GString *revoke, const char *head)
{
  g_autofree char *on = g_ascii_strup(dmig_making_text(self, "on"), -1);
  for (guint i = 0; i < self->from->grants->len; i++) {
    const DmigGrant *one = self->from->grants->pdata[i];
    gboolean everybody = strcmp(one->role, "PUBLIC") == 0;
    g_autofree char *to
        = everybody ? g_strdup("PUBLIC") : dmig_sql_identifier(self->dialect, one->role);
    if (one->privileges->len == 0)
      g_string_append_printf(grant, "%s REVOKE ALL ON %s FROM %s;\n", head, on, to);
    for (guint j = 0; j < one->privileges->len; j++) {
      const DmigPrivilege *privilege = one->privileges->pdata[j];
      g_autofree char *word = g_ascii_strup(privilege->name, -1);
      g_string_append_printf(grant, "%s GRANT %s ON %s TO %s%s;\n", head, word, on, to,
                             privilege->grantable ? " WITH GRANT OPTION" : "");
    }
    if (one->privileges->len == 0)
      g_string_append_printf(revoke, "%s GRANT %s ON %s TO %s;\n", head,
                             strcmp(on, "FUNCTIONS") == 0 ? "EXECUTE" : "USAGE", on, to);
    else
      g_string_append_printf(revoke, "%s REVOKE ALL ON %s FROM %s;\n", head, on, to);
  }
}

static void
lower_default_privileges(DmigMaking *self)
{
  const char *role = dmig_making_text(self, "role"), *schema = dmig_making_text(self, "schema");
  g_autoptr(GString) head = g_string_new("ALTER DEFAULT PRIVILEGES");
  g_autoptr(GString) grant = g_string_new(NULL), revoke = g_string_new(NULL);
  if (role != NULL)
    dmig_sql_appendf(head, self->dialect, " FOR ROLE %I", role);
  if (schema != NULL)
    dmig_sql_appendf(head, self->dialect, " IN SCHEMA %I", schema);
  append_default_grants(self, grant, revoke, head->str);
  dmig_making_make(self, DMIG_OBJECT_DEFAULT_PRIVILEGES, self->from->name,
                   dmig_making_text(self, "on"), NULL);
  self->object->create = g_strdup(grant->str);
  self->object->drop = g_strdup(revoke->str);
}

/* --- pragmas, and SQL under a name ------------------------------------------------------------ */

static void
lower_pragma(DmigMaking *self)
{
  const char *value = dmig_making_text(self, "value");
  dmig_making_make(self, DMIG_OBJECT_SETTING, self->from->name, NULL, NULL);
  g_autofree char *sql = dmig_lower_option_value(value);
  self->object->create = dmig_sql_printf(self->dialect, "PRAGMA %I = %s;\n", self->from->name, sql);
  self->object->drop = dmig_sql_printf(self->dialect, "PRAGMA %I = 0;\n", self->from->name);
  self->object->replace = g_strdup(self->object->create);
  self->object->mould = g_strdup("PRAGMA\n");
}

/* What stands in the default schema has no schema in its path. */
static void
leave_default_schema(DmigMaking *self, char **path)
{
  g_autofree char *schema = dmig_path_schema(*path);
  if (schema == NULL || g_strcmp0(schema, self->dialect->default_schema) != 0)
    return;
  char *plain = g_strdup(dmig_path_name(*path));
  g_free(*path);
  *path = plain;
}

void
dmig_making_whole_statement(DmigMaking *self, const char *create)
{
  g_auto(DmigStatement) statement = { 0 };
  g_autofree char *drop = dmig_making_statement(self, "drop");
  g_autofree char *sql = dmig_making_statement(self, "create");
  if (sql == NULL)
    return;
  gboolean known = dmig_statement_parse(sql, self->dialect, &statement);
  if (known)
    leave_default_schema(self, &statement.path);
  if (known)
    dmig_making_make(self, statement.kind, statement.path, statement.detail, NULL);
  else
    dmig_making_make(self, DMIG_OBJECT_SETTING, self->from->name, NULL, NULL);
  if (statement.drop != NULL && g_str_has_prefix(statement.drop, "DROP ")) {
    g_free(self->what);
    self->what = g_strndup(statement.drop + strlen("DROP "),
                           strlen(statement.drop) - strlen("DROP ") - strlen(";\n"));
  }
  if (known && statement.kind == DMIG_OBJECT_TRIGGER
      && !self->lowering->dialect->has.routines) {
    g_free(statement.drop);
    statement.drop = dmig_sql_printf(self->dialect, "DROP TRIGGER %I;\n", statement.detail);
  }
  self->object->create = g_strconcat(sql, ";\n", NULL);
  g_free(self->object->drop);
  self->object->drop = drop != NULL ? g_strconcat(drop, ";\n", NULL)
                                    : g_strdup(statement.drop != NULL ? statement.drop : "");
  if (self->dialect->complete_object != NULL)
    self->dialect->complete_object(self->object);
}

static void
lower_statement(DmigMaking *self)
{
  const char *create = dmig_making_text(self, "create");
  if (create != NULL)
    dmig_making_whole_statement(self, create);
}

/* --- all of them ------------------------------------------------------------------------------ */

static void
keep_properties(DmigMaking *self)
{
  for (guint i = 0; i < self->from->attributes->len; i++) {
    const DmigAttribute *attribute = self->from->attributes->pdata[i];
    const char *value = dmig_sql_text_get(attribute->value, self->dialect);
    if (value != NULL)
      dmig_object_set_property(self->object, attribute->name, value);
  }
}

static void
finish(DmigMaking *self, DmigSchema *schema)
{
  const DmigDomainObject *from = self->from;
  DmigObject *object = self->object;
  if (object == NULL)
    return;
  keep_properties(self);
  if (self->what != NULL && object->kind != DMIG_OBJECT_DEFAULT_PRIVILEGES) {
    dmig_lower_roles(self->lowering, &object->facets, object->kind, self->what, from->owner,
                     from->grants);
    dmig_lower_comment(self->lowering, &object->facets, self->what, from->description);
    if (object->kind == DMIG_OBJECT_SCHEMA && *object->create == '\0')
      set_default_schema(self);
  }
  g_ptr_array_add(schema->objects, object);
  g_free(self->what);
}

static void
lower_object(DmigLowering *self, DmigSchema *schema, const DmigDomainObject *from)
{
  const DmigCapabilities *has = &self->dialect->has;
  /* What others only stand for, or what means nothing elsewhere, is left out without a word. */
  const struct {
    DmigObjectKind kind;
    gboolean possible;
    const char *things;
    void (*lower)(DmigMaking *self);
  } kinds[] = {
    { DMIG_OBJECT_SCHEMA, has->schemas, "schemas", lower_schema },
    { DMIG_OBJECT_EXTENSION, has->extensions, "extensions", lower_extension },
    { DMIG_OBJECT_DOMAIN, has->own_types, NULL, dmig_making_domain },
    { DMIG_OBJECT_COMPOSITE_TYPE, has->own_types, "composite types", dmig_making_composite },
    { DMIG_OBJECT_RANGE_TYPE, has->own_types, "range types", dmig_making_range },
    { DMIG_OBJECT_SEQUENCE, has->sequences, "sequences", NULL },
    { DMIG_OBJECT_ROUTINE, has->routines, "functions", dmig_making_routine },
    { DMIG_OBJECT_DEFAULT_PRIVILEGES, has->privileges, NULL, lower_default_privileges },
    { DMIG_OBJECT_SETTING, has->pragmas, NULL, lower_pragma },
    { DMIG_OBJECT_KINDS, TRUE, NULL, lower_statement },
  };

  for (guint i = 0; i < G_N_ELEMENTS(kinds); i++) {
    if (kinds[i].kind != from->kind)
      continue;
    if (!kinds[i].possible) {
      if (kinds[i].things != NULL)
        dmig_lowering_require(self, FALSE, from->at, kinds[i].things);
      return;
    }
    DmigMaking making = { .lowering = self, .dialect = self->dialect, .from = from };
    if (from->kind == DMIG_OBJECT_SEQUENCE)
      dmig_lower_sequence(self, schema, from);
    else
      kinds[i].lower(&making);
    finish(&making, schema);
    return;
  }
}

void
dmig_lower_objects(DmigLowering *self, DmigSchema *schema)
{
  for (guint i = 0; i < self->domain->objects->len; i++) {
    const DmigDomainObject *from = self->domain->objects->pdata[i];
    if (dmig_lowering_is_for(self, from->dialects))
      lower_object(self, schema, from);
  }
}

void
dmig_lower_settings_last(DmigSchema *schema)
{
  g_autoptr(GPtrArray) settings = g_ptr_array_new();
  for (guint i = 0; i < schema->objects->len;) {
    DmigObject *object = schema->objects->pdata[i];
    if (object->kind == DMIG_OBJECT_SETTING)
      g_ptr_array_add(settings, g_ptr_array_steal_index(schema->objects, i));
    else
      i++;
  }
  g_ptr_array_extend(schema->objects, settings, NULL, NULL);
}
