#include "core/apply/proof/survivors.h"

#include <string.h>

#include "core/apply/proof/survivor_rows.h"
#include "core/sql/path.h"
#include "core/sql/text.h"

/* One table under its two names. The columns of `same_*` keep their values on the way up, those of
 * `returning` have them again on the way back. */
typedef struct {
  char *old_name, *new_name; /* NULL: it goes, and comes back */
  GPtrArray *old_from, *new_from; /* char*: the tables that hold its rows, itself but for a partitioned one */
  gboolean joined;                /* by rows of others, maybe: of partitions that go */
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
  const DmigSchema *parent, *wanted;
  const DmigTransition *transition;
  gboolean lossless;
  const DmigPlan *there, *back; /* NULL: nothing is kept */
} Following;

static void
follow_free(Follow *self)
{
  g_free(self->old_name);
  g_free(self->new_name);
  g_ptr_array_unref(self->old_from);
  g_ptr_array_unref(self->new_from);
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

static GPtrArray *
names_new(const char *name)
{
  GPtrArray *names = g_ptr_array_new_with_free_func(g_free);
  if (name != NULL)
    g_ptr_array_add(names, g_strdup(name));
  return names;
}

static Follow *
follow_new(const char *old_name, const char *new_name)
{
  Follow *follow = g_new0(Follow, 1);
  follow->old_name = g_strdup(old_name);
  follow->new_name = g_strdup(new_name);
  follow->old_from = names_new(old_name);
  follow->new_from = names_new(new_name);
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

/* The topmost partitioned table above `table`; NULL: it is no partition. */
static const DmigTable *
top_of(const DmigSchema *schema, const DmigTable *table)
{
  const DmigTable *top = NULL;
  for (const DmigTable *above = table; above != NULL && above->parents != NULL && above->parents[0] != NULL;) {
    above = dmig_schema_table(schema, above->parents[0]);
    if (above == NULL || above->partition_by == NULL)
      break;
    top = above;
  }
  return top;
}

/* The one that the table at `old_name` will be, be it another's partition or none. */
static const DmigTable *
successor(const Following *self, const char *old_name)
{
  return dmig_schema_table(self->wanted, dmig_survivors_new_name(self->transition, old_name));
}

/* Whether the rows of a partition are followed with all of its whole. */
static gboolean
stays_within(const Following *self, const DmigTable *table)
{
  const DmigTable *top = top_of(self->parent, table), *after = successor(self, table->name);
  return top != NULL && after != NULL && successor(self, top->name) != NULL
         && top_of(self->wanted, after) == successor(self, top->name);
}

/* Rows may move between partitions that stay, and to new ones. */
static void
follow_partitions(const Following *self, Follow *follow, const DmigTable *top, const DmigTable *new_top)
{
  g_autoptr(GHashTable) stayed = g_hash_table_new(NULL, NULL), known = g_hash_table_new(NULL, NULL);
  g_ptr_array_set_size(follow->old_from, 0);
  g_ptr_array_set_size(follow->new_from, 0);
  for (guint i = 0; i < self->parent->tables->len; i++) {
    const DmigTable *table = self->parent->tables->pdata[i], *after = successor(self, table->name);
    g_hash_table_add(known, (gpointer)after);
    if (table->partition_by != NULL || top_of(self->parent, table) != top)
      continue;
    follow->joined |= after == NULL;
    if (!stays_within(self, table))
      continue;
    g_ptr_array_add(follow->old_from, g_strdup(table->name));
    g_hash_table_add(stayed, (gpointer)after);
  }
  for (guint i = 0; i < self->wanted->tables->len; i++) {
    const DmigTable *table = self->wanted->tables->pdata[i];
    if (table->partition_by == NULL && top_of(self->wanted, table) == new_top
        && (g_hash_table_contains(stayed, table) || !g_hash_table_contains(known, table)))
      g_ptr_array_add(follow->new_from, g_strdup(table->name));
  }
}

static void
follow_table(const Following *self, const DmigTable *table)
{
  const char *name = dmig_survivors_new_name(self->transition, table->name);
  const DmigTable *new_table = dmig_schema_table(self->wanted, name);
  if (stays_within(self, table))
    return;
  if (new_table == NULL
      || (strcmp(name, table->name) == 0 && is_table_taken_by_rename(self->transition, name))) {
    follow_gone(self, table);
    return;
  }
  Follow *follow = follow_new(table->name, name);
  for (guint k = 0; k < table->columns->len; k++)
    follow_column(self, follow, new_table, table->columns->pdata[k]);
  if (table->partition_by != NULL && new_table->partition_by != NULL)
    follow_partitions(self, follow, table, new_table);
  g_ptr_array_add(self->self->follows, follow);
}

DmigSurvivors *
dmig_survivors_new(const DmigSchema *parent, const DmigSchema *wanted,
                   const DmigTransition *transition, gboolean lossless, const DmigPlan *there,
                   const DmigPlan *back)
{
  DmigSurvivors *self = g_new0(DmigSurvivors, 1);
  const Following following = { self, parent, wanted, transition, lossless, there, back };
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

gboolean
dmig_survivors_remember(DmigSurvivors *self, DmigDatabase *db, GError **error)
{
  for (guint i = 0; i < self->follows->len; i++) {
    Follow *follow = self->follows->pdata[i];
    g_clear_pointer(&follow->was_same, g_ptr_array_unref);
    g_clear_pointer(&follow->was_returning, g_ptr_array_unref);
    if (!dmig_survivor_rows_read(db, follow->old_from, follow->same_old, &follow->was_same, error)
        || !dmig_survivor_rows_read(db, follow->old_from, follow->returning, &follow->was_returning, error))
      return FALSE;
  }
  return TRUE;
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
    if (!dmig_survivor_rows_read(db, follow->new_from, follow->same_new, &is, error))
      return FALSE;
    if (follow->joined)
      dmig_survivor_rows_leave_out(follow->was_same, is);
    dmig_survivor_rows_compare(follow->new_name, follow->same_new, follow->was_same, is, problems);
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
    if (!dmig_survivor_rows_read(db, follow->old_from, follow->returning, &is, error))
      return FALSE;
    dmig_survivor_rows_compare(follow->old_name, follow->returning, follow->was_returning, is, problems);
  }
  return TRUE;
}
