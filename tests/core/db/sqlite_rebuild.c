/* A table is rebuilt in a real database: what must come of it, and what must stay. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "core/db/sqlite/sqlite.h"
#include "core/plan/plan.h"
#include "core/sql/text.h"

static DmigDatabase *db, *model;
static DmigSchema *before, *wanted, *after;
static GHashTable *sources;
static DmigStep *step;
static char *dependents;
static GError *error;

static int
setup(void **state)
{
  sources = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
  return dmig_sqlite_driver.open_scratch(NULL, &db, NULL) &&
                 dmig_sqlite_driver.open_scratch(NULL, &model, NULL)
             ? 0
             : -1;
}

static int
teardown(void **state)
{
  g_clear_pointer(&before, dmig_schema_unref);
  g_clear_pointer(&wanted, dmig_schema_unref);
  g_clear_pointer(&after, dmig_schema_unref);
  g_clear_pointer(&sources, g_hash_table_unref);
  g_clear_pointer(&step, dmig_step_free);
  g_clear_pointer(&dependents, g_free);
  g_clear_pointer(&db, dmig_database_free);
  g_clear_pointer(&model, dmig_database_free);
  g_clear_error(&error);
  return 0;
}

static void
assert_done(gboolean done)
{
  if (!done)
    fail_msg("%s", error != NULL ? error->message : "failed without an error");
}

static void
exec(const char *sql)
{
  assert_done(dmig_database_exec(db, sql, &error));
}

static void
assert_value(const char *sql, const char *expected)
{
  g_autoptr(DmigRows) rows = NULL;
  assert_done(dmig_database_query(db, &rows, &error, sql, NULL));
  assert_int_equal(rows->rows->len, 1);
  const char *is = dmig_rows_get(rows, 0, 0);
  assert_string_equal(is != NULL ? is : "NULL", expected);
}

static void
source(const char *column, const char *sql)
{
  g_hash_table_replace(sources, g_strdup(column), g_strdup(sql));
}

/* Columns of one name take their values, unless a test has said otherwise; "" takes the default. */
static void
map_columns(const DmigTable *old_table, const DmigTable *new_table)
{
  for (guint i = 0; i < new_table->columns->len; i++) {
    const DmigColumn *column = g_ptr_array_index(new_table->columns, i);
    const char *said = g_hash_table_lookup(sources, column->name);
    if (said == NULL && dmig_table_column(old_table, column->name) != NULL)
      g_hash_table_insert(sources, g_strdup(column->name),
                          dmig_sql_identifier(db->dialect, column->name));
    else if (said != NULL && *said == '\0')
      g_hash_table_remove(sources, column->name);
  }
}

/* Makes `name` what `definition` says, as the executor would. */
static gboolean
try_rebuild(const char *name, const char *definition)
{
  assert_done(dmig_database_exec(model, definition, &error));
  assert_done(dmig_database_inspect(model, &wanted, &error));
  assert_done(dmig_database_inspect(db, &before, &error));
  const DmigTable *old_table = dmig_schema_table(before, name);
  const DmigTable *new_table = dmig_schema_table(wanted, name);
  map_columns(old_table, new_table);
  step = dmig_step_new("rebuild-table", name);
  db->dialect->spell_rebuild(old_table, new_table, sources, step);
  assert_string_equal(step->keeps[0], name);
  assert_done(db->driver->begin(db, &error));
  assert_done(db->driver->save_dependents(db, step->keeps, &dependents, &error));
  if (dmig_database_exec(db, step->sql->str, &error) &&
      dmig_database_exec(db, dependents, &error))
    return db->driver->commit(db, &error);
  db->driver->rollback(db);
  return FALSE;
}

static void
rebuild(const char *name, const char *definition)
{
  assert_done(try_rebuild(name, definition));
  assert_done(dmig_database_inspect(db, &after, &error));
  const DmigTable *is = dmig_schema_table(after, name);
  const DmigTable *should = dmig_schema_table(wanted, name);
  assert_int_equal(is->columns->len, should->columns->len);
  for (guint i = 0; i < should->columns->len; i++)
    assert_true(dmig_column_equal(g_ptr_array_index(is->columns, i),
                                  g_ptr_array_index(should->columns, i)));
  assert_int_equal(is->constraints->len, should->constraints->len);
  for (guint i = 0; i < should->constraints->len; i++) {
    gboolean found = FALSE;
    for (guint k = 0; k < is->constraints->len; k++)
      found |= dmig_constraint_equal(g_ptr_array_index(is->constraints, k),
                                     g_ptr_array_index(should->constraints, i));
    assert_true(found);
  }
  for (guint i = 0; i < should->indexes->len; i++) {
    const DmigIndex *index = g_ptr_array_index(should->indexes, i);
    assert_non_null(dmig_table_index(is, index->name));
    assert_true(dmig_index_equal(dmig_table_index(is, index->name), index));
  }
  assert_value("PRAGMA integrity_check", "ok");
  assert_value("SELECT count(*) FROM sqlite_master WHERE sql LIKE '%\\_dmig\\_%' ESCAPE '\\'", "0");
  assert_value("PRAGMA legacy_alter_table", "0");
}

