/* Inspection is held against what SQLite's own pragmas say of the same database. */
#include "tests/core/db/sqlite_case.h"

#include <glib/gstdio.h>

#include "core/sql/lexer.h"
#include "core/sql/text.h"

static const DmigConstraint *
constraint_of(const char *table, DmigConstraintKind kind, guint nth)
{
  const GPtrArray *constraints = table_of(table)->constraints;
  for (guint i = 0; i < constraints->len; i++) {
    const DmigConstraint *constraint = g_ptr_array_index(constraints, i);
    if (constraint->kind == kind && nth-- == 0)
      return constraint;
  }
  fail_msg("no constraint of kind %d in %s", kind, table);
  return NULL;
}

/* --- against the pragmas ---------------------------------------------------------------------- */

static const char *
or_empty(const char *text)
{
  return text != NULL ? text : "";
}

static void
check_columns(const DmigTable *table)
{
  g_autoptr(DmigRows) rows = query("SELECT name, type, \"notnull\", dflt_value, pk, hidden"
                                   " FROM pragma_table_xinfo($1)", table->name);
  assert_int_equal(rows->rows->len, table->columns->len);
  for (guint i = 0; i < rows->rows->len; i++) {
    const DmigColumn *column = g_ptr_array_index(table->columns, i);
    g_autofree char *type = db->dialect->canonical_type(dmig_rows_get(rows, i, 1));
    assert_string_equal(column->name, dmig_rows_get(rows, i, 0));
    if (g_ascii_strcasecmp(column->type, dmig_rows_get(rows, i, 1)) != 0)
      assert_string_equal(column->type, type);
    if (*dmig_rows_get(rows, i, 2) == '1')
      assert_true(column->not_null);
    else if (column->not_null)
      assert_string_not_equal(dmig_rows_get(rows, i, 4), "0");
    int hidden = atoi(dmig_rows_get(rows, i, 5));
    assert_int_equal(column->generated, hidden == 3   ? DMIG_GENERATED_STORED
                                        : hidden == 2 ? DMIG_GENERATED_VIRTUAL
                                                      : DMIG_GENERATED_NONE);
  }
}

/* The values that a default gives are the same, however it is spelled. */
static void
check_defaults(const DmigTable *table)
{
  g_autoptr(DmigRows) rows =
      query("SELECT name, dflt_value FROM pragma_table_xinfo($1)", table->name);
  for (guint i = 0; i < rows->rows->len; i++) {
    const DmigColumn *column = g_ptr_array_index(table->columns, i);
    const char *theirs = dmig_rows_get(rows, i, 1);
    if (theirs == NULL)
      assert_null(column->default_sql);
    else if (column->default_sql == NULL)
      assert_true(g_ascii_strcasecmp(theirs, "NULL") == 0);
    if (theirs == NULL || column->default_sql == NULL)
      continue;
    g_autofree char *sql =
        g_strdup_printf("SELECT quote(%s) = quote(%s)", column->default_sql, theirs);
    g_autoptr(DmigRows) same = NULL;
    if (strstr(theirs, "random") == NULL &&
        dmig_database_query(db, &same, NULL, sql, NULL))
      assert_string_equal(dmig_rows_get(same, 0, 0), "1");
  }
}

static void
check_primary_key(const DmigTable *table)
{
  g_autoptr(DmigRows) rows = query(
      "SELECT name FROM pragma_table_xinfo($1) WHERE pk > 0 ORDER BY pk", table->name);
  const DmigConstraint *key = dmig_table_primary_key(table);
  assert_int_equal(rows->rows->len, key != NULL ? g_strv_length(key->columns) : 0);
  for (guint i = 0; i < rows->rows->len; i++)
    assert_string_equal(key->columns[i], dmig_rows_get(rows, i, 0));
}

