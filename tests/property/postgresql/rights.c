/* Who may do what, and what is said of things. */
#include "draw.h"
#include "kinds.h"
#include "spell.h"

static const char *
role(const Node *node)
{
  return BIT(node, 0) ? "\"dmig reader\"" : "\"dmig b'ob\"";
}

/* --- policies ------------------------------------------------------------------------------ */

static void
fill_policy(Sketch *self, Node *node, GRand *random)
{
  const Node *table = pick(self, random, is_table);
  node->of = table != NULL ? table->id : 0;
  if (table != NULL)
    node->to = pick_column(self, table, random);
  if (chance(random, 40))
    node->function = pick_id(self, random, is_function);
}

static gboolean
tidy_policy(const Sketch *self, Node *node)
{
  const Node *of = sketch_node(self, node->of);
  if (sketch_node_of(self, node->function, NODE_FUNCTION) == NULL)
    node->function = 0;
  return of != NULL && (node->to == 0 || relation_has_column(self, of, node->to));
}

static void
put_policy(const Sketch *self, GString *sql, const Node *node)
{
  static const char *const commands[] = { "ALL", "SELECT", "UPDATE", "DELETE" };
  const Node *function = sketch_node(self, node->function), *on = sketch_node(self, node->to);
  g_autofree char *table = qualified(self, sketch_node(self, node->of)), *name = quoted(node->name);
  g_autofree char *call = function != NULL ? call_sql(self, function, on, "") : NULL;
  g_autofree char *column = quoted(on != NULL ? on->name : "id");
  g_string_append_printf(sql, "CREATE POLICY %s ON %s%s FOR %s TO %s USING (%s IS NOT NULL%s%s%s);\n",
                         name, table, BIT(node, 4) ? " AS RESTRICTIVE" : "",
                         commands[node->variant & 3], BIT(node, 2) ? "\"dmig reader\"" : "PUBLIC", column,
                         call != NULL ? " OR " : "", call != NULL ? call : "",
                         call != NULL ? " IS NULL" : "");
}

const Kind kind_policy = {
  .stem = "guard",
  .word = "POLICY",
  .called = CALLED_ON,
  .stage = STAGE_TABLE_PARTS,
  .fill = fill_policy,
  .tidy = tidy_policy,
  .put = put_policy,
};

/* --- privileges ---------------------------------------------------------------------------- */

static gboolean
has_rights(const Node *node)
{
  return kind_of(node)->rights != NULL;
}

static gboolean
has_columns(const Node *node)
{
  return is_relation(node) || is_table_or_partition(node);
}

static void
fill_grant(Sketch *self, Node *node, GRand *random)
{
  const Node *of = pick(self, random, has_rights);
  node->of = of != NULL ? of->id : 0;
  if (of != NULL && has_columns(of) && chance(random, 40))
    node->to = pick_column(self, of, random);
}

static gboolean
tidy_grant(const Sketch *self, Node *node)
{
  const Node *of = sketch_node(self, node->of);
  return of != NULL && (node->to == 0 || relation_has_column(self, of, node->to));
}

static void
put_grant(const Sketch *self, GString *sql, const Node *node)
{
  const Node *of = sketch_node(self, node->of), *column = sketch_node(self, node->to);
  const Kind *kind = kind_of(of);
  g_autofree char *what = has_columns(of) ? qualified(self, of)
                                          : called_sql(self, of, kind->grant_word != NULL ? kind->grant_word
                                                                                          : kind->word);
  g_autofree char *on = column != NULL ? quoted(column->name) : NULL;
  if (column != NULL)
    g_string_append_printf(sql, "GRANT %s (%s) ON %s TO %s;\n", BIT(node, 1) ? "SELECT" : "UPDATE", on, what,
                           role(node));
  else
    g_string_append_printf(sql, "GRANT %s ON %s TO %s%s;\n",
                           has_columns(of) && BIT(node, 1) ? "SELECT" : kind->rights, what, role(node),
                           BIT(node, 2) ? " WITH GRANT OPTION" : "");
  if (g_str_equal(kind->rights, "EXECUTE") && BIT(node, 3))
    g_string_append_printf(sql, "REVOKE EXECUTE ON %s FROM PUBLIC;\n", what);
}

const Kind kind_grant = {
  .stem = "grant",
  .stage = STAGE_RIGHTS,
  .fill = fill_grant,
  .tidy = tidy_grant,
  .put = put_grant,
};

/* Behind all that it would be for, and so only for what a plan makes. */
static void
put_default_privilege(const Sketch *self, GString *sql, const Node *node)
{
  static const char *const grants[] = { "GRANT SELECT ON TABLES", "GRANT USAGE ON SEQUENCES",
                                        "GRANT EXECUTE ON FUNCTIONS", "GRANT USAGE ON TYPES" };
  const Node *schema = sketch_node(self, node->schema);
  g_autofree char *in = schema != NULL ? quoted(schema->name) : NULL;
  g_string_append_printf(sql, "ALTER DEFAULT PRIVILEGES%s%s %s TO %s;\n", in != NULL ? " IN SCHEMA " : "",
                         in != NULL ? in : "", grants[node->variant >> 1 & 3], role(node));
  if (in == NULL && BIT(node, 3))
    g_string_append(sql, "ALTER DEFAULT PRIVILEGES REVOKE EXECUTE ON FUNCTIONS FROM PUBLIC;\n");
}

const Kind kind_default_privilege = {
  .stem = "usual",
  .flags = KIND_IN_SCHEMA,
  .stage = STAGE_RIGHTS,
  .put = put_default_privilege,
};

/* --- comments ------------------------------------------------------------------------------ */

static gboolean
takes_comment(const Node *node)
{
  return kind_of(node)->called != CALLED_NOT;
}

static void
fill_comment(Sketch *self, Node *node, GRand *random)
{
  node->of = pick_id(self, random, takes_comment);
}

static gboolean
tidy_comment(const Sketch *self, Node *node)
{
  return sketch_node(self, node->of) != NULL;
}

static void
put_comment(const Sketch *self, GString *sql, const Node *node)
{
  const Node *of = sketch_node(self, node->of);
  g_autofree char *what = called_sql(self, of, kind_of(of)->word);
  g_string_append_printf(sql, "COMMENT ON %s IS 'it''s %u\n-- new line /* %u';\n", what,
                         node->variant % 8, node->id);
}

const Kind kind_comment = {
  .stem = "remark",
  .stage = STAGE_RIGHTS,
  .fill = fill_comment,
  .tidy = tidy_comment,
  .put = put_comment,
};
