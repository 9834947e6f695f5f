/* What happens to the rows. */
#include <string.h>

#include "core/base/text.h"
#include "core/plan/planner.h"
#include "core/diff/rename.h"
#include "core/sql/lexer.h"
#include "core/sql/text.h"

/* The enum that a column's type names, its element's for an array; NULL: none. */
static const DmigEnum *
enum_of_type(const DmigSchema *schema, const char *type, gboolean *out_array)
{
  const char *bracket = strstr(type, "[]");
  g_autofree char *base = bracket != NULL ? g_strndup(type, (gsize) (bracket - type))
                                          : g_strdup(type);

  *out_array = bracket != NULL;
  for (guint i = 0; i < schema->enums->len; i++) {
    const DmigEnum *candidate = schema->enums->pdata[i];
    g_autofree char *name = dmig_sql_identifier(schema->dialect, candidate->name);
    if (g_str_equal(name, base))
      return candidate;
  }
  return NULL;
}

static char *
label_list(char *const *labels)
{
  GString *list = g_string_new("(");

  for (guint i = 0; labels[i] != NULL; i++) {
    if (i > 0)
      g_string_append(list, ", ");
    dmig_sql_append_string(list, labels[i]);
  }
  g_string_append_c(list, ')');
  return g_string_free(list, FALSE);
}

/* --- column types ---------------------------------------------------------------------------- */

/* How values get from one type to another, enums by way of their labels. */
static void
find_conversion(DmigPlanner *self, const char *from, const char *to, const char *column,
                DmigConversion *out)
{
  gboolean from_array = FALSE, to_array = FALSE;
  const DmigEnum *old = enum_of_type(self->changes->renamed, from, &from_array);
  const DmigEnum *new = enum_of_type(self->changes->to, to, &to_array);
  g_autofree char *text = self->dialect->canonical_type("text");

  if ((old == NULL && new == NULL) || from_array || to_array) {
    self->dialect->conversion(from, to, column, out);
    return;
  }

  g_autofree char *as_text = old != NULL ? g_strdup_printf("CAST(%s AS %s)", column, text)
                                         : g_strdup(column);
  if (new == NULL) {
    self->dialect->conversion(text, to, as_text, out);
    if (out->using_sql == NULL && out->kind != DMIG_CONVERSION_NONE)
      out->using_sql = g_strdup_printf("CAST(%s AS %s)", as_text, to);
    return;
  }

  g_auto(DmigConversion) first = { 0 };
  if (old == NULL) {
    self->dialect->conversion(from, text, column, &first);
    g_free(as_text);
    as_text = g_strdup_printf("CAST(%s AS %s)",
                              first.using_sql != NULL ? first.using_sql : column, text);
  }
  g_autofree char *labels = label_list(new->labels);
  g_autofree char *no_label = g_strdup_printf("%s NOT IN %s", as_text, labels);
  out->kind = DMIG_CONVERSION_CHECKED;
  out->using_sql = g_strdup_printf("CAST(%s AS %s)", as_text, to);
  out->bad_sql = first.bad_sql != NULL
                     ? g_strdup_printf("CASE WHEN %s THEN TRUE ELSE %s END", first.bad_sql, no_label)
                     : g_steal_pointer(&no_label);
}

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
  find_conversion(self, change->old_column->type, change->new_column->type, column, &conversion);
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
  const DmigEnum *named = enum_of_type(schema, column->type, &array);

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
  find_conversion(self, change->old_column->type, change->new_column->type, quoted, &conversion);
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

/* --- enum labels ----------------------------------------------------------------------------- */

static gboolean
literal_in(const char *sql, const char *literal)
{
  return sql != NULL && strstr(sql, literal) != NULL;
}

static gboolean
literal_in_table(const DmigTable *table, const char *literal)
{
  for (guint i = 0; i < table->columns->len; i++) {
    const DmigColumn *column = table->columns->pdata[i];
    if (literal_in(column->default_sql, literal) || literal_in(column->generated_sql, literal))
      return TRUE;
  }
  for (guint i = 0; i < table->constraints->len; i++)
    if (literal_in(((DmigConstraint *) table->constraints->pdata[i])->check_sql, literal))
      return TRUE;
  for (guint i = 0; i < table->indexes->len; i++) {
    const DmigIndex *index = table->indexes->pdata[i];
    if (literal_in(index->where_sql, literal))
      return TRUE;
    for (guint j = 0; j < index->elements->len; j++)
      if (literal_in(((DmigIndexElement *) index->elements->pdata[j])->expression, literal))
        return TRUE;
  }
  return FALSE;
}

