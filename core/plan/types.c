/* Types that are in use: what goes through their values is refused where those stand in columns as rows,
 * or within arrays (PostgreSQL manual, ALTER TYPE and ALTER DOMAIN). */
#include <string.h>

#include "core/plan/planner.h"
#include "core/sql/lexer.h"

static gboolean
stands_in_the_way(const DmigColumn *column, gboolean always, const char *path)
{
  return (always || g_str_has_suffix(column->type, "[]")) &&
         dmig_sql_mentions(column->type, path);
}

/* Whether a column holds values of the type, or of one that is made of it, where they are in the way:
 * `always`, or within arrays, rows and ranges only. */
static gboolean
is_in_use(const DmigSchema *schema, DmigObjectKind kind, const char *path, gboolean always)
{
  const GPtrArray *all = dmig_schema_dependencies(schema);
  g_autofree char *address = dmig_address_new(kind, path, NULL);

  for (guint i = 0; i < schema->tables->len; i++) {
    const DmigTable *table = schema->tables->pdata[i];
    for (guint j = 0; j < table->columns->len; j++)
      if (stands_in_the_way(table->columns->pdata[j], always, path))
        return TRUE;
  }
  for (guint i = 0; i < all->len; i++) {
    const DmigDependency *dependency = all->pdata[i];
    DmigObjectKind within = dmig_address_kind(dependency->object);
    if (strcmp(dependency->on, address) != 0 || strcmp(dependency->object, address) == 0 ||
        (within != DMIG_OBJECT_COMPOSITE_TYPE && within != DMIG_OBJECT_DOMAIN &&
         within != DMIG_OBJECT_RANGE_TYPE))
      continue;
    g_autofree char *outer = dmig_address_path(dependency->object);
    if (is_in_use(schema, within, outer, always || within != DMIG_OBJECT_DOMAIN))
      return TRUE;
  }
  return FALSE;
}

/* Adding an attribute, and taking one away, is none of that. */
static gboolean
visits_rows(const DmigChange *change, DmigObjectKind kind)
{
  return change->kind == DMIG_CHANGE_SET_FACET && change->new_facet->visits_rows &&
         (kind == DMIG_OBJECT_DOMAIN || change->old_facet != NULL);
}

static void
remove_replacement(DmigPlanner *self, const DmigObject *object)
{
  for (guint i = self->items->len; i > 0; i--) {
    const DmigChange *change = self->items->pdata[i - 1];
    if (change->kind == DMIG_CHANGE_REPLACE_OBJECT && change->new_object == object)
      g_ptr_array_remove_index(self->items, i - 1);
  }
}

void
dmig_planner_remake_types(DmigPlanner *self)
{
  g_autoptr(GHashTable) seen = g_hash_table_new(g_str_hash, g_str_equal);
  guint length = self->items->len;

  if (!self->dialect->has.own_types)
    return;
  for (guint i = 0; i < length; i++) {
    const DmigChange *change = self->items->pdata[i];
    if (change->address == NULL)
      continue;
    DmigObjectKind kind = dmig_address_kind(change->address);
    g_autofree char *path = dmig_address_path(change->address);
    if ((kind != DMIG_OBJECT_COMPOSITE_TYPE && kind != DMIG_OBJECT_DOMAIN) ||
        !visits_rows(change, kind) ||
        !is_in_use(self->changes->renamed, kind, path, kind != DMIG_OBJECT_DOMAIN) ||
        !g_hash_table_add(seen, change->address))
      continue;
    dmig_planner_add(self, DMIG_CHANGE_DROP_OBJECT, NULL, NULL)->old_object =
        dmig_schema_object_at(self->changes->renamed, change->address);
    dmig_planner_add(self, DMIG_CHANGE_CREATE_OBJECT, NULL, NULL)->new_object =
        dmig_schema_object_at(self->changes->to, change->address);
  }
  for (guint i = length; i < self->items->len; i++)
    if (((DmigChange *) self->items->pdata[i])->kind == DMIG_CHANGE_CREATE_OBJECT)
      remove_replacement(self, ((DmigChange *) self->items->pdata[i])->new_object);
}
