/* What the dialect claims is held against a real SQLite. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>
#include <sqlite3.h>

#include "core/db/ddl.h"
#include "core/db/sqlite/sqlite.h"
#include "core/diff/diff.h"
#include "core/domain/type.h"
#include "core/plan/plan.h"
#include "core/sql/text.h"

static const DmigDialect *const dialect = &dmig_sqlite_dialect;
static DmigDatabase *db;

static int
setup(void **state)
{
  return dmig_sqlite_driver.open_scratch(NULL, &db, NULL) ? 0 : -1;
}

static int
teardown(void **state)
{
  g_clear_pointer(&db, dmig_database_free);
  return 0;
}

static void
exec(const char *sql)
{
  g_autoptr(GError) error = NULL;
  if (!dmig_database_exec(db, sql, &error))
    fail_msg("%s", error->message);
}

static char *
value(const char *sql)
{
  g_autoptr(DmigRows) rows = NULL;
  g_autoptr(GError) error = NULL;
  if (!dmig_database_query(db, &rows, &error, sql, NULL))
    fail_msg("%s", error->message);
  assert_int_equal(rows->rows->len, 1);
  return g_strdup(dmig_rows_get(rows, 0, 0));
}

static void
assert_value(const char *sql, const char *expected)
{
  g_autofree char *is = value(sql);
  assert_string_equal(is != NULL ? is : "NULL", expected);
}

/* --- names ------------------------------------------------------------------------------------ */

static void
test_reserved_words_are_sorted(void **state)
{
  for (const char *const *word = dialect->reserved_words; word[1] != NULL; word++)
    assert_true(strcmp(word[0], word[1]) < 0);
}

static const char use_of_name[] =
    "CREATE TABLE %I (%I text, b integer, CONSTRAINT %I CHECK (%I <> 'x' OR lower(%I) = 'y'),"
    " FOREIGN KEY (%I) REFERENCES %I (%I));\n"
    "CREATE TABLE z (%I integer DEFAULT 5, q text, PRIMARY KEY (%I, q));\n"
    "CREATE INDEX i ON %I (%I, b); CREATE INDEX j ON z (%I DESC) WHERE %I > 5;\n"
    "INSERT INTO %I (%I, b) VALUES ('v', 2); INSERT INTO %I SELECT %I || %I, b FROM %I\n"
    "  WHERE %I = 'v' AND NOT %I IS NULL ORDER BY %I;\n"
    "CREATE VIEW v AS SELECT %I, %I.%I FROM %I JOIN z USING (%I);\n"
    "DROP VIEW v; ALTER TABLE z RENAME COLUMN %I TO w; ALTER TABLE z RENAME COLUMN w TO %I;\n"
    "UPDATE %I SET %I = %I || 1, b = CASE WHEN %I > 1 THEN %I ELSE %I END;\n"
    "DROP TABLE z; DROP INDEX i; DELETE FROM %I WHERE %I LIKE '%%x';\n";

static void
assert_usable(const char *name)
{
  GString *sql = g_string_new(NULL);
  g_autofree char *identifier = dmig_sql_identifier(dialect, name);
  for (const char *p = use_of_name; *p != '\0'; p++) {
    if (p[0] == '%' && p[1] == 'I') {
      g_string_append(sql, identifier);
      p++;
    } else {
      g_string_append_c(sql, *p);
    }
  }
  g_autofree char *script = g_string_free(sql, FALSE);
  g_autoptr(GError) error = NULL;
  if (!dmig_database_exec(db, script, &error))
    fail_msg("%s: %s", name, error->message);
  g_autofree char *sum = g_strdup_printf("SELECT group_concat(%s, '|') FROM %s", identifier,
                                         identifier);
  assert_value(sum, "v1|vv1");
  dmig_sqlite_driver.close(db);
  db = NULL;
  setup(NULL);
}

