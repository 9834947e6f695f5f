#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "cmd/graph.h"

/* "c a b": revision c with the parents a and b; draws the whole history. */
static char *
draw(const char *const *history)
{
  g_autoptr(DmigGraph) graph = dmig_graph_new();
  GString *out = g_string_new(NULL);
  for (; *history != NULL; history++) {
    g_auto(GStrv) ids = g_strsplit(*history, " ", -1);
    DmigRevision revision = { .id = ids[0], .parents = ids + 1 };
    g_autofree char *begin = dmig_graph_begin(graph, &revision);
    g_autofree char *end = dmig_graph_end(graph, &revision);
    g_string_append_printf(out, "%s%s\n%s", begin, ids[0], end);
  }
  return g_string_free(out, FALSE);
}

static void
check(const char *const *history, const char *expected)
{
  g_autofree char *drawn = draw(history);
  assert_string_equal(drawn, expected);
}

static void
a_line_stays_a_line(void **state)
{
  const char *const history[] = { "c b", "b a", "a", NULL };
  check(history, "* c\n* b\n* a\n");
}

static void
a_merge_opens_a_column_and_closes_it(void **state)
{
  const char *const history[] = { "d b c", "c a", "b a", "a", NULL };
  check(history, "* d\n"
                 "|\\\n"
                 "| * c\n"
                 "* | b\n"
                 "|/\n"
                 "* a\n");
}

static void
two_tips_stand_side_by_side(void **state)
{
  const char *const history[] = { "c a", "b a", "a", NULL };
  check(history, "* c\n"
                 "| * b\n"
                 "|/\n"
                 "* a\n");
}

static void
a_root_ends_its_column(void **state)
{
  const char *const history[] = { "b", "a", NULL };
  check(history, "* b\n* a\n");
}

int
main(void)
{
  const struct CMUnitTest tests[] = {
    cmocka_unit_test(a_line_stays_a_line),
    cmocka_unit_test(a_merge_opens_a_column_and_closes_it),
    cmocka_unit_test(two_tips_stand_side_by_side),
    cmocka_unit_test(a_root_ends_its_column),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
