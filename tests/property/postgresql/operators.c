/* Operators and casts: functions that are called by other names. */
#include "draw.h"
#include "kinds.h"
#include "spell.h"

/* With it the function takes an argument more, an integer. */
static gboolean
takes_more(const Node *function)
{
  return BIT(function, 5) && BIT(function, 10);
}

/* --- operators ----------------------------------------------------------------------------- */

static gboolean
is_plain_operator(const Node *node)
{
  return node->kind == NODE_OPERATOR && node->function == 0;
}

/* Their names are made of signs. */
static char *
make_signs(guint id)
{
  GString *signs = g_string_new("@#");
  for (guint rest = id; rest > 0; rest /= 4)
    g_string_append_c(signs, "<>=%"[rest % 4]);
  return g_string_free(signs, FALSE);
}

static void
fill_operator(Sketch *self, Node *node, GRand *random)
{
  g_free(node->name);
  node->name = make_signs(node->id);
  if (chance(random, 60))
    node->function = pick_id(self, random, is_function);
  if (node->function == 0 && chance(random, 60))
    node->to = pick_id(self, random, is_plain_operator);
}

/* An operator is the commutator of one other, which says nothing of it itself. */
static gboolean
can_commute(const Sketch *self, const Node *node, const Node *other)
{
  if (other == NULL || !is_plain_operator(other) || other->to != 0 || node->function != 0)
    return FALSE;
  for (guint i = 0; i < self->nodes->len; i++) {
    const Node *earlier = self->nodes->pdata[i];
    if (earlier == node)
      return TRUE;
    if (earlier->kind == NODE_OPERATOR && earlier->to == other->id)
      return FALSE;
  }
  return TRUE;
}

/* `other_type` is its argument, the left one of two. */
static gboolean
tidy_operator(const Sketch *self, Node *node)
{
  const Node *function = sketch_node_of(self, node->function, NODE_FUNCTION);
  if (function == NULL)
    node->function = 0;
  if (!can_commute(self, node, sketch_node(self, node->to)))
    node->to = 0;
  node->other_type = function != NULL ? function->other_type : (Type) { .kind = TYPE_INTEGER };
  return TRUE;
}

gboolean
is_binary(const Sketch *self, const Node *operator)
{
  const Node *function = sketch_node(self, operator->function);
  return function == NULL || takes_more(function);
}

/* Of one that is not ours: less or greater, of which one is the other's commutator. */
static void
put_plain_operator(const Sketch *self, GString *sql, const Node *node)
{
  const Node *other = sketch_node(self, node->to);
  g_autofree char *commutator = other != NULL ? qualified(self, other) : NULL;
  gboolean less = other != NULL ? !BIT(other, 0) : BIT(node, 0);
  g_string_append_printf(sql, "FUNCTION = pg_catalog.%s, LEFTARG = integer", less ? "int4lt" : "int4gt");
  if (commutator != NULL)
    g_string_append_printf(sql, ", COMMUTATOR = OPERATOR(%s)", commutator);
  g_string_append_printf(sql, "%s%s", BIT(node, 1) ? ", RESTRICT = scalarltsel" : "",
                         BIT(node, 2) ? ", JOIN = scalarltjoinsel" : "");
}

static void
put_operator(const Sketch *self, GString *sql, const Node *node)
{
  const Node *function = sketch_node(self, node->function);
  g_autofree char *name = qualified(self, node), *argument = type_sql(self, node->other_type);
  g_autofree char *calls = function != NULL ? qualified(self, function) : NULL;
  g_string_append_printf(sql, "CREATE OPERATOR %s (", name);
  if (function == NULL)
    put_plain_operator(self, sql, node);
  else if (is_binary(self, node))
    g_string_append_printf(sql, "FUNCTION = %s, LEFTARG = %s", calls, argument);
  else
    g_string_append_printf(sql, "FUNCTION = %s", calls);
  g_string_append_printf(sql, ", RIGHTARG = %s);\n", is_binary(self, node) ? "integer" : argument);
}

static char *
operator_arguments(const Sketch *self, const Node *node)
{
  g_autofree char *argument = type_sql(self, node->other_type);
  return is_binary(self, node) ? g_strdup_printf("(%s, integer)", argument)
                               : g_strdup_printf("(NONE, %s)", argument);
}

const Kind kind_operator = {
  .stem = "sign",
  .word = "OPERATOR",
  .called = CALLED_PATH,
  .flags = KIND_IN_SCHEMA,
  .stage = STAGE_ROUTINES,
  .fill = fill_operator,
  .tidy = tidy_operator,
  .put = put_operator,
  .arguments = operator_arguments,
};

/* --- casts --------------------------------------------------------------------------------- */

static void
fill_cast(Sketch *self, Node *node, GRand *random)
{
  node->type = pick_type(self, random);
  node->other_type = pick_type(self, random);
  if (chance(random, 60))
    node->function = pick_id(self, random, is_function);
}

static gboolean
is_cast_already(const Sketch *self, const Node *node)
{
  for (guint i = 0; i < self->nodes->len; i++) {
    const Node *other = self->nodes->pdata[i];
    if (other == node)
      return FALSE;
    if (other->kind == NODE_CAST && type_equal(other->type, node->type)
        && type_equal(other->other_type, node->other_type))
      return TRUE;
  }
  return FALSE;
}

/* From `type` to `other_type`, of which one is ours: between others there are casts. */
static gboolean
tidy_cast(const Sketch *self, Node *node)
{
  const Node *function = sketch_node_of(self, node->function, NODE_FUNCTION);
  node->function = function != NULL ? function->id : 0;
  if (function != NULL) {
    node->type = function->other_type;
    node->other_type = function->type;
  }
  return !type_equal(node->type, node->other_type)
         && (node->type.kind >= TYPE_NODE || node->other_type.kind >= TYPE_NODE)
         && !is_cast_already(self, node);
}

static char *
cast_arguments(const Sketch *self, const Node *node)
{
  g_autofree char *from = type_sql(self, node->type), *to = type_sql(self, node->other_type);
  return g_strdup_printf("(%s AS %s)", from, to);
}

static void
put_cast(const Sketch *self, GString *sql, const Node *node)
{
  const Node *function = sketch_node(self, node->function);
  g_autofree char *types = cast_arguments(self, node), *from = type_sql(self, node->type);
  g_autofree char *name = function != NULL ? qualified(self, function) : NULL;
  g_string_append_printf(sql, "CREATE CAST %s WITH ", types);
  if (function != NULL)
    g_string_append_printf(sql, "FUNCTION %s(%s%s)", name, from, takes_more(function) ? ", integer" : "");
  else
    g_string_append(sql, "INOUT");
  g_string_append_printf(sql, "%s;\n", BIT(node, 0) ? " AS ASSIGNMENT" : "");
}

const Kind kind_cast = {
  .stem = "cast",
  .word = "CAST",
  .called = CALLED_ARGUMENTS,
  .flags = KIND_BY_TYPE,
  .stage = STAGE_ROUTINES,
  .fill = fill_cast,
  .tidy = tidy_cast,
  .put = put_cast,
  .arguments = cast_arguments,
};
