#include "tests/support/walk.h"

#include <stdlib.h>
#include <string.h>

#include "core/plan/plan.h"

static void
report_side(GString *report, const char *side, const char *text)
{
  if (text == NULL)
    return;
  g_autofree char *readable = dmig_path_text(text);
  g_string_append_printf(report, "    %s: %s\n", side, readable);
}

void
test_report_changes(const DmigChanges *changes, GString *report)
{
  for (guint i = 0; i < changes->items->len; i++) {
    const DmigChange *change = changes->items->pdata[i];
    g_autofree char *text = dmig_change_to_text(change);
    g_string_append_printf(report, "  %s\n", text);
    if (change->old_facet != NULL)
      report_side(report, "was", change->old_facet->value);
    if (change->new_facet != NULL)
      report_side(report, "wanted", change->new_facet->value);
    if (change->old_object != NULL)
      report_side(report, "was", change->old_object->create);
    if (change->new_object != NULL)
      report_side(report, "wanted", change->new_object->create);
  }
}

static gboolean
run_plan(DmigDatabase *db, DmigChanges *changes, char **out_sql, GString *report)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(DmigPlan) plan = dmig_plan_new(changes, NULL, &error);
  if (plan == NULL) {
    g_string_append_printf(report, "no plan: %s\n", error->message);
    return FALSE;
  }
  g_autofree char *sql = dmig_plan_sql(plan);
  const char *scripts[] = { sql };
  guint failed;
  gboolean done = db->driver->run(db, scripts, 1, &failed, &error);
  if (!done)
    g_string_append_printf(report, "the SQL fails: %s\n", error->message);
  if (out_sql != NULL)
    *out_sql = g_steal_pointer(&sql);
  return done;
}

gboolean
test_walk(DmigDatabase *db, DmigSchema *to, char **out_sql, GString *report)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(DmigSchema) from = NULL, now = NULL;
  if (!dmig_database_inspect(db, &from, &error)) {
    g_string_append_printf(report, "can't inspect: %s\n", error->message);
    return FALSE;
  }
  g_autoptr(DmigChanges) changes = dmig_diff(from, to, NULL);
  if (!run_plan(db, changes, out_sql, report))
    return FALSE;
  if (!dmig_database_inspect(db, &now, &error)) {
    g_string_append_printf(report, "can't inspect again: %s\n", error->message);
    return FALSE;
  }
  g_autoptr(DmigChanges) rest = dmig_diff(now, to, NULL);
  if (rest->items->len == 0)
    return TRUE;
  g_string_append(report, "the second diff:\n");
  test_report_changes(rest, report);
  return FALSE;
}

static int
compare_lines(const void *a, const void *b)
{
  return strcmp(*(char *const *) a, *(char *const *) b);
}

/* Lines of a list lose their commas, as they may stand in another order. */
char *
test_dump(const char *url)
{
  const char *arguments[] = { "pg_dump", "-s", "-O", "-d", url, NULL };
  g_autofree char *text = NULL;
  if (!g_spawn_sync(NULL, (char **) arguments, NULL, G_SPAWN_SEARCH_PATH, NULL, NULL, &text, NULL,
                    NULL, NULL))
    return NULL;
  g_auto(GStrv) lines = g_strsplit(text, "\n", -1);
  for (char **line = lines; *line != NULL; line++) {
    if (g_str_has_suffix(*line, ","))
      (*line)[strlen(*line) - 1] = '\0';
    if (g_str_has_prefix(*line, "--") || g_str_has_prefix(*line, "\\"))
      **line = '\0';
  }
  qsort(lines, g_strv_length(lines), sizeof *lines, compare_lines);
  return g_strjoinv("\n", lines);
}
