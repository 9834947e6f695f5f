/* Tables with parents, partitions among them: what comes to whom, and in which order. */
#include <string.h>

#include "core/schema/facet_sql.h"
#include "tests/core/plan/planner_support.h"

/* As a database reports it: what the child has of the parent is inherited. */
static void
join(DmigTable *child, DmigTable *parent, gboolean partition)
{
  g_autofree char *inherits = g_strconcat("inherits ", parent->name, NULL);
  DmigFacet *facet = dmig_facet_new(partition ? "partition of" : inherits, parent->name, "JOIN;\n",
                                    "LEAVE;\n");

  facet->attaches = TRUE;
  facet->late = facet->replaces = partition;
  facet->created = !partition;
  dmig_facet_add_need(facet, dmig_address_new(DMIG_OBJECT_TABLE, parent->name, NULL));
  dmig_facets_add(&child->facets, facet);
  dmig_table_add_parent(child, parent->name, parent);
  for (guint i = 0; i < child->columns->len; i++) {
    DmigColumn *column = child->columns->pdata[i];
    column->inherited = dmig_table_column(parent, column->name) != NULL;
  }
}

static void
test_a_partition_is_attached_and_follows_its_parent(void **state)
{
  Fixture *f = *state;

  for (int side = 0; side < 2; side++) {
    DmigSchema *schema = side == 0 ? f->from : f->to;
    const char *type = side == 0 ? "integer" : "bigint";
    DmigTable *parent = test_add_table(schema, "parent", "x", type, "k", "integer", NULL);
    parent->partition_by = g_strdup("LIST (k)");
    join(test_add_table(schema, "child", "x", type, "k", "integer", NULL), parent, TRUE);
    if (side == 1)
      join(test_add_table(schema, "child2", "x", type, "k", "integer", NULL), parent, TRUE);
  }
  assert_steps(f, "create table child2\n"
                  "alter column parent.x: type integer to bigint\n"
                  "alter table child2: partition of parent\n");
}

/* Nothing alters the type of a partition key: the partitions leave, have it altered each for itself, and
 * join a new parent, with their keys. */
static void
test_a_partition_key_of_another_type_needs_a_new_parent(void **state)
{
  Fixture *f = *state;

  for (int side = 0; side < 2; side++) {
    DmigSchema *schema = side == 0 ? f->from : f->to;
    const char *type = side == 0 ? "integer" : "bigint";
    DmigTable *parent = test_add_table(schema, "parent", "x", type, NULL);
    DmigTable *child = test_add_table(schema, "child", "x", type, NULL);
    parent->partition_by = g_strdup("LIST (x)");
    join(child, parent, TRUE);
    test_add_constraint(parent, DMIG_CONSTRAINT_PRIMARY_KEY, "parent_pkey", "x");
    test_add_constraint(child, DMIG_CONSTRAINT_PRIMARY_KEY, "child_pkey", "x");
    DmigConstraint *key = dmig_table_constraint(child, "child_pkey");
    DmigFacet *part = dmig_facet_new("partition of index", "parent_pkey", "ATTACH;\n", "");
    part->attaches = part->late = TRUE;
    dmig_facet_add_need(part, dmig_address_new(DMIG_OBJECT_CONSTRAINT, "parent", "parent_pkey"));
    dmig_facets_add(&key->facets, part);
  }
  assert_steps(f, "alter table child: no partition of\n"
                  "rebuild table parent\n"
                  "alter column child.x: type integer to bigint\n"
                  "alter table child: partition of parent\n"
                  "copy the rows of table parent\n"
                  "add primary key on parent(x)\n"
                  "alter constraint child.child_pkey: partition of index parent_pkey\n");
}

static void
add_generation(DmigSchema *schema, const char *type, const char *own, gboolean with_child)
{
  DmigTable *parent = test_add_table(schema, "z", "x", type, NULL);
  DmigTable *child = test_add_table(schema, "a", "x", type, NULL);

  column(child, "x")->default_sql = g_strdup(own);
  if (with_child)
    join(child, parent, FALSE);
}

/* The new type comes with the parent's, and would leave the default as a value of the old one. */
static void
test_a_default_of_its_own_steps_aside_for_the_parents_type(void **state)
{
  Fixture *f = *state;

  add_generation(f->from, "text", "'1'", TRUE);
  add_generation(f->to, "integer", "'1'", TRUE);
  assert_steps(f, "alter column a.x: no default\n"
                  "alter column z.x: type text to integer\n"
                  "alter column a.x: default '1'\n");
}

