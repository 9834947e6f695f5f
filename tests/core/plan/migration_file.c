#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>

#include "core/plan/migration_file.h"

static const DmigDialect dialect = { .name = "sqlite" };

#define HEADER "-- dmig migration 1: upgrade for sqlite\n"

typedef struct {
  DmigPlan *plan; /* written */
  DmigPlan *read;
  char *text;
  GError *error;
} Fixture;

static int
setup(void **state)
{
  Fixture *self = g_new0(Fixture, 1);
  self->plan = dmig_plan_new_empty(&dialect);
  *state = self;
  return 0;
}

static int
teardown(void **state)
{
  Fixture *self = *state;
  dmig_plan_free(self->plan);
  dmig_plan_free(self->read);
  g_free(self->text);
  g_clear_error(&self->error);
  g_free(self);
  return 0;
}

static DmigStep *
add_step(Fixture *self, const char *kind, const char *object, const char *title, const char *sql)
{
  DmigStep *step = dmig_step_new(kind, object);
  g_free(step->title);
  step->title = g_strdup(title);
  g_string_assign(step->sql, sql);
  g_ptr_array_add(self->plan->steps, step);
  return step;
}

static void
write_plan(Fixture *self)
{
  g_free(self->text);
  self->text = dmig_migration_file_write(self->plan, "upgrade");
}

static void
read_text(Fixture *self, const char *text)
{
  g_clear_pointer(&self->read, dmig_plan_free);
  self->read = dmig_migration_file_read("upgrade.sql", text, &dialect, &self->error);
}

static const DmigStep *
step_at(const Fixture *self, guint i)
{
  assert_non_null(self->read);
  assert_true(i < self->read->steps->len);
  return self->read->steps->pdata[i];
}

static void
test_form(void **state)
{
  Fixture *self = *state;
  /* A step that makes a table brings its rows: nobody needs to be told. */
  dmig_step_add_usual_brings(
      add_step(self, "create-table", "a", "create table a", "CREATE TABLE a (id integer);\n"));
  DmigStep *step =
      add_step(self, "drop-column", "a.b", "drop column a.b", "ALTER TABLE a DROP COLUMN b;\n");
  step->lock = DMIG_LOCK_ACCESS_EXCLUSIVE;
  step->phase = DMIG_PHASE_CONTRACT;
  dmig_step_add_loss(step, DMIG_LOSS_LOSSY, "the values of %s", "a.b");
  write_plan(self);
  assert_string_equal(self->text,
                      HEADER "\n"
                             "-- step 1: create table a\n"
                             "-- dmig: {\"kind\": \"create-table\", \"object\": \"a\"}\n"
                             "CREATE TABLE a (id integer);\n"
                             "\n"
                             "-- step 2: drop column a.b\n"
                             "-- dmig: {\"kind\": \"drop-column\", \"lock\": \"ACCESS EXCLUSIVE\", "
                             "\"loss\": \"lossy\", \"losses\": [\"the values of a.b\"], "
                             "\"object\": \"a.b\", \"phase\": \"contract\"}\n"
                             "ALTER TABLE a DROP COLUMN b;\n");
}

