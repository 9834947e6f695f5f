#include "core/apply/execute/apply.h"

#include <string.h>

#include "core/apply/tracking/tracking.h"
#include "tests/core/apply/fixture.h"

#define A "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
#define B "bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb"
#define C "cccccccccccccccccccccccccccccccccccccccc"

static GPtrArray *
chain_new(void)
{
  return g_ptr_array_new_with_free_func((GDestroyNotify) dmig_migration_free);
}

static void
add(GPtrArray *chain, const char *from, const char *to, gboolean down, const char *steps)
{
  DmigMigration *migration = dmig_migration_new();
  migration->from = g_strdup(from);
  migration->to = g_strdup(to);
  migration->down = down;
  migration->title = g_strdup("A change");
  migration->file = g_strdup_printf("%.7s upgrade.sql", down ? from : to);
  migration->sql =
      g_strdup_printf("-- dmig migration 1: upgrade for %s\n\n%s", fixture_dialect()->name, steps);
  g_ptr_array_add(chain, migration);
}

static const char *const step_create_a = "-- step 1: create table a\n"
                                         "-- dmig: {\"kind\": \"create-table\", \"object\": \"a\"}\n"
                                         "CREATE TABLE a (id integer PRIMARY KEY, n integer);\n";
static const char *const step_create_b = "-- step 1: create table b\n"
                                         "-- dmig: {\"kind\": \"create-table\", \"object\": \"b\"}\n"
                                         "CREATE TABLE b (id integer PRIMARY KEY);\n";
static const char *const step_drop_a =
    "-- step 1: drop table a\n"
    "-- dmig: {\"kind\": \"drop-table\", \"object\": \"a\", \"loss\": \"lossy\", "
    "\"losses\": [\"the rows of a\"]}\n"
    "DROP TABLE a;\n";

static char *
tracked(DmigDatabase *db, const char *select, const char *table, const char *rest)
{
  g_autofree char *name = db->dialect->tracking_table(table);
  g_autofree char *sql = g_strdup_printf("SELECT %s FROM %s %s", select, name, rest);
  return fixture_value(db, sql);
}

static void
assert_tracked(DmigDatabase *db, const char *select, const char *table, const char *rest,
               const char *wanted)
{
  g_autofree char *value = tracked(db, select, table, rest);
  assert_string_equal(value, wanted);
}

static void
assert_at(DmigDatabase *db, const char *revision)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(DmigState) state = NULL;
  if (!dmig_tracking_read(db, &state, &error))
    fail_msg("%s", error->message);
  if (revision == NULL)
    assert_null(state->revision);
  else
    assert_string_equal(state->revision, revision);
}

static void
assert_applies(DmigDatabase *db, GPtrArray *chain, const DmigApplyOptions *options)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(DmigRunRecord) record = NULL;
  if (!dmig_apply(db, chain, options, &record, &error))
    fail_msg("%s", error->message);
  assert_int_equal(record->revisions->len, chain->len);
  assert_int_equal(record->phase, DMIG_RUN_COMPLETED);
}

/* The message is the caller's; the number of revisions that went through is checked. */
static char *
assert_refuses(DmigDatabase *db, GPtrArray *chain, const DmigApplyOptions *options,
               DmigErrorCode code, guint wanted_done)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(DmigRunRecord) record = NULL;
  assert_false(dmig_apply(db, chain, options, &record, &error));
  assert_int_equal(error->domain, DMIG_ERROR);
  if (error->code != (gint) code)
    fail_msg("%d: %s", error->code, error->message);
  assert_int_equal(record != NULL ? record->revisions->len : 0, wanted_done);
  return g_strdup(error->message);
}

static void
assert_contains(const char *text, const char *part)
{
  if (strstr(text, part) == NULL)
    fail_msg("'%s' is not in: %s", part, text);
}

static const DmigApplyOptions plain = {.domain = "sh'op", .command = "apply"};

static void
test_untracked(void **state)
{
  Fixture *fixture = *state;
  g_autoptr(GError) error = NULL;
  g_autoptr(DmigState) read = NULL;
  assert_true(dmig_tracking_read(fixture->db, &read, &error));
  assert_false(read->tracked);
  assert_null(read->revision);
}

