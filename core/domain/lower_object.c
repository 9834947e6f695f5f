/* Schemas, extensions, types, functions, and whatever else stands by itself. */
#include "core/domain/lower_parts.h"

#include <string.h>

#include "core/schema/facet_sql.h"
#include "core/schema/statement.h"
#include "core/sql/lexer.h"
#include "core/sql/text.h"

/* One object on its way. */
typedef struct {
  DmigLowering *lowering;
  const DmigDialect *dialect;
  const DmigDomainObject *from;
  DmigObject *object; /* NULL: none for this dialect */
  char *what;         /* "FUNCTION f(integer)"; NULL: it has no such form */
} Making;

static const char *
text(const Making *self, const char *name)
{
  return dmig_attributes_get(self->from->attributes, name, self->dialect);
}

static char *
statement_text(const Making *self, const char *name)
{
  const char *sql = text(self, name);
  char *trimmed = sql != NULL ? g_strstrip(g_strdup(sql)) : NULL;
  gsize length = trimmed != NULL ? strlen(trimmed) : 0;
  while (length > 0 && (trimmed[length - 1] == ';' || g_ascii_isspace(trimmed[length - 1])))
    trimmed[--length] = '\0';
  return length > 0 ? trimmed : NULL;
}

static void
make(Making *self, DmigObjectKind kind, const char *path, const char *detail, const char *word)
{
  self->object = dmig_object_new(kind, path, detail);
  self->what = dmig_object_sql(self->dialect, kind, path, detail, word);
  if (self->what != NULL)
    self->object->drop = g_strdup_printf("DROP %s;\n", self->what);
}

/* Each attribute whose name begins with `prefix`: calls `add` with its entry's name and SQL. */
static void
for_each(Making *self, const char *prefix, void (*add)(Making *, const char *, const char *, gpointer),
         gpointer data)
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
lower_schema(Making *self)
{
  make(self, DMIG_OBJECT_SCHEMA, self->from->name, NULL, NULL);
  if (g_strcmp0(self->dialect->default_schema, self->from->name) != 0) {
    self->object->create = dmig_sql_printf(self->dialect, "CREATE SCHEMA %I;\n", self->from->name);
    return;
  }
  /* It is always there. */
  g_free(self->object->drop);
  self->object->drop = g_strdup("");
  self->object->create = g_strdup("");
}

static void
lower_extension(Making *self)
{
  const char *schema = text(self, "schema"), *version = text(self, "version");
  make(self, DMIG_OBJECT_EXTENSION, self->from->name, NULL, NULL);
  g_autoptr(GString) sql = g_string_new("CREATE ");
  g_string_append(sql, self->what);
  if (schema != NULL)
    dmig_sql_appendf(sql, self->dialect, " SCHEMA %I", schema);
  g_autofree char *core = g_strdup(sql->str);
  if (version != NULL) {
    dmig_sql_appendf(sql, self->dialect, " VERSION %S", version);
    g_autofree char *set = dmig_sql_printf(self->dialect, "UPDATE TO %S", version);
    DmigFacet *facet = dmig_lower_facet(self->lowering, &self->object->facets, self->what, "version",
                                        version, set, "UPDATE");
    facet->created = TRUE;
  }
  self->object->create = g_strconcat(sql->str, ";\n", NULL);
  self->object->core = g_steal_pointer(&core);
}

/* --- types ------------------------------------------------------------------------------------ */

static void
add_check(Making *self, const char *name, const char *sql, gpointer data)
{
  g_autofree char *clause
      = dmig_sql_printf(self->dialect, "CONSTRAINT %I CHECK (%s)", name, sql);
  g_autofree char *set = g_strconcat("ADD ", clause, NULL);
  g_autofree char *reset = dmig_sql_printf(self->dialect, "DROP CONSTRAINT %I", name);
  g_autofree char *facet_name = g_strconcat("check ", name, NULL);
  DmigFacet *facet = dmig_lower_facet(self->lowering, &self->object->facets, self->what, facet_name,
                                      sql, set, reset);
  facet->created = facet->replaces = TRUE;
  g_string_append_printf(data, " %s", clause);
}

