#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>

#include "core/plan/hazard.h"
#include "tests/support/schema.h"

static const DmigDialect by_table = { .name = "postgresql", .title = "PostgreSQL" };
static const DmigDialect as_a_whole
    = { .name = "sqlite", .title = "SQLite", .has = { .table_rebuilds = TRUE } };

typedef struct {
  DmigPlan *plan;
  DmigSchema *before, *after;
  GPtrArray *found;
} Fixture;

static int
setup(void **state)
{
  Fixture *self = g_new0(Fixture, 1);
  self->plan = dmig_plan_new_empty(&by_table);
  *state = self;
  return 0;
}

static int
teardown(void **state)
{
  Fixture *self = *state;
  dmig_plan_free(self->plan);
  dmig_schema_unref(self->before);
  dmig_schema_unref(self->after);
  g_clear_pointer(&self->found, g_ptr_array_unref);
  g_free(self);
  return 0;
}

static DmigStep *
add_step(Fixture *self, const char *kind, const char *object, const char *sql)
{
  DmigStep *step = dmig_step_new(kind, object);
  g_string_assign(step->sql, sql);
  g_ptr_array_add(self->plan->steps, step);
  return step;
}

static void
look(Fixture *self)
{
  g_clear_pointer(&self->found, g_ptr_array_unref);
  self->found = dmig_plan_hazards(self->plan, self->before, self->after);
}

static int
by_name(gconstpointer a, gconstpointer b)
{
  return strcmp(*(char *const *) a, *(char *const *) b);
}

/* The rules that were found and are not allowed, a space between; sorted. */
static char *
rules_found(const Fixture *self)
{
  g_autoptr(GPtrArray) names = g_ptr_array_new();
  for (guint i = 0; i < self->found->len; i++) {
    const DmigHazard *hazard = self->found->pdata[i];
    if (hazard->allowed == NULL
        && !g_ptr_array_find_with_equal_func(names, hazard->rule->name, g_str_equal, NULL))
      g_ptr_array_add(names, (gpointer) hazard->rule->name);
  }
  g_ptr_array_sort(names, by_name);
  g_ptr_array_add(names, NULL);
  return g_strjoinv(" ", (char **) names->pdata);
}

#define assert_rules(self, wanted)                                                                 \
  do {                                                                                             \
    look(self);                                                                                    \
    g_autofree char *rules = rules_found(self);                                                    \
    assert_string_equal(rules, wanted);                                                            \
  } while (0)

/* --- statements by themselves -------------------------------------------------------------- */

