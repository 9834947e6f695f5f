/* Which change makes, and which takes, what is at an address. */
#include <string.h>

#include "core/plan/graph_private.h"

static void
remember_facet(DmigPlanGraph *self, DmigChange *change)
{
  GPtrArray *changes = g_hash_table_lookup(self->facets, change->address);

  if (changes == NULL) {
    changes = g_ptr_array_new();
    g_hash_table_insert(self->facets, change->address, changes);
  }
  g_ptr_array_add(changes, change);
}

static char *
part_address(DmigObjectKind kind, const DmigTable *table, const char *name)
{
  return name != NULL ? dmig_address_new(kind, table->name, name) : NULL;
}

static gboolean
is_comment(const DmigChange *change)
{
  return change->kind == DMIG_CHANGE_COMMENT_ENUM || change->kind == DMIG_CHANGE_COMMENT_TABLE ||
         change->kind == DMIG_CHANGE_COMMENT_COLUMN;
}

/* The address that `change` makes, on the new side, or takes, on the old one. NULL: none. Owned. */
static char *
address_of(const DmigChange *change, gboolean old)
{
  const DmigTable *table = old ? change->old_table : change->new_table;
  const DmigColumn *column = old ? change->old_column : change->new_column;
  const DmigConstraint *constraint = old ? change->old_constraint : change->new_constraint;
  const DmigIndex *index = old ? change->old_index : change->new_index;
  const DmigObject *object = old ? change->old_object : change->new_object;
  const DmigEnum *type = old ? change->old_enum : change->new_enum;

  if (table == NULL)
    table = old ? change->new_table : change->old_table;
  if (object != NULL)
    return dmig_object_address(object);
  if (column != NULL)
    return part_address(DMIG_OBJECT_COLUMN, table, column->name);
  if (constraint != NULL)
    return part_address(DMIG_OBJECT_CONSTRAINT, table, constraint->name);
  if (index != NULL)
    return part_address(DMIG_OBJECT_INDEX, table, index->name);
  if (type != NULL)
    return dmig_address_new(DMIG_OBJECT_ENUM, type->name, NULL);
  if (change->kind == (old ? DMIG_CHANGE_DROP_TABLE : DMIG_CHANGE_CREATE_TABLE) ||
      change->kind == DMIG_CHANGE_REBUILD_TABLE)
    return dmig_address_new(DMIG_OBJECT_TABLE, table->name, NULL);
  return NULL;
}

static gboolean
is_rename(const DmigChange *change)
{
  return change->kind == DMIG_CHANGE_RENAME_TABLE || change->kind == DMIG_CHANGE_RENAME_COLUMN ||
         change->kind == DMIG_CHANGE_RENAME_ENUM || change->kind == DMIG_CHANGE_RENAME_OBJECT;
}

/* The first change of a table that is rebuilt stands for the rebuild. */
static void
remember_rebuild(DmigPlanGraph *self, DmigChange *change)
{
  g_autofree char *key = g_strconcat("=", change->new_table->name, NULL);

  if (g_hash_table_contains(self->makers, key))
    return;
  g_hash_table_insert(self->makers, g_strdup(key), change);
  g_hash_table_insert(self->takers, g_steal_pointer(&key), change);
}

/* The sequence behind an identity, by the name that the database gives it (PostgreSQL manual, ALTER
 * TABLE: it is chosen as for serial columns). */
static void
remember_identity(DmigPlanGraph *self, DmigChange *change)
{
  const DmigTable *table = change->new_table;
  const DmigColumn *column = change->new_column != NULL ? change->new_column : change->old_column;

  if (change->kind != DMIG_CHANGE_ALTER_COLUMN || !(change->aspects & DMIG_ASPECT_IDENTITY))
    return;
  g_autofree char *name =
      g_strdup_printf("%s_%s_seq", dmig_path_name(table->name), column->name);
  g_autofree char *path = dmig_path_sibling(table->name, name);
  if (change->new_column->identity != DMIG_IDENTITY_NONE)
    g_hash_table_insert(self->makers, g_strconcat("=", path, NULL), change);
  if (change->old_column->identity != DMIG_IDENTITY_NONE)
    g_hash_table_insert(self->takers, g_strconcat("=", path, NULL), change);
}

/* A type that is made anew takes the columns of the type along. */
static void
remember_users(DmigPlanGraph *self, DmigChange *change)
{
  for (guint i = 0; change->users != NULL && i < change->users->len; i++) {
    const DmigChange *user = change->users->pdata[i];
    g_autofree char *column =
        part_address(DMIG_OBJECT_COLUMN, user->old_table, user->old_column->name);
    if (!g_hash_table_contains(self->takers, column))
      g_hash_table_insert(self->takers, g_strdup(column), change);
    if (!g_hash_table_contains(self->makers, column))
      g_hash_table_insert(self->makers, g_steal_pointer(&column), change);
  }
}

/* A column that comes, goes or gets a type does so in all tables below, too. */
static void
remember_below(DmigPlanGraph *self, DmigChange *change)
{
  const DmigChanges *changes = self->planner->changes;
  gboolean adds = change->kind == DMIG_CHANGE_ADD_COLUMN;
  gboolean drops = change->kind == DMIG_CHANGE_DROP_COLUMN;
  gboolean alters = change->kind == DMIG_CHANGE_ALTER_COLUMN &&
                    (change->aspects & (DMIG_ASPECT_TYPE | DMIG_ASPECT_COLLATION)) != 0;
  const DmigSchema *schema = drops ? changes->renamed : changes->to;
  const DmigTable *parent = drops ? change->old_table : change->new_table;
  const DmigColumn *changed = drops ? change->old_column : change->new_column;

  if ((!adds && !drops && !alters) || !parent->has_children)
    return;
  for (guint i = 0; i < schema->tables->len; i++) {
    const DmigTable *table = schema->tables->pdata[i];
    const DmigColumn *column = dmig_table_column(table, changed->name);
    if (column == NULL || !column->inherited || !dmig_planner_descends(schema, table, parent->name))
      continue;
    g_autofree char *address = part_address(DMIG_OBJECT_COLUMN, table, column->name);
    if (!drops)
      g_hash_table_insert(self->made_above, g_strdup(address), change);
    if (!adds && !g_hash_table_contains(self->taken_above, address))
      g_hash_table_insert(self->taken_above, g_steal_pointer(&address), change);
  }
}

void
dmig_plan_graph_collect(DmigPlanGraph *self)
{
  const DmigPlanner *planner = self->planner;

  for (guint i = 0; i < planner->items->len; i++) {
    DmigChange *change = planner->items->pdata[i];
    /* The old side has the new names already, and what is renamed was there before. */
    if (change->address != NULL)
      remember_facet(self, change);
    if (is_rename(change) || is_comment(change) || change->address != NULL)
      continue;
    if (dmig_planner_rebuilds(planner, change)) {
      remember_rebuild(self, change);
      continue;
    }
    remember_identity(self, change);
    remember_users(self, change);
    remember_below(self, change);
    g_autofree char *made = address_of(change, FALSE);
    g_autofree char *taken = address_of(change, TRUE);
    if (made != NULL)
      g_hash_table_insert(self->makers, dmig_plan_graph_key(made), change);
    g_autofree char *key = taken != NULL ? dmig_plan_graph_key(taken) : NULL;
    if (key != NULL && !g_hash_table_contains(self->takers, key))
      g_hash_table_insert(self->takers, g_steal_pointer(&key), change);
  }
}
