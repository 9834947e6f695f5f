/* Partitions come and go with their parents in ways of their own (PostgreSQL manual 5.11). */
#include <string.h>

#include "core/plan/planner.h"
#include "core/sql/lexer.h"

const DmigFacet *
dmig_planner_attachment(const DmigTable *table)
{
  for (guint i = 0; table != NULL && table->facets != NULL && i < table->facets->len; i++) {
    const DmigFacet *facet = table->facets->pdata[i];
    if (facet->attaches && facet->replaces)
      return facet;
  }
  return NULL;
}

static gboolean
is_dropped(const DmigPlanner *self, const char *table)
{
  return dmig_schema_table(self->changes->to, table) == NULL;
}

static void
drop_constraint(DmigPlanner *self, const DmigTable *table, const DmigConstraint *constraint)
{
  if (!dmig_planner_drops(self, constraint))
    dmig_planner_add(self, DMIG_CHANGE_DROP_CONSTRAINT, table,
                     dmig_schema_table(self->changes->to, table->name))
        ->old_constraint = constraint;
}

static DmigChange *
detachment(DmigPlanner *self, const DmigTable *table)
{
  g_autofree char *address = dmig_address_new(DMIG_OBJECT_TABLE, table->name, NULL);
  const DmigFacet *facet = dmig_planner_attachment(table);

  for (guint i = 0; i < self->items->len; i++) {
    DmigChange *change = self->items->pdata[i];
    if (change->kind == DMIG_CHANGE_RESET_FACET && change->old_facet == facet &&
        strcmp(change->address, address) == 0)
      return change;
  }
  return NULL;
}

gboolean
dmig_planner_detaches(DmigPlanner *self, const DmigTable *table)
{
  return table != NULL && dmig_planner_attachment(table) != NULL && detachment(self, table) != NULL;
}

gboolean
dmig_planner_goes_with_remade(DmigPlanner *self, const DmigTable *table)
{
  if (dmig_planner_attachment(table) == NULL || !is_dropped(self, table->name) ||
      detachment(self, table) != NULL)
    return FALSE;
  for (guint i = 0; table->parents != NULL && table->parents[i] != NULL; i++) {
    const DmigTable *parent = dmig_schema_table(self->changes->renamed, table->parents[i]);
    if (g_hash_table_contains(self->remade, table->parents[i]) ||
        (parent != NULL && dmig_planner_goes_with_remade(self, parent)))
      return TRUE;
  }
  return FALSE;
}

void
dmig_planner_detach(DmigPlanner *self, const DmigTable *table)
{
  if (dmig_planner_attachment(table) == NULL || detachment(self, table) != NULL)
    return;
  DmigChange *change = dmig_planner_add(self, DMIG_CHANGE_RESET_FACET, table, table);
  change->address = dmig_address_new(DMIG_OBJECT_TABLE, table->name, NULL);
  change->old_facet = dmig_planner_attachment(table);
}

/* What refers to the parent holds its partitions too: it lets go of them before they go. */
static void
free_dropped_partition(DmigPlanner *self, const DmigTable *partition)
{
  const DmigSchema *renamed = self->changes->renamed;

  for (guint i = 0; i < renamed->tables->len; i++) {
    const DmigTable *table = renamed->tables->pdata[i];
    for (guint j = 0; j < table->constraints->len; j++) {
      const DmigConstraint *constraint = table->constraints->pdata[j];
      if (constraint->kind != DMIG_CONSTRAINT_FOREIGN_KEY || constraint->ref_table == NULL ||
          !dmig_planner_descends(renamed, partition, constraint->ref_table) ||
          dmig_planner_drops(self, constraint))
        continue;
      if (is_dropped(self, constraint->ref_table))
        drop_constraint(self, table, constraint);
      else
        dmig_planner_detach(self, partition);
    }
  }
}

static const DmigConstraint *
find_constraint(const DmigTable *table, const DmigConstraint *like)
{
  for (guint i = 0; i < table->constraints->len; i++)
    if (dmig_constraint_equal(table->constraints->pdata[i], like))
      return table->constraints->pdata[i];
  return NULL;
}

