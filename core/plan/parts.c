/* What comes about by itself, and what must be said again. */
#include <string.h>

#include "core/plan/graph.h"

/* --- what comes about by itself -------------------------------------------------------------- */

static gboolean
drops(const DmigChange *change)
{
  return change->kind == DMIG_CHANGE_DROP_TABLE || change->kind == DMIG_CHANGE_DROP_COLUMN ||
         change->kind == DMIG_CHANGE_DROP_INDEX || change->kind == DMIG_CHANGE_DROP_CONSTRAINT ||
         change->kind == DMIG_CHANGE_DROP_OBJECT;
}

/* A rule that names another table, or a function, which is dropped is in the way of that. */
static gboolean
stands_on_dropped(DmigPlanner *self, const DmigPlanGraph *graph, const DmigObject *rule,
                  const char *address)
{
  const GPtrArray *all = dmig_schema_dependencies(self->changes->renamed);

  for (guint i = 0; rule->kind == DMIG_OBJECT_RULE && i < all->len; i++) {
    const DmigDependency *dependency = all->pdata[i];
    if (dependency->soft || strcmp(dependency->object, address) != 0)
      continue;
    g_autofree char *path = dmig_address_path(dependency->on);
    const DmigChange *taker = dmig_plan_graph_taker(graph, dependency->on);
    gboolean drops = taker != NULL && (taker->kind == DMIG_CHANGE_DROP_TABLE ||
                                       (taker->kind == DMIG_CHANGE_DROP_OBJECT &&
                                        taker->old_object->kind == DMIG_OBJECT_ROUTINE));
    if (drops && strcmp(path, rule->path) != 0)
      return TRUE;
  }
  return FALSE;
}

/* What is not to come back to a view that is made again has to go before the view does. */
static gboolean
must_go_first(const DmigPlanner *self, const char *address, const DmigChange *taker)
{
  return dmig_planner_keeps_dependents(self, taker) &&
         dmig_schema_object_at(self->changes->to, address) == NULL;
}

static void
drop_parts(DmigPlanner *self, const DmigPlanGraph *graph)
{
  for (guint i = self->items->len; i > 0; i--) {
    DmigChange *change = self->items->pdata[i - 1];
    if (change->kind != DMIG_CHANGE_DROP_OBJECT)
      continue;
    g_autofree char *address = dmig_object_address(change->old_object);
    g_autofree char *whole = dmig_address_whole(address);
    const DmigChange *taker = whole != NULL ? dmig_plan_graph_taker(graph, whole) : NULL;
    change->alone |= stands_on_dropped(self, graph, change->old_object, address);
    if (taker != NULL && (drops(taker) || taker->kind == DMIG_CHANGE_REBUILD_TABLE) &&
        !dmig_planner_rebuilds(self, taker) && !change->alone &&
        !must_go_first(self, address, taker))
      g_ptr_array_remove_index(self->items, i - 1);
  }
}

static void
drop_owned(DmigPlanner *self, const DmigPlanGraph *graph)
{
  const GPtrArray *all = dmig_schema_dependencies(self->changes->renamed);

  for (guint i = 0; i < all->len; i++) {
    const DmigDependency *dependency = all->pdata[i];
    DmigChange *object = dependency->owned ? dmig_plan_graph_taker(graph, dependency->object) : NULL;
    /* Partitions go before their parent: what refers to them may stand in the way. */
    if (object != NULL && object->kind == DMIG_CHANGE_DROP_TABLE &&
        !dmig_planner_goes_with_remade(self, object->old_table))
      continue;
    if (object != NULL && object->kind == DMIG_CHANGE_DROP_OBJECT && object->alone)
      continue;
    if (object != NULL && object->kind == DMIG_CHANGE_DROP_TABLE) {
      dmig_planner_remove(self, object);
      g_hash_table_insert(self->goes_with, g_strdup(dependency->object), g_strdup(dependency->on));
      continue;
    }
    const DmigChange *on = object != NULL ? dmig_plan_graph_taker(graph, dependency->on) : NULL;
    if (on == NULL || on == object || !drops(on) || !drops(object) ||
        (object->old_table != NULL && dmig_planner_detaches(self, object->old_table)))
      continue;
    dmig_planner_remove(self, object);
    g_hash_table_insert(self->goes_with, g_strdup(dependency->object), g_strdup(dependency->on));
  }
}

