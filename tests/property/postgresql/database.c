/* What belongs to the database as a whole: publications and event triggers. */
#include "draw.h"
#include "kinds.h"
#include "spell.h"

/* --- publications -------------------------------------------------------------------------- */

/* Of one or two tables, of a schema, or of all. */
static void
fill_publication(Sketch *self, Node *node, GRand *random)
{
  node->schema = pick_id(self, random, is_schema);
  if (chance(random, 20))
    return;
  node->of = pick_id(self, random, chance(random, 20) ? is_table_or_partition : is_table);
  node->to = pick_id(self, random, is_table);
  pick_columns(self, node, 3, random);
}

/* Replication does not know what is computed. */
static void
leave_out_generated(const Sketch *self, Node *node)
{
  guint n = 0;
  for (guint i = 0; i < MAX_COLUMNS; i++) {
    guint column = node->columns[i];
    node->columns[i] = 0;
    if (column != 0 && !is_generated(sketch_node(self, column)))
      node->columns[n++] = column;
  }
}

static gboolean
tidy_publication(const Sketch *self, Node *node)
{
  if (sketch_node(self, node->of) == NULL)
    node->of = 0;
  if (sketch_node_of(self, node->to, NODE_TABLE) == NULL || node->to == node->of)
    node->to = 0;
  if (tidy_columns(self, node))
    leave_out_generated(self, node);
  return TRUE;
}

static void
change_publication(const Sketch *self, Node *node, GRand *random)
{
  if (chance(random, 25))
    node->to = pick_id(self, random, is_table);
  else if (chance(random, 40))
    pick_columns(self, node, 3, random);
}

/* Returns whether rows can't be found by what is published of them, so that only new ones can be. */
static gboolean
put_published(const Sketch *self, GString *sql, const Node *node)
{
  const Node *table = sketch_node(self, node->of), *first = sketch_node(self, node->columns[0]);
  gboolean few = BIT(node, 0) && first != NULL, blind = few && BIT(table, 8);
  g_autofree char *name = qualified(self, table);
  g_string_append_printf(sql, " FOR TABLE ONLY %s", name);
  if (few) {
    g_string_append(sql, " (id, ");
    put_names(self, sql, node, "");
    g_string_append_c(sql, ')');
  }
  /* Conditions on what somebody made himself are not allowed. */
  if (BIT(node, 1) && BIT(node, 2) && first != NULL && first->type.kind < TYPE_NODE) {
    g_autofree char *column = quoted(first->name);
    g_string_append_printf(sql, " WHERE (%s IS NOT NULL)", column);
    return TRUE;
  }
  if (BIT(node, 1))
    g_string_append(sql, " WHERE (id > 5)");
  return blind;
}

static void
put_publication(const Sketch *self, GString *sql, const Node *node)
{
  const Node *schema = sketch_node(self, node->schema), *to = sketch_node(self, node->to);
  g_autofree char *name = quoted(node->name), *zone = schema != NULL ? quoted(schema->name) : NULL;
  g_autofree char *second = to != NULL ? qualified(self, to) : NULL;
  gboolean blind = FALSE;
  g_string_append_printf(sql, "CREATE PUBLICATION %s", name);
  if (node->of != 0)
    blind = put_published(self, sql, node);
  else if (zone != NULL)
    g_string_append_printf(sql, " FOR TABLES IN SCHEMA %s", zone);
  else if (to == NULL)
    g_string_append(sql, BIT(node, 3) ? " FOR ALL TABLES" : "");
  if (second != NULL)
    g_string_append_printf(sql, "%s TABLE ONLY %s", node->of != 0 || zone != NULL ? "," : " FOR", second);
  g_string_append_printf(sql, " WITH (publish_via_partition_root = %s%s);\n",
                         node->of != 0 || BIT(node, 4) ? "true" : "false",
                         blind || BIT(node, 5) ? ", publish = 'insert'" : "");
}

const Kind kind_publication = {
  .stem = "news",
  .word = "PUBLICATION",
  .called = CALLED_NAME,
  .stage = STAGE_TABLE_PARTS,
  .fill = fill_publication,
  .tidy = tidy_publication,
  .change = change_publication,
  .put = put_publication,
};

/* --- event triggers ------------------------------------------------------------------------ */

static gboolean
is_event_function(const Node *node)
{
  return node->kind == NODE_EVENT_FUNCTION;
}

static void
put_event_function(const Sketch *self, GString *sql, const Node *node)
{
  g_autofree char *name = qualified(self, node);
  g_string_append_printf(sql,
                         "CREATE FUNCTION %s() RETURNS event_trigger LANGUAGE plpgsql AS $f$\nBEGIN\n  -- "
                         "variant %u\nEND\n$f$;\n",
                         name, node->variant % 16);
}

const Kind kind_event_function = {
  .stem = "notice",
  .word = "FUNCTION",
  .called = CALLED_PATH,
  .rights = "EXECUTE",
  .flags = KIND_IN_SCHEMA,
  .stage = STAGE_TYPES,
  .put = put_event_function,
};

static void
fill_event_trigger(Sketch *self, Node *node, GRand *random)
{
  node->function = pick_id(self, random, is_event_function);
}

static gboolean
tidy_event_trigger(const Sketch *self, Node *node)
{
  return sketch_node_of(self, node->function, NODE_EVENT_FUNCTION) != NULL;
}

static void
change_event_trigger(const Sketch *self, Node *node, GRand *random)
{
  if (chance(random, 25))
    node->function = pick_id(self, random, is_event_function);
}

/* For commands that no walk gives. */
static void
put_event_trigger(const Sketch *self, GString *sql, const Node *node)
{
  static const char *const events[] = { "ddl_command_start", "ddl_command_end", "sql_drop",
                                        "ddl_command_start" };
  static const char *const states[] = { "", "DISABLE", "ENABLE REPLICA", "ENABLE ALWAYS" };
  g_autofree char *name = quoted(node->name);
  g_autofree char *function = qualified(self, sketch_node(self, node->function));
  g_string_append_printf(sql, "CREATE EVENT TRIGGER %s ON %s WHEN TAG IN (%s) EXECUTE FUNCTION %s();\n", name,
                         events[node->variant & 3],
                         BIT(node, 2) ? "'DROP CONVERSION'" : "'DROP ACCESS METHOD', 'DROP CONVERSION'",
                         function);
  if ((node->variant >> 3 & 3) != 0)
    g_string_append_printf(sql, "ALTER EVENT TRIGGER %s %s;\n", name, states[node->variant >> 3 & 3]);
}

const Kind kind_event_trigger = {
  .stem = "alarm",
  .word = "EVENT TRIGGER",
  .called = CALLED_NAME,
  .stage = STAGE_TABLE_PARTS,
  .fill = fill_event_trigger,
  .tidy = tidy_event_trigger,
  .change = change_event_trigger,
  .put = put_event_trigger,
};
