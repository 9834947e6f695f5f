#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "core/schema/schema.h"

static int
setup(void **state)
{
  *state = dmig_schema_new(NULL);
  return 0;
}

static int
teardown(void **state)
{
  dmig_schema_unref(*state);
  return 0;
}

static void
add_tables(DmigSchema *schema, guint n)
{
  for (guint i = 0; i < n; i++) {
    g_autofree char *name = g_strdup_printf("t%u", i);
    g_ptr_array_add(schema->tables, dmig_table_new(name));
  }
}

static void
test_lookups(void **state)
{
  DmigSchema *schema = *state;
  assert_null(dmig_schema_table(schema, "t0"));
  add_tables(schema, 1000);
  g_ptr_array_add(schema->enums, dmig_enum_new("e", NULL));
  g_ptr_array_add(schema->objects, dmig_object_new_view(NULL, "v", "SELECT 1"));
  assert_ptr_equal(dmig_schema_table(schema, "t999"), schema->tables->pdata[999]);
  assert_ptr_equal(dmig_schema_enum(schema, "e"), schema->enums->pdata[0]);
  assert_ptr_equal(dmig_schema_view(schema, "v"), schema->objects->pdata[0]);
  assert_null(dmig_schema_table(schema, "v"));
  assert_null(dmig_schema_table(schema, ""));
  assert_null(dmig_schema_enum(schema, "E"));
}

/* Who builds a schema may change it between two lookups. */
static void
test_lookups_see_changes(void **state)
{
  DmigSchema *schema = *state;
  add_tables(schema, 3);
  assert_non_null(dmig_schema_table(schema, "t1"));
  DmigTable *table = schema->tables->pdata[1];
  g_free(table->name);
  table->name = g_strdup("renamed");
  assert_null(dmig_schema_table(schema, "t1"));
  assert_ptr_equal(dmig_schema_table(schema, "renamed"), table);
  g_ptr_array_remove_index(schema->tables, 0);
  g_ptr_array_add(schema->tables, dmig_table_new("fresh"));
  assert_null(dmig_schema_table(schema, "t0"));
  assert_ptr_equal(dmig_schema_table(schema, "fresh"), schema->tables->pdata[2]);
  assert_ptr_equal(dmig_schema_table(schema, "t2"), schema->tables->pdata[1]);
  assert_ptr_equal(dmig_schema_table(schema, "renamed"), table);
}

/* A broken catalogue may hold a name twice; the first one counts. */
static void
test_name_used_twice(void **state)
{
  DmigSchema *schema = *state;
  g_ptr_array_add(schema->tables, dmig_table_new("t"));
  g_ptr_array_add(schema->tables, dmig_table_new("t"));
  assert_ptr_equal(dmig_schema_table(schema, "t"), schema->tables->pdata[0]);
}

static DmigTable *
full_table(void)
{
  DmigTable *table = dmig_table_new("t");
  DmigColumn *column = dmig_column_new("a", "text");
  column->default_sql = g_strdup("'x'");
  column->collation = g_strdup("C");
  column->comment = g_strdup("said");
  column->not_null = TRUE;
  g_ptr_array_add(table->columns, column);

  DmigConstraint *key = dmig_constraint_new(DMIG_CONSTRAINT_FOREIGN_KEY, "f");
  g_strfreev(key->columns);
  key->columns = g_strsplit("a", ",", -1);
  key->ref_table = g_strdup("u");
  key->on_delete = DMIG_ACTION_SET_NULL;
  key->deferrable = DMIG_DEFERRABLE;
  g_ptr_array_add(table->constraints, key);

  DmigIndex *index = dmig_index_new("i");
  DmigIndexElement *element = dmig_index_element_new(NULL, "lower(a)");
  element->descending = TRUE;
  element->nulls = -1;
  g_ptr_array_add(index->elements, element);
  index->where_sql = g_strdup("a > ''");
  g_ptr_array_add(table->indexes, index);
  table->comment = g_strdup("about");
  table->strict = TRUE;
  return table;
}

static void
test_copy(void **state)
{
  DmigSchema *schema = *state;
  const char *const labels[] = { "x", "y", NULL };
  g_ptr_array_add(schema->tables, full_table());
  g_ptr_array_add(schema->enums, dmig_enum_new("e", labels));
  g_ptr_array_add(schema->objects, dmig_object_new_view(NULL, "v", "SELECT 1"));
  g_autoptr(DmigSchema) copy = dmig_schema_copy(schema);
  const DmigTable *from = schema->tables->pdata[0], *to = copy->tables->pdata[0];
  assert_ptr_not_equal(from, to);
  assert_true(dmig_column_equal(from->columns->pdata[0], to->columns->pdata[0]));
  assert_string_equal(((DmigColumn *) to->columns->pdata[0])->comment, "said");
  assert_true(dmig_constraint_equal(from->constraints->pdata[0], to->constraints->pdata[0]));
  assert_true(dmig_index_equal(from->indexes->pdata[0], to->indexes->pdata[0]));
  assert_true(dmig_enum_equal(schema->enums->pdata[0], copy->enums->pdata[0]));
  assert_true(dmig_object_equal(schema->objects->pdata[0], copy->objects->pdata[0]));
  assert_string_equal(to->comment, "about");
  assert_true(to->strict);
}

static void
test_references_are_counted(void **state)
{
  DmigSchema *schema = dmig_schema_new(NULL);
  assert_ptr_equal(dmig_schema_ref(schema), schema);
  dmig_schema_unref(schema);
  assert_int_equal(schema->tables->len, 0);
  dmig_schema_unref(schema);
  dmig_schema_unref(NULL);
}

static void
test_free_takes_null(void **state)
{
  dmig_table_free(NULL);
  dmig_column_free(NULL);
  dmig_constraint_free(NULL);
  dmig_index_free(NULL);
  dmig_index_element_free(NULL);
  dmig_enum_free(NULL);
  dmig_object_free(NULL);
}

static void
test_primary_key(void **state)
{
  DmigTable *table = full_table();
  g_ptr_array_add(((DmigSchema *) *state)->tables, table);
  assert_null(dmig_table_primary_key(table));
  DmigConstraint *key = dmig_constraint_new(DMIG_CONSTRAINT_PRIMARY_KEY, NULL);
  g_ptr_array_add(table->constraints, key);
  assert_ptr_equal(dmig_table_primary_key(table), key);
  assert_non_null(dmig_table_column(table, "a"));
  assert_null(dmig_table_column(table, "b"));
  assert_non_null(dmig_table_index(table, "i"));
}

#define FIXED(test) cmocka_unit_test_setup_teardown(test, setup, teardown)

int
main(void)
{
  const struct CMUnitTest tests[] = {
    FIXED(test_lookups),     FIXED(test_lookups_see_changes),    FIXED(test_name_used_twice),
    FIXED(test_copy),        FIXED(test_references_are_counted), FIXED(test_free_takes_null),
    FIXED(test_primary_key),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
