#include <glib/gstdio.h>
#include <signal.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>
#include <utime.h>

#include "tests/store/support.h"

static void
assert_sound(void)
{
  int status;
  g_autofree char *report
      = run_status(&status, "git", "--git-dir=.dmig", "fsck", "--full", "--strict", NULL);
  if (status != 0 || strstr(report, "error") != NULL)
    fail_msg("git fsck: %s", report);
}

static char *
git_log(const char *format)
{
  return run("git", "--git-dir=.dmig", "log", format, NULL);
}

static void
git_shows_what_was_committed(void **state)
{
  Place *place = *state;
  g_setenv("GIT_AUTHOR_DATE", "2005-04-07T22:13:13+0200", TRUE);
  g_setenv("GIT_COMMITTER_DATE", "@1112911993 -0330", TRUE);
  g_autofree char *first = commit_text(place, NULL, "first");
  g_autofree char *second = commit_text(place, first, "second");
  g_autofree char *text = git_log("--format=%H %P %an <%ae> %ad %cn <%ce> %cd %s");
  g_autofree char *expected = g_strdup_printf(
      "%s %s Ada <ada@example.com> Thu Apr 7 22:13:13 2005 +0200 Charles <charles@example.com> "
      "Thu Apr 7 18:43:13 2005 -0330 second\n"
      "%s  Ada <ada@example.com> Thu Apr 7 22:13:13 2005 +0200 Charles <charles@example.com> "
      "Thu Apr 7 18:43:13 2005 -0330 first\n",
      second, first, first);
  assert_string_equal(text, expected);
  g_autofree char *file = run("git", "--git-dir=.dmig", "show", "HEAD~1:domain.yaml", NULL);
  assert_string_equal(file, "first");
  assert_sound();
}

static void
a_revision_of_fixed_dates_has_a_fixed_id(void **state)
{
  Place *place = *state;
  g_setenv("SOURCE_DATE_EPOCH", "1112911993", TRUE);
  g_autofree char *id = commit_text(place, NULL, "first");
  g_autofree char *dates = git_log("--format=%ad %cd");
  assert_string_equal(dates, "Thu Apr 7 22:13:13 2005 +0000 Thu Apr 7 22:13:13 2005 +0000\n");

  g_mkdir("again", 0777);
  DmigStore *other = dmig_store_init("again", NULL);
  g_autoptr(GPtrArray) files = files_new("domain.yaml", "first", NULL);
  g_autofree char *same = dmig_store_commit(other, NULL, NULL, files, "first", NULL, NULL);
  dmig_store_free(other);
  assert_string_equal(same, id);
}

static void
the_message_is_cleaned_as_git_does(void **state)
{
  Place *place = *state;
  static const char *const messages[]
      = { "plain", "\n\n  lead\n\n\n\nbody  \t\n\n", "# not a comment\n", "one\r\ntwo", "größe 🐘" };
  g_autofree char *parent = NULL;
  g_free(run("git", "init", "-q", "other", NULL));
  for (guint i = 0; i < G_N_ELEMENTS(messages); i++) {
    g_autoptr(GPtrArray) files = files_new("a", messages[i], NULL);
    char *id = dmig_store_commit(place->store, parent, NULL, files, messages[i], NULL, NULL);
    assert_non_null(id);
    g_free(parent);
    parent = id;
    g_autofree char *cleaned = run("git", "--git-dir=.dmig", "log", "-1", "--format=%B", NULL);
    write_file("message", messages[i]);
    g_free(run("git", "-C", "other", "commit", "-q", "--allow-empty", "--cleanup=whitespace", "-F",
               "../message", NULL));
    g_autofree char *expected = run("git", "-C", "other", "log", "-1", "--format=%B", NULL);
    assert_string_equal(cleaned, expected);
  }
}

static void
messages_without_text_are_refused(void **state)
{
  static const char *const messages[] = { "", "\n", "  \n\t\n" };
  Place *place = *state;
  GError *error = NULL;
  g_autoptr(GPtrArray) files = files_new("a", "x", NULL);
  for (guint i = 0; i < G_N_ELEMENTS(messages); i++) {
    assert_null(dmig_store_commit(place->store, NULL, NULL, files, messages[i], NULL, &error));
    assert_error(&error, DMIG_ERROR_USAGE, "message is empty");
  }
  assert_null(dmig_store_commit(place->store, NULL, NULL, files, "Gr\xf6\xdf", NULL, &error));
  assert_error(&error, DMIG_ERROR_USAGE, "not UTF-8");
}

