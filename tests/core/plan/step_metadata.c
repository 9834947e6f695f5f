#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "core/base/text.h"
#include "core/plan/step_metadata.h"
#include "core/sql/path.h"

typedef struct {
  DmigStep *step, *read;
  char *text, *again, *problem;
} Fixture;

static int
setup(void **state)
{
  *state = g_new0(Fixture, 1);
  return 0;
}

static int
teardown(void **state)
{
  Fixture *self = *state;
  dmig_step_free(self->step);
  dmig_step_free(self->read);
  g_free(self->text);
  g_free(self->again);
  g_free(self->problem);
  g_free(self);
  return 0;
}

static void
round_trip(Fixture *self)
{
  self->text = dmig_step_metadata_write(self->step);
  self->read = dmig_step_metadata_read(self->text, &self->problem);
  if (self->read == NULL)
    fail_msg("%s: %s", self->text, self->problem);
  self->again = dmig_step_metadata_write(self->read);
  assert_string_equal(self->text, self->again);
}

static void
assert_keepsakes(const GPtrArray *is, const GPtrArray *wanted)
{
  assert_int_equal(is->len, wanted->len);
  for (guint i = 0; i < is->len; i++) {
    const DmigKeepsake *a = is->pdata[i], *b = wanted->pdata[i];
    assert_int_equal(a->kind, b->kind);
    assert_string_equal(a->name, b->name);
    assert_string_equal(a->table, b->table);
    assert_int_equal(g_strcmp0(a->column, b->column), 0);
    assert_true(dmig_strv_equal(a->key, b->key));
    assert_true(dmig_strv_equal(a->home, b->home));
    assert_int_equal(a->loose, b->loose);
  }
}

static void
set_names(char ***names, const char *list)
{
  g_strfreev(*names);
  *names = g_strsplit(list, "|", -1);
}

static void
test_all_of_it_comes_back(void **state)
{
  Fixture *self = *state;
  g_autofree char *path = dmig_path_new("a \"schema\"", "a.table\n");
  DmigStep *step = self->step = dmig_step_new("rebuild-table", path);
  step->transactional = FALSE;
  step->lock = DMIG_LOCK_SHARE;
  step->rewrites = step->scans = TRUE;
  step->phase = DMIG_PHASE_MIGRATE;
  dmig_step_add_loss(step, DMIG_LOSS_IRREVERSIBLE, "%s", "it's \"gone\"\t\xF0\x9F\x98\x80");
  dmig_step_add_check(step, g_strdup("SELECT 1"), g_strdup("one; two"));
  DmigKeepsake *values = dmig_step_add_keepsake(step->takes, DMIG_KEEPSAKE_VALUES, "c.v", path, "v");
  set_names(&values->key, "id now|b");
  set_names(&values->home, "id|b");
  DmigKeepsake *column = dmig_step_add_keepsake(step->takes, DMIG_KEEPSAKE_COLUMN, "c.\"w\"", "c", "\"w\"");
  set_names(&column->key, "a|");
  set_names(&column->home, "a|");
  column->loose = TRUE;
  dmig_step_add_keepsake(step->takes, DMIG_KEEPSAKE_ROWS, "d", "d", NULL);
  dmig_step_add_keepsake(step->brings, DMIG_KEEPSAKE_COLUMN, "c.x", path, "x");
  step->done = g_strdup("SELECT 0");
  step->again = g_strdup("DROP INDEX i;\n");
  step->batch = g_strdup(path);
  round_trip(self);
  assert_keepsakes(self->read->takes, step->takes);
  assert_keepsakes(self->read->brings, step->brings);
  assert_string_equal(self->read->batch, path);
  assert_string_equal(self->read->done, "SELECT 0");
  assert_string_equal(self->read->again, "DROP INDEX i;\n");
  assert_int_equal(self->read->loss, DMIG_LOSS_IRREVERSIBLE);
  assert_false(self->read->transactional);
}

static void
test_what_every_such_step_brings_is_not_said(void **state)
{
  Fixture *self = *state;
  self->step = dmig_step_new("add-column", "c.v");
  dmig_step_add_usual_brings(self->step);
  assert_int_equal(self->step->brings->len, 1);
  round_trip(self);
  assert_null(strstr(self->text, "brings"));
  assert_keepsakes(self->read->brings, self->step->brings);
}

static void
test_what_brings_nothing_says_so(void **state)
{
  Fixture *self = *state;
  self->step = dmig_step_new("create-table", "c");
  round_trip(self);
  assert_non_null(strstr(self->text, "\"brings\": []"));
  assert_int_equal(self->read->brings->len, 0);
}

/* `shop.orders` may be a column, or a table with a dot in its name: then it must be said. */
static void
test_names_that_say_too_little(void **state)
{
  Fixture *self = *state;
  self->step = dmig_step_new("create-table", "shop.orders");
  dmig_step_add_usual_brings(self->step);
  assert_int_equal(self->step->brings->len, 0);
  g_autofree char *path = dmig_path_new("shop", "orders");
  dmig_step_add_keepsake(self->step->brings, DMIG_KEEPSAKE_ROWS, path, path, NULL);
  round_trip(self);
  assert_keepsakes(self->read->brings, self->step->brings);
  for (guint i = 0; i < 5; i++) {
    static const char *const objects[] = { "a", "a.", ".a", "a.b.c", "" };
    DmigStep *step = dmig_step_new("add-column", objects[i]);
    dmig_step_add_usual_brings(step);
    guint brings = step->brings->len;
    dmig_step_free(step);
    assert_int_equal(brings, 0);
  }
}

static void
test_wrong_keepsakes_are_refused(void **state)
{
  Fixture *self = *state;
  static const char *const wrong[] = {
    "{\"kind\": \"x\", \"takes\": {}}",
    "{\"kind\": \"x\", \"takes\": [{\"kind\": \"rows\", \"name\": \"a\"}]}",
    "{\"kind\": \"x\", \"takes\": [{\"kind\": \"rows\", \"name\": \"a\", \"table\": \"a\", \"column\": \"b\"}]}",
    "{\"kind\": \"x\", \"takes\": [{\"kind\": \"column\", \"name\": \"a\", \"table\": \"a\"}]}",
    "{\"kind\": \"x\", \"takes\": [{\"kind\": \"all\", \"name\": \"a\", \"table\": \"a\"}]}",
    "{\"kind\": \"x\", \"takes\": [{\"kind\": \"rows\", \"name\": \"a\", \"table\": \"a\", \"key\": \"b\"}]}",
    "{\"kind\": \"x\", \"takes\": [{\"kind\": \"rows\", \"name\": \"a\", \"table\": \"a\", \"key\": [\"b\"], "
    "\"home\": [\"b\", \"c\"]}]}",
    "{\"kind\": \"x\", \"brings\": [1]}",
  };
  for (guint i = 0; i < G_N_ELEMENTS(wrong); i++) {
    g_clear_pointer(&self->problem, g_free);
    self->read = dmig_step_metadata_read(wrong[i], &self->problem);
    assert_null(self->read);
    assert_non_null(strstr(self->problem, i < G_N_ELEMENTS(wrong) - 1 ? "takes" : "brings"));
  }
}

int
main(void)
{
#define FIXED(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
  const struct CMUnitTest tests[] = {
    FIXED(test_all_of_it_comes_back),
    FIXED(test_what_every_such_step_brings_is_not_said),
    FIXED(test_what_brings_nothing_says_so),
    FIXED(test_names_that_say_too_little),
    FIXED(test_wrong_keepsakes_are_refused),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