static void
test_every_keyword_can_be_a_name(void **state)
{
  for (int i = 0; i < sqlite3_keyword_count(); i++) {
    const char *name;
    int length;
    sqlite3_keyword_name(i, &name, &length);
    g_autofree char *lower = g_ascii_strdown(name, length);
    assert_usable(lower);
  }
  assert_usable("true");
  assert_usable("false");
  assert_usable("it \"is\"; a [name] 🦊");
}

/* --- types ------------------------------------------------------------------------------------ */

static void
test_types_are_canonical(void **state)
{
  DmigType element = { .kind = DMIG_TYPE_TEXT };
  for (int kind = DMIG_TYPE_BOOLEAN; kind <= DMIG_TYPE_ARRAY; kind++) {
    DmigType type = { .kind = (DmigTypeKind) kind, .length = 9, .precision = 7, .scale = 3,
                      .element = &element };
    g_autofree char *native = dialect->lower_type(&type, NULL);
    g_autofree char *canonical = dialect->canonical_type(native);
    assert_string_equal(native, canonical);
  }
  g_autofree char *bare = dialect->lower_type(&(DmigType){ .kind = DMIG_TYPE_DECIMAL }, NULL);
  assert_string_equal(bare, "DECIMAL");
  g_autofree char *integer = dialect->canonical_type(" big\tint ");
  assert_string_equal(integer, "big int");
  g_autofree char *standard = dialect->canonical_type("text");
  assert_string_equal(standard, "TEXT");
}

/* Texts that look like numbers must stay as they are where text is stored, and no where else. */
static void
test_affinities(void **state)
{
  static const struct {
    DmigTypeKind kind;
    const char *stored, *is;
  } cases[] = {
    { DMIG_TYPE_STRING, "'007'", "text 007" },  { DMIG_TYPE_TEXT, "'1.0'", "text 1.0" },
    { DMIG_TYPE_ENUM, "'1'", "text 1" },        { DMIG_TYPE_JSON, "'1.0'", "text 1.0" },
    { DMIG_TYPE_ARRAY, "'[1]'", "text [1]" },   { DMIG_TYPE_UUID, "'12345'", "text 12345" },
    { DMIG_TYPE_INTERVAL, "'12'", "text 12" },  { DMIG_TYPE_INTEGER, "'12'", "integer 12" },
    { DMIG_TYPE_DECIMAL, "'1.50'", "real 1.5" }, { DMIG_TYPE_REAL, "2", "real 2.0" },
    { DMIG_TYPE_DOUBLE, "2", "real 2.0" },      { DMIG_TYPE_DATE, "'2024-01-01'", "text 2024-01-01" },
    { DMIG_TYPE_TIME, "'12:00'", "text 12:00" }, { DMIG_TYPE_BINARY, "x'31'", "blob 1" },
    { DMIG_TYPE_BOOLEAN, "1", "integer 1" },
    { DMIG_TYPE_TIMESTAMPTZ, "'2024-01-01T00:00:00Z'", "text 2024-01-01T00:00:00Z" },
  };
  DmigType element = { .kind = DMIG_TYPE_INTEGER };
  for (guint i = 0; i < G_N_ELEMENTS(cases); i++) {
    DmigType type = { .kind = cases[i].kind, .length = 50, .element = &element };
    g_autofree char *native = dialect->lower_type(&type, NULL);
    g_autofree char *sql = g_strdup_printf("CREATE TABLE t (a %s); INSERT INTO t VALUES (%s)",
                                           native, cases[i].stored);
    exec(sql);
    assert_value("SELECT typeof(a) || ' ' || a FROM t", cases[i].is);
    exec("DROP TABLE t");
  }
}

static void
test_literals(void **state)
{
  static const struct {
    DmigTypeKind kind;
    const char *text, *sql;
  } cases[] = {
    { DMIG_TYPE_BOOLEAN, "true", "1" },      { DMIG_TYPE_BOOLEAN, "false", "0" },
    { DMIG_TYPE_INTEGER, "-5", "-5" },       { DMIG_TYPE_DECIMAL, "0.50", "0.50" },
    { DMIG_TYPE_BINARY, "00FF", "x'00ff'" }, { DMIG_TYPE_STRING, "it's", "'it''s'" },
    { DMIG_TYPE_JSON, "{\"a\": 1}", "'{\"a\": 1}'" }, { DMIG_TYPE_DATE, "2024-01-01", "'2024-01-01'" },
    { DMIG_TYPE_TEXT, "", "''" },
  };
  for (guint i = 0; i < G_N_ELEMENTS(cases); i++) {
    g_autofree char *sql = dialect->literal(&(DmigType){ .kind = cases[i].kind }, cases[i].text);
    assert_string_equal(sql, cases[i].sql);
  }
}

