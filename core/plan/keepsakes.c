/* What steps take that a person may want back, and what they bring back: the metadata by which the
 * executor keeps things beside the data. Both directions call a thing by its name on the side where it
 * exists; what is taken says which columns tell the rows apart on both sides. */
#include <string.h>

#include "core/base/text.h"
#include "core/plan/row_keys.h"

/* --- names on the side where the thing exists ------------------------------------------------- */

/* Of a table as the renames left it: what it is in the schema that the changes begin with. */
static const DmigTable *
table_at_home(const DmigPlanner *self, const char *name)
{
  const GPtrArray *renamed = self->changes->renamed->tables, *from = self->changes->from->tables;

  for (guint i = 0; i < renamed->len && i < from->len; i++)
    if (strcmp(((DmigTable *) renamed->pdata[i])->name, name) == 0)
      return from->pdata[i];
  return NULL;
}

static const char *
column_at_home(const DmigTable *renamed, const DmigTable *home, const char *column)
{
  for (guint i = 0; home != NULL && i < renamed->columns->len && i < home->columns->len; i++)
    if (strcmp(((DmigColumn *) renamed->columns->pdata[i])->name, column) == 0)
      return ((DmigColumn *) home->columns->pdata[i])->name;
  return column;
}

static char *
name_of(const char *table, const char *column)
{
  return g_strconcat(table, column != NULL ? "." : NULL, column, NULL);
}

static gboolean
is_listed(const GPtrArray *list, DmigKeepsakeKind kind, const char *name)
{
  g_autofree char *text = dmig_path_text(name);

  for (guint i = 0; i < list->len; i++) {
    const DmigKeepsake *keepsake = list->pdata[i];
    if (keepsake->kind == kind && strcmp(keepsake->name, text) == 0)
      return TRUE;
  }
  return FALSE;
}

/* --- taking ------------------------------------------------------------------------------------ */

static void
set_key(DmigKeepsake *keepsake, const DmigSides *sides, const DmigTable *home,
        const GPtrArray *columns)
{
  g_strfreev(keepsake->key);
  g_strfreev(keepsake->home);
  keepsake->key = g_new0(char *, columns->len + 1);
  keepsake->home = g_new0(char *, columns->len + 1);
  for (guint i = 0; i < columns->len; i++) {
    keepsake->key[i] = g_strdup(columns->pdata[i]);
    keepsake->home[i] = g_strdup(column_at_home(sides->old_table, home, columns->pdata[i]));
  }
}

static const DmigTable *
renamed_table(const DmigPlanner *self, const char *name)
{
  return dmig_schema_table(self->changes->renamed, name);
}

static void
take_with_key(DmigStep *step, DmigKeepsakeKind kind, const DmigSides *sides, GPtrArray *key,
              gboolean loose)
{
  const DmigTable *table = sides->old_table;
  const DmigTable *home = table_at_home(sides->planner, table->name);
  g_autofree char *name = name_of(home != NULL ? home->name : table->name,
                                  column_at_home(table, home, sides->but));

  if (is_listed(step->takes, kind, name))
    return;
  DmigKeepsake *keepsake =
      dmig_step_add_keepsake(step->takes, kind, name, table->name, sides->but);
  keepsake->loose = loose;
  set_key(keepsake, sides, home, key);
}

/* All that goes of the table goes with the first step that takes something of it. */
static void
take_loose(DmigPlanner *self, DmigStep *step, const DmigTable *old_table,
           const DmigTable *new_table, const char *column)
{
  if (!g_hash_table_add(self->taken, old_table->name))
    return;
  for (guint i = 0; i < old_table->columns->len; i++) {
    const DmigColumn *other = old_table->columns->pdata[i];
    const DmigSides sides = { self, old_table, new_table, other->name };
    if (strcmp(other->name, column) != 0 && !dmig_sides_lose(&sides, other))
      continue;
    g_autoptr(GPtrArray) key = dmig_sides_all_known(&sides);
    take_with_key(step, DMIG_KEEPSAKE_COLUMN, &sides, key, TRUE);
  }
}

static void
take_of_table(DmigPlanner *self, DmigStep *step, DmigKeepsakeKind kind, const DmigTable *old_table,
              const DmigTable *new_table, const char *column)
{
  const DmigSides sides = { self, old_table, new_table, column };
  g_autoptr(GPtrArray) key = dmig_sides_find_key(&sides);

  /* Values that are two of one row, before and after, need to be told apart for sure. */
  if (key != NULL)
    take_with_key(step, kind, &sides, key, FALSE);
  else if (kind == DMIG_KEEPSAKE_COLUMN)
    take_loose(self, step, old_table, new_table, column);
}

