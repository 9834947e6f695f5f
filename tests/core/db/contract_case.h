/* What the files of the contract share: what every driver must do, run over each of them. The SQL in
 * there is the one that they share. All of these are cleared after each test. */
#pragma once

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "tests/core/db/backend.h"

extern const Backend *backend;
extern char *url;
extern DmigDatabase *db, *other;
extern DmigSchema *wanted, *found, *beside;
extern DmigRows *rows;
extern GError *error;
extern char *text;

extern pid_t child;

int contract_setup(void **state);
int contract_teardown(void **state);
#define CONTRACT_TEST(name) cmocka_unit_test_setup_teardown(name, contract_setup, contract_teardown)

void assert_done(gboolean done); /* fails with the error's message */
void assert_failed(gboolean done, DmigErrorCode code, const char *message_part);
void exec(const char *sql);
gint64 count(DmigDatabase *database, const char *sql);
/* The one value that `sql` gives. Borrowed from `rows`. */
const char *value(const char *sql, const char *parameter);

/* Runs the tests over the dialect that is the program's first argument. What main() returns. */
int contract_main(int argc, char **argv, const struct CMUnitTest *tests, size_t n);
#define CONTRACT_MAIN(argc, argv, tests) contract_main(argc, argv, tests, G_N_ELEMENTS(tests))