static void
test_functions(void **state)
{
  DmigType day = { .kind = DMIG_TYPE_DATE }, uuid = { .kind = DMIG_TYPE_UUID };
  assert_string_equal(dialect->function(DMIG_FUNCTION_NOW, NULL), "CURRENT_TIMESTAMP");
  assert_string_equal(dialect->function(DMIG_FUNCTION_NOW, &day), "CURRENT_DATE");
  g_autofree char *sql =
      g_strdup_printf("SELECT %s", dialect->function(DMIG_FUNCTION_UUID, &uuid));
  for (guint i = 0; i < 100; i++) {
    g_autofree char *id = value(sql);
    assert_true(g_uuid_string_is_valid(id));
    assert_int_equal(id[14], '4');
    assert_non_null(strchr("89ab", id[19]));
  }
}

static void
test_neutral_values(void **state)
{
  static const char *const types[] = { "INTEGER", "BOOLEAN", "DECIMAL(5,2)", "DOUBLE", "TEXT",
                                       "VARCHAR(3)", "JSON_TEXT", "CHAR(36)", "BLOB", "DATE",
                                       "TIME", "TIMESTAMP", "TIMESTAMPTZ", "MONEY" };
  for (guint i = 0; i < G_N_ELEMENTS(types); i++) {
    g_autofree char *neutral = dialect->neutral_value(types[i]);
    g_autofree char *sql = g_strdup_printf("SELECT typeof(%s) <> 'null'", neutral);
    assert_value(sql, "1");
  }
}

/* --- conversions ------------------------------------------------------------------------------ */

#define LOSSLESS DMIG_CONVERSION_LOSSLESS
#define LOSSY DMIG_CONVERSION_LOSSY
#define CHECKED DMIG_CONVERSION_CHECKED
#define NONE DMIG_CONVERSION_NONE