static void
test_changes_columns(void **state)
{
  exec("CREATE TABLE t (id INTEGER PRIMARY KEY, a TEXT, gone INT);"
       "INSERT INTO t VALUES (3, '7', 1), (5, '8', 2);");
  source("a", "CAST(a AS INTEGER) * 10");
  source("filled", "'new ' || id");
  rebuild("t", "CREATE TABLE t (id INTEGER PRIMARY KEY, a INTEGER NOT NULL CHECK (a > 0),"
               " filled TEXT NOT NULL, other TEXT DEFAULT 'd');"
               "CREATE UNIQUE INDEX i ON t (lower(filled) DESC) WHERE a > 1");
  assert_value("SELECT group_concat(id || ':' || a || ':' || filled || ':' || other) FROM t",
               "3:70:new 3:d,5:80:new 5:d");
  assert_true(step->rewrites);
  assert_true(step->transactional);
}

static void
test_keeps_rowids(void **state)
{
  exec("CREATE TABLE t (a TEXT, rowid TEXT);"
       "INSERT INTO t (_rowid_, a, rowid) VALUES (-7, 'x', 'r'), (9, 'y', 's'), (4, 'z', 't')");
  rebuild("t", "CREATE TABLE t (a TEXT NOT NULL, rowid TEXT, _rowid_ INT)");
  assert_value("SELECT group_concat(oid || a) FROM (SELECT oid, a FROM t ORDER BY oid)",
               "-7x,4z,9y");
  exec("DELETE FROM t WHERE a = 'z'");
}

static void
test_rowid_becomes_key(void **state)
{
  exec("CREATE TABLE t (a TEXT); INSERT INTO t (rowid, a) VALUES (41, 'x'), (7, 'y')");
  rebuild("t", "CREATE TABLE t (id INTEGER PRIMARY KEY AUTOINCREMENT, a TEXT)");
  assert_value("SELECT group_concat(id || a) FROM t", "7y,41x");
  exec("INSERT INTO t (a) VALUES ('z')");
  assert_value("SELECT max(id) FROM t", "42");
}

static void
test_key_becomes_rowid(void **state)
{
  exec("CREATE TABLE t (id INTEGER PRIMARY KEY, a TEXT); INSERT INTO t VALUES (41, 'x'), (7, 'y')");
  rebuild("t", "CREATE TABLE t (a TEXT)");
  assert_value("SELECT group_concat(rowid || a) FROM t", "7y,41x");
}

/* A value that looks into the table finds the old one under its name. */
static void
test_values_look_into_the_table(void **state)
{
  exec("CREATE TABLE t (a TEXT); INSERT INTO t (rowid, a) VALUES (5, 'x'), (9, 'y')");
  source("n", "(SELECT count(*) FROM t AS o WHERE o.rowid <= t.rowid)");
  rebuild("t", "CREATE TABLE t (a TEXT, n INT NOT NULL)");
  assert_value("SELECT group_concat(rowid || a || n) FROM t", "5x1,9y2");
}

static void
test_nothing_in_common(void **state)
{
  exec("CREATE TABLE t (a TEXT PRIMARY KEY) WITHOUT ROWID; INSERT INTO t VALUES ('x'), ('y')");
  rebuild("t", "CREATE TABLE t (b TEXT PRIMARY KEY)");
  assert_value("SELECT count(*) FROM t WHERE b IS NULL", "2");
}

static void
test_all_columns_change(void **state)
{
  exec("CREATE TABLE t (a TEXT); INSERT INTO t VALUES ('x'), ('y')");
  rebuild("t", "CREATE TABLE t (b TEXT DEFAULT 'b')");
  assert_value("SELECT group_concat(b) FROM t", "b,b");
}

