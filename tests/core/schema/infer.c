/* Who stands on whom, told from texts alone. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "core/schema/schema.h"

static const DmigDialect dialect = { .reserved_words = (const char *const[]) { "on", "order", NULL } };

static int
setup(void **state)
{
  *state = dmig_schema_new(&dialect);
  return 0;
}

static int
teardown(void **state)
{
  dmig_schema_unref(*state);
  return 0;
}

static void
add_object(DmigSchema *schema, DmigObjectKind kind, const char *path, const char *create)
{
  DmigObject *object = dmig_object_new(kind, path, NULL);
  object->create = g_strdup(create);
  g_ptr_array_add(schema->objects, object);
}

static gboolean
stands_on(const DmigSchema *schema, DmigObjectKind kind, const char *path, const char *table)
{
  g_autoptr(GPtrArray) all = dmig_schema_infer(schema);
  g_autofree char *object = dmig_address_new(kind, path, NULL);
  g_autofree char *on = dmig_address_new(DMIG_OBJECT_TABLE, table, NULL);
  gboolean found = FALSE;
  for (guint i = 0; i < all->len; i++) {
    const DmigDependency *dependency = all->pdata[i];
    found = found || (g_str_equal(dependency->object, object) && g_str_equal(dependency->on, on));
  }
  return found;
}

/* A key word is no name; the same word in quotes is one. */
static void
test_key_words(void **state)
{
  DmigSchema *schema = *state;
  g_ptr_array_add(schema->tables, dmig_table_new("order"));
  g_ptr_array_add(schema->tables, dmig_table_new("line"));
  add_object(schema, DMIG_OBJECT_VIEW, "sorted", "CREATE VIEW sorted AS SELECT id FROM line ORDER BY id;\n");
  add_object(schema, DMIG_OBJECT_VIEW, "quoted", "CREATE VIEW quoted AS SELECT id FROM \"order\";\n");
  assert_true(stands_on(schema, DMIG_OBJECT_VIEW, "sorted", "line"));
  assert_false(stands_on(schema, DMIG_OBJECT_VIEW, "sorted", "order"));
  assert_true(stands_on(schema, DMIG_OBJECT_VIEW, "quoted", "order"));
}

/* A schema is often called as one of its tables, which would have to be there before it. */
static void
test_a_schema_stands_on_nothing(void **state)
{
  DmigSchema *schema = *state;
  g_ptr_array_add(schema->tables, dmig_table_new("audit\xff" "audit"));
  add_object(schema, DMIG_OBJECT_SCHEMA, "audit", "CREATE SCHEMA audit;\n");
  assert_false(stands_on(schema, DMIG_OBJECT_SCHEMA, "audit", "audit\xff" "audit"));
}

/* A type of values stands on their types, whatever they are called. */
static void
test_attributes(void **state)
{
  DmigSchema *schema = *state;
  g_ptr_array_add(schema->tables, dmig_table_new("city"));
  g_ptr_array_add(schema->tables, dmig_table_new("country"));
  add_object(schema, DMIG_OBJECT_COMPOSITE_TYPE, "place", "CREATE TYPE place AS (city country);\n");
  DmigObject *place = schema->objects->pdata[0];
  dmig_facets_add(&place->facets, dmig_facet_new("attribute city", "country",
                                                 "ALTER TYPE place ADD ATTRIBUTE city country;\n",
                                                 NULL));
  assert_true(stands_on(schema, DMIG_OBJECT_COMPOSITE_TYPE, "place", "country"));
  assert_false(stands_on(schema, DMIG_OBJECT_COMPOSITE_TYPE, "place", "city"));
}

#define FIXED(test) cmocka_unit_test_setup_teardown(test, setup, teardown)

int
main(void)
{
  const struct CMUnitTest tests[] = { FIXED(test_key_words), FIXED(test_a_schema_stands_on_nothing),
                                      FIXED(test_attributes) };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
