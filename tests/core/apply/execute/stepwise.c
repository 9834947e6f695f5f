/* Revisions with steps outside of transactions: what is journaled, and how a run goes on from there. */
#include "core/apply/execute/apply.h"

#include <string.h>

#include "core/apply/tracking/journal.h"
#include "core/apply/tracking/log.h"
#include "tests/core/apply/fixture.h"

#define A "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
#define B "bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb"

typedef struct {
  Fixture *fixture;
  GPtrArray *first, *second, *back; /* to A, from A to B, from B to A */
  DmigRunRecord *record;
  GError *error;
  DmigDatabase *other;
  guint undone;
} Case;

static gboolean
is_postgres(void)
{
  return fixture_dialect()->has.named_constraints;
}

static GPtrArray *
chain_of(const char *from, const char *to, gboolean down, const char *steps)
{
  GPtrArray *chain = g_ptr_array_new_with_free_func((GDestroyNotify) dmig_migration_free);
  DmigMigration *migration = dmig_migration_new();
  migration->from = g_strdup(from);
  migration->to = g_strdup(to);
  migration->down = down;
  migration->title = g_strdup("A change");
  migration->file = g_strdup_printf("%.7s %s.sql", down ? from : to, down ? "downgrade" : "upgrade");
  migration->sql = g_strdup_printf("-- dmig migration 1: %s for %s\n\n%s",
                                   down ? "downgrade" : "upgrade", fixture_dialect()->name, steps);
  g_ptr_array_add(chain, migration);
  return chain;
}

static const char first_steps[]
    = "-- step 1: create table t\n-- dmig: {\"kind\": \"create-table\", \"object\": \"t\"}\n"
      "CREATE TABLE t (id integer PRIMARY KEY, n integer, m integer);\n";

/* A step outside of transactions that both databases know, and that leaves a trace. */
#define OUTSIDE(number, more, sql)                                                                 \
  "-- step " number ": outside\n"                                                                  \
  "-- dmig: {\"kind\": \"sql-after\", \"transactional\": false" more "}\n" sql "\n\n"
#define INSIDE(number, sql)                                                                        \
  "-- step " number ": inside\n-- dmig: {\"kind\": \"sql-after\"}\n" sql "\n\n"

static int
setup(void **state)
{
  Case *self = g_new0(Case, 1);
  void *fixture = NULL;
  int result = fixture_setup(&fixture);
  self->fixture = fixture;
  self->first = chain_of(NULL, A, FALSE, first_steps);
  *state = self;
  return result;
}

static int
teardown(void **state)
{
  Case *self = *state;
  void *fixture = self->fixture;
  dmig_database_free(self->other);
  g_clear_pointer(&self->first, g_ptr_array_unref);
  g_clear_pointer(&self->second, g_ptr_array_unref);
  g_clear_pointer(&self->back, g_ptr_array_unref);
  dmig_run_record_free(self->record);
  g_clear_error(&self->error);
  g_free(self);
  return fixture_teardown(&fixture);
}

static DmigDatabase *
db_of(Case *self)
{
  return self->fixture->db;
}

static gboolean
run(Case *self, GPtrArray *chain, const DmigApplyOptions *options)
{
  static const DmigApplyOptions plain = { .command = "apply", .domain = "shop" };
  g_clear_error(&self->error);
  g_clear_pointer(&self->record, dmig_run_record_free);
  return dmig_apply(db_of(self), chain, options != NULL ? options : &plain, &self->record,
                    &self->error);
}

static void
run_well(Case *self, GPtrArray *chain, const DmigApplyOptions *options)
{
  if (!run(self, chain, options))
    fail_msg("%s", self->error->message);
}

static void
run_badly(Case *self, GPtrArray *chain, const DmigApplyOptions *options, const char *part)
{
  assert_false(run(self, chain, options));
  if (strstr(self->error->message, part) == NULL)
    fail_msg("'%s' is not in: %s", part, self->error->message);
}

static void
assert_value(Case *self, const char *sql, const char *wanted)
{
  g_autofree char *value = fixture_value(db_of(self), sql);
  assert_string_equal(value, wanted);
}

