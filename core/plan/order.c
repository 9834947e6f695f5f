/* In which order the steps run. */
#include "core/plan/planner.h"
#include "core/sql/lexer.h"

/* Every dependency between kinds of changes goes from a lower rank to a higher one: what is in the
 * way goes first, what is built on something comes after it, values move while both their old and
 * their new place are there. Within a rank, tables and views are sorted by who refers to whom, and
 * everything else keeps the order of the domain. */
typedef enum {
  RANK_DROP_VIEW,
  RANK_RENAME,
  RANK_DROP_FOREIGN_KEY, /* before the keys they point at */
  RANK_DROP_CHECK,
  RANK_DROP_INDEX,
  RANK_DROP_KEY,
  RANK_DROP_COMPUTED, /* before the columns they read change */
  RANK_RENAME_PARTS,  /* constraints and indexes, before new tables want their names */
  RANK_CREATE_ENUM,
  RANK_FREE_COMPUTED, /* computed columns become plain before the columns they read change */
  RANK_LEAVE_ENUM, /* columns that leave a type which is about to be replaced */
  RANK_ALTER_ENUM,
  RANK_CREATE_TABLE,
  RANK_ADD_COLUMN,
  RANK_ALTER_COLUMN, /* and rebuilds */
  RANK_ADD_COMPUTED,
  RANK_DROP_COLUMN,
  RANK_DROP_TABLE,
  RANK_DROP_ENUM,
  RANK_ADD_KEY,
  RANK_CREATE_INDEX,
  RANK_ADD_CHECK,
  RANK_ADD_FOREIGN_KEY, /* after the keys they point at */
  RANK_CREATE_VIEW,
  RANK_COMMENT,
} Rank;

static Rank
rank_of_dropped_constraint(const DmigConstraint *constraint)
{
  switch (constraint->kind) {
  case DMIG_CONSTRAINT_FOREIGN_KEY:
    return RANK_DROP_FOREIGN_KEY;
  case DMIG_CONSTRAINT_CHECK:
    return RANK_DROP_CHECK;
  case DMIG_CONSTRAINT_PRIMARY_KEY:
  case DMIG_CONSTRAINT_UNIQUE:
    return RANK_DROP_KEY;
  }
  return RANK_DROP_KEY;
}

static Rank
rank_of_added_constraint(const DmigConstraint *constraint)
{
  switch (constraint->kind) {
  case DMIG_CONSTRAINT_FOREIGN_KEY:
    return RANK_ADD_FOREIGN_KEY;
  case DMIG_CONSTRAINT_CHECK:
    return RANK_ADD_CHECK;
  case DMIG_CONSTRAINT_PRIMARY_KEY:
  case DMIG_CONSTRAINT_UNIQUE:
    return RANK_ADD_KEY;
  }
  return RANK_ADD_KEY;
}

/* A column that the planner moves off a type (see values.c) keeps its name on neither side. */
static gboolean
leaves_enum(const DmigChange *change)
{
  const DmigTable *to = change->new_table;

  return dmig_table_column(to, change->new_column->name) != change->new_column;
}

/* A column that is dropped to be made again: what comes has its name. */
static gboolean
comes_back(const DmigChange *change)
{
  return change->new_table != NULL &&
         dmig_table_column(change->new_table, change->old_column->name) != NULL;
}

