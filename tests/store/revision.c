#include <glib/gstdio.h>
#include <string.h>

#include "tests/store/support.h"

/* first - second - third (main), with tag v1 on second, v2 (annotated) on third. */
typedef struct {
  char *first, *second, *third;
} History;

static History
make_history(Place *place)
{
  History history;
  history.first = commit_text(place, NULL, "first");
  history.second = commit_text(place, history.first, "second");
  history.third = commit_text(place, history.second, "third");
  g_free(run("git", "--git-dir=.dmig", "tag", "v1", history.second, NULL));
  g_free(run("git", "--git-dir=.dmig", "tag", "-a", "-m", "two", "v2", history.third, NULL));
  return history;
}

static void
history_clear(History *self)
{
  g_free(self->first);
  g_free(self->second);
  g_free(self->third);
}

static void
assert_names(DmigStore *store, const char *spec, const char *id)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(DmigRevision) revision = dmig_store_revision(store, spec, &error);
  if (revision == NULL)
    fail_msg("%s", error->message);
  else
    assert_string_equal(revision->id, id);
}

static void
assert_unknown(DmigStore *store, const char *spec, const char *part)
{
  GError *error = NULL;
  if (dmig_store_revision(store, spec, &error) != NULL)
    fail_msg("'%s' was found", spec);
  assert_error(&error, DMIG_ERROR_NOT_FOUND, part);
}

static void
gits_syntax_is_understood(void **state)
{
  Place *place = *state;
  DmigStore *store = place->store;
  History h = make_history(place);
  const struct {
    const char *spec, *id;
  } cases[] = {
    { "HEAD", h.third },
    { "@", h.third },
    { "main", h.third },
    { "heads/main", h.third },
    { "refs/heads/main", h.third },
    { "HEAD~", h.second },
    { "HEAD^", h.second },
    { "HEAD~2", h.first },
    { "HEAD~1^", h.first },
    { "@~1", h.second },
    { "@^", h.second },
    { "@^^", h.first },
    { "@~1~1", h.first },
    { "@^0", h.third },
    { "v1", h.second },
    { "v1~1", h.first },
    { "v1^{commit}", h.second },
    { "v2", h.third },
    { "v2^{}", h.third },
    { "v2~2", h.first },
    { "main@{0}", h.third },
    { "main@{1}", h.second },
    { "main@{2}", h.first },
    { "@{1}", h.second },
    { "HEAD@{2}", h.first },
    { "@{1}~1", h.first },
    { ":/seco", h.second },
    { h.second, h.second },
  };
  for (guint i = 0; i < G_N_ELEMENTS(cases); i++)
    assert_names(store, cases[i].spec, cases[i].id);

  for (gsize digits = 7; digits < 40; digits++) {
    g_autofree char *prefix = g_strndup(h.second, digits);
    assert_names(store, prefix, h.second);
  }
  g_autofree char *capitals = g_ascii_strup(h.second, -1);
  assert_names(store, capitals, h.second);
  g_autofree char *described = g_strdup_printf("v1-0-g%.8s", h.third);
  assert_names(store, described, h.third);
  history_clear(&h);
}

static void
a_branch_is_known_by_when(void **state)
{
  Place *place = *state;
  const char *now = "2024-03-10T12:00:00+0000";
  g_setenv("GIT_COMMITTER_DATE", "2024-03-01T12:00:00+0000", TRUE);
  g_autofree char *first = commit_text(place, NULL, "first");
  g_setenv("GIT_COMMITTER_DATE", now, TRUE);
  g_autofree char *second = commit_text(place, first, "second");
  assert_names(place->store, "main@{2024-03-05}", first);
  assert_names(place->store, "main@{2024-03-10 13:00:00 +0000}", second);
  assert_names(place->store, "main@{yesterday}", second);
  assert_names(place->store, "main@{now}", second);
}

