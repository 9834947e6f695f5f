#include "core/apply/keep/keep.h"

#include <stdio.h>
#include <string.h>

#include "core/apply/tracking/tracking.h"
#include "tests/core/apply/fixture.h"

#define REVISION "cccccccccccccccccccccccccccccccccccccccc"

/* What a test works with: a database, and a pair of plans between two states of it. */
typedef struct {
  Fixture *fixture;
  DmigDatabase *db;
  DmigTransition *there, *back;
  DmigPlan *up, *down;
  gboolean no_keep;
  guint runs;
  GPtrArray *lines; /* texts to free */
} Keep;

static gboolean
on_sqlite(void)
{
  return strcmp(fixture_dialect()->name, "sqlite") == 0;
}

static int
setup(void **state)
{
  Keep *self = g_new0(Keep, 1);
  if (fixture_setup((void **) &self->fixture) != 0)
    return 1;
  self->db = self->fixture->db;
  self->there = dmig_transition_new();
  self->back = dmig_transition_new();
  self->back->reverse = TRUE;
  self->lines = g_ptr_array_new_with_free_func(g_free);
  *state = self;
  return dmig_tracking_ensure(self->db, NULL) ? 0 : 1;
}

static int
teardown(void **state)
{
  Keep *self = *state;
  dmig_plan_free(self->up);
  dmig_plan_free(self->down);
  dmig_transition_free(self->there);
  dmig_transition_free(self->back);
  g_ptr_array_unref(self->lines);
  fixture_teardown((void **) &self->fixture);
  g_free(self);
  return 0;
}

static DmigSchema *
schema_of(Keep *self, const char *script)
{
  g_autoptr(GError) error = NULL;
  DmigSchema *schema = NULL;
  DmigDatabase *other = NULL;
  gboolean done = dmig_scratch_open(self->fixture->scratch, &other, &error)
                  && dmig_database_exec(other, script, &error)
                  && dmig_database_inspect(other, &schema, &error);
  dmig_database_free(other);
  if (!done)
    fail_msg("%s: %s", script, error->message);
  return schema;
}

static DmigPlan *
plan_of(DmigSchema *from, DmigSchema *to, const DmigTransition *transition)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(DmigChanges) changes = dmig_diff(from, to, transition);
  DmigPlan *plan = dmig_plan_new(changes, transition, &error);
  if (plan == NULL)
    fail_msg("%s", error->message);
  return plan;
}

/* The database is at `before`, and the plans lead to `after` and back. */
static void
between(Keep *self, const char *before, const char *after)
{
  g_autoptr(DmigSchema) from = schema_of(self, before);
  g_autoptr(DmigSchema) to = schema_of(self, after);
  self->up = plan_of(from, to, self->there);
  self->down = plan_of(to, from, self->back);
  fixture_exec(self->db, before);
}

static gboolean
run_step(Keep *self, const DmigKeeper *keeper, const DmigStep *step, GError **error)
{
  for (guint i = 0; i < step->checks->len; i++) {
    const DmigCheck *check = step->checks->pdata[i];
    gint64 count = 0;
    if (!dmig_database_count(self->db, check->sql, &count, error))
      return FALSE;
    if (count > 0) {
      g_set_error(error, DMIG_ERROR, DMIG_ERROR_FAILED, "%s", check->message);
      return FALSE;
    }
  }
  return dmig_keep_before(keeper, self->db, step, NULL, error)
         && dmig_database_exec(self->db, step->sql->str, error)
         && dmig_keep_after(keeper, self->db, step, NULL, error);
}

static gboolean
try_run(Keep *self, const DmigPlan *plan, GError **error)
{
  g_autofree char *run = g_strdup_printf("run-%u", ++self->runs);
  const DmigKeeper keeper = { run, REVISION, plan == self->down, self->no_keep };
  if (!self->db->driver->begin(self->db, error))
    return FALSE;
  for (guint i = 0; i < plan->steps->len; i++)
    if (!run_step(self, &keeper, plan->steps->pdata[i], error)) {
      self->db->driver->rollback(self->db);
      return FALSE;
    }
  return self->db->driver->commit(self->db, error);
}

static void
run(Keep *self, const DmigPlan *plan)
{
  g_autoptr(GError) error = NULL;
  if (!try_run(self, plan, &error)) {
    g_autofree char *sql = dmig_plan_sql(plan);
    fail_msg("%s\nin: %s", error->message, sql);
  }
  if (g_getenv("KEEP_SHOW"))
    for (guint i = 0; i < plan->steps->len; i++) {
      const DmigStep *step = plan->steps->pdata[i];
      fprintf(stderr, "%s | takes", step->title);
      for (guint k = 0; k < step->takes->len; k++)
        fprintf(stderr, " %s", ((DmigKeepsake *) step->takes->pdata[k])->name);
      fprintf(stderr, " | brings");
      for (guint k = 0; k < step->brings->len; k++)
        fprintf(stderr, " %s", ((DmigKeepsake *) step->brings->pdata[k])->name);
      fprintf(stderr, "\n");
    }
}

