/* Every change is a node. It makes addresses, takes them, or, altering something, does both; the
 * dependencies of the new schema order the makers, those of the old one the takers. */
#include "core/plan/graph_private.h"

#include <string.h>

/* Tables, views, sequences and types share one space of names, so that an address of any of them
 * stands for the name. */
static gboolean
is_relation(DmigObjectKind kind)
{
  switch ((guint) kind) {
  case DMIG_OBJECT_ENUM:
  case DMIG_OBJECT_DOMAIN:
  case DMIG_OBJECT_COMPOSITE_TYPE:
  case DMIG_OBJECT_RANGE_TYPE:
  case DMIG_OBJECT_BASE_TYPE:
  case DMIG_OBJECT_SEQUENCE:
  case DMIG_OBJECT_TABLE:
  case DMIG_OBJECT_FOREIGN_TABLE:
  case DMIG_OBJECT_VIRTUAL_TABLE:
  case DMIG_OBJECT_VIEW:
  case DMIG_OBJECT_MATERIALIZED_VIEW:
    return TRUE;
  default:
    return FALSE;
  }
}

char *
dmig_plan_graph_key(const char *address)
{
  return is_relation(dmig_address_kind(address))
             ? g_strconcat("=", address + 1, NULL)
             : g_strdup(address);
}

char *
dmig_plan_graph_key_of_whole(const char *address)
{
  if (!dmig_object_kind_is_part(dmig_address_kind(address)))
    return NULL;
  g_autofree char *path = dmig_address_path(address);

  return g_strconcat("=", path, NULL);
}

DmigChange *
dmig_plan_graph_resolve(GHashTable *changes, const char *address)
{
  g_autofree char *key = dmig_plan_graph_key(address);
  DmigChange *change = g_hash_table_lookup(changes, key);

  if (change != NULL)
    return change;
  g_autofree char *whole = dmig_plan_graph_key_of_whole(address);
  return whole != NULL ? g_hash_table_lookup(changes, whole) : NULL;
}

DmigChange *
dmig_plan_graph_maker(const DmigPlanGraph *self, const char *address)
{
  return dmig_plan_graph_resolve(self->makers, address);
}

DmigChange *
dmig_plan_graph_taker(const DmigPlanGraph *self, const char *address)
{
  DmigChange *change = dmig_plan_graph_resolve(self->takers, address);
  const char *with = g_hash_table_lookup(self->planner->goes_with, address);

  return change == NULL && with != NULL ? dmig_plan_graph_taker(self, with) : change;
}

void
dmig_plan_graph_add_edge(GHashTable *edges, DmigChange *change, DmigChange *before)
{
  GPtrArray *all = g_hash_table_lookup(edges, change);

  if (before == NULL || before == change)
    return;
  if (all == NULL) {
    all = g_ptr_array_new();
    g_hash_table_insert(edges, change, all);
  }
  g_ptr_array_add(all, before);
}

static void
collect_references(DmigPlanGraph *self, const DmigSchema *schema)
{
  for (guint i = 0; i < schema->tables->len; i++) {
    const DmigTable *table = schema->tables->pdata[i];
    for (guint j = 0; j < table->constraints->len; j++) {
      const DmigConstraint *constraint = table->constraints->pdata[j];
      if (constraint->kind == DMIG_CONSTRAINT_FOREIGN_KEY && constraint->name != NULL)
        g_hash_table_add(self->references,
                         dmig_address_new(DMIG_OBJECT_CONSTRAINT, table->name, constraint->name));
    }
  }
}

/* What goes by itself need not go before; and a sequence, or a partition's index, is there before
 * the column or the index that is to own it. */
static gboolean
is_no_order(const DmigDependency *dependency, gboolean old)
{
  DmigObjectKind kind = dmig_address_kind(dependency->object);

  if (old)
    return dependency->soft || (dependency->owned && kind != DMIG_OBJECT_TABLE);
  return dependency->owned && (kind == DMIG_OBJECT_SEQUENCE || kind == DMIG_OBJECT_INDEX ||
                               kind == DMIG_OBJECT_CONSTRAINT);
}

