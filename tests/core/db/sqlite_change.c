/* From one hand-made database to another, and back: what dmig prints makes the first equal to the
 * second, rows survive, and there is nothing left to do. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "core/db/sqlite/sqlite.h"
#include "core/diff/diff.h"
#include "core/plan/plan.h"

static DmigDatabase *databases[3]; /* before, after, and the one that is taken from one to the other */
static DmigSchema *schemas[3];

static int
setup(void **state)
{
  for (guint i = 0; i < G_N_ELEMENTS(databases); i++)
    if (!dmig_sqlite_driver.open_scratch(NULL, &databases[i], NULL))
      return -1;
  return 0;
}

static int
teardown(void **state)
{
  for (guint i = 0; i < G_N_ELEMENTS(databases); i++) {
    g_clear_pointer(&schemas[i], dmig_schema_unref);
    g_clear_pointer(&databases[i], dmig_database_free);
  }
  return 0;
}

static void
assert_no_error(GError *error)
{
  if (error != NULL)
    fail_msg("%s", error->message);
}

static DmigSchema *
inspect(guint i)
{
  GError *error = NULL;
  g_clear_pointer(&schemas[i], dmig_schema_unref);
  dmig_database_inspect(databases[i], &schemas[i], &error);
  assert_no_error(error);
  return schemas[i];
}

static void
run(guint i, const char *sql)
{
  GError *error = NULL;
  dmig_database_exec(databases[i], sql, &error);
  assert_no_error(error);
}

/* What a query gives, the rows with commas between them. */
static char *
answer(guint i, const char *sql, const char *parameter)
{
  GError *error = NULL;
  g_autoptr(DmigRows) rows = NULL;
  dmig_database_query(databases[i], &rows, &error, sql, parameter, NULL);
  assert_no_error(error);
  GString *text = g_string_new(NULL);
  for (guint k = 0; k < rows->rows->len; k++)
    g_string_append_printf(text, "%s%s", k > 0 ? "," : "", dmig_rows_get(rows, k, 0));
  return g_string_free(text, FALSE);
}

static void
change_into(guint wanted)
{
  GError *error = NULL;
  g_autoptr(DmigChanges) changes = dmig_diff(inspect(2), inspect(wanted), NULL);
  g_autoptr(DmigPlan) plan = dmig_plan_new(changes, NULL, &error);
  assert_no_error(error);
  g_autofree char *sql = dmig_plan_sql(plan);
  const char *scripts[] = { sql };
  guint failed = 0;
  databases[2]->driver->run(databases[2], scripts, 1, &failed, &error);
  if (error != NULL)
    fail_msg("%s\n%s", error->message, sql);

  for (guint way = 0; way < 2; way++) {
    DmigSchema *a = inspect(way == 0 ? 2 : wanted), *b = inspect(way == 0 ? wanted : 2);
    g_autoptr(DmigChanges) left = dmig_diff(a, b, NULL);
    for (guint i = 0; i < left->items->len; i++) {
      g_autofree char *text = dmig_change_to_text(left->items->pdata[i]);
      fail_msg("still different after\n%s: %s", sql, text);
    }
  }
}

static void
assert_pragmas(guint wanted, const char *object)
{
  static const char *const questions[] = {
    "SELECT group_concat(name || type || \"notnull\" || coalesce(dflt_value, '-') || pk || hidden)"
    " FROM (SELECT * FROM pragma_table_xinfo($1) ORDER BY name)",
    "SELECT group_concat(lower(\"table\") || \"from\" || coalesce(\"to\", '-') || on_update || on_delete)"
    " FROM (SELECT * FROM pragma_foreign_key_list($1) ORDER BY \"from\", \"table\")",
    "SELECT group_concat(x) FROM (SELECT l.\"unique\" || l.origin || l.partial || group_concat("
    "coalesce(i.name, '-') || i.\"desc\" || i.coll) AS x FROM pragma_index_list($1) l,"
    " pragma_index_xinfo(l.name) i GROUP BY l.name ORDER BY x)",
  };
  for (guint i = 0; i < G_N_ELEMENTS(questions); i++) {
    g_autofree char *got = answer(2, questions[i], object);
    g_autofree char *expected = answer(wanted, questions[i], object);
    assert_string_equal(got, expected);
  }
}

