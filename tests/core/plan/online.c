/* How changes are taken apart; what the parts look like is the dialect's, and proved on its server. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>

#include "core/plan/online.h"
#include "tests/support/schema.h"

static gboolean splits; /* spell_online() can do it */

static gboolean
can_alter(const DmigChange *change)
{
  return TRUE;
}

static char *
same(const char *native)
{
  return g_strdup(native);
}

static void
spell(const DmigChange *change, DmigStep *step)
{
  g_string_append_printf(step->sql, "plain %s;\n", dmig_change_kind_name(change->kind));
}

static DmigStep *
add(const DmigOnline *online, GPtrArray *steps, const char *sql, gboolean alone)
{
  DmigStep *step = dmig_online_step(online, "part", g_strdup(sql));
  g_string_append_printf(step->sql, "%s;\n", sql);
  step->transactional = !alone;
  g_ptr_array_add(steps, step);
  return step;
}

static gboolean
spell_online(const DmigOnline *online, GPtrArray *steps)
{
  if (!splits)
    return FALSE;
  if (online->change->kind == DMIG_CHANGE_CREATE_INDEX) {
    dmig_online_inherit(online, add(online, steps, "build", TRUE));
    if (online->replaced != NULL)
      add(online, steps, "drop the old one", TRUE);
    return TRUE;
  }
  if (online->change->kind == DMIG_CHANGE_DROP_INDEX) {
    add(online, steps, "drop alone", TRUE);
    return TRUE;
  }
  if (online->change->kind == DMIG_CHANGE_ADD_COLUMN) {
    add(online, online->early, "early", TRUE);
    add(online, steps, "now", FALSE);
    add(online, online->late, "late", TRUE);
    return TRUE;
  }
  return FALSE;
}

static DmigDialect dialect = {
  .name = "none",
  .title = "None",
  .has = { .named_constraints = TRUE, .unique_constraints = TRUE, .index_renames = TRUE },
  .max_identifier = 20,
  .can_alter = can_alter,
  .canonical_type = same,
  .spell = spell,
  .spell_online = spell_online,
};

typedef struct {
  DmigSchema *from, *to;
  DmigPlan *plan;
} Fixture;

static int
setup(void **state)
{
  static const char *const none[] = { NULL };
  Fixture *self = g_new0(Fixture, 1);
  dialect.reserved_words = none;
  splits = TRUE;
  self->from = dmig_schema_new(&dialect);
  self->to = dmig_schema_new(&dialect);
  *state = self;
  return 0;
}

static int
teardown(void **state)
{
  Fixture *self = *state;
  dmig_plan_free(self->plan);
  dmig_schema_unref(self->from);
  dmig_schema_unref(self->to);
  g_free(self);
  return 0;
}

static void
plan(Fixture *self)
{
  g_autoptr(DmigChanges) changes = dmig_diff(self->from, self->to, NULL);
  self->plan = dmig_plan_new_online(changes, NULL, NULL);
}

static char *
sql_of(Fixture *self)
{
  plan(self);
  return dmig_plan_sql(self->plan);
}

#define assert_sql(self, wanted)                                                                   \
  do {                                                                                             \
    g_autofree char *sql = sql_of(self);                                                           \
    assert_string_equal(sql, wanted);                                                              \
  } while (0)

static void
test_replaced_index_waits(void **state)
{
  Fixture *self = *state;
  test_add_index(test_add_table(self->from, "t", "a", "int", "b", "int", NULL), "i", "a", NULL);
  test_add_index(test_add_table(self->to, "t", "a", "int", "b", "int", NULL), "i", "b", NULL);
  assert_sql(self, "build;\ndrop the old one;\n");
}

static void
test_index_of_same_column_waits(void **state)
{
  Fixture *self = *state;
  test_add_index(test_add_table(self->from, "t", "a", "int", NULL), "i", "a", NULL);
  test_add_index(test_add_table(self->to, "t", "a", "int", NULL), "j", "a", NULL)->unique = TRUE;
  assert_sql(self, "build;\ndrop the old one;\n");
}

static void
test_unlike_indexes_do_not(void **state)
{
  Fixture *self = *state;
  test_add_index(test_add_table(self->from, "t", "a", "int", "b", "int", NULL), "i", "a", NULL);
  test_add_index(test_add_table(self->to, "t", "a", "int", "b", "int", NULL), "j", "b", NULL);
  assert_sql(self, "drop alone;\nbuild;\n");
}

