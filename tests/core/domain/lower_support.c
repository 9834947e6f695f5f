#include "tests/core/domain/lower_support.h"

#include <string.h>

#include "core/db/ddl.h"

/* A type is spelled as its author would, an enum as the name it is given. */
static char *
lower_type(const DmigType *type, const char *enum_name)
{
  if (type->kind == DMIG_TYPE_ARRAY && enum_name != NULL) {
    g_autofree char *element = lower_type(type->element, enum_name);
    return g_strconcat(element, "[]", NULL);
  }
  if (type->kind == DMIG_TYPE_ENUM)
    return enum_name != NULL ? dmig_sql_identifier(&rich, enum_name) : g_strdup("label");
  return dmig_type_to_text(type);
}

static char *
canonical_type(const char *native)
{
  return g_ascii_strup(native, -1);
}

static const char *
function(DmigFunction which, const DmigType *type)
{
  switch (which) {
  case DMIG_FUNCTION_NOW:
    return "now()";
  case DMIG_FUNCTION_CURRENT_TIMESTAMP:
    return "CURRENT_TIMESTAMP";
  case DMIG_FUNCTION_TODAY:
    return "today()";
  case DMIG_FUNCTION_UUID:
    return "uuid()";
  }
  return NULL;
}

static char *
literal(const DmigType *type, const char *text)
{
  if (text == NULL)
    return g_strdup("NULL");
  gboolean bare = type->kind == DMIG_TYPE_BIGINT || type->kind == DMIG_TYPE_INTEGER ||
                  type->kind == DMIG_TYPE_BOOLEAN;
  return bare ? g_strdup(text) : dmig_sql_string(text);
}

static const char *const reserved[] = { "order", NULL };

const DmigDialect rich = {
  .name = "postgresql",
  .title = "Rich",
  .has = {
    .comments = TRUE, .enum_types = TRUE, .named_constraints = TRUE, .unique_constraints = TRUE,
    .index_include = TRUE, .index_methods = TRUE, .index_nulls = TRUE, .identity_anywhere = TRUE,
    .virtual_columns = TRUE, .bare_defaults = TRUE, .later_foreign_keys = TRUE, .schemas = TRUE,
    .privileges = TRUE, .routines = TRUE, .own_types = TRUE, .sequences = TRUE, .extensions = TRUE,
    .partitions = TRUE, .policies = TRUE, .rules = TRUE, .exclusions = TRUE,
    .materialized_views = TRUE, .storage = TRUE,
  },
  .default_schema = "public",
  .max_identifier = 30,
  .reserved_words = reserved,
  .lower_type = lower_type,
  .canonical_type = canonical_type,
  .function = function,
  .literal = literal,
};

const DmigDialect plain = {
  .name = "sqlite",
  .title = "Plain",
  .has = { .pragmas = TRUE, .rowid_tables = TRUE, .loose_references = TRUE,
           .conflict_clauses = TRUE },
  .default_schema = "main",
  .reserved_words = reserved,
  .lower_type = lower_type,
  .canonical_type = canonical_type,
  .function = function,
  .literal = literal,
};

static void
append_comment(GString *out, const char *kind, const char *of, const char *comment)
{
  if (comment != NULL)
    g_string_append_printf(out, "COMMENT ON %s %s IS '%s';\n", kind, of, comment);
}

static void
append_table(GString *out, const DmigSchema *schema, const DmigTable *table)
{
  dmig_ddl_create_table(out, schema->dialect, table, NULL, TRUE);
  g_string_append(out, ";\n");
  append_comment(out, "TABLE", table->name, table->comment);
  for (guint i = 0; i < table->columns->len; i++) {
    const DmigColumn *column = g_ptr_array_index(table->columns, i);
    append_comment(out, "COLUMN", column->name, column->comment);
  }
  for (guint i = 0; i < table->indexes->len; i++) {
    dmig_ddl_create_index(out, schema->dialect, table, g_ptr_array_index(table->indexes, i));
    g_string_append(out, ";\n");
  }
}

char *
schema_text(const DmigSchema *schema)
{
  GString *out = g_string_new(NULL);
  for (guint i = 0; i < schema->enums->len; i++) {
    const DmigEnum *item = g_ptr_array_index(schema->enums, i);
    g_autofree char *labels = g_strjoinv(", ", item->labels);
    g_string_append_printf(out, "ENUM %s (%s);\n", item->name, labels);
    append_comment(out, "TYPE", item->name, item->comment);
  }
  for (guint i = 0; i < schema->tables->len; i++)
    append_table(out, schema, g_ptr_array_index(schema->tables, i));
  for (guint i = 0; i < schema->objects->len; i++) {
    const DmigObject *object = g_ptr_array_index(schema->objects, i);
    g_string_append(out, object->create);
    dmig_facets_append_set(out, object->facets);
  }
  return g_string_free(out, FALSE);
}

void
assert_lowers(Fixture *self, const DmigDomain *domain, const DmigDialect *dialect,
              const char *expected)
{
  g_autoptr(DmigSchema) schema = dmig_domain_lower(domain, dialect, self->diagnostics);
  g_autofree char *text = schema_text(schema);
  gboolean same = strcmp(text, expected) == 0;
  if (!same)
    print_message("%s: found\n%s\nexpected\n%s\n", dialect->title, text, expected);
  g_clear_pointer(&text, g_free);
  g_clear_pointer(&schema, dmig_schema_unref);
  assert_true(same);
}
