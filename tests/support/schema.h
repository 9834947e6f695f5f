/* Schemas in a few words. What is made belongs to the schema or the table that it is added to. */
#pragma once

#include "core/schema/schema.h"

/* Column names and types in turns, then NULL. */
DmigTable *test_add_table(DmigSchema *schema, const char *name, ...) G_GNUC_NULL_TERMINATED;
/* Over one column; `column` may be NULL for none. */
DmigConstraint *test_add_constraint(DmigTable *table, DmigConstraintKind kind, const char *name,
                                    const char *column);
DmigConstraint *test_add_check(DmigTable *table, const char *name, const char *sql);
DmigConstraint *test_add_reference(DmigTable *table, const char *name, const char *column,
                                   const char *to, const char *to_column);
/* Over a column or an expression; the other one is NULL. */
DmigIndex *test_add_index(DmigTable *table, const char *name, const char *column,
                          const char *expression);
void test_add_view(DmigSchema *schema, const char *name, const char *sql);
/* `labels` stand between spaces. */
void test_add_enum(DmigSchema *schema, const char *name, const char *labels);