static void
test_new_tables_are_plain(void **state)
{
  Fixture *self = *state;
  test_add_index(test_add_table(self->to, "t", "a", "int", NULL), "i", "a", NULL);
  plan(self);
  for (guint i = 0; i < self->plan->steps->len; i++)
    assert_true(((DmigStep *) self->plan->steps->pdata[i])->transactional);
}

static void
test_early_and_late(void **state)
{
  Fixture *self = *state;
  test_add_table(self->from, "t", "a", "int", NULL);
  DmigTable *other = test_add_table(self->from, "u", "a", "int", NULL);
  test_add_constraint(other, DMIG_CONSTRAINT_UNIQUE, "k", "a");
  test_add_table(self->to, "t", "a", "int", "b", "int", NULL);
  test_add_table(self->to, "u", "a", "int", NULL);
  assert_sql(self, "early;\nplain drop-constraint;\nnow;\nlate;\n");
}

static void
test_without_forms(void **state)
{
  Fixture *self = *state;
  splits = FALSE;
  test_add_index(test_add_table(self->from, "t", "a", "int", NULL), "i", "a", NULL);
  test_add_table(self->to, "t", "a", "int", NULL);
  assert_sql(self, "plain drop-index;\n");
}

static void
test_checks_are_inherited(void **state)
{
  Fixture *self = *state;
  test_add_table(self->from, "t", "a", "int", NULL);
  test_add_index(test_add_table(self->to, "t", "a", "int", NULL), "i", "a", NULL)->unique = TRUE;
  plan(self);
  assert_int_equal(self->plan->steps->len, 1);
  assert_int_equal(((DmigStep *) self->plan->steps->pdata[0])->checks->len, 1);
}

/* What is taken away and made again must not be missed for as long as a step takes that runs alone. */
static void
test_no_gap(void **state)
{
  Fixture *self = *state;
  test_add_table(self->from, "t", "a", "int", NULL);
  test_add_view(self->from, "v", "SELECT a FROM t");
  test_add_index(test_add_table(self->to, "t", "a", "int", NULL), "i", "a", NULL);
  test_add_view(self->to, "v", "SELECT a + 1 AS b, a FROM t");
  plan(self);
  gboolean gone = FALSE;
  for (guint i = 0; i < self->plan->steps->len; i++) {
    const DmigStep *step = self->plan->steps->pdata[i];
    gone = strcmp(step->kind, "drop-object") == 0 || (gone && strcmp(step->kind, "create-object") != 0);
    assert_false(gone && !step->transactional);
  }
}

static void
test_names_fit(void **state)
{
  Fixture *self = *state;
  const DmigOnline online = { .before = self->from };
  g_autofree char *brief = dmig_online_name(&online, "a", "new");
  g_autofree char *cut = dmig_online_name(&online, "a_name_that_is_long", "new");
  g_autofree char *other = dmig_online_name(&online, "a_name_that_is_long", "old");
  assert_string_equal(brief, "a_dmig_new");
  assert_true(strlen(cut) <= 20);
  assert_string_not_equal(cut, other);
}

static void
test_blocking(void **state)
{
  DmigStep *step = dmig_step_new("create-index", "t");
  step->scans = TRUE;
  step->lock = DMIG_LOCK_SHARE;
  gboolean writers_wait = dmig_step_blocks(step);
  step->lock = DMIG_LOCK_SHARE_UPDATE_EXCLUSIVE;
  gboolean writers_go_on = !dmig_step_blocks(step);
  step->lock = DMIG_LOCK_ACCESS_EXCLUSIVE;
  step->scans = FALSE;
  gboolean for_a_moment = !dmig_step_blocks(step);
  dmig_step_free(step);
  assert_true(writers_wait && writers_go_on && for_a_moment);
}

int
main(void)
{
  const struct CMUnitTest tests[] = {
    cmocka_unit_test_setup_teardown(test_replaced_index_waits, setup, teardown),
    cmocka_unit_test_setup_teardown(test_index_of_same_column_waits, setup, teardown),
    cmocka_unit_test_setup_teardown(test_unlike_indexes_do_not, setup, teardown),
    cmocka_unit_test_setup_teardown(test_new_tables_are_plain, setup, teardown),
    cmocka_unit_test_setup_teardown(test_early_and_late, setup, teardown),
    cmocka_unit_test_setup_teardown(test_without_forms, setup, teardown),
    cmocka_unit_test_setup_teardown(test_checks_are_inherited, setup, teardown),
    cmocka_unit_test_setup_teardown(test_no_gap, setup, teardown),
    cmocka_unit_test_setup_teardown(test_names_fit, setup, teardown),
    cmocka_unit_test(test_blocking),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
