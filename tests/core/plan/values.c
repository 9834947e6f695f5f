#include "tests/core/plan/planner_support.h"

static void
test_a_required_column_needs_a_value_for_rows(void **state)
{
  Fixture *f = *state;

  test_add_table(f->from, "t", "x", "integer", NULL);
  DmigTable *t = test_add_table(f->to, "t", "x", "integer", "y", "integer", "z", "integer", NULL);
  column(t, "y")->not_null = TRUE;
  column(t, "z")->not_null = TRUE;
  dmig_transition_add_fill(f->transition, "t", "z", "x + 1");
  assert_steps(f, "add column t.y integer\n"
                  "add column t.z integer\n");
  const DmigStep *y = f->plan->steps->pdata[0], *z = f->plan->steps->pdata[1];
  assert_int_equal(y->checks->len, 1);
  assert_string_equal(((DmigCheck *) y->checks->pdata[0])->sql, "SELECT count(*) FROM t");
  assert_int_equal(z->checks->len, 0);
}

static void
test_the_way_back_may_use_neutral_values(void **state)
{
  Fixture *f = *state;

  test_add_table(f->from, "t", "x", "integer", NULL);
  DmigTable *t = test_add_table(f->to, "t", "x", "integer", "y", "integer", "d", "date", NULL);
  column(t, "y")->not_null = TRUE;
  column(t, "d")->not_null = TRUE;
  f->transition->reverse = TRUE;
  plan(f);
  assert_int_equal(f->plan->steps->len, 3);
  assert_int_equal(((DmigStep *) f->plan->steps->pdata[0])->checks->len, 0);
  /* What has no neutral value is asked for once what was kept of it is back. */
  assert_int_equal(((DmigStep *) f->plan->steps->pdata[1])->checks->len, 0);
  const DmigStep *last = f->plan->steps->pdata[2];
  assert_int_equal(last->checks->len, 1);
  assert_string_equal(((DmigCheck *) last->checks->pdata[0])->sql,
                      "SELECT count(*) FROM t WHERE d IS NULL");
}

static void
test_losses_are_named(void **state)
{
  Fixture *f = *state;

  DmigTable *from = test_add_table(f->from, "t", "big", "bigint", "word", "text", "gone", "integer",
                              "needed", "date", "day", "date", NULL);
  column(from, "needed")->not_null = TRUE;
  test_add_table(f->to, "t", "big", "integer", "word", "integer", "day", "integer", NULL);
  plan(f);
  GString *losses = g_string_new(NULL);
  for (guint i = 0; i < f->plan->steps->len; i++) {
    const DmigStep *step = f->plan->steps->pdata[i];
    for (guint j = 0; j < step->losses->len; j++)
      g_string_append_printf(losses, "%s: %s\n", dmig_loss_name(step->loss),
                             (char *) step->losses->pdata[j]);
  }
  g_autofree char *text = g_string_free(losses, FALSE);
  assert_string_equal(text,
                      "lossy: the high digits of t.big (bigint to integer)\n"
                      "lossy: the values of t.day, as no integer can be made of a date\n"
                      "lossy: the values of t.gone\n"
                      "irreversible: the values of t.needed, which the way back needs for every "
                      "row\n");
  assert_int_equal(f->plan->loss, DMIG_LOSS_IRREVERSIBLE);
}

static void
test_a_stated_conversion_is_taken_at_its_word(void **state)
{
  Fixture *f = *state;

  test_add_table(f->from, "t", "x", "date", NULL);
  test_add_table(f->to, "t", "x", "integer", NULL);
  dmig_transition_add_conversion(f->transition, "t", "x", "year(x)");
  plan(f);
  assert_int_equal(f->plan->loss, DMIG_LOSS_NONE);
  assert_string_equal(((DmigChange *) f->changes->items->pdata[0])->using_sql, "year(x)");
}

int
main(void)
{
  const struct CMUnitTest tests[] = {
    BINDING(test_a_required_column_needs_a_value_for_rows),
    BINDING(test_the_way_back_may_use_neutral_values),
    BINDING(test_losses_are_named),
    BINDING(test_a_stated_conversion_is_taken_at_its_word),
  };

  return cmocka_run_group_tests(tests, NULL, NULL);
}
