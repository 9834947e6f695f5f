#include "lite.h"

#include <string.h>

/* --- names --------------------------------------------------------------------------------- */

static gboolean
may_stand_bare(const char *name)
{
  static const char *const words[] = { "order", "group", "select", "table", "index", "values", "from", NULL };
  if (g_strv_contains(words, name) || !(g_ascii_isalpha(*name) || (*name & 0x80) != 0))
    return FALSE;
  for (const char *p = name; *p != '\0'; p++)
    if (!g_ascii_isalnum(*p) && *p != '_' && (*p & 0x80) == 0)
      return FALSE;
  return TRUE;
}

static void
put_quoted(GString *sql, const char *name, char quote)
{
  g_string_append_c(sql, quote);
  for (const char *p = name; *p != '\0'; p++) {
    if (*p == quote)
      g_string_append_c(sql, quote);
    g_string_append_c(sql, *p);
  }
  g_string_append_c(sql, quote);
}

void
lite_put_name(GString *sql, const char *name, guint style)
{
  g_autofree char *upper = g_ascii_strup(name, -1);
  if (style == 3 && strchr(name, ']') == NULL)
    g_string_append_printf(sql, "[%s]", name);
  else if (style == 4)
    put_quoted(sql, name, '`');
  else if (style == 2 || !may_stand_bare(name))
    put_quoted(sql, name, '"');
  else
    g_string_append(sql, style == 5 ? upper : name);
}

void
lite_put_column(const Lite *self, GString *sql, const LitePart *relation, guint column, guint style)
{
  g_autofree char *name = lite_column_name(self, relation, column);
  lite_put_name(sql, name, style);
}

/* What makes a constraint of this part's, under a name or not. */
static void
put_constraint_name(GString *sql, const LitePart *part, gboolean named)
{
  if (!named)
    return;
  g_string_append(sql, "CONSTRAINT ");
  lite_put_name(sql, part->name, LITE_BITS(part, 24, 7));
  g_string_append_c(sql, ' ');
}

static void
put_conflict(GString *sql, guint which)
{
  static const char *const clauses[]
      = { "", "", "", "", " ON CONFLICT IGNORE", " ON CONFLICT REPLACE", " ON CONFLICT FAIL",
          " on conflict ROLLBACK" };
  g_string_append(sql, clauses[which & 7]);
}

/* --- columns ------------------------------------------------------------------------------- */

typedef enum { CLASS_INTEGER, CLASS_REAL, CLASS_TEXT, CLASS_BLOB, CLASS_ANY } Class;

static const struct {
  const char *name, *strict;
  Class class;
} types[] = {
  { "INTEGER", "INTEGER", CLASS_INTEGER }, { "INT", "INT", CLASS_INTEGER },
  { "TEXT", "TEXT", CLASS_TEXT },          { "VARCHAR(20)", "TEXT", CLASS_TEXT },
  { "REAL", "REAL", CLASS_REAL },          { "BLOB", "BLOB", CLASS_BLOB },
  { "NUMERIC", "ANY", CLASS_ANY },         { "", "ANY", CLASS_ANY },
  { "DATETIME", "text", CLASS_TEXT },      { "unsigned big int", "INT", CLASS_INTEGER },
  { "DOUBLE PRECISION", "REAL", CLASS_REAL }, { "DECIMAL(10, 2)", "ANY", CLASS_ANY },
  { "\"odd type\"", "ANY", CLASS_ANY },    { "nvarchar ( 3 , -1 )", "TEXT", CLASS_TEXT },
  { "boolean", "INTEGER", CLASS_INTEGER }, { "[char]", "TEXT", CLASS_TEXT },
};

static Class
class_of(const LitePart *column)
{
  return types[column->type % G_N_ELEMENTS(types)].class;
}

/* NULL: none. In strict tables it has to be of the column's type. */
static const char *
default_of(const LitePart *column, gboolean strict)
{
  static const char *const numbers[] = { "7", "-1", "+2", "0x1F" };
  static const char *const any[] = { "NULL", "CURRENT_TIMESTAMP", "TRUE", "(abs(-3) + 1)",
                                     "'a''b, \"c\" --'", "\"double\"", "x'00ff'", "2.5e3" };
  guint kind = LITE_BITS(column, 3, 7), which = LITE_BITS(column, 17, 3);
  gboolean wanted = LITE_BIT(column, 0) && LITE_BITS(column, 19, 7) != 0;
  if (kind < 4 && !wanted)
    return NULL;
  if (!strict && kind > 5 && !(wanted && which == 0))
    return any[which + 4 * (kind & 1)];
  switch (class_of(column)) {
  case CLASS_INTEGER:
  case CLASS_REAL:
    return kind == 5 ? "(1 + 2)" : numbers[which];
  case CLASS_BLOB:
    return strict ? "x'01'" : numbers[which];
  case CLASS_TEXT:
    return kind == 5 ? "(lower('X'))" : which == 0 ? "''" : which == 1 ? "\"dq\"" : "'it''s'";
  case CLASS_ANY:
    break;
  }
  return numbers[which];
}

