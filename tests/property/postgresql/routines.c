/* Functions, procedures and aggregates. */
#include "draw.h"
#include "kinds.h"
#include "spell.h"

static gboolean
is_function_of(const Sketch *self, guint id)
{
  return sketch_node_of(self, id, NODE_FUNCTION) != NULL;
}

/* What a body reads and calls. */
static void
fill_body(Sketch *self, Node *node, GRand *random)
{
  node->type = pick_type(self, random);
  node->other_type = pick_argument(self, random);
  if (chance(random, 40))
    node->function = pick_id(self, random, is_function);
  if (chance(random, 30))
    node->of = pick_id(self, random, is_relation);
}

static gboolean
tidy_body(const Sketch *self, Node *node)
{
  if (!is_function_of(self, node->function))
    node->function = 0;
  const Node *of = sketch_node(self, node->of);
  if (of == NULL || !is_relation(of))
    node->of = 0;
  return TRUE;
}

static void
change_routine(const Sketch *self, Node *node, GRand *random)
{
  if (chance(random, 25))
    change_type(node, random);
  else if (chance(random, 25))
    node->type = pick_type(self, random);
  if (chance(random, 30))
    node->other_type = pick_argument(self, random);
  if (chance(random, 50))
    node->variant ^= 1u << (2 + roll(random, 8));
}

/* What the body gives: of its argument, of another function, of a relation. */
static char *
body_query(const Sketch *self, const Node *node)
{
  g_autofree char *result = type_sql(self, node->type);
  const Node *function = sketch_node(self, node->function), *from = sketch_node(self, node->of);
  g_autofree char *call = function != NULL ? call_sql(self, function, NULL, "") : NULL;
  if (from == NULL)
    return call != NULL ? g_strdup_printf("SELECT NULL::%s AS given WHERE %s IS NULL", result, call)
           : type_equal(node->type, node->other_type) ? g_strdup("SELECT $1 AS given")
                                                      : g_strdup_printf("SELECT NULL::%s AS given", result);
  g_autoptr(GPtrArray) columns = relation_columns(self, from);
  const Node *column = columns->len > 0 ? columns->pdata[0] : NULL;
  g_autofree char *relation = qualified(self, from), *name = quoted(column ? column->name : "id");
  return g_strdup_printf("SELECT NULL::%s AS given FROM %s AS r WHERE r.%s IS NOT NULL%s%s LIMIT 1", result,
                         relation, name, call != NULL ? " AND NOT NULL IS DISTINCT FROM " : "",
                         call != NULL ? call : "");
}

/* A row among the defaults would keep the type's attributes as they are. */
static gboolean
can_have_usual(const Sketch *self, Type type)
{
  return type.kind != TYPE_NODE || sketch_node(self, type.node)->kind != NODE_COMPOSITE;
}

static void
put_function(const Sketch *self, GString *sql, const Node *node)
{
  g_autofree char *name = qualified(self, node), *result = type_sql(self, node->type);
  g_autofree char *argument = type_sql(self, node->other_type), *query = body_query(self, node);
  g_autofree char *usual = value_sql(self, node->other_type);
  guint body = node->variant & 3;
  gboolean has_usual = BIT(node, 5) && can_have_usual(self, node->other_type);
  g_string_append_printf(sql, "CREATE FUNCTION %s(\"a b\" %s%s%s%s) RETURNS %s LANGUAGE %s %s%s%s%s%s%s",
                         name, argument, has_usual ? " DEFAULT " : "", has_usual ? usual : "",
                         BIT(node, 5) && BIT(node, 10) ? ", extra integer DEFAULT 0" : "", result,
                         body == 2 ? "plpgsql" : "sql",
                         is_immutable(node) ? "IMMUTABLE" : BIT(node, 2) ? "STABLE" : "VOLATILE",
                         BIT(node, 3) ? " STRICT" : "", BIT(node, 6) ? " SECURITY DEFINER" : "",
                         BIT(node, 7) ? " PARALLEL SAFE" : "", BIT(node, 8) ? " COST 7" : "",
                         BIT(node, 9) && body == 1 ? " SET search_path TO 'pg_catalog'" : "");
  if (body == 1)
    g_string_append_printf(sql, "\nRETURN (%s);\n", query);
  else if (body == 2)
    g_string_append_printf(sql, " AS $f$\nBEGIN\n  RETURN (%s); -- %u\nEND\n$f$;\n", query,
                           BIT(node, 4));
  else
    g_string_append_printf(sql, " AS $f$%s /* %u */$f$;\n", query, BIT(node, 4));
}

const Kind kind_function = {
  .stem = "calc",
  .word = "FUNCTION",
  .called = CALLED_PATH,
  .rights = "EXECUTE",
  .flags = KIND_IN_SCHEMA,
  .stage = STAGE_ROUTINES,
  .fill = fill_body,
  .tidy = tidy_body,
  .change = change_routine,
  .put = put_function,
};