/* Whether the table's rows are its parent's, too, who is partitioned. */
static gboolean
is_partition(const DmigPlanner *self, const DmigTable *table)
{
  for (guint i = 0; table->parents != NULL && table->parents[i] != NULL; i++) {
    const DmigTable *parent = renamed_table(self, table->parents[i]);
    if (parent != NULL && parent->partition_by != NULL)
      return TRUE;
  }
  return FALSE;
}

/* Tables that inherit the column hold their rows by themselves; those of partitions are their
 * parent's. */
static void
take_below(DmigPlanner *self, DmigStep *step, DmigKeepsakeKind kind, const DmigTable *parent,
           const char *column)
{
  const GPtrArray *tables = self->changes->renamed->tables;

  for (guint i = 0; parent->has_children && i < tables->len; i++) {
    const DmigTable *table = tables->pdata[i];
    const DmigTable *after = dmig_schema_table(self->changes->to, table->name);
    const DmigColumn *is = dmig_table_column(table, column);
    if (table->parents == NULL || is == NULL || !is->inherited || after == NULL ||
        !g_strv_contains((const char *const *) table->parents, parent->name) ||
        is_partition(self, table))
      continue;
    if ((kind == DMIG_KEEPSAKE_COLUMN) != (dmig_table_column(after, column) == NULL))
      continue;
    take_of_table(self, step, kind, table, after, column);
    take_below(self, step, kind, table, column);
  }
}

/* Rows of partitions that another table takes over are not lost. */
static gboolean
is_copied(const DmigPlanner *self, const DmigTable *table)
{
  for (guint i = 0; table->parents != NULL && table->parents[i] != NULL; i++) {
    const DmigTable *parent = renamed_table(self, table->parents[i]);
    if (g_hash_table_contains(self->remade, table->parents[i]) ||
        (parent != NULL && is_copied(self, parent)))
      return TRUE;
  }
  return FALSE;
}

static void
take_table(DmigPlanner *self, const DmigTable *table, DmigStep *step)
{
  const DmigTable *home = table_at_home(self, table->name);

  if (table->partition_by == NULL && !is_copied(self, table) &&
      g_hash_table_add(self->taken, table->name))
    dmig_step_add_keepsake(step->takes, DMIG_KEEPSAKE_ROWS,
                           home != NULL ? home->name : table->name, table->name, NULL);
}

/* Tables that go, but lose something with their parent before. */
static void
take_goers_below(DmigPlanner *self, DmigStep *step, const DmigTable *parent)
{
  const GPtrArray *tables = self->changes->renamed->tables;

  for (guint i = 0; parent->has_children && i < tables->len; i++) {
    const DmigTable *table = tables->pdata[i];
    if (table->parents == NULL ||
        !g_strv_contains((const char *const *) table->parents, parent->name))
      continue;
    if (dmig_schema_table(self->changes->to, table->name) == NULL)
      take_table(self, table, step);
    take_goers_below(self, step, table);
  }
}

static void
take(DmigPlanner *self, DmigStep *step, DmigKeepsakeKind kind, const DmigTable *old_table,
     const DmigTable *new_table, const char *column, gboolean alone)
{
  const DmigTable *renamed = renamed_table(self, old_table->name);

  if (renamed == NULL || new_table == NULL)
    return;
  if (!alone)
    take_goers_below(self, step, renamed);
  take_of_table(self, step, kind, renamed, new_table, column);
  if (!alone && renamed->partition_by == NULL)
    take_below(self, step, kind, renamed, column);
}

static gboolean
is_number(const DmigPlanner *self, const char *type)
{
  g_autofree char *neutral = self->dialect->neutral_value(type);

  return g_strcmp0(neutral, "0") == 0;
}

/* Whether values may not come back from the change of type as they were. Numbers that fit stay the
 * numbers they are; texts that are read as something else may have been spelled otherwise. */