static void
assert_fails(Keep *self, const DmigPlan *plan, const char *wanted)
{
  g_autoptr(GError) error = NULL;
  if (try_run(self, plan, &error))
    fail_msg("it went through, and should say: %s", wanted);
  if (strstr(error->message, wanted) == NULL)
    fail_msg("it says: %s\nand should say: %s", error->message, wanted);
}

/* All that a query gives, as one text: rows by `;`, columns by `,`. */
static void
assert_rows(Keep *self, const char *sql, const char *wanted)
{
  g_autoptr(DmigRows) rows = NULL;
  g_autoptr(GError) error = NULL;
  GString *text = g_string_new(NULL);
  g_ptr_array_add(self->lines, text->str);
  if (!self->db->driver->query(self->db, sql, NULL, 0, &rows, &error))
    fail_msg("%s: %s", sql, error->message);
  for (guint i = 0; i < rows->rows->len; i++)
    for (guint k = 0; k < rows->n_columns; k++) {
      const char *value = dmig_rows_get(rows, i, k);
      g_string_append_printf(text, "%s%s", k > 0 ? "," : i > 0 ? ";" : "",
                             value != NULL ? value : "-");
    }
  self->lines->pdata[self->lines->len - 1] = text->str;
  assert_string_equal(text->str, wanted);
  g_string_free(text, FALSE);
}

static void
assert_kept(Keep *self, const char *wanted)
{
  g_autofree char *kept = self->db->dialect->tracking_table("kept");
  g_autofree char *sql = g_strdup_printf(
      "SELECT kind, name, direction, rows, CASE WHEN restored IS NULL THEN 'waits' ELSE 'restored' END "
      "FROM %s ORDER BY number",
      kept);
  assert_rows(self, sql, wanted);
}

/* --- columns ----------------------------------------------------------------------------------- */

static void
test_a_column_comes_back(void **state)
{
  Keep *self = *state;
  between(self, "CREATE TABLE c (id integer PRIMARY KEY, name text NOT NULL, fax text);",
          "CREATE TABLE c (id integer PRIMARY KEY, name text NOT NULL);");
  fixture_exec(self->db, "INSERT INTO c VALUES (1, 'a', '1''1'), (2, 'b', NULL), (3, 'c', '');");
  run(self, self->up);
  assert_kept(self, "column,c.fax,upgrade,3,waits");
  fixture_exec(self->db, "INSERT INTO c VALUES (4, 'd'); UPDATE c SET name = 'B' WHERE id = 2;");
  run(self, self->down);
  assert_rows(self, "SELECT id, name, fax FROM c ORDER BY id", "1,a,1'1;2,B,-;3,c,;4,d,-");
  assert_kept(self, "");
  run(self, self->up);
  assert_kept(self, "column,c.fax,upgrade,4,waits");
}

static void
test_what_is_gone_stays_gone(void **state)
{
  Keep *self = *state;
  between(self, "CREATE TABLE c (id integer PRIMARY KEY, fax text);",
          "CREATE TABLE c (id integer PRIMARY KEY);");
  fixture_exec(self->db, "INSERT INTO c VALUES (1, 'a'), (2, 'b');");
  run(self, self->up);
  fixture_exec(self->db, "DELETE FROM c WHERE id = 1;");
  run(self, self->down);
  assert_rows(self, "SELECT id, fax FROM c", "2,b");
  /* Not all of it came back: the rest waits for the purge, and for nothing else. */
  assert_kept(self, "column,c.fax,upgrade,2,restored");
}

static void
test_names_change_in_the_same_revision(void **state)
{
  Keep *self = *state;
  dmig_transition_rename_table(self->there, "old one", "new one");
  dmig_transition_rename_table(self->back, "new one", "old one");
  dmig_transition_rename_column(self->there, "new one", "id", "ident");
  dmig_transition_rename_column(self->back, "old one", "ident", "id");
  between(self, "CREATE TABLE \"old one\" (id integer PRIMARY KEY, \"fa\"\"x\" text);",
          "CREATE TABLE \"new one\" (ident integer PRIMARY KEY);");
  fixture_exec(self->db, "INSERT INTO \"old one\" VALUES (1, 'a'), (2, 'b');");
  run(self, self->up);
  assert_kept(self, "column,old one.fa\"x,upgrade,2,waits");
  run(self, self->down);
  assert_rows(self, "SELECT id, \"fa\"\"x\" FROM \"old one\" ORDER BY id", "1,a;2,b");
}