static void
what_is_no_revision_says_what_is_near(void **state)
{
  Place *place = *state;
  History h = make_history(place);
  g_free(run("git", "--git-dir=.dmig", "branch", "feature/login", NULL));
  assert_unknown(place->store, "mian", "did you mean 'main'?");
  assert_unknown(place->store, "mian~1", "did you mean 'main~1'?");
  assert_unknown(place->store, "feature/logn", "did you mean 'feature/login'?");
  assert_unknown(place->store, "HAED", "did you mean 'HEAD'?");
  assert_unknown(place->store, "xyz", "'dmig log' shows what there is");
  assert_unknown(place->store, "HEAD~3", "'HEAD' does not reach that far");
  assert_unknown(place->store, "@~99999999999999999999", "there is no revision");
  assert_unknown(place->store, "main^2", "'main' does not reach that far");
  assert_unknown(place->store, "0123456789012345678901234567890123456789", "there is no revision");
  assert_unknown(place->store, "HEAD:domain.yaml", "is a file, not a revision");
  assert_unknown(place->store, "HEAD:", "is a folder, not a revision");
  assert_unknown(place->store, "", "there is no revision ''");
  assert_unknown(place->store, "-x", "there is no revision '-x'");
  assert_unknown(place->store, ":domain.yaml", "there is no revision");
  assert_unknown(place->store, "a b\nc", "there is no revision");
  assert_unknown(place->store, "HEAD^{", "there is no revision");
  assert_unknown(place->store, "HEAD@{x", "there is no revision");
  history_clear(&h);
}

static void
the_first_revision_is_yet_to_come(void **state)
{
  Place *place = *state;
  DmigRevision *head = (DmigRevision *) place;
  GError *error = NULL;
  assert_true(dmig_store_head(place->store, &head, &error));
  assert_null(head);
  assert_unknown(place->store, "HEAD", "there is no revision yet");
  assert_unknown(place->store, "@~1", "there is no revision yet");
  assert_unknown(place->store, "main", "there is no revision yet");
  assert_unknown(place->store, "v1", "there is no revision 'v1'");
  g_autofree char *branch = dmig_store_branch(place->store);
  assert_string_equal(branch, "main");
}

/* Makes revisions until two of them begin with the same four digits: from this date on it is the
 * seventh, where others take hundreds. */
static void
digits_that_only_one_revision_has_are_enough(void **state)
{
  Place *place = *state;
  g_autoptr(GHashTable) commits = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
  g_autofree char *parent = NULL;
  g_autofree char *shared = NULL;
  g_setenv("SOURCE_DATE_EPOCH", "1158", TRUE);
  for (guint i = 0; shared == NULL; i++) {
    g_autofree char *text = g_strdup_printf("revision %u", i);
    char *id = commit_text(place, parent, text);
    g_autofree char *digits = g_strndup(id, 4);
    g_free(parent);
    parent = g_strdup(id);
    if (g_hash_table_contains(commits, digits))
      shared = g_strdup(digits);
    else
      g_hash_table_insert(commits, g_strdup(digits), g_strdup(id));
    g_free(id);
  }
  assert_unknown(place->store, shared, "is the beginning of several revisions: ");

  GHashTableIter entries;
  gpointer digits, id;
  guint tried = 0;
  g_hash_table_iter_init(&entries, commits);
  while (g_hash_table_iter_next(&entries, &digits, &id))
    if (strcmp(digits, shared) != 0) {
      assert_names(place->store, digits, id);
      g_autofree char *itself = g_strconcat(digits, "^0", NULL);
      assert_names(place->store, itself, id);
      tried++;
    }
  assert_true(tried > 3);
}

static void
short_ids_are_unique_and_seven_digits_at_least(void **state)
{
  Place *place = *state;
  History h = make_history(place);
  g_autofree char *id = dmig_store_short_id(place->store, h.second);
  assert_int_equal(strlen(id), 7);
  assert_names(place->store, id, h.second);
  g_autofree char *unknown
      = dmig_store_short_id(place->store, "0123456789012345678901234567890123456789");
  assert_string_equal(unknown, "0123456");
  g_autofree char *other = dmig_store_short_id(place->store, "no id");
  assert_string_equal(other, "no id");
  history_clear(&h);
}

