/* What is set about objects of many kinds: privileges, owners, comments, options. */
#include "core/domain/lifting.h"

#include <string.h>

#define GRANT_PREFIX "grant to "
#define GRANT_OPTION " WITH GRANT OPTION"
#define OPTION_PREFIX "with "

static DmigGrant *
grant_of(GPtrArray *grants, const char *role)
{
  for (guint i = 0; i < grants->len; i++) {
    DmigGrant *grant = grants->pdata[i];
    if (strcmp(grant->role, role) == 0)
      return grant;
  }
  DmigGrant *grant = dmig_grant_new(role);
  g_ptr_array_add(grants, grant);
  return grant;
}

/* The same privilege on another field joins the first. */
static void
add_privilege(DmigGrant *grant, const char *name, gboolean grantable, const char *field)
{
  for (guint i = 0; field != NULL && i < grant->privileges->len; i++) {
    DmigPrivilege *known = grant->privileges->pdata[i];
    if (known->fields == NULL || strcmp(known->name, name) != 0 || known->grantable != grantable)
      continue;
    guint n = g_strv_length(known->fields);
    known->fields = g_renew(char *, known->fields, n + 2);
    known->fields[n] = g_strdup(field);
    known->fields[n + 1] = NULL;
    return;
  }
  DmigPrivilege *privilege = dmig_privilege_new(name);
  privilege->grantable = grantable;
  if (field != NULL) {
    privilege->fields = g_new0(char *, 2);
    privilege->fields[0] = g_strdup(field);
  }
  g_ptr_array_add(grant->privileges, privilege);
}

void
dmig_lift_grant(GPtrArray *grants, const DmigFacet *facet, const char *field)
{
  DmigGrant *grant = grant_of(grants, facet->name + strlen(GRANT_PREFIX));
  if (strcmp(facet->value, "NOTHING") == 0)
    return;
  g_auto(GStrv) privileges = g_strsplit(facet->value, ", ", -1);
  for (char **text = privileges; *text != NULL; text++) {
    gboolean grantable = g_str_has_suffix(*text, GRANT_OPTION);
    if (grantable)
      (*text)[strlen(*text) - strlen(GRANT_OPTION)] = '\0';
    g_autofree char *name = g_ascii_strdown(*text, -1);
    add_privilege(grant, name, grantable, field);
  }
}

void
dmig_lift_common(const GPtrArray *facets, GPtrArray *grants, char **owner, char **description)
{
  for (guint i = 0; facets != NULL && i < facets->len; i++) {
    const DmigFacet *facet = facets->pdata[i];
    if (g_str_has_prefix(facet->name, GRANT_PREFIX) && grants != NULL)
      dmig_lift_grant(grants, facet, NULL);
    else if (strcmp(facet->name, "owner") == 0 && owner != NULL)
      *owner = g_strdup(facet->value);
    else if (strcmp(facet->name, "comment") == 0 && description != NULL)
      *description = g_strdup(facet->value);
  }
}

void
dmig_lift_options(const GPtrArray *facets, GPtrArray *attributes)
{
  for (guint i = 0; facets != NULL && i < facets->len; i++) {
    const DmigFacet *facet = facets->pdata[i];
    if (g_str_has_prefix(facet->name, OPTION_PREFIX))
      dmig_attributes_add(attributes, "with", facet->name + strlen(OPTION_PREFIX), facet->value);
  }
}

gboolean
dmig_lift_is_common(const DmigFacet *facet)
{
  return g_str_has_prefix(facet->name, GRANT_PREFIX) || strcmp(facet->name, "owner") == 0
         || strcmp(facet->name, "comment") == 0;
}
