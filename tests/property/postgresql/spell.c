#include "spell.h"

#include "core/db/postgres/postgres.h"
#include "core/sql/path.h"
#include "core/sql/text.h"
#include "kinds.h"

char *
quoted(const char *name)
{
  return dmig_sql_identifier(&dmig_postgres_dialect, name);
}

char *
qualified(const Sketch *self, const Node *node)
{
  const Node *home = node->kind == NODE_PARTITION ? root_table(self, node) : node;
  const Node *schema = sketch_node(self, home->schema);
  if (node->kind == NODE_OPERATOR) {
    g_autofree char *zone = quoted(schema != NULL ? schema->name : "public");
    return g_strdup_printf("%s.%s", zone, node->name);
  }
  g_autofree char *path = dmig_path_new(schema != NULL ? schema->name : NULL, node->name);
  return quoted(path);
}

void
put_names(const Sketch *self, GString *sql, const Node *node, const char *row)
{
  for (guint i = 0; i < MAX_COLUMNS && node->columns[i] != 0; i++) {
    g_autofree char *name = quoted(sketch_node(self, node->columns[i])->name);
    g_string_append_printf(sql, "%s%s%s%s", i > 0 ? ", " : "", row, *row != '\0' ? "." : "", name);
  }
}

/* --- types --------------------------------------------------------------------------------- */

char *
type_sql(const Sketch *self, Type type)
{
  static const char *const names[] = { "integer", "bigint", "numeric(12,2)", "text",
                                       "varchar(50)", "date", "text[]" };
  if (type.kind < TYPE_NODE)
    return g_strdup(names[type.kind]);
  g_autofree char *name = qualified(self, sketch_node(self, type.node));
  return g_strconcat(name, type.kind == TYPE_NODE_ARRAY ? "[]" : "", NULL);
}

static char *
row_value(const Sketch *self, const Node *composite)
{
  GString *text = g_string_new("ROW(");
  for (guint i = 0; i < self->nodes->len; i++) {
    const Node *node = self->nodes->pdata[i];
    if (node->kind != NODE_ATTRIBUTE || node->of != composite->id)
      continue;
    g_autofree char *value = value_sql(self, node->type);
    g_string_append_printf(text, "%s%s", text->len > 4 ? ", " : "", value);
  }
  g_string_append_c(text, ')');
  return g_string_free(text, FALSE);
}

static char *
plain_value(const Sketch *self, Type type)
{
  static const char *const values[] = { "1", "1", "1", "'x'", "'x'", "'2024-02-29'", "'{a,b}'" };
  if (type.kind < TYPE_NODE)
    return g_strdup(values[type.kind]);
  const Node *node = sketch_node(self, type.node);
  if (type.kind == TYPE_NODE_ARRAY)
    return g_strdup("'{}'");
  if (node->kind == NODE_COMPOSITE)
    return row_value(self, node);
  if (node->kind == NODE_DOMAIN)
    return plain_value(self, node->type);
  return g_strdup(node->kind == NODE_ENUM ? "'l0'" : "'empty'");
}

char *
value_sql(const Sketch *self, Type type)
{
  g_autofree char *name = type_sql(self, type), *value = plain_value(self, type);
  return g_strdup_printf("%s::%s", value, name);
}

gboolean
is_immutable(const Node *function)
{
  return (function->variant & 3) == 0 && function->function == 0 && function->of == 0;
}

static char *
argument_sql(const Sketch *self, Type wanted, const Node *column, const char *row)
{
  if (column == NULL || !type_equal(column->type, wanted))
    return value_sql(self, wanted);
  g_autofree char *name = quoted(column->name);
  return g_strconcat(row, *row != '\0' ? "." : "", name, NULL);
}

char *
call_sql(const Sketch *self, const Node *function, const Node *column, const char *row)
{
  g_autofree char *name = qualified(self, function);
  Type wanted = function->kind == NODE_AGGREGATE ? function->type : function->other_type;
  g_autofree char *argument = argument_sql(self, wanted, column, row);
  if (function->kind != NODE_OPERATOR)
    return g_strdup_printf("%s(%s)", name, argument);
  return is_binary(self, function) ? g_strdup_printf("(%s OPERATOR(%s) 3)", argument, name)
                                   : g_strdup_printf("(OPERATOR(%s) %s)", name, argument);
}

char *
called_sql(const Sketch *self, const Node *node, const char *word)
{
  const Kind *kind = kind_of(node);
  const Node *of = sketch_node(self, node->of);
  g_autofree char *name = quoted(node->name);
  g_autofree char *path = kind->called == CALLED_PATH ? qualified(self, node) : NULL;
  g_autofree char *table = of != NULL ? qualified(self, of) : NULL;
  g_autofree char *arguments = kind->arguments != NULL ? kind->arguments(self, node) : g_strdup("");
  switch (kind->called) {
  case CALLED_NAME:
    return g_strdup_printf("%s %s", word, name);
  case CALLED_PATH:
    return g_strdup_printf("%s %s%s", word, path, arguments);
  case CALLED_BESIDE: {
    const Node *schema = sketch_node(self, (of->kind == NODE_PARTITION ? root_table(self, of) : of)->schema);
    g_autofree char *place = quoted(schema != NULL ? schema->name : "public");
    return g_strdup_printf("%s %s.%s", word, place, name);
  }
  case CALLED_PART:
    return g_strdup_printf("%s %s.%s", word, table, name);
  case CALLED_ON:
    return g_strdup_printf("%s %s ON %s", word, name, table);
  case CALLED_ARGUMENTS:
    return g_strdup_printf("%s %s", word, arguments);
  case CALLED_NOT:
    break;
  }
  return NULL;
}

char *
sketch_sql(const Sketch *self)
{
  GString *sql = g_string_new(NULL);
  for (Stage stage = STAGE_SCHEMAS; stage < N_STAGES; stage++)
    for (guint i = 0; i < self->nodes->len; i++) {
      const Node *node = self->nodes->pdata[i];
      if (kind_of(node)->put != NULL && kind_of(node)->stage == stage)
        kind_of(node)->put(self, sql, node);
    }
  return g_string_free(sql, FALSE);
}
