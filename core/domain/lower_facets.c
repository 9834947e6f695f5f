/* What can be set about any object: privileges, owners, options, comments. */
#include "core/domain/lower_parts.h"

#include <string.h>

#include "core/schema/facet_sql.h"
#include "core/sql/text.h"

/* What everybody may do with a new object (PostgreSQL manual 5.8 "Privileges"). */
static const char *
given_to_all(DmigObjectKind kind)
{
  if (kind == DMIG_OBJECT_ROUTINE)
    return "EXECUTE";
  gboolean type = kind == DMIG_OBJECT_ENUM || kind == DMIG_OBJECT_LANGUAGE
                  || (kind >= DMIG_OBJECT_DOMAIN && kind <= DMIG_OBJECT_BASE_TYPE);
  return type ? "USAGE" : NULL;
}

/* `SELECT, DELETE WITH GRANT OPTION` of those that are for `field`, NULL: for the whole. */
static char *
privileges_text(const DmigGrant *grant, const char *field)
{
  GString *text = g_string_new(NULL);
  for (guint i = 0; i < grant->privileges->len; i++) {
    const DmigPrivilege *privilege = grant->privileges->pdata[i];
    gboolean meant = field == NULL
                         ? privilege->fields == NULL
                         : privilege->fields != NULL
                               && g_strv_contains((const char *const *) privilege->fields, field);
    if (!meant)
      continue;
    g_autofree char *word = g_ascii_strup(privilege->name, -1);
    g_string_append_printf(text, "%s%s%s", text->len > 0 ? ", " : "", word,
                           privilege->grantable ? " WITH GRANT OPTION" : "");
  }
  return g_string_free(text, FALSE);
}

static void
lower_grant(DmigLowering *self, GPtrArray **facets, DmigObjectKind kind, const char *what,
            const DmigGrant *grant)
{
  const char *given = strcmp(grant->role, "PUBLIC") == 0 ? given_to_all(kind) : NULL;
  g_autofree char *text = privileges_text(grant, NULL);
  if (given != NULL && (strcmp(text, given) == 0 || strcmp(text, "ALL") == 0))
    return;
  if (grant->privileges->len == 0 && given != NULL)
    dmig_facets_add(facets,
                    dmig_facet_new_grant(self->dialect, what, NULL, grant->role, "NOTHING"));
  else if (*text != '\0')
    dmig_facets_add(facets, dmig_facet_new_grant(self->dialect, what, NULL, grant->role, text));
}

void
dmig_lower_roles(DmigLowering *self, GPtrArray **facets, DmigObjectKind kind, const char *what,
                 const char *owner, const GPtrArray *grants)
{
  if (!self->dialect->has.privileges)
    return;
  if (owner != NULL)
    dmig_facets_add(facets, dmig_facet_new_owner(self->dialect, what, owner));
  for (guint i = 0; i < grants->len; i++)
    lower_grant(self, facets, kind, what, grants->pdata[i]);
}

static void
lower_column_grant(DmigLowering *self, GPtrArray **facets, DmigTable *table, const char *what,
                   const char *column, const DmigGrant *grant, const char *text)
{
  DmigFacet *facet = dmig_facet_new_grant(self->dialect, what, column, grant->role, text);
  DmigColumn *of = table != NULL ? dmig_table_column(table, column) : NULL;
  if (of == NULL) {
    char *name = g_strconcat("column ", column, " ", facet->name, NULL);
    g_free(facet->name);
    facet->name = name;
  }
  dmig_facets_add(of != NULL ? &of->facets : facets, facet);
}

