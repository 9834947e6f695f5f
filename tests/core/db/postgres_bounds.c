#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "core/db/postgres/bounds.h"

static void
assert_fits(const char *partition_by, const char *bounds, const char *expected)
{
  DmigTable *parent = dmig_table_new("t");
  parent->partition_by = g_strdup(partition_by);
  g_autofree char *fits = dmig_pg_partition_fits(parent, bounds);
  dmig_table_free(parent);
  if (expected == NULL)
    assert_null(fits);
  else
    assert_string_equal(fits != NULL ? fits : "", expected);
}

static void
test_lists(void **state)
{
  (void) state;
  assert_fits("LIST (k)", " FOR VALUES IN ('a, b', 'c'')')", "k IN ('a, b', 'c'')')");
  assert_fits("LIST (lower(k))", " FOR VALUES IN ('a', NULL)",
              "(lower(k) IS NULL OR lower(k) IN ('a'))");
  assert_fits("LIST (k)", " FOR VALUES IN (NULL)", "k IS NULL");
}

static void
test_ranges(void **state)
{
  (void) state;
  assert_fits("RANGE (at)", " FOR VALUES from (1) to (9)", "at IS NOT NULL AND at >= 1 AND at < 9");
  assert_fits("RANGE (at)", " FOR VALUES FROM (MINVALUE) TO (MAXVALUE)", "at IS NOT NULL");
  assert_fits("RANGE (a, b)", " FOR VALUES FROM (1, MINVALUE) TO (2, MAXVALUE)",
              "a IS NOT NULL AND b IS NOT NULL AND a >= 1 AND a <= 2");
  assert_fits("RANGE (k COLLATE \"my order\")", " FOR VALUES FROM (MINVALUE) TO ('b')",
              "k COLLATE \"my order\" IS NOT NULL AND k COLLATE \"my order\" < 'b'");
  assert_fits("RANGE (a, b)", " FOR VALUES FROM (1, 5) TO (2, 6)",
              "a IS NOT NULL AND b IS NOT NULL AND (a, b) >= (1, 5) AND (a, b) < (2, 6)");
}

static void
test_hashes(void **state)
{
  (void) state;
  assert_fits("HASH (a, b)", " FOR VALUES WITH (modulus 4, remainder 1)",
              "pg_catalog.satisfies_hash_partition('t'::pg_catalog.regclass, 4, 1, a, b)");
}

static void
assert_asks(const char *partition_by, gboolean expected)
{
  DmigTable *parent = dmig_table_new("t");
  parent->partition_by = g_strdup(partition_by);
  gboolean asks = dmig_pg_partition_asks_table(parent);
  dmig_table_free(parent);
  assert_int_equal(asks, expected);
}

static void
test_only_hashes_ask_the_table(void **state)
{
  (void) state;
  assert_asks("HASH (a)", TRUE);
  assert_asks("LIST (a)", FALSE);
  assert_asks("RANGE (\"HASH\")", FALSE);
  assert_asks(NULL, FALSE);
}

/* Then nothing is moved, and the server has its say. */
static void
test_what_is_not_known(void **state)
{
  (void) state;
  assert_fits("LIST (k)", " DEFAULT", NULL);
  assert_fits("RANGE (k text_pattern_ops)", " FOR VALUES FROM ('a') TO ('b')", NULL);
  assert_fits("RANGE (k COLLATE \"C\" text_pattern_ops)", " FOR VALUES FROM ('a') TO ('b')", NULL);
  assert_fits("RANGE (a)", " FOR VALUES FROM (1, 2) TO (3, 4)", NULL);
  assert_fits("RANGE (a)", " FOR VALUES FROM (1", NULL);
  assert_fits(NULL, " FOR VALUES IN (1)", NULL);
}

int
main(void)
{
  const struct CMUnitTest tests[] = {
    cmocka_unit_test(test_lists),
    cmocka_unit_test(test_ranges),
    cmocka_unit_test(test_hashes),
    cmocka_unit_test(test_only_hashes_ask_the_table),
    cmocka_unit_test(test_what_is_not_known),
  };

  return cmocka_run_group_tests(tests, NULL, NULL);
}
