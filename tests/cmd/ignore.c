#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "cmd/ignore.h"
#include "core/db/registry.h"

typedef struct {
  DmigDiagnostics *diagnostics;
  DmigIgnore *ignore;
  char *path;
} State;

static int
setup(void **state)
{
  State *self = g_new0(State, 1);
  self->diagnostics = dmig_diagnostics_new();
  *state = self;
  return 0;
}

static int
teardown(void **state)
{
  State *self = *state;
  dmig_ignore_free(self->ignore);
  dmig_diagnostics_free(self->diagnostics);
  g_free(self->path);
  g_free(self);
  return 0;
}

static void
parse(State *self, const char *text)
{
  self->ignore = dmig_ignore_parse(".dmigignore", text, self->diagnostics);
}

static gboolean
ignores(State *self, DmigObjectKind kind, const char *schema, const char *name, const char *detail)
{
  g_free(self->path);
  self->path = dmig_path_new(schema, name);
  return dmig_ignore_matches(self->ignore, kind, self->path, detail, "public");
}

static void
a_plain_pattern_is_for_every_schema(void **state)
{
  State *self = *state;
  parse(self, "legacy_*\n");
  assert_true(ignores(self, DMIG_OBJECT_TABLE, NULL, "legacy_users", NULL));
  assert_true(ignores(self, DMIG_OBJECT_VIEW, "auth", "legacy_", NULL));
  /* A schema is an object, too, with all that is in it. */
  assert_true(ignores(self, DMIG_OBJECT_TABLE, "legacy_x", "users", NULL));
  assert_false(ignores(self, DMIG_OBJECT_TABLE, NULL, "my_legacy_users", NULL));
  assert_false(ignores(self, DMIG_OBJECT_TABLE, NULL, "Legacy_users", NULL));
}

static void
a_dot_makes_it_qualified(void **state)
{
  State *self = *state;
  parse(self, "audit.*\npublic.tmp\n");
  assert_true(ignores(self, DMIG_OBJECT_TABLE, "audit", "log", NULL));
  assert_true(ignores(self, DMIG_OBJECT_ROUTINE, "audit", "f", "integer"));
  assert_false(ignores(self, DMIG_OBJECT_TABLE, NULL, "log", NULL));
  assert_false(ignores(self, DMIG_OBJECT_SCHEMA, NULL, "audit", NULL));
  assert_true(ignores(self, DMIG_OBJECT_TABLE, NULL, "tmp", NULL));
  assert_false(ignores(self, DMIG_OBJECT_TABLE, "other", "tmp", NULL));
  /* A name may have a dot of its own. */
  assert_true(ignores(self, DMIG_OBJECT_TABLE, NULL, "audit.x", NULL));
}

static void
a_kind_narrows_it(void **state)
{
  State *self = *state;
  parse(self, "table:a*\nmaterialized-view:m\nFunction: f(integer)\nuser_mapping:*\n");
  assert_true(ignores(self, DMIG_OBJECT_TABLE, NULL, "abc", NULL));
  assert_false(ignores(self, DMIG_OBJECT_VIEW, NULL, "abc", NULL));
  assert_true(ignores(self, DMIG_OBJECT_MATERIALIZED_VIEW, NULL, "m", NULL));
  assert_true(ignores(self, DMIG_OBJECT_ROUTINE, NULL, "f", "integer"));
  assert_false(ignores(self, DMIG_OBJECT_ROUTINE, NULL, "f", "text"));
  assert_true(ignores(self, DMIG_OBJECT_USER_MAPPING, NULL, "srv", "bob"));
}

static void
the_last_match_decides(void **state)
{
  State *self = *state;
  parse(self, "table:tmp_*\n!table:tmp_keep\ntmp_keep_not\n");
  assert_true(ignores(self, DMIG_OBJECT_TABLE, NULL, "tmp_1", NULL));
  assert_false(ignores(self, DMIG_OBJECT_TABLE, NULL, "tmp_keep", NULL));
  assert_true(ignores(self, DMIG_OBJECT_TABLE, NULL, "tmp_keep_not", NULL));
}

static void
parts_go_with_their_relation(void **state)
{
  State *self = *state;
  parse(self, "table:log\n!trigger:log.keep\nview:v\n");
  assert_true(ignores(self, DMIG_OBJECT_TRIGGER, NULL, "log", "stamp"));
  assert_false(ignores(self, DMIG_OBJECT_TRIGGER, NULL, "log", "keep"));
  assert_true(ignores(self, DMIG_OBJECT_RULE, NULL, "v", "r"));
  assert_false(ignores(self, DMIG_OBJECT_TRIGGER, NULL, "other", "stamp"));
}