static DmigChange *
find_side(const DmigPlanGraph *self, const char *address, gboolean old)
{
  return old ? dmig_plan_graph_taker(self, address) : dmig_plan_graph_maker(self, address);
}

/* The change that the others wait for which stand on `address`: a column is there for them with its
 * default or without, unless its table is rebuilt for it; its type may come with a parent's. */
static DmigChange *
find_ground(const DmigPlanGraph *self, const char *address, gboolean old)
{
  DmigChange *change = find_side(self, address, old);
  DmigChange *above = g_hash_table_lookup(old ? self->taken_above : self->made_above, address);

  if (change != NULL && (change->kind != DMIG_CHANGE_ALTER_COLUMN ||
                         change->aspects != DMIG_ASPECT_DEFAULT))
    return change;
  if (change == NULL || above != NULL)
    return above;
  g_autofree char *whole = dmig_plan_graph_key_of_whole(address);
  return whole != NULL ? g_hash_table_lookup(old ? self->takers : self->makers, whole) : change;
}

/* A facet is altered while what its object stood on is there, and once what it will stand on is. */
static void
link_facets_of(DmigPlanGraph *self, const DmigDependency *dependency, gboolean old)
{
  const GPtrArray *changes = g_hash_table_lookup(self->facets, dependency->object);
  DmigObjectKind kind = dmig_address_kind(dependency->object);
  /* What a column or a table stands on is in its default or its type, not in its facets. */
  gboolean typed = kind == DMIG_OBJECT_TABLE || kind == DMIG_OBJECT_COLUMN ||
                   kind == DMIG_OBJECT_CONSTRAINT || kind == DMIG_OBJECT_INDEX;
  DmigChange *on = changes != NULL && !dependency->soft && !typed
                       ? find_ground(self, dependency->on, old)
                       : NULL;

  for (guint i = 0; on != NULL && i < changes->len; i++) {
    DmigChange *change = changes->pdata[i];
    if (old && (change->new_facet == NULL || !change->new_facet->late))
      dmig_plan_graph_add_edge(self->before, on, change);
    else if (!old && change->new_facet != NULL)
      dmig_plan_graph_add_edge(self->before, change, on);
  }
}

/* A type is altered while nothing stands on it that is made again because of that; and what is made of rows
 * of a type is made of those that the type is to have. */
static void
link_to_altered_type(DmigPlanGraph *self, const DmigDependency *dependency, gboolean old)
{
  const GPtrArray *changes =
      !dependency->soft ? g_hash_table_lookup(self->facets, dependency->on) : NULL;
  gboolean rows = dmig_address_kind(dependency->on) == DMIG_OBJECT_COMPOSITE_TYPE;
  DmigChange *maker = changes != NULL ? dmig_plan_graph_maker(self, dependency->object) : NULL;
  DmigChange *user =
      changes != NULL && old ? dmig_plan_graph_taker(self, dependency->object) : maker;

  for (guint i = 0; user != NULL && i < changes->len; i++) {
    DmigChange *change = changes->pdata[i];
    const DmigFacet *facet = change->new_facet != NULL ? change->new_facet : change->old_facet;
    gboolean changes_it = change->new_facet != NULL && change->old_facet != NULL;
    gboolean adds_it = change->new_facet != NULL && dependency->reads;
    if (!facet->visits_rows || !(rows || changes_it || adds_it))
      continue;
    if (!old)
      dmig_plan_graph_add_edge(self->before, user, change);
    else if (user != maker)
      dmig_plan_graph_add_edge(self->before, change, user);
  }
}

static char *
kept_key(const DmigDependency *dependency)
{
  return g_strconcat(dependency->object, "\x01", dependency->on, NULL);
}

