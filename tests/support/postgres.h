/* Databases on a PostgreSQL server for tests: on the one that DMIG_TEST_POSTGRES names (a URL), or
 * on a private one for the test's executable. */
#pragma once

#include <glib.h>

/* Once, before the tests. FALSE where no server is installed: the tests are to be skipped. */
gboolean test_postgres_start(void);
void test_postgres_stop(void);

/* A server's URL: of a maintenance database. Borrowed. */
const char *test_postgres_server(void);

/* The URL of a new, empty database, and away with it. Whatever fails here ends the executable. */
char *test_postgres_create(void);
void test_postgres_drop(const char *url);