static void
assert_tracked(Case *self, const char *select, const char *table, const char *rest,
               const char *wanted)
{
  g_autofree char *name = db_of(self)->dialect->tracking_table(table);
  g_autofree char *sql = g_strdup_printf("SELECT %s FROM %s %s", select, name, rest);
  assert_value(self, sql, wanted);
}

/* `step` 0: not half way. */
static void
assert_at(Case *self, const char *revision, guint step)
{
  g_autoptr(DmigState) state = NULL;
  assert_true(dmig_tracking_read(db_of(self), &state, NULL));
  assert_string_equal(state->revision, revision);
  assert_int_equal(state->interrupted != NULL ? state->interrupted->step : 0, step);
}

static void
test_all_of_it(void **state)
{
  Case *self = *state;
  run_well(self, self->first, NULL);
  self->second = chain_of(A, B, FALSE,
                          INSIDE("1", "INSERT INTO t VALUES (1, 1, 0);")
                          OUTSIDE("2", "", "INSERT INTO t VALUES (2, 2, 0);")
                          OUTSIDE("3", "", "VACUUM;")
                          INSIDE("4", "INSERT INTO t VALUES (4, 4, 0);\nUPDATE t SET m = 9;"));
  run_well(self, self->second, NULL);
  assert_at(self, B, 0);
  assert_value(self, "SELECT sum(n) FROM t WHERE m = 9", "7");
  assert_tracked(self, "count(*)", "journal", "", "0");
  assert_tracked(self, "count(*)", "runs", "WHERE phase = 'completed' AND finished IS NOT NULL", "2");
  DmigRevisionRecord *revision = g_ptr_array_index(self->record->revisions, 0);
  assert_int_equal(revision->steps->len, 4);
  assert_string_equal(((DmigStepRecord *) g_ptr_array_index(revision->steps, 1))->title, "outside");
}

static const DmigApplyOptions single = { .single_transaction = TRUE };

static void
test_not_in_a_single_transaction(void **state)
{
  Case *self = *state;
  run_well(self, self->first, NULL);
  self->second = chain_of(A, B, FALSE, OUTSIDE("1", "", "VACUUM;"));
  run_badly(self, self->second, &single, "--single-transaction");
  assert_int_equal(self->error->code, DMIG_ERROR_INVALID);
  assert_at(self, A, 0);
}

/* The third step fails as long as `mend` has no rows. */
static void
fail_half_way(Case *self)
{
  run_well(self, self->first, NULL);
  fixture_exec(db_of(self), "CREATE TABLE mend (id integer)");
  self->second = chain_of(A, B, FALSE,
                          INSIDE("1", "INSERT INTO t VALUES (1, 1, 0);")
                          OUTSIDE("2", "", "INSERT INTO t VALUES (2, 2, 0);")
                          OUTSIDE("3", "", "INSERT INTO t SELECT CASE WHEN count(*) = 0 THEN 1 ELSE 3 END, "
                                  "3, 0 FROM mend;")
                          INSIDE("4", "INSERT INTO t VALUES (4, 4, 0);"));
}

static void
test_goes_on_where_it_failed(void **state)
{
  Case *self = *state;
  fail_half_way(self);
  run_badly(self, self->second, NULL, "bbbbbbb upgrade.sql:");
  run_badly(self, self->second, NULL, "half way through revision bbbbbbb (step 3 of 4): `dmig apply` "
                                      "goes on from there, `dmig revert` takes it back");
  assert_int_equal(self->record->phase, DMIG_RUN_INTERRUPTED);
  assert_at(self, A, 3);
  assert_tracked(self, "state", "journal", "WHERE step = 3", "failed");
  assert_tracked(self, "phase", "runs", "ORDER BY started DESC LIMIT 1", "interrupted");
  fixture_exec(db_of(self), "INSERT INTO mend VALUES (1)");
  run_well(self, self->second, NULL);
  assert_at(self, B, 0);
  assert_value(self, "SELECT count(*) FROM t", "4");
}

static gboolean
refuse(DmigDatabase *db, GPtrArray *migrations, DmigRunRecord *record, gpointer data, GError **error)
{
  g_set_error(error, DMIG_ERROR, DMIG_ERROR_FAILED, "not today");
  return FALSE;
}

