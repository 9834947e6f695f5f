#include "lite.h"

static void
put_columns(const Lite *self, GString *sql, const LitePart *part, const LitePart *of, const char *before)
{
  for (guint i = 0; i < LITE_COLUMNS && part->columns[i] != 0; i++) {
    g_string_append_printf(sql, "%s%s", i > 0 ? ", " : "", before);
    lite_put_column(self, sql, of, part->columns[i], LITE_BITS(part, 20 + i, 7));
  }
}

/* --- indexes ------------------------------------------------------------------------------- */

static void
put_index_column(const Lite *self, GString *sql, const LitePart *index, const LitePart *table, guint i)
{
  guint style = LITE_BITS(index, 20 + i, 7), form = LITE_BITS(index, 4 + 2 * i, 3);
  if (form == 3)
    g_string_append(sql, LITE_BIT(index, 12) ? "lower(" : "coalesce(");
  lite_put_column(self, sql, table, index->columns[i], style);
  if (form == 3)
    g_string_append(sql, LITE_BIT(index, 12) ? ")" : ", 'a,b')");
  if (form == 2)
    g_string_append(sql, " COLLATE NOCASE");
  if (LITE_BIT(index, 13 + i))
    g_string_append(sql, LITE_BIT(index, 17) ? " ASC" : " DESC");
}

static void
put_index(const Lite *self, GString *sql, const LitePart *index)
{
  const LitePart *table = lite_part(self, index->of);
  g_string_append_printf(sql, "CREATE %sINDEX %s", LITE_BITS(index, 0, 3) == 3 ? "UNIQUE " : "",
                         LITE_BIT(index, 18) ? "IF NOT EXISTS " : "");
  lite_put_name(sql, index->name, LITE_BITS(index, 24, 7));
  g_string_append(sql, " ON ");
  lite_put_name(sql, table->name, LITE_BITS(index, 25, 7));
  g_string_append(sql, " (");
  for (guint i = 0; i < LITE_COLUMNS && index->columns[i] != 0; i++) {
    g_string_append(sql, i > 0 ? ", " : "");
    put_index_column(self, sql, index, table, i);
  }
  g_string_append(sql, ")");
  if (LITE_BIT(index, 2)) {
    g_string_append(sql, " WHERE ");
    lite_put_column(self, sql, table, index->columns[0], LITE_BITS(index, 26, 7));
    g_string_append(sql, LITE_BIT(index, 3) ? " IS NOT NULL" : " <> 'it''s'");
  }
  g_string_append(sql, ";\n");
}

/* --- views --------------------------------------------------------------------------------- */

static void
put_view(const Lite *self, GString *sql, const LitePart *view)
{
  const LitePart *of = lite_part(self, view->of), *other = lite_part(self, view->to);
  g_string_append(sql, LITE_BIT(view, 8) ? "create view if not exists " : "CREATE VIEW ");
  lite_put_name(sql, view->name, LITE_BITS(view, 24, 7));
  if (lite_lists_columns(view)) {
    g_string_append(sql, " (");
    put_columns(self, sql, view, view, "");
    g_string_append(sql, ")");
  }
  g_string_append(sql, LITE_BIT(view, 5) ? " AS -- it's\n" : " AS ");
  gboolean within = LITE_BITS(view, 1, 3) == 2;
  if (within) {
    g_string_append(sql, "WITH \"w 1\" AS (SELECT * FROM ");
    lite_put_name(sql, of->name, LITE_BITS(view, 25, 7));
    g_string_append(sql, ") ");
  }
  g_string_append(sql, "SELECT ");
  if (lite_takes_all(view))
    g_string_append(sql, "*");
  else
    put_columns(self, sql, view, of, LITE_BIT(view, 4) ? "a." : "");
  g_string_append(sql, " FROM ");
  if (within)
    g_string_append(sql, "[w 1]");
  else
    lite_put_name(sql, of->name, LITE_BITS(view, 25, 7));
  g_string_append(sql, " AS a");
  if (other != NULL) {
    g_string_append(sql, " WHERE EXISTS (SELECT 1 FROM ");
    lite_put_name(sql, other->name, LITE_BITS(view, 26, 7));
    g_string_append(sql, ")");
  }
  if (LITE_BIT(view, 6))
    g_string_append(sql, " ORDER BY 1");
  g_string_append(sql, ";\n");
}

