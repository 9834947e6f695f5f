#include "core/apply/proof/survivors.h"

#include <string.h>

#include "core/sql/path.h"
#include "core/sql/text.h"

/* One table under its two names. The columns of `same_*` keep their values on the way up, those of
 * `returning` have them again on the way back. */
typedef struct {
  char *old_name, *new_name; /* NULL: it goes, and comes back */
  GPtrArray *same_old, *same_new;      /* char*, one column at the same place in both */
  GPtrArray *returning;                /* char*, by the parent's names */
  GPtrArray *was_same, *was_returning; /* what they held: char* a row, sorted */
} Follow;

struct _DmigSurvivors {
  GPtrArray *follows; /* Follow* */
  guint kept;         /* what only comes back because it is kept */
};

/* Who is followed, and what is known of it. */
typedef struct {
  DmigSurvivors *self;
  const DmigSchema *wanted;
  const DmigTransition *transition;
  gboolean lossless;
  const DmigPlan *there, *back; /* NULL: nothing is kept */
} Following;

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

static gboolean
lists(GPtrArray *keepsakes, DmigKeepsakeKind kind, const char *name)
{
  for (guint i = 0; i < keepsakes->len; i++) {
    const DmigKeepsake *keepsake = keepsakes->pdata[i];
    if (keepsake->kind == kind && strcmp(keepsake->name, name) == 0)
      return TRUE;
  }
  return FALSE;
}

static gboolean
is_kept(const Following *self, DmigKeepsakeKind kind, const char *table, const char *column)
{
  g_autofree char *path = g_strconcat(table, column != NULL ? "." : NULL, column, NULL);
  g_autofree char *name = dmig_path_text(path);
  gboolean taken = FALSE, brought = FALSE;
  for (guint i = 0; self->there != NULL && i < self->there->steps->len; i++)
    taken = taken || lists(((DmigStep *) self->there->steps->pdata[i])->takes, kind, name);
  for (guint i = 0; taken && i < self->back->steps->len; i++)
    brought = brought || lists(((DmigStep *) self->back->steps->pdata[i])->brings, kind, name);
  return taken && brought;
}

static void
follow_kept(const Following *self, Follow *follow, DmigKeepsakeKind kind, const DmigColumn *column)
{
  if (!is_kept(self, kind, follow->old_name, column->name))
    return;
  self->self->kept++;
  g_ptr_array_add(follow->returning, g_strdup(column->name));
}

/* Whether its values are neither meant to change, nor changed. */
static gboolean
stays(const Following *self, const DmigTable *new_table, const DmigColumn *old,
      const DmigColumn *new)
{
  gboolean filled = new->not_null && !old->not_null;
  return !filled && new->generated == DMIG_GENERATED_NONE
         && !changes_values(self->wanted, self->transition, new_table, new);
}

static void
follow_column(const Following *self, Follow *follow, const DmigTable *new_table,
              const DmigColumn *old)
{
  const char *name = new_column_name(self->transition, new_table->name, old->name);
  const DmigColumn *new = dmig_table_column(new_table, name);
  if (old->generated != DMIG_GENERATED_NONE)
    return;
  if (new == NULL
      || (strcmp(name, old->name) == 0
          && is_taken_by_rename(self->transition, new_table->name, name))) {
    follow_kept(self, follow, DMIG_KEEPSAKE_COLUMN, old);
    return;
  }
  gboolean unchanged = stays(self, new_table, old, new);
  gboolean same = unchanged && strcmp(old->type, new->type) == 0;
  if (same) {
    g_ptr_array_add(follow->same_old, g_strdup(old->name));
    g_ptr_array_add(follow->same_new, g_strdup(name));
  }
  if (same || (unchanged && self->lossless))
    g_ptr_array_add(follow->returning, g_strdup(old->name));
  else if (is_kept(self, DMIG_KEEPSAKE_VALUES, follow->old_name, old->name))
    follow_kept(self, follow, DMIG_KEEPSAKE_VALUES, old);
  else
    follow_kept(self, follow, DMIG_KEEPSAKE_COLUMN, old);
}

static Follow *
follow_new(const char *old_name, const char *new_name)
{
  Follow *follow = g_new0(Follow, 1);
  follow->old_name = g_strdup(old_name);
  follow->new_name = g_strdup(new_name);
  follow->same_old = g_ptr_array_new_with_free_func(g_free);
  follow->same_new = g_ptr_array_new_with_free_func(g_free);
  follow->returning = g_ptr_array_new_with_free_func(g_free);
  return follow;
}