/* A default that comes with the parent's new type is not what the child is to have. */
static void
test_a_child_gives_back_the_default_that_comes_with_a_type(void **state)
{
  Fixture *f = *state;

  add_generation(f->from, "text", NULL, TRUE);
  add_generation(f->to, "varchar", NULL, TRUE);
  column(f->from->tables->pdata[0], "x")->default_sql = g_strdup("'1'");
  column(f->to->tables->pdata[0], "x")->default_sql = g_strdup("'1'");
  assert_steps(f, "alter column z.x: type text to varchar\n"
                  "alter column a.x: no default\n");
}

static void
test_a_table_that_joins_has_its_columns_altered_before(void **state)
{
  Fixture *f = *state;

  add_generation(f->from, "integer", NULL, FALSE);
  add_generation(f->to, "bigint", NULL, TRUE);
  column(f->to->tables->pdata[1], "x")->declared = TRUE;
  assert_steps(f, "alter column z.x: type integer to bigint\n"
                  "alter column a.x: type integer to bigint\n"
                  "alter table a: inherits z z\n");
}

/* Else what it keeps would go with the parent's. */
static void
test_a_table_leaves_before_its_parent_loses_something(void **state)
{
  Fixture *f = *state;

  for (int side = 0; side < 2; side++) {
    DmigSchema *schema = side == 0 ? f->from : f->to;
    DmigTable *p = test_add_table(schema, "p", "x", "integer", NULL);
    DmigTable *q = test_add_table(schema, "q", "x", "integer", NULL);
    DmigTable *child = test_add_table(schema, "c", "x", "integer", "y", "text", NULL);
    if (side == 0) {
      g_ptr_array_add(p->columns, dmig_column_new("y", "text"));
      join(child, p, FALSE);
    }
    join(child, q, FALSE);
  }
  assert_steps(f, "alter table c: no inherits p\n"
                  "drop column p.y\n");
}

/* c says nothing of y, which it has of p; g, below, says it as well. */
static void
test_a_declared_column_goes_after_all_above(void **state)
{
  Fixture *f = *state;

  for (int side = 0; side < 2; side++) {
    DmigSchema *schema = side == 0 ? f->from : f->to;
    DmigTable *g = test_add_table(schema, "g", "x", "integer", NULL);
    DmigTable *c = test_add_table(schema, "c", "x", "integer", NULL);
    DmigTable *p = test_add_table(schema, "p", "x", "integer", NULL);
    for (guint i = 0; side == 0 && i < schema->tables->len; i++)
      g_ptr_array_add(((DmigTable *) schema->tables->pdata[i])->columns,
                      dmig_column_new("y", "text"));
    join(c, p, FALSE);
    join(g, c, FALSE);
    if (side == 0)
      column(g, "y")->declared = TRUE;
  }
  assert_steps(f, "drop column p.y\n"
                  "drop column g.y\n");
}

/* What d says of y, then c alone, and then p: nothing but making c again takes that from it, and d, below,
 * goes along. */
static void
move_column_up(Fixture *f, gboolean designed)
{
  for (int side = 0; side < 2; side++) {
    DmigSchema *schema = side == 0 ? f->from : f->to;
    DmigTable *p = test_add_table(schema, "p", "x", "integer", NULL);
    DmigTable *c = test_add_table(schema, "c", "x", "integer", "y", "text", NULL);
    DmigTable *d = test_add_table(schema, "d", "x", "integer", "y", "text", NULL);
    if (side == 1)
      g_ptr_array_add(p->columns, dmig_column_new("y", "text"));
    join(c, p, FALSE);
    join(d, c, FALSE);
    column(c, "y")->designed = designed;
  }
}

static void
test_a_table_that_sheds_a_column_is_made_again_with_its_children(void **state)
{
  Fixture *f = *state;

  move_column_up(f, FALSE);
  assert_steps(f, "alter table c: no inherits p\n"
                  "alter table d: no inherits c\n"
                  "add column p.y text\n"
                  "rebuild table c\n"
                  "rebuild table d\n"
                  "copy the rows of table c\n"
                  "copy the rows of table d\n");
}

static void
test_a_design_leaves_open_who_says_a_column(void **state)
{
  Fixture *f = *state;

  move_column_up(f, TRUE);
  assert_steps(f, "add column p.y text\n");
}

static void
test_a_column_is_declared_in_place(void **state)
{
  Fixture *f = *state;

  for (int side = 0; side < 2; side++) {
    DmigSchema *schema = side == 0 ? f->from : f->to;
    DmigTable *p = test_add_table(schema, "p", "x", "integer", NULL);
    DmigTable *c = test_add_table(schema, "c", "x", "integer", NULL);
    join(c, p, FALSE);
    column(c, "x")->declared = side == 1;
  }
  assert_steps(f, "alter column c.x: declared too\n");
}

