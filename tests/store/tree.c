#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/store/support.h"

/* Names that sort differently as text, as paths and in Git. */
static GPtrArray *
many_files(void)
{
  return files_new("domain/shop.yaml", "one", "domain.yaml", "two", "domain-x", "three",
                   "domain/shop/a.yaml", "four", "domain0", "five", "migrations/sqlite/upgrade.sql",
                   "six", "migrations/postgresql/upgrade.sql", "seven", "empty", "", "größe/日本",
                   "eight", "a b/c'd\"e", "nine", "domain/shop-x.yaml", "ten", NULL);
}

static void
shuffle(GPtrArray *files, guint seed)
{
  srand(seed);
  for (guint i = files->len; i > 1; i--) {
    guint j = (guint) rand() % i;
    gpointer swapped = files->pdata[i - 1];
    files->pdata[i - 1] = files->pdata[j];
    files->pdata[j] = swapped;
  }
}

static void
a_tree_is_what_git_makes_of_the_files(void **state)
{
  Place *place = *state;
  g_autoptr(GPtrArray) files = many_files();
  for (guint i = 0; i < files->len; i++) {
    const DmigStoreFile *file = g_ptr_array_index(files, i);
    gsize size;
    const char *data = g_bytes_get_data(file->bytes, &size);
    g_autofree char *text = g_strndup(data != NULL ? data : "", size);
    g_autofree char *path = g_build_filename("files", file->path, NULL);
    write_file(path, text);
  }
  g_free(run("git", "init", "-q", "files", NULL));
  g_free(run("git", "-C", "files", "add", "-A", NULL));
  g_autofree char *expected = run("git", "-C", "files", "write-tree", NULL);
  g_autofree char *id = dmig_store_tree_id(place->store, files, NULL);
  assert_string_equal(id, g_strchomp(expected));
}

static void
the_order_of_the_files_does_not_matter(void **state)
{
  Place *place = *state;
  g_autoptr(GPtrArray) files = many_files();
  g_autofree char *expected = dmig_store_tree_id(place->store, files, NULL);
  for (guint seed = 0; seed < 50; seed++) {
    shuffle(files, seed);
    g_autofree char *id = dmig_store_tree_id(place->store, files, NULL);
    assert_string_equal(id, expected);
  }
}

static void
another_process_and_folder_give_the_same_id(void **state)
{
  Place *place = *state;
  g_autoptr(GPtrArray) files = many_files();
  g_autofree char *expected = dmig_store_tree_id(place->store, files, NULL);
  pid_t child = fork();
  if (child == 0) {
    g_setenv("LC_ALL", "C", TRUE);
    g_setenv("TZ", "EST5EDT", TRUE);
    g_setenv("GIT_AUTHOR_DATE", "@1 +0000", TRUE);
    g_autofree char *other = g_build_filename(place->home, "other", NULL);
    g_free(run("mkdir", other, NULL));
    g_autoptr(DmigStore) store = dmig_store_init(other, NULL);
    shuffle(files, 7);
    g_autofree char *commit
        = store != NULL ? dmig_store_commit(store, NULL, NULL, files, "m", NULL, NULL) : NULL;
    g_autoptr(DmigRevision) revision
        = commit != NULL ? dmig_store_revision(store, commit, NULL) : NULL;
    _exit(revision != NULL && strcmp(revision->tree, expected) == 0 ? 0 : 1);
  }
  int status;
  assert_int_equal(waitpid(child, &status, 0), child);
  assert_int_equal(status, 0);
}

static void
computing_an_id_writes_nothing(void **state)
{
  Place *place = *state;
  g_autoptr(GPtrArray) files = many_files();
  g_free(dmig_store_tree_id(place->store, files, NULL));
  g_autofree char *objects = run("find", ".dmig/objects", "-type", "f", NULL);
  assert_string_equal(objects, "");
}