static void
put_trigger_function(const Sketch *self, GString *sql, const Node *node)
{
  g_autofree char *name = qualified(self, node);
  g_string_append_printf(sql,
                         "CREATE FUNCTION %s() RETURNS trigger LANGUAGE plpgsql AS $f$\nBEGIN\n  -- "
                         "variant %u\n  RETURN NEW;\nEND\n$f$;\n",
                         name, node->variant % 16);
}

const Kind kind_trigger_function = {
  .stem = "stamp",
  .word = "FUNCTION",
  .called = CALLED_PATH,
  .rights = "EXECUTE",
  .flags = KIND_IN_SCHEMA,
  .stage = STAGE_TYPES,
  .put = put_trigger_function,
};

/* --- procedures ---------------------------------------------------------------------------- */

static void
put_procedure(const Sketch *self, GString *sql, const Node *node)
{
  g_autofree char *name = qualified(self, node), *query = body_query(self, node);
  g_autofree char *in = type_sql(self, node->other_type), *out = type_sql(self, node->type);
  guint body = node->variant & 3;
  gboolean gives = BIT(node, 2);
  g_string_append_printf(sql, "CREATE PROCEDURE %s(\"a b\" %s%s%s) LANGUAGE %s%s%s", name, in,
                         gives ? ", INOUT given " : "", gives ? out : "", body == 2 ? "plpgsql" : "sql",
                         BIT(node, 3) ? " SECURITY DEFINER" : "",
                         BIT(node, 4) && body == 2 ? " SET work_mem TO '5MB'" : "");
  if (body == 1)
    g_string_append_printf(sql, "\nBEGIN ATOMIC\n  %s;\nEND;\n", query);
  else if (body == 2)
    g_string_append_printf(sql, " AS $f$\nBEGIN\n  PERFORM (%s); -- %u\nEND\n$f$;\n", query, BIT(node, 5));
  else
    g_string_append_printf(sql, " AS $f$%s /* %u */$f$;\n", query, BIT(node, 5));
}

const Kind kind_procedure = {
  .stem = "doit",
  .word = "PROCEDURE",
  .called = CALLED_PATH,
  .rights = "EXECUTE",
  .flags = KIND_IN_SCHEMA,
  .stage = STAGE_ROUTINES,
  .fill = fill_body,
  .tidy = tidy_body,
  .change = change_routine,
  .put = put_procedure,
};

/* --- aggregates ---------------------------------------------------------------------------- */

/* The greatest of its values, through a function of them where one takes it. */
static void
fill_aggregate(Sketch *self, Node *node, GRand *random)
{
  const Node *function = chance(random, 60) ? pick(self, random, is_function) : NULL;
  const Node *column = pick(self, random, is_column);
  node->function = function != NULL ? function->id : 0;
  node->type = function != NULL ? function->other_type : column != NULL ? column->type : pick_type(self, random);
}

/* One of these types has a function that gives the greater of two. */
static gboolean
tidy_aggregate(const Sketch *self, Node *node)
{
  const Node *type = sketch_node(self, node->type.node);
  if (node->type.kind == TYPE_VARCHAR || node->type.kind == TYPE_NODE_ARRAY
      || (node->type.kind == TYPE_NODE && type->kind != NODE_ENUM))
    node->type = (Type) { .kind = TYPE_TEXT };
  const Node *function = sketch_node_of(self, node->function, NODE_FUNCTION);
  if (function == NULL || !type_equal(function->other_type, node->type))
    node->function = 0;
  return TRUE;
}

static void
put_aggregate(const Sketch *self, GString *sql, const Node *node)
{
  static const char *const greater[] = { "int4larger", "int8larger", "numeric_larger", "text_larger", NULL,
                                         "date_larger", "array_larger", "enum_larger" };
  const Node *function = sketch_node(self, node->function);
  g_autofree char *name = qualified(self, node), *type = type_sql(self, node->type);
  g_autofree char *last = function != NULL ? qualified(self, function) : NULL;
  /* A function of an argument more would not be found. */
  if (function != NULL && BIT(function, 5) && BIT(function, 10))
    g_clear_pointer(&last, g_free);
  g_string_append_printf(sql, "CREATE AGGREGATE %s(%s) (SFUNC = pg_catalog.%s, STYPE = %s%s%s%s%s);\n", name,
                         type, greater[node->type.kind], type, last != NULL ? ", FINALFUNC = " : "",
                         last != NULL ? last : "", BIT(node, 0) ? ", PARALLEL = SAFE" : "",
                         BIT(node, 1) && node->type.kind < TYPE_TEXT ? ", INITCOND = '0'" : "");
}

static char *
aggregate_arguments(const Sketch *self, const Node *node)
{
  g_autofree char *type = type_sql(self, node->type);
  return g_strdup_printf("(%s)", type);
}

const Kind kind_aggregate = {
  .stem = "total",
  .word = "AGGREGATE",
  .called = CALLED_PATH,
  .rights = "EXECUTE",
  .grant_word = "FUNCTION",
  .flags = KIND_IN_SCHEMA,
  .stage = STAGE_ROUTINES,
  .fill = fill_aggregate,
  .tidy = tidy_aggregate,
  .put = put_aggregate,
  .arguments = aggregate_arguments,
};
