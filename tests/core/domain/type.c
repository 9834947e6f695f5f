#include "tests/core/domain/support.h"

#include <string.h>

#include "core/domain/type.h"

static void
test_spellings(void **state)
{
  static const struct {
    const char *written, *spelled;
  } cases[] = {
    { "boolean", "boolean" },
    { "bigint", "bigint" },
    { " decimal ( 12 , 2 ) ", "decimal(12,2)" },
    { "decimal(12)", "decimal(12)" },
    { "decimal", "decimal" },
    { "string", "string" },
    { "string(255)", "string(255)" },
    { "text[]", "text[]" },
    { "array(text)", "text[]" },
    { "array(array(string(3)))", "string(3)[][]" },
    { "enum(free, pro)", "enum(free, pro)" },
    { "enum('in progress', 'it''s', 'a,b')", "enum(in progress, 'it''s', 'a,b')" },
    { "enum(grün, 🐘)", "enum(grün, 🐘)" },
    { "enum(a)[]", "enum(a)[]" },
    { "Tier", "Tier" },
    { "Tier[]", "Tier[]" },
    { "timestamptz", "timestamptz" },
  };
  for (guint i = 0; i < G_N_ELEMENTS(cases); i++) {
    char *problem = NULL, *hint = NULL;
    DmigType *type = dmig_type_parse(cases[i].written, &problem, &hint);
    assert_null(problem);
    assert_non_null(type);
    char *spelled = dmig_type_to_text(type);
    assert_string_equal(spelled, cases[i].spelled);
    DmigType *again = dmig_type_parse(spelled, &problem, &hint);
    DmigType *copy = dmig_type_copy(type);
    assert_true(dmig_type_equal(type, again));
    assert_true(dmig_type_equal(type, copy));
    g_free(spelled);
    dmig_type_free(type);
    dmig_type_free(again);
    dmig_type_free(copy);
  }
}

static void
test_problems(void **state)
{
  static const struct {
    const char *written, *problem, *hint;
  } cases[] = {
    { "", "a type is missing", NULL },
    { "varchar(20)", "unknown type 'varchar'", "did you mean 'string'?" },
    { "strin(20)", "unknown type 'strin'", "did you mean 'string'?" },
    { "string(0)", "a string's length must be at least 1", NULL },
    { "string(x)", "a string's length must be a number of at most 10485760", NULL },
    { "string(99999999)", "a string's length must be a number of at most 10485760", NULL },
    { "string(5", "a ')' is missing", NULL },
    { "decimal(0)", "a decimal needs at least one digit", NULL },
    { "decimal(2,3)", "decimal(2,3) has more digits behind the point than in all", NULL },
    { "decimal(5000)", "the number of digits must be a number of at most 1000", NULL },
    { "integer(4)", "'integer' takes nothing in parentheses", NULL },
    { "enum", "an enum needs its labels", "write enum(draft, sent)" },
    { "enum()", "a label of the enum is empty", NULL },
    { "enum(a,,b)", "a label of the enum is empty", NULL },
    { "enum(a, a)", "the enum has the label 'a' twice", NULL },
    { "enum('a)", "a label's quote is not closed", NULL },
    { "array", "an array needs the type of its elements", "write array(text) or text[]" },
    { "text[3]", "an array is written with empty brackets", NULL },
    { "text[][][][][][][]", "an array has at most 6 dimensions", NULL },
    { "text text", "'text text' is more than a type", NULL },
  };
  for (guint i = 0; i < G_N_ELEMENTS(cases); i++) {
    char *problem = NULL, *hint = NULL;
    assert_null(dmig_type_parse(cases[i].written, &problem, &hint));
    assert_string_equal(problem, cases[i].problem);
    assert_int_equal(hint == NULL, cases[i].hint == NULL);
    if (hint != NULL)
      assert_string_equal(hint, cases[i].hint);
    g_free(problem);
    g_free(hint);
  }
}

