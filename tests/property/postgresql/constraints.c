/* What a table holds its rows to, and what finds them. */
#include "core/sql/text.h"
#include "draw.h"
#include "kinds.h"
#include "spell.h"

#include <string.h>

/* Of partitions too, now and then. */
static guint
pick_table(const Sketch *self, GRand *random)
{
  return pick_id(self, random, chance(random, 20) ? is_table_or_partition : is_table);
}

static const Node *
table_of(const Sketch *self, const Node *node)
{
  return sketch_node(self, node->of);
}

static gboolean
tidy_function(const Sketch *self, Node *node)
{
  if (sketch_node_of(self, node->function, NODE_FUNCTION) == NULL)
    node->function = 0;
  return TRUE;
}

static gboolean
tidy_part(const Sketch *self, Node *node)
{
  return tidy_function(self, node) && tidy_columns(self, node);
}

/* The call of a node's function where it takes the node's first column. */
static char *
own_call(const Sketch *self, const Node *node)
{
  const Node *function = sketch_node(self, node->function), *column = sketch_node(self, node->columns[0]);
  return function != NULL && type_equal(column->type, function->other_type)
             ? call_sql(self, function, column, "")
             : NULL;
}

/* --- checks -------------------------------------------------------------------------------- */

static void
fill_check(Sketch *self, Node *node, GRand *random)
{
  node->of = pick_table(self, random);
  pick_columns(self, node, 1, random);
  if (chance(random, 40))
    node->function = pick_id(self, random, is_function);
}

static void
put_check(const Sketch *self, GString *sql, const Node *node)
{
  const Node *function = sketch_node(self, node->function), *on = sketch_node(self, node->columns[0]);
  g_autofree char *table = qualified(self, table_of(self, node)), *name = quoted(node->name);
  g_autofree char *column = quoted(on->name);
  g_autofree char *call = function != NULL ? call_sql(self, function, on, "") : NULL;
  gboolean plain = table_of(self, node)->kind == NODE_TABLE && partitioning(table_of(self, node)) == 0;
  g_string_append_printf(sql, "ALTER TABLE %s ADD CONSTRAINT %s CHECK (%s IS NULL OR %s%s%s::text <> 'zz')%s%s;\n",
                         table, name, column, call != NULL ? call : "", call != NULL ? " IS NULL OR " : "",
                         column, BIT(node, 1) && plain ? " NO INHERIT" : "", BIT(node, 0) ? " NOT VALID" : "");
}

const Kind kind_check = {
  .stem = "rule",
  .word = "CONSTRAINT",
  .called = CALLED_ON,
  .stage = STAGE_KEYS,
  .fill = fill_check,
  .tidy = tidy_part,
  .put = put_check,
};

/* --- keys ---------------------------------------------------------------------------------- */

static void
fill_key(Sketch *self, Node *node, GRand *random)
{
  node->of = pick_table(self, random);
  pick_columns(self, node, 1 + roll(random, 3), random);
  node->columns[3] = node->columns[4] = 0;
}

static void
change_columns(const Sketch *self, Node *node, GRand *random)
{
  if (chance(random, 50))
    pick_columns(self, node, 1 + roll(random, 3), random);
}

static const char *
put_off(const Node *node)
{
  return !BIT(node, 4) ? "" : BIT(node, 5) ? " DEFERRABLE INITIALLY DEFERRED" : " DEFERRABLE";
}

/* With `id`, by which all rows differ. */
static void
put_key(const Sketch *self, GString *sql, const Node *node)
{
  g_autofree char *table = qualified(self, table_of(self, node)), *name = quoted(node->name);
  g_string_append_printf(sql, "ALTER TABLE %s ADD CONSTRAINT %s UNIQUE%s (", table, name,
                         BIT(node, 0) ? " NULLS NOT DISTINCT" : "");
  if (BIT(node, 1))
    g_string_append(sql, "id");
  else
    put_names(self, sql, node, "");
  if (!BIT(node, 1)) {
    g_string_append(sql, ", id)");
  } else if (BIT(node, 2)) {
    g_string_append(sql, ") INCLUDE (");
    put_names(self, sql, node, "");
    g_string_append_c(sql, ')');
  } else {
    g_string_append(sql, ", ");
    put_names(self, sql, node, "");
    g_string_append_c(sql, ')');
  }
  g_string_append_printf(sql, "%s%s;\n", BIT(node, 3) ? " WITH (fillfactor=80)" : "", put_off(node));
}