static const struct {
  const char *sql, *rules;
} cases[] = {
  { "SELECT 1", "" },
  { "CREATE INDEX i ON t (a)", "require-concurrent-index-creation" },
  { "CREATE UNIQUE INDEX ON ONLY t (a)", "" },
  { "create index concurrently i on t (a)", "ban-concurrent-index-in-transaction" },
  { "CREATE TABLE t (a bigint); CREATE INDEX i ON t (a)", "" },
  { "CREATE TABLE \"T t\" (a bigint); CREATE INDEX i ON \"T t\" (a)", "" },
  { "CREATE TABLE public.t (a bigint); CREATE INDEX i ON t (a)", "" },
  { "CREATE TABLE other.t (a bigint); CREATE INDEX i ON t (a)",
    "require-concurrent-index-creation" },
  { "DROP INDEX i", "require-concurrent-index-deletion" },
  { "REINDEX TABLE t", "require-concurrent-reindex" },
  { "REFRESH MATERIALIZED VIEW v", "require-concurrent-refresh" },
  { "REFRESH MATERIALIZED VIEW CONCURRENTLY v", "" },
  { "DROP TABLE IF EXISTS a, b", "ban-drop-table several-exclusive-locks" },
  { "DROP TABLE a CASCADE", "ban-drop-cascade ban-drop-table" },
  { "DROP SCHEMA s", "ban-drop-schema" },
  { "DROP DATABASE d", "ban-drop-database" },
  { "TRUNCATE t", "truncate-table" },
  { "TRUNCATE TABLE ONLY t CASCADE", "ban-truncate-cascade truncate-table" },
  { "LOCK TABLE t IN SHARE MODE", "lock-table" },
  { "BEGIN; SELECT 1; COMMIT", "transaction-nesting" },
  { "SAVEPOINT a; ROLLBACK TO a", "" },
  { "CREATE FUNCTION f() RETURNS int LANGUAGE sql BEGIN ATOMIC SELECT 1; DELETE FROM t; END", "" },
  { "CREATE FUNCTION f() RETURNS int LANGUAGE sql AS $$ DROP TABLE t; SELECT 1 $$", "" },
  { "-- DROP TABLE t\nSELECT 'DROP TABLE t'", "" },
  { "DO $$ BEGIN END $$", "executing-unknown-sql" },
  { "CREATE EXTENSION hstore", "creating-extension" },
  { "VACUUM FULL t", "rewriting-table" },
  { "CLUSTER t USING i", "rewriting-table" },
  { "UPDATE t SET a = 1", "update-without-where" },
  { "UPDATE t SET a = (SELECT 1 WHERE true)", "update-without-where" },
  { "UPDATE t SET a = 1 WHERE b", "" },
  { "DELETE FROM t", "delete-without-where" },
  { "DELETE FROM ONLY t WHERE a", "" },
  { "ALTER DOMAIN d ADD CONSTRAINT c CHECK (VALUE > 0)", "ban-alter-domain-with-add-constraint" },
  { "ALTER TABLE t DROP a", "ban-drop-column" },
  { "ALTER TABLE t DROP COLUMN IF EXISTS a CASCADE, DROP COLUMN b",
    "ban-drop-cascade ban-drop-column" },
  { "ALTER TABLE t ADD COLUMN a text NOT NULL", "adding-not-nullable-field" },
  { "ALTER TABLE t ADD a text NOT NULL DEFAULT 'x'", "" },
  { "ALTER TABLE t ADD a text DEFAULT 'x (not null'", "" },
  { "ALTER TABLE t ADD COLUMN a uuid DEFAULT gen_random_uuid() NOT NULL",
    "adding-field-with-default" },
  { "ALTER TABLE t ADD COLUMN a timestamptz DEFAULT now() NOT NULL", "" },
  { "ALTER TABLE t ADD COLUMN a numeric DEFAULT '1'::numeric(10, 2)", "" },
  { "ALTER TABLE t ADD COLUMN a bigint GENERATED ALWAYS AS IDENTITY", "adding-identity-column" },
  { "ALTER TABLE t ADD COLUMN a bigserial PRIMARY KEY",
    "adding-identity-column adding-primary-key-constraint prefer-identity" },
  { "ALTER TABLE t ADD COLUMN a int GENERATED ALWAYS AS (b + 1) STORED",
    "adding-stored-generated-field" },
  { "ALTER TABLE t ADD COLUMN a text UNIQUE", "disallowed-unique-constraint" },
  { "ALTER TABLE t ADD CONSTRAINT c CHECK (a > 0)", "adding-check-constraint" },
  { "ALTER TABLE t ADD CONSTRAINT c CHECK (a > 0) NOT VALID", "" },
  { "ALTER TABLE t ADD CONSTRAINT c CHECK (a > 0) NOT VALID; ALTER TABLE t VALIDATE CONSTRAINT c",
    "constraint-validated-in-same-transaction" },
  { "ALTER TABLE t ADD FOREIGN KEY (a) REFERENCES o", "adding-foreign-key-constraint" },
  { "ALTER TABLE t ADD CONSTRAINT f FOREIGN KEY (a) REFERENCES o NOT VALID", "" },
  { "ALTER TABLE t ADD CONSTRAINT u UNIQUE (a)", "disallowed-unique-constraint" },
  { "ALTER TABLE t ADD CONSTRAINT u UNIQUE USING INDEX u", "" },
  { "ALTER TABLE t ADD PRIMARY KEY (a)", "adding-primary-key-constraint" },
  { "ALTER TABLE t ADD CONSTRAINT e EXCLUDE USING gist (a WITH =)",
    "adding-exclusion-constraint" },
  { "ALTER TABLE t ALTER a TYPE bigint", "changing-column-type" },
  { "ALTER TABLE t ALTER COLUMN a SET NOT NULL", "setting-not-nullable-field" },
  { "ALTER TABLE t ADD CONSTRAINT c CHECK (\"A\" IS NOT NULL); ALTER TABLE t ALTER \"A\" SET NOT NULL",
    "adding-check-constraint" },
  { "ALTER TABLE t ALTER a DROP NOT NULL", "ban-drop-not-null" },
  { "ALTER TABLE t ALTER a DROP DEFAULT", "ban-drop-default" },
  { "ALTER TABLE t ALTER a DROP DEFAULT; ALTER TABLE t ALTER COLUMN a SET DEFAULT 1", "" },
  { "ALTER TABLE t RENAME a TO b", "renaming-column" },
  { "ALTER TABLE t RENAME COLUMN a TO b", "renaming-column" },
  { "ALTER TABLE t RENAME TO u", "renaming-table" },
  { "ALTER TABLE t SET SCHEMA s", "renaming-table" },
  { "ALTER TABLE t RENAME CONSTRAINT a TO b", "" },
  { "ALTER TABLE t DISABLE TRIGGER ALL", "disabling-triggers" },
  { "ALTER TABLE t DISABLE ROW LEVEL SECURITY", "disabling-row-security" },
  { "ALTER TABLE t SET UNLOGGED", "rewriting-table" },
  { "ALTER TABLE t SET (fillfactor = 70)", "" },
  { "ALTER TABLE t ATTACH PARTITION p FOR VALUES IN (1)", "attaching-partition" },
  { "ALTER TABLE t DETACH PARTITION p", "require-concurrent-detach" },
  { "ALTER TABLE t ADD a bigint; ALTER TABLE u ADD a bigint", "several-exclusive-locks" },
  { "ALTER TABLE t ADD a bigint; UPDATE t SET a = 1 WHERE b", "backfill-in-transaction" },
  { "ALTER TABLE t ADD a bigint; UPDATE u SET a = 1 WHERE b", "lock-held-during-work" },
  { "CREATE TABLE t (a char(2))", "ban-char-field" },
  { "CREATE TABLE t (a \"char\", b character varying(3))", "prefer-text-field" },
  { "CREATE TABLE t (a timestamp, b timestamp(3) with time zone)", "prefer-timestamptz" },
  { "CREATE TABLE t (a money)", "ban-money-field" },
  { "CREATE TABLE t (a json, b jsonb)", "prefer-jsonb" },
  { "CREATE TABLE t (a int PRIMARY KEY, b int)", "prefer-bigint-over-int" },
  { "CREATE TABLE t (b int, a smallint, CONSTRAINT k PRIMARY KEY (a))",
    "prefer-bigint-over-smallint" },
  { "CREATE TABLE t (a bigint, CONSTRAINT k PRIMARY KEY (a))", "" },
  { "CREATE TABLE t (a int, b int, PRIMARY KEY (a, b))", "" },
  { "", "" },
  { "ALTER", "" },
  { "ALTER TABLE", "" },
  { "ALTER TABLE t", "" },
  { "CREATE TABLE t (", "" },
  { "CREATE INDEX", "" },
  { "ALTER TABLE t ADD CONSTRAINT c CHECK", "adding-check-constraint" },
  { "DROP TABLE 'unterminated", "" },
};

