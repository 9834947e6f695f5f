/* A scratch database for the tests of this folder, over one dialect or the other. */
#pragma once

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "core/db/registry.h"
#include "core/db/scratch.h"

typedef struct {
  DmigScratch *scratch; /* for all tests of a run */
  DmigDatabase *db;     /* for one test */
} Fixture;

/* Runs the tests over the dialect that is the program's first argument. What main() returns. */
int fixture_main(int argc, char **argv, const struct CMUnitTest *tests, size_t n);
#define FIXTURE_MAIN(argc, argv, tests) fixture_main(argc, argv, tests, G_N_ELEMENTS(tests))
const DmigDialect *fixture_dialect(void);
int fixture_setup(void **state);
int fixture_teardown(void **state);

/* A column of a type, spelled as the dialect reports it. */
typedef enum { TYPE_OF_BIGINT, TYPE_OF_TEXT } TypeOf;
DmigColumn *fixture_column(const DmigDialect *dialect, const char *name, TypeOf kind);
/* Gives it the name `table_suffix` where the dialect names constraints. */
void fixture_name_constraint(const DmigDialect *dialect, DmigConstraint *constraint,
                             const char *table, const char *suffix);

/* The one value that `sql` gives, "" for null. Owned by the caller; fails the test where it gives
 * none. */
char *fixture_value(DmigDatabase *db, const char *sql);
void fixture_exec(DmigDatabase *db, const char *script);
