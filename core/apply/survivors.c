#include "core/apply/survivors.h"

#include <string.h>

#include "core/sql/text.h"

/* One table under its two names. The columns of `same_*` keep their values on the way up, those of
 * `returning` have them again on the way back. */
typedef struct {
  char *old_name, *new_name;
  GPtrArray *same_old, *same_new;      /* char*, one column at the same place in both */
  GPtrArray *returning;                /* char*, by the parent's names */
  GPtrArray *was_same, *was_returning; /* what they held: char* a row, sorted */
} Follow;

struct _DmigSurvivors {
  GPtrArray *follows; /* Follow* */
};

static void
follow_free(Follow *self)
{
  g_free(self->old_name);
  g_free(self->new_name);
  g_ptr_array_unref(self->same_old);
  g_ptr_array_unref(self->same_new);
  g_ptr_array_unref(self->returning);
  g_clear_pointer(&self->was_same, g_ptr_array_unref);
  g_clear_pointer(&self->was_returning, g_ptr_array_unref);
  g_free(self);
}

void
dmig_survivors_free(DmigSurvivors *self)
{
  if (self == NULL)
    return;
  g_ptr_array_unref(self->follows);
  g_free(self);
}

const char *
dmig_survivors_new_name(const DmigTransition *transition, const char *table)
{
  for (guint i = 0; transition && i < transition->table_renames->len; i++) {
    const DmigNamePair *pair = transition->table_renames->pdata[i];
    if (strcmp(pair->from, table) == 0)
      return pair->to;
  }
  return table;
}

static const char *
new_column_name(const DmigTransition *transition, const char *new_table, const char *column)
{
  for (guint i = 0; transition && i < transition->column_renames->len; i++) {
    const DmigColumnRename *rename = transition->column_renames->pdata[i];
    if (strcmp(rename->table, new_table) == 0 && strcmp(rename->from, column) == 0)
      return rename->to;
  }
  return column;
}

/* Whether another column is renamed to this name, so that one that bears it in both schemas is
 * not the same one. */
static gboolean
is_taken_by_rename(const DmigTransition *transition, const char *new_table, const char *column)
{
  for (guint i = 0; transition && i < transition->column_renames->len; i++) {
    const DmigColumnRename *rename = transition->column_renames->pdata[i];
    if (strcmp(rename->table, new_table) == 0 && strcmp(rename->to, column) == 0)
      return strcmp(rename->from, column) != 0;
  }
  return FALSE;
}

static gboolean
is_table_taken_by_rename(const DmigTransition *transition, const char *table)
{
  for (guint i = 0; transition && i < transition->table_renames->len; i++) {
    const DmigNamePair *pair = transition->table_renames->pdata[i];
    if (strcmp(pair->to, table) == 0)
      return strcmp(pair->from, table) != 0;
  }
  return FALSE;
}

/* Whether the author said that this column's values change. */
static gboolean
changes_values(const DmigSchema *wanted, const DmigTransition *transition, const DmigTable *table,
               const DmigColumn *column)
{
  if (transition == NULL)
    return FALSE;
  if (dmig_transition_conversion(transition, table->name, column->name) != NULL)
    return TRUE;
  for (guint i = 0; i < transition->labels->len; i++) {
    const DmigLabelMap *map = transition->labels->pdata[i];
    if (map->enum_name != NULL) {
      g_autofree char *type = dmig_sql_identifier(wanted->dialect, map->enum_name);
      if (g_str_has_prefix(column->type, type))
        return TRUE;
    }
    if (g_strcmp0(map->table, table->name) == 0 && g_strcmp0(map->column, column->name) == 0)
      return TRUE;
  }
  return FALSE;
}

static void
follow_column(Follow *self, const DmigSchema *wanted, const DmigTransition *transition,
              gboolean lossless, const DmigTable *new_table, const DmigColumn *old_column)
{
  const char *name = new_column_name(transition, new_table->name, old_column->name);
  const DmigColumn *new_column = dmig_table_column(new_table, name);
  if (new_column == NULL || old_column->generated != DMIG_GENERATED_NONE
      || new_column->generated != DMIG_GENERATED_NONE)
    return;
  if (strcmp(name, old_column->name) == 0 && is_taken_by_rename(transition, new_table->name, name))
    return;
  gboolean filled = new_column->not_null && !old_column->not_null;
  if (filled || changes_values(wanted, transition, new_table, new_column))
    return;
  gboolean same = strcmp(old_column->type, new_column->type) == 0;
  if (same) {
    g_ptr_array_add(self->same_old, g_strdup(old_column->name));
    g_ptr_array_add(self->same_new, g_strdup(name));
  }
  if (same || lossless)
    g_ptr_array_add(self->returning, g_strdup(old_column->name));
}