static void
test_statements(void **state)
{
  guint wrong = 0;
  for (guint i = 0; i < G_N_ELEMENTS(cases); i++) {
    Fixture *self = *state;
    g_ptr_array_set_size(self->plan->steps, 0);
    add_step(self, "sql-after", "", cases[i].sql);
    look(self);
    g_autofree char *rules = rules_found(self);
    if (strcmp(rules, cases[i].rules) == 0)
      continue;
    print_message("%s\n  gives '%s', wanted '%s'\n", cases[i].sql, rules, cases[i].rules);
    wrong++;
  }
  assert_int_equal(wrong, 0);
}

/* Whatever ends in the middle must do no harm. */
static void
test_cut_statements(void **state)
{
  Fixture *self = *state;
  for (guint i = 0; i < G_N_ELEMENTS(cases); i++)
    for (gsize length = 0; length < strlen(cases[i].sql); length++) {
      g_autofree char *cut = g_strndup(cases[i].sql, length);
      g_ptr_array_set_size(self->plan->steps, 0);
      add_step(self, "sql-after", "", cut);
      look(self);
    }
}

/* --- plans --------------------------------------------------------------------------------- */

static void
test_required_after_validation(void **state)
{
  Fixture *self = *state;
  add_step(self, "add-constraint", "t.a",
           "ALTER TABLE t ADD CONSTRAINT c CHECK ((a IS NOT NULL)) NOT VALID;\n");
  add_step(self, "validate-constraint", "t.a", "ALTER TABLE t VALIDATE CONSTRAINT c;\n")
      ->transactional
      = FALSE;
  add_step(self, "alter-column", "t.a", "ALTER TABLE t ALTER COLUMN a SET NOT NULL;\n");
  assert_rules(self, "");
}

