#include "sketch.h"

#include <string.h>

static guint
roll(GRand *random, guint n)
{
  return n > 0 ? (guint) g_rand_int_range(random, 0, (gint32) n) : 0;
}

static gboolean
chance(GRand *random, guint percent)
{
  return roll(random, 100) < percent;
}

/* --- picking ------------------------------------------------------------------------------- */

typedef gboolean (*Wanted)(const Node *node);

static Node *
pick(const Sketch *self, GRand *random, Wanted wanted)
{
  g_autoptr(GPtrArray) found = g_ptr_array_new();
  for (guint i = 0; i < self->nodes->len; i++)
    if (wanted(self->nodes->pdata[i]))
      g_ptr_array_add(found, self->nodes->pdata[i]);
  return found->len > 0 ? found->pdata[roll(random, found->len)] : NULL;
}

static gboolean
is_schema(const Node *node)
{
  return node->kind == NODE_SCHEMA;
}

static gboolean
is_type(const Node *node)
{
  return node->kind == NODE_ENUM || node->kind == NODE_DOMAIN;
}

static gboolean
is_table(const Node *node)
{
  return node->kind == NODE_TABLE;
}

static gboolean
is_column(const Node *node)
{
  return node->kind == NODE_COLUMN;
}

static gboolean
is_function(const Node *node)
{
  return node->kind == NODE_FUNCTION;
}

static gboolean
is_trigger_function(const Node *node)
{
  return node->kind == NODE_TRIGGER_FUNCTION;
}

static gboolean
is_sequence(const Node *node)
{
  return node->kind == NODE_SEQUENCE;
}

static gboolean
is_table_or_materialized(const Node *node)
{
  return node->kind == NODE_TABLE || node->kind == NODE_MATERIALIZED_VIEW;
}

static gboolean
has_privileges(const Node *node)
{
  return node_has_schema(node->kind) || node->kind == NODE_SCHEMA;
}

static gboolean
has_comment(const Node *node)
{
  return node->kind != NODE_GRANT && node->kind != NODE_COMMENT;
}

static gboolean
is_anything(const Node *node)
{
  return TRUE;
}

static guint
id_of(const Node *node)
{
  return node != NULL ? node->id : 0;
}

/* A column of a table, or one that a view shows; 0: none. */
static guint
pick_column(const Sketch *self, const Node *relation, GRand *random)
{
  guint found[64], n = 0;
  for (guint i = 0; i < MAX_COLUMNS && relation->kind != NODE_TABLE; i++)
    if (relation->columns[i] != 0)
      found[n++] = relation->columns[i];
  for (guint i = 0; i < self->nodes->len && relation->kind == NODE_TABLE && n < 64; i++) {
    const Node *node = self->nodes->pdata[i];
    if (node->kind == NODE_COLUMN && node->of == relation->id)
      found[n++] = node->id;
  }
  return n > 0 ? found[roll(random, n)] : 0;
}

static Type
pick_type(const Sketch *self, GRand *random)
{
  Type type = { .kind = (TypeKind) roll(random, TYPE_NODE + 2) };
  if (type.kind < TYPE_NODE)
    return type;
  type.node = id_of(pick(self, random, is_type));
  type.kind = type.node != 0 ? TYPE_NODE : TYPE_INTEGER;
  return type;
}

/* Often a column's, so that calls of it can take one. */
static Type
pick_argument(const Sketch *self, GRand *random)
{
  const Node *column = chance(random, 60) ? pick(self, random, is_column) : NULL;
  return column != NULL ? column->type : pick_type(self, random);
}

/* --- making -------------------------------------------------------------------------------- */

static const char *const stems[] = { [NODE_SCHEMA] = "zone",      [NODE_ENUM] = "mood",
                                     [NODE_DOMAIN] = "amount",    [NODE_SEQUENCE] = "counter",
                                     [NODE_FUNCTION] = "calc",    [NODE_TRIGGER_FUNCTION] = "stamp",
                                     [NODE_TABLE] = "thing",      [NODE_COLUMN] = "field",
                                     [NODE_PARTITION] = "part",   [NODE_CHECK] = "rule",
                                     [NODE_INDEX] = "idx",        [NODE_FOREIGN_KEY] = "link",
                                     [NODE_VIEW] = "list",        [NODE_MATERIALIZED_VIEW] = "cache",
                                     [NODE_TRIGGER] = "watch",    [NODE_POLICY] = "guard",
                                     [NODE_GRANT] = "grant",      [NODE_COMMENT] = "remark" };

