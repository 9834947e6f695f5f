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

/* What holds an expression over values of a type of rows is not there while an attribute changes; what
 * merely takes or gives such values stays. */
static void
test_expressions_over_rows_of_a_changing_type(void **state)
{
  const char *uses =
      "CREATE FUNCTION calls(v c, w c[]) RETURNS text IMMUTABLE LANGUAGE sql AS 'SELECT 1';"
      "CREATE FUNCTION plain(v c DEFAULT NULL::c, w c[] DEFAULT '{}'::c[]) RETURNS text LANGUAGE sql "
      "AS 'SELECT 1';"
      "CREATE FUNCTION body() RETURNS SETOF c LANGUAGE sql RETURN ROW(1, 'a')::c;"
      "CREATE TABLE t (a integer DEFAULT (ROW(1, 'a')::c).a, CHECK (ROW(a, 'a')::c IS NOT NULL));"
      "CREATE INDEX i ON t ((ROW(a, 'a')::c IS NULL));"
      "CREATE POLICY p ON t USING (calls(ROW(a, 'a')::c, NULL) IS NULL);"
      "CREATE TRIGGER r BEFORE UPDATE ON t FOR EACH ROW WHEN (ROW(OLD.a, 'b')::c IS NULL) EXECUTE "
      "FUNCTION suppress_redundant_updates_trigger();"
      "CREATE DOMAIN d AS integer CHECK (ROW(VALUE, 'a')::c IS NOT NULL)";
  g_autofree char *before = g_strconcat("CREATE TYPE c AS (a integer, b text);", uses, NULL);
  g_autofree char *after = g_strconcat("CREATE TYPE c AS (a bigint, b text);", uses, NULL);
  const char *sql = rare_change("", before, after);

  assert_null(strstr(sql, "FUNCTION calls"));
}

/* The same of a table's own rows. */
static void
test_expressions_over_rows_of_a_table(void **state)
{
  const char *uses = "CREATE FUNCTION f(v t DEFAULT NULL::t) RETURNS text LANGUAGE sql AS 'SELECT 1';"
                     "CREATE FUNCTION calls(v t) RETURNS text LANGUAGE sql AS 'SELECT 1';"
                     "CREATE TABLE u (a integer CHECK (NULL::t IS NULL));"
                     "CREATE RULE r AS ON INSERT TO u WHERE NULL::t IS NULL DO INSTEAD NOTHING";
  g_autofree char *before = g_strconcat("CREATE TABLE t (a integer, b text);", uses, NULL);
  g_autofree char *after = g_strconcat("CREATE TABLE t (a bigint, b text);", uses, NULL);
  const char *sql = rare_change("", before, after);

  assert_null(strstr(sql, "FUNCTION calls"));
}

/* Values go by their names, whatever else the type has before and after, and wherever it stands. */
static void
test_rows_keep_the_values_of_a_type_that_changes(void **state)
{
  const char *other = "CREATE SCHEMA s; CREATE TYPE s.c AS (y text, x integer, z date);"
                      "CREATE TABLE t (v s.c)";

  rare_change("", "CREATE TYPE c AS (x numeric, y text); CREATE SCHEMA s; CREATE TABLE t (v c);"
                  "INSERT INTO t VALUES (ROW(2.00, 'a,b'))", other);
  assert_string_equal(pg_value("SELECT v::text FROM t"), "(\"a,b\",2,)");
}

static void
test_rows_keep_the_values_of_a_type_made_again(void **state)
{
  rare_change("", "CREATE TYPE c AS (x numeric, y text, w text); CREATE TABLE t (v c);"
                  "INSERT INTO t VALUES (ROW(2.00, 'a,b', 'gone'))",
              "CREATE TYPE c AS (y text, x integer); CREATE TABLE t (v c)");
  assert_string_equal(pg_value("SELECT v::text FROM t"), "(\"a,b\",2)");
}

/* What a domain allows is nothing to those who cast to it. */
static void
test_views_stand_while_a_domain_changes(void **state)
{
  const char *view = "CREATE TABLE t (a text); CREATE VIEW v AS SELECT a::d AS d FROM t";
  g_autofree char *before = g_strconcat("CREATE DOMAIN d AS text CONSTRAINT k CHECK (VALUE <> 'a');",
                                        view, NULL);
  g_autofree char *after = g_strconcat("CREATE DOMAIN d AS text CONSTRAINT k CHECK (VALUE <> 'b');",
                                       view, NULL);

  assert_null(strstr(rare_change("", before, after), "VIEW"));
}

/* The old default stands in the way of what the new one calls. */
static void
test_default_changes_with_what_it_calls(void **state)
{
  const char *rest = "CREATE FUNCTION f(c) RETURNS text LANGUAGE sql AS 'SELECT 1'; CREATE TABLE t (v text)";
  g_autofree char *before = g_strconcat("CREATE TYPE c AS ();", rest, NULL);
  g_autofree char *after = g_strconcat("CREATE TYPE c AS (a date);", rest, NULL);
  g_autofree char *from = g_strconcat(before, "; ALTER TABLE t ALTER v SET DEFAULT f(ROW()::c)", NULL);
  g_autofree char *to = g_strconcat(after, "; ALTER TABLE t ALTER v SET DEFAULT f(ROW(NULL::date)::c)",
                                    NULL);

  rare_change("", from, to);
}

int
main(void)
{
  const struct CMUnitTest tests[] = {
    RARE_TEST(test_views_below_a_changing_column),
    RARE_TEST(test_policy_calls_a_function_that_comes),
    RARE_TEST(test_publication_lets_go_of_tables_before_its_options),
    RARE_TEST(test_expressions_over_rows_of_a_changing_type),
    RARE_TEST(test_expressions_over_rows_of_a_table),
    RARE_TEST(test_rows_keep_the_values_of_a_type_that_changes),
    RARE_TEST(test_rows_keep_the_values_of_a_type_made_again),
    RARE_TEST(test_views_stand_while_a_domain_changes),
    RARE_TEST(test_default_changes_with_what_it_calls),
  };

  return PG_MAIN("postgres-order", tests);
}
