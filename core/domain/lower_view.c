/* Views, and materialized views with their indexes. */
#include "core/domain/lower_parts.h"

#include <string.h>

#include "core/schema/facet_sql.h"
#include "core/sql/text.h"

typedef struct {
  DmigLowering *lowering;
  const DmigDomainView *from;
  DmigObject *object;
  char *what;
} ViewLowering;

static char *
query_of(ViewLowering *self)
{
  char *sql = dmig_lowering_sql(self->lowering, self->from->sql);
  gsize length = sql != NULL ? strlen(sql) : 0;
  while (length > 0 && (sql[length - 1] == ';' || g_ascii_isspace(sql[length - 1])))
    sql[--length] = '\0';
  return sql;
}

static void
append_columns(ViewLowering *self, GString *sql)
{
  if (self->from->columns == NULL || self->from->columns[0] == NULL)
    return;
  g_string_append(sql, " (");
  dmig_sql_append_identifiers(sql, self->lowering->dialect, self->from->columns);
  g_string_append_c(sql, ')');
}

static const char *
attribute(const ViewLowering *self, const char *name)
{
  return dmig_attributes_get(self->from->attributes, name, self->lowering->dialect);
}

static void
spell_view(ViewLowering *self, const char *query)
{
  const char *check_option = attribute(self, "check_option");
  g_autofree char *options = dmig_lower_options_sql(self->lowering, self->from->attributes);
  g_autofree char *upper = check_option != NULL ? g_ascii_strup(check_option, -1) : NULL;
  g_autoptr(GString) sql = g_string_new("CREATE ");
  g_string_append(sql, self->what);
  append_columns(self, sql);
  self->object->core = g_strdup_printf("%s AS %s", sql->str, query);
  g_string_append_printf(sql, "%s AS %s", options, query);
  if (upper != NULL && self->lowering->dialect->has.storage) {
    g_string_append_printf(sql, " WITH %s CHECK OPTION", upper);
    DmigFacet *facet = dmig_facet_new_option(self->what, "check_option", check_option);
    dmig_facets_add(&self->object->facets, facet)->created = TRUE;
  }
  self->object->create = g_strconcat(sql->str, ";\n", NULL);
  if (self->lowering->dialect->has.binding_views)
    self->object->replace
        = g_strdup_printf("CREATE OR REPLACE %s;\n", sql->str + strlen("CREATE "));
}

static void
spell_materialized(ViewLowering *self, const char *query)
{
  const DmigDialect *dialect = self->lowering->dialect;
  const char *method = attribute(self, "access_method");
  const char *tablespace = attribute(self, "tablespace");
  g_autofree char *options = dmig_lower_options_sql(self->lowering, self->from->attributes);
  g_autoptr(GString) sql = g_string_new("CREATE ");
  g_string_append(sql, self->what);
  append_columns(self, sql);
  if (method != NULL)
    dmig_sql_appendf(sql, dialect, " USING %I", method);
  self->object->core = g_strdup_printf("%s AS %s", sql->str, query);
  g_string_append(sql, options);
  if (tablespace != NULL)
    dmig_sql_appendf(sql, dialect, " TABLESPACE %I", tablespace);
  g_string_append_printf(sql, " AS %s", query);
  if (attribute(self, "no_data") != NULL)
    g_string_append(sql, " WITH NO DATA");
  self->object->create = g_strconcat(sql->str, ";\n", NULL);
}

static void
lower_index(ViewLowering *self, DmigSchema *schema, const DmigDomainIndex *from)
{
  DmigLowering *lowering = self->lowering;
  const char *relation = self->object->path;
  if (!dmig_lowering_has_index(lowering, from))
    return;
  DmigIndex *index = dmig_lower_index(lowering, NULL, relation, from);
  g_autofree char *body = dmig_lower_index_body(lowering, index, from, TRUE);
  g_autofree char *what
      = dmig_object_sql(lowering->dialect, DMIG_OBJECT_INDEX, relation, index->name, NULL);
  DmigObject *object = dmig_object_new(DMIG_OBJECT_INDEX, relation, index->name);
  object->create = dmig_sql_printf(lowering->dialect, "CREATE %sINDEX %I ON %I %s%s%s;\n",
                                   index->unique ? "UNIQUE " : "", index->name, relation, body,
                                   index->where_sql != NULL ? " WHERE " : "",
                                   index->where_sql != NULL ? index->where_sql : "");
  object->drop = g_strdup_printf("DROP %s;\n", what);
  for (guint i = 0; index->facets != NULL && i < index->facets->len; i++) {
    const DmigFacet *facet = index->facets->pdata[i];
    if (!facet->created)
      dmig_facets_add(&object->facets, dmig_facet_copy(facet));
  }
  g_ptr_array_add(schema->objects, object);
  dmig_index_free(index);
}