/* `rows` are put in before, and `question` has the same answer all the way. */
static void
check(const char *before, const char *after, const char *table, const char *rows,
      const char *question, const char *expected)
{
  run(0, before);
  run(1, after);
  run(2, before);
  run(2, rows);
  for (guint way = 0; way < 2; way++) {
    change_into(way == 0 ? 1 : 0);
    assert_pragmas(way == 0 ? 1 : 0, table);
    g_autofree char *got = answer(2, question, NULL);
    assert_string_equal(got, expected);
  }
}

#define CHILD                                                                                      \
  "CREATE TABLE child (id INTEGER PRIMARY KEY, p INT REFERENCES parent ON DELETE CASCADE,"         \
  " self INT REFERENCES child);"                                                                   \
  "CREATE TRIGGER log AFTER DELETE ON child BEGIN INSERT INTO parent (code) VALUES ('gone'); END;" \
  "CREATE VIEW v (c) AS SELECT code FROM parent; CREATE VIEW w AS SELECT * FROM v;"                \
  "CREATE TRIGGER into_v INSTEAD OF INSERT ON v BEGIN SELECT 1; END;"
#define PARENT "CREATE TABLE parent (id INTEGER PRIMARY KEY AUTOINCREMENT, code TEXT"
#define MADE "CREATE TRIGGER made AFTER INSERT ON parent BEGIN SELECT new.code; END;"
#define ROWS                                                                                       \
  "INSERT INTO parent (id, code) VALUES (1, 'a'), (9, 'b'); DELETE FROM parent WHERE id = 9;"      \
  "INSERT INTO child VALUES (1, 1, NULL), (2, 1, 1);"

static void
test_rebuild_among_others(void **state)
{
  check(PARENT ");" CHILD MADE, PARENT " NOT NULL DEFAULT 'x' CHECK (parent.code <> ''));" CHILD MADE,
        "parent", ROWS,
        "SELECT (SELECT count(*) FROM child) || (SELECT max(seq) FROM sqlite_sequence) ||"
        " (SELECT group_concat(c) FROM w) ||"
        " (SELECT count(*) FROM sqlite_master WHERE type = 'trigger')",
        "29a3");
}

static void
test_drop_column_that_others_read(void **state)
{
  check(PARENT ", extra INT, n INT);"
        "CREATE VIEW v AS SELECT extra FROM parent; CREATE INDEX i ON parent (extra);"
        "CREATE TRIGGER t AFTER UPDATE OF extra ON parent BEGIN SELECT new.extra; END",
        PARENT ", n INT); CREATE VIEW v AS SELECT n FROM parent;", "parent",
        "INSERT INTO parent (code, n) VALUES ('a', 3)", "SELECT code || n FROM parent", "a3");
}

/* SQLite takes the comma of a comment for the one before the column. */
static void
test_drop_column_behind_a_comment(void **state)
{
  check("CREATE TABLE t (a INT, b INT, -- one, two\n c INT)", "CREATE TABLE t (a INT, b INT)", "t",
        "INSERT INTO t VALUES (1, 2, 3)", "SELECT a || b FROM t", "12");
  check("CREATE TABLE u (a INT, b INT /* one, two */, c INT)", "CREATE TABLE u (a INT, b INT)", "u",
        "INSERT INTO u VALUES (1, 2, 3)", "SELECT a || b FROM u", "12");
}

static void
test_letter_case(void **state)
{
  check(PARENT ", N INT);" CHILD MADE,
        "CREATE TABLE Parent (id INTEGER PRIMARY KEY AUTOINCREMENT, code TEXT, n INT);" CHILD MADE,
        "child", ROWS, "SELECT (SELECT count(*) FROM child) || (SELECT code FROM parent)", "2a");
}

static void
test_what_only_a_text_says(void **state)
{
  check("CREATE TABLE t (a INT NOT NULL, b TEXT UNIQUE, c TEXT, PRIMARY KEY (a, c))",
        "CREATE TABLE t (a INT NOT NULL ON CONFLICT REPLACE DEFAULT 3, b TEXT COLLATE NOCASE,"
        " c TEXT, UNIQUE (b COLLATE RTRIM DESC) ON CONFLICT IGNORE, PRIMARY KEY (a DESC, c))",
        "t", "INSERT INTO t VALUES (1, 'x', 'y'), (2, 'z', 'z')",
        "SELECT a || b || c FROM t ORDER BY a", "1xy,2zz");
}

