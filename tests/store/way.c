#include <string.h>

#include "tests/store/support.h"

/* The revisions of a test, by one letter each. */
static char *ids[128];

static int
teardown(void **state)
{
  for (guint i = 0; i < G_N_ELEMENTS(ids); i++)
    g_clear_pointer(&ids[i], g_free);
  return place_teardown(state);
}

/* Makes revision `name` with `parents` ("": none), all by their letters. */
static void
make(Place *place, char name, const char *parents)
{
  char text[] = { name, '\0' };
  g_autoptr(GPtrArray) merged = g_ptr_array_new();
  for (guint i = 1; parents[0] != '\0' && parents[i] != '\0'; i++)
    g_ptr_array_add(merged, ids[(guchar)parents[i]]);
  g_ptr_array_add(merged, NULL);

  const char *parent = parents[0] != '\0' ? ids[(guchar)parents[0]] : NULL;
  if (parent != NULL)
    g_free(run("git", "--git-dir=.dmig", "update-ref", "--no-deref", "HEAD", parent, NULL));
  else
    g_free(run("git", "--git-dir=.dmig", "symbolic-ref", "HEAD", "refs/heads/new", NULL));
  if (parent == NULL)
    g_free(run("git", "--git-dir=.dmig", "update-ref", "-d", "refs/heads/new", NULL));
  g_autoptr(GPtrArray) files = files_new("domain.yaml", text, NULL);
  ids[(guchar)name]
      = dmig_store_commit(place->store, parent, (char *const *)merged->pdata, files, text, NULL, NULL);
  assert_non_null(ids[(guchar)name]);
  g_autofree char *ref = g_strdup_printf("refs/tags/%c", name);
  g_free(run("git", "--git-dir=.dmig", "update-ref", ref, ids[(guchar)name], NULL));
}

static char
letter(const char *id)
{
  if (id == NULL)
    return '0';
  for (guint i = 0; i < G_N_ELEMENTS(ids); i++)
    if (g_strcmp0(ids[i], id) == 0)
      return (char) i;
  return '?';
}

/* Edges as "-BA" (down from B to A) and "+AB" (up from A to B). '0': before the first. */
static void
assert_way(Place *place, char from, char to, const char *expected)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(GPtrArray) way = dmig_store_way(place->store, from == '0' ? NULL : ids[(guchar)from],
                                            to == '0' ? NULL : ids[(guchar)to], &error);
  if (way == NULL)
    fail_msg("%s", error->message);
  g_autoptr(GString) text = g_string_new("");
  for (guint i = 0; i < way->len; i++) {
    const DmigEdge *edge = g_ptr_array_index(way, i);
    char child = letter(edge->revision), parent = letter(edge->parent);
    g_string_append_printf(text, "%s%c%c%c", i > 0 ? " " : "", edge->down ? '-' : '+',
                           edge->down ? child : parent, edge->down ? parent : child);
  }
  assert_string_equal(text->str, expected);
}

static void
up_and_down_a_chain(void **state)
{
  Place *place = *state;
  make(place, 'A', "");
  make(place, 'B', "A");
  make(place, 'C', "B");
  assert_way(place, '0', '0', "");
  assert_way(place, 'B', 'B', "");
  assert_way(place, '0', 'C', "+0A +AB +BC");
  assert_way(place, 'A', 'C', "+AB +BC");
  assert_way(place, 'C', 'A', "-CB -BA");
  assert_way(place, 'B', '0', "-BA -A0");
}

static void
over_where_the_branches_met(void **state)
{
  Place *place = *state;
  make(place, 'A', "");
  make(place, 'B', "A");
  make(place, 'C', "B");
  make(place, 'D', "C");
  make(place, 'X', "B");
  make(place, 'Y', "X");
  assert_way(place, 'D', 'Y', "-DC -CB +BX +XY");
  assert_way(place, 'Y', 'C', "-YX -XB +BC");
}

static void
through_merges_by_first_parents_where_that_leads_there(void **state)
{
  Place *place = *state;
  make(place, 'A', "");
  make(place, 'B', "A");
  make(place, 'X', "A");
  make(place, 'M', "BX");
  make(place, 'N', "M");
  assert_way(place, 'A', 'N', "+AB +BM +MN");
  assert_way(place, '0', 'N', "+0A +AB +BM +MN");
  assert_way(place, 'N', 'A', "-NM -MB -BA");
  assert_way(place, 'X', 'N', "+XM +MN");
  assert_way(place, 'N', 'X', "-NM -MX");
  assert_way(place, 'B', 'X', "-BA +AX");
}

static void
through_an_octopus_and_nested_merges(void **state)
{
  Place *place = *state;
  make(place, 'A', "");
  make(place, 'B', "A");
  make(place, 'C', "A");
  make(place, 'D', "A");
  make(place, 'M', "BCD");
  make(place, 'E', "A");
  make(place, 'N', "EM");
  assert_way(place, 'D', 'M', "+DM");
  assert_way(place, 'D', 'N', "+DM +MN");
  assert_way(place, 'C', 'N', "+CM +MN");
  assert_way(place, 'A', 'N', "+AE +EN");
}

static void
between_histories_that_never_met(void **state)
{
  Place *place = *state;
  make(place, 'A', "");
  make(place, 'B', "A");
  make(place, 'X', "");
  make(place, 'Y', "X");
  assert_way(place, 'B', 'Y', "-BA -A0 +0X +XY");
}

static void
to_and_from_what_is_not_in_the_store(void **state)
{
  static const char unknown[] = "0123456789012345678901234567890123456789";
  Place *place = *state;
  GError *error = NULL;
  make(place, 'A', "");
  assert_null(dmig_store_way(place->store, unknown, ids['A'], &error));
  assert_error(&error, DMIG_ERROR_DRIFT, unknown);
  assert_null(dmig_store_way(place->store, ids['A'], unknown, &error));
  assert_error(&error, DMIG_ERROR_NOT_FOUND, unknown);
  assert_null(dmig_store_way(place->store, NULL, "nowhere", &error));
  assert_error(&error, DMIG_ERROR_NOT_FOUND, "nowhere");
}

int
main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, place_setup_store, teardown)
  const struct CMUnitTest tests[] = {
    TEST(up_and_down_a_chain),
    TEST(over_where_the_branches_met),
    TEST(through_merges_by_first_parents_where_that_leads_there),
    TEST(through_an_octopus_and_nested_merges),
    TEST(between_histories_that_never_met),
    TEST(to_and_from_what_is_not_in_the_store),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
