#include "tests/core/apply/keep/keep_case.h"

#include <stdio.h>

#include "core/apply/tracking/tracking.h"

gboolean
on_sqlite(void)
{
  return strcmp(fixture_dialect()->name, "sqlite") == 0;
}

int
keep_setup(void **state)
{
  Keep *self = g_new0(Keep, 1);
  if (fixture_setup((void **) &self->fixture) != 0)
    return 1;
  self->db = self->fixture->db;
  self->there = dmig_transition_new();
  self->back = dmig_transition_new();
  self->back->reverse = TRUE;
  self->lines = g_ptr_array_new_with_free_func(g_free);
  *state = self;
  return dmig_tracking_ensure(self->db, NULL) ? 0 : 1;
}

int
keep_teardown(void **state)
{
  Keep *self = *state;
  dmig_plan_free(self->up);
  dmig_plan_free(self->down);
  dmig_transition_free(self->there);
  dmig_transition_free(self->back);
  g_ptr_array_unref(self->lines);
  fixture_teardown((void **) &self->fixture);
  g_free(self);
  return 0;
}

static DmigSchema *
schema_of(Keep *self, const char *script)
{
  g_autoptr(GError) error = NULL;
  DmigSchema *schema = NULL;
  DmigDatabase *other = NULL;
  gboolean done = dmig_scratch_open(self->fixture->scratch, &other, &error)
                  && dmig_database_exec(other, script, &error)
                  && dmig_database_inspect(other, &schema, &error);
  dmig_database_free(other);
  if (!done)
    fail_msg("%s: %s", script, error->message);
  return schema;
}

static DmigPlan *
plan_of(DmigSchema *from, DmigSchema *to, const DmigTransition *transition)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(DmigChanges) changes = dmig_diff(from, to, transition);
  DmigPlan *plan = dmig_plan_new(changes, transition, &error);
  if (plan == NULL)
    fail_msg("%s", error->message);
  return plan;
}

void
between(Keep *self, const char *before, const char *after)
{
  g_autoptr(DmigSchema) from = schema_of(self, before);
  g_autoptr(DmigSchema) to = schema_of(self, after);
  self->up = plan_of(from, to, self->there);
  self->down = plan_of(to, from, self->back);
  fixture_exec(self->db, before);
}

static gboolean
run_step(Keep *self, const DmigKeeper *keeper, const DmigStep *step, GError **error)
{
  for (guint i = 0; i < step->checks->len; i++) {
    const DmigCheck *check = step->checks->pdata[i];
    gint64 count = 0;
    if (!dmig_database_count(self->db, check->sql, &count, error))
      return FALSE;
    if (count > 0) {
      g_set_error(error, DMIG_ERROR, DMIG_ERROR_FAILED, "%s", check->message);
      return FALSE;
    }
  }
  return dmig_keep_before(keeper, self->db, step, NULL, error)
         && dmig_database_exec(self->db, step->sql->str, error)
         && dmig_keep_after(keeper, self->db, step, NULL, error);
}

static gboolean
try_run(Keep *self, const DmigPlan *plan, GError **error)
{
  g_autofree char *run = g_strdup_printf("run-%u", ++self->runs);
  const DmigKeeper keeper = { run, REVISION, plan == self->down, self->no_keep };
  if (!self->db->driver->begin(self->db, error))
    return FALSE;
  for (guint i = 0; i < plan->steps->len; i++)
    if (!run_step(self, &keeper, plan->steps->pdata[i], error)) {
      self->db->driver->rollback(self->db);
      return FALSE;
    }
  return self->db->driver->commit(self->db, error);
}

void
run(Keep *self, const DmigPlan *plan)
{
  g_autoptr(GError) error = NULL;
  if (!try_run(self, plan, &error)) {
    g_autofree char *sql = dmig_plan_sql(plan);
    fail_msg("%s\nin: %s", error->message, sql);
  }
  if (g_getenv("KEEP_SHOW"))
    for (guint i = 0; i < plan->steps->len; i++) {
      const DmigStep *step = plan->steps->pdata[i];
      fprintf(stderr, "%s | takes", step->title);
      for (guint k = 0; k < step->takes->len; k++)
        fprintf(stderr, " %s", ((DmigKeepsake *) step->takes->pdata[k])->name);
      fprintf(stderr, " | brings");
      for (guint k = 0; k < step->brings->len; k++)
        fprintf(stderr, " %s", ((DmigKeepsake *) step->brings->pdata[k])->name);
      fprintf(stderr, "\n");
    }
}

void
assert_fails(Keep *self, const DmigPlan *plan, const char *wanted)
{
  g_autoptr(GError) error = NULL;
  if (try_run(self, plan, &error))
    fail_msg("it went through, and should say: %s", wanted);
  if (strstr(error->message, wanted) == NULL)
    fail_msg("it says: %s\nand should say: %s", error->message, wanted);
}

void
assert_rows(Keep *self, const char *sql, const char *wanted)
{
  g_autoptr(DmigRows) rows = NULL;
  g_autoptr(GError) error = NULL;
  GString *text = g_string_new(NULL);
  g_ptr_array_add(self->lines, text->str);
  if (!self->db->driver->query(self->db, sql, NULL, 0, &rows, &error))
    fail_msg("%s: %s", sql, error->message);
  for (guint i = 0; i < rows->rows->len; i++)
    for (guint k = 0; k < rows->n_columns; k++) {
      const char *value = dmig_rows_get(rows, i, k);
      g_string_append_printf(text, "%s%s", k > 0 ? "," : i > 0 ? ";" : "",
                             value != NULL ? value : "-");
    }
  self->lines->pdata[self->lines->len - 1] = text->str;
  assert_string_equal(text->str, wanted);
  g_string_free(text, FALSE);
}

void
assert_kept(Keep *self, const char *wanted)
{
  g_autofree char *kept = self->db->dialect->tracking_table("kept");
  g_autofree char *sql = g_strdup_printf(
      "SELECT kind, name, direction, rows, CASE WHEN restored IS NULL THEN 'waits' ELSE 'restored' END "
      "FROM %s ORDER BY number",
      kept);
  assert_rows(self, sql, wanted);
}
