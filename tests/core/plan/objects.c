/* Objects that carry their own SQL: which steps there are, and in which order. Dependencies are given, as
 * a database would give them. */
#include "tests/core/plan/planner_support.h"

#include <string.h>

#include "core/sql/text.h"

/* Made by `says`, so that two objects are the same just where that is. */
static DmigObject *
add_object(DmigSchema *schema, DmigObjectKind kind, const char *path, const char *detail,
           const char *says)
{
  DmigObject *object = dmig_object_new(kind, path, detail);

  object->create = g_strdup_printf("CREATE %s;\n", says);
  object->drop = g_strdup_printf("DROP %s;\n", path);
  g_ptr_array_add(schema->objects, object);
  return object;
}

static DmigDependency *
depend(DmigSchema *schema, DmigObjectKind kind, const char *path, const char *detail,
       DmigObjectKind on_kind, const char *on_path, const char *on_detail)
{
  return dmig_schema_add_dependency(schema, dmig_address_new(kind, path, detail),
                                    dmig_address_new(on_kind, on_path, on_detail), FALSE);
}

static void
test_a_view_is_made_again_where_its_column_changes(void **state)
{
  Fixture *f = *state;

  for (int side = 0; side < 2; side++) {
    DmigSchema *schema = side == 0 ? f->from : f->to;
    test_add_table(schema, "t", "x", side == 0 ? "integer" : "bigint", "y", "text", NULL);
    add_object(schema, DMIG_OBJECT_VIEW, "over_view", NULL, "over_view");
    DmigObject *view = add_object(schema, DMIG_OBJECT_VIEW, "view", NULL, "view");
    dmig_facets_add(&view->facets, dmig_facet_new("grant to r", "SELECT", "GRANT;\n", "REVOKE;\n"));
    add_object(schema, DMIG_OBJECT_VIEW, "other", NULL, "other");
    depend(schema, DMIG_OBJECT_VIEW, "over_view", NULL, DMIG_OBJECT_VIEW, "view", NULL);
    depend(schema, DMIG_OBJECT_VIEW, "view", NULL, DMIG_OBJECT_COLUMN, "t", "x");
    depend(schema, DMIG_OBJECT_VIEW, "other", NULL, DMIG_OBJECT_COLUMN, "t", "y");
  }
  assert_steps(f, "drop view over_view\n"
                  "drop view view\n"
                  "alter column t.x: type integer to bigint\n"
                  "create view view\n"
                  "create view over_view\n");
}

static void
test_a_replaced_function_leaves_its_users_alone(void **state)
{
  Fixture *f = *state;

  for (int side = 0; side < 2; side++) {
    DmigSchema *schema = side == 0 ? f->from : f->to;
    test_add_table(schema, "t", "x", "integer", NULL);
    DmigObject *function =
        add_object(schema, DMIG_OBJECT_ROUTINE, "f", "", side == 0 ? "f as 1" : "f as 2");
    function->mould = g_strdup("integer.");
    function->replace = g_strdup("REPLACE f;\n");
    add_object(schema, DMIG_OBJECT_TRIGGER, "t", "trigger", "trigger");
    depend(schema, DMIG_OBJECT_TRIGGER, "t", "trigger", DMIG_OBJECT_ROUTINE, "f", "");
  }
  assert_steps(f, "replace routine f()\n");
}

static void
test_users_of_a_function_make_room_for_another(void **state)
{
  Fixture *f = *state;

  for (int side = 0; side < 2; side++) {
    DmigSchema *schema = side == 0 ? f->from : f->to;
    DmigTable *t = test_add_table(schema, "t", "x", "integer", NULL);
    dmig_table_column(t, "x")->default_sql = g_strdup("f()");
    test_add_check(t, "t_check", "f() > 0");
    DmigObject *function =
        add_object(schema, DMIG_OBJECT_ROUTINE, "f", "", side == 0 ? "f as 1" : "f as 2");
    function->mould = g_strdup(side == 0 ? "integer." : "text.");
    function->replace = g_strdup("REPLACE f;\n");
    add_object(schema, DMIG_OBJECT_TRIGGER, "t", "trigger", "trigger");
    depend(schema, DMIG_OBJECT_TRIGGER, "t", "trigger", DMIG_OBJECT_ROUTINE, "f", "");
    depend(schema, DMIG_OBJECT_COLUMN, "t", "x", DMIG_OBJECT_ROUTINE, "f", "");
    depend(schema, DMIG_OBJECT_CONSTRAINT, "t", "t_check", DMIG_OBJECT_ROUTINE, "f", "");
  }
  assert_steps(f, "drop trigger trigger on t\n"
                  "drop check t_check on t\n"
                  "alter column t.x: no default\n"
                  "drop routine f()\n"
                  "create routine f()\n"
                  "alter column t.x: default f()\n"
                  "add check t_check on t\n"
                  "create trigger trigger on t\n");
}