static void
the_reflog_tells_each_step(void **state)
{
  Place *place = *state;
  g_autofree char *first = commit_text(place, NULL, "first");
  g_free(commit_text(place, first, "second"));
  static const char *const names[] = { "HEAD", "main" };
  for (guint i = 0; i < G_N_ELEMENTS(names); i++) {
    g_autofree char *log
        = run("git", "--git-dir=.dmig", "reflog", "show", "--format=%gs", names[i], NULL);
    assert_string_equal(log, "commit: second\ncommit (initial): first\n");
  }
}

static void
a_merge_has_all_its_parents(void **state)
{
  Place *place = *state;
  g_autofree char *base = commit_text(place, NULL, "base");
  g_autofree char *ours = commit_text(place, base, "ours");
  g_free(run("git", "--git-dir=.dmig", "update-ref", "refs/heads/main", base, NULL));
  g_autofree char *theirs = commit_text(place, base, "theirs");
  char *merged[] = { ours, NULL };
  g_autoptr(GPtrArray) files = files_new("domain.yaml", "both", NULL);
  g_autofree char *merge = dmig_store_commit(place->store, theirs, merged, files, "merge", NULL, NULL);
  g_autoptr(DmigRevision) revision = dmig_store_revision(place->store, merge, NULL);
  assert_string_equal(revision->parents[0], theirs);
  assert_string_equal(revision->parents[1], ours);
  assert_null(revision->parents[2]);
  g_autofree char *log = run("git", "--git-dir=.dmig", "reflog", "-1", "--format=%gs", NULL);
  assert_string_equal(log, "commit (merge): merge\n");
  assert_sound();
}

static void
a_branch_in_folders_and_a_detached_head_move_too(void **state)
{
  Place *place = *state;
  g_autofree char *first = commit_text(place, NULL, "first");
  g_free(run("git", "--git-dir=.dmig", "symbolic-ref", "HEAD", "refs/heads/a/b/c", NULL));
  g_autofree char *other = commit_text(place, NULL, "other");
  g_autofree char *branch = dmig_store_branch(place->store);
  assert_string_equal(branch, "a/b/c");

  g_free(run("git", "--git-dir=.dmig", "update-ref", "--no-deref", "HEAD", first, NULL));
  g_autofree char *second = commit_text(place, first, "second");
  g_autofree char *refs
      = run("git", "--git-dir=.dmig", "for-each-ref", "--format=%(refname) %(objectname)", NULL);
  g_autofree char *expected
      = g_strdup_printf("refs/heads/a/b/c %s\nrefs/heads/main %s\n", other, first);
  assert_string_equal(refs, expected);
  g_autoptr(DmigRevision) head = dmig_store_revision(place->store, "HEAD", NULL);
  assert_string_equal(head->id, second);
}

static void
a_branch_that_has_moved_is_left_alone(void **state)
{
  Place *place = *state;
  GError *error = NULL;
  g_autofree char *first = commit_text(place, NULL, "first");
  g_autofree char *second = commit_text(place, first, "second");
  g_autoptr(GPtrArray) files = files_new("domain.yaml", "late", NULL);
  assert_null(dmig_store_commit(place->store, first, NULL, files, "late", NULL, &error));
  assert_error(&error, DMIG_ERROR_LOCKED, "was changed by another process");
  assert_null(dmig_store_commit(place->store, NULL, NULL, files, "late", NULL, &error));
  assert_error(&error, DMIG_ERROR_LOCKED, "was changed by another process");
  g_autoptr(DmigRevision) head = dmig_store_revision(place->store, "HEAD", NULL);
  assert_string_equal(head->id, second);
  g_free(run("git", "--git-dir=.dmig", "update-ref", "-d", "refs/heads/main", NULL));
  assert_null(dmig_store_commit(place->store, first, NULL, files, "late", NULL, &error));
  assert_error(&error, DMIG_ERROR_LOCKED, "no revision");
}

static void
a_parent_that_is_none_is_refused(void **state)
{
  Place *place = *state;
  GError *error = NULL;
  g_autoptr(GPtrArray) files = files_new("domain.yaml", "x", NULL);
  assert_null(dmig_store_commit(place->store, "0123456789012345678901234567890123456789", NULL,
                                files, "m", NULL, &error));
  assert_error(&error, DMIG_ERROR_NOT_FOUND, "there is no revision");
}

#define RACERS 6

/* Each racer commits on the same parent at the same moment: 0 it won, 4 it was told so. */
static int
race(const char *parent, guint number)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(DmigStore) store = dmig_store_open(NULL, &error);
  g_autofree char *text = g_strdup_printf("racer %u", number);
  g_autoptr(GPtrArray) files = files_new("domain.yaml", text, NULL);
  g_autofree char *id
      = store != NULL ? dmig_store_commit(store, parent, NULL, files, text, NULL, &error) : NULL;
  if (id != NULL)
    return 0;
  return g_error_matches(error, DMIG_ERROR, DMIG_ERROR_LOCKED) ? 4 : 1;
}

