/* What comes to tables with their parents' changes, and what is left to say of them. */
#include <string.h>

#include "core/plan/planner.h"
#include "core/schema/facet_sql.h"
#include "core/sql/lexer.h"

/* What a change does to tables below `table`: the members named by what it is about. */
static char *
effect_key(DmigChangeKind kind, const char *table, const char *member)
{
  return g_strdup_printf("%d %s\x01%s", (int) kind, table, member != NULL ? member : "");
}

gboolean
dmig_planner_descends(const DmigSchema *schema, const DmigTable *table, const char *ancestor)
{
  for (guint i = 0; table->parents != NULL && table->parents[i] != NULL; i++) {
    const DmigTable *parent = dmig_schema_table(schema, table->parents[i]);
    if (strcmp(table->parents[i], ancestor) == 0 ||
        (parent != NULL && parent != table && dmig_planner_descends(schema, parent, ancestor)))
      return TRUE;
  }
  return FALSE;
}

/* Whether the table is the parent's child on one side only: it joins a parent whose columns are as they
 * will be, and leaves one before that lets go of something, and until then, or from then on, looks after
 * its own. */
static gboolean
stands_apart(const DmigPlanner *self, const DmigTable *table, const char *parent,
             DmigChangeKind kind)
{
  gboolean adds = kind == DMIG_CHANGE_ADD_COLUMN || kind == DMIG_CHANGE_ALTER_COLUMN;
  gboolean drops = kind == DMIG_CHANGE_DROP_COLUMN || kind == DMIG_CHANGE_DROP_CONSTRAINT;
  const DmigTable *other = dmig_schema_table(
      adds ? self->changes->renamed : self->changes->to, table->name);

  return (adds || drops) && other != NULL &&
         (other->parents == NULL ||
          !g_strv_contains((const char *const *) other->parents, parent));
}

static const DmigChange *
effect_of_parents(DmigPlanner *self, GHashTable *effects, const DmigTable *table,
                  DmigChangeKind kind, const char *member)
{
  for (guint i = 0; table->parents != NULL && table->parents[i] != NULL; i++) {
    if (stands_apart(self, table, table->parents[i], kind))
      continue;
    g_autofree char *key = effect_key(kind, table->parents[i], member);
    const DmigChange *effect = g_hash_table_lookup(effects, key);
    const DmigTable *parent = dmig_schema_table(self->changes->to, table->parents[i]);
    if (parent == NULL)
      parent = dmig_schema_table(self->changes->renamed, table->parents[i]);
    if (effect == NULL && parent != NULL && parent != table)
      effect = effect_of_parents(self, effects, parent, kind, member);
    if (effect != NULL)
      return effect;
  }
  return NULL;
}

static gboolean
has_new_type(const DmigChange *change)
{
  return (change->aspects & (DMIG_ASPECT_TYPE | DMIG_ASPECT_COLLATION)) != 0;
}

static void
alter_default(DmigPlanner *self, const DmigChange *change, const DmigColumn *old,
              const DmigColumn *new)
{
  DmigChange *alter =
      dmig_planner_add(self, DMIG_CHANGE_ALTER_COLUMN, change->old_table, change->new_table);

  alter->aspects = DMIG_ASPECT_DEFAULT;
  alter->old_column = old;
  alter->new_column = new;
}

/* A column that is as `like`, but for its default. The planner's. */
static DmigColumn *
column_with_default(DmigPlanner *self, const DmigTable *table, const DmigColumn *like,
                    const char *default_sql)
{
  DmigTable *holder = dmig_table_new(table->name);
  DmigColumn *column = dmig_column_copy(like);

  g_free(column->default_sql);
  column->default_sql = g_strdup(default_sql);
  g_ptr_array_add(holder->columns, column);
  g_ptr_array_add(self->tables, holder);
  return column;
}

