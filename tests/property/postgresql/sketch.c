#include "sketch.h"

#include "kinds.h"

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

const Node *
sketch_node_of(const Sketch *self, guint id, NodeKind kind)
{
  const Node *node = sketch_node(self, id);
  return node != NULL && node->kind == kind ? node : NULL;
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

void
sketch_put_back(Sketch *self, const Node *node)
{
  guint place = 0;
  while (place < self->nodes->len && ((Node *) self->nodes->pdata[place])->id < node->id)
    place++;
  g_ptr_array_insert(self->nodes, (gint) place, node_copy(node, NULL));
}

/* --- relations ----------------------------------------------------------------------------- */

const Node *
root_table(const Sketch *self, const Node *table)
{
  while (table != NULL && table->kind == NODE_PARTITION)
    table = sketch_node(self, table->of);
  return table;
}

static void
add_table_columns(const Sketch *self, const Node *table, GPtrArray *columns)
{
  if (table == NULL)
    return;
  add_table_columns(self, sketch_node(self, table->of), columns);
  for (guint i = 0; i < self->nodes->len; i++) {
    Node *node = self->nodes->pdata[i];
    if (node->kind == NODE_COLUMN && node->of == table->id)
      g_ptr_array_add(columns, node);
  }
}

GPtrArray *
relation_columns(const Sketch *self, const Node *relation)
{
  GPtrArray *columns = g_ptr_array_new();
  if ((kind_of(relation)->flags & KIND_TABLE) != 0) {
    add_table_columns(self, root_table(self, relation), columns);
    return columns;
  }
  for (guint i = 0; i < MAX_COLUMNS && relation->columns[i] != 0; i++) {
    const Node *column = sketch_node(self, relation->columns[i]);
    if (column != NULL)
      g_ptr_array_add(columns, (gpointer) column);
  }
  return columns;
}

gboolean
relation_has_column(const Sketch *self, const Node *relation, guint column)
{
  g_autoptr(GPtrArray) columns = relation_columns(self, relation);
  for (guint i = 0; i < columns->len; i++)
    if (((Node *) columns->pdata[i])->id == column)
      return TRUE;
  return FALSE;
}

gboolean
tidy_columns(const Sketch *self, Node *node)
{
  const Node *relation = sketch_node(self, node->of);
  guint n = 0;
  if (relation == NULL)
    return FALSE;
  for (guint i = 0; i < MAX_COLUMNS; i++) {
    guint column = node->columns[i];
    node->columns[i] = 0;
    gboolean twice = column == 0;
    for (guint k = 0; k < n; k++)
      twice |= node->columns[k] == column;
    if (!twice && relation_has_column(self, relation, column))
      node->columns[n++] = column;
  }
  return n > 0;
}

/* --- types --------------------------------------------------------------------------------- */

gboolean
type_equal(Type a, Type b)
{
  return a.kind == b.kind && a.node == b.node;
}

gboolean
is_number(Type type)
{
  return type.kind <= TYPE_NUMERIC;
}

gboolean
is_text(Type type)
{
  return type.kind == TYPE_TEXT || type.kind == TYPE_VARCHAR;
}

static gboolean
attributes_survive(const Sketch *self, guint composite, const Sketch *other)
{
  for (guint i = 0; i < self->nodes->len; i++) {
    const Node *node = self->nodes->pdata[i];
    if (node->kind != NODE_ATTRIBUTE || node->of != composite)
      continue;
    const Node *there = sketch_node(other, node->id);
    if (there == NULL || !type_survives(self, node->type, other, there->type))
      return FALSE;
  }
  return TRUE;
}

gboolean
type_survives(const Sketch *self, Type type, const Sketch *other, Type there)
{
  if (!type_equal(type, there))
    return FALSE;
  if (type.kind < TYPE_NODE)
    return TRUE;
  const Node *node = sketch_node(self, type.node), *twin = sketch_node(other, there.node);
  if (node->kind == NODE_COMPOSITE)
    return attributes_survive(self, node->id, other) && attributes_survive(other, node->id, self);
  return node->kind == NODE_ENUM || type_survives(self, node->type, other, twin->type);
}

/* --- tidying ------------------------------------------------------------------------------- */

static gboolean
type_is_there(const Sketch *self, Type type)
{
  return type.kind < TYPE_NODE || sketch_node(self, type.node) != NULL;
}

/* Whether the node can stay. */
static gboolean
tidy_node(const Sketch *self, Node *node)
{
  const Kind *kind = kind_of(node);
  if (sketch_node(self, node->schema) == NULL)
    node->schema = 0;
  if (!type_is_there(self, node->type) && (kind->flags & KIND_BY_TYPE) != 0)
    return FALSE;
  if (!type_is_there(self, node->type))
    node->type = (Type) { .kind = TYPE_TEXT };
  if (!type_is_there(self, node->other_type))
    node->other_type = (Type) { .kind = TYPE_INTEGER };
  if (sketch_node_of(self, node->function, NODE_FUNCTION) == NULL
      && sketch_node_of(self, node->function, NODE_TRIGGER_FUNCTION) == NULL
      && sketch_node_of(self, node->function, NODE_EVENT_FUNCTION) == NULL
      && sketch_node_of(self, node->function, NODE_AGGREGATE) == NULL
      && sketch_node_of(self, node->function, NODE_OPERATOR) == NULL)
    node->function = 0;
  return kind->tidy == NULL || kind->tidy(self, node);
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
