/* What happens to the rows. */
#include <string.h>

#include "core/base/text.h"
#include "core/plan/planner.h"
#include "core/diff/rename.h"
#include "core/sql/lexer.h"
#include "core/sql/text.h"

gboolean
dmig_planner_may_merge_values(DmigPlanner *self, const DmigChange *change)
{
  g_auto(DmigConversion) conversion = { 0 };
  g_autofree char *column = dmig_sql_identifier(self->dialect, change->new_column->name);

  if (!(change->aspects & DMIG_ASPECT_TYPE))
    return FALSE;
  if (dmig_transition_conversion(self->transition, change->new_table->name,
                                 change->new_column->name) != NULL)
    return TRUE;
  dmig_planner_find_conversion(self, change->old_column->type, change->new_column->type, column, &conversion);
  return conversion.kind != DMIG_CONVERSION_LOSSLESS;
}

static gboolean
is_key_column(const DmigTable *table, const char *column)
{
  for (guint i = 0; i < table->constraints->len; i++) {
    const DmigConstraint *constraint = table->constraints->pdata[i];
    if (constraint->kind != DMIG_CONSTRAINT_CHECK &&
        dmig_strv_contains(constraint->columns, column))
      return TRUE;
  }
  for (guint i = 0; i < table->indexes->len; i++) {
    const DmigIndex *index = table->indexes->pdata[i];
    for (guint j = 0; index->unique && j < index->elements->len; j++)
      if (g_strcmp0(((DmigIndexElement *) index->elements->pdata[j])->column, column) == 0)
        return TRUE;
  }
  return FALSE;
}

/* Whether rows that exist need to be given a value when this column appears. */
static gboolean
needs_value(const DmigColumn *column)
{
  return column->not_null && column->default_sql == NULL &&
         column->identity == DMIG_IDENTITY_NONE && column->generated == DMIG_GENERATED_NONE;
}

/* A value that may stand in, when the one a row had is gone: enums their first label. */
static char *
neutral_value(DmigPlanner *self, const DmigSchema *schema, const DmigTable *table,
              const DmigColumn *column)
{
  gboolean array = FALSE;
  const DmigEnum *named = dmig_planner_enum_of_type(schema, column->type, &array);

  if (is_key_column(table, column->name))
    return NULL;
  for (guint i = 0; i < table->constraints->len; i++) {
    const DmigConstraint *constraint = table->constraints->pdata[i];
    if (constraint->kind == DMIG_CONSTRAINT_CHECK &&
        dmig_sql_mentions(constraint->check_sql, column->name))
      return NULL;
  }
  if (named != NULL && !array)
    return named->labels[0] != NULL ? dmig_sql_string(named->labels[0]) : NULL;
  return self->dialect->neutral_value(column->type);
}

static void
prepare_added_column(DmigPlanner *self, DmigChange *change)
{
  const char *fill =
      dmig_transition_fill(self->transition, change->new_table->name, change->new_column->name);

  if (change->new_column->generated != DMIG_GENERATED_NONE)
    return;
  change->fill_sql = g_strdup(fill);
  if (fill == NULL && self->transition->reverse && needs_value(change->new_column))
    change->fill_sql =
        neutral_value(self, self->changes->to, change->new_table, change->new_column);
}

static void
prepare_altered_column(DmigPlanner *self, DmigChange *change)
{
  const char *table = change->new_table->name;
  const char *column = change->new_column->name;
  const char *stated = dmig_transition_conversion(self->transition, table, column);

  if ((change->aspects & DMIG_ASPECT_NOT_NULL) && change->new_column->not_null)
    change->fill_sql = g_strdup(dmig_transition_fill(self->transition, table, column));
  if (!(change->aspects & DMIG_ASPECT_TYPE))
    return;
  if (stated != NULL) {
    change->using_sql = g_strdup(stated);
    return;
  }

  g_auto(DmigConversion) conversion = { 0 };
  g_autofree char *quoted = dmig_sql_identifier(self->dialect, column);
  dmig_planner_find_conversion(self, change->old_column->type, change->new_column->type, quoted, &conversion);
  if (conversion.kind == DMIG_CONVERSION_NONE) {
    const char *fill = dmig_transition_fill(self->transition, table, column);
    g_autofree char *neutral =
        fill == NULL && self->transition->reverse && change->new_column->not_null
            ? neutral_value(self, self->changes->to, change->new_table, change->new_column)
            : NULL;
    const char *value = fill != NULL ? fill : neutral != NULL ? neutral : "NULL";
    change->using_sql = g_strdup_printf("CAST(%s AS %s)", value, change->new_column->type);
  } else {
    change->using_sql = g_steal_pointer(&conversion.using_sql);
  }
}