static void
test_a_check_refuses(void **state)
{
  Case *self = *state;
  const DmigRunStages stages = { .check = refuse };
  const DmigApplyOptions options = { .stages = &stages };
  fail_half_way(self);
  run_badly(self, self->second, &options, "not today; nothing was changed, the database is at aaaaaaa");
  assert_tracked(self, "count(*)", "steps", "WHERE outcome = 'failed'", "0");
  run_badly(self, self->second, NULL, "step 3 of 4");
  run_badly(self, self->second, &options, "half way through revision bbbbbbb (step 3 of 4)");
  assert_int_equal(self->record->phase, DMIG_RUN_INTERRUPTED);
  assert_at(self, A, 3);
}

static void
test_nothing_else_runs_meanwhile(void **state)
{
  Case *self = *state;
  fail_half_way(self);
  run_badly(self, self->second, NULL, "step 3");
  self->back = chain_of(A, NULL, TRUE, INSIDE("1", "DROP TABLE t;"));
  run_badly(self, self->back, NULL, "half way through revision bbbbbbb");
  assert_int_equal(self->error->code, DMIG_ERROR_DRIFT);
  DmigMigration *migration = g_ptr_array_index(self->second, 0);
  g_autofree char *changed = g_strconcat(migration->sql, "-- more\n", NULL);
  g_free(migration->sql);
  migration->sql = g_steal_pointer(&changed);
  run_badly(self, self->second, NULL, "another file");
  assert_at(self, A, 3);
}

static gboolean
undo(DmigDatabase *db, const DmigMigration *migration, const char *id, gboolean no_keep,
     gpointer data, GError **error)
{
  Case *self = data;
  g_autoptr(DmigPlan) plan = dmig_plan_new_empty(db->dialect);
  DmigStep *step = dmig_step_new("sql-before", "t");
  g_string_assign(step->sql, "DELETE FROM t;\n");
  g_ptr_array_add(plan->steps, step);
  self->undone++;
  assert_non_null(id);
  assert_true(no_keep);
  assert_string_equal(migration->from, A);
  return dmig_apply_undo(db, migration, plan, id, no_keep, error);
}

static void
test_is_taken_back(void **state)
{
  Case *self = *state;
  const DmigRunStages stages = { .undo = undo, .data = self };
  const DmigApplyOptions options = { .command = "apply", .stages = &stages };
  fail_half_way(self);
  run_badly(self, self->second, &options, "taken back, the database is at aaaaaaa");
  assert_int_equal(self->undone, 1);
  assert_int_equal(self->record->phase, DMIG_RUN_ROLLED_BACK);
  assert_at(self, A, 0);
  assert_value(self, "SELECT count(*) FROM t", "0");
  assert_tracked(self, "count(*)", "journal", "", "0");
  assert_tracked(self, "outcome", "runs", "ORDER BY started DESC LIMIT 1", "rolled back");
}

static void
test_is_taken_back_later(void **state)
{
  Case *self = *state;
  const DmigRunStages stages = { .undo = undo, .data = self };
  const DmigApplyOptions options = { .command = "revert", .stages = &stages };
  fail_half_way(self);
  run_badly(self, self->second, NULL, "step 3 of 4");
  DmigMigration *migration = g_ptr_array_index(self->second, 0);
  g_clear_error(&self->error);
  g_clear_pointer(&self->record, dmig_run_record_free);
  if (!dmig_apply_take_back(db_of(self), migration, &options, &self->record, &self->error))
    fail_msg("%s", self->error->message);
  assert_at(self, A, 0);
  assert_tracked(self, "command", "runs", "ORDER BY started DESC LIMIT 1", "revert");
  assert_false(dmig_apply_take_back(db_of(self), migration, &options, NULL, &self->error));
  assert_int_equal(self->error->code, DMIG_ERROR_DRIFT);
}

/* What a run that was killed between the intent and the outcome leaves. */
static void
leave_intent(Case *self, const char *checkpoint)
{
  const DmigMigration *migration = g_ptr_array_index(self->second, 0);
  g_autofree char *checksum = g_compute_checksum_for_string(G_CHECKSUM_SHA256, migration->sql, -1);
  const DmigTrackingEntry entry
      = { .run = "gone", .from = migration->from, .to = migration->to, .checksum = checksum };
  g_autofree char *row = dmig_journal_begin_sql(db_of(self)->dialect, &entry, 0, 1, "it's outside",
                                                DMIG_JOURNAL_INTENT);
  fixture_exec(db_of(self), row);
  if (checkpoint == NULL)
    return;
  g_autofree char *sql = dmig_journal_checkpoint_sql(db_of(self)->dialect, 0, checkpoint);
  fixture_exec(db_of(self), sql);
}