/* foreign_key_list numbers the keys from the last one on. */
static void
check_foreign_keys(const DmigTable *table)
{
  g_autoptr(DmigRows) rows = query("SELECT \"table\", \"from\", \"to\", on_update, on_delete"
                                   " FROM pragma_foreign_key_list($1) ORDER BY id DESC, seq",
                                   table->name);
  guint row = 0;
  for (guint i = 0; i < table->constraints->len; i++) {
    const DmigConstraint *key = g_ptr_array_index(table->constraints, i);
    for (guint k = 0; key->kind == DMIG_CONSTRAINT_FOREIGN_KEY && key->columns[k] != NULL; k++) {
      assert_true(row < rows->rows->len);
      assert_int_equal(g_ascii_strcasecmp(key->ref_table, dmig_rows_get(rows, row, 0)), 0);
      assert_int_equal(g_ascii_strcasecmp(key->columns[k], dmig_rows_get(rows, row, 1)), 0);
      if (dmig_rows_get(rows, row, 2) != NULL)
        assert_int_equal(g_ascii_strcasecmp(key->ref_columns[k], dmig_rows_get(rows, row, 2)), 0);
      assert_string_equal(dmig_action_sql(key->on_update), dmig_rows_get(rows, row, 3));
      assert_string_equal(dmig_action_sql(key->on_delete), dmig_rows_get(rows, row, 4));
      row++;
    }
  }
  assert_int_equal(row, rows->rows->len);
}

static void
check_index(const DmigTable *table, const DmigIndex *index)
{
  g_autoptr(DmigRows) rows = query("SELECT name, \"desc\", coll FROM pragma_index_xinfo($1)"
                                   " WHERE key ORDER BY seqno", index->name);
  assert_int_equal(rows->rows->len, index->elements->len);
  for (guint i = 0; i < rows->rows->len; i++) {
    const DmigIndexElement *element = g_ptr_array_index(index->elements, i);
    assert_string_equal(or_empty(element->column), or_empty(dmig_rows_get(rows, i, 0)));
    assert_int_equal(element->descending, atoi(dmig_rows_get(rows, i, 1)));
    if (element->column == NULL)
      continue;
    const char *own = dmig_table_column(table, element->column)->collation;
    const char *collation = element->collation != NULL ? element->collation
                            : own != NULL              ? own
                                                       : "BINARY";
    assert_int_equal(g_ascii_strcasecmp(collation, dmig_rows_get(rows, i, 2)), 0);
  }
}

static void
check_indexes(const DmigTable *table)
{
  g_autoptr(DmigRows) rows = query("SELECT name, \"unique\", partial FROM pragma_index_list($1)"
                                   " WHERE origin = 'c'", table->name);
  assert_int_equal(rows->rows->len, table->indexes->len);
  for (guint i = 0; i < rows->rows->len; i++) {
    const DmigIndex *index = dmig_table_index(table, dmig_rows_get(rows, i, 0));
    assert_non_null(index);
    assert_int_equal(index->unique, atoi(dmig_rows_get(rows, i, 1)));
    assert_int_equal(index->where_sql != NULL, atoi(dmig_rows_get(rows, i, 2)));
    check_index(table, index);
  }
}

static void
check_options(const DmigTable *table)
{
  g_autoptr(DmigRows) rows =
      query("SELECT wr, strict FROM pragma_table_list WHERE schema = 'main' AND name = $1",
            table->name);
  assert_int_equal(table->without_rowid, atoi(dmig_rows_get(rows, 0, 0)));
  assert_int_equal(table->strict, atoi(dmig_rows_get(rows, 0, 1)));
}

static void
check_all(void)
{
  g_autoptr(DmigRows) rows =
      query("SELECT count(*) FROM pragma_table_list WHERE schema = 'main' AND type = 'table'"
            " AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\' AND name NOT GLOB 'dmig_*'"
            " AND name NOT GLOB '_dmig_*'", NULL);
  assert_int_equal(schema->tables->len, atoi(dmig_rows_get(rows, 0, 0)));
  for (guint i = 0; i < schema->tables->len; i++) {
    const DmigTable *table = g_ptr_array_index(schema->tables, i);
    check_options(table);
    check_columns(table);
    check_defaults(table);
    check_primary_key(table);
    check_foreign_keys(table);
    check_indexes(table);
  }
}

/* --- tests ------------------------------------------------------------------------------------ */

static void
test_empty(void **state)
{
  inspect("");
  assert_int_equal(schema->tables->len, 0);
  assert_int_equal(schema->objects->len, 0);
}

