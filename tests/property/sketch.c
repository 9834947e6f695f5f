#include "sketch.h"

static void
node_free(Node *self)
{
  g_free(self->name);
  g_free(self);
}

static gpointer
node_copy(gconstpointer source, gpointer unused)
{
  const Node *from = source;
  Node *self = g_memdup2(from, sizeof *from);
  self->name = g_strdup(from->name);
  return self;
}

Sketch *
sketch_new_empty(void)
{
  Sketch *self = g_new0(Sketch, 1);
  self->next_id = 1;
  self->nodes = g_ptr_array_new_with_free_func((GDestroyNotify) node_free);
  return self;
}

Sketch *
sketch_copy(const Sketch *self)
{
  Sketch *copy = g_new0(Sketch, 1);
  copy->next_id = self->next_id;
  copy->nodes = g_ptr_array_copy(self->nodes, node_copy, NULL);
  g_ptr_array_set_free_func(copy->nodes, (GDestroyNotify) node_free);
  return copy;
}

void
sketch_free(Sketch *self)
{
  if (self == NULL)
    return;
  g_ptr_array_unref(self->nodes);
  g_free(self);
}

const Node *
sketch_node(const Sketch *self, guint id)
{
  for (guint i = 0; id != 0 && i < self->nodes->len; i++) {
    const Node *node = self->nodes->pdata[i];
    if (node->id == id)
      return node;
  }
  return NULL;
}

void
sketch_remove(Sketch *self, guint id)
{
  for (guint i = 0; i < self->nodes->len; i++)
    if (((Node *) self->nodes->pdata[i])->id == id) {
      g_ptr_array_remove_index(self->nodes, i);
      return;
    }
}

gboolean
node_has_schema(NodeKind kind)
{
  return kind == NODE_ENUM || kind == NODE_DOMAIN || kind == NODE_SEQUENCE || kind == NODE_FUNCTION
         || kind == NODE_TRIGGER_FUNCTION || kind == NODE_TABLE || kind == NODE_VIEW
         || kind == NODE_MATERIALIZED_VIEW;
}

gboolean
node_is_relation(const Node *node)
{
  return node->kind == NODE_TABLE || node->kind == NODE_VIEW || node->kind == NODE_MATERIALIZED_VIEW;
}

gboolean
node_is_immutable(const Node *node)
{
  return (node->variant & 3) == 0 && node->function == 0 && node->of == 0;
}

/* --- tidying ------------------------------------------------------------------------------- */

static gboolean
type_is_there(const Sketch *self, Type type)
{
  return type.kind != TYPE_NODE || sketch_node(self, type.node) != NULL;
}

static gboolean
view_has_column(const Sketch *self, const Node *view, guint column)
{
  if (view->kind == NODE_TABLE) {
    const Node *found = sketch_node(self, column);
    return found != NULL && found->of == view->id;
  }
  for (guint i = 0; i < MAX_COLUMNS; i++)
    if (view->columns[i] == column)
      return TRUE;
  return FALSE;
}

static gboolean
tidy_view(const Sketch *self, Node *view)
{
  const Node *source = sketch_node(self, view->of);
  guint n = 0;
  if (source == NULL)
    return FALSE;
  for (guint i = 0; i < MAX_COLUMNS; i++) {
    guint column = view->columns[i];
    view->columns[i] = 0;
    gboolean twice = column == 0;
    for (guint k = 0; k < n; k++)
      twice |= view->columns[k] == column;
    if (!twice && view_has_column(self, source, column))
      view->columns[n++] = column;
  }
  return n > 0;
}

/* A plain unique index or a partition must not be there twice. */
static gboolean
is_another_partition(const Sketch *self, const Node *partition)
{
  for (guint i = 0; i < self->nodes->len; i++) {
    const Node *other = self->nodes->pdata[i];
    if (other == partition)
      return FALSE;
    if (other->kind == NODE_PARTITION && other->of == partition->of
        && other->variant % 4 == partition->variant % 4)
      return TRUE;
  }
  return FALSE;
}

static gboolean
is_partitioned(const Sketch *self, guint table)
{
  const Node *node = sketch_node(self, table);
  return node != NULL && node->kind == NODE_TABLE && node->variant % 8 >= 5;
}

static void
tidy_function_reference(const Sketch *self, Node *node)
{
  const Node *function = sketch_node(self, node->function);
  gboolean fits = function != NULL && function->id != node->id;
  if (fits && (node->kind == NODE_INDEX))
    fits = node_is_immutable(function);
  if (!fits)
    node->function = 0;
}

/* Whether the node can stay. */
static gboolean
tidy_node(const Sketch *self, Node *node)
{
  if (sketch_node(self, node->schema) == NULL)
    node->schema = 0;
  if (!type_is_there(self, node->type))
    node->type = (Type) { .kind = TYPE_TEXT };
  if (!type_is_there(self, node->other_type))
    node->other_type = (Type) { .kind = TYPE_INTEGER };
  if (node->kind == NODE_TRIGGER)
    return sketch_node(self, node->function) != NULL && sketch_node(self, node->of) != NULL
           && (node->to == 0 || sketch_node(self, node->to) != NULL);
  tidy_function_reference(self, node);
  const Node *of = sketch_node(self, node->of);
  if (node->kind == NODE_FUNCTION) {
    if (of == NULL)
      node->of = 0;
    return TRUE;
  }
  if (node->kind == NODE_VIEW || node->kind == NODE_MATERIALIZED_VIEW)
    return tidy_view(self, node);
  if (node->kind == NODE_PARTITION)
    return is_partitioned(self, node->of) && !is_another_partition(self, node);
  if (node->kind == NODE_COLUMN || node->kind == NODE_COMMENT)
    return of != NULL;
  if (node->kind == NODE_FOREIGN_KEY)
    return of != NULL && sketch_node(self, node->to) != NULL;
  if (node->kind == NODE_GRANT && of != NULL && node->to != 0)
    return view_has_column(self, of, node->to);
  if (node->kind == NODE_CHECK || node->kind == NODE_INDEX || node->kind == NODE_POLICY)
    return of != NULL && (node->kind == NODE_POLICY && node->to == 0
                              ? TRUE : view_has_column(self, of, node->to));
  return node->kind != NODE_GRANT || of != NULL;
}

void
sketch_tidy(Sketch *self)
{
  gboolean changed = TRUE;
  while (changed) {
    changed = FALSE;
    for (guint i = 0; i < self->nodes->len; i++) {
      Node *node = self->nodes->pdata[i];
      if (tidy_node(self, node))
        continue;
      g_ptr_array_remove_index(self->nodes, i--);
      changed = TRUE;
    }
  }
}
