#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "core/diff/diff.h"
#include "core/diff/rename.h"
#include "core/sql/text.h"
#include "tests/support/schema.h"

static const char *const no_words[] = { "order", NULL };

static const DmigDialect dialect = {
  .name = "test",
  .has = { .comments = TRUE, .enum_types = TRUE, .named_constraints = TRUE },
  .max_identifier = 63,
  .reserved_words = no_words,
};

static void
set_string(char **slot, char *value)
{
  g_free(*slot);
  *slot = value;
}

/* All changes, a line each. */
static char *
text_of(const DmigChanges *changes)
{
  GString *text = g_string_new(NULL);

  for (guint i = 0; i < changes->items->len; i++) {
    g_autofree char *line = dmig_change_to_text(changes->items->pdata[i]);
    g_string_append_printf(text, "%s\n", line);
  }
  return g_string_free(text, FALSE);
}

static void
assert_changes(DmigSchema *from, DmigSchema *to, const DmigTransition *transition,
               const char *expected)
{
  g_autoptr(DmigChanges) changes = dmig_diff(from, to, transition);
  g_autofree char *text = text_of(changes);

  assert_string_equal(text, expected);
}

typedef struct {
  DmigSchema *from, *to;
  DmigTransition *transition;
} Fixture;

static int
setup(void **state)
{
  Fixture *fixture = g_new0(Fixture, 1);

  fixture->from = dmig_schema_new(&dialect);
  fixture->to = dmig_schema_new(&dialect);
  fixture->transition = dmig_transition_new();
  *state = fixture;
  return 0;
}

static int
teardown(void **state)
{
  Fixture *fixture = *state;

  dmig_schema_unref(fixture->from);
  dmig_schema_unref(fixture->to);
  dmig_transition_free(fixture->transition);
  g_free(fixture);
  return 0;
}

static void
test_equal_schemas_have_no_changes(void **state)
{
  Fixture *f = *state;

  test_add_check(test_add_table(f->from, "a", "x", "integer", "y", "text", NULL), "a_check", "x > 0");
  test_add_check(test_add_table(f->to, "a", "y", "text", "x", "integer", NULL), "a_check", "( X  > 0 )");
  assert_changes(f->from, f->to, NULL, "");
}

static void
test_tables_and_columns(void **state)
{
  Fixture *f = *state;

  test_add_table(f->from, "gone", "x", "integer", NULL);
  test_add_table(f->from, "kept", "x", "integer", "old", "text", NULL);
  DmigTable *kept = test_add_table(f->to, "kept", "x", "bigint", "new", "date", NULL);
  dmig_table_column(kept, "x")->not_null = TRUE;
  dmig_table_column(kept, "x")->default_sql = g_strdup("7");
  test_add_table(f->to, "made", "x", "integer", NULL);
  assert_changes(f->from, f->to, NULL,
                 "drop table gone\n"
                 "drop column kept.old\n"
                 "alter column kept.x: type integer to bigint, required, default 7\n"
                 "add column kept.new date\n"
                 "create table made\n");
}

static void
test_renames_carry_their_uses_along(void **state)
{
  Fixture *f = *state;
  DmigTable *from = test_add_table(f->from, "client", "id", "integer", "phone", "text", NULL);
  DmigTable *to = test_add_table(f->to, "customer", "id", "integer", "mobile", "text", NULL);

  test_add_check(from, "c", "length(phone) > 3 AND phone <> 'phone'");
  test_add_check(to, "c", "length(mobile) > 3 AND mobile <> 'phone'");
  test_add_index(from, "i", "phone", NULL)->where_sql = g_strdup("phone IS NOT NULL");
  test_add_index(to, "i", "mobile", NULL)->where_sql = g_strdup("mobile IS NOT NULL");
  test_add_reference(test_add_table(f->from, "o", "c", "integer", NULL), "fk", "c", "client", "id");
  test_add_reference(test_add_table(f->to, "o", "c", "integer", NULL), "fk", "c", "customer", "id");
  dmig_transition_rename_table(f->transition, "client", "customer");
  dmig_transition_rename_column(f->transition, "customer", "phone", "mobile");
  assert_changes(f->from, f->to, f->transition,
                 "rename table client to customer\n"
                 "rename column customer.phone to mobile\n");
}

