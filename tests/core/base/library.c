#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>

#include "core/base/library.h"

static gpointer cosine, other;

static int
setup(void **state)
{
  cosine = other = &cosine;
  return 0;
}

static void
finds_all_symbols(void **state)
{
  const DmigSymbol symbols[] = { { "cos", &cosine }, { "sin", &other } };
  g_autoptr(GError) error = NULL;
  assert_true(dmig_library_load("libm.so.6", "libc6", symbols, 2, &error));
  assert_true(((double (*)(double))cosine)(0) == 1);
  assert_true(((double (*)(double))other)(0) == 0);
}

static void
fail_with(const char *file, const DmigSymbol *symbols, gsize n, const char *reason)
{
  g_autoptr(GError) error = NULL;
  gboolean loaded = dmig_library_load(file, "the-package", symbols, n, &error);
  assert_false(loaded);
  gboolean fatal = g_error_matches(error, DMIG_ERROR, DMIG_ERROR_FATAL);
  gboolean says = strstr(error->message, reason) != NULL;
  gboolean helps = g_str_has_suffix(error->message, "install the package the-package");
  gboolean one_line = strchr(error->message, '\n') == NULL;
  assert_true(fatal && says && helps && one_line);
  assert_ptr_equal(cosine, &cosine);
}

static void
says_what_to_install(void **state)
{
  const DmigSymbol symbols[] = { { "cos", &cosine } };
  fail_with("libnone-such.so.7", symbols, 1, "cannot load libnone-such.so.7");
}

static void
sets_nothing_where_a_symbol_is_missing(void **state)
{
  const DmigSymbol symbols[] = { { "cos", &cosine }, { "no_such_function", &other } };
  fail_with("libm.so.6", symbols, 2, "no_such_function");
}

int
main(void)
{
  const struct CMUnitTest tests[] = {
    cmocka_unit_test_setup(finds_all_symbols, setup),
    cmocka_unit_test_setup(says_what_to_install, setup),
    cmocka_unit_test_setup(sets_nothing_where_a_symbol_is_missing, setup),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