static void
put_inline_key(const Lite *self, GString *sql, const LitePart *column, const LitePart *table)
{
  if (!lite_is_unique(self, table, column->id))
    return;
  g_string_append(sql, " UNIQUE");
  put_conflict(sql, LITE_BITS(column, 21, 7));
}

static void
put_inline_check(GString *sql, const LitePart *column)
{
  if (!LITE_BIT(column, 8))
    return;
  g_string_append(sql, " ");
  put_constraint_name(sql, column, LITE_BIT(column, 9));
  g_string_append(sql, "CHECK (");
  lite_put_name(sql, column->name, LITE_BITS(column, 25, 7));
  g_string_append(sql, LITE_BIT(column, 16) ? " IS NOT 'a), b'" : " <> 'zz'");
  g_string_append(sql, ")");
}

static void
put_generated(GString *sql, const LitePart *column)
{
  static const char *const of_text[] = { "id || 'x'", "'(' || id", "printf('%s,', id)", "\"id\" || ''" };
  static const char *const of_number[] = { "id * 2", "id + 1", "CASE WHEN id > 1 THEN 1 ELSE 0 END", "-id" };
  const char *const *expressions = class_of(column) == CLASS_TEXT ? of_text : of_number;
  gboolean blob = class_of(column) == CLASS_BLOB;
  g_string_append_printf(sql, " %sAS (%s)%s", LITE_BIT(column, 13) ? "GENERATED ALWAYS " : "",
                         blob ? "CAST(id AS BLOB)" : expressions[LITE_BITS(column, 17, 3)],
                         LITE_BIT(column, 12) ? " STORED" : LITE_BIT(column, 19) ? " VIRTUAL" : "");
}

static void
put_collation(GString *sql, const LitePart *column)
{
  if (class_of(column) == CLASS_TEXT && LITE_BIT(column, 6))
    g_string_append(sql, LITE_BIT(column, 7) ? " COLLATE NOCASE" : " collate \"rtrim\"");
}

static void
put_type(GString *sql, const LitePart *column, gboolean strict)
{
  const char *type = strict ? types[column->type % G_N_ELEMENTS(types)].strict
                            : types[column->type % G_N_ELEMENTS(types)].name;
  g_string_append_printf(sql, "%s%s", *type != '\0' ? " " : "", type);
}

static void
put_table_column(const Lite *self, GString *sql, const LitePart *column, const LitePart *table)
{
  gboolean strict = lite_strict(table);
  lite_put_name(sql, column->name, LITE_BITS(column, 24, 7));
  put_type(sql, column, strict);
  if (LITE_BIT(column, 1) && LITE_BIT(column, 2) && !strict && !lite_generated(self, column))
    g_string_append(sql, " /* it's \"odd\" */");
  put_collation(sql, column);
  if (lite_generated(self, column)) {
    put_generated(sql, column);
  } else {
    const char *value = default_of(column, strict);
    if (LITE_BIT(column, 0)) {
      g_string_append(sql, " NOT NULL");
      put_conflict(sql, LITE_BITS(column, 21, 7) == 5 && value == NULL ? 0 : LITE_BITS(column, 21, 7));
    }
    if (value != NULL)
      g_string_append_printf(sql, " DEFAULT %s", value);
  }
  put_inline_key(self, sql, column, table);
  put_inline_check(sql, column);
}

/* The column "id". */
static void
put_id(GString *sql, const LitePart *table)
{
  static const char *const texts[] = {
    "id INTEGER PRIMARY KEY", "id INTEGER PRIMARY KEY AUTOINCREMENT", "id INTEGER",
    "id INTEGER PRIMARY KEY DESC", "id TEXT PRIMARY KEY", "id INTEGER NOT NULL PRIMARY KEY",
    "id INTEGER", "id INT PRIMARY KEY",
  };
  LiteKeyStyle style = lite_key_style(table);
  g_string_append(sql, texts[style]);
  if (style != LITE_KEY_NONE && style != LITE_KEY_OF_TWO && style != LITE_KEY_AUTOINCREMENT)
    put_conflict(sql, LITE_BITS(table, 8, 7));
}

/* --- what stands below the columns ------------------------------------------------------------ */

