#include "core/apply/proof/proof.h"

#include <string.h>

#include "core/apply/proof/rows.h"
#include "core/plan/migration_file.h"
#include "tests/core/apply/fixture.h"

/* --- schemas, in the spelling that each dialect reports ------------------------------------------ */

static DmigColumn *
add_column(DmigTable *table, const char *name, TypeOf kind, gboolean not_null)
{
  const DmigDialect *dialect = fixture_dialect();
  DmigColumn *column = fixture_column(dialect, name, kind);
  column->not_null = not_null;
  g_ptr_array_add(table->columns, column);
  return column;
}

static DmigTable *
add_table(DmigSchema *schema, const char *name)
{
  DmigTable *table = dmig_table_new(name);
  g_ptr_array_add(schema->tables, table);
  add_column(table, "id", TYPE_OF_BIGINT, TRUE);
  DmigConstraint *key = dmig_constraint_new(DMIG_CONSTRAINT_PRIMARY_KEY, NULL);
  g_strfreev(key->columns);
  key->columns = g_strsplit("id", ",", -1);
  g_ptr_array_add(table->constraints, key);
  fixture_name_constraint(schema->dialect, key, dmig_path_name(name), "pkey");
  return table;
}

static void
add_check(DmigSchema *schema, DmigTable *table, const char *sql, const char *suffix)
{
  DmigConstraint *check = dmig_constraint_new(DMIG_CONSTRAINT_CHECK, NULL);
  check->check_sql = g_strdup(sql);
  fixture_name_constraint(schema->dialect, check, table->name, suffix);
  g_ptr_array_add(table->constraints, check);
}

static void
add_reference(DmigSchema *schema, DmigTable *table, const char *column, const char *to)
{
  DmigConstraint *key = dmig_constraint_new(DMIG_CONSTRAINT_FOREIGN_KEY, NULL);
  g_strfreev(key->columns);
  key->columns = g_strsplit(column, ",", -1);
  key->ref_table = g_strdup(to);
  g_strfreev(key->ref_columns);
  key->ref_columns = g_strsplit("id", ",", -1);
  fixture_name_constraint(schema->dialect, key, table->name, column);
  g_ptr_array_add(table->constraints, key);
}

static void
build(DmigDatabase *db, DmigSchema *schema)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(DmigPlan) plan = dmig_plan_build(schema, &error);
  assert_non_null(plan);
  g_autofree char *sql = dmig_plan_sql(plan);
  fixture_exec(db, sql);
}

static void
assert_value(DmigDatabase *db, const char *sql, const char *wanted)
{
  g_autofree char *value = fixture_value(db, sql);
  assert_string_equal(value, wanted);
}

/* --- rows ---------------------------------------------------------------------------------------- */

static void
test_rows_satisfy_what_tables_ask(void **state)
{
  DmigDatabase *db = ((Fixture *) *state)->db;
  g_autoptr(DmigSchema) schema = dmig_schema_new(db->dialect);
  DmigTable *child = add_table(schema, "line \"items\"");
  add_column(child, "order", TYPE_OF_BIGINT, TRUE);
  add_reference(schema, child, "order", "orders");
  DmigTable *table = add_table(schema, "orders");
  add_column(table, "mail", TYPE_OF_TEXT, TRUE);
  add_column(table, "total", TYPE_OF_BIGINT, TRUE);
  add_column(table, "state", TYPE_OF_TEXT, TRUE);
  add_column(table, "before", TYPE_OF_BIGINT, FALSE);
  add_reference(schema, table, "before", "orders");
  add_check(schema, table, "mail LIKE '%@%'", "mail_check");
  add_check(schema, table, "total >= 0", "total_check");
  add_check(schema, table, "state IN ('open', 'it''s')", "state_check");
  build(db, schema);

  g_autoptr(GError) error = NULL;
  const DmigRowsOptions options = { .per_table = 6, .seed = 42 };
  DmigRowsCount count = { 0 };
  if (!dmig_rows_fill(db, schema, &options, &count, &error))
    fail_msg("%s", error->message);
  assert_int_equal(count.rows, 12);
  assert_value(db, "SELECT count(*) FROM orders", "6");
  assert_value(db, "SELECT count(*) FROM \"line \"\"items\"\"\"", "6");
}

static void
add_cycle(DmigSchema *schema)
{
  DmigTable *left = add_table(schema, "left_side");
  add_column(left, "other", TYPE_OF_BIGINT, FALSE);
  add_reference(schema, left, "other", "right_side");
  DmigTable *right = add_table(schema, "right_side");
  add_column(right, "other", TYPE_OF_BIGINT, FALSE);
  add_reference(schema, right, "other", "left_side");
}