static void
test_column_constraints(void **state)
{
  inspect("CREATE TABLE p (k PRIMARY KEY, u TEXT UNIQUE);"
          "CREATE TABLE t (\n"
          "  id INTEGER CONSTRAINT pk PRIMARY KEY ASC ON CONFLICT REPLACE AUTOINCREMENT NOT NULL,\n"
          "  a VARCHAR ( 20 ) CONSTRAINT nn NOT NULL ON CONFLICT IGNORE DEFAULT 'it''s' COLLATE nocase,\n"
          "  b DECIMAL(10 , 2) NULL CONSTRAINT positive CHECK (b > 0 -- comment )\n"
          "  ) CHECK ((b) < (100)),\n"
          "  c REFERENCES p ON DELETE SET NULL ON UPDATE CASCADE MATCH FULL\n"
          "     DEFERRABLE INITIALLY DEFERRED,\n"
          "  d TEXT CONSTRAINT fk REFERENCES P(U) NOT DEFERRABLE INITIALLY DEFERRED,\n"
          "  e UNIQUE, f INT8 GENERATED ALWAYS AS (id + length(a)) STORED,\n"
          "  g AS (id * 2), h DEFAULT -5, i DEFAULT (1 + 2), j DEFAULT word, k DEFAULT \"quoted\",\n"
          "  l DEFAULT NULL, m DEFAULT CURRENT_TIMESTAMP, n DEFAULT true, o DEFAULT x'0aFF',\n"
          "  p DEFAULT +1.5e3, q COLLATE RTRIM DEFAULT '' /* the end */\n"
          ")");
  check_all();
  const DmigColumn *id = column_of("t", "id");
  assert_int_equal(id->identity, DMIG_IDENTITY_BY_DEFAULT);
  assert_false(id->unsaid);
  assert_true(id->not_null);
  assert_string_equal(constraint_of("t", DMIG_CONSTRAINT_PRIMARY_KEY, 0)->name, "pk");
  assert_string_equal(column_of("t", "a")->type, "VARCHAR ( 20 )");
  assert_string_equal(column_of("t", "a")->collation, "NOCASE");
  assert_string_equal(column_of("t", "a")->on_null, "IGNORE");
  assert_string_equal(constraint_of("t", DMIG_CONSTRAINT_PRIMARY_KEY, 0)->definition,
                      "PRIMARY KEY (id) ON CONFLICT REPLACE");
  assert_string_equal(column_of("t", "a")->default_sql, "'it''s'");
  assert_string_equal(column_of("t", "b")->type, "DECIMAL(10 , 2)");
  const DmigConstraint *check = constraint_of("t", DMIG_CONSTRAINT_CHECK, 0);
  assert_string_equal(check->name, "positive");
  assert_string_equal(check->check_sql, "b > 0");
  assert_null(constraint_of("t", DMIG_CONSTRAINT_CHECK, 1)->name);
  assert_string_equal(constraint_of("t", DMIG_CONSTRAINT_CHECK, 1)->check_sql, "(b) < (100)");
  const DmigConstraint *key = constraint_of("t", DMIG_CONSTRAINT_FOREIGN_KEY, 0);
  assert_string_equal(key->ref_columns[0], "k");
  assert_int_equal(key->deferrable, DMIG_INITIALLY_DEFERRED);
  assert_string_equal(key->definition,
                      "FOREIGN KEY (c) REFERENCES p (k) ON DELETE SET NULL ON UPDATE CASCADE MATCH "
                      "FULL DEFERRABLE INITIALLY DEFERRED");
  key = constraint_of("t", DMIG_CONSTRAINT_FOREIGN_KEY, 1);
  assert_string_equal(key->name, "fk");
  assert_string_equal(key->ref_table, "p");
  assert_string_equal(key->ref_columns[0], "u");
  assert_int_equal(key->deferrable, DMIG_NOT_DEFERRABLE);
  assert_string_equal(column_of("t", "f")->generated_sql, "id + length(a)");
  assert_string_equal(column_of("t", "f")->type, "INT8");
  assert_int_equal(column_of("t", "g")->generated, DMIG_GENERATED_VIRTUAL);
  assert_string_equal(column_of("t", "j")->default_sql, "'word'");
  assert_string_equal(column_of("t", "k")->default_sql, "'quoted'");
  assert_string_equal(column_of("t", "l")->default_sql, "NULL");
  assert_string_equal(column_of("t", "i")->default_sql, "1 + 2");
  assert_string_equal(column_of("t", "o")->default_sql, "x'0aFF'");
}

