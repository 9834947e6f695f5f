/* DDL that the dialects share. A dialect's spell() calls these for what is common and writes only
 * what differs, so that a second dialect is no copy of the first. Each appends without a final
 * semicolon unless it says otherwise. */
#pragma once

#include "core/schema/schema.h"
#include "core/sql/dialect.h"
#include "core/sql/text.h"

/* `name type [COLLATE …] [GENERATED …] [DEFAULT …] [NOT NULL]`, in the order both databases take.
 * Expressions are put into parentheses where the dialect needs them. Where identity stands at the
 * primary key only (no `identity_anywhere`), an identity column is spelled `name type
 * PRIMARY KEY AUTOINCREMENT [NOT NULL]`, and dmig_ddl_create_table() leaves out the constraint. */
void dmig_ddl_column(GString *sql, const DmigDialect *dialect, const DmigColumn *column);

/* `GENERATED ALWAYS AS IDENTITY (START WITH 10)`, with the name of the sequence where the facet
 * "sequence" says it. */
void dmig_ddl_identity(GString *sql, const DmigDialect *dialect, const DmigColumn *column);

/* PRIMARY KEY (…), UNIQUE, CHECK, FOREIGN KEY with actions and deferrability, or what the constraint says
 * for itself; and the same behind `CONSTRAINT name`, where it has one. */
void dmig_ddl_definition(GString *sql, const DmigDialect *dialect,
                         const DmigConstraint *constraint);
void dmig_ddl_constraint(GString *sql, const DmigDialect *dialect,
                         const DmigConstraint *constraint);

/* Whether CREATE TABLE says it: not what the parents of a child bring, nor a constraint that is not
 * valid or, where constraints can be added, a second key over the same columns. */
gboolean dmig_ddl_creates_column(const DmigTable *table, const DmigColumn *column);
gboolean dmig_ddl_creates_constraint(const DmigDialect *dialect, const DmigTable *table,
                                     const DmigConstraint *constraint);

/* The whole CREATE TABLE under the name `as` (the table's own where NULL), columns and constraints,
 * without foreign keys where `foreign_keys` is FALSE, a column or constraint a line; no indexes. */
void dmig_ddl_create_table(GString *sql, const DmigDialect *dialect, const DmigTable *table,
                           const char *as, gboolean foreign_keys);

/* `[USING method] (…) [INCLUDE (…)]`, from the fields. */
void dmig_ddl_index_body(GString *sql, const DmigDialect *dialect, const DmigIndex *index);

/* CREATE [UNIQUE] INDEX name ON [ONLY] table, the body, or the index's definition, and
 * `[WITH (…)] [WHERE …]`. */
void dmig_ddl_create_index(GString *sql, const DmigDialect *dialect, const DmigTable *table,
                           const DmigIndex *index);

/* What stands behind DEFAULT: `sql`, in parentheses where the dialect needs them. */
void dmig_ddl_default(GString *sql, const DmigDialect *dialect, const char *default_sql);
