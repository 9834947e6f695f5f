#include <glib/gstdio.h>
#include <string.h>
#include <unistd.h>

#include "tests/store/support.h"

/* Where libgit2 would read for ever, the test is to fail and not to hang. */
#define PATIENCE_SECONDS 60

static char *
object_path(const char *id)
{
  return g_strdup_printf(".dmig/objects/%.2s/%s", id, id + 2);
}

static void
write_object(const char *path, const char *bytes, gsize length)
{
  g_chmod(path, 0644);
  assert_true(g_file_set_contents(path, bytes, length, NULL));
}

/* Opened anew, as libgit2 keeps what it has read. */
static DmigRevision *
read_anew(Place *place, const char *spec, GError **error)
{
  dmig_store_free(place->store);
  place->store = dmig_store_open(NULL, NULL);
  assert_non_null(place->store);
  return dmig_store_revision(place->store, spec, error);
}

static void
a_revision_cut_off_anywhere_is_named(void **state)
{
  Place *place = *state;
  g_autofree char *id = commit_text(place, NULL, "domain: shop\n");
  g_autofree char *path = object_path(id);
  g_autofree char *bytes = NULL;
  gsize size;
  assert_true(g_file_get_contents(path, &bytes, &size, NULL));
  alarm(PATIENCE_SECONDS);
  for (gsize length = 0; length < size; length++) {
    GError *error = NULL;
    write_object(path, bytes, length);
    assert_null(read_anew(place, "HEAD", &error));
    assert_contains(error->message, "fsck' shows what is damaged");
    assert_error(&error, DMIG_ERROR_FATAL, id);
  }
  alarm(0);
  write_object(path, bytes, size);
  g_autoptr(DmigRevision) revision = read_anew(place, "HEAD", NULL);
  assert_non_null(revision);
}

static void
no_flipped_bit_goes_unseen(void **state)
{
  Place *place = *state;
  g_autofree char *id = commit_text(place, NULL, "domain: shop\n");
  g_autofree char *path = object_path(id);
  g_autofree char *bytes = NULL;
  gsize size;
  assert_true(g_file_get_contents(path, &bytes, &size, NULL));
  alarm(PATIENCE_SECONDS);
  for (gsize bit = 0; bit < size * 8; bit += 5) {
    bytes[bit / 8] ^= 1 << bit % 8;
    write_object(path, bytes, size);
    bytes[bit / 8] ^= 1 << bit % 8;
    /* Some bits of a zlib header mean nothing to who reads it; the text must still be right. */
    GError *error = NULL;
    DmigRevision *revision = read_anew(place, "HEAD", &error);
    if (revision == NULL)
      assert_error(&error, DMIG_ERROR_FATAL, "fsck");
    else
      assert_string_equal(revision->author_name, "Ada");
    dmig_revision_free(revision);
  }
  alarm(0);
}

static void
what_is_missing_is_damage_not_a_mistyped_name(void **state)
{
  Place *place = *state;
  g_autofree char *first = commit_text(place, NULL, "one");
  g_autofree char *second = commit_text(place, first, "two");
  g_autofree char *path = object_path(first);
  GError *error = NULL;
  assert_int_equal(g_unlink(path), 0);
  assert_null(read_anew(place, "HEAD~1", &error));
  assert_error(&error, DMIG_ERROR_FATAL, first);
  g_autoptr(DmigRevision) head = read_anew(place, "HEAD", NULL);
  assert_string_equal(head->id, second);
}

static void
beginnings_of_ids_and_large_files_are_read(void **state)
{
  Place *place = *state;
  g_autofree char *text = g_malloc(3 * 1024 * 1024 + 1);
  for (gsize i = 0; i < 3 * 1024 * 1024; i++)
    text[i] = 'a' + (i * i + i / 7) % 26;
  text[3 * 1024 * 1024] = '\0';
  g_autofree char *id = commit_text(place, NULL, text);
  g_autofree char *digits = g_strndup(id, 6);
  g_autoptr(DmigRevision) revision = read_anew(place, digits, NULL);
  assert_string_equal(revision->id, id);
  g_autoptr(GBytes) bytes = dmig_store_read(place->store, id, "domain.yaml", NULL);
  assert_int_equal(g_bytes_get_size(bytes), strlen(text));
  assert_memory_equal(g_bytes_get_data(bytes, NULL), text, strlen(text));
}

static void
borrowed_objects_are_read_safely_too(void **state)
{
  Place *place = *state;
  g_autofree char *id = commit_text(place, NULL, "domain: shop\n");
  g_autofree char *path = object_path(id);
  g_free(run("git", "clone", "--quiet", "--bare", "--shared", ".dmig", "clone", NULL));
  g_autoptr(DmigStore) clone = dmig_store_open("clone", NULL);
  g_autoptr(DmigRevision) revision = dmig_store_revision(clone, id, NULL);
  assert_string_equal(revision->id, id);

  g_chmod(path, 0644);
  assert_int_equal(truncate(path, 20), 0);
  g_autoptr(DmigStore) again = dmig_store_open("clone", NULL);
  GError *error = NULL;
  alarm(PATIENCE_SECONDS);
  assert_null(dmig_store_revision(again, id, &error));
  alarm(0);
  assert_error(&error, DMIG_ERROR_FATAL, "is cut off");
}

int
main(void)
{
  const struct CMUnitTest tests[] = {
#define TEST(name) cmocka_unit_test_setup_teardown(name, place_setup_store, place_teardown)
    TEST(a_revision_cut_off_anywhere_is_named),
    TEST(no_flipped_bit_goes_unseen),
    TEST(what_is_missing_is_damage_not_a_mistyped_name),
    TEST(beginnings_of_ids_and_large_files_are_read),
    TEST(borrowed_objects_are_read_safely_too),
#undef TEST
  };
  return cmocka_run_group_tests_name("store/loose", tests, NULL, NULL);
}
