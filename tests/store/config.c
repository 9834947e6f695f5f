#include <glib/gstdio.h>
#include <string.h>
#include <sys/stat.h>

#include "tests/store/support.h"

static void
assert_value(DmigStore *store, const char *key, const char *expected)
{
  g_autofree char *value = dmig_store_config_get(store, key);
  if (expected == NULL)
    assert_null(value);
  else if (value == NULL)
    fail_msg("%s is not set", key);
  else
    assert_string_equal(value, expected);
}

static void
what_is_set_is_read_by_git_too(void **state)
{
  static const char *const values[] = { "plain",
                                        " spaces at the ends ",
                                        "a # b ; c",
                                        "say \"hi\"",
                                        "back\\slash",
                                        "two\nlines",
                                        "tab\there",
                                        "日本語 🐘",
                                        "" };
  Place *place = *state;
  for (guint i = 0; i < G_N_ELEMENTS(values); i++) {
    g_autoptr(GError) error = NULL;
    assert_true(dmig_store_config_set(place->store, "some.Section.key", values[i], &error));
    assert_value(place->store, "some.Section.key", values[i]);
    g_autofree char *seen = run("git", "--git-dir=.dmig", "config", "-z", "some.Section.key", NULL);
    assert_string_equal(seen, values[i]);
  }
}

static void
keys_ignore_case_but_for_their_middle(void **state)
{
  Place *place = *state;
  dmig_store_config_set(place->store, "Some.Middle.KEY", "1", NULL);
  assert_value(place->store, "some.Middle.key", "1");
  assert_value(place->store, "some.middle.key", NULL);
  dmig_store_config_override(place->store, "OTHER.Middle.Key", "2");
  assert_value(place->store, "other.Middle.KEY", "2");
  assert_value(place->store, "other.middle.KEY", NULL);
}

static void
the_nearest_level_wins(void **state)
{
  Place *place = *state;
  g_autofree char *global = g_build_filename(place->home, ".gitconfig", NULL);
  g_autofree char *xdg = g_build_filename(place->home, ".config/git/config", NULL);
  write_file(xdg, "[a]\n\tone = xdg\n\ttwo = xdg\n\tthree = xdg\n\tfour = xdg\n");
  write_file(global, "[a]\n\ttwo = user\n\tthree = user\n\tfour = user\n");
  g_autoptr(DmigStore) store = dmig_store_open(NULL, NULL);
  dmig_store_config_set(store, "a.three", "store", NULL);
  dmig_store_config_set(store, "a.four", "store", NULL);
  dmig_store_config_override(store, "a.four", "override");
  assert_value(store, "a.one", "xdg");
  assert_value(store, "a.two", "user");
  assert_value(store, "a.three", "store");
  assert_value(store, "a.four", "override");
}

static void
git_config_global_stands_for_the_user(void **state)
{
  Place *place = *state;
  g_autofree char *global = g_build_filename(place->home, ".gitconfig", NULL);
  write_file(global, "[a]\n\tone = home\n");
  write_file("other", "[a]\n\ttwo = named\n");
  g_setenv("GIT_CONFIG_GLOBAL", "other", TRUE);
  g_autoptr(DmigStore) store = dmig_store_open(NULL, NULL);
  assert_value(store, "a.one", NULL);
  assert_value(store, "a.two", "named");
}

static void
a_key_without_a_value_is_true(void **state)
{
  Place *place = *state;
  write_file(".dmig/config", "[a]\n\tflag\n");
  assert_value(place->store, "a.flag", "true");
}

static void
what_another_process_sets_is_seen(void **state)
{
  Place *place = *state;
  assert_value(place->store, "a.b", NULL);
  g_free(run("git", "--git-dir=.dmig", "config", "a.b", "c", NULL));
  assert_value(place->store, "a.b", "c");
}

static void
unset_takes_away(void **state)
{
  Place *place = *state;
  GError *error = NULL;
  dmig_store_config_set(place->store, "a.b", "c", NULL);
  assert_true(dmig_store_config_unset(place->store, "a.b", &error));
  assert_value(place->store, "a.b", NULL);
  assert_false(dmig_store_config_unset(place->store, "a.b", &error));
  assert_error(&error, DMIG_ERROR_NOT_FOUND, "'a.b' is not set");
}

