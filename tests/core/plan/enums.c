#include "tests/core/plan/planner_support.h"

static const DmigChange *
enum_change(Fixture *f)
{
  for (guint i = 0; i < f->changes->items->len; i++) {
    const DmigChange *change = f->changes->items->pdata[i];
    if (change->kind == DMIG_CHANGE_ALTER_ENUM)
      return change;
  }
  fail_msg("the enum does not change");
  return NULL;
}

static void
test_labels_are_added_and_renamed_in_place(void **state)
{
  Fixture *f = *state;

  test_add_enum(f->from, "tier", "free pro");
  test_add_enum(f->to, "tier", "none free plus gold");
  dmig_transition_map_label(f->transition, "tier", NULL, NULL, "pro", "gold");
  plan(f);
  assert_false(enum_change(f)->recreate);
  assert_int_equal(f->plan->loss, DMIG_LOSS_NONE);
}

static void
test_a_label_that_goes_asks_the_rows(void **state)
{
  Fixture *f = *state;

  test_add_enum(f->from, "tier", "free pro gold");
  test_add_enum(f->to, "tier", "free pro");
  test_add_table(f->from, "t", "x", "tier", NULL);
  test_add_table(f->to, "t", "x", "tier", NULL);
  test_add_check(f->from->tables->pdata[0], "c", "x <> 'pro'");
  test_add_check(f->to->tables->pdata[0], "c", "x <> 'pro'");
  assert_steps(f, "drop check c on t\n"
                  "alter the labels of enum tier\n"
                  "add check c on t\n");
  assert_true(enum_change(f)->recreate);
  assert_string_equal(
      ((DmigCheck *) find_step(f, "alter-enum")->checks->pdata[0])->sql,
      "SELECT count(*) FROM t WHERE CAST(x AS text) IN ('gold')");
}

static void
test_merged_labels_are_a_loss(void **state)
{
  Fixture *f = *state;

  test_add_enum(f->from, "tier", "free pro gold");
  test_add_enum(f->to, "tier", "free pro");
  test_add_table(f->from, "t", "x", "tier", NULL);
  test_add_table(f->to, "t", "x", "tier", NULL);
  dmig_transition_map_label(f->transition, "tier", NULL, NULL, "gold", "pro");
  plan(f);
  assert_true(enum_change(f)->recreate);
  assert_int_equal(find_step(f, "alter-enum")->checks->len, 0);
  assert_int_equal(f->plan->loss, DMIG_LOSS_LOSSY);
}

static void
test_a_new_label_in_use_at_once_needs_a_new_type(void **state)
{
  Fixture *f = *state;

  test_add_enum(f->from, "tier", "free");
  test_add_enum(f->to, "tier", "free pro");
  test_add_table(f->from, "t", "x", "tier", NULL);
  DmigTable *t = test_add_table(f->to, "t", "x", "tier", NULL);
  column(t, "x")->default_sql = g_strdup("'pro'");
  plan(f);
  assert_true(enum_change(f)->recreate);
}

static void
test_a_type_that_values_join_is_new_when_it_has_new_labels(void **state)
{
  Fixture *f = *state;

  test_add_enum(f->from, "tier", "free");
  test_add_enum(f->to, "tier", "free pro");
  test_add_table(f->from, "t", "x", "text", NULL);
  test_add_table(f->to, "t", "x", "tier", NULL);
  plan(f);
  assert_true(enum_change(f)->recreate);
}

static void
test_a_column_leaves_a_type_before_it_is_replaced(void **state)
{
  Fixture *f = *state;

  test_add_enum(f->from, "tier", "free pro");
  test_add_enum(f->to, "tier", "pro");
  test_add_table(f->from, "t", "x", "tier", "y", "tier", NULL);
  test_add_table(f->to, "t", "x", "tier", NULL);
  assert_steps(f, "alter column t.y: type tier to text\n"
                  "alter the labels of enum tier\n"
                  "drop column t.y\n");
}

static void
test_a_column_that_changes_its_enum_leaves_it_first(void **state)
{
  Fixture *f = *state;

  test_add_enum(f->from, "tier", "free pro");
  test_add_enum(f->to, "tier", "pro");
  test_add_table(f->from, "t", "x", "tier", NULL);
  test_add_table(f->to, "t", "x", "bigint", NULL);
  assert_steps(f, "alter column t.x: type tier to text\n"
                  "alter the labels of enum tier\n"
                  "alter column t.x: type tier to bigint\n");
}

static void
test_labels_move_in_the_rebuild(void **state)
{
  Fixture *f = *state;

  DmigTable *from = test_add_table(f->from, "t", "tier", "text", NULL);
  DmigTable *to = test_add_table(f->to, "t", "tier", "text", NULL);
  test_add_check(from, NULL, "tier IN ('free', 'pro', 'gold')");
  test_add_check(to, NULL, "tier IN ('free', 'pro')");
  dmig_transition_map_label(f->transition, NULL, "t", "tier", "gold", "pro");
  plan(f);
  const DmigStep *step = find_step(f, "rebuild-table");
  assert_string_equal(step->sql->str, "tier = CASE tier WHEN 'gold' THEN 'pro' ELSE tier END;\n");
  assert_int_equal(step->checks->len, 1);
  assert_string_equal(((DmigCheck *) step->checks->pdata[0])->sql,
                      "SELECT count(*) FROM (SELECT CASE tier WHEN 'gold' THEN 'pro' ELSE tier END "
                      "AS tier FROM t) AS t WHERE NOT (tier IN ('free', 'pro'))");
  assert_int_equal(step->loss, DMIG_LOSS_LOSSY);
}

int
main(void)
{
  const struct CMUnitTest tests[] = {
    BINDING(test_labels_are_added_and_renamed_in_place),
    BINDING(test_a_label_that_goes_asks_the_rows),
    BINDING(test_merged_labels_are_a_loss),
    BINDING(test_a_new_label_in_use_at_once_needs_a_new_type),
    BINDING(test_a_type_that_values_join_is_new_when_it_has_new_labels),
    BINDING(test_a_column_leaves_a_type_before_it_is_replaced),
    BINDING(test_a_column_that_changes_its_enum_leaves_it_first),
    REBUILDING(test_labels_move_in_the_rebuild),
  };

  return cmocka_run_group_tests(tests, NULL, NULL);
}
