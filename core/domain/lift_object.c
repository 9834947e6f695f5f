/* Objects: those with a form of their own, what hangs on entities and views, and SQL for all else. */
#include "core/domain/lifting.h"

#include <string.h>

#include "core/base/text.h"
#include "core/schema/statement.h"
#include "core/sql/lexer.h"
#include "core/sql/text.h"

/* Kinds whose properties are the attributes of a form. */
static const struct {
  DmigObjectKind kind;
  const char *known; /* facets that the properties say too, beside those that the statement says */
} formed[] = {
  { DMIG_OBJECT_SCHEMA, "" },         { DMIG_OBJECT_EXTENSION, "schema" },
  { DMIG_OBJECT_DOMAIN, "" },         { DMIG_OBJECT_COMPOSITE_TYPE, "" },
  { DMIG_OBJECT_RANGE_TYPE, "" },     { DMIG_OBJECT_SEQUENCE, "owned by" },
  { DMIG_OBJECT_ROUTINE, "" },        { DMIG_OBJECT_SETTING, "" },
  { DMIG_OBJECT_TRIGGER, "enabled" }, { DMIG_OBJECT_POLICY, "" },
  { DMIG_OBJECT_RULE, "enabled" },
};

/* Without what ends a statement. Owned. */
static char *
statement_of(const char *sql)
{
  char *text = g_strstrip(g_strdup(sql));
  gsize length = strlen(text);
  while (length > 0 && (text[length - 1] == ';' || g_ascii_isspace(text[length - 1])))
    text[--length] = '\0';
  return text;
}

/* `enabled on events_2024`: a partition's copy of a trigger is enabled otherwise. */
static gboolean
lift_copy(const DmigLifting *self, const DmigFacet *facet, DmigDomainObject *lifted)
{
  if (lifted->kind != DMIG_OBJECT_TRIGGER || !g_str_has_prefix(facet->name, "enabled on ")
      || facet->needs == NULL)
    return FALSE;
  g_autofree char *path = dmig_address_path(facet->needs[0]);
  const DmigEntity *partition = g_hash_table_lookup(self->entities, path);
  if (partition == NULL)
    return FALSE;
  dmig_attributes_add(lifted->attributes, "partitions", partition->name, facet->value);
  return TRUE;
}

/* The comment on a domain's check. One that was not held against all values has a statement of its own,
 * which says the comment, too. */
static gboolean
lift_check_comment(const DmigObject *object, const DmigFacet *facet, DmigDomainObject *lifted)
{
  static const char prefix[] = "comment on check ";
  if (object->kind != DMIG_OBJECT_DOMAIN || !g_str_has_prefix(facet->name, prefix))
    return FALSE;
  const char *name = facet->name + strlen(prefix);
  g_autofree char *check = g_strconcat("check ", name, NULL);
  if (dmig_object_property(object, check) != NULL)
    dmig_attributes_add(lifted->attributes, "check_description", name, facet->value);
  return TRUE;
}

/* What a facet sets that neither the form nor the statement says. */
static void
check_facets(DmigLifting *self, const DmigObject *object, const char *known,
             DmigDomainObject *lifted)
{
  for (guint i = 0; object->facets != NULL && i < object->facets->len; i++) {
    const DmigFacet *facet = object->facets->pdata[i];
    if (facet->created || dmig_lift_is_common(facet) || strcmp(facet->name, known) == 0
        || g_str_has_prefix(facet->name, "with ") || g_str_has_prefix(facet->name, "attribute ")
        || lift_copy(self, facet, lifted) || lift_check_comment(object, facet, lifted))
      continue;
    g_autofree char *address = dmig_object_address(object);
    dmig_lift_facet(self, address, facet);
  }
}

/* Attributes. */

