/* Checks that rows need not meet, in tables below each other. What is made below a table with such a check
 * has none of the rows, so that it would have the check as one that all of them meet: where that isn't
 * meant, the table above gets its check when all below are there, and with it all of them as it is. */
#include <string.h>

#include "core/plan/planner.h"
#include "core/schema/facet_sql.h"

static DmigConstraint *
find_check(const DmigTable *table, const char *name)
{
  DmigConstraint *check = table != NULL && name != NULL ? dmig_table_constraint(table, name) : NULL;

  return check != NULL && check->kind == DMIG_CONSTRAINT_CHECK ? check : NULL;
}

static gboolean
is_loose(const DmigConstraint *check)
{
  return check != NULL && !dmig_constraint_is_valid(check);
}

/* Whether the check is there with the parents' alone. */
static gboolean
is_brought(const DmigConstraint *check)
{
  return check != NULL && check->inherited && !check->declared;
}

static gboolean
is_made(DmigPlanner *self, const DmigTable *table)
{
  return dmig_planner_maker_of_table(self, table->name) != NULL;
}

/* The change that says of the check whether all rows meet it, or NULL. */
static DmigChange *
saying(DmigPlanner *self, const char *table, const char *check)
{
  g_autofree char *address = dmig_address_new(DMIG_OBJECT_CONSTRAINT, table, check);

  for (guint i = 0; i < self->items->len; i++) {
    DmigChange *change = self->items->pdata[i];
    const DmigFacet *facet = change->new_facet != NULL ? change->new_facet : change->old_facet;
    if ((change->kind == DMIG_CHANGE_SET_FACET || change->kind == DMIG_CHANGE_RESET_FACET) &&
        strcmp(facet->name, DMIG_FACET_NOT_VALID) == 0 && strcmp(change->address, address) == 0)
      return change;
  }
  return NULL;
}

static gboolean
is_added(DmigPlanner *self, const char *table, const char *check)
{
  for (guint i = 0; i < self->items->len; i++) {
    const DmigChange *change = self->items->pdata[i];
    if (change->kind == DMIG_CHANGE_ADD_CONSTRAINT && strcmp(change->new_table->name, table) == 0 &&
        g_strcmp0(change->new_constraint->name, check) == 0)
      return TRUE;
  }
  return FALSE;
}

/* Whether a table above is told now that rows need not meet its check: it tells all below. */
static gboolean
is_loosened_above(DmigPlanner *self, const DmigTable *table, const char *check)
{
  for (guint i = 0; table->parents != NULL && table->parents[i] != NULL; i++) {
    const DmigTable *parent = dmig_schema_table(self->changes->to, table->parents[i]);
    if (is_loose(find_check(parent, check)) &&
        (saying(self, parent->name, check) != NULL || is_loosened_above(self, parent, check)))
      return TRUE;
  }
  return FALSE;
}

/* Whether the table, with its check of the name, gets it as meant only if its parents get it later. */
static gboolean
comes_too_early(DmigPlanner *self, const DmigTable *table, const DmigConstraint *check)
{
  const DmigTable *old = dmig_schema_table(self->changes->renamed, table->name);
  const DmigConstraint *before = find_check(old, check->name);

  if (check->kind != DMIG_CONSTRAINT_CHECK || !check->inherited)
    return FALSE;
  if (!is_loose(check))
    return is_brought(check) && is_loosened_above(self, table, check->name);
  if (is_made(self, table))
    return dmig_table_is_child(table);
  return is_brought(check) && before != NULL && !is_loose(before) &&
         !is_loosened_above(self, table, check->name);
}

/* The tables above with the check that rows need not meet. */
static void
find_above(DmigPlanner *self, const DmigTable *table, const char *check, GHashTable *above)
{
  for (guint i = 0; table->parents != NULL && table->parents[i] != NULL; i++) {
    const DmigTable *parent = dmig_schema_table(self->changes->to, table->parents[i]);
    const DmigConstraint *theirs = find_check(parent, check);
    if (!is_loose(theirs))
      continue;
    g_hash_table_add(above, (gpointer) parent);
    find_above(self, parent, check, above);
  }
}

/* The table's check goes, if it is there, and comes when all tables are. */
static void
bring_later(DmigPlanner *self, const DmigTable *table, const DmigConstraint *check)
{
  const DmigTable *old = dmig_schema_table(self->changes->renamed, table->name);
  const DmigConstraint *before = find_check(old, check->name);

  if (is_made(self, table)) {
    dmig_planner_hold_constraint(self, table->name, check->name);
  } else if (before != NULL && !is_added(self, table->name, check->name)) {
    dmig_planner_remove(self, saying(self, table->name, check->name));
    dmig_planner_recreate_constraint(self, old, table, before);
  }
}

static gboolean
is_below(DmigPlanner *self, const DmigTable *table, GHashTable *above)
{
  GHashTableIter iter;
  gpointer other = NULL;

  g_hash_table_iter_init(&iter, above);
  while (g_hash_table_iter_next(&iter, &other, NULL))
    if (dmig_planner_descends(self->changes->to, table, ((const DmigTable *) other)->name))
      return TRUE;
  return FALSE;
}

static void
settle(DmigPlanner *self, const char *check, GHashTable *above)
{
  const GPtrArray *tables = self->changes->to->tables;

  for (guint i = 0; i < tables->len; i++) {
    const DmigTable *table = tables->pdata[i];
    const DmigConstraint *here = find_check(table, check);
    gboolean below = is_brought(here) && is_below(self, table, above);
    if (below ? !is_made(self, table) || dmig_table_is_child(table)
              : g_hash_table_contains(above, table) && !here->inherited)
      bring_later(self, table, here);
  }
}

void
dmig_planner_bring_unvalidated(DmigPlanner *self)
{
  const GPtrArray *tables = self->changes->to->tables;
  g_autoptr(GHashTable) by_check =
      g_hash_table_new_full(g_str_hash, g_str_equal, NULL, (GDestroyNotify) g_hash_table_unref);
  g_autoptr(GPtrArray) checks = g_ptr_array_new();

  for (guint i = 0; i < tables->len; i++) {
    const DmigTable *table = tables->pdata[i];
    for (guint j = 0; table->parents != NULL && j < table->constraints->len; j++) {
      const DmigConstraint *check = table->constraints->pdata[j];
      if (!comes_too_early(self, table, check))
        continue;
      GHashTable *above = g_hash_table_lookup(by_check, check->name);
      if (above == NULL) {
        above = g_hash_table_new(NULL, NULL);
        g_hash_table_insert(by_check, check->name, above);
        g_ptr_array_add(checks, check->name);
      }
      find_above(self, table, check->name, above);
    }
  }
  for (guint i = 0; i < checks->len; i++)
    settle(self, checks->pdata[i], g_hash_table_lookup(by_check, checks->pdata[i]));
}
