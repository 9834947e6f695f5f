#include <glib/gstdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/store/support.h"

static void
init_makes_what_git_takes_for_a_bare_repository(void **state)
{
  Place *place = *state;
  g_autoptr(DmigStore) store = dmig_store_init(".", NULL);
  assert_non_null(store);
  g_autofree char *path = g_build_filename(place->folder, ".dmig", NULL);
  assert_string_equal(dmig_store_path(store), path);
  assert_string_equal(dmig_store_folder(store), place->folder);

  g_autofree char *bare = run("git", "--git-dir=.dmig", "rev-parse", "--is-bare-repository", NULL);
  assert_string_equal(bare, "true\n");
  g_autofree char *head = run("git", "--git-dir=.dmig", "symbolic-ref", "HEAD", NULL);
  assert_string_equal(head, "refs/heads/main\n");
  g_free(run("git", "--git-dir=.dmig", "fsck", "--strict", NULL));
}

static void
init_leaves_nothing_else_behind(void **state)
{
  g_autoptr(DmigStore) store = dmig_store_init(".", NULL);
  assert_non_null(store);
  g_autofree char *listing = run("ls", "-A", NULL);
  assert_string_equal(listing, ".dmig\n");
}

static void
init_twice_is_refused(void **state)
{
  GError *error = NULL;
  dmig_store_free(dmig_store_init(".", NULL));
  assert_null(dmig_store_init(".", &error));
  assert_error(&error, DMIG_ERROR_FATAL, "is a dmig repository already");
}

static void
init_fills_an_empty_folder_but_no_other(void **state)
{
  GError *error = NULL;
  g_mkdir(".dmig", 0777);
  dmig_store_free(dmig_store_init(".", &error));
  assert_null(error);

  write_file("other/.dmig/keep", "me");
  assert_null(dmig_store_init("other", &error));
  assert_error(&error, DMIG_ERROR_FATAL, "not empty");
  g_autofree char *listing = run("ls", "-A", "other", NULL);
  assert_string_equal(listing, ".dmig\n");
}

static void
init_keeps_a_file_of_that_name(void **state)
{
  GError *error = NULL;
  write_file(".dmig", "mine");
  assert_null(dmig_store_init(".", &error));
  assert_error(&error, DMIG_ERROR_FATAL, "there is a file of that name");
  g_autofree char *text = read_file(".dmig");
  assert_string_equal(text, "mine");
}

static void
init_in_a_missing_folder_says_so(void **state)
{
  GError *error = NULL;
  assert_null(dmig_store_init("nowhere", &error));
  assert_error(&error, DMIG_ERROR_FATAL, "No such file or directory");
}

static void
enclosing_git_does_not_see_the_store(void **state)
{
  g_free(run("git", "init", "-q", NULL));
  dmig_store_free(dmig_store_init(".", NULL));
  g_autofree char *status = run("git", "status", "--porcelain", NULL);
  assert_string_equal(status, "");
}

static void
open_walks_up(void **state)
{
  Place *place = *state;
  dmig_store_free(dmig_store_init(".", NULL));
  g_mkdir_with_parents("a/b c/d", 0777);
  assert_int_equal(g_chdir("a/b c/d"), 0);
  g_autoptr(DmigStore) store = dmig_store_open(NULL, NULL);
  assert_non_null(store);
  assert_string_equal(dmig_store_folder(store), place->folder);
}

static void
open_takes_the_environment_and_the_option_before_it(void **state)
{
  Place *place = *state;
  g_mkdir("one", 0777);
  g_mkdir("two", 0777);
  dmig_store_free(dmig_store_init("one", NULL));
  dmig_store_free(dmig_store_init("two", NULL));
  g_setenv("DMIG_DIR", "one/.dmig", TRUE);
  g_autofree char *found = dmig_store_find(NULL, NULL);
  g_autofree char *named = dmig_store_find("two/.dmig", NULL);
  g_autofree char *one = g_build_filename(place->folder, "one/.dmig", NULL);
  g_autofree char *two = g_build_filename(place->folder, "two/.dmig", NULL);
  assert_string_equal(found, one);
  assert_string_equal(named, two);
}

