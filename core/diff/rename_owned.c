#include "core/diff/rename_owned.h"

#include <string.h>

#include "core/schema/facet_sql.h"
#include "core/sql/lexer.h"
#include "core/sql/path.h"
#include "core/sql/text.h"

#define OWNER "owned_by"

static void
set_string(char **slot, char *value)
{
  g_free(*slot);
  *slot = value;
}

static void
replace(char **sql, const char *from, const char *to)
{
  if (*sql != NULL)
    set_string(sql, dmig_sql_replace_identifier(*sql, from, to));
}

static char *
usual_drop(const DmigDialect *dialect, const DmigObject *object, const char *path)
{
  g_autofree char *what = dmig_object_sql(dialect, object->kind, path, object->detail, NULL);

  return what != NULL ? g_strdup_printf("DROP %s;\n", what) : NULL;
}

char *
dmig_rename_usual_drop(const DmigDialect *dialect, const DmigObject *part, const char *to)
{
  g_autofree char *is = usual_drop(dialect, part, part->path);

  return g_strcmp0(is, part->drop) == 0 ? usual_drop(dialect, part, to) : NULL;
}

/* --- whose it is ----------------------------------------------------------------------------- */

static void
set_owner(DmigObject *object, const char *address)
{
  for (guint i = 0; i < object->properties->len; i++) {
    DmigProperty *property = object->properties->pdata[i];
    if (strcmp(property->name, OWNER) == 0)
      set_string(&property->value, g_strdup(address));
  }
}

void
dmig_rename_owner(DmigObject *object, const char *from, const char *to)
{
  const char *owner = dmig_object_property(object, OWNER);

  if (owner == NULL)
    return;
  g_autofree char *path = dmig_address_path(owner);
  g_autofree char *renamed =
      dmig_address_new(dmig_address_kind(owner), to, dmig_address_detail(owner));
  if (strcmp(path, from) == 0)
    set_owner(object, renamed);
}

void
dmig_rename_owner_column(DmigSchema *schema, const char *from, const char *to)
{
  for (guint i = 0; i < schema->objects->len; i++) {
    DmigObject *object = schema->objects->pdata[i];
    DmigFacet *facet = dmig_facets_find(object->facets, "owned by");
    if (g_strcmp0(dmig_object_property(object, OWNER), from) != 0)
      continue;
    set_owner(object, to);
    if (facet != NULL) {
      replace(&facet->value, dmig_address_detail(from), dmig_address_detail(to));
      replace(&facet->set, dmig_address_detail(from), dmig_address_detail(to));
    }
  }
}

/* --- another name ---------------------------------------------------------------------------- */

/* Defaults name a sequence in a string: `nextval('a_id_seq'::regclass)`. */
static void
rename_in_defaults(DmigSchema *schema, const char *from, const char *to)
{
  g_autofree char *old = dmig_sql_identifier(schema->dialect, from);
  g_autofree char *new = dmig_sql_identifier(schema->dialect, to);
  g_autofree char *is = dmig_sql_printf(schema->dialect, "%S::regclass", old);
  g_autofree char *becomes = dmig_sql_printf(schema->dialect, "%S::regclass", new);

  for (guint i = 0; i < schema->tables->len; i++) {
    const DmigTable *table = schema->tables->pdata[i];
    for (guint k = 0; k < table->columns->len; k++) {
      DmigColumn *column = table->columns->pdata[k];
      if (column->default_sql == NULL || strstr(column->default_sql, is) == NULL)
        continue;
      g_auto(GStrv) pieces = g_strsplit(column->default_sql, is, -1);
      set_string(&column->default_sql, g_strjoinv(becomes, pieces));
    }
  }
}

static void
rename_address(char **address, const char *from, const char *to)
{
  if (strcmp(*address, from) == 0)
    set_string(address, g_strdup(to));
}

/* What has left a schema stands on that no longer. */
static gboolean
has_left(const DmigDependency *dependency, const char *object, const char *from, const char *to)
{
  g_autofree char *left = dmig_path_schema(from), *entered = dmig_path_schema(to);

  if (strcmp(dependency->object, object) != 0 || left == NULL || g_strcmp0(left, entered) == 0)
    return FALSE;
  g_autofree char *schema = dmig_address_new(DMIG_OBJECT_SCHEMA, left, NULL);
  return strcmp(dependency->on, schema) == 0;
}