static void
test_round_trip(void **state)
{
  Fixture *self = *state;
  DmigStep *step = add_step(self, "rebuild-table", "we\"ird \xF0\x9F\x98\x80", "rebuild\nit",
                            "INSERT INTO t VALUES ('a;\n\n-- step 9: x\n-- dmig: {}\n');\n"
                            "DROP TABLE u;\n");
  step->transactional = FALSE;
  step->rewrites = step->scans = TRUE;
  step->lock = DMIG_LOCK_SHARE;
  step->phase = DMIG_PHASE_MIGRATE;
  dmig_step_add_loss(step, DMIG_LOSS_IRREVERSIBLE, "all of it");
  dmig_step_add_check(step, g_strdup("SELECT count(*)\nFROM t"), g_strdup("rows stand in the way"));
  DmigTable *other = dmig_table_new("a\xffwe\"ird");
  char *const columns[] = { (char *) "sp ace", NULL };
  DmigCheck *nulls = dmig_step_add_row_check(step, DMIG_CHECK_NULL, other, columns,
                                             g_strdup("SELECT count(*) FROM a.t WHERE x IS NULL"),
                                             g_strdup("nulls"));
  nulls->value = g_strdup("''");
  dmig_table_free(other);
  g_strfreev(step->keeps);
  step->keeps = g_strsplit("t,u", ",", -1);
  add_step(self, "sql-after", "", "hand-written SQL after", "UPDATE t SET a = 1;\n");
  write_plan(self);
  read_text(self, self->text);
  assert_null(self->error);
  assert_int_equal(self->read->steps->len, 2);
  assert_int_equal(self->read->loss, DMIG_LOSS_IRREVERSIBLE);
  const DmigStep *read = step_at(self, 0);
  assert_string_equal(read->kind, "rebuild-table");
  assert_string_equal(read->object, step->object);
  assert_string_equal(read->title, "rebuild\\nit");
  assert_string_equal(read->sql->str, step->sql->str);
  assert_false(read->transactional);
  assert_true(read->rewrites && read->scans);
  assert_int_equal(read->lock, DMIG_LOCK_SHARE);
  assert_int_equal(read->phase, DMIG_PHASE_MIGRATE);
  assert_int_equal(read->checks->len, 2);
  const DmigCheck *first_check = read->checks->pdata[0], *second = read->checks->pdata[1];
  assert_string_equal(first_check->sql, "SELECT count(*)\nFROM t");
  assert_int_equal(first_check->kind, DMIG_CHECK_OTHER);
  assert_null(dmig_check_rows(first_check));
  assert_int_equal(second->kind, DMIG_CHECK_NULL);
  assert_string_equal(second->table, "a\xffwe\"ird");
  assert_string_equal(second->columns[0], "sp ace");
  assert_null(second->key[0]);
  assert_string_equal(second->value, "''");
  assert_string_equal(read->losses->pdata[0], "all of it");
  assert_string_equal(read->keeps[1], "u");
  assert_string_equal(step_at(self, 1)->sql->str, "UPDATE t SET a = 1;\n");
  assert_string_equal(step_at(self, 1)->object, "");
  g_autofree char *again = dmig_migration_file_write(self->read, "upgrade");
  g_autofree char *first = g_strdup(self->text);
  assert_true(dmig_migration_file_same(first, again));
}

static void
test_empty(void **state)
{
  Fixture *self = *state;
  write_plan(self);
  assert_string_equal(self->text, HEADER);
  read_text(self, self->text);
  assert_non_null(self->read);
  assert_int_equal(self->read->steps->len, 0);
  read_text(self, "");
  assert_non_null(self->read);
  assert_int_equal(self->read->steps->len, 0);
}

/* A comment of hand-written SQL must not begin a step of its own. */
static void
test_comments_like_heads(void **state)
{
  Fixture *self = *state;
  add_step(self, "sql-before", "", "hand-written SQL before",
           "SELECT 1;\n-- step 2: not one\n-- dmig: {\"kind\": \"evil\"}\nSELECT 2;\n");
  write_plan(self);
  read_text(self, self->text);
  assert_null(self->error);
  assert_int_equal(self->read->steps->len, 1);
  assert_non_null(strstr(step_at(self, 0)->sql->str, "SELECT 2;"));
}

static void
test_edited_by_a_person(void **state)
{
  Fixture *self = *state;
  read_text(self, "\xEF\xBB\xBF" HEADER "\r\nPRAGMA a\r\n\r\n"
                  "-- step 7:   changed title \r\n"
                  "-- dmig: {\"kind\": \"k\", \"object\": \"o\", \"unknown\": 1}\r\n"
                  "\n\nSELECT 1 -- no end\n\n\n"
                  "-- dmig: {\"kind\": \"untitled\"}\n"
                  "/* -- dmig: {} */ SELECT 2;");
  assert_null(self->error);
  assert_int_equal(self->read->steps->len, 3);
  assert_string_equal(step_at(self, 0)->kind, "sql-before");
  assert_string_equal(step_at(self, 0)->sql->str, "PRAGMA a;\n");
  assert_string_equal(step_at(self, 1)->title, "changed title");
  assert_string_equal(step_at(self, 1)->sql->str, "SELECT 1; -- no end\n");
  assert_string_equal(step_at(self, 2)->sql->str, "/* -- dmig: {} */ SELECT 2;\n");
}

static void
test_commented_out_step(void **state)
{
  Fixture *self = *state;
  read_text(self, HEADER "-- step 1: a\n-- dmig: {\"kind\": \"a\"}\nSELECT 1;\n"
                         "/*\n-- step 2: b\n-- dmig: {\"kind\": \"b\"}\nSELECT 2;\n*/\n");
  assert_null(self->error);
  assert_int_equal(self->read->steps->len, 1);
}