static void
test_what_goes_with_a_table_is_not_dropped_before(void **state)
{
  Fixture *f = *state;

  DmigTable *t = test_add_table(f->from, "t", "x", "integer", NULL);
  dmig_table_column(t, "x")->default_sql = g_strdup("next(s)");
  add_object(f->from, DMIG_OBJECT_SEQUENCE, "s", NULL, "s");
  add_object(f->from, DMIG_OBJECT_ROUTINE, "f", "", "f");
  add_object(f->from, DMIG_OBJECT_TRIGGER, "t", "trigger", "trigger");
  depend(f->from, DMIG_OBJECT_TRIGGER, "t", "trigger", DMIG_OBJECT_ROUTINE, "f", "");
  depend(f->from, DMIG_OBJECT_COLUMN, "t", "x", DMIG_OBJECT_SEQUENCE, "s", NULL);
  depend(f->from, DMIG_OBJECT_SEQUENCE, "s", NULL, DMIG_OBJECT_COLUMN, "t", "x")->owned = TRUE;
  assert_steps(f, "drop table t\n"
                  "drop routine f()\n");
}

static void
test_a_name_is_free_before_it_is_taken(void **state)
{
  Fixture *f = *state;

  test_add_table(f->from, "t", "x", "integer", NULL);
  add_object(f->from, DMIG_OBJECT_VIEW, "v", NULL, "v");
  depend(f->from, DMIG_OBJECT_VIEW, "v", NULL, DMIG_OBJECT_TABLE, "t", NULL);
  test_add_table(f->to, "v", "x", "integer", NULL);
  add_object(f->to, DMIG_OBJECT_SEQUENCE, "t", NULL, "t");
  assert_steps(f, "drop view v\n"
                  "drop table t\n"
                  "create sequence t\n"
                  "create table v\n");
}

static void
test_functions_pull_what_they_need_before_them(void **state)
{
  Fixture *f = *state;

  DmigTable *t = test_add_table(f->to, "t", "x", "integer", NULL);
  test_add_table(f->to, "u", "x", "integer", NULL);
  dmig_table_column(t, "x")->default_sql = g_strdup("f()");
  add_object(f->to, DMIG_OBJECT_ROUTINE, "f", "", "f");
  depend(f->to, DMIG_OBJECT_COLUMN, "t", "x", DMIG_OBJECT_ROUTINE, "f", "");
  depend(f->to, DMIG_OBJECT_ROUTINE, "f", "", DMIG_OBJECT_TABLE, "u", NULL);
  assert_steps(f, "create table u\n"
                  "create routine f()\n"
                  "create table t\n");
}

static void
attach(DmigTable *child, DmigTable *parent)
{
  DmigFacet *facet = dmig_facet_new("partition of", parent->name, "ATTACH;\n", "DETACH;\n");

  facet->late = facet->replaces = facet->attaches = TRUE;
  dmig_facet_add_need(facet, dmig_address_new(DMIG_OBJECT_TABLE, parent->name, NULL));
  dmig_facets_add(&child->facets, facet);
  dmig_table_add_parent(child, parent->name, parent);
  for (guint i = 0; i < child->columns->len; i++)
    ((DmigColumn *) child->columns->pdata[i])->inherited = TRUE;
}

static void
test_a_table_is_remade_where_nothing_alters_it(void **state)
{
  Fixture *f = *state;

  for (int side = 0; side < 2; side++) {
    DmigSchema *schema = side == 0 ? f->from : f->to;
    DmigTable *t = test_add_table(schema, "t", "x", "integer", NULL);
    DmigTable *u = test_add_table(schema, "u", "x", "integer", NULL);
    test_add_constraint(t, DMIG_CONSTRAINT_PRIMARY_KEY, "t_pkey", "x");
    test_add_reference(u, "u_x_fkey", "x", "t", "x");
    add_object(schema, DMIG_OBJECT_VIEW, "v", NULL, "v");
    add_object(schema, DMIG_OBJECT_TRIGGER, "t", "trigger", "trigger");
    depend(schema, DMIG_OBJECT_VIEW, "v", NULL, DMIG_OBJECT_COLUMN, "t", "x");
    DmigFacet *owner = dmig_facet_new("owned by", "t.x", "OWNED BY t.x;\n", "OWNED BY NONE;\n");
    owner->late = TRUE;
    dmig_facet_add_need(owner, dmig_address_new(DMIG_OBJECT_COLUMN, "t", "x"));
    dmig_facets_add(&add_object(schema, DMIG_OBJECT_SEQUENCE, "s", NULL, "s")->facets, owner);
    depend(schema, DMIG_OBJECT_SEQUENCE, "s", NULL, DMIG_OBJECT_COLUMN, "t", "x")->owned = TRUE;
    if (side == 1) {
      t->partition_by = g_strdup("LIST (x)");
      attach(test_add_table(schema, "child", "x", "integer", NULL), t);
    }
  }
  assert_steps(f, "drop view v\n"
                  "drop foreign key u(x) to t\n"
                  "alter sequence s: no owned by\n"
                  "create table child\n"
                  "rebuild table t\n"
                  "alter table child: partition of t\n"
                  "copy the rows of table t\n"
                  "add primary key on t(x)\n"
                  "add foreign key u(x) to t\n"
                  "create trigger trigger on t\n"
                  "create view v\n"
                  "alter sequence s: owned by t.x\n");
}

