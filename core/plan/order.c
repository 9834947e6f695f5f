/* In which order the steps run. */
#include "core/plan/graph.h"

/* Where a change stands if nothing else is known: what is in the way goes first, what is built on
 * something comes after it, values move while both their old and their new place are there. Where the
 * graph knows more, it pulls forward what a change needs. Within a rank, things keep the order of the
 * schema. */
typedef enum {
  RANK_DROP_DEFAULT_PRIVILEGES, /* which act on all that is made from now on */
  RANK_DROP_EARLY, /* what stands on tables, where a rename would meet it */
  RANK_RENAME,
  RANK_DROP_OVER, /* the same where renames carry it along */
  RANK_DROP_FOREIGN_KEY, /* before the keys they point at */
  RANK_RESET_FACET,      /* what leaves its parent takes no reference along */
  RANK_DROP_CHECK,
  RANK_DROP_INDEX,
  RANK_DROP_KEY,
  RANK_DROP_COMPUTED, /* before the columns they read change */
  RANK_RENAME_PARTS,  /* constraints and indexes, before new tables want their names */
  RANK_CREATE_SCHEMA, /* and what else stands under tables */
  RANK_CREATE_ENUM,
  RANK_CREATE_TYPE,
  RANK_FREE_COMPUTED, /* computed columns become plain before the columns they read change */
  RANK_LEAVE_ENUM, /* columns that leave a type which is about to be replaced */
  RANK_ALTER_ENUM,
  RANK_CREATE_SEQUENCE,
  RANK_CREATE_ROUTINE,
  RANK_CREATE_TABLE,
  RANK_ADD_COLUMN,
  RANK_ALTER_COLUMN, /* and rebuilds */
  RANK_ADD_COMPUTED,
  RANK_DROP_COLUMN,
  RANK_ATTACH,    /* partitions and children to their parents, once they have the same columns */
  RANK_LEAVE_PARENT,
  RANK_COPY_ROWS, /* into tables that take the place of others */
  RANK_DROP_TABLE,
  RANK_DROP_UNDER, /* functions, sequences, types */
  RANK_DROP_ENUM,
  RANK_DROP_SCHEMA,
  RANK_ADD_KEY,
  RANK_CREATE_INDEX,
  RANK_ADD_CHECK,
  RANK_ATTACH_INDEX,    /* an index of a partitioned table is valid once it has all its parts */
  RANK_ADD_FOREIGN_KEY, /* after the keys they point at */
  RANK_CREATE_OVER,     /* views, triggers, policies */
  RANK_SET_FACET,
  RANK_COMMENT,
  RANK_CREATE_DEFAULT_PRIVILEGES,
  N_RANKS,
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
  case DMIG_CONSTRAINT_EXCLUSION:
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
  case DMIG_CONSTRAINT_EXCLUSION:
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

/* Objects stand over tables, or tables stand on them. */
static Rank
rank_of_created_object(const DmigObject *object)
{
  if (object->kind == DMIG_OBJECT_DEFAULT_PRIVILEGES)
    return RANK_CREATE_DEFAULT_PRIVILEGES;
  if (object->kind <= DMIG_OBJECT_COLLATION)
    return RANK_CREATE_SCHEMA;
  if (object->kind <= DMIG_OBJECT_BASE_TYPE)
    return RANK_CREATE_TYPE;
  if (object->kind == DMIG_OBJECT_SEQUENCE)
    return RANK_CREATE_SEQUENCE;
  return object->kind < DMIG_OBJECT_TABLE ? RANK_CREATE_ROUTINE : RANK_CREATE_OVER;
}

static Rank
rank_of_dropped_object(const DmigPlanner *self, const DmigObject *object)
{
  if (object->kind == DMIG_OBJECT_DEFAULT_PRIVILEGES)
    return RANK_DROP_DEFAULT_PRIVILEGES;
  if (object->kind <= DMIG_OBJECT_COLLATION)
    return RANK_DROP_SCHEMA;
  if (object->kind < DMIG_OBJECT_TABLE)
    return RANK_DROP_UNDER;
  return self->dialect->has.binding_views ? RANK_DROP_OVER : RANK_DROP_EARLY;
}

static Rank
rank_of_set_facet(const DmigChange *change)
{
  if (!change->new_facet->attaches)
    return RANK_SET_FACET;
  return dmig_address_kind(change->address) == DMIG_OBJECT_TABLE ? RANK_ATTACH : RANK_ATTACH_INDEX;
}

/* Whether a constraint's facet is not there before the plan runs, but comes with the parent's (see
 * inherited.c). */
static gboolean
comes_along(const DmigPlanner *self, const DmigChange *change)
{
  const DmigFacet *facet = change->old_facet;

  if (change->new_table == NULL || dmig_address_kind(change->address) != DMIG_OBJECT_CONSTRAINT)
    return FALSE;
  const DmigTable *table = dmig_schema_table(self->changes->renamed, change->new_table->name);
  for (guint i = 0; table != NULL && i < table->constraints->len; i++) {
    const DmigConstraint *constraint = table->constraints->pdata[i];
    if (dmig_facets_find(constraint->facets, facet->name) == facet)
      return FALSE;
  }
  return TRUE;
}

/* A table that goes from one parent to another joins the new one first: columns that it inherits all
 * the while stay inherited. Not one that is made again, or becomes a partition, which has no other. */
static Rank
rank_of_reset_facet(const DmigPlanner *self, const DmigChange *change)
{
  const DmigTable *table = change->new_table;

  if (comes_along(self, change))
    return RANK_SET_FACET;
  return change->old_facet->attaches && !change->old_facet->replaces && table != NULL &&
                 table->parents != NULL && dmig_table_is_child(table) &&
                 !g_hash_table_contains(self->remade, table->name)
             ? RANK_LEAVE_PARENT
             : RANK_RESET_FACET;
}

static Rank
rank_of(const DmigPlanner *self, const DmigChange *change)
{
  switch (change->kind) {
  case DMIG_CHANGE_CREATE_OBJECT:
  case DMIG_CHANGE_REPLACE_OBJECT:
    return rank_of_created_object(change->new_object);
  case DMIG_CHANGE_DROP_OBJECT:
    return rank_of_dropped_object(self, change->old_object);
  case DMIG_CHANGE_SET_FACET:
    return rank_of_set_facet(change);
  case DMIG_CHANGE_RESET_FACET:
    return rank_of_reset_facet(self, change);
  case DMIG_CHANGE_REBUILD_TABLE:
    return RANK_CREATE_TABLE;
  case DMIG_CHANGE_COPY_ROWS:
    return RANK_COPY_ROWS;
  case DMIG_CHANGE_RENAME_ENUM:
  case DMIG_CHANGE_RENAME_TABLE:
  case DMIG_CHANGE_RENAME_COLUMN:
  case DMIG_CHANGE_RENAME_OBJECT:
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
  case DMIG_CHANGE_COMMENT_ENUM:
  case DMIG_CHANGE_COMMENT_TABLE:
  case DMIG_CHANGE_COMMENT_COLUMN:
    return RANK_COMMENT;
  }
  return RANK_COMMENT;
}

/* All that a rebuild carries out runs when the rebuild does: after the indexes are dropped that hold
 * the names of new ones. */
static Rank
rank_with_rebuilds(const DmigPlanner *self, const DmigChange *change)
{
  return dmig_planner_rebuilds(self, change) ? RANK_ALTER_COLUMN : rank_of(self, change);
}

typedef Rank (*RankFunc)(const DmigPlanner *self, const DmigChange *change);

static void
sort_by_rank(DmigPlanner *self, RankFunc rank)
{
  g_autofree GPtrArray **groups = g_new0(GPtrArray *, N_RANKS);

  for (guint i = 0; i < self->items->len; i++) {
    GPtrArray **group = &groups[rank(self, self->items->pdata[i])];
    if (*group == NULL)
      *group = g_ptr_array_new();
    g_ptr_array_add(*group, self->items->pdata[i]);
  }
  g_ptr_array_set_size(self->items, 0);
  for (Rank i = 0; i < N_RANKS; i++)
    if (groups[i] != NULL)
      g_ptr_array_extend_and_steal(self->items, groups[i]);
}

/* --- who needs whom -------------------------------------------------------------------------- */

typedef struct {
  DmigPlanner *planner;
  const DmigPlanGraph *graph;
  GHashTable *seen; /* placed, or on the way: a cycle is cut there */
  GPtrArray *out;
} Walk;

typedef void (*VisitFunc)(Walk *self, DmigChange *change);

/* What had better come first, of the same rank only. */
static void
visit_softly(Walk *self, DmigChange *change)
{
  if (!g_hash_table_add(self->seen, change))
    return;
  const GPtrArray *before = dmig_plan_graph_softly_before(self->graph, change);
  for (guint i = 0; before != NULL && i < before->len; i++) {
    DmigChange *other = before->pdata[i];
    if (rank_with_rebuilds(self->planner, other) == rank_with_rebuilds(self->planner, change))
      visit_softly(self, other);
  }
  g_ptr_array_add(self->out, change);
}

static void
visit(Walk *self, DmigChange *change)
{
  if (!g_hash_table_add(self->seen, change))
    return;
  const GPtrArray *before = dmig_plan_graph_before(self->graph, change);
  for (guint i = 0; before != NULL && i < before->len; i++)
    visit(self, before->pdata[i]);
  g_ptr_array_add(self->out, change);
}

static void
walk(DmigPlanner *planner, const DmigPlanGraph *graph, VisitFunc visit_one)
{
  g_autoptr(GHashTable) seen = g_hash_table_new(NULL, NULL);
  g_autoptr(GPtrArray) out = g_ptr_array_new();
  Walk self = { planner, graph, seen, out };

  for (guint i = 0; i < planner->items->len; i++)
    visit_one(&self, planner->items->pdata[i]);
  g_ptr_array_set_size(planner->items, 0);
  g_ptr_array_extend(planner->items, out, NULL, NULL);
}

/* --- cycles of foreign keys ------------------------------------------------------------------ */

static gboolean
is_partitioned(const DmigPlanner *self, const char *name)
{
  const DmigTable *table = dmig_schema_table(self->changes->to, name);

  return table != NULL && table->partition_by != NULL;
}

/* The tables to create, without the foreign keys that can't be there yet; those are added last. */
static void
defer_foreign_keys(DmigPlanner *self, DmigChange *change, GHashTable *created)
{
  const DmigTable *full = change->new_table;
  g_autoptr(GPtrArray) later = g_ptr_array_new();

  for (guint i = 0; i < full->constraints->len; i++) {
    DmigConstraint *constraint = full->constraints->pdata[i];
    if (constraint->kind == DMIG_CONSTRAINT_FOREIGN_KEY &&
        (!g_str_equal(constraint->ref_table, full->name) || full->partition_by != NULL) &&
        (!g_hash_table_contains(created, constraint->ref_table) ||
         is_partitioned(self, constraint->ref_table)))
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
  sort_by_rank(self, rank_of);
  sort_by_rank(self, rank_with_rebuilds);
  g_autoptr(DmigPlanGraph) graph = dmig_plan_graph_new(self);
  walk(self, graph, visit_softly);
  sort_by_rank(self, rank_with_rebuilds);
  walk(self, graph, visit);
  if (!self->dialect->has.later_foreign_keys)
    return;
  cut_cycles(self);
  sort_by_rank(self, rank_with_rebuilds);
  g_autoptr(DmigPlanGraph) cut = dmig_plan_graph_new(self);
  walk(self, cut, visit);
}