/* p and its children, each with p's check, which is known of the rows where `valid` has the first letter. */
static void
add_family(DmigSchema *schema, const char *valid, const char *const *names)
{
  DmigTable *parent = NULL;

  for (guint i = 0; names[i] != NULL; i++) {
    DmigTable *table = test_add_table(schema, names[i], "x", "integer", NULL);
    DmigConstraint *check = dmig_constraint_new(DMIG_CONSTRAINT_CHECK, "positive");
    check->check_sql = g_strdup("x > 0");
    check->inherited = parent != NULL;
    if (strchr(valid, *names[i]) == NULL)
      dmig_facets_add(&check->facets,
                      dmig_facet_new_not_valid(schema->dialect, names[i], "positive", "CHECK (x > 0)"));
    g_ptr_array_add(table->constraints, check);
    if (parent != NULL)
      join(table, parent, FALSE);
    else
      parent = table;
  }
}

static void
test_a_check_that_is_not_valid_comes_after_the_children(void **state)
{
  Fixture *f = *state;

  add_family(f->to, "d", (const char *const[]) { "p", "c", "d", NULL });
  assert_steps(f, "create table p\n"
                  "create table c\n"
                  "create table d\n"
                  "add check positive on p\n"
                  "validate constraint d.positive\n");
}

/* The check of d, which stays, was known to hold, and is lost with p's. */
static void
test_a_new_child_has_a_check_that_is_not_valid_of_an_old_parent(void **state)
{
  Fixture *f = *state;

  add_family(f->from, "d", (const char *const[]) { "p", "d", NULL });
  add_family(f->to, "d", (const char *const[]) { "p", "c", "d", NULL });
  assert_steps(f, "drop check positive on p\n"
                  "create table c\n"
                  "add check positive on p\n"
                  "validate constraint d.positive\n");
}

static void
test_a_child_keeps_a_valid_check_when_its_parent_loosens_it(void **state)
{
  Fixture *f = *state;

  add_family(f->from, "pcd", (const char *const[]) { "p", "c", "d", NULL });
  add_family(f->to, "d", (const char *const[]) { "p", "c", "d", NULL });
  assert_steps(f, "drop check positive on p\n"
                  "add check positive on p\n"
                  "validate constraint d.positive\n");
}

static void
test_a_child_loosens_a_check_as_its_parent_has_it(void **state)
{
  Fixture *f = *state;

  add_family(f->from, "c", (const char *const[]) { "p", "c", NULL });
  add_family(f->to, "", (const char *const[]) { "p", "c", NULL });
  assert_steps(f, "drop check positive on p\n"
                  "add check positive on p\n");
}

/* What g is told of y, which it has of p through c, needs y to be there. */
static void
test_a_new_table_waits_for_the_columns_of_all_above(void **state)
{
  Fixture *f = *state;

  for (int side = 0; side < 2; side++) {
    DmigSchema *schema = side == 0 ? f->from : f->to;
    DmigTable *p = test_add_table(schema, "p", "x", "integer", NULL);
    DmigTable *c = test_add_table(schema, "c", "x", "integer", NULL);
    DmigTable *g = side == 1 ? test_add_table(schema, "g", "x", "integer", NULL) : NULL;
    for (guint i = 0; side == 1 && i < schema->tables->len; i++)
      g_ptr_array_add(((DmigTable *) schema->tables->pdata[i])->columns,
                      dmig_column_new("y", "text"));
    join(c, p, FALSE);
    if (g != NULL)
      join(g, c, FALSE);
  }
  assert_steps(f, "add column p.y text\n"
                  "create table g\n");
}

int
main(void)
{
  const struct CMUnitTest tests[] = {
    BINDING(test_a_partition_is_attached_and_follows_its_parent),
    BINDING(test_a_partition_key_of_another_type_needs_a_new_parent),
    BINDING(test_a_default_of_its_own_steps_aside_for_the_parents_type),
    BINDING(test_a_child_gives_back_the_default_that_comes_with_a_type),
    BINDING(test_a_table_that_joins_has_its_columns_altered_before),
    BINDING(test_a_table_leaves_before_its_parent_loses_something),
    BINDING(test_a_declared_column_goes_after_all_above),
    BINDING(test_a_table_that_sheds_a_column_is_made_again_with_its_children),
    BINDING(test_a_design_leaves_open_who_says_a_column),
    BINDING(test_a_column_is_declared_in_place),
    BINDING(test_a_new_table_waits_for_the_columns_of_all_above),
    BINDING(test_a_check_that_is_not_valid_comes_after_the_children),
    BINDING(test_a_new_child_has_a_check_that_is_not_valid_of_an_old_parent),
    BINDING(test_a_child_keeps_a_valid_check_when_its_parent_loosens_it),
    BINDING(test_a_child_loosens_a_check_as_its_parent_has_it),
  };

  return cmocka_run_group_tests(tests, NULL, NULL);
}
