/* Names of indexes and constraints: what holds one that something new wants lets go of it first. */
#include "core/plan/planner.h"

/* Where an index has its name for good, another name is another index. */
static void
replace_index_renames(DmigPlanner *self)
{
  if (self->dialect->has.index_renames)
    return;
  for (guint i = self->items->len; i > 0; i--) {
    const DmigChange *change = self->items->pdata[i - 1];
    if (change->kind != DMIG_CHANGE_RENAME_INDEX)
      continue;
    g_ptr_array_remove_index(self->items, i - 1);
    dmig_planner_add(self, DMIG_CHANGE_DROP_INDEX, change->old_table, change->new_table)
        ->old_index = change->old_index;
    dmig_planner_add(self, DMIG_CHANGE_CREATE_INDEX, change->old_table, change->new_table)
        ->new_index = change->new_index;
  }
}

static void
drop_early(DmigPlanner *self, const DmigTable *table, const DmigConstraint *constraint)
{
  if (!dmig_planner_drops(self, constraint))
    dmig_planner_add(self, DMIG_CHANGE_DROP_CONSTRAINT, table, NULL)->old_constraint = constraint;
}

/* Foreign keys of dropped tables to `table`, whose key is dropped before it. */
static void
drop_references_early(DmigPlanner *self, const DmigTable *table)
{
  const GPtrArray *tables = self->changes->renamed->tables;

  for (guint i = 0; i < tables->len; i++) {
    const DmigTable *other = tables->pdata[i];
    for (guint j = 0; j < other->constraints->len; j++) {
      const DmigConstraint *constraint = other->constraints->pdata[j];
      if (constraint->kind == DMIG_CONSTRAINT_FOREIGN_KEY &&
          g_str_equal(constraint->ref_table, table->name))
        drop_early(self, other, constraint);
    }
  }
}

static GHashTable *
names_wanted(const DmigSchema *schema)
{
  GHashTable *wanted = g_hash_table_new(g_str_hash, g_str_equal);

  for (guint i = 0; i < schema->tables->len; i++) {
    const DmigTable *table = schema->tables->pdata[i];
    g_hash_table_add(wanted, (char *) dmig_path_name(table->name));
    for (guint j = 0; j < table->indexes->len; j++)
      g_hash_table_add(wanted, ((DmigIndex *) table->indexes->pdata[j])->name);
    for (guint j = 0; j < table->constraints->len; j++)
      if (((DmigConstraint *) table->constraints->pdata[j])->name != NULL)
        g_hash_table_add(wanted, ((DmigConstraint *) table->constraints->pdata[j])->name);
  }
  for (guint i = 0; i < schema->objects->len; i++) {
    const DmigObject *object = schema->objects->pdata[i];
    if (!dmig_object_kind_is_part(object->kind))
      g_hash_table_add(wanted, (char *) dmig_path_name(object->path));
  }
  return wanted;
}

static void
free_names_of_table(DmigPlanner *self, const DmigTable *table, GHashTable *wanted)
{
  for (guint i = 0; i < table->indexes->len; i++) {
    const DmigIndex *index = table->indexes->pdata[i];
    if (g_hash_table_contains(wanted, index->name))
      dmig_planner_add(self, DMIG_CHANGE_DROP_INDEX, table, NULL)->old_index = index;
  }
  for (guint i = 0; i < table->constraints->len; i++) {
    const DmigConstraint *constraint = table->constraints->pdata[i];
    gboolean key = constraint->kind == DMIG_CONSTRAINT_PRIMARY_KEY ||
                   constraint->kind == DMIG_CONSTRAINT_UNIQUE;
    if (!key || constraint->name == NULL || !g_hash_table_contains(wanted, constraint->name) ||
        !self->dialect->has.named_constraints)
      continue;
    drop_references_early(self, table);
    drop_early(self, table, constraint);
  }
}

/* Names of indexes and constraints that dropped tables hold until they go, but new objects want. */
static void
free_names_of_dropped_tables(DmigPlanner *self)
{
  g_autoptr(GHashTable) wanted = names_wanted(self->changes->to);
  guint length = self->items->len;

  for (guint i = 0; i < length; i++) {
    const DmigChange *change = self->items->pdata[i];
    if (change->kind == DMIG_CHANGE_DROP_TABLE)
      free_names_of_table(self, change->old_table, wanted);
  }
}

void
dmig_planner_free_names(DmigPlanner *self)
{
  replace_index_renames(self);
  free_names_of_dropped_tables(self);
}
