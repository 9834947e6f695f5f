#include "core/schema/statement.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "core/schema/facet_sql.h"

/* "kind path detail | drop", or "nothing". Owned. */
static char *
made_by(const char *sql)
{
  g_auto(DmigStatement) statement = { 0 };
  if (!dmig_statement_parse(sql, NULL, &statement))
    return g_strdup("nothing");
  g_autofree char *path = dmig_path_text(statement.path);
  return g_strdup_printf("%s %s%s%s | %s", dmig_object_kind_name(statement.kind), path,
                         statement.detail != NULL ? " " : "",
                         statement.detail != NULL ? statement.detail : "",
                         statement.drop != NULL ? statement.drop : "");
}

static void
test_statements(void **state)
{
  static const struct {
    const char *sql, *made;
  } cases[] = {
    { "create or replace function f(a integer, b text default 'x, (')",
      "routine f integer, text | DROP FUNCTION f(integer, text);\n" },
    { "CREATE FUNCTION \"A\".\"b\"\"c\"(OUT x int, INOUT y double precision, timestamp with time zone)",
      "routine A.b\"c double precision, timestamp with time zone | "
      "DROP FUNCTION \"A\".\"b\"\"c\"(double precision, timestamp with time zone);\n" },
    { "CREATE FUNCTION f()", "routine f  | DROP FUNCTION f();\n" },
    { "CREATE FUNCTION f(numeric(12, 2)[], VARIADIC x a.b)",
      "routine f numeric(12, 2)[], a.b | DROP FUNCTION f(numeric(12, 2)[], a.b);\n" },
    { "CREATE PROCEDURE s.p(IN a character varying(3) = 'y')",
      "routine s.p character varying(3) | DROP PROCEDURE s.p(character varying(3));\n" },
    { "CREATE AGGREGATE n(*) (SFUNC = f)", "routine n * | DROP AGGREGATE n(*);\n" },
    { "-- why\nCREATE /* what */ CONSTRAINT TRIGGER \"on\" AFTER UPDATE OF \"on\", b ON s.t FROM u",
      "trigger s.t on | DROP TRIGGER on ON s.t;\n" },
    { "CREATE EVENT TRIGGER e ON x", "event trigger e | DROP EVENT TRIGGER e;\n" },
    { "CREATE RULE r AS ON INSERT TO t DO NOTHING", "rule t r | DROP RULE r ON t;\n" },
    { "CREATE POLICY p ON s.t", "policy s.t p | DROP POLICY p ON s.t;\n" },
    { "CREATE CAST (a AS b) WITHOUT FUNCTION", "cast (a AS b) | DROP CAST (a AS b);\n" },
    { "CREATE OPERATOR s.<-> (FUNCTION = f, LEFTARG = a.b, RIGHTARG = c)",
      "operator s.<-> (a.b, c) | DROP OPERATOR s.<-> (a.b, c);\n" },
    { "CREATE OPERATOR !! (RIGHTARG = c, PROCEDURE = f)",
      "operator !! (NONE, c) | DROP OPERATOR !! (NONE, c);\n" },
    { "CREATE OPERATOR CLASS c DEFAULT FOR TYPE t USING gist AS STORAGE x",
      "operator class c gist | DROP OPERATOR CLASS c USING gist;\n" },
    { "CREATE TEXT SEARCH DICTIONARY d (TEMPLATE = simple)",
      "text search dictionary d | DROP TEXT SEARCH DICTIONARY d;\n" },
    { "CREATE USER MAPPING IF NOT EXISTS FOR joe SERVER s OPTIONS (a 'b')",
      "user mapping s joe | DROP USER MAPPING FOR joe SERVER s;\n" },
    { "CREATE TRANSFORM FOR hstore LANGUAGE plperl (FROM SQL WITH FUNCTION f)",
      "transform plperl hstore | DROP TRANSFORM FOR hstore LANGUAGE plperl;\n" },
    { "CREATE TYPE t AS RANGE (subtype = int)", "range type t | DROP TYPE t;\n" },
    { "CREATE TYPE t AS (a int)", "composite type t | DROP TYPE t;\n" },
    { "CREATE TYPE s.t", "base type s.t | DROP TYPE s.t;\n" },
    { "CREATE MATERIALIZED VIEW IF NOT EXISTS m AS SELECT 1",
      "materialized view m | DROP MATERIALIZED VIEW m;\n" },
    { "CREATE OR REPLACE TEMP VIEW v AS SELECT 1", "view v | DROP VIEW v;\n" },
    { "CREATE VIRTUAL TABLE main.f USING fts5(x)", "virtual table main.f | DROP TABLE main.f;\n" },
    { "CREATE TABLE t (a int)", "nothing" },
    { "CREATE FUNCTION", "nothing" },
    { "CREATE FUNCTION f", "nothing" },
    { "CREATE", "nothing" },
    { "ALTER TABLE t", "nothing" },
    { "", "nothing" },
    { "CREATE FUNCTION f(a integer", "routine f integer | DROP FUNCTION f(integer);\n" },
    { "CREATE TRIGGER t", "nothing" },
    { "CREATE OPERATOR + ", "nothing" },
    { "CREATE CAST", "nothing" },
    { "CREATE VIEW \"unterminated", "view unterminated | DROP VIEW unterminated;\n" },
  };
  guint wrong = 0;
  for (guint i = 0; i < G_N_ELEMENTS(cases); i++) {
    g_autofree char *made = made_by(cases[i].sql);
    gboolean same = g_str_equal(made, cases[i].made);
    if (!same)
      print_message("%s\n  makes %s  and not %s", cases[i].sql, made, cases[i].made);
    wrong += !same;
  }
  assert_int_equal(wrong, 0);
}

