#include <glib/gstdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "hooks/hooks.h"
#include "tests/store/support.h"

#define VALID                                                                                      \
  "domain: shop\ndialects: [sqlite]\nentities:\n  Thing: {fields: {id: integer primary}}\n"
#define INVALID                                                                                    \
  "domain: shop\ndialects: [sqlite]\nentities:\n  Thing: {fields: {id: intger primary}}\n"

/* A program that stands for dmig: says how it was called, and refuses where there is `refuse`. */
#define STUB "#!/bin/sh\necho \"dmig in $PWD: $*\"\ntest ! -e \"$HOME/refuse\"\n"

static char *dmig; /* the stub's path */

static int
setup_repository(void **state)
{
  if (place_setup(state) != 0)
    return -1;
  Place *place = *state;
  g_setenv("GIT_AUTHOR_NAME", "Ada", TRUE);
  g_setenv("GIT_AUTHOR_EMAIL", "ada@example.com", TRUE);
  g_setenv("GIT_COMMITTER_NAME", "Ada", TRUE);
  g_setenv("GIT_COMMITTER_EMAIL", "ada@example.com", TRUE);
  g_free(run("git", "init", "-q", NULL));
  dmig = g_build_filename(place->home, "it's dmig", NULL);
  write_file(dmig, STUB);
  return g_chmod(dmig, 0755);
}

static int
teardown(void **state)
{
  g_clear_pointer(&dmig, g_free);
  return place_teardown(state);
}

static void
install(const char *folder, const char *expected_path)
{
  g_autoptr(GError) error = NULL;
  g_autofree char *path = NULL;
  if (!dmig_hook_install(folder, dmig, &path, &error))
    fail_msg("%s", error->message);
  assert_true(g_str_has_suffix(path, expected_path));
}

static void
uninstall(const char *folder)
{
  g_autoptr(GError) error = NULL;
  g_autofree char *path = NULL;
  if (!dmig_hook_uninstall(folder, &path, &error))
    fail_msg("%s", error->message);
}

static void
assert_install_refused(DmigErrorCode code, const char *part)
{
  GError *error = NULL;
  char *path = NULL;
  assert_false(dmig_hook_install(".", dmig, &path, &error));
  assert_error(&error, code, part);
}

static void
assert_uninstall_refused(DmigErrorCode code, const char *part)
{
  GError *error = NULL;
  char *path = NULL;
  assert_false(dmig_hook_uninstall(".", &path, &error));
  assert_error(&error, code, part);
}

/* What `git commit` says; its status is `expected`. */
static char *
commit(const char *folder, int expected)
{
  int status;
  char *text
      = run_status(&status, "git", "-C", folder, "commit", "-q", "--allow-empty", "-m", "m", NULL);
  if (status != expected)
    fail_msg("git commit ended with %d: %s", status, text);
  return text;
}

static void
git_runs_the_hook(void **state)
{
  Place *place = *state;
  install(".", ".git/hooks/pre-commit");
  assert_int_equal(file_mode(".git/hooks/pre-commit"), 0755);
  g_autofree char *said = commit(".", 0);
  g_autofree char *expected
      = g_strdup_printf("dmig in %s: -C . validate --staged\n", place->folder);
  assert_string_equal(said, expected);
  g_autofree char *refuse = g_build_filename(place->home, "refuse", NULL);
  write_file(refuse, "");
  g_free(commit(".", 1));
}

static void
a_project_below_the_top_is_named(void **state)
{
  g_mkdir_with_parents("app/it's a db", 0777);
  install("app/it's a db", ".git/hooks/pre-commit");
  g_autofree char *said = commit(".", 0);
  assert_contains(said, ": -C app/it's a db/ validate --staged");
}

static void
installing_twice_is_installing_once(void **state)
{
  install(".", "pre-commit");
  g_autofree char *first = read_file(".git/hooks/pre-commit");
  install(".", "pre-commit");
  g_autofree char *second = read_file(".git/hooks/pre-commit");
  assert_string_equal(first, second);
  assert_false(g_file_test(".git/hooks/pre-commit.before-dmig", G_FILE_TEST_EXISTS));
  uninstall(".");
  assert_false(g_file_test(".git/hooks/pre-commit", G_FILE_TEST_EXISTS));
}

static void
a_moved_dmig_is_found_on_the_path(void **state)
{
  Place *place = *state;
  install(".", "pre-commit");
  g_autofree char *bin = g_build_filename(place->home, "bin", NULL);
  g_autofree char *moved = g_build_filename(bin, "dmig", NULL);
  g_mkdir(bin, 0777);
  assert_int_equal(rename(dmig, moved), 0);
  g_autofree char *path = g_strdup(g_getenv("PATH"));
  g_autofree char *with_bin = g_strdup_printf("%s:%s", bin, path);
  g_autofree char *missing = commit(".", 1);
  assert_contains(missing, "the staged domain was not checked");
  g_setenv("PATH", with_bin, TRUE);
  g_autofree char *found = commit(".", 0);
  g_setenv("PATH", path, TRUE);
  assert_contains(found, "validate --staged");
}