/* ALTER VIEW v ALTER COLUMN c … as a facet of the view's. */
static void
add_column_facet(ViewLowering *self, const char *column, const char *aspect, const char *value,
                 const char *set, const char *reset)
{
  g_autofree char *name = g_strdup_printf("column %s %s", column, aspect);
  g_autofree char *what
      = dmig_sql_printf(self->lowering->dialect, "%s ALTER COLUMN %I", self->what, column);
  dmig_lower_facet(self->lowering, &self->object->facets, what, name, value, set, reset);
}

static void
lower_field_attribute(ViewLowering *self, const char *column, const char *name, const char *value)
{
  static const struct {
    const char *name, *set, *reset;
    gboolean upper;
  } settings[] = {
    { "default", "SET DEFAULT", "DROP DEFAULT", FALSE },
    { "storage", "SET STORAGE", "SET STORAGE EXTENDED", TRUE },
    { "compression", "SET COMPRESSION", "SET COMPRESSION default", FALSE },
    { "statistics", "SET STATISTICS", "SET STATISTICS -1", FALSE },
  };
  for (guint i = 0; i < G_N_ELEMENTS(settings); i++) {
    if (strcmp(settings[i].name, name) != 0)
      continue;
    g_autofree char *word = settings[i].upper ? g_ascii_strup(value, -1) : g_strdup(value);
    g_autofree char *set = g_strdup_printf("%s %s", settings[i].set, word);
    add_column_facet(self, column, name, word, set, settings[i].reset);
  }
  if (!g_str_has_prefix(name, "with "))
    return;
  g_autofree char *option = dmig_lower_option_value(value);
  g_autofree char *set = g_strdup_printf("SET (%s=%s)", name + strlen("with "), option);
  g_autofree char *reset = g_strdup_printf("RESET (%s)", name + strlen("with "));
  add_column_facet(self, column, name, value, set, reset);
}

static void
lower_field(ViewLowering *self, const DmigDomainObject *field)
{
  const DmigDialect *dialect = self->lowering->dialect;
  for (guint i = 0; i < field->attributes->len; i++) {
    const DmigAttribute *attribute = field->attributes->pdata[i];
    const char *value = dmig_sql_text_get(attribute->value, dialect);
    if (value != NULL && self->lowering->dialect->has.storage)
      lower_field_attribute(self, field->name, attribute->name, value);
  }
  g_autofree char *name = g_strdup_printf("column %s comment", field->name);
  g_autofree char *what
      = dmig_object_sql(dialect, DMIG_OBJECT_COLUMN, self->object->path, field->name, NULL);
  dmig_lower_named_comment(self->lowering, &self->object->facets, name, what, field->description);
}

static void
finish(ViewLowering *self, DmigSchema *schema)
{
  const DmigDomainView *from = self->from;
  GPtrArray **facets = &self->object->facets;
  dmig_lower_options(self->lowering, facets, self->what, from->attributes, TRUE);
  dmig_lower_roles(self->lowering, facets, self->object->kind, self->what, from->owner,
                   from->grants);
  dmig_lower_column_grants(self->lowering, facets, NULL, NULL, self->what, from->grants);
  dmig_lower_comment(self->lowering, facets, self->what, from->description);
  for (guint i = 0; i < from->parts->len; i++)
    if (((const DmigDomainObject *) from->parts->pdata[i])->kind == DMIG_OBJECT_COLUMN)
      lower_field(self, from->parts->pdata[i]);
  g_ptr_array_add(schema->objects, self->object);
  for (guint i = 0; i < from->indexes->len; i++)
    lower_index(self, schema, from->indexes->pdata[i]);
  dmig_lower_relation_parts(self->lowering, schema, self->object->path, from->parts);
}

void
dmig_lower_view(DmigLowering *self, const DmigDomainView *view, DmigSchema *schema)
{
  ViewLowering lowering = { .lowering = self, .from = view };
  DmigObjectKind kind = view->materialized ? DMIG_OBJECT_MATERIALIZED_VIEW : DMIG_OBJECT_VIEW;
  g_autofree char *query = query_of(&lowering);
  if (query == NULL
      || (view->schema != NULL
          && !dmig_lowering_require(self, self->dialect->has.schemas, view->at, "schemas"))
      || (view->materialized
          && !dmig_lowering_require(self, self->dialect->has.materialized_views, view->at,
                                    "materialized views")))
    return;
  lowering.what = dmig_object_sql(self->dialect, kind, view->path, NULL, NULL);
  lowering.object = dmig_object_new(kind, view->path, NULL);
  lowering.object->drop = g_strdup_printf("DROP %s;\n", lowering.what);
  dmig_object_set_property(lowering.object, "query", query);
  if (view->materialized)
    spell_materialized(&lowering, query);
  else
    spell_view(&lowering, query);
  if (self->dialect->complete_object != NULL)
    self->dialect->complete_object(lowering.object);
  finish(&lowering, schema);
  g_free(lowering.what);
}
