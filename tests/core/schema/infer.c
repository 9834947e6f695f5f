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

static gboolean
needs(const DmigSchema *schema, const char *object, const char *on)
{
  g_autoptr(GPtrArray) all = dmig_schema_infer(schema);
  gboolean found = FALSE;

  for (guint i = 0; i < all->len; i++) {
    const DmigDependency *dependency = all->pdata[i];
    g_autofree char *from = dmig_address_text(dependency->object);
    g_autofree char *to = dmig_address_text(dependency->on);
    found = found || (!dependency->soft && g_str_equal(from, object) && g_str_equal(to, on));
  }
  return found;
}

static void
add_part(DmigSchema *schema, DmigObjectKind kind, const char *path, const char *detail,
         const char *create)
{
  add_object(schema, kind, path, create);
  DmigObject *object = schema->objects->pdata[schema->objects->len - 1];
  object->detail = g_strdup(detail);
}

/* A type, and the functions that make its values. */
static void
test_functions_called_as_a_type(void **state)
{
  DmigSchema *schema = *state;
  add_object(schema, DMIG_OBJECT_DOMAIN, "price", "CREATE DOMAIN price AS numeric;\n");
  add_part(schema, DMIG_OBJECT_ROUTINE, "price", "text",
           "CREATE FUNCTION price(text) RETURNS price LANGUAGE sql AS 'SELECT 1';\n");
  add_part(schema, DMIG_OBJECT_ROUTINE, "price", "price, text",
           "CREATE FUNCTION price(price, text) RETURNS price LANGUAGE sql RETURN price($2);\n");
  assert_false(needs(schema, "domain price", "routine price(text)"));
  assert_true(needs(schema, "routine price(text)", "domain price"));
  assert_false(needs(schema, "routine price(text)", "routine price(price, text)"));
  assert_true(needs(schema, "routine price(price, text)", "routine price(text)"));
}

static void
test_operators(void **state)
{
  DmigSchema *schema = *state;
  add_part(schema, DMIG_OBJECT_ROUTINE, "f", "a, a", "CREATE FUNCTION f(a, a);\n");
  add_part(schema, DMIG_OBJECT_OPERATOR, "<<=", "(a, a)",
           "CREATE OPERATOR <<= (FUNCTION = f, COMMUTATOR = OPERATOR(>>=), NEGATOR = =);\n");
  add_part(schema, DMIG_OBJECT_OPERATOR, ">>=", "(a, a)",
           "CREATE OPERATOR >>= (FUNCTION = public.f, COMMUTATOR = OPERATOR(<<=));\n");
  add_part(schema, DMIG_OBJECT_OPERATOR, "=", "(a, a)", "CREATE OPERATOR = (FUNCTION = f);\n");
  add_part(schema, DMIG_OBJECT_OPERATOR_CLASS, "ops", "btree",
           "CREATE OPERATOR CLASS ops FOR TYPE a USING btree AS OPERATOR 1 <<=, OPERATOR 3 =(a, a);\n");
  add_object(schema, DMIG_OBJECT_VIEW, "v", "CREATE VIEW v AS SELECT 1 WHERE a>>=b AND c = 1;\n");
  assert_true(needs(schema, "operator <<= (a, a)", "routine f(a, a)"));
  assert_true(needs(schema, "operator >>= (a, a)", "routine f(a, a)"));
  assert_false(needs(schema, "operator <<= (a, a)", "operator >>= (a, a)"));
  assert_false(needs(schema, "operator <<= (a, a)", "operator = (a, a)"));
  assert_true(needs(schema, "operator class ops for btree", "operator <<= (a, a)"));
  assert_true(needs(schema, "operator class ops for btree", "operator = (a, a)"));
  assert_true(needs(schema, "view v", "operator >>= (a, a)"));
  assert_false(needs(schema, "view v", "operator = (a, a)"));
}

/* The path of a trigger is its table's: no name of its own. */
static void
test_parts_name_their_table(void **state)
{
  DmigSchema *schema = *state;
  g_ptr_array_add(schema->tables, dmig_table_new("users"));
  add_part(schema, DMIG_OBJECT_TRIGGER, "users", "touch",
           "CREATE TRIGGER touch BEFORE UPDATE ON users EXECUTE FUNCTION touch();\n");
  assert_true(needs(schema, "trigger touch on users", "table users"));
}

/* A function and the event trigger that calls it may have one name: only one of them names the other. */
static void
test_event_triggers(void **state)
{
  DmigSchema *schema = *state;
  add_object(schema, DMIG_OBJECT_ROUTINE, "note", "CREATE FUNCTION note() RETURNS event_trigger …;\n");
  add_object(schema, DMIG_OBJECT_EVENT_TRIGGER, "note",
             "CREATE EVENT TRIGGER note ON sql_drop EXECUTE FUNCTION note();\n");
  g_autoptr(GPtrArray) all = dmig_schema_infer(schema);
  assert_int_equal(all->len, 1);
  assert_int_equal(dmig_address_kind(((DmigDependency *) all->pdata[0])->on), DMIG_OBJECT_ROUTINE);
}

#define FIXED(test) cmocka_unit_test_setup_teardown(test, setup, teardown)

int
main(void)
{
  const struct CMUnitTest tests[] = { FIXED(test_key_words), FIXED(test_a_schema_stands_on_nothing),
                                      FIXED(test_functions_called_as_a_type), FIXED(test_operators),
                                      FIXED(test_parts_name_their_table), FIXED(test_attributes),
                                      FIXED(test_event_triggers) };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
