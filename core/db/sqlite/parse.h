/* Reads the texts that SQLite keeps of its objects in sqlite_master: what no pragma tells (checks,
 * names of constraints, collations, AUTOINCREMENT, deferrability, expressions) stands only there.
 *
 * The texts have been accepted by SQLite, so that the parser need not tell right from wrong; it
 * stops with DMIG_ERROR_FAILED at what it does not know rather than guess. Source: SQLite's
 * "CREATE TABLE", "CREATE INDEX", "CREATE VIEW", and the grammar in its parse.y.
 */
#pragma once

#include "core/base/error.h"
#include "core/schema/schema.h"

/* Names, types and defaults come back as they are written; a foreign key without columns to refer to
 * has empty `ref_columns`: it means the other table's primary key. `text` is `sql`. */
DmigTable *dmig_sqlite_parse_table(const char *name, const char *sql, GError **error);

/* An element that is one plain name is a column if `table` has one of that name. */
DmigIndex *dmig_sqlite_parse_index(const char *name, const char *sql, const DmigTable *table,
                                   GError **error);

/* The column of `table` that SQLite finds under `name`, letter case aside; NULL: none. */
DmigColumn *dmig_sqlite_find_column(const DmigTable *table, const char *name);