/* Whether the same migration already uses a label that it adds, which an ALTER TYPE … ADD VALUE
 * in the same transaction would not allow (PostgreSQL manual, ALTER TYPE, Notes). */
static gboolean
label_is_used(DmigPlanner *self, const char *label)
{
  g_autofree char *literal = dmig_sql_string(label);
  const DmigSchema *to = self->changes->to;

  if (literal_in(self->transition->before_sql, literal) ||
      literal_in(self->transition->after_sql, literal))
    return TRUE;
  for (guint i = 0; i < self->transition->fills->len; i++)
    if (literal_in(((DmigColumnSql *) self->transition->fills->pdata[i])->sql, literal))
      return TRUE;
  for (guint i = 0; i < self->transition->conversions->len; i++)
    if (literal_in(((DmigColumnSql *) self->transition->conversions->pdata[i])->sql, literal))
      return TRUE;
  for (guint i = 0; i < to->tables->len; i++)
    if (literal_in_table(to->tables->pdata[i], literal))
      return TRUE;
  for (guint i = 0; i < to->views->len; i++)
    if (literal_in(((DmigView *) to->views->pdata[i])->sql, literal))
      return TRUE;
  return FALSE;
}

/* Whether values of another type become labels in the same migration. */
static gboolean
type_is_joined(DmigPlanner *self, const DmigEnum *joined)
{
  for (guint i = 0; i < self->items->len; i++) {
    const DmigChange *change = self->items->pdata[i];
    gboolean array = FALSE;
    if (change->kind == DMIG_CHANGE_ALTER_COLUMN && (change->aspects & DMIG_ASPECT_TYPE) &&
        enum_of_type(self->changes->to, change->new_column->type, &array) == joined)
      return TRUE;
  }
  return FALSE;
}

/* A label map that only gives a label another name: the new name is free, the old one goes. */
static gboolean
is_plain_rename(const DmigChange *change, const DmigLabelMap *map)
{
  return dmig_strv_contains(change->old_enum->labels, map->from) &&
         !dmig_strv_contains(change->old_enum->labels, map->to) &&
         dmig_strv_contains(change->new_enum->labels, map->to) &&
         !dmig_strv_contains(change->new_enum->labels, map->from);
}

static const char *
renamed_label(const DmigChange *change, const char *label)
{
  for (guint i = 0; i < change->labels->len; i++) {
    const DmigLabelMap *map = change->labels->pdata[i];
    if (g_str_equal(map->from, label))
      return map->to;
  }
  return label;
}

/* In place, labels can only be renamed and added: what is left of the old ones must be in the new
 * list in the same order, each once, and nothing may use an added one at once. */
static gboolean
must_recreate(DmigPlanner *self, const DmigChange *change)
{
  char *const *old = change->old_enum->labels;
  guint matched = 0;

  for (guint i = 0; i < change->labels->len; i++)
    if (!is_plain_rename(change, change->labels->pdata[i]))
      return TRUE;
  for (guint i = 0; change->new_enum->labels[i] != NULL; i++) {
    const char *label = change->new_enum->labels[i];
    if (old[matched] != NULL && g_str_equal(renamed_label(change, old[matched]), label))
      matched++;
    else if (label_is_used(self, label) || type_is_joined(self, change->new_enum))
      return TRUE;
  }
  return old[matched] != NULL;
}

/* A column that has the type before but not after leaves it first, so that the old type can go. */
static void
move_off_type(DmigPlanner *self, const DmigTable *old_table, const DmigTable *new_table,
              const DmigColumn *column, gboolean array)
{
  DmigTable *holder = dmig_table_new(old_table->name);
  DmigColumn *plain = dmig_column_copy(column);
  g_autofree char *quoted = dmig_sql_identifier(self->dialect, column->name);
  DmigChange *change = dmig_planner_add(self, DMIG_CHANGE_ALTER_COLUMN, old_table,
                                        new_table != NULL ? new_table : old_table);

  g_free(plain->type);
  plain->type = self->dialect->canonical_type(array ? "text[]" : "text");
  g_clear_pointer(&plain->default_sql, g_free);
  g_ptr_array_add(holder->columns, plain);
  g_ptr_array_add(self->tables, holder);
  change->aspects = DMIG_ASPECT_TYPE | (column->default_sql != NULL ? DMIG_ASPECT_DEFAULT : 0);
  change->old_column = column;
  change->new_column = plain;
  change->using_sql = g_strdup_printf("CAST(%s AS %s)", quoted, plain->type);
}