static void
test_what_is_done_is_not_done_again(void **state)
{
  Case *self = *state;
  run_well(self, self->first, NULL);
  self->second = chain_of(
      A, B, FALSE,
      OUTSIDE("1", ", \"done\": \"SELECT count(*) FROM t\", \"again\": \"DELETE FROM nowhere\"",
              "INSERT INTO t VALUES (1, 1, 0);"));
  leave_intent(self, NULL);
  fixture_exec(db_of(self), "INSERT INTO t VALUES (1, 1, 0)");
  assert_at(self, A, 1);
  run_well(self, self->second, NULL);
  assert_at(self, B, 0);
  assert_value(self, "SELECT count(*) FROM t", "1");
}

static void
test_what_is_half_done_is_cleared_away(void **state)
{
  Case *self = *state;
  run_well(self, self->first, NULL);
  self->second = chain_of(A, B, FALSE,
                          OUTSIDE("1", ", \"done\": \"SELECT 0\", \"again\": \"DELETE FROM t\"",
                                  "INSERT INTO t VALUES (1, 1, 0);"));
  leave_intent(self, NULL);
  fixture_exec(db_of(self), "INSERT INTO t VALUES (1, 8, 0)");
  run_well(self, self->second, NULL);
  assert_value(self, "SELECT n FROM t", "1");
}

/* --- batches ----------------------------------------------------------------------------------- */

static void
make_rows(Case *self)
{
  run_well(self, self->first, NULL);
  fixture_exec(db_of(self), "INSERT INTO t WITH RECURSIVE s (i) AS (SELECT 1 UNION ALL SELECT i + 1 "
                            "FROM s WHERE i < 5000) SELECT i, i, NULL FROM s");
  self->second = chain_of(A, B, FALSE,
                          OUTSIDE("1", ", \"batch\": \"t\"",
                                  "UPDATE t SET m = coalesce(m, 0) + n WHERE (m IS NULL); -- all"));
}

typedef struct {
  guint calls;
  guint64 last, total;
} Seen;

static void
see(const DmigRunProgress *progress, gpointer data)
{
  Seen *seen = data;
  if (progress->step == 0)
    return;
  assert_true(progress->rows_done >= seen->last);
  seen->calls++;
  seen->last = progress->rows_done;
  seen->total = MAX(seen->total, progress->rows_total);
}

static void
test_batches(void **state)
{
  Case *self = *state;
  Seen seen = { 0 };
  const DmigRunStages stages = { .progress = see, .data = &seen };
  const DmigApplyOptions options = { .batch_rows = 500, .stages = &stages };
  make_rows(self);
  run_well(self, self->second, &options);
  assert_value(self, "SELECT count(*) FROM t WHERE m = n", "5000");
  assert_int_equal(seen.last, 5000);
  assert_true(seen.calls > 4);
}

static void
test_a_batch_goes_on(void **state)
{
  Case *self = *state;
  make_rows(self);
  leave_intent(self, is_postgres() ? "7 of 28, 1234 rows" : "2000 of 5001, 1999 rows");
  Seen seen = { .last = 0 };
  const DmigRunStages stages = { .progress = see, .data = &seen };
  const DmigApplyOptions options = { .batch_rows = 100, .stages = &stages };
  fixture_exec(db_of(self), "UPDATE t SET m = n WHERE n < 300");
  run_well(self, self->second, &options);
  assert_at(self, B, 0);
  assert_value(self, "SELECT count(*) FROM t WHERE m = n", "5000");
  assert_true(seen.last > 5000);
}

/* --- locks ------------------------------------------------------------------------------------- */

static const DmigApplyOptions hasty = { .wait_seconds = 1, .lock_timeout = 200 };

