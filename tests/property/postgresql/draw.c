#include "draw.h"

#include "kinds.h"
#include "spell.h"

guint
roll(GRand *random, guint n)
{
  return n > 0 ? (guint) g_rand_int_range(random, 0, (gint32) n) : 0;
}

gboolean
chance(GRand *random, guint percent)
{
  return roll(random, 100) < percent;
}

/* --- picking ------------------------------------------------------------------------------- */

Node *
pick(const Sketch *self, GRand *random, Wanted wanted)
{
  g_autoptr(GPtrArray) found = g_ptr_array_new();
  for (guint i = 0; i < self->nodes->len; i++)
    if (wanted(self->nodes->pdata[i]))
      g_ptr_array_add(found, self->nodes->pdata[i]);
  return found->len > 0 ? found->pdata[roll(random, found->len)] : NULL;
}

guint
pick_id(const Sketch *self, GRand *random, Wanted wanted)
{
  const Node *node = pick(self, random, wanted);
  return node != NULL ? node->id : 0;
}

gboolean
is_schema(const Node *node)
{
  return node->kind == NODE_SCHEMA;
}

gboolean
is_table(const Node *node)
{
  return node->kind == NODE_TABLE;
}

gboolean
is_table_or_partition(const Node *node)
{
  return (kind_of(node)->flags & KIND_TABLE) != 0;
}

gboolean
is_relation(const Node *node)
{
  return (kind_of(node)->flags & KIND_RELATION) != 0;
}

gboolean
is_column(const Node *node)
{
  return node->kind == NODE_COLUMN;
}

gboolean
is_function(const Node *node)
{
  return node->kind == NODE_FUNCTION;
}

static gboolean
is_type(const Node *node)
{
  return (kind_of(node)->flags & KIND_TYPE) != 0;
}

static gboolean
is_type_part(const Node *node)
{
  return is_type(node) || node->kind == NODE_ATTRIBUTE;
}

static gboolean
is_anything(const Node *node)
{
  return TRUE;
}

guint
pick_column(const Sketch *self, const Node *relation, GRand *random)
{
  g_autoptr(GPtrArray) columns = relation_columns(self, relation);
  return columns->len > 0 ? ((Node *) columns->pdata[roll(random, columns->len)])->id : 0;
}

void
pick_columns(const Sketch *self, Node *node, guint most, GRand *random)
{
  const Node *relation = sketch_node(self, node->of);
  for (guint i = 0; relation != NULL && i < most; i++)
    node->columns[i] = pick_column(self, relation, random);
}

Type
pick_type(const Sketch *self, GRand *random)
{
  Type type = { .kind = (TypeKind) roll(random, TYPE_NODE + 3) };
  if (type.kind < TYPE_NODE)
    return type;
  type.node = pick_id(self, random, is_type);
  type.kind = type.node == 0 ? TYPE_INTEGER : chance(random, 20) ? TYPE_NODE_ARRAY : TYPE_NODE;
  return type;
}

Type
pick_argument(const Sketch *self, GRand *random)
{
  const Node *column = chance(random, 60) ? pick(self, random, is_column) : NULL;
  return column != NULL ? column->type : pick_type(self, random);
}

/* --- making -------------------------------------------------------------------------------- */

static char *
make_name(NodeKind kind, guint id, GRand *random)
{
  const char *stem = kind_row(kind)->stem;
  switch (roll(random, 12)) {
  case 0:
    return g_strdup_printf("%s \"%u\"", stem, id);
  case 1:
    return g_strdup_printf("%s.%u", stem, id);
  case 2:
    return g_strdup_printf("%s'%u'", stem, id);
  case 3:
    return g_strdup_printf("Ü%s%u", stem, id);
  default:
    return g_strdup_printf("%s%u", stem, id);
  }
}

static void
add_node(Sketch *self, NodeKind kind, GRand *random)
{
  const Kind *row = kind_row(kind);
  Node *node = g_new0(Node, 1);
  node->id = self->next_id++;
  node->kind = kind;
  node->name = make_name(kind, node->id, random);
  node->variant = g_rand_int(random);
  if ((row->flags & KIND_IN_SCHEMA) != 0 && chance(random, 40))
    node->schema = pick_id(self, random, is_schema);
  if (row->fill != NULL)
    row->fill(self, node, random);
  g_ptr_array_add(self->nodes, node);
}