static DmigChange *
find_added(DmigPlanner *self, const DmigConstraint *constraint)
{
  for (guint i = 0; i < self->items->len; i++) {
    DmigChange *change = self->items->pdata[i];
    if (change->kind == DMIG_CHANGE_ADD_CONSTRAINT && change->new_constraint == constraint)
      return change;
  }
  return NULL;
}

/* A partition that is detached keeps its parent's references as its own. */
static void
settle_references(DmigPlanner *self, const DmigTable *partition, const DmigTable *parent)
{
  const DmigTable *after = dmig_schema_table(self->changes->to, partition->name);

  for (guint i = 0; i < parent->constraints->len; i++) {
    const DmigConstraint *constraint = parent->constraints->pdata[i];
    if (constraint->kind != DMIG_CONSTRAINT_FOREIGN_KEY || dmig_planner_drops(self, constraint))
      continue;
    const DmigConstraint *own = after != NULL ? find_constraint(after, constraint) : NULL;
    if (is_dropped(self, parent->name) || g_hash_table_contains(self->remade, parent->name))
      drop_constraint(self, parent, constraint);
    else if (own != NULL)
      dmig_planner_remove(self, find_added(self, own));
    else if (after != NULL)
      dmig_planner_add(self, DMIG_CHANGE_DROP_CONSTRAINT, partition, after)->old_constraint =
          constraint;
  }
}

/* --- parts that are attached to a parent's ---------------------------------------------------- */

static gboolean
is_key_part(const char *address)
{
  DmigObjectKind kind = dmig_address_kind(address);

  return kind == DMIG_OBJECT_INDEX || kind == DMIG_OBJECT_CONSTRAINT;
}

/* The change that drops the index or constraint at `address`, or NULL. */
static DmigChange *
dropper(DmigPlanner *self, const char *address)
{
  g_autofree char *path = dmig_address_path(address);
  const DmigTable *table = dmig_schema_table(self->changes->renamed, path);
  const char *name = dmig_address_detail(address);

  if (table == NULL)
    return NULL;
  gconstpointer part = dmig_address_kind(address) == DMIG_OBJECT_INDEX
                           ? (gconstpointer) dmig_table_index(table, name)
                           : (gconstpointer) dmig_table_constraint(table, name);
  if (part == NULL)
    return NULL;
  return dmig_planner_find(self,
                           dmig_address_kind(address) == DMIG_OBJECT_INDEX
                               ? DMIG_CHANGE_DROP_INDEX
                               : DMIG_CHANGE_DROP_CONSTRAINT,
                           part);
}

static void
remake_key(DmigPlanner *self, const char *address)
{
  g_autofree char *path = dmig_address_path(address);
  const DmigTable *old = dmig_schema_table(self->changes->renamed, path);
  const DmigTable *new = dmig_schema_table(self->changes->to, path);
  const char *name = dmig_address_detail(address);

  if (old == NULL || new == NULL)
    return;
  if (dmig_address_kind(address) == DMIG_OBJECT_INDEX && dmig_table_index(old, name) != NULL)
    dmig_planner_recreate_index(self, old, new, dmig_table_index(old, name));
  else if (dmig_table_constraint(old, name) != NULL)
    dmig_planner_recreate_constraint(self, old, new, dmig_table_constraint(old, name));
}

gboolean
dmig_planner_hangs_on_parent(const GPtrArray *facets)
{
  for (guint i = 0; facets != NULL && i < facets->len; i++) {
    if (((DmigFacet *) facets->pdata[i])->attaches)
      return TRUE;
  }
  return FALSE;
}

static gboolean
same_columns(const DmigIndex *a, const DmigIndex *b)
{
  if (a->elements->len != b->elements->len || a->unique != b->unique)
    return FALSE;
  for (guint i = 0; i < a->elements->len; i++) {
    const DmigIndexElement *x = a->elements->pdata[i], *y = b->elements->pdata[i];
    if (g_strcmp0(x->column, y->column) != 0 || !dmig_sql_equal(x->expression, y->expression))
      return FALSE;
  }
  return TRUE;
}

/* A table that joins a parent is given to it with any index that fits: one that isn't meant makes
 * room meanwhile. */