static void
test_a_required_column_comes_back_for_old_rows_and_new(void **state)
{
  Keep *self = *state;
  between(self, "CREATE TABLE c (id integer PRIMARY KEY, n integer NOT NULL);",
          "CREATE TABLE c (id integer PRIMARY KEY);");
  fixture_exec(self->db, "INSERT INTO c VALUES (1, 7), (2, 8);");
  run(self, self->up);
  fixture_exec(self->db, "INSERT INTO c VALUES (3);");
  run(self, self->down);
  assert_rows(self, "SELECT id, n FROM c ORDER BY id", "1,7;2,8;3,0");
}

/* A value that stands in would meet the key before the old one is back. */
static void
test_a_required_column_of_a_key_comes_back(void **state)
{
  Keep *self = *state;
  between(self, "CREATE TABLE c (id integer PRIMARY KEY, email text NOT NULL UNIQUE);",
          "CREATE TABLE c (id integer PRIMARY KEY);");
  fixture_exec(self->db, "INSERT INTO c VALUES (1, 'a@x'), (2, 'b@x');");
  run(self, self->up);
  run(self, self->down);
  assert_rows(self, "SELECT id, email FROM c ORDER BY id", "1,a@x;2,b@x");
  run(self, self->up);
  fixture_exec(self->db, "INSERT INTO c VALUES (3);");
  assert_fails(self, self->down, "have no value for the required email");
  fixture_exec(self->db, "DELETE FROM c WHERE id = 3;");
  run(self, self->down);
  assert_rows(self, "SELECT id, email FROM c ORDER BY id", "1,a@x;2,b@x");
}

static void
test_a_column_with_a_default_comes_back_under_a_key_and_a_check(void **state)
{
  Keep *self = *state;
  between(self,
          "CREATE TABLE c (id integer PRIMARY KEY, rank integer NOT NULL DEFAULT 0, "
          "kind text NOT NULL CHECK (kind IN ('a', 'b')), UNIQUE (rank));",
          "CREATE TABLE c (id integer PRIMARY KEY);");
  fixture_exec(self->db, "INSERT INTO c VALUES (1, 5, 'b'), (2, 6, 'a');");
  run(self, self->up);
  run(self, self->down);
  assert_rows(self, "SELECT id, rank, kind FROM c ORDER BY id", "1,5,b;2,6,a");
}

static void
test_a_table_without_a_key_is_matched_by_rows(void **state)
{
  Keep *self = *state;
  between(self, "CREATE TABLE c (a integer, b text, v text);",
          "CREATE TABLE c (a integer, b text);");
  fixture_exec(self->db, "INSERT INTO c VALUES (1, 'x', 'p'), (1, 'x', 'q'), (1, NULL, 'r'), "
                         "(NULL, 'x', 's'), (NULL, NULL, 't'), (1, ',''-', 'u');");
  run(self, self->up);
  assert_kept(self, "column,c.v,upgrade,6,waits");
  fixture_exec(self->db, "INSERT INTO c VALUES (1, 'x'), (2, 'x');");
  run(self, self->down);
  /* Of rows that look alike, two get what two of them had. */
  assert_rows(self, "SELECT v FROM c WHERE v IS NOT NULL ORDER BY v", "p;q;r;s;t;u");
  assert_rows(self, "SELECT count(*) FROM c WHERE a = 1 AND b = 'x' AND v IN ('p', 'q')", "2");
  assert_rows(self, "SELECT v FROM c WHERE a = 1 AND b IS NULL", "r");
  assert_rows(self, "SELECT v FROM c WHERE a IS NULL AND b IS NULL", "t");
  assert_kept(self, "");
}

/* What goes together comes back together, also where nothing else tells the rows apart. */
static void
test_columns_of_a_table_without_a_key_stay_together(void **state)
{
  Keep *self = *state;
  between(self, "CREATE TABLE c (a integer, v text, w text, x text);",
          "CREATE TABLE c (a integer, n integer);");
  fixture_exec(self->db,
               "INSERT INTO c VALUES (1, 'p', 'P', '1'), (1, 'q', 'Q', '2'), (1, 'r', NULL, '3'), "
               "(1, 's', 'Q', '4'), (1, 'p', 'R', '5'), (2, NULL, 'S', '6'), (1, 'p', 'P', '7');");
  run(self, self->up);
  fixture_exec(self->db, "UPDATE c SET n = 1; DELETE FROM c WHERE a = 2;");
  run(self, self->down);
  assert_rows(self, "SELECT a, v, w, x FROM c ORDER BY x",
              "1,p,P,1;1,q,Q,2;1,r,-,3;1,s,Q,4;1,p,R,5;1,p,P,7");
}

