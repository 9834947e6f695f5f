/* What is built is what is inspected, and what it should be. */
#include "tests/core/db/contract_case.h"

#include "core/db/ddl.h"
#include "core/domain/type.h"
#include "core/plan/plan.h"
#include "core/sql/text.h"

static DmigColumn *
add_column(DmigTable *table, const char *name, DmigType type, const char *default_text)
{
  const DmigDialect *dialect = backend->driver->dialect;
  g_autofree char *native = dialect->lower_type(&type, "mood");
  DmigColumn *column = dmig_column_new(name, native);
  if (default_text != NULL)
    column->default_sql = dialect->literal(&type, default_text);
  g_ptr_array_add(table->columns, column);
  return column;
}

static DmigConstraint *
add_constraint(DmigTable *table, DmigConstraintKind kind, const char *name, const char *columns)
{
  gboolean named = backend->driver->dialect->has.named_constraints;
  DmigConstraint *constraint = dmig_constraint_new(kind, named ? name : NULL);
  if (columns != NULL) {
    g_strfreev(constraint->columns);
    constraint->columns = g_strsplit(columns, "|", -1);
  }
  g_ptr_array_add(table->constraints, constraint);
  return constraint;
}

static DmigConstraint *
add_reference(DmigTable *table, const char *name, const char *columns, const char *ref_table,
              const char *ref_columns)
{
  DmigConstraint *key = add_constraint(table, DMIG_CONSTRAINT_FOREIGN_KEY, name, columns);
  key->ref_table = g_strdup(ref_table);
  g_strfreev(key->ref_columns);
  key->ref_columns = g_strsplit(ref_columns, "|", -1);
  return key;
}

static DmigIndex *
add_index(DmigTable *table, const char *name, const char *column, const char *expression)
{
  DmigIndex *index = dmig_index_new(name);
  g_ptr_array_add(index->elements, dmig_index_element_new(column, expression));
  g_ptr_array_add(table->indexes, index);
  return index;
}

#define TYPE(name, ...) ((DmigType){ .kind = (name), ##__VA_ARGS__ })

/* A column of each portable type, with a default where there are some. */
static DmigTable *
types_table(void)
{
  DmigType text_type = { .kind = DMIG_TYPE_TEXT };
  DmigTable *table = dmig_table_new("types");
  add_column(table, "id", TYPE(DMIG_TYPE_BIGINT), NULL)->not_null = TRUE;
  add_column(table, "b", TYPE(DMIG_TYPE_BOOLEAN), "true")->not_null = TRUE;
  add_column(table, "s", TYPE(DMIG_TYPE_SMALLINT), "-32768");
  add_column(table, "i", TYPE(DMIG_TYPE_INTEGER), "0");
  add_column(table, "l", TYPE(DMIG_TYPE_BIGINT), "9223372036854775807");
  add_column(table, "d", TYPE(DMIG_TYPE_DECIMAL, .precision = 12, .scale = 2), "0.50");
  add_column(table, "n", TYPE(DMIG_TYPE_DECIMAL), NULL);
  add_column(table, "r", TYPE(DMIG_TYPE_REAL), "1.5");
  add_column(table, "f", TYPE(DMIG_TYPE_DOUBLE), "-1e10");
  add_column(table, "v", TYPE(DMIG_TYPE_STRING, .length = 20), "it's");
  add_column(table, "v0", TYPE(DMIG_TYPE_STRING), "");
  add_column(table, "t", TYPE(DMIG_TYPE_TEXT), "🦊 \\ \"%s\" -- ;");
  add_column(table, "y", TYPE(DMIG_TYPE_BINARY), "00ff");
  add_column(table, "da", TYPE(DMIG_TYPE_DATE), "2024-02-29");
  add_column(table, "ti", TYPE(DMIG_TYPE_TIME), "13:45:30");
  add_column(table, "ts", TYPE(DMIG_TYPE_TIMESTAMP), "2024-02-29 13:45:30");
  add_column(table, "tz", TYPE(DMIG_TYPE_TIMESTAMPTZ), NULL);
  add_column(table, "iv", TYPE(DMIG_TYPE_INTERVAL), NULL);
  add_column(table, "u", TYPE(DMIG_TYPE_UUID), "123e4567-e89b-12d3-a456-426614174000");
  add_column(table, "j", TYPE(DMIG_TYPE_JSON), NULL);
  add_column(table, "a", TYPE(DMIG_TYPE_ARRAY, .element = &text_type), NULL);
  add_constraint(table, DMIG_CONSTRAINT_PRIMARY_KEY, "types_pkey", "id");
  return table;
}