static void
unset_leaves_what_the_user_has(void **state)
{
  Place *place = *state;
  GError *error = NULL;
  g_autofree char *global = g_build_filename(place->home, ".gitconfig", NULL);
  write_file(global, "[a]\n\tb = user\n");
  g_autoptr(DmigStore) store = dmig_store_open(NULL, NULL);
  assert_false(dmig_store_config_unset(store, "a.b", &error));
  assert_error(&error, DMIG_ERROR_NOT_FOUND, ".dmig/config");
  assert_value(store, "a.b", "user");
}

static void
keys_that_are_none_are_refused(void **state)
{
  static const char *const keys[] = { "plain", "", ".", "a.", ".b", "a.b c", "a b.c", "a.1\n" };
  Place *place = *state;
  for (guint i = 0; i < G_N_ELEMENTS(keys); i++) {
    GError *error = NULL;
    if (dmig_store_config_set(place->store, keys[i], "x", &error))
      fail_msg("'%s' was taken", keys[i]);
    assert_error(&error, DMIG_ERROR_USAGE, "configuration key");
    assert_value(place->store, keys[i], NULL);
  }
}

static void
a_locked_config_says_so(void **state)
{
  Place *place = *state;
  GError *error = NULL;
  write_file(".dmig/config.lock", "");
  assert_false(dmig_store_config_set(place->store, "a.b", "c", &error));
  assert_error(&error, DMIG_ERROR_LOCKED, "config.lock");
}

static void
a_closed_config_stays_closed(void **state)
{
  Place *place = *state;
  assert_int_equal(file_mode(".dmig/config"), 0644);
  dmig_store_config_set(place->store, "a.b", "c", NULL);
  assert_int_equal(file_mode(".dmig/config"), 0644);
  dmig_store_config_set(place->store, "target.dev.url", "postgresql://u:p@h/d", NULL);
  assert_int_equal(file_mode(".dmig/config"), 0600);
  dmig_store_config_set(place->store, "a.b", "d", NULL);
  assert_int_equal(file_mode(".dmig/config"), 0600);
  dmig_store_config_unset(place->store, "target.dev.url", NULL);
  assert_int_equal(file_mode(".dmig/config"), 0600);
}

static const DmigSetting *
find_setting(GPtrArray *settings, const char *key)
{
  const DmigSetting *found = NULL;
  for (guint i = 0; i < settings->len; i++) {
    const DmigSetting *setting = g_ptr_array_index(settings, i);
    if (strcmp(setting->key, key) == 0) {
      assert_null(found);
      found = setting;
    }
  }
  assert_non_null(found);
  return found;
}

static void
the_list_has_each_key_once(void **state)
{
  Place *place = *state;
  g_autofree char *global = g_build_filename(place->home, ".gitconfig", NULL);
  write_file(global, "[a]\n\tone = user\n\ttwo = user\n\tthree = user\n");
  g_autoptr(DmigStore) store = dmig_store_open(NULL, NULL);
  g_free(run("git", "--git-dir=.dmig", "config", "a.two", "first", NULL));
  g_free(run("git", "--git-dir=.dmig", "config", "--add", "a.two", "second", NULL));
  dmig_store_config_override(store, "a.three", "override");

  g_autoptr(GPtrArray) settings = dmig_store_config_list(store);
  assert_string_equal(find_setting(settings, "a.one")->value, "user");
  assert_string_equal(find_setting(settings, "a.one")->origin, "user");
  assert_string_equal(find_setting(settings, "a.two")->value, "second");
  assert_string_equal(find_setting(settings, "a.two")->origin, "store");
  assert_string_equal(find_setting(settings, "a.three")->value, "override");
  assert_string_equal(find_setting(settings, "a.three")->origin, "override");
  for (guint i = 1; i < settings->len; i++)
    assert_true(strcmp(((DmigSetting *) settings->pdata[i - 1])->key,
                       ((DmigSetting *) settings->pdata[i])->key)
                < 0);
}

int
main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, place_setup_store, place_teardown)
  const struct CMUnitTest tests[] = {
    TEST(what_is_set_is_read_by_git_too),
    TEST(keys_ignore_case_but_for_their_middle),
    TEST(the_nearest_level_wins),
    TEST(git_config_global_stands_for_the_user),
    TEST(a_key_without_a_value_is_true),
    TEST(what_another_process_sets_is_seen),
    TEST(unset_takes_away),
    TEST(unset_leaves_what_the_user_has),
    TEST(keys_that_are_none_are_refused),
    TEST(a_locked_config_says_so),
    TEST(a_closed_config_stays_closed),
    TEST(the_list_has_each_key_once),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
