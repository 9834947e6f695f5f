/* What stands in the way of a chain, asked of a database before it begins, and what would mend it. */
#include <string.h>

#include "core/apply/checks/question.h"
#include "core/apply/checks/readiness.h"
#include "core/apply/checks/repair.h"
#include "core/apply/checks/verify.h"
#include "tests/core/apply/fixture.h"

static GPtrArray *
chain_of(const char *first, const char *second)
{
  GPtrArray *chain = g_ptr_array_new_with_free_func((GDestroyNotify) dmig_migration_free);
  const char *const files[] = { first, second };
  for (guint i = 0; i < G_N_ELEMENTS(files) && files[i] != NULL; i++) {
    DmigMigration *migration = dmig_migration_new();
    migration->from = i > 0 ? g_strdup_printf("%u%u%u%u%u%u%u", i, i, i, i, i, i, i) : NULL;
    migration->to = g_strdup_printf("%u%u%u%u%u%u%u", i + 1, i + 1, i + 1, i + 1, i + 1, i + 1,
                                    i + 1);
    migration->title = g_strdup(i == 0 ? "First" : "Second");
    migration->file = g_strdup("upgrade.sql");
    migration->sql = g_strdup(files[i]);
    g_ptr_array_add(chain, migration);
  }
  return chain;
}

static DmigReadiness *
check(Fixture *self, GPtrArray *chain, guint keys)
{
  const DmigReadinessOptions options = { .locked = TRUE, .keys = keys };
  g_autoptr(GError) error = NULL;
  DmigReadiness *readiness = NULL;
  if (!dmig_readiness_check(self->db, chain, &options, &readiness, &error))
    fail_msg("%s", error->message);
  return readiness;
}

static const DmigFinding *
find(const DmigReadiness *readiness, const char *rule)
{
  for (guint i = 0; i < readiness->findings->len; i++) {
    const DmigFinding *finding = readiness->findings->pdata[i];
    if (g_str_equal(finding->rule, rule))
      return finding;
  }
  return NULL;
}

#define ROWS                                                                                       \
  "CREATE TABLE \"od d\" (id integer PRIMARY KEY, mail text, old text);\n"                         \
  "INSERT INTO \"od d\" VALUES (1, 'a', NULL), (2, 'a', 'x'), (3, 'it''s', NULL);\n"

#define NULLS                                                                                      \
  "-- step 1: alter column\n"                                                                      \
  "-- dmig: {\"kind\": \"alter-column\", \"object\": \"od d.old\", \"checks\": [{\"kind\": "       \
  "\"null\", \"table\": \"od d\", \"columns\": [\"old\"], \"key\": [\"id\"], \"value\": \"''\", "   \
  "\"message\": \"rows have no old; mend them\", \"sql\": \"SELECT count(*) FROM \\\"od d\\\" "     \
  "WHERE old IS NULL\"}]}\nSELECT 1;\n"

#define DUPLICATES                                                                                 \
  "-- step 1: add unique\n"                                                                        \
  "-- dmig: {\"kind\": \"add-constraint\", \"object\": \"od d.u\", \"checks\": [{\"kind\": "       \
  "\"duplicate\", \"table\": \"od d\", \"columns\": [\"mail\"], \"key\": [\"id\"], \"message\": "   \
  "\"groups are the same; make them differ\", \"sql\": \"SELECT count(*) FROM (SELECT 1 FROM "     \
  "\\\"od d\\\" WHERE (mail) IS NOT NULL GROUP BY mail HAVING count(*) > 1) AS "                   \
  "duplicates\"}]}\nSELECT 1;\n"