static void
test_table_constraints(void **state)
{
  inspect("CREATE TABLE a (x INT, y TEXT, PRIMARY KEY (y COLLATE NOCASE DESC, x)) WITHOUT ROWID;"
          "CREATE TABLE b (X INT, Y TEXT, Z,\n"
          "  CONSTRAINT \"the key\" FOREIGN KEY (y, x) REFERENCES A ON DELETE RESTRICT\n"
          "  CONSTRAINT u UNIQUE (z, x) ON CONFLICT FAIL CHECK (x <> ')') CONSTRAINT dangling\n"
          ");"
          "CREATE TABLE c (i INTEGER NOT NULL, PRIMARY KEY (i AUTOINCREMENT));"
          "CREATE TABLE d (a INTEGER, b ANY, c REAL NOT NULL) STRICT;"
          "CREATE TABLE e (a INT PRIMARY KEY, b BLOB) STRICT, WITHOUT ROWID");
  check_all();
  assert_true(column_of("a", "x")->not_null);
  const DmigConstraint *key = constraint_of("b", DMIG_CONSTRAINT_FOREIGN_KEY, 0);
  assert_string_equal(key->name, "the key");
  assert_string_equal(key->columns[0], "Y");
  assert_string_equal(key->columns[1], "X");
  assert_string_equal(key->ref_table, "a");
  assert_string_equal(key->ref_columns[0], "y");
  assert_int_equal(key->on_delete, DMIG_ACTION_RESTRICT);
  assert_string_equal(constraint_of("b", DMIG_CONSTRAINT_UNIQUE, 0)->columns[0], "Z");
  assert_string_equal(constraint_of("b", DMIG_CONSTRAINT_UNIQUE, 0)->definition,
                      "UNIQUE (\"Z\", \"X\") ON CONFLICT FAIL");
  assert_string_equal(constraint_of("a", DMIG_CONSTRAINT_PRIMARY_KEY, 0)->definition,
                      "PRIMARY KEY (y COLLATE \"NOCASE\" DESC, x)");
  assert_string_equal(constraint_of("b", DMIG_CONSTRAINT_CHECK, 0)->check_sql, "x <> ')'");
  assert_int_equal(column_of("c", "i")->identity, DMIG_IDENTITY_BY_DEFAULT);
}

/* A rowid by its primary key, and what only looks like one. */
static void
test_integer_keys(void **state)
{
  inspect("CREATE TABLE a (id integer PRIMARY KEY); CREATE TABLE b (id INT PRIMARY KEY);"
          "CREATE TABLE c (id INTEGER PRIMARY KEY DESC); CREATE TABLE d (id BIGINT, n INT,"
          " PRIMARY KEY (id, n)); CREATE TABLE e (id TEXT PRIMARY KEY)");
  check_all();
  assert_true(column_of("a", "id")->not_null);
  assert_true(column_of("a", "id")->unsaid);
  assert_string_equal(column_of("a", "id")->type, "INTEGER");
  assert_false(column_of("b", "id")->not_null);
  assert_string_equal(column_of("b", "id")->type, "INT");
  assert_false(column_of("c", "id")->not_null);
  assert_string_equal(constraint_of("c", DMIG_CONSTRAINT_PRIMARY_KEY, 0)->definition,
                      "PRIMARY KEY DESC");
  assert_false(column_of("e", "id")->not_null);
}

static void
test_odd_names(void **state)
{
  inspect("CREATE TABLE \"a \"\"b\"\"; DROP\" (\"c,d\" TEXT, [e f] INT, `g``h` INT, '🦊' TEXT,"
          " \"check\" INT CHECK (\"check\" > 0), Größe INT,"
          " FOREIGN KEY ([e f]) REFERENCES \"a \"\"b\"\"; DROP\" (`g``h`));"
          "CREATE UNIQUE INDEX \"i ; )\" ON \"a \"\"b\"\"; DROP\" (`g``h` DESC, '🦊', \"c,d\");"
          "CREATE TABLE IF NOT EXISTS main.second (a\tINT\n,\rb INT);"
          "ALTER TABLE second RENAME TO \"new name\";"
          "ALTER TABLE \"new name\" RENAME COLUMN a TO \"new col\";"
          "ALTER TABLE \"new name\" ADD COLUMN added TEXT DEFAULT 'x' /* why */");
  check_all();
  const DmigConstraint *key = constraint_of("a \"b\"; DROP", DMIG_CONSTRAINT_FOREIGN_KEY, 0);
  assert_string_equal(key->columns[0], "e f");
  assert_string_equal(key->ref_table, "a \"b\"; DROP");
  assert_string_equal(key->ref_columns[0], "g`h");
  assert_string_equal(column_of("new name", "added")->default_sql, "'x'");
}

