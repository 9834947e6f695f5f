/* Two rows in each table, and what has become of them. */
#include "core/sql/text.h"
#include "spell.h"

/* What tells where the rows with ids 1 and 2 are: the sum of the numbers of the partitions that take
 * them, the way down. 0: none does. Of a hash, where nobody can tell which takes them, all have to. */
static guint
home_of_rows(const Sketch *self, const Node *table)
{
  guint found = 0, n = 0;
  if (partitioning(table) == 0)
    return table->id;
  for (guint i = 0; i < self->nodes->len; i++) {
    const Node *node = self->nodes->pdata[i];
    if (node->kind != NODE_PARTITION || node->of != table->id
        || (partitioning(table) != 3 && node->variant % 4 != 0))
      continue;
    guint home = home_of_rows(self, node);
    n += home != 0;
    found += home;
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
    g_autoptr(GString) names = g_string_new("id"), values = g_string_new(NULL);
    g_autoptr(GPtrArray) columns = relation_columns(self, table);
    for (guint k = 0; k < columns->len; k++) {
      const Node *column = columns->pdata[k];
      if (is_generated(column))
        continue;
      g_autofree char *name = quoted(column->name), *value = value_sql(self, column->type);
      g_string_append_printf(names, ", %s", name);
      g_string_append_printf(values, ", %s", value);
    }
    g_autofree char *name = qualified(self, table);
    g_string_append_printf(sql, "INSERT INTO %s (%s) OVERRIDING SYSTEM VALUE VALUES (1%s), (2%s);\n", name,
                           names->str, values->str, values->str);
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

static gboolean
same_column(const Sketch *self, const Node *column, const Sketch *other)
{
  const Node *there = sketch_node(other, column->id);
  return there != NULL && type_survives(self, column->type, other, there->type) && !is_generated(column)
         && !is_generated(there);
}

char *
sketch_survivors_sql(const Sketch *self, const Sketch *other)
{
  GString *sql = g_string_new("SELECT 0, '', ''");
  for (guint i = 0; i < self->nodes->len; i++) {
    const Node *table = self->nodes->pdata[i];
    if (table->kind != NODE_TABLE || !same_table(self, table, other))
      continue;
    g_autoptr(GString) names = g_string_new("t.id");
    g_autoptr(GPtrArray) columns = relation_columns(self, table);
    for (guint k = 0; k < columns->len; k++) {
      const Node *column = columns->pdata[k];
      if (!same_column(self, column, other))
        continue;
      g_autofree char *name = quoted(column->name);
      g_string_append_printf(names, ", t.%s", name);
    }
    g_autofree char *name = qualified(self, table), *shown = dmig_sql_string(name);
    g_string_append_printf(sql,
                           "\nUNION ALL SELECT count(*), %s, string_agg(ROW(%s)::text, ' ' ORDER BY "
                           "t.id) FROM %s%s AS t",
                           shown, names->str, partitioning(table) == 0 ? "ONLY " : "", name);
  }
  g_string_append(sql, "\nORDER BY 2");
  return g_string_free(sql, FALSE);
}
