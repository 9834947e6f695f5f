#include <string.h>

#include "store/internal.h"
#include "tests/store/support.h"

/* The environment of place_setup_store() is a person's; here nobody is known yet. */
static int
setup_nobody(void **state)
{
  if (place_setup_store(state) != 0)
    return -1;
  g_unsetenv("GIT_AUTHOR_NAME");
  g_unsetenv("GIT_AUTHOR_EMAIL");
  g_unsetenv("GIT_COMMITTER_NAME");
  g_unsetenv("GIT_COMMITTER_EMAIL");
  return 0;
}

static void
assert_identity(DmigStore *store, DmigRole role, const char *expected)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(git_signature) who = dmig_store_identity(store, role, &error);
  if (who == NULL)
    fail_msg("%s", error->message);
  g_autofree char *text = g_strdup_printf("%s <%s>", who->name, who->email);
  assert_string_equal(text, expected);
}

static void
write_user(const char *path, const char *name)
{
  g_autofree char *text
      = g_strdup_printf("[user]\n\tname = %s\n\temail = %s@example.com\n", name, name);
  write_file(path, text);
}

static void
nobody_is_told_how_to_say_who(void **state)
{
  Place *place = *state;
  GError *error = NULL;
  assert_null(dmig_store_identity(place->store, DMIG_AUTHOR, &error));
  assert_string_equal(error->message,
                      "the author's name is not known; tell who you are with 'git config --global "
                      "user.name \"Your Name\"' and 'git config --global user.email "
                      "you@example.com'");
  assert_error(&error, DMIG_ERROR_FATAL, "user.email");
  g_setenv("GIT_AUTHOR_NAME", "Ada", TRUE);
  assert_null(dmig_store_identity(place->store, DMIG_AUTHOR, &error));
  assert_error(&error, DMIG_ERROR_FATAL, "author's e-mail address is not known");
  g_setenv("EMAIL", "ada@home", TRUE);
  assert_identity(place->store, DMIG_AUTHOR, "Ada <ada@home>");
  g_setenv("GIT_COMMITTER_NAME", "", TRUE);
  assert_null(dmig_store_identity(place->store, DMIG_COMMITTER, &error));
  assert_error(&error, DMIG_ERROR_FATAL, "committer's name is not known");
}

static void
the_nearest_configuration_wins(void **state)
{
  Place *place = *state;
  g_autofree char *global = g_build_filename(place->home, ".gitconfig", NULL);
  write_user(global, "global");
  g_clear_pointer(&place->store, dmig_store_free);
  place->store = dmig_store_open(NULL, NULL);
  assert_identity(place->store, DMIG_AUTHOR, "global <global@example.com>");

  g_free(run("git", "init", "-q", NULL));
  g_free(run("git", "config", "user.name", "application", NULL));
  assert_identity(place->store, DMIG_AUTHOR, "application <global@example.com>");

  dmig_store_config_set(place->store, "user.name", "store", NULL);
  assert_identity(place->store, DMIG_AUTHOR, "store <global@example.com>");
  dmig_store_config_override(place->store, "user.name", "override");
  assert_identity(place->store, DMIG_AUTHOR, "override <global@example.com>");
  dmig_store_config_set(place->store, "author.name", "writer", NULL);
  assert_identity(place->store, DMIG_AUTHOR, "writer <global@example.com>");
  assert_identity(place->store, DMIG_COMMITTER, "override <global@example.com>");

  g_setenv("GIT_AUTHOR_NAME", "environment", TRUE);
  g_setenv("EMAIL", "not@used", TRUE);
  assert_identity(place->store, DMIG_AUTHOR, "environment <global@example.com>");
}