void
dmig_planner_drop_needless(DmigPlanner *self)
{
  dmig_planner_follow_parents(self);
  g_autoptr(DmigPlanGraph) graph = dmig_plan_graph_new(self);
  drop_parts(self, graph);
  drop_owned(self, graph);
}

void
dmig_planner_split_identities(DmigPlanner *self)
{
  guint length = self->items->len;

  for (guint i = 0; i < length && !self->dialect->has.table_rebuilds; i++) {
    DmigChange *change = self->items->pdata[i];
    const DmigColumn *old = change->old_column, *new = change->new_column;
    if (change->kind != DMIG_CHANGE_ALTER_COLUMN || !(change->aspects & DMIG_ASPECT_IDENTITY) ||
        !(change->aspects & DMIG_ASPECT_DEFAULT))
      continue;
    DmigTable *holder = dmig_table_new(change->old_table->name);
    DmigColumn *bare = dmig_column_copy(old);
    g_clear_pointer(&bare->default_sql, g_free);
    g_clear_pointer(&bare->identity_options, g_free);
    bare->identity = DMIG_IDENTITY_NONE;
    g_ptr_array_add(holder->columns, bare);
    g_ptr_array_add(self->tables, holder);

    DmigChange *away =
        dmig_planner_add(self, DMIG_CHANGE_ALTER_COLUMN, change->old_table, change->new_table);
    DmigChange *rest =
        dmig_planner_add(self, DMIG_CHANGE_ALTER_COLUMN, change->old_table, change->new_table);
    away->aspects = old->identity != DMIG_IDENTITY_NONE ? DMIG_ASPECT_IDENTITY : DMIG_ASPECT_DEFAULT;
    away->old_column = old;
    away->new_column = bare;
    rest->aspects = (change->aspects & ~(DMIG_ASPECT_IDENTITY | DMIG_ASPECT_DEFAULT)) |
                    (new->identity != DMIG_IDENTITY_NONE ? DMIG_ASPECT_IDENTITY : 0) |
                    (new->default_sql != NULL ? DMIG_ASPECT_DEFAULT : 0);
    rest->old_column = bare;
    rest->new_column = new;
    rest->fill_sql = g_strdup(change->fill_sql);
    rest->using_sql = g_strdup(change->using_sql);
    dmig_planner_remove(self, change);
    i--;
    length--;
  }
}

/* --- facets of what is made ------------------------------------------------------------------ */

static DmigChange *
add_facet(DmigPlanner *self, DmigChangeKind kind, const char *address, const DmigTable *table)
{
  DmigChange *change = dmig_planner_add(self, kind, table, table);

  change->address = g_strdup(address);
  return change;
}

static void
add_late(DmigPlanner *self, DmigObjectKind kind, const char *path, const char *detail,
         const DmigTable *table, const GPtrArray *facets)
{
  for (guint i = 0; facets != NULL && i < facets->len; i++) {
    const DmigFacet *facet = facets->pdata[i];
    if (!facet->late || facet->created)
      continue;
    g_autofree char *address = dmig_address_new(kind, path, detail);
    add_facet(self, DMIG_CHANGE_SET_FACET, address, table)->new_facet = facet;
  }
}

static void
add_late_of_table(DmigPlanner *self, const DmigTable *table)
{
  const char *path = table->name;

  add_late(self, DMIG_OBJECT_TABLE, path, NULL, table, table->facets);
  for (guint i = 0; i < table->columns->len; i++) {
    const DmigColumn *column = table->columns->pdata[i];
    add_late(self, DMIG_OBJECT_COLUMN, path, column->name, table, column->facets);
  }
  for (guint i = 0; i < table->constraints->len; i++) {
    const DmigConstraint *constraint = table->constraints->pdata[i];
    add_late(self, DMIG_OBJECT_CONSTRAINT, path, constraint->name, table, constraint->facets);
  }
  for (guint i = 0; i < table->indexes->len; i++) {
    const DmigIndex *index = table->indexes->pdata[i];
    add_late(self, DMIG_OBJECT_INDEX, path, index->name, table, index->facets);
  }
}

