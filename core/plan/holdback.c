/* Circles. What is replaced in place and would wait for itself is dropped and made again instead.
 * Tables are made and dropped whole where nothing speaks against it; two things do: a part that calls
 * what in its turn reads the table, and keys of a partitioned table, which its partitions must not
 * meet before they are attached. */
#include <string.h>

#include "core/plan/graph.h"

typedef struct {
  DmigPlanner *planner;
  const DmigPlanGraph *graph;
  GHashTable *needs; /* address -> GPtrArray of addresses that it depends on; borrowed */
  gboolean old;
} Circles;

static const DmigChange *
change_at(const Circles *self, const char *address)
{
  return self->old ? dmig_plan_graph_taker(self->graph, address)
                   : dmig_plan_graph_maker(self->graph, address);
}

/* Whether what is at `address` needs the table that `change` makes or takes, over others. */
static gboolean
leads_to(const Circles *self, const char *address, const DmigChange *change, GHashTable *seen)
{
  const GPtrArray *needs = g_hash_table_lookup(self->needs, address);
  const DmigChange *here = change_at(self, address);

  if (here == NULL || !g_hash_table_add(seen, (gpointer) address))
    return FALSE;
  if (here == change)
    return TRUE;
  for (guint i = 0; needs != NULL && i < needs->len; i++)
    if (leads_to(self, needs->pdata[i], change, seen))
      return TRUE;
  return FALSE;
}

DmigTable *
dmig_planner_reduce_table(DmigPlanner *self, DmigChange *change)
{
  DmigTable *reduced = dmig_table_copy(change->new_table);
  DmigChange *instead = dmig_planner_add(self, change->kind, change->old_table, reduced);
  guint place = 0;

  g_ptr_array_add(self->tables, reduced);
  g_ptr_array_find(self->items, change, &place);
  self->items->pdata[place] = instead;
  g_ptr_array_set_size(self->items, (int) self->items->len - 1);
  return reduced;
}

DmigChange *
dmig_planner_maker_of_table(DmigPlanner *self, const char *name)
{
  for (guint i = 0; i < self->items->len; i++) {
    DmigChange *change = self->items->pdata[i];
    if ((change->kind == DMIG_CHANGE_CREATE_TABLE || change->kind == DMIG_CHANGE_REBUILD_TABLE) &&
        strcmp(change->new_table->name, name) == 0)
      return change;
  }
  return NULL;
}

/* --- circles --------------------------------------------------------------------------------- */

void
dmig_planner_hold_constraint(DmigPlanner *self, const char *table, const char *name)
{
  DmigChange *change = dmig_planner_maker_of_table(self, table);
  const DmigTable *full = dmig_schema_table(self->changes->to, table);

  if (dmig_table_constraint(change->new_table, name) == NULL)
    return;
  for (guint i = 0; i < full->constraints->len; i++) {
    const DmigConstraint *constraint = full->constraints->pdata[i];
    if (g_strcmp0(constraint->name, name) != 0)
      continue;
    DmigTable *reduced = dmig_planner_reduce_table(self, change);
    for (guint j = reduced->constraints->len; j > 0; j--)
      if (g_strcmp0(((DmigConstraint *) reduced->constraints->pdata[j - 1])->name, name) == 0)
        g_ptr_array_remove_index(reduced->constraints, j - 1);
    dmig_planner_add(self, DMIG_CHANGE_ADD_CONSTRAINT, full, full)->new_constraint = constraint;
    return;
  }
}

static void
set_default_later(DmigPlanner *self, DmigChange *change, const char *name)
{
  const DmigTable *full = dmig_schema_table(self->changes->to, change->new_table->name);
  const DmigColumn *column = dmig_table_column(full, name);

  if (column == NULL || column->default_sql == NULL)
    return;
  DmigTable *reduced = dmig_planner_reduce_table(self, change);
  DmigColumn *bare = dmig_table_column(reduced, name);
  g_clear_pointer(&bare->default_sql, g_free);
  DmigChange *later = dmig_planner_add(self, DMIG_CHANGE_ALTER_COLUMN, full, full);
  later->aspects = DMIG_ASPECT_DEFAULT;
  later->old_column = bare;
  later->new_column = column;
}