/* What a form takes for granted. */
static gboolean
is_usual(const DmigObject *object, const char *name, const char *value)
{
  static const struct {
    DmigObjectKind kind;
    const char *name, *value;
  } usual[] = {
    { DMIG_OBJECT_ROUTINE, "kind", "function" },    { DMIG_OBJECT_ROUTINE, "arguments", "" },
    { DMIG_OBJECT_ROUTINE, "language", "sql" },     { DMIG_OBJECT_TRIGGER, "for_each", "row" },
    { DMIG_OBJECT_POLICY, "for", "all" },           { DMIG_OBJECT_POLICY, "to", "PUBLIC" },
  };
  for (guint i = 0; i < G_N_ELEMENTS(usual); i++) {
    /* Where a trigger has a body, rows are all there is, and saying so is up to the author. */
    if (usual[i].kind == DMIG_OBJECT_TRIGGER && dmig_object_property(object, "body") != NULL)
      continue;
    if (usual[i].kind == object->kind && strcmp(usual[i].name, name) == 0
        && g_ascii_strcasecmp(usual[i].value, value) == 0)
      return TRUE;
  }
  return FALSE;
}

/* Without the parentheses that its clause has anyway. Owned. */
static char *
bare_condition(const char *condition)
{
  DmigLexer lexer;
  guint depth = 0;
  dmig_lexer_init(&lexer, condition);
  for (DmigToken token = dmig_lexer_next(&lexer); token.kind != DMIG_TOKEN_END;
       token = dmig_lexer_next(&lexer)) {
    depth += dmig_token_is(token, "(") ? 1 : 0;
    depth -= dmig_token_is(token, ")") && depth > 0 ? 1 : 0;
    if (depth == 0)
      break;
  }
  gboolean whole = *condition == '(' && depth == 0 && *lexer.next == '\0';
  return whole ? g_strndup(condition + 1, strlen(condition) - 2) : g_strdup(condition);
}

/* What has to be in parentheses, which then say nothing. */
static gboolean
is_condition(const DmigLifting *self, const DmigObject *object, const char *name)
{
  gboolean bare = !self->dialect->has.routines;
  return (object->kind == DMIG_OBJECT_TRIGGER && !bare && strcmp(name, "when") == 0)
         || (object->kind == DMIG_OBJECT_POLICY
             && (strcmp(name, "using") == 0 || strcmp(name, "check") == 0));
}

/* A property with the name that the key of the form has. */
static void
add_property(const DmigLifting *self, const DmigObject *object, const DmigProperty *property,
             GPtrArray *attributes)
{
  const char *name = property->name, *value = property->value;
  g_autofree char *text = NULL;
  if (is_usual(object, name, value))
    return;
  if (g_str_has_prefix(name, "check ")) {
    dmig_attributes_add(attributes, "checks", name + strlen("check "), value);
  } else if (g_str_has_prefix(name, "field ")) {
    dmig_attributes_add(attributes, "fields", name + strlen("field "), value);
  } else if (strcmp(name, "owned_by") == 0) {
    g_autofree char *path = dmig_address_path(value);
    const DmigEntity *entity = g_hash_table_lookup(self->entities, path);
    const DmigField *field = dmig_lift_field(self, path, dmig_address_detail(value));
    if (entity == NULL || field == NULL)
      return;
    text = g_strconcat(entity->name, ".", field->name, NULL);
    dmig_attributes_add(attributes, name, NULL, text);
  } else if (strcmp(name, "from") == 0) {
    text = dmig_sql_identifier(self->dialect, value);
    dmig_attributes_add(attributes, name, NULL, text);
  } else if (object->kind == DMIG_OBJECT_DOMAIN && strcmp(name, "collation") == 0) {
    text = dmig_lift_bare_name(value);
    dmig_attributes_add(attributes, name, NULL, text);
  } else if (is_condition(self, object, name)) {
    text = bare_condition(value);
    dmig_attributes_add(attributes, name, NULL, text);
  } else
    dmig_attributes_add(attributes, name, NULL, value);
}

/* A body comes last, where it does not stand between the small things. */
static void
add_properties(const DmigLifting *self, const DmigObject *object, GPtrArray *attributes)
{
  for (guint pass = 0; pass < 2; pass++) {
    for (guint i = 0; object->properties != NULL && i < object->properties->len; i++) {
      const DmigProperty *property = object->properties->pdata[i];
      if ((strcmp(property->name, "body") == 0) == (pass == 1))
        add_property(self, object, property, attributes);
    }
  }
}