static void
a_revision_has_all_that_git_has(void **state)
{
  Place *place = *state;
  g_setenv("GIT_AUTHOR_DATE", "2005-04-07T22:13:13-0330", TRUE);
  g_autofree char *first = commit_text(place, NULL, "Make the shop\n\nIt sells things.\n");
  g_autoptr(DmigRevision) revision = dmig_store_revision(place->store, "HEAD", NULL);
  assert_string_equal(revision->id, first);
  assert_int_equal(strlen(revision->tree), 40);
  assert_null(revision->parents[0]);
  assert_string_equal(revision->author_name, "Ada");
  assert_string_equal(revision->author_email, "ada@example.com");
  assert_int_equal(revision->author_time, 1112924593);
  assert_int_equal(revision->author_offset, -210);
  assert_string_equal(revision->summary, "Make the shop");
  assert_string_equal(revision->message, "Make the shop\n\nIt sells things.\n");
}

static void
text_of_other_encodings_becomes_utf8(void **state)
{
  Place *place = *state;
  const struct {
    const char *header, *expected;
  } cases[] = {
    { "encoding ISO-8859-1\n", "Größe" },
    { "encoding of-no-one\n", "Gr\xef\xbf\xbd\xef\xbf\xbd" },
    { "", "Gr\xef\xbf\xbd\xef\xbf\xbd" },
  };
  g_autofree char *first = commit_text(place, NULL, "first");
  g_autoptr(DmigRevision) known = dmig_store_revision(place->store, first, NULL);
  for (guint i = 0; i < G_N_ELEMENTS(cases); i++) {
    g_autofree char *raw = g_strdup_printf("tree %s\nauthor \xc4ra <a@b> 1 +0000\n"
                                           "committer \xc4ra <a@b> 1 +0000\n%s\nGr\xf6\xdf"
                                           "e\n",
                                           known->tree, cases[i].header);
    write_file("raw", raw);
    g_autofree char *id = run("git", "--git-dir=.dmig", "hash-object", "-w", "-t", "commit",
                              "--literally", "raw", NULL);
    g_autoptr(DmigRevision) revision = dmig_store_revision(place->store, g_strchomp(id), NULL);
    assert_non_null(revision);
    assert_true(g_str_has_prefix(revision->summary, cases[i].expected));
    assert_true(g_utf8_validate(revision->message, -1, NULL));
    assert_true(g_utf8_validate(revision->author_name, -1, NULL));
  }
}

static gboolean
append_summary(const DmigRevision *revision, gpointer data)
{
  GString *text = data;
  g_string_append_printf(text, "%s ", revision->summary);
  return strcmp(revision->summary, "stop") != 0;
}

static void
log_goes_back_from_the_newest(void **state)
{
  Place *place = *state;
  History h = make_history(place);
  g_autoptr(GString) text = g_string_new("");
  assert_true(dmig_store_log(place->store, NULL, append_summary, text, NULL));
  assert_string_equal(text->str, "third second first ");
  g_string_truncate(text, 0);
  assert_true(dmig_store_log(place->store, "v1", append_summary, text, NULL));
  assert_string_equal(text->str, "second first ");
  history_clear(&h);
}

static void
log_stops_when_it_is_told_to(void **state)
{
  Place *place = *state;
  g_autofree char *first = commit_text(place, NULL, "first");
  g_autofree char *second = commit_text(place, first, "stop");
  g_free(commit_text(place, second, "third"));
  g_autoptr(GString) text = g_string_new("");
  assert_true(dmig_store_log(place->store, NULL, append_summary, text, NULL));
  assert_string_equal(text->str, "third stop ");
}

/* Clocks go wrong; what came of what does not. */
static void
log_has_children_before_parents_whatever_their_clocks(void **state)
{
  Place *place = *state;
  static const char *const dates[] = { "@4000 +0000", "@9000 +0000", "@1000 +0000" };
  g_autofree char *parent = NULL;
  for (guint i = 0; i < 3; i++) {
    g_autofree char *text = g_strdup_printf("n%u", i);
    g_setenv("GIT_COMMITTER_DATE", dates[i], TRUE);
    char *id = commit_text(place, parent, text);
    g_free(parent);
    parent = id;
  }
  g_autoptr(GString) text = g_string_new("");
  assert_true(dmig_store_log(place->store, NULL, append_summary, text, NULL));
  assert_string_equal(text->str, "n2 n1 n0 ");
}

