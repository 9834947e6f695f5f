/* What comes about by itself, and what must be said again. */
#include <string.h>

#include "core/plan/graph.h"
#include "core/sql/lexer.h"
#include "core/sql/text.h"

/* --- what comes about by itself -------------------------------------------------------------- */

static gboolean
drops(const DmigChange *change)
{
  return change->kind == DMIG_CHANGE_DROP_TABLE || change->kind == DMIG_CHANGE_DROP_COLUMN ||
         change->kind == DMIG_CHANGE_DROP_INDEX || change->kind == DMIG_CHANGE_DROP_CONSTRAINT ||
         change->kind == DMIG_CHANGE_DROP_OBJECT;
}

static void
drop_parts(DmigPlanner *self, const DmigPlanGraph *graph)
{
  for (guint i = self->items->len; i > 0; i--) {
    const DmigChange *change = self->items->pdata[i - 1];
    if (change->kind != DMIG_CHANGE_DROP_OBJECT)
      continue;
    g_autofree char *address = dmig_object_address(change->old_object);
    g_autofree char *whole = dmig_address_whole(address);
    const DmigChange *taker = whole != NULL ? dmig_plan_graph_taker(graph, whole) : NULL;
    if (taker != NULL && (drops(taker) || taker->kind == DMIG_CHANGE_REBUILD_TABLE) &&
        !dmig_planner_rebuilds(self, taker) && !change->alone)
      g_ptr_array_remove_index(self->items, i - 1);
  }
}

static void
drop_owned(DmigPlanner *self, const DmigPlanGraph *graph)
{
  const GPtrArray *all = dmig_schema_dependencies(self->changes->renamed);

  for (guint i = 0; i < all->len; i++) {
    const DmigDependency *dependency = all->pdata[i];
    DmigChange *object = dependency->owned ? dmig_plan_graph_taker(graph, dependency->object) : NULL;
    /* Partitions go before their parent: what refers to them may stand in the way. */
    if (object != NULL && object->kind == DMIG_CHANGE_DROP_TABLE &&
        !dmig_planner_goes_with_remade(self, object->old_table))
      continue;
    if (object != NULL && object->kind == DMIG_CHANGE_DROP_TABLE) {
      dmig_planner_remove(self, object);
      g_hash_table_insert(self->goes_with, g_strdup(dependency->object), g_strdup(dependency->on));
      continue;
    }
    const DmigChange *on = object != NULL ? dmig_plan_graph_taker(graph, dependency->on) : NULL;
    if (on == NULL || on == object || !drops(on) || !drops(object) ||
        (object->old_table != NULL && dmig_planner_detaches(self, object->old_table)))
      continue;
    dmig_planner_remove(self, object);
    g_hash_table_insert(self->goes_with, g_strdup(dependency->object), g_strdup(dependency->on));
  }
}

/* What a change does to tables below `table`: the members named by what it is about. */
static char *
effect_key(DmigChangeKind kind, const char *table, const char *member)
{
  return g_strdup_printf("%d %s\x01%s", (int) kind, table, member != NULL ? member : "");
}

static const DmigChange *
effect_of_parents(DmigPlanner *self, GHashTable *effects, const DmigTable *table,
                  DmigChangeKind kind, const char *member)
{
  for (guint i = 0; table->parents != NULL && table->parents[i] != NULL; i++) {
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
    *out_rest = change->aspects & ~(parent->aspects & (DMIG_ASPECT_TYPE | DMIG_ASPECT_COLLATION |
                                                       DMIG_ASPECT_NOT_NULL |
                                                       DMIG_ASPECT_GENERATED));
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
    if (constraint->name != NULL &&
        g_strcmp0(constraint->name, change->old_constraint->name) == 0)
      return TRUE;
  }
  return FALSE;
}

