/* What SQLite's databases have beside tables, as inspection has it; and all of it made again. */
#include "tests/core/db/sqlite_case.h"

#include "core/diff/diff.h"
#include "core/plan/plan.h"

static const DmigObject *
trigger_of(const char *relation, const char *name)
{
  const DmigObject *found = dmig_schema_object(schema, DMIG_OBJECT_TRIGGER, relation, name);
  if (found == NULL)
    fail_msg("no trigger %s on %s", name, relation);
  return found;
}

static void
test_broken(void **state)
{
  inspect("CREATE TABLE t (a, g AS (a)); CREATE VIEW fine AS SELECT a FROM t;"
          "CREATE VIEW \"no table\" AS SELECT * FROM gone; CREATE VIEW upon AS SELECT * FROM \"no table\";"
          "CREATE VIEW \"no column\" AS SELECT zzz FROM t;"
          "CREATE TRIGGER good AFTER DELETE ON t BEGIN DELETE FROM t WHERE a = old.a; END;"
          "CREATE TRIGGER bad AFTER UPDATE OF a ON t BEGIN SELECT zzz FROM t; END;"
          "CREATE TRIGGER instead INSTEAD OF UPDATE ON fine BEGIN UPDATE gone SET a = new.a; END;");
  assert_null(dmig_schema_view(schema, "fine")->broken);
  assert_null(trigger_of("t", "good")->broken);
  assert_non_null(strstr(dmig_schema_view(schema, "no table")->broken, "gone"));
  assert_non_null(strstr(dmig_schema_view(schema, "no column")->broken, "zzz"));
  assert_non_null(dmig_schema_view(schema, "upon")->broken);
  assert_non_null(trigger_of("t", "bad")->broken);
  assert_non_null(trigger_of("fine", "instead")->broken);
}

/* In whatever quotes its name stands. */
static void
test_same_view(void **state)
{
  inspect("CREATE TABLE t (a); CREATE VIEW V (X, \"y\") AS SELECT a, a FROM t");
  DmigObject *same = dmig_object_new_view(&dmig_sqlite_dialect, "V", "SELECT a, a FROM t");
  g_free(same->create);
  same->create = g_strdup("CREATE VIEW \"V\" (\"X\", y) AS SELECT a, a FROM t;\n");
  dmig_sqlite_dialect.complete_object(same);
  gboolean equal = dmig_object_equal(dmig_schema_view(schema, "V"), same);
  dmig_object_free(same);
  assert_true(equal);
}

static void
test_views(void **state)
{
  inspect("CREATE TABLE t (a, b);"
          "CREATE VIEW v AS SELECT a, ';' AS c FROM t -- all\n;"
          "CREATE VIEW \"w x\" (one, \"two two\") AS SELECT a, b FROM t WHERE a > 1;"
          "INSERT INTO t VALUES (1, 2), (3, 4)");
  const DmigObject *view = dmig_schema_view(schema, "v");
  assert_string_equal(dmig_object_property(view, "query"), "SELECT a, ';' AS c FROM t");
  assert_string_equal(view->create, "CREATE VIEW v AS SELECT a, ';' AS c FROM t;\n");
  assert_string_equal(view->drop, "DROP VIEW v;\n");
  view = dmig_schema_view(schema, "w x");
  assert_string_equal(dmig_object_property(view, "query"), "SELECT a, b FROM t WHERE a > 1");
  assert_non_null(dmig_object_property(view, "column one"));
  assert_non_null(dmig_object_property(view, "column two two"));
}

static void
test_triggers(void **state)
{
  inspect("CREATE TABLE Things (a, \"b c\"); CREATE VIEW v AS SELECT a FROM Things;"
          "CREATE TRIGGER one UPDATE OF A, [b c] ON THINGS FOR EACH ROW"
          "  WHEN (new.a > 1 /* ; END */) BEGIN\n"
          "  SELECT CASE new.a WHEN 1 THEN ';' END;\n  DELETE FROM things WHERE a = ';';\nEND;"
          "CREATE TRIGGER IF NOT EXISTS \"two; \" INSTEAD OF DELETE ON v BEGIN SELECT 1; END -- x\n;"
          "CREATE TRIGGER three AFTER INSERT ON things WHEN new.a IN (1) AND (2) BEGIN SELECT 1; END");
  const DmigObject *one = trigger_of("Things", "one");
  assert_null(dmig_object_property(one, "timing")); /* it says none: another text than with BEFORE */
  assert_string_equal(dmig_object_property(one, "events"), "update of \"A\", \"b c\"");
  assert_string_equal(dmig_object_property(one, "for_each"), "row");
  assert_string_equal(dmig_object_property(one, "when"), "(new.a > 1 /* ; END */)");
  assert_string_equal(dmig_object_property(one, "body"),
                      "SELECT CASE new.a WHEN 1 THEN ';' END;\n"
                      "  DELETE FROM things WHERE a = ';';");
  assert_string_equal(one->drop, "DROP TRIGGER one;\n");
  const DmigObject *two = trigger_of("v", "two; ");
  assert_string_equal(dmig_object_property(two, "timing"), "instead of");
  assert_null(dmig_object_property(two, "for_each"));
  assert_string_equal(two->create,
                      "CREATE TRIGGER \"two; \" INSTEAD OF DELETE ON v BEGIN SELECT 1; END;\n");
  assert_string_equal(dmig_object_property(trigger_of("Things", "three"), "when"),
                      "new.a IN (1) AND (2)");
}

