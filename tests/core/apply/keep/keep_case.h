/* What the tests of keeping share. */
#pragma once

#include <string.h>

#include "core/apply/keep/keep.h"
#include "tests/core/apply/fixture.h"

#define REVISION "cccccccccccccccccccccccccccccccccccccccc"

/* What a test works with: a database, and a pair of plans between two states of it. */
typedef struct {
  Fixture *fixture;
  DmigDatabase *db;
  DmigTransition *there, *back;
  DmigPlan *up, *down;
  gboolean no_keep;
  guint runs;
  GPtrArray *lines; /* texts to free */
} Keep;

int keep_setup(void **state);
int keep_teardown(void **state);
#define KEEP(name) cmocka_unit_test_setup_teardown(name, keep_setup, keep_teardown)

gboolean on_sqlite(void);
/* The database is at `before`, and the plans lead to `after` and back. */
void between(Keep *self, const char *before, const char *after);
void run(Keep *self, const DmigPlan *plan);
void assert_fails(Keep *self, const DmigPlan *plan, const char *wanted);
/* All that a query gives, as one text: rows by `;`, columns by `,`. */
void assert_rows(Keep *self, const char *sql, const char *wanted);
void assert_kept(Keep *self, const char *wanted);
