#include <string.h>

#include "tests/store/support.h"

static void
assert_targets(DmigStore *store, const char *expected)
{
  g_autoptr(GPtrArray) targets = dmig_store_targets(store);
  g_autoptr(GString) text = g_string_new("");
  for (guint i = 0; i < targets->len; i++) {
    const DmigTarget *target = g_ptr_array_index(targets, i);
    g_string_append_printf(text, "%s%s=%s ", target->is_default ? "*" : "", target->name,
                           target->url);
  }
  assert_string_equal(text->str, expected);
}

static void
the_first_is_the_default(void **state)
{
  Place *place = *state;
  assert_targets(place->store, "");
  assert_null(dmig_store_target(place->store, NULL));
  assert_true(dmig_store_target_add(place->store, "prod", "postgresql://u:p%40s@h/d?a=b#c", NULL));
  assert_true(dmig_store_target_add(place->store, "dev", "sqlite:dev.db", NULL));
  assert_targets(place->store, "dev=sqlite:dev.db *prod=postgresql://u:p%40s@h/d?a=b#c ");

  DmigTarget *target = dmig_store_target(place->store, NULL);
  assert_string_equal(target->name, "prod");
  assert_true(target->is_default);
  dmig_target_free(target);
  target = dmig_store_target(place->store, "dev");
  assert_string_equal(target->url, "sqlite:dev.db");
  assert_false(target->is_default);
  dmig_target_free(target);
  assert_null(dmig_store_target(place->store, "nowhere"));
}

static void
the_default_can_be_chosen(void **state)
{
  Place *place = *state;
  GError *error = NULL;
  dmig_store_target_add(place->store, "a", "sqlite:a.db", NULL);
  dmig_store_target_add(place->store, "b", "sqlite:b.db", NULL);
  assert_true(dmig_store_target_set_default(place->store, "b", &error));
  assert_targets(place->store, "a=sqlite:a.db *b=sqlite:b.db ");
  assert_false(dmig_store_target_set_default(place->store, "c", &error));
  assert_error(&error, DMIG_ERROR_NOT_FOUND, "there is no target 'c'");
}

static void
removing_the_default_leaves_the_only_other_one(void **state)
{
  Place *place = *state;
  GError *error = NULL;
  dmig_store_target_add(place->store, "a", "sqlite:a.db", NULL);
  dmig_store_target_add(place->store, "b", "sqlite:b.db", NULL);
  dmig_store_target_add(place->store, "c", "sqlite:c.db", NULL);
  assert_true(dmig_store_target_remove(place->store, "a", &error));
  assert_targets(place->store, "b=sqlite:b.db c=sqlite:c.db ");
  assert_null(dmig_store_target(place->store, NULL));
  assert_true(dmig_store_target_remove(place->store, "c", &error));
  assert_targets(place->store, "*b=sqlite:b.db ");
  assert_false(dmig_store_target_remove(place->store, "c", &error));
  assert_error(&error, DMIG_ERROR_NOT_FOUND, "there is no target 'c'");
}

static void
a_name_is_taken_once(void **state)
{
  Place *place = *state;
  GError *error = NULL;
  dmig_store_target_add(place->store, "a", "postgresql://u:secret@h/d", NULL);
  assert_false(dmig_store_target_add(place->store, "a", "postgresql://u:hidden@h/d", &error));
  assert_null(strstr(error->message, "secret"));
  assert_null(strstr(error->message, "hidden"));
  assert_error(&error, DMIG_ERROR_FAILED, "there is a target 'a' already");
}

static void
names_that_could_be_something_else_are_refused(void **state)
{
  static const char *const names[]
      = { "",     "-x",  "a b", "a/b",  "a:b",      "sqlite:x", "a\nb",
          ".hid", "a'b", "a;b", "a\"b", "\xff\xfe", "🐘",        "a~1" };
  Place *place = *state;
  for (guint i = 0; i < G_N_ELEMENTS(names); i++) {
    GError *error = NULL;
    if (dmig_store_target_add(place->store, names[i], "sqlite:x", &error))
      fail_msg("'%s' was taken", names[i]);
    assert_error(&error, DMIG_ERROR_USAGE, "can't be a target's name");
  }
  assert_targets(place->store, "");
}

static void
names_may_have_dots_capitals_and_letters_of_any_script(void **state)
{
  Place *place = *state;
  assert_true(dmig_store_target_add(place->store, "Test.eu-1.url", "sqlite:1", NULL));
  assert_true(dmig_store_target_add(place->store, "test.eu-1.url", "sqlite:2", NULL));
  assert_true(dmig_store_target_add(place->store, "größe_2", "sqlite:3", NULL));
  assert_targets(place->store, "*Test.eu-1.url=sqlite:1 größe_2=sqlite:3 test.eu-1.url=sqlite:2 ");
}

static void
an_empty_url_is_refused(void **state)
{
  Place *place = *state;
  GError *error = NULL;
  assert_false(dmig_store_target_add(place->store, "a", "", &error));
  assert_error(&error, DMIG_ERROR_USAGE, "is empty");
}

static void
an_override_is_a_target_too(void **state)
{
  Place *place = *state;
  dmig_store_target_add(place->store, "a", "sqlite:a.db", NULL);
  dmig_store_config_override(place->store, "target.a.url", "sqlite:other.db");
  dmig_store_config_override(place->store, "target.b.url", "sqlite:b.db");
  dmig_store_config_override(place->store, "dmig.defaultTarget", "b");
  assert_targets(place->store, "a=sqlite:other.db *b=sqlite:b.db ");
}

static void
a_url_closes_the_config(void **state)
{
  Place *place = *state;
  dmig_store_target_add(place->store, "a", "sqlite:a.db", NULL);
  assert_int_equal(file_mode(".dmig/config"), 0600);
}

int
main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, place_setup_store, place_teardown)
  const struct CMUnitTest tests[] = {
    TEST(the_first_is_the_default),
    TEST(the_default_can_be_chosen),
    TEST(removing_the_default_leaves_the_only_other_one),
    TEST(a_name_is_taken_once),
    TEST(names_that_could_be_something_else_are_refused),
    TEST(names_may_have_dots_capitals_and_letters_of_any_script),
    TEST(an_empty_url_is_refused),
    TEST(an_override_is_a_target_too),
    TEST(a_url_closes_the_config),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
