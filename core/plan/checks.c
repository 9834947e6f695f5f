/* Questions to the rows before a step: would they break a key, a reference or a check that the step
 * brings? */
#include <string.h>

#include "core/base/text.h"
#include "core/diff/rename.h"
#include "core/plan/checks.h"
#include "core/sql/lexer.h"
#include "core/sql/text.h"

static void
ask(const DmigMetRows *rows, DmigCheckKind kind, char *const *columns, char *sql_owned,
    char *message_owned)
{
  const DmigTable *table = rows->keyed != NULL ? rows->keyed : rows->table;
  DmigCheck *check =
      dmig_step_add_row_check(rows->step, kind, table, columns, sql_owned, message_owned);

  if (rows->keyed == NULL) {
    g_strfreev(check->key);
    check->key = g_new0(char *, 1);
  }
}

static const char *
shown(const DmigTable *table)
{
  return dmig_rename_original(table->name);
}

/* --- unique keys ----------------------------------------------------------------------------- */

/* Groups of rows with the same `keys` (expressions), none of them null. */
static void
ask_for_duplicates(const DmigMetRows *rows, GPtrArray *keys, char *const *columns, const char *where_sql)
{
  GString *sql = g_string_new("SELECT count(*) FROM (SELECT 1 FROM ");
  GString *list = g_string_new(NULL);

  g_string_append_printf(sql, "%s WHERE ", rows->from);
  for (guint i = 0; i < keys->len; i++) {
    g_string_append_printf(sql, "%s(%s) IS NOT NULL", i > 0 ? " AND " : "",
                           (char *) keys->pdata[i]);
    g_string_append_printf(list, "%s%s", i > 0 ? ", " : "", (char *) keys->pdata[i]);
  }
  if (where_sql != NULL)
    g_string_append_printf(sql, " AND (%s)", where_sql);
  g_string_append_printf(sql, " GROUP BY %s HAVING count(*) > 1) AS duplicates", list->str);
  ask(rows, DMIG_CHECK_DUPLICATE, columns, g_string_free(sql, FALSE),
      g_strdup_printf("groups of rows of %s have the same %s, which must be unique; make them "
                      "differ first",
                      shown(rows->table), list->str));
  g_string_free(list, TRUE);
}

static GPtrArray *
keys_of_columns(const DmigMetRows *rows, char *const *columns)
{
  GPtrArray *keys = g_ptr_array_new_with_free_func(g_free);

  for (guint i = 0; columns[i] != NULL; i++)
    g_ptr_array_add(keys, dmig_sql_identifier(rows->planner->dialect, columns[i]));
  return keys;
}

static GPtrArray *
keys_of_index(const DmigMetRows *rows, const DmigIndex *index)
{
  GPtrArray *keys = g_ptr_array_new_with_free_func(g_free);

  for (guint i = 0; i < index->elements->len; i++) {
    const DmigIndexElement *element = index->elements->pdata[i];
    g_ptr_array_add(keys, element->column != NULL
                              ? dmig_sql_identifier(rows->planner->dialect, element->column)
                              : g_strdup_printf("(%s)", element->expression));
  }
  return keys;
}

void
dmig_planner_ask_index(const DmigMetRows *rows, const DmigIndex *index)
{
  g_autoptr(GPtrArray) keys = keys_of_index(rows, index);

  if (index->unique)
    ask_for_duplicates(rows, keys, NULL, index->where_sql);
}

/* --- foreign keys ---------------------------------------------------------------------------- */

static gboolean
refers_to(const DmigTable *table, const char *name)
{
  for (guint i = 0; table != NULL && i < table->constraints->len; i++)
    if (g_strcmp0(((DmigConstraint *) table->constraints->pdata[i])->ref_table, name) == 0)
      return TRUE;
  return FALSE;
}

/* Whether the referenced columns are there when the question is put. Referenced tables are altered
 * and rebuilt before those that refer to them, where there is a before. Where there is none, no row
 * can be known to have its partner. */
