#include "tests/core/plan/planner_support.h"

static void
test_a_fill_under_a_reference_asks_for_its_partner(void **state)
{
  Fixture *f = *state;

  for (int side = 0; side < 2; side++) {
    DmigSchema *schema = side == 0 ? f->from : f->to;
    DmigTable *t = test_add_table(schema, "t", "x", "integer", NULL);
    test_add_reference(t, "t_x_fkey", "x", "u", "id");
    test_add_table(schema, "u", "id", "integer", NULL);
    column(t, "x")->not_null = side == 1;
  }
  dmig_transition_add_fill(f->transition, "t", "x", "7");
  plan(f);
  assert_string_equal(((DmigCheck *) find_step(f, "alter-column")->checks->pdata[0])->sql,
                      "SELECT count(*) FROM t WHERE x IS NULL AND NOT EXISTS (SELECT 1 FROM u AS "
                      "partner WHERE partner.id = (7))");
}

static void
test_a_fill_asks_the_checks_that_stay(void **state)
{
  Fixture *f = *state;

  for (int side = 0; side < 2; side++) {
    DmigTable *t = test_add_table(side == 0 ? f->from : f->to, "t", "x", "integer", "y", "integer",
                                  NULL);
    test_add_check(t, side == 0 ? "old_name" : "new_name", "x < y");
    column(t, "x")->not_null = side == 1;
  }
  dmig_transition_add_fill(f->transition, "t", "x", "7");
  plan(f);
  assert_string_equal(((DmigCheck *) find_step(f, "alter-column")->checks->pdata[0])->sql,
                      "SELECT count(*) FROM (SELECT coalesce(x, 7) AS x, y FROM t) AS t WHERE NOT "
                      "(x < y)");
}

static void
test_a_new_check_asks_the_rows_before_the_rebuild(void **state)
{
  Fixture *f = *state;

  test_add_table(f->from, "t", "x", "integer", NULL);
  test_add_check(test_add_table(f->to, "t", "x", "integer", NULL), NULL, "x > 0");
  plan(f);
  const DmigStep *step = find_step(f, "rebuild-table");
  assert_int_equal(step->checks->len, 1);
  assert_string_equal(((DmigCheck *) step->checks->pdata[0])->sql,
                      "SELECT count(*) FROM t WHERE NOT (x > 0)");
}

static void
test_a_new_key_asks_for_duplicates(void **state)
{
  Fixture *f = *state;

  test_add_table(f->from, "t", "x", "integer", "y", "text", NULL);
  DmigTable *t = test_add_table(f->to, "t", "x", "integer", "y", "text", NULL);
  test_add_constraint(t, DMIG_CONSTRAINT_UNIQUE, "t_x_key", "x");
  DmigIndex *index = test_add_index(t, "i", NULL, "lower(y)");
  index->unique = TRUE;
  index->where_sql = g_strdup("x > 0");
  plan(f);
  assert_string_equal(((DmigCheck *) find_step(f, "add-constraint")->checks->pdata[0])->sql,
                      "SELECT count(*) FROM (SELECT 1 FROM t WHERE (x) IS NOT NULL GROUP BY x "
                      "HAVING count(*) > 1) AS duplicates");
  assert_string_equal(((DmigCheck *) find_step(f, "create-index")->checks->pdata[0])->sql,
                      "SELECT count(*) FROM (SELECT 1 FROM t WHERE ((lower(y))) IS NOT NULL AND "
                      "(x > 0) GROUP BY (lower(y)) HAVING count(*) > 1) AS duplicates");
}

static void
test_a_check_tells_which_rows_it_counts(void **state)
{
  Fixture *f = *state;
  DmigTable *old = test_add_table(f->from, "t", "id", "integer", "x", "integer", NULL);
  DmigTable *t = test_add_table(f->to, "t", "id", "integer", "x", "integer", NULL);

  test_add_constraint(old, DMIG_CONSTRAINT_PRIMARY_KEY, "t_pkey", "id");
  test_add_constraint(t, DMIG_CONSTRAINT_PRIMARY_KEY, "t_pkey", "id");
  test_add_constraint(t, DMIG_CONSTRAINT_UNIQUE, "t_x_key", "x");
  test_add_check(t, "positive", "x > 0");
  column(t, "x")->not_null = TRUE;
  plan(f);
  const DmigCheck *null = find_step(f, "alter-column")->checks->pdata[0];
  g_autofree char *nulls = dmig_check_rows(null);
  assert_int_equal(null->kind, DMIG_CHECK_NULL);
  assert_string_equal(nulls, "t WHERE x IS NULL");
  assert_string_equal(null->table, "t");
  assert_string_equal(null->columns[0], "x");
  assert_string_equal(null->key[0], "id");
  gboolean found = FALSE;
  for (guint i = 0; i < f->plan->steps->len; i++) {
    const DmigStep *step = f->plan->steps->pdata[i];
    const DmigCheck *check = step->checks->len > 0 ? step->checks->pdata[0] : NULL;
    if (check == NULL || check->kind != DMIG_CHECK_DUPLICATE)
      continue;
    g_autofree char *rows = dmig_check_rows(check), *grouping = dmig_check_grouping(check);
    assert_string_equal(rows, "t WHERE (x) IS NOT NULL");
    assert_string_equal(grouping, "x");
    found = TRUE;
  }
  assert_true(found);
}

static void
test_a_new_reference_asks_for_orphans(void **state)
{
  Fixture *f = *state;

  test_add_table(f->from, "t", "x", "integer", NULL);
  test_add_reference(test_add_table(f->to, "t", "x", "integer", NULL), "t_x_fkey", "x", "u", "id");
  test_add_table(f->to, "u", "id", "integer", NULL);
  plan(f);
  assert_string_equal(((DmigCheck *) find_step(f, "add-constraint")->checks->pdata[0])->sql,
                      "SELECT count(*) FROM t WHERE t.x IS NOT NULL AND NOT EXISTS (SELECT 1 FROM "
                      "u AS partner WHERE partner.id = t.x)");
}

/* As SQLite allows it: only nulls meet it. */
static void
test_a_reference_to_nothing_asks_for_values(void **state)
{
  Fixture *f = *state;

  test_add_table(f->from, "t", "x", "integer", NULL);
  test_add_reference(test_add_table(f->to, "t", "x", "integer", NULL), "t_x_fkey", "x", "u", "id");
  plan(f);
  assert_string_equal(((DmigCheck *) find_step(f, "add-constraint")->checks->pdata[0])->sql,
                      "SELECT count(*) FROM t WHERE t.x IS NOT NULL");
}

static void
test_a_new_table_has_no_rows_to_ask(void **state)
{
  Fixture *f = *state;

  add_cycle(f->to);
  plan(f);
  assert_int_equal(find_step(f, "add-constraint")->checks->len, 0);
}

int
main(void)
{
  const struct CMUnitTest tests[] = {
    BINDING(test_a_fill_under_a_reference_asks_for_its_partner),
    BINDING(test_a_fill_asks_the_checks_that_stay),
    REBUILDING(test_a_new_check_asks_the_rows_before_the_rebuild),
    BINDING(test_a_new_key_asks_for_duplicates),
    BINDING(test_a_check_tells_which_rows_it_counts),
    BINDING(test_a_new_reference_asks_for_orphans),
    BINDING(test_a_reference_to_nothing_asks_for_values),
    BINDING(test_a_new_table_has_no_rows_to_ask),
  };

  return cmocka_run_group_tests(tests, NULL, NULL);
}