static void
names_are_stripped_as_git_does(void **state)
{
  static const char *const names[] = { "  Ada Lovelace. ", "<Ada>", "\"A. L.\"", "A\nda",
                                       "O'Neill,",         "Größe", "a.b",       "; Ada ;" };
  Place *place = *state;
  g_autofree char *tree = run("git", "--git-dir=.dmig", "mktree", NULL);
  g_strchomp(tree);
  g_setenv("GIT_COMMITTER_NAME", "C", TRUE);
  g_setenv("GIT_COMMITTER_EMAIL", "c@d", TRUE);
  g_setenv("GIT_AUTHOR_EMAIL", " <ada@example.com> ", TRUE);
  for (guint i = 0; i < G_N_ELEMENTS(names); i++) {
    g_setenv("GIT_AUTHOR_NAME", names[i], TRUE);
    g_autofree char *id = run("git", "--git-dir=.dmig", "commit-tree", "-m", "m", tree, NULL);
    g_autofree char *expected
        = run("git", "--git-dir=.dmig", "log", "-1", "--format=%an <%ae>", g_strchomp(id), NULL);
    assert_identity(place->store, DMIG_AUTHOR, g_strchomp(expected));
  }
}

/* What git itself makes of a date, as "seconds zone", or NULL where it takes none. */
static char *
date_of_git(const char *tree, const char *date)
{
  g_setenv("GIT_AUTHOR_DATE", date, TRUE);
  int status;
  g_autofree char *id
      = run_status(&status, "git", "--git-dir=.dmig", "commit-tree", "-m", "m", tree, NULL);
  if (status != 0)
    return NULL;
  g_autofree char *raw = run("git", "--git-dir=.dmig", "log", "-1", "--date=raw", "--format=%ad",
                             g_strchomp(id), NULL);
  return g_strdup(g_strchomp(raw));
}

static void
dates_are_read_as_git_does(void **state)
{
  static const char *const dates[] = {
    "@1112911993 +0200",
    "1112911993 +0200",
    "1112911993 -0330",
    "@1112911993",
    "@0 +0000",
    "@5 -0100",
    "1112911993 +0000",
    "Thu, 07 Apr 2005 22:13:13 +0200",
    "Thu, 7 Apr 2005 22:13:13 -0700",
    "7 Apr 2005 22:13:13 +0200",
    "2005-04-07T22:13:13+0200",
    "2005-04-07T22:13:13+02:00",
    "2005-04-07T22:13:13Z",
    "2005-04-07T22:13:13",
    "2005-04-07 22:13:13 +0200",
    "2005-04-07 22:13:13",
    "2005-04-07 22:13",
    "2005-04-07T22:13:13.019-0400",
    "2005.04.07 22:13:13 +0530",
    "04/07/2005 22:13:13 +0000",
    "07.04.2005 22:13:13 +0000",
    "2024-02-29T12:00:00+0000",
    "2024-07-01 12:00:00",
    "2024-01-01 12:00:00",
  };
  static const char *const zones[] = { "UTC0", "EST5EDT,M3.2.0,M11.1.0", "IST-5:30" };
  Place *place = *state;
  g_setenv("GIT_AUTHOR_NAME", "A", TRUE);
  g_setenv("GIT_AUTHOR_EMAIL", "a@b", TRUE);
  g_setenv("GIT_COMMITTER_NAME", "C", TRUE);
  g_setenv("GIT_COMMITTER_EMAIL", "c@d", TRUE);
  g_autofree char *tree = run("git", "--git-dir=.dmig", "mktree", NULL);
  g_strchomp(tree);
  for (guint z = 0; z < G_N_ELEMENTS(zones); z++) {
    g_setenv("TZ", zones[z], TRUE);
    tzset();
    for (guint i = 0; i < G_N_ELEMENTS(dates); i++) {
      g_autofree char *expected = date_of_git(tree, dates[i]);
      assert_non_null(expected);
      g_autoptr(git_signature) who = dmig_store_identity(place->store, DMIG_AUTHOR, NULL);
      if (who == NULL)
        fail_msg("'%s' was refused", dates[i]);
      int minutes = ABS(who->when.offset);
      g_autofree char *found
          = g_strdup_printf("%" G_GINT64_FORMAT " %c%02d%02d", (gint64) who->when.time,
                            who->when.offset < 0 ? '-' : '+', minutes / 60, minutes % 60);
      if (strcmp(found, expected) != 0)
        fail_msg("'%s' in %s is %s, for git %s", dates[i], zones[z], found, expected);
    }
  }
}

