/* What the domain's reader believes of the dialects is what they are. */
#include "tests/core/domain/support.h"

#include <string.h>

#include "core/db/registry.h"
#include "core/domain/dialect_facts.h"
#include "core/domain/form.h"

static void
test_facts(void **state)
{
  guint n = 0;
  for (const DmigDialect *const *dialect = dmig_dialects(); *dialect != NULL; dialect++, n++) {
    const DmigDialectFacts *facts = dmig_dialect_facts((*dialect)->name);
    assert_non_null(facts);
    assert_int_equal(facts->max_identifier, (*dialect)->max_identifier);
    assert_true(g_strv_contains(dmig_dialect_names(), (*dialect)->name));
    assert_string_equal(facts->default_schema, (*dialect)->default_schema);
    assert_int_equal(facts->given_schemas != NULL, (*dialect)->has.schemas);
    assert_int_equal(facts->keys_are_relations, (*dialect)->has.unique_constraints);
  }
  assert_int_equal(n, g_strv_length((char **) dmig_dialect_names()));
}

/* The keys of SQL by dialect are the dialects' names, and `else`. */
static void
test_keys(void **state)
{
  guint n = 0;
  for (const DmigKey *key = dmig_dialect_keys; key->name != NULL; key++, n++)
    assert_true(strcmp(key->name, "else") == 0 || dmig_dialect_facts(key->name) != NULL);
  assert_int_equal(n, g_strv_length((char **) dmig_dialect_names()) + 1);
}

int
main(void)
{
  const struct CMUnitTest tests[] = { cmocka_unit_test(test_facts), cmocka_unit_test(test_keys) };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