static void
open_a_bare_clone_elsewhere(void **state)
{
  Place *place = *state;
  dmig_store_free(dmig_store_init(".", NULL));
  g_free(run("git", "clone", "-q", "--bare", ".dmig", "server.git", NULL));
  g_autoptr(DmigStore) store = dmig_store_open("server.git", NULL);
  assert_non_null(store);
  assert_string_equal(dmig_store_folder(store), place->folder);
}

static void
open_without_a_store_says_what_to_do(void **state)
{
  GError *error = NULL;
  assert_null(dmig_store_open(NULL, &error));
  assert_error(&error, DMIG_ERROR_FATAL, "not a dmig repository (or any of the parent folders)");
  assert_null(dmig_store_open("nowhere", &error));
  assert_error(&error, DMIG_ERROR_FATAL, "No such file or directory");
}

static void
open_a_file_says_so(void **state)
{
  GError *error = NULL;
  write_file(".dmig", "mine");
  assert_null(dmig_store_open(NULL, &error));
  assert_error(&error, DMIG_ERROR_FATAL, "is a file, not a dmig repository");
}

static void
open_a_broken_store_says_what_is_missing(void **state)
{
  static const char *const parts[] = { "HEAD", "objects", "refs" };
  for (guint i = 0; i < G_N_ELEMENTS(parts); i++) {
    GError *error = NULL;
    dmig_store_free(dmig_store_init(".", NULL));
    g_autofree char *part = g_build_filename(".dmig", parts[i], NULL);
    g_free(run("rm", "-r", part, NULL));
    assert_null(dmig_store_open(NULL, &error));
    assert_error(&error, DMIG_ERROR_FATAL, parts[i]);
    g_free(run("rm", "-r", ".dmig", NULL));
  }
}

static void
open_with_a_broken_head(void **state)
{
  GError *error = NULL;
  DmigRevision *head = NULL;
  dmig_store_free(dmig_store_init(".", NULL));
  write_file(".dmig/HEAD", "garbage\n");
  g_autoptr(DmigStore) store = dmig_store_open(NULL, &error);
  assert_null(error);
  assert_false(dmig_store_head(store, &head, &error));
  assert_error(&error, DMIG_ERROR_FATAL, "HEAD");
}

static void
open_with_a_broken_config_names_the_line(void **state)
{
  GError *error = NULL;
  dmig_store_free(dmig_store_init(".", NULL));
  write_file(".dmig/config", "[core]\n\tbare = true\n[broken\n");
  assert_null(dmig_store_open(NULL, &error));
  assert_error(&error, DMIG_ERROR_FATAL, "config:3");
}

static void
open_refuses_a_newer_format(void **state)
{
  GError *error = NULL;
  dmig_store_free(dmig_store_init(".", NULL));
  g_free(run("git", "--git-dir=.dmig", "config", "dmig.formatVersion", "2", NULL));
  assert_null(dmig_store_open(NULL, &error));
  assert_error(&error, DMIG_ERROR_FATAL, "update dmig");
}

static void
open_refuses_ids_of_another_kind(void **state)
{
  GError *error = NULL;
  g_free(run("git", "init", "-q", "--bare", "--object-format=sha256", ".dmig", NULL));
  assert_null(dmig_store_open(NULL, &error));
  assert_error(&error, DMIG_ERROR_FATAL, "sha256");
}

/* What `callback` gives when another user runs it; the tests' own user may be root, who may read
 * everything. */
