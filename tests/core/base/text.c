#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>

#include "core/base/text.h"

/* Compares and frees. */
static void
assert_text(char *text, const char *expected)
{
  assert_string_equal(text, expected);
  g_free(text);
}

static void
test_snake_case(void **state)
{
  assert_text(dmig_text_snake_case("Customer"), "customer");
  assert_text(dmig_text_snake_case("CustomerOrder"), "customer_order");
  assert_text(dmig_text_snake_case("HTTPServer"), "http_server");
  assert_text(dmig_text_snake_case("OrderID"), "order_id");
  assert_text(dmig_text_snake_case("address2Line"), "address2_line");
  assert_text(dmig_text_snake_case("already_snake"), "already_snake");
  assert_text(dmig_text_snake_case("ABC"), "abc");
  assert_text(dmig_text_snake_case(""), "");
  assert_text(dmig_text_snake_case("Gr\xC3\xB6\xC3\x9F"
                                   "e"),
              "gr\xC3\xB6\xC3\x9F"
              "e");
}

static void
test_suggest(void **state)
{
  const char *const words[] = { "string", "text", "integer", "bigint", "boolean", NULL };
  assert_string_equal(dmig_text_suggest("strng", words), "string");
  assert_string_equal(dmig_text_suggest("stirng", words), "string");
  assert_string_equal(dmig_text_suggest("STRING", words), "string");
  assert_string_equal(dmig_text_suggest("bolean", words), "boolean");
  assert_null(dmig_text_suggest("polygon", words));
  assert_null(dmig_text_suggest("", words));
  assert_null(dmig_text_suggest("\xFF\xFE", words));
  const char *const none[] = { NULL };
  assert_null(dmig_text_suggest("string", none));
  char *huge = g_strnfill(1000000, 's');
  const char *found = dmig_text_suggest(huge, words);
  g_free(huge);
  assert_null(found);
}

static void
test_similarity(void **state)
{
  assert_true(dmig_text_similarity("email", "email") == 1);
  assert_true(dmig_text_similarity("email", "email_address") >= 0.5);
  assert_true(dmig_text_similarity("phoneNumber", "phone_number") > 0.9);
  assert_true(dmig_text_similarity("created", "created_at") >= 0.5);
  assert_true(dmig_text_similarity("email", "balance") < 0.5);
  assert_true(dmig_text_similarity("", "x") == 0);
  assert_true(dmig_text_similarity("a", "b") == 0);
}

static void
test_fit_identifier(void **state)
{
  assert_text(dmig_text_fit_identifier("short", 63), "short");
  assert_text(dmig_text_fit_identifier("exactly10_", 10), "exactly10_");
  char *long_name = g_strnfill(100, 'x');
  assert_text(dmig_text_fit_identifier(long_name, 0), long_name);
  char *fitted = dmig_text_fit_identifier(long_name, 63);
  char *again = dmig_text_fit_identifier(long_name, 63);
  gsize length = strlen(fitted);
  gboolean same = g_str_equal(fitted, again);
  long_name[99] = 'y';
  char *other = dmig_text_fit_identifier(long_name, 63);
  gboolean differs = !g_str_equal(fitted, other);
  g_free(fitted);
  g_free(again);
  g_free(other);
  g_free(long_name);
  assert_int_equal(length, 63);
  assert_true(same);
  assert_true(differs);
}

static void
test_fit_identifier_keeps_characters_whole(void **state)
{
  GString *name = g_string_new(NULL);
  for (int i = 0; i < 40; i++)
    g_string_append(name, "\xE2\x82\xAC");
  for (gsize max = 1; max < 120; max++) {
    char *fitted = dmig_text_fit_identifier(name->str, max);
    gboolean good = strlen(fitted) <= max && *fitted != '\0' && g_utf8_validate(fitted, -1, NULL);
    g_free(fitted);
    assert_true(good);
  }
  g_string_free(name, TRUE);
}

static void
test_printable(void **state)
{
  assert_text(dmig_text_printable("plain \xC3\xA4 \xF0\x9F\x98\x80"),
              "plain \xC3\xA4 \xF0\x9F\x98\x80");
  assert_text(dmig_text_printable("a\nb\tc\r\x1b[31m"), "a\\nb\\tc\\r\\x1b[31m");
  assert_text(dmig_text_printable("\xFF\xC3"), "\\xff\\xc3");
  assert_text(dmig_text_printable("\xC2\x9B"), "\\u009b");
  assert_text(dmig_text_printable("a\xE2\x80\xAE"
                                  "b"),
              "a\\u202eb");
}

static void
test_sha256(void **state)
{
  assert_text(dmig_text_sha256("abc", -1),
              "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  assert_text(dmig_text_sha256("abcdef", 3),
              "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  assert_text(dmig_text_sha256("", -1),
              "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
}

static void
test_count(void **state)
{
  assert_text(dmig_text_count(0, "row", "rows"), "0 rows");
  assert_text(dmig_text_count(1, "row", "rows"), "1 row");
  assert_text(dmig_text_count(G_MAXUINT64, "row", "rows"), "18446744073709551615 rows");
}

static void
test_arrays(void **state)
{
  char *a[] = { "x", "y", NULL }, *b[] = { "x", "y", NULL }, *c[] = { "y", "x", NULL };
  char *none[] = { NULL };
  assert_true(dmig_strv_equal(a, b));
  assert_false(dmig_strv_equal(a, c));
  assert_false(dmig_strv_equal(a, none));
  assert_false(dmig_strv_equal(a, NULL));
  assert_true(dmig_strv_equal(NULL, NULL));
  assert_true(dmig_strv_contains(a, "y"));
  assert_false(dmig_strv_contains(a, "z"));
  assert_false(dmig_strv_contains(a, NULL));
  assert_false(dmig_strv_contains(NULL, "x"));
}

int
main(void)
{
  const struct CMUnitTest tests[] = {
    cmocka_unit_test(test_snake_case),
    cmocka_unit_test(test_suggest),
    cmocka_unit_test(test_similarity),
    cmocka_unit_test(test_fit_identifier),
    cmocka_unit_test(test_fit_identifier_keeps_characters_whole),
    cmocka_unit_test(test_printable),
    cmocka_unit_test(test_sha256),
    cmocka_unit_test(test_count),
    cmocka_unit_test(test_arrays),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