/* --- virtual tables ------------------------------------------------------------------------ */

static void
put_text_of(const Lite *self, GString *sql, const LitePart *part, const LitePart *of)
{
  g_string_append(sql, " USING fts5(");
  for (guint i = 0; i < LITE_COLUMNS && part->columns[i] != 0; i++) {
    g_string_append(sql, i > 0 ? ", " : "");
    lite_put_column(self, sql, of, part->columns[i], 2);
  }
  g_string_append(sql, ", content=");
  g_autoptr(GString) name = g_string_new(NULL);
  lite_put_name(name, of->name, 2);
  g_string_append_printf(sql, "%s, content_rowid='id'", name->str);
}

static void
put_virtual(const Lite *self, GString *sql, const LitePart *part)
{
  const LitePart *of = lite_part(self, part->of);
  g_string_append(sql, "CREATE VIRTUAL TABLE ");
  lite_put_name(sql, part->name, LITE_BITS(part, 24, 7));
  if (of != NULL)
    put_text_of(self, sql, part, of);
  else if (LITE_BIT(part, 0))
    g_string_append_printf(sql, " USING rtree(id, x0, x1%s%s", LITE_BIT(part, 1) ? ", y0, y1" : "",
                           LITE_BIT(part, 2) ? ", +label" : "");
  else
    g_string_append_printf(sql, " USING fts5(title%s%s%s%s", LITE_BIT(part, 1) ? ", \"the body\"" : "",
                           LITE_BIT(part, 2) ? ", tag UNINDEXED" : "",
                           LITE_BIT(part, 3) ? ", tokenize = 'porter unicode61'" : "",
                           LITE_BIT(part, 4) ? ", prefix='2 3'" : "");
  g_string_append(sql, ");\n");
}

/* --- triggers ------------------------------------------------------------------------------ */

static void
put_event(const Lite *self, GString *sql, const LitePart *trigger, const LitePart *of)
{
  static const char *const events[] = { "INSERT", "DELETE", "UPDATE", "UPDATE OF " };
  static const char *const timings[] = { "BEFORE ", "AFTER ", "", "AFTER " };
  guint event = LITE_BITS(trigger, 0, 3);
  g_string_append(sql, of->kind == LITE_VIEW ? "INSTEAD OF " : timings[LITE_BITS(trigger, 2, 3)]);
  g_string_append(sql, events[event]);
  if (event == 3)
    put_columns(self, sql, trigger, of, "");
  g_string_append(sql, " ON ");
  lite_put_name(sql, of->name, LITE_BITS(trigger, 25, 7));
  g_string_append(sql, LITE_BIT(trigger, 4) ? " FOR EACH ROW" : "");
}

/* Entries of a full-text table that has the trigger's table's texts. */
static void
put_text_entry(const Lite *self, GString *sql, const LitePart *of, const LitePart *text, gboolean deleted)
{
  g_autoptr(GString) names = g_string_new(NULL), values = g_string_new(NULL);
  for (guint i = 0; i < LITE_COLUMNS && text->columns[i] != 0; i++) {
    g_string_append(names, ", ");
    lite_put_column(self, names, of, text->columns[i], 2);
    g_string_append(values, deleted ? ", OLD." : ", NEW.");
    lite_put_column(self, values, of, text->columns[i], 2);
  }
  g_string_append(sql, "INSERT INTO ");
  lite_put_name(sql, text->name, 2);
  if (deleted) {
    g_string_append(sql, " (");
    lite_put_name(sql, text->name, 2);
    g_string_append_printf(sql, ", rowid%s) VALUES ('delete', OLD.id%s);\n", names->str, values->str);
  } else {
    g_string_append_printf(sql, " (rowid%s) VALUES (NEW.id%s);\n", names->str, values->str);
  }
}

