/* Types, literals and key words, as the dialect spells them and as the server prints them. */
#include "core/db/postgres/type.h"
#include "core/domain/type.h"
#include "core/sql/lexer.h"
#include "core/sql/text.h"
#include "tests/core/db/postgres_case.h"

static DmigType *type;

static int
teardown(void **state)
{
  g_clear_pointer(&type, dmig_type_free);
  return pg_teardown(state);
}

/* The server's name for a type, of a column that has it. */
static char *
printed(const char *native)
{
  g_autofree char *sql = g_strdup_printf("CREATE TABLE t (c %s)", native);
  pg_exec(sql);
  char *name = g_strdup(
      pg_value("SELECT format_type(atttypid, atttypmod) FROM pg_attribute WHERE attrelid = "
               "'t'::regclass AND attnum = 1"));
  pg_exec("DROP TABLE t");
  return name;
}

static void
test_canonical_types(void **state)
{
  static const char *const natives[] = {
    "int", "INT4", "Integer", "int8", "bigint", "int2", "smallint", "serial", "bigserial",
    "smallserial", "bool", "boolean", "float", "float(24)", "float(25)", "float4", "float8",
    "double  precision", "real", "decimal", "decimal(5)", "dec(5, 2)", "numeric ( 12 , 4 )",
    "varchar", "varchar(20)", "character varying (20)", "char varying(3)", "char", "char(3)",
    "character", "character(7)", "bpchar", "nchar(2)", "national character(2)", "text", "bytea",
    "date", "time", "time(3)", "time without time zone", "timetz", "time(2) with time zone",
    "timestamp", "timestamp (3)", "timestamptz", "timestamptz(3)", "timestamp(0) with time zone",
    "TIMESTAMP WITHOUT TIME ZONE", "interval", "interval(3)", "interval day to second",
    "uuid", "json", "jsonb", "JSONB", "xml", "inet", "money", "bit", "bit(3)", "varbit", "varbit(5)",
    "bit varying(5)", "int[]", "int4[3]", "text[][]", "varchar(5) []", "integer ARRAY",
    "timestamptz(3)[]", "\"char\"", "pg_catalog.int4", "tsvector", "int4range", "mood", "Mood",
    "\"Odd Mood\"", "\"Odd Mood\"[]", "\"select\"", "\"between\"", "\"od\"\"d\"", "public.mood", "far.thing",
    "numeric(3)[]", "name", "oid", "regclass", "point",
  };
  pg_exec("CREATE TYPE mood AS ENUM ('a'); CREATE TYPE \"Odd Mood\" AS ENUM ('a'); CREATE SCHEMA far; "
          "CREATE TYPE far.thing AS ENUM ('a'); CREATE TYPE \"select\" AS ENUM ('a'); CREATE TYPE "
          "\"between\" AS ENUM ('a'); CREATE TYPE \"od\"\"d\" AS ENUM ('a')");
  for (guint i = 0; i < G_N_ELEMENTS(natives); i++) {
    g_autofree char *canonical = dmig_pg_canonical_type(natives[i]);
    g_autofree char *again = dmig_pg_canonical_type(canonical);
    g_autofree char *server = printed(natives[i]);
    gboolean qualified = g_str_has_prefix(canonical, "public.");
    if (!g_str_equal(qualified ? canonical + strlen("public.") : canonical, server))
      fail_msg("%s: %s, and the server says %s", natives[i], canonical, server);
    assert_string_equal(canonical, again);
  }
}

static void
test_unknown_types_come_back(void **state)
{
  static const char *const natives[] = { "geometry(Point,4326)", "vector(3)", "citext", "hstore[]",
                                         "a.b(c)", "" };
  for (guint i = 0; i < G_N_ELEMENTS(natives); i++) {
    g_autofree char *canonical = dmig_pg_canonical_type(natives[i]);
    assert_string_equal(canonical, natives[i]);
  }
  static const char *const broken[] = { "(", ")", "[]", "[", "]", "varchar(", "\"", "numeric(,)",
                                        "numeric(99999999999999,1)", "\"a", "array", " array" };
  for (guint i = 0; i < G_N_ELEMENTS(broken); i++) {
    g_autofree char *canonical = dmig_pg_canonical_type(broken[i]);
    assert_non_null(canonical);
  }
}

