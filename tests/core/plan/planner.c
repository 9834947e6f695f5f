#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "core/plan/plan.h"
#include "tests/support/schema.h"

/* Two dialects that spell nothing: what is tested is which steps there are, in which order, and
 * what is said of them. */

static void
spell_nothing(const DmigChange *change, DmigStep *step)
{
  g_string_append(step->sql, ";\n");
}

static void
spell_sources(const DmigTable *old_table, const DmigTable *new_table, GHashTable *sources,
              DmigStep *step)
{
  for (guint i = 0; i < new_table->columns->len; i++) {
    const DmigColumn *column = new_table->columns->pdata[i];
    const char *source = g_hash_table_lookup(sources, column->name);
    if (source != NULL)
      g_string_append_printf(step->sql, "%s = %s;\n", column->name, source);
  }
}

static gboolean
alter_all(const DmigChange *change)
{
  return TRUE;
}

static gboolean
alter_little(const DmigChange *change)
{
  return change->kind == DMIG_CHANGE_ADD_COLUMN && !change->new_column->not_null;
}

static char *
same_type(const char *native)
{
  return g_strdup(native);
}

static char *
zero(const char *type)
{
  return g_str_equal(type, "integer") ? g_strdup("0") : NULL;
}

static void
convert(const char *from, const char *to, const char *column, DmigConversion *out)
{
  if (g_str_equal(to, "bigint") || g_str_equal(to, "text")) {
    out->kind = DMIG_CONVERSION_LOSSLESS;
  } else if (g_str_equal(from, "text") && g_str_equal(to, "integer")) {
    out->kind = DMIG_CONVERSION_CHECKED;
    out->using_sql = g_strdup_printf("to_integer(%s)", column);
    out->bad_sql = g_strdup_printf("NOT is_integer(%s)", column);
  } else if (g_str_equal(from, "bigint")) {
    out->kind = DMIG_CONVERSION_LOSSY;
    out->loses = g_strdup("the high digits");
  } else {
    out->kind = DMIG_CONVERSION_NONE;
  }
}

static const char *const no_words[] = { NULL };

static const DmigDialect binding = {
  .name = "binding",
  .has = {
    .comments = TRUE, .enum_types = TRUE, .named_constraints = TRUE, .later_foreign_keys = TRUE,
    .binding_views = TRUE,
  },
  .reserved_words = no_words,
  .max_identifier = 63,
  .canonical_type = same_type,
  .conversion = convert,
  .neutral_value = zero,
  .can_alter = alter_all,
  .spell = spell_nothing,
};

static const DmigDialect rebuilding = {
  .name = "rebuilding",
  .has = { .table_rebuilds = TRUE },
  .reserved_words = no_words,
  .canonical_type = same_type,
  .conversion = convert,
  .neutral_value = zero,
  .can_alter = alter_little,
  .spell = spell_nothing,
  .spell_rebuild = spell_sources,
};

typedef struct {
  DmigSchema *from, *to;
  DmigTransition *transition;
  DmigChanges *changes;
  DmigPlan *plan;
} Fixture;

static int
setup_with(void **state, const DmigDialect *dialect)
{
  Fixture *fixture = g_new0(Fixture, 1);

  fixture->from = dmig_schema_new(dialect);
  fixture->to = dmig_schema_new(dialect);
  fixture->transition = dmig_transition_new();
  *state = fixture;
  return 0;
}

static int
setup_binding(void **state)
{
  return setup_with(state, &binding);
}

static int
setup_rebuilding(void **state)
{
  return setup_with(state, &rebuilding);
}

static int
teardown(void **state)
{
  Fixture *fixture = *state;

  dmig_plan_free(fixture->plan);
  dmig_changes_free(fixture->changes);
  dmig_schema_unref(fixture->from);
  dmig_schema_unref(fixture->to);
  dmig_transition_free(fixture->transition);
  g_free(fixture);
  return 0;
}

static void
plan(Fixture *f)
{
  g_autoptr(GError) error = NULL;

  f->changes = dmig_diff(f->from, f->to, f->transition);
  f->plan = dmig_plan_new(f->changes, f->transition, &error);
  assert_null(error);
}