const Kind kind_key = {
  .stem = "key",
  .word = "CONSTRAINT",
  .called = CALLED_ON,
  .stage = STAGE_KEYS,
  .fill = fill_key,
  .tidy = tidy_part,
  .change = change_columns,
  .put = put_key,
};

static void
fill_exclusion(Sketch *self, Node *node, GRand *random)
{
  node->of = pick_id(self, random, is_table);
  pick_columns(self, node, 1 + roll(random, 2), random);
}

static gboolean
tidy_exclusion(const Sketch *self, Node *node)
{
  const Node *table = table_of(self, node);
  return tidy_part(self, node) && partitioning(table) == 0;
}

static gboolean
is_range(const Sketch *self, Type type)
{
  return type.kind == TYPE_NODE && sketch_node(self, type.node)->kind == NODE_RANGE;
}

/* Of a range: no two that meet; else: no two that are the same. */
static void
put_exclusion(const Sketch *self, GString *sql, const Node *node)
{
  g_autofree char *table = qualified(self, table_of(self, node)), *name = quoted(node->name);
  const Node *first = sketch_node(self, node->columns[0]);
  gboolean range = is_range(self, first->type);
  g_string_append_printf(sql, "ALTER TABLE %s ADD CONSTRAINT %s EXCLUDE USING %s (", table, name,
                         range ? "gist" : "btree");
  for (guint i = 0; i < MAX_COLUMNS && node->columns[i] != 0 && (i == 0 || !range); i++) {
    g_autofree char *column = quoted(sketch_node(self, node->columns[i])->name);
    g_string_append_printf(sql, "%s WITH %s, ", column, range ? "&&" : "=");
  }
  if (range)
    g_string_truncate(sql, sql->len - 2);
  else
    g_string_append(sql, "id WITH =");
  g_string_append_printf(sql, ")%s%s;\n", BIT(node, 1) ? " WHERE (id > 5)" : "", put_off(node));
}

const Kind kind_exclusion = {
  .stem = "apart",
  .word = "CONSTRAINT",
  .called = CALLED_ON,
  .stage = STAGE_KEYS,
  .fill = fill_exclusion,
  .tidy = tidy_exclusion,
  .put = put_exclusion,
};

/* --- foreign keys -------------------------------------------------------------------------- */

const Node *
referenced_key(const Sketch *self, const Node *foreign_key)
{
  return sketch_node_of(self, foreign_key->to, NODE_KEY);
}

const Node *
referenced_table(const Sketch *self, const Node *foreign_key)
{
  const Node *key = referenced_key(self, foreign_key);
  return sketch_node(self, key != NULL ? key->of : foreign_key->to);
}

static gboolean
is_key(const Node *node)
{
  return node->kind == NODE_KEY;
}

static void
fill_foreign_key(Sketch *self, Node *node, GRand *random)
{
  node->of = pick_id(self, random, is_table);
  node->to = pick_id(self, random, chance(random, 50) ? is_key : is_table);
  if (node->to == 0)
    node->to = pick_id(self, random, is_table);
}

/* Whether it holds at once, and has columns other than `id`. */
static gboolean
can_be_referenced(const Node *key)
{
  return !BIT(key, 4) && !(BIT(key, 1) && BIT(key, 2));
}

static gboolean
tidy_foreign_key(const Sketch *self, Node *node)
{
  const Node *key = referenced_key(self, node);
  if (key != NULL && !can_be_referenced(key))
    node->to = key->of;
  return sketch_node(self, node->of) != NULL && referenced_table(self, node) != NULL;
}

static void
change_foreign_key(const Sketch *self, Node *node, GRand *random)
{
  if (chance(random, 25))
    node->to = pick_id(self, random, chance(random, 70) ? is_key : is_table);
}