static void
test_composite_keys_and_changed_key_types(void **state)
{
  Keep *self = *state;
  between(self, "CREATE TABLE c (a integer NOT NULL, b text NOT NULL, v text, PRIMARY KEY (a, b));",
          "CREATE TABLE c (a bigint NOT NULL, b text NOT NULL, PRIMARY KEY (a, b));");
  fixture_exec(self->db, "INSERT INTO c VALUES (1, 'x', 'p'), (1, 'y', 'q'), (2, 'x', 'r');");
  run(self, self->up);
  fixture_exec(self->db, "INSERT INTO c VALUES (2, 'y');");
  run(self, self->down);
  assert_rows(self, "SELECT a, b, v FROM c ORDER BY a, b", "1,x,p;1,y,q;2,x,r;2,y,-");
}

static void
test_a_revert_keeps_too(void **state)
{
  Keep *self = *state;
  between(self, "CREATE TABLE c (id integer PRIMARY KEY);",
          "CREATE TABLE c (id integer PRIMARY KEY, note text);");
  run(self, self->up);
  fixture_exec(self->db, "INSERT INTO c VALUES (1, 'a');");
  run(self, self->down);
  assert_kept(self, "column,c.note,downgrade,1,waits");
  run(self, self->up);
  assert_rows(self, "SELECT id, note FROM c", "1,a");
  assert_kept(self, "");
}

static void
test_triggers_sleep_meanwhile(void **state)
{
  Keep *self = *state;
  const char *trigger =
      on_sqlite() ? "CREATE TRIGGER t AFTER UPDATE ON c BEGIN DELETE FROM c; END;"
                  : "CREATE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN DELETE FROM c; "
                    "RETURN NULL; END'; CREATE TRIGGER t AFTER UPDATE ON c EXECUTE FUNCTION f();";
  g_autofree char *before =
      g_strconcat("CREATE TABLE c (id integer PRIMARY KEY, v text);\n", trigger, NULL);
  g_autofree char *after = g_strconcat("CREATE TABLE c (id integer PRIMARY KEY);\n", trigger, NULL);
  between(self, before, after);
  fixture_exec(self->db, "INSERT INTO c VALUES (1, 'a');");
  run(self, self->up);
  run(self, self->down);
  assert_rows(self, "SELECT id, v FROM c", "1,a");
  /* And are awake again. */
  fixture_exec(self->db, "UPDATE c SET v = 'b';");
  assert_rows(self, "SELECT count(*) FROM c", "0");
}

/* --- rows -------------------------------------------------------------------------------------- */

static void
test_rows_come_back(void **state)
{
  Keep *self = *state;
  between(self,
          "CREATE TABLE p (id integer PRIMARY KEY);\n"
          "CREATE TABLE c (id integer PRIMARY KEY, p integer REFERENCES p, v text DEFAULT 'd', "
          "up text GENERATED ALWAYS AS (upper(v)) STORED);\n"
          "CREATE INDEX i ON c (v);",
          "CREATE TABLE p (id integer PRIMARY KEY);");
  fixture_exec(self->db, "INSERT INTO p VALUES (1), (2);\n"
                         "INSERT INTO c (id, p, v) VALUES (1, 1, 'a'), (2, NULL, NULL), (3, 2, '');");
  run(self, self->up);
  assert_kept(self, "rows,c,upgrade,3,waits");
  run(self, self->down);
  assert_rows(self, "SELECT id, p, v, up FROM c ORDER BY id", "1,1,a,A;2,-,-,-;3,2,,");
  assert_kept(self, "");
}

static void
test_empty_tables_are_not_kept(void **state)
{
  Keep *self = *state;
  between(self, "CREATE TABLE c (id integer PRIMARY KEY);", "CREATE TABLE d (id integer);");
  run(self, self->up);
  assert_kept(self, "");
  run(self, self->down);
  assert_rows(self, "SELECT count(*) FROM c", "0");
}

static void
test_rows_whose_parent_is_gone_stop_the_revert(void **state)
{
  Keep *self = *state;
  between(self,
          "CREATE TABLE p (id integer PRIMARY KEY);\n"
          "CREATE TABLE c (id integer PRIMARY KEY, p integer NOT NULL REFERENCES p);",
          "CREATE TABLE p (id integer PRIMARY KEY);");
  fixture_exec(self->db, "INSERT INTO p VALUES (1); INSERT INTO c VALUES (1, 1);");
  run(self, self->up);
  fixture_exec(self->db, "DELETE FROM p;");
  assert_fails(self, self->down,
               on_sqlite() ? "would refer to rows of p that do not exist" : "violates foreign key");
  assert_kept(self, "rows,c,upgrade,1,waits");
  g_autoptr(GPtrArray) purged = NULL;
  assert_true(dmig_kept_purge(self->db, NULL, "run-1", &purged, NULL));
  assert_int_equal(purged->len, 1);
  run(self, self->down);
  assert_rows(self, "SELECT count(*) FROM c", "0");
}

/* --- values ------------------------------------------------------------------------------------ */