static void
test_without_rowid(void **state)
{
  exec("CREATE TABLE t (k TEXT PRIMARY KEY, a INT) WITHOUT ROWID;"
       "INSERT INTO t VALUES ('x', 1), ('y', 2)");
  rebuild("t", "CREATE TABLE t (k TEXT PRIMARY KEY NOT NULL, a INT NOT NULL)");
  assert_value("SELECT group_concat(k || a) FROM t", "x1,y2");
  g_clear_pointer(&before, dmig_schema_unref);
  g_clear_pointer(&wanted, dmig_schema_unref);
  g_clear_pointer(&after, dmig_schema_unref);
  g_clear_pointer(&step, dmig_step_free);
  g_clear_pointer(&dependents, g_free);
  rebuild("t", "DROP TABLE t; CREATE TABLE t (k TEXT PRIMARY KEY, a INT NOT NULL) WITHOUT ROWID");
  assert_value("SELECT group_concat(k || a) FROM t", "x1,y2");
}

static void
assert_next_id(const char *expected)
{
  exec("INSERT INTO t (a) VALUES ('next')");
  assert_value("SELECT max(id) FROM t", expected);
  assert_value("SELECT count(*) FROM sqlite_sequence WHERE name = 't'", "1");
  assert_value("SELECT count(*) FROM sqlite_sequence", "1");
}

static void
test_sequence_survives(void **state)
{
  exec("CREATE TABLE t (id INTEGER PRIMARY KEY AUTOINCREMENT, a TEXT);"
       "INSERT INTO t VALUES (5, 'x'), (90, 'y'); DELETE FROM t WHERE id = 90");
  rebuild("t", "CREATE TABLE t (id INTEGER PRIMARY KEY AUTOINCREMENT, a TEXT NOT NULL)");
  assert_next_id("91");
}

static void
test_sequence_of_empty_table_survives(void **state)
{
  exec("CREATE TABLE t (id INTEGER PRIMARY KEY AUTOINCREMENT, a TEXT);"
       "INSERT INTO t VALUES (90, 'y'); DELETE FROM t");
  rebuild("t", "CREATE TABLE t (id INTEGER PRIMARY KEY AUTOINCREMENT, a TEXT NOT NULL)");
  assert_next_id("91");
}

static void
test_sequence_never_used(void **state)
{
  exec("CREATE TABLE t (id INTEGER PRIMARY KEY AUTOINCREMENT, a TEXT)");
  rebuild("t", "CREATE TABLE t (id INTEGER PRIMARY KEY AUTOINCREMENT, a TEXT NOT NULL)");
  assert_next_id("1");
}

static void
test_sequence_begins_and_ends(void **state)
{
  exec("CREATE TABLE t (id INTEGER PRIMARY KEY, a TEXT); INSERT INTO t VALUES (8, 'x')");
  rebuild("t", "CREATE TABLE t (id INTEGER PRIMARY KEY AUTOINCREMENT, a TEXT)");
  assert_next_id("9");
}

/* Rows of children with ON DELETE CASCADE, references from elsewhere, references to itself. */
static void
test_children_survive(void **state)
{
  exec("PRAGMA foreign_keys = ON;"
       "CREATE TABLE t (id INTEGER PRIMARY KEY, parent INT REFERENCES t (id) ON DELETE CASCADE);"
       "CREATE TABLE child (t INT REFERENCES t (id) ON DELETE CASCADE);"
       "CREATE TABLE other (t INT REFERENCES \"T\" ON DELETE SET NULL);"
       "INSERT INTO t VALUES (1, NULL), (2, 1), (3, 3); INSERT INTO child VALUES (1), (2);"
       "INSERT INTO other VALUES (2)");
  rebuild("t", "CREATE TABLE t (id INTEGER PRIMARY KEY, parent INT REFERENCES t (id)"
               " ON DELETE CASCADE, more TEXT DEFAULT (1 + 1))");
  assert_value("SELECT count(*) FROM t", "3");
  assert_value("SELECT group_concat(t) FROM child", "1,2");
  assert_value("SELECT group_concat(t) FROM other", "2");
  assert_value("SELECT \"table\" FROM pragma_foreign_key_list('child')", "t");
  assert_value("SELECT \"table\" FROM pragma_foreign_key_list('t')", "t");
  assert_value("PRAGMA foreign_keys", "1");
  exec("DELETE FROM t WHERE id = 1");
  assert_value("SELECT count(*) FROM child", "0");
  assert_value("SELECT t FROM other", "NULL");
}

