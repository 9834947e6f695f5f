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
is_late(const DmigChange *change)
{
  return change->new_facet != NULL ? change->new_facet->late : change->old_facet->late;
}

/* An option is set before, and taken away after, what is put into its object by steps of their own: some
 * of that may go with the one value only. */
static void
link_option(DmigPlanGraph *self, DmigChange *change)
{
  const GPtrArray *facets = g_hash_table_lookup(self->facets, change->address);

  if (change->new_table != NULL || is_late(change))
    return;
  for (guint i = 0; i < facets->len; i++) {
    DmigChange *other = facets->pdata[i];
    if (!is_late(other))
      continue;
    if (change->new_facet != NULL)
      dmig_plan_graph_add_edge(self->before, other, change);
    else
      dmig_plan_graph_add_edge(self->before, change, other);
  }
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
        change->old_object->kind == DMIG_OBJECT_ROUTINE)
      g_hash_table_insert(dropped, change->old_object->path, change);
  }
  for (guint i = 0; i < items->len && g_hash_table_size(dropped) > 0; i++) {
    DmigChange *change = items->pdata[i];
    DmigChange *drop = change->kind == DMIG_CHANGE_CREATE_OBJECT &&
                               change->new_object->kind == DMIG_OBJECT_ROUTINE
                           ? g_hash_table_lookup(dropped, change->new_object->path)
                           : NULL;
    if (drop != NULL && !dmig_plan_graph_waits(self, drop, change))
      dmig_plan_graph_add_edge(self->before, change, drop);
  }
}

