/* Rows that find another partition: those which the new bounds of their own leave out, and those of a
 * default one that a partition beside it takes. They are set aside before that is attached, and come back
 * through the topmost table once all are. Nobody's trigger or reference sees them move. */
#include <string.h>

#include "core/diff/rename.h"
#include "core/plan/bounds.h"
#include "core/sql/lexer.h"
#include "core/sql/text.h"

/* Beyond that, which rows fit nowhere is left to the database: the question would be longer than what it
 * is about. */
#define MOST_PARTS 100

/* A table that holds rows itself, and which of them go. */
typedef struct {
  const DmigTable *leaf;  /* as it will be, or was if it goes */
  const DmigTable *whole; /* the topmost table */
  char *misfit;           /* what is true of the rows */
  gboolean goes;          /* the leaf */
  gboolean spare;         /* only a new partition beside a default one wants them */
  gboolean aside;         /* a step has taken them out */
} Mover;

static void
mover_free(Mover *self)
{
  g_free(self->misfit);
  g_free(self);
}

/* --- before the order is known ----------------------------------------------------------------- */

static const DmigTable *
topmost(const DmigPlanner *self, const DmigTable *table)
{
  while (dmig_planner_attachment(table) != NULL)
    table = dmig_bounds_whole(self, table);
  return table;
}

/* Whether `table`, of the old schema, is or will be of the tree whose top is `whole`. */
static gboolean
is_of_tree(const DmigPlanner *self, const char *table, const DmigTable *whole)
{
  const DmigTable *before = dmig_schema_table(self->changes->renamed, table);
  const DmigTable *after = dmig_schema_table(self->changes->to, table);

  return strcmp(table, whole->name) == 0 ||
         (before != NULL && dmig_planner_descends(self->changes->renamed, before, whole->name)) ||
         (after != NULL && dmig_planner_descends(self->changes->to, after, whole->name));
}

static gboolean
refers_to(const DmigPlanner *self, const DmigConstraint *constraint, const DmigTable *whole)
{
  return constraint->kind == DMIG_CONSTRAINT_FOREIGN_KEY && constraint->ref_table != NULL &&
         !constraint->inherited && is_of_tree(self, constraint->ref_table, whole);
}

/* What refers to the rows waits until all of them are back. */
static void
free_from_references(DmigPlanner *self, const DmigTable *whole)
{
  const DmigSchema *renamed = self->changes->renamed;

  for (guint i = 0; i < renamed->tables->len; i++) {
    const DmigTable *table = renamed->tables->pdata[i];
    const DmigTable *after = dmig_schema_table(self->changes->to, table->name);
    for (guint j = 0; after != NULL && j < table->constraints->len; j++) {
      const DmigConstraint *constraint = table->constraints->pdata[j];
      if (refers_to(self, constraint, whole) && !dmig_planner_drops(self, constraint))
        dmig_planner_recreate_constraint(self, table, after, constraint);
    }
  }
}

static gboolean
is_referred(const DmigPlanner *self, const DmigTable *whole)
{
  const DmigSchema *renamed = self->changes->renamed;

  for (guint i = 0; i < renamed->tables->len; i++) {
    const DmigTable *table = renamed->tables->pdata[i];
    for (guint j = 0; j < table->constraints->len; j++)
      if (refers_to(self, table->constraints->pdata[j], whole))
        return TRUE;
  }
  return FALSE;
}

/* A new partition beside a default one is daily work, and mostly finds no rows there: all references to the
 * table are not looked through again for it. Where there are such rows, the database refuses. */
static void
leave_spare(DmigPlanner *self)
{
  for (guint i = self->movers->len; i > 0; i--) {
    const Mover *mover = self->movers->pdata[i - 1];
    gboolean spare = mover->spare;
    for (guint j = 0; j < self->movers->len && spare; j++) {
      const Mover *other = self->movers->pdata[j];
      spare = other->spare || other->whole != mover->whole;
    }
    if (spare && is_referred(self, mover->whole))
      g_ptr_array_remove_index(self->movers, i - 1);
  }
}

