#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "core/schema/schema.h"

/* Each test compares two objects that are alike at first, with one thing changed at a time. */

static void
set(char **slot, const char *value)
{
  g_free(*slot);
  *slot = g_strdup(value);
}

static int
column_setup(void **state)
{
  DmigColumn **pair = g_new0(DmigColumn *, 2);
  for (guint i = 0; i < 2; i++) {
    pair[i] = dmig_column_new("a", "text");
    pair[i]->default_sql = g_strdup("now()");
  }
  *state = pair;
  return 0;
}

static int
column_teardown(void **state)
{
  DmigColumn **pair = *state;
  dmig_column_free(pair[0]);
  dmig_column_free(pair[1]);
  g_free(pair);
  return 0;
}

static void
test_columns(void **state)
{
  DmigColumn *a = ((DmigColumn **) *state)[0], *b = ((DmigColumn **) *state)[1];
  assert_true(dmig_column_equal(a, b));
  set(&b->comment, "said");
  set(&b->default_sql, "( NOW( ) )");
  assert_true(dmig_column_equal(a, b));
  b->not_null = TRUE;
  assert_false(dmig_column_equal(a, b));
  b->not_null = FALSE;
  set(&b->type, "TEXT");
  set(&b->default_sql, "now()");
  assert_true(dmig_column_equal(a, b));
  set(&b->type, "\"TEXT\"");
  assert_false(dmig_column_equal(a, b));
  set(&b->type, "text");
  set(&a->default_sql, NULL);
  set(&b->default_sql, "NULL");
  assert_true(dmig_column_equal(a, b));
  set(&a->default_sql, "now()");
  set(&b->default_sql, "now()");
  b->unsaid = TRUE;
  assert_true(dmig_column_equal(a, b));
  set(&b->on_null, "IGNORE");
  assert_false(dmig_column_equal(a, b));
  set(&b->on_null, NULL);
  set(&b->collation, "C");
  assert_false(dmig_column_equal(a, b));
  set(&b->collation, NULL);
  b->identity = DMIG_IDENTITY_ALWAYS;
  assert_false(dmig_column_equal(a, b));
  b->identity = DMIG_IDENTITY_NONE;
  b->generated = DMIG_GENERATED_STORED;
  assert_false(dmig_column_equal(a, b));
  b->generated = DMIG_GENERATED_NONE;
  set(&b->default_sql, NULL);
  assert_false(dmig_column_equal(a, b));
  set(&b->default_sql, "now()");
  assert_true(dmig_column_equal(a, b));
  set(&b->name, "b");
  assert_false(dmig_column_equal(a, b));
}

static int
constraint_setup(void **state)
{
  DmigConstraint **pair = g_new0(DmigConstraint *, 2);
  for (guint i = 0; i < 2; i++) {
    pair[i] = dmig_constraint_new(DMIG_CONSTRAINT_FOREIGN_KEY, "f");
    g_strfreev(pair[i]->columns);
    pair[i]->columns = g_strsplit("a,b", ",", -1);
    g_strfreev(pair[i]->ref_columns);
    pair[i]->ref_columns = g_strsplit("x,y", ",", -1);
    pair[i]->ref_table = g_strdup("t");
  }
  *state = pair;
  return 0;
}

static int
constraint_teardown(void **state)
{
  DmigConstraint **pair = *state;
  dmig_constraint_free(pair[0]);
  dmig_constraint_free(pair[1]);
  g_free(pair);
  return 0;
}

static void
test_constraint_names(void **state)
{
  DmigConstraint *a = ((DmigConstraint **) *state)[0], *b = ((DmigConstraint **) *state)[1];
  assert_true(dmig_constraint_equal(a, b));
  set(&b->name, "g");
  assert_false(dmig_constraint_equal(a, b));
  assert_true(dmig_constraint_same_shape(a, b));
  set(&b->name, NULL);
  assert_true(dmig_constraint_equal(a, b));
}

static void
test_foreign_keys(void **state)
{
  DmigConstraint *a = ((DmigConstraint **) *state)[0], *b = ((DmigConstraint **) *state)[1];
  b->on_delete = DMIG_ACTION_RESTRICT;
  assert_false(dmig_constraint_same_shape(a, b));
  b->on_delete = DMIG_ACTION_NO_ACTION;
  b->on_update = DMIG_ACTION_CASCADE;
  assert_false(dmig_constraint_same_shape(a, b));
  b->on_update = DMIG_ACTION_NO_ACTION;
  b->deferrable = DMIG_DEFERRABLE;
  assert_false(dmig_constraint_same_shape(a, b));
  b->deferrable = DMIG_NOT_DEFERRABLE;
  set(&b->ref_table, "u");
  assert_false(dmig_constraint_same_shape(a, b));
  set(&b->ref_table, "t");
  set(&b->ref_columns[1], "z");
  assert_false(dmig_constraint_same_shape(a, b));
  set(&b->ref_columns[1], "y");
  assert_true(dmig_constraint_same_shape(a, b));
}