/* "ref 5 2", "ref 5" and what they lead to. */
static void
put_pairs(const Sketch *self, const Node *node, GString *from, GString *to)
{
  const Node *key = referenced_key(self, node);
  for (guint i = 0; key != NULL && i < MAX_COLUMNS && key->columns[i] != 0; i++) {
    g_autofree char *name = quoted(sketch_node(self, key->columns[i])->name);
    g_string_append_printf(from, "\"ref %u %u\", ", node->id, key->columns[i]);
    g_string_append_printf(to, "%s, ", name);
  }
  g_string_append_printf(from, "\"ref %u\"", node->id);
  g_string_append(to, "id");
}

static void
put_foreign_key(const Sketch *self, GString *sql, const Node *node)
{
  static const char *const actions[] = { "", " ON DELETE CASCADE", " ON DELETE SET NULL",
                                         " ON UPDATE CASCADE DEFERRABLE INITIALLY DEFERRED" };
  g_autofree char *table = qualified(self, table_of(self, node)), *name = quoted(node->name);
  g_autofree char *other = qualified(self, referenced_table(self, node));
  g_autoptr(GString) from = g_string_new(NULL), to = g_string_new(NULL);
  gboolean several = referenced_key(self, node) != NULL;
  put_pairs(self, node, from, to);
  g_string_append_printf(sql, "ALTER TABLE %s ADD CONSTRAINT %s FOREIGN KEY (%s) REFERENCES %s (%s)%s%s", table,
                         name, from->str, other, to->str, several && BIT(node, 2) ? " MATCH FULL" : "",
                         actions[node->variant & 3]);
  if (several && BIT(node, 3) && (node->variant & 3) == 2)
    g_string_append_printf(sql, " (\"ref %u\")", node->id);
  g_string_append(sql, ";\n");
}

const Kind kind_foreign_key = {
  .stem = "link",
  .word = "CONSTRAINT",
  .called = CALLED_ON,
  .stage = STAGE_TABLE_PARTS,
  .fill = fill_foreign_key,
  .tidy = tidy_foreign_key,
  .change = change_foreign_key,
  .put = put_foreign_key,
};

/* --- indexes ------------------------------------------------------------------------------- */

static gboolean
is_materialized(const Node *node)
{
  return node->kind == NODE_MATERIALIZED_VIEW;
}

static gboolean
is_configuration(const Node *node)
{
  return node->kind == NODE_CONFIGURATION;
}

static void
fill_index(Sketch *self, Node *node, GRand *random)
{
  node->of = chance(random, 25) ? pick_id(self, random, is_materialized) : pick_table(self, random);
  pick_columns(self, node, 1 + roll(random, 3), random);
  if (chance(random, 40))
    node->function = pick_id(self, random, is_function);
  if (chance(random, 30))
    node->to = pick_id(self, random, is_configuration);
}

static gboolean
tidy_index(const Sketch *self, Node *node)
{
  if (!tidy_part(self, node))
    return FALSE;
  const Node *function = sketch_node(self, node->function);
  if (function != NULL && !is_immutable(function))
    node->function = 0;
  return TRUE;
}

/* What a configuration finds in a text. */
static gboolean
put_search_index(const Sketch *self, GString *sql, const Node *node, const char *head)
{
  const Node *configuration = sketch_node_of(self, node->to, NODE_CONFIGURATION);
  const Node *on = sketch_node(self, node->columns[0]);
  if (configuration == NULL || !is_text(on->type))
    return FALSE;
  g_autofree char *column = quoted(on->name), *path = qualified(self, configuration);
  g_autofree char *literal = dmig_sql_string(path);
  g_string_append_printf(sql, "%s USING gin (to_tsvector(%s, %s));\n", head, literal, column);
  return TRUE;
}