static void
add_sequence(DmigSchema *schema, const char *path, const char *table, const char *column)
{
  DmigObject *sequence = dmig_object_new(DMIG_OBJECT_SEQUENCE, path, NULL);
  g_autofree char *owner = dmig_address_new(DMIG_OBJECT_COLUMN, table, column);
  g_autofree char *name = dmig_sql_identifier(&dialect, path);

  sequence->create = dmig_sql_printf(&dialect, "CREATE SEQUENCE %I;\n", path);
  sequence->drop = dmig_sql_printf(&dialect, "DROP SEQUENCE %I;\n", path);
  dmig_object_set_property(sequence, "owned_by", owner);
  g_ptr_array_add(schema->objects, sequence);
  set_string(&dmig_table_column(dmig_schema_table(schema, table), column)->default_sql,
             dmig_sql_printf(&dialect, "nextval(%S::regclass)", name));
}

/* They stand where they stood. */
static void
test_sequences_go_with_their_columns(void **state)
{
  Fixture *f = *state;

  test_add_table(f->from, "t", "id", "integer", "n", "integer", NULL);
  test_add_table(f->to, "app\xff" "u", "id", "integer", "m", "integer", NULL);
  add_sequence(f->from, "t_id_seq", "t", "id");
  add_sequence(f->from, "own", "t", "n");
  add_sequence(f->to, "app\xff" "u_id_seq", "app\xff" "u", "id");
  add_sequence(f->to, "app\xff" "own", "app\xff" "u", "m");
  dmig_transition_rename_table(f->transition, "t", "app\xff" "u");
  dmig_transition_rename_column(f->transition, "app\xff" "u", "n", "m");
  assert_changes(f->from, f->to, f->transition,
                 "rename table t to app.u\n"
                 "rename column app.u.n to m\n"
                 "rename sequence app.t_id_seq to app.u_id_seq\n");
}

/* The name may be free only later: another sequence takes it by way of being made. */
static void
test_a_sequence_takes_no_name_in_use(void **state)
{
  Fixture *f = *state;

  test_add_table(f->from, "t", "id", "integer", NULL);
  test_add_table(f->from, "u", "id", "integer", NULL);
  test_add_table(f->to, "t", "id", "integer", NULL);
  add_sequence(f->from, "a", "t", "id");
  add_sequence(f->from, "b", "u", "id");
  add_sequence(f->to, "b", "t", "id");
  assert_changes(f->from, f->to, NULL,
                 "drop table u\n"
                 "alter column t.id: default nextval('b'::regclass)\n"
                 "drop sequence a\n");
}

static void
test_swapped_names_go_by_way_of_a_third(void **state)
{
  Fixture *f = *state;

  test_add_table(f->from, "t", "a", "integer", "b", "text", NULL);
  test_add_table(f->to, "t", "b", "integer", "a", "text", NULL);
  dmig_transition_rename_column(f->transition, "t", "a", "b");
  dmig_transition_rename_column(f->transition, "t", "b", "a");
  g_autoptr(DmigChanges) changes = dmig_diff(f->from, f->to, f->transition);

  assert_int_equal(changes->items->len, 3);
  const DmigChange *first = changes->items->pdata[0];
  const DmigChange *last = changes->items->pdata[2];
  assert_string_equal(first->old_column->name, "b");
  assert_string_equal(first->new_column->name, DMIG_RENAME_ASIDE "b");
  assert_string_equal(last->old_column->name, DMIG_RENAME_ASIDE "b");
  assert_string_equal(last->new_column->name, "a");
}

static void
test_a_rename_onto_a_dropped_name_drops_the_right_one(void **state)
{
  Fixture *f = *state;

  test_add_table(f->from, "t", "id", "integer", "a", "integer", "b", "text", NULL);
  test_add_table(f->to, "t", "id", "integer", "b", "integer", NULL);
  dmig_transition_rename_column(f->transition, "t", "a", "b");
  g_autoptr(DmigChanges) changes = dmig_diff(f->from, f->to, f->transition);

  assert_int_equal(changes->items->len, 3);
  const DmigChange *dropped = changes->items->pdata[2];
  assert_int_equal(dropped->kind, DMIG_CHANGE_DROP_COLUMN);
  assert_string_equal(dropped->old_column->type, "text");
  assert_string_equal(dropped->old_column->name, DMIG_RENAME_ASIDE "b");
  assert_string_equal(dmig_change_member(dropped), "b");
}

