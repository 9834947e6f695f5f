#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "cmd/ui/date.h"

static void
check_relative(gint64 age, const char *expected)
{
  g_autofree char *text = dmig_date_relative(1000000000, 1000000000 + age);
  assert_string_equal(text, expected);
}

static void
relative_dates_use_the_unit_that_there_are_two_of(void **state)
{
  check_relative(0, "0 seconds ago");
  check_relative(1, "1 second ago");
  check_relative(119, "119 seconds ago");
  check_relative(120, "2 minutes ago");
  check_relative(7199, "119 minutes ago");
  check_relative(7200, "2 hours ago");
  check_relative(47 * 3600, "47 hours ago");
  check_relative(48 * 3600, "2 days ago");
  check_relative(13 * 86400, "13 days ago");
  check_relative(14 * 86400, "2 weeks ago");
  check_relative(60 * 86400, "2 months ago");
  check_relative(3 * 365 * 86400, "3 years ago");
}

static void
relative_dates_know_the_future(void **state)
{
  check_relative(-1, "in the future");
}

static void
dates_stand_in_the_author_s_own_zone(void **state)
{
  g_autofree char *git = dmig_date_git(1700000000, -330);
  g_autofree char *iso = dmig_date_iso(1700000000, 60);
  assert_string_equal(git, "Tue Nov 14 16:43:20 2023 -0530");
  assert_string_equal(iso, "2023-11-14T23:13:20+01:00");
}

static void
dates_out_of_range_are_said_to_be_none(void **state)
{
  g_autofree char *text = dmig_date_iso(G_MAXINT64, 0);
  assert_string_equal(text, "(no date)");
}

static void
a_time_that_is_none_is_shown_as_it_is(void **state)
{
  g_autofree char *text = dmig_date_since("yesterday");
  assert_string_equal(text, "yesterday");
}

int
main(void)
{
  const struct CMUnitTest tests[] = {
    cmocka_unit_test(relative_dates_use_the_unit_that_there_are_two_of),
    cmocka_unit_test(relative_dates_know_the_future),
    cmocka_unit_test(dates_stand_in_the_author_s_own_zone),
    cmocka_unit_test(dates_out_of_range_are_said_to_be_none),
    cmocka_unit_test(a_time_that_is_none_is_shown_as_it_is),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