static void
assert_steps(Fixture *f, const char *expected)
{
  GString *titles = g_string_new(NULL);

  plan(f);
  for (guint i = 0; i < f->plan->steps->len; i++)
    g_string_append_printf(titles, "%s\n", ((DmigStep *) f->plan->steps->pdata[i])->title);
  g_autofree char *text = g_string_free(titles, FALSE);
  assert_string_equal(text, expected);
}

static DmigStep *
find_step(Fixture *f, const char *kind)
{
  for (guint i = 0; i < f->plan->steps->len; i++) {
    DmigStep *step = f->plan->steps->pdata[i];
    if (g_str_equal(step->kind, kind))
      return step;
  }
  fail_msg("there is no step of kind %s", kind);
  return NULL;
}

static DmigColumn *
column(DmigTable *table, const char *name)
{
  return dmig_table_column(table, name);
}

/* --- order ----------------------------------------------------------------------------------- */

static void
test_tables_are_made_after_those_they_refer_to(void **state)
{
  Fixture *f = *state;
  DmigTable *a = test_add_table(f->to, "a", "id", "integer", "b", "integer", NULL);

  test_add_reference(a, "a_b", "b", "b", "id");
  test_add_reference(test_add_table(f->to, "b", "id", "integer", "c", "integer", NULL), "b_c", "c", "c", "id");
  test_add_reference(test_add_table(f->to, "c", "id", "integer", NULL), "c_c", "id", "c", "id");
  assert_steps(f, "create table c\n"
                  "create table b\n"
                  "create table a\n");
}

static void
test_a_cycle_of_references_is_cut(void **state)
{
  Fixture *f = *state;

  test_add_reference(test_add_table(f->to, "a", "id", "integer", "b", "integer", NULL), "a_b", "b", "b", "id");
  test_add_reference(test_add_table(f->to, "b", "id", "integer", "a", "integer", NULL), "b_a", "a", "a", "id");
  assert_steps(f, "create table b\n"
                  "create table a\n"
                  "add foreign key b(a) to a\n");
}

static void
test_a_cycle_is_cut_when_it_is_dropped_too(void **state)
{
  Fixture *f = *state;

  test_add_reference(test_add_table(f->from, "a", "id", "integer", "b", "integer", NULL), "a_b", "b", "b", "id");
  test_add_reference(test_add_table(f->from, "b", "id", "integer", "a", "integer", NULL), "b_a", "a", "a", "id");
  assert_steps(f, "drop foreign key a(b) to b\n"
                  "drop table b\n"
                  "drop table a\n");
  assert_int_equal(f->plan->loss, DMIG_LOSS_LOSSY);
}

static void
test_views_are_made_and_dropped_by_who_reads_whom(void **state)
{
  Fixture *f = *state;

  test_add_view(f->from, "lower", "SELECT 1 AS x");
  test_add_view(f->from, "upper", "SELECT x FROM lower");
  test_add_view(f->to, "outer_one", "SELECT x FROM inner_one");
  test_add_view(f->to, "inner_one", "SELECT 2 AS x");
  assert_steps(f, "drop view upper\n"
                  "drop view lower\n"
                  "create view inner_one\n"
                  "create view outer_one\n");
}

static void
test_hand_written_sql_stands_around_it_all(void **state)
{
  Fixture *f = *state;

  test_add_table(f->to, "t", "x", "integer", NULL);
  f->transition->before_sql = g_strdup("SELECT 1");
  f->transition->after_sql = g_strdup("SELECT 2;\n\n");
  assert_steps(f, "hand-written SQL before\n"
                  "create table t\n"
                  "hand-written SQL after\n");
  assert_string_equal(find_step(f, "sql-before")->sql->str, "SELECT 1;\n");
  assert_string_equal(find_step(f, "sql-after")->sql->str, "SELECT 2;\n");
}

static void
test_a_dropped_table_gives_its_names_away_first(void **state)
{
  Fixture *f = *state;

  test_add_index(test_add_table(f->from, "old", "x", "integer", NULL), "i", "x", NULL);
  test_add_index(test_add_table(f->to, "new", "y", "integer", NULL), "i", "y", NULL);
  assert_steps(f, "drop index i on old\n"
                  "create table new\n"
                  "drop table old\n");
}