/* `is` NULL: the value does not fit. */
static const struct {
  const char *from, *to, *value;
  DmigConversionKind kind;
  const char *is;
} conversions[] = {
  { "INTEGER", "TEXT", "12", LOSSLESS, "text 12" },
  { "INTEGER", "DECIMAL(5,2)", "12", LOSSLESS, "integer 12" },
  { "INTEGER", "DOUBLE", "9007199254740993", CHECKED, NULL },
  { "INTEGER", "DOUBLE", "12", CHECKED, "real 12.0" },
  { "INTEGER", "BOOLEAN", "1", CHECKED, "integer 1" },
  { "INTEGER", "BOOLEAN", "2", CHECKED, NULL },
  { "INTEGER", "DATE", "2", NONE, NULL },
  { "INTEGER", "BLOB", "2", NONE, NULL },
  { "INTEGER", "CHAR(36)", "2", NONE, NULL },
  { "BOOLEAN", "INTEGER", "1", LOSSLESS, "integer 1" },
  { "BOOLEAN", "TEXT", "1", LOSSLESS, "text true" },
  { "BOOLEAN", "VARCHAR(5)", "0", LOSSLESS, "text false" },
  { "DOUBLE", "INTEGER", "1.5", LOSSY, "integer 2" },
  { "DECIMAL(12,2)", "INTEGER", "-2.25", LOSSY, "integer -2" },
  { "DECIMAL(12,2)", "TEXT", "12.5", LOSSLESS, "text 12.5" },
  { "DECIMAL(12,2)", "TEXT", "12", LOSSLESS, "text 12" },
  { "DECIMAL(12,4)", "DECIMAL(12,2)", "1.2345", LOSSLESS, "real 1.2345" },
  { "DOUBLE", "TEXT", "0.1", LOSSLESS, "text 0.1" },
  { "DOUBLE", "TEXT", "0.1 + 0.2", LOSSLESS, "text 0.30000000000000004" },
  { "TEXT", "INTEGER", "'12'", CHECKED, "integer 12" },
  { "TEXT", "INTEGER", "'-9223372036854775808'", CHECKED, "integer -9223372036854775808" },
  { "TEXT", "INTEGER", "'007'", CHECKED, NULL },
  { "TEXT", "INTEGER", "'12 '", CHECKED, NULL },
  { "TEXT", "INTEGER", "'1.5'", CHECKED, NULL },
  { "TEXT", "INTEGER", "''", CHECKED, NULL },
  { "TEXT", "INTEGER", "'9223372036854775808'", CHECKED, NULL },
  { "TEXT", "DECIMAL(5,2)", "'12.50'", CHECKED, "real 12.5" },
  { "TEXT", "DECIMAL(5,2)", "'12 EUR'", CHECKED, NULL },
  { "TEXT", "DECIMAL(5,2)", "''", CHECKED, NULL },
  { "TEXT", "DOUBLE", "'1e3'", CHECKED, "real 1000.0" },
  { "TEXT", "DOUBLE", "'0.12345678901234567'", CHECKED, NULL },
  { "TEXT", "BOOLEAN", "'true'", CHECKED, "integer 1" },
  { "TEXT", "BOOLEAN", "'yes'", CHECKED, NULL },
  { "TEXT", "DATE", "'2024-02-29'", CHECKED, "text 2024-02-29" },
  { "TEXT", "DATE", "'2023-02-30'", CHECKED, NULL },
  { "TEXT", "DATE", "'now'", CHECKED, NULL },
  { "TEXT", "DATE", "'12'", CHECKED, NULL },
  { "TEXT", "TIME", "'12:30'", CHECKED, "text 12:30" },
  { "TEXT", "TIME", "'noon'", CHECKED, NULL },
  { "TEXT", "TIMESTAMP", "'2024-02-29T12:00:00Z'", CHECKED, "text 2024-02-29T12:00:00Z" },
  { "TEXT", "TIMESTAMPTZ", "'now'", CHECKED, NULL },
  { "TEXT", "TIMESTAMPTZ", "'2023-02-29 12:00'", CHECKED, NULL },
  { "TEXT", "JSON_TEXT", "'{\"a\":1.0}'", CHECKED, "text {\"a\":1.0}" },
  { "TEXT", "JSON_TEXT", "'{'", CHECKED, NULL },
  { "TEXT", "CHAR(36)", "'123e4567-e89b-12d3-a456-426614174000'", CHECKED,
    "text 123e4567-e89b-12d3-a456-426614174000" },
  { "TEXT", "CHAR(36)", "'x23e4567-e89b-12d3-a456-426614174000'", CHECKED, NULL },
  { "VARCHAR(10)", "VARCHAR(2)", "'long'", LOSSLESS, "text long" },
  { "JSON_TEXT", "TEXT", "'{}'", LOSSLESS, "text {}" },
  { "TEXT", "BLOB", "'ab'", LOSSLESS, "blob ab" },
  { "BLOB", "TEXT", "x'6162'", LOSSLESS, "text ab" },
  { "BLOB", "INTEGER", "x'6162'", NONE, NULL },
  { "DATE", "TIMESTAMP", "'2024-01-02'", LOSSLESS, "text 2024-01-02 00:00:00" },
  { "TIMESTAMP", "DATE", "'2024-01-02 03:04:05'", LOSSY, "text 2024-01-02" },
  { "TIMESTAMP", "DATE", "'garbage'", LOSSY, "text garbage" },
  { "TIMESTAMP", "TIME", "'2024-01-02 03:04:05'", LOSSY, "text 03:04:05" },
  { "TIMESTAMP", "TIMESTAMPTZ", "'2024-01-02 03:04:05'", LOSSLESS, "text 2024-01-02 03:04:05" },
  { "DATE", "TIME", "'2024-01-02'", NONE, NULL },
  { "DATE", "TEXT", "'2024-01-02'", LOSSLESS, "text 2024-01-02" },
  { "DATE", "INTEGER", "'2024-01-02'", NONE, NULL },
};

