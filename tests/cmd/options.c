#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <string.h>

#include "cmd/command.h"

/* What a command line of `dmig probe` was read as. */
typedef struct {
  DmigContext context;
  char *sql, *message, *target;
  gboolean json, all, done;
  int limit;
  char **words, **rest;
  int count;
  GError *error;
} Probe;

static const DmigCommand probe_command = { .name = "probe", .usage = "[A]" };

static int
setup(void **state)
{
  Probe *probe = g_new0(Probe, 1);
  probe->context.command = &probe_command;
  probe->context.config = g_ptr_array_new();
  *state = probe;
  return 0;
}

static int
teardown(void **state)
{
  Probe *probe = *state;
  g_ptr_array_unref(probe->context.config);
  dmig_context_clear(&probe->context);
  g_strfreev(probe->words);
  g_clear_error(&probe->error);
  g_free(probe->sql);
  g_free(probe->message);
  g_free(probe->target);
  g_free(probe);
  return 0;
}

static gboolean
parse(Probe *probe, const char *line)
{
  const GOptionEntry entries[] = {
    { "sql", 0, 0, G_OPTION_ARG_STRING, &probe->sql, "", "[=DIALECT]" },
    { "message", 'm', 0, G_OPTION_ARG_STRING, &probe->message, "", "TEXT" },
    { "target", 't', 0, G_OPTION_ARG_STRING, &probe->target, "", "TARGET" },
    { "json", 0, 0, G_OPTION_ARG_NONE, &probe->json, "", NULL },
    { "all", 'a', 0, G_OPTION_ARG_NONE, &probe->all, "", NULL },
    { "max-count", 'n', 0, G_OPTION_ARG_INT, &probe->limit, "", "N" },
    G_OPTION_ENTRY_NULL,
  };
  g_autofree char *whole = g_strconcat("probe|", line, NULL);
  g_strfreev(probe->words);
  probe->words = g_strsplit(*line != '\0' ? whole : "probe", "|", -1);
  probe->count = (int) g_strv_length(probe->words);
  probe->rest = probe->words;
  return dmig_command_parse(&probe->context, entries, &probe->count, &probe->rest, &probe->done,
                            &probe->error);
}

static void
no_arguments_at_all(void **state)
{
  Probe *probe = *state;
  assert_true(parse(probe, ""));
  assert_int_equal(probe->count, 1);
  assert_string_equal(probe->rest[0], "probe");
  assert_null(probe->rest[1]);
}

static void
a_bare_optional_value_takes_no_argument(void **state)
{
  Probe *probe = *state;
  assert_true(parse(probe, "--sql|v1|v2"));
  assert_string_equal(probe->sql, "");
  assert_int_equal(probe->count, 3);
  assert_string_equal(probe->rest[1], "v1");
  assert_string_equal(probe->rest[2], "v2");
}

static void
an_optional_value_stands_behind_an_equals_sign(void **state)
{
  Probe *probe = *state;
  assert_true(parse(probe, "--sql=postgresql|v1"));
  assert_string_equal(probe->sql, "postgresql");
  assert_string_equal(probe->rest[1], "v1");
}

static void
short_values_may_be_glued_to_their_letter(void **state)
{
  Probe *probe = *state;
  assert_true(parse(probe, "-n5|-amhello"));
  assert_int_equal(probe->limit, 5);
  assert_true(probe->all);
  assert_string_equal(probe->message, "hello");
}

static void
a_number_alone_is_a_limit(void **state)
{
  Probe *probe = *state;
  assert_true(parse(probe, "-12"));
  assert_int_equal(probe->limit, 12);
}

static void
a_value_may_look_like_an_option(void **state)
{
  Probe *probe = *state;
  assert_true(parse(probe, "-m|--json|--target|-a"));
  assert_string_equal(probe->message, "--json");
  assert_string_equal(probe->target, "-a");
  assert_false(probe->json);
  assert_false(probe->all);
}

static void
options_may_follow_arguments(void **state)
{
  Probe *probe = *state;
  assert_true(parse(probe, "HEAD|--json"));
  assert_true(probe->json);
  assert_int_equal(probe->count, 2);
}

static void
what_stands_behind_two_dashes_is_no_option(void **state)
{
  Probe *probe = *state;
  assert_true(parse(probe, "a|--|--json|--|-x"));
  assert_false(probe->json);
  assert_int_equal(probe->count, 5);
  assert_string_equal(probe->rest[1], "a");
  assert_string_equal(probe->rest[2], "--json");
  assert_string_equal(probe->rest[3], "--");
  assert_string_equal(probe->rest[4], "-x");
}

static void
a_single_dash_is_an_argument(void **state)
{
  Probe *probe = *state;
  assert_true(parse(probe, "-"));
  assert_string_equal(probe->rest[1], "-");
}

static void
unknown_options_name_the_nearest(void **state)
{
  Probe *probe = *state;
  assert_false(parse(probe, "--jsno"));
  assert_true(g_error_matches(probe->error, DMIG_ERROR, DMIG_ERROR_USAGE));
  assert_non_null(strstr(probe->error->message, "'--jsno'"));
  assert_non_null(strstr(probe->error->message, "did you mean '--json'?"));
}

static void
unknown_options_with_a_value_do_not_repeat_it_as_a_name(void **state)
{
  Probe *probe = *state;
  assert_false(parse(probe, "--tarjet=x"));
  assert_non_null(strstr(probe->error->message, "did you mean '--target'?"));
}

static void
a_missing_value_and_a_wrong_number_are_usage_errors(void **state)
{
  Probe *probe = *state;
  assert_false(parse(probe, "-m"));
  assert_true(g_error_matches(probe->error, DMIG_ERROR, DMIG_ERROR_USAGE));
  g_clear_error(&probe->error);
  assert_false(parse(probe, "-n|none"));
  assert_true(g_error_matches(probe->error, DMIG_ERROR, DMIG_ERROR_USAGE));
}

static void
colour_is_auto_always_or_never(void **state)
{
  Probe *probe = *state;
  assert_false(parse(probe, "--color=sometimes"));
  assert_true(g_error_matches(probe->error, DMIG_ERROR, DMIG_ERROR_USAGE));
}

static void
one_argument_too_many_is_named(void **state)
{
  Probe *probe = *state;
  assert_true(parse(probe, "one|two"));
  assert_false(dmig_command_at_most(&probe->context, probe->count, probe->rest, 1, &probe->error));
  assert_non_null(strstr(probe->error->message, "'two'"));
}

#define OPTION_TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int
main(void)
{
  const struct CMUnitTest tests[] = {
    OPTION_TEST(no_arguments_at_all),
    OPTION_TEST(a_bare_optional_value_takes_no_argument),
    OPTION_TEST(an_optional_value_stands_behind_an_equals_sign),
    OPTION_TEST(short_values_may_be_glued_to_their_letter),
    OPTION_TEST(a_number_alone_is_a_limit),
    OPTION_TEST(a_value_may_look_like_an_option),
    OPTION_TEST(options_may_follow_arguments),
    OPTION_TEST(what_stands_behind_two_dashes_is_no_option),
    OPTION_TEST(a_single_dash_is_an_argument),
    OPTION_TEST(unknown_options_name_the_nearest),
    OPTION_TEST(unknown_options_with_a_value_do_not_repeat_it_as_a_name),
    OPTION_TEST(a_missing_value_and_a_wrong_number_are_usage_errors),
    OPTION_TEST(colour_is_auto_always_or_never),
    OPTION_TEST(one_argument_too_many_is_named),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