/* --- all of it ------------------------------------------------------------------------------- */

void
dmig_planner_prepare_values(DmigPlanner *self)
{
  guint length = self->items->len; /* dmig_planner_prepare_enum() adds to them */

  for (guint i = 0; i < length; i++) {
    DmigChange *change = self->items->pdata[i];
    g_clear_pointer(&change->fill_sql, g_free);
    g_clear_pointer(&change->using_sql, g_free);
    g_clear_pointer(&change->users, g_ptr_array_unref);
    if (change->kind == DMIG_CHANGE_ADD_COLUMN)
      prepare_added_column(self, change);
    else if (change->kind == DMIG_CHANGE_ALTER_COLUMN)
      prepare_altered_column(self, change);
    else if (change->kind == DMIG_CHANGE_ALTER_ENUM)
      dmig_planner_prepare_enum(self, change);
  }
}

/* --- losses and checks ----------------------------------------------------------------------- */

static void
judge_dropped_column(DmigPlanner *self, const DmigChange *change, DmigStep *step)
{
  const DmigColumn *column = change->old_column;
  const char *table = dmig_change_object(change), *name = dmig_change_member(change);

  if (column->generated != DMIG_GENERATED_NONE)
    return;
  g_autofree char *neutral =
      needs_value(column) ? neutral_value(self, self->changes->from, change->old_table, column)
                          : NULL;
  if (needs_value(column) && neutral == NULL)
    dmig_step_add_loss(step, DMIG_LOSS_IRREVERSIBLE,
                       "the values of %s.%s, which the way back needs for every row", table, name);
  else
    dmig_step_add_loss(step, DMIG_LOSS_LOSSY, "the values of %s.%s", table, name);
}

static void
ask_for_nulls(DmigPlanner *self, const DmigChange *change, DmigStep *step)
{
  const DmigColumn *column = change->new_column;
  char *const columns[] = { column->name, NULL };
  DmigCheck *check = dmig_step_add_row_check(
      step, DMIG_CHECK_NULL, change->old_table, columns,
      dmig_sql_printf(self->dialect, "SELECT count(*) FROM %I WHERE %I IS NULL",
                      change->old_table->name, column->name),
      g_strdup_printf(self->transition->reverse
                          ? "rows of %s have no value for the required %s, and none is kept for them; "
                            "delete them first (a `fill:` in change.yaml, when the column is dropped, gives them one)"
                          : "rows of %s have no value for the required %s; state one under `fill:` in "
                            "change.yaml",
                      dmig_change_object(change), dmig_change_member(change)));

  check->value = neutral_value(self, self->changes->to, change->new_table, column);
}

static void
judge_added_column(DmigPlanner *self, const DmigChange *change, DmigStep *step)
{
  const char *table = dmig_change_object(change), *name = dmig_change_member(change);

  if (!needs_value(change->new_column) || change->fill_sql != NULL)
    return;
  if (dmig_planner_is_staged(self, change->new_table, name)) {
    ask_for_nulls(self, change, step);
    return;
  }
  dmig_step_add_row_check(
      step, DMIG_CHECK_ROWS, change->old_table != NULL ? change->old_table : change->new_table, NULL,
      dmig_sql_printf(self->dialect, "SELECT count(*) FROM %I", change->new_table->name),
      g_strdup_printf("rows of %s have no value for the required %s; state one under `fill:` in "
                      "change.yaml, or give the field a default",
                      table, name));
}

/* Whether rows can be asked before anything runs: a column that is on its way by another type has no such
 * values yet, but a domain's are those of what it is made of. */
static gboolean
can_ask(const DmigPlanner *self, const DmigChange *change)
{
  const DmigColumn *now = dmig_table_column(change->old_table, change->old_column->name);

  if (now == NULL || strcmp(now->type, change->old_column->type) == 0)
    return TRUE;
  g_autofree char *base = dmig_planner_base_of_domain(self->changes->renamed, now->type);
  return g_strcmp0(base, change->old_column->type) == 0;
}