static void
test_who_is_in_the_way(void **state)
{
  Case *self = *state;
  if (!is_postgres())
    skip();
  run_well(self, self->first, NULL);
  assert_true(db_of(self)->driver->open_beside(db_of(self), &self->other, NULL));
  fixture_exec(self->other, "SET application_name = 'counting; it''s me'");
  assert_true(self->other->driver->begin(self->other, NULL));
  fixture_exec(self->other, "SELECT count(*) FROM t");
  self->second = chain_of(A, B, FALSE, INSIDE("1", "ALTER TABLE t ADD COLUMN x integer;"));
  run_badly(self, self->second, &hasty, "the lock is held by ");
  assert_int_equal(self->error->code, DMIG_ERROR_LOCKED);
  run_badly(self, self->second, &hasty, "counting; it's me, server process ");
  run_badly(self, self->second, &hasty, "idle in transaction since ");
  assert_null(strstr(self->error->message, "SELECT count"));
  assert_at(self, A, 0);
  self->other->driver->rollback(self->other);
  run_well(self, self->second, &hasty);
  assert_at(self, B, 0);
}

static gpointer
let_go(gpointer data)
{
  DmigDatabase *db = data;
  g_usleep(700 * 1000);
  db->driver->rollback(db);
  return NULL;
}

static void
test_waits_for_a_lock(void **state)
{
  Case *self = *state;
  if (!is_postgres())
    skip();
  run_well(self, self->first, NULL);
  assert_true(db_of(self)->driver->open_beside(db_of(self), &self->other, NULL));
  assert_true(self->other->driver->begin(self->other, NULL));
  fixture_exec(self->other, "SELECT count(*) FROM t");
  self->second = chain_of(A, B, FALSE, INSIDE("1", "ALTER TABLE t ADD COLUMN x integer;"));
  const DmigApplyOptions options = { .wait_seconds = 10, .lock_timeout = 100 };
  GThread *thread = g_thread_new("let go", let_go, self->other);
  gboolean done = run(self, self->second, &options);
  g_thread_join(thread);
  if (!done)
    fail_msg("%s", self->error->message);
  assert_at(self, B, 0);
}

/* --- a signal ----------------------------------------------------------------------------------- */

static gpointer
cancel_soon(gpointer data)
{
  g_usleep(300 * 1000);
  dmig_database_cancel(data);
  return NULL;
}

static const char endless_postgres[] = "SELECT pg_sleep(30);";
static const char endless_sqlite[] = "INSERT INTO t WITH RECURSIVE s (i) AS (SELECT 100 UNION ALL "
                                     "SELECT i + 1 FROM s WHERE i < 2000000000) SELECT i, i, i FROM s;";

static void
test_a_signal_ends_it(void **state)
{
  Case *self = *state;
  run_well(self, self->first, NULL);
  g_autofree char *steps
      = g_strconcat(INSIDE("1", "INSERT INTO t VALUES (1, 1, 0);") "-- step 2: endless\n"
                    "-- dmig: {\"kind\": \"sql-after\"}\n",
                    is_postgres() ? endless_postgres : endless_sqlite, "\n", NULL);
  self->second = chain_of(A, B, FALSE, steps);
  GThread *thread = g_thread_new("cancel", cancel_soon, db_of(self));
  gboolean done = run(self, self->second, NULL);
  g_thread_join(thread);
  assert_false(done);
  if (strstr(self->error->message, "rolled back, the database is at aaaaaaa: `dmig apply` goes on")
      == NULL)
    fail_msg("%s", self->error->message);
  assert_at(self, A, 0);
  assert_value(self, "SELECT count(*) FROM t", "0");
  assert_false(db_of(self)->cancelled);
  assert_tracked(self, "phase", "runs", "ORDER BY started DESC LIMIT 1", "failed");
}

/* --- PostgreSQL's own ---------------------------------------------------------------------------- */

static void
test_concurrent_index(void **state)
{
  Case *self = *state;
  if (!is_postgres())
    skip();
  run_well(self, self->first, NULL);
  fixture_exec(db_of(self), "INSERT INTO t VALUES (1, 1, 0), (2, 1, 0)");
  self->second = chain_of(A, B, FALSE,
                          OUTSIDE("1", "", "CREATE UNIQUE INDEX CONCURRENTLY \"odd \"\"name\" ON t (n);"));
  run_badly(self, self->second, NULL, "could not create unique index");
  assert_value(self, "SELECT count(*) FROM pg_index WHERE NOT indisvalid", "1");
  fixture_exec(db_of(self), "UPDATE t SET n = id");
  run_well(self, self->second, NULL);
  assert_value(self, "SELECT count(*) FROM pg_index i JOIN pg_class c ON c.oid = indexrelid "
                     "WHERE indisvalid AND relname = 'odd \"name'", "1");
}

