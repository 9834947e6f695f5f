#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "cmd/renames.h"

static void
check(const char *text, const char *from, const char *to, const char *expected)
{
  g_autofree char *added = dmig_change_text_add(text, from, to);
  if (expected == NULL)
    assert_null(added);
  else
    assert_string_equal(added, expected);
}

static void
an_empty_file_gets_the_key(void **state)
{
  check("", "A.x", "A.y", "renames:\n  A.x: A.y\n");
  check("", "A.x", NULL, "drops:\n  - A.x\n");
}

static void
other_keys_and_comments_stay(void **state)
{
  check("# why\nfill:\n  A.y: 1\n", "A.x", "A.y", "# why\nfill:\n  A.y: 1\nrenames:\n  A.x: A.y\n");
}

static void
a_missing_last_newline_is_added(void **state)
{
  check("fill: {A.y: 1}", "A.x", "A.y", "fill: {A.y: 1}\nrenames:\n  A.x: A.y\n");
  check("renames:", "A.x", "A.y", "renames:\n  A.x: A.y\n");
}

static void
a_block_is_joined_at_its_own_depth(void **state)
{
  check("renames:  # so far\n    # one\n    B: C\nfill: {}\n", "A.x", "A.y",
        "renames:  # so far\n    A.x: A.y\n    # one\n    B: C\nfill: {}\n");
}

static void
a_list_may_stand_below_its_key(void **state)
{
  check("drops:\n- B\n", "A.x", NULL, "drops:\n- A.x\n- B\n");
}

static void
a_list_in_brackets_grows_inside_of_them(void **state)
{
  check("drops: [B]  # old\n", "A.x", NULL, "drops: [B, A.x]  # old\n");
  check("drops: [ ]\n", "A.x", NULL, "drops: [ A.x]\n");
}

static void
what_spans_lines_or_braces_is_left_alone(void **state)
{
  check("renames: {B: C}\n", "A.x", "A.y", NULL);
  check("drops: [B,\n  C]\n", "A.x", NULL, NULL);
  check("drops: &anchor [B]\n", "A.x", NULL, NULL);
}

static void
odd_names_are_quoted(void **state)
{
  check("", "A.two words", "A.\"x\"", "renames:\n  \"A.two words\": \"A.\\\"x\\\"\"\n");
}

int
main(void)
{
  const struct CMUnitTest tests[] = {
    cmocka_unit_test(an_empty_file_gets_the_key),
    cmocka_unit_test(other_keys_and_comments_stay),
    cmocka_unit_test(a_missing_last_newline_is_added),
    cmocka_unit_test(a_block_is_joined_at_its_own_depth),
    cmocka_unit_test(a_list_may_stand_below_its_key),
    cmocka_unit_test(a_list_in_brackets_grows_inside_of_them),
    cmocka_unit_test(what_spans_lines_or_braces_is_left_alone),
    cmocka_unit_test(odd_names_are_quoted),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
