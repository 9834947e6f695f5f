/* Rows as texts, to be compared before and after; for survivors.c. */
#pragma once

#include "core/db/driver.h"

/* What the tables `from` (char*) hold in `columns` (char*): char* a row, sorted. Owned. */
gboolean dmig_survivor_rows_read(DmigDatabase *db, const GPtrArray *from, GPtrArray *columns,
                                 GPtrArray **out, GError **error);
/* Adds to `problems` (char*) what differs. */
void dmig_survivor_rows_compare(const char *table, const GPtrArray *columns, const GPtrArray *was,
                                const GPtrArray *is, GPtrArray *problems);
/* Takes out of `is` what is not among `was`. */
void dmig_survivor_rows_leave_out(const GPtrArray *was, GPtrArray *is);