static void
test_signatures(void **state)
{
  static const struct {
    const char *arguments, *signature;
  } cases[] = {
    { "", "" },
    { " a int , b text ", "int, text" },
    { "int, text", "int, text" },
    { "OUT a int, b text", "text" },
    { "\"a b\" \"My Type\", x \"s\".\"t\"[]", "\"My Type\", \"s\".\"t\"[]" },
    { "a interval day to second, time without time zone", "interval day to second, time without time zone" },
    { "a integer = 1 + (2, 3), b integer := 4", "integer, integer" },
    { "a text DEFAULT ',', b char(3)", "text, char(3)" },
    { "char(3)", "char(3)" },
  };
  for (guint i = 0; i < G_N_ELEMENTS(cases); i++) {
    g_autofree char *signature = dmig_routine_signature(cases[i].arguments, NULL);
    assert_string_equal(signature, cases[i].signature);
  }
}

static void
test_grants(void **state)
{
  DmigFacet *facet
      = dmig_facet_new_grant(NULL, "FOREIGN TABLE s.t", "My Column", "an admin",
                             "SELECT, UPDATE WITH GRANT OPTION");
  g_autoptr(GPtrArray) facets = dmig_facets_new();
  g_ptr_array_add(facets, facet);
  assert_string_equal(facet->name, "grant to an admin");
  assert_string_equal(facet->set, "GRANT SELECT (\"My Column\") ON TABLE s.t TO \"an admin\";\n"
                                  "GRANT UPDATE (\"My Column\") ON TABLE s.t TO \"an admin\" WITH"
                                  " GRANT OPTION;\n");
  assert_string_equal(facet->reset,
                      "REVOKE ALL (\"My Column\") ON TABLE s.t FROM \"an admin\";\n");
  assert_true(facet->replaces);
  facet = dmig_facet_new_grant(NULL, "FUNCTION f()", NULL, "PUBLIC", "NOTHING");
  g_ptr_array_add(facets, facet);
  assert_string_equal(facet->set, "REVOKE ALL ON FUNCTION f() FROM PUBLIC;\n");
  assert_string_equal(facet->reset, "GRANT EXECUTE ON FUNCTION f() TO PUBLIC;\n");
  facet = dmig_facet_new_grant(NULL, "DOMAIN d", NULL, "PUBLIC", "NOTHING");
  g_ptr_array_add(facets, facet);
  assert_string_equal(facet->reset, "GRANT USAGE ON TYPE d TO PUBLIC;\n");
}

int
main(void)
{
  const struct CMUnitTest tests[] = {
    cmocka_unit_test(test_statements),
    cmocka_unit_test(test_signatures),
    cmocka_unit_test(test_grants),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