static void
test_rows_in_the_way_are_named(void **state)
{
  Fixture *self = *state;
  fixture_exec(self->db, ROWS);
  g_autoptr(GPtrArray) chain = chain_of(NULLS, DUPLICATES);
  g_autoptr(DmigReadiness) readiness = check(self, chain, 2);
  const DmigFinding *nulls = find(readiness, "null-rows");
  const DmigFinding *duplicates = find(readiness, "duplicate-rows");
  assert_non_null(nulls);
  assert_int_equal(nulls->rows, 2);
  assert_string_equal(nulls->text, "rows have no old (2 found)");
  assert_string_equal(nulls->advice, "mend them");
  assert_string_equal(nulls->keys->pdata[0], "id 1, old NULL");
  assert_string_equal(duplicates->keys->pdata[0], "mail 'a' (2 rows)");
  g_autoptr(GError) error = NULL;
  assert_false(dmig_readiness_refuse(readiness, "x", &error));
  assert_null(strstr(error->message, "'a'"));
}

static void
test_no_row_is_read_unasked(void **state)
{
  Fixture *self = *state;
  fixture_exec(self->db, ROWS);
  g_autoptr(GPtrArray) chain = chain_of(NULLS, NULL);
  g_autoptr(DmigReadiness) readiness = check(self, chain, 0);
  assert_int_equal(find(readiness, "null-rows")->keys->len, 0);
}

static void
test_a_rename_is_undone_in_the_question(void **state)
{
  Fixture *self = *state;
  fixture_exec(self->db, "CREATE TABLE \"od d\" (id integer PRIMARY KEY, former text);\n"
                         "INSERT INTO \"od d\" VALUES (1, NULL);\n");
  g_autoptr(GPtrArray) chain
      = chain_of("-- step 1: rename\n-- dmig: {\"kind\": \"rename-column\", \"object\": \"od "
                 "d.former\"}\nALTER TABLE \"od d\" RENAME COLUMN former TO old;\n",
                 NULLS);
  g_autoptr(DmigReadiness) readiness = check(self, chain, 1);
  assert_non_null(find(readiness, "null-rows"));
  assert_string_equal(find(readiness, "null-rows")->keys->pdata[0], "id 1, former NULL");
}

static void
test_what_is_made_later_is_not_asked(void **state)
{
  Fixture *self = *state;
  g_autoptr(GPtrArray) chain
      = chain_of("-- step 1: make\n-- dmig: {\"kind\": \"create-table\", \"object\": \"od d\"}\n"
                 "CREATE TABLE \"od d\" (id integer PRIMARY KEY, mail text, old text);\n",
                 NULLS);
  g_autoptr(DmigReadiness) readiness = check(self, chain, 1);
  assert_null(find(readiness, "null-rows"));
  assert_non_null(strstr(find(readiness, "not-asked")->text, "before 1111111, \"First\""));
  assert_int_equal(dmig_findings_worst(readiness->findings), DMIG_FINDING_NOTE);
}

static void
test_one_bad_question_keeps_no_other_from_its_answer(void **state)
{
  Fixture *self = *state;
  fixture_exec(self->db, ROWS);
  g_autoptr(GPtrArray) chain
      = chain_of("-- step 1: nonsense\n-- dmig: {\"kind\": \"add-constraint\", \"object\": \"n\", "
                 "\"checks\": [{\"message\": \"m\", \"sql\": \"SELECT count(*) FROM nowhere\"}]}\n"
                 "SELECT 1;\n",
                 NULLS);
  g_autoptr(DmigReadiness) readiness = check(self, chain, 1);
  assert_int_equal(find(readiness, "not-asked")->level, DMIG_FINDING_WARNING);
  assert_int_equal(find(readiness, "null-rows")->rows, 2);
}