/* The change of type, far above, that reaches the table of `change` too; NULL: none. */
static const DmigChange *
source_of_type(DmigPlanner *self, GHashTable *effects, const DmigChange *change)
{
  const DmigChange *source = NULL, *above = change;

  while ((above = effect_of_parents(self, effects, above->new_table, DMIG_CHANGE_ALTER_COLUMN,
                                    change->new_column->name)) != NULL)
    if (has_new_type(above))
      source = above;
  return source;
}

/* With another table's column this one has got its new type: what is left to say of its default, if
 * anything. */
static void
settle_default(DmigPlanner *self, GHashTable *effects, const DmigChange *change)
{
  const DmigChange *source = source_of_type(self, effects, change);
  const DmigColumn *old = change->old_column, *new = change->new_column;

  if (source == NULL || new->generated != DMIG_GENERATED_NONE ||
      source->new_column->generated != DMIG_GENERATED_NONE)
    return;
  const char *come = source->new_column->default_sql;
  if (source->old_column->default_sql == NULL && old->default_sql != NULL)
    alter_default(self, change, old,
                  column_with_default(self, change->old_table, old, NULL));
  if (dmig_sql_equal(come, new->default_sql))
    return;
  alter_default(self, change, column_with_default(self, change->new_table, new, come), new);
}

/* What tables below get of an alteration. That a parent may have null is for itself alone, but for
 * partitions. */
static DmigColumnAspects
handed_down(const DmigChange *parent)
{
  gboolean loosens = !parent->new_column->not_null && parent->new_table->partition_by == NULL;

  return DMIG_ASPECT_TYPE | DMIG_ASPECT_COLLATION | DMIG_ASPECT_GENERATED |
         (loosens ? 0 : DMIG_ASPECT_NOT_NULL);
}

/* Whether a change of a parent carries this one along. Where it does so in part, `out_rest` is what
 * is left of an alteration. */
static gboolean
comes_with_parent(DmigPlanner *self, GHashTable *effects, const DmigChange *change,
                  DmigColumnAspects *out_rest)
{
  gboolean drops_it = change->kind == DMIG_CHANGE_DROP_COLUMN ||
                      change->kind == DMIG_CHANGE_DROP_CONSTRAINT || change->new_table == NULL;
  const DmigTable *table = drops_it ? change->old_table : change->new_table;
  const DmigColumn *column = change->new_column != NULL ? change->new_column : change->old_column;
  const DmigConstraint *constraint =
      change->new_constraint != NULL ? change->new_constraint : change->old_constraint;
  const char *member = dmig_change_member(change);
  const DmigChange *parent = NULL;

  *out_rest = 0;
  if (table == NULL || table->parents == NULL || dmig_planner_detaches(self, change->old_table))
    return FALSE;
  if (column != NULL ? !column->inherited : constraint == NULL || !constraint->inherited)
    return FALSE;
  if (change->kind == DMIG_CHANGE_ADD_CONSTRAINT &&
      constraint->kind != DMIG_CONSTRAINT_CHECK && constraint->kind != DMIG_CONSTRAINT_FOREIGN_KEY)
    return FALSE;
  if (change->kind != DMIG_CHANGE_ADD_COLUMN && change->kind != DMIG_CHANGE_DROP_COLUMN &&
      change->kind != DMIG_CHANGE_ALTER_COLUMN && change->kind != DMIG_CHANGE_RENAME_COLUMN &&
      change->kind != DMIG_CHANGE_ADD_CONSTRAINT && change->kind != DMIG_CHANGE_DROP_CONSTRAINT)
    return FALSE;
  /* What the table says as well goes with neither, and comes before the parent's, which then joins it. */
  if ((change->kind == DMIG_CHANGE_ADD_COLUMN || change->kind == DMIG_CHANGE_DROP_COLUMN) &&
      column->declared)
    return FALSE;
  parent = effect_of_parents(self, effects, table, change->kind, member);
  if (parent != NULL && parent->alone)
    return FALSE;
  if (parent != NULL && change->kind == DMIG_CHANGE_ALTER_COLUMN)
    *out_rest = change->aspects & ~(parent->aspects & handed_down(parent));
  return parent != NULL;
}