/* How many of each, and in which order: what comes later can refer to what comes before. */
static const struct {
  NodeKind kind;
  guint least, most;
} quotas[] = {
  { NODE_SCHEMA, 0, 2 },
  { NODE_ENUM, 0, 2 },
  { NODE_DOMAIN, 0, 2 },
  { NODE_COMPOSITE, 0, 2 },
  { NODE_ATTRIBUTE, 0, 4 },
  { NODE_RANGE, 0, 1 },
  { NODE_COLLATION, 0, 1 },
  { NODE_SEQUENCE, 0, 2 },
  { NODE_FUNCTION, 0, 2 },
  { NODE_TRIGGER_FUNCTION, 0, 2 },
  { NODE_DICTIONARY, 0, 2 },
  { NODE_CONFIGURATION, 0, 2 },
  { NODE_WRAPPER, 0, 2 },
  { NODE_SERVER, 0, 2 },
  { NODE_USER_MAPPING, 0, 2 },
  { NODE_FOREIGN_TABLE, 0, 2 },
  { NODE_TABLE, 1, 4 },
  { NODE_COLUMN, 3, 12 },
  { NODE_PARTITION, 0, 7 },
  { NODE_CHECK, 0, 2 },
  { NODE_KEY, 0, 2 },
  { NODE_EXCLUSION, 0, 1 },
  { NODE_FOREIGN_KEY, 0, 2 },
  { NODE_FUNCTION, 0, 2 },
  { NODE_AGGREGATE, 0, 2 },
  { NODE_OPERATOR, 0, 3 },
  { NODE_CAST, 0, 2 },
  { NODE_VIEW, 0, 3 },
  { NODE_MATERIALIZED_VIEW, 0, 2 },
  { NODE_FUNCTION, 0, 2 },
  { NODE_PROCEDURE, 0, 2 },
  { NODE_VIEW, 0, 3 },
  { NODE_INDEX, 0, 3 },
  { NODE_STATISTICS, 0, 2 },
  { NODE_RULE, 0, 2 },
  { NODE_TRIGGER, 0, 3 },
  { NODE_POLICY, 0, 2 },
  { NODE_PUBLICATION, 0, 2 },
  { NODE_EVENT_FUNCTION, 0, 1 },
  { NODE_EVENT_TRIGGER, 0, 2 },
  { NODE_GRANT, 0, 4 },
  { NODE_DEFAULT_PRIVILEGE, 0, 1 },
  { NODE_COMMENT, 0, 4 },
};

Sketch *
sketch_new(GRand *random)
{
  Sketch *self = sketch_new_empty();
  for (guint i = 0; i < G_N_ELEMENTS(quotas); i++) {
    guint n = quotas[i].least + roll(random, quotas[i].most - quotas[i].least + 1);
    for (guint k = 0; k < n; k++)
      add_node(self, quotas[i].kind, random);
  }
  sketch_tidy(self);
  return self;
}

/* --- changing ------------------------------------------------------------------------------ */

void
change_type(Node *node, GRand *random)
{
  if (is_number(node->type))
    node->type.kind = (TypeKind) roll(random, TYPE_NUMERIC + 1);
  else if (is_text(node->type))
    node->type.kind = (TypeKind) (TYPE_TEXT + roll(random, 2));
}

static void
change_node(Sketch *self, GRand *random)
{
  static const Wanted often[] = { is_column, is_column, is_function, is_relation, is_type_part };
  Node *node
      = pick(self, random, chance(random, 60) ? often[roll(random, G_N_ELEMENTS(often))] : is_anything);
  if (node == NULL)
    return;
  const Kind *kind = kind_of(node);
  node->variant ^= (1u << roll(random, 12) | 1u << roll(random, 12)) & ~kind->fixed;
  if (kind->change != NULL)
    kind->change(self, node, random);
  if ((kind->flags & KIND_IN_SCHEMA) != 0 && chance(random, 10))
    node->schema = pick_id(self, random, is_schema);
}

static void
add_another(Sketch *self, GRand *random)
{
  static const NodeKind often[] = { NODE_COLUMN, NODE_COLUMN, NODE_PARTITION, NODE_VIEW, NODE_FUNCTION,
                                    NODE_INDEX, NODE_ATTRIBUTE };
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
    sketch_remove(self, pick_id(self, random, is_anything));
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