static void
test_values(void **state)
{
  static const struct {
    const char *type, *value;
    gboolean fits;
  } cases[] = {
    { "boolean", "true", TRUE },
    { "boolean", "True", FALSE },
    { "boolean", "1", FALSE },
    { "smallint", "32767", TRUE },
    { "smallint", "32768", FALSE },
    { "smallint", "-32768", TRUE },
    { "integer", "2147483648", FALSE },
    { "integer", "", FALSE },
    { "integer", "-", FALSE },
    { "integer", "+1", FALSE },
    { "integer", "1.0", FALSE },
    { "integer", "0x10", FALSE },
    { "bigint", "9223372036854775807", TRUE },
    { "bigint", "9223372036854775808", FALSE },
    { "bigint", "-9223372036854775808", TRUE },
    { "decimal(5,2)", "999.99", TRUE },
    { "decimal(5,2)", "-999.990", TRUE },
    { "decimal(5,2)", "0001.5", TRUE },
    { "decimal(5,2)", "1000", FALSE },
    { "decimal(5,2)", "1.234", FALSE },
    { "decimal(5,2)", "1e2", FALSE },
    { "decimal(5,2)", ".5", FALSE },
    { "decimal(5,2)", "5.", FALSE },
    { "decimal(2,2)", "0.25", TRUE },
    { "decimal", "123456789012345678901234567890.5", TRUE },
    { "real", "1e38", TRUE },
    { "real", "1e39", FALSE },
    { "double", "1e39", TRUE },
    { "double", "1e999", FALSE },
    { "double", "nan", FALSE },
    { "double", "-1.5E-3", TRUE },
    { "double", "", FALSE },
    { "string(3)", "äöü", TRUE },
    { "string(3)", "abcd", FALSE },
    { "string", "", TRUE },
    { "text", "anything at all", TRUE },
    { "binary", "00ffAB", TRUE },
    { "binary", "", TRUE },
    { "binary", "0", FALSE },
    { "binary", "0g", FALSE },
    { "date", "2024-02-29", TRUE },
    { "date", "2023-02-29", FALSE },
    { "date", "1900-02-29", FALSE },
    { "date", "0000-01-01", FALSE },
    { "date", "2024-13-01", FALSE },
    { "date", "2024-1-1", FALSE },
    { "date", "2024-01-01 ", FALSE },
    { "time", "23:59", TRUE },
    { "time", "23:59:59.123456", TRUE },
    { "time", "24:00", FALSE },
    { "time", "23:60", FALSE },
    { "time", "23:59:60", FALSE },
    { "time", "23:59:59.", FALSE },
    { "time", "23:59:59.1234567", FALSE },
    { "timestamp", "2024-02-29 12:00", TRUE },
    { "timestamp", "2024-02-29T12:00:00", TRUE },
    { "timestamp", "2024-02-29", FALSE },
    { "timestamp", "2024-02-29T12:00:00Z", FALSE },
    { "timestamptz", "2024-02-29T12:00:00Z", TRUE },
    { "timestamptz", "2024-02-29 12:00+02", TRUE },
    { "timestamptz", "2024-02-29 12:00:00.5-03:30", TRUE },
    { "timestamptz", "2024-02-29 12:00+99", FALSE },
    { "timestamptz", "2024-02-29 12:00", FALSE },
    { "interval", "P1D", TRUE },
    { "interval", "P1Y2M3W4DT5H6M7.5S", TRUE },
    { "interval", "-PT30M", TRUE },
    { "interval", "P", FALSE },
    { "interval", "PT", FALSE },
    { "interval", "P1H", FALSE },
    { "interval", "P1M1Y", FALSE },
    { "interval", "P1.5D", FALSE },
    { "interval", "1 day", FALSE },
    { "uuid", "123e4567-e89b-12d3-a456-426614174000", TRUE },
    { "uuid", "123e4567e89b12d3a456426614174000", FALSE },
    { "json", "{\"a\": [1, null]}", TRUE },
    { "json", "\"text\"", TRUE },
    { "json", "{a: 1}", FALSE },
    { "json", "", FALSE },
    { "enum(a, b)", "b", TRUE },
    { "enum(a, b)", "c", FALSE },
    { "integer[]", "[1, 2, null]", TRUE },
    { "integer[]", "[]", TRUE },
    { "integer[]", "[1, \"x\"]", FALSE },
    { "integer[]", "1", FALSE },
    { "text[]", "[\"a\", \"b\"]", TRUE },
    { "integer[][]", "[[1], [2]]", TRUE },
    { "integer[][]", "[1]", FALSE },
    { "boolean[]", "[true]", TRUE },
  };
  for (guint i = 0; i < G_N_ELEMENTS(cases); i++) {
    char *problem = NULL, *hint = NULL;
    DmigType *type = dmig_type_parse(cases[i].type, &problem, &hint);
    assert_non_null(type);
    gboolean fits = dmig_type_accepts(type, cases[i].value, &problem);
    if (fits != cases[i].fits)
      fail_msg("'%s' as %s: %s", cases[i].value, cases[i].type, fits ? "accepted" : problem);
    assert_int_equal(fits, problem == NULL);
    g_free(problem);
    dmig_type_free(type);
  }
}

static void
test_comparable(void **state)
{
  static const struct {
    const char *a, *b;
    gboolean comparable;
  } cases[] = {
    { "integer", "bigint", TRUE },  { "string(3)", "text", TRUE }, { "integer", "text", FALSE },
    { "uuid", "text", FALSE },      { "Tier", "Tier", TRUE },      { "Tier", "Level", FALSE },
    { "text[]", "string[]", TRUE }, { "text[]", "text", FALSE },
  };
  for (guint i = 0; i < G_N_ELEMENTS(cases); i++) {
    char *problem = NULL, *hint = NULL;
    DmigType *a = dmig_type_parse(cases[i].a, &problem, &hint);
    DmigType *b = dmig_type_parse(cases[i].b, &problem, &hint);
    assert_int_equal(dmig_type_comparable(a, b), cases[i].comparable);
    assert_int_equal(dmig_type_comparable(b, a), cases[i].comparable);
    dmig_type_free(a);
    dmig_type_free(b);
  }
}

int
main(void)
{
  const struct CMUnitTest tests[] = {
    cmocka_unit_test(test_spellings),
    cmocka_unit_test(test_problems),
    cmocka_unit_test(test_values),
    cmocka_unit_test(test_comparable),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
