/* What steps take that a person may want back, and what they bring back: the metadata by which the
 * executor keeps things beside the data. Both directions call a thing by its name on the side where it
 * exists; what is taken says which columns tell the rows apart on both sides. */
#include <string.h>

#include "core/base/text.h"
#include "core/plan/planner.h"
#include "core/sql/lexer.h"
#include "core/sql/text.h"

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

/* --- which columns tell rows apart ------------------------------------------------------------- */

static gboolean
maps_labels(const DmigPlanner *self, const DmigTable *table, const DmigColumn *column)
{
  for (guint i = 0; i < self->transition->labels->len; i++) {
    const DmigLabelMap *map = self->transition->labels->pdata[i];
    if (g_strcmp0(map->table, table->name) == 0 && g_strcmp0(map->column, column->name) == 0)
      return TRUE;
    if (map->enum_name == NULL)
      continue;
    g_autofree char *type = dmig_sql_identifier(self->dialect, map->enum_name);
    if (g_str_has_prefix(column->type, type))
      return TRUE;
  }
  return FALSE;
}

/* Values stay what they are, and a plain cast compares them. */
static gboolean
converts_plainly(const DmigPlanner *self, const char *from, const char *to)
{
  g_auto(DmigConversion) conversion = { 0 };

  self->dialect->conversion(from, to, "c", &conversion);
  return conversion.kind == DMIG_CONVERSION_LOSSLESS && conversion.using_sql == NULL;
}

/* Whether every row has the same value in this column on both sides. */
static gboolean
is_stable(const DmigPlanner *self, const DmigTable *old_table, const DmigTable *new_table,
          const char *name)
{
  const DmigColumn *old = dmig_table_column(old_table, name);
  const DmigColumn *new = dmig_table_column(new_table, name);

  if (old == NULL || new == NULL || old->generated != DMIG_GENERATED_NONE ||
      new->generated != DMIG_GENERATED_NONE || maps_labels(self, new_table, new) ||
      dmig_transition_conversion(self->transition, new_table->name, name) != NULL ||
      (dmig_transition_fill(self->transition, new_table->name, name) != NULL && !old->not_null))
    return FALSE;
  return strcmp(old->type, new->type) == 0 || converts_plainly(self, old->type, new->type) ||
         converts_plainly(self, new->type, old->type);
}

typedef struct {
  const DmigPlanner *planner;
  const DmigTable *old_table, *new_table;
  const char *but; /* the column that is kept itself */
} Sides;

/* TRUE and `columns` owned by the caller, where they are a key on both sides. */
static gboolean
is_key(const Sides *sides, GPtrArray *columns)
{
  for (guint i = 0; i < columns->len; i++) {
    const char *name = columns->pdata[i];
    const DmigColumn *column = dmig_table_column(sides->old_table, name);
    if (column == NULL || !column->not_null || strcmp(name, sides->but) == 0 ||
        !is_stable(sides->planner, sides->old_table, sides->new_table, name))
      return FALSE;
  }
  return columns->len > 0;
}

static GPtrArray *
columns_of_constraint(const DmigConstraint *constraint)
{
  GPtrArray *columns = g_ptr_array_new();

  if (constraint->kind == DMIG_CONSTRAINT_PRIMARY_KEY ||
      constraint->kind == DMIG_CONSTRAINT_UNIQUE)
    for (guint i = 0; constraint->columns[i] != NULL; i++)
      g_ptr_array_add(columns, constraint->columns[i]);
  return columns;
}

static GPtrArray *
columns_of_index(const DmigIndex *index)
{
  GPtrArray *columns = g_ptr_array_new();

  for (guint i = 0; index->unique && index->where_sql == NULL && i < index->elements->len; i++) {
    const DmigIndexElement *element = index->elements->pdata[i];
    if (element->column == NULL) {
      g_ptr_array_set_size(columns, 0);
      return columns;
    }
    g_ptr_array_add(columns, element->column);
  }
  return columns;
}

/* A key of the old table that the new one has, too: its columns. */
static GPtrArray *
find_key(const Sides *sides)
{
  const DmigTable *table = sides->old_table;

  for (guint pass = 0; pass < 2; pass++)
    for (guint i = 0; i < table->constraints->len; i++) {
      const DmigConstraint *constraint = table->constraints->pdata[i];
      if ((constraint->kind == DMIG_CONSTRAINT_PRIMARY_KEY) != (pass == 0))
        continue;
      g_autoptr(GPtrArray) columns = columns_of_constraint(constraint);
      if (is_key(sides, columns))
        return g_steal_pointer(&columns);
    }
  for (guint i = 0; i < table->indexes->len; i++) {
    g_autoptr(GPtrArray) columns = columns_of_index(table->indexes->pdata[i]);
    if (is_key(sides, columns))
      return g_steal_pointer(&columns);
  }
  return NULL;
}