static void
test_types(void **state)
{
  static const struct {
    const char *written, *canonical;
  } types[] = {
    { "", "" },
    { "int", "INT" },
    { "Text", "TEXT" },
    { "TinyInt(1)", "TinyInt(1)" },
    { "double   precision", "double precision" },
    { "numeric", "numeric" },
    { "character varying ( 7 )", "character varying ( 7 )" },
    { "unsigned\nbig /* why */ int", "unsigned big int" },
    { "\"my type\"", "\"my type\"" },
    { "point(1,-2)", "point(1,-2)" },
  };
  g_autoptr(GString) sql = g_string_new("CREATE TABLE t (");
  for (guint i = 0; i < G_N_ELEMENTS(types); i++)
    g_string_append_printf(sql, "%sc%u %s", i > 0 ? ", " : "", i, types[i].written);
  g_string_append(sql, ")");
  inspect(sql->str);
  for (guint i = 0; i < G_N_ELEMENTS(types); i++) {
    g_autofree char *name = g_strdup_printf("c%u", i);
    assert_string_equal(column_of("t", name)->type, types[i].canonical);
  }
}

static const DmigIndexElement *
element_of(const char *table, const char *index, guint i)
{
  return g_ptr_array_index(dmig_table_index(table_of(table), index)->elements, i);
}

static void
test_indexes(void **state)
{
  inspect("CREATE TABLE t (a TEXT COLLATE NOCASE, b INT, UNIQUE (a));"
          "CREATE INDEX i1 ON t (A DESC, b ASC);"
          "CREATE UNIQUE INDEX i2 ON t (lower(a) COLLATE RTRIM DESC, b + 1, (b)) WHERE b IS NOT NULL;"
          "CREATE INDEX i3 ON t (a COLLATE BINARY, a COLLATE NOCASE, 'b', a || 'COLLATE');"
          "CREATE INDEX i5 ON t ((b), 'b', ('b'), ((b)) DESC, (b COLLATE nocase), (a) COLLATE binary,"
          " (a COLLATE rtrim) COLLATE binary DESC, ((a COLLATE NOCASE)));"
          "CREATE INDEX i4 ON t (b) WHERE a IN ('x', ';') /* end */;");
  check_all();
  assert_string_equal(element_of("t", "i1", 0)->column, "a");
  assert_true(element_of("t", "i1", 0)->descending);
  assert_string_equal(element_of("t", "i2", 0)->expression, "lower(a)");
  assert_string_equal(element_of("t", "i2", 0)->collation, "RTRIM");
  assert_string_equal(element_of("t", "i2", 1)->expression, "b + 1");
  assert_string_equal(dmig_table_index(table_of("t"), "i2")->where_sql, "b IS NOT NULL");
  assert_string_equal(element_of("t", "i3", 0)->collation, "BINARY");
  assert_null(element_of("t", "i3", 1)->collation);
  assert_string_equal(dmig_table_index(table_of("t"), "i4")->where_sql, "a IN ('x', ';')");
}

/* Made again of what was read, an index's text is what it was, with parentheses or without. */
static void
test_expressions_keep_their_parentheses(void **state)
{
  static const char *const all[] = {
    "CREATE INDEX i ON t ((lower(a)) DESC, upper(a), a || 'x', (b + 1), b * 2 DESC)",
    "CREATE UNIQUE INDEX i ON t (substr(a, 1) COLLATE NOCASE, (a || b) COLLATE RTRIM DESC) WHERE b > 1",
  };
  for (guint i = 0; i < G_N_ELEMENTS(all); i++) {
    g_autofree char *sql
        = g_strconcat("DROP TABLE IF EXISTS t; CREATE TABLE t (a TEXT, b INT);", all[i], NULL);
    inspect(sql);
    DmigIndex *copy = dmig_index_copy(dmig_table_index(table_of("t"), "i"));
    g_autoptr(GString) made = g_string_new(NULL);
    dmig_sqlite_spell_create_index(made, table_of("t"), copy);
    dmig_index_free(copy);
    g_autofree char *expected = g_strconcat(all[i], ";\n", NULL);
    g_autofree char *plain = dmig_sql_canonical(made->str);
    g_autofree char *wanted = dmig_sql_canonical(expected);
    assert_string_equal(plain, wanted);
  }
}