/* Under what a facet's change is known among the effects. Owned. */
static char *
facet_member(const DmigChange *change)
{
  const char *detail = dmig_address_detail(change->address);
  const DmigFacet *facet = change->new_facet != NULL ? change->new_facet : change->old_facet;

  return g_strdup_printf("%s\x02%s", detail != NULL ? detail : "", facet->name);
}

/* Whether a constraint is said to be valid, say, where its parent's is. */
static gboolean
facet_comes_with_parent(DmigPlanner *self, GHashTable *effects, const DmigChange *change)
{
  const char *name = dmig_address_detail(change->address);

  if (change->new_table == NULL || change->new_table->parents == NULL ||
      dmig_address_kind(change->address) != DMIG_OBJECT_CONSTRAINT)
    return FALSE;
  for (guint i = 0; i < change->new_table->constraints->len; i++) {
    const DmigConstraint *constraint = change->new_table->constraints->pdata[i];
    if (g_strcmp0(constraint->name, name) != 0 || !constraint->inherited ||
        constraint->kind != DMIG_CONSTRAINT_CHECK)
      continue;
    g_autofree char *member = facet_member(change);
    return effect_of_parents(self, effects, change->new_table, change->kind, member) != NULL;
  }
  return FALSE;
}

static gboolean
has_member(const DmigTable *table, const DmigChange *change)
{
  if (change->kind == DMIG_CHANGE_DROP_COLUMN)
    return dmig_table_column(table, change->old_column->name) != NULL;
  for (guint i = 0; i < table->constraints->len; i++) {
    const DmigConstraint *constraint = table->constraints->pdata[i];
    if (constraint->name != NULL && dmig_constraint_equal(constraint, change->old_constraint))
      return TRUE;
  }
  return FALSE;
}

/* Whether the table has a column or a check of the name again, so that all tables below get it anew. */
static gboolean
comes_back(const DmigChange *change)
{
  if (change->kind == DMIG_CHANGE_DROP_COLUMN)
    return dmig_table_column(change->new_table, change->old_column->name) != NULL;
  return has_member(change->new_table, change);
}

/* Whether some table below keeps what `change` drops. */
static gboolean
is_kept_below(DmigPlanner *self, const DmigChange *change, const DmigTable *table)
{
  const GPtrArray *tables = self->changes->renamed->tables;

  for (guint i = 0; table->has_children && i < tables->len; i++) {
    const DmigTable *child = tables->pdata[i];
    const DmigTable *after = NULL;
    if (child->parents == NULL ||
        !g_strv_contains((const char *const *) child->parents, table->name))
      continue;
    after = dmig_schema_table(self->changes->to, child->name);
    if (after != NULL && has_member(child, change) && has_member(after, change))
      return TRUE;
    if (is_kept_below(self, change, child))
      return TRUE;
  }
  return FALSE;
}

static void
find_drops_alone(DmigPlanner *self)
{
  for (guint i = 0; i < self->items->len; i++) {
    DmigChange *change = self->items->pdata[i];
    if ((change->kind == DMIG_CHANGE_DROP_COLUMN ||
         (change->kind == DMIG_CHANGE_DROP_CONSTRAINT &&
          change->old_constraint->kind == DMIG_CONSTRAINT_CHECK)) &&
        change->new_table != NULL && change->old_table->partition_by == NULL)
      change->alone = !comes_back(change) && is_kept_below(self, change, change->old_table);
  }
}

/* Of a column that comes with the parent's: facets don't. */
static void
add_all_facets(DmigPlanner *self, const DmigTable *table, const DmigColumn *column)
{
  for (guint i = 0; column->facets != NULL && i < column->facets->len; i++) {
    DmigChange *change = dmig_planner_add(self, DMIG_CHANGE_SET_FACET, table, table);
    change->address = dmig_address_new(DMIG_OBJECT_COLUMN, table->name, column->name);
    change->new_facet = column->facets->pdata[i];
  }
}

