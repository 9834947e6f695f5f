#include "tests/core/domain/support.h"

#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/base/error.h"

static GPtrArray *sources;
static GError *error;

static int
teardown(void **state)
{
  g_clear_pointer(&sources, g_ptr_array_unref);
  g_clear_error(&error);
  return fixture_teardown(state);
}

static gboolean
load(Fixture *self, const char *path)
{
  g_clear_pointer(&sources, g_ptr_array_unref);
  g_clear_error(&error);
  return dmig_sources_load(path, self->diagnostics, &sources, &error);
}

static const char *
path_of(guint i)
{
  return ((DmigSource *) g_ptr_array_index(sources, i))->path;
}

static void
test_file(void **state)
{
  Fixture *self = *state;
  write_file(self, "shop.txt", "domain: a\n");
  g_autofree char *path = g_build_filename(self->folder, "shop.txt", NULL);
  assert_true(load(self, path));
  assert_int_equal(sources->len, 1);
  assert_string_equal(path_of(0), path);
  const DmigSource *source = g_ptr_array_index(sources, 0);
  assert_int_equal(g_bytes_get_size(source->bytes), strlen("domain: a\n"));
}

static void
test_folder(void **state)
{
  Fixture *self = *state;
  write_file(self, "d/b.yaml", "b: 1\n");
  write_file(self, "d/a.yml", "");
  write_file(self, "d/sub/deep/c.yaml", "c: 1\n");
  write_file(self, "d/notes.md", "no\n");
  write_file(self, "d/.hidden.yaml", "no\n");
  write_file(self, "d/.git/x.yaml", "no\n");
  write_file(self, "elsewhere.yaml", "e: 1\n");
  g_autofree char *folder = g_build_filename(self->folder, "d", NULL);
  g_autofree char *link = g_build_filename(folder, "z.yaml", NULL);
  g_autofree char *circle = g_build_filename(folder, "sub", "circle", NULL);
  g_autofree char *dangling = g_build_filename(folder, "dangling.yaml", NULL);
  assert_int_equal(symlink("../elsewhere.yaml", link), 0);
  assert_int_equal(symlink("..", circle), 0);
  assert_int_equal(symlink("nowhere", dangling), 0);
  assert_true(load(self, folder));
  static const char *const expected[] = { "a.yml", "b.yaml", "sub/deep/c.yaml", "z.yaml" };
  assert_int_equal(sources->len, G_N_ELEMENTS(expected));
  for (guint i = 0; i < sources->len; i++) {
    g_autofree char *path = g_build_filename(folder, expected[i], NULL);
    assert_string_equal(path_of(i), path);
  }
}

static void
test_huge_file(void **state)
{
  Fixture *self = *state;
  write_file(self, "d/huge.yaml", "");
  write_file(self, "d/small.yaml", "domain: a\n");
  g_autofree char *folder = g_build_filename(self->folder, "d", NULL);
  g_autofree char *huge = g_build_filename(folder, "huge.yaml", NULL);
  /* Sparse: it would take a while to read. */
  assert_int_equal(truncate(huge, (off_t) 1 << 40), 0);
  assert_true(load(self, folder));
  assert_int_equal(sources->len, 2);
  assert_int_equal(g_bytes_get_size(((DmigSource *) g_ptr_array_index(sources, 0))->bytes), 0);
  assert_int_equal(dmig_diagnostics_length(self->diagnostics), 1);
  const DmigDiagnostic *diagnostic = dmig_diagnostics_get(self->diagnostics, 0);
  assert_string_equal(diagnostic->rule, "yaml-limit");
  assert_string_equal(diagnostic->at.file, huge);
}

static void
test_endless_device(void **state)
{
  Fixture *self = *state;
  assert_true(load(self, "/dev/zero"));
  assert_true(has_rule(self, "yaml-limit"));
}

static void
test_nothing_there(void **state)
{
  Fixture *self = *state;
  g_autofree char *missing = g_build_filename(temporary_folder(self), "missing", NULL);
  assert_false(load(self, missing));
  assert_true(g_error_matches(error, DMIG_ERROR, DMIG_ERROR_NOT_FOUND));
  assert_null(sources);
  assert_false(load(self, self->folder));
  assert_true(g_error_matches(error, DMIG_ERROR, DMIG_ERROR_NOT_FOUND));
  assert_non_null(strstr(error->message, "no .yaml files in"));
}

static void
test_no_permission(void **state)
{
  Fixture *self = *state;
  write_file(self, "secret.yaml", "domain: a\n");
  g_autofree char *path = g_build_filename(self->folder, "secret.yaml", NULL);
  assert_int_equal(chmod(path, 0), 0);
  /* root reads everything, so be nobody for a moment. */
  uid_t user = geteuid();
  assert_int_equal(user == 0 ? seteuid(65534) : 0, 0);
  gboolean loaded = load(self, path);
  assert_int_equal(seteuid(user), 0);
  assert_false(loaded);
  assert_true(g_error_matches(error, DMIG_ERROR, DMIG_ERROR_FATAL));
}

int
main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, fixture_setup, teardown)
  const struct CMUnitTest tests[] = {
    TEST(test_file),           TEST(test_folder),        TEST(test_huge_file),
    TEST(test_endless_device), TEST(test_nothing_there), TEST(test_no_permission),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
