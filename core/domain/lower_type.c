/* Types of one's own. */
#include "core/domain/making.h"

#include <string.h>

#include "core/sql/text.h"

static void
describe_check(DmigMaking *self, DmigFacet *check, const char *name)
{
  g_autofree char *attribute = g_strconcat("check_description ", name, NULL);
  g_autofree char *facet_name = g_strconcat("comment on check ", name, NULL);
  g_autofree char *what
      = dmig_sql_printf(self->dialect, "CONSTRAINT %I ON %s", name, self->what);
  dmig_lower_named_comment(self->lowering, &self->object->facets, facet_name, what,
                           dmig_making_text(self, attribute));
  DmigFacet *comment = dmig_facets_find(self->object->facets, facet_name);
  if (comment != NULL)
    dmig_facet_bring(check, comment);
}

static void
add_check(DmigMaking *self, const char *name, const char *sql, gpointer data)
{
  g_autofree char *clause = dmig_sql_printf(self->dialect, "CONSTRAINT %I CHECK (%s)", name, sql);
  g_autofree char *set = g_strconcat("ADD ", clause, NULL);
  g_autofree char *reset = dmig_sql_printf(self->dialect, "DROP CONSTRAINT %I", name);
  g_autofree char *facet_name = g_strconcat("check ", name, NULL);
  DmigFacet *facet = dmig_lower_facet(self->lowering, &self->object->facets, self->what, facet_name,
                                      sql, set, reset);
  facet->created = facet->replaces = facet->visits_rows = TRUE;
  describe_check(self, facet, name);
  g_string_append_printf(data, " %s", clause);
}

void
dmig_making_domain(DmigMaking *self)
{
  g_autofree char *collation
      = dmig_lowering_collation(self->lowering, dmig_making_text(self, "collation"));
  g_autofree char *value = dmig_making_statement(self, "default");
  g_autofree char *base = dmig_lowering_type_text(self->lowering, dmig_making_text(self, "base"));
  dmig_making_make(self, DMIG_OBJECT_DOMAIN, self->from->name, NULL, NULL);
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
  if (dmig_making_text(self, "required") != NULL) {
    g_string_append(sql, " NOT NULL");
    DmigFacet *facet = dmig_lower_facet(self->lowering, &self->object->facets, self->what,
                                        "required", "true", "SET NOT NULL", "DROP NOT NULL");
    facet->created = facet->visits_rows = TRUE;
  }
  dmig_making_for_each(self, "checks ", add_check, sql);
  self->object->create = g_strconcat(sql->str, ";\n", NULL);
}

/* The definition, and the names alone. */
typedef struct {
  GString *fields, *names;
} Composite;

static void
add_type_field(DmigMaking *self, const char *name, const char *type_text, gpointer data)
{
  Composite *composite = data;
  g_autofree char *type = dmig_lowering_type_text(self->lowering, type_text);
  g_autofree char *label = g_strconcat("attribute ", name, NULL);
  g_autofree char *set = dmig_sql_printf(self->dialect, "ADD ATTRIBUTE %I %s", name, type);
  g_autofree char *reset = dmig_sql_printf(self->dialect, "DROP ATTRIBUTE %I", name);
  DmigFacet *facet = dmig_lower_facet(self->lowering, &self->object->facets, self->what, label,
                                      type, set, reset);
  facet->created = facet->visits_rows = TRUE;
  facet->change = dmig_sql_printf(self->dialect, "ALTER %s ALTER ATTRIBUTE %I TYPE %s;\n",
                                  self->what, name, type);
  const char *comma = composite->names->len > 0 ? ", " : "";
  dmig_sql_appendf(composite->fields, self->dialect, "%s%I %s", comma, name, type);
  dmig_sql_appendf(composite->names, self->dialect, "%s%I", comma, name);
}

/* The order of attributes counts. Those that come at the end can be added in place. */
void
dmig_making_composite(DmigMaking *self)
{
  dmig_making_make(self, DMIG_OBJECT_COMPOSITE_TYPE, self->from->name, NULL, NULL);
  g_autoptr(GString) fields = g_string_new(NULL);
  g_autoptr(GString) names = g_string_new(NULL);
  Composite composite = { fields, names };
  dmig_making_for_each(self, "fields ", add_type_field, &composite);
  self->object->create = g_strdup_printf("CREATE %s AS (%s);\n", self->what, fields->str);
  self->object->core = g_strdup_printf("CREATE %s AS (%s);\n", self->what, names->str);
  self->object->mould = g_strconcat(names->str, names->len > 0 ? ", " : "", NULL);
  self->object->replace = g_strdup("");
}

void
dmig_making_range(DmigMaking *self)
{
  static const struct {
    const char *key, *option;
  } options[] = {
    { "operator_class", "SUBTYPE_OPCLASS" },
    { "collation", "COLLATION" },
    { "canonical", "CANONICAL" },
    { "difference", "SUBTYPE_DIFF" },
    { "multirange", "MULTIRANGE_TYPE_NAME" },
  };
  g_autofree char *subtype
      = dmig_lowering_type_text(self->lowering, dmig_making_text(self, "subtype"));
  dmig_making_make(self, DMIG_OBJECT_RANGE_TYPE, self->from->name, NULL, NULL);
  g_autoptr(GString) sql = g_string_new(NULL);
  dmig_sql_appendf(sql, self->dialect, "CREATE TYPE %I AS RANGE (SUBTYPE = %s", self->from->name,
                   subtype);
  for (guint i = 0; i < G_N_ELEMENTS(options); i++) {
    const char *value = dmig_making_text(self, options[i].key);
    if (value != NULL)
      g_string_append_printf(sql, ", %s = %s", options[i].option, value);
  }
  self->object->create = g_strconcat(sql->str, ");\n", NULL);
}