/* A column that comes with the parent's comes as the parent's is. */
static void
add_what_differs(DmigPlanner *self, GHashTable *effects, const DmigChange *change)
{
  const DmigColumn *column = change->new_column;
  const DmigChange *parent =
      effect_of_parents(self, effects, change->new_table, change->kind, column->name);

  add_all_facets(self, change->new_table, column);
  if (dmig_sql_equal(parent->new_column->default_sql, column->default_sql) ||
      column->generated != DMIG_GENERATED_NONE)
    return;
  DmigChange *rest =
      dmig_planner_add(self, DMIG_CHANGE_ALTER_COLUMN, change->old_table, change->new_table);
  rest->aspects = DMIG_ASPECT_DEFAULT;
  rest->old_column = parent->new_column;
  rest->new_column = column;
}

/* A check that comes with the parent's is as that one is: rows were not looked through for it, say. What
 * else is said of it doesn't come along. */
static void
settle_what_came_along(DmigPlanner *self, GHashTable *effects, const DmigChange *change)
{
  const DmigConstraint *constraint = change->new_constraint;
  const DmigTable *table = change->new_table;
  const DmigChange *parent =
      effect_of_parents(self, effects, table, change->kind, dmig_change_member(change));

  for (guint i = 0; constraint->facets != NULL && i < constraint->facets->len; i++) {
    DmigFacet *facet = constraint->facets->pdata[i];
    if (facet->created)
      continue;
    DmigChange *say = dmig_planner_add(self, DMIG_CHANGE_SET_FACET, table, table);
    say->address = dmig_address_new(DMIG_OBJECT_CONSTRAINT, table->name, constraint->name);
    say->new_facet = facet;
  }
  if (dmig_constraint_is_valid(parent->new_constraint) || !dmig_constraint_is_valid(constraint))
    return;
  DmigConstraint *came = dmig_constraint_copy(constraint);
  DmigTable *holder = dmig_table_new(table->name);
  g_ptr_array_add(holder->constraints, came);
  g_ptr_array_add(self->tables, holder);
  DmigChange *validate = dmig_planner_add(self, DMIG_CHANGE_RESET_FACET, table, table);
  validate->address = dmig_address_new(DMIG_OBJECT_CONSTRAINT, table->name, constraint->name);
  validate->old_facet = dmig_facets_add(
      &came->facets, dmig_facet_new_not_valid(self->dialect, table->name, constraint->name, NULL));
}

static void
drop_inherited(DmigPlanner *self)
{
  g_autoptr(GHashTable) effects = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
  g_autoptr(GPtrArray) items = g_ptr_array_copy(self->items, NULL, NULL);

  find_drops_alone(self);
  g_ptr_array_set_free_func(items, NULL);
  for (guint i = 0; i < items->len; i++) {
    DmigChange *change = items->pdata[i];
    const DmigTable *table = change->new_table != NULL ? change->new_table : change->old_table;
    if (table == NULL)
      continue;
    g_autofree char *facet = change->address != NULL ? facet_member(change) : NULL;
    g_hash_table_insert(effects,
                        effect_key(change->kind, table->name,
                                   facet != NULL ? facet : dmig_change_member(change)),
                        change);
  }
  for (guint i = 0; i < items->len; i++) {
    const DmigChange *change = items->pdata[i];
    DmigColumnAspects rest = 0;
    if (change->address != NULL) {
      if (facet_comes_with_parent(self, effects, change))
        dmig_planner_remove(self, change);
      continue;
    }
    if (!comes_with_parent(self, effects, change, &rest))
      continue;
    dmig_planner_remove(self, change);
    if (change->kind == DMIG_CHANGE_ADD_COLUMN)
      add_what_differs(self, effects, change);
    else if (change->kind == DMIG_CHANGE_ADD_CONSTRAINT)
      settle_what_came_along(self, effects, change);
    else if (change->kind == DMIG_CHANGE_ALTER_COLUMN && has_new_type(change)) {
      add_all_facets(self, change->new_table, change->new_column); /* a new type has its own */
      settle_default(self, effects, change);
      rest &= ~DMIG_ASPECT_DEFAULT;
    }
    if (rest == 0)
      continue;
    DmigChange *left = dmig_planner_add(self, DMIG_CHANGE_ALTER_COLUMN, change->old_table,
                                        change->new_table);
    left->old_column = change->old_column;
    left->new_column = change->new_column;
    left->aspects = rest;
  }
}