/* t's check calls f, f reads v, v reads t. */
static void
test_a_circle_is_cut_at_the_part_of_a_table(void **state)
{
  Fixture *f = *state;

  for (int side = 0; side < 2; side++) {
    DmigTable *t = test_add_table(f->to, "t", "x", "integer", NULL);
    test_add_check(t, "t_check", "f() > 0");
    add_object(f->to, DMIG_OBJECT_ROUTINE, "f", "", "f");
    add_object(f->to, DMIG_OBJECT_VIEW, "v", NULL, "v");
    depend(f->to, DMIG_OBJECT_CONSTRAINT, "t", "t_check", DMIG_OBJECT_ROUTINE, "f", "");
    depend(f->to, DMIG_OBJECT_ROUTINE, "f", "", DMIG_OBJECT_VIEW, "v", NULL);
    depend(f->to, DMIG_OBJECT_VIEW, "v", NULL, DMIG_OBJECT_COLUMN, "t", "x");
    if (side == 0)
      assert_steps(f, "create table t\n"
                      "create view v\n"
                      "create routine f()\n"
                      "add check t_check on t\n");
    DmigSchema *from = f->from;
    f->from = f->to;
    f->to = from;
  }
  dmig_schema_unref(f->to);
  f->to = dmig_schema_new(f->from->dialect);
  assert_steps(f, "drop check t_check on t\n"
                  "drop routine f()\n"
                  "drop view v\n"
                  "drop table t\n");
}

static void
test_a_facet_changes_in_place(void **state)
{
  Fixture *f = *state;

  DmigObject *old = add_object(f->from, DMIG_OBJECT_SEQUENCE, "s", NULL, "s");
  DmigObject *new = add_object(f->to, DMIG_OBJECT_SEQUENCE, "s", NULL, "s");
  dmig_facets_add(&old->facets, dmig_facet_new("increment", "1", "BY 1;\n", "BY 1;\n"));
  dmig_facets_add(&new->facets, dmig_facet_new("increment", "2", "BY 2;\n", "BY 1;\n"));
  dmig_facets_add(&old->facets, dmig_facet_new("comment", "'a'", "C;\n", "NC;\n"));
  dmig_facets_add(&new->facets, dmig_facet_new("owner", "o", "O;\n", "NO;\n"));
  assert_steps(f, "alter sequence s: no comment\n"
                  "alter sequence s: increment 2\n"
                  "alter sequence s: owner o\n");
}

/* A facet without a way back: only another object is without it. */
static void
test_a_facet_that_stays_forever_takes_its_object_along(void **state)
{
  Fixture *f = *state;

  DmigObject *old = add_object(f->from, DMIG_OBJECT_VIEW, "v", NULL, "v");
  add_object(f->to, DMIG_OBJECT_VIEW, "v", NULL, "v");
  dmig_facets_add(&old->facets, dmig_facet_new("sealed", "true", "SEAL;\n", NULL));
  assert_steps(f, "drop view v\n"
                  "create view v\n");
}

static void
test_columns_of_a_type_are_text_while_it_is_made_again(void **state)
{
  Fixture *f = *state;

  for (int side = 0; side < 2; side++) {
    DmigSchema *schema = side == 0 ? f->from : f->to;
    test_add_table(schema, "t", "x", "price", NULL);
    add_object(schema, DMIG_OBJECT_DOMAIN, "price", NULL, side == 0 ? "price int" : "price text");
    depend(schema, DMIG_OBJECT_COLUMN, "t", "x", DMIG_OBJECT_DOMAIN, "price", NULL);
  }
  assert_steps(f, "alter column t.x: type price to text\n"
                  "drop domain price\n"
                  "create domain price\n"
                  "alter column t.x: type text to price\n");
}

