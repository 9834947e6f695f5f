/* What goes comes back, whatever it is, and what nobody wants is let go. */
#include "tests/core/apply/keep/keep_case.h"

#include "core/apply/tracking/tracking.h"

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

int
main(int argc, char **argv)
{
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
  };
  return FIXTURE_MAIN(argc, argv, tests);
}