static void
add_misfit_check(DmigPlanner *self, const DmigChange *change, const DmigConversion *conversion,
                 DmigStep *step)
{
  const char *table = dmig_change_object(change), *name = dmig_change_member(change);

  if (conversion->bad_sql == NULL || !can_ask(self, change))
    return;
  char *const columns[] = { change->old_column->name, NULL };
  dmig_step_add_row_check(
      step, DMIG_CHECK_MISFIT, change->old_table, columns,
      dmig_sql_printf(self->dialect, "SELECT count(*) FROM %I WHERE %s", change->old_table->name,
                      conversion->bad_sql),
      g_strdup_printf("rows of %s have a %s that is no %s; mend them, or state how it "
                      "converts under `convert:` in change.yaml",
                      table, name, change->new_column->type));
}

static void
judge_type(DmigPlanner *self, const DmigChange *change, DmigStep *step)
{
  const char *table = dmig_change_object(change), *name = dmig_change_member(change);
  const DmigColumn *old = change->old_column, *new = change->new_column;
  g_autofree char *quoted = dmig_sql_identifier(self->dialect, new->name);
  g_auto(DmigConversion) conversion = { 0 };

  if (dmig_transition_conversion(self->transition, change->new_table->name, new->name) != NULL ||
      new->generated != DMIG_GENERATED_NONE)
    return;
  dmig_planner_find_conversion(self, old->type, new->type, quoted, &conversion);
  switch (conversion.kind) {
  case DMIG_CONVERSION_LOSSLESS:
    return;
  case DMIG_CONVERSION_LOSSY:
    dmig_step_add_loss(step, DMIG_LOSS_LOSSY, "%s of %s.%s (%s to %s)",
                       conversion.loses != NULL ? conversion.loses : "precision", table, name,
                       old->type, new->type);
    add_misfit_check(self, change, &conversion, step);
    return;
  case DMIG_CONVERSION_CHECKED:
    add_misfit_check(self, change, &conversion, step);
    return;
  case DMIG_CONVERSION_NONE:
    dmig_step_add_loss(step, DMIG_LOSS_LOSSY,
                       "the values of %s.%s, as no %s can be made of a %s", table, name, new->type,
                       old->type);
    if (new->not_null && g_str_has_prefix(change->using_sql, "CAST(NULL "))
      dmig_step_add_row_check(
          step, DMIG_CHECK_ROWS, change->old_table, NULL,
          dmig_sql_printf(self->dialect, "SELECT count(*) FROM %I", change->old_table->name),
          g_strdup_printf("rows of %s need a %s for the required %s; state how it converts under "
                          "`convert:` in change.yaml",
                          table, new->type, name));
    return;
  }
}

static void
judge_altered_column(DmigPlanner *self, const DmigChange *change, DmigStep *step)
{
  const char *table = dmig_change_object(change), *name = dmig_change_member(change);

  if (change->aspects & DMIG_ASPECT_TYPE)
    judge_type(self, change, step);
  if ((change->aspects & DMIG_ASPECT_NOT_NULL) && change->new_column->not_null &&
      change->fill_sql == NULL && change->new_column->generated == DMIG_GENERATED_NONE)
    ask_for_nulls(self, change, step);
  if ((change->aspects & DMIG_ASPECT_GENERATED) &&
      change->old_column->generated == DMIG_GENERATED_NONE)
    dmig_step_add_loss(step, DMIG_LOSS_LOSSY,
                       "the values of %s.%s, which is computed from now on", table, name);
}

static gboolean
has_property(const DmigObject *object, const char *name)
{
  for (guint i = 0; object->properties != NULL && i < object->properties->len; i++) {
    const DmigProperty *property = object->properties->pdata[i];
    if (g_ascii_strcasecmp(property->name, name) == 0)
      return TRUE;
  }
  return FALSE;
}

/* Of the rows of a virtual table that another one takes over, what that one has no column for. */
static void
judge_replaced_object(const DmigChange *change, DmigStep *step)
{
  const DmigObject *old = change->old_object;

  for (guint i = 0; old->properties != NULL && i < old->properties->len; i++) {
    const DmigProperty *property = old->properties->pdata[i];
    if (g_str_has_prefix(property->name, "column ") && !has_property(change->new_object, property->name))
      dmig_step_add_loss(step, DMIG_LOSS_LOSSY, "the values of %s.%s", dmig_change_object(change),
                         property->name + strlen("column "));
  }
}