static void
test_transactions_end(void **state)
{
  Fixture *self = *state;
  add_step(self, "add-column", "t.a", "ALTER TABLE t ADD COLUMN a bigint;\n");
  add_step(self, "fill-column", "t.a", "UPDATE t SET a = 1 WHERE (a IS NULL);\n")->transactional
      = FALSE;
  add_step(self, "create-index", "t.i", "CREATE INDEX CONCURRENTLY i ON t (a);\n")->transactional
      = FALSE;
  add_step(self, "add-column", "u.a", "ALTER TABLE u ADD COLUMN a bigint;\n");
  assert_rules(self, "");
}

static void
test_losses(void **state)
{
  Fixture *self = *state;
  DmigStep *step = add_step(self, "alter-column", "t.a", "ALTER TABLE t ALTER a TYPE int;\n");
  step->rewrites = TRUE;
  dmig_step_add_loss(step, DMIG_LOSS_LOSSY, "digits of t.a");
  assert_rules(self, "changing-column-type lossy-change");
  step->loss = DMIG_LOSS_IRREVERSIBLE;
  assert_rules(self, "changing-column-type irreversible-change");
}

/* dmig knows of its own steps that they leave the rows alone. */
static void
test_type_without_rewrite(void **state)
{
  Fixture *self = *state;
  add_step(self, "alter-column", "t.a", "ALTER TABLE t ALTER COLUMN a TYPE text;\n");
  assert_rules(self, "");
}

static void
test_rewrites_by_metadata(void **state)
{
  Fixture *self = *state;
  DmigStep *step = add_step(self, "alter-enum", "mood", "ALTER TABLE t ALTER a TYPE mood;\n");
  step->rewrites = TRUE;
  step->lock = DMIG_LOCK_ACCESS_EXCLUSIVE;
  assert_rules(self, "enum-value-removal");
  g_ptr_array_set_size(self->plan->steps, 0);
  step = add_step(self, "copy-rows", "t", "INSERT INTO t SELECT * FROM u;\n");
  step->rewrites = TRUE;
  step->lock = DMIG_LOCK_ACCESS_EXCLUSIVE;
  assert_rules(self, "rewriting-table");
}

static void
test_whole_database(void **state)
{
  Fixture *self = *state;
  self->plan->dialect = &as_a_whole;
  add_step(self, "create-index", "t.i", "CREATE INDEX i ON t (a);\n");
  add_step(self, "rebuild-table", "t", "CREATE TABLE dmig_new_t (a); DROP TABLE t;\n");
  add_step(self, "sql-after", "",
           "CREATE TRIGGER x AFTER INSERT ON t BEGIN DELETE FROM u; SELECT CASE WHEN 1 THEN 2 END; "
           "END; DROP INDEX j;\n");
  assert_rules(self, "index-locks-database table-rebuild");
}

/* --- schemas ------------------------------------------------------------------------------- */