static void
lower_domain(Making *self)
{
  g_autofree char *collation = dmig_lowering_collation(self->lowering, text(self, "collation"));
  g_autofree char *value = statement_text(self, "default");
  g_autofree char *base = dmig_lowering_type_text(self->lowering, text(self, "base"));
  make(self, DMIG_OBJECT_DOMAIN, self->from->name, NULL, NULL);
  g_autoptr(GString) sql = g_string_new(NULL);
  dmig_sql_appendf(sql, self->dialect, "CREATE DOMAIN %I AS %s", self->from->name, base);
  if (collation != NULL)
    dmig_sql_appendf(sql, self->dialect, " COLLATE %I", collation);
  self->object->core = g_strdup(sql->str);
  if (value != NULL) {
    g_autofree char *set = g_strconcat("SET DEFAULT ", value, NULL);
    g_string_append_printf(sql, " DEFAULT %s", value);
    dmig_lower_facet(self->lowering, &self->object->facets, self->what, "default", value, set,
                     "DROP DEFAULT")
        ->created
        = TRUE;
  }
  if (text(self, "required") != NULL) {
    g_string_append(sql, " NOT NULL");
    dmig_lower_facet(self->lowering, &self->object->facets, self->what, "required", "true",
                     "SET NOT NULL", "DROP NOT NULL")
        ->created
        = TRUE;
  }
  for_each(self, "checks ", add_check, sql);
  self->object->create = g_strconcat(sql->str, ";\n", NULL);
}

static void
add_type_field(Making *self, const char *name, const char *type_text, gpointer data)
{
  GString *sql = data;
  g_autofree char *type = dmig_lowering_type_text(self->lowering, type_text);
  g_string_append(sql, g_str_has_suffix(sql->str, "(") ? "" : ", ");
  dmig_sql_appendf(sql, self->dialect, "%I %s", name, type);
}

static void
lower_composite(Making *self)
{
  make(self, DMIG_OBJECT_COMPOSITE_TYPE, self->from->name, NULL, NULL);
  g_autoptr(GString) sql = g_string_new(NULL);
  dmig_sql_appendf(sql, self->dialect, "CREATE TYPE %I AS (", self->from->name);
  for_each(self, "fields ", add_type_field, sql);
  self->object->create = g_strconcat(sql->str, ");\n", NULL);
}

static void
lower_range(Making *self)
{
  static const struct {
    const char *key, *option;
  } options[] = {
    { "operator_class", "SUBTYPE_OPCLASS" }, { "collation", "COLLATION" },
    { "canonical", "CANONICAL" },            { "difference", "SUBTYPE_DIFF" },
    { "multirange", "MULTIRANGE_TYPE_NAME" },
  };
  g_autofree char *subtype = dmig_lowering_type_text(self->lowering, text(self, "subtype"));
  make(self, DMIG_OBJECT_RANGE_TYPE, self->from->name, NULL, NULL);
  g_autoptr(GString) sql = g_string_new(NULL);
  dmig_sql_appendf(sql, self->dialect, "CREATE TYPE %I AS RANGE (SUBTYPE = %s", self->from->name,
                   subtype);
  for (guint i = 0; i < G_N_ELEMENTS(options); i++) {
    const char *value = text(self, options[i].key);
    if (value != NULL)
      g_string_append_printf(sql, ", %s = %s", options[i].option, value);
  }
  self->object->create = g_strconcat(sql->str, ");\n", NULL);
}

/* --- routines --------------------------------------------------------------------------------- */

/* A list of names and strings is SQL as it is, and anything else a string. */
static char *
setting_sql(const char *value)
{
  DmigLexer lexer;
  gboolean expects = TRUE, sql = TRUE;
  dmig_lexer_init(&lexer, value);
  for (DmigToken token; sql && (token = dmig_lexer_next(&lexer)).kind != DMIG_TOKEN_END;) {
    if (token.kind == DMIG_TOKEN_SPACE)
      continue;
    gboolean comma = dmig_token_is(token, ",");
    sql = comma ? !expects : expects && token.kind != DMIG_TOKEN_SYMBOL && !token.unterminated;
    expects = comma;
  }
  return sql && !expects ? g_strdup(value) : dmig_sql_string(value);
}

static void
append_setting(Making *self, const char *name, const char *value, gpointer data)
{
  g_autofree char *sql = setting_sql(value);
  g_string_append_printf(data, "\n SET %s TO %s", name, sql);
}

/* A tag that the body does not hold. */
static char *
dollar_tag(const char *body)
{
  if (strstr(body, "$$") == NULL && !g_str_has_suffix(body, "$"))
    return g_strdup("$$");
  for (guint n = 0;; n++) {
    g_autofree char *tag = n == 0 ? g_strdup("$_$") : g_strdup_printf("$_%u$", n);
    if (strstr(body, tag) == NULL)
      return g_steal_pointer(&tag);
  }
}

static gboolean
begins_with(const char *sql, const char *first, const char *second)
{
  DmigLexer lexer;
  dmig_lexer_init(&lexer, sql);
  DmigToken token = dmig_lexer_next(&lexer);
  while (token.kind == DMIG_TOKEN_SPACE)
    token = dmig_lexer_next(&lexer);
  if (!dmig_token_is(token, first))
    return FALSE;
  do
    token = dmig_lexer_next(&lexer);
  while (token.kind == DMIG_TOKEN_SPACE);
  return second == NULL || dmig_token_is(token, second);
}

