/* What the tests of PostgreSQL's rooms share: a database for each test, and words to use it. */
#pragma once

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "core/db/postgres/postgres.h"
#include "core/plan/plan.h"

extern DmigDatabase *pg;
extern char *pg_url;
extern GError *pg_error; /* cleared after each test */

int pg_setup(void **state);
int pg_teardown(void **state);

void pg_assert(gboolean done); /* fails with the error's message */
void pg_exec(const char *sql);
/* The one value of the one row. Borrowed until the next call; NULL: null. */
const char *pg_value(const char *sql);
gint64 pg_count(const char *sql);
DmigSchema *pg_inspect(void); /* freed after the test */
/* What a database of its own has that `script` makes in another encoding; likewise. */
DmigSchema *pg_inspect_encoded(const char *encoding, const char *script);
DmigSchema *pg_keep(DmigSchema *schema); /* likewise; gives it back */

/* Runs the tests, or skips them where there is no server. What main() returns. */
int pg_main(const char *name, const struct CMUnitTest *tests, size_t n);
#define PG_TEST(name) cmocka_unit_test_setup_teardown(name, pg_setup, pg_teardown)
#define PG_MAIN(name, tests) pg_main(name, tests, G_N_ELEMENTS(tests))