static void
test_reference_without_index(void **state)
{
  Fixture *self = *state;
  self->after = dmig_schema_new(&by_table);
  test_add_constraint(test_add_table(self->after, "o", "id", "bigint", NULL),
                      DMIG_CONSTRAINT_PRIMARY_KEY, "o_pkey", "id");
  DmigTable *table = test_add_table(self->after, "t.t", "o_id", "integer", NULL);
  test_add_reference(table, "f.k", "o_id", "o", "id");
  add_step(self, "add-constraint", "t.t.f.k",
           "ALTER TABLE \"t.t\" ADD CONSTRAINT \"f.k\" FOREIGN KEY (o_id) REFERENCES o (id) NOT "
           "VALID;\n");
  assert_rules(self, "foreign-key-type-mismatch foreign-key-without-index");
  test_add_index(table, "i", "o_id", NULL);
  dmig_schema_forget(self->after);
  assert_rules(self, "foreign-key-type-mismatch");
}

static void
test_keys_and_partitions(void **state)
{
  Fixture *self = *state;
  self->before = dmig_schema_new(&by_table);
  self->after = dmig_schema_new(&by_table);
  DmigTable *table = test_add_table(self->before, "t", "id", "bigint", NULL);
  test_add_constraint(table, DMIG_CONSTRAINT_PRIMARY_KEY, "t_pkey", "id");
  table->partition_by = g_strdup("RANGE (id)");
  add_step(self, "sql-after", "", "ALTER TABLE t DROP CONSTRAINT t_pkey; CREATE INDEX i ON t (id)");
  assert_rules(self, "changing-primary-key index-on-partitioned-table");
}

static void
test_dropped_index_of_reference(void **state)
{
  Fixture *self = *state;
  self->before = dmig_schema_new(&by_table);
  self->after = dmig_schema_new(&by_table);
  DmigTable *table = test_add_table(self->before, "t", "id", "bigint", NULL);
  test_add_index(table, "u", "id", NULL)->unique = TRUE;
  test_add_table(self->after, "t", "id", "bigint", NULL);
  test_add_reference(test_add_table(self->after, "r", "t_id", "bigint", NULL), "f", "t_id", "t",
                     "id");
  add_step(self, "sql-after", "", "DROP INDEX u");
  assert_rules(self, "drop-index-used-by-reference require-concurrent-index-deletion");
}

/* --- comments ------------------------------------------------------------------------------ */

static void
test_allow(void **state)
{
  Fixture *self = *state;
  add_step(self, "sql-after", "",
           "-- dmig:allow ban-drop-column, renaming-column because nobody reads it: it's new\n"
           "ALTER TABLE t DROP COLUMN a;\nALTER TABLE t RENAME b TO c;\n");
  assert_rules(self, "");
  assert_int_equal(self->found->len, 2);
  const DmigHazard *hazard = self->found->pdata[1];
  assert_string_equal(hazard->allowed, "nobody reads it: it's new");
  assert_int_equal(hazard->line, 3);
}

static void
test_allow_is_for_its_step(void **state)
{
  Fixture *self = *state;
  add_step(self, "drop-column", "t.a",
           "-- dmig:allow ban-drop-column: gone since May\nALTER TABLE t DROP COLUMN a;\n");
  add_step(self, "drop-column", "t.b", "ALTER TABLE t DROP COLUMN b;\n");
  look(self);
  assert_int_equal(self->found->len, 2);
  assert_string_equal(((DmigHazard *) self->found->pdata[0])->allowed, "gone since May");
  assert_null(((DmigHazard *) self->found->pdata[1])->allowed);
}

static void
test_allow_without_reason(void **state)
{
  Fixture *self = *state;
  add_step(self, "sql-after", "", "-- dmig:allow ban-drop-column\nALTER TABLE t DROP COLUMN a;\n");
  assert_rules(self, "allow-without-reason ban-drop-column");
  g_ptr_array_set_size(self->plan->steps, 0);
  add_step(self, "sql-after", "",
           "-- dmig:allow ban-drop-column because  \nALTER TABLE t DROP COLUMN a;\n");
  assert_rules(self, "allow-without-reason ban-drop-column");
}