static void
check_conversion(guint i)
{
  g_auto(DmigConversion) way = { 0 };
  dialect->conversion(conversions[i].from, conversions[i].to, "\"a b\"", &way);
  if (way.kind != conversions[i].kind)
    fail_msg("%s to %s is of kind %d", conversions[i].from, conversions[i].to, way.kind);
  assert_true((way.kind == LOSSY) == (way.loses != NULL));
  assert_true((way.kind == CHECKED) == (way.bad_sql != NULL));
  if (way.kind == NONE)
    return;
  g_autofree char *create = g_strdup_printf(
      "CREATE TABLE o (\"a b\" %s); CREATE TABLE n (a %s);"
      "INSERT INTO o VALUES (NULL), (%s)",
      conversions[i].from, conversions[i].to, conversions[i].value);
  exec(create);
  g_autofree char *bad = g_strdup_printf("SELECT count(*) FROM o WHERE %s",
                                         way.bad_sql != NULL ? way.bad_sql : "0");
  g_autofree char *is_bad = value(bad);
  if (g_str_equal(is_bad, "1") != (conversions[i].is == NULL))
    fail_msg("%s to %s: %s is bad %s times", conversions[i].from, conversions[i].to,
             conversions[i].value, is_bad);
  if (conversions[i].is != NULL) {
    g_autofree char *copy = g_strdup_printf("INSERT INTO n SELECT %s FROM o",
                                            way.using_sql != NULL ? way.using_sql : "\"a b\"");
    exec(copy);
    assert_value("SELECT typeof(a) || ' ' || CAST(a AS TEXT) FROM n WHERE a IS NOT NULL",
                 conversions[i].is);
    assert_value("SELECT count(*) FROM n WHERE a IS NULL", "1");
  }
  exec("DROP TABLE o; DROP TABLE n");
}

static void
test_conversions(void **state)
{
  for (guint i = 0; i < G_N_ELEMENTS(conversions); i++)
    check_conversion(i);
}

/* What is called lossless comes back: there and back again, bit by bit. */
static void
test_lossless_comes_back(void **state)
{
  for (guint i = 0; i < G_N_ELEMENTS(conversions); i++) {
    if (conversions[i].kind != LOSSLESS)
      continue;
    g_auto(DmigConversion) there = { 0 }, back = { 0 };
    dialect->conversion(conversions[i].from, conversions[i].to, "a", &there);
    dialect->conversion(conversions[i].to, conversions[i].from, "a", &back);
    assert_int_not_equal(back.kind, NONE);
    g_autofree char *sql = g_strdup_printf(
        "CREATE TABLE o (a %s); CREATE TABLE n (a %s); CREATE TABLE p (a %s);"
        "INSERT INTO o VALUES (%s); INSERT INTO n SELECT %s FROM o; INSERT INTO p SELECT %s FROM n",
        conversions[i].from, conversions[i].to, conversions[i].from, conversions[i].value,
        there.using_sql != NULL ? there.using_sql : "a",
        back.using_sql != NULL ? back.using_sql : "a");
    exec(sql);
    g_autofree char *same = value("SELECT o.a IS p.a AND typeof(o.a) = typeof(p.a) FROM o, p");
    if (strcmp(same, "1") != 0)
      fail_msg("%s to %s and back loses %s", conversions[i].from, conversions[i].to,
               conversions[i].value);
    exec("DROP TABLE o; DROP TABLE n; DROP TABLE p");
  }
}