static void
add_user(DmigPlanner *self, DmigChange *change, const DmigTable *old_table,
         const DmigTable *new_table, const DmigColumn *old_column, const DmigColumn *new_column)
{
  DmigChange *user = dmig_change_new(DMIG_CHANGE_ALTER_COLUMN);

  user->aspects = DMIG_ASPECT_TYPE;
  user->old_table = old_table;
  user->new_table = new_table;
  user->old_column = old_column;
  user->new_column = new_column;
  g_ptr_array_add(self->changes->owned_items, user);
  g_ptr_array_add(change->users, user);
}

static void
find_users(DmigPlanner *self, DmigChange *change)
{
  const DmigSchema *renamed = self->changes->renamed;

  change->users = g_ptr_array_new();
  for (guint i = 0; i < renamed->tables->len; i++) {
    const DmigTable *table = renamed->tables->pdata[i];
    const DmigTable *new_table = dmig_schema_table(self->changes->to, table->name);
    for (guint j = 0; j < table->columns->len; j++) {
      const DmigColumn *column = table->columns->pdata[j];
      const DmigColumn *after =
          new_table != NULL ? dmig_table_column(new_table, column->name) : NULL;
      gboolean array = FALSE;
      if (enum_of_type(renamed, column->type, &array) != change->old_enum)
        continue;
      if (after != NULL && g_str_equal(after->type, column->type))
        add_user(self, change, table, new_table, column, after);
      else if (column->generated == DMIG_GENERATED_NONE)
        move_off_type(self, table, new_table, column, array);
    }
  }
}

static void
prepare_enum(DmigPlanner *self, DmigChange *change)
{
  change->recreate = must_recreate(self, change);
  if (change->recreate)
    find_users(self, change);
}

/* --- all of it ------------------------------------------------------------------------------- */