static void
an_earlier_hook_runs_first_and_comes_back(void **state)
{
  static const char earlier[] = "#!/bin/sh\necho \"earlier $# $0\"\ntest ! -e stop\n";
  write_file(".git/hooks/pre-commit", earlier);
  g_chmod(".git/hooks/pre-commit", 0750);
  install(".", "pre-commit");
  install(".", "pre-commit");
  g_autofree char *said = commit(".", 0);
  assert_true(g_str_has_prefix(said, "earlier 0 .git/hooks/pre-commit"));
  assert_contains(said, "\ndmig in ");

  write_file("stop", "");
  g_autofree char *stopped = commit(".", 1);
  assert_null(strstr(stopped, "dmig in "));

  uninstall(".");
  g_autofree char *back = read_file(".git/hooks/pre-commit");
  assert_string_equal(back, earlier);
  assert_int_equal(file_mode(".git/hooks/pre-commit"), 0750);
  assert_false(g_file_test(".git/hooks/pre-commit.before-dmig", G_FILE_TEST_EXISTS));
}

static void
an_earlier_hook_that_git_ignored_stays_ignored(void **state)
{
  write_file(".git/hooks/pre-commit", "exit 1\n");
  g_chmod(".git/hooks/pre-commit", 0644);
  install(".", "pre-commit");
  g_free(commit(".", 0));
  uninstall(".");
  assert_int_equal(file_mode(".git/hooks/pre-commit"), 0644);
}

static void
an_earlier_hook_that_is_a_link_comes_back_as_one(void **state)
{
  write_file("scripts/check", "#!/bin/sh\necho linked\n");
  g_chmod("scripts/check", 0755);
  assert_int_equal(symlink("../../scripts/check", ".git/hooks/pre-commit"), 0);
  install(".", "pre-commit");
  g_autofree char *said = commit(".", 0);
  assert_true(g_str_has_prefix(said, "linked\ndmig in "));
  g_autofree char *script = read_file("scripts/check");
  assert_string_equal(script, "#!/bin/sh\necho linked\n");
  uninstall(".");
  g_autofree char *target = g_file_read_link(".git/hooks/pre-commit", NULL);
  assert_string_equal(target, "../../scripts/check");
}

static void
an_install_that_was_killed_is_finished(void **state)
{
  write_file(".git/hooks/pre-commit", "#!/bin/sh\necho earlier\n");
  g_chmod(".git/hooks/pre-commit", 0755);
  assert_int_equal(link(".git/hooks/pre-commit", ".git/hooks/pre-commit.before-dmig"), 0);
  install(".", "pre-commit");
  g_autofree char *said = commit(".", 0);
  assert_true(g_str_has_prefix(said, "earlier\ndmig in "));
}

static void
what_dmig_did_not_write_stays(void **state)
{
  assert_uninstall_refused(DMIG_ERROR_NOT_FOUND, "there is no hook to take out");
  write_file(".git/hooks/pre-commit", "#!/bin/sh\n# dmig hook\n");
  assert_uninstall_refused(DMIG_ERROR_FAILED, "was not written by dmig");
  write_file(".git/hooks/pre-commit.before-dmig", "precious");
  assert_install_refused(DMIG_ERROR_FAILED, "pre-commit.before-dmig' is there already");
  g_autofree char *kept = read_file(".git/hooks/pre-commit.before-dmig");
  assert_string_equal(kept, "precious");
}

static void
what_somebody_added_to_our_hook_stays(void **state)
{
  install(".", "pre-commit");
  g_autofree char *ours = read_file(".git/hooks/pre-commit");
  g_autofree char *edited = g_strconcat(ours, "echo more\n", NULL);
  write_file(".git/hooks/pre-commit", edited);
  assert_uninstall_refused(DMIG_ERROR_FAILED, "edited since");
  assert_install_refused(DMIG_ERROR_FAILED, "edited since");
  g_autofree char *still = read_file(".git/hooks/pre-commit");
  assert_string_equal(still, edited);
}

static void
hooks_are_where_git_looks_for_them(void **state)
{
  g_free(run("git", "config", "core.hooksPath", "tools/git hooks", NULL));
  g_mkdir("db", 0777);
  install("db", "work/tools/git hooks/pre-commit");
  g_autofree char *said = commit(".", 0);
  assert_contains(said, ": -C db/ validate --staged");
  uninstall("db");
  g_autofree char *nothing = commit(".", 0);
  assert_string_equal(nothing, "");
}

