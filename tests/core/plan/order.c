#include "tests/core/plan/planner_support.h"

static void
test_tables_are_made_after_those_they_refer_to(void **state)
{
  Fixture *f = *state;
  DmigTable *a = test_add_table(f->to, "a", "id", "integer", "b", "integer", NULL);

  test_add_reference(a, "a_b", "b", "b", "id");
  test_add_reference(test_add_table(f->to, "b", "id", "integer", "c", "integer", NULL), "b_c", "c", "c", "id");
  test_add_reference(test_add_table(f->to, "c", "id", "integer", NULL), "c_c", "id", "c", "id");
  assert_steps(f, "create table c\n"
                  "create table b\n"
                  "create table a\n");
}

static void
test_a_cycle_of_references_is_cut(void **state)
{
  Fixture *f = *state;

  add_cycle(f->to);
  assert_steps(f, "create table b\n"
                  "create table a\n"
                  "add foreign key b(a) to a\n");
}

static void
test_a_cycle_is_cut_when_it_is_dropped_too(void **state)
{
  Fixture *f = *state;

  add_cycle(f->from);
  assert_steps(f, "drop foreign key a(b) to b\n"
                  "drop table b\n"
                  "drop table a\n");
  assert_int_equal(f->plan->loss, DMIG_LOSS_LOSSY);
}

static void
test_views_are_made_and_dropped_by_who_reads_whom(void **state)
{
  Fixture *f = *state;

  test_add_view(f->from, "lower", "SELECT 1 AS x");
  test_add_view(f->from, "upper", "SELECT x FROM lower");
  test_add_view(f->to, "outer_one", "SELECT x FROM inner_one");
  test_add_view(f->to, "inner_one", "SELECT 2 AS x");
  assert_steps(f, "drop view upper\n"
                  "drop view lower\n"
                  "create view inner_one\n"
                  "create view outer_one\n");
}

static void
test_enums_move_into_schemas_that_are_there(void **state)
{
  Fixture *f = *state;
  g_autofree char *before = dmig_path_new("old", "kind"), *after = dmig_path_new("new", "kind");
  DmigObject *old = dmig_object_new(DMIG_OBJECT_SCHEMA, "old", NULL);
  DmigObject *new = dmig_object_new(DMIG_OBJECT_SCHEMA, "new", NULL);

  old->create = g_strdup("CREATE SCHEMA old;\n");
  old->drop = g_strdup("DROP SCHEMA old;\n");
  new->create = g_strdup("CREATE SCHEMA new;\n");
  new->drop = g_strdup("DROP SCHEMA new;\n");
  g_ptr_array_add(f->from->objects, old);
  g_ptr_array_add(f->to->objects, new);
  test_add_enum(f->from, before, "a b");
  test_add_enum(f->to, after, "a b");
  dmig_transition_rename_enum(f->transition, before, after);
  assert_steps(f, "create schema new\n"
                  "rename enum old.kind to new.kind\n"
                  "drop schema old\n");
}

static void
test_hand_written_sql_stands_around_it_all(void **state)
{
  Fixture *f = *state;

  test_add_table(f->to, "t", "x", "integer", NULL);
  f->transition->before_sql = g_strdup("SELECT 1");
  f->transition->after_sql = g_strdup("SELECT 2;\n\n");
  assert_steps(f, "hand-written SQL before\n"
                  "create table t\n"
                  "hand-written SQL after\n");
  assert_string_equal(find_step(f, "sql-before")->sql->str, "SELECT 1;\n");
  assert_string_equal(find_step(f, "sql-after")->sql->str, "SELECT 2;\n");
}

static void
test_a_dropped_table_gives_its_names_away_first(void **state)
{
  Fixture *f = *state;

  test_add_index(test_add_table(f->from, "old", "x", "integer", NULL), "i", "x", NULL);
  test_add_index(test_add_table(f->to, "new", "y", "integer", NULL), "i", "y", NULL);
  assert_steps(f, "drop index i on old\n"
                  "create table new\n"
                  "drop table old\n");
}

static void
test_a_key_gives_its_name_away_after_references_to_it(void **state)
{
  Fixture *f = *state;

  test_add_constraint(test_add_table(f->from, "old", "id", "integer", NULL), DMIG_CONSTRAINT_PRIMARY_KEY, "k",
                 "id");
  test_add_reference(test_add_table(f->from, "user", "x", "integer", NULL), "fk", "x", "old", "id");
  test_add_constraint(test_add_table(f->to, "new", "id", "integer", NULL), DMIG_CONSTRAINT_PRIMARY_KEY, "k",
                 "id");
  assert_steps(f, "drop foreign key user(x) to old\n"
                  "drop primary key on old(id)\n"
                  "create table new\n"
                  "drop table user\n"
                  "drop table old\n");
}

static void
test_a_computed_column_is_freed_before_what_it_reads_changes(void **state)
{
  Fixture *f = *state;

  DmigTable *from = test_add_table(f->from, "t", "n", "integer", "twice", "integer", NULL);
  test_add_table(f->to, "t", "n", "bigint", "twice", "integer", NULL);
  column(from, "twice")->generated = DMIG_GENERATED_STORED;
  column(from, "twice")->generated_sql = g_strdup("n * 2");
  assert_steps(f, "alter column t.twice: not generated\n"
                  "alter column t.n: type integer to bigint\n");
}

static void
test_a_column_that_becomes_computed_goes_before_it_comes(void **state)
{
  Fixture *f = *state;

  test_add_table(f->from, "t", "n", "integer", "twice", "integer", NULL);
  DmigTable *to = test_add_table(f->to, "t", "n", "integer", "twice", "integer", NULL);
  column(to, "twice")->generated = DMIG_GENERATED_STORED;
  column(to, "twice")->generated_sql = g_strdup("n * 2");
  assert_steps(f, "drop column t.twice\n"
                  "add column t.twice integer\n");
  assert_int_equal(f->plan->loss, DMIG_LOSS_LOSSY);
}

int
main(void)
{
  const struct CMUnitTest tests[] = {
    BINDING(test_tables_are_made_after_those_they_refer_to),
    BINDING(test_a_cycle_of_references_is_cut),
    BINDING(test_a_cycle_is_cut_when_it_is_dropped_too),
    BINDING(test_views_are_made_and_dropped_by_who_reads_whom),
    BINDING(test_enums_move_into_schemas_that_are_there),
    BINDING(test_hand_written_sql_stands_around_it_all),
    BINDING(test_a_dropped_table_gives_its_names_away_first),
    BINDING(test_a_key_gives_its_name_away_after_references_to_it),
    BINDING(test_a_computed_column_is_freed_before_what_it_reads_changes),
    BINDING(test_a_column_that_becomes_computed_goes_before_it_comes),
  };

  return cmocka_run_group_tests(tests, NULL, NULL);
}