static void
test_cut_values_come_back(void **state)
{
  Keep *self = *state;
  between(self, "CREATE TABLE c (id integer PRIMARY KEY, n timestamp NOT NULL);",
          "CREATE TABLE c (id integer PRIMARY KEY, n date NOT NULL);");
  fixture_exec(self->db, "INSERT INTO c VALUES (1, '2001-01-01 01:02:03'), (2, '2001-01-02 00:00:00'), "
                         "(3, '2001-01-03 04:05:06'), (4, '2001-01-04 05:06:07');");
  run(self, self->up);
  assert_kept(self, "values,c.n,upgrade,4,waits");
  fixture_exec(self->db, "UPDATE c SET n = '2001-09-09' WHERE id = 3; DELETE FROM c WHERE id = 4; "
                         "INSERT INTO c VALUES (5, '2001-01-05');");
  run(self, self->down);
  assert_rows(self, "SELECT id, n FROM c ORDER BY id",
              "1,2001-01-01 01:02:03;2,2001-01-02 00:00:00;3,2001-09-09 00:00:00;5,2001-01-05 00:00:00");
  assert_kept(self, "values,c.n,upgrade,4,restored");
}

static void
test_numbers_that_stay_the_same_take_no_space(void **state)
{
  Keep *self = *state;
  if (!on_sqlite())
    return;
  between(self, "CREATE TABLE c (id integer PRIMARY KEY, n numeric NOT NULL);",
          "CREATE TABLE c (id integer PRIMARY KEY, n integer NOT NULL);");
  fixture_exec(self->db, "INSERT INTO c VALUES (1, 1.25), (2, 2), (3, 3.75);");
  run(self, self->up);
  assert_kept(self, "values,c.n,upgrade,2,waits");
  run(self, self->down);
  assert_rows(self, "SELECT id, n FROM c ORDER BY id", "1,1.25;2,2;3,3.75");
  assert_kept(self, "");
}

static void
test_merged_labels_come_apart(void **state)
{
  Keep *self = *state;
  const char *name = on_sqlite() ? NULL : "tier";
  const char *table = on_sqlite() ? "c" : NULL, *column = on_sqlite() ? "t" : NULL;
  dmig_transition_map_label(self->there, name, table, column, "gold", "pro");
  dmig_transition_split_label(self->back, name, table, column, "pro", "gold");
  if (on_sqlite())
    between(self,
            "CREATE TABLE c (id integer PRIMARY KEY, t text CHECK (t IN ('free', 'pro', 'gold')));",
            "CREATE TABLE c (id integer PRIMARY KEY, t text CHECK (t IN ('free', 'pro')));");
  else
    between(self,
            "CREATE TYPE tier AS ENUM ('free', 'pro', 'gold');\n"
            "CREATE TABLE c (id integer PRIMARY KEY, t tier);",
            "CREATE TYPE tier AS ENUM ('free', 'pro');\n"
            "CREATE TABLE c (id integer PRIMARY KEY, t tier);");
  fixture_exec(self->db, "INSERT INTO c VALUES (1, 'gold'), (2, 'pro'), (3, 'gold'), (4, 'free');");
  run(self, self->up);
  assert_kept(self, "values,c.t,upgrade,2,waits");
  fixture_exec(self->db, "UPDATE c SET t = 'free' WHERE id = 3;");
  run(self, self->down);
  assert_rows(self, "SELECT id, t FROM c ORDER BY id", "1,gold;2,pro;3,free;4,free");
}

static void
test_values_that_are_computed_now_come_back(void **state)
{
  Keep *self = *state;
  between(self, "CREATE TABLE c (id integer PRIMARY KEY, a integer, b integer);",
          "CREATE TABLE c (id integer PRIMARY KEY, a integer, "
          "b integer GENERATED ALWAYS AS (a * 2) STORED);");
  fixture_exec(self->db, "INSERT INTO c VALUES (1, 1, 7), (2, 2, 4);");
  run(self, self->up);
  run(self, self->down);
  assert_rows(self, "SELECT id, a, b FROM c ORDER BY id", "1,1,7;2,2,4");
}

/* --- letting go -------------------------------------------------------------------------------- */

static void
test_nothing_is_kept_where_nobody_wants_it(void **state)
{
  Keep *self = *state;
  between(self, "CREATE TABLE c (id integer PRIMARY KEY, v text);",
          "CREATE TABLE c (id integer PRIMARY KEY);");
  fixture_exec(self->db, "INSERT INTO c VALUES (1, 'a');");
  run(self, self->up);
  self->no_keep = TRUE;
  run(self, self->down); /* what was kept before comes back all the same */
  assert_rows(self, "SELECT id, v FROM c", "1,a");
  run(self, self->up);
  assert_kept(self, "");
  run(self, self->down);
  assert_rows(self, "SELECT id, v FROM c", "1,-");
}

