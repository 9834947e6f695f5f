/* DDL that the dialects share. A dialect's spell() calls these for what is common and writes only
 * what differs, so that a second dialect is no copy of the first. Each appends without a final
 * semicolon unless it says otherwise. */
#pragma once

#include "core/schema/schema.h"
#include "core/sql/dialect.h"
#include "core/sql/text.h"

/* `name type [COLLATE …] [GENERATED …] [DEFAULT …] [NOT NULL]`, in the order both databases take.
 * Expressions are put into parentheses where the dialect needs them. Where identity stands at the
 * primary key only (no DMIG_CAP_IDENTITY_ANYWHERE), an identity column is spelled `name type
 * PRIMARY KEY AUTOINCREMENT [NOT NULL]`, and dmig_ddl_create_table() leaves out the constraint. */
void dmig_ddl_column(GString *sql, const DmigDialect *dialect, const DmigColumn *column);

/* `[CONSTRAINT name] PRIMARY KEY (…)`, UNIQUE, CHECK, FOREIGN KEY with actions and deferrability. */
void dmig_ddl_constraint(GString *sql, const DmigDialect *dialect,
                         const DmigConstraint *constraint);

/* The whole CREATE TABLE under the name `as` (the table's own where NULL), columns and constraints,
 * without foreign keys where `foreign_keys` is FALSE, a column or constraint a line; no indexes. */
void dmig_ddl_create_table(GString *sql, const DmigDialect *dialect, const DmigTable *table,
                           const char *as, gboolean foreign_keys);

/* CREATE [UNIQUE] INDEX name ON table [USING method] (…) [INCLUDE (…)] [WHERE …] */
void dmig_ddl_create_index(GString *sql, const DmigDialect *dialect, const DmigTable *table,
                           const DmigIndex *index);

/* What stands behind DEFAULT: `sql`, in parentheses where the dialect needs them. */
void dmig_ddl_default(GString *sql, const DmigDialect *dialect, const char *default_sql);