static void
test_allow_what_is_not(void **state)
{
  Fixture *self = *state;
  add_step(self, "sql-after", "", "-- dmig:allow ban-drop-colum because a\nSELECT 1;\n");
  assert_rules(self, "unknown-rule");
  g_ptr_array_set_size(self->plan->steps, 0);
  add_step(self, "sql-after", "", "-- dmig:allow ban-drop-column because a\nSELECT 1;\n");
  assert_rules(self, "needless-allow");
}

/* --- the rules ----------------------------------------------------------------------------- */

static void
test_rules_are_complete(void **state)
{
  guint n = 0;
  const DmigHazardRule *rules = dmig_hazard_rules(&n);
  for (guint i = 0; i < n; i++) {
    assert_ptr_equal(dmig_hazard_rule(rules[i].name), &rules[i]);
    assert_true(i == 0 || strcmp(rules[i - 1].name, rules[i].name) < 0);
    assert_true(g_str_has_suffix(rules[i].what, "."));
    assert_true(g_str_has_suffix(rules[i].why, "."));
    assert_true(g_str_has_suffix(rules[i].advice, "."));
    assert_true(strspn(rules[i].name, "abcdefghijklmnopqrstuvwxyz-") == strlen(rules[i].name));
  }
  assert_null(dmig_hazard_rule("ban-drop"));
  assert_null(dmig_hazard_rule(""));
}

/* docs/hazards.md says of each rule what the program says. */
static void
test_rules_are_documented(void **state)
{
  g_autofree char *path = g_build_filename(g_getenv("DMIG_SOURCE"), "docs", "hazards.md", NULL);
  g_autofree char *text = NULL;
  guint n = 0;
  assert_true(g_file_get_contents(path, &text, NULL, NULL));
  for (char *p = text; *p != '\0'; p++)
    if (*p == '\n' && p[1] != '\n' && p[1] != '#' && p > text && p[-1] != '\n')
      *p = ' ';
  const DmigHazardRule *rules = dmig_hazard_rules(&n);
  for (guint i = 0; i < n; i++) {
    g_autofree char *entry
        = g_strdup_printf("### %s\n\n%s %s\n\n%s\n", rules[i].name, rules[i].what, rules[i].why,
                          rules[i].advice);
    if (strstr(text, entry) == NULL)
      print_message("missing: %s\n", entry);
    assert_non_null(strstr(text, entry));
  }
}

int
main(void)
{
  const struct CMUnitTest tests[] = {
    cmocka_unit_test_setup_teardown(test_statements, setup, teardown),
    cmocka_unit_test_setup_teardown(test_cut_statements, setup, teardown),
    cmocka_unit_test_setup_teardown(test_required_after_validation, setup, teardown),
    cmocka_unit_test_setup_teardown(test_transactions_end, setup, teardown),
    cmocka_unit_test_setup_teardown(test_losses, setup, teardown),
    cmocka_unit_test_setup_teardown(test_type_without_rewrite, setup, teardown),
    cmocka_unit_test_setup_teardown(test_rewrites_by_metadata, setup, teardown),
    cmocka_unit_test_setup_teardown(test_whole_database, setup, teardown),
    cmocka_unit_test_setup_teardown(test_reference_without_index, setup, teardown),
    cmocka_unit_test_setup_teardown(test_keys_and_partitions, setup, teardown),
    cmocka_unit_test_setup_teardown(test_dropped_index_of_reference, setup, teardown),
    cmocka_unit_test_setup_teardown(test_allow, setup, teardown),
    cmocka_unit_test_setup_teardown(test_allow_is_for_its_step, setup, teardown),
    cmocka_unit_test_setup_teardown(test_allow_without_reason, setup, teardown),
    cmocka_unit_test_setup_teardown(test_allow_what_is_not, setup, teardown),
    cmocka_unit_test(test_rules_are_complete),
    cmocka_unit_test(test_rules_are_documented),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