static void
assert_refused(Fixture *self, const char *text, const char *message)
{
  g_clear_error(&self->error);
  read_text(self, text);
  assert_null(self->read);
  assert_true(g_error_matches(self->error, DMIG_ERROR, DMIG_ERROR_INVALID));
  assert_non_null(strstr(self->error->message, message));
}

static void
test_refused(void **state)
{
  Fixture *self = *state;
  assert_refused(self, "-- dmig migration 2: upgrade for sqlite\n", "upgrade.sql:1: ");
  assert_refused(self, "-- dmig migration 2: upgrade for sqlite\n", "upgrade dmig");
  assert_refused(self, "-- dmig migration x\n", "the first line is no");
  assert_refused(self, "-- dmig migration 1: upgrade for postgresql\n",
                 "for postgresql, not for sqlite");
  assert_refused(self, HEADER "-- dmig: {\"kind\"\n",
                 "upgrade.sql:2: the step's metadata is not a JSON object");
  assert_refused(self, HEADER "-- dmig: []\n", "not a JSON object");
  assert_refused(self, HEADER "-- dmig: {}\n", "no \"kind\"");
  assert_refused(self, HEADER "-- dmig: {\"kind\": \"k\", \"lock\": \"none at all\"}\n",
                 "a wrong \"lock\"");
  assert_refused(self, HEADER "-- dmig: {\"kind\": \"k\", \"loss\": 1}\n", "a wrong \"loss\"");
  assert_refused(self, HEADER "-- dmig: {\"kind\": \"k\", \"losses\": [1]}\n",
                 "a wrong \"losses\"");
  assert_refused(self,
                 HEADER "-- dmig: {\"kind\": \"k\", \"checks\": [{\"sql\": \"SELECT 0\", "
                        "\"message\": \"m\", \"kind\": \"null\"}]}\n",
                 "a wrong \"checks\"");
  assert_refused(self, HEADER "-- dmig: {\"kind\": \"k\", \"checks\": [{}]}\n",
                 "a wrong \"checks\"");
  assert_refused(self, HEADER "-- dmig: {\"kind\": \"k\", \"keeps\": \"t\"}\n",
                 "a wrong \"keeps\"");
  assert_refused(self, HEADER "-- dmig: {\"kind\": \"k\", \"scans\": 1}\n", "a wrong \"scans\"");
  assert_refused(self, HEADER "-- dmig: {\"kind\": \"a\", \"kind\": \"b\"}\n", "not a JSON object");
  assert_refused(self, HEADER "-- dmig: {\"kind\": \"k\"}\nSELECT 'open;\n", "upgrade.sql:3: ");
}

static void
test_same(void **state)
{
  const char *const step = "-- step 1: a\n-- dmig: {\"kind\": \"a\"}\n";
  g_autofree char *a = g_strconcat(HEADER, step, "SELECT 1;\n", NULL);
  g_autofree char *spaced = g_strconcat(HEADER "\n\n", step, "select /* one */\n  1 ;\n", NULL);
  g_autofree char *other = g_strconcat(HEADER, step, "SELECT 2;\n", NULL);
  g_autofree char *lossy = g_strconcat(HEADER "-- step 1: a\n-- dmig: {\"kind\": \"a\", "
                                              "\"loss\": \"lossy\"}\nSELECT 1;\n",
                                       NULL);
  gboolean same = dmig_migration_file_same(a, spaced), differs = dmig_migration_file_same(a, other);
  gboolean marked = dmig_migration_file_same(a, lossy);
  gboolean shorter = dmig_migration_file_same(a, HEADER);
  gboolean broken = dmig_migration_file_same(a, HEADER "-- dmig: x\n");
  assert_true(same);
  assert_false(differs);
  assert_false(marked);
  assert_false(shorter);
  assert_false(broken);
}

#define FIXED(test) cmocka_unit_test_setup_teardown(test, setup, teardown)

int
main(void)
{
  const struct CMUnitTest tests[] = {
    FIXED(test_form),
    FIXED(test_round_trip),
    FIXED(test_empty),
    FIXED(test_comments_like_heads),
    FIXED(test_edited_by_a_person),
    FIXED(test_commented_out_step),
    FIXED(test_refused),
    FIXED(test_same),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