/* Without its marks the script does what it says. */
static void
test_the_script_mends(void **state)
{
  Fixture *self = *state;
  fixture_exec(self->db, ROWS);
  g_autoptr(GPtrArray) chain = chain_of(NULLS, DUPLICATES);
  g_autoptr(DmigReadiness) readiness = check(self, chain, 1);
  g_autofree char *script = dmig_repair_script(self->db->dialect, readiness, "Title");
  g_auto(GStrv) lines = g_strsplit(script, "\n", -1);
  for (char **line = lines; *line != NULL; line++)
    assert_true(**line == '\0' || g_str_has_prefix(*line, "--"));
  fixture_exec(self->db, script);
  const char *fill = strstr(script, "-- UPDATE");
  const char *keep = strstr(script, "-- DELETE FROM \"od d\"\n-- WHERE (id) IN");
  assert_non_null(fill);
  assert_non_null(keep);
  g_autofree char *kept = g_strndup(keep, (gsize) (strstr(keep, "> 1);") + 5 - keep));
  g_autofree char *filled = g_strndup(fill, (gsize) (strchr(fill, ';') + 1 - fill));
  g_autofree char *raw = g_strdup_printf("%s\n%s\n", kept, filled);
  g_auto(GStrv) chosen = g_strsplit(raw, "-- ", -1);
  g_autofree char *sql = g_strjoinv("", chosen);
  fixture_exec(self->db, sql);
  g_autoptr(DmigReadiness) again = check(self, chain, 1);
  assert_null(find(again, "null-rows"));
  assert_null(find(again, "duplicate-rows"));
  g_autofree char *rows = fixture_value(self->db, "SELECT count(*) FROM \"od d\"");
  assert_string_equal(rows, "2");
}

static void
test_rows_that_are_gone_are_missed(void **state)
{
  Fixture *self = *state;
  g_autoptr(GPtrArray) before = NULL, after = NULL;
  g_autoptr(GError) error = NULL;
  g_autoptr(GPtrArray) plans = g_ptr_array_new();
  g_autoptr(GPtrArray) findings
      = g_ptr_array_new_with_free_func((GDestroyNotify) dmig_finding_free);
  fixture_exec(self->db, ROWS);
  assert_true(self->db->driver->census(self->db, &before, &error));
  assert_int_equal(before->len, 1);
  assert_int_equal(((DmigTableCount *) before->pdata[0])->rows, 3);
  fixture_exec(self->db, "DELETE FROM \"od d\" WHERE id = 1");
  assert_true(self->db->driver->census(self->db, &after, &error));
  dmig_verify_rows(before, after, plans, findings);
  assert_int_equal(findings->len, 1);
  assert_int_equal(((DmigFinding *) findings->pdata[0])->level, DMIG_FINDING_WARNING);
  g_ptr_array_set_size(findings, 0);
  dmig_verify_rows(before, before, plans, findings);
  assert_int_equal(dmig_findings_worst(findings), DMIG_FINDING_GOOD);
}

/* What a full-text index keeps in tables of its own is nobody's rows. */
static void
test_shadow_tables_are_not_counted(void **state)
{
  Fixture *self = *state;
  g_autoptr(GPtrArray) counts = NULL;
  g_autoptr(GError) error = NULL;
  if (!self->db->dialect->has.table_rebuilds)
    return;
  fixture_exec(self->db, "CREATE TABLE idx (a); CREATE TABLE \"other_idx\" (a);"
                         "CREATE VIRTUAL TABLE x USING fts5 (body); INSERT INTO x VALUES ('a');");
  assert_true(self->db->driver->census(self->db, &counts, &error));
  assert_int_equal(counts->len, 2);
}

int
main(int argc, char **argv)
{
#define TEST(test) cmocka_unit_test_setup_teardown(test, fixture_setup, fixture_teardown)
  const struct CMUnitTest tests[] = {
    TEST(test_rows_in_the_way_are_named),
    TEST(test_no_row_is_read_unasked),
    TEST(test_a_rename_is_undone_in_the_question),
    TEST(test_what_is_made_later_is_not_asked),
    TEST(test_one_bad_question_keeps_no_other_from_its_answer),
    TEST(test_the_script_mends),
    TEST(test_rows_that_are_gone_are_missed),
    TEST(test_shadow_tables_are_not_counted),
  };
  return FIXTURE_MAIN(argc, argv, tests);
}
