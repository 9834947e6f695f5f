/* Steps that run functions: what the functions' texts name must be there by then, though a catalogue
 * tells only that the step needs the function. */
#include "core/plan/graph_private.h"

typedef struct {
  DmigPlanGraph *graph;
  DmigChange *change;
  GHashTable *needs; /* address -> GPtrArray of addresses that it depends on, softly or not; borrowed */
  GHashTable *seen;  /* addresses, borrowed */
} Running;

static gboolean
has_expression(const DmigIndex *index)
{
  if (index->where_sql != NULL || index->definition != NULL)
    return TRUE;
  for (guint i = 0; i < index->elements->len; i++)
    if (((DmigIndexElement *) index->elements->pdata[i])->expression != NULL)
      return TRUE;
  return FALSE;
}

/* The address of what `change` makes, where that means to work it out. NULL: it does not. Owned. */
static char *
address_of_run(const DmigChange *change)
{
  const DmigTable *table = change->new_table;
  const DmigColumn *column = change->new_column;

  switch ((guint) change->kind) {
  case DMIG_CHANGE_ADD_COLUMN:
  case DMIG_CHANGE_ALTER_COLUMN:
    return column->default_sql != NULL || column->generated_sql != NULL
               ? dmig_address_new(DMIG_OBJECT_COLUMN, table->name, column->name)
               : NULL;
  case DMIG_CHANGE_ADD_CONSTRAINT:
    return change->new_constraint->check_sql != NULL && change->new_constraint->name != NULL
               ? dmig_address_new(DMIG_OBJECT_CONSTRAINT, table->name, change->new_constraint->name)
               : NULL;
  case DMIG_CHANGE_CREATE_INDEX:
    return has_expression(change->new_index)
               ? dmig_address_new(DMIG_OBJECT_INDEX, table->name, change->new_index->name)
               : NULL;
  case DMIG_CHANGE_CREATE_OBJECT:
    return change->new_object->kind == DMIG_OBJECT_MATERIALIZED_VIEW
               ? dmig_object_address(change->new_object)
               : NULL;
  default:
    return NULL;
  }
}

/* Tables are read as they are; the others run what they are made of. */
static gboolean
runs_others(DmigObjectKind kind)
{
  return kind == DMIG_OBJECT_ROUTINE || kind == DMIG_OBJECT_OPERATOR ||
         kind == DMIG_OBJECT_VIEW || kind == DMIG_OBJECT_DOMAIN;
}

/* Where it would be waited for in turn, the function is one that nobody could have run. */
static void
wait_for(Running *self, const char *address)
{
  DmigChange *maker = dmig_plan_graph_resolve(self->graph->makers, address);

  if (maker != NULL && maker != self->change &&
      !dmig_plan_graph_waits(self->graph, maker, self->change))
    dmig_plan_graph_add_edge(self->graph->before, self->change, maker);
}

/* What the step itself names it waits for already. */
static void
wait_for_needs(Running *self, const char *address, gboolean own)
{
  const GPtrArray *needs = g_hash_table_lookup(self->needs, address);

  for (guint i = 0; needs != NULL && i < needs->len; i++) {
    const char *on = needs->pdata[i];
    if (!g_hash_table_add(self->seen, (gpointer) on))
      continue;
    if (!own)
      wait_for(self, on);
    if (runs_others(dmig_address_kind(on)))
      wait_for_needs(self, on, FALSE);
  }
}

void
dmig_plan_graph_link_running(DmigPlanGraph *self)
{
  const GPtrArray *items = self->planner->items;
  g_autoptr(GHashTable) needs = NULL;

  for (guint i = 0; i < items->len; i++) {
    g_autofree char *address = address_of_run(items->pdata[i]);
    if (address == NULL)
      continue;
    if (needs == NULL)
      needs = dmig_plan_needs(self->planner->changes->to, FALSE);
    g_autoptr(GHashTable) seen = g_hash_table_new(g_str_hash, g_str_equal);
    Running running = { self, items->pdata[i], needs, seen };
    wait_for_needs(&running, address, TRUE);
  }
}