static char *
make_name(NodeKind kind, guint id, GRand *random)
{
  switch (roll(random, 12)) {
  case 0:
    return g_strdup_printf("%s \"%u\"", stems[kind], id);
  case 1:
    return g_strdup_printf("%s.%u", stems[kind], id);
  case 2:
    return g_strdup_printf("%s'%u'", stems[kind], id);
  case 3:
    return g_strdup_printf("Ü%s%u", stems[kind], id);
  default:
    return g_strdup_printf("%s%u", stems[kind], id);
  }
}

static Node *
node_new(Sketch *self, NodeKind kind, GRand *random)
{
  Node *node = g_new0(Node, 1);
  node->id = self->next_id++;
  node->kind = kind;
  node->name = make_name(kind, node->id, random);
  node->variant = g_rand_int(random);
  if (node_has_schema(kind) && chance(random, 40))
    node->schema = id_of(pick(self, random, is_schema));
  return node;
}

static void
fill_view(const Sketch *self, Node *view, GRand *random)
{
  const Node *source = pick(self, random, node_is_relation);
  view->of = id_of(source);
  for (guint i = 0; source != NULL && i < MAX_COLUMNS; i++)
    view->columns[i] = pick_column(self, source, random);
  if (chance(random, 40))
    view->function = id_of(pick(self, random, is_function));
}

static void
fill_node(Sketch *self, Node *node, GRand *random)
{
  const Node *table = NULL;
  switch (node->kind) {
  case NODE_FUNCTION:
    node->type = pick_type(self, random);
    node->other_type = pick_argument(self, random);
    if (chance(random, 40))
      node->function = id_of(pick(self, random, is_function));
    if (chance(random, 30))
      node->of = id_of(pick(self, random, node_is_relation));
    break;
  case NODE_DOMAIN:
    node->type.kind = (TypeKind) roll(random, TYPE_DATE);
    break;
  case NODE_COLUMN:
    node->of = id_of(pick(self, random, is_table));
    node->type = pick_type(self, random);
    if (chance(random, 25))
      node->function = id_of(pick(self, random, is_function));
    else if (chance(random, 15))
      node->to = id_of(pick(self, random, is_sequence));
    break;
  case NODE_PARTITION:
    node->of = id_of(pick(self, random, is_table));
    break;
  case NODE_FOREIGN_KEY:
    node->of = id_of(pick(self, random, is_table));
    node->to = id_of(pick(self, random, is_table));
    break;
  case NODE_VIEW:
  case NODE_MATERIALIZED_VIEW:
    fill_view(self, node, random);
    break;
  case NODE_TRIGGER:
  case NODE_CHECK:
  case NODE_INDEX:
  case NODE_POLICY:
    table = pick(self, random, node->kind == NODE_INDEX ? is_table_or_materialized : is_table);
    node->of = id_of(table);
    if (table != NULL)
      node->to = pick_column(self, table, random);
    if (node->kind == NODE_TRIGGER)
      node->function = id_of(pick(self, random, is_trigger_function));
    else if (chance(random, 40))
      node->function = id_of(pick(self, random, is_function));
    break;
  case NODE_GRANT:
    table = pick(self, random, has_privileges);
    node->of = id_of(table);
    if (table != NULL && node_is_relation(table) && chance(random, 30))
      node->to = pick_column(self, table, random);
    break;
  case NODE_COMMENT:
    node->of = id_of(pick(self, random, has_comment));
    break;
  case NODE_SCHEMA:
  case NODE_ENUM:
  case NODE_SEQUENCE:
  case NODE_TRIGGER_FUNCTION:
  case NODE_TABLE:
  case N_NODES:
    break;
  }
}

static void
add_node(Sketch *self, NodeKind kind, GRand *random)
{
  Node *node = node_new(self, kind, random);
  fill_node(self, node, random);
  g_ptr_array_add(self->nodes, node);
}

static void
add_some(Sketch *self, NodeKind kind, guint least, guint most, GRand *random)
{
  guint n = least + roll(random, most - least + 1);
  for (guint i = 0; i < n; i++)
    add_node(self, kind, random);
}