static void
test_purging(void **state)
{
  Keep *self = *state;
  g_autoptr(GPtrArray) listed = NULL;
  g_autoptr(GPtrArray) purged = NULL;
  g_autoptr(GPtrArray) rest = NULL;
  between(self, "CREATE TABLE c (id integer PRIMARY KEY, v text, w text);\nCREATE TABLE d (a text);",
          "CREATE TABLE c (id integer PRIMARY KEY);");
  fixture_exec(self->db, "INSERT INTO c VALUES (1, 'a', 'b'); INSERT INTO d VALUES ('x'), ('y');");
  run(self, self->up);
  assert_true(dmig_kept_list(self->db, &listed, NULL));
  assert_int_equal(listed->len, 3);
  const DmigKept *first = listed->pdata[0];
  assert_string_equal(first->run, "run-1");
  assert_string_equal(first->revision, REVISION);
  assert_false(first->restored);
  assert_true(first->bytes == -1 || first->bytes > 0);

  assert_true(dmig_kept_purge(self->db, "2001-01-01T00:00:00.000000Z", NULL, &purged, NULL));
  assert_int_equal(purged->len, 0);
  g_clear_pointer(&purged, g_ptr_array_unref);
  assert_true(dmig_kept_purge(self->db, NULL, "run-2", &purged, NULL));
  assert_int_equal(purged->len, 0);
  g_clear_pointer(&purged, g_ptr_array_unref);
  assert_true(dmig_kept_purge(self->db, "9999-01-01T00:00:00.000000Z", "run-1", &purged, NULL));
  assert_int_equal(purged->len, 3);
  assert_true(dmig_kept_list(self->db, &rest, NULL));
  assert_int_equal(rest->len, 0);
  assert_kept(self, "");
  run(self, self->down);
  assert_rows(self, "SELECT id, v, w FROM c", "1,-,-");
}

static void
test_nothing_of_it_is_in_the_schema(void **state)
{
  Keep *self = *state;
  g_autoptr(DmigSchema) is = NULL;
  between(self, "CREATE TABLE c (id integer PRIMARY KEY, v text);",
          "CREATE TABLE c (id integer PRIMARY KEY);");
  fixture_exec(self->db, "INSERT INTO c VALUES (1, 'a');");
  run(self, self->up);
  assert_true(dmig_database_inspect(self->db, &is, NULL));
  assert_int_equal(is->tables->len, 1);
}

/* --- one database alone ------------------------------------------------------------------------ */

static void
test_sqlite_keeps_storage_classes_and_rowids(void **state)
{
  Keep *self = *state;
  if (!on_sqlite())
    return;
  between(self, "CREATE TABLE d (a, b integer, c text);\nCREATE TABLE c (id integer PRIMARY KEY, v);",
          "CREATE TABLE c (id integer PRIMARY KEY);");
  fixture_exec(self->db,
               "INSERT INTO d (rowid, a, b, c) VALUES (-5, 1, 'x', 2), (7, '1', 3, x'00ff'), "
               "(9, 1.0, NULL, 'a' || char(0) || 'b'), (10, 9e999, -9223372036854775808, '');\n"
               "INSERT INTO c VALUES (1, 1), (2, '1'), (3, 1.0), (4, x'31'), (5, NULL);");
  g_autofree char *was = fixture_value(
      self->db, "SELECT group_concat(rowid || typeof(a) || quote(a) || typeof(b) || quote(b) || "
                "typeof(c) || hex(c)) FROM d");
  run(self, self->up);
  run(self, self->down);
  assert_rows(self,
              "SELECT group_concat(rowid || typeof(a) || quote(a) || typeof(b) || quote(b) || "
              "typeof(c) || hex(c)) FROM d",
              was);
  assert_rows(self, "SELECT typeof(v) FROM c ORDER BY id", "integer;text;real;blob;null");
}

static void
test_sqlite_conflict_clauses_take_nothing_away(void **state)
{
  Keep *self = *state;
  if (!on_sqlite())
    return;
  between(self,
          "CREATE TABLE c (id integer PRIMARY KEY, v integer, UNIQUE (v) ON CONFLICT REPLACE);",
          "CREATE TABLE c (id integer PRIMARY KEY);");
  fixture_exec(self->db, "INSERT INTO c VALUES (1, 1), (2, 2);");
  run(self, self->up);
  run(self, self->down);
  assert_rows(self, "SELECT id, v FROM c ORDER BY id", "1,1;2,2");
}