/* Rows that only move are neither inserted nor deleted to anybody. */
static void
free_from_triggers(DmigPlanner *self, const DmigTable *whole)
{
  const GPtrArray *objects = self->changes->renamed->objects;

  for (guint i = 0; i < objects->len; i++) {
    const DmigObject *object = objects->pdata[i];
    if ((object->kind == DMIG_OBJECT_TRIGGER || object->kind == DMIG_OBJECT_RULE) &&
        is_of_tree(self, object->path, whole))
      dmig_planner_recreate_object(self, object);
  }
}

static void
free_whole(DmigPlanner *self, const DmigTable *whole)
{
  dmig_planner_add(self, DMIG_CHANGE_COPY_ROWS, whole, whole);
  free_from_references(self, whole);
  free_from_triggers(self, whole);
}

/* NULL: no rows of the table, which was a partition, move; those of a table that is made again come with
 * it. */
static Mover *
find_mover(const DmigPlanner *self, const DmigTable *before)
{
  const DmigTable *after = dmig_schema_table(self->changes->to, before->name);
  if (g_hash_table_contains(self->remade, before->name))
    return NULL;
  gboolean anew = TRUE;
  char *misfit = after != NULL ? dmig_bounds_misfit(self, after, &anew) : dmig_bounds_placed(self, before);
  Mover *mover = NULL;

  if (misfit == NULL)
    return NULL;
  mover = g_new0(Mover, 1);
  mover->goes = after == NULL;
  mover->leaf = mover->goes ? before : after;
  mover->whole = topmost(self, mover->goes ? dmig_bounds_remaining(self, before) : after);
  mover->misfit = misfit;
  mover->spare = !anew;
  return mover;
}

void
dmig_planner_find_movers(DmigPlanner *self)
{
  const GPtrArray *tables = self->changes->renamed->tables;
  g_autoptr(GHashTable) wholes = g_hash_table_new(NULL, NULL);

  self->movers = g_ptr_array_new_with_free_func((GDestroyNotify) mover_free);
  if (self->items->len == 0 || self->dialect->partition_fits == NULL)
    return;
  for (guint i = 0; i < tables->len; i++) {
    const DmigTable *before = tables->pdata[i];
    Mover *mover = before->partition_by == NULL && dmig_planner_attachment(before) != NULL
                       ? find_mover(self, before)
                       : NULL;
    if (mover != NULL)
      g_ptr_array_add(self->movers, mover);
  }
  leave_spare(self);
  for (guint i = 0; i < self->movers->len; i++) {
    const Mover *mover = self->movers->pdata[i];
    if (g_hash_table_add(wholes, (gpointer) mover->whole))
      free_whole(self, mover->whole);
  }
}

/* Whether the leaf goes with this change. */
static gboolean
is_taken(const DmigPlanner *self, const Mover *mover, const DmigChange *change)
{
  return mover->goes && change->kind == DMIG_CHANGE_DROP_TABLE &&
         (strcmp(mover->leaf->name, change->old_table->name) == 0 ||
          dmig_planner_descends(self->changes->renamed, mover->leaf, change->old_table->name));
}

gboolean
dmig_planner_saves_rows(const DmigPlanner *self, const DmigChange *drop, gboolean all)
{
  for (guint i = 0; i < self->movers->len; i++) {
    const Mover *mover = self->movers->pdata[i];
    if (is_taken(self, mover, drop) && (!all || strcmp(mover->misfit, "TRUE") == 0))
      return TRUE;
  }
  return FALSE;
}

/* --- steps ----------------------------------------------------------------------------------- */

/* How many partitions the table has, at any depth. */
static guint
count_parts(const DmigPlanner *self, const DmigTable *whole)
{
  const GPtrArray *tables = self->changes->to->tables;
  guint parts = 0;

  for (guint i = 0; i < tables->len; i++)
    parts += dmig_planner_descends(self->changes->to, tables->pdata[i], whole->name);
  return parts;
}

/* Whether any row has a place in the table. */
static gboolean
takes_all(const DmigPlanner *self, const DmigTable *table)
{
  const GPtrArray *tables = self->changes->to->tables;

  for (guint i = 0; i < tables->len; i++)
    if (dmig_bounds_is_part(tables->pdata[i], table->name) && !takes_all(self, tables->pdata[i]))
      return FALSE;
  return table->partition_by == NULL || dmig_bounds_have_default(self, table);
}