static void
test_a_key_gives_its_name_away_after_references_to_it(void **state)
{
  Fixture *f = *state;

  test_add_constraint(test_add_table(f->from, "old", "id", "integer", NULL), DMIG_CONSTRAINT_PRIMARY_KEY, "k",
                 "id");
  test_add_reference(test_add_table(f->from, "user", "x", "integer", NULL), "fk", "x", "old", "id");
  test_add_constraint(test_add_table(f->to, "new", "id", "integer", NULL), DMIG_CONSTRAINT_PRIMARY_KEY, "k",
                 "id");
  assert_steps(f, "drop foreign key user(x) to old\n"
                  "drop primary key on old(id)\n"
                  "create table new\n"
                  "drop table user\n"
                  "drop table old\n");
}

/* --- what holds on to a change --------------------------------------------------------------- */

static void
test_a_type_change_lets_go_of_what_reads_the_column(void **state)
{
  Fixture *f = *state;

  for (int side = 0; side < 2; side++) {
    DmigSchema *schema = side == 0 ? f->from : f->to;
    DmigTable *t = test_add_table(schema, "t", "id", "integer", "n", side == 0 ? "integer" : "bigint",
                             "twice", "bigint", "other", "integer", NULL);
    DmigTable *u = test_add_table(schema, "u", "n", side == 0 ? "integer" : "bigint", NULL);
    column(t, "twice")->generated = DMIG_GENERATED_STORED;
    column(t, "twice")->generated_sql = g_strdup("n * 2");
    test_add_check(t, "reads", "n > 0");
    test_add_check(t, "does_not", "other > 0");
    test_add_index(t, "plain", "n", NULL);
    test_add_index(t, "expressed", NULL, "n + 1");
    test_add_index(t, "on_computed", "twice", NULL);
    test_add_reference(u, "u_t", "n", "t", "id");
    test_add_view(schema, "v", "SELECT n FROM t");
    test_add_view(schema, "w", "SELECT n FROM v");
    test_add_view(schema, "x", "SELECT 1 AS one");
  }
  assert_steps(f, "drop view w\n"
                  "drop view v\n"
                  "drop foreign key u(n) to t\n"
                  "drop check reads on t\n"
                  "drop index expressed on t\n"
                  "drop index on_computed on t\n"
                  "drop column t.twice\n"
                  "alter column t.n: type integer to bigint\n"
                  "alter column u.n: type integer to bigint\n"
                  "add column t.twice bigint\n"
                  "create index expressed on t\n"
                  "create index on_computed on t\n"
                  "add check reads on t\n"
                  "add foreign key u(n) to t\n"
                  "create view v\n"
                  "create view w\n");
  assert_int_equal(f->plan->loss, DMIG_LOSS_NONE);
}

static void
test_foreign_keys_let_go_of_a_key_that_changes(void **state)
{
  Fixture *f = *state;

  for (int side = 0; side < 2; side++) {
    DmigSchema *schema = side == 0 ? f->from : f->to;
    DmigTable *t = test_add_table(schema, "t", "id", "integer", NULL);
    test_add_constraint(t, side == 0 ? DMIG_CONSTRAINT_UNIQUE : DMIG_CONSTRAINT_PRIMARY_KEY,
                   side == 0 ? "t_id_key" : "t_pkey", "id");
    test_add_reference(test_add_table(schema, "u", "t", "integer", NULL), "u_t", "t", "t", "id");
  }
  assert_steps(f, "drop foreign key u(t) to t\n"
                  "drop unique constraint on t(id)\n"
                  "add primary key on t(id)\n"
                  "add foreign key u(t) to t\n");
}

/* --- values ---------------------------------------------------------------------------------- */

static void
test_a_required_column_needs_a_value_for_rows(void **state)
{
  Fixture *f = *state;

  test_add_table(f->from, "t", "x", "integer", NULL);
  DmigTable *t = test_add_table(f->to, "t", "x", "integer", "y", "integer", "z", "integer", NULL);
  column(t, "y")->not_null = TRUE;
  column(t, "z")->not_null = TRUE;
  dmig_transition_add_fill(f->transition, "t", "z", "x + 1");
  assert_steps(f, "add column t.y integer\n"
                  "add column t.z integer\n");
  const DmigStep *y = f->plan->steps->pdata[0], *z = f->plan->steps->pdata[1];
  assert_int_equal(y->checks->len, 1);
  assert_string_equal(((DmigCheck *) y->checks->pdata[0])->sql, "SELECT count(*) FROM t");
  assert_int_equal(z->checks->len, 0);
}