static void
test_portable_types(void **state)
{
  static const char *const texts[] = {
    "boolean", "smallint", "integer", "bigint", "decimal", "decimal(5)", "decimal(12,2)", "real",
    "double", "string", "string(20)", "text", "binary", "date", "time", "timestamp", "timestamptz",
    "interval", "uuid", "json", "enum(a, b)", "text[]", "string(5)[][]", "enum(a)[]",
    "decimal(4,1)[]",
  };
  static const char *const names[] = { "mood", "Odd \"mood\"", "position", "order" };
  for (guint n = 0; n < G_N_ELEMENTS(names); n++) {
    g_autofree char *create = dmig_sql_printf(&dmig_postgres_dialect,
                                              "CREATE TYPE %I AS ENUM ('a', 'b')", names[n]);
    pg_exec(create);
    for (guint i = 0; i < G_N_ELEMENTS(texts); i++) {
      char *problem = NULL, *hint = NULL;
      type = dmig_type_parse(texts[i], &problem, &hint);
      assert_non_null(type);
      g_autofree char *lowered = dmig_pg_lower_type(type, names[n]);
      g_autofree char *canonical = dmig_pg_canonical_type(lowered);
      g_autofree char *server = printed(lowered);
      assert_string_equal(lowered, server);
      assert_string_equal(lowered, canonical);
      g_clear_pointer(&type, dmig_type_free);
    }
  }
}

/* A literal is taken, and comes back from the catalogues as it was written. */
static void
test_literals_come_back(void **state)
{
  static const struct {
    const char *type, *text, *literal;
  } cases[] = {
    { "boolean", "true", "true" },
    { "integer", "-5", "-5" },
    { "integer", "007", "7" },
    { "integer", "-0", "0" },
    { "bigint", "-9223372036854775808", "-9223372036854775808" },
    { "decimal(12,2)", "-1.50", "-1.50" },
    { "decimal", "00.5", "0.5" },
    { "double", "-1e10", "-10000000000" },
    { "double", "1.5e-7", "0.00000015" },
    { "real", "-0.0", "0.0" },
    { "real", "1.50e1", "15.0" },
    { "string(20)", "it's \\ \"x\" 🦊", "'it''s \\ \"x\" 🦊'" },
    { "string", "", "''" },
    { "text", "a\nb", "'a\nb'" },
    { "binary", "00FF", "'\\x00ff'" },
    { "date", "2024-02-29", "'2024-02-29'" },
    { "time", "13:45:30", "'13:45:30'" },
    { "timestamp", "2024-02-29 13:45:30", "'2024-02-29 13:45:30'" },
    { "uuid", "123e4567-e89b-12d3-a456-426614174000", "'123e4567-e89b-12d3-a456-426614174000'" },
    { "json", "{\"a\": 1}", "'{\"a\": 1}'" },
    { "enum(a)", "a", "'a'" },
    { "text[]", "[\"a\", null, \"\", \"b c\", \"NULL\", \"q\\\"\\\\{,}\"]",
      "'{a,NULL,\"\",\"b c\",\"NULL\",\"q\\\"\\\\{,}\"}'" },
    { "integer[]", "[1, -2, null]", "'{1,-2,NULL}'" },
    { "integer[][]", "[[1, 2], [3, 4]]", "'{{1,2},{3,4}}'" },
    { "boolean[]", "[true, false]", "'{t,f}'" },
    { "string(5)[]", "[]", "'{}'" },
    { "binary[]", "[\"00ff\"]", "'{\"\\\\x00ff\"}'" },
  };
  pg_exec("CREATE TYPE mood AS ENUM ('a')");
  for (guint i = 0; i < G_N_ELEMENTS(cases); i++) {
    char *problem = NULL, *hint = NULL;
    type = dmig_type_parse(cases[i].type, &problem, &hint);
    assert_non_null(type);
    g_autofree char *literal = dmig_pg_literal(type, cases[i].text);
    g_autofree char *native = dmig_pg_lower_type(type, "mood");
    assert_string_equal(literal, cases[i].literal);
    g_autofree char *sql = g_strdup_printf("CREATE TABLE t (c %s DEFAULT %s)", native, literal);
    pg_exec(sql);
    const DmigTable *table = dmig_schema_table(pg_inspect(), "t");
    const char *found = dmig_table_column(table, "c")->default_sql;
    if (!dmig_sql_equal(found, literal))
      fail_msg("%s %s comes back as %s", native, literal, found);
    pg_exec("INSERT INTO t DEFAULT VALUES; DROP TABLE t");
    g_clear_pointer(&type, dmig_type_free);
  }
}

