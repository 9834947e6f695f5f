/* What the tests of SQLite's inspection share: a database in memory for each test, and what it holds. */
#pragma once

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "core/db/sqlite/internal.h"

extern DmigDatabase *db;
extern DmigSchema *schema; /* as of the last inspect() */

int sqlite_setup(void **state);
int sqlite_teardown(void **state);
#define SQLITE_TEST(name) cmocka_unit_test_setup_teardown(name, sqlite_setup, sqlite_teardown)

void assert_no_error(GError *error);
/* Runs `sql` and reads the database. */
void inspect(const char *sql);
/* `parameter` may be NULL. Owned. */
DmigRows *query(const char *sql, const char *parameter);
/* Of the schema; fails the test where there is none. */
DmigTable *table_of(const char *name);
DmigColumn *column_of(const char *table, const char *name);
