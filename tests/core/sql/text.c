#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "core/sql/text.h"

static const char *const words[] = { "from", "order", "select", NULL };
static const DmigDialect dialect = { .name = "test", .reserved_words = words };

/* Compares and frees. */
static void
assert_sql(char *sql, const char *expected)
{
  assert_string_equal(sql, expected);
  g_free(sql);
}

static void
test_identifiers(void **state)
{
  assert_sql(dmig_sql_identifier(&dialect, "customers"), "customers");
  assert_sql(dmig_sql_identifier(&dialect, "_a1"), "_a1");
  assert_sql(dmig_sql_identifier(&dialect, "order"), "\"order\"");
  assert_sql(dmig_sql_identifier(&dialect, "orders"), "orders");
  assert_sql(dmig_sql_identifier(&dialect, "Customers"), "\"Customers\"");
  assert_sql(dmig_sql_identifier(&dialect, "1st"), "\"1st\"");
  assert_sql(dmig_sql_identifier(&dialect, "a b"), "\"a b\"");
  assert_sql(dmig_sql_identifier(&dialect, "x\"; DROP TABLE y; --"), "\"x\"\"; DROP TABLE y; --\"");
  assert_sql(dmig_sql_identifier(&dialect, "gr\xC3\xB6\xC3\x9F"
                                           "e"),
             "\"gr\xC3\xB6\xC3\x9F"
             "e\"");
  assert_sql(dmig_sql_identifier(&dialect, ""), "\"\"");
  assert_sql(dmig_sql_identifier(NULL, "order"), "order");
}

static void
test_lists(void **state)
{
  char *const names[] = { "a", "order", "c d", NULL };
  GString *sql = g_string_new(NULL);
  dmig_sql_append_identifiers(sql, &dialect, names);
  assert_sql(g_string_free(sql, FALSE), "a, \"order\", \"c d\"");
}

static void
test_strings(void **state)
{
  assert_sql(dmig_sql_string("plain"), "'plain'");
  assert_sql(dmig_sql_string("it's"), "'it''s'");
  assert_sql(dmig_sql_string(""), "''");
  assert_sql(dmig_sql_string("back\\slash"), "'back\\slash'");
}

static void
test_printf(void **state)
{
  assert_sql(dmig_sql_printf(&dialect, "ALTER TABLE %I ADD %I %s DEFAULT %S", "order", "a", "text",
                             "it's"),
             "ALTER TABLE \"order\" ADD a text DEFAULT 'it''s'");
  assert_sql(dmig_sql_printf(&dialect, "a LIKE '100%%' LIMIT %u", 7U), "a LIKE '100%' LIMIT 7");
  assert_sql(dmig_sql_printf(&dialect, "%S", (const char *) NULL), "NULL");
  assert_sql(dmig_sql_printf(&dialect, "%s", "%I %S"), "%I %S");
}

int
main(void)
{
  const struct CMUnitTest tests[] = {
    cmocka_unit_test(test_identifiers),
    cmocka_unit_test(test_lists),
    cmocka_unit_test(test_strings),
    cmocka_unit_test(test_printf),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