/* Both are altered and go on as they stood to each other: the new side says in which order. */
static gboolean
goes_on(const DmigPlanGraph *self, const DmigDependency *dependency, const DmigChange *object,
        const DmigChange *on)
{
  if (dmig_plan_graph_resolve(self->makers, dependency->object) != object ||
      dmig_plan_graph_resolve(self->makers, dependency->on) != on)
    return FALSE;
  g_autofree char *key = kept_key(dependency);
  return g_hash_table_contains(self->kept, key);
}

static void
link_dependencies(DmigPlanGraph *self, const DmigSchema *schema, gboolean old)
{
  const GPtrArray *dependencies = dmig_schema_dependencies(schema);
  GHashTable *side = old ? self->takers : self->makers;

  for (guint i = 0; i < dependencies->len && g_hash_table_size(side) > 0; i++) {
    const DmigDependency *dependency = dependencies->pdata[i];
    link_facets_of(self, dependency, old);
    link_to_altered_type(self, dependency, old);
    DmigChange *object = find_side(self, dependency->object, old);
    DmigChange *on = object != NULL ? find_ground(self, dependency->on, old) : NULL;
    if (on == NULL || on == object || is_no_order(dependency, old))
      continue;
    if (old && goes_on(self, dependency, object, on))
      continue;
    if (!old)
      g_hash_table_add(self->kept, kept_key(dependency));
    gboolean soft = dependency->soft ||
                    g_hash_table_contains(self->references, dependency->object);
    /* A key goes with its table, but a reference must be gone before what it refers to. */
    GHashTable *edges = soft ? self->softly : self->before;
    if (old)
      dmig_plan_graph_add_edge(edges, on, object);
    else
      dmig_plan_graph_add_edge(edges, object, on);
  }
}

/* Indexes have their names among those of relations. */
static void
link_name_of_index(DmigPlanGraph *self, DmigChange *change, const DmigTable *table,
                   const DmigIndex *index, gboolean old)
{
  g_autofree char *path = dmig_path_sibling(table->name, index->name);
  g_autofree char *key = g_strconcat("=", path, NULL);
  DmigChange *other = g_hash_table_lookup(old ? self->makers : self->takers, key);

  if (other != NULL && old)
    dmig_plan_graph_add_edge(self->before, other, change);
  else if (!old)
    dmig_plan_graph_add_edge(self->before, change, other);
}

/* What a table has to let go of before it goes itself or is made anew: it isn't there afterwards. */
static void
link_to_end_of_table(DmigPlanGraph *self, DmigChange *part)
{
  g_autofree char *address = dmig_address_new(DMIG_OBJECT_TABLE, part->old_table->name, NULL);
  DmigChange *table = dmig_plan_graph_taker(self, address);

  if (table != NULL && (dmig_planner_rebuilds(self->planner, table) ||
                        (table->kind == DMIG_CHANGE_DROP_TABLE && table->old_table == part->old_table)))
    dmig_plan_graph_add_edge(self->before, table, part);
}

static void
link_names_of_indexes(DmigPlanGraph *self, DmigChange *change)
{
  gboolean whole = change->kind == DMIG_CHANGE_CREATE_TABLE ||
                   dmig_planner_rebuilds(self->planner, change);

  if (change->kind == DMIG_CHANGE_DROP_INDEX) {
    link_to_end_of_table(self, change);
    link_name_of_index(self, change, change->old_table, change->old_index, TRUE);
  } else if (change->kind == DMIG_CHANGE_CREATE_INDEX) {
    link_name_of_index(self, change, change->new_table, change->new_index, FALSE);
  }
  for (guint i = 0; whole && i < change->new_table->indexes->len; i++)
    link_name_of_index(self, change, change->new_table, change->new_table->indexes->pdata[i], FALSE);
}