void
dmig_lower_column_grants(DmigLowering *self, GPtrArray **facets, DmigTable *table,
                         const DmigEntity *entity, const char *what, const GPtrArray *grants)
{
  if (!self->dialect->has.privileges)
    return;
  for (guint i = 0; i < grants->len; i++) {
    const DmigGrant *grant = grants->pdata[i];
    g_autoptr(GHashTable) done = g_hash_table_new(g_str_hash, g_str_equal);
    for (guint j = 0; j < grant->privileges->len; j++) {
      const DmigPrivilege *privilege = grant->privileges->pdata[j];
      for (guint k = 0; privilege->fields != NULL && privilege->fields[k] != NULL; k++) {
        const char *name = privilege->fields[k];
        const DmigField *field = entity != NULL ? dmig_entity_field(entity, name) : NULL;
        g_autofree char *text = privileges_text(grant, name);
        if (g_hash_table_add(done, (gpointer) name))
          lower_column_grant(self, facets, table, what, field != NULL ? field->column : name, grant,
                             text);
      }
    }
  }
}

char *
dmig_lower_option_value(const char *text)
{
  gboolean number = *text != '\0' && strspn(text, "0123456789.-") == strlen(text);
  gboolean word = g_ascii_isalpha(*text);
  for (const char *p = text; *p != '\0'; p++)
    word = word && (g_ascii_islower(*p) || g_ascii_isdigit(*p) || *p == '_');
  gboolean quoted = text[0] == '\'' && strlen(text) > 1 && g_str_has_suffix(text, "'");
  return number || word || quoted ? g_strdup(text) : dmig_sql_string(text);
}

void
dmig_lower_options(DmigLowering *self, GPtrArray **facets, const char *what,
                   const GPtrArray *attributes, gboolean created)
{
  if (!self->dialect->has.storage)
    return;
  for (guint i = 0; i < attributes->len; i++) {
    const DmigAttribute *attribute = attributes->pdata[i];
    const char *text = dmig_sql_text_get(attribute->value, self->dialect);
    if (!g_str_has_prefix(attribute->name, "with ") || text == NULL)
      continue;
    g_autofree char *value = dmig_lower_option_value(text);
    DmigFacet *facet = dmig_facet_new_option(what, attribute->name + strlen("with "), value);
    dmig_facets_add(facets, facet)->created = created;
  }
}

char *
dmig_lower_options_sql(DmigLowering *self, const GPtrArray *attributes)
{
  GString *sql = g_string_new(NULL);
  for (guint i = 0; self->dialect->has.storage && i < attributes->len; i++) {
    const DmigAttribute *attribute = attributes->pdata[i];
    const char *text = dmig_sql_text_get(attribute->value, self->dialect);
    if (!g_str_has_prefix(attribute->name, "with ") || text == NULL)
      continue;
    g_autofree char *value = dmig_lower_option_value(text);
    g_string_append_printf(sql, "%s%s = %s", sql->len == 0 ? " WITH (" : ", ",
                           attribute->name + strlen("with "), value);
  }
  g_string_append(sql, sql->len > 0 ? ")" : "");
  return g_string_free(sql, FALSE);
}

gboolean
dmig_lower_is_partitioned(const DmigLowering *self, const DmigEntity *entity)
{
  return dmig_attributes_get(entity->attributes, "partition_by", self->dialect) != NULL;
}

void
dmig_lower_named_comment(DmigLowering *self, GPtrArray **facets, const char *name, const char *what,
                         const char *description)
{
  if (!self->dialect->has.comments || description == NULL || *description == '\0')
    return;
  DmigFacet *facet = dmig_facet_new_comment(what, description);
  g_free(facet->name);
  facet->name = g_strdup(name);
  dmig_facets_add(facets, facet);
}

void
dmig_lower_comment(DmigLowering *self, GPtrArray **facets, const char *what,
                   const char *description)
{
  dmig_lower_named_comment(self, facets, "comment", what, description);
}

DmigFacet *
dmig_lower_facet(DmigLowering *self, GPtrArray **facets, const char *what, const char *name,
                 const char *value, const char *set, const char *reset)
{
  g_autofree char *set_sql = g_strdup_printf("ALTER %s %s;\n", what, set);
  g_autofree char *reset_sql = g_strdup_printf("ALTER %s %s;\n", what, reset);
  return dmig_facets_add(facets, dmig_facet_new(name, value, set_sql, reset_sql));
}
