/* Rows that find another partition. */
#include "tests/core/plan/planner_support.h"

static DmigTable *
add_whole(DmigSchema *schema)
{
  DmigTable *whole = test_add_table(schema, "w", "k", "integer", NULL);

  whole->partition_by = g_strdup("LIST (k)");
  return whole;
}

static DmigTable *
add_part(DmigSchema *schema, DmigTable *whole, const char *name, const char *bounds)
{
  DmigTable *part = test_add_table(schema, name, "k", "integer", NULL);
  g_autofree char *value = g_strconcat(whole->name, " ", bounds, NULL);
  DmigFacet *facet = dmig_facet_new("partition of", value, "JOIN;\n", "LEAVE;\n");

  facet->attaches = facet->late = facet->replaces = TRUE;
  dmig_facet_add_need(facet, dmig_address_new(DMIG_OBJECT_TABLE, whole->name, NULL));
  dmig_facets_add(&part->facets, facet);
  dmig_table_add_parent(part, whole->name, whole);
  dmig_table_column(part, "k")->inherited = TRUE;
  return part;
}

/* The statements of all steps of the kind. Owned. */
static char *
sql_of(Fixture *f, const char *kind)
{
  GString *sql = g_string_new(NULL);

  for (guint i = 0; i < f->plan->steps->len; i++) {
    const DmigStep *step = f->plan->steps->pdata[i];
    if (g_str_equal(step->kind, kind))
      g_string_append(sql, step->sql->str);
  }
  return g_string_free(sql, FALSE);
}

static void
assert_moves(Fixture *f, const char *aside, const char *back)
{
  g_autofree char *taken = sql_of(f, "set-rows-aside");
  g_autofree char *brought = sql_of(f, "copy-rows");

  assert_string_equal(taken, aside);
  assert_string_equal(brought, back);
}

static void
test_rows_follow_new_bounds(void **state)
{
  Fixture *f = *state;

  for (int side = 0; side < 2; side++) {
    DmigSchema *schema = side == 0 ? f->from : f->to;
    DmigTable *whole = add_whole(schema);
    add_part(schema, whole, "a", side == 0 ? "1" : "2");
    add_part(schema, whole, "b", side == 0 ? "3" : "4");
    add_part(schema, whole, "same", "5");
  }
  assert_steps(f, "alter table a: no partition of\n"
                  "alter table b: no partition of\n"
                  "set rows of table a aside for other partitions\n"
                  "alter table a: partition of w 2\n"
                  "set rows of table b aside for other partitions\n"
                  "alter table b: partition of w 4\n"
                  "copy the rows of table w\n");
  assert_moves(f, "a to _dmig_old_a: (2) IS NOT TRUE;\nb to _dmig_old_b: (4) IS NOT TRUE;\n",
               "_dmig_old_a to w;\n_dmig_old_b to w;\n");
  const DmigStep *step = find_step(f, "set-rows-aside");
  const DmigCheck *check = step->checks->pdata[0];
  assert_int_equal(step->checks->len, 1);
  assert_string_equal(check->sql, "SELECT count(*) FROM a WHERE ((2) IS NOT TRUE) AND ((2) OR (4) OR (5)) "
                                  "IS NOT TRUE");
  assert_string_equal(check->message,
                      "rows of a fit into no partition of w; give them one, or remove them first");
}

static void
test_a_default_partition_gives_rows_up(void **state)
{
  Fixture *f = *state;

  for (int side = 0; side < 2; side++) {
    DmigSchema *schema = side == 0 ? f->from : f->to;
    DmigTable *whole = add_whole(schema);
    add_part(schema, whole, "a", "1");
    add_part(schema, whole, "rest", "DEFAULT");
    if (side == 1)
      add_part(schema, whole, "new", "2");
  }
  assert_steps(f, "create table new\n"
                  "set rows of table rest aside for other partitions\n"
                  "alter table new: partition of w 2\n"
                  "copy the rows of table w\n");
  assert_moves(f, "rest to _dmig_old_rest: (2);\n", "_dmig_old_rest to w;\n");
  assert_int_equal(find_step(f, "set-rows-aside")->checks->len, 0);
}

