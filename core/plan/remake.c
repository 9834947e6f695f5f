/* Tables that no ALTER TABLE makes into what is wanted, where the database has no other way either: a
 * plain table becomes a partitioned one, say, or is to have of its parents alone what it says itself. A
 * new table takes the place of the old one, and gets its rows. */
#include <string.h>

#include "core/diff/rename.h"
#include "core/plan/planner.h"

/* Whether `change` is of something in the table, and so said by making it anew. */
static gboolean
is_within(const DmigChange *change, const char *name)
{
  const DmigTable *table = change->new_table != NULL ? change->new_table : change->old_table;

  if (change->kind == DMIG_CHANGE_RENAME_TABLE || change->kind == DMIG_CHANGE_RENAME_COLUMN ||
      change->kind == DMIG_CHANGE_RESET_FACET)
    return FALSE;
  return table != NULL && strcmp(table->name, name) == 0;
}

/* By inheritance: partitions come and go with their parents in ways of their own. */
static gboolean
is_child_of(const DmigTable *table, const char *parent)
{
  return table->parents != NULL && dmig_table_is_child(table) &&
         g_strv_contains((const char *const *) table->parents, parent);
}

static void
remove_within(DmigPlanner *self, const char *name)
{
  for (guint i = self->items->len; i > 0; i--)
    if (is_within(self->items->pdata[i - 1], name))
      g_ptr_array_remove_index(self->items, i - 1);
}

/* References to remade tables let go of them, and come again; with a remade table of their own by
 * themselves. */
static void
free_from_references(DmigPlanner *self)
{
  const GPtrArray *tables = self->changes->renamed->tables;

  for (guint i = 0; i < tables->len; i++) {
    const DmigTable *table = tables->pdata[i];
    const DmigTable *new_table = dmig_schema_table(self->changes->to, table->name);
    for (guint j = 0; j < table->constraints->len; j++) {
      const DmigConstraint *constraint = table->constraints->pdata[j];
      if (constraint->kind != DMIG_CONSTRAINT_FOREIGN_KEY || constraint->ref_table == NULL ||
          strcmp(table->name, constraint->ref_table) == 0 ||
          !g_hash_table_contains(self->remade, constraint->ref_table))
        continue;
      if (new_table != NULL && !g_hash_table_contains(self->remade, table->name))
        dmig_planner_recreate_constraint(self, table, new_table, constraint);
      else if (!dmig_planner_drops(self, constraint))
        dmig_planner_add(self, DMIG_CHANGE_DROP_CONSTRAINT, table, NULL)->old_constraint =
            constraint;
    }
  }
}

static gboolean
resets(const DmigPlanner *self, const DmigFacet *facet)
{
  for (guint i = 0; i < self->items->len; i++) {
    const DmigChange *change = self->items->pdata[i];
    if (change->kind == DMIG_CHANGE_RESET_FACET && change->old_facet == facet)
      return TRUE;
  }
  return FALSE;
}

/* The old form looks after itself until its rows are out, whatever becomes of its parents. */
static void
leave_parents(DmigPlanner *self, const DmigTable *old)
{
  for (guint i = 0; old->facets != NULL && i < old->facets->len; i++) {
    const DmigFacet *facet = old->facets->pdata[i];
    if (!facet->attaches || facet->replaces || resets(self, facet))
      continue;
    DmigChange *change = dmig_planner_add(self, DMIG_CHANGE_RESET_FACET, old, old);
    change->address = dmig_address_new(DMIG_OBJECT_TABLE, old->name, NULL);
    change->old_facet = facet;
  }
}

/* References come when all tables are there; and rows are copied before a check that they need not meet. */
static gboolean
comes_later(const DmigConstraint *constraint)
{
  return constraint->kind == DMIG_CONSTRAINT_FOREIGN_KEY || !dmig_constraint_is_valid(constraint);
}