static void
test_up_and_down(void **state)
{
  DmigDatabase *db = ((Fixture *) *state)->db;
  g_autoptr(GPtrArray) up = chain_new();
  add(up, NULL, A, FALSE, step_create_a);
  add(up, A, B, FALSE, step_create_b);
  assert_applies(db, up, &plain);
  assert_at(db, B);
  assert_tracked(db, "domain", "runs", "", "sh'op");
  assert_tracked(db, "count(*)", "steps", "WHERE outcome = 'done' AND milliseconds >= 0", "2");
  assert_tracked(db, "outcome", "runs", "", "done");
  assert_tracked(db, "command", "runs", "WHERE from_revision IS NULL AND to_revision = '" B "'",
                 "apply");

  g_autoptr(GPtrArray) down = chain_new();
  add(down, B, A, TRUE, "-- step 1: drop b\n-- dmig: {\"kind\": \"drop-table\"}\nDROP TABLE b;\n");
  add(down, A, NULL, TRUE, step_drop_a);
  const DmigApplyOptions revert = {.allow_data_loss = TRUE, .command = "revert", .domain = "sh'op"};
  assert_applies(db, down, &revert);
  assert_at(db, NULL);
  assert_tracked(db, "max(number)", "steps", "", "4");
  assert_tracked(db, "count(*)", "steps", "WHERE direction = 'downgrade'", "2");
}

static void
test_runs_what_was_committed(void **state)
{
  DmigDatabase *db = ((Fixture *) *state)->db;
  g_autoptr(GPtrArray) chain = chain_new();
  add(chain, NULL, A, FALSE,
      "-- step 1: text\n-- dmig: {\"kind\": \"sql-before\"}\n"
      "CREATE TABLE t (x text);\nINSERT INTO t VALUES ('-- step 9: no; ''\xf0\x9f\x90\x8c''');\n");
  assert_applies(db, chain, &plain);
  g_autofree char *value = fixture_value(db, "SELECT x FROM t");
  assert_string_equal(value, "-- step 9: no; '\xf0\x9f\x90\x8c'");
}

static void
test_wrong_start(void **state)
{
  DmigDatabase *db = ((Fixture *) *state)->db;
  g_autoptr(GPtrArray) chain = chain_new();
  add(chain, B, C, FALSE, step_create_a);
  g_autofree char *message = assert_refuses(db, chain, &plain, DMIG_ERROR_DRIFT, 0);
  assert_contains(message, "is at no revision");
  assert_contains(message, "begins at bbbbbbb");
}

static void
test_gap(void **state)
{
  DmigDatabase *db = ((Fixture *) *state)->db;
  g_autoptr(GPtrArray) chain = chain_new();
  add(chain, NULL, A, FALSE, step_create_a);
  add(chain, B, C, FALSE, step_create_b);
  g_autofree char *message = assert_refuses(db, chain, &plain, DMIG_ERROR_FAILED, 0);
  assert_contains(message, "gap");
}

static const char *const failing_steps =
    "-- step 1: create table b\n-- dmig: {\"kind\": \"create-table\"}\n"
    "CREATE TABLE b (id integer);\n\n"
    "-- step 2: fill b\n-- dmig: {\"kind\": \"sql-after\"}\n"
    "INSERT INTO b VALUES (1);\nINSERT INTO nowhere VALUES (1);\n";

static void
test_failure_is_rolled_back_and_located(void **state)
{
  DmigDatabase *db = ((Fixture *) *state)->db;
  g_autoptr(GPtrArray) chain = chain_new();
  add(chain, NULL, A, FALSE, step_create_a);
  add(chain, A, B, FALSE, failing_steps);
  g_autofree char *message = assert_refuses(db, chain, &plain, DMIG_ERROR_FAILED, 1);
  assert_contains(message, "bbbbbbb upgrade.sql:10: step 2: fill b: ");
  assert_contains(message, "nowhere");
  assert_contains(message, "the database is at aaaaaaa");
  assert_at(db, A);
  assert_false(dmig_database_exec(db, "SELECT * FROM b", NULL));
  assert_tracked(db, "outcome", "runs", "", "failed");
  assert_tracked(db, "count(*)", "runs", "WHERE error LIKE '%nowhere%'", "1");
  assert_tracked(db, "to_revision", "steps", "WHERE outcome = 'failed'", B);
}

/* Where a database's encoding lacks the mark of what was shortened, the record would be lost. */
static void
test_errors_fit_any_encoding(void **state)
{
  DmigDatabase *db = ((Fixture *) *state)->db;
  g_autoptr(GPtrArray) chain = chain_new();
  add(chain, NULL, A, FALSE,
      "-- step 1: fail\n-- dmig: {\"kind\": \"sql\"}\n"
      "INSERT INTO there_is_no_table_of_this_name (a, b, c, d, e, f, g) VALUES (1, 2, 3, 4, 5, 6, 7);\n");
  g_autofree char *message = assert_refuses(db, chain, &plain, DMIG_ERROR_FAILED, 0);
  assert_contains(message, "\u2026");
  assert_tracked(db, "count(*)", "runs", "WHERE error LIKE '%...%' AND error NOT LIKE '%\u2026%'", "1");
}