static void
append_body(Making *self, GString *sql, const char *language)
{
  const char *body = text(self, "body"), *library = text(self, "library");
  if (library != NULL) {
    dmig_sql_appendf(sql, self->dialect, "\nAS %S, %S", library, body);
    return;
  }
  gboolean standard = g_ascii_strcasecmp(language, "sql") == 0
                      && (begins_with(body, "return", NULL)
                          || begins_with(body, "begin", "atomic"));
  if (standard) {
    g_autofree char *trimmed = statement_text(self, "body");
    g_string_append_printf(sql, "\n%s", trimmed);
    return;
  }
  g_autofree char *tag = dollar_tag(body);
  g_string_append_printf(sql, "\nAS %s%s%s", tag, body, tag);
}

static void
append_attributes(Making *self, GString *sql)
{
  static const struct {
    const char *key, *value, *sql;
  } words[] = {
    { "kind", "window", " WINDOW" },
    { "volatility", "immutable", " IMMUTABLE" },
    { "volatility", "stable", " STABLE" },
    { "leakproof", "true", " LEAKPROOF" },
    { "strict", "true", " STRICT" },
    { "security_definer", "true", " SECURITY DEFINER" },
    { "parallel", "safe", " PARALLEL SAFE" },
    { "parallel", "restricted", " PARALLEL RESTRICTED" },
  };
  static const struct {
    const char *key, *sql;
  } values[] = { { "cost", " COST " }, { "rows", " ROWS " }, { "support", " SUPPORT " } };
  for (guint i = 0; i < G_N_ELEMENTS(words); i++) {
    if (g_strcmp0(text(self, words[i].key), words[i].value) == 0)
      g_string_append(sql, words[i].sql);
  }
  for (guint i = 0; i < G_N_ELEMENTS(values); i++) {
    const char *value = text(self, values[i].key);
    if (value != NULL)
      g_string_append_printf(sql, "%s%s", values[i].sql, value);
  }
  for_each(self, "set ", append_setting, sql);
}

static void
lower_whole_statement(Making *self, const char *create);

static void
lower_routine(Making *self)
{
  const char *create = text(self, "create"), *language = text(self, "language");
  const char *arguments = text(self, "arguments"), *returns = text(self, "returns");
  gboolean procedure = g_strcmp0(text(self, "kind"), "procedure") == 0;
  if (create != NULL) {
    lower_whole_statement(self, create);
    return;
  }
  if (text(self, "body") == NULL)
    return; /* for other dialects only */
  arguments = arguments != NULL ? arguments : "";
  g_autofree char *lower_language = g_ascii_strdown(language != NULL ? language : "sql", -1);
  language = lower_language;
  g_autofree char *signature = dmig_routine_signature(arguments, self->dialect);
  const char *word = procedure ? "PROCEDURE" : "FUNCTION";
  make(self, DMIG_OBJECT_ROUTINE, self->from->name, signature, word);
  g_autoptr(GString) sql = g_string_new(NULL);
  dmig_sql_appendf(sql, self->dialect, "%s %I(%s)", word, self->from->name, arguments);
  g_autofree char *mould = g_strdup_printf("%s\n%s\n%s\n", word, arguments, returns);
  if (returns != NULL)
    g_string_append_printf(sql, "\n RETURNS %s", returns);
  dmig_sql_appendf(sql, self->dialect, "\n LANGUAGE %I", language);
  append_attributes(self, sql);
  append_body(self, sql, language);
  self->object->create = g_strdup_printf("CREATE %s;\n", sql->str);
  self->object->replace = g_strdup_printf("CREATE OR REPLACE %s;\n", sql->str);
  self->object->mould = g_steal_pointer(&mould);
}

/* --- default privileges ----------------------------------------------------------------------- */