static gboolean
goes(const Sides *sides, const DmigColumn *column)
{
  return column->generated == DMIG_GENERATED_NONE &&
         dmig_table_column(sides->new_table, column->name) == NULL;
}

/* Without a key, all of a row that is the same on both sides, and what goes along with the column: what
 * of that comes back first tells the rows apart for the rest. */
static GPtrArray *
all_known(const Sides *sides)
{
  GPtrArray *columns = g_ptr_array_new();

  for (guint i = 0; i < sides->old_table->columns->len; i++) {
    const DmigColumn *column = sides->old_table->columns->pdata[i];
    if (strcmp(column->name, sides->but) != 0 &&
        (goes(sides, column) ||
         is_stable(sides->planner, sides->old_table, sides->new_table, column->name)))
      g_ptr_array_add(columns, column->name);
  }
  return columns;
}

static void
set_key(DmigKeepsake *keepsake, const Sides *sides, const DmigTable *home,
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

/* --- taking ------------------------------------------------------------------------------------ */

static const DmigTable *
renamed_table(const DmigPlanner *self, const char *name)
{
  return dmig_schema_table(self->changes->renamed, name);
}

static void
take_with_key(DmigStep *step, DmigKeepsakeKind kind, const Sides *sides, GPtrArray *key,
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
    const Sides sides = { self, old_table, new_table, other->name };
    if (strcmp(other->name, column) != 0 && !goes(&sides, other))
      continue;
    g_autoptr(GPtrArray) key = all_known(&sides);
    take_with_key(step, DMIG_KEEPSAKE_COLUMN, &sides, key, TRUE);
  }
}

