#include "tests/core/plan/planner_support.h"

static void
test_one_rebuild_carries_all_changes_of_a_table(void **state)
{
  Fixture *f = *state;

  DmigTable *from = test_add_table(f->from, "t", "id", "integer", "a", "integer", "gone", "text", NULL);
  DmigTable *to = test_add_table(f->to, "t", "id", "integer", "a", "bigint", "b", "text", NULL);
  test_add_index(from, "old", "a", NULL);
  test_add_index(to, "new", "b", NULL);
  test_add_check(from, "positive", "a > 0");
  column(to, "b")->not_null = TRUE;
  dmig_transition_add_fill(f->transition, "t", "b", "'x' || a");
  test_add_view(f->from, "v", "SELECT a FROM t");
  test_add_view(f->to, "v", "SELECT a FROM t");
  assert_steps(f, "drop view v\n"
                  "drop index old on t\n"
                  "rebuild table t: drop check positive on t; add column t.b text; alter "
                  "column t.a: type integer to bigint; drop column t.gone; create index new on t\n"
                  "create view v\n");
  const DmigStep *step = find_step(f, "rebuild-table");
  assert_string_equal(step->sql->str, "id = id;\na = a;\nb = 'x' || a;\n");
  assert_string_equal(step->keeps[0], "t");
  assert_null(step->keeps[1]);
  assert_int_equal(step->loss, DMIG_LOSS_LOSSY);
  assert_string_equal(find_step(f, "drop-object")->keeps[0], "v");
}

static void
test_what_can_be_altered_is_not_rebuilt(void **state)
{
  Fixture *f = *state;

  test_add_table(f->from, "t", "id", "integer", NULL);
  test_add_table(f->to, "t", "id", "integer", "a", "bigint", NULL);
  assert_steps(f, "add column t.a bigint\n");
}

int
main(void)
{
  const struct CMUnitTest tests[] = {
    REBUILDING(test_one_rebuild_carries_all_changes_of_a_table),
    REBUILDING(test_what_can_be_altered_is_not_rebuilt),
  };

  return cmocka_run_group_tests(tests, NULL, NULL);
}
