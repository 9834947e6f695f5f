#include <glib/gstdio.h>
#include <string.h>
#include <unistd.h>

#include "core/domain/reader.h"
#include "hooks/hooks.h"
#include "tests/store/support.h"

static int
setup_repository(void **state)
{
  if (place_setup(state) != 0)
    return -1;
  g_setenv("GIT_AUTHOR_NAME", "Ada", TRUE);
  g_setenv("GIT_AUTHOR_EMAIL", "ada@example.com", TRUE);
  g_setenv("GIT_COMMITTER_NAME", "Ada", TRUE);
  g_setenv("GIT_COMMITTER_EMAIL", "ada@example.com", TRUE);
  g_free(run("git", "init", "-q", NULL));
  return 0;
}

/* The staged files as "path=bytes " each. */
static void
assert_staged(const char *folder, const char *domain, const char *expected)
{
  GPtrArray *sources = NULL;
  g_autoptr(GError) error = NULL;
  if (!dmig_hook_staged_sources(folder, domain, &sources, &error))
    fail_msg("%s", error->message);
  g_autoptr(GString) text = g_string_new("");
  for (guint i = 0; i < sources->len; i++) {
    const DmigSource *source = g_ptr_array_index(sources, i);
    gsize size;
    const char *data = g_bytes_get_data(source->bytes, &size);
    g_string_append_printf(text, "%s=", source->path);
    g_string_append_len(text, data, size);
    g_string_append_c(text, ' ');
  }
  g_ptr_array_unref(sources);
  assert_string_equal(text->str, expected);
}

static void
the_index_counts_and_not_the_disk(void **state)
{
  write_file("domain.yaml", "staged");
  g_free(run("git", "add", "domain.yaml", NULL));
  write_file("domain.yaml", "on disk");
  assert_staged(".", "domain.yaml", "domain.yaml=staged ");
  g_unlink("domain.yaml");
  assert_staged(".", "domain.yaml", "domain.yaml=staged ");
}

static void
what_is_not_staged_is_not_there(void **state)
{
  write_file("domain.yaml", "on disk");
  assert_staged(".", "domain.yaml", "");
}

static void
a_folder_gives_its_yaml_files_in_order(void **state)
{
  write_file("domain/b.yaml", "b");
  write_file("domain/a/größe ü.yml", "a");
  write_file("domain/with\ttab\nand line.yaml", "t");
  write_file("domain/-x.yaml", "x");
  write_file("domain/empty.yaml", "");
  write_file("domain/README.md", "no");
  write_file("domain.yaml", "no");
  write_file("other/c.yaml", "no");
  g_free(run("git", "add", "-A", NULL));
  assert_staged(".", "domain",
                "domain/-x.yaml=x domain/a/größe ü.yml=a domain/b.yaml=b domain/empty.yaml= "
                "domain/with\ttab\nand line.yaml=t ");
}

static void
without_a_word_it_is_the_file_or_the_folder(void **state)
{
  assert_staged(".", NULL, "");
  write_file("domain/a.yaml", "a");
  write_file("domain/a.txt", "no");
  write_file("change.yaml", "no");
  g_free(run("git", "add", "-A", NULL));
  assert_staged(".", NULL, "domain/a.yaml=a ");
  write_file("domain.yaml", "file");
  g_free(run("git", "add", "-A", NULL));
  GPtrArray *sources = NULL;
  GError *error = NULL;
  assert_false(dmig_hook_staged_sources(".", NULL, &sources, &error));
  assert_error(&error, DMIG_ERROR_USAGE, "both domain.yaml and domain/ are staged");
  g_free(run("git", "rm", "-rq", "--cached", "domain", NULL));
  assert_staged(".", NULL, "domain.yaml=file ");
}

static void
paths_are_no_patterns(void **state)
{
  write_file("do*/a.yaml", "star");
  write_file("domain/b.yaml", "b");
  write_file(":!x.yaml", "magic");
  g_free(run("git", "add", "-A", NULL));
  assert_staged(".", "do*", "do*/a.yaml=star ");
  assert_staged(".", ":!x.yaml", ":!x.yaml=magic ");
}

static void
bytes_are_as_they_were_staged(void **state)
{
  static const char text[] = "a\r\nb\n\n\xff 100 blob 7\n no newline";
  write_file("domain.yaml", text);
  g_free(run("git", "-c", "core.autocrlf=false", "add", "domain.yaml", NULL));
  /* What Git would change on its way to the disk is not changed. */
  write_file(".gitattributes", "*.yaml text eol=crlf\n");
  g_autofree char *expected = g_strdup_printf("domain.yaml=%s ", text);
  assert_staged(".", "domain.yaml", expected);
}

static void
the_project_may_be_below_the_top(void **state)
{
  write_file("db/domain.yaml", "below");
  write_file("domain.yaml", "top");
  g_free(run("git", "add", "-A", NULL));
  assert_staged("db", "domain.yaml", "domain.yaml=below ");
  assert_int_equal(g_chdir("db"), 0);
  assert_staged(".", "domain.yaml", "domain.yaml=below ");
  assert_staged("..", "domain.yaml", "domain.yaml=top ");
}

