#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>

#include "core/base/diagnostic.h"
#include "core/base/error.h"

static int
setup(void **state)
{
  *state = dmig_diagnostics_new();
  return 0;
}

static int
teardown(void **state)
{
  dmig_diagnostics_free(*state);
  return 0;
}

static void
add(DmigDiagnostics *diagnostics, const char *file, guint line, guint column, const char *message)
{
  dmig_diagnostics_add(diagnostics, (DmigLocation){ file, line, column }, DMIG_SEVERITY_ERROR,
                       "a-rule", NULL, "%s", message);
}

static void
test_empty(void **state)
{
  DmigDiagnostics *diagnostics = *state;
  assert_int_equal(dmig_diagnostics_length(diagnostics), 0);
  assert_false(dmig_diagnostics_have_errors(diagnostics));
}

static void
test_order(void **state)
{
  DmigDiagnostics *diagnostics = *state;
  add(diagnostics, "z.yaml", 9, 1, "3");
  add(diagnostics, "a.yaml", 1, 1, "5");
  add(diagnostics, "z.yaml", 2, 7, "1");
  add(diagnostics, "z.yaml", 2, 7, "2");
  add(diagnostics, "z.yaml", 10, 1, "4");
  add(diagnostics, NULL, 0, 0, "6");
  char order[7] = "";
  for (guint i = 0; i < dmig_diagnostics_length(diagnostics); i++)
    strcat(order, dmig_diagnostics_get(diagnostics, i)->message);
  assert_string_equal(order, "123456");
  add(diagnostics, "z.yaml", 1, 1, "0");
  assert_string_equal(dmig_diagnostics_get(diagnostics, 0)->message, "0");
}

static void
assert_line(const DmigDiagnostic *diagnostic, const char *expected)
{
  char *line = dmig_diagnostic_to_line(diagnostic);
  assert_string_equal(line, expected);
  g_free(line);
}

static void
test_lines(void **state)
{
  DmigDiagnostics *diagnostics = *state;
  dmig_diagnostics_add(diagnostics, (DmigLocation){ "domain.yaml", 3, 9 }, DMIG_SEVERITY_ERROR,
                       "unknown-type", "did you mean 'string'?", "unknown type '%s'", "strng");
  add(diagnostics, "domain.yaml", 0, 0, "too large");
  add(diagnostics, NULL, 0, 0, "no file\nat all");
  assert_line(dmig_diagnostics_get(diagnostics, 0), "domain.yaml: a-rule: too large");
  assert_line(dmig_diagnostics_get(diagnostics, 1),
              "domain.yaml:3:9: unknown-type: unknown type 'strng' (did you mean 'string'?)");
  assert_line(dmig_diagnostics_get(diagnostics, 2), "a-rule: no file\\nat all");
}

static void
test_warnings_are_no_errors(void **state)
{
  DmigDiagnostics *diagnostics = *state;
  dmig_diagnostics_add(diagnostics, (DmigLocation){ "a", 1, 1 }, DMIG_SEVERITY_WARNING, "r", NULL,
                       "w");
  assert_int_equal(dmig_diagnostics_count(diagnostics, DMIG_SEVERITY_WARNING), 1);
  assert_false(dmig_diagnostics_have_errors(diagnostics));
}

static void
test_only_a_thousand_are_kept(void **state)
{
  DmigDiagnostics *diagnostics = *state;
  for (guint i = 0; i < 5000; i++)
    add(diagnostics, "a", i + 1, 1, "again");
  assert_int_equal(dmig_diagnostics_length(diagnostics), 1000);
  assert_int_equal(dmig_diagnostics_count(diagnostics, DMIG_SEVERITY_ERROR), 5000);
}

int
main(void)
{
  const struct CMUnitTest tests[] = {
    cmocka_unit_test_setup_teardown(test_empty, setup, teardown),
    cmocka_unit_test_setup_teardown(test_order, setup, teardown),
    cmocka_unit_test_setup_teardown(test_lines, setup, teardown),
    cmocka_unit_test_setup_teardown(test_warnings_are_no_errors, setup, teardown),
    cmocka_unit_test_setup_teardown(test_only_a_thousand_are_kept, setup, teardown),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
