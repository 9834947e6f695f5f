#include "sketch.h"

#include "core/db/postgres/postgres.h"
#include "core/sql/path.h"
#include "core/sql/text.h"

#define BIT(node, n) (((node)->variant >> (n)) & 1u)

static char *
quoted(const char *name)
{
  return dmig_sql_identifier(&dmig_postgres_dialect, name);
}

/* `zone.thing`, quoted. */
static char *
qualified(const Sketch *self, const Node *node)
{
  const Node *schema = sketch_node(self, node->kind == NODE_PARTITION
                                             ? sketch_node(self, node->of)->schema
                                             : node->schema);
  g_autofree char *path = dmig_path_new(schema != NULL ? schema->name : NULL, node->name);
  return quoted(path);
}

/* --- types --------------------------------------------------------------------------------- */

static char *
type_sql(const Sketch *self, Type type)
{
  static const char *const names[] = { "integer", "bigint", "numeric(12,2)", "text",
                                       "varchar(50)", "date", "text[]" };
  return type.kind == TYPE_NODE ? qualified(self, sketch_node(self, type.node))
                                : g_strdup(names[type.kind]);
}

static const char *
plain_value(const Sketch *self, Type type)
{
  static const char *const values[] = { "1", "1", "1", "'x'", "'x'", "'2024-02-29'", "'{a,b}'" };
  if (type.kind != TYPE_NODE)
    return values[type.kind];
  const Node *node = sketch_node(self, type.node);
  return node->kind == NODE_ENUM ? "'l0'" : plain_value(self, node->type);
}

static char *
value_sql(const Sketch *self, Type type)
{
  g_autofree char *name = type_sql(self, type);
  return g_strdup_printf("%s::%s", plain_value(self, type), name);
}

static gboolean
type_equal(Type a, Type b)
{
  return a.kind == b.kind && a.node == b.node;
}

static gboolean
is_number(Type type)
{
  return type.kind <= TYPE_NUMERIC;
}

static gboolean
is_generated(const Node *column)
{
  return is_number(column->type) && BIT(column, 2) && BIT(column, 3);
}

/* A call of the function, of a column where that is of its type. */
static char *
call_sql(const Sketch *self, const Node *function, const Node *column)
{
  g_autofree char *name = qualified(self, function);
  g_autofree char *argument = column != NULL && type_equal(column->type, function->other_type)
                                  ? quoted(column->name)
                                  : value_sql(self, function->other_type);
  return g_strdup_printf("%s(%s)", name, argument);
}

/* --- what tables lean on ------------------------------------------------------------------- */

static void
put_enum(const Sketch *self, GString *sql, const Node *node)
{
  g_autofree char *name = qualified(self, node);
  g_string_append_printf(sql, "CREATE TYPE %s AS ENUM ('l0'", name);
  for (guint i = 1; i < 6; i++)
    if (BIT(node, i))
      g_string_append_printf(sql, ", 'it''s %u'", i);
  g_string_append(sql, ");\n");
}

static void
put_domain(const Sketch *self, GString *sql, const Node *node)
{
  g_autofree char *name = qualified(self, node), *type = type_sql(self, node->type);
  g_string_append_printf(sql, "CREATE DOMAIN %s AS %s", name, type);
  if (BIT(node, 1))
    g_string_append_printf(sql, " DEFAULT %s", plain_value(self, node->type));
  if (BIT(node, 2))
    g_string_append(sql, " CONSTRAINT \"no zz\" CHECK (VALUE::text <> 'zz')");
  g_string_append(sql, ";\n");
}

static void
put_sequence(const Sketch *self, GString *sql, const Node *node)
{
  g_autofree char *name = qualified(self, node);
  g_string_append_printf(sql, "CREATE SEQUENCE %s%s INCREMENT %u%s%s;\n", name,
                         BIT(node, 0) ? " AS integer" : "", 1 + (node->variant >> 1) % 3,
                         BIT(node, 3) ? " CYCLE" : "", BIT(node, 4) ? " CACHE 5" : "");
}