static void
create_index_later(DmigPlanner *self, DmigChange *change, const char *name)
{
  const DmigTable *full = dmig_schema_table(self->changes->to, change->new_table->name);
  const DmigIndex *index = dmig_table_index(full, name);

  if (index == NULL)
    return;
  DmigTable *reduced = dmig_planner_reduce_table(self, change);
  for (guint i = reduced->indexes->len; i > 0; i--)
    if (strcmp(((DmigIndex *) reduced->indexes->pdata[i - 1])->name, name) == 0)
      g_ptr_array_remove_index(reduced->indexes, i - 1);
  dmig_planner_add(self, DMIG_CHANGE_CREATE_INDEX, full, full)->new_index = index;
}

static void
make_later(DmigPlanner *self, const char *address)
{
  g_autofree char *path = dmig_address_path(address);
  DmigChange *change = dmig_planner_maker_of_table(self, path);

  if (change == NULL)
    return;
  if (dmig_address_kind(address) == DMIG_OBJECT_CONSTRAINT)
    dmig_planner_hold_constraint(self, path, dmig_address_detail(address));
  else if (dmig_address_kind(address) == DMIG_OBJECT_INDEX)
    create_index_later(self, change, dmig_address_detail(address));
  else if (dmig_address_kind(address) == DMIG_OBJECT_COLUMN)
    set_default_later(self, change, dmig_address_detail(address));
}

static void
take_default_first(DmigPlanner *self, const DmigTable *table, const DmigColumn *column)
{
  DmigTable *holder = dmig_table_new(table->name);
  DmigColumn *bare = dmig_column_copy(column);
  DmigChange *change = NULL;

  g_clear_pointer(&bare->default_sql, g_free);
  g_ptr_array_add(holder->columns, bare);
  g_ptr_array_add(self->tables, holder);
  change = dmig_planner_add(self, DMIG_CHANGE_ALTER_COLUMN, table, table);
  change->aspects = DMIG_ASPECT_DEFAULT;
  change->old_column = column;
  change->new_column = bare;
}

static void
take_first(DmigPlanner *self, const char *address)
{
  g_autofree char *path = dmig_address_path(address);
  const DmigTable *table = dmig_schema_table(self->changes->renamed, path);
  const DmigObject *object = dmig_schema_object_at(self->changes->renamed, address);
  const char *name = dmig_address_detail(address);

  if (object != NULL) {
    DmigChange *drop = dmig_planner_find(self, DMIG_CHANGE_DROP_OBJECT, object);
    if (drop != NULL)
      drop->alone = TRUE;
  } else if (table != NULL && dmig_address_kind(address) == DMIG_OBJECT_COLUMN) {
    const DmigColumn *column = dmig_table_column(table, name);
    if (column != NULL && column->default_sql != NULL)
      take_default_first(self, table, column);
  } else if (table != NULL && dmig_address_kind(address) == DMIG_OBJECT_INDEX) {
    const DmigIndex *index = dmig_table_index(table, name);
    if (index != NULL && dmig_planner_find(self, DMIG_CHANGE_DROP_INDEX, index) == NULL)
      dmig_planner_add(self, DMIG_CHANGE_DROP_INDEX, table, NULL)->old_index = index;
  } else if (table != NULL && dmig_address_kind(address) == DMIG_OBJECT_CONSTRAINT) {
    for (guint i = 0; i < table->constraints->len; i++) {
      const DmigConstraint *constraint = table->constraints->pdata[i];
      if (g_strcmp0(constraint->name, name) == 0 && !dmig_planner_drops(self, constraint))
        dmig_planner_add(self, DMIG_CHANGE_DROP_CONSTRAINT, table, NULL)->old_constraint =
            constraint;
    }
  }
}

/* Addresses of parts of tables that lead back to the table. Owned. */
static GPtrArray *
find_circles(DmigPlanner *self, gboolean old)
{
  const DmigSchema *schema = old ? self->changes->renamed : self->changes->to;
  const GPtrArray *all = dmig_schema_dependencies(schema);
  g_autoptr(DmigPlanGraph) graph = dmig_plan_graph_new(self);
  g_autoptr(GHashTable) needs = dmig_plan_needs(schema, TRUE);
  Circles circles = { self, graph, needs, old };
  GPtrArray *found = g_ptr_array_new_with_free_func(g_free);

  for (guint i = 0; i < all->len; i++) {
    const DmigDependency *dependency = all->pdata[i];
    const DmigChange *change = NULL;
    if (dependency->soft || dependency->owned ||
        !dmig_object_kind_is_part(dmig_address_kind(dependency->object)))
      continue;
    g_autofree char *whole = dmig_address_whole(dependency->object);
    change = change_at(&circles, whole);
    if (change == NULL || change == change_at(&circles, dependency->on))
      continue;
    if (change->kind != (old ? DMIG_CHANGE_DROP_TABLE : DMIG_CHANGE_CREATE_TABLE) &&
        change->kind != DMIG_CHANGE_REBUILD_TABLE)
      continue;
    g_autoptr(GHashTable) seen = g_hash_table_new(g_str_hash, g_str_equal);
    if (leads_to(&circles, dependency->on, change, seen) &&
        !g_ptr_array_find_with_equal_func(found, dependency->object, g_str_equal, NULL))
      g_ptr_array_add(found, g_strdup(dependency->object));
  }
  return found;
}