static void
test_keys_and_checks(void **state)
{
  DmigConstraint *a = ((DmigConstraint **) *state)[0], *b = ((DmigConstraint **) *state)[1];
  a->kind = DMIG_CONSTRAINT_UNIQUE;
  b->kind = DMIG_CONSTRAINT_PRIMARY_KEY;
  assert_false(dmig_constraint_same_shape(a, b));
  b->kind = DMIG_CONSTRAINT_UNIQUE;
  assert_true(dmig_constraint_same_shape(a, b));
  set(&b->columns[0], "b");
  set(&b->columns[1], "a");
  assert_false(dmig_constraint_same_shape(a, b));
  a->kind = b->kind = DMIG_CONSTRAINT_CHECK;
  set(&a->check_sql, "a>0");
  set(&b->check_sql, "(A > 0)");
  assert_true(dmig_constraint_same_shape(a, b));
  set(&b->check_sql, "a > 1");
  assert_false(dmig_constraint_same_shape(a, b));
}

static int
index_setup(void **state)
{
  DmigIndex **pair = g_new0(DmigIndex *, 2);
  for (guint i = 0; i < 2; i++) {
    pair[i] = dmig_index_new("i");
    g_ptr_array_add(pair[i]->elements, dmig_index_element_new("a", NULL));
    g_ptr_array_add(pair[i]->elements, dmig_index_element_new(NULL, "lower(b)"));
  }
  *state = pair;
  return 0;
}

static int
index_teardown(void **state)
{
  DmigIndex **pair = *state;
  dmig_index_free(pair[0]);
  dmig_index_free(pair[1]);
  g_free(pair);
  return 0;
}

static void
test_indexes(void **state)
{
  DmigIndex *a = ((DmigIndex **) *state)[0], *b = ((DmigIndex **) *state)[1];
  DmigIndexElement *element = b->elements->pdata[0];
  assert_true(dmig_index_equal(a, b));
  set(&b->name, "j");
  assert_false(dmig_index_equal(a, b));
  assert_true(dmig_index_same_shape(a, b));
  b->unique = TRUE;
  assert_false(dmig_index_same_shape(a, b));
  b->unique = FALSE;
  set(&b->method, "hash");
  assert_false(dmig_index_same_shape(a, b));
  set(&b->method, NULL);
  set(&b->where_sql, "a > 0");
  assert_false(dmig_index_same_shape(a, b));
  set(&b->where_sql, NULL);
  element->descending = TRUE;
  assert_false(dmig_index_same_shape(a, b));
  element->descending = FALSE;
  element->nulls = -1;
  assert_false(dmig_index_same_shape(a, b));
  element->nulls = 0;
  set(&element->operator_class, "text_ops");
  assert_false(dmig_index_same_shape(a, b));
  set(&element->operator_class, NULL);
  assert_true(dmig_index_same_shape(a, b));
  g_strfreev(b->include);
  b->include = g_strsplit("c", ",", -1);
  assert_false(dmig_index_same_shape(a, b));
}

static void
test_enums_and_views(void **state)
{
  const char *const ab[] = { "a", "b", NULL }, *const ba[] = { "b", "a", NULL };
  DmigEnum *a = dmig_enum_new("e", ab), *b = dmig_enum_new("e", ba);
  DmigObject *v = dmig_object_new_view(NULL, "v", "SELECT 1");
  DmigObject *w = dmig_object_new_view(NULL, "v", "select  1");
  gboolean enums = dmig_enum_equal(a, b), views = dmig_object_equal(v, w);
  dmig_enum_free(a);
  dmig_enum_free(b);
  dmig_object_free(v);
  dmig_object_free(w);
  assert_false(enums);
  assert_true(views);
}

static void
test_action_names(void **state)
{
  assert_string_equal(dmig_action_sql(DMIG_ACTION_NO_ACTION), "NO ACTION");
  assert_string_equal(dmig_action_sql(DMIG_ACTION_SET_DEFAULT), "SET DEFAULT");
}

#define WITH(test, what) cmocka_unit_test_setup_teardown(test, what##_setup, what##_teardown)

int
main(void)
{
  const struct CMUnitTest tests[] = {
    WITH(test_columns, column),          WITH(test_constraint_names, constraint),
    WITH(test_foreign_keys, constraint), WITH(test_keys_and_checks, constraint),
    WITH(test_indexes, index),           cmocka_unit_test(test_enums_and_views),
    cmocka_unit_test(test_action_names),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