/* The text of a number with a point is none without one. */
static void
test_columns_of_a_domain_are_of_its_base_meanwhile(void **state)
{
  Fixture *f = *state;

  for (int side = 0; side < 2; side++) {
    DmigSchema *schema = side == 0 ? f->from : f->to;
    test_add_table(schema, "t", "x", "price", NULL);
    DmigObject *domain = add_object(schema, DMIG_OBJECT_DOMAIN, "price", NULL,
                                    side == 0 ? "price numeric" : "price bigint");
    dmig_object_set_property(domain, "base", side == 0 ? "numeric(12,2)" : "bigint");
    depend(schema, DMIG_OBJECT_COLUMN, "t", "x", DMIG_OBJECT_DOMAIN, "price", NULL);
  }
  assert_steps(f, "alter column t.x: type price to numeric(12,2)\n"
                  "drop domain price\n"
                  "create domain price\n"
                  "alter column t.x: type numeric(12,2) to price\n");
}

static void
test_a_sequence_makes_room_for_an_identity_of_its_name(void **state)
{
  Fixture *f = *state;

  for (int side = 0; side < 2; side++) {
    DmigSchema *schema = side == 0 ? f->from : f->to;
    DmigColumn *x = dmig_table_column(test_add_table(schema, "t", "x", "integer", NULL), "x");
    if (side == 1) {
      x->identity = DMIG_IDENTITY_ALWAYS;
      continue;
    }
    x->default_sql = g_strdup("nextval('t_x_seq')");
    add_object(schema, DMIG_OBJECT_SEQUENCE, "t_x_seq", NULL, "t_x_seq");
    depend(schema, DMIG_OBJECT_COLUMN, "t", "x", DMIG_OBJECT_SEQUENCE, "t_x_seq", NULL);
    depend(schema, DMIG_OBJECT_SEQUENCE, "t_x_seq", NULL, DMIG_OBJECT_COLUMN, "t", "x")->owned =
        TRUE;
  }
  assert_steps(f, "alter column t.x: no default\n"
                  "drop sequence t_x_seq\n"
                  "alter column t.x: identity\n");
  DmigSchema *from = f->from;
  f->from = f->to;
  f->to = from;
  assert_steps(f, "alter column t.x: no identity\n"
                  "create sequence t_x_seq\n"
                  "alter column t.x: default nextval('t_x_seq')\n");
}

/* Names with what separates the parts of paths in them. */
static void
test_addresses_keep_odd_names_apart(void **state)
{
  g_autofree char *path = dmig_path_new("a.b", "c d");
  g_autofree char *address = dmig_address_new(DMIG_OBJECT_TRIGGER, path, "e\"f");
  g_autofree char *back = dmig_address_path(address);
  g_autofree char *text = dmig_address_text(address);
  g_autofree char *sql = dmig_sql_identifier(((Fixture *) *state)->to->dialect, path);
  g_autofree char *schema = dmig_path_schema(path);

  assert_string_equal(back, path);
  assert_string_equal(dmig_address_detail(address), "e\"f");
  assert_string_equal(text, "trigger e\"f on a.b.c d");
  assert_string_equal(sql, "\"a.b\".\"c d\"");
  assert_string_equal(schema, "a.b");
  assert_string_equal(dmig_path_name(path), "c d");
}

int
main(void)
{
  const struct CMUnitTest tests[] = {
    BINDING(test_a_view_is_made_again_where_its_column_changes),
    BINDING(test_a_replaced_function_leaves_its_users_alone),
    BINDING(test_users_of_a_function_make_room_for_another),
    BINDING(test_what_goes_with_a_table_is_not_dropped_before),
    BINDING(test_a_name_is_free_before_it_is_taken),
    BINDING(test_functions_pull_what_they_need_before_them),
    BINDING(test_a_table_is_remade_where_nothing_alters_it),
    BINDING(test_a_circle_is_cut_at_the_part_of_a_table),
    BINDING(test_a_facet_changes_in_place),
    BINDING(test_a_facet_that_stays_forever_takes_its_object_along),
    BINDING(test_columns_of_a_type_are_text_while_it_is_made_again),
    BINDING(test_columns_of_a_domain_are_of_its_base_meanwhile),
    BINDING(test_a_sequence_makes_room_for_an_identity_of_its_name),
    BINDING(test_addresses_keep_odd_names_apart),
  };

  return cmocka_run_group_tests(tests, NULL, NULL);
}