/* A table that goes, rows and all. */
static void
follow_gone(const Following *self, const DmigTable *table)
{
  if (!is_kept(self, DMIG_KEEPSAKE_ROWS, table->name, NULL))
    return;
  Follow *follow = follow_new(table->name, NULL);
  for (guint k = 0; k < table->columns->len; k++)
    g_ptr_array_add(follow->returning,
                    g_strdup(((DmigColumn *) table->columns->pdata[k])->name));
  g_ptr_array_add(self->self->follows, follow);
  self->self->kept++;
}

static void
follow_table(const Following *self, const DmigTable *table)
{
  const char *name = dmig_survivors_new_name(self->transition, table->name);
  const DmigTable *new_table = dmig_schema_table(self->wanted, name);
  if (new_table == NULL
      || (strcmp(name, table->name) == 0 && is_table_taken_by_rename(self->transition, name))) {
    follow_gone(self, table);
    return;
  }
  Follow *follow = follow_new(table->name, name);
  for (guint k = 0; k < table->columns->len; k++)
    follow_column(self, follow, new_table, table->columns->pdata[k]);
  g_ptr_array_add(self->self->follows, follow);
}

DmigSurvivors *
dmig_survivors_new(const DmigSchema *parent, const DmigSchema *wanted,
                   const DmigTransition *transition, gboolean lossless, const DmigPlan *there,
                   const DmigPlan *back)
{
  DmigSurvivors *self = g_new0(DmigSurvivors, 1);
  const Following following = { self, wanted, transition, lossless, there, back };
  self->follows = g_ptr_array_new_with_free_func((GDestroyNotify) follow_free);
  for (guint i = 0; i < parent->tables->len; i++)
    follow_table(&following, parent->tables->pdata[i]);
  return self;
}

guint
dmig_survivors_kept(const DmigSurvivors *self)
{
  return self->kept;
}

/* --- from the other side ----------------------------------------------------------------------- */

static const char *
old_name_of(const DmigTransition *transition, const char *table)
{
  for (guint i = 0; i < transition->table_renames->len; i++) {
    const DmigNamePair *pair = transition->table_renames->pdata[i];
    if (strcmp(pair->to, table) == 0)
      return pair->from;
  }
  return table;
}

static const char *
old_column_name(const DmigTransition *transition, const char *table, const char *column)
{
  for (guint i = 0; i < transition->column_renames->len; i++) {
    const DmigColumnRename *rename = transition->column_renames->pdata[i];
    if (strcmp(rename->table, table) == 0 && strcmp(rename->to, column) == 0)
      return rename->from;
  }
  return column;
}

static const char *
old_enum_name(const DmigTransition *transition, const char *name)
{
  for (guint i = 0; name != NULL && i < transition->enum_renames->len; i++) {
    const DmigNamePair *pair = transition->enum_renames->pdata[i];
    if (strcmp(pair->to, name) == 0)
      return pair->from;
  }
  return name;
}

DmigTransition *
dmig_survivors_reverse(const DmigTransition *transition)
{
  DmigTransition *back = dmig_transition_new();
  back->reverse = TRUE;
  if (transition == NULL)
    return back;
  for (guint i = 0; i < transition->table_renames->len; i++) {
    const DmigNamePair *pair = transition->table_renames->pdata[i];
    dmig_transition_rename_table(back, pair->to, pair->from);
  }
  for (guint i = 0; i < transition->column_renames->len; i++) {
    const DmigColumnRename *rename = transition->column_renames->pdata[i];
    dmig_transition_rename_column(back, old_name_of(transition, rename->table), rename->to,
                                  rename->from);
  }
  for (guint i = 0; i < transition->conversions->len; i++) {
    const DmigColumnSql *conversion = transition->conversions->pdata[i];
    dmig_transition_add_conversion(
        back, old_name_of(transition, conversion->table),
        old_column_name(transition, conversion->table, conversion->column), conversion->sql);
  }
  for (guint i = 0; i < transition->labels->len; i++) {
    const DmigLabelMap *map = transition->labels->pdata[i];
    dmig_transition_map_label(
        back, old_enum_name(transition, map->enum_name),
        map->table != NULL ? old_name_of(transition, map->table) : NULL,
        map->table != NULL ? old_column_name(transition, map->table, map->column) : NULL, map->to,
        map->from);
  }
  return back;
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
    if (follow->new_name == NULL)
      continue;
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