static void
hide_lookalikes(DmigPlanner *self, const DmigTable *table, const DmigTable *after)
{
  for (guint i = 0; i < after->indexes->len; i++) {
    const DmigIndex *meant = after->indexes->pdata[i];
    if (!dmig_planner_hangs_on_parent(meant->facets))
      continue;
    for (guint j = 0; j < table->indexes->len; j++) {
      const DmigIndex *other = table->indexes->pdata[j];
      const DmigIndex *stays = dmig_table_index(after, other->name);
      if (stays != NULL && stays != meant && !dmig_planner_hangs_on_parent(stays->facets) &&
          same_columns(other, meant))
        dmig_planner_recreate_index(self, table, after, other);
    }
  }
}

static void
hide_all_lookalikes(DmigPlanner *self)
{
  guint length = self->items->len;

  for (guint i = 0; i < length; i++) {
    const DmigChange *change = self->items->pdata[i];
    if (change->kind != DMIG_CHANGE_SET_FACET || change->new_table == NULL ||
        dmig_address_kind(change->address) != DMIG_OBJECT_TABLE ||
        change->new_facet != dmig_planner_attachment(change->new_table))
      continue;
    const DmigTable *table = dmig_schema_table(self->changes->renamed, change->new_table->name);
    if (table != NULL)
      hide_lookalikes(self, table, change->new_table);
  }
}

/* A parent's index can't be dropped while a partition's key hangs on it: the partition leaves, and
 * comes back without. */
static void
leave_and_return(DmigPlanner *self, const char *part)
{
  g_autofree char *path = dmig_address_path(part);
  const DmigTable *table = dmig_schema_table(self->changes->renamed, path);
  const DmigTable *after = dmig_schema_table(self->changes->to, path);
  const DmigFacet *back = after != NULL ? dmig_planner_attachment(after) : NULL;

  if (back == NULL || dmig_planner_attachment(table) == NULL || detachment(self, table) != NULL)
    return;
  dmig_planner_detach(self, table);
  DmigChange *change = dmig_planner_add(self, DMIG_CHANGE_SET_FACET, after, after);
  change->address = dmig_address_new(DMIG_OBJECT_TABLE, path, NULL);
  change->new_facet = back;
}

/* An index or key that is attached can only be dropped with the parent's, which is made again. */
static void
free_attached_parts(DmigPlanner *self)
{
  const GPtrArray *all = dmig_schema_dependencies(self->changes->renamed);

  for (guint i = 0; i < all->len; i++) {
    const DmigDependency *dependency = all->pdata[i];
    if (!dependency->owned || !is_key_part(dependency->object) || !is_key_part(dependency->on))
      continue;
    gboolean part_goes = dropper(self, dependency->object) != NULL;
    gboolean index_goes = dropper(self, dependency->on) != NULL;
    if (index_goes &&
        dmig_address_kind(dependency->object) == DMIG_OBJECT_CONSTRAINT &&
        dmig_address_kind(dependency->on) == DMIG_OBJECT_INDEX)
      leave_and_return(self, dependency->object);
    if (!part_goes || index_goes)
      continue;
    g_autofree char *path = dmig_address_path(dependency->object);
    if (!dmig_planner_detaches(self, dmig_schema_table(self->changes->renamed, path)))
      remake_key(self, dependency->on);
  }
}

void
dmig_planner_add_partitions(DmigPlanner *self)
{
  const DmigSchema *renamed = self->changes->renamed;

  if (self->items->len == 0)
    return;
  hide_all_lookalikes(self);
  free_attached_parts(self);

  for (guint i = 0; i < renamed->tables->len; i++) {
    const DmigTable *table = renamed->tables->pdata[i];
    if (dmig_planner_attachment(table) == NULL)
      continue;
    if (is_dropped(self, table->name))
      free_dropped_partition(self, table);
    else if (detachment(self, table) != NULL)
      for (guint j = 0; table->parents != NULL && table->parents[j] != NULL; j++) {
        const DmigTable *parent = dmig_schema_table(renamed, table->parents[j]);
        if (parent != NULL)
          settle_references(self, table, parent);
      }
  }
}