static void
put_trigger_function(const Sketch *self, GString *sql, const Node *node)
{
  g_autofree char *name = qualified(self, node);
  g_string_append_printf(sql,
                         "CREATE FUNCTION %s() RETURNS trigger LANGUAGE plpgsql AS $f$\nBEGIN\n  -- "
                         "variant %u\n  RETURN NEW;\nEND\n$f$;\n",
                         name, node->variant % 16);
}

/* What the body gives: of its argument, of another function, of a relation. */
static char *
body_query(const Sketch *self, const Node *node)
{
  g_autofree char *result = type_sql(self, node->type);
  const Node *function = sketch_node(self, node->function), *from = sketch_node(self, node->of);
  g_autofree char *call = function != NULL ? call_sql(self, function, NULL) : NULL;
  if (from == NULL)
    return call != NULL ? g_strdup_printf("SELECT NULL::%s AS given WHERE %s IS NULL", result, call)
           : type_equal(node->type, node->other_type) ? g_strdup("SELECT $1 AS given")
                                                      : g_strdup_printf("SELECT NULL::%s AS given", result);
  const Node *column = from->kind == NODE_TABLE ? NULL : sketch_node(self, from->columns[0]);
  g_autofree char *relation = qualified(self, from), *name = quoted(column ? column->name : "id");
  return g_strdup_printf("SELECT NULL::%s AS given FROM %s AS r WHERE r.%s IS NOT NULL%s%s LIMIT 1", result,
                         relation, name, call != NULL ? " AND NOT NULL IS DISTINCT FROM " : "",
                         call != NULL ? call : "");
}