/* Whether some table below keeps what `change` drops. */
static gboolean
is_kept_below(DmigPlanner *self, const DmigChange *change, const char *table)
{
  const GPtrArray *tables = self->changes->renamed->tables;

  for (guint i = 0; i < tables->len; i++) {
    const DmigTable *child = tables->pdata[i];
    const DmigTable *after = NULL;
    if (child->parents == NULL || !g_strv_contains((const char *const *) child->parents, table))
      continue;
    after = dmig_schema_table(self->changes->to, child->name);
    if (after != NULL && has_member(child, change) && has_member(after, change))
      return TRUE;
    if (is_kept_below(self, change, child->name))
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
      change->alone = is_kept_below(self, change, change->old_table->name);
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

/* `sql` about one table, said of another. Owned. */
static char *
said_of(const DmigPlanner *self, const char *sql, const DmigTable *table, const DmigTable *other)
{
  g_autofree char *from = dmig_sql_printf(self->dialect, "TABLE %I ", table->name);
  g_autofree char *to = dmig_sql_printf(self->dialect, "TABLE %I ", other->name);
  GString *said = g_string_new(sql);

  g_string_replace(said, from, to, 0);
  return g_string_free(said, FALSE);
}

/* A constraint that comes with the parent's has what is set about that: not to be valid yet, say. */
static void
reset_what_came_along(DmigPlanner *self, GHashTable *effects, const DmigChange *change)
{
  const DmigConstraint *constraint = change->new_constraint;
  const DmigChange *parent = effect_of_parents(self, effects, change->new_table, change->kind,
                                               dmig_change_member(change));
  const GPtrArray *theirs = parent->new_constraint->facets;

  for (guint i = 0; theirs != NULL && i < theirs->len; i++) {
    const DmigFacet *facet = theirs->pdata[i];
    if (facet->reset == NULL || *facet->reset == '\0' || facet->attaches ||
        dmig_facets_find(constraint->facets, facet->name) != NULL)
      continue;
    g_autofree char *sql = said_of(self, facet->reset, parent->new_table, change->new_table);
    if (strcmp(sql, facet->reset) == 0)
      continue; /* it is about the constraint of that one table: a comment */
    g_autofree char *name = g_strconcat("no longer ", facet->name, NULL);
    DmigTable *holder = dmig_table_new(change->new_table->name);
    g_ptr_array_add(self->tables, holder);
    DmigChange *away =
        dmig_planner_add(self, DMIG_CHANGE_SET_FACET, change->new_table, change->new_table);
    away->address =
        dmig_address_new(DMIG_OBJECT_CONSTRAINT, change->new_table->name, constraint->name);
    away->new_facet = dmig_facets_add(&holder->facets, dmig_facet_new(name, "true", sql, ""));
  }
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
      reset_what_came_along(self, effects, change);
    else if (change->kind == DMIG_CHANGE_ALTER_COLUMN &&
             (change->aspects & (DMIG_ASPECT_TYPE | DMIG_ASPECT_COLLATION)))
      add_all_facets(self, change->new_table, change->new_column); /* a new type has its own */
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
    const DmigChange *change = self->items->pdata[i];
    if (change->kind == DMIG_CHANGE_CREATE_TABLE && change->new_table->parents != NULL &&
        dmig_table_is_child(change->new_table))
      take_from_children(self, change->new_table);
  }
}

void
dmig_planner_drop_needless(DmigPlanner *self)
{
  drop_inherited(self);
  take_from_all_children(self);
  g_autoptr(DmigPlanGraph) graph = dmig_plan_graph_new(self);
  drop_parts(self, graph);
  drop_owned(self, graph);
}

void
dmig_planner_split_identities(DmigPlanner *self)
{
  guint length = self->items->len;

  for (guint i = 0; i < length && !dmig_planner_can(self, DMIG_CAP_TABLE_REBUILD); i++) {
    DmigChange *change = self->items->pdata[i];
    const DmigColumn *old = change->old_column, *new = change->new_column;
    if (change->kind != DMIG_CHANGE_ALTER_COLUMN || !(change->aspects & DMIG_ASPECT_IDENTITY) ||
        !(change->aspects & DMIG_ASPECT_DEFAULT))
      continue;
    DmigTable *holder = dmig_table_new(change->old_table->name);
    DmigColumn *bare = dmig_column_copy(old);
    g_clear_pointer(&bare->default_sql, g_free);
    g_clear_pointer(&bare->identity_options, g_free);
    bare->identity = DMIG_IDENTITY_NONE;
    g_ptr_array_add(holder->columns, bare);
    g_ptr_array_add(self->tables, holder);

    DmigChange *away =
        dmig_planner_add(self, DMIG_CHANGE_ALTER_COLUMN, change->old_table, change->new_table);
    DmigChange *rest =
        dmig_planner_add(self, DMIG_CHANGE_ALTER_COLUMN, change->old_table, change->new_table);
    away->aspects = old->identity != DMIG_IDENTITY_NONE ? DMIG_ASPECT_IDENTITY : DMIG_ASPECT_DEFAULT;
    away->old_column = old;
    away->new_column = bare;
    rest->aspects = (change->aspects & ~(DMIG_ASPECT_IDENTITY | DMIG_ASPECT_DEFAULT)) |
                    (new->identity != DMIG_IDENTITY_NONE ? DMIG_ASPECT_IDENTITY : 0) |
                    (new->default_sql != NULL ? DMIG_ASPECT_DEFAULT : 0);
    rest->old_column = bare;
    rest->new_column = new;
    rest->fill_sql = g_strdup(change->fill_sql);
    rest->using_sql = g_strdup(change->using_sql);
    dmig_planner_remove(self, change);
    i--;
    length--;
  }
}

/* --- facets of what is made ------------------------------------------------------------------ */

static DmigChange *
add_facet(DmigPlanner *self, DmigChangeKind kind, const char *address, const DmigTable *table)
{
  DmigChange *change = dmig_planner_add(self, kind, table, table);

  change->address = g_strdup(address);
  return change;
}

static void
add_late(DmigPlanner *self, DmigObjectKind kind, const char *path, const char *detail,
         const DmigTable *table, const GPtrArray *facets)
{
  for (guint i = 0; facets != NULL && i < facets->len; i++) {
    const DmigFacet *facet = facets->pdata[i];
    if (!facet->late)
      continue;
    g_autofree char *address = dmig_address_new(kind, path, detail);
    add_facet(self, DMIG_CHANGE_SET_FACET, address, table)->new_facet = facet;
  }
}

static void
add_late_of_table(DmigPlanner *self, const DmigTable *table)
{
  const char *path = table->name;

  add_late(self, DMIG_OBJECT_TABLE, path, NULL, table, table->facets);
  for (guint i = 0; i < table->columns->len; i++) {
    const DmigColumn *column = table->columns->pdata[i];
    add_late(self, DMIG_OBJECT_COLUMN, path, column->name, table, column->facets);
  }
  for (guint i = 0; i < table->constraints->len; i++) {
    const DmigConstraint *constraint = table->constraints->pdata[i];
    add_late(self, DMIG_OBJECT_CONSTRAINT, path, constraint->name, table, constraint->facets);
  }
  for (guint i = 0; i < table->indexes->len; i++) {
    const DmigIndex *index = table->indexes->pdata[i];
    add_late(self, DMIG_OBJECT_INDEX, path, index->name, table, index->facets);
  }
}

static void
add_late_of(DmigPlanner *self, const DmigChange *change)
{
  const DmigTable *table = change->new_table;

  if (change->kind == DMIG_CHANGE_CREATE_OBJECT)
    add_late(self, change->new_object->kind, change->new_object->path, change->new_object->detail,
             NULL, change->new_object->facets);
  else if (change->kind == DMIG_CHANGE_CREATE_TABLE || change->kind == DMIG_CHANGE_REBUILD_TABLE)
    add_late_of_table(self, table);
  else if (change->kind == DMIG_CHANGE_ADD_COLUMN)
    add_late(self, DMIG_OBJECT_COLUMN, table->name, change->new_column->name, table,
             change->new_column->facets);
  else if (change->kind == DMIG_CHANGE_ADD_CONSTRAINT)
    add_late(self, DMIG_OBJECT_CONSTRAINT, table->name, change->new_constraint->name, table,
             change->new_constraint->facets);
  else if (change->kind == DMIG_CHANGE_CREATE_INDEX)
    add_late(self, DMIG_OBJECT_INDEX, table->name, change->new_index->name, table,
             change->new_index->facets);
  else if (change->kind == DMIG_CHANGE_CREATE_ENUM)
    add_late(self, DMIG_OBJECT_ENUM, change->new_enum->name, NULL, NULL, change->new_enum->facets);
}

static gboolean
makes(const DmigChange *change)
{
  return change->kind == DMIG_CHANGE_CREATE_TABLE || change->kind == DMIG_CHANGE_REBUILD_TABLE ||
         change->kind == DMIG_CHANGE_ADD_COLUMN || change->kind == DMIG_CHANGE_ADD_CONSTRAINT ||
         change->kind == DMIG_CHANGE_CREATE_INDEX || change->kind == DMIG_CHANGE_CREATE_OBJECT ||
         change->kind == DMIG_CHANGE_CREATE_ENUM;
}

static gboolean
is_made(const DmigPlanGraph *graph, const char *address)
{
  const DmigChange *maker = dmig_plan_graph_maker(graph, address);

  return maker != NULL && makes(maker);
}

/* What is made again comes with its facets. A reset before it goes stays: it may be what lets it. */
static void
remove_facets_of_made(DmigPlanner *self, const DmigPlanGraph *graph)
{
  for (guint i = self->items->len; i > 0; i--) {
    const DmigChange *change = self->items->pdata[i - 1];
    if (change->kind == DMIG_CHANGE_SET_FACET && is_made(graph, change->address))
      g_ptr_array_remove_index(self->items, i - 1);
    else if (change->kind == DMIG_CHANGE_RESET_FACET && is_made(graph, change->address) &&
             change->old_facet->needs == NULL)
      g_ptr_array_remove_index(self->items, i - 1);
  }
}

/* A facet that stays as it is, but names something that is made again. */
static void
say_again(DmigPlanner *self, const DmigPlanGraph *graph, const char *address, const DmigTable *table,
          const GPtrArray *old, const GPtrArray *new)
{
  if (is_made(graph, address))
    return;
  for (guint i = 0; new != NULL && i < new->len; i++) {
    const DmigFacet *after = new->pdata[i];
    const DmigFacet *before = dmig_facets_find(old, after->name);
    gboolean again = FALSE;
    if (before == NULL || after->needs == NULL || strcmp(before->value, after->value) != 0)
      continue;
    for (guint j = 0; after->needs[j] != NULL; j++)
      again |= is_made(graph, after->needs[j]);
    if (!again)
      continue;
    if (before->reset != NULL)
      add_facet(self, DMIG_CHANGE_RESET_FACET, address, table)->old_facet = before;
    add_facet(self, DMIG_CHANGE_SET_FACET, address, table)->new_facet = after;
  }
}

static void
say_again_of_tables(DmigPlanner *self, const DmigPlanGraph *graph)
{
  const DmigSchema *to = self->changes->to;

  for (guint i = 0; i < to->tables->len; i++) {
    const DmigTable *new = to->tables->pdata[i];
    const DmigTable *old = dmig_schema_table(self->changes->renamed, new->name);
    if (old == NULL)
      continue;
    if (new->facets != NULL) {
      g_autofree char *address = dmig_address_new(DMIG_OBJECT_TABLE, new->name, NULL);
      say_again(self, graph, address, new, old->facets, new->facets);
    }
    for (guint j = 0; j < new->indexes->len; j++) {
      const DmigIndex *index = new->indexes->pdata[j];
      const DmigIndex *before =
          index->facets != NULL ? dmig_table_index(old, index->name) : NULL;
      if (before == NULL)
        continue;
      g_autofree char *address = dmig_address_new(DMIG_OBJECT_INDEX, new->name, index->name);
      say_again(self, graph, address, new, before->facets, index->facets);
    }
  }
}

void
dmig_planner_add_facets(DmigPlanner *self)
{
  g_autoptr(DmigPlanGraph) graph = dmig_plan_graph_new(self);
  const DmigSchema *to = self->changes->to;
  guint length = 0;

  if (self->items->len == 0)
    return;
  remove_facets_of_made(self, graph);
  length = self->items->len;
  for (guint i = 0; i < length; i++)
    add_late_of(self, self->items->pdata[i]);
  say_again_of_tables(self, graph);
  for (guint i = 0; i < to->objects->len; i++) {
    const DmigObject *new = to->objects->pdata[i];
    g_autofree char *address = new->facets != NULL ? dmig_object_address(new) : NULL;
    const DmigObject *old =
        address != NULL ? dmig_schema_object_at(self->changes->renamed, address) : NULL;
    if (old != NULL)
      say_again(self, graph, address, NULL, old->facets, new->facets);
  }
}
