#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/store/support.h"

static void
git_shows_the_note(void **state)
{
  Place *place = *state;
  g_autofree char *id = commit_text(place, NULL, "first");
  assert_null(dmig_store_note_read(place->store, id));
  assert_true(dmig_store_note_write(place->store, "HEAD", "{\"proved\": true}\n", NULL));
  g_autofree char *note = dmig_store_note_read(place->store, id);
  assert_string_equal(note, "{\"proved\": true}\n");
  g_autofree char *shown
      = run("git", "--git-dir=.dmig", "log", "--notes=dmig", "--format=%N", NULL);
  assert_string_equal(shown, "{\"proved\": true}\n\n");
  g_free(run("git", "--git-dir=.dmig", "fsck", "--strict", NULL));
}

static void
a_note_is_written_over(void **state)
{
  Place *place = *state;
  g_autofree char *id = commit_text(place, NULL, "first");
  assert_true(dmig_store_note_write(place->store, id, "one", NULL));
  assert_true(dmig_store_note_write(place->store, id, "two", NULL));
  g_autofree char *note = dmig_store_note_read(place->store, id);
  assert_string_equal(note, "two");
}

static void
notes_of_git_are_read_and_written_over(void **state)
{
  Place *place = *state;
  g_autofree char *first = commit_text(place, NULL, "first");
  g_autofree char *second = commit_text(place, first, "second");
  g_free(run("git", "--git-dir=.dmig", "notes", "--ref=dmig", "add", "-m", "by git", first, NULL));
  g_autofree char *before = dmig_store_note_read(place->store, first);
  assert_string_equal(before, "by git\n");
  assert_true(dmig_store_note_write(place->store, second, "by dmig", NULL));
  assert_true(dmig_store_note_write(place->store, first, "by dmig\n", NULL));
  g_autofree char *shown
      = run("git", "--git-dir=.dmig", "notes", "--ref=dmig", "show", first, NULL);
  assert_string_equal(shown, "by dmig\n");
  g_autofree char *after = dmig_store_note_read(place->store, first);
  assert_string_equal(after, "by dmig\n");
  g_free(
      run("git", "--git-dir=.dmig", "notes", "--ref=dmig", "append", "-m", "more", second, NULL));
  g_autofree char *appended = dmig_store_note_read(place->store, second);
  assert_true(g_str_has_prefix(appended, "by dmig\n") && g_str_has_suffix(appended, "more\n"));
}

static void
a_note_of_nothing_is_refused(void **state)
{
  Place *place = *state;
  GError *error = NULL;
  assert_false(dmig_store_note_write(place->store, "HEAD", "x", &error));
  assert_error(&error, DMIG_ERROR_NOT_FOUND, "there is no revision yet");
  assert_null(dmig_store_note_read(place->store, "nowhere"));
}

#define WRITERS 4
#define NOTES 8

static void
writers_at_once_lose_no_note(void **state)
{
  Place *place = *state;
  g_autofree char *parent = NULL;
  char *ids[WRITERS * NOTES];
  for (guint i = 0; i < WRITERS * NOTES; i++) {
    g_autofree char *text = g_strdup_printf("n%u", i);
    ids[i] = commit_text(place, parent, text);
    g_free(parent);
    parent = g_strdup(ids[i]);
  }
  for (guint writer = 0; writer < WRITERS; writer++)
    if (fork() == 0) {
      g_autoptr(DmigStore) store = dmig_store_open(NULL, NULL);
      gboolean done = store != NULL;
      for (guint i = 0; i < NOTES && done; i++)
        done = dmig_store_note_write(store, ids[writer * NOTES + i], "note", NULL);
      _exit(done ? 0 : 1);
    }
  for (guint writer = 0; writer < WRITERS; writer++) {
    int status;
    assert_true(wait(&status) > 0);
    assert_int_equal(status, 0);
  }
  for (guint i = 0; i < WRITERS * NOTES; i++) {
    g_autofree char *note = dmig_store_note_read(place->store, ids[i]);
    assert_non_null(note);
    g_free(ids[i]);
  }
}

int
main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, place_setup_store, place_teardown)
  const struct CMUnitTest tests[] = {
    TEST(git_shows_the_note),
    TEST(a_note_is_written_over),
    TEST(notes_of_git_are_read_and_written_over),
    TEST(a_note_of_nothing_is_refused),
    TEST(writers_at_once_lose_no_note),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