static void
test_same_triggers_in_other_words(void **state)
{
  inspect("CREATE TABLE t (a); CREATE TRIGGER x DELETE ON t BEGIN SELECT 1; END");
  g_autoptr(DmigSchema) before = g_steal_pointer(&schema);
  inspect("DROP TRIGGER x;"
          "CREATE TRIGGER x BEFORE DELETE ON \"t\" FOR EACH ROW BEGIN /* no */ select 1; END");
  const DmigObject *old = dmig_schema_object(before, DMIG_OBJECT_TRIGGER, "t", "x");
  assert_true(dmig_object_equal(old, trigger_of("t", "x")));
  inspect("DROP TRIGGER x; CREATE TRIGGER x BEFORE DELETE ON t BEGIN SELECT 2; END");
  assert_false(dmig_object_equal(old, trigger_of("t", "x")));
}

static const DmigObject *
virtual_of(const char *name)
{
  return dmig_schema_object(schema, DMIG_OBJECT_VIRTUAL_TABLE, name, NULL);
}

/* A full-text table takes its rows along where it can. */
static void
test_virtual_tables(void **state)
{
  static const char made[] = "CREATE VIRTUAL TABLE \"f t\" USING fts5(a, \"b c\", tokenize = 'porter')";
  inspect("CREATE TABLE docs (id INTEGER PRIMARY KEY, body);"
          "INSERT INTO docs VALUES (1, 'some words'), (2, 'others');"
          "CREATE VIRTUAL TABLE r USING rtree(i, a, b);"
          "CREATE VIRTUAL TABLE \"f t\" USING fts5(a, \"b c\");"
          "INSERT INTO \"f t\" (rowid, a, \"b c\") VALUES (7, 'running', 'x');"
          "CREATE VIRTUAL TABLE ex USING fts5(body, content=docs, content_rowid=id);"
          "CREATE VIRTUAL TABLE none USING fts5(body, content='')");
  assert_int_equal(schema->tables->len, 1);
  assert_null(schema->problems);
  assert_non_null(virtual_of("r")->replace);
  assert_null(virtual_of("none")->replace);
  g_autoptr(DmigSchema) before = g_steal_pointer(&schema);
  g_autofree char *other = g_strdup_printf(
      "CREATE TEMP TABLE keep AS SELECT 1; DROP TABLE \"f t\"; %s;"
      "DROP TABLE ex; CREATE VIRTUAL TABLE ex USING fts5(body, content=docs, content_rowid=id,"
      " prefix=2)", made);
  inspect("SAVEPOINT s");
  inspect(other);
  const DmigObject *old = dmig_schema_object(before, DMIG_OBJECT_VIRTUAL_TABLE, "f t", NULL);
  assert_true(dmig_object_can_replace(old, virtual_of("f t")));
  assert_false(dmig_object_can_replace(old, virtual_of("r")));
  g_autofree char *replace = g_strdup(virtual_of("f t")->replace);
  g_autofree char *fill = g_strdup(virtual_of("ex")->replace);
  g_autofree char *back = g_strconcat("ROLLBACK TO s;", replace, fill, NULL);
  inspect(back);
  assert_string_equal(virtual_of("f t")->core,
                      "CREATE VIRTUAL TABLE \"f t\" USING fts5(a, \"b c\", tokenize = 'porter');\n");
  g_autoptr(DmigRows) stemmed = query("SELECT rowid FROM \"f t\" ('run')", NULL);
  assert_int_equal(stemmed->rows->len, 1);
  assert_string_equal(dmig_rows_get(stemmed, 0, 0), "7");
  g_autoptr(DmigRows) filled = query("SELECT rowid FROM ex ('words')", NULL);
  assert_int_equal(filled->rows->len, 1);
}

static void
test_settings(void **state)
{
  inspect("PRAGMA user_version = 42");
  assert_int_equal(schema->objects->len, 1);
  const DmigObject *setting = dmig_schema_object(schema, DMIG_OBJECT_SETTING, "user_version", NULL);
  assert_string_equal(setting->create, "PRAGMA user_version = 42;\n");
  assert_string_equal(setting->drop, "PRAGMA user_version = 0;\n");
  inspect("PRAGMA user_version = 0; PRAGMA application_id = -5");
  assert_int_equal(schema->objects->len, 1);
  inspect("PRAGMA application_id = 0");
  assert_int_equal(schema->objects->len, 0);
}