static void
test_a_chain_of_renames_runs_from_its_end(void **state)
{
  Fixture *f = *state;

  test_add_table(f->from, "t", "a", "integer", "b", "integer", NULL);
  test_add_table(f->to, "t", "b", "integer", "c", "integer", NULL);
  dmig_transition_rename_column(f->transition, "t", "a", "b");
  dmig_transition_rename_column(f->transition, "t", "b", "c");
  assert_changes(f->from, f->to, f->transition,
                 "rename column t.b to c\n"
                 "rename column t.a to b\n");
}

static void
test_names_that_differ_in_case_alone_collide(void **state)
{
  Fixture *f = *state;

  test_add_table(f->from, "T", "x", "integer", NULL);
  test_add_table(f->to, "t", "x", "integer", NULL);
  dmig_transition_rename_table(f->transition, "T", "t");
  g_autoptr(DmigChanges) changes = dmig_diff(f->from, f->to, f->transition);

  assert_int_equal(changes->items->len, 2);
  assert_string_equal(((DmigChange *) changes->items->pdata[0])->new_table->name,
                      DMIG_RENAME_ASIDE "T");
}

/* What has the name in another schema is no reason, and what has it in the same one is. */
static void
test_names_are_in_use_in_their_schema(void **state)
{
  Fixture *f = *state;
  g_autofree char *t = dmig_path_new("app", "t"), *taken = dmig_path_new("app", "taken");

  test_add_index(test_add_table(f->from, t, "x", "integer", "y", "integer", NULL), "i", "x", NULL);
  test_add_index(test_add_table(f->to, t, "x", "integer", "y", "integer", NULL), "j", "x", NULL);
  test_add_index(test_add_table(f->from, "u", "x", "integer", NULL), "j", "x", NULL);
  test_add_table(f->to, "u", "x", "integer", NULL);
  test_add_index(f->from->tables->pdata[0], "k", "y", NULL);
  test_add_index(f->to->tables->pdata[0], "taken", "y", NULL);
  test_add_table(f->from, taken, "x", "integer", NULL);
  assert_changes(f->from, f->to, NULL,
                 "drop table app.taken\n"
                 "rename index i to j\n"
                 "drop index k on app.t\n"
                 "create index taken on app.t\n"
                 "drop index j on u\n");
}

static void
test_parts_of_one_shape_are_renamed(void **state)
{
  Fixture *f = *state;
  DmigTable *from = test_add_table(f->from, "t", "x", "integer", NULL);
  DmigTable *to = test_add_table(f->to, "t", "x", "integer", NULL);

  test_add_check(from, "one", "x > 0");
  test_add_check(to, "two", "x > 0");
  test_add_index(from, "i", "x", NULL);
  test_add_index(to, "j", "x", NULL);
  assert_changes(f->from, f->to, NULL,
                 "rename constraint one on t to two\n"
                 "rename index i to j\n");
}

static void
test_a_rename_never_runs_into_a_name_in_use(void **state)
{
  Fixture *f = *state;
  DmigTable *from = test_add_table(f->from, "t", "x", "integer", "y", "integer", NULL);
  DmigTable *to = test_add_table(f->to, "t", "x", "integer", "y", "integer", NULL);

  test_add_index(from, "i", "x", NULL);
  test_add_index(from, "j", "y", NULL);
  test_add_index(to, "j", "x", NULL);
  test_add_index(to, "i", "y", NULL);
  assert_changes(f->from, f->to, NULL,
                 "drop index i on t\n"
                 "create index j on t\n"
                 "drop index j on t\n"
                 "create index i on t\n");
}

static void
test_enums(void **state)
{
  Fixture *f = *state;
  const char *const old_labels[] = { "free", "pro", NULL };
  const char *const new_labels[] = { "free", "plus", "pro", NULL };

  g_ptr_array_add(f->from->enums, dmig_enum_new("tier", old_labels));
  g_ptr_array_add(f->to->enums, dmig_enum_new("plan", new_labels));
  test_add_table(f->from, "t", "x", "tier", "xs", "tier[]", NULL);
  test_add_table(f->to, "t", "x", "plan", "xs", "plan[]", NULL);
  dmig_transition_rename_enum(f->transition, "tier", "plan");
  assert_changes(f->from, f->to, f->transition,
                 "rename enum tier to plan\n"
                 "alter the labels of enum plan\n");
}