static void
test_the_way_back_may_use_neutral_values(void **state)
{
  Fixture *f = *state;

  test_add_table(f->from, "t", "x", "integer", NULL);
  DmigTable *t = test_add_table(f->to, "t", "x", "integer", "y", "integer", "d", "date", NULL);
  column(t, "y")->not_null = TRUE;
  column(t, "d")->not_null = TRUE;
  f->transition->reverse = TRUE;
  plan(f);
  assert_int_equal(f->plan->steps->len, 3);
  assert_int_equal(((DmigStep *) f->plan->steps->pdata[0])->checks->len, 0);
  /* What has no neutral value is asked for once what was kept of it is back. */
  assert_int_equal(((DmigStep *) f->plan->steps->pdata[1])->checks->len, 0);
  const DmigStep *last = f->plan->steps->pdata[2];
  assert_int_equal(last->checks->len, 1);
  assert_string_equal(((DmigCheck *) last->checks->pdata[0])->sql,
                      "SELECT count(*) FROM t WHERE d IS NULL");
}

static void
test_losses_are_named(void **state)
{
  Fixture *f = *state;

  DmigTable *from = test_add_table(f->from, "t", "big", "bigint", "word", "text", "gone", "integer",
                              "needed", "date", "day", "date", NULL);
  column(from, "needed")->not_null = TRUE;
  test_add_table(f->to, "t", "big", "integer", "word", "integer", "day", "integer", NULL);
  plan(f);
  GString *losses = g_string_new(NULL);
  for (guint i = 0; i < f->plan->steps->len; i++) {
    const DmigStep *step = f->plan->steps->pdata[i];
    for (guint j = 0; j < step->losses->len; j++)
      g_string_append_printf(losses, "%s: %s\n", dmig_loss_name(step->loss),
                             (char *) step->losses->pdata[j]);
  }
  g_autofree char *text = g_string_free(losses, FALSE);
  assert_string_equal(text,
                      "lossy: the high digits of t.big (bigint to integer)\n"
                      "lossy: the values of t.day, as no integer can be made of a date\n"
                      "lossy: the values of t.gone\n"
                      "irreversible: the values of t.needed, which the way back needs for every "
                      "row\n");
  assert_int_equal(f->plan->loss, DMIG_LOSS_IRREVERSIBLE);
}

static void
test_a_stated_conversion_is_taken_at_its_word(void **state)
{
  Fixture *f = *state;

  test_add_table(f->from, "t", "x", "date", NULL);
  test_add_table(f->to, "t", "x", "integer", NULL);
  dmig_transition_add_conversion(f->transition, "t", "x", "year(x)");
  plan(f);
  assert_int_equal(f->plan->loss, DMIG_LOSS_NONE);
  assert_string_equal(((DmigChange *) f->changes->items->pdata[0])->using_sql, "year(x)");
}

/* --- enums ----------------------------------------------------------------------------------- */

static const DmigChange *
enum_change(Fixture *f)
{
  for (guint i = 0; i < f->changes->items->len; i++) {
    const DmigChange *change = f->changes->items->pdata[i];
    if (change->kind == DMIG_CHANGE_ALTER_ENUM)
      return change;
  }
  fail_msg("the enum does not change");
  return NULL;
}

static void
test_labels_are_added_and_renamed_in_place(void **state)
{
  Fixture *f = *state;

  test_add_enum(f->from, "tier", "free pro");
  test_add_enum(f->to, "tier", "none free plus gold");
  dmig_transition_map_label(f->transition, "tier", NULL, NULL, "pro", "gold");
  plan(f);
  assert_false(enum_change(f)->recreate);
  assert_int_equal(f->plan->loss, DMIG_LOSS_NONE);
}

