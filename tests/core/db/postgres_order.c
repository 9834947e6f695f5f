/* Pairs of databases whose point is what must come first on the way, or has to step aside meanwhile. */
#include "tests/core/db/postgres_rare_case.h"

/* A view over a child's column waits for the parent's, which changes it for both, though a function wants
 * the view early. */
static void
test_views_below_a_changing_column(void **state)
{
  const char *rest = "CREATE TABLE p (id integer, v t); CREATE TABLE c () INHERITS (p);"
                     "CREATE MATERIALIZED VIEW m AS SELECT v FROM c;"
                     "CREATE FUNCTION f() RETURNS t LANGUAGE sql RETURN (SELECT NULL::t FROM m LIMIT 1)";
  g_autofree char *before = g_strconcat("CREATE TYPE t AS (a text, b text);", rest, NULL);
  g_autofree char *after = g_strconcat("CREATE TYPE t AS (b text);", rest, NULL);

  rare_change("", before, after);
}

/* That its table's column gets another default is nothing to it. */
static void
test_policy_calls_a_function_that_comes(void **state)
{
  rare_change("CREATE TABLE t (id integer, v bigint)",
              "CREATE FUNCTION f(date) RETURNS numeric LANGUAGE sql AS 'SELECT 1.5';"
              "CREATE FUNCTION g() RETURNS numeric LANGUAGE sql RETURN f('2024-02-29');"
              "CREATE POLICY p ON t USING (v IS NOT NULL OR g() IS NULL)",
              "CREATE FUNCTION f(date) RETURNS bigint LANGUAGE sql AS 'SELECT 1';"
              "CREATE FUNCTION g() RETURNS numeric LANGUAGE sql RETURN f('2024-02-29');"
              "ALTER TABLE t ALTER v SET DEFAULT f('2024-02-29');"
              "CREATE POLICY p ON t USING (v IS NOT NULL)");
}

/* A partitioned table is published with a condition only by way of its root. */
static void
test_publication_lets_go_of_tables_before_its_options(void **state)
{
  rare_change("CREATE TABLE t (id integer PRIMARY KEY) PARTITION BY RANGE (id)",
              "CREATE PUBLICATION p FOR TABLE t WHERE (id > 5) WITH (publish_via_partition_root)",
              "CREATE PUBLICATION p");
}

int
main(void)
{
  const struct CMUnitTest tests[] = {
    RARE_TEST(test_views_below_a_changing_column),
    RARE_TEST(test_policy_calls_a_function_that_comes),
    RARE_TEST(test_publication_lets_go_of_tables_before_its_options),
  };

  return PG_MAIN("postgres-order", tests);
}