static const DmigColumn *
parents_column(const DmigPlanner *self, const DmigTable *child, const char *name)
{
  for (guint i = 0; child->parents[i] != NULL; i++) {
    const DmigTable *parent = dmig_schema_table(self->changes->to, child->parents[i]);
    const DmigColumn *column = parent != NULL ? dmig_table_column(parent, name) : NULL;
    if (column != NULL)
      return column;
  }
  return NULL;
}

/* What a child says of its parent's generated column may not say again how it is generated. */
static void
leave_generation_to_parents(DmigPlanner *self, DmigChange *change)
{
  const DmigTable *child = change->new_table;
  DmigTable *reduced = NULL;

  for (guint i = 0; i < child->columns->len; i++) {
    const DmigColumn *column = child->columns->pdata[i];
    const DmigColumn *theirs = column->declared && column->generated != DMIG_GENERATED_NONE
                                   ? parents_column(self, child, column->name)
                                   : NULL;
    if (theirs == NULL || theirs->generated != column->generated ||
        !dmig_sql_equal(theirs->generated_sql, column->generated_sql))
      continue;
    if (reduced == NULL)
      reduced = dmig_planner_reduce_table(self, change);
    DmigColumn *bare = dmig_table_column(reduced, column->name);
    bare->generated = DMIG_GENERATED_NONE;
    g_clear_pointer(&bare->generated_sql, g_free);
  }
}

/* A table that is made as another's child gets the default of what it inherits, and must have a value
 * where its parent must. */
static void
take_from_children(DmigPlanner *self, const DmigTable *child)
{
  for (guint i = 0; i < child->columns->len; i++) {
    const DmigColumn *column = child->columns->pdata[i];
    const DmigColumn *theirs =
        column->inherited ? parents_column(self, child, column->name) : NULL;
    DmigColumnAspects rest = 0;
    if (theirs != NULL && theirs->default_sql != NULL && column->default_sql == NULL &&
        theirs->generated == DMIG_GENERATED_NONE)
      rest |= DMIG_ASPECT_DEFAULT;
    if (theirs != NULL && theirs->not_null && !column->not_null)
      rest |= DMIG_ASPECT_NOT_NULL;
    if (rest == 0)
      continue;
    DmigChange *change = dmig_planner_add(self, DMIG_CHANGE_ALTER_COLUMN, child, child);
    change->aspects = rest;
    change->old_column = theirs;
    change->new_column = column;
  }
}

static void
take_from_all_children(DmigPlanner *self)
{
  guint length = self->items->len;

  for (guint i = 0; i < length; i++) {
    DmigChange *change = self->items->pdata[i];
    if ((change->kind != DMIG_CHANGE_CREATE_TABLE && change->kind != DMIG_CHANGE_REBUILD_TABLE) ||
        change->new_table->parents == NULL || !dmig_table_is_child(change->new_table))
      continue;
    take_from_children(self, change->new_table);
    leave_generation_to_parents(self, change);
  }
}

void
dmig_planner_follow_parents(DmigPlanner *self)
{
  drop_inherited(self);
  take_from_all_children(self);
}