static gboolean
may_alter_values(DmigPlanner *self, const DmigChange *change)
{
  const char *from = change->old_column->type, *to = change->new_column->type;
  g_auto(DmigConversion) conversion = { 0 };

  if (!dmig_planner_may_merge_values(self, change))
    return FALSE;
  if (dmig_transition_conversion(self->transition, change->new_table->name,
                                 change->new_column->name) != NULL)
    return TRUE;
  self->dialect->conversion(from, to, "c", &conversion);
  return conversion.kind != DMIG_CONVERSION_CHECKED || !is_number(self, from) ||
         !is_number(self, to);
}

static void
take_altered(DmigPlanner *self, const DmigChange *change, DmigStep *step)
{
  gboolean computed = change->new_column->generated != DMIG_GENERATED_NONE;

  if (change->old_column->generated != DMIG_GENERATED_NONE)
    return;
  if ((computed && (change->aspects & DMIG_ASPECT_GENERATED)) || may_alter_values(self, change))
    take(self, step, DMIG_KEEPSAKE_VALUES, change->old_table, change->new_table,
         change->old_column->name, FALSE);
}

static gboolean
merges_labels(const DmigChange *change)
{
  for (guint i = 0; change->labels != NULL && i < change->labels->len; i++) {
    const DmigLabelMap *map = change->labels->pdata[i];
    if (dmig_strv_contains(change->old_enum->labels, map->to))
      return TRUE;
  }
  return FALSE;
}

static void
take_merged(DmigPlanner *self, const DmigChange *change, DmigStep *step)
{
  for (guint i = 0; change->users != NULL && i < change->users->len; i++) {
    const DmigChange *user = change->users->pdata[i];
    if (merges_labels(change))
      take(self, step, DMIG_KEEPSAKE_VALUES, user->old_table, user->new_table,
           user->old_column->name, TRUE);
  }
}

/* A new table takes the place of the old one, with fewer columns perhaps. */
static void
take_remade(DmigPlanner *self, const DmigChange *change, DmigStep *step)
{
  const DmigTable *new_table = dmig_schema_table(self->changes->to, change->old_table->name);

  for (guint i = 0; new_table != NULL && i < change->old_table->columns->len; i++) {
    const DmigColumn *column = change->old_table->columns->pdata[i];
    if (dmig_table_column(new_table, column->name) != NULL ||
        column->generated != DMIG_GENERATED_NONE)
      continue;
    dmig_step_add_loss(step, DMIG_LOSS_LOSSY, "the values of %s.%s", new_table->name,
                       column->name);
    take(self, step, DMIG_KEEPSAKE_COLUMN, change->old_table, new_table, column->name, TRUE);
  }
}

void
dmig_planner_take_labels(DmigPlanner *self, const DmigTable *old_table, const char *column,
                         DmigStep *step)
{
  take(self, step, DMIG_KEEPSAKE_VALUES, old_table,
       dmig_schema_table(self->changes->to, old_table->name), column, TRUE);
}

/* --- bringing ---------------------------------------------------------------------------------- */

static void
bring(DmigStep *step, DmigKeepsakeKind kind, const DmigTable *table, const char *column)
{
  g_autofree char *name = name_of(table->name, column);

  if (!is_listed(step->brings, kind, name))
    dmig_step_add_keepsake(step->brings, kind, name, table->name, column);
}

static void
bring_below(DmigPlanner *self, DmigStep *step, DmigKeepsakeKind kind, const DmigTable *parent,
            const char *column)
{
  const GPtrArray *tables = self->changes->to->tables;

  for (guint i = 0; parent->has_children && i < tables->len; i++) {
    const DmigTable *table = tables->pdata[i];
    const DmigColumn *is = dmig_table_column(table, column);
    if (table->parents == NULL || is == NULL || !is->inherited ||
        !g_strv_contains((const char *const *) table->parents, parent->name))
      continue;
    bring(step, kind, table, column);
    bring_below(self, step, kind, table, column);
  }
}

static void
bring_column(DmigPlanner *self, const DmigChange *change, DmigStep *step, DmigKeepsakeKind kind)
{
  const DmigTable *table = dmig_schema_table(self->changes->to, change->new_table->name);

  if (table == NULL)
    return;
  bring(step, kind, table, change->new_column->name);
  if (table->partition_by == NULL)
    bring_below(self, step, kind, table, change->new_column->name);
}