/* --- partitioned tables ---------------------------------------------------------------------- */

static gboolean
is_key(const DmigConstraint *constraint)
{
  return constraint->kind == DMIG_CONSTRAINT_PRIMARY_KEY ||
         constraint->kind == DMIG_CONSTRAINT_UNIQUE ||
         constraint->kind == DMIG_CONSTRAINT_EXCLUSION;
}

static gboolean
has_keys(const DmigTable *table)
{
  for (guint i = 0; i < table->constraints->len; i++)
    if (is_key(table->constraints->pdata[i]))
      return TRUE;
  return table->indexes->len > 0;
}

/* A partition that is attached takes any index of its own for one of the parent's that looks alike, so
 * that the parent gets its own afterwards, and they are put together by name. */
static void
add_keys_later(DmigPlanner *self, DmigChange *change)
{
  const DmigTable *full = dmig_schema_table(self->changes->to, change->new_table->name);
  DmigTable *reduced = dmig_planner_reduce_table(self, change);

  g_ptr_array_set_size(reduced->indexes, 0);
  for (guint i = reduced->constraints->len; i > 0; i--)
    if (is_key(reduced->constraints->pdata[i - 1]))
      g_ptr_array_remove_index(reduced->constraints, i - 1);
  for (guint i = 0; i < full->constraints->len; i++) {
    const DmigConstraint *constraint = full->constraints->pdata[i];
    if (is_key(constraint))
      dmig_planner_add(self, DMIG_CHANGE_ADD_CONSTRAINT, full, full)->new_constraint = constraint;
  }
  for (guint i = 0; i < full->indexes->len; i++)
    dmig_planner_add(self, DMIG_CHANGE_CREATE_INDEX, full, full)->new_index =
        full->indexes->pdata[i];
}

/* --- replacements ---------------------------------------------------------------------------- */

static DmigChange *
find_circular_replacement(DmigPlanner *self)
{
  g_autoptr(DmigPlanGraph) graph = dmig_plan_graph_new(self);

  for (guint i = 0; i < self->items->len; i++) {
    DmigChange *change = self->items->pdata[i];
    if (change->kind == DMIG_CHANGE_REPLACE_OBJECT && dmig_plan_graph_waits(graph, change, change))
      return change;
  }
  return NULL;
}

static gboolean
replaces_any(const DmigPlanner *self)
{
  for (guint i = 0; i < self->items->len; i++)
    if (((DmigChange *) self->items->pdata[i])->kind == DMIG_CHANGE_REPLACE_OBJECT)
      return TRUE;
  return FALSE;
}

static void
break_replacements(DmigPlanner *self)
{
  DmigChange *change = NULL;

  while (replaces_any(self) && (change = find_circular_replacement(self)) != NULL) {
    dmig_planner_add(self, DMIG_CHANGE_DROP_OBJECT, NULL, NULL)->old_object = change->old_object;
    dmig_planner_add(self, DMIG_CHANGE_CREATE_OBJECT, NULL, NULL)->new_object = change->new_object;
    dmig_planner_remove(self, change);
    dmig_planner_add_objects(self);
  }
}

void
dmig_planner_hold_back(DmigPlanner *self)
{
  guint length = 0;

  if (self->dialect->has.table_rebuilds)
    return;
  break_replacements(self);
  length = self->items->len;
  for (guint i = 0; i < length; i++) {
    DmigChange *change = self->items->pdata[i];
    if ((change->kind == DMIG_CHANGE_CREATE_TABLE || change->kind == DMIG_CHANGE_REBUILD_TABLE) &&
        change->new_table->partition_by != NULL && has_keys(change->new_table))
      add_keys_later(self, change);
  }
  g_autoptr(GPtrArray) made = find_circles(self, FALSE);
  for (guint i = 0; i < made->len; i++)
    make_later(self, made->pdata[i]);
  g_autoptr(GPtrArray) taken = find_circles(self, TRUE);
  for (guint i = 0; i < taken->len; i++)
    take_first(self, taken->pdata[i]);
}