static void
put_key_columns(const Lite *self, GString *sql, const LitePart *key, const LitePart *table)
{
  g_string_append(sql, "(");
  for (guint i = 0; i < LITE_COLUMNS && key->columns[i] != 0; i++) {
    g_string_append(sql, i > 0 ? ", " : "");
    lite_put_column(self, sql, table, key->columns[i], LITE_BITS(key, 20 + i, 7));
    if (LITE_BIT(key, 6 + i) && LITE_BIT(key, 4))
      g_string_append(sql, " COLLATE nocase");
    if (LITE_BIT(key, 10 + i) && LITE_BIT(key, 5))
      g_string_append(sql, " DESC");
  }
  g_string_append(sql, ")");
}

static void
put_key_of_two(const Lite *self, GString *sql, const LitePart *table)
{
  if (LITE_BIT(table, 12)) {
    g_string_append(sql, "CONSTRAINT ");
    lite_put_name(sql, "the key", LITE_BITS(table, 24, 7));
    g_string_append_c(sql, ' ');
  }
  g_string_append_printf(sql, "PRIMARY KEY (id%s, ", LITE_BIT(table, 13) ? " DESC" : "");
  lite_put_column(self, sql, table, lite_first_column(self, table), LITE_BITS(table, 25, 7));
  g_string_append(sql, LITE_BIT(table, 14) ? " COLLATE NOCASE)" : ")");
  put_conflict(sql, LITE_BITS(table, 8, 7));
}

static void
put_check(const Lite *self, GString *sql, const LitePart *check, const LitePart *table)
{
  put_constraint_name(sql, check, LITE_BIT(check, 0));
  g_string_append(sql, "CHECK (");
  for (guint i = 0; i < LITE_COLUMNS && check->columns[i] != 0; i++) {
    g_string_append(sql, i > 0 ? (LITE_BIT(check, 1) ? " OR " : " AND ") : "");
    lite_put_column(self, sql, table, check->columns[i], LITE_BITS(check, 20 + i, 7));
    g_string_append(sql, LITE_BIT(check, 2 + i) ? " IS NOT 'it''s (' /* , */" : " <> -77");
  }
  g_string_append(sql, ")");
}

static void
put_reference(const Lite *self, GString *sql, const LitePart *key, const LitePart *table)
{
  static const char *const actions[] = { "", "", " ON DELETE CASCADE", " ON DELETE SET NULL",
                                         " ON UPDATE CASCADE ON DELETE RESTRICT", " ON DELETE SET DEFAULT",
                                         " ON UPDATE NO ACTION", " MATCH SIMPLE" };
  static const char *const deferrals[] = { "", "", " DEFERRABLE INITIALLY DEFERRED",
                                           " DEFERRABLE", " NOT DEFERRABLE", "",
                                           " DEFERRABLE INITIALLY IMMEDIATE", "" };
  const LitePart *to = lite_part(self, key->to);
  put_constraint_name(sql, key, LITE_BIT(key, 0));
  g_string_append(sql, "FOREIGN KEY (");
  lite_put_column(self, sql, table, key->columns[0], LITE_BITS(key, 20, 7));
  g_string_append(sql, ") REFERENCES ");
  if (to == NULL) {
    g_string_append(sql, LITE_BIT(key, 1) ? "\"not there\" (id)" : "elsewhere");
  } else {
    lite_put_name(sql, to->name, LITE_BITS(key, 21, 7));
    if (key->target != to->id || LITE_BIT(key, 1)) {
      g_string_append(sql, " (");
      lite_put_column(self, sql, to, key->target, LITE_BITS(key, 22, 7));
      g_string_append(sql, ")");
    }
  }
  g_string_append(sql, actions[LITE_BITS(key, 2, 7)]);
  g_string_append(sql, deferrals[LITE_BITS(key, 5, 7)]);
}

static void
put_constraint(const Lite *self, GString *sql, const LitePart *part, const LitePart *table)
{
  if (part->kind == LITE_CHECK)
    put_check(self, sql, part, table);
  else if (part->kind == LITE_REFERENCE)
    put_reference(self, sql, part, table);
  else {
    put_constraint_name(sql, part, LITE_BIT(part, 0));
    g_string_append(sql, "UNIQUE ");
    put_key_columns(self, sql, part, table);
    put_conflict(sql, LITE_BITS(part, 1, 7));
  }
}

