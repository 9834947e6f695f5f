#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "cmd/patch.h"

static void
check(const char *old_text, const char *new_text, const char *wanted)
{
  char *patch = dmig_patch_new("a", "b", old_text, new_text);
  assert_string_equal(patch, wanted);
  g_free(patch);
}

static void
nothing_differs(void **state)
{
  check("", "", "");
  check("one\ntwo\n", "one\ntwo\n", "");
}

static void
all_differs(void **state)
{
  check("", "one\n", "--- a\n+++ b\n@@ -0,0 +1,1 @@\n+one\n");
  check("one\n", "", "--- a\n+++ b\n@@ -1,1 +0,0 @@\n-one\n");
  check("one\n", "two\n", "--- a\n+++ b\n@@ -1,1 +1,1 @@\n-one\n+two\n");
}

static void
context_is_shown(void **state)
{
  check("1\n2\n3\n4\n5\n6\n7\n8\n9\n", "1\n2\n3\n4\nfive\n6\n7\n8\n9\n",
        "--- a\n+++ b\n@@ -2,7 +2,7 @@\n 2\n 3\n 4\n-5\n+five\n 6\n 7\n 8\n");
}

static void
far_changes_are_hunks_of_their_own(void **state)
{
  check("1\n2\n3\n4\n5\n6\n7\n8\n9\n10\n", "one\n2\n3\n4\n5\n6\n7\n8\n9\n",
        "--- a\n+++ b\n@@ -1,4 +1,4 @@\n-1\n+one\n 2\n 3\n 4\n@@ -7,4 +7,3 @@\n 7\n 8\n 9\n-10\n");
  check("1\n2\n3\n4\n5\n6\n7\n8\n", "one\n2\n3\n4\n5\n6\n7\n",
        "--- a\n+++ b\n@@ -1,8 +1,7 @@\n-1\n+one\n 2\n 3\n 4\n 5\n 6\n 7\n-8\n");
}

static void
moves_and_insertions(void **state)
{
  check("a\nb\nc\na\nb\nb\na\n", "c\nb\na\nb\na\nc\n",
        "--- a\n+++ b\n@@ -1,7 +1,6 @@\n-a\n-b\n c\n+b\n a\n b\n-b\n a\n+c\n");
}

/* What is taken away and put in gives the one text and the other, whatever they are. */
static void
signs_add_up(void **state)
{
  g_autoptr(GRand) rand = g_rand_new_with_seed(7);
  for (guint round = 0; round < 300; round++) {
    g_autoptr(GString) a = g_string_new(NULL);
    g_autoptr(GString) b = g_string_new(NULL);
    for (int i = g_rand_int_range(rand, 0, 12); i > 0; i--)
      g_string_append_printf(a, "%c\n", 'a' + g_rand_int_range(rand, 0, 4));
    for (int i = g_rand_int_range(rand, 0, 12); i > 0; i--)
      g_string_append_printf(b, "%c\n", 'a' + g_rand_int_range(rand, 0, 4));
    g_autofree char *patch = dmig_patch_new("a", "b", a->str, b->str);
    g_auto(GStrv) lines = g_strsplit(patch, "\n", -1);
    int plus = 0, minus = 0;
    for (guint i = 2; lines[0] != NULL && lines[1] != NULL && lines[i] != NULL; i++) {
      plus += lines[i][0] == '+';
      minus += lines[i][0] == '-';
    }
    assert_int_equal((int) (b->len / 2) - (int) (a->len / 2), plus - minus);
    assert_int_equal(g_str_equal(a->str, b->str), *patch == '\0');
  }
}

/* Beyond the limit it is one block, but still right. */
static void
very_different_texts(void **state)
{
  g_autoptr(GString) a = g_string_new("same\n");
  g_autoptr(GString) b = g_string_new("same\n");
  for (guint i = 0; i < 3000; i++) {
    g_string_append_printf(a, "a%u\n", i);
    g_string_append_printf(b, "b%u\n", i);
  }
  g_autofree char *patch = dmig_patch_new("a", "b", a->str, b->str);
  assert_non_null(g_strstr_len(patch, -1, "@@ -1,3001 +1,3001 @@\n same\n-a0\n"));
  assert_true(g_str_has_suffix(patch, "+b2999\n"));
}

int
main(void)
{
  const struct CMUnitTest tests[] = {
    cmocka_unit_test(nothing_differs),
    cmocka_unit_test(all_differs),
    cmocka_unit_test(context_is_shown),
    cmocka_unit_test(far_changes_are_hunks_of_their_own),
    cmocka_unit_test(moves_and_insertions),
    cmocka_unit_test(signs_add_up),
    cmocka_unit_test(very_different_texts),
  };
  return cmocka_run_group_tests_name("patch", tests, NULL, NULL);
}