static void
test_kinds_of_tables(void **state)
{
  check("CREATE TABLE t (k TEXT NOT NULL PRIMARY KEY, a INT)",
        "CREATE TABLE t (k TEXT NOT NULL PRIMARY KEY, a INT, g INT AS (a + 1) STORED,"
        " h INT AS (a * 2)) STRICT, WITHOUT ROWID",
        "t", "", "SELECT count(*) FROM t", "0");
}

static void
test_rowid_of_full_text(void **state)
{
#define DOCS(more)                                                                                 \
  "CREATE TABLE docs (body TEXT" more ");"                                                         \
  "CREATE VIRTUAL TABLE f USING fts5(body, content = 'docs');"                                     \
  "CREATE TRIGGER ai AFTER INSERT ON docs BEGIN"                                                   \
  " INSERT INTO f (rowid, body) VALUES (new.rowid, new.body); END;"
  check(DOCS(""), DOCS(" NOT NULL CHECK (body <> ''), more INT"), "docs",
        "INSERT INTO docs (rowid, body) VALUES (7, 'some words'), (11, 'others')",
        "SELECT rowid FROM f ('words')", "7");
}

static void
test_full_text_options(void **state)
{
  check("CREATE VIRTUAL TABLE f USING fts5(a, [b c])",
        "CREATE VIRTUAL TABLE f USING fts5(a, [b c], prefix = 2); PRAGMA user_version = 9", "f",
        "INSERT INTO f (rowid, a, [b c]) VALUES (5, 'one', 'two')",
        "SELECT rowid || a || \"b c\" FROM f ('two')", "5onetwo");
}

static void
test_odd_names(void **state)
{
  check("CREATE TABLE \"a\"\"b]\" ([1st] INT, `x``y` TEXT, 'q''r' INT)",
        "CREATE TABLE \"a\"\"b]\" ([1st] INT UNIQUE, `x``y` TEXT NOT NULL DEFAULT 'it''s',"
        " 'q''r' INT, \"select\" TEXT); CREATE INDEX [i 1] ON \"a\"\"b]\" ([1st] DESC);"
        "CREATE TRIGGER [t;r] AFTER INSERT ON \"a\"\"b]\" BEGIN SELECT 'END;'; END",
        "a\"b]", "INSERT INTO \"a\"\"b]\" VALUES (1, 'x', 2)",
        "SELECT \"1st\" || \"x`y\" || \"q'r\" FROM \"a\"\"b]\"", "1x2");
}

/* Where the way back is not one that rows survive. */
static void
check_up(const char *before, const char *after, const char *rows, const char *question,
         const char *expected)
{
  run(1, after);
  run(2, before);
  run(2, rows);
  change_into(1);
  g_autofree char *got = answer(2, question, NULL);
  assert_string_equal(got, expected);
}

/* Columns behind the others are no reason to lose what is there. */
static void
test_full_text_grows(void **state)
{
  check_up("CREATE VIRTUAL TABLE f USING fts4(a, [b c])",
           "CREATE VIRTUAL TABLE f USING fts5(a, [b c], number, \"from\", tokenize = 'porter')",
           "INSERT INTO f (rowid, a, [b c]) VALUES (5, 'one', 'two'), (2, 'x', NULL)",
           "SELECT rowid || a || \"b c\" FROM f WHERE f MATCH 'two'", "5onetwo");
}

/* Nor are columns that go, or others before them; one without any has one called content. */
static void
test_full_text_shrinks(void **state)
{
  check_up("CREATE VIRTUAL TABLE f USING fts5(gone, a, [B c] UNINDEXED)",
           "CREATE VIRTUAL TABLE f USING fts5(number, \"b c\", a)",
           "INSERT INTO f (rowid, gone, a, [b c]) VALUES (5, 'old', 'one', 'two'), (2, 'y', 'x', NULL)",
           "SELECT rowid || a || \"b c\" || (number IS NULL) FROM f WHERE f MATCH 'two'", "5onetwo1");
  check_up("CREATE VIRTUAL TABLE g USING fts4", "CREATE VIRTUAL TABLE g USING fts4(other, content)",
           "INSERT INTO g VALUES ('a text')", "SELECT content FROM g WHERE g MATCH 'text'", "a text");
}

static void
test_tree_grows(void **state)
{
  check_up("CREATE VIRTUAL TABLE r USING rtree(id, a, b, +[of it])",
           "CREATE VIRTUAL TABLE r USING rtree_i32(id, a, b, +[of it], +more)",
           "INSERT INTO r VALUES (7, 1, 2, 'x'), (3, 2, 2, NULL)",
           "SELECT group_concat(id || a || b || coalesce(\"of it\", '-')) FROM (SELECT * FROM r ORDER BY id)",
           "322-,712x");
}

