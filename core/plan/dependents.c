/* What must be dropped and made again around a change, because the database holds on to it. */
#include <string.h>

#include "core/diff/rename.h"
#include "core/plan/planner.h"
#include "core/sql/lexer.h"

/* Columns that something must let go of: table NUL column. */
static char *
column_key(const char *table, const char *column)
{
  return g_strdup_printf("%s\x01%s", table, column);
}

static gboolean
set_has(GHashTable *set, const char *table, const char *column)
{
  g_autofree char *key = column_key(table, column);

  return g_hash_table_contains(set, key);
}

static void
set_add(GHashTable *set, const char *table, const char *column)
{
  g_hash_table_add(set, column_key(table, column));
}

/* Whether `sql`, an expression over the rows of `table`, reads a column of the set. */
static gboolean
reads_any(GHashTable *set, const DmigTable *table, const char *sql)
{
  if (sql == NULL)
    return FALSE;
  for (guint i = 0; i < table->columns->len; i++) {
    const DmigColumn *column = table->columns->pdata[i];
    if (set_has(set, table->name, column->name) && dmig_sql_mentions(sql, column->name))
      return TRUE;
  }
  return FALSE;
}

static gboolean
names_any(GHashTable *set, const char *table, char *const *columns)
{
  for (guint i = 0; columns[i] != NULL; i++)
    if (set_has(set, table, columns[i]))
      return TRUE;
  return FALSE;
}

DmigChange *
dmig_planner_find(const DmigPlanner *self, DmigChangeKind kind, gconstpointer old_object)
{
  for (guint i = 0; i < self->items->len; i++) {
    DmigChange *change = self->items->pdata[i];
    if (change->kind == kind &&
        (change->old_column == old_object || change->old_constraint == old_object ||
         change->old_index == old_object || change->old_object == old_object))
      return change;
  }
  return NULL;
}

void
dmig_planner_remove(DmigPlanner *self, const DmigChange *change)
{
  if (change != NULL)
    g_ptr_array_remove(self->items, (gpointer) change);
}

/* --- columns --------------------------------------------------------------------------------- */

/* Computed columns are never altered where views and generated columns bind to columns: they are
 * dropped and made again, which costs their users the same. */
void
dmig_planner_recreate_column(DmigPlanner *self, const DmigTable *old_table, const DmigTable *new_table,
                const DmigColumn *old, const DmigColumn *new)
{
  DmigChange *altered = dmig_planner_find(self, DMIG_CHANGE_ALTER_COLUMN, old);
  DmigChange *change = NULL;

  dmig_planner_remove(self, altered);
  change = dmig_planner_add(self, DMIG_CHANGE_DROP_COLUMN, old_table, new_table);
  change->old_column = old;
  change = dmig_planner_add(self, DMIG_CHANGE_ADD_COLUMN, old_table, new_table);
  change->new_column = new;
  if (new->comment != NULL && dmig_planner_find(self, DMIG_CHANGE_COMMENT_COLUMN, old) == NULL) {
    change = dmig_planner_add(self, DMIG_CHANGE_COMMENT_COLUMN, old_table, new_table);
    change->new_column = new;
  }
}

typedef struct {
  GHashTable *changed;   /* columns whose type, collation or existence changes */
  GHashTable *recreated; /* those of them that are dropped and made again, or dropped */
} Touched;

static void
touch_altered_columns(DmigPlanner *self, Touched *touched)
{
  g_autoptr(GPtrArray) items = g_ptr_array_copy(self->items, NULL, NULL);

  for (guint i = 0; i < items->len; i++) {
    const DmigChange *change = items->pdata[i];
    if (change->kind == DMIG_CHANGE_ALTER_ENUM && change->users != NULL) {
      for (guint j = 0; j < change->users->len; j++) {
        const DmigChange *user = change->users->pdata[j];
        set_add(touched->changed, user->old_table->name, user->old_column->name);
      }
    } else if (change->kind == DMIG_CHANGE_DROP_COLUMN) {
      set_add(touched->changed, change->old_table->name, change->old_column->name);
      set_add(touched->recreated, change->old_table->name, change->old_column->name);
    } else if (change->kind == DMIG_CHANGE_ALTER_COLUMN) {
      gboolean computed = change->new_column->generated != DMIG_GENERATED_NONE;
      if (computed && (change->aspects & (DMIG_ASPECT_GENERATED | DMIG_ASPECT_TYPE))) {
        set_add(touched->changed, change->old_table->name, change->old_column->name);
        set_add(touched->recreated, change->old_table->name, change->old_column->name);
        dmig_planner_recreate_column(self, change->old_table, change->new_table, change->old_column,
                        change->new_column);
      } else if (!change->alone && (change->aspects & (DMIG_ASPECT_TYPE | DMIG_ASPECT_COLLATION))) {
        set_add(touched->changed, change->old_table->name, change->old_column->name);
      }
    }
  }
}