/* Defaults that are functions, generated columns, identity. */
static DmigTable *
computed_table(void)
{
  const DmigDialect *dialect = backend->driver->dialect;
  DmigTable *table = dmig_table_new("computed");
  DmigColumn *id = add_column(table, "id", TYPE(DMIG_TYPE_BIGINT), NULL);
  id->identity = DMIG_IDENTITY_BY_DEFAULT;
  id->not_null = TRUE;
  DmigType stamp = { .kind = DMIG_TYPE_TIMESTAMPTZ }, uuid = { .kind = DMIG_TYPE_UUID };
  DmigType day = { .kind = DMIG_TYPE_DATE };
  add_column(table, "at", stamp, NULL)->default_sql =
      g_strdup(dialect->function(DMIG_FUNCTION_NOW, &stamp));
  add_column(table, "day", day, NULL)->default_sql =
      g_strdup(dialect->function(DMIG_FUNCTION_TODAY, &day));
  add_column(table, "u", uuid, NULL)->default_sql =
      g_strdup(dialect->function(DMIG_FUNCTION_UUID, &uuid));
  add_column(table, "n", TYPE(DMIG_TYPE_INTEGER), NULL);
  DmigColumn *twice = add_column(table, "twice", TYPE(DMIG_TYPE_INTEGER), NULL);
  twice->generated = DMIG_GENERATED_STORED;
  twice->generated_sql = g_strdup("n * 2");
  add_constraint(table, DMIG_CONSTRAINT_PRIMARY_KEY, "computed_pkey", "id");
  return table;
}

/* Keys of several columns, checks, references with actions, all kinds of indexes, odd names. */
static DmigTable *
odd_table(void)
{
  DmigTable *table = dmig_table_new("odd \"table\"; 🦊");
  add_column(table, "order", TYPE(DMIG_TYPE_INTEGER), NULL)->not_null = TRUE;
  add_column(table, "b b", TYPE(DMIG_TYPE_STRING, .length = 40), NULL)->not_null = TRUE;
  add_column(table, "type_id", TYPE(DMIG_TYPE_BIGINT), NULL);
  add_column(table, "parent_order", TYPE(DMIG_TYPE_INTEGER), NULL);
  add_column(table, "parent b", TYPE(DMIG_TYPE_STRING, .length = 40), NULL);
  add_constraint(table, DMIG_CONSTRAINT_PRIMARY_KEY, "odd pkey", "order|b b");
  DmigConstraint *key = add_reference(table, "odd_self", "parent_order|parent b", table->name,
                                      "order|b b");
  key->on_delete = DMIG_ACTION_CASCADE;
  key->on_update = DMIG_ACTION_CASCADE;
  key = add_reference(table, "odd_type", "type_id", "types", "id");
  key->on_delete = DMIG_ACTION_SET_NULL;
  key->deferrable = DMIG_INITIALLY_DEFERRED;
  DmigConstraint *check = add_constraint(table, DMIG_CONSTRAINT_CHECK, "odd_check", NULL);
  check->check_sql = g_strdup("\"order\" > 0");
  DmigIndex *down = add_index(table, "odd i", "b b", NULL);
  ((DmigIndexElement *) g_ptr_array_index(down->elements, 0))->descending = TRUE;
  DmigIndex *partial = add_index(table, "odd_partial", "type_id", NULL);
  partial->unique = TRUE;
  partial->where_sql = g_strdup("type_id > 5");
  add_index(table, "odd_expression", NULL, "abs(\"order\")");
  return table;
}

static void
build_wanted(void)
{
  wanted = dmig_schema_new(backend->driver->dialect);
  g_ptr_array_add(wanted->tables, types_table());
  g_ptr_array_add(wanted->tables, computed_table());
  g_ptr_array_add(wanted->tables, odd_table());
  g_ptr_array_add(wanted->objects, dmig_object_new_view(NULL, "a view", "SELECT id, n FROM computed"));
  DmigPlan *plan = dmig_plan_build(wanted, &error);
  assert_done(plan != NULL);
  text = dmig_plan_sql(plan);
  dmig_plan_free(plan);
  exec(text);
}

static void
assert_same_columns(const DmigTable *is, const DmigTable *should)
{
  assert_int_equal(is->columns->len, should->columns->len);
  for (guint i = 0; i < should->columns->len; i++) {
    const DmigColumn *column = g_ptr_array_index(should->columns, i);
    const DmigColumn *other_column = dmig_table_column(is, column->name);
    assert_non_null(other_column);
    if (!dmig_column_equal(column, other_column))
      fail_msg("%s.%s: %s, default %s, not %s, default %s", is->name, column->name,
               other_column->type, other_column->default_sql, column->type, column->default_sql);
  }
}