static void
test_leaves_out(void **state)
{
  inspect("CREATE TABLE dmig_state (a); CREATE INDEX di ON dmig_state (a);"
          "CREATE TABLE _dmig_rebuild_x (a); CREATE TABLE t (id INTEGER PRIMARY KEY AUTOINCREMENT);"
          "CREATE VIRTUAL TABLE f USING fts5(x); CREATE VIRTUAL TABLE r USING rtree(i, a, b);"
          "CREATE TABLE dmigrants (a); CREATE TABLE sqlitelike (a); CREATE TEMP TABLE temporary (a);"
          "ANALYZE; CREATE TRIGGER tr AFTER INSERT ON t BEGIN SELECT 1; END");
  assert_int_equal(schema->tables->len, 3);
  assert_int_equal(schema->objects->len, 3);
  table_of("t");
  table_of("dmigrants");
  table_of("sqlitelike");
  check_all();
}

static void
test_create_as_select(void **state)
{
  inspect("CREATE TABLE t (a INTEGER, b TEXT, c REAL); CREATE TABLE copy AS SELECT a, b AS \"B b\","
          " c + 1, count(*) FROM t");
  check_all();
  assert_string_equal(column_of("copy", "B b")->type, "TEXT");
}

/* --- hostile files ---------------------------------------------------------------------------- */

static void
write_schema(const char *name, const char *sql)
{
  sqlite3 *handle = ((DmigSqlite *) db)->handle;
  sqlite3_stmt *statement = NULL;
  sqlite3_exec(handle, "PRAGMA writable_schema = ON", NULL, NULL, NULL);
  sqlite3_prepare_v2(handle, "UPDATE sqlite_master SET sql = CAST(?2 AS TEXT) WHERE name = ?1", -1,
                     &statement, NULL);
  sqlite3_bind_text(statement, 1, name, -1, SQLITE_STATIC);
  sqlite3_bind_text(statement, 2, sql, -1, SQLITE_STATIC);
  sqlite3_step(statement);
  sqlite3_finalize(statement);
}

static void
test_invalid_text_is_a_problem(void **state)
{
  inspect("CREATE TABLE good (a); CREATE TABLE bad (a); CREATE INDEX bi ON bad (a);"
          "CREATE TRIGGER tr AFTER INSERT ON bad BEGIN SELECT 1; END");
  write_schema("bad", "CREATE TABLE bad (a, b DEFAULT '\xff\xfe')");
  inspect("");
  assert_int_equal(schema->tables->len, 1);
  assert_int_equal(schema->objects->len, 0);
  assert_int_equal(schema->problems->len, 1);
  assert_string_equal(schema->problems->pdata[0],
                      "table bad is left out: its name or its definition is no valid UTF-8; make it "
                      "again with one that is");
}

static void
test_corrupt_schema_is_an_error(void **state)
{
  g_autofree char *folder = g_dir_make_tmp("dmig-corrupt-XXXXXX", NULL);
  g_autofree char *path = g_build_filename(folder, "c.db", NULL);
  g_autoptr(GError) error = NULL;
  g_clear_pointer(&db, dmig_database_free);
  assert_true(dmig_sqlite_driver.open(path, DMIG_OPEN_CREATE, &db, NULL));
  inspect("CREATE TABLE t (a); CREATE TABLE u (a)");
  write_schema("u", "CREATE TABLE nonsense (");
  g_clear_pointer(&db, dmig_database_free);
  gboolean opened = dmig_sqlite_driver.open(path, DMIG_OPEN_READ_ONLY, &db, &error);
  DmigSchema *inspected = NULL;
  assert_false(opened && dmig_database_inspect(db, &inspected, &error));
  assert_non_null(strstr(error->message, "malformed database schema"));
  assert_int_equal(g_unlink(path), 0);
  assert_int_equal(g_rmdir(folder), 0);
}

int
main(void)
{
  const struct CMUnitTest tests[] = {
    SQLITE_TEST(test_empty),
    SQLITE_TEST(test_column_constraints),
    SQLITE_TEST(test_table_constraints),
    SQLITE_TEST(test_integer_keys),
    SQLITE_TEST(test_odd_names),
    SQLITE_TEST(test_types),
    SQLITE_TEST(test_indexes),
    SQLITE_TEST(test_expressions_keep_their_parentheses),
    SQLITE_TEST(test_leaves_out),
    SQLITE_TEST(test_create_as_select),
    SQLITE_TEST(test_invalid_text_is_a_problem),
    SQLITE_TEST(test_corrupt_schema_is_an_error),
  };
  return cmocka_run_group_tests_name("sqlite_inspect", tests, NULL, NULL);
}
