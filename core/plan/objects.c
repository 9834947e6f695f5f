/* What must be dropped and made again because of what it stands on, told by the dependencies of the old
 * schema. */
#include <string.h>

#include "core/plan/planner.h"
#include "core/sql/lexer.h"
#include "core/sql/text.h"

/* What happens to an address that others stand on. */
typedef enum {
  TOUCH_SHAPE = 1, /* it stays, but as something that they must not be bound to meanwhile */
  TOUCH_GONE,      /* it is dropped, or dropped and made again */
} Touch;

typedef struct {
  DmigPlanner *planner;
  GHashTable *touched; /* address -> Touch */
  GHashTable *users;   /* address -> GPtrArray of const DmigDependency*, in the old schema */
  GQueue queue;        /* char*: addresses to look at, borrowed from `touched` */
} Closure;

static void
touch(Closure *self, char *address_owned, Touch how)
{
  g_autofree char *address = address_owned;
  gpointer key = NULL, before = NULL;

  if (!g_hash_table_lookup_extended(self->touched, address, &key, &before)) {
    key = g_steal_pointer(&address);
    g_hash_table_insert(self->touched, key, GINT_TO_POINTER(how));
  } else if (GPOINTER_TO_INT(before) < (int) how) {
    g_hash_table_insert(self->touched, g_strdup(key), GINT_TO_POINTER(how));
  } else {
    return;
  }
  g_queue_push_tail(&self->queue, key);
}

static void
touch_column(Closure *self, const DmigTable *table, const char *column, Touch how)
{
  touch(self, dmig_address_new(DMIG_OBJECT_COLUMN, table->name, column), how);
}

static void
touch_list(Closure *self, const DmigTable *table)
{
  touch_column(self, table, "*", TOUCH_SHAPE);
}

/* A table and all that is in it. */
static void
touch_table(Closure *self, const DmigTable *table, Touch how)
{
  touch(self, dmig_address_new(DMIG_OBJECT_TABLE, table->name, NULL), how);
  for (guint i = 0; i < table->columns->len; i++)
    touch_column(self, table, ((DmigColumn *) table->columns->pdata[i])->name, how);
  touch_list(self, table);
}

static void
touch_by_enum(Closure *self, const DmigChange *change)
{
  touch(self, dmig_address_new(DMIG_OBJECT_ENUM, change->old_enum->name, NULL), TOUCH_GONE);
  for (guint i = 0; change->users != NULL && i < change->users->len; i++) {
    const DmigChange *user = change->users->pdata[i];
    touch_column(self, user->old_table, user->old_column->name, TOUCH_SHAPE);
  }
}

static void
touch_by_column(Closure *self, const DmigChange *change)
{
  gboolean binds = self->planner->dialect->has.binding_views;

  if (change->kind == DMIG_CHANGE_DROP_COLUMN) {
    touch_column(self, change->old_table, change->old_column->name, TOUCH_GONE);
    touch_list(self, change->old_table);
  } else if (change->kind == DMIG_CHANGE_ADD_COLUMN) {
    touch_list(self, change->new_table);
  } else if (change->kind == DMIG_CHANGE_RENAME_COLUMN && !binds) {
    touch_table(self, change->new_table, TOUCH_SHAPE);
  } else if (change->kind == DMIG_CHANGE_ALTER_COLUMN &&
             (change->aspects &
              (DMIG_ASPECT_TYPE | DMIG_ASPECT_COLLATION | DMIG_ASPECT_GENERATED))) {
    touch_column(self, change->old_table, change->old_column->name, TOUCH_SHAPE);
  }
}