static void
log_before_the_first_revision(void **state)
{
  Place *place = *state;
  GError *error = NULL;
  assert_false(dmig_store_log(place->store, NULL, append_summary, NULL, &error));
  assert_error(&error, DMIG_ERROR_NOT_FOUND, "there is no revision yet");
}

static void
assert_decorated(DmigStore *store, const char *id, const char *expected)
{
  g_autoptr(GHashTable) decorations = dmig_store_decorations(store);
  char **names = g_hash_table_lookup(decorations, id);
  g_autofree char *text = names != NULL ? g_strjoinv(", ", names) : g_strdup("");
  assert_string_equal(text, expected);
}

static void
decorations_are_those_of_git_log(void **state)
{
  Place *place = *state;
  History h = make_history(place);
  g_free(run("git", "--git-dir=.dmig", "branch", "feature/a", h.third, NULL));
  g_free(run("git", "--git-dir=.dmig", "update-ref", "refs/remotes/origin/main", h.first, NULL));
  assert_true(dmig_store_note_write(place->store, h.first, "{}", NULL));
  assert_decorated(place->store, h.third, "HEAD -> main, tag: v2, feature/a");
  assert_decorated(place->store, h.second, "tag: v1");
  assert_decorated(place->store, h.first, "origin/main");
  g_free(run("git", "--git-dir=.dmig", "update-ref", "--no-deref", "HEAD", h.second, NULL));
  assert_decorated(place->store, h.second, "HEAD, tag: v1");
  assert_decorated(place->store, h.third, "tag: v2, feature/a, main");
  assert_null(dmig_store_branch(place->store));
  history_clear(&h);
}

static void
packed_stores_are_read_alike(void **state)
{
  Place *place = *state;
  History h = make_history(place);
  g_free(run("git", "--git-dir=.dmig", "gc", "-q", "--prune=now", NULL));
  g_autoptr(DmigStore) store = dmig_store_open(NULL, NULL);
  assert_names(store, "HEAD~2", h.first);
  assert_names(store, "v1", h.second);
  g_autofree char *digits = g_strndup(h.first, 7);
  assert_names(store, digits, h.first);
  g_clear_pointer(&place->store, dmig_store_free);
  place->store = g_steal_pointer(&store);
  g_free(commit_text(place, h.third, "fourth"));
  assert_names(place->store, "main~3", h.first);
  history_clear(&h);
}

static void
damage_is_called_damage(void **state)
{
  Place *place = *state;
  History h = make_history(place);
  g_autofree char *object = g_strdup_printf(".dmig/objects/%.2s/%s", h.third, h.third + 2);
  g_chmod(object, 0644);
  write_file(object, "garbage");
  GError *error = NULL;
  g_autoptr(DmigStore) store = dmig_store_open(NULL, NULL);
  DmigRevision *head = NULL;
  assert_false(dmig_store_head(store, &head, &error));
  assert_error(&error, DMIG_ERROR_FATAL, "fsck");
  assert_null(dmig_store_revision(store, h.third, &error));
  assert_error(&error, DMIG_ERROR_FATAL, "fsck");
  g_unlink(object);
  assert_false(dmig_store_head(store, &head, &error));
  assert_error(&error, DMIG_ERROR_FATAL, "fsck");
  history_clear(&h);
}

int
main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, place_setup_store, place_teardown)
  const struct CMUnitTest tests[] = {
    TEST(gits_syntax_is_understood),
    TEST(a_branch_is_known_by_when),
    TEST(what_is_no_revision_says_what_is_near),
    TEST(the_first_revision_is_yet_to_come),
    TEST(digits_that_only_one_revision_has_are_enough),
    TEST(short_ids_are_unique_and_seven_digits_at_least),
    TEST(a_revision_has_all_that_git_has),
    TEST(text_of_other_encodings_becomes_utf8),
    TEST(log_goes_back_from_the_newest),
    TEST(log_stops_when_it_is_told_to),
    TEST(log_has_children_before_parents_whatever_their_clocks),
    TEST(log_before_the_first_revision),
    TEST(decorations_are_those_of_git_log),
    TEST(packed_stores_are_read_alike),
    TEST(damage_is_called_damage),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