/* Where the table itself is asked, it must be there as it will be. */
static gboolean
can_tell_places(const DmigPlanner *self, const DmigTable *parent)
{
  return self->dialect->partition_asks_table == NULL ||
         !self->dialect->partition_asks_table(parent) ||
         (dmig_schema_table(self->changes->from, parent->name) != NULL &&
          !g_hash_table_contains(self->remade, parent->name));
}

/* Appends what is true of rows that have a place in the partitioned table. FALSE: not known, or not to be
 * asked yet. */
static gboolean
append_places(const DmigPlanner *self, const DmigTable *parent, GString *places)
{
  const GPtrArray *tables = self->changes->to->tables;
  g_autoptr(GString) any = g_string_new(NULL);

  if (!can_tell_places(self, parent))
    return FALSE;
  if (!dmig_bounds_append_any(self, parent, FALSE, any))
    return FALSE;
  for (guint i = 0; i < tables->len; i++) {
    const DmigTable *part = tables->pdata[i];
    const char *or = places->len > 0 ? " OR " : "";
    g_autoptr(GString) within = g_string_new(NULL);
    if (!dmig_bounds_is_part(part, parent->name))
      continue;
    g_autofree char *fits = self->dialect->partition_fits(parent, dmig_bounds_text(self, part));
    if (part->partition_by != NULL && !append_places(self, part, within))
      return FALSE;
    if (fits != NULL)
      g_string_append_printf(places, "%s(%s)", or, fits);
    else if (any->len > 0)
      g_string_append_printf(places, "%s(%s) IS NOT TRUE", or, any->str);
    else
      g_string_append_printf(places, "%sTRUE", or);
    if (part->partition_by != NULL)
      g_string_append_printf(places, " AND (%s)", within->len > 0 ? within->str : "FALSE");
  }
  return TRUE;
}

/* Foreign tables can be partitions, too. */
static gboolean
has_foreign_tables(const DmigPlanner *self)
{
  const GPtrArray *objects = self->changes->to->objects;

  for (guint i = 0; i < objects->len; i++)
    if (((const DmigObject *) objects->pdata[i])->kind == DMIG_OBJECT_FOREIGN_TABLE)
      return TRUE;
  return FALSE;
}

/* Whether the rows have what `condition` reads before anything is done. */
static gboolean
can_be_asked(const DmigPlanner *self, const DmigTable *leaf, const char *condition)
{
  const DmigTable *now = dmig_schema_table(self->changes->from, leaf->name);

  for (guint i = 0; i < leaf->columns->len; i++) {
    const DmigColumn *column = leaf->columns->pdata[i];
    const DmigColumn *is = now != NULL ? dmig_table_column(now, column->name) : NULL;
    if (dmig_sql_mentions(condition, column->name) &&
        (is == NULL || strcmp(is->type, column->type) != 0))
      return FALSE;
  }
  return TRUE;
}

/* Rows of `table` for which `condition` holds and that fit nowhere in `whole` stop the step. */
static void
ask_for_homeless(const DmigPlanner *self, const DmigTable *table, const char *condition,
                 const DmigTable *whole, DmigStep *step)
{
  const DmigTable *before = dmig_schema_table(self->changes->renamed, table->name);
  g_autoptr(GString) places = g_string_new(NULL);
  g_autofree char *name = dmig_path_text(table->name);
  g_autofree char *whole_name = dmig_path_text(whole->name);

  if (takes_all(self, whole) || has_foreign_tables(self) || count_parts(self, whole) > MOST_PARTS ||
      !append_places(self, whole, places) || !can_be_asked(self, table, places->str))
    return;
  dmig_step_add_row_check(
      step, DMIG_CHECK_VIOLATION, before, NULL,
      dmig_sql_printf(self->dialect, "SELECT count(*) FROM %I WHERE (%s) AND (%s) IS NOT TRUE",
                      table->name, condition, places->len > 0 ? places->str : "FALSE"),
      g_strdup_printf("rows of %s fit into no partition of %s; give them one, or remove them first",
                      name, whole_name));
}

