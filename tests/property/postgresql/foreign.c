/* What is elsewhere: wrappers that nothing can be read through, their servers and tables. */
#include "draw.h"
#include "kinds.h"
#include "spell.h"

static gboolean
is_wrapper(const Node *node)
{
  return node->kind == NODE_WRAPPER;
}

static gboolean
is_server(const Node *node)
{
  return node->kind == NODE_SERVER;
}

/* --- wrappers ------------------------------------------------------------------------------ */

static void
put_wrapper(const Sketch *self, GString *sql, const Node *node)
{
  g_autofree char *name = quoted(node->name);
  g_string_append_printf(sql, "CREATE FOREIGN DATA WRAPPER %s%s;\n", name,
                         !BIT(node, 0)  ? ""
                         : BIT(node, 1) ? " OPTIONS (debug 'true')"
                                        : " OPTIONS (debug 'false', \"it's\" 'so''me')");
}

const Kind kind_wrapper = {
  .stem = "wrap",
  .word = "FOREIGN DATA WRAPPER",
  .called = CALLED_NAME,
  .rights = "USAGE",
  .stage = STAGE_SCHEMAS,
  .put = put_wrapper,
};

/* --- servers ------------------------------------------------------------------------------- */

static void
fill_server(Sketch *self, Node *node, GRand *random)
{
  node->of = pick_id(self, random, is_wrapper);
}

static gboolean
tidy_server(const Sketch *self, Node *node)
{
  return sketch_node_of(self, node->of, NODE_WRAPPER) != NULL;
}

static void
change_server(const Sketch *self, Node *node, GRand *random)
{
  if (chance(random, 25))
    node->of = pick_id(self, random, is_wrapper);
}

static void
put_server(const Sketch *self, GString *sql, const Node *node)
{
  g_autofree char *name = quoted(node->name), *wrapper = quoted(sketch_node(self, node->of)->name);
  g_string_append_printf(sql, "CREATE SERVER %s%s%s FOREIGN DATA WRAPPER %s%s;\n", name,
                         BIT(node, 0) ? " TYPE 'far'" : "",
                         !BIT(node, 1)  ? ""
                         : BIT(node, 2) ? " VERSION '2'"
                                        : " VERSION '1.0'",
                         wrapper,
                         !BIT(node, 3)  ? ""
                         : BIT(node, 4) ? " OPTIONS (host 'here')"
                                        : " OPTIONS (host 'the''re', port '5')");
}

const Kind kind_server = {
  .stem = "far",
  .word = "SERVER",
  .called = CALLED_NAME,
  .rights = "USAGE",
  .grant_word = "FOREIGN SERVER",
  .stage = STAGE_SCHEMAS,
  .fill = fill_server,
  .tidy = tidy_server,
  .change = change_server,
  .put = put_server,
};

/* --- user mappings ------------------------------------------------------------------------- */

#define MAPPED 3u

static void
fill_part_of_server(Sketch *self, Node *node, GRand *random)
{
  node->of = pick_id(self, random, is_server);
  node->type = pick_type(self, random);
}

/* One for each server and user. */
static gboolean
tidy_mapping(const Sketch *self, Node *node)
{
  for (guint i = 0; i < self->nodes->len; i++) {
    const Node *other = self->nodes->pdata[i];
    if (other == node)
      break;
    if (other->kind == NODE_USER_MAPPING && other->of == node->of
        && (other->variant & MAPPED) == (node->variant & MAPPED))
      return FALSE;
  }
  return sketch_node_of(self, node->of, NODE_SERVER) != NULL;
}

static void
put_mapping(const Sketch *self, GString *sql, const Node *node)
{
  static const char *const users[] = { "PUBLIC", "\"dmig reader\"", "\"dmig b'ob\"", "CURRENT_USER" };
  g_autofree char *server = quoted(sketch_node(self, node->of)->name);
  g_string_append_printf(sql, "CREATE USER MAPPING FOR %s SERVER %s%s;\n", users[node->variant & MAPPED],
                         server,
                         !BIT(node, 2)  ? ""
                         : BIT(node, 3) ? " OPTIONS (\"user\" 'me')"
                                        : " OPTIONS (\"user\" 'y''ou', role 'x')");
}

const Kind kind_user_mapping = {
  .stem = "known",
  .stage = STAGE_TABLES,
  .fill = fill_part_of_server,
  .tidy = tidy_mapping,
  .put = put_mapping,
};

/* --- tables -------------------------------------------------------------------------------- */

static gboolean
tidy_foreign_table(const Sketch *self, Node *node)
{
  return sketch_node_of(self, node->of, NODE_SERVER) != NULL;
}

static void
change_foreign_table(const Sketch *self, Node *node, GRand *random)
{
  if (chance(random, 40))
    node->type = pick_type(self, random);
  else if (chance(random, 25))
    node->of = pick_id(self, random, is_server);
}

static void
put_foreign_table(const Sketch *self, GString *sql, const Node *node)
{
  g_autofree char *name = qualified(self, node), *type = type_sql(self, node->type);
  g_autofree char *server = quoted(sketch_node(self, node->of)->name);
  g_string_append_printf(sql, "CREATE FOREIGN TABLE %s (\n  id integer%s%s,\n  \"of type\" %s%s%s", name,
                         BIT(node, 0) ? " OPTIONS (column_name 'i d')" : "", BIT(node, 1) ? " NOT NULL" : "",
                         type, BIT(node, 2) ? " OPTIONS (a 'b''c')" : "",
                         BIT(node, 3) ? " DEFAULT NULL" : "");
  if (BIT(node, 4))
    g_string_append(sql, ",\n  extra text DEFAULT 'x'");
  if (BIT(node, 5))
    g_string_append_printf(sql, ",\n  CONSTRAINT \"few %u\" CHECK (id < %u)", node->id, 10 + BIT(node, 6));
  g_string_append_printf(sql, "\n) SERVER %s%s;\n", server,
                         !BIT(node, 7)  ? ""
                         : BIT(node, 8) ? " OPTIONS (table_name 't')"
                                        : " OPTIONS (table_name 'o''t', schema_name 's')");
}

const Kind kind_foreign_table = {
  .stem = "away",
  .word = "FOREIGN TABLE",
  .called = CALLED_PATH,
  .rights = "SELECT, INSERT",
  .grant_word = "TABLE",
  .flags = KIND_IN_SCHEMA,
  .stage = STAGE_TABLES,
  .fill = fill_part_of_server,
  .tidy = tidy_foreign_table,
  .change = change_foreign_table,
  .put = put_foreign_table,
};