static void
test_postgresql_types_of_all_kinds(void **state)
{
  Keep *self = *state;
  if (on_sqlite())
    return;
  const char *types = "CREATE TYPE e AS ENUM ('a', 'b'); CREATE DOMAIN d AS numeric CHECK (VALUE > 0); "
                      "CREATE TYPE r AS (x integer, y text); CREATE TABLE k (id integer PRIMARY KEY);";
  g_autofree char *before = g_strconcat(
      types,
      "CREATE TABLE c (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, j json, jb jsonb, b bytea, "
      "a integer[], t text[], f double precision, n numeric, ts timestamptz, iv interval, rg int4range, "
      "ee e, ea e[], dd d, rr r, p point, cls regclass, bp character(5), x xml, m money);"
      "CREATE TABLE s (id serial PRIMARY KEY, v e);",
      NULL);
  g_autofree char *after = g_strconcat(types, "CREATE TABLE s (id serial PRIMARY KEY);", NULL);
  between(self, before, after);
  fixture_exec(
      self->db,
      "INSERT INTO c (j, jb, b, a, t, f, n, ts, iv, rg, ee, ea, dd, rr, p, cls, bp, x, m) VALUES "
      "('{\"b\": 1,  \"a\":2}', '{\"b\": 1}', '\\x00ff5c', '{1,NULL,3}', '{\"a,b\",\"\",NULL}', 'NaN', "
      "'Infinity', '2001-02-03 04:05:06.789+02', '1 year 2 days', '[1,5)', 'b', '{a,b}', 1.50, "
      "'(1,\"x,\"\"y\")', '(1,2)', 'k', 'ab', '<a>1</a>', 12.34), "
      "(NULL, NULL, '', '{}', '{}', '-Infinity', 0.10, 'infinity', NULL, 'empty', NULL, NULL, NULL, NULL, "
      "NULL, NULL, '', NULL, NULL);"
      "INSERT INTO s (v) SELECT 'a' FROM generate_series(1, 3);");
  g_autofree char *was = fixture_value(self->db, "SELECT string_agg(c::text, ';' ORDER BY id) FROM c");
  run(self, self->up);
  /* Texts of values must not depend on who asks for them. */
  fixture_exec(self->db, "SET DateStyle = 'SQL, DMY'; SET IntervalStyle = 'sql_standard'; "
                         "SET extra_float_digits = -10; SET bytea_output = escape;");
  run(self, self->down);
  fixture_exec(self->db, "RESET ALL;");
  assert_rows(self, "SELECT string_agg(c::text, ';' ORDER BY id) FROM c", was);
  assert_rows(self, "SELECT id, v FROM s ORDER BY id", "1,a;2,a;3,a");
  fixture_exec(self->db, "INSERT INTO c (n) VALUES (1);");
  assert_rows(self, "SELECT max(id) FROM c", "3");
  assert_rows(self, "SELECT attidentity FROM pg_attribute WHERE attrelid = 'c'::regclass AND "
                    "attname = 'id'", "a");
}

static void
test_postgresql_partitions_and_children(void **state)
{
  Keep *self = *state;
  if (on_sqlite())
    return;
  between(self,
          "CREATE TABLE p (id integer, at integer, v text, w text, PRIMARY KEY (id, at)) PARTITION BY "
          "RANGE (at); CREATE TABLE p1 PARTITION OF p FOR VALUES FROM (0) TO (10); "
          "CREATE TABLE p2 PARTITION OF p FOR VALUES FROM (10) TO (20); "
          "CREATE TABLE q (id integer PRIMARY KEY, v text) PARTITION BY LIST (id); "
          "CREATE TABLE q1 PARTITION OF q FOR VALUES IN (1); CREATE TABLE q2 PARTITION OF q DEFAULT; "
          "CREATE TABLE i (id integer PRIMARY KEY, v text); CREATE TABLE i1 (n integer) INHERITS (i);",
          "CREATE TABLE p (id integer, at integer, w text, PRIMARY KEY (id, at)) PARTITION BY RANGE (at);"
          "CREATE TABLE p1 PARTITION OF p FOR VALUES FROM (0) TO (10); "
          "CREATE TABLE i (id integer PRIMARY KEY); CREATE TABLE i1 (n integer) INHERITS (i);");
  fixture_exec(self->db, "INSERT INTO p VALUES (1, 1, 'a', 'A'), (2, 11, 'b', 'B'), (3, 2, NULL, 'C'); "
                         "INSERT INTO q VALUES (1, 'x'), (2, 'y'); "
                         "INSERT INTO i VALUES (1, 'x'), (2, 'y'); INSERT INTO i1 VALUES (1, 'z', 5);");
  run(self, self->up);
  run(self, self->down);
  assert_rows(self, "SELECT id, at, v, w, tableoid::regclass FROM p ORDER BY id",
              "1,1,a,A,p1;2,11,b,B,p2;3,2,-,C,p1");
  assert_rows(self, "SELECT id, v, tableoid::regclass FROM q ORDER BY id", "1,x,q1;2,y,q2");
  assert_rows(self, "SELECT id, v, tableoid::regclass FROM i ORDER BY v", "1,x,i;2,y,i;1,z,i1");
}

