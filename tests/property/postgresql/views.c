/* Views of both kinds, and what happens instead of writing to them. */
#include "draw.h"
#include "kinds.h"
#include "spell.h"

static gboolean
is_callable(const Node *node)
{
  return node->kind == NODE_FUNCTION || node->kind == NODE_AGGREGATE || node->kind == NODE_OPERATOR;
}

static void
fill_view(Sketch *self, Node *node, GRand *random)
{
  node->of = pick_id(self, random, is_relation);
  pick_columns(self, node, MAX_COLUMNS, random);
  if (chance(random, 40))
    node->function = pick_id(self, random, is_callable);
}

static gboolean
tidy_view(const Sketch *self, Node *node)
{
  const Node *of = sketch_node(self, node->of);
  return of != NULL && is_relation(of) && tidy_columns(self, node);
}

static void
change_view(const Sketch *self, Node *node, GRand *random)
{
  if (chance(random, 50))
    node->columns[roll(random, MAX_COLUMNS)] = 0;
}

static gboolean
is_read(const Sketch *self, const Node *view)
{
  for (guint i = 0; i < self->nodes->len; i++) {
    const Node *node = self->nodes->pdata[i];
    if (node->of == view->id && (node->kind == NODE_MATERIALIZED_VIEW || node->kind == NODE_VIEW))
      return TRUE;
  }
  return FALSE;
}

static void
put_view(const Sketch *self, GString *sql, const Node *node)
{
  const Node *function = sketch_node(self, node->function), *first = sketch_node(self, node->columns[0]);
  gboolean kept = node->kind == NODE_MATERIALIZED_VIEW;
  g_autofree char *name = qualified(self, node), *from = qualified(self, sketch_node(self, node->of));
  g_autofree char *tested = quoted(first->name);
  g_string_append_printf(sql, "CREATE %sVIEW %s%s AS SELECT%s ", kept ? "MATERIALIZED " : "", name,
                         !kept && BIT(node, 0) ? " WITH (security_barrier=true)" : "",
                         BIT(node, 1) ? " DISTINCT" : "");
  put_names(self, sql, node, "s");
  if (function != NULL) {
    g_autofree char *call = call_sql(self, function, first, "s");
    g_string_append_printf(sql, ", %s AS \"called %u\"", call, node->id);
  }
  g_string_append_printf(sql, " FROM %s AS s", from);
  if (BIT(node, 2))
    g_string_append_printf(sql, " WHERE s.%s IS NOT NULL", tested);
  if (function != NULL && function->kind == NODE_AGGREGATE) {
    g_string_append(sql, " GROUP BY ");
    put_names(self, sql, node, "s");
  }
  g_string_append_printf(sql, "%s;\n", kept && BIT(node, 3) && !is_read(self, node) ? " WITH NO DATA" : "");
}

const Kind kind_view = {
  .stem = "list",
  .word = "VIEW",
  .called = CALLED_PATH,
  .rights = "SELECT, INSERT",
  .flags = KIND_IN_SCHEMA | KIND_RELATION,
  .stage = STAGE_ROUTINES,
  .fill = fill_view,
  .tidy = tidy_view,
  .change = change_view,
  .put = put_view,
};

const Kind kind_materialized_view = {
  .stem = "cache",
  .word = "MATERIALIZED VIEW",
  .called = CALLED_PATH,
  .rights = "SELECT",
  .flags = KIND_IN_SCHEMA | KIND_RELATION,
  .stage = STAGE_ROUTINES,
  .fill = fill_view,
  .tidy = tidy_view,
  .change = change_view,
  .put = put_view,
};

/* --- rules --------------------------------------------------------------------------------- */

static gboolean
is_ruled(const Node *node)
{
  return node->kind == NODE_VIEW || node->kind == NODE_TABLE;
}

static void
fill_rule(Sketch *self, Node *node, GRand *random)
{
  node->of = pick_id(self, random, is_ruled);
  node->to = pick_id(self, random, is_table);
  pick_columns(self, node, 1, random);
  if (chance(random, 40))
    node->function = pick_id(self, random, is_function);
}

static gboolean
tidy_rule(const Sketch *self, Node *node)
{
  const Node *of = sketch_node(self, node->of);
  if (sketch_node_of(self, node->to, NODE_TABLE) == NULL)
    node->to = 0;
  return of != NULL && is_ruled(of) && tidy_columns(self, node);
}