static gboolean
is_readable(const DmigMetRows *rows, const DmigConstraint *constraint)
{
  const DmigChanges *changes = rows->planner->changes;
  const DmigTable *before = dmig_schema_table(changes->renamed, constraint->ref_table);
  const DmigTable *after = dmig_schema_table(changes->to, constraint->ref_table);

  if (!g_hash_table_contains(rows->planner->rebuilt, constraint->ref_table) ||
      !refers_to(after, rows->table->name))
    return constraint->ref_columns[0] != NULL;
  for (guint i = 0; constraint->ref_columns[i] != NULL; i++)
    if (before == NULL || dmig_table_column(before, constraint->ref_columns[i]) == NULL)
      return FALSE;
  return TRUE;
}

static void
ask_for_orphans(const DmigMetRows *rows, const DmigConstraint *constraint)
{
  const DmigDialect *dialect = rows->planner->dialect;
  /* SQLite lets a table refer to what is not there: only nulls have a place then. */
  gboolean there = dmig_schema_has_table(rows->planner->changes->to, constraint->ref_table);
  GString *sql = g_string_new("SELECT count(*) FROM ");

  g_string_append_printf(sql, "%s WHERE ", rows->from);
  for (guint i = 0; constraint->columns[i] != NULL; i++)
    dmig_sql_appendf(sql, dialect, "%s%I.%I IS NOT NULL", i > 0 ? " AND " : "", rows->table->name,
                     constraint->columns[i]);
  if (there && is_readable(rows, constraint)) {
    dmig_sql_appendf(sql, dialect, " AND NOT EXISTS (SELECT 1 FROM %I AS partner WHERE ",
                     constraint->ref_table);
    for (guint i = 0; constraint->columns[i] != NULL; i++)
      dmig_sql_appendf(sql, dialect, "%spartner.%I = %I.%I", i > 0 ? " AND " : "",
                       constraint->ref_columns[i], rows->table->name, constraint->columns[i]);
    g_string_append_c(sql, ')');
  }

  g_autofree char *columns = g_strjoinv(", ", constraint->columns);
  ask(rows, DMIG_CHECK_ORPHAN, constraint->columns, g_string_free(sql, FALSE),
      g_strdup_printf("rows of %s have a %s that is not in %s; mend or remove them first",
                      shown(rows->table), columns, constraint->ref_table));
}

/* --- checks ---------------------------------------------------------------------------------- */

static void
ask_for_violations(const DmigMetRows *rows, const DmigConstraint *constraint)
{
  g_autofree char *text = dmig_text_printable(constraint->check_sql);

  ask(rows, DMIG_CHECK_VIOLATION, constraint->columns,
      g_strdup_printf("SELECT count(*) FROM %s WHERE NOT (%s)", rows->from, constraint->check_sql),
      g_strdup_printf("rows of %s break the check %s; mend them first", shown(rows->table), text));
}

void
dmig_planner_ask_for_missing(const DmigMetRows *rows, const DmigColumn *column, const char *value)
{
  g_autofree char *text = dmig_text_printable(column->generated_sql);

  ask(rows, DMIG_CHECK_VIOLATION, NULL,
      g_strdup_printf("SELECT count(*) FROM %s WHERE (%s) IS NULL", rows->from, value),
      g_strdup_printf("rows of %s have nothing for the required %s, which is %s; mend them first",
                      shown(rows->table), column->name, text));
}

void
dmig_planner_ask_constraint(const DmigMetRows *rows, const DmigConstraint *constraint)
{
  switch (constraint->kind) {
  case DMIG_CONSTRAINT_PRIMARY_KEY:
  case DMIG_CONSTRAINT_UNIQUE: {
    g_autoptr(GPtrArray) keys = keys_of_columns(rows, constraint->columns);
    ask_for_duplicates(rows, keys, constraint->columns, NULL);
    return;
  }
  case DMIG_CONSTRAINT_FOREIGN_KEY:
    ask_for_orphans(rows, constraint);
    return;
  case DMIG_CONSTRAINT_CHECK:
    ask_for_violations(rows, constraint);
    return;
  case DMIG_CONSTRAINT_EXCLUSION:
    return; /* only its index can tell */
  }
}