static Rank
rank_of(const DmigChange *change)
{
  switch (change->kind) {
  case DMIG_CHANGE_DROP_VIEW:
    return RANK_DROP_VIEW;
  case DMIG_CHANGE_RENAME_ENUM:
  case DMIG_CHANGE_RENAME_TABLE:
  case DMIG_CHANGE_RENAME_COLUMN:
    return RANK_RENAME;
  case DMIG_CHANGE_RENAME_CONSTRAINT:
  case DMIG_CHANGE_RENAME_INDEX:
    return RANK_RENAME_PARTS;
  case DMIG_CHANGE_DROP_CONSTRAINT:
    return rank_of_dropped_constraint(change->old_constraint);
  case DMIG_CHANGE_DROP_INDEX:
    return RANK_DROP_INDEX;
  case DMIG_CHANGE_CREATE_ENUM:
    return RANK_CREATE_ENUM;
  case DMIG_CHANGE_ALTER_ENUM:
    return RANK_ALTER_ENUM;
  case DMIG_CHANGE_CREATE_TABLE:
    return RANK_CREATE_TABLE;
  case DMIG_CHANGE_ADD_COLUMN:
    return change->new_column->generated != DMIG_GENERATED_NONE ? RANK_ADD_COMPUTED
                                                                : RANK_ADD_COLUMN;
  case DMIG_CHANGE_ALTER_COLUMN:
    if (leaves_enum(change))
      return RANK_LEAVE_ENUM;
    return (change->aspects & DMIG_ASPECT_GENERATED) ? RANK_FREE_COMPUTED : RANK_ALTER_COLUMN;
  case DMIG_CHANGE_DROP_COLUMN:
    return change->old_column->generated != DMIG_GENERATED_NONE || comes_back(change)
               ? RANK_DROP_COMPUTED
               : RANK_DROP_COLUMN;
  case DMIG_CHANGE_DROP_TABLE:
    return RANK_DROP_TABLE;
  case DMIG_CHANGE_DROP_ENUM:
    return RANK_DROP_ENUM;
  case DMIG_CHANGE_ADD_CONSTRAINT:
    return rank_of_added_constraint(change->new_constraint);
  case DMIG_CHANGE_CREATE_INDEX:
    return RANK_CREATE_INDEX;
  case DMIG_CHANGE_CREATE_VIEW:
    return RANK_CREATE_VIEW;
  case DMIG_CHANGE_COMMENT_ENUM:
  case DMIG_CHANGE_COMMENT_TABLE:
  case DMIG_CHANGE_COMMENT_COLUMN:
  case DMIG_CHANGE_COMMENT_VIEW:
    return RANK_COMMENT;
  }
  return RANK_COMMENT;
}

static Rank
rank_alone(const DmigPlanner *self, const DmigChange *change)
{
  return rank_of(change);
}

/* All that a rebuild carries out runs when the rebuild does: after the indexes are dropped that hold
 * the names of new ones. */
static Rank
rank_with_rebuilds(const DmigPlanner *self, const DmigChange *change)
{
  return dmig_planner_rebuilds(self, change) ? RANK_ALTER_COLUMN : rank_of(change);
}

/* --- who refers to whom ---------------------------------------------------------------------- */

typedef gboolean (*NeedsFunc)(const DmigChange *a, const DmigChange *b);

static gboolean
table_refers(const DmigTable *table, const DmigTable *other)
{
  for (guint i = 0; table != other && i < table->constraints->len; i++) {
    const DmigConstraint *constraint = table->constraints->pdata[i];
    if (constraint->kind == DMIG_CONSTRAINT_FOREIGN_KEY &&
        g_str_equal(constraint->ref_table, other->name))
      return TRUE;
  }
  return FALSE;
}

/* `a` must be created after `b`. */
static gboolean
created_table_needs(const DmigChange *a, const DmigChange *b)
{
  return table_refers(a->new_table, b->new_table);
}

/* `a` must be dropped after `b`. */
static gboolean
dropped_table_waits(const DmigChange *a, const DmigChange *b)
{
  return table_refers(b->old_table, a->old_table);
}

static gboolean
created_view_needs(const DmigChange *a, const DmigChange *b)
{
  return a != b && dmig_sql_mentions(a->new_view->sql, b->new_view->name);
}

static gboolean
dropped_view_waits(const DmigChange *a, const DmigChange *b)
{
  return a != b && dmig_sql_mentions(b->old_view->sql, a->old_view->name);
}

static NeedsFunc
needs_func(DmigChangeKind kind)
{
  if (kind == DMIG_CHANGE_CREATE_TABLE)
    return created_table_needs;
  if (kind == DMIG_CHANGE_DROP_TABLE)
    return dropped_table_waits;
  if (kind == DMIG_CHANGE_CREATE_VIEW)
    return created_view_needs;
  if (kind == DMIG_CHANGE_DROP_VIEW)
    return dropped_view_waits;
  return NULL;
}

static void
visit(GPtrArray *group, guint i, NeedsFunc needs, char *state, GPtrArray *out)
{
  if (state[i] != 0)
    return; /* placed, or a cycle, which is cut here */
  state[i] = 1;
  for (guint j = 0; j < group->len; j++)
    if (j != i && needs(group->pdata[i], group->pdata[j]))
      visit(group, j, needs, state, out);
  g_ptr_array_add(out, group->pdata[i]);
}

static void
append_group(GPtrArray *group, NeedsFunc needs, GPtrArray *out)
{
  g_autofree char *state = g_new0(char, group->len);

  for (guint i = 0; i < group->len; i++) {
    if (needs != NULL)
      visit(group, i, needs, state, out);
    else
      g_ptr_array_add(out, group->pdata[i]);
  }
}

typedef Rank (*RankFunc)(const DmigPlanner *self, const DmigChange *change);