static void
test_functions_and_neutral_values(void **state)
{
  static const char *const texts[] = {
    "boolean", "smallint", "integer", "bigint", "decimal(12,2)", "real", "double", "string(20)",
    "text", "binary", "date", "time", "timestamp", "timestamptz", "interval", "uuid", "json",
    "text[]",
  };
  for (guint i = 0; i < G_N_ELEMENTS(texts); i++) {
    char *problem = NULL, *hint = NULL;
    type = dmig_type_parse(texts[i], &problem, &hint);
    g_autofree char *native = dmig_pg_lower_type(type, NULL);
    g_autofree char *value = dmig_pg_neutral_value(native);
    g_autofree char *sql = g_strdup_printf("CREATE TABLE t (c %s NOT NULL DEFAULT %s); INSERT INTO "
                                           "t DEFAULT VALUES; UPDATE t SET c = %s; DROP TABLE t",
                                           native, value, value);
    pg_exec(sql);
    gboolean time = type->kind == DMIG_TYPE_DATE || type->kind == DMIG_TYPE_TIME ||
                    type->kind == DMIG_TYPE_TIMESTAMP || type->kind == DMIG_TYPE_TIMESTAMPTZ;
    if (time || type->kind == DMIG_TYPE_TEXT) {
      g_autofree char *now = g_strdup_printf(
          "CREATE TABLE t (c %s DEFAULT %s); INSERT INTO t DEFAULT VALUES; DROP TABLE t", native,
          dmig_postgres_dialect.function(DMIG_FUNCTION_NOW, type));
      pg_exec(now);
    }
    g_clear_pointer(&type, dmig_type_free);
  }
  assert_null(dmig_pg_neutral_value("mood"));
}

static void
test_key_words(void **state)
{
  DmigRows *rows = NULL;
  const char *const *words = dmig_postgres_dialect.reserved_words;
  for (guint i = 0; words[i + 1] != NULL; i++)
    assert_true(strcmp(words[i], words[i + 1]) < 0);
  /* What PostgreSQL itself quotes, but for what JSON functions took from names in version 16. */
  pg_assert(dmig_database_query(pg, &rows, &pg_error,
                                "SELECT word FROM pg_get_keywords() WHERE catcode <> 'U' AND "
                                "word NOT LIKE 'json%' AND word <> 'merge_action'", NULL));
  guint missing = 0;
  for (guint i = 0; i < rows->rows->len; i++)
    missing += !g_strv_contains(words, dmig_rows_get(rows, i, 0));
  dmig_rows_free(rows);
  assert_int_equal(missing, 0);
}

int
main(void)
{
#define TYPE_TEST(name) cmocka_unit_test_setup_teardown(name, pg_setup, teardown)
  const struct CMUnitTest tests[] = {
    TYPE_TEST(test_canonical_types),    TYPE_TEST(test_unknown_types_come_back),
    TYPE_TEST(test_portable_types),     TYPE_TEST(test_literals_come_back),
    TYPE_TEST(test_functions_and_neutral_values), TYPE_TEST(test_key_words),
  };
  return PG_MAIN("postgres_type", tests);
}