static void
test_floats_survive_as_text(void **state)
{
  g_auto(DmigConversion) there = { 0 };
  dialect->conversion("DOUBLE", "TEXT", "a", &there);
  exec("CREATE TABLE o (a DOUBLE); CREATE TABLE n (a TEXT)");
  exec("WITH RECURSIVE r(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM r WHERE i < 20000)"
       " INSERT INTO o SELECT random() / 1e3 / (1 + abs(random() % 1000000)) FROM r");
  exec("INSERT INTO o VALUES (1e300), (-1e-300), (9e999), (0.0), (1.7976931348623157e308)");
  g_autofree char *sql = g_strdup_printf("INSERT INTO n SELECT %s FROM o", there.using_sql);
  exec(sql);
  assert_value("SELECT count(*) FROM o JOIN n ON o.rowid = n.rowid"
               " WHERE CAST(n.a AS REAL) IS NOT o.a AND abs(o.a) < 1e999", "0");
}

/* --- changes ---------------------------------------------------------------------------------- */

typedef struct {
  const char *definition; /* of the new column */
  const char *fill;
  gboolean can;
} AddCase;

static DmigSchema *
inspect(void)
{
  DmigSchema *schema = NULL;
  g_autoptr(GError) error = NULL;
  if (!dmig_database_inspect(db, &schema, &error))
    fail_msg("%s", error->message);
  return schema;
}

/* The column as SQLite has it in a new table, and then as it is in a table with rows once it was
 * added: where can_alter() says yes, they must be equal. */
static void
check_add_column(const AddCase *add)
{
  g_autofree char *create = g_strdup_printf(
      "CREATE TABLE t (id INTEGER PRIMARY KEY, n INT); INSERT INTO t (n) VALUES (1), (2);"
      "CREATE TABLE wanted (id INTEGER PRIMARY KEY, n INT, %s)", add->definition);
  exec(create);
  g_autoptr(DmigSchema) before = inspect();
  DmigChange *change = dmig_change_new(DMIG_CHANGE_ADD_COLUMN);
  change->old_table = dmig_schema_table(before, "t");
  change->new_table = change->old_table;
  change->new_column = dmig_table_column(dmig_schema_table(before, "wanted"), "c");
  change->fill_sql = g_strdup(add->fill);
  if (dialect->can_alter(change) != add->can)
    fail_msg("%s: can_alter() is wrong", add->definition);
  if (add->can) {
    DmigStep *step = dmig_step_new("add-column", "t.c");
    dialect->spell(change, step);
    exec(step->sql->str);
    assert_true(step->transactional);
    dmig_step_free(step);
    g_autoptr(DmigSchema) after = inspect();
    assert_true(dmig_column_equal(dmig_table_column(dmig_schema_table(after, "t"), "c"),
                                  change->new_column));
  }
  dmig_change_free(change);
  exec("DROP TABLE t; DROP TABLE wanted");
}

static void
test_add_column(void **state)
{
  static const AddCase cases[] = {
    { "c TEXT", NULL, TRUE },
    { "c TEXT", "NULL", TRUE },
    { "c TEXT", "'x'", FALSE },
    { "c TEXT NOT NULL", NULL, FALSE },
    { "c TEXT NOT NULL", "'x'", FALSE },
    { "c TEXT NOT NULL DEFAULT 'x'", NULL, TRUE },
    { "c TEXT NOT NULL DEFAULT 'x'", "'x'", TRUE },
    { "c TEXT NOT NULL DEFAULT 'x'", "'y'", FALSE },
    { "c INT DEFAULT -5", NULL, TRUE },
    { "c INT DEFAULT (5)", NULL, TRUE },
    { "c INT DEFAULT (5 + 1)", NULL, FALSE },
    { "c BLOB NOT NULL DEFAULT x'00'", NULL, TRUE },
    { "c TEXT DEFAULT CURRENT_TIMESTAMP", NULL, FALSE },
    { "c TEXT COLLATE NOCASE DEFAULT ''", NULL, TRUE },
    { "c INT AS (n * 2)", NULL, TRUE },
    { "c INT AS (n * 2) STORED", NULL, FALSE },
    { "c INT NOT NULL AS (n * 2)", NULL, FALSE },
  };
  for (guint i = 0; i < G_N_ELEMENTS(cases); i++)
    check_add_column(&cases[i]);
}