static void
test_views_and_comments(void **state)
{
  Fixture *f = *state;

  test_add_table(f->from, "t", "x", "integer", NULL);
  DmigTable *to = test_add_table(f->to, "t", "x", "integer", NULL);
  to->comment = g_strdup("The t");
  dmig_table_column(to, "x")->comment = g_strdup("It's x");
  g_ptr_array_add(f->from->objects, dmig_object_new_view(NULL, "v", "SELECT x FROM t"));
  g_ptr_array_add(f->from->objects, dmig_object_new_view(NULL, "w", "SELECT 1"));
  g_ptr_array_add(f->to->objects, dmig_object_new_view(NULL, "v", "SELECT x + 1 FROM t"));
  g_ptr_array_add(f->to->objects, dmig_object_new_view(NULL, "w", "select  1"));
  assert_changes(f->from, f->to, NULL,
                 "comment on column t.x\n"
                 "comment on table t\n"
                 "drop view v\n"
                 "create view v\n");
}

static void
test_what_is_said_counts_between_databases(void **state)
{
  Fixture *f = *state;
  DmigTable *from = test_add_table(f->from, "t", "x", "integer", NULL);
  DmigTable *to = test_add_table(f->to, "t", "x", "integer", NULL);
  DmigColumn *old = from->columns->pdata[0], *new = to->columns->pdata[0];

  old->not_null = new->not_null = TRUE;
  old->unsaid = TRUE;
  assert_changes(f->from, f->to, NULL, "alter column t.x: NOT NULL said\n");
  assert_changes(f->to, f->from, NULL, "alter column t.x: NOT NULL unsaid\n");
  old->designed = TRUE;
  assert_changes(f->from, f->to, NULL, "");
  assert_changes(f->to, f->from, NULL, "");
  new->designed = TRUE;
  assert_changes(f->from, f->to, NULL, "alter column t.x: NOT NULL said\n");
  from->without_rowid = to->without_rowid = TRUE;
  assert_changes(f->from, f->to, NULL, "");
}

static void
test_a_null_default_counts_where_it_can_be_told(void **state)
{
  Fixture *f = *state;
  DmigTable *from = test_add_table(f->from, "t", "x", "integer", NULL);
  DmigTable *to = test_add_table(f->to, "t", "x", "integer", NULL);
  DmigColumn *old = from->columns->pdata[0], *new = to->columns->pdata[0];
  DmigDialect telling = *f->to->dialect;

  new->default_sql = g_strdup("NULL");
  assert_false(telling.has.null_defaults);
  assert_changes(f->from, f->to, NULL, "");
  telling.has.null_defaults = TRUE;
  f->from->dialect = f->to->dialect = &telling;
  assert_changes(f->from, f->to, NULL, "alter column t.x: default NULL\n");
  assert_changes(f->to, f->from, NULL, "alter column t.x: no default\n");
  old->designed = TRUE;
  assert_changes(f->from, f->to, NULL, "");
  new->designed = TRUE;
  assert_changes(f->from, f->to, NULL, "alter column t.x: default NULL\n");
}

static void
test_a_rename_that_names_nothing_is_ignored(void **state)
{
  Fixture *f = *state;

  test_add_table(f->from, "t", "x", "integer", NULL);
  test_add_table(f->to, "t", "x", "integer", NULL);
  dmig_transition_rename_table(f->transition, "nobody", "t");
  dmig_transition_rename_column(f->transition, "t", "y", "x");
  assert_changes(f->from, f->to, f->transition, "");
}

int
main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
  const struct CMUnitTest tests[] = {
    TEST(test_equal_schemas_have_no_changes),
    TEST(test_tables_and_columns),
    TEST(test_renames_carry_their_uses_along),
    TEST(test_sequences_go_with_their_columns),
    TEST(test_a_sequence_takes_no_name_in_use),
    TEST(test_swapped_names_go_by_way_of_a_third),
    TEST(test_a_rename_onto_a_dropped_name_drops_the_right_one),
    TEST(test_a_chain_of_renames_runs_from_its_end),
    TEST(test_names_that_differ_in_case_alone_collide),
    TEST(test_parts_of_one_shape_are_renamed),
    TEST(test_names_are_in_use_in_their_schema),
    TEST(test_a_rename_never_runs_into_a_name_in_use),
    TEST(test_enums),
    TEST(test_views_and_comments),
    TEST(test_what_is_said_counts_between_databases),
    TEST(test_a_null_default_counts_where_it_can_be_told),
    TEST(test_a_rename_that_names_nothing_is_ignored),
  };

  return cmocka_run_group_tests(tests, NULL, NULL);
}