static void
touch_by(Closure *self, const DmigChange *change)
{
  if (change->kind == DMIG_CHANGE_ALTER_ENUM) {
    if (change->recreate)
      touch_by_enum(self, change);
  } else if (change->kind == DMIG_CHANGE_DROP_ENUM) {
    touch_by_enum(self, change);
  } else if (change->kind == DMIG_CHANGE_DROP_TABLE || change->kind == DMIG_CHANGE_REBUILD_TABLE) {
    touch_table(self, change->old_table, TOUCH_GONE);
  } else if (change->kind == DMIG_CHANGE_RENAME_TABLE) {
    if (!self->planner->dialect->has.binding_views)
      touch_table(self, change->new_table, TOUCH_SHAPE);
  } else if (change->kind == DMIG_CHANGE_DROP_OBJECT) {
    touch(self, dmig_object_address(change->old_object), TOUCH_GONE);
  } else if (change->kind == DMIG_CHANGE_SET_FACET && change->new_facet->visits_rows &&
             (change->old_facet != NULL ||
              dmig_address_kind(change->address) == DMIG_OBJECT_DOMAIN)) {
    touch(self, g_strdup(change->address), TOUCH_SHAPE);
  } else if (change->kind == DMIG_CHANGE_DROP_CONSTRAINT && change->old_constraint->name != NULL) {
    touch(self,
          dmig_address_new(DMIG_OBJECT_CONSTRAINT, change->old_table->name,
                           change->old_constraint->name),
          TOUCH_GONE);
  } else if (change->kind == DMIG_CHANGE_DROP_INDEX) {
    touch(self,
          dmig_address_new(DMIG_OBJECT_INDEX, change->old_table->name, change->old_index->name),
          TOUCH_GONE);
  } else {
    touch_by_column(self, change);
  }
}

/* --- who is made again ----------------------------------------------------------------------- */

static gboolean
is_type(DmigObjectKind kind)
{
  return kind == DMIG_OBJECT_DOMAIN || kind == DMIG_OBJECT_COMPOSITE_TYPE ||
         kind == DMIG_OBJECT_RANGE_TYPE || kind == DMIG_OBJECT_BASE_TYPE ||
         kind == DMIG_OBJECT_ENUM;
}

/* Not kinds that the database lets stand while what they read changes its type. While a type of rows
 * itself changes, or what a domain in an array allows, those stand that hold no expression over its values
 * (PostgreSQL manual, ALTER TYPE). */
static gboolean
minds_shape(DmigObjectKind kind, const DmigDependency *dependency)
{
  if (dmig_address_kind(dependency->on) == DMIG_OBJECT_COMPOSITE_TYPE)
    return dependency->reads || kind == DMIG_OBJECT_VIEW ||
           kind == DMIG_OBJECT_MATERIALIZED_VIEW || kind == DMIG_OBJECT_RULE;
  if (is_type(dmig_address_kind(dependency->on)))
    return dependency->reads;
  return kind != DMIG_OBJECT_SEQUENCE && kind != DMIG_OBJECT_STATISTICS &&
         kind != DMIG_OBJECT_PUBLICATION && kind != DMIG_OBJECT_INDEX;
}

static DmigChange *
find_created(DmigPlanner *self, const DmigObject *new, DmigChangeKind kind)
{
  for (guint i = 0; new != NULL && i < self->items->len; i++) {
    DmigChange *change = self->items->pdata[i];
    if (change->kind == kind && change->new_object == new)
      return change;
  }
  return NULL;
}

/* Whether `object` of the new schema stands on `address`. */
static gboolean
still_needs(DmigPlanner *self, const char *object, const char *address)
{
  const GPtrArray *all = dmig_schema_dependencies(self->changes->to);

  for (guint i = 0; i < all->len; i++) {
    const DmigDependency *dependency = all->pdata[i];
    if (strcmp(dependency->object, object) == 0 && strcmp(dependency->on, address) == 0)
      return TRUE;
  }
  return FALSE;
}

static void
recreate(DmigPlanner *self, const DmigObject *old, const char *address, gboolean goes_by_itself)
{
  const DmigObject *new = dmig_schema_object_at(self->changes->to, address);

  dmig_planner_remove(self, find_created(self, new, DMIG_CHANGE_REPLACE_OBJECT));
  if (!goes_by_itself && dmig_planner_find(self, DMIG_CHANGE_DROP_OBJECT, old) == NULL)
    dmig_planner_add(self, DMIG_CHANGE_DROP_OBJECT, NULL, NULL)->old_object = old;
  if (new != NULL && find_created(self, new, DMIG_CHANGE_CREATE_OBJECT) == NULL)
    dmig_planner_add(self, DMIG_CHANGE_CREATE_OBJECT, NULL, NULL)->new_object = new;
}