void
dmig_planner_prepare_values(DmigPlanner *self)
{
  guint length = self->items->len; /* prepare_enum() adds to them */

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
      prepare_enum(self, change);
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
judge_added_column(DmigPlanner *self, const DmigChange *change, DmigStep *step)
{
  const char *table = dmig_change_object(change), *name = dmig_change_member(change);

  if (!needs_value(change->new_column) || change->fill_sql != NULL)
    return;
  dmig_step_add_check(
      step, dmig_sql_printf(self->dialect, "SELECT count(*) FROM %I", change->new_table->name),
      g_strdup_printf("rows of %s have no value for the required %s; state one under `fill:` in "
                      "change.yaml, or give the field a default",
                      table, name));
}

static void
add_misfit_check(DmigPlanner *self, const DmigChange *change, const DmigConversion *conversion,
                 DmigStep *step)
{
  const char *table = dmig_change_object(change), *name = dmig_change_member(change);

  if (conversion->bad_sql == NULL)
    return;
  dmig_step_add_check(
      step,
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
  find_conversion(self, old->type, new->type, quoted, &conversion);
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
      dmig_step_add_check(
          step, dmig_sql_printf(self->dialect, "SELECT count(*) FROM %I", change->old_table->name),
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
    dmig_step_add_check(
        step,
        dmig_sql_printf(self->dialect, "SELECT count(*) FROM %I WHERE %I IS NULL",
                        change->old_table->name, change->new_column->name),
        g_strdup_printf("rows of %s have no value for the required %s; state one under `fill:` in "
                        "change.yaml",
                        table, name));
  if ((change->aspects & DMIG_ASPECT_GENERATED) &&
      change->old_column->generated == DMIG_GENERATED_NONE)
    dmig_step_add_loss(step, DMIG_LOSS_LOSSY,
                       "the values of %s.%s, which is computed from now on", table, name);
}

static const DmigLabelMap *
map_of_label(const DmigChange *change, const char *label)
{
  for (guint i = 0; i < change->labels->len; i++) {
    const DmigLabelMap *map = change->labels->pdata[i];
    if (g_str_equal(map->from, label))
      return map;
  }
  return NULL;
}

static void
judge_enum(DmigPlanner *self, const DmigChange *change, DmigStep *step)
{
  g_autoptr(GPtrArray) gone = g_ptr_array_new();

  for (guint i = 0; i < change->labels->len; i++) {
    const DmigLabelMap *map = change->labels->pdata[i];
    if (dmig_strv_contains(change->old_enum->labels, map->to))
      dmig_step_add_loss(step, DMIG_LOSS_LOSSY, "which rows were '%s' and which '%s'", map->from,
                         map->to);
  }
  for (guint i = 0; change->old_enum->labels[i] != NULL; i++) {
    char *label = change->old_enum->labels[i];
    if (!dmig_strv_contains(change->new_enum->labels, label) && map_of_label(change, label) == NULL)
      g_ptr_array_add(gone, label);
  }
  if (gone->len == 0 || change->users == NULL)
    return;
  g_ptr_array_add(gone, NULL);

  g_autofree char *labels = label_list((char *const *) gone->pdata);
  g_autofree char *text = self->dialect->canonical_type("text");
  for (guint i = 0; i < change->users->len; i++) {
    const DmigChange *user = change->users->pdata[i];
    if (g_str_has_suffix(user->old_column->type, "[]"))
      continue;
    dmig_step_add_check(
        step,
        dmig_sql_printf(self->dialect, "SELECT count(*) FROM %I WHERE CAST(%I AS %s) IN %s",
                        user->old_table->name, user->old_column->name, text, labels),
        g_strdup_printf("rows of %s have a %s that goes, one of %s; map it under `values:` in "
                        "change.yaml, or update them first",
                        user->old_table->name, user->old_column->name, labels));
  }
}

void
dmig_planner_judge(DmigPlanner *self, const DmigChange *change, DmigStep *step)
{
  if (change->kind == DMIG_CHANGE_DROP_TABLE)
    dmig_step_add_loss(step, DMIG_LOSS_LOSSY, "all rows of %s", dmig_change_object(change));
  else if (change->kind == DMIG_CHANGE_DROP_COLUMN)
    judge_dropped_column(self, change, step);
  else if (change->kind == DMIG_CHANGE_ADD_COLUMN)
    judge_added_column(self, change, step);
  else if (change->kind == DMIG_CHANGE_ALTER_COLUMN)
    judge_altered_column(self, change, step);
  else if (change->kind == DMIG_CHANGE_ALTER_ENUM)
    judge_enum(self, change, step);
}

/* --- rebuilds -------------------------------------------------------------------------------- */

/* Label maps of a column, as a CASE over `value`; NULL: none. Also says what merging loses. */
static char *
mapped_value(DmigPlanner *self, const DmigTable *table, const char *column, const char *value)
{
  GString *sql = NULL;

  for (guint i = 0; i < self->transition->labels->len; i++) {
    const DmigLabelMap *map = self->transition->labels->pdata[i];
    if (g_strcmp0(map->table, table->name) != 0 || g_strcmp0(map->column, column) != 0)
      continue;
    if (sql == NULL) {
      sql = g_string_new(NULL);
      g_string_append_printf(sql, "CASE %s", value);
    }
    dmig_sql_appendf(sql, self->dialect, " WHEN %S THEN %S", map->from, map->to);
  }
  if (sql == NULL)
    return NULL;
  g_string_append_printf(sql, " ELSE %s END", value);
  return g_string_free(sql, FALSE);
}

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

static char *
source_of_column(DmigPlanner *self, const DmigTable *old_table, const DmigTable *new_table,
                 const DmigColumn *column)
{
  const DmigChange *change = change_of_column(self, new_table, column->name);

  if (column->generated != DMIG_GENERATED_NONE)
    return NULL;
  if (dmig_table_column(old_table, column->name) == NULL)
    return change != NULL ? g_strdup(change->fill_sql) : NULL;

  g_autofree char *value = change != NULL && change->using_sql != NULL
                               ? g_strdup(change->using_sql)
                               : dmig_sql_identifier(self->dialect, column->name);
  char *mapped = mapped_value(self, new_table, column->name, value);
  if (mapped != NULL) {
    g_free(value);
    value = mapped;
  }
  if (change != NULL && change->fill_sql != NULL)
    return g_strdup_printf("coalesce(%s, %s)", value, change->fill_sql);
  return g_steal_pointer(&value);
}

static void
judge_label_maps(DmigPlanner *self, const DmigTable *old_table, DmigStep *step)
{
  for (guint i = 0; i < self->transition->labels->len; i++) {
    const DmigLabelMap *map = self->transition->labels->pdata[i];
    g_autofree char *literal = dmig_sql_string(map->to);
    gboolean merges = FALSE;
    if (g_strcmp0(map->table, old_table->name) != 0)
      continue;
    for (guint j = 0; j < old_table->constraints->len; j++) {
      const DmigConstraint *constraint = old_table->constraints->pdata[j];
      if (constraint->kind == DMIG_CONSTRAINT_CHECK && literal_in(constraint->check_sql, literal) &&
          dmig_sql_mentions(constraint->check_sql, map->column))
        merges = TRUE;
    }
    if (merges)
      dmig_step_add_loss(step, DMIG_LOSS_LOSSY, "which rows of %s.%s were '%s' and which '%s'",
                         map->table, map->column, map->from, map->to);
  }
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
  judge_label_maps(self, old_table, step);
  return sources;
}