static void
test_undo_clears_an_invalid_index(void **state)
{
  Case *self = *state;
  if (!is_postgres())
    skip();
  const DmigRunStages stages = { .undo = undo, .data = self };
  const DmigApplyOptions options = { .stages = &stages };
  run_well(self, self->first, NULL);
  fixture_exec(db_of(self), "INSERT INTO t VALUES (1, 1, 0), (2, 1, 0)");
  self->second
      = chain_of(A, B, FALSE, OUTSIDE("1", "", "CREATE UNIQUE INDEX CONCURRENTLY t_n ON t (n);"));
  run_badly(self, self->second, &options, "taken back");
  assert_value(self, "SELECT count(*) FROM pg_class WHERE relname = 't_n'", "0");
}

static void
test_enum_value_and_validation(void **state)
{
  Case *self = *state;
  if (!is_postgres())
    skip();
  run_well(self, self->first, NULL);
  fixture_exec(db_of(self), "CREATE TYPE colour AS ENUM ('red')");
  self->second = chain_of(
      A, B, FALSE,
      OUTSIDE("1", "", "ALTER TYPE colour ADD VALUE 'blue';")
      INSIDE("2", "ALTER TABLE t ADD COLUMN c colour DEFAULT 'blue', ADD CONSTRAINT k CHECK (n > 0) "
                  "NOT VALID;")
      OUTSIDE("3", ", \"lock\": \"SHARE UPDATE EXCLUSIVE\"", "ALTER TABLE t VALIDATE CONSTRAINT k;"));
  run_well(self, self->second, NULL);
  assert_value(self, "SELECT convalidated FROM pg_constraint WHERE conname = 'k'", "t");
}

/* --- the log -------------------------------------------------------------------------------------- */

static void
test_the_log(void **state)
{
  Case *self = *state;
  g_autoptr(GPtrArray) none = NULL;
  g_autoptr(GPtrArray) runs = NULL;
  g_autofree char *then = dmig_tracking_now();
  assert_true(dmig_tracking_runs(db_of(self), 10, &none, NULL));
  assert_int_equal(none->len, 0);
  run_well(self, self->first, NULL);
  self->second = chain_of(A, B, FALSE, INSIDE("1", "SELECT 1;"));
  g_autofree char *between = dmig_tracking_now();
  run_well(self, self->second, NULL);
  assert_true(dmig_tracking_runs(db_of(self), 10, &runs, NULL));
  assert_int_equal(runs->len, 2);
  const DmigTrackedRun *last = g_ptr_array_index(runs, 0);
  assert_string_equal(last->to, B);
  assert_string_equal(last->phase, "completed");
  assert_int_equal(last->revisions, 1);
  g_autofree char *revision = NULL;
  assert_true(dmig_tracking_at(db_of(self), between, &revision, NULL));
  assert_string_equal(revision, A);
  assert_false(dmig_tracking_at(db_of(self), then, &revision, &self->error));
  assert_int_equal(self->error->code, DMIG_ERROR_NOT_FOUND);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int
main(int argc, char **argv)
{
  const struct CMUnitTest tests[] = {
    TEST(test_all_of_it),
    TEST(test_not_in_a_single_transaction),
    TEST(test_goes_on_where_it_failed),
    TEST(test_a_check_refuses),
    TEST(test_nothing_else_runs_meanwhile),
    TEST(test_is_taken_back),
    TEST(test_is_taken_back_later),
    TEST(test_what_is_done_is_not_done_again),
    TEST(test_what_is_half_done_is_cleared_away),
    TEST(test_batches),
    TEST(test_a_batch_goes_on),
    TEST(test_who_is_in_the_way),
    TEST(test_waits_for_a_lock),
    TEST(test_a_signal_ends_it),
    TEST(test_concurrent_index),
    TEST(test_undo_clears_an_invalid_index),
    TEST(test_enum_value_and_validation),
    TEST(test_the_log),
  };
  return FIXTURE_MAIN(argc, argv, tests);
}