static void
test_new_orphans_are_refused(void **state)
{
  exec("CREATE TABLE p (id INTEGER PRIMARY KEY); CREATE TABLE t (p INT);"
       "INSERT INTO p VALUES (1); INSERT INTO t VALUES (1), (2)");
  assert_false(try_rebuild("t", "CREATE TABLE p (id INTEGER PRIMARY KEY);"
                                "CREATE TABLE t (p INT REFERENCES p (id))"));
  assert_non_null(strstr(error->message, "1 row of t would refer to rows of p"));
  g_clear_error(&error);
  assert_value("SELECT count(*) FROM t", "2");
  assert_value("SELECT count(*) FROM pragma_foreign_key_list('t')", "0");
  exec("DELETE FROM t WHERE p = 2");
}

static void
test_failing_copy_changes_nothing(void **state)
{
  exec("CREATE TABLE t (a INT); INSERT INTO t VALUES (1), (NULL);"
       "CREATE TRIGGER g AFTER INSERT ON t BEGIN SELECT 1; END");
  assert_false(try_rebuild("t", "CREATE TABLE t (a INT NOT NULL)"));
  assert_non_null(strstr(error->message, "NOT NULL constraint failed"));
  g_clear_error(&error);
  assert_value("SELECT count(*) FROM t", "2");
  assert_value("SELECT count(*) FROM sqlite_master WHERE type = 'trigger'", "1");
}

/* The clauses are for statements of the application's: they take no row out of the copy. */
static void
test_conflict_clauses_drop_no_rows(void **state)
{
  static const char *const wanted_tables[] = {
    "CREATE TABLE t (id INTEGER PRIMARY KEY, a TEXT UNIQUE ON CONFLICT IGNORE)",
    "CREATE TABLE t (id INTEGER PRIMARY KEY, a TEXT, UNIQUE (a COLLATE NOCASE) ON CONFLICT REPLACE)",
    "CREATE TABLE t (id INTEGER PRIMARY KEY, a TEXT, b INT NOT NULL ON CONFLICT IGNORE)",
  };
  exec("CREATE TABLE t (id INTEGER PRIMARY KEY, a TEXT); INSERT INTO t VALUES (1, 'x'), (2, 'x')");
  for (guint i = 0; i < G_N_ELEMENTS(wanted_tables); i++) {
    g_clear_pointer(&dependents, g_free);
    g_clear_pointer(&step, dmig_step_free);
    g_clear_pointer(&wanted, dmig_schema_unref);
    g_clear_pointer(&before, dmig_schema_unref);
    assert_done(dmig_database_exec(model, "DROP TABLE IF EXISTS t", &error));
    assert_false(try_rebuild("t", wanted_tables[i]));
    assert_non_null(strstr(error->message, "constraint failed"));
    g_clear_error(&error);
    assert_value("SELECT count(*) FROM t", "2");
  }
}

static void
test_generated_columns(void **state)
{
  exec("CREATE TABLE t (a INT, b INT AS (a + 1) STORED, c INT); INSERT INTO t (a, c) VALUES (1, 5)");
  rebuild("t", "CREATE TABLE t (a INT NOT NULL, b INT AS (a * 10) VIRTUAL, c INT AS (a + 2))");
  assert_value("SELECT a || ' ' || b || ' ' || c FROM t", "1 10 3");
  g_clear_pointer(&before, dmig_schema_unref);
  g_clear_pointer(&wanted, dmig_schema_unref);
  g_clear_pointer(&after, dmig_schema_unref);
  g_clear_pointer(&step, dmig_step_free);
  g_clear_pointer(&dependents, g_free);
  rebuild("t", "DROP TABLE t; CREATE TABLE t (a INT NOT NULL, b INT, c INT)");
  assert_value("SELECT a || ' ' || b || ' ' || c FROM t", "1 10 3");
}

