/* Edges that no dependency of a schema tells: facets and what they name, parts and their whole, parents
 * and partitions, functions of one name, references. */
#include <string.h>

#include "core/plan/graph_private.h"

static void
link_part(DmigPlanGraph *self, DmigChange *change)
{
  const DmigObject *object = change->new_object != NULL ? change->new_object : change->old_object;
  g_autofree char *address = dmig_object_address(object);
  g_autofree char *whole = dmig_plan_graph_key_of_whole(address);

  if (whole == NULL)
    return;
  if (change->kind == DMIG_CHANGE_CREATE_OBJECT)
    dmig_plan_graph_add_edge(self->before, change, g_hash_table_lookup(self->makers, whole));
  else if (change->kind == DMIG_CHANGE_DROP_OBJECT)
    dmig_plan_graph_add_edge(self->before, g_hash_table_lookup(self->takers, whole), change);
}

static void
link_facet(DmigPlanGraph *self, DmigChange *change)
{
  const DmigFacet *facet = change->new_facet != NULL ? change->new_facet : change->old_facet;

  if (change->new_facet != NULL) {
    dmig_plan_graph_add_edge(self->before, change, dmig_plan_graph_resolve(self->makers, change->address));
  } else {
    DmigChange *taker = dmig_plan_graph_resolve(self->takers, change->address);
    if (taker != NULL)
      dmig_plan_graph_add_edge(self->before, taker, change);
  }
  for (guint i = 0; facet->needs != NULL && facet->needs[i] != NULL; i++) {
    if (change->new_facet != NULL) {
      dmig_plan_graph_add_edge(self->before, change, dmig_plan_graph_resolve(self->makers, facet->needs[i]));
    } else {
      DmigChange *taker = dmig_plan_graph_resolve(self->takers, facet->needs[i]);
      if (taker != NULL)
        dmig_plan_graph_add_edge(self->before, taker, change);
    }
  }
}

static gboolean
waits_for_others(const DmigPlanGraph *self, const DmigChange *drop)
{
  const GPtrArray *before = g_hash_table_lookup(self->before, drop);

  for (guint i = 0; before != NULL && i < before->len; i++) {
    const DmigChange *other = before->pdata[i];
    if (other->kind != DMIG_CHANGE_DROP_OBJECT && other->kind != DMIG_CHANGE_DROP_CONSTRAINT &&
        other->kind != DMIG_CHANGE_DROP_INDEX && other->kind != DMIG_CHANGE_DROP_TABLE)
      return TRUE;
  }
  return FALSE;
}

/* Two functions of one name may make a call of either ambiguous: the one that goes does so first,
 * unless what calls it must turn to the other one before. */
static void
link_routines(DmigPlanGraph *self)
{
  g_autoptr(GHashTable) dropped = g_hash_table_new(g_str_hash, g_str_equal);
  const GPtrArray *items = self->planner->items;

  for (guint i = 0; i < items->len; i++) {
    DmigChange *change = items->pdata[i];
    if (change->kind == DMIG_CHANGE_DROP_OBJECT &&
        change->old_object->kind == DMIG_OBJECT_ROUTINE && !waits_for_others(self, change))
      g_hash_table_insert(dropped, change->old_object->path, change);
  }
  for (guint i = 0; i < items->len && g_hash_table_size(dropped) > 0; i++) {
    DmigChange *change = items->pdata[i];
    if (change->kind == DMIG_CHANGE_CREATE_OBJECT &&
        change->new_object->kind == DMIG_OBJECT_ROUTINE)
      dmig_plan_graph_add_edge(self->before, change, g_hash_table_lookup(dropped, change->new_object->path));
  }
}

static gboolean
alters_columns(const DmigChange *change, const char *table)
{
  return (change->kind == DMIG_CHANGE_ADD_COLUMN || change->kind == DMIG_CHANGE_ALTER_COLUMN) &&
         strcmp(change->new_table->name, table) == 0;
}

/* A partition that goes leaves its bounds to another. */
static gboolean
makes_room(DmigPlanner *planner, const DmigChange *change, const char *parent)
{
  return change->kind == DMIG_CHANGE_DROP_TABLE && change->old_table->parents != NULL &&
         g_strv_contains((const char *const *) change->old_table->parents, parent) &&
         !g_hash_table_contains(planner->remade, parent) &&
         !dmig_planner_detaches(planner, change->old_table);
}

/* A table joins a parent that has its columns already, and leaves one before that gets others; and it
 * joins the new one before it leaves the old. */