static void
add_late_of(DmigPlanner *self, const DmigChange *change)
{
  const DmigTable *table = change->new_table;

  if (change->kind == DMIG_CHANGE_CREATE_OBJECT)
    add_late(self, change->new_object->kind, change->new_object->path, change->new_object->detail,
             NULL, change->new_object->facets);
  else if (change->kind == DMIG_CHANGE_CREATE_TABLE || change->kind == DMIG_CHANGE_REBUILD_TABLE)
    add_late_of_table(self, table);
  else if (change->kind == DMIG_CHANGE_ADD_COLUMN)
    add_late(self, DMIG_OBJECT_COLUMN, table->name, change->new_column->name, table,
             change->new_column->facets);
  else if (change->kind == DMIG_CHANGE_ADD_CONSTRAINT)
    add_late(self, DMIG_OBJECT_CONSTRAINT, table->name, change->new_constraint->name, table,
             change->new_constraint->facets);
  else if (change->kind == DMIG_CHANGE_CREATE_INDEX)
    add_late(self, DMIG_OBJECT_INDEX, table->name, change->new_index->name, table,
             change->new_index->facets);
  else if (change->kind == DMIG_CHANGE_CREATE_ENUM)
    add_late(self, DMIG_OBJECT_ENUM, change->new_enum->name, NULL, NULL, change->new_enum->facets);
}

static gboolean
makes(const DmigChange *change)
{
  return change->kind == DMIG_CHANGE_CREATE_TABLE || change->kind == DMIG_CHANGE_REBUILD_TABLE ||
         change->kind == DMIG_CHANGE_ADD_COLUMN || change->kind == DMIG_CHANGE_ADD_CONSTRAINT ||
         change->kind == DMIG_CHANGE_CREATE_INDEX || change->kind == DMIG_CHANGE_CREATE_OBJECT ||
         change->kind == DMIG_CHANGE_CREATE_ENUM;
}

static gboolean
is_made(const DmigPlanGraph *graph, const char *address)
{
  const DmigChange *maker = dmig_plan_graph_maker(graph, address);

  return maker != NULL && makes(maker);
}

/* Whether the facet of `change` comes with what makes the object: not with a table whose constraint comes
 * later, from its parents. */
static gboolean
is_made_with_facet(const DmigPlanGraph *graph, const DmigChange *change)
{
  const DmigChange *maker = dmig_plan_graph_maker(graph, change->address);
  gboolean table = maker != NULL && (maker->kind == DMIG_CHANGE_CREATE_TABLE ||
                                     maker->kind == DMIG_CHANGE_REBUILD_TABLE);

  if (table && dmig_address_kind(change->address) == DMIG_OBJECT_CONSTRAINT)
    return dmig_table_constraint(maker->new_table, dmig_address_detail(change->address)) != NULL;
  return maker != NULL && makes(maker);
}

/* What is made again comes with its facets. A reset before it goes stays: it may be what lets it. */
static void
remove_facets_of_made(DmigPlanner *self, const DmigPlanGraph *graph)
{
  for (guint i = self->items->len; i > 0; i--) {
    const DmigChange *change = self->items->pdata[i - 1];
    if (change->kind == DMIG_CHANGE_SET_FACET && is_made_with_facet(graph, change))
      g_ptr_array_remove_index(self->items, i - 1);
    else if (change->kind == DMIG_CHANGE_RESET_FACET && is_made_with_facet(graph, change) &&
             change->old_facet->needs == NULL)
      g_ptr_array_remove_index(self->items, i - 1);
  }
}

static gboolean
sets_facet(const DmigPlanner *self, const char *address, const char *name)
{
  for (guint i = 0; i < self->items->len; i++) {
    const DmigChange *change = self->items->pdata[i];
    if (change->kind == DMIG_CHANGE_SET_FACET && strcmp(change->new_facet->name, name) == 0 &&
        strcmp(change->address, address) == 0)
      return TRUE;
  }
  return FALSE;
}

/* What another facet of the object brings as it is set. */
static void
remove_facets_brought(DmigPlanner *self)
{
  g_autoptr(GPtrArray) brought = g_ptr_array_new();

  for (guint i = 0; i < self->items->len; i++) {
    DmigChange *change = self->items->pdata[i];
    if (change->kind == DMIG_CHANGE_SET_FACET && change->new_facet->said_by != NULL)
      g_ptr_array_add(brought, change);
  }
  for (guint i = 0; i < brought->len; i++) {
    DmigChange *change = brought->pdata[i];
    if (sets_facet(self, change->address, change->new_facet->said_by))
      g_ptr_array_remove(self->items, change);
  }
}