static int
as_another_user(int (*callback)(void))
{
  fflush(NULL);
  pid_t child = fork();
  if (child == 0) {
    if (setgid(65534) != 0 || setuid(65534) != 0)
      _exit(77);
    _exit(callback());
  }
  int status = 0;
  assert_int_equal(waitpid(child, &status, 0), child);
  return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

static int
is_refused_for_its_owner(void)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(DmigStore) store = dmig_store_open(NULL, &error);
  if (store != NULL || strstr(error->message, "belongs to another user") == NULL
      || strstr(error->message, "safe.directory") == NULL)
    return 1;
  /* Naming it is trusting it, as in Git. */
  g_autoptr(DmigStore) named = dmig_store_open(".dmig", &error);
  return named != NULL ? 0 : 2;
}

static int
is_taken(void)
{
  g_autoptr(DmigStore) store = dmig_store_open(NULL, NULL);
  return store != NULL ? 0 : 1;
}

static void
store_of_another_user_needs_trust(void **state)
{
  Place *place = *state;
  if (geteuid() != 0)
    skip();
  dmig_store_free(dmig_store_init(".", NULL));
  g_free(run("chmod", "-R", "a+rX", place->root, NULL));
  assert_int_equal(as_another_user(is_refused_for_its_owner), 0);

  /* Both the store and the folder around it may be listed. */
  g_autofree char *config = g_build_filename(place->home, ".gitconfig", NULL);
  g_autofree char *folder = g_strdup_printf("[safe]\n\tdirectory = %s\n", place->folder);
  write_file(config, folder);
  chmod(config, 0644);
  assert_int_equal(as_another_user(is_taken), 0);
  g_autofree char *below = g_strdup_printf("[safe]\n\tdirectory = %s/*\n", place->root);
  write_file(config, below);
  chmod(config, 0644);
  assert_int_equal(as_another_user(is_taken), 0);
  g_autofree char *reset = g_strdup_printf("[safe]\n\tdirectory = *\n\tdirectory =\n");
  write_file(config, reset);
  chmod(config, 0644);
  assert_int_equal(as_another_user(is_refused_for_its_owner), 0);

  /* What the store says about itself does not count. */
  g_free(run("git", "--git-dir=.dmig", "config", "safe.directory", "*", NULL));
  assert_int_equal(as_another_user(is_refused_for_its_owner), 0);
}

static int
is_unreadable(void)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(DmigStore) store = dmig_store_open(NULL, &error);
  return store == NULL && strstr(error->message, "Permission denied") != NULL ? 0 : 1;
}

static int
cannot_be_made(void)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(DmigStore) store = dmig_store_init(".", &error);
  return store == NULL && strstr(error->message, "Permission denied") != NULL ? 0 : 1;
}

static void
folders_without_permission_say_so(void **state)
{
  Place *place = *state;
  if (geteuid() != 0)
    skip();
  g_free(run("chmod", "-R", "a+rX", place->root, NULL));
  assert_int_equal(as_another_user(cannot_be_made), 0);
  dmig_store_free(dmig_store_init(".", NULL));
  chmod(".dmig", 0700);
  assert_int_equal(as_another_user(is_unreadable), 0);
}

int
main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, place_setup, place_teardown)
  const struct CMUnitTest tests[] = {
    TEST(init_makes_what_git_takes_for_a_bare_repository),
    TEST(init_leaves_nothing_else_behind),
    TEST(init_twice_is_refused),
    TEST(init_fills_an_empty_folder_but_no_other),
    TEST(init_keeps_a_file_of_that_name),
    TEST(init_in_a_missing_folder_says_so),
    TEST(enclosing_git_does_not_see_the_store),
    TEST(open_walks_up),
    TEST(open_takes_the_environment_and_the_option_before_it),
    TEST(open_a_bare_clone_elsewhere),
    TEST(open_without_a_store_says_what_to_do),
    TEST(open_a_file_says_so),
    TEST(open_a_broken_store_says_what_is_missing),
    TEST(open_with_a_broken_head),
    TEST(open_with_a_broken_config_names_the_line),
    TEST(open_refuses_a_newer_format),
    TEST(open_refuses_ids_of_another_kind),
    TEST(store_of_another_user_needs_trust),
    TEST(folders_without_permission_say_so),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