static void
linked_working_trees_share_the_hook(void **state)
{
  Place *place = *state;
  g_free(commit(".", 0));
  g_free(run("git", "worktree", "add", "-q", "../linked", NULL));
  install("../linked", "work/.git/hooks/pre-commit");
  g_autofree char *linked = g_build_filename(place->root, "linked", NULL);
  g_autofree char *said = commit(linked, 0);
  g_autofree char *expected = g_strdup_printf("dmig in %s: -C . validate --staged\n", linked);
  assert_string_equal(said, expected);
}

static void
without_a_repository_it_says_so(void **state)
{
  g_free(run("rm", "-r", ".git", NULL));
  assert_install_refused(DMIG_ERROR_FATAL, "there is no Git repository around");
  assert_uninstall_refused(DMIG_ERROR_FATAL, "there is no Git repository around");
}

/* From here on with the real dmig. */

static void
use_real_dmig(void)
{
  g_free(dmig);
  dmig = g_strdup(g_getenv("DMIG"));
  assert_non_null(dmig);
}

static void
a_commit_with_mistakes_is_stopped(void **state)
{
  use_real_dmig();
  install(".", "pre-commit");
  write_file("domain.yaml", INVALID);
  g_free(run("git", "add", "domain.yaml", NULL));
  g_autofree char *said = commit(".", 1);
  assert_contains(said, "domain.yaml:4:");
  assert_contains(said, "intger");

  write_file("domain.yaml", VALID);
  g_autofree char *still = commit(".", 1);
  assert_contains(still, "intger");
  g_free(run("git", "add", "domain.yaml", NULL));
  write_file("domain.yaml", INVALID);
  g_free(commit(".", 0));
}

static void
what_commit_a_and_commit_of_one_path_would_take_counts(void **state)
{
  use_real_dmig();
  g_mkdir("db", 0777);
  install("db", "pre-commit");
  write_file("db/domain.yaml", VALID);
  write_file("other", "1");
  g_free(run("git", "add", "-A", NULL));
  g_free(commit(".", 0));

  int status;
  write_file("db/domain.yaml", INVALID);
  write_file("other", "2");
  g_free(run("git", "commit", "-q", "-m", "m", "other", NULL));
  g_autofree char *all = run_status(&status, "git", "commit", "-q", "-a", "-m", "m", NULL);
  assert_int_equal(status, 1);
  assert_contains(all, "intger");
  g_autofree char *one
      = run_status(&status, "git", "commit", "-q", "-m", "m", "db/domain.yaml", NULL);
  assert_int_equal(status, 1);
  assert_contains(one, "intger");
  assert_int_equal(g_chdir("db"), 0);
  g_autofree char *below = run_status(&status, "git", "commit", "-q", "-a", "-m", "m", NULL);
  assert_int_equal(status, 1);
  assert_contains(below, "intger");
}

static void
a_commit_in_a_linked_working_tree_is_checked(void **state)
{
  Place *place = *state;
  use_real_dmig();
  g_mkdir("db", 0777);
  write_file("db/domain.yaml", VALID);
  g_free(run("git", "add", "-A", NULL));
  g_free(commit(".", 0));
  install("db", "pre-commit");
  g_free(run("git", "worktree", "add", "-q", "../linked", NULL));
  g_autofree char *linked = g_build_filename(place->root, "linked", NULL);
  g_autofree char *file = g_build_filename(linked, "db/domain.yaml", NULL);
  write_file(file, INVALID);
  g_free(run("git", "-C", linked, "add", "-A", NULL));
  g_autofree char *said = commit(linked, 1);
  assert_contains(said, "intger");
  g_free(commit(".", 0));
}

int
main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, setup_repository, teardown)
  const struct CMUnitTest tests[] = {
    TEST(git_runs_the_hook),
    TEST(a_project_below_the_top_is_named),
    TEST(installing_twice_is_installing_once),
    TEST(a_moved_dmig_is_found_on_the_path),
    TEST(an_earlier_hook_runs_first_and_comes_back),
    TEST(an_earlier_hook_that_git_ignored_stays_ignored),
    TEST(an_earlier_hook_that_is_a_link_comes_back_as_one),
    TEST(an_install_that_was_killed_is_finished),
    TEST(what_dmig_did_not_write_stays),
    TEST(what_somebody_added_to_our_hook_stays),
    TEST(hooks_are_where_git_looks_for_them),
    TEST(linked_working_trees_share_the_hook),
    TEST(without_a_repository_it_says_so),
    TEST(a_commit_with_mistakes_is_stopped),
    TEST(what_commit_a_and_commit_of_one_path_would_take_counts),
    TEST(a_commit_in_a_linked_working_tree_is_checked),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