static void
rename_in_dependencies(DmigSchema *schema, const DmigObject *object, const char *from)
{
  g_autofree char *old = dmig_address_new(object->kind, from, object->detail);
  g_autofree char *new = dmig_object_address(object);

  for (guint i = schema->dependencies != NULL ? schema->dependencies->len : 0; i > 0; i--) {
    DmigDependency *dependency = schema->dependencies->pdata[i - 1];
    if (has_left(dependency, old, from, object->path)) {
      g_ptr_array_remove_index(schema->dependencies, i - 1);
      continue;
    }
    rename_address(&dependency->object, old, new);
    rename_address(&dependency->on, old, new);
  }
}

static void
rename_object(DmigSchema *schema, DmigObject *object, const char *to)
{
  g_autofree char *from = g_strdup(object->path);

  replace(&object->create, from, to);
  replace(&object->core, from, to);
  replace(&object->drop, from, to);
  for (guint i = 0; object->facets != NULL && i < object->facets->len; i++) {
    DmigFacet *facet = object->facets->pdata[i];
    replace(&facet->set, from, to);
    replace(&facet->change, from, to);
    replace(&facet->reset, from, to);
  }
  set_string(&object->path, g_strdup(to));
  rename_in_dependencies(schema, object, from);
  rename_in_defaults(schema, from, to);
  dmig_schema_forget(schema);
}

void
dmig_rename_move_owned(DmigSchema *schema, const char *from, const char *to)
{
  g_autofree char *left = dmig_path_schema(from), *entered = dmig_path_schema(to);

  for (guint i = 0; g_strcmp0(left, entered) != 0 && i < schema->objects->len; i++) {
    DmigObject *object = schema->objects->pdata[i];
    const char *owner = dmig_object_property(object, OWNER);
    g_autofree char *table = owner != NULL ? dmig_address_path(owner) : NULL;
    g_autofree char *home = dmig_path_schema(object->path);
    g_autofree char *path = dmig_path_new(entered, dmig_path_name(object->path));
    if (g_strcmp0(table, to) == 0 && g_strcmp0(home, left) == 0)
      rename_object(schema, object, path);
  }
}

/* --- the same under two names ---------------------------------------------------------------- */

static gboolean
is_taken(const DmigSchema *schema, const char *path)
{
  if (dmig_schema_table(schema, path) != NULL || dmig_schema_enum(schema, path) != NULL)
    return TRUE;
  for (guint i = 0; i < schema->objects->len; i++) {
    const DmigObject *object = schema->objects->pdata[i];
    if (!dmig_object_kind_is_part(object->kind) && strcmp(object->path, path) == 0)
      return TRUE;
  }
  return FALSE;
}

/* Within a schema: what belongs to a table can't be moved without it. */
static const DmigObject *
find_successor(const DmigChanges *changes, const DmigObject *old)
{
  const char *owner = dmig_object_property(old, OWNER);
  g_autofree char *home = dmig_path_schema(old->path);

  for (guint i = 0; owner != NULL && i < changes->to->objects->len; i++) {
    const DmigObject *new = changes->to->objects->pdata[i];
    if (new->kind != old->kind || g_strcmp0(dmig_object_property(new, OWNER), owner) != 0)
      continue;
    g_autofree char *schema = dmig_path_schema(new->path);
    return g_strcmp0(schema, home) == 0 && !is_taken(changes->renamed, new->path) ? new : NULL;
  }
  return NULL;
}

void
dmig_rename_owned(DmigChanges *changes)
{
  for (guint i = 0; i < changes->renamed->objects->len; i++) {
    DmigObject *old = changes->renamed->objects->pdata[i];
    g_autofree char *address = dmig_object_address(old);
    const DmigObject *new = dmig_schema_object_at(changes->to, address) == NULL
                                ? find_successor(changes, old)
                                : NULL;
    if (new == NULL)
      continue;
    DmigChange *change = dmig_change_new(DMIG_CHANGE_RENAME_OBJECT);
    DmigObject *before = dmig_object_copy(old);
    change->old_object = before;
    change->new_object = new;
    g_ptr_array_add(changes->owned_objects, before);
    g_ptr_array_add(changes->items, change);
    rename_object(changes->renamed, old, new->path);
  }
}