/* --- what was inspected, made again ------------------------------------------------------------ */

static const char everything[] =
    "CREATE TABLE parent (id INTEGER PRIMARY KEY DESC ON CONFLICT IGNORE, code TEXT UNIQUE);\n"
    "CREATE TABLE [Odd One] (\n"
    "  id integer CONSTRAINT pk PRIMARY KEY ON CONFLICT REPLACE AUTOINCREMENT,\n"
    "  a varchar(20) NOT NULL ON CONFLICT IGNORE DEFAULT 'x' COLLATE nocase,\n"
    "  b DECIMAL(10, 2) CHECK ([Odd One].b > 0) DEFAULT (1 + 2), -- a comment, here\n"
    "  c REFERENCES parent(code) MATCH FULL ON DELETE CASCADE DEFERRABLE INITIALLY DEFERRED,\n"
    "  self INT REFERENCES [Odd One], g AS (b * 2), s TEXT AS (lower(a)) STORED, untyped,\n"
    "  UNIQUE (a COLLATE RTRIM DESC, b) ON CONFLICT FAIL,\n"
    "  CONSTRAINT sane CHECK (a <> ')')\n"
    ");\n"
    "CREATE TABLE kv (k ANY, v TEXT, PRIMARY KEY (k DESC)) STRICT, WITHOUT ROWID;\n"
    "CREATE UNIQUE INDEX i1 ON [Odd One] (lower(a) COLLATE RTRIM DESC, b) WHERE b IS NOT NULL;\n"
    "CREATE INDEX i2 ON parent (code COLLATE nocase);\n"
    "CREATE VIEW v1 (one, two) AS SELECT a, b FROM [Odd One];\n"
    "CREATE VIEW v2 AS SELECT * FROM v1;\n"
    "CREATE VIRTUAL TABLE search USING fts5(body, tokenize = 'porter ascii');\n"
    "CREATE TRIGGER t1 AFTER UPDATE OF a ON [Odd One] WHEN new.a <> old.a BEGIN\n"
    "  INSERT INTO search (body) VALUES (new.a);\nEND;\n"
    "CREATE TRIGGER t2 INSTEAD OF INSERT ON v2 BEGIN SELECT 1; END;\n"
    "PRAGMA user_version = 3;\n";

static char *
listing(void)
{
  GString *text = g_string_new(NULL);
  g_autoptr(DmigRows) rows = query("SELECT name || ': ' || sql FROM sqlite_master"
                                   " WHERE sql IS NOT NULL ORDER BY name", NULL);
  for (guint i = 0; i < rows->rows->len; i++)
    g_string_append_printf(text, "%s\n", dmig_rows_get(rows, i, 0));
  return g_string_free(text, FALSE);
}

static void
make_again(DmigSchema *from)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(DmigPlan) plan = dmig_plan_build(from, &error);
  assert_no_error(error);
  g_autofree char *sql = dmig_plan_sql(plan);
  sqlite_teardown(NULL);
  sqlite_setup(NULL);
  inspect(sql);
}

static void
assert_same(DmigSchema *a, DmigSchema *b)
{
  g_autoptr(DmigChanges) changes = dmig_diff(a, b, NULL);
  for (guint i = 0; i < changes->items->len; i++) {
    g_autofree char *text = dmig_change_to_text(changes->items->pdata[i]);
    fail_msg("not the same: %s", text);
  }
}

static void
test_made_again_to_the_letter(void **state)
{
  inspect(everything);
  g_autofree char *before = listing();
  g_autoptr(DmigSchema) first = g_steal_pointer(&schema);
  make_again(first);
  g_autofree char *after = listing();
  assert_string_equal(before, after);
  assert_same(first, schema);
}

/* Without the author's text, the fields say all that counts. */
static void
test_made_again_from_the_fields(void **state)
{
  inspect(everything);
  g_autoptr(DmigSchema) first = dmig_schema_copy(schema);
  assert_null(((DmigTable *) first->tables->pdata[0])->text);
  make_again(first);
  assert_same(first, schema);
  assert_same(schema, first);
}

int
main(void)
{
  const struct CMUnitTest tests[] = {
    SQLITE_TEST(test_broken),
    SQLITE_TEST(test_same_view),
    SQLITE_TEST(test_views),
    SQLITE_TEST(test_triggers),
    SQLITE_TEST(test_same_triggers_in_other_words),
    SQLITE_TEST(test_virtual_tables),
    SQLITE_TEST(test_settings),
    SQLITE_TEST(test_made_again_to_the_letter),
    SQLITE_TEST(test_made_again_from_the_fields),
  };
  return cmocka_run_group_tests_name("sqlite_objects", tests, NULL, NULL);
}
