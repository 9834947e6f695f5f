#include "tests/core/plan/planner_support.h"

static void
test_a_type_change_lets_go_of_what_reads_the_column(void **state)
{
  Fixture *f = *state;

  for (int side = 0; side < 2; side++) {
    DmigSchema *schema = side == 0 ? f->from : f->to;
    DmigTable *t = test_add_table(schema, "t", "id", "integer", "n", side == 0 ? "integer" : "bigint",
                             "twice", "bigint", "other", "integer", NULL);
    DmigTable *u = test_add_table(schema, "u", "n", side == 0 ? "integer" : "bigint", NULL);
    column(t, "twice")->generated = DMIG_GENERATED_STORED;
    column(t, "twice")->generated_sql = g_strdup("n * 2");
    test_add_check(t, "reads", "n > 0");
    test_add_check(t, "does_not", "other > 0");
    test_add_index(t, "plain", "n", NULL);
    test_add_index(t, "expressed", NULL, "n + 1");
    test_add_index(t, "on_computed", "twice", NULL);
    test_add_reference(u, "u_t", "n", "t", "id");
    test_add_view(schema, "v", "SELECT n FROM t");
    test_add_view(schema, "w", "SELECT n FROM v");
    test_add_view(schema, "x", "SELECT 1 AS one");
  }
  assert_steps(f, "drop view w\n"
                  "drop view v\n"
                  "drop foreign key u(n) to t\n"
                  "drop check reads on t\n"
                  "drop index expressed on t\n"
                  "drop index on_computed on t\n"
                  "drop column t.twice\n"
                  "alter column t.n: type integer to bigint\n"
                  "alter column u.n: type integer to bigint\n"
                  "add column t.twice bigint\n"
                  "create index expressed on t\n"
                  "create index on_computed on t\n"
                  "add check reads on t\n"
                  "add foreign key u(n) to t\n"
                  "create view v\n"
                  "create view w\n");
  assert_int_equal(f->plan->loss, DMIG_LOSS_NONE);
}

static void
test_foreign_keys_let_go_of_a_key_that_changes(void **state)
{
  Fixture *f = *state;

  for (int side = 0; side < 2; side++) {
    DmigSchema *schema = side == 0 ? f->from : f->to;
    DmigTable *t = test_add_table(schema, "t", "id", "integer", NULL);
    test_add_constraint(t, side == 0 ? DMIG_CONSTRAINT_UNIQUE : DMIG_CONSTRAINT_PRIMARY_KEY,
                   side == 0 ? "t_id_key" : "t_pkey", "id");
    test_add_reference(test_add_table(schema, "u", "t", "integer", NULL), "u_t", "t", "t", "id");
  }
  assert_steps(f, "drop foreign key u(t) to t\n"
                  "drop unique constraint on t(id)\n"
                  "add primary key on t(id)\n"
                  "add foreign key u(t) to t\n");
}

int
main(void)
{
  const struct CMUnitTest tests[] = {
    BINDING(test_a_type_change_lets_go_of_what_reads_the_column),
    BINDING(test_foreign_keys_let_go_of_a_key_that_changes),
  };

  return cmocka_run_group_tests(tests, NULL, NULL);
}