static void
test_a_label_that_goes_asks_the_rows(void **state)
{
  Fixture *f = *state;

  test_add_enum(f->from, "tier", "free pro gold");
  test_add_enum(f->to, "tier", "free pro");
  test_add_table(f->from, "t", "x", "tier", NULL);
  test_add_table(f->to, "t", "x", "tier", NULL);
  test_add_check(f->from->tables->pdata[0], "c", "x <> 'pro'");
  test_add_check(f->to->tables->pdata[0], "c", "x <> 'pro'");
  assert_steps(f, "drop check c on t\n"
                  "alter the labels of enum tier\n"
                  "add check c on t\n");
  assert_true(enum_change(f)->recreate);
  assert_string_equal(
      ((DmigCheck *) find_step(f, "alter-enum")->checks->pdata[0])->sql,
      "SELECT count(*) FROM t WHERE CAST(x AS text) IN ('gold')");
}

static void
test_merged_labels_are_a_loss(void **state)
{
  Fixture *f = *state;

  test_add_enum(f->from, "tier", "free pro gold");
  test_add_enum(f->to, "tier", "free pro");
  test_add_table(f->from, "t", "x", "tier", NULL);
  test_add_table(f->to, "t", "x", "tier", NULL);
  dmig_transition_map_label(f->transition, "tier", NULL, NULL, "gold", "pro");
  plan(f);
  assert_true(enum_change(f)->recreate);
  assert_int_equal(find_step(f, "alter-enum")->checks->len, 0);
  assert_int_equal(f->plan->loss, DMIG_LOSS_LOSSY);
}

static void
test_a_new_label_in_use_at_once_needs_a_new_type(void **state)
{
  Fixture *f = *state;

  test_add_enum(f->from, "tier", "free");
  test_add_enum(f->to, "tier", "free pro");
  test_add_table(f->from, "t", "x", "tier", NULL);
  DmigTable *t = test_add_table(f->to, "t", "x", "tier", NULL);
  column(t, "x")->default_sql = g_strdup("'pro'");
  plan(f);
  assert_true(enum_change(f)->recreate);
}

static void
test_a_type_that_values_join_is_new_when_it_has_new_labels(void **state)
{
  Fixture *f = *state;

  test_add_enum(f->from, "tier", "free");
  test_add_enum(f->to, "tier", "free pro");
  test_add_table(f->from, "t", "x", "text", NULL);
  test_add_table(f->to, "t", "x", "tier", NULL);
  plan(f);
  assert_true(enum_change(f)->recreate);
}

static void
test_a_column_leaves_a_type_before_it_is_replaced(void **state)
{
  Fixture *f = *state;

  test_add_enum(f->from, "tier", "free pro");
  test_add_enum(f->to, "tier", "pro");
  test_add_table(f->from, "t", "x", "tier", "y", "tier", NULL);
  test_add_table(f->to, "t", "x", "tier", NULL);
  assert_steps(f, "alter column t.y: type tier to text\n"
                  "alter the labels of enum tier\n"
                  "drop column t.y\n");
}

static void
test_a_column_that_changes_its_enum_leaves_it_first(void **state)
{
  Fixture *f = *state;

  test_add_enum(f->from, "tier", "free pro");
  test_add_enum(f->to, "tier", "pro");
  test_add_table(f->from, "t", "x", "tier", NULL);
  test_add_table(f->to, "t", "x", "bigint", NULL);
  assert_steps(f, "alter column t.x: type tier to text\n"
                  "alter the labels of enum tier\n"
                  "alter column t.x: type tier to bigint\n");
}

static void
test_a_fill_under_a_reference_asks_for_its_partner(void **state)
{
  Fixture *f = *state;

  for (int side = 0; side < 2; side++) {
    DmigSchema *schema = side == 0 ? f->from : f->to;
    DmigTable *t = test_add_table(schema, "t", "x", "integer", NULL);
    test_add_reference(t, "t_x_fkey", "x", "u", "id");
    test_add_table(schema, "u", "id", "integer", NULL);
    column(t, "x")->not_null = side == 1;
  }
  dmig_transition_add_fill(f->transition, "t", "x", "7");
  plan(f);
  assert_string_equal(((DmigCheck *) find_step(f, "alter-column")->checks->pdata[0])->sql,
                      "SELECT count(*) FROM t WHERE x IS NULL AND NOT EXISTS (SELECT 1 FROM u AS "
                      "partner WHERE partner.id = (7))");
}