void
dmig_planner_recreate_object(DmigPlanner *self, const DmigObject *old)
{
  g_autofree char *address = dmig_object_address(old);

  recreate(self, old, address, FALSE);
}

static void
recreate_object(Closure *self, const DmigObject *old, const char *address, gboolean goes_by_itself)
{
  recreate(self->planner, old, address, goes_by_itself);
  touch(self, g_strdup(address), TOUCH_GONE);
}

static gboolean
has_routine(const DmigSchema *schema, const char *path)
{
  for (guint i = 0; i < schema->objects->len; i++) {
    const DmigObject *object = schema->objects->pdata[i];
    if (object->kind == DMIG_OBJECT_ROUTINE && strcmp(object->path, path) == 0)
      return TRUE;
  }
  return FALSE;
}

/* Whether something else has the name of what `dependency` stands on: a text that means the one now means
 * the other only once the first is gone, or may mean either. */
static gboolean
name_passes_on(const DmigPlanner *self, const DmigDependency *dependency)
{
  g_autofree char *path = dmig_address_path(dependency->on);
  const DmigSchema *to = self->changes->to;

  if (dmig_schema_object_at(to, dependency->on) != NULL)
    return FALSE;
  if (dmig_address_kind(dependency->on) == DMIG_OBJECT_ROUTINE)
    return has_routine(to, path);
  return dmig_address_kind(dependency->on) != DMIG_OBJECT_TABLE &&
         dmig_schema_table(to, path) != NULL;
}

static void
react_object(Closure *self, const DmigDependency *dependency, Touch how)
{
  DmigPlanner *planner = self->planner;
  const DmigObject *old = dmig_schema_object_at(planner->changes->renamed, dependency->object);

  if (old == NULL || (how == TOUCH_SHAPE && !minds_shape(old->kind, dependency)))
    return;
  const DmigObject *new = dmig_schema_object_at(planner->changes->to, dependency->object);
  if (how == TOUCH_GONE && find_created(planner, new, DMIG_CHANGE_REPLACE_OBJECT) != NULL &&
      !still_needs(planner, dependency->object, dependency->on) &&
      !name_passes_on(planner, dependency))
    return;
  /* A sequence that a dropped column owns lets go of it first, if it stays. */
  if (old->kind == DMIG_OBJECT_SEQUENCE && dependency->owned)
    return;
  recreate_object(self, old, dependency->object, FALSE);
}

/* Whether a column leaves the enum, and comes back to it, with the enum's own change (enums.c); not where
 * another kind of type takes its place. */
static gboolean
stays_enum(const DmigPlanner *self, const char *address)
{
  g_autofree char *path = dmig_address_path(address);

  return dmig_address_kind(address) == DMIG_OBJECT_ENUM &&
         dmig_schema_enum(self->changes->to, path) != NULL;
}

/* Whether the column is of the type at `address`, and doesn't merely name it in its default. */
static gboolean
is_of_type(const DmigColumn *column, const char *address)
{
  g_autofree char *path = dmig_address_path(address);

  return dmig_sql_mentions(column->type, path);
}