static void
add_create(const DmigObject *object, GPtrArray *attributes)
{
  g_autofree char *create = statement_of(object->create);
  dmig_attributes_add(attributes, "create", NULL, create);
}

static gboolean
has_property(const DmigObject *object, const char *name)
{
  return dmig_object_property(object, name) != NULL;
}

/* Whether the properties say all of the statement. Nobody looks into a body before it is called: it may
 * be no SQL at all. */
static gboolean
is_formed(const DmigObject *object)
{
  if (object->kind == DMIG_OBJECT_ROUTINE)
    return has_property(object, "body")
           && (g_strcmp0(dmig_object_property(object, "language"), "sql") != 0
               || dmig_sql_body_is_balanced(dmig_object_property(object, "body"), NULL));
  if (object->kind == DMIG_OBJECT_TRIGGER)
    return has_property(object, "timing") && has_property(object, "events")
           && (has_property(object, "function") || has_property(object, "body"));
  return object->kind != DMIG_OBJECT_RULE;
}

static void
fill(DmigLifting *self, const DmigObject *object, DmigDomainObject *lifted, const char *known)
{
  const char *enabled = dmig_facets_value(object->facets, "enabled");
  if (is_formed(object))
    add_properties(self, object, lifted->attributes);
  else
    add_create(object, lifted->attributes);
  if (enabled != NULL)
    dmig_attributes_add(lifted->attributes, "enabled", NULL, enabled);
  dmig_lift_common(object->facets, lifted->grants, &lifted->owner, &lifted->description);
  check_facets(self, object, known, lifted);
}

static const char *
known_facet(DmigObjectKind kind)
{
  for (guint i = 0; i < G_N_ELEMENTS(formed); i++)
    if (formed[i].kind == kind)
      return formed[i].known;
  return NULL;
}

/* SQL under a name. */

/* Facets that the statement does not say itself come behind it. What fills a virtual table with the
 * rows that it is about is no part of what it is. */
static char *
whole_statement(const DmigObject *object)
{
  const char *filling = object->kind == DMIG_OBJECT_VIRTUAL_TABLE
                            ? strstr(object->create, ";\nINSERT INTO ")
                            : NULL;
  g_autoptr(GString) sql = g_string_new_len(
      object->create, filling != NULL ? (gssize) (filling - object->create) + 1 : -1);
  for (guint i = 0; object->facets != NULL && i < object->facets->len; i++) {
    const DmigFacet *facet = object->facets->pdata[i];
    if (!facet->created && !dmig_lift_is_common(facet) && facet->set != NULL)
      g_string_append(sql, facet->set);
  }
  return statement_of(sql->str);
}

static char *
statement_name(GHashTable *taken, const char *text)
{
  g_autofree char *tame = dmig_lift_tame(text);
  g_autofree char *fitted = dmig_text_fit_identifier(tame, 60);
  g_autofree char *name = g_strdup(fitted);
  for (guint n = 2; !g_hash_table_add(taken, g_strdup(name)); n++) {
    g_free(name);
    name = g_strdup_printf("%s %u", fitted, n);
  }
  return g_steal_pointer(&name);
}

static DmigDomainObject *
lift_statement(DmigLifting *self, const DmigObject *object)
{
  g_autofree char *address = dmig_object_address(object);
  g_autofree char *text = dmig_address_text(address);
  g_autofree char *name = statement_name(self->statements, text);
  g_autofree char *create = whole_statement(object);
  g_autofree char *drop = statement_of(object->drop);
  g_auto(DmigStatement) statement = { 0 };
  if (*create == '\0')
    return NULL;
  DmigDomainObject *lifted = dmig_domain_object_new(DMIG_OBJECT_KINDS, name);
  dmig_attributes_add(lifted->attributes, "create", NULL, create);
  gboolean known = dmig_statement_parse(create, self->dialect, &statement);
  g_autofree char *usual
      = known && statement.drop != NULL ? statement_of(statement.drop) : NULL;
  if (g_strcmp0(usual, drop) != 0)
    dmig_attributes_add(lifted->attributes, "drop", NULL, drop);
  dmig_lift_common(object->facets, lifted->grants, &lifted->owner, &lifted->description);
  return lifted;
}

