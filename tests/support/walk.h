/* Taking a database to another state, and asking whether it got there. */
#pragma once

#include "core/db/driver.h"
#include "core/diff/diff.h"

/* Diffs what `db` holds with `to`, runs the plan in one transaction, inspects again and diffs again.
 * TRUE: nothing differs any more. Else `report` says what does, or what went wrong. `out_sql` gets
 * the plan's SQL where there was one; it may be NULL. */
gboolean test_walk(DmigDatabase *db, DmigSchema *to, char **out_sql, GString *report);
/* A line for each, with both values of facets and both texts of objects. */
void test_report_changes(const DmigChanges *changes, GString *report);

/* What pg_dump says of a database, its lines sorted: the order of columns and of objects that don't
 * depend on each other means nothing. Owned; NULL where there is no pg_dump. */
char *test_dump(const char *url);
