/* Naming rows: those that a question has counted, in words that tell them. */
#include "core/apply/checks/question.h"

#include "core/base/text.h"
#include "core/sql/text.h"

#define VALUE_SHOWN 40

/* The columns that tell a row and what is wrong with it: char*, borrowed. */
static GPtrArray *
columns_shown(const DmigCheck *check)
{
  GPtrArray *columns = g_ptr_array_new();
  for (char **key = check->key; *key != NULL; key++)
    g_ptr_array_add(columns, *key);
  for (char **column = check->columns; *column != NULL; column++)
    if (!dmig_strv_contains(check->key, *column))
      g_ptr_array_add(columns, *column);
  return columns;
}

static char *
duplicates_sql(const DmigCheck *check, const char *rows, guint limit)
{
  g_autofree char *grouping = dmig_check_grouping(check);
  if (grouping == NULL)
    return NULL;
  return g_strdup_printf("SELECT %s, count(*) FROM %s GROUP BY %s HAVING count(*) > 1 ORDER BY "
                         "count(*) DESC, %s LIMIT %u",
                         grouping, rows, grouping, grouping, limit);
}

static char *
rows_sql(const DmigDialect *dialect, const DmigCheck *check, GPtrArray *columns, const char *rows,
         guint limit)
{
  if (columns->len == 0)
    return NULL;
  GString *sql = g_string_new("SELECT ");
  for (guint i = 0; i < columns->len; i++)
    dmig_sql_appendf(sql, dialect, "%s%I", i > 0 ? ", " : "", (char *) columns->pdata[i]);
  g_string_append_printf(sql, " FROM %s", rows);
  for (guint i = 0; check->key[i] != NULL; i++)
    dmig_sql_appendf(sql, dialect, "%s%I", i > 0 ? ", " : " ORDER BY ", check->key[i]);
  g_string_append_printf(sql, " LIMIT %u", limit);
  return g_string_free(sql, FALSE);
}

static void
append_value(GString *text, const char *name, const char *value)
{
  if (text->len > 0)
    g_string_append(text, ", ");
  if (name != NULL)
    g_string_append_printf(text, "%s ", name);
  if (value == NULL) {
    g_string_append(text, "NULL");
    return;
  }
  g_autofree char *valid = g_utf8_make_valid(value, -1);
  gboolean cut = g_utf8_strlen(valid, -1) > VALUE_SHOWN;
  g_autofree char *start = cut ? g_utf8_substring(valid, 0, VALUE_SHOWN) : g_strdup(valid);
  g_autofree char *printable = dmig_text_printable(start);
  char *end = NULL;
  g_ascii_strtod(printable, &end);
  gboolean number = *printable != '\0' && *end == '\0';
  g_autofree char *literal = number ? g_strdup(printable) : dmig_sql_string(printable);
  g_string_append_printf(text, "%s%s", literal, cut ? "…" : "");
}

static char *
key_of_row(const DmigRows *rows, guint row, const GPtrArray *names, gboolean counted)
{
  GString *text = g_string_new(NULL);
  guint n = rows->n_columns - (counted ? 1 : 0);
  for (guint i = 0; i < n; i++)
    append_value(text, names->len == n ? names->pdata[i] : NULL, dmig_rows_get(rows, row, i));
  if (counted)
    g_string_append_printf(text, " (%s rows)", dmig_rows_get(rows, row, n));
  return g_string_free(text, FALSE);
}

GPtrArray *
dmig_question_keys(DmigDatabase *db, const DmigQuestion *self, guint limit)
{
  GPtrArray *keys = g_ptr_array_new_with_free_func(g_free);
  const DmigCheck *check = self->check;
  gboolean groups = check->kind == DMIG_CHECK_DUPLICATE;
  g_autofree char *from = dmig_check_rows(check);
  if (from == NULL || limit == 0)
    return keys;
  g_autofree char *grouping = groups ? dmig_check_grouping(check) : NULL;
  g_autoptr(GPtrArray) columns = groups ? g_ptr_array_new() : columns_shown(check);
  for (char **column = check->columns; groups && *column != NULL; column++)
    g_ptr_array_add(columns, *column);
  if (groups && columns->len == 0 && grouping != NULL)
    g_ptr_array_add(columns, grouping);
  g_autofree char *sql = groups ? duplicates_sql(check, from, limit)
                                : rows_sql(db->dialect, check, columns, from, limit);
  g_autoptr(DmigRows) rows = NULL;
  if (sql == NULL || !db->driver->query(db, sql, NULL, 0, &rows, NULL))
    return keys;
  for (guint i = 0; i < rows->rows->len; i++)
    g_ptr_array_add(keys, key_of_row(rows, i, columns, groups));
  return keys;
}