static void
take_of_table(DmigPlanner *self, DmigStep *step, DmigKeepsakeKind kind, const DmigTable *old_table,
              const DmigTable *new_table, const char *column)
{
  const Sides sides = { self, old_table, new_table, column };
  g_autoptr(GPtrArray) key = find_key(&sides);

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
take_below(DmigPlanner *self, DmigStep *step, DmigKeepsakeKind kind, const char *parent,
           const char *column)
{
  const GPtrArray *tables = self->changes->renamed->tables;

  for (guint i = 0; i < tables->len; i++) {
    const DmigTable *table = tables->pdata[i];
    const DmigTable *after = dmig_schema_table(self->changes->to, table->name);
    const DmigColumn *is = dmig_table_column(table, column);
    if (table->parents == NULL || is == NULL || !is->inherited || after == NULL ||
        !g_strv_contains((const char *const *) table->parents, parent) ||
        is_partition(self, table))
      continue;
    if ((kind == DMIG_KEEPSAKE_COLUMN) != (dmig_table_column(after, column) == NULL))
      continue;
    take_of_table(self, step, kind, table, after, column);
    take_below(self, step, kind, table->name, column);
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
take_goers_below(DmigPlanner *self, DmigStep *step, const char *parent)
{
  const GPtrArray *tables = self->changes->renamed->tables;

  for (guint i = 0; i < tables->len; i++) {
    const DmigTable *table = tables->pdata[i];
    if (table->parents == NULL ||
        !g_strv_contains((const char *const *) table->parents, parent))
      continue;
    if (dmig_schema_table(self->changes->to, table->name) == NULL)
      take_table(self, table, step);
    take_goers_below(self, step, table->name);
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
    take_goers_below(self, step, renamed->name);
  take_of_table(self, step, kind, renamed, new_table, column);
  if (!alone && renamed->partition_by == NULL)
    take_below(self, step, kind, renamed->name, column);
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
bring_below(DmigPlanner *self, DmigStep *step, DmigKeepsakeKind kind, const char *parent,
            const char *column)
{
  const GPtrArray *tables = self->changes->to->tables;

  for (guint i = 0; i < tables->len; i++) {
    const DmigTable *table = tables->pdata[i];
    const DmigColumn *is = dmig_table_column(table, column);
    if (table->parents == NULL || is == NULL || !is->inherited ||
        !g_strv_contains((const char *const *) table->parents, parent))
      continue;
    bring(step, kind, table, column);
    bring_below(self, step, kind, table->name, column);
  }
}

static void
bring_column(DmigPlanner *self, const DmigChange *change, DmigStep *step, DmigKeepsakeKind kind)
{
  const DmigTable *table = dmig_schema_table(self->changes->to, change->new_table->name);

  if (table == NULL)
    return;
  bring(step, kind, table, change->new_column->name);
  if (table->has_children && table->partition_by == NULL)
    bring_below(self, step, kind, table->name, change->new_column->name);
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
             !dmig_planner_can(self, DMIG_CAP_TABLE_REBUILD))
    take_remade(self, change, step);
  else if (change->kind == DMIG_CHANGE_COPY_ROWS)
    bring_remade(self, change, step);
}

void
dmig_planner_keep_rebuilt(DmigPlanner *self, const DmigTable *new_table, DmigStep *step)
{
  bring_labels(self, new_table, step);
}

/* --- columns that come back before what they stand in ------------------------------------------ */

/* A value that stands in for the old one would break a key or a check that speaks of the column. */
static gboolean
is_bound(const DmigTable *table, const char *column)
{
  for (guint i = 0; i < table->constraints->len; i++) {
    const DmigConstraint *constraint = table->constraints->pdata[i];
    if (dmig_strv_contains(constraint->columns, column) ||
        (constraint->check_sql != NULL && dmig_sql_mentions(constraint->check_sql, column)))
      return TRUE;
  }
  for (guint i = 0; i < table->indexes->len; i++) {
    const DmigIndex *index = table->indexes->pdata[i];
    for (guint j = 0; index->unique && j < index->elements->len; j++) {
      const DmigIndexElement *element = index->elements->pdata[j];
      if (g_strcmp0(element->column, column) == 0 ||
          (element->expression != NULL && dmig_sql_mentions(element->expression, column)))
        return TRUE;
    }
  }
  return FALSE;
}

static gboolean
is_required(const DmigColumn *column)
{
  return column->not_null && column->default_sql == NULL;
}

/* The column as it may be added to any rows; owned by the planner. */
static DmigColumn *
loosened(DmigPlanner *self, const DmigTable *table, const DmigColumn *column)
{
  DmigTable *holder = dmig_table_new(table->name);
  DmigColumn *copy = dmig_column_copy(column);

  copy->not_null = FALSE;
  g_ptr_array_add(holder->columns, copy);
  g_ptr_array_add(self->tables, holder);
  return copy;
}

static gboolean
is_plain_addition(const DmigPlanner *self, const DmigChange *change)
{
  return self->transition->reverse && change->kind == DMIG_CHANGE_ADD_COLUMN &&
         change->old_table != NULL && change->new_column->generated == DMIG_GENERATED_NONE &&
         change->new_column->identity == DMIG_IDENTITY_NONE;
}

gboolean
dmig_planner_is_staged(const DmigPlanner *self, const DmigTable *table, const char *column)
{
  const DmigTable *staged = g_hash_table_lookup(self->staged, table->name);

  return staged != NULL && dmig_table_column(staged, column) != NULL &&
         dmig_table_column(renamed_table(self, table->name), column) == NULL;
}

static gboolean
must_stage(DmigPlanner *self, const DmigChange *change, DmigChange *out_addition)
{
  const DmigColumn *column = change->new_column;

  if (!is_plain_addition(self, change) || !dmig_planner_rebuilds(self, change))
    return FALSE;
  gboolean required = is_required(column);
  if ((change->fill_sql != NULL && !required) ||
      (!is_bound(change->new_table, column->name) && !(required && change->fill_sql == NULL)))
    return FALSE;
  *out_addition = *change;
  out_addition->fill_sql = NULL;
  out_addition->new_column = loosened(self, change->new_table, column);
  return self->dialect->can_alter(out_addition);
}

DmigTable *
dmig_planner_stage_columns(DmigPlanner *self, const DmigTable *new_table, GPtrArray *additions)
{
  DmigTable *staged = NULL;

  for (guint i = 0; i < self->items->len; i++) {
    const DmigChange *change = self->items->pdata[i];
    DmigChange addition = { 0 };
    if (change->new_table != new_table || !must_stage(self, change, &addition))
      continue;
    if (staged == NULL)
      staged = dmig_table_copy(renamed_table(self, new_table->name));
    g_ptr_array_add(staged->columns, dmig_column_copy(addition.new_column));
    g_ptr_array_add(additions, g_memdup2(&addition, sizeof addition));
  }
  if (staged != NULL)
    g_ptr_array_add(self->tables, staged);
  return staged;
}

gboolean
dmig_planner_split_addition(DmigPlanner *self, const DmigChange *change, DmigChange *out_addition,
                            DmigChange *out_requirement)
{
  if (!is_plain_addition(self, change) || dmig_planner_rebuilds(self, change) ||
      !is_required(change->new_column) || change->fill_sql != NULL)
    return FALSE;
  *out_addition = *change;
  out_addition->new_column = loosened(self, change->new_table, change->new_column);
  *out_requirement = *change;
  out_requirement->kind = DMIG_CHANGE_ALTER_COLUMN;
  out_requirement->aspects = DMIG_ASPECT_NOT_NULL;
  out_requirement->old_column = out_addition->new_column;
  return TRUE;
}