static void
test_rows_close_cycles(void **state)
{
  DmigDatabase *db = ((Fixture *) *state)->db;
  g_autoptr(DmigSchema) schema = dmig_schema_new(db->dialect);
  add_cycle(schema);
  build(db, schema);
  DmigRowsCount count = {0};
  g_autoptr(GError) error = NULL;
  const DmigRowsOptions options = {.per_table = 6, .seed = 7};
  assert_true(dmig_rows_fill(db, schema, &options, &count, &error));
  assert_int_equal(count.rows, 12);
  assert_int_equal(count.tables, 2);
  g_autofree char *joined = fixture_value(
      db, "SELECT (SELECT count(*) FROM left_side WHERE other IS NOT NULL) * "
          "(SELECT count(*) FROM right_side WHERE other IS NOT NULL)");
  assert_string_not_equal(joined, "0");
}

static void
test_same_seed_same_rows(void **state)
{
  Fixture *fixture = *state;
  g_autoptr(DmigSchema) schema = dmig_schema_new(fixture->db->dialect);
  DmigTable *table = add_table(schema, "t");
  add_column(table, "x", TYPE_OF_TEXT, FALSE);
  g_autofree char *first = NULL;
  for (guint i = 0; i < 2; i++) {
    fixture_exec(fixture->db, i > 0 ? "DROP TABLE t" : "SELECT 1");
    build(fixture->db, schema);
    const DmigRowsOptions options = { .per_table = 8, .seed = 99 };
    DmigRowsCount count = { 0 };
    assert_true(dmig_rows_fill(fixture->db, schema, &options, &count, NULL));
    g_autofree char *text = fixture_value(
        fixture->db, "SELECT count(*) || coalesce(min(x), '-') || coalesce(max(x), '-') FROM t");
    if (first != NULL)
      assert_string_equal(first, text);
    g_free(first);
    first = g_steal_pointer(&text);
  }
}

static void
test_skipped_table(void **state)
{
  DmigDatabase *db = ((Fixture *) *state)->db;
  g_autoptr(DmigSchema) schema = dmig_schema_new(db->dialect);
  DmigTable *child = add_table(schema, "child");
  add_column(child, "parent", TYPE_OF_BIGINT, TRUE);
  add_reference(schema, child, "parent", "parent");
  add_table(schema, "parent");
  add_table(schema, "beside");
  build(db, schema);
  g_autoptr(GHashTable) skip = g_hash_table_new(g_str_hash, g_str_equal);
  g_hash_table_add(skip, (gpointer) "parent");
  DmigRowsCount count = {0};
  const DmigRowsOptions options = {.per_table = 3, .style = DMIG_ROWS_TAME, .skip = skip};
  assert_true(dmig_rows_fill(db, schema, &options, &count, NULL));
  assert_int_equal(count.tables, 1);
  assert_value(db, "SELECT count(*) FROM beside", "3");
}

/* --- proofs -------------------------------------------------------------------------------------- */

typedef struct {
  DmigSchema *parent, *wanted;
  char *upgrade, *downgrade;
} Pair;

static void
pair_clear(Pair *self)
{
  dmig_schema_unref(self->parent);
  dmig_schema_unref(self->wanted);
  g_free(self->upgrade);
  g_free(self->downgrade);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Pair, pair_clear)

static char *
plan_file(DmigSchema *from, DmigSchema *to, const char *direction)
{
  g_autoptr(DmigChanges) changes = dmig_diff(from, to, NULL);
  g_autoptr(DmigPlan) plan = dmig_plan_new(changes, NULL, NULL);
  assert_non_null(plan);
  return dmig_migration_file_write(plan, direction);
}

static DmigSchema *
schema_with(const char *name)
{
  DmigSchema *schema = dmig_schema_new(fixture_dialect());
  if (name == NULL)
    return schema;
  DmigObject *object = dmig_object_new(DMIG_OBJECT_SCHEMA, name, NULL);
  object->create = g_strdup_printf("CREATE SCHEMA %s;\n", name);
  object->drop = g_strdup_printf("DROP SCHEMA %s;\n", name);
  g_ptr_array_add(schema->objects, object);
  return schema;
}

