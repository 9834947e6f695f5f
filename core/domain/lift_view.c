/* Views, with what hangs on them. */
#include "core/domain/lifting.h"

#include <string.h>

#include "core/sql/lexer.h"

#define COLUMN_PREFIX "column "

static void
lift_view_properties(const DmigObject *object, DmigDomainView *view)
{
  g_autoptr(GStrvBuilder) columns = g_strv_builder_new();
  gboolean named = FALSE;
  for (guint i = 0; object->properties != NULL && i < object->properties->len; i++) {
    const DmigProperty *property = object->properties->pdata[i];
    if (g_str_has_prefix(property->name, "column ")) {
      g_strv_builder_add(columns, property->name + strlen("column "));
      named = TRUE;
    } else if (strcmp(property->name, "method") == 0)
      dmig_attributes_add(view->attributes, "access_method", NULL, property->value);
    else if (strcmp(property->name, "query") != 0)
      dmig_attributes_add(view->attributes, property->name, NULL, property->value);
  }
  if (named)
    view->columns = g_strv_builder_end(columns);
}

/* Of a view's facet, `column price comment`, the column, and what is behind it in `out_aspect`, which
 * is borrowed. Any name may have blanks in it, and words that look like what may stand there: the
 * statement tells which it is. Owned; NULL: it is no column's. */
static char *
column_of(const DmigFacet *facet, const char **out_aspect)
{
  DmigLexer lexer;
  g_autofree char *found = NULL;
  if (!g_str_has_prefix(facet->name, COLUMN_PREFIX) || facet->set == NULL)
    return NULL;
  const char *rest = facet->name + strlen(COLUMN_PREFIX);
  dmig_lexer_init(&lexer, facet->set);
  for (DmigToken token = dmig_lexer_next(&lexer); token.kind != DMIG_TOKEN_END;
       token = dmig_lexer_next(&lexer)) {
    if (token.kind != DMIG_TOKEN_WORD && token.kind != DMIG_TOKEN_QUOTED)
      continue;
    g_autofree char *name = dmig_token_identifier(token);
    gsize length = strlen(name);
    if (g_str_has_prefix(rest, name) && rest[length] == ' '
        && (found == NULL || length > strlen(found))) {
      g_free(found);
      found = g_steal_pointer(&name);
    }
  }
  if (found != NULL)
    *out_aspect = rest + strlen(found) + 1;
  return g_steal_pointer(&found);
}

static DmigDomainObject *
view_field(DmigDomainView *view, const char *name)
{
  for (guint i = 0; i < view->parts->len; i++) {
    DmigDomainObject *part = view->parts->pdata[i];
    if (part->kind == DMIG_OBJECT_COLUMN && strcmp(part->name, name) == 0)
      return part;
  }
  DmigDomainObject *field = dmig_domain_object_new(DMIG_OBJECT_COLUMN, name);
  g_ptr_array_add(view->parts, field);
  return field;
}

/* FALSE: no form says it. */
static gboolean
lift_column_facet(DmigDomainView *view, const DmigFacet *facet)
{
  static const char *const attributes[]
      = { "default", "storage", "compression", "statistics", NULL };
  const char *aspect = NULL;
  g_autofree char *column = column_of(facet, &aspect);
  if (column == NULL || *column == '\0')
    return FALSE;
  if (g_str_has_prefix(aspect, "grant to ")) {
    DmigFacet as = { .name = (char *) aspect, .value = facet->value };
    dmig_lift_grant(view->grants, &as, column);
  } else if (strcmp(aspect, "comment") == 0) {
    DmigDomainObject *field = view_field(view, column);
    g_free(field->description);
    field->description = g_strdup(facet->value);
  } else if (g_str_has_prefix(aspect, "with "))
    dmig_attributes_add(view_field(view, column)->attributes, "with", aspect + strlen("with "),
                        facet->value);
  else if (g_strv_contains(attributes, aspect)) {
    g_autofree char *lower = g_ascii_strdown(facet->value, -1);
    gboolean word = strcmp(aspect, "storage") == 0;
    dmig_attributes_add(view_field(view, column)->attributes, aspect, NULL,
                        word ? lower : facet->value);
  } else
    return FALSE;
  return TRUE;
}

static void
lift_view_facets(DmigLifting *self, const DmigObject *object, DmigDomainView *view)
{
  for (guint i = 0; object->facets != NULL && i < object->facets->len; i++) {
    const DmigFacet *facet = object->facets->pdata[i];
    if (facet->created || dmig_lift_is_common(facet) || g_str_has_prefix(facet->name, "with ")
        || lift_column_facet(view, facet))
      continue;
    g_autofree char *address = dmig_object_address(object);
    dmig_lift_facet(self, address, facet);
  }
}

static void
lift_view_indexes(DmigLifting *self, const DmigObject *object, DmigDomainView *view)
{
  const GPtrArray *parts = g_hash_table_lookup(self->parts, object->path);
  for (guint i = 0; parts != NULL && i < parts->len; i++) {
    const DmigObject *part = parts->pdata[i];
    DmigDomainIndex *index
        = part->kind == DMIG_OBJECT_INDEX ? dmig_lift_view_index(self, part) : NULL;
    if (index == NULL)
      continue;
    g_ptr_array_add(view->indexes, index);
    g_hash_table_add(self->used, (gpointer) part);
  }
}

static void
lift_view(DmigLifting *self, GHashTable *taken, const DmigObject *object)
{
  g_autofree char *name = dmig_lift_name(taken, object->path, FALSE);
  DmigDomainView *view = dmig_domain_view_new(name);
  view->path = g_strdup(object->path);
  view->schema = dmig_path_schema(object->path);
  view->view = g_strdup(dmig_path_name(object->path));
  view->materialized = object->kind == DMIG_OBJECT_MATERIALIZED_VIEW;
  view->sql = dmig_lift_sql(dmig_object_property(object, "query"));
  lift_view_properties(object, view);
  dmig_lift_common(object->facets, view->grants, &view->owner, &view->description);
  dmig_lift_parts(self, object->path, view->parts);
  lift_view_indexes(self, object, view);
  lift_view_facets(self, object, view);
  g_ptr_array_add(self->domain->views, view);
}

static gboolean
is_view(const DmigObject *object)
{
  return (object->kind == DMIG_OBJECT_VIEW || object->kind == DMIG_OBJECT_MATERIALIZED_VIEW)
         && dmig_object_property(object, "query") != NULL;
}

static gint
compare_views(gconstpointer a, gconstpointer b)
{
  return strcmp((*(DmigDomainView *const *) a)->name, (*(DmigDomainView *const *) b)->name);
}

void
dmig_lift_views(DmigLifting *self, const GPtrArray *objects)
{
  g_autoptr(GHashTable) taken = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
  for (guint i = 0; i < objects->len; i++) {
    if (!is_view(objects->pdata[i]))
      continue;
    lift_view(self, taken, objects->pdata[i]);
    g_hash_table_add(self->used, objects->pdata[i]);
  }
  g_ptr_array_sort(self->domain->views, compare_views);
}