static void
what_is_no_date_is_refused(void **state)
{
  static const char *const dates[] = { "never",
                                       "2005-13-01 00:00:00",
                                       "2005-02-30 00:00:00",
                                       "2005-04-07",
                                       "2005-04-07T25:00:00",
                                       "2005-04-07T22:13:13 CESTO",
                                       "12345",
                                       "@x",
                                       "@99999999999999999999 +0000",
                                       "1112911993 +9900",
                                       " " };
  Place *place = *state;
  g_setenv("GIT_AUTHOR_NAME", "A", TRUE);
  g_setenv("GIT_AUTHOR_EMAIL", "a@b", TRUE);
  for (guint i = 0; i < G_N_ELEMENTS(dates); i++) {
    GError *error = NULL;
    g_setenv("GIT_AUTHOR_DATE", dates[i], TRUE);
    if (dmig_store_identity(place->store, DMIG_AUTHOR, &error) != NULL)
      fail_msg("'%s' was taken", dates[i]);
    assert_error(&error, DMIG_ERROR_USAGE, "GIT_AUTHOR_DATE is not a date");
  }
}

static void
source_date_epoch_stands_where_no_date_is(void **state)
{
  Place *place = *state;
  GError *error = NULL;
  g_setenv("GIT_AUTHOR_NAME", "A", TRUE);
  g_setenv("GIT_AUTHOR_EMAIL", "a@b", TRUE);
  g_setenv("GIT_AUTHOR_DATE", "@7 +0100", TRUE);
  g_setenv("GIT_COMMITTER_NAME", "C", TRUE);
  g_setenv("GIT_COMMITTER_EMAIL", "c@d", TRUE);
  g_setenv("SOURCE_DATE_EPOCH", "42", TRUE);
  g_autoptr(git_signature) author = dmig_store_identity(place->store, DMIG_AUTHOR, NULL);
  g_autoptr(git_signature) committer = dmig_store_identity(place->store, DMIG_COMMITTER, NULL);
  assert_int_equal(author->when.time, 7);
  assert_int_equal(author->when.offset, 60);
  assert_int_equal(committer->when.time, 42);
  assert_int_equal(committer->when.offset, 0);
  g_setenv("SOURCE_DATE_EPOCH", "soon", TRUE);
  assert_null(dmig_store_identity(place->store, DMIG_COMMITTER, &error));
  assert_error(&error, DMIG_ERROR_USAGE, "SOURCE_DATE_EPOCH is not a number of seconds");
}

static void
without_any_date_it_is_now(void **state)
{
  Place *place = *state;
  g_setenv("GIT_AUTHOR_NAME", "A", TRUE);
  g_setenv("GIT_AUTHOR_EMAIL", "a@b", TRUE);
  g_setenv("TZ", "IST-5:30", TRUE);
  tzset();
  g_autoptr(git_signature) who = dmig_store_identity(place->store, DMIG_AUTHOR, NULL);
  assert_true(ABS(who->when.time - g_get_real_time() / G_USEC_PER_SEC) < 60);
  assert_int_equal(who->when.offset, 330);
}

int
main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, setup_nobody, place_teardown)
  const struct CMUnitTest tests[] = {
    TEST(nobody_is_told_how_to_say_who),  TEST(the_nearest_configuration_wins),
    TEST(names_are_stripped_as_git_does), TEST(dates_are_read_as_git_does),
    TEST(what_is_no_date_is_refused),     TEST(source_date_epoch_stands_where_no_date_is),
    TEST(without_any_date_it_is_now),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