void
dmig_lift_facet(DmigLifting *self, const char *address, const DmigFacet *facet)
{
  g_autofree char *object = dmig_address_text(address);
  g_autofree char *text = g_strconcat(facet->name, " of ", object, NULL);
  g_autofree char *set = facet->set != NULL ? statement_of(facet->set) : g_strdup("");
  g_autofree char *reset = facet->reset != NULL ? statement_of(facet->reset) : g_strdup("");
  if (*set == '\0' || *reset == '\0') {
    dmig_lift_warn(self, address, facet->name);
    return;
  }
  g_autofree char *readable = dmig_path_text(text);
  g_autofree char *name = statement_name(self->statements, readable);
  DmigDomainObject *lifted = dmig_domain_object_new(DMIG_OBJECT_KINDS, name);
  dmig_attributes_add(lifted->attributes, "create", NULL, set);
  dmig_attributes_add(lifted->attributes, "drop", NULL, reset);
  g_ptr_array_add(self->domain->objects, lifted);
}

/* Default privileges. */

/* One statement behind its head: `GRANT SELECT ON TABLES TO reader`, `REVOKE ALL ON TYPES FROM
 * PUBLIC`. FALSE: it says what the form can't. */
static gboolean
lift_default_grant(const DmigDomainObject *lifted, const char *statement, const char *on)
{
  g_autofree char *grant_middle = g_strdup_printf(" ON %s TO ", on);
  g_autofree char *revoke_head = g_strdup_printf("REVOKE ALL ON %s FROM ", on);
  gboolean revoke = g_str_has_prefix(statement, revoke_head);
  const char *middle = revoke ? NULL : strstr(statement, grant_middle);
  if (!revoke && (middle == NULL || !g_str_has_prefix(statement, "GRANT ")))
    return FALSE;
  g_autofree char *role
      = g_strdup(revoke ? statement + strlen(revoke_head) : middle + strlen(grant_middle));
  gboolean grantable = g_str_has_suffix(role, " WITH GRANT OPTION");
  if (grantable)
    role[strlen(role) - strlen(" WITH GRANT OPTION")] = '\0';
  DmigLexer lexer;
  dmig_lexer_init(&lexer, role);
  DmigToken token = dmig_lexer_next(&lexer);
  if (*lexer.next != '\0')
    return FALSE;
  g_autofree char *name
      = strcmp(role, "PUBLIC") == 0 ? g_strdup(role) : dmig_token_identifier(token);
  g_autofree char *list = revoke ? g_strdup("NOTHING")
                                 : g_strndup(statement + strlen("GRANT "),
                                             (gsize) (middle - statement) - strlen("GRANT "));
  for (guint i = 0; i < lifted->grants->len; i++)
    if (strcmp(((DmigGrant *) lifted->grants->pdata[i])->role, name) == 0 && (revoke || !grantable))
      return FALSE;
  g_auto(GStrv) privileges = g_strsplit(list, ", ", -1);
  g_autofree char *all = g_strjoinv(grantable ? " WITH GRANT OPTION, " : ", ", privileges);
  g_autofree char *value = g_strconcat(all, grantable ? " WITH GRANT OPTION" : NULL, NULL);
  g_autofree char *facet_name = g_strconcat("grant to ", name, NULL);
  DmigFacet facet = { .name = facet_name, .value = value };
  dmig_lift_grant(lifted->grants, &facet, NULL);
  return TRUE;
}

static gboolean
lift_default_grants(DmigLifting *self, const DmigObject *object, DmigDomainObject *lifted)
{
  g_autofree char *schema = dmig_path_schema(object->path);
  g_autofree char *on = g_ascii_strup(object->detail, -1);
  g_autoptr(GString) head = g_string_new(NULL);
  dmig_sql_appendf(head, self->dialect, "ALTER DEFAULT PRIVILEGES FOR ROLE %I",
                   dmig_path_name(object->path));
  if (schema != NULL)
    dmig_sql_appendf(head, self->dialect, " IN SCHEMA %I", schema);
  g_string_append_c(head, ' ');
  dmig_attributes_add(lifted->attributes, "on", NULL, object->detail);
  dmig_attributes_add(lifted->attributes, "role", NULL, dmig_path_name(object->path));
  if (schema != NULL)
    dmig_attributes_add(lifted->attributes, "schema", NULL, schema);
  g_auto(GStrv) statements = g_strsplit(object->create, ";\n", -1);
  for (char **statement = statements; *statement != NULL; statement++) {
    if (**statement != '\0'
        && (!g_str_has_prefix(*statement, head->str)
            || !lift_default_grant(lifted, *statement + head->len, on)))
      return FALSE;
  }
  return lifted->grants->len > 0;
}