/* A table that is made again has its author's text, names itself in it or not. */
static void
test_rebuild_keeps_the_text(void **state)
{
  static const char *const tables[][2] = {
    { "CREATE TABLE [t] (a INTEGER PRIMARY KEY AUTOINCREMENT, b /* what */ TEXT", ", CHECK (t.b <> ''))" },
    { "CREATE TABLE 't'(a INTEGER PRIMARY KEY AUTOINCREMENT, b TEXT", ")" },
  };
  for (guint i = 0; i < G_N_ELEMENTS(tables); i++) {
    g_autofree char *before = g_strconcat(tables[i][0], tables[i][1], NULL);
    g_autofree char *after = g_strconcat(tables[i][0], " COLLATE NOCASE", tables[i][1], NULL);
    run(0, before);
    run(1, after);
    run(2, before);
    run(2, "INSERT INTO t VALUES (4, 'x'), (8, 'y'); DELETE FROM t WHERE a = 8;"
           "CREATE INDEX i ON t (b) WHERE t.b > 'a'");
    run(0, "CREATE INDEX i ON t (b) WHERE t.b > 'a'");
    run(1, "CREATE INDEX i ON t (b) WHERE t.b > 'a'");
    for (guint way = 0; way < 2; way++) {
      change_into(way == 0 ? 1 : 0);
      g_autofree char *got = answer(2, "SELECT sql FROM sqlite_master WHERE name = 't'", NULL);
      assert_string_equal(got, way == 0 ? after : before);
      g_autofree char *rows = answer(2, "SELECT a || b || (SELECT group_concat(name || seq)"
                                        " FROM sqlite_sequence) FROM t", NULL);
      assert_string_equal(rows, "4xt8");
    }
    teardown(state);
    setup(state);
  }
}

/* A string names what has to be there before. */
static void
test_full_text_of_a_view(void **state)
{
#define OF_VIEW(columns, query)                                                                    \
  "CREATE TABLE docs (id INTEGER PRIMARY KEY, t TEXT" columns "); CREATE VIEW all_docs AS " query ";" \
  "CREATE VIRTUAL TABLE f USING fts5(t, content = 'all_docs', content_rowid = 'id'"
  check(OF_VIEW("", "SELECT id, t FROM docs") ");",
        OF_VIEW(", u TEXT", "SELECT id, t || coalesce(u, '') AS t FROM docs") ", prefix = 2);",
        "docs", "INSERT INTO docs (id, t) VALUES (4, 'word'); INSERT INTO f (f) VALUES ('rebuild')",
        "SELECT rowid FROM f ('word')", "4");
}

/* Also where an index had it, of a table that goes or that stays, and the other way round. */
static void
test_names_of_indexes(void **state)
{
  check("CREATE TABLE t (a INT); CREATE INDEX u ON t (a); CREATE TABLE k (a INT)",
        "CREATE TABLE u (a INT); CREATE TABLE k (a INT)", "k", "INSERT INTO k VALUES (1)",
        "SELECT a FROM k", "1");
  teardown(state);
  setup(state);
  check("CREATE TABLE t (a INT, b INT); CREATE INDEX u ON t (a); CREATE INDEX w ON t (b)",
        "CREATE TABLE u (a INT); CREATE TABLE t (a INT, b TEXT); CREATE VIEW w AS SELECT 1 AS x;"
        "CREATE INDEX i ON t (a)", "t", "INSERT INTO t VALUES (1, 2)", "SELECT a || b FROM t", "12");
}

/* Of constraints, too. */
static void
test_names_come_and_go(void **state)
{
  static const char *const bare = "CREATE TABLE t (a INT, b INT, CHECK (a > 0), UNIQUE (b))";
  static const char *const named = "CREATE TABLE t (a INT, b INT, CONSTRAINT c CHECK (a > 0),"
                                   " CONSTRAINT u UNIQUE (b))";
  static const char question[] = "SELECT (sql LIKE '%CONSTRAINT%') FROM sqlite_master WHERE name = 't'";
  run(0, bare);
  run(1, named);
  run(2, bare);
  change_into(1);
  g_autofree char *there = answer(2, question, NULL);
  assert_string_equal(there, "1");
  change_into(0);
  g_autofree char *back = answer(2, question, NULL);
  assert_string_equal(back, "0");
}