static void
append_default_grants(Making *self, GString *grant, GString *revoke, const char *head)
{
  g_autofree char *on = g_ascii_strup(text(self, "on"), -1);
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
lower_default_privileges(Making *self)
{
  const char *role = text(self, "role"), *schema = text(self, "schema");
  g_autoptr(GString) head = g_string_new("ALTER DEFAULT PRIVILEGES");
  g_autoptr(GString) grant = g_string_new(NULL), revoke = g_string_new(NULL);
  if (role != NULL)
    dmig_sql_appendf(head, self->dialect, " FOR ROLE %I", role);
  if (schema != NULL)
    dmig_sql_appendf(head, self->dialect, " IN SCHEMA %I", schema);
  append_default_grants(self, grant, revoke, head->str);
  make(self, DMIG_OBJECT_DEFAULT_PRIVILEGES, self->from->name, text(self, "on"), NULL);
  self->object->create = g_strdup(grant->str);
  self->object->drop = g_strdup(revoke->str);
}

/* --- pragmas, and SQL under a name ------------------------------------------------------------ */

static void
lower_pragma(Making *self)
{
  const char *value = text(self, "value");
  make(self, DMIG_OBJECT_SETTING, self->from->name, NULL, NULL);
  g_autofree char *sql = dmig_lower_option_value(value);
  self->object->create
      = dmig_sql_printf(self->dialect, "PRAGMA %I = %s;\n", self->from->name, sql);
  self->object->drop = dmig_sql_printf(self->dialect, "PRAGMA %I = 0;\n", self->from->name);
  self->object->replace = g_strdup(self->object->create);
  self->object->mould = g_strdup("PRAGMA\n");
}

/* What stands in the default schema has no schema in its path. */
static void
leave_default_schema(Making *self, char **path)
{
  g_autofree char *schema = dmig_path_schema(*path);
  if (schema == NULL || g_strcmp0(schema, self->dialect->default_schema) != 0)
    return;
  char *plain = g_strdup(dmig_path_name(*path));
  g_free(*path);
  *path = plain;
}

static void
lower_whole_statement(Making *self, const char *create)
{
  g_auto(DmigStatement) statement = { 0 };
  g_autofree char *drop = statement_text(self, "drop");
  g_autofree char *sql = statement_text(self, "create");
  if (sql == NULL)
    return;
  gboolean known = dmig_statement_parse(sql, self->dialect, &statement);
  if (known)
    leave_default_schema(self, &statement.path);
  if (known)
    make(self, statement.kind, statement.path, statement.detail, NULL);
  else
    make(self, DMIG_OBJECT_SETTING, self->from->name, NULL, NULL);
  if (statement.drop != NULL && g_str_has_prefix(statement.drop, "DROP ")) {
    g_free(self->what);
    self->what = g_strndup(statement.drop + strlen("DROP "),
                           strlen(statement.drop) - strlen("DROP ") - strlen(";\n"));
  }
  if (known && statement.kind == DMIG_OBJECT_TRIGGER
      && !dmig_lowering_can(self->lowering, DMIG_CAP_ROUTINES)) {
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
lower_statement(Making *self)
{
  const char *create = text(self, "create");
  if (create != NULL)
    lower_whole_statement(self, create);
}

/* --- all of them ------------------------------------------------------------------------------ */

static const struct {
  DmigObjectKind kind;
  DmigCapabilities capability;
  const char *things;
  void (*lower)(Making *self);
} kinds[] = {
  { DMIG_OBJECT_SCHEMA, DMIG_CAP_SCHEMAS, "schemas", lower_schema },
  { DMIG_OBJECT_EXTENSION, DMIG_CAP_EXTENSIONS, "extensions", lower_extension },
  { DMIG_OBJECT_DOMAIN, DMIG_CAP_OWN_TYPES, NULL, lower_domain },
  { DMIG_OBJECT_COMPOSITE_TYPE, DMIG_CAP_OWN_TYPES, "composite types", lower_composite },
  { DMIG_OBJECT_RANGE_TYPE, DMIG_CAP_OWN_TYPES, "range types", lower_range },
  { DMIG_OBJECT_SEQUENCE, DMIG_CAP_SEQUENCES, "sequences", NULL },
  { DMIG_OBJECT_ROUTINE, DMIG_CAP_ROUTINES, "functions", lower_routine },
  { DMIG_OBJECT_DEFAULT_PRIVILEGES, DMIG_CAP_PRIVILEGES, NULL, lower_default_privileges },
  { DMIG_OBJECT_SETTING, DMIG_CAP_PRAGMAS, NULL, lower_pragma },
  { DMIG_OBJECT_KINDS, 0, NULL, lower_statement },
};

static void
keep_properties(Making *self)
{
  for (guint i = 0; i < self->from->attributes->len; i++) {
    const DmigAttribute *attribute = self->from->attributes->pdata[i];
    const char *value = dmig_sql_text_get(attribute->value, self->dialect);
    if (value != NULL)
      dmig_object_set_property(self->object, attribute->name, value);
  }
}

static void
finish(Making *self, DmigSchema *schema)
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
  }
  g_ptr_array_add(schema->objects, object);
  g_free(self->what);
}

static void
lower_object(DmigLowering *self, DmigSchema *schema, const DmigDomainObject *from)
{
  for (guint i = 0; i < G_N_ELEMENTS(kinds); i++) {
    if (kinds[i].kind != from->kind)
      continue;
    /* What others only stand for, or what means nothing elsewhere, is left out without a word. */
    if (kinds[i].capability != 0 && !dmig_lowering_can(self, kinds[i].capability)) {
      if (kinds[i].things != NULL)
        dmig_lowering_require(self, kinds[i].capability, from->at, kinds[i].things);
      return;
    }
    Making making = { .lowering = self, .dialect = self->dialect, .from = from };
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