/* NULL where only SQL can say it. */
static DmigDomainObject *
lift_default_privileges(DmigLifting *self, const DmigObject *object)
{
  static const char *const kinds[]
      = { "tables", "sequences", "functions", "types", "schemas", NULL };
  if (object->kind != DMIG_OBJECT_DEFAULT_PRIVILEGES || object->detail == NULL
      || !g_strv_contains(kinds, object->detail))
    return NULL;
  DmigDomainObject *lifted = dmig_domain_object_new(object->kind, object->path);
  if (lift_default_grants(self, object, lifted))
    return lifted;
  dmig_domain_object_free(lifted);
  return NULL;
}

/* All of them. */

static gint
compare_objects(gconstpointer a, gconstpointer b)
{
  const DmigObject *first = *(DmigObject *const *) a, *second = *(DmigObject *const *) b;
  gboolean elsewhere = strchr(first->path, DMIG_PATH_SEPARATOR) != NULL;
  if (elsewhere != (strchr(second->path, DMIG_PATH_SEPARATOR) != NULL))
    return elsewhere ? 1 : -1;
  if (first->kind != second->kind)
    return first->kind < second->kind ? -1 : 1;
  int order = strcmp(first->path, second->path);
  return order != 0 ? order : g_strcmp0(first->detail, second->detail);
}

void
dmig_lift_parts(DmigLifting *self, const char *relation, GPtrArray *lifted)
{
  const GPtrArray *parts = g_hash_table_lookup(self->parts, relation);
  for (guint i = 0; parts != NULL && i < parts->len; i++) {
    const DmigObject *part = parts->pdata[i];
    if (part->kind == DMIG_OBJECT_INDEX)
      continue;
    DmigDomainObject *object = dmig_domain_object_new(part->kind, part->detail);
    fill(self, part, object, known_facet(part->kind));
    g_ptr_array_add(lifted, object);
    g_hash_table_add(self->used, (gpointer) part);
  }
}

/* A schema that is always there, and of which nothing is said, goes without saying. */
static gboolean
is_worth_saying(const DmigLifting *self, const DmigObject *object)
{
  gboolean there = *object->create == '\0'
                   || (object->kind == DMIG_OBJECT_SCHEMA
                       && g_strcmp0(object->path, self->dialect->default_schema) == 0);
  return !there || (object->facets != NULL && object->facets->len > 0);
}

static void
lift_one(DmigLifting *self, const DmigObject *object)
{
  const char *known = known_facet(object->kind);
  DmigDomainObject *lifted = NULL;
  if (known != NULL && !dmig_object_kind_is_part(object->kind) && is_worth_saying(self, object)) {
    lifted = dmig_domain_object_new(object->kind, object->path);
    fill(self, object, lifted, known);
  } else if (known == NULL || dmig_object_kind_is_part(object->kind)) {
    lifted = lift_default_privileges(self, object);
    if (lifted == NULL)
      lifted = lift_statement(self, object);
  }
  if (lifted != NULL)
    g_ptr_array_add(self->domain->objects, lifted);
}

void
dmig_lift_objects(DmigLifting *self)
{
  const GPtrArray *all = self->schema->objects;
  g_autoptr(GPtrArray) objects = g_ptr_array_new();
  for (guint i = 0; i < all->len; i++)
    g_ptr_array_add(objects, all->pdata[i]);
  g_ptr_array_sort(objects, compare_objects);
  /* What hangs on views is theirs, and is used when its turn comes. */
  dmig_lift_views(self, objects);
  for (guint i = 0; i < objects->len; i++)
    if (!g_hash_table_contains(self->used, objects->pdata[i]))
      lift_one(self, objects->pdata[i]);
}
