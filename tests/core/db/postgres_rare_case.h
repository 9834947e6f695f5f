/* Pairs of databases: what is made in one is to be found, made and changed in the other. */
#pragma once

#include "tests/core/db/postgres_case.h"

int rare_setup(void **state);
int rare_teardown(void **state);
#define RARE_TEST(name) cmocka_unit_test_setup_teardown(name, rare_setup, rare_teardown)

/* `sql` runs in one database, and what inspection says builds the other; pg_dump says the same of
 * both. Back from there to nothing, too. Gives the Schema, which belongs to the test. */
DmigSchema *rare_rebuild(const char *sql);
/* From a database that `common` and `before` have made to one of `common` and `after`, and back:
 * no second difference, and the same pg_dump. Gives the SQL of the way there; the test's. */
const char *rare_change(const char *common, const char *before, const char *after);