static void
check_drop_column(const char *column, gboolean can)
{
  exec("CREATE TABLE p (id INTEGER PRIMARY KEY);"
       "CREATE TABLE t (id INTEGER PRIMARY KEY, plain TEXT, keyed INT UNIQUE, ref INT REFERENCES p,"
       " checked INT CHECK (checked > 0), base INT, derived INT AS (base + 1), indexed INT,"
       " partial INT, \"odd name\" TEXT DEFAULT 'x');"
       "CREATE INDEX i ON t (indexed); CREATE INDEX j ON t (plain) WHERE partial > 1;"
       "INSERT INTO t (id) VALUES (1)");
  g_autoptr(DmigSchema) schema = inspect();
  DmigChange *change = dmig_change_new(DMIG_CHANGE_DROP_COLUMN);
  change->old_table = change->new_table = dmig_schema_table(schema, "t");
  change->old_column = dmig_table_column(change->old_table, column);
  if (dialect->can_alter(change) != can)
    fail_msg("%s: can_alter() is wrong", column);
  if (can) {
    DmigStep *step = dmig_step_new("drop-column", column);
    dialect->spell(change, step);
    exec(step->sql->str);
    dmig_step_free(step);
  }
  dmig_change_free(change);
  exec("DROP TABLE t; DROP TABLE p");
}

static void
test_drop_column(void **state)
{
  check_drop_column("id", FALSE);
  check_drop_column("keyed", FALSE);
  check_drop_column("ref", FALSE);
  check_drop_column("checked", FALSE);
  check_drop_column("base", FALSE);
  check_drop_column("derived", TRUE);
  check_drop_column("indexed", FALSE);
  check_drop_column("partial", FALSE);
  check_drop_column("odd name", TRUE);
}

static void
test_rename_table(void **state)
{
  static const char *const names[] = { "t", "T", "odd \"x\"", "order", "t" };
  exec("CREATE TABLE t (id INTEGER PRIMARY KEY AUTOINCREMENT, p REFERENCES t (id));"
       "CREATE TABLE c (p REFERENCES t (id)); INSERT INTO t VALUES (7, NULL);"
       "CREATE VIEW v AS SELECT id FROM t;"
       "CREATE TRIGGER g AFTER INSERT ON t BEGIN INSERT INTO c VALUES (new.id); END");
  for (guint i = 1; i < G_N_ELEMENTS(names); i++) {
    DmigTable *from = dmig_table_new(names[i - 1]), *to = dmig_table_new(names[i]);
    DmigChange *change = dmig_change_new(DMIG_CHANGE_RENAME_TABLE);
    change->old_table = from;
    change->new_table = to;
    DmigStep *step = dmig_step_new("rename-table", names[i]);
    dialect->spell(change, step);
    exec(step->sql->str);
    dmig_step_free(step);
    dmig_change_free(change);
    dmig_table_free(from);
    dmig_table_free(to);
    g_autofree char *sql = dmig_sql_printf(dialect, "SELECT id FROM %I", names[i]);
    assert_value(sql, "7");
    assert_value("SELECT id FROM v", "7");
    g_autoptr(DmigSchema) schema = inspect();
    const DmigConstraint *key =
        g_ptr_array_index(dmig_schema_table(schema, "c")->constraints, 0);
    assert_string_equal(key->ref_table, names[i]);
  }
  exec("INSERT INTO t DEFAULT VALUES");
  assert_value("SELECT p FROM c", "8");
}

int
main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
  const struct CMUnitTest tests[] = {
    TEST(test_reserved_words_are_sorted),
    TEST(test_every_keyword_can_be_a_name),
    TEST(test_types_are_canonical),
    TEST(test_affinities),
    TEST(test_literals),
    TEST(test_functions),
    TEST(test_neutral_values),
    TEST(test_conversions),
    TEST(test_lossless_comes_back),
    TEST(test_floats_survive_as_text),
    TEST(test_add_column),
    TEST(test_drop_column),
    TEST(test_rename_table),
  };
  return cmocka_run_group_tests_name("sqlite_dialect", tests, NULL, NULL);
}