static void
assert_same_constraints(const DmigTable *is, const DmigTable *should)
{
  assert_int_equal(is->constraints->len, should->constraints->len);
  for (guint i = 0; i < should->constraints->len; i++) {
    guint same = 0;
    const DmigConstraint *constraint = g_ptr_array_index(should->constraints, i);
    for (guint k = 0; k < is->constraints->len; k++)
      same += dmig_constraint_equal(constraint, g_ptr_array_index(is->constraints, k));
    if (same != 1)
      fail_msg("%s: constraint %u is there %u times", is->name, i, same);
  }
}

static void
assert_same_indexes(const DmigTable *is, const DmigTable *should)
{
  assert_int_equal(is->indexes->len, should->indexes->len);
  for (guint i = 0; i < should->indexes->len; i++) {
    const DmigIndex *index = g_ptr_array_index(should->indexes, i);
    const DmigIndex *other_index = dmig_table_index(is, index->name);
    if (other_index == NULL || !dmig_index_equal(index, other_index))
      fail_msg("%s: index %s is missing or another one", is->name, index->name);
  }
}

/* All but the schema that is there from the beginning. */
static guint
made_objects(const DmigSchema *schema)
{
  guint n = 0;
  for (guint i = 0; i < schema->objects->len; i++)
    n += ((DmigObject *) schema->objects->pdata[i])->kind != DMIG_OBJECT_SCHEMA;
  return n;
}

static void
test_inspect_empty(void **state)
{
  assert_done(dmig_database_inspect(db, &found, &error));
  assert_int_equal(found->tables->len + made_objects(found) + found->enums->len, 0);
  assert_ptr_equal(found->dialect, backend->driver->dialect);
}

static void
test_inspect_what_was_built(void **state)
{
  build_wanted();
  assert_done(dmig_database_inspect(db, &found, &error));
  assert_int_equal(found->tables->len, wanted->tables->len);
  for (guint i = 0; i < wanted->tables->len; i++) {
    const DmigTable *should = g_ptr_array_index(wanted->tables, i);
    const DmigTable *is = dmig_schema_table(found, should->name);
    assert_non_null(is);
    assert_same_columns(is, should);
    assert_same_constraints(is, should);
    assert_same_indexes(is, should);
  }
  assert_int_equal(made_objects(found), 1);
  assert_non_null(dmig_schema_view(found, "a view"));
}

static void
test_inspect_two_at_once(void **state)
{
  build_wanted();
  assert_done(backend->driver->open(url, 0, &other, &error));
  assert_done(dmig_databases_inspect(db, other, &found, &beside, &error));
  assert_int_equal(found->tables->len, wanted->tables->len);
  g_autoptr(DmigChanges) changes = dmig_diff(found, beside, NULL);
  assert_int_equal(changes->items->len, 0);
}

static void
test_defaults_give_values(void **state)
{
  build_wanted();
  exec("INSERT INTO types (id) VALUES (1); INSERT INTO computed (n) VALUES (21)");
  assert_string_equal(value("SELECT t FROM types", NULL), "🦊 \\ \"%s\" -- ;");
  assert_string_equal(value("SELECT v FROM types", NULL), "it's");
  assert_int_equal(count(db, "SELECT l FROM types"), G_MAXINT64);
  assert_int_equal(count(db, "SELECT twice FROM computed"), 42);
  assert_int_equal(count(db, "SELECT count(*) FROM computed WHERE at IS NOT NULL AND"
                             " day IS NOT NULL AND id = 1"), 1);
  const char *uuid = value("SELECT u FROM computed", NULL);
  assert_true(g_uuid_string_is_valid(uuid));
  assert_int_equal(uuid[14], '4');
  assert_non_null(strchr("89ab", uuid[19]));
}

static void
test_tracking_tables_are_not_inspected(void **state)
{
  const DmigDialect *dialect = backend->driver->dialect;
  assert_done(dmig_database_query(db, &rows, &error, dialect->tracking_exists, NULL));
  assert_int_equal(rows->rows->len, 0);
  g_autofree char *meta = dialect->tracking_table("meta");
  g_autofree char *script = g_strdup_printf("%sCREATE TABLE %s (version integer);",
                                            dialect->tracking_prologue, meta);
  exec(script);
  g_clear_pointer(&rows, dmig_rows_free);
  assert_done(dmig_database_query(db, &rows, &error, dialect->tracking_exists, NULL));
  assert_int_equal(rows->rows->len, 1);
  test_inspect_empty(state);
}

int
main(int argc, char **argv)
{
  const struct CMUnitTest tests[] = {
    CONTRACT_TEST(test_inspect_empty),
    CONTRACT_TEST(test_inspect_what_was_built),
    CONTRACT_TEST(test_inspect_two_at_once),
    CONTRACT_TEST(test_defaults_give_values),
    CONTRACT_TEST(test_tracking_tables_are_not_inspected),
  };
  return CONTRACT_MAIN(argc, argv, tests);
}