static void
react_column(Closure *self, const DmigDependency *dependency, const DmigTable *old_table,
             const DmigTable *new_table)
{
  DmigPlanner *planner = self->planner;
  const char *name = dmig_address_detail(dependency->object);
  const DmigColumn *old = dmig_table_column(old_table, name);
  const DmigColumn *new = dmig_table_column(new_table, name);

  if (old == NULL || new == NULL ||
      dmig_planner_find(planner, DMIG_CHANGE_DROP_COLUMN, old) != NULL)
    return;
  if (old->generated != DMIG_GENERATED_NONE && new->generated != DMIG_GENERATED_NONE) {
    dmig_planner_recreate_column(planner, old_table, new_table, old, new);
    touch_column(self, old_table, name, TOUCH_GONE);
  } else if (is_type(dmig_address_kind(dependency->on)) && is_of_type(old, dependency->on)) {
    if (stays_enum(planner, dependency->on))
      return;
    dmig_planner_leave_type(planner, old_table, new_table, old, new, dependency->on);
    touch_column(self, old_table, name, TOUCH_SHAPE);
  } else if (dmig_address_kind(dependency->on) == DMIG_OBJECT_COLLATION) {
    dmig_planner_leave_collation(planner, old_table, new_table, old, new);
    touch_column(self, old_table, name, TOUCH_SHAPE);
  } else {
    gboolean comes_back = dmig_schema_object_at(planner->changes->to, dependency->on) != NULL;
    dmig_planner_leave_default(planner, old_table, new_table, old, new, comes_back);
  }
}

static void
react_constraint(Closure *self, const char *name, const DmigTable *old_table,
                 const DmigTable *new_table)
{
  for (guint i = 0; i < old_table->constraints->len; i++) {
    const DmigConstraint *constraint = old_table->constraints->pdata[i];
    if (g_strcmp0(constraint->name, name) == 0)
      dmig_planner_recreate_constraint(self->planner, old_table, new_table, constraint);
  }
}

static void
react_index(Closure *self, const DmigDependency *dependency, const DmigTable *old_table,
            const DmigTable *new_table)
{
  const DmigIndex *index = dmig_table_index(old_table, dmig_address_detail(dependency->object));
  DmigChange *drop = NULL;

  if (index == NULL || (dependency->owned && dmig_planner_detaches(self->planner, old_table)))
    return;
  dmig_planner_recreate_index(self->planner, old_table, new_table, index);
  drop = dmig_planner_find(self->planner, DMIG_CHANGE_DROP_INDEX, index);
  if (dependency->owned) /* it goes with the index of the parent table */
    dmig_planner_remove(self->planner, drop);
}

/* Something of a table that stays. */
static void
react_part(Closure *self, const DmigDependency *dependency, Touch how)
{
  g_autofree char *path = dmig_address_path(dependency->object);
  const DmigTable *old_table = dmig_schema_table(self->planner->changes->renamed, path);
  const DmigTable *new_table = dmig_schema_table(self->planner->changes->to, path);
  g_autofree char *on = dmig_address_path(dependency->on);

  DmigObjectKind kind = dmig_address_kind(dependency->on);
  gboolean row = is_type(kind) || kind == DMIG_OBJECT_COLUMN;

  /* Within a table, dependents.c knows more. */
  if (old_table == NULL || new_table == NULL || strcmp(path, on) == 0 ||
      (how == TOUCH_SHAPE && !(row && dependency->reads)) ||
      (kind == DMIG_OBJECT_COLUMN && !dependency->reads))
    return;
  if (dmig_address_kind(dependency->object) == DMIG_OBJECT_COLUMN)
    react_column(self, dependency, old_table, new_table);
  else if (dmig_address_kind(dependency->object) == DMIG_OBJECT_CONSTRAINT)
    react_constraint(self, dmig_address_detail(dependency->object), old_table, new_table);
  else if (dmig_address_kind(dependency->object) == DMIG_OBJECT_INDEX)
    react_index(self, dependency, old_table, new_table);
}

static void
react(Closure *self, const DmigDependency *dependency, Touch how)
{
  if (dependency->soft)
    return;
  if (dmig_schema_object_at(self->planner->changes->renamed, dependency->object) != NULL)
    react_object(self, dependency, how);
  else
    react_part(self, dependency, how);
}