static void
test_postgresql_row_security(void **state)
{
  Keep *self = *state;
  if (on_sqlite())
    return;
  const char *policy = "ALTER TABLE c ENABLE ROW LEVEL SECURITY; ALTER TABLE c FORCE ROW LEVEL SECURITY; "
                       "CREATE POLICY own ON c USING (id > 1);";
  g_autofree char *before =
      g_strconcat("CREATE TABLE c (id integer PRIMARY KEY, v text);", policy, NULL);
  g_autofree char *after = g_strconcat("CREATE TABLE c (id integer PRIMARY KEY);", policy, NULL);
  between(self, before, after);
  fixture_exec(self->db,
               "DO $$ BEGIN CREATE ROLE keep_owner; EXCEPTION WHEN duplicate_object THEN NULL; END $$;"
               "INSERT INTO c VALUES (1, 'a'), (2, 'b'); ALTER TABLE c OWNER TO keep_owner; "
               "GRANT ALL ON SCHEMA public, dmig TO keep_owner; "
               "GRANT ALL ON ALL TABLES IN SCHEMA dmig TO keep_owner; SET ROLE keep_owner;");
  run(self, self->up);
  assert_kept(self, "column,c.v,upgrade,2,waits");
  run(self, self->down);
  fixture_exec(self->db, "RESET ROLE;");
  assert_rows(self, "SELECT id, v FROM c ORDER BY id", "1,a;2,b");
  assert_rows(self, "SELECT relforcerowsecurity FROM pg_class WHERE relname = 'c'", "t");
}

static void
test_postgresql_deferred_keys_and_default_privileges(void **state)
{
  Keep *self = *state;
  if (on_sqlite())
    return;
  between(self,
          "CREATE TABLE p (id integer PRIMARY KEY); CREATE TABLE c (id integer PRIMARY KEY, p integer "
          "REFERENCES p DEFERRABLE INITIALLY DEFERRED, self integer REFERENCES c DEFERRABLE INITIALLY "
          "DEFERRED); COMMENT ON TABLE c IS 'x'; CREATE INDEX ON c (p);",
          "CREATE TABLE p (id integer PRIMARY KEY);");
  fixture_exec(self->db,
               "DO $$ BEGIN CREATE ROLE keep_reader; EXCEPTION WHEN duplicate_object THEN NULL; END $$;"
               "INSERT INTO p VALUES (1); INSERT INTO c VALUES (1, 1, 2), (2, 1, 1); "
               "ALTER DEFAULT PRIVILEGES GRANT SELECT ON TABLES TO keep_reader, PUBLIC;");
  run(self, self->up);
  assert_rows(self, "SELECT has_table_privilege('keep_reader', 'dmig.kept_1', 'select')", "f");
  fixture_exec(self->db, "ALTER DEFAULT PRIVILEGES REVOKE SELECT ON TABLES FROM keep_reader, PUBLIC;");
  run(self, self->down);
  assert_rows(self, "SELECT id, p, self FROM c ORDER BY id", "1,1,2;2,1,1");
}

int
main(int argc, char **argv)
{
#define KEEP(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
  const struct CMUnitTest tests[] = {
    KEEP(test_a_column_comes_back),
    KEEP(test_what_is_gone_stays_gone),
    KEEP(test_names_change_in_the_same_revision),
    KEEP(test_a_required_column_comes_back_for_old_rows_and_new),
    KEEP(test_a_required_column_of_a_key_comes_back),
    KEEP(test_a_column_with_a_default_comes_back_under_a_key_and_a_check),
    KEEP(test_a_table_without_a_key_is_matched_by_rows),
    KEEP(test_columns_of_a_table_without_a_key_stay_together),
    KEEP(test_composite_keys_and_changed_key_types),
    KEEP(test_a_revert_keeps_too),
    KEEP(test_triggers_sleep_meanwhile),
    KEEP(test_rows_come_back),
    KEEP(test_empty_tables_are_not_kept),
    KEEP(test_rows_whose_parent_is_gone_stop_the_revert),
    KEEP(test_cut_values_come_back),
    KEEP(test_numbers_that_stay_the_same_take_no_space),
    KEEP(test_merged_labels_come_apart),
    KEEP(test_values_that_are_computed_now_come_back),
    KEEP(test_nothing_is_kept_where_nobody_wants_it),
    KEEP(test_purging),
    KEEP(test_nothing_of_it_is_in_the_schema),
    KEEP(test_sqlite_keeps_storage_classes_and_rowids),
    KEEP(test_sqlite_conflict_clauses_take_nothing_away),
    KEEP(test_postgresql_types_of_all_kinds),
    KEEP(test_postgresql_partitions_and_children),
    KEEP(test_postgresql_row_security),
    KEEP(test_postgresql_deferred_keys_and_default_privileges),
  };
  return FIXTURE_MAIN(argc, argv, tests);
}