void
dmig_planner_say_again(DmigPlanner *self, const char *address, const DmigTable *table,
                       const DmigFacet *before, const DmigFacet *after)
{
  if (sets_facet(self, address, after->name))
    return;
  if (before->reset != NULL)
    add_facet(self, DMIG_CHANGE_RESET_FACET, address, table)->old_facet = before;
  add_facet(self, DMIG_CHANGE_SET_FACET, address, table)->new_facet = after;
}

/* A facet that stays as it is, but names something that is made again. */
static void
say_again(DmigPlanner *self, const DmigPlanGraph *graph, const char *address, const DmigTable *table,
          const GPtrArray *old, const GPtrArray *new)
{
  if (is_made(graph, address))
    return;
  for (guint i = 0; new != NULL && i < new->len; i++) {
    const DmigFacet *after = new->pdata[i];
    const DmigFacet *before = dmig_facets_find(old, after->name);
    gboolean again = FALSE;
    if (before == NULL || after->needs == NULL || strcmp(before->value, after->value) != 0)
      continue;
    for (guint j = 0; after->needs[j] != NULL; j++)
      again |= is_made(graph, after->needs[j]);
    if (again)
      dmig_planner_say_again(self, address, table, before, after);
  }
}

static void
say_again_of_parts(DmigPlanner *self, const DmigPlanGraph *graph, const DmigTable *old,
                   const DmigTable *new)
{
  for (guint i = 0; i < new->indexes->len; i++) {
    const DmigIndex *index = new->indexes->pdata[i];
    const DmigIndex *before = index->facets != NULL ? dmig_table_index(old, index->name) : NULL;
    if (before == NULL)
      continue;
    g_autofree char *address = dmig_address_new(DMIG_OBJECT_INDEX, new->name, index->name);
    say_again(self, graph, address, new, before->facets, index->facets);
  }
  for (guint i = 0; i < new->constraints->len; i++) {
    const DmigConstraint *constraint = new->constraints->pdata[i];
    const DmigConstraint *before = constraint->facets != NULL && constraint->name != NULL
                                       ? dmig_table_constraint(old, constraint->name)
                                       : NULL;
    if (before == NULL)
      continue;
    g_autofree char *address =
        dmig_address_new(DMIG_OBJECT_CONSTRAINT, new->name, constraint->name);
    say_again(self, graph, address, new, before->facets, constraint->facets);
  }
}

static void
say_again_of_tables(DmigPlanner *self, const DmigPlanGraph *graph)
{
  const DmigSchema *to = self->changes->to;

  for (guint i = 0; i < to->tables->len; i++) {
    const DmigTable *new = to->tables->pdata[i];
    const DmigTable *old = dmig_schema_table(self->changes->renamed, new->name);
    if (old == NULL)
      continue;
    if (new->facets != NULL) {
      g_autofree char *address = dmig_address_new(DMIG_OBJECT_TABLE, new->name, NULL);
      say_again(self, graph, address, new, old->facets, new->facets);
    }
    say_again_of_parts(self, graph, old, new);
  }
}

void
dmig_planner_add_facets(DmigPlanner *self)
{
  g_autoptr(DmigPlanGraph) graph = dmig_plan_graph_new(self);
  const DmigSchema *to = self->changes->to;
  guint length = 0;

  if (self->items->len == 0)
    return;
  remove_facets_of_made(self, graph);
  remove_facets_brought(self);
  length = self->items->len;
  for (guint i = 0; i < length; i++)
    add_late_of(self, self->items->pdata[i]);
  say_again_of_tables(self, graph);
  for (guint i = 0; i < to->objects->len; i++) {
    const DmigObject *new = to->objects->pdata[i];
    g_autofree char *address = new->facets != NULL ? dmig_object_address(new) : NULL;
    const DmigObject *old =
        address != NULL ? dmig_schema_object_at(self->changes->renamed, address) : NULL;
    if (old != NULL)
      say_again(self, graph, address, NULL, old->facets, new->facets);
  }
}
