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

/* The dialect is the program's first argument. */
DmigScratch *fixture_scratch(int argc, char **argv);
void fixture_set_scratch(DmigScratch *scratch);
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