/* A default that is out of the way while the column gets another type: values come back with that. */
static gboolean
only_prepares(const DmigPlanner *self, const DmigChange *change)
{
  for (guint i = 0; change->aspects == DMIG_ASPECT_DEFAULT && i < self->items->len; i++) {
    const DmigChange *other = self->items->pdata[i];
    if (other->kind == DMIG_CHANGE_ALTER_COLUMN && (other->aspects & DMIG_ASPECT_TYPE)
        && strcmp(other->new_table->name, change->new_table->name) == 0
        && strcmp(other->new_column->name, change->new_column->name) == 0)
      return TRUE;
  }
  return FALSE;
}

static void
bring_merged(DmigPlanner *self, const DmigChange *change, DmigStep *step)
{
  for (guint i = 0; change->users != NULL && i < change->users->len; i++) {
    const DmigChange *user = change->users->pdata[i];
    if (user->new_table != NULL && dmig_planner_splits_labels(self, change->new_enum))
      bring(step, DMIG_KEEPSAKE_VALUES, user->new_table, user->new_column->name);
  }
}

static void
bring_remade(DmigPlanner *self, const DmigChange *change, DmigStep *step)
{
  for (guint i = 0; i < change->new_table->columns->len; i++) {
    const DmigColumn *column = change->new_table->columns->pdata[i];
    if (dmig_table_column(change->old_table, column->name) == NULL &&
        column->generated == DMIG_GENERATED_NONE)
      bring(step, DMIG_KEEPSAKE_COLUMN, change->new_table, column->name);
  }
}

gboolean
dmig_planner_splits_labels(const DmigPlanner *self, const DmigEnum *made)
{
  for (guint i = 0; i < self->transition->merges->len; i++) {
    const DmigLabelMap *map = self->transition->merges->pdata[i];
    if (g_strcmp0(map->enum_name, made->name) == 0)
      return TRUE;
  }
  return FALSE;
}

/* Where a check stands for an enum, its labels come back with the table's rebuild. */
static void
bring_labels(DmigPlanner *self, const DmigTable *new_table, DmigStep *step)
{
  for (guint i = 0; i < self->transition->merges->len; i++) {
    const DmigLabelMap *map = self->transition->merges->pdata[i];
    if (g_strcmp0(map->table, new_table->name) == 0 && map->column != NULL &&
        dmig_table_column(new_table, map->column) != NULL)
      bring(step, DMIG_KEEPSAKE_VALUES, new_table, map->column);
  }
}

void
dmig_planner_keep(DmigPlanner *self, const DmigChange *change, DmigStep *step)
{
  if (change->kind == DMIG_CHANGE_CREATE_TABLE)
    bring(step, DMIG_KEEPSAKE_ROWS, change->new_table, NULL);
  else if (change->kind == DMIG_CHANGE_DROP_TABLE)
    take_table(self, renamed_table(self, change->old_table->name), step);
  else if (change->kind == DMIG_CHANGE_ADD_COLUMN) {
    if (!dmig_planner_is_staged(self, change->new_table, change->new_column->name))
      bring_column(self, change, step, DMIG_KEEPSAKE_COLUMN);
  } else if (change->kind == DMIG_CHANGE_DROP_COLUMN) {
    if (change->old_column->generated == DMIG_GENERATED_NONE)
      take(self, step, DMIG_KEEPSAKE_COLUMN, change->old_table, change->new_table,
           change->old_column->name, change->alone);
  } else if (change->kind == DMIG_CHANGE_ALTER_COLUMN) {
    take_altered(self, change, step);
    if (!only_prepares(self, change))
      bring_column(self, change, step, DMIG_KEEPSAKE_VALUES);
    /* It may have been dropped to be computed, and become plain in place. */
    if (change->old_column->generated != DMIG_GENERATED_NONE &&
        change->new_column->generated == DMIG_GENERATED_NONE)
      bring_column(self, change, step, DMIG_KEEPSAKE_COLUMN);
    bring_labels(self, change->new_table, step);
  } else if (change->kind == DMIG_CHANGE_ALTER_ENUM) {
    take_merged(self, change, step);
    bring_merged(self, change, step);
  } else if (change->kind == DMIG_CHANGE_REBUILD_TABLE &&
             !self->dialect->has.table_rebuilds)
    take_remade(self, change, step);
  else if (change->kind == DMIG_CHANGE_COPY_ROWS)
    bring_remade(self, change, step);
}

void
dmig_planner_keep_rebuilt(DmigPlanner *self, const DmigTable *new_table, DmigStep *step)
{
  bring_labels(self, new_table, step);
}