static void
no_files_make_gits_empty_tree(void **state)
{
  Place *place = *state;
  g_autoptr(GPtrArray) files = files_new(NULL, NULL);
  g_autofree char *id = dmig_store_tree_id(place->store, files, NULL);
  assert_string_equal(id, "4b825dc642cb6eb9a060e54bf8d69288fbee4904");
}

static void
paths_that_git_could_not_check_out_are_refused(void **state)
{
  static const char *const paths[]
      = { "",    "/",   "/a",          "a/",     "a//b", "../a",     "a/../b",
          "./a", "a/.", ".git/config", "a/.GIT", "..",   "a/.git/b", NULL };
  Place *place = *state;
  for (guint i = 0; paths[i] != NULL; i++) {
    GError *error = NULL;
    g_autoptr(GPtrArray) files = files_new(paths[i], "x", NULL);
    if (dmig_store_tree_id(place->store, files, &error) != NULL)
      fail_msg("'%s' was taken", paths[i]);
    assert_error(&error, DMIG_ERROR_INVALID, "can't be the path of a file");
  }
}

static void
paths_that_collide_are_refused(void **state)
{
  Place *place = *state;
  GError *error = NULL;
  g_autoptr(GPtrArray) twice = files_new("a", "x", "b", "y", "a", "x", NULL);
  assert_null(dmig_store_tree_id(place->store, twice, &error));
  assert_error(&error, DMIG_ERROR_INVALID, "'a' is in the revision twice");
  g_autoptr(GPtrArray) below = files_new("a/b/c", "x", "a-b", "z", "a", "y", NULL);
  assert_null(dmig_store_tree_id(place->store, below, &error));
  assert_error(&error, DMIG_ERROR_INVALID, "'a/b/c' would be in a folder that is a file");
}

static void
what_was_committed_is_read_back_byte_for_byte(void **state)
{
  Place *place = *state;
  static const char bytes[] = "a\0b\r\n\xff\xfe tail without newline";
  g_autoptr(GBytes) raw = g_bytes_new_static(bytes, sizeof bytes);
  g_autoptr(GPtrArray) files = files_new("empty", "", NULL);
  g_ptr_array_add(files, dmig_store_file_new("domain/a.yaml", raw));
  g_autofree char *id = dmig_store_commit(place->store, NULL, NULL, files, "m", NULL, NULL);
  assert_non_null(id);

  g_autoptr(GBytes) back = dmig_store_read(place->store, "HEAD", "domain/a.yaml", NULL);
  g_autoptr(GBytes) empty = dmig_store_read(place->store, id, "empty", NULL);
  assert_true(g_bytes_equal(back, raw));
  assert_int_equal(g_bytes_get_size(empty), 0);
}

static void
what_is_read_outlives_the_store(void **state)
{
  Place *place = *state;
  g_autofree char *id = commit_text(place, NULL, "text");
  g_autoptr(GBytes) bytes = dmig_store_read(place->store, id, "domain.yaml", NULL);
  g_clear_pointer(&place->store, dmig_store_free);
  assert_memory_equal(g_bytes_get_data(bytes, NULL), "text", 4);
}

static void
a_file_that_is_not_there_says_so(void **state)
{
  static const char *const paths[] = { "nothing", "domain/none.yaml", "nothing/at/all", "", "/" };
  Place *place = *state;
  GError *error = NULL;
  g_autoptr(GPtrArray) files = files_new("domain/a.yaml", "x", NULL);
  g_autofree char *id = dmig_store_commit(place->store, NULL, NULL, files, "m", NULL, NULL);
  for (guint i = 0; i < G_N_ELEMENTS(paths); i++) {
    assert_null(dmig_store_read(place->store, id, paths[i], &error));
    assert_error(&error, DMIG_ERROR_NOT_FOUND, "has no file");
  }
  assert_null(dmig_store_read(place->store, id, "domain", &error));
  assert_error(&error, DMIG_ERROR_NOT_FOUND, "it is a folder");
  assert_null(dmig_store_read(place->store, "nowhere", "domain", &error));
  assert_error(&error, DMIG_ERROR_NOT_FOUND, "there is no revision 'nowhere'");
}