static void
test_single_transaction(void **state)
{
  DmigDatabase *db = ((Fixture *) *state)->db;
  const DmigApplyOptions single = {.single_transaction = TRUE, .domain = "shop"};
  g_autoptr(GPtrArray) failing = chain_new();
  add(failing, NULL, A, FALSE, step_create_a);
  add(failing, A, B, FALSE, failing_steps);
  g_autofree char *message = assert_refuses(db, failing, &single, DMIG_ERROR_FAILED, 0);
  assert_contains(message, "bbbbbbb upgrade.sql:10: step 2");
  assert_contains(message, "the database is at no revision");
  assert_at(db, NULL);
  assert_false(dmig_database_exec(db, "SELECT * FROM a", NULL));

  g_autoptr(GPtrArray) chain = chain_new();
  add(chain, NULL, A, FALSE, step_create_a);
  add(chain, A, B, FALSE, step_create_b);
  assert_applies(db, chain, &single);
  assert_at(db, B);
}

static const char *const checked_steps =
    "-- step 1: add column a.m\n-- dmig: {\"kind\": \"add-column\"}\n"
    "ALTER TABLE a ADD COLUMN m integer;\n\n"
    "-- step 2: check\n"
    "-- dmig: {\"kind\": \"sql-after\", \"checks\": [{\"message\": \"rows of a are odd; mend them\", "
    "\"sql\": \"SELECT count(*) FROM a WHERE n % 2 = 1 AND m IS NULL\"}]}\n"
    "UPDATE a SET n = n / 2;\n";

static void
test_check_refuses(void **state)
{
  DmigDatabase *db = ((Fixture *) *state)->db;
  g_autoptr(GPtrArray) first = chain_new();
  add(first, NULL, A, FALSE, step_create_a);
  assert_applies(db, first, &plain);
  fixture_exec(db, "INSERT INTO a VALUES (1, 1), (2, 2), (3, 3)");

  g_autoptr(GPtrArray) chain = chain_new();
  add(chain, A, B, FALSE, checked_steps);
  g_autofree char *message = assert_refuses(db, chain, &plain, DMIG_ERROR_FAILED, 0);
  assert_contains(message, "bbbbbbb upgrade.sql:");
  assert_contains(message, "rows of a are odd (2 found); mend them");
  assert_at(db, A);
  assert_false(dmig_database_exec(db, "SELECT m FROM a", NULL));

  fixture_exec(db, "DELETE FROM a WHERE n % 2 = 1");
  assert_applies(db, chain, &plain);
  g_autofree char *n = fixture_value(db, "SELECT n FROM a");
  assert_string_equal(n, "1");
  assert_at(db, B);
}

static void
test_data_loss(void **state)
{
  DmigDatabase *db = ((Fixture *) *state)->db;
  g_autoptr(GPtrArray) chain = chain_new();
  add(chain, NULL, A, FALSE, step_create_a);
  add(chain, A, B, FALSE, step_drop_a);
  g_autofree char *message = assert_refuses(db, chain, &plain, DMIG_ERROR_DATA_LOSS, 0);
  assert_contains(message, "bbbbbbb: the rows of a");
  assert_at(db, NULL);

  g_autoptr(GPtrArray) losses = NULL;
  assert_true(dmig_apply_losses(db->dialect, chain, &losses, NULL));
  assert_int_equal(losses->len, 1);
  const DmigApplyOptions allowed = {.allow_data_loss = TRUE, .domain = "shop"};
  assert_applies(db, chain, &allowed);
}

static void
test_newer_layout(void **state)
{
  DmigDatabase *db = ((Fixture *) *state)->db;
  g_autoptr(GError) error = NULL;
  assert_true(dmig_tracking_ensure(db, &error));
  g_autofree char *meta = db->dialect->tracking_table("meta");
  g_autofree char *update = g_strdup_printf("UPDATE %s SET version = 99", meta);
  fixture_exec(db, update);
  g_autoptr(DmigState) read = NULL;
  assert_false(dmig_tracking_read(db, &read, &error));
  assert_contains(error->message, "upgrade dmig");
  g_clear_error(&error);

  g_autofree char *table = db->dialect->tracking_table("steps");
  g_autofree char *rename = g_strdup_printf("ALTER TABLE %s DROP COLUMN started", table);
  fixture_exec(db, rename);
  assert_false(dmig_tracking_read(db, &read, &error));
  assert_contains(error->message, "upgrade dmig");
}