static void
put_items(const Lite *self, GString *sql, const LitePart *table, gboolean columns)
{
  for (guint i = 0; i < self->parts->len; i++) {
    const LitePart *part = self->parts->pdata[i];
    gboolean constraint
        = part->kind == LITE_KEY || part->kind == LITE_CHECK || part->kind == LITE_REFERENCE;
    if (part->of != table->id || !(columns ? part->kind == LITE_COLUMN : constraint))
      continue;
    g_string_append(sql, LITE_BIT(table, 15) ? ", " : ",\n  ");
    if (columns)
      put_table_column(self, sql, part, table);
    else
      put_constraint(self, sql, part, table);
  }
}

void
lite_put_table(const Lite *self, GString *sql, const LitePart *table)
{
  g_string_append(sql, LITE_BIT(table, 16) ? "create table if not exists " : "CREATE TABLE ");
  lite_put_name(sql, table->name, LITE_BITS(table, 24, 7));
  g_string_append(sql, LITE_BIT(table, 17) && LITE_BIT(table, 18) ? " ( -- it's (\n  "
                       : LITE_BIT(table, 15)                      ? "("
                                                                  : " (\n  ");
  put_id(sql, table);
  put_items(self, sql, table, TRUE);
  if (lite_key_style(table) == LITE_KEY_OF_TWO) {
    g_string_append(sql, ",\n  ");
    put_key_of_two(self, sql, table);
  }
  put_items(self, sql, table, FALSE);
  g_string_append(sql, LITE_BIT(table, 17) && LITE_BIT(table, 19) ? " -- the end\n)" : "\n)");
  gboolean strict = lite_strict(table), without = lite_without_rowid(table);
  g_string_append_printf(sql, "%s%s%s;\n", strict ? " STRICT" : "", strict && without ? "," : "",
                         without ? " WITHOUT ROWID" : "");
}

/* --- rows ---------------------------------------------------------------------------------- */

/* What others refer to, and what refers to others, is the row's number; the last row may be odd. */
static char *
value_of(const Lite *self, const LitePart *column, gboolean strict, guint row)
{
  static const char *const odd[] = { "NULL", "'Odd ö '", "x'00ff'", "2", "'2'", "-1.5", "''", "1e300" };
  if (row == LITE_ROWS && !strict && LITE_BITS(column, 28, 3) == 0)
    return g_strdup(odd[LITE_BITS(column, 21, 7)]);
  if (class_of(column) == CLASS_BLOB && strict)
    return g_strdup_printf("x'3%u'", row);
  return g_strdup_printf(class_of(column) == CLASS_TEXT ? "'%u'" : "%u", row);
}

static char *
row_sql(const Lite *self, const LitePart *table, guint row)
{
  g_autoptr(GString) names = g_string_new("id"), values = g_string_new(NULL);
  g_string_append_printf(values, lite_key_style(table) == LITE_KEY_TEXT ? "'%u'" : "%u", row);
  for (guint i = 0; i < self->parts->len; i++) {
    const LitePart *part = self->parts->pdata[i];
    if (part->kind != LITE_COLUMN || part->of != table->id || lite_generated(self, part))
      continue;
    g_autofree char *value = value_of(self, part, lite_strict(table), row);
    g_string_append(names, ", ");
    lite_put_name(names, part->name, 2);
    g_string_append_printf(values, ", %s", value);
  }
  GString *sql = g_string_new("INSERT INTO ");
  lite_put_name(sql, table->name, 2);
  g_string_append_printf(sql, " (%s) VALUES (%s);\n", names->str, values->str);
  return g_string_free(sql, FALSE);
}

/* Of its own; what finds a table's texts has none. */
static char *
virtual_row_sql(const LitePart *part, guint row)
{
  GString *sql = g_string_new("INSERT INTO ");
  lite_put_name(sql, part->name, 2);
  if (LITE_BIT(part, 0))
    g_string_append_printf(sql, " (id, x0, x1%s) VALUES (%u, %u, %u.5%s);\n", LITE_BIT(part, 1) ? ", y0, y1" : "",
                           row, row, row, LITE_BIT(part, 1) ? ", 1, 2" : "");
  else
    g_string_append_printf(sql, " (rowid, title) VALUES (%u, 'row %u');\n", row * 10, row);
  return g_string_free(sql, FALSE);
}

GPtrArray *
lite_rows_sql(const Lite *self)
{
  GPtrArray *statements = g_ptr_array_new_with_free_func(g_free);
  for (guint i = 0; i < self->parts->len; i++) {
    const LitePart *part = self->parts->pdata[i];
    for (guint row = 1; part->kind == LITE_TABLE && row <= LITE_ROWS; row++)
      g_ptr_array_add(statements, row_sql(self, part, row));
    for (guint row = 1; part->kind == LITE_VIRTUAL && part->of == 0 && row <= LITE_ROWS; row++)
      g_ptr_array_add(statements, virtual_row_sql(part, row));
  }
  return statements;
}