/* Computed columns over touched ones, and those over them. */
static void
touch_computed_columns(DmigPlanner *self, Touched *touched, const DmigTable *old_table,
                       const DmigTable *new_table)
{
  gboolean more = TRUE;

  while (more) {
    more = FALSE;
    for (guint i = 0; i < old_table->columns->len; i++) {
      const DmigColumn *old = old_table->columns->pdata[i];
      const DmigColumn *new = dmig_table_column(new_table, old->name);
      if (old->generated == DMIG_GENERATED_NONE || new == NULL ||
          set_has(touched->changed, old_table->name, old->name) ||
          !reads_any(touched->changed, old_table, old->generated_sql))
        continue;
      set_add(touched->changed, old_table->name, old->name);
      if (new->generated != DMIG_GENERATED_NONE) {
        set_add(touched->recreated, old_table->name, old->name);
        dmig_planner_recreate_column(self, old_table, new_table, old, new);
      }
      more = TRUE;
    }
  }
}

/* --- constraints and indexes ----------------------------------------------------------------- */

/* The object on the new side that `old` has become, unless it is dropped anyway. A rename is taken
 * out: the object gets its new name when it is made again. */
static const DmigConstraint *
successor_of_constraint(DmigPlanner *self, const DmigTable *new_table, const DmigConstraint *old)
{
  DmigChange *renamed = dmig_planner_find(self, DMIG_CHANGE_RENAME_CONSTRAINT, old);

  if (dmig_planner_find(self, DMIG_CHANGE_DROP_CONSTRAINT, old) != NULL)
    return NULL;
  if (renamed != NULL) {
    const DmigConstraint *new = renamed->new_constraint;
    dmig_planner_remove(self, renamed);
    return new;
  }
  for (guint i = 0; i < new_table->constraints->len; i++)
    if (dmig_constraint_equal(new_table->constraints->pdata[i], old))
      return new_table->constraints->pdata[i];
  return NULL;
}

void
dmig_planner_recreate_constraint(DmigPlanner *self, const DmigTable *old_table, const DmigTable *new_table,
                    const DmigConstraint *old)
{
  const DmigConstraint *new = successor_of_constraint(self, new_table, old);

  if (new == NULL)
    return;
  dmig_planner_add(self, DMIG_CHANGE_DROP_CONSTRAINT, old_table, new_table)->old_constraint = old;
  dmig_planner_add(self, DMIG_CHANGE_ADD_CONSTRAINT, old_table, new_table)->new_constraint = new;
}

static gboolean
is_created(DmigPlanner *self, const DmigIndex *index)
{
  for (guint i = 0; i < self->items->len; i++) {
    const DmigChange *change = self->items->pdata[i];
    if (change->kind == DMIG_CHANGE_CREATE_INDEX && change->new_index == index)
      return TRUE;
  }
  return FALSE;
}

/* Whether another index takes the name of one that goes. */
static gboolean
is_renamed_to(const DmigPlanner *self, const DmigIndex *new)
{
  for (guint i = 0; i < self->items->len; i++) {
    const DmigChange *change = self->items->pdata[i];
    if (change->kind == DMIG_CHANGE_RENAME_INDEX && change->new_index == new)
      return TRUE;
  }
  return FALSE;
}

void
dmig_planner_recreate_index(DmigPlanner *self, const DmigTable *old_table, const DmigTable *new_table,
               const DmigIndex *old)
{
  DmigChange *renamed = dmig_planner_find(self, DMIG_CHANGE_RENAME_INDEX, old);
  const DmigIndex *new = renamed != NULL ? renamed->new_index
                                         : dmig_table_index(new_table, old->name);

  if (new == NULL || (renamed == NULL && is_renamed_to(self, new)) || is_created(self, new) ||
      dmig_planner_find(self, DMIG_CHANGE_DROP_INDEX, old) != NULL)
    return;
  dmig_planner_remove(self, renamed);
  dmig_planner_add(self, DMIG_CHANGE_DROP_INDEX, old_table, new_table)->old_index = old;
  dmig_planner_add(self, DMIG_CHANGE_CREATE_INDEX, old_table, new_table)->new_index = new;
}

static gboolean
constraint_is_touched(const Touched *touched, const DmigTable *table,
                      const DmigConstraint *constraint)
{
  switch (constraint->kind) {
  case DMIG_CONSTRAINT_CHECK:
    return reads_any(touched->changed, table, constraint->check_sql);
  case DMIG_CONSTRAINT_PRIMARY_KEY:
  case DMIG_CONSTRAINT_UNIQUE:
    return names_any(touched->recreated, table->name, constraint->columns) ||
           reads_any(touched->recreated, table, constraint->definition);
  case DMIG_CONSTRAINT_EXCLUSION:
    return reads_any(touched->changed, table, constraint->definition);
  case DMIG_CONSTRAINT_FOREIGN_KEY:
    return names_any(touched->changed, table->name, constraint->columns) ||
           names_any(touched->changed, constraint->ref_table, constraint->ref_columns);
  }
  return FALSE;
}