Sketch *
sketch_new(GRand *random)
{
  Sketch *self = sketch_new_empty();
  add_some(self, NODE_SCHEMA, 0, 2, random);
  add_some(self, NODE_ENUM, 0, 2, random);
  add_some(self, NODE_DOMAIN, 0, 2, random);
  add_some(self, NODE_SEQUENCE, 0, 2, random);
  add_some(self, NODE_FUNCTION, 0, 3, random);
  add_some(self, NODE_TRIGGER_FUNCTION, 0, 2, random);
  add_some(self, NODE_TABLE, 1, 4, random);
  add_some(self, NODE_COLUMN, 3, 12, random);
  add_some(self, NODE_PARTITION, 0, 6, random);
  add_some(self, NODE_CHECK, 0, 2, random);
  add_some(self, NODE_FOREIGN_KEY, 0, 2, random);
  add_some(self, NODE_VIEW, 0, 3, random);
  add_some(self, NODE_MATERIALIZED_VIEW, 0, 2, random);
  add_some(self, NODE_FUNCTION, 0, 3, random);
  add_some(self, NODE_VIEW, 0, 3, random);
  add_some(self, NODE_INDEX, 0, 3, random);
  add_some(self, NODE_TRIGGER, 0, 3, random);
  add_some(self, NODE_POLICY, 0, 2, random);
  add_some(self, NODE_GRANT, 0, 4, random);
  add_some(self, NODE_COMMENT, 0, 4, random);
  sketch_tidy(self);
  return self;
}

/* --- changing ------------------------------------------------------------------------------ */

/* Rows can be told from text to text and from number to number. */
static void
change_type(const Sketch *self, Node *node, GRand *random)
{
  if (node->type.kind <= TYPE_NUMERIC)
    node->type.kind = (TypeKind) roll(random, TYPE_NUMERIC + 1);
  else if (node->type.kind <= TYPE_VARCHAR)
    node->type.kind = (TypeKind) (TYPE_TEXT + roll(random, 2));
  else if (node->kind == NODE_FUNCTION)
    node->type = pick_type(self, random);
}

static void
turn_bits(Node *node, GRand *random)
{
  guint32 bits = 1u << roll(random, 12) | 1u << roll(random, 12);
  /* What a table is made of, and which partition one is, stays: rows would have nowhere to go. */
  if (node->kind == NODE_TABLE || node->kind == NODE_PARTITION)
    bits &= ~7u;
  node->variant ^= bits;
}

static void
change_node(Sketch *self, GRand *random)
{
  static const Wanted often[] = { is_column, is_column, is_function, node_is_relation };
  Node *node
      = pick(self, random, chance(random, 60) ? often[roll(random, G_N_ELEMENTS(often))] : is_anything);
  if (node == NULL)
    return;
  turn_bits(node, random);
  if (chance(random, 50))
    change_type(self, node, random);
  if (node->kind == NODE_FUNCTION && chance(random, 30))
    node->other_type = pick_argument(self, random);
  if (node->kind == NODE_FUNCTION && chance(random, 50))
    node->variant ^= 1u << (2 + roll(random, 8));
  if (node_has_schema(node->kind) && !node_is_relation(node) && !is_type(node)
      && chance(random, 15))
    node->schema = id_of(pick(self, random, is_schema));
  if (node->kind == NODE_VIEW && chance(random, 50))
    node->columns[roll(random, MAX_COLUMNS)] = 0;
}

/* New ones go behind all others, but before grants and comments, which come last. */
static void
add_another(Sketch *self, GRand *random)
{
  static const NodeKind often[] = { NODE_COLUMN, NODE_COLUMN, NODE_PARTITION, NODE_VIEW, NODE_FUNCTION,
                                    NODE_INDEX };
  NodeKind kind = chance(random, 40) ? often[roll(random, G_N_ELEMENTS(often))]
                                     : (NodeKind) roll(random, N_NODES);
  add_node(self, kind, random);
}

static void
mutate_once(Sketch *self, GRand *random)
{
  guint way = roll(random, 10);
  if (way < 2)
    add_another(self, random);
  else if (way < 4)
    sketch_remove(self, id_of(pick(self, random, is_anything)));
  else
    change_node(self, random);
  sketch_tidy(self);
}

void
sketch_mutate(Sketch *self, GRand *random)
{
  g_autofree char *before = sketch_sql(self);
  for (guint i = 0; i < 8; i++) {
    mutate_once(self, random);
    g_autofree char *after = sketch_sql(self);
    if (!g_str_equal(before, after))
      return;
  }
}