static void
run_race(const char *parent)
{
  int start[2];
  pid_t racers[RACERS];
  guint won = 0, told = 0;
  assert_int_equal(pipe(start), 0);
  for (guint i = 0; i < RACERS; i++) {
    racers[i] = fork();
    if (racers[i] == 0) {
      char byte;
      close(start[1]);
      _exit(read(start[0], &byte, 1) == 0 ? race(parent, i) : 1);
    }
  }
  close(start[0]);
  close(start[1]);
  for (guint i = 0; i < RACERS; i++) {
    int status = 0;
    waitpid(racers[i], &status, 0);
    won += WIFEXITED(status) && WEXITSTATUS(status) == 0;
    told += WIFEXITED(status) && WEXITSTATUS(status) == 4;
  }
  assert_int_equal(won, 1);
  assert_int_equal(told, RACERS - 1);
}

static void
of_several_at_once_one_wins(void **state)
{
  Place *place = *state;
  run_race(NULL);
  for (guint round = 0; round < 5; round++) {
    g_autoptr(DmigRevision) head = dmig_store_revision(place->store, "HEAD", NULL);
    run_race(head->id);
  }
  g_autofree char *count = run("git", "--git-dir=.dmig", "rev-list", "--count", "HEAD", NULL);
  assert_string_equal(count, "6\n");
  assert_sound();
}

static void
commit_until_killed(void)
{
  g_autoptr(DmigStore) store = dmig_store_open(NULL, NULL);
  for (guint i = 0;; i++) {
    DmigRevision *head = NULL;
    if (!dmig_store_head(store, &head, NULL))
      _exit(1);
    g_autofree char *text = g_strdup_printf("%u", i);
    g_autoptr(GPtrArray) files
        = files_new("domain.yaml", text, "migrations/x/upgrade.sql", text, NULL);
    g_free(dmig_store_commit(store, head != NULL ? head->id : NULL, NULL, files, text, NULL, NULL));
    dmig_store_note_write(store, "HEAD", text, NULL);
    dmig_revision_free(head);
  }
}

/* Lock files that the killed process left are as old as in real life. */
static void
age_lock_files(void)
{
  g_autofree char *list
      = run("find", ".dmig", "-name", "*.lock", "-not", "-path", ".dmig/dmig.lock", NULL);
  g_auto(GStrv) paths = g_strsplit(g_strchomp(list), "\n", -1);
  struct utimbuf old = { 1000000000, 1000000000 };
  for (guint i = 0; paths[i] != NULL; i++)
    if (*paths[i] != '\0')
      assert_int_equal(utime(paths[i], &old), 0);
}

static void
killed_at_any_moment_nothing_is_broken(void **state)
{
  Place *place = *state;
  for (guint round = 0; round < 25; round++) {
    pid_t child = fork();
    if (child == 0)
      commit_until_killed();
    g_usleep(3000 + round * 1700);
    kill(child, SIGKILL);
    waitpid(child, NULL, 0);
    age_lock_files();
    assert_sound();

    DmigRevision *head = NULL;
    assert_true(dmig_store_head(place->store, &head, NULL));
    g_autofree char *id = commit_text(place, head != NULL ? head->id : NULL, "after");
    dmig_revision_free(head);
    GError *error = NULL;
    if (!dmig_store_note_write(place->store, id, "after", &error))
      fail_msg("%s", error->message);
  }
  assert_sound();
}

static void
a_fresh_lock_file_is_somebody_elses(void **state)
{
  Place *place = *state;
  GError *error = NULL;
  write_file(".dmig/refs/heads/main.lock", "");
  g_autoptr(GPtrArray) files = files_new("domain.yaml", "x", NULL);
  assert_null(dmig_store_commit(place->store, NULL, NULL, files, "m", NULL, &error));
  assert_error(&error, DMIG_ERROR_LOCKED, "refs/heads/main.lock");
  age_lock_files();
  g_autofree char *id = commit_text(place, NULL, "m");
  assert_non_null(id);
}

int
main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, place_setup_store, place_teardown)
  const struct CMUnitTest tests[] = {
    TEST(git_shows_what_was_committed),
    TEST(a_revision_of_fixed_dates_has_a_fixed_id),
    TEST(the_message_is_cleaned_as_git_does),
    TEST(messages_without_text_are_refused),
    TEST(the_reflog_tells_each_step),
    TEST(a_merge_has_all_its_parents),
    TEST(a_branch_in_folders_and_a_detached_head_move_too),
    TEST(a_branch_that_has_moved_is_left_alone),
    TEST(a_parent_that_is_none_is_refused),
    TEST(of_several_at_once_one_wins),
    TEST(killed_at_any_moment_nothing_is_broken),
    TEST(a_fresh_lock_file_is_somebody_elses),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