/* --- steps that alter ------------------------------------------------------------------------ */

static gboolean
index_is_dropped(const DmigPlanner *planner, const DmigIndex *index)
{
  for (guint i = 0; i < planner->items->len; i++) {
    const DmigChange *change = planner->items->pdata[i];
    if (change->kind == DMIG_CHANGE_DROP_INDEX && change->old_index == index)
      return TRUE;
  }
  return FALSE;
}

/* `keys` with `value` in the place of the column that changes; FALSE: the column is not among them. */
static gboolean
put_value(const DmigMetRows *rows, GPtrArray *keys, const char *column, const char *value)
{
  g_autofree char *plain = dmig_sql_identifier(rows->planner->dialect, column);
  gboolean found = FALSE;

  for (guint i = 0; i < keys->len; i++) {
    if (!g_str_equal(keys->pdata[i], plain))
      continue;
    g_free(keys->pdata[i]);
    keys->pdata[i] = g_strdup(value);
    found = TRUE;
  }
  return found;
}

/* A type change that may make two values one, under a unique key that stays. */
static void
ask_altered_keys(const DmigMetRows *rows, const DmigChange *change)
{
  const DmigTable *table = change->old_table;
  const char *column = change->old_column->name;
  g_autofree char *plain = dmig_sql_printf(rows->planner->dialect, "CAST(%I AS %s)", column,
                                           change->new_column->type);
  const char *value = change->using_sql != NULL ? change->using_sql : plain;

  if (!dmig_planner_may_merge_values(rows->planner, change))
    return;
  for (guint i = 0; i < table->constraints->len; i++) {
    const DmigConstraint *constraint = table->constraints->pdata[i];
    g_autoptr(GPtrArray) keys = keys_of_columns(rows, constraint->columns);
    gboolean unique = constraint->kind == DMIG_CONSTRAINT_PRIMARY_KEY ||
                      constraint->kind == DMIG_CONSTRAINT_UNIQUE;
    if (unique && !dmig_planner_drops(rows->planner, constraint) &&
        put_value(rows, keys, column, value))
      ask_for_duplicates(rows, keys, NULL, NULL);
  }
  for (guint i = 0; i < table->indexes->len; i++) {
    const DmigIndex *index = table->indexes->pdata[i];
    g_autoptr(GPtrArray) keys = keys_of_index(rows, index);
    if (index->unique && !index_is_dropped(rows->planner, index) &&
        put_value(rows, keys, column, value))
      ask_for_duplicates(rows, keys, NULL, index->where_sql);
  }
}

/* DmigMetRows that get `fill` for a null of `column`, and have no partner then. */
static void
ask_filled_reference(const DmigMetRows *rows, const DmigConstraint *constraint, const char *column,
                     const char *fill)
{
  const DmigDialect *dialect = rows->planner->dialect;
  GString *sql = g_string_new(NULL);

  dmig_sql_appendf(sql, dialect, "SELECT count(*) FROM %s WHERE %I IS NULL", rows->from, column);
  for (guint i = 0; constraint->columns[i] != NULL; i++)
    if (!g_str_equal(constraint->columns[i], column))
      dmig_sql_appendf(sql, dialect, " AND %I IS NOT NULL", constraint->columns[i]);
  dmig_sql_appendf(sql, dialect, " AND NOT EXISTS (SELECT 1 FROM %I AS partner WHERE ",
                   constraint->ref_table);
  for (guint i = 0; constraint->columns[i] != NULL; i++) {
    dmig_sql_appendf(sql, dialect, "%spartner.%I = ", i > 0 ? " AND " : "",
                     constraint->ref_columns[i]);
    if (g_str_equal(constraint->columns[i], column))
      g_string_append_printf(sql, "(%s)", fill);
    else
      dmig_sql_appendf(sql, dialect, "%I.%I", rows->table->name, constraint->columns[i]);
  }
  g_string_append_c(sql, ')');
  ask(rows, DMIG_CHECK_ORPHAN, NULL, g_string_free(sql, FALSE),
      g_strdup_printf("rows of %s would get a %s that is not in %s; state another one under "
                      "`fill:` in change.yaml",
                      shown(rows->table), column, constraint->ref_table));
}