static void
another_index_is_honoured(void **state)
{
  Place *place = *state;
  write_file("db/domain.yaml", "one");
  g_free(run("git", "add", "-A", NULL));
  g_free(run("cp", ".git/index", ".git/other", NULL));
  write_file("db/domain.yaml", "two");
  g_free(run("git", "add", "-A", NULL));
  /* Relative to the top of the working tree, as Git gives it to hooks. */
  g_setenv("GIT_INDEX_FILE", ".git/other", TRUE);
  assert_staged("db", "domain.yaml", "domain.yaml=one ");
  assert_int_equal(g_chdir("db"), 0);
  assert_staged(".", "domain.yaml", "domain.yaml=one ");
  g_autofree char *absolute = g_build_filename(place->folder, ".git/other", NULL);
  g_setenv("GIT_INDEX_FILE", absolute, TRUE);
  assert_staged(".", "domain.yaml", "domain.yaml=one ");
}

static void
a_git_dir_in_the_environment_does_not_move_the_top(void **state)
{
  write_file("db/domain.yaml", "below");
  write_file("domain.yaml", "top");
  g_free(run("git", "add", "-A", NULL));
  g_setenv("GIT_DIR", ".git", TRUE);
  assert_staged("db", "domain.yaml", "domain.yaml=below ");
}

static void
a_linked_working_tree_has_an_index_of_its_own(void **state)
{
  Place *place = *state;
  write_file("domain.yaml", "main");
  g_free(run("git", "add", "-A", NULL));
  g_free(run("git", "commit", "-qm", "m", NULL));
  g_free(run("git", "worktree", "add", "-q", "../linked", NULL));
  g_autofree char *linked = g_build_filename(place->root, "linked", NULL);
  g_autofree char *file = g_build_filename(linked, "domain.yaml", NULL);
  write_file(file, "linked");
  g_free(run("git", "-C", linked, "add", "-A", NULL));
  assert_staged(linked, "domain.yaml", "domain.yaml=linked ");
  assert_staged(".", "domain.yaml", "domain.yaml=main ");
}

static void
assert_refused(const char *folder, const char *domain, DmigErrorCode code, const char *part)
{
  GPtrArray *sources = NULL;
  GError *error = NULL;
  assert_false(dmig_hook_staged_sources(folder, domain, &sources, &error));
  assert_null(sources);
  assert_error(&error, code, part);
}

static void
conflicts_and_links_are_refused(void **state)
{
  write_file("domain.yaml", "base");
  g_free(run("git", "add", "-A", NULL));
  g_free(run("git", "commit", "-qm", "base", NULL));
  g_free(run("git", "checkout", "-qb", "other", NULL));
  write_file("domain.yaml", "other");
  g_free(run("git", "commit", "-qam", "other", NULL));
  g_free(run("git", "checkout", "-q", "-", NULL));
  write_file("domain.yaml", "mine");
  g_free(run("git", "commit", "-qam", "mine", NULL));
  int status;
  g_free(run_status(&status, "git", "merge", "-q", "other", NULL));
  assert_int_equal(status, 1);
  assert_refused(".", "domain.yaml", DMIG_ERROR_INVALID, "'domain.yaml' has conflicts");

  g_free(run("git", "reset", "-q", "--hard", NULL));
  assert_int_equal(symlink("domain.yaml", "link.yaml"), 0);
  g_free(run("git", "add", "-A", NULL));
  assert_refused(".", "link.yaml", DMIG_ERROR_INVALID, "is a symbolic link");
}

static void
without_a_repository_or_git_it_says_so(void **state)
{
  Place *place = *state;
  assert_refused(place->home, "domain.yaml", DMIG_ERROR_FATAL, "there is no Git repository around");
  g_autofree char *path = g_strdup(g_getenv("PATH"));
  g_setenv("PATH", place->home, TRUE);
  GPtrArray *sources = NULL;
  GError *error = NULL;
  gboolean done = dmig_hook_staged_sources(".", "domain.yaml", &sources, &error);
  g_setenv("PATH", path, TRUE);
  assert_false(done);
  assert_error(&error, DMIG_ERROR_FATAL, "git is not on the PATH");
}

static void
many_large_files_fit(void **state)
{
  g_autofree char *large = g_strnfill(1024 * 1024, 'x');
  for (guint i = 0; i < 30; i++) {
    g_autofree char *path = g_strdup_printf("domain/%02u.yaml", i);
    write_file(path, large);
  }
  g_free(run("git", "add", "-A", NULL));
  GPtrArray *sources = NULL;
  assert_true(dmig_hook_staged_sources(".", "domain", &sources, NULL));
  assert_int_equal(sources->len, 30);
  const DmigSource *last = g_ptr_array_index(sources, 29);
  assert_int_equal(g_bytes_get_size(last->bytes), 1024 * 1024);
  g_ptr_array_unref(sources);
}

int
main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, setup_repository, place_teardown)
  const struct CMUnitTest tests[] = {
    TEST(the_index_counts_and_not_the_disk),
    TEST(what_is_not_staged_is_not_there),
    TEST(a_folder_gives_its_yaml_files_in_order),
    TEST(without_a_word_it_is_the_file_or_the_folder),
    TEST(paths_are_no_patterns),
    TEST(bytes_are_as_they_were_staged),
    TEST(the_project_may_be_below_the_top),
    TEST(another_index_is_honoured),
    TEST(a_git_dir_in_the_environment_does_not_move_the_top),
    TEST(a_linked_working_tree_has_an_index_of_its_own),
    TEST(conflicts_and_links_are_refused),
    TEST(without_a_repository_or_git_it_says_so),
    TEST(many_large_files_fit),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