/* What dmig knows nothing of: triggers on the table and elsewhere, views, indexes. */
static void
test_dependents_survive(void **state)
{
  exec("CREATE TABLE t (id INTEGER PRIMARY KEY, a TEXT); CREATE TABLE log (line TEXT);"
       "CREATE TABLE u (a TEXT); INSERT INTO t VALUES (1, 'x');"
       "CREATE VIEW v AS SELECT id, a FROM t WHERE a <> ''; CREATE VIEW w AS SELECT * FROM v;"
       "CREATE INDEX unknown ON t (a COLLATE NOCASE) WHERE a IS NOT NULL /* so */;"
       "CREATE TRIGGER \"after; it\" AFTER INSERT ON t WHEN new.a <> ';' BEGIN\n"
       "  INSERT INTO log VALUES ('t ' || new.a); -- a line\n  SELECT 1; END;"
       "CREATE TRIGGER through INSTEAD OF INSERT ON v BEGIN"
       "  INSERT INTO t (a) VALUES (new.a); END;"
       "CREATE TRIGGER elsewhere AFTER INSERT ON u BEGIN INSERT INTO t (a) VALUES (new.a); END;");
  rebuild("t", "CREATE TABLE t (id INTEGER PRIMARY KEY, a TEXT NOT NULL DEFAULT 'd');"
               "CREATE INDEX known ON t (a)");
  assert_value("SELECT count(*) FROM log", "0"); /* the copy fires nothing */
  exec("INSERT INTO u VALUES ('one'); INSERT INTO v (a) VALUES ('two'); INSERT INTO t (a) VALUES (';')");
  assert_value("SELECT group_concat(line) FROM log", "t one,t two");
  assert_value("SELECT count(*) FROM w", "4");
  assert_non_null(dmig_table_index(dmig_schema_table(after, "t"), "unknown"));
  assert_non_null(dmig_table_index(dmig_schema_table(after, "t"), "known"));
}

static void
test_view_triggers_are_saved(void **state)
{
  char *objects[] = { (char *) "V", NULL };
  exec("CREATE TABLE t (a TEXT); CREATE VIEW v AS SELECT a FROM t;"
       "CREATE TRIGGER through INSTEAD OF INSERT ON v BEGIN INSERT INTO t VALUES (new.a); END");
  assert_done(db->driver->begin(db, &error));
  assert_done(db->driver->save_dependents(db, objects, &dependents, &error));
  exec("DROP VIEW v; CREATE VIEW v AS SELECT a, 1 AS b FROM t");
  exec(dependents);
  exec(dependents); /* to run it twice does no harm */
  assert_done(db->driver->commit(db, &error));
  exec("INSERT INTO v VALUES ('x', 2)");
  assert_value("SELECT a FROM t", "x");
}

static void
test_odd_names(void **state)
{
  exec("CREATE TABLE \"a \"\"b\"\"; 🦊\" (\"order\" INTEGER PRIMARY KEY AUTOINCREMENT, \"x y\" TEXT);"
       "INSERT INTO \"a \"\"b\"\"; 🦊\" VALUES (5, 'it''s')");
  rebuild("a \"b\"; 🦊", "CREATE TABLE \"a \"\"b\"\"; 🦊\" (\"order\" INTEGER PRIMARY KEY AUTOINCREMENT,"
                         " \"x y\" TEXT NOT NULL CHECK (\"x y\" <> ';'));"
                         "CREATE INDEX \"i 🦊\" ON \"a \"\"b\"\"; 🦊\" (\"x y\")");
  assert_value("SELECT \"order\" || \"x y\" FROM \"a \"\"b\"\"; 🦊\"", "5it's");
}

static void
test_many_rows(void **state)
{
  exec("CREATE TABLE t (id INTEGER PRIMARY KEY, a TEXT);"
       "WITH RECURSIVE r(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM r WHERE i < 100000)"
       " INSERT INTO t SELECT i * 3, 'row ' || i FROM r");
  rebuild("t", "CREATE TABLE t (id INTEGER PRIMARY KEY, a TEXT NOT NULL); CREATE INDEX i ON t (a)");
  assert_value("SELECT count(*) || ' ' || sum(id) FROM t", "100000 15000150000");
}

int
main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
  const struct CMUnitTest tests[] = {
    TEST(test_changes_columns),
    TEST(test_keeps_rowids),
    TEST(test_rowid_becomes_key),
    TEST(test_key_becomes_rowid),
    TEST(test_values_look_into_the_table),
    TEST(test_nothing_in_common),
    TEST(test_all_columns_change),
    TEST(test_without_rowid),
    TEST(test_sequence_survives),
    TEST(test_sequence_of_empty_table_survives),
    TEST(test_sequence_never_used),
    TEST(test_sequence_begins_and_ends),
    TEST(test_children_survive),
    TEST(test_new_orphans_are_refused),
    TEST(test_failing_copy_changes_nothing),
    TEST(test_conflict_clauses_drop_no_rows),
    TEST(test_generated_columns),
    TEST(test_dependents_survive),
    TEST(test_view_triggers_are_saved),
    TEST(test_odd_names),
    TEST(test_many_rows),
  };
  return cmocka_run_group_tests_name("sqlite_rebuild", tests, NULL, NULL);
}