static void
assert_listed(DmigStore *store, const char *prefix, const char *expected)
{
  g_autoptr(GPtrArray) paths = dmig_store_files(store, "HEAD", prefix, NULL);
  g_ptr_array_add(paths, NULL);
  g_autofree char *text = g_strjoinv(" ", (char **) paths->pdata);
  assert_string_equal(text, expected);
}

static void
files_are_listed_in_order(void **state)
{
  Place *place = *state;
  g_autoptr(GPtrArray) files = files_new("domain/b.yaml", "", "domain.yaml", "", "a", "",
                                         "domain/b/c.yaml", "", "domain-x", "", NULL);
  g_free(dmig_store_commit(place->store, NULL, NULL, files, "m", NULL, NULL));
  assert_listed(place->store, NULL, "a domain-x domain.yaml domain/b.yaml domain/b/c.yaml");
  assert_listed(place->store, "domain/", "domain/b.yaml domain/b/c.yaml");
  assert_listed(place->store, "domain/b/", "domain/b/c.yaml");
  assert_listed(place->store, "none/", "");
}

static void
assert_domain_id(Place *place, GPtrArray *domain, GPtrArray *files)
{
  GError *error = NULL;
  DmigRevision *head = NULL;
  assert_true(dmig_store_head(place->store, &head, &error));
  g_autofree char *id
      = dmig_store_commit(place->store, head != NULL ? head->id : NULL, NULL, files, "m", NULL, NULL);
  dmig_revision_free(head);
  g_autofree char *expected = dmig_store_tree_id(place->store, domain, NULL);
  g_autofree char *found = dmig_store_domain_tree_id(place->store, id, NULL);
  assert_string_equal(found, expected);
}

static void
the_domain_has_an_id_of_its_own(void **state)
{
  Place *place = *state;
  g_autoptr(GPtrArray) file = files_new("domain.yaml", "x", NULL);
  g_autoptr(GPtrArray) with_file = files_new("migrations/sqlite/upgrade.sql", "1", "domain.yaml",
                                             "x", "change.yaml", "y", "domain-x", "z", NULL);
  assert_domain_id(place, file, with_file);

  g_autoptr(GPtrArray) folder = files_new("domain/b.yaml", "b", "domain/a/c.yaml", "c", NULL);
  g_autoptr(GPtrArray) with_folder = files_new("domain/b.yaml", "b", "migrations/x/upgrade.sql",
                                               "1", "domain/a/c.yaml", "c", NULL);
  assert_domain_id(place, folder, with_folder);

  g_autoptr(GPtrArray) both = files_new("domain/b.yaml", "b", "domain.yaml", "c", NULL);
  assert_domain_id(place, both, both);
  g_autoptr(GPtrArray) none = files_new(NULL, NULL);
  g_autoptr(GPtrArray) without = files_new("migrations/x/upgrade.sql", "1", NULL);
  assert_domain_id(place, none, without);
}

int
main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, place_setup_store, place_teardown)
  const struct CMUnitTest tests[] = {
    TEST(a_tree_is_what_git_makes_of_the_files),
    TEST(the_order_of_the_files_does_not_matter),
    TEST(another_process_and_folder_give_the_same_id),
    TEST(computing_an_id_writes_nothing),
    TEST(no_files_make_gits_empty_tree),
    TEST(paths_that_git_could_not_check_out_are_refused),
    TEST(paths_that_collide_are_refused),
    TEST(what_was_committed_is_read_back_byte_for_byte),
    TEST(what_is_read_outlives_the_store),
    TEST(a_file_that_is_not_there_says_so),
    TEST(files_are_listed_in_order),
    TEST(the_domain_has_an_id_of_its_own),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