/* Triggers, rules and policies of a relation that is made again. */
static void
react_to_whole(Closure *self, const char *address, Touch how)
{
  const GPtrArray *objects = self->planner->changes->renamed->objects;
  DmigObjectKind kind = dmig_address_kind(address);
  g_autofree char *path = dmig_address_path(address);

  if (how != TOUCH_GONE && g_hash_table_size(self->planner->rebuilt) == 0)
    return;
  if (kind != DMIG_OBJECT_TABLE && kind != DMIG_OBJECT_VIEW &&
      kind != DMIG_OBJECT_MATERIALIZED_VIEW && kind != DMIG_OBJECT_FOREIGN_TABLE)
    return;
  for (guint i = 0; i < objects->len; i++) {
    const DmigObject *part = objects->pdata[i];
    if (!dmig_object_kind_is_part(part->kind) || strcmp(part->path, path) != 0)
      continue;
    g_autofree char *part_address = dmig_object_address(part);
    recreate_object(self, part, part_address, FALSE);
  }
}

static gboolean
names_touched_column(const Closure *self, const DmigFacet *facet)
{
  for (guint i = 0; facet->needs != NULL && facet->needs[i] != NULL; i++)
    if (dmig_address_kind(facet->needs[i]) == DMIG_OBJECT_COLUMN &&
        g_hash_table_contains(self->touched, facet->needs[i]))
      return TRUE;
  return FALSE;
}

/* Columns that a publication names can't be altered: it lets go of their table meanwhile, and stays
 * itself, for those who follow it. */
static void
let_go_of_columns(Closure *self)
{
  const DmigChanges *changes = self->planner->changes;

  for (guint i = 0; i < changes->to->objects->len; i++) {
    const DmigObject *new = changes->to->objects->pdata[i];
    g_autofree char *address = new->facets != NULL ? dmig_object_address(new) : NULL;
    const DmigObject *old =
        address != NULL ? dmig_schema_object_at(changes->renamed, address) : NULL;
    for (guint j = 0; old != NULL && j < new->facets->len; j++) {
      const DmigFacet *after = new->facets->pdata[j];
      const DmigFacet *before = dmig_facets_find(old->facets, after->name);
      if (before != NULL && before->late && strcmp(before->value, after->value) == 0 &&
          names_touched_column(self, before))
        dmig_planner_say_again(self->planner, address, NULL, before, after);
    }
  }
}

static GHashTable *
users_by_address(const DmigSchema *schema)
{
  GHashTable *users =
      g_hash_table_new_full(g_str_hash, g_str_equal, NULL, (GDestroyNotify) g_ptr_array_unref);
  const GPtrArray *all = dmig_schema_dependencies(schema);

  for (guint i = 0; i < all->len; i++) {
    DmigDependency *dependency = all->pdata[i];
    GPtrArray *list = g_hash_table_lookup(users, dependency->on);
    if (list == NULL) {
      list = g_ptr_array_new();
      g_hash_table_insert(users, dependency->on, list);
    }
    g_ptr_array_add(list, dependency);
  }
  return users;
}

static void
touch_rebuilt(Closure *self)
{
  const GPtrArray *tables = self->planner->changes->renamed->tables;

  for (guint i = 0; i < tables->len && g_hash_table_size(self->planner->rebuilt) > 0; i++) {
    const DmigTable *table = tables->pdata[i];
    if (g_hash_table_contains(self->planner->rebuilt, table->name))
      touch_table(self, table, TOUCH_SHAPE);
  }
}

void
dmig_planner_add_objects(DmigPlanner *self)
{
  g_autoptr(GHashTable) touched = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
  Closure closure = { self, touched, NULL, G_QUEUE_INIT };

  if (self->items->len == 0)
    return;
  for (guint i = 0; i < self->items->len; i++)
    touch_by(&closure, self->items->pdata[i]);
  touch_rebuilt(&closure);
  if (g_queue_is_empty(&closure.queue))
    return;
  closure.users = users_by_address(self->changes->renamed);
  for (char *address = g_queue_pop_head(&closure.queue); address != NULL;
       address = g_queue_pop_head(&closure.queue)) {
    const GPtrArray *users = g_hash_table_lookup(closure.users, address);
    Touch how = (Touch) GPOINTER_TO_INT(g_hash_table_lookup(touched, address));
    react_to_whole(&closure, address, how);
    for (guint i = 0; users != NULL && i < users->len; i++)
      react(&closure, users->pdata[i], how);
  }
  let_go_of_columns(&closure);
  g_hash_table_unref(closure.users);
}