static void
pair_init(Pair *self, const char *schema, gboolean required)
{
  g_autofree char *path = dmig_path_new(schema, "people");
  self->parent = schema_with(schema);
  DmigTable *before = add_table(self->parent, path);
  add_column(before, "name", TYPE_OF_TEXT, FALSE);
  self->wanted = schema_with(schema);
  DmigTable *after = add_table(self->wanted, path);
  add_column(after, "name", TYPE_OF_TEXT, FALSE);
  add_column(after, "age", TYPE_OF_BIGINT, required);
  self->upgrade = plan_file(self->parent, self->wanted, "upgrade");
  self->downgrade = plan_file(self->wanted, self->parent, "downgrade");
}

static DmigProof *
prove(DmigScratch *scratch, const Pair *pair)
{
  g_autoptr(GError) error = NULL;
  DmigProof *proof = NULL;
  const DmigProofCase given = {.parent = pair->parent,
                               .wanted = pair->wanted,
                               .upgrade = pair->upgrade,
                               .downgrade = pair->downgrade};
  if (!dmig_prove(scratch, &given, &proof, &error))
    fail_msg("%s", error->message);
  return proof;
}

static void
assert_problem(const DmigProof *proof, const char *part)
{
  assert_int_equal(proof->outcome, DMIG_PROOF_REFUTED);
  for (guint i = 0; i < proof->problems->len; i++)
    if (strstr(proof->problems->pdata[i], part))
      return;
  fail_msg("no problem says '%s'; the first: %s", part, (char *) proof->problems->pdata[0]);
}

static void
test_proved(void **state)
{
  g_auto(Pair) pair = {0};
  pair_init(&pair, NULL, FALSE);
  g_autoptr(DmigProof) proof = prove(((Fixture *) *state)->scratch, &pair);
  assert_int_equal(proof->outcome, DMIG_PROOF_PROVED);
  assert_int_equal(proof->tables, 1);
  assert_true(proof->rows > 0);
  assert_non_null(proof->server);
  assert_int_equal(proof->notes->len, 0);
}

static void
test_proved_without_rows_in_the_way(void **state)
{
  g_auto(Pair) pair = {0};
  pair_init(&pair, NULL, TRUE);
  g_autoptr(DmigProof) proof = prove(((Fixture *) *state)->scratch, &pair);
  assert_int_equal(proof->outcome, DMIG_PROOF_PROVED);
  assert_int_equal(proof->rows, 4);
  assert_int_equal(proof->notes->len, 1);
  assert_non_null(strstr(proof->notes->pdata[0], "people"));
}

static void
test_the_way_is_known_in_other_schemas(void **state)
{
  g_auto(Pair) pair = {0};
  if (!fixture_dialect()->has.schemas)
    skip();
  pair_init(&pair, "sales", TRUE);
  g_autoptr(DmigProof) proof = prove(((Fixture *) *state)->scratch, &pair);
  assert_int_equal(proof->notes->len, 1);
  assert_non_null(strstr(proof->notes->pdata[0], "without rows in sales.people: "));
}

static void
test_upgrade_that_does_less(void **state)
{
  g_auto(Pair) pair = {0};
  pair_init(&pair, NULL, FALSE);
  g_autofree char *nothing = plan_file(pair.parent, pair.parent, "upgrade");
  g_free(pair.upgrade);
  pair.upgrade = g_steal_pointer(&nothing);
  g_autoptr(DmigProof) proof = prove(((Fixture *) *state)->scratch, &pair);
  assert_problem(proof, "after the upgrade: table people: column age");
}

static void
append_step(char **file, const char *sql)
{
  char *longer = g_strconcat(
      *file, "\n-- step 99: more\n-- dmig: {\"kind\": \"alter-column\"}\n", sql, NULL);
  g_free(*file);
  *file = longer;
}

static void
test_lost_rows(void **state)
{
  g_auto(Pair) pair = {0};
  pair_init(&pair, NULL, FALSE);
  append_step(&pair.upgrade, "DELETE FROM people WHERE id = 1;\n");
  g_autoptr(DmigProof) proof = prove(((Fixture *) *state)->scratch, &pair);
  assert_problem(proof, "after the upgrade: table people had 4 rows and now has 3");
}

static void
test_changed_values(void **state)
{
  g_auto(Pair) pair = {0};
  pair_init(&pair, NULL, FALSE);
  append_step(&pair.downgrade, "UPDATE people SET name = 'all alike';\n");
  g_autoptr(DmigProof) proof = prove(((Fixture *) *state)->scratch, &pair);
  assert_problem(proof, "after the downgrade: table people: values of id, name have changed");
}