static gboolean
put_special_index(const Sketch *self, GString *sql, const Node *node, const char *head)
{
  const Node *on = sketch_node(self, node->columns[0]);
  gboolean range = is_range(self, on->type);
  const char *method = range ? "gist" : on->type.kind == TYPE_TEXTS ? "gin" : BIT(node, 4) ? "hash" : "brin";
  g_autofree char *column = quoted(on->name);
  gboolean sized = !range && !is_number(on->type) && on->type.kind != TYPE_TEXTS && on->type.kind != TYPE_DATE;
  /* Not every type has an operator class for the last two. */
  if (sized && !is_text(on->type))
    return FALSE;
  g_string_append_printf(sql, "%s USING %s (%s);\n", head, method, column);
  return TRUE;
}

static void
put_index(const Sketch *self, GString *sql, const Node *node)
{
  const Node *of = table_of(self, node), *on = sketch_node(self, node->columns[0]);
  g_autofree char *table = qualified(self, of), *name = quoted(node->name), *column = quoted(on->name);
  g_autofree char *call = own_call(self, node);
  g_autofree char *head = g_strdup_printf("INDEX %s ON %s", name, table);
  g_autofree char *plain = g_strconcat("CREATE ", head, NULL);
  if (put_search_index(self, sql, node, plain)
      || (BIT(node, 6) && BIT(node, 7) && put_special_index(self, sql, node, plain)))
    return;
  gboolean kept = of->kind == NODE_MATERIALIZED_VIEW, unique = BIT(node, 4) && !kept;
  g_string_append_printf(sql, "CREATE %s%s (%s%s%s", unique ? "UNIQUE " : "", head,
                         call != NULL ? call : column, BIT(node, 0) ? " DESC" : "",
                         BIT(node, 1) ? " NULLS LAST" : "");
  for (guint i = 1; i < MAX_COLUMNS && node->columns[i] != 0; i++) {
    g_autofree char *other = quoted(sketch_node(self, node->columns[i])->name);
    g_string_append_printf(sql, ", %s", other);
  }
  if (unique)
    g_string_append(sql, ", id");
  g_string_append_printf(sql, ")%s%s%s%s;\n", BIT(node, 5) && !kept && !unique ? " INCLUDE (id)" : "",
                         unique && BIT(node, 8) ? " NULLS NOT DISTINCT" : "",
                         BIT(node, 2) ? " WITH (fillfactor=60)" : "",
                         BIT(node, 3) && !kept ? " WHERE id > 5" : "");
}

const Kind kind_index = {
  .stem = "idx",
  .word = "INDEX",
  .called = CALLED_BESIDE,
  .stage = STAGE_TABLE_PARTS,
  .fill = fill_index,
  .tidy = tidy_index,
  .change = change_columns,
  .put = put_index,
};

/* --- statistics ---------------------------------------------------------------------------- */

static void
put_statistics(const Sketch *self, GString *sql, const Node *node)
{
  static const char *const kinds[] = { "", " (ndistinct)", " (dependencies, mcv)", " (mcv)" };
  const Node *of = table_of(self, node);
  g_autofree char *table = qualified(self, of), *name = qualified(self, node), *call = own_call(self, node);
  gboolean lone = node->columns[1] == 0 && of->kind == NODE_MATERIALIZED_VIEW;
  g_string_append_printf(sql, "CREATE STATISTICS %s%s ON ", name,
                         lone ? "" : kinds[node->variant & 3]);
  if (call != NULL)
    g_string_append_printf(sql, "(%s), ", call);
  /* One column by itself is none, but one expression is. */
  if (lone) {
    g_autofree char *column = quoted(sketch_node(self, node->columns[0])->name);
    g_string_append_printf(sql, "(%s IS NULL)", column);
  } else {
    put_names(self, sql, node, "");
    if (of->kind != NODE_MATERIALIZED_VIEW)
      g_string_append(sql, ", id");
  }
  g_string_append_printf(sql, " FROM %s;\n", table);
}

const Kind kind_statistics = {
  .stem = "stats",
  .word = "STATISTICS",
  .called = CALLED_PATH,
  .flags = KIND_IN_SCHEMA,
  .stage = STAGE_TABLE_PARTS,
  .fill = fill_index,
  .tidy = tidy_index,
  .change = change_columns,
  .put = put_statistics,
};