DmigSurvivors *
dmig_survivors_new(const DmigSchema *parent, const DmigSchema *wanted,
                   const DmigTransition *transition, gboolean lossless)
{
  DmigSurvivors *self = g_new0(DmigSurvivors, 1);
  self->follows = g_ptr_array_new_with_free_func((GDestroyNotify) follow_free);
  for (guint i = 0; i < parent->tables->len; i++) {
    const DmigTable *old_table = parent->tables->pdata[i];
    const char *name = dmig_survivors_new_name(transition, old_table->name);
    const DmigTable *new_table = dmig_schema_table(wanted, name);
    if (new_table == NULL
        || (strcmp(name, old_table->name) == 0 && is_table_taken_by_rename(transition, name)))
      continue;
    Follow *follow = g_new0(Follow, 1);
    follow->old_name = g_strdup(old_table->name);
    follow->new_name = g_strdup(name);
    follow->same_old = g_ptr_array_new_with_free_func(g_free);
    follow->same_new = g_ptr_array_new_with_free_func(g_free);
    follow->returning = g_ptr_array_new_with_free_func(g_free);
    for (guint k = 0; k < old_table->columns->len; k++)
      follow_column(follow, wanted, transition, lossless, new_table, old_table->columns->pdata[k]);
    g_ptr_array_add(self->follows, follow);
  }
  return self;
}

static int
compare_texts(gconstpointer a, gconstpointer b)
{
  return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* A row as one text: lengths keep fields apart, whatever they hold. */
static char *
row_text(const DmigRows *rows, guint row)
{
  GString *text = g_string_new(NULL);
  for (guint i = 0; i < rows->n_columns; i++) {
    const char *field = dmig_rows_get(rows, row, i);
    if (field == NULL)
      g_string_append(text, "-,");
    else
      g_string_append_printf(text, "%" G_GSIZE_FORMAT ":%s,", strlen(field), field);
  }
  return g_string_free(text, FALSE);
}

static gboolean
read_rows(DmigDatabase *db, const char *table, GPtrArray *columns, GPtrArray **out, GError **error)
{
  g_autoptr(GString) sql = g_string_new("SELECT 1");
  for (guint i = 0; i < columns->len; i++)
    dmig_sql_appendf(sql, db->dialect, ", %I", (char *) columns->pdata[i]);
  dmig_sql_appendf(sql, db->dialect, " FROM %I", table);
  g_autoptr(DmigRows) rows = NULL;
  if (!db->driver->query(db, sql->str, NULL, 0, &rows, error))
    return FALSE;
  GPtrArray *texts = g_ptr_array_new_with_free_func(g_free);
  for (guint i = 0; i < rows->rows->len; i++)
    g_ptr_array_add(texts, row_text(rows, i));
  g_ptr_array_sort(texts, compare_texts);
  *out = texts;
  return TRUE;
}

gboolean
dmig_survivors_remember(DmigSurvivors *self, DmigDatabase *db, GError **error)
{
  for (guint i = 0; i < self->follows->len; i++) {
    Follow *follow = self->follows->pdata[i];
    g_clear_pointer(&follow->was_same, g_ptr_array_unref);
    g_clear_pointer(&follow->was_returning, g_ptr_array_unref);
    if (!read_rows(db, follow->old_name, follow->same_old, &follow->was_same, error)
        || !read_rows(db, follow->old_name, follow->returning, &follow->was_returning, error))
      return FALSE;
  }
  return TRUE;
}

static char *
join_names(const GPtrArray *names)
{
  GString *text = g_string_new(NULL);
  for (guint i = 0; i < names->len; i++)
    g_string_append_printf(text, "%s%s", i > 0 ? ", " : "", (char *) names->pdata[i]);
  return g_string_free(text, FALSE);
}

static void
compare_rows(const char *table, const GPtrArray *columns, const GPtrArray *was, const GPtrArray *is,
             GPtrArray *problems)
{
  if (was->len != is->len) {
    g_ptr_array_add(
        problems, g_strdup_printf("table %s had %u rows and now has %u", table, was->len, is->len));
    return;
  }
  for (guint i = 0; i < was->len; i++) {
    if (strcmp(was->pdata[i], is->pdata[i]) == 0)
      continue;
    g_autofree char *names = join_names(columns);
    g_ptr_array_add(problems,
                    g_strdup_printf("table %s: values of %s have changed: %s became %s", table,
                                    names, (char *) was->pdata[i], (char *) is->pdata[i]));
    return;
  }
}

gboolean
dmig_survivors_check_upgraded(DmigSurvivors *self, DmigDatabase *db, GPtrArray *problems,
                              GError **error)
{
  for (guint i = 0; i < self->follows->len; i++) {
    const Follow *follow = self->follows->pdata[i];
    g_autoptr(GPtrArray) is = NULL;
    if (!read_rows(db, follow->new_name, follow->same_new, &is, error))
      return FALSE;
    compare_rows(follow->new_name, follow->same_new, follow->was_same, is, problems);
  }
  return TRUE;
}

gboolean
dmig_survivors_check_returned(DmigSurvivors *self, DmigDatabase *db, GPtrArray *problems,
                              GError **error)
{
  for (guint i = 0; i < self->follows->len; i++) {
    const Follow *follow = self->follows->pdata[i];
    g_autoptr(GPtrArray) is = NULL;
    if (!read_rows(db, follow->old_name, follow->returning, &is, error))
      return FALSE;
    compare_rows(follow->old_name, follow->returning, follow->was_returning, is, problems);
  }
  return TRUE;
}