static void
all_goes_with_its_schema(void **state)
{
  State *self = *state;
  parse(self, "schema:partman\n!partman.mine\n");
  assert_true(ignores(self, DMIG_OBJECT_SCHEMA, NULL, "partman", NULL));
  assert_true(ignores(self, DMIG_OBJECT_TABLE, "partman", "config", NULL));
  assert_true(ignores(self, DMIG_OBJECT_TRIGGER, "partman", "config", "t"));
  assert_false(ignores(self, DMIG_OBJECT_TABLE, "partman", "mine", NULL));
  assert_false(ignores(self, DMIG_OBJECT_TABLE, NULL, "partman", NULL));
}

static void
comments_blanks_and_escapes(void **state)
{
  State *self = *state;
  parse(self, "# all of it\n\n   \n  spaced  # why\n\\#odd\n\\!odd\na\\:b\r\n");
  assert_false(dmig_diagnostics_have_errors(self->diagnostics));
  assert_true(ignores(self, DMIG_OBJECT_TABLE, NULL, "spaced", NULL));
  assert_true(ignores(self, DMIG_OBJECT_TABLE, NULL, "#odd", NULL));
  assert_true(ignores(self, DMIG_OBJECT_TABLE, NULL, "!odd", NULL));
  assert_true(ignores(self, DMIG_OBJECT_TABLE, NULL, "a:b", NULL));
  assert_false(ignores(self, DMIG_OBJECT_TABLE, NULL, "all", NULL));
}

static void
mistakes_are_told_with_their_line(void **state)
{
  State *self = *state;
  parse(self, "ok\ntabel:x\ncolumn:users.name\ntable:\n");
  assert_int_equal(dmig_diagnostics_count(self->diagnostics, DMIG_SEVERITY_ERROR), 3);
  const DmigDiagnostic *first = dmig_diagnostics_get(self->diagnostics, 0);
  assert_int_equal(first->at.line, 2);
  assert_string_equal(first->hint, "did you mean 'table'?");
  assert_int_equal(dmig_diagnostics_get(self->diagnostics, 1)->at.line, 3);
  assert_int_equal(dmig_diagnostics_get(self->diagnostics, 2)->at.line, 4);
}

static void
what_is_ignored_is_taken_out(void **state)
{
  State *self = *state;
  parse(self, "t1\nindex:i\nenum:e\nview:v\n");
  g_autoptr(DmigSchema) schema = dmig_schema_new(dmig_dialect_find("postgresql"));
  static const char *const labels[] = { "a", NULL };
  DmigTable *kept = dmig_table_new("t2");
  g_ptr_array_add(kept->indexes, dmig_index_new("i"));
  g_ptr_array_add(kept->indexes, dmig_index_new("j"));
  g_ptr_array_add(schema->tables, dmig_table_new("t1"));
  g_ptr_array_add(schema->tables, kept);
  g_ptr_array_add(schema->enums, dmig_enum_new("e", labels));
  g_ptr_array_add(schema->objects,
                  dmig_object_new_view(schema->dialect, "v", "SELECT 1"));
  g_ptr_array_add(schema->objects, dmig_object_new(DMIG_OBJECT_TRIGGER, "t1", "gone too"));
  assert_non_null(dmig_schema_table(schema, "t1"));
  assert_int_equal(dmig_ignore_apply(self->ignore, schema, "public"), 5);
  assert_null(dmig_schema_table(schema, "t1"));
  assert_non_null(dmig_schema_table(schema, "t2"));
  assert_int_equal(kept->indexes->len, 1);
  assert_int_equal(schema->objects->len, 0);
  assert_int_equal(schema->enums->len, 0);
}

int
main(void)
{
  const struct CMUnitTest tests[] = {
    cmocka_unit_test_setup_teardown(a_plain_pattern_is_for_every_schema, setup, teardown),
    cmocka_unit_test_setup_teardown(a_dot_makes_it_qualified, setup, teardown),
    cmocka_unit_test_setup_teardown(a_kind_narrows_it, setup, teardown),
    cmocka_unit_test_setup_teardown(the_last_match_decides, setup, teardown),
    cmocka_unit_test_setup_teardown(parts_go_with_their_relation, setup, teardown),
    cmocka_unit_test_setup_teardown(all_goes_with_its_schema, setup, teardown),
    cmocka_unit_test_setup_teardown(comments_blanks_and_escapes, setup, teardown),
    cmocka_unit_test_setup_teardown(mistakes_are_told_with_their_line, setup, teardown),
    cmocka_unit_test_setup_teardown(what_is_ignored_is_taken_out, setup, teardown),
  };
  return cmocka_run_group_tests_name("ignore", tests, NULL, NULL);
}