static void
link_parent(DmigPlanGraph *self, DmigChange *change)
{
  const DmigFacet *facet = change->new_facet != NULL ? change->new_facet : change->old_facet;
  const GPtrArray *facets = NULL;
  g_autofree char *parent = NULL;

  if (!facet->attaches || dmig_address_kind(change->address) != DMIG_OBJECT_TABLE)
    return;
  parent = dmig_address_path(facet->needs[0]);
  for (guint i = 0; i < self->planner->items->len; i++) {
    DmigChange *other = self->planner->items->pdata[i];
    if (change->new_facet != NULL && makes_room(self->planner, other, parent))
      dmig_plan_graph_add_edge(self->before, change, other);
    if (!alters_columns(other, parent))
      continue;
    if (change->new_facet != NULL)
      dmig_plan_graph_add_edge(self->before, change, other);
    else
      dmig_plan_graph_add_edge(self->before, other, change);
  }
  facets = g_hash_table_lookup(self->facets, change->address);
  for (guint i = 0; change->new_facet == NULL && !facet->replaces && i < facets->len; i++) {
    DmigChange *other = facets->pdata[i];
    if (other->new_facet != NULL && other->new_facet->attaches)
      dmig_plan_graph_add_edge(self->before, change, other);
  }
}

/* What a partition that leaves its parent keeps of it is its own, and can be dropped, only then. And a
 * table joins a parent with the keys that it is to have, or it gets others. */
static void
link_partitions(DmigPlanGraph *self, DmigChange *change)
{
  g_autofree char *address = NULL;
  const GPtrArray *facets = NULL;
  gboolean drops = change->kind == DMIG_CHANGE_DROP_CONSTRAINT;
  const DmigTable *table = drops ? change->old_table : change->new_table;

  if (drops ? change->old_constraint->kind != DMIG_CONSTRAINT_FOREIGN_KEY ||
                  g_ptr_array_find(table->constraints, change->old_constraint, NULL)
            : change->kind != DMIG_CHANGE_CREATE_INDEX && change->kind != DMIG_CHANGE_ADD_CONSTRAINT)
    return;
  if (!drops && !dmig_planner_hangs_on_parent(change->new_constraint != NULL ? change->new_constraint->facets
                                                            : change->new_index->facets))
    return;
  address = dmig_address_new(DMIG_OBJECT_TABLE, table->name, NULL);
  facets = g_hash_table_lookup(self->facets, address);
  for (guint i = 0; facets != NULL && i < facets->len; i++) {
    DmigChange *facet = facets->pdata[i];
    if (drops && facet->kind == DMIG_CHANGE_RESET_FACET)
      dmig_plan_graph_add_edge(self->before, change, facet);
    else if (!drops && facet->new_facet != NULL && facet->new_facet->attaches &&
             facet->new_facet->replaces && table->partition_by == NULL)
      dmig_plan_graph_add_edge(self->before, facet, change);
  }
}

/* A reference is dropped before the table it points at. */
static void
link_reference(DmigPlanGraph *self, DmigChange *change)
{
  const DmigConstraint *constraint = change->old_constraint;
  DmigChange *taker = NULL;

  if (change->kind != DMIG_CHANGE_DROP_CONSTRAINT ||
      constraint->kind != DMIG_CONSTRAINT_FOREIGN_KEY || constraint->ref_table == NULL)
    return;
  g_autofree char *key = g_strconcat("=", constraint->ref_table, NULL);
  taker = g_hash_table_lookup(self->takers, key);
  if (taker != NULL)
    dmig_plan_graph_add_edge(self->before, taker, change);
}

static void
link_tables(DmigPlanGraph *self)
{
  for (guint i = 0; i < self->planner->items->len; i++) {
    DmigChange *change = self->planner->items->pdata[i];
    link_reference(self, change);
    gboolean dropped = change->kind == DMIG_CHANGE_DROP_TABLE;
    const DmigTable *table = dropped ? change->old_table : change->new_table;
    if (table == NULL || !(dropped || change->kind == DMIG_CHANGE_CREATE_TABLE ||
                           dmig_planner_rebuilds(self->planner, change)))
      continue;
    for (guint j = 0; j < table->constraints->len; j++) {
      const DmigConstraint *constraint = table->constraints->pdata[j];
      if (constraint->kind != DMIG_CONSTRAINT_FOREIGN_KEY || constraint->ref_table == NULL)
        continue;
      g_autofree char *key = g_strconcat("=", constraint->ref_table, NULL);
      if (dropped)
        dmig_plan_graph_add_edge(self->softly, g_hash_table_lookup(self->takers, key), change);
      else
        dmig_plan_graph_add_edge(self->softly, change, g_hash_table_lookup(self->makers, key));
    }
  }
}

void
dmig_plan_graph_link(DmigPlanGraph *self)
{
  const GPtrArray *items = self->planner->items;

  link_tables(self);
  link_routines(self);
  for (guint i = 0; i < items->len; i++) {
    DmigChange *change = items->pdata[i];
    link_partitions(self, change);
    if (change->address != NULL) {
      link_facet(self, change);
      link_parent(self, change);
    } else if (change->kind == DMIG_CHANGE_CREATE_OBJECT ||
               change->kind == DMIG_CHANGE_DROP_OBJECT) {
      link_part(self, change);
    }
  }
}