static void
test_a_fill_asks_the_checks_that_stay(void **state)
{
  Fixture *f = *state;

  for (int side = 0; side < 2; side++) {
    DmigTable *t = test_add_table(side == 0 ? f->from : f->to, "t", "x", "integer", "y", "integer",
                                  NULL);
    test_add_check(t, side == 0 ? "old_name" : "new_name", "x < y");
    column(t, "x")->not_null = side == 1;
  }
  dmig_transition_add_fill(f->transition, "t", "x", "7");
  plan(f);
  assert_string_equal(((DmigCheck *) find_step(f, "alter-column")->checks->pdata[0])->sql,
                      "SELECT count(*) FROM (SELECT coalesce(x, 7) AS x, y FROM t) AS t WHERE NOT "
                      "(x < y)");
}

/* --- rebuilds -------------------------------------------------------------------------------- */

static void
test_one_rebuild_carries_all_changes_of_a_table(void **state)
{
  Fixture *f = *state;

  DmigTable *from = test_add_table(f->from, "t", "id", "integer", "a", "integer", "gone", "text", NULL);
  DmigTable *to = test_add_table(f->to, "t", "id", "integer", "a", "bigint", "b", "text", NULL);
  test_add_index(from, "old", "a", NULL);
  test_add_index(to, "new", "b", NULL);
  test_add_check(from, "positive", "a > 0");
  column(to, "b")->not_null = TRUE;
  dmig_transition_add_fill(f->transition, "t", "b", "'x' || a");
  test_add_view(f->from, "v", "SELECT a FROM t");
  test_add_view(f->to, "v", "SELECT a FROM t");
  assert_steps(f, "drop view v\n"
                  "drop index old on t\n"
                  "rebuild table t: drop check positive on t; add column t.b text; alter "
                  "column t.a: type integer to bigint; drop column t.gone; create index new on t\n"
                  "create view v\n");
  const DmigStep *step = find_step(f, "rebuild-table");
  assert_string_equal(step->sql->str, "id = id;\na = a;\nb = 'x' || a;\n");
  assert_string_equal(step->keeps[0], "t");
  assert_null(step->keeps[1]);
  assert_int_equal(step->loss, DMIG_LOSS_LOSSY);
  assert_string_equal(find_step(f, "drop-object")->keeps[0], "v");
}

static void
test_what_can_be_altered_is_not_rebuilt(void **state)
{
  Fixture *f = *state;

  test_add_table(f->from, "t", "id", "integer", NULL);
  test_add_table(f->to, "t", "id", "integer", "a", "bigint", NULL);
  assert_steps(f, "add column t.a bigint\n");
}

static void
test_labels_move_in_the_rebuild(void **state)
{
  Fixture *f = *state;

  DmigTable *from = test_add_table(f->from, "t", "tier", "text", NULL);
  DmigTable *to = test_add_table(f->to, "t", "tier", "text", NULL);
  test_add_check(from, NULL, "tier IN ('free', 'pro', 'gold')");
  test_add_check(to, NULL, "tier IN ('free', 'pro')");
  dmig_transition_map_label(f->transition, NULL, "t", "tier", "gold", "pro");
  plan(f);
  const DmigStep *step = find_step(f, "rebuild-table");
  assert_string_equal(step->sql->str, "tier = CASE tier WHEN 'gold' THEN 'pro' ELSE tier END;\n");
  assert_int_equal(step->checks->len, 1);
  assert_string_equal(((DmigCheck *) step->checks->pdata[0])->sql,
                      "SELECT count(*) FROM (SELECT CASE tier WHEN 'gold' THEN 'pro' ELSE tier END "
                      "AS tier FROM t) AS t WHERE NOT (tier IN ('free', 'pro'))");
  assert_int_equal(step->loss, DMIG_LOSS_LOSSY);
}