static void
put_function(const Sketch *self, GString *sql, const Node *node)
{
  g_autofree char *name = qualified(self, node), *result = type_sql(self, node->type);
  g_autofree char *argument = type_sql(self, node->other_type), *query = body_query(self, node);
  g_autofree char *usual = value_sql(self, node->other_type);
  guint body = node->variant & 3;
  g_string_append_printf(sql, "CREATE FUNCTION %s(\"a b\" %s%s%s%s) RETURNS %s LANGUAGE %s %s%s%s%s%s%s",
                         name, argument, BIT(node, 5) ? " DEFAULT " : "", BIT(node, 5) ? usual : "",
                         BIT(node, 5) && BIT(node, 10) ? ", extra integer DEFAULT 0" : "", result,
                         body == 2 ? "plpgsql" : "sql",
                         node_is_immutable(node) ? "IMMUTABLE" : BIT(node, 2) ? "STABLE" : "VOLATILE",
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

/* --- tables -------------------------------------------------------------------------------- */

static guint
partitioning(const Node *table)
{
  return table->variant % 8 >= 5 ? table->variant % 8 - 4 : 0;
}

static void
put_column(const Sketch *self, GString *sql, const Node *node)
{
  g_autofree char *name = quoted(node->name), *type = type_sql(self, node->type);
  g_string_append_printf(sql, ",\n  %s %s", name, type);
  if (node->type.kind == TYPE_TEXT && BIT(node, 6))
    g_string_append(sql, " COLLATE \"C\"");
  if (is_generated(node)) {
    g_string_append_printf(sql, " GENERATED ALWAYS AS (id * %u) STORED", 2 + BIT(node, 4));
    return;
  }
  if (BIT(node, 0) || BIT(node, 1))
    g_string_append_printf(sql, " DEFAULT %s", plain_value(self, node->type));
  if (BIT(node, 0))
    g_string_append(sql, " NOT NULL");
}

static void
put_columns(const Sketch *self, GString *sql, const Node *table)
{
  for (guint i = 0; i < self->nodes->len; i++) {
    const Node *node = self->nodes->pdata[i];
    if (node->of != table->id)
      continue;
    if (node->kind == NODE_COLUMN)
      put_column(self, sql, node);
    else if (node->kind == NODE_FOREIGN_KEY)
      g_string_append_printf(sql, ",\n  \"ref %u\" integer", node->id);
  }
}

/* A permanent table's reference must not lead to one that is not. */
static gboolean
has_references(const Sketch *self, const Node *table)
{
  for (guint i = 0; i < self->nodes->len; i++) {
    const Node *node = self->nodes->pdata[i];
    if (node->kind == NODE_FOREIGN_KEY && (node->of == table->id || node->to == table->id))
      return TRUE;
  }
  return FALSE;
}

static void
put_table(const Sketch *self, GString *sql, const Node *node)
{
  static const char *const ways[] = { "", " PARTITION BY RANGE (id)", " PARTITION BY LIST (id)",
                                      " PARTITION BY HASH (id)" };
  static const char *const keys[] = { "integer", "integer GENERATED BY DEFAULT AS IDENTITY", "serial",
                                      "integer GENERATED ALWAYS AS IDENTITY (START WITH 10)" };
  guint way = partitioning(node);
  g_autofree char *name = qualified(self, node);
  g_string_append_printf(sql, "CREATE %sTABLE %s (\n  id %s PRIMARY KEY",
                         way == 0 && BIT(node, 6) && !has_references(self, node) ? "UNLOGGED " : "", name,
                         way == 0 ? keys[(node->variant >> 3) & 3] : keys[0]);
  put_columns(self, sql, node);
  g_string_append_printf(sql, "\n)%s%s;\n", ways[way],
                         way == 0 && BIT(node, 7) ? " WITH (fillfactor=70)" : "");
  if (BIT(node, 5))
    g_string_append_printf(sql, "ALTER TABLE %s ENABLE ROW LEVEL SECURITY;\n", name);
  if (BIT(node, 8))
    g_string_append_printf(sql, "ALTER TABLE %s REPLICA IDENTITY FULL;\n", name);
}

static void
put_partition(const Sketch *self, GString *sql, const Node *node)
{
  const Node *table = sketch_node(self, node->of);
  g_autofree char *name = qualified(self, node), *parent = qualified(self, table);
  guint n = node->variant % 4;
  g_string_append_printf(sql, "CREATE TABLE %s PARTITION OF %s FOR VALUES ", name, parent);
  if (partitioning(table) == 1)
    g_string_append_printf(sql, "FROM (%u) TO (%u);\n", n * 10, n * 10 + 10);
  else if (partitioning(table) == 2)
    g_string_append_printf(sql, "IN (%u, %u);\n", n * 10 + 1, n * 10 + 2);
  else
    g_string_append_printf(sql, "WITH (MODULUS 4, REMAINDER %u);\n", n);
}

static void
put_later_column(const Sketch *self, GString *sql, const Node *node)
{
  g_autofree char *table = qualified(self, sketch_node(self, node->of)), *name = quoted(node->name);
  const Node *function = sketch_node(self, node->function), *sequence = sketch_node(self, node->to);
  if (BIT(node, 7))
    g_string_append_printf(sql, "ALTER TABLE %s ALTER COLUMN %s SET STATISTICS 50;\n", table, name);
  if (BIT(node, 8) && node->type.kind == TYPE_TEXT)
    g_string_append_printf(sql, "ALTER TABLE %s ALTER COLUMN %s SET STORAGE EXTERNAL;\n", table, name);
  if (is_generated(node) || BIT(node, 0))
    return;
  if (function != NULL && type_equal(function->type, node->type)) {
    g_autofree char *call = call_sql(self, function, NULL);
    g_string_append_printf(sql, "ALTER TABLE %s ALTER COLUMN %s SET DEFAULT %s;\n", table, name, call);
  } else if (sequence != NULL && sequence->kind == NODE_SEQUENCE && is_number(node->type)) {
    g_autofree char *path = qualified(self, sequence), *literal = dmig_sql_string(path);
    g_string_append_printf(sql, "ALTER TABLE %s ALTER COLUMN %s SET DEFAULT nextval(%s);\n", table,
                           name, literal);
  }
}

static void
put_check(const Sketch *self, GString *sql, const Node *node)
{
  g_autofree char *table = qualified(self, sketch_node(self, node->of)), *name = quoted(node->name);
  const Node *function = sketch_node(self, node->function), *on = sketch_node(self, node->to);
  g_autofree char *column = quoted(on->name);
  g_autofree char *call = function != NULL ? call_sql(self, function, on) : NULL;
  g_string_append_printf(sql, "ALTER TABLE %s ADD CONSTRAINT %s CHECK (%s IS NULL OR %s%s%s::text <> 'zz')%s;\n",
                         table, name, column, call != NULL ? call : "", call != NULL ? " IS NULL OR " : "",
                         column, BIT(node, 0) ? " NOT VALID" : "");
}

static void
put_foreign_key(const Sketch *self, GString *sql, const Node *node)
{
  static const char *const actions[] = { "", " ON DELETE CASCADE", " ON DELETE SET NULL",
                                         " ON UPDATE CASCADE DEFERRABLE INITIALLY DEFERRED" };
  g_autofree char *table = qualified(self, sketch_node(self, node->of)), *name = quoted(node->name);
  g_autofree char *other = qualified(self, sketch_node(self, node->to));
  g_string_append_printf(sql, "ALTER TABLE %s ADD CONSTRAINT %s FOREIGN KEY (\"ref %u\") REFERENCES %s "
                              "(id)%s;\n",
                         table, name, node->id, other, actions[node->variant & 3]);
}

static void
put_index(const Sketch *self, GString *sql, const Node *node)
{
  const Node *of = sketch_node(self, node->of), *on = sketch_node(self, node->to);
  const Node *function = sketch_node(self, node->function);
  g_autofree char *table = qualified(self, of), *name = quoted(node->name), *column = quoted(on->name);
  g_autofree char *call = function != NULL && type_equal(on->type, function->other_type)
                              ? call_sql(self, function, on)
                              : NULL;
  g_string_append_printf(sql, "CREATE INDEX %s ON %s (%s%s%s)%s%s;\n", name, table,
                         call != NULL ? call : column, BIT(node, 0) ? " DESC" : "",
                         BIT(node, 1) ? " NULLS LAST" : "", BIT(node, 2) ? " WITH (fillfactor=60)" : "",
                         BIT(node, 3) && of->kind == NODE_TABLE ? " WHERE id > 5" : "");
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

/* --- views --------------------------------------------------------------------------------- */

static void
put_view(const Sketch *self, GString *sql, const Node *node)
{
  const Node *function = sketch_node(self, node->function), *first = NULL;
  gboolean kept = node->kind == NODE_MATERIALIZED_VIEW;
  g_autofree char *name = qualified(self, node), *from = qualified(self, sketch_node(self, node->of));
  g_string_append_printf(sql, "CREATE %sVIEW %s%s AS SELECT%s", kept ? "MATERIALIZED " : "", name,
                         !kept && BIT(node, 0) ? " WITH (security_barrier=true)" : "",
                         BIT(node, 1) ? " DISTINCT" : "");
  for (guint i = 0; i < MAX_COLUMNS && node->columns[i] != 0; i++) {
    const Node *column = sketch_node(self, node->columns[i]);
    g_autofree char *shown = quoted(column->name);
    g_string_append_printf(sql, "%s s.%s", i > 0 ? "," : "", shown);
    first = first == NULL ? column : first;
  }
  if (function != NULL) {
    g_autofree char *call = call_sql(self, function, first);
    g_string_append_printf(sql, ", %s AS \"called %u\"", call, node->id);
  }
  g_string_append_printf(sql, " FROM %s AS s", from);
  if (BIT(node, 2)) {
    g_autofree char *tested = quoted(first->name);
    g_string_append_printf(sql, " WHERE s.%s IS NOT NULL", tested);
  }
  g_string_append_printf(sql, "%s;\n", kept && BIT(node, 3) && !is_read(self, node) ? " WITH NO DATA" : "");
}

/* --- what hangs on tables ------------------------------------------------------------------ */

static void
put_trigger(const Sketch *self, GString *sql, const Node *node)
{
  const Node *of = sketch_node(self, node->of), *on = sketch_node(self, node->to);
  g_autofree char *table = qualified(self, of), *name = quoted(node->name);
  g_autofree char *function = qualified(self, sketch_node(self, node->function));
  gboolean columns = on != NULL && BIT(node, 0) && !is_generated(on);
  g_autofree char *column = on != NULL ? quoted(on->name) : NULL;
  gboolean row = BIT(node, 2);
  g_string_append_printf(sql, "CREATE TRIGGER %s %s %s%s%s ON %s FOR EACH %s", name,
                         BIT(node, 1) ? "BEFORE" : "AFTER",
                         BIT(node, 3) && !(row && columns) ? "INSERT OR UPDATE" : "UPDATE",
                         columns ? " OF " : "", columns ? column : "", table,
                         row ? "ROW" : "STATEMENT");
  if (row && columns)
    g_string_append_printf(sql, " WHEN (OLD.%s IS DISTINCT FROM NEW.%s)", column, column);
  g_string_append_printf(sql, " EXECUTE FUNCTION %s();\n", function);
  if (BIT(node, 4) && partitioning(of) == 0)
    g_string_append_printf(sql, "ALTER TABLE %s DISABLE TRIGGER %s;\n", table, name);
}

static void
put_policy(const Sketch *self, GString *sql, const Node *node)
{
  static const char *const commands[] = { "ALL", "SELECT", "UPDATE", "DELETE" };
  const Node *function = sketch_node(self, node->function), *on = sketch_node(self, node->to);
  g_autofree char *table = qualified(self, sketch_node(self, node->of)), *name = quoted(node->name);
  g_autofree char *call = function != NULL ? call_sql(self, function, on) : NULL;
  g_autofree char *column = quoted(on != NULL ? on->name : "id");
  g_string_append_printf(sql, "CREATE POLICY %s ON %s%s FOR %s TO %s USING (%s IS NOT NULL%s%s%s);\n",
                         name, table, BIT(node, 4) ? " AS RESTRICTIVE" : "",
                         commands[node->variant & 3], BIT(node, 2) ? "\"dmig reader\"" : "PUBLIC", column,
                         call != NULL ? " OR " : "", call != NULL ? call : "",
                         call != NULL ? " IS NULL" : "");
}

/* How COMMENT ON and GRANT call it. Owned. */
static char *
what_sql(const Sketch *self, const Node *node)
{
  static const char *const words[] = {
    [NODE_SCHEMA] = "SCHEMA",     [NODE_ENUM] = "TYPE",         [NODE_DOMAIN] = "DOMAIN",
    [NODE_SEQUENCE] = "SEQUENCE", [NODE_FUNCTION] = "FUNCTION", [NODE_TRIGGER_FUNCTION] = "FUNCTION",
    [NODE_TABLE] = "TABLE",       [NODE_COLUMN] = "COLUMN",     [NODE_PARTITION] = "TABLE",
    [NODE_CHECK] = "CONSTRAINT",  [NODE_INDEX] = "INDEX",       [NODE_FOREIGN_KEY] = "CONSTRAINT",
    [NODE_VIEW] = "VIEW",         [NODE_MATERIALIZED_VIEW] = "MATERIALIZED VIEW",
    [NODE_TRIGGER] = "TRIGGER",   [NODE_POLICY] = "POLICY",     [N_NODES] = NULL,
  };
  const char *word = words[node->kind];
  g_autofree char *name = quoted(node->name);
  if (node->kind == NODE_SCHEMA)
    return g_strdup_printf("%s %s", word, name);
  if (node->kind == NODE_INDEX) {
    g_autofree char *schema
        = sketch_node(self, node->of)->schema != 0
              ? quoted(sketch_node(self, sketch_node(self, node->of)->schema)->name)
              : g_strdup("public");
    return g_strdup_printf("%s %s.%s", word, schema, name);
  }
  if (node_has_schema(node->kind) || node->kind == NODE_PARTITION) {
    g_autofree char *path = qualified(self, node);
    return g_strdup_printf("%s %s", word, path);
  }
  g_autofree char *table = qualified(self, sketch_node(self, node->of));
  return node->kind == NODE_COLUMN ? g_strdup_printf("%s %s.%s", word, table, name)
                                   : g_strdup_printf("%s %s ON %s", word, name, table);
}

static void
put_grant(const Sketch *self, GString *sql, const Node *node)
{
  const Node *of = sketch_node(self, node->of), *column = sketch_node(self, node->to);
  const char *role = BIT(node, 0) ? "\"dmig reader\"" : "\"dmig b'ob\"", *rights = "USAGE";
  g_autofree char *what = node_is_relation(of) ? qualified(self, of) : what_sql(self, of);
  g_autofree char *on = column != NULL ? quoted(column->name) : NULL;
  if (node_is_relation(of))
    rights = BIT(node, 1) ? "SELECT" : "SELECT, INSERT";
  else if (of->kind == NODE_FUNCTION || of->kind == NODE_TRIGGER_FUNCTION)
    rights = "EXECUTE";
  if (column != NULL && node_is_relation(of))
    g_string_append_printf(sql, "GRANT SELECT (%s) ON %s TO %s;\n", on, what, role);
  else
    g_string_append_printf(sql, "GRANT %s ON %s TO %s%s;\n", rights, what, role,
                           BIT(node, 2) ? " WITH GRANT OPTION" : "");
  if (g_str_equal(rights, "EXECUTE") && BIT(node, 3))
    g_string_append_printf(sql, "REVOKE EXECUTE ON %s FROM PUBLIC;\n", what);
}

static void
put_comment(const Sketch *self, GString *sql, const Node *node)
{
  g_autofree char *what = what_sql(self, sketch_node(self, node->of));
  g_string_append_printf(sql, "COMMENT ON %s IS 'it''s %u\n-- new line /* %u';\n", what,
                         node->variant % 8, node->id);
}

/* --- the script ---------------------------------------------------------------------------- */

typedef void (*Put)(const Sketch *self, GString *sql, const Node *node);

static void
put_schema(const Sketch *self, GString *sql, const Node *node)
{
  g_autofree char *name = quoted(node->name);
  g_string_append_printf(sql, "CREATE SCHEMA %s;\n", name);
}

static void
put_routine_or_view(const Sketch *self, GString *sql, const Node *node)
{
  if (node->kind == NODE_FUNCTION)
    put_function(self, sql, node);
  else
    put_view(self, sql, node);
}

char *
sketch_sql(const Sketch *self)
{
  static const struct {
    NodeKind first, second, third;
    Put put;
  } rounds[] = {
    { NODE_SCHEMA, N_NODES, N_NODES, put_schema },
    { NODE_ENUM, N_NODES, N_NODES, put_enum },
    { NODE_DOMAIN, N_NODES, N_NODES, put_domain },
    { NODE_SEQUENCE, N_NODES, N_NODES, put_sequence },
    { NODE_TRIGGER_FUNCTION, N_NODES, N_NODES, put_trigger_function },
    { NODE_TABLE, N_NODES, N_NODES, put_table },
    { NODE_PARTITION, N_NODES, N_NODES, put_partition },
    { NODE_FUNCTION, NODE_VIEW, NODE_MATERIALIZED_VIEW, put_routine_or_view },
    { NODE_COLUMN, N_NODES, N_NODES, put_later_column },
    { NODE_CHECK, N_NODES, N_NODES, put_check },
    { NODE_FOREIGN_KEY, N_NODES, N_NODES, put_foreign_key },
    { NODE_INDEX, N_NODES, N_NODES, put_index },
    { NODE_TRIGGER, N_NODES, N_NODES, put_trigger },
    { NODE_POLICY, N_NODES, N_NODES, put_policy },
    { NODE_GRANT, N_NODES, N_NODES, put_grant },
    { NODE_COMMENT, N_NODES, N_NODES, put_comment },
  };
  GString *sql = g_string_new(NULL);
  for (guint i = 0; i < G_N_ELEMENTS(rounds); i++)
    for (guint k = 0; k < self->nodes->len; k++) {
      const Node *node = self->nodes->pdata[k];
      if (node->kind == rounds[i].first || node->kind == rounds[i].second
          || node->kind == rounds[i].third)
        rounds[i].put(self, sql, node);
    }
  return g_string_free(sql, FALSE);
}

/* --- rows ---------------------------------------------------------------------------------- */

/* The number of its partition that takes the rows with ids 1 and 2; 0: none does. Of a hash, where
 * nobody can tell, all have to be there; then the sum of their numbers. */
static guint
home_of_rows(const Sketch *self, const Node *table)
{
  guint found = 0, n = 0;
  if (partitioning(table) == 0)
    return table->id;
  for (guint i = 0; i < self->nodes->len; i++) {
    const Node *node = self->nodes->pdata[i];
    if (node->kind != NODE_PARTITION || node->of != table->id)
      continue;
    n++;
    if (partitioning(table) == 3 || node->variant % 4 == 0)
      found += node->id;
  }
  return partitioning(table) == 3 && n < 4 ? 0 : found;
}

char *
sketch_rows_sql(const Sketch *self)
{
  GString *sql = g_string_new(NULL);
  for (guint i = 0; i < self->nodes->len; i++) {
    const Node *table = self->nodes->pdata[i];
    if (table->kind != NODE_TABLE || home_of_rows(self, table) == 0)
      continue;
    g_autoptr(GString) columns = g_string_new("id"), values = g_string_new(NULL);
    for (guint k = 0; k < self->nodes->len; k++) {
      const Node *column = self->nodes->pdata[k];
      if (column->kind != NODE_COLUMN || column->of != table->id || is_generated(column))
        continue;
      g_autofree char *name = quoted(column->name);
      g_string_append_printf(columns, ", %s", name);
      g_string_append_printf(values, ", %s", plain_value(self, column->type));
    }
    g_autofree char *name = qualified(self, table);
    g_string_append_printf(sql, "INSERT INTO %s (%s) OVERRIDING SYSTEM VALUE VALUES (1%s), (2%s);\n", name,
                           columns->str, values->str, values->str);
  }
  return g_string_free(sql, FALSE);
}

static gboolean
same_table(const Sketch *self, const Node *table, const Sketch *other)
{
  const Node *there = sketch_node(other, table->id);
  return there != NULL && there->schema == table->schema
         && partitioning(there) == partitioning(table) && home_of_rows(self, table) != 0
         && home_of_rows(self, table) == home_of_rows(other, there);
}

char *
sketch_survivors_sql(const Sketch *self, const Sketch *other)
{
  GString *sql = g_string_new("SELECT 0, '', ''");
  for (guint i = 0; i < self->nodes->len; i++) {
    const Node *table = self->nodes->pdata[i];
    if (table->kind != NODE_TABLE || !same_table(self, table, other))
      continue;
    g_autoptr(GString) columns = g_string_new("t.id");
    for (guint k = 0; k < self->nodes->len; k++) {
      const Node *column = self->nodes->pdata[k], *there = sketch_node(other, column->id);
      if (column->kind != NODE_COLUMN || column->of != table->id || there == NULL
          || !type_equal(column->type, there->type) || is_generated(column) || is_generated(there))
        continue;
      g_autofree char *name = quoted(column->name);
      g_string_append_printf(columns, ", t.%s", name);
    }
    g_autofree char *name = qualified(self, table), *shown = dmig_sql_string(name);
    g_string_append_printf(sql,
                           "\nUNION ALL SELECT count(*), %s, string_agg(ROW(%s)::text, ' ' ORDER BY "
                           "t.id) FROM %s AS t",
                           shown, columns->str, name);
  }
  g_string_append(sql, "\nORDER BY 2");
  return g_string_free(sql, FALSE);
}