/* The pair the other way round: the upgrade takes a column out, and the downgrade brings it. */
static void
pair_turn(Pair *self)
{
  DmigSchema *schema = self->parent;
  char *file = self->upgrade;
  self->parent = self->wanted;
  self->wanted = schema;
  self->upgrade = self->downgrade;
  self->downgrade = file;
}

static void
test_what_is_kept_comes_back(void **state)
{
  g_auto(Pair) pair = {0};
  pair_init(&pair, NULL, FALSE);
  pair_turn(&pair);
  g_autoptr(DmigProof) proof = prove(((Fixture *) *state)->scratch, &pair);
  assert_int_equal(proof->outcome, DMIG_PROOF_PROVED);
  assert_int_equal(proof->kept, 1);
}

static void
test_what_is_kept_and_does_not_come_back(void **state)
{
  g_auto(Pair) pair = {0};
  pair_init(&pair, NULL, FALSE);
  pair_turn(&pair);
  append_step(&pair.downgrade, "UPDATE people SET age = 7;\n");
  g_autoptr(DmigProof) proof = prove(((Fixture *) *state)->scratch, &pair);
  assert_problem(proof, "after the downgrade: table people: values of id, name, age have changed");
}

/* What the upgrade gives the column has to be there again after it was taken back and applied again. */
static void
test_what_is_kept_and_does_not_come_again(void **state)
{
  g_auto(Pair) pair = {0};
  pair_init(&pair, NULL, FALSE);
  append_step(&pair.upgrade, "UPDATE people SET age = CASE WHEN EXISTS (SELECT 1 FROM people WHERE "
                             "age = 1) THEN 2 ELSE 1 END;\n");
  g_autoptr(DmigProof) proof = prove(((Fixture *) *state)->scratch, &pair);
  assert_problem(proof, "after the second upgrade: table people: values of id, name, age have changed");
}

static void
test_failing_statement(void **state)
{
  g_auto(Pair) pair = {0};
  pair_init(&pair, NULL, FALSE);
  append_step(&pair.downgrade, "DROP TABLE nowhere;\n");
  g_autoptr(DmigProof) proof = prove(((Fixture *) *state)->scratch, &pair);
  assert_problem(proof, "the downgrade fails: downgrade.sql:");
  assert_problem(proof, "step 99: more");
}

static void
test_unreadable_file(void **state)
{
  g_auto(Pair) pair = {0};
  pair_init(&pair, NULL, FALSE);
  g_free(pair.upgrade);
  pair.upgrade = g_strdup_printf("-- dmig migration 999: upgrade for %s\n",
                                 fixture_dialect()->name);
  g_autoptr(DmigProof) proof = prove(((Fixture *) *state)->scratch, &pair);
  assert_problem(proof, "can't be read");
}

static void
test_differences_are_named(void **state)
{
  g_auto(Pair) pair = {0};
  pair_init(&pair, NULL, TRUE);
  g_autoptr(GPtrArray) none = dmig_schema_explain_differences(pair.parent, pair.parent);
  assert_int_equal(none->len, 0);
  DmigTable *people = dmig_schema_table(pair.parent, "people");
  add_check(pair.parent, people, "id > 0", "more");
  add_table(pair.parent, "extra");
  g_autoptr(GPtrArray) lines = dmig_schema_explain_differences(pair.parent, pair.wanted);
  assert_int_equal(lines->len, 3);
  assert_non_null(strstr(lines->pdata[0], "table people: column age"));
  assert_non_null(strstr(lines->pdata[0], "is missing"));
  assert_non_null(strstr(lines->pdata[1], "check (id > 0) is there, but not wanted"));
  assert_string_equal(lines->pdata[2], "table extra is there, but not wanted");
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, fixture_setup, fixture_teardown)

int
main(int argc, char **argv)
{
  const struct CMUnitTest tests[] = {
      TEST(test_rows_satisfy_what_tables_ask),
      TEST(test_rows_close_cycles),
      TEST(test_same_seed_same_rows),
      TEST(test_skipped_table),
      TEST(test_proved),
      TEST(test_proved_without_rows_in_the_way),
      TEST(test_the_way_is_known_in_other_schemas),
      TEST(test_upgrade_that_does_less),
      TEST(test_lost_rows),
      TEST(test_changed_values),
      TEST(test_what_is_kept_comes_back),
      TEST(test_what_is_kept_and_does_not_come_back),
      TEST(test_what_is_kept_and_does_not_come_again),
      TEST(test_failing_statement),
      TEST(test_unreadable_file),
      TEST(test_differences_are_named),
  };
  return FIXTURE_MAIN(argc, argv, tests);
}
