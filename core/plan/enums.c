/* Enums: which labels go, move or come, on dialects where they are types and on those where a check
 * stands for them. */
#include <string.h>

#include "core/base/text.h"
#include "core/plan/planner.h"
#include "core/sql/lexer.h"
#include "core/sql/text.h"

/* The enum that a column's type names, its element's for an array; NULL: none. */
const DmigEnum *
dmig_planner_enum_of_type(const DmigSchema *schema, const char *type, gboolean *out_array)
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

char *
dmig_planner_label_list(char *const *labels)
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
  for (guint i = 0; i < to->objects->len; i++)
    if (literal_in(((DmigObject *) to->objects->pdata[i])->create, literal))
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
        dmig_planner_enum_of_type(self->changes->to, change->new_column->type, &array) == joined)
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
 * list in the same order, each once, and nothing may use an added one at once, unless the labels are
 * committed before it. */
static gboolean
must_recreate(DmigPlanner *self, DmigChange *change)
{
  char *const *old = change->old_enum->labels;
  guint matched = 0;

  if (dmig_planner_splits_labels(self, change->new_enum))
    return TRUE;

  for (guint i = 0; i < change->labels->len; i++)
    if (!is_plain_rename(change, change->labels->pdata[i]))
      return TRUE;
  for (guint i = 0; change->new_enum->labels[i] != NULL; i++) {
    const char *label = change->new_enum->labels[i];
    if (old[matched] != NULL && g_str_equal(renamed_label(change, old[matched]), label))
      matched++;
    else if (label_is_used(self, label) || type_is_joined(self, change->new_enum))
      change->alone = TRUE;
    if (change->alone && !self->online)
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
  DmigChange *change = dmig_planner_add(self, DMIG_CHANGE_ALTER_COLUMN, old_table, new_table);

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
      if (dmig_planner_enum_of_type(renamed, column->type, &array) != change->old_enum)
        continue;
      if (after != NULL && g_str_equal(after->type, column->type))
        add_user(self, change, table, new_table, column, after);
      else if (new_table != NULL && column->generated == DMIG_GENERATED_NONE)
        move_off_type(self, table, new_table, column, array);
    }
  }
}

void
dmig_planner_prepare_enum(DmigPlanner *self, DmigChange *change)
{
  change->recreate = must_recreate(self, change);
  if (change->recreate)
    find_users(self, change);
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

void
dmig_planner_judge_enum(DmigPlanner *self, const DmigChange *change, DmigStep *step)
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

  g_autofree char *labels = dmig_planner_label_list((char *const *) gone->pdata);
  g_autofree char *text = self->dialect->canonical_type("text");
  for (guint i = 0; i < change->users->len; i++) {
    const DmigChange *user = change->users->pdata[i];
    if (g_str_has_suffix(user->old_column->type, "[]"))
      continue;
    char *const columns[] = { user->old_column->name, NULL };
    dmig_step_add_row_check(
        step, DMIG_CHECK_MISFIT, user->old_table, columns,
        dmig_sql_printf(self->dialect, "SELECT count(*) FROM %I WHERE CAST(%I AS %s) IN %s",
                        user->old_table->name, user->old_column->name, text, labels),
        g_strdup_printf("rows of %s have a %s that goes, one of %s; map it under `values:` in "
                        "change.yaml, or update them first",
                        user->old_table->name, user->old_column->name, labels));
  }
}

/* Label maps of a column, as a CASE over `value`; NULL: none. Also says what merging loses. */
char *
dmig_planner_mapped_value(DmigPlanner *self, const DmigTable *table, const char *column, const char *value)
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

void
dmig_planner_judge_label_maps(DmigPlanner *self, const DmigTable *old_table, DmigStep *step)
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
    if (!merges)
      continue;
    dmig_step_add_loss(step, DMIG_LOSS_LOSSY, "which rows of %s.%s were '%s' and which '%s'",
                       map->table, map->column, map->from, map->to);
    dmig_planner_take_labels(self, old_table, map->column, step);
  }
}