void
dmig_planner_judge(DmigPlanner *self, const DmigChange *change, DmigStep *step)
{
  if (change->kind == DMIG_CHANGE_DROP_TABLE) {
    gboolean some = dmig_planner_saves_rows(self, change, FALSE);
    if (!dmig_planner_saves_rows(self, change, TRUE))
      dmig_step_add_loss(step, DMIG_LOSS_LOSSY, "%s of %s%s", some ? "rows" : "all rows",
                         dmig_change_object(change), some ? " that no other partition takes" : "");
  } else if (change->kind == DMIG_CHANGE_DROP_COLUMN)
    judge_dropped_column(self, change, step);
  else if (change->kind == DMIG_CHANGE_ADD_COLUMN)
    judge_added_column(self, change, step);
  else if (change->kind == DMIG_CHANGE_ALTER_COLUMN)
    judge_altered_column(self, change, step);
  else if (change->kind == DMIG_CHANGE_ALTER_ENUM)
    dmig_planner_judge_enum(self, change, step);
  else if (change->kind == DMIG_CHANGE_DROP_OBJECT &&
           change->old_object->kind == DMIG_OBJECT_VIRTUAL_TABLE)
    dmig_step_add_loss(step, DMIG_LOSS_LOSSY, "all rows of %s", dmig_change_object(change));
  else if (change->kind == DMIG_CHANGE_REPLACE_OBJECT &&
           change->old_object->kind == DMIG_OBJECT_VIRTUAL_TABLE)
    judge_replaced_object(change, step);
}

/* --- rebuilds -------------------------------------------------------------------------------- */

static const DmigChange *
change_of_column(DmigPlanner *self, const DmigTable *table, const char *column)
{
  for (guint i = 0; i < self->items->len; i++) {
    const DmigChange *change = self->items->pdata[i];
    if ((change->kind == DMIG_CHANGE_ADD_COLUMN || change->kind == DMIG_CHANGE_ALTER_COLUMN) &&
        change->new_table == table && g_str_equal(change->new_column->name, column))
      return change;
  }
  return NULL;
}

/* What makes the value of a column of another type, where no change of the column says it: its table is
 * made anew. NULL: the value as it is. Owned. */
static char *
converted(DmigPlanner *self, const DmigColumn *old, const DmigColumn *new)
{
  g_autofree char *value = dmig_sql_identifier(self->dialect, old->name);
  g_auto(DmigConversion) conversion = { 0 };

  if (strcmp(old->type, new->type) == 0)
    return NULL;
  self->dialect->conversion(old->type, new->type, value, &conversion);
  return g_steal_pointer(&conversion.using_sql);
}

static char *
source_of_column(DmigPlanner *self, const DmigTable *old_table, const DmigTable *new_table,
                 const DmigColumn *column)
{
  const DmigChange *change = change_of_column(self, new_table, column->name);

  if (column->generated != DMIG_GENERATED_NONE)
    return NULL;
  const DmigColumn *old = dmig_table_column(old_table, column->name);
  if (old == NULL)
    return change != NULL ? g_strdup(change->fill_sql) : NULL;

  g_autofree char *value =
      change != NULL ? g_strdup(change->using_sql) : converted(self, old, column);
  if (value == NULL)
    value = dmig_sql_identifier(self->dialect, column->name);
  char *mapped = dmig_planner_mapped_value(self, new_table, column->name, value);
  if (mapped != NULL) {
    g_free(value);
    value = mapped;
  }
  if (change != NULL && change->fill_sql != NULL)
    return g_strdup_printf("coalesce(%s, %s)", value, change->fill_sql);
  return g_steal_pointer(&value);
}

GHashTable *
dmig_planner_rebuild_sources(DmigPlanner *self, const DmigTable *old_table,
                             const DmigTable *new_table, DmigStep *step)
{
  GHashTable *sources = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);

  for (guint i = 0; i < new_table->columns->len; i++) {
    const DmigColumn *column = new_table->columns->pdata[i];
    char *source = source_of_column(self, old_table, new_table, column);
    if (source != NULL)
      g_hash_table_insert(sources, g_strdup(column->name), source);
  }
  dmig_planner_ask_rebuilt_rows(self, old_table, new_table, sources, step);
  dmig_planner_judge_label_maps(self, old_table, step);
  return sources;
}