static gboolean
index_is_touched(const Touched *touched, const DmigTable *table, const DmigIndex *index)
{
  if (reads_any(touched->changed, table, index->where_sql) ||
      reads_any(touched->changed, table, index->definition) ||
      names_any(touched->recreated, table->name, index->include))
    return TRUE;
  for (guint i = 0; i < index->elements->len; i++) {
    const DmigIndexElement *element = index->elements->pdata[i];
    /* The usual method takes a column of nearly any type. */
    GHashTable *set = index->method != NULL ? touched->changed : touched->recreated;
    if (reads_any(touched->changed, table, element->expression) ||
        (element->column != NULL && set_has(set, table->name, element->column)))
      return TRUE;
  }
  return FALSE;
}

/* Whether some unique key over just these columns is dropped, which foreign keys to it must not
 * outlive. */
static gboolean
key_is_dropped(DmigPlanner *self, const char *table, char *const *columns)
{
  for (guint i = 0; i < self->items->len; i++) {
    const DmigChange *change = self->items->pdata[i];
    if (change->kind != DMIG_CHANGE_DROP_CONSTRAINT && change->kind != DMIG_CHANGE_DROP_INDEX)
      continue;
    guint length = g_strv_length((char **) columns), matched = 0;
    if (change->old_table == NULL || !g_str_equal(change->old_table->name, table))
      continue;
    if (change->kind == DMIG_CHANGE_DROP_CONSTRAINT &&
        (change->old_constraint->kind == DMIG_CONSTRAINT_PRIMARY_KEY ||
         change->old_constraint->kind == DMIG_CONSTRAINT_UNIQUE)) {
      char **key = change->old_constraint->columns;
      for (guint j = 0; key[j] != NULL; j++)
        matched += g_strv_contains((const char *const *) columns, key[j]);
      if (matched == length && g_strv_length(key) == length)
        return TRUE;
    }
    if (change->kind == DMIG_CHANGE_DROP_INDEX && change->old_index->unique) {
      GPtrArray *elements = change->old_index->elements;
      for (guint j = 0; j < elements->len; j++) {
        const char *column = ((DmigIndexElement *) elements->pdata[j])->column;
        matched += column != NULL && g_strv_contains((const char *const *) columns, column);
      }
      if (matched == length && elements->len == length)
        return TRUE;
    }
  }
  return FALSE;
}

static void
recreate_keys_and_indexes(DmigPlanner *self, const Touched *touched, const DmigTable *old_table,
                          const DmigTable *new_table)
{
  for (guint i = 0; i < old_table->constraints->len; i++) {
    const DmigConstraint *constraint = old_table->constraints->pdata[i];
    if (constraint_is_touched(touched, old_table, constraint))
      dmig_planner_recreate_constraint(self, old_table, new_table, constraint);
  }
  for (guint i = 0; i < old_table->indexes->len; i++) {
    const DmigIndex *index = old_table->indexes->pdata[i];
    if (index_is_touched(touched, old_table, index))
      dmig_planner_recreate_index(self, old_table, new_table, index);
  }
}

static void
recreate_foreign_keys(DmigPlanner *self, const DmigTable *old_table, const DmigTable *new_table)
{
  for (guint i = 0; i < old_table->constraints->len; i++) {
    const DmigConstraint *constraint = old_table->constraints->pdata[i];
    if (constraint->kind == DMIG_CONSTRAINT_FOREIGN_KEY &&
        key_is_dropped(self, constraint->ref_table, constraint->ref_columns))
      dmig_planner_recreate_constraint(self, old_table, new_table, constraint);
  }
}

/* The references of a table that is about to go must not be in the way until then. */
static void
drop_foreign_keys(DmigPlanner *self, const Touched *touched, const DmigTable *table)
{
  for (guint i = 0; i < table->constraints->len; i++) {
    const DmigConstraint *constraint = table->constraints->pdata[i];
    if (constraint->kind == DMIG_CONSTRAINT_FOREIGN_KEY && !dmig_planner_drops(self, constraint) &&
        (constraint_is_touched(touched, table, constraint) ||
         key_is_dropped(self, constraint->ref_table, constraint->ref_columns)))
      dmig_planner_add(self, DMIG_CHANGE_DROP_CONSTRAINT, table, NULL)->old_constraint = constraint;
  }
}

void
dmig_planner_add_dependents(DmigPlanner *self)
{
  g_autoptr(GHashTable) changed = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
  g_autoptr(GHashTable) recreated = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
  Touched touched = { changed, recreated };
  const DmigSchema *renamed = self->changes->renamed;

  if (!self->dialect->has.binding_views)
    return;
  touch_altered_columns(self, &touched);
  for (int pass = 0; pass < 3; pass++)
    for (guint i = 0; i < renamed->tables->len; i++) {
      const DmigTable *old_table = renamed->tables->pdata[i];
      const DmigTable *new_table = dmig_schema_table(self->changes->to, old_table->name);
      if (new_table == NULL && pass < 2)
        continue;
      if (pass == 0 && g_hash_table_size(changed) > 0)
        touch_computed_columns(self, &touched, old_table, new_table);
      else if (pass == 1 && g_hash_table_size(changed) > 0)
        recreate_keys_and_indexes(self, &touched, old_table, new_table);
      else if (pass == 2 && new_table != NULL)
        recreate_foreign_keys(self, old_table, new_table);
      else if (pass == 2)
        drop_foreign_keys(self, &touched, old_table);
    }
}