/* Statements on another table; a view can only be read. */
static void
put_change(const Lite *self, GString *sql, const LitePart *trigger, const LitePart *of, const LitePart *to)
{
  g_autoptr(GString) name = g_string_new(NULL), column = g_string_new(NULL), own = g_string_new(NULL);
  lite_put_name(name, to->name, LITE_BITS(trigger, 26, 7));
  lite_put_column(self, column, to, trigger->target, LITE_BITS(trigger, 27, 7));
  g_string_append(own, LITE_BITS(trigger, 0, 3) == 1 ? "OLD." : "NEW.");
  lite_put_column(self, own, of, trigger->columns[0], LITE_BITS(trigger, 20, 7));
  gboolean readable = to->kind == LITE_VIEW || lite_generated(self, lite_part(self, trigger->target));
  if (!readable && LITE_BIT(trigger, 6))
    g_string_append_printf(sql, "  UPDATE %s SET %s = %s WHERE id = 1000; -- one; END\n", name->str, column->str,
                           own->str);
  if (!readable && LITE_BIT(trigger, 7))
    g_string_append_printf(sql, "  INSERT OR IGNORE INTO %s (%s) VALUES ('fired; END');\n", name->str,
                           column->str);
  if (to->kind == LITE_TABLE && LITE_BIT(trigger, 8))
    g_string_append_printf(sql, "  DELETE FROM %s WHERE %s = 'zz' AND %s IS NULL;\n", name->str, column->str,
                           own->str);
  if (LITE_BIT(trigger, 9))
    g_string_append_printf(sql, "  SELECT RAISE(ABORT, 'it''s; END') FROM %s WHERE %s = 'yy';\n", name->str,
                           column->str);
  g_string_append_printf(sql, "  SELECT CASE WHEN %s IS NULL THEN 1 END, %u FROM %s;\n", own->str,
                         LITE_BITS(trigger, 10, 3), name->str);
}

static void
put_trigger(const Lite *self, GString *sql, const LitePart *trigger)
{
  const LitePart *of = lite_part(self, trigger->of), *to = lite_part(self, trigger->to);
  g_string_append_printf(sql, "CREATE TRIGGER %s", LITE_BIT(trigger, 13) ? "IF NOT EXISTS " : "");
  lite_put_name(sql, trigger->name, LITE_BITS(trigger, 24, 7));
  g_string_append(sql, " ");
  put_event(self, sql, trigger, of);
  if (LITE_BIT(trigger, 5)) {
    g_string_append(sql, LITE_BITS(trigger, 0, 3) == 1 ? " WHEN (OLD." : " WHEN (NEW.");
    lite_put_column(self, sql, of, trigger->columns[0], LITE_BITS(trigger, 21, 7));
    g_string_append(sql, " IS NOT 'begin')");
  }
  g_string_append(sql, " BEGIN\n");
  guint event = LITE_BITS(trigger, 0, 3);
  if (to->kind != LITE_VIRTUAL) {
    put_change(self, sql, trigger, of, to);
  } else {
    if (event != 0)
      put_text_entry(self, sql, of, to, TRUE);
    if (event != 1)
      put_text_entry(self, sql, of, to, FALSE);
  }
  g_string_append(sql, "END;\n");
}

/* --- the script ---------------------------------------------------------------------------- */

static void
put_setting(GString *sql, const LitePart *setting)
{
  g_string_append_printf(sql, "PRAGMA %s = %u;\n", setting->name, LITE_BITS(setting, 1, 63));
}

static void
put_part(const Lite *self, GString *sql, const LitePart *part)
{
  switch (part->kind) {
  case LITE_TABLE:
    lite_put_table(self, sql, part);
    break;
  case LITE_INDEX:
    put_index(self, sql, part);
    break;
  case LITE_VIEW:
    put_view(self, sql, part);
    break;
  case LITE_VIRTUAL:
    put_virtual(self, sql, part);
    break;
  case LITE_TRIGGER:
    put_trigger(self, sql, part);
    break;
  case LITE_SETTING:
    put_setting(sql, part);
    break;
  case LITE_COLUMN:
  case LITE_KEY:
  case LITE_CHECK:
  case LITE_REFERENCE:
  case N_LITE:
    break;
  }
}

char *
lite_sql(const Lite *self)
{
  GString *sql = g_string_new(NULL);
  for (guint kind = 0; kind < N_LITE; kind++)
    for (guint i = 0; i < self->parts->len; i++) {
      const LitePart *part = self->parts->pdata[i];
      if (part->kind == kind)
        put_part(self, sql, part);
    }
  return g_string_free(sql, FALSE);
}