static void
test_interrupted_run(void **state)
{
  DmigDatabase *db = ((Fixture *) *state)->db;
  g_autoptr(GError) error = NULL;
  assert_true(dmig_tracking_ensure(db, &error));
  const DmigTrackingRun gone = {.id = "gone", .command = "apply", .to = A};
  assert_true(dmig_tracking_begin_run(db, &gone, &error));
  g_autoptr(GPtrArray) chain = chain_new();
  add(chain, NULL, A, FALSE, step_create_a);
  assert_applies(db, chain, &plain);
  assert_tracked(db, "outcome", "runs", "WHERE id = 'gone'", "interrupted");
  assert_tracked(db, "count(*)", "runs", "WHERE outcome = 'done'", "1");
}

static void
test_tracking_is_not_inspected(void **state)
{
  DmigDatabase *db = ((Fixture *) *state)->db;
  g_autoptr(GPtrArray) chain = chain_new();
  add(chain, NULL, A, FALSE, step_create_a);
  assert_applies(db, chain, &plain);
  g_autoptr(DmigSchema) schema = NULL;
  assert_true(dmig_database_inspect(db, &schema, NULL));
  assert_int_equal(schema->tables->len, 1);
}

static void
count_progress(const DmigRunProgress *progress, gpointer data)
{
  assert_true(progress->phase == DMIG_RUN_MIGRATING || progress->phase == DMIG_RUN_CLEANING_UP);
  assert_int_equal(progress->revisions, 1000);
  *(guint *) data += 1;
}

static void
test_long_chain(void **state)
{
  DmigDatabase *db = ((Fixture *) *state)->db;
  g_autoptr(GPtrArray) chain = chain_new();
  g_autofree char *from = NULL;
  for (guint i = 0; i < 1000; i++) {
    g_autofree char *to = g_strdup_printf("%040u", i + 1);
    g_autofree char *steps =
        g_strdup_printf("-- step 1: create table t%u\n-- dmig: {\"kind\": \"create-table\"}\n"
                        "CREATE TABLE t%u (id integer);\n",
                        i, i);
    add(chain, from, to, FALSE, steps);
    g_free(from);
    from = g_steal_pointer(&to);
  }
  guint calls = 0;
  const DmigRunStages stages = {.progress = count_progress, .data = &calls};
  const DmigApplyOptions options = {.stages = &stages, .domain = "many"};
  assert_applies(db, chain, &options);
  assert_int_equal(calls, 1002);
  assert_at(db, from);
  assert_tracked(db, "count(*)", "steps", "WHERE milliseconds IS NOT NULL", "1000");
}

int
main(int argc, char **argv)
{
  const struct CMUnitTest tests[] = {
      cmocka_unit_test_setup_teardown(test_untracked, fixture_setup, fixture_teardown),
      cmocka_unit_test_setup_teardown(test_up_and_down, fixture_setup, fixture_teardown),
      cmocka_unit_test_setup_teardown(test_runs_what_was_committed, fixture_setup,
                                      fixture_teardown),
      cmocka_unit_test_setup_teardown(test_wrong_start, fixture_setup, fixture_teardown),
      cmocka_unit_test_setup_teardown(test_gap, fixture_setup, fixture_teardown),
      cmocka_unit_test_setup_teardown(test_failure_is_rolled_back_and_located, fixture_setup,
                                      fixture_teardown),
      cmocka_unit_test_setup_teardown(test_errors_fit_any_encoding, fixture_setup,
                                      fixture_teardown),
      cmocka_unit_test_setup_teardown(test_single_transaction, fixture_setup, fixture_teardown),
      cmocka_unit_test_setup_teardown(test_check_refuses, fixture_setup, fixture_teardown),
      cmocka_unit_test_setup_teardown(test_data_loss, fixture_setup, fixture_teardown),
      cmocka_unit_test_setup_teardown(test_newer_layout, fixture_setup, fixture_teardown),
      cmocka_unit_test_setup_teardown(test_interrupted_run, fixture_setup, fixture_teardown),
      cmocka_unit_test_setup_teardown(test_tracking_is_not_inspected, fixture_setup,
                                      fixture_teardown),
      cmocka_unit_test_setup_teardown(test_long_chain, fixture_setup, fixture_teardown),
  };
  return FIXTURE_MAIN(argc, argv, tests);
}