static void
test_a_new_check_asks_the_rows_before_the_rebuild(void **state)
{
  Fixture *f = *state;

  test_add_table(f->from, "t", "x", "integer", NULL);
  test_add_check(test_add_table(f->to, "t", "x", "integer", NULL), NULL, "x > 0");
  plan(f);
  const DmigStep *step = find_step(f, "rebuild-table");
  assert_int_equal(step->checks->len, 1);
  assert_string_equal(((DmigCheck *) step->checks->pdata[0])->sql,
                      "SELECT count(*) FROM t WHERE NOT (x > 0)");
}

static void
test_a_new_key_asks_for_duplicates(void **state)
{
  Fixture *f = *state;

  test_add_table(f->from, "t", "x", "integer", "y", "text", NULL);
  DmigTable *t = test_add_table(f->to, "t", "x", "integer", "y", "text", NULL);
  test_add_constraint(t, DMIG_CONSTRAINT_UNIQUE, "t_x_key", "x");
  DmigIndex *index = test_add_index(t, "i", NULL, "lower(y)");
  index->unique = TRUE;
  index->where_sql = g_strdup("x > 0");
  plan(f);
  assert_string_equal(((DmigCheck *) find_step(f, "add-constraint")->checks->pdata[0])->sql,
                      "SELECT count(*) FROM (SELECT 1 FROM t WHERE (x) IS NOT NULL GROUP BY x "
                      "HAVING count(*) > 1) AS duplicates");
  assert_string_equal(((DmigCheck *) find_step(f, "create-index")->checks->pdata[0])->sql,
                      "SELECT count(*) FROM (SELECT 1 FROM t WHERE ((lower(y))) IS NOT NULL AND "
                      "(x > 0) GROUP BY (lower(y)) HAVING count(*) > 1) AS duplicates");
}

static void
test_a_check_tells_which_rows_it_counts(void **state)
{
  Fixture *f = *state;
  DmigTable *old = test_add_table(f->from, "t", "id", "integer", "x", "integer", NULL);
  DmigTable *t = test_add_table(f->to, "t", "id", "integer", "x", "integer", NULL);

  test_add_constraint(old, DMIG_CONSTRAINT_PRIMARY_KEY, "t_pkey", "id");
  test_add_constraint(t, DMIG_CONSTRAINT_PRIMARY_KEY, "t_pkey", "id");
  test_add_constraint(t, DMIG_CONSTRAINT_UNIQUE, "t_x_key", "x");
  test_add_check(t, "positive", "x > 0");
  column(t, "x")->not_null = TRUE;
  plan(f);
  const DmigCheck *null = find_step(f, "alter-column")->checks->pdata[0];
  g_autofree char *nulls = dmig_check_rows(null);
  assert_int_equal(null->kind, DMIG_CHECK_NULL);
  assert_string_equal(nulls, "t WHERE x IS NULL");
  assert_string_equal(null->table, "t");
  assert_string_equal(null->columns[0], "x");
  assert_string_equal(null->key[0], "id");
  gboolean found = FALSE;
  for (guint i = 0; i < f->plan->steps->len; i++) {
    const DmigStep *step = f->plan->steps->pdata[i];
    const DmigCheck *check = step->checks->len > 0 ? step->checks->pdata[0] : NULL;
    if (check == NULL || check->kind != DMIG_CHECK_DUPLICATE)
      continue;
    g_autofree char *rows = dmig_check_rows(check), *grouping = dmig_check_grouping(check);
    assert_string_equal(rows, "t WHERE (x) IS NOT NULL");
    assert_string_equal(grouping, "x");
    found = TRUE;
  }
  assert_true(found);
}

static void
test_a_new_reference_asks_for_orphans(void **state)
{
  Fixture *f = *state;

  test_add_table(f->from, "t", "x", "integer", NULL);
  test_add_reference(test_add_table(f->to, "t", "x", "integer", NULL), "t_x_fkey", "x", "u", "id");
  test_add_table(f->to, "u", "id", "integer", NULL);
  plan(f);
  assert_string_equal(((DmigCheck *) find_step(f, "add-constraint")->checks->pdata[0])->sql,
                      "SELECT count(*) FROM t WHERE t.x IS NOT NULL AND NOT EXISTS (SELECT 1 FROM "
                      "u AS partner WHERE partner.id = t.x)");
}

