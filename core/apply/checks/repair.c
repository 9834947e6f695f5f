#include "core/apply/checks/repair.h"

#include <string.h>

#include "core/base/text.h"
#include "core/sql/text.h"

typedef struct {
  const DmigDialect *dialect;
  const DmigCheck *check;
  GString *out;
  char *table; /* quoted */
  char *rows;  /* behind the FROM */
  char *key;   /* "a, b", quoted; NULL: there is none */
} Repair;

/* A statement over several lines is a comment on each of them; a carriage return ends one, too. */
static void
suggest(const Repair *self, const char *what, char *sql_owned)
{
  g_autofree char *sql = sql_owned;
  g_auto(GStrv) lines = g_strsplit_set(sql, "\r\n", -1);
  g_string_append_printf(self->out, "--   %s:\n", what);
  for (char **line = lines; *line != NULL; line++)
    g_string_append_printf(self->out, "-- %s%s\n", *line, line[1] == NULL ? ";" : "");
}

/* Which rows of the table are meant: by the condition itself where it is over the table, else by their
 * key. NULL: it can't be said. */
static char *
where_clause(const Repair *self)
{
  g_autofree char *start = g_strconcat(self->table, " WHERE ", NULL);
  if (g_str_equal(self->rows, self->table))
    return g_strdup("");
  if (g_str_has_prefix(self->rows, start))
    return g_strconcat("\nWHERE ", self->rows + strlen(start), NULL);
  if (self->key == NULL)
    return NULL;
  return g_strdup_printf("\nWHERE (%s) IN (SELECT %s FROM %s)", self->key, self->key, self->rows);
}

static void
suggest_values(const Repair *self, const char *where)
{
  const DmigCheck *check = self->check;
  gboolean may_be_null = check->kind == DMIG_CHECK_ORPHAN || check->kind == DMIG_CHECK_MISFIT;
  const char *value = check->value != NULL ? check->value : "/* a value */";
  for (guint i = 0; check->columns[i] != NULL; i++) {
    g_autofree char *column = dmig_sql_identifier(self->dialect, check->columns[i]);
    if (may_be_null)
      suggest(self, "let it be unknown, if it may be",
              g_strdup_printf("UPDATE %s SET %s = NULL%s", self->table, column, where));
    suggest(self, "give it a value",
            g_strdup_printf("UPDATE %s SET %s = %s%s", self->table, column, value, where));
  }
}

static void
suggest_for_rows(const Repair *self)
{
  g_autofree char *where = where_clause(self);
  if (where == NULL) {
    g_string_append(self->out, "--   The table has no primary key: mend the rows by hand.\n");
    return;
  }
  if (self->check->kind != DMIG_CHECK_ROWS)
    suggest_values(self, where);
  suggest(self, "remove these rows", g_strdup_printf("DELETE FROM %s%s", self->table, where));
}

static void
suggest_keeping(const Repair *self, const char *grouping, const char *which, const char *direction)
{
  g_autoptr(GString) order = g_string_new(NULL);
  for (guint i = 0; self->check->key[i] != NULL; i++)
    dmig_sql_appendf(order, self->dialect, "%s%I %s", i > 0 ? ", " : "", self->check->key[i],
                     direction);
  g_autofree char *what = g_strdup_printf("keep the %s of each group, by its key", which);
  suggest(self, what,
          g_strdup_printf("DELETE FROM %s\nWHERE (%s) IN (\n  SELECT %s FROM (\n    SELECT %s, "
                          "row_number() OVER (PARTITION BY %s ORDER BY %s) AS dmig_place\n    FROM "
                          "%s) AS dmig_numbered\n  WHERE dmig_place > 1)",
                          self->table, self->key, self->key, self->key, grouping, order->str,
                          self->rows));
}

static void
suggest_for_duplicates(const Repair *self)
{
  g_autofree char *grouping = dmig_check_grouping(self->check);
  if (grouping == NULL || self->key == NULL) {
    g_string_append(self->out, "--   The table has no primary key: mend the rows by hand.\n");
    return;
  }
  suggest(self, "look at them",
          g_strdup_printf("SELECT %s, count(*) FROM %s\nGROUP BY %s HAVING count(*) > 1", grouping,
                          self->rows, grouping));
  suggest_keeping(self, grouping, "newest", "DESC");
  suggest_keeping(self, grouping, "oldest", "ASC");
}

static char *
quoted_list(const DmigDialect *dialect, char *const *names)
{
  if (names[0] == NULL)
    return NULL;
  GString *list = g_string_new(NULL);
  dmig_sql_append_identifiers(list, dialect, names);
  return g_string_free(list, FALSE);
}

static gboolean
append_repair(const DmigDialect *dialect, const DmigFinding *finding, GString *out)
{
  const DmigCheck *check = finding->check;
  g_autofree char *rows = check != NULL ? dmig_check_rows(check) : NULL;
  if (rows == NULL)
    return FALSE;
  g_autofree char *table = dmig_sql_identifier(dialect, check->table);
  g_autofree char *key = quoted_list(dialect, check->key);
  g_autofree char *text = dmig_text_printable(finding->text);
  g_autofree char *short_step = dmig_step_short_title(finding->step != NULL ? finding->step : "");
  g_autofree char *step = dmig_text_printable(short_step);
  Repair repair = { dialect, check, out, table, rows, key };
  g_string_append_printf(out, "\n-- %s\n--   (%.7s, %s)\n", text,
                         finding->revision != NULL ? finding->revision : "", step);
  if (check->kind == DMIG_CHECK_DUPLICATE)
    suggest_for_duplicates(&repair);
  else
    suggest_for_rows(&repair);
  return TRUE;
}

char *
dmig_repair_script(const DmigDialect *dialect, const DmigReadiness *readiness, const char *title)
{
  g_autoptr(GString) out = g_string_new(NULL);
  gboolean any = FALSE;
  g_string_append_printf(out,
                         "-- %s\n"
                         "-- Every statement is a comment: choose one of each group, take the \"-- \" "
                         "before it away,\n"
                         "-- look at what it does on a copy, and run it. Then: dmig check\n",
                         title);
  for (guint i = 0; i < readiness->findings->len; i++)
    any |= append_repair(dialect, readiness->findings->pdata[i], out);
  return any ? g_string_free(g_steal_pointer(&out), FALSE) : NULL;
}