static void
remake(DmigPlanner *self, const DmigTable *old, const DmigTable *new)
{
  DmigTable *reduced = dmig_table_copy(new);

  for (guint i = reduced->constraints->len; i > 0; i--)
    if (comes_later(reduced->constraints->pdata[i - 1]))
      g_ptr_array_remove_index(reduced->constraints, i - 1);
  g_ptr_array_add(self->tables, reduced);
  dmig_planner_detach(self, old);
  leave_parents(self, old);
  dmig_planner_add(self, DMIG_CHANGE_REBUILD_TABLE, old, reduced);
  dmig_planner_add(self, DMIG_CHANGE_COPY_ROWS, old, new);
  for (guint i = 0; i < new->constraints->len; i++) {
    const DmigConstraint *constraint = new->constraints->pdata[i];
    if (comes_later(constraint))
      dmig_planner_add(self, DMIG_CHANGE_ADD_CONSTRAINT, new, new)->new_constraint = constraint;
  }
}

/* Those that inherit from the old form, and are to from the new one, are made again with it. */
static void
add_children(DmigPlanner *self, GPtrArray *remade)
{
  const DmigSchema *renamed = self->changes->renamed, *to = self->changes->to;

  for (guint i = 0; i < remade->len; i++) {
    const DmigChange *change = remade->pdata[i];
    const char *name = change->new_table->name;
    for (guint j = 0; change->old_table->has_children && j < renamed->tables->len; j++) {
      const DmigTable *old = renamed->tables->pdata[j];
      const DmigTable *new = dmig_schema_table(to, old->name);
      if (new != NULL && is_child_of(old, name) && is_child_of(new, name) &&
          g_hash_table_add(self->remade, new->name))
        g_ptr_array_add(remade, dmig_planner_add(self, DMIG_CHANGE_REBUILD_TABLE, old, new));
    }
  }
}

void
dmig_planner_remake_tables(DmigPlanner *self)
{
  g_autoptr(GPtrArray) remade = g_ptr_array_new();

  if (self->dialect->has.table_rebuilds)
    return;
  for (guint i = 0; i < self->items->len; i++) {
    DmigChange *change = self->items->pdata[i];
    if (change->kind == DMIG_CHANGE_REBUILD_TABLE &&
        g_hash_table_add(self->remade, change->new_table->name))
      g_ptr_array_add(remade, change);
  }
  add_children(self, remade);
  for (guint i = 0; i < remade->len; i++)
    remove_within(self, ((DmigChange *) remade->pdata[i])->old_table->name);
  for (guint i = 0; i < remade->len; i++) {
    const DmigChange *change = remade->pdata[i];
    remake(self, change->old_table, change->new_table);
  }
  if (remade->len > 0)
    free_from_references(self);
}

void
dmig_planner_spell_remake(DmigPlanner *self, const DmigChange *change, DmigStep *step)
{
  g_autofree char *aside = dmig_rename_aside(change->old_table->name, self->dialect);

  self->dialect->spell_remake(change->old_table, aside, change->new_table, step);
  step->lock = DMIG_LOCK_ACCESS_EXCLUSIVE;
}

/* Partitions that go were detached before, with their rows. */
static void
copy_from_partitions(DmigPlanner *self, const DmigChange *change, const char *parent,
                     GHashTable *sources, DmigStep *step)
{
  const GPtrArray *tables = self->changes->renamed->tables;

  for (guint i = 0; i < tables->len; i++) {
    const DmigTable *table = tables->pdata[i];
    if (table->parents == NULL ||
        !g_strv_contains((const char *const *) table->parents, parent) ||
        dmig_schema_table(self->changes->to, table->name) != NULL)
      continue;
    if (table->partition_by == NULL && dmig_planner_detaches(self, table))
      self->dialect->spell_copy(table->name, change->new_table, sources, FALSE, step);
    copy_from_partitions(self, change, table->name, sources, step);
  }
}

void
dmig_planner_spell_copy(DmigPlanner *self, const DmigChange *change, DmigStep *step)
{
  if (change->old_table == change->new_table) {
    dmig_planner_spell_return(self, change->new_table, step);
    return;
  }
  g_autofree char *aside = dmig_rename_aside(change->old_table->name, self->dialect);
  g_autoptr(GHashTable) sources =
      dmig_planner_rebuild_sources(self, change->old_table, change->new_table, step);

  copy_from_partitions(self, change, change->old_table->name, sources, step);
  self->dialect->spell_copy(aside, change->new_table, sources, TRUE, step);
  step->lock = DMIG_LOCK_ACCESS_EXCLUSIVE;
  step->rewrites = TRUE;
  step->scans = TRUE;
}