/* Whether `change` takes from `table` what its children have of it. */
static gboolean
drops_inherited(const DmigChange *change, const char *table, gboolean own)
{
  if (change->kind == DMIG_CHANGE_DROP_COLUMN)
    return strcmp(change->old_table->name, table) == 0 && (!own || change->old_column->inherited);
  return change->kind == DMIG_CHANGE_DROP_CONSTRAINT &&
         change->old_constraint->kind == DMIG_CONSTRAINT_CHECK &&
         strcmp(change->old_table->name, table) == 0 && (!own || change->old_constraint->inherited);
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

static gboolean
attaches_part(const DmigChange *change)
{
  return change->kind == DMIG_CHANGE_SET_FACET && change->new_facet->attaches &&
         dmig_address_kind(change->address) != DMIG_OBJECT_TABLE;
}

/* Whether `change` belongs to what makes the keys of `table`, which is partitioned, whole: it makes one,
 * or attaches a partition's to it. */
static gboolean
completes_keys(const DmigChange *change, const char *table)
{
  if (change->kind == DMIG_CHANGE_CREATE_INDEX || change->kind == DMIG_CHANGE_ADD_CONSTRAINT)
    return strcmp(change->new_table->name, table) == 0 &&
           (change->new_constraint == NULL ||
            change->new_constraint->kind != DMIG_CONSTRAINT_FOREIGN_KEY);
  if (!attaches_part(change))
    return FALSE;
  for (guint i = 0; change->new_facet->needs[i] != NULL; i++) {
    g_autofree char *path = dmig_address_path(change->new_facet->needs[i]);
    g_autofree char *own = dmig_address_path(change->address);
    if (strcmp(path, table) == 0 && strcmp(own, table) != 0)
      return TRUE;
  }
  return FALSE;
}

/* A parent that was there before has its keys already: a partitioned table joins it with its own, which
 * are whole when those of its partitions are attached, or it is given others. */
static void
link_partitioned_part(DmigPlanGraph *self, DmigChange *change, const char *parent)
{
  g_autofree char *name = dmig_address_path(change->address);
  const DmigTable *table = dmig_schema_table(self->planner->changes->to, name);

  if (change->new_facet == NULL || !change->new_facet->replaces || table == NULL ||
      table->partition_by == NULL ||
      dmig_schema_table(self->planner->changes->renamed, parent) == NULL ||
      g_hash_table_contains(self->planner->remade, parent))
    return;
  for (guint i = 0; i < self->planner->items->len; i++) {
    DmigChange *other = self->planner->items->pdata[i];
    if (completes_keys(other, name))
      dmig_plan_graph_add_edge(self->before, change, other);
  }
}

/* A check that the parent has must be there before its table joins. */
static gboolean
adds_inherited_check(const DmigChange *change, const char *table)
{
  return change->kind == DMIG_CHANGE_ADD_CONSTRAINT && change->new_constraint->inherited &&
         change->new_constraint->kind == DMIG_CONSTRAINT_CHECK &&
         strcmp(change->new_table->name, table) == 0;
}

static gboolean
remakes(const DmigChange *change, const char *table)
{
  return change->kind == DMIG_CHANGE_REBUILD_TABLE && strcmp(change->old_table->name, table) == 0;
}

/* A table joins a parent that has its columns already, and leaves one before that gets others; and it
 * joins the new one before it leaves the old. */
static void
link_parent(DmigPlanGraph *self, DmigChange *change)
{
  const DmigFacet *facet = change->new_facet != NULL ? change->new_facet : change->old_facet;
  const GPtrArray *facets = NULL;
  g_autofree char *parent = NULL;
  g_autofree char *own = dmig_address_path(change->address);

  if (!facet->attaches || dmig_address_kind(change->address) != DMIG_OBJECT_TABLE)
    return;
  parent = dmig_address_path(facet->needs[0]);
  link_partitioned_part(self, change, parent);
  for (guint i = 0; i < self->planner->items->len; i++) {
    DmigChange *other = self->planner->items->pdata[i];
    if (change->new_facet != NULL && makes_room(self->planner, other, parent))
      dmig_plan_graph_add_edge(self->before, change, other);
    if (change->new_facet != NULL && adds_inherited_check(other, own))
      dmig_plan_graph_add_edge(self->before, change, other);
    if (change->old_facet != NULL && change->new_facet == NULL && !facet->replaces &&
        (drops_inherited(other, parent, FALSE) || drops_inherited(other, own, TRUE) ||
         remakes(other, parent)))
      dmig_plan_graph_add_edge(self->before, other, change);
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
    if (other->new_facet == NULL || !other->new_facet->attaches)
      continue;
    if (other->new_facet->replaces) /* a partition, which has no other parent */
      dmig_plan_graph_add_edge(self->before, other, change);
    else
      dmig_plan_graph_add_edge(self->before, change, other);
  }
}

/* An index or key is attached when its table is. */
static void
link_attached_part(DmigPlanGraph *self, DmigChange *change)
{
  g_autofree char *whole = dmig_address_whole(change->address);
  const GPtrArray *facets = whole != NULL ? g_hash_table_lookup(self->facets, whole) : NULL;

  for (guint i = 0; facets != NULL && attaches_part(change) && i < facets->len; i++) {
    DmigChange *facet = facets->pdata[i];
    if (facet->kind == DMIG_CHANGE_SET_FACET && facet->new_facet->attaches)
      dmig_plan_graph_add_edge(self->before, change, facet);
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

/* A table that inherits takes the columns of all above as they are at that moment. */
static void
link_inheriting(DmigPlanGraph *self, DmigChange *create)
{
  for (guint i = 0; i < self->planner->items->len; i++) {
    DmigChange *other = self->planner->items->pdata[i];
    const DmigTable *table = other->new_table;
    if (table != NULL && table != create->new_table &&
        (create->old_table == NULL || create->kind == DMIG_CHANGE_REBUILD_TABLE) &&
        (other->kind == DMIG_CHANGE_ADD_COLUMN || other->kind == DMIG_CHANGE_ALTER_COLUMN ||
         other->kind == DMIG_CHANGE_DROP_COLUMN) &&
        dmig_planner_descends(self->planner->changes->to, create->new_table, table->name))
      dmig_plan_graph_add_edge(self->before, create, other);
  }
}

/* A column that a table and its parent both say comes to the table first, and goes from it last. */
static void
link_declared(DmigPlanGraph *self, DmigChange *change)
{
  gboolean adds = change->kind == DMIG_CHANGE_ADD_COLUMN;
  const DmigTable *table = adds ? change->new_table : change->old_table;
  const DmigColumn *column = adds ? change->new_column : change->old_column;
  const DmigChanges *changes = self->planner->changes;
  const DmigSchema *schema = adds ? changes->to : changes->renamed;

  if (!adds && change->kind != DMIG_CHANGE_DROP_COLUMN)
    return;
  for (guint i = 0; column->declared && i < self->planner->items->len; i++) {
    DmigChange *other = self->planner->items->pdata[i];
    const DmigTable *parent = adds ? other->new_table : other->old_table;
    const DmigColumn *theirs = adds ? other->new_column : other->old_column;
    if (other->kind != change->kind || parent == table || strcmp(theirs->name, column->name) != 0 ||
        !dmig_planner_descends(schema, table, parent->name))
      continue;
    dmig_plan_graph_add_edge(self->before, adds ? other : change, adds ? change : other);
  }
}

/* A default below another table's column, which changes its type for both: it goes before that if it is
 * of the old type, and comes behind it. */
static void
link_default_below(DmigPlanGraph *self, DmigChange *change)
{
  const DmigChanges *changes = self->planner->changes;
  const DmigColumnAspects type = DMIG_ASPECT_TYPE | DMIG_ASPECT_COLLATION;

  if (change->kind != DMIG_CHANGE_ALTER_COLUMN || !change->new_column->inherited ||
      !(change->aspects & DMIG_ASPECT_DEFAULT) || (change->aspects & type))
    return;
  gboolean goes =
      dmig_table_column(change->new_table, change->new_column->name) != change->new_column;
  for (guint i = 0; i < self->planner->items->len; i++) {
    DmigChange *other = self->planner->items->pdata[i];
    if (other->kind != DMIG_CHANGE_ALTER_COLUMN || !(other->aspects & type) ||
        strcmp(other->new_column->name, change->new_column->name) != 0 ||
        !dmig_planner_descends(changes->to, change->new_table, other->new_table->name))
      continue;
    dmig_plan_graph_add_edge(self->before, goes ? other : change, goes ? change : other);
  }
}

/* A column that a table keeps when its parent lets go of it is its own, and can have another type, only
 * then. */
static void
link_freed(DmigPlanGraph *self, DmigChange *change)
{
  const DmigColumnAspects type = DMIG_ASPECT_TYPE | DMIG_ASPECT_COLLATION;

  if (change->kind != DMIG_CHANGE_ALTER_COLUMN || !change->old_column->inherited ||
      !(change->aspects & type))
    return;
  for (guint i = 0; i < self->planner->items->len; i++) {
    DmigChange *other = self->planner->items->pdata[i];
    if (other->kind == DMIG_CHANGE_DROP_COLUMN && other->alone &&
        strcmp(other->old_column->name, change->old_column->name) == 0 &&
        dmig_planner_descends(self->planner->changes->renamed, change->old_table,
                              other->old_table->name))
      dmig_plan_graph_add_edge(self->before, change, other);
  }
}

/* Whether it drops a table with a column of the enum. */
static gboolean
drops_user(const DmigPlanner *self, const DmigChange *change, const DmigEnum *used)
{
  gboolean array = FALSE;

  if (change->kind != DMIG_CHANGE_DROP_TABLE)
    return FALSE;
  for (guint i = 0; i < change->old_table->columns->len; i++) {
    const DmigColumn *column = change->old_table->columns->pdata[i];
    if (dmig_planner_enum_of_type(self->changes->renamed, column->type, &array) == used)
      return TRUE;
  }
  return FALSE;
}

/* An enum is made again once the tables that go have let go of it; only those that stay are taken care
 * of by its change. */
static void
link_remade_enum(DmigPlanGraph *self, DmigChange *change)
{
  const GPtrArray *items = self->planner->items;

  if (change->kind != DMIG_CHANGE_ALTER_ENUM || change->users == NULL)
    return;
  for (guint i = 0; i < items->len; i++)
    if (drops_user(self->planner, items->pdata[i], change->old_enum))
      dmig_plan_graph_add_edge(self->before, change, items->pdata[i]);
}

/* A column of a parent goes from all of its children: from one that is dropped, with what stands on it
 * there. */
static void
link_dropped_child(DmigPlanGraph *self, DmigChange *drop)
{
  for (guint i = 0; drop->old_table->parents != NULL && i < self->planner->items->len; i++) {
    DmigChange *other = self->planner->items->pdata[i];
    if (other->kind == DMIG_CHANGE_DROP_COLUMN &&
        g_strv_contains((const char *const *) drop->old_table->parents, other->old_table->name))
      dmig_plan_graph_add_edge(self->before, other, drop);
  }
}

/* Rows come back to a partitioned table when nothing is there any more that must not take them. */
static void
link_returning(DmigPlanGraph *self, DmigChange *copy)
{
  for (guint i = 0; i < self->planner->items->len; i++) {
    DmigChange *other = self->planner->items->pdata[i];
    if (other->kind == DMIG_CHANGE_DROP_TABLE && copy->old_table == copy->new_table &&
        dmig_planner_saves_rows(self->planner, other, FALSE))
      dmig_plan_graph_add_edge(self->before, copy, other);
  }
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
                           change->kind == DMIG_CHANGE_REBUILD_TABLE ||
                           dmig_planner_rebuilds(self->planner, change)))
      continue;
    if (dropped)
      link_dropped_child(self, change);
    if (!dropped && table->parents != NULL && dmig_table_is_child(table))
      link_inheriting(self, change);
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

static DmigChange *
change_of_schema(GHashTable *side, const char *path)
{
  g_autofree char *schema = dmig_path_schema(path);
  g_autofree char *address
      = schema != NULL ? dmig_address_new(DMIG_OBJECT_SCHEMA, schema, NULL) : NULL;
  return address != NULL ? dmig_plan_graph_resolve(side, address) : NULL;
}

/* Tables and enums move into a schema that is there, and out of one that goes; a table can take the name of
 * a view only once that is gone. */
static void
link_rename(DmigPlanGraph *self, DmigChange *change)
{
  gboolean table = change->kind == DMIG_CHANGE_RENAME_TABLE;

  if (!table && change->kind != DMIG_CHANGE_RENAME_ENUM)
    return;
  const char *from = table ? change->old_table->name : change->old_enum->name;
  const char *to = table ? change->new_table->name : change->new_enum->name;
  DmigChange *left = change_of_schema(self->takers, from);
  dmig_plan_graph_add_edge(self->before, change, change_of_schema(self->makers, to));
  if (left != NULL)
    dmig_plan_graph_add_edge(self->before, left, change);
  if (!table)
    return;
  g_autofree char *key = g_strconcat("=", change->new_table->name, NULL);
  DmigChange *taker = g_hash_table_lookup(self->takers, key);
  if (taker != NULL && taker->kind == DMIG_CHANGE_DROP_OBJECT)
    dmig_plan_graph_add_edge(self->before, change, taker);
}

void
dmig_plan_graph_link(DmigPlanGraph *self)
{
  const GPtrArray *items = self->planner->items;

  link_tables(self);
  for (guint i = 0; i < items->len; i++) {
    DmigChange *change = items->pdata[i];
    link_rename(self, change);
    link_remade_enum(self, change);
    link_partitions(self, change);
    link_declared(self, change);
    link_default_below(self, change);
    link_freed(self, change);
    if (change->kind == DMIG_CHANGE_COPY_ROWS)
      link_returning(self, change);
    if (change->address != NULL) {
      link_facet(self, change);
      link_option(self, change);
      link_parent(self, change);
      link_attached_part(self, change);
    } else if (change->kind == DMIG_CHANGE_CREATE_OBJECT ||
               change->kind == DMIG_CHANGE_DROP_OBJECT) {
      link_part(self, change);
    }
  }
  link_routines(self);
}