static void
sort_by_rank(DmigPlanner *self, RankFunc rank, gboolean by_references)
{
  g_autoptr(GPtrArray) out = g_ptr_array_new();

  for (Rank wanted = RANK_DROP_VIEW; wanted <= RANK_COMMENT; wanted++) {
    g_autoptr(GPtrArray) group = g_ptr_array_new();
    for (guint i = 0; i < self->items->len; i++)
      if (rank(self, self->items->pdata[i]) == wanted)
        g_ptr_array_add(group, self->items->pdata[i]);
    if (group->len == 0)
      continue;
    NeedsFunc needs = NULL;
    if (by_references)
      needs = wanted == RANK_ALTER_COLUMN && dmig_planner_can(self, DMIG_CAP_TABLE_REBUILD)
                  ? created_table_needs
                  : needs_func(((DmigChange *) group->pdata[0])->kind);
    append_group(group, needs, out);
  }
  g_ptr_array_set_size(self->items, 0);
  g_ptr_array_extend(self->items, out, NULL, NULL);
}

/* --- cycles of foreign keys ------------------------------------------------------------------ */

/* The tables to create, without the foreign keys that can't be there yet; those are added last. */
static void
defer_foreign_keys(DmigPlanner *self, DmigChange *change, GHashTable *created)
{
  const DmigTable *full = change->new_table;
  g_autoptr(GPtrArray) later = g_ptr_array_new();

  for (guint i = 0; i < full->constraints->len; i++) {
    DmigConstraint *constraint = full->constraints->pdata[i];
    if (constraint->kind == DMIG_CONSTRAINT_FOREIGN_KEY &&
        !g_str_equal(constraint->ref_table, full->name) &&
        !g_hash_table_contains(created, constraint->ref_table))
      g_ptr_array_add(later, constraint);
  }
  if (later->len == 0)
    return;

  DmigTable *reduced = dmig_table_copy(full);
  for (guint i = full->constraints->len; i > 0; i--)
    if (g_ptr_array_find(later, full->constraints->pdata[i - 1], NULL))
      g_ptr_array_remove_index(reduced->constraints, i - 1);
  g_ptr_array_add(self->tables, reduced);
  guint place = 0;
  DmigChange *instead = dmig_planner_add(self, DMIG_CHANGE_CREATE_TABLE, NULL, reduced);
  g_ptr_array_find(self->items, change, &place);
  self->items->pdata[place] = instead;
  g_ptr_array_set_size(self->items, (int) self->items->len - 1);
  for (guint i = 0; i < later->len; i++)
    dmig_planner_add(self, DMIG_CHANGE_ADD_CONSTRAINT, full, full)->new_constraint =
        later->pdata[i];
}

/* Foreign keys among tables to drop that point at one dropped earlier. */
static void
drop_foreign_keys_first(DmigPlanner *self, const DmigChange *change, GHashTable *dropped)
{
  const DmigTable *table = change->old_table;

  for (guint i = 0; i < table->constraints->len; i++) {
    const DmigConstraint *constraint = table->constraints->pdata[i];
    if (constraint->kind == DMIG_CONSTRAINT_FOREIGN_KEY &&
        g_hash_table_contains(dropped, constraint->ref_table) &&
        !dmig_planner_drops(self, constraint))
      dmig_planner_add(self, DMIG_CHANGE_DROP_CONSTRAINT, table, NULL)->old_constraint = constraint;
  }
}

static void
cut_cycles(DmigPlanner *self)
{
  g_autoptr(GHashTable) created = g_hash_table_new(g_str_hash, g_str_equal);
  g_autoptr(GHashTable) dropped = g_hash_table_new(g_str_hash, g_str_equal);
  g_autoptr(GPtrArray) items = g_ptr_array_copy(self->items, NULL, NULL);

  for (guint i = 0; i < items->len; i++) {
    DmigChange *change = items->pdata[i];
    if (change->kind == DMIG_CHANGE_CREATE_TABLE) {
      defer_foreign_keys(self, change, created);
      g_hash_table_add(created, change->new_table->name);
    } else if (change->kind == DMIG_CHANGE_DROP_TABLE) {
      drop_foreign_keys_first(self, change, dropped);
      g_hash_table_add(dropped, change->old_table->name);
    }
  }
}

void
dmig_planner_order(DmigPlanner *self)
{
  /* First among themselves, which is also the order in which a rebuild names what it does. */
  sort_by_rank(self, rank_alone, FALSE);
  sort_by_rank(self, rank_with_rebuilds, TRUE);
  if (!dmig_planner_can(self, DMIG_CAP_ADD_FOREIGN_KEY))
    return;
  cut_cycles(self);
  sort_by_rank(self, rank_with_rebuilds, FALSE);
}