/* Of views whatever one does to them; of tables what nothing here does, so that rows stay. */
static void
put_rule(const Sketch *self, GString *sql, const Node *node)
{
  static const char *const events[] = { "INSERT", "UPDATE", "DELETE", "DELETE" };
  const Node *of = sketch_node(self, node->of), *to = sketch_node(self, node->to);
  const Node *function = sketch_node(self, node->function), *column = sketch_node(self, node->columns[0]);
  gboolean view = of->kind == NODE_VIEW;
  const char *event = view ? events[node->variant & 3] : "DELETE", *row = *event == 'I' ? "NEW" : "OLD";
  g_autofree char *name = quoted(node->name), *relation = qualified(self, of), *on = quoted(column->name);
  g_autofree char *target = to != NULL ? qualified(self, to) : NULL;
  g_autofree char *call = function != NULL ? call_sql(self, function, column, row) : g_strdup("NULL");
  g_string_append_printf(sql, "CREATE RULE %s AS ON %s TO %s", name, event, relation);
  if (BIT(node, 2))
    g_string_append_printf(sql, " WHERE %s.%s IS NOT NULL", row, on);
  g_string_append_printf(sql, " DO %s ", view ? "INSTEAD" : "ALSO");
  if (target == NULL)
    g_string_append(sql, "NOTHING;\n");
  else if (BIT(node, 3))
    g_string_append_printf(sql, "(DELETE FROM %s AS t WHERE t.id::text = %s.%s::text%s);\n", target, row, on,
                           BIT(node, 2) ? "" : "; NOTIFY \"it's\"");
  else
    g_string_append_printf(sql, "INSERT INTO %s (id) SELECT 7 WHERE %s.%s IS NULL AND %s IS NULL;\n", target, row, on,
                           call);
}

const Kind kind_rule = {
  .stem = "instead",
  .word = "RULE",
  .called = CALLED_ON,
  .stage = STAGE_TABLE_PARTS,
  .fill = fill_rule,
  .tidy = tidy_rule,
  .put = put_rule,
};

/* --- triggers ------------------------------------------------------------------------------ */

static gboolean
is_trigger_function(const Node *node)
{
  return node->kind == NODE_TRIGGER_FUNCTION;
}

static gboolean
is_triggered(const Node *node)
{
  return node->kind == NODE_VIEW || is_table_or_partition(node);
}

static void
fill_trigger(Sketch *self, Node *node, GRand *random)
{
  const Node *of = pick(self, random, chance(random, 60) ? is_table : is_triggered);
  node->of = of != NULL ? of->id : 0;
  if (of != NULL)
    node->to = pick_column(self, of, random);
  node->function = pick_id(self, random, is_trigger_function);
}

static gboolean
tidy_trigger(const Sketch *self, Node *node)
{
  const Node *of = sketch_node(self, node->of);
  return of != NULL && sketch_node_of(self, node->function, NODE_TRIGGER_FUNCTION) != NULL
         && (node->to == 0 || relation_has_column(self, of, node->to));
}

static void
put_transition(GString *sql, const Node *node, const char *name, const char *table)
{
  g_string_append_printf(sql, "CREATE TRIGGER %s AFTER %s ON %s REFERENCING %s FOR EACH STATEMENT", name,
                         BIT(node, 3) ? "DELETE" : "UPDATE", table,
                         BIT(node, 3) ? "OLD TABLE AS gone" : "OLD TABLE AS gone NEW TABLE AS \"it's\"");
}

static void
put_trigger(const Sketch *self, GString *sql, const Node *node)
{
  const Node *of = sketch_node(self, node->of), *on = sketch_node(self, node->to);
  g_autofree char *table = qualified(self, of), *name = quoted(node->name);
  g_autofree char *function = qualified(self, sketch_node(self, node->function));
  gboolean columns = on != NULL && BIT(node, 0) && !is_generated(on), row = BIT(node, 2);
  g_autofree char *column = on != NULL ? quoted(on->name) : NULL;
  if (of->kind == NODE_VIEW) {
    g_string_append_printf(sql, "CREATE TRIGGER %s INSTEAD OF %s ON %s FOR EACH ROW EXECUTE FUNCTION %s();\n", name,
                           BIT(node, 3) ? "INSERT OR UPDATE" : "DELETE", table, function);
    return;
  }
  gboolean constraint = BIT(node, 5) && BIT(node, 6), transition = BIT(node, 5) && !BIT(node, 6);
  if (constraint) {
    g_string_append_printf(sql, "CREATE CONSTRAINT TRIGGER %s AFTER UPDATE%s%s ON %s%s FOR EACH ROW", name,
                           columns ? " OF " : "", columns ? column : "", table,
                           BIT(node, 2) ? " DEFERRABLE INITIALLY DEFERRED" : "");
  } else if (transition) {
    put_transition(sql, node, name, table);
  } else {
    g_string_append_printf(sql, "CREATE TRIGGER %s %s %s%s%s ON %s FOR EACH %s", name,
                           BIT(node, 1) ? "BEFORE" : "AFTER",
                           BIT(node, 3) && !(row && columns) ? "INSERT OR UPDATE" : "UPDATE",
                           columns ? " OF " : "", columns ? column : "", table, row ? "ROW" : "STATEMENT");
    if (row && columns)
      g_string_append_printf(sql, " WHEN (OLD.%s IS DISTINCT FROM NEW.%s)", column, column);
  }
  g_string_append_printf(sql, " EXECUTE FUNCTION %s();\n", function);
  if (BIT(node, 4) && partitioning(of) == 0)
    g_string_append_printf(sql, "ALTER TABLE %s DISABLE TRIGGER %s;\n", table, name);
}

const Kind kind_trigger = {
  .stem = "watch",
  .word = "TRIGGER",
  .called = CALLED_ON,
  .stage = STAGE_TABLE_PARTS,
  .fill = fill_trigger,
  .tidy = tidy_trigger,
  .put = put_trigger,
};