/* A table with rows becomes a partition. */
static void
ask_newcomer(const DmigPlanner *self, const DmigTable *table, DmigStep *step)
{
  const DmigTable *before = dmig_schema_table(self->changes->renamed, table->name);
  gboolean anew = FALSE;
  g_autofree char *misfit = dmig_bounds_misfit(self, table, &anew);
  g_autofree char *name = dmig_path_text(table->name);
  g_autofree char *parent = dmig_path_text(table->parents[0]);

  if (misfit == NULL || !can_be_asked(self, table, misfit))
    return;
  dmig_step_add_row_check(
      step, DMIG_CHECK_VIOLATION, before, NULL,
      dmig_sql_printf(self->dialect, "SELECT count(*) FROM %I WHERE %s", table->name, misfit),
      g_strdup_printf("rows of %s are not such as it may hold as a partition of %s; mend or remove them "
                      "first",
                      name, parent));
}

void
dmig_planner_ask_places(const DmigPlanner *self, const DmigChange *change, DmigStep *step)
{
  const DmigTable *after = change->new_table;
  const DmigTable *before =
      after != NULL ? dmig_schema_table(self->changes->renamed, after->name) : NULL;

  if (before == NULL || self->dialect->partition_fits == NULL)
    return;
  if (change->kind == DMIG_CHANGE_REBUILD_TABLE && after->partition_by != NULL)
    ask_for_homeless(self, after, "TRUE", after, step);
  else if (change->kind == DMIG_CHANGE_SET_FACET && change->new_facet->attaches &&
           change->new_facet == dmig_planner_attachment(after) &&
           dmig_planner_attachment(before) == NULL)
    ask_newcomer(self, after, step);
}

/* Whether rows of the leaf may be in the way of `change`: it attaches a table above it, or one that takes
 * rows of a default one above it. */
static gboolean
is_in_the_way(const DmigPlanner *self, const Mover *mover, const DmigChange *change)
{
  if (change->kind != DMIG_CHANGE_SET_FACET || !change->new_facet->attaches ||
      dmig_address_kind(change->address) != DMIG_OBJECT_TABLE || mover->goes)
    return FALSE;
  g_autofree char *partition = dmig_address_path(change->address);
  const DmigTable *other = dmig_schema_table(self->changes->to, partition);

  for (const DmigTable *table = mover->leaf; dmig_planner_attachment(table) != NULL;
       table = dmig_bounds_whole(self, table))
    if (table == other ||
        (dmig_bounds_is_part(other, table->parents[0]) && dmig_bounds_are_default(self, table)))
      return TRUE;
  return FALSE;
}

static DmigStep *
set_aside(const DmigPlanner *self, const Mover *mover)
{
  g_autofree char *aside = dmig_rename_aside(mover->leaf->name, self->dialect);
  g_autofree char *name = dmig_path_text(mover->leaf->name);
  DmigStep *step = dmig_step_new("set-rows-aside", name);

  g_free(step->title);
  step->title = g_strdup_printf("set rows of table %s aside for other partitions", name);
  step->phase = DMIG_PHASE_MIGRATE;
  step->scans = TRUE;
  if (!mover->goes)
    ask_for_homeless(self, mover->leaf, mover->misfit, mover->whole, step);
  self->dialect->spell_set_aside(mover->leaf, mover->misfit, aside, step);
  return step;
}

void
dmig_planner_set_rows_aside(DmigPlanner *self, const DmigChange *change, DmigPlan *plan)
{
  for (guint i = 0; i < self->movers->len; i++) {
    Mover *mover = self->movers->pdata[i];
    if (mover->aside || !(is_taken(self, mover, change) || is_in_the_way(self, mover, change)))
      continue;
    g_ptr_array_add(plan->steps, set_aside(self, mover));
    mover->aside = TRUE;
  }
}

void
dmig_planner_spell_return(DmigPlanner *self, const DmigTable *whole, DmigStep *step)
{
  for (guint i = 0; i < self->movers->len; i++) {
    const Mover *mover = self->movers->pdata[i];
    g_autofree char *aside = dmig_rename_aside(mover->leaf->name, self->dialect);
    if (mover->aside && mover->whole == whole)
      self->dialect->spell_bring_back(aside, mover->leaf, whole, step);
  }
}
