#include "core/apply/proof/survivor_rows.h"

#include <string.h>

#include "core/sql/text.h"

static int
compare_texts(gconstpointer a, gconstpointer b)
{
  return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* A row as one text: lengths keep fields apart, whatever they hold. */
static char *
row_text(const DmigRows *rows, guint row)
{
  GString *text = g_string_new(NULL);
  for (guint i = 0; i < rows->n_columns; i++) {
    const char *field = dmig_rows_get(rows, row, i);
    if (field == NULL)
      g_string_append(text, "-,");
    else
      g_string_append_printf(text, "%" G_GSIZE_FORMAT ":%s,", strlen(field), field);
  }
  return g_string_free(text, FALSE);
}

static gboolean
read_table(DmigDatabase *db, const char *table, GPtrArray *columns, GPtrArray *texts, GError **error)
{
  g_autoptr(GString) sql = g_string_new("SELECT 1");
  for (guint i = 0; i < columns->len; i++)
    dmig_sql_appendf(sql, db->dialect, ", %I", (char *) columns->pdata[i]);
  dmig_sql_appendf(sql, db->dialect, " FROM %I", table);
  g_autoptr(DmigRows) rows = NULL;
  if (!db->driver->query(db, sql->str, NULL, 0, &rows, error))
    return FALSE;
  for (guint i = 0; i < rows->rows->len; i++)
    g_ptr_array_add(texts, row_text(rows, i));
  return TRUE;
}

gboolean
dmig_survivor_rows_read(DmigDatabase *db, const GPtrArray *from, GPtrArray *columns, GPtrArray **out,
                        GError **error)
{
  g_autoptr(GPtrArray) texts = g_ptr_array_new_with_free_func(g_free);
  for (guint i = 0; i < from->len; i++)
    if (!read_table(db, from->pdata[i], columns, texts, error))
      return FALSE;
  g_ptr_array_sort(texts, compare_texts);
  *out = g_steal_pointer(&texts);
  return TRUE;
}

static char *
join_names(const GPtrArray *names)
{
  GString *text = g_string_new(NULL);
  for (guint i = 0; i < names->len; i++)
    g_string_append_printf(text, "%s%s", i > 0 ? ", " : "", (char *) names->pdata[i]);
  return g_string_free(text, FALSE);
}

void
dmig_survivor_rows_compare(const char *table, const GPtrArray *columns, const GPtrArray *was,
                           const GPtrArray *is, GPtrArray *problems)
{
  if (was->len != is->len) {
    g_ptr_array_add(
        problems, g_strdup_printf("table %s had %u rows and now has %u", table, was->len, is->len));
    return;
  }
  for (guint i = 0; i < was->len; i++) {
    if (strcmp(was->pdata[i], is->pdata[i]) == 0)
      continue;
    g_autofree char *names = join_names(columns);
    g_ptr_array_add(problems,
                    g_strdup_printf("table %s: values of %s have changed: %s became %s", table,
                                    names, (char *) was->pdata[i], (char *) is->pdata[i]));
    return;
  }
}

void
dmig_survivor_rows_leave_out(const GPtrArray *was, GPtrArray *is)
{
  guint at = 0;
  for (guint i = 0; i < was->len; i++) {
    while (at < is->len && strcmp(is->pdata[at], was->pdata[i]) < 0)
      g_ptr_array_remove_index(is, at);
    at += at < is->len && strcmp(is->pdata[at], was->pdata[i]) == 0;
  }
  g_ptr_array_set_size(is, (gint)at);
}