/* What has a name must let go of it before another takes it. */
static void
link_names(DmigPlanGraph *self)
{
  const GPtrArray *items = self->planner->items;
  GHashTableIter iter;
  gpointer key, maker;

  for (guint i = 0; i < items->len; i++)
    link_names_of_indexes(self, items->pdata[i]);
  g_hash_table_iter_init(&iter, self->makers);
  while (g_hash_table_iter_next(&iter, &key, &maker)) {
    DmigChange *taker = g_hash_table_lookup(self->takers, key);
    if (taker != NULL)
      dmig_plan_graph_add_edge(self->before, maker, taker);
  }
}

static void
edges_free(gpointer edges)
{
  g_ptr_array_unref(edges);
}

DmigPlanGraph *
dmig_plan_graph_new(DmigPlanner *planner)
{
  DmigPlanGraph *self = g_new0(DmigPlanGraph, 1);

  self->planner = planner;
  self->makers = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
  self->takers = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
  self->facets =
      g_hash_table_new_full(g_str_hash, g_str_equal, NULL, (GDestroyNotify) g_ptr_array_unref);
  self->before = g_hash_table_new_full(NULL, NULL, NULL, edges_free);
  self->softly = g_hash_table_new_full(NULL, NULL, NULL, edges_free);
  self->references = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
  self->kept = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
  self->made_above = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
  self->taken_above = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
  dmig_plan_graph_collect(self);
  collect_references(self, planner->changes->renamed);
  collect_references(self, planner->changes->to);
  link_dependencies(self, planner->changes->to, FALSE);
  link_dependencies(self, planner->changes->renamed, TRUE);
  link_names(self);
  dmig_plan_graph_link(self);
  dmig_plan_graph_link_running(self);
  return self;
}

void
dmig_plan_graph_free(DmigPlanGraph *self)
{
  if (self == NULL)
    return;
  g_hash_table_unref(self->makers);
  g_hash_table_unref(self->takers);
  g_hash_table_unref(self->facets);
  g_hash_table_unref(self->before);
  g_hash_table_unref(self->softly);
  g_hash_table_unref(self->references);
  g_hash_table_unref(self->kept);
  g_hash_table_unref(self->made_above);
  g_hash_table_unref(self->taken_above);
  g_free(self);
}

const GPtrArray *
dmig_plan_graph_before(const DmigPlanGraph *self, const DmigChange *change)
{
  return g_hash_table_lookup(self->before, change);
}

const GPtrArray *
dmig_plan_graph_softly_before(const DmigPlanGraph *self, const DmigChange *change)
{
  return g_hash_table_lookup(self->softly, change);
}

static gboolean
waits_for(const DmigPlanGraph *self, const DmigChange *change, const DmigChange *other,
          GHashTable *seen)
{
  const GPtrArray *before = g_hash_table_lookup(self->before, change);

  if (!g_hash_table_add(seen, (gpointer) change))
    return FALSE;
  for (guint i = 0; before != NULL && i < before->len; i++)
    if (before->pdata[i] == other || waits_for(self, before->pdata[i], other, seen))
      return TRUE;
  return FALSE;
}

gboolean
dmig_plan_graph_waits(const DmigPlanGraph *self, const DmigChange *change, const DmigChange *other)
{
  g_autoptr(GHashTable) seen = g_hash_table_new(NULL, NULL);

  return waits_for(self, change, other, seen);
}

GHashTable *
dmig_plan_needs(const DmigSchema *schema, gboolean firmly)
{
  const GPtrArray *all = dmig_schema_dependencies(schema);
  GHashTable *needs =
      g_hash_table_new_full(g_str_hash, g_str_equal, NULL, (GDestroyNotify) g_ptr_array_unref);

  for (guint i = 0; i < all->len; i++) {
    DmigDependency *dependency = all->pdata[i];
    GPtrArray *list = NULL;
    if (firmly && (dependency->soft || dependency->owned))
      continue;
    list = g_hash_table_lookup(needs, dependency->object);
    if (list == NULL) {
      list = g_ptr_array_new();
      g_hash_table_insert(needs, dependency->object, list);
    }
    g_ptr_array_add(list, dependency->on);
  }
  return needs;
}