static void
test_a_new_table_has_no_rows_to_ask(void **state)
{
  Fixture *f = *state;

  test_add_reference(test_add_table(f->to, "a", "id", "integer", "b", "integer", NULL), "a_b", "b", "b", "id");
  test_add_reference(test_add_table(f->to, "b", "id", "integer", "a", "integer", NULL), "b_a", "a", "a", "id");
  plan(f);
  assert_int_equal(find_step(f, "add-constraint")->checks->len, 0);
}

static void
test_a_computed_column_is_freed_before_what_it_reads_changes(void **state)
{
  Fixture *f = *state;

  DmigTable *from = test_add_table(f->from, "t", "n", "integer", "twice", "integer", NULL);
  test_add_table(f->to, "t", "n", "bigint", "twice", "integer", NULL);
  column(from, "twice")->generated = DMIG_GENERATED_STORED;
  column(from, "twice")->generated_sql = g_strdup("n * 2");
  assert_steps(f, "alter column t.twice: not generated\n"
                  "alter column t.n: type integer to bigint\n");
}

static void
test_a_column_that_becomes_computed_goes_before_it_comes(void **state)
{
  Fixture *f = *state;

  test_add_table(f->from, "t", "n", "integer", "twice", "integer", NULL);
  DmigTable *to = test_add_table(f->to, "t", "n", "integer", "twice", "integer", NULL);
  column(to, "twice")->generated = DMIG_GENERATED_STORED;
  column(to, "twice")->generated_sql = g_strdup("n * 2");
  assert_steps(f, "drop column t.twice\n"
                  "add column t.twice integer\n");
  assert_int_equal(f->plan->loss, DMIG_LOSS_LOSSY);
}

int
main(void)
{
#define BINDING(name) cmocka_unit_test_setup_teardown(name, setup_binding, teardown)
#define REBUILDING(name) cmocka_unit_test_setup_teardown(name, setup_rebuilding, teardown)
  const struct CMUnitTest tests[] = {
    BINDING(test_tables_are_made_after_those_they_refer_to),
    BINDING(test_a_cycle_of_references_is_cut),
    BINDING(test_a_cycle_is_cut_when_it_is_dropped_too),
    BINDING(test_views_are_made_and_dropped_by_who_reads_whom),
    BINDING(test_hand_written_sql_stands_around_it_all),
    BINDING(test_a_dropped_table_gives_its_names_away_first),
    BINDING(test_a_key_gives_its_name_away_after_references_to_it),
    BINDING(test_a_type_change_lets_go_of_what_reads_the_column),
    BINDING(test_foreign_keys_let_go_of_a_key_that_changes),
    BINDING(test_a_required_column_needs_a_value_for_rows),
    BINDING(test_the_way_back_may_use_neutral_values),
    BINDING(test_losses_are_named),
    BINDING(test_a_stated_conversion_is_taken_at_its_word),
    BINDING(test_labels_are_added_and_renamed_in_place),
    BINDING(test_a_label_that_goes_asks_the_rows),
    BINDING(test_merged_labels_are_a_loss),
    BINDING(test_a_new_label_in_use_at_once_needs_a_new_type),
    BINDING(test_a_type_that_values_join_is_new_when_it_has_new_labels),
    BINDING(test_a_column_leaves_a_type_before_it_is_replaced),
    BINDING(test_a_new_key_asks_for_duplicates),
    BINDING(test_a_check_tells_which_rows_it_counts),
    BINDING(test_a_new_reference_asks_for_orphans),
    BINDING(test_a_new_table_has_no_rows_to_ask),
    BINDING(test_a_computed_column_is_freed_before_what_it_reads_changes),
    BINDING(test_a_column_that_becomes_computed_goes_before_it_comes),
    BINDING(test_a_column_that_changes_its_enum_leaves_it_first),
    BINDING(test_a_fill_under_a_reference_asks_for_its_partner),
    BINDING(test_a_fill_asks_the_checks_that_stay),
    REBUILDING(test_one_rebuild_carries_all_changes_of_a_table),
    REBUILDING(test_what_can_be_altered_is_not_rebuilt),
    REBUILDING(test_labels_move_in_the_rebuild),
    REBUILDING(test_a_new_check_asks_the_rows_before_the_rebuild),
  };

  return cmocka_run_group_tests(tests, NULL, NULL);
}