/* SQLite drops no column and renames nothing while one of these is there. */
static void
test_broken_things_around(void **state)
{
#define BROKEN                                                                                     \
  "CREATE VIEW bad AS SELECT x FROM gone; CREATE VIEW worse AS SELECT x FROM bad;"                 \
  "CREATE TRIGGER into_bad INSTEAD OF UPDATE ON bad BEGIN SELECT 1; END;"                          \
  "CREATE TRIGGER [bad too] AFTER UPDATE OF b ON u BEGIN INSERT INTO gone VALUES (new.a); END;"
  check("CREATE TABLE t (a INT, b INT, c INT); CREATE TABLE u (a INT, b INT, g AS (a));" BROKEN,
        "CREATE TABLE t (a INT, c INT); CREATE TABLE u (a INT, b INT, g AS (a), d INT);" BROKEN, "t",
        "INSERT INTO t VALUES (1, 2, 3); INSERT INTO u VALUES (4, 5)",
        "SELECT (SELECT a || c FROM t) || (SELECT a || b FROM u) ||"
        " (SELECT count(*) FROM sqlite_master WHERE type IN ('view', 'trigger'))",
        "13454");
}

/* The trigger's name is free when its table is gone, the index's before that. */
static void
test_names_move_from_a_table_that_goes(void **state)
{
  check("CREATE TABLE old (a INT); CREATE INDEX i ON old (a); CREATE TABLE t (a INT);"
        "CREATE VIEW v AS SELECT a FROM old;"
        "CREATE TRIGGER g AFTER INSERT ON old BEGIN SELECT 1 FROM v; END",
        "CREATE TABLE t (a INT, b INT DEFAULT (1 + 1)); CREATE INDEX i ON t (a);"
        "CREATE VIEW v AS SELECT a FROM t;"
        "CREATE TRIGGER g AFTER INSERT ON t BEGIN SELECT 1 FROM v; END",
        "t", "INSERT INTO t (a) VALUES (3)", "SELECT a FROM t", "3");
}

/* All that a view needs of the table is the one change of it. */
static void
test_default_under_a_new_view(void **state)
{
  check("CREATE TABLE t (a INT, b INT DEFAULT 1)",
        "CREATE TABLE t (a INT, b INT DEFAULT 2); CREATE VIEW v AS SELECT a FROM t", "t",
        "INSERT INTO t VALUES (3, 4)", "SELECT a || b FROM t", "34");
}

int
main(void)
{
  const struct CMUnitTest tests[] = {
    cmocka_unit_test_setup_teardown(test_rebuild_among_others, setup, teardown),
    cmocka_unit_test_setup_teardown(test_drop_column_that_others_read, setup, teardown),
    cmocka_unit_test_setup_teardown(test_drop_column_behind_a_comment, setup, teardown),
    cmocka_unit_test_setup_teardown(test_default_under_a_new_view, setup, teardown),
    cmocka_unit_test_setup_teardown(test_letter_case, setup, teardown),
    cmocka_unit_test_setup_teardown(test_names_move_from_a_table_that_goes, setup, teardown),
    cmocka_unit_test_setup_teardown(test_what_only_a_text_says, setup, teardown),
    cmocka_unit_test_setup_teardown(test_kinds_of_tables, setup, teardown),
    cmocka_unit_test_setup_teardown(test_rowid_of_full_text, setup, teardown),
    cmocka_unit_test_setup_teardown(test_full_text_options, setup, teardown),
    cmocka_unit_test_setup_teardown(test_odd_names, setup, teardown),
    cmocka_unit_test_setup_teardown(test_full_text_grows, setup, teardown),
    cmocka_unit_test_setup_teardown(test_full_text_shrinks, setup, teardown),
    cmocka_unit_test_setup_teardown(test_rebuild_keeps_the_text, setup, teardown),
    cmocka_unit_test_setup_teardown(test_names_of_indexes, setup, teardown),
    cmocka_unit_test_setup_teardown(test_tree_grows, setup, teardown),
    cmocka_unit_test_setup_teardown(test_full_text_of_a_view, setup, teardown),
    cmocka_unit_test_setup_teardown(test_names_come_and_go, setup, teardown),
    cmocka_unit_test_setup_teardown(test_broken_things_around, setup, teardown),
  };
  return cmocka_run_group_tests_name("sqlite_change", tests, NULL, NULL);
}