gboolean
dmig_planner_constraint_reads(const DmigConstraint *constraint, const char *column)
{
  return constraint->kind == DMIG_CONSTRAINT_CHECK
             ? dmig_sql_mentions(constraint->check_sql, column)
             : dmig_strv_contains(constraint->columns, column);
}

/* What a constraint that stays reads of the rows once nulls of `column` are filled. */
static char *
filled_rows(const DmigMetRows *rows, const DmigTable *table, const DmigConstraint *constraint,
            const char *column, const char *fill)
{
  const DmigDialect *dialect = rows->planner->dialect;
  GString *sql = g_string_new(NULL);

  dmig_sql_appendf(sql, dialect, "(SELECT coalesce(%I, %s) AS %I", column, fill, column);
  for (guint i = 0; i < table->columns->len; i++) {
    const char *name = ((DmigColumn *) table->columns->pdata[i])->name;
    if (!g_str_equal(name, column) && dmig_planner_constraint_reads(constraint, name))
      dmig_sql_appendf(sql, dialect, ", %I", name);
  }
  dmig_sql_appendf(sql, dialect, " FROM %I) AS %I", table->name, table->name);
  return g_string_free(sql, FALSE);
}

/* Nulls that are filled, under constraints that stay. */
static void
ask_filled(const DmigMetRows *rows, const DmigChange *change)
{
  const DmigTable *table = change->old_table;
  const char *column = change->old_column->name;

  for (guint i = 0; change->fill_sql != NULL && i < table->constraints->len; i++) {
    const DmigConstraint *constraint = table->constraints->pdata[i];
    if (!dmig_planner_constraint_reads(constraint, column) || dmig_planner_drops(rows->planner, constraint))
      continue;
    if (constraint->kind == DMIG_CONSTRAINT_FOREIGN_KEY) {
      ask_filled_reference(rows, constraint, column, change->fill_sql);
      continue;
    }
    g_autofree char *from = filled_rows(rows, table, constraint, column, change->fill_sql);
    DmigMetRows filled = { rows->planner, rows->table, from, rows->step, NULL };
    dmig_planner_ask_constraint(&filled, constraint);
  }
}

void
dmig_planner_ask_rows(DmigPlanner *self, const DmigChange *change, DmigStep *step)
{
  const DmigTable *table = change->new_table;
  const DmigTable *before
      = table != NULL ? dmig_schema_table(self->changes->renamed, table->name) : NULL;

  if (before == NULL)
    return; /* a new table has no rows */

  dmig_planner_ask_places(self, change, step);
  g_autofree char *from = dmig_sql_identifier(self->dialect, table->name);
  DmigMetRows rows = { self, table, from, step, before };
  if (change->kind == DMIG_CHANGE_ADD_CONSTRAINT) {
    dmig_planner_ask_constraint(&rows, change->new_constraint);
  } else if (change->kind == DMIG_CHANGE_CREATE_INDEX) {
    dmig_planner_ask_index(&rows, change->new_index);
  } else if (change->kind == DMIG_CHANGE_ADD_COLUMN) {
    const DmigColumn *column = change->new_column;
    if (column->not_null && column->generated != DMIG_GENERATED_NONE)
      dmig_planner_ask_for_missing(&rows, column, column->generated_sql);
  } else if (change->kind == DMIG_CHANGE_ALTER_COLUMN) {
    ask_altered_keys(&rows, change);
    ask_filled(&rows, change);
  }
}