/* All that refers to the table would have to be looked through again. */
static void
test_a_default_partition_that_is_referred_to_keeps_them(void **state)
{
  Fixture *f = *state;

  for (int side = 0; side < 2; side++) {
    DmigSchema *schema = side == 0 ? f->from : f->to;
    DmigTable *whole = add_whole(schema);
    test_add_constraint(whole, DMIG_CONSTRAINT_PRIMARY_KEY, "w_pkey", "k");
    add_part(schema, whole, "rest", "DEFAULT");
    DmigTable *child = test_add_table(schema, "child", "w", "integer", NULL);
    test_add_reference(child, "child_w", "w", "w", "k");
    if (side == 1)
      add_part(schema, whole, "new", "2");
  }
  assert_steps(f, "create table new\n"
                  "alter table new: partition of w 2\n");
}

/* Rows of a partition of a partition must fit into all that are above them. */
static void
test_bounds_above_count(void **state)
{
  Fixture *f = *state;

  for (int side = 0; side < 2; side++) {
    DmigSchema *schema = side == 0 ? f->from : f->to;
    DmigTable *whole = add_whole(schema);
    DmigTable *middle = add_part(schema, whole, "m", side == 0 ? "1" : "2");
    middle->partition_by = g_strdup("LIST (k)");
    add_part(schema, middle, "leaf", "7");
    add_part(schema, whole, "rest", "DEFAULT");
  }
  plan(f);
  assert_moves(f,
               "leaf to _dmig_old_leaf: (2) IS NOT TRUE;\n"
               "rest to _dmig_old_rest: (2);\n",
               "_dmig_old_leaf to w;\n_dmig_old_rest to w;\n");
}

static void
add_trigger(DmigSchema *schema)
{
  DmigObject *trigger = dmig_object_new(DMIG_OBJECT_TRIGGER, "a", "t");

  trigger->create = g_strdup("CREATE;\n");
  trigger->drop = g_strdup("DROP;\n");
  g_ptr_array_add(schema->objects, trigger);
}

static void
test_no_trigger_or_reference_sees_it(void **state)
{
  Fixture *f = *state;

  for (int side = 0; side < 2; side++) {
    DmigSchema *schema = side == 0 ? f->from : f->to;
    DmigTable *whole = add_whole(schema);
    test_add_constraint(whole, DMIG_CONSTRAINT_PRIMARY_KEY, "w_pkey", "k");
    add_part(schema, whole, "a", side == 0 ? "1" : "2");
    DmigTable *child = test_add_table(schema, "child", "w", "integer", NULL);
    test_add_reference(child, "child_w", "w", "w", "k");
    add_trigger(schema);
  }
  assert_steps(f, "drop trigger t on a\n"
                  "drop foreign key child(w) to w\n"
                  "alter table a: no partition of\n"
                  "set rows of table a aside for other partitions\n"
                  "alter table a: partition of w 2\n"
                  "copy the rows of table w\n"
                  "add foreign key child(w) to w\n"
                  "create trigger t on a\n");
}

/* Two partitions become one, or one goes from beside a default one. */
static void
drop_a_partition(Fixture *f, gboolean with_default, gboolean back)
{
  for (int side = 0; side < 2; side++) {
    DmigSchema *schema = side == 0 ? f->from : f->to;
    DmigTable *whole = add_whole(schema);
    add_part(schema, whole, "a", with_default ? "DEFAULT" : side == 0 ? "1" : "9");
    if (side == 0)
      add_part(schema, whole, "b", "2");
  }
  f->transition->reverse = back;
  plan(f);
}

static void
test_rows_of_a_partition_that_goes_are_taken_over(void **state)
{
  Fixture *f = *state;

  drop_a_partition(f, FALSE, FALSE);
  assert_moves(f, "b to _dmig_old_b: (9);\na to _dmig_old_a: (9) IS NOT TRUE;\n",
               "_dmig_old_a to w;\n_dmig_old_b to w;\n");
  assert_int_equal(find_step(f, "drop-table")->loss, DMIG_LOSS_LOSSY);
}

static void
test_a_default_partition_takes_nothing_over(void **state)
{
  Fixture *f = *state;

  drop_a_partition(f, TRUE, FALSE);
  assert_moves(f, "", "");
  assert_int_equal(find_step(f, "drop-table")->loss, DMIG_LOSS_LOSSY);
}

static void
test_on_the_way_back_it_takes_all(void **state)
{
  Fixture *f = *state;

  drop_a_partition(f, TRUE, TRUE);
  assert_moves(f, "b to _dmig_old_b: TRUE;\n", "_dmig_old_b to w;\n");
  assert_int_equal(find_step(f, "drop-table")->loss, DMIG_LOSS_NONE);
}

static void
assert_asks(Fixture *f, const char *step, const char *sql, const char *message)
{
  plan(f);
  const GPtrArray *checks = find_step(f, step)->checks;

  assert_int_equal(checks->len, 1);
  assert_string_equal(((DmigCheck *) checks->pdata[0])->sql, sql);
  assert_string_equal(((DmigCheck *) checks->pdata[0])->message, message);
}

static void
test_rows_of_a_table_that_becomes_a_partition(void **state)
{
  Fixture *f = *state;

  test_add_table(f->from, "a", "k", "integer", NULL);
  add_whole(f->from);
  add_part(f->to, add_whole(f->to), "a", "1");
  assert_asks(f, "set-facet", "SELECT count(*) FROM a WHERE (1) IS NOT TRUE",
              "rows of a are not such as it may hold as a partition of w; mend or remove them first");
}

static void
test_rows_of_a_table_that_becomes_partitioned(void **state)
{
  Fixture *f = *state;

  test_add_table(f->from, "w", "k", "integer", NULL);
  DmigTable *whole = add_whole(f->to);
  add_part(f->to, whole, "a", "1");
  add_part(f->to, whole, "b", "2");
  assert_asks(f, "rebuild-table", "SELECT count(*) FROM w WHERE (TRUE) AND ((1) OR (2)) IS NOT TRUE",
              "rows of w fit into no partition of w; give them one, or remove them first");
}

/* The database has its say then. */
static void
test_unknown_bounds_move_nothing(void **state)
{
  Fixture *f = *state;

  for (int side = 0; side < 2; side++) {
    DmigSchema *schema = side == 0 ? f->from : f->to;
    DmigTable *whole = add_whole(schema);
    add_part(schema, whole, "a", "1");
    dmig_facets_find(((DmigTable *) schema->tables->pdata[1])->facets, "partition of")->value[0] =
        side == 0 ? 'x' : 'y';
  }
  plan(f);
  assert_moves(f, "", "");
}

int
main(void)
{
  const struct CMUnitTest tests[] = {
    BINDING(test_rows_follow_new_bounds),
    BINDING(test_a_default_partition_gives_rows_up),
    BINDING(test_a_default_partition_that_is_referred_to_keeps_them),
    BINDING(test_bounds_above_count),
    BINDING(test_no_trigger_or_reference_sees_it),
    BINDING(test_rows_of_a_partition_that_goes_are_taken_over),
    BINDING(test_a_default_partition_takes_nothing_over),
    BINDING(test_on_the_way_back_it_takes_all),
    BINDING(test_rows_of_a_table_that_becomes_a_partition),
    BINDING(test_rows_of_a_table_that_becomes_partitioned),
    BINDING(test_unknown_bounds_move_nothing),
  };

  return cmocka_run_group_tests(tests, NULL, NULL);
}
