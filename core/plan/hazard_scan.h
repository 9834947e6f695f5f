/* What is known while a plan is looked through for hazards; private to core/plan.
 *
 *     hazard_rules.c   the rules and their texts
 *     hazard_read.c    statements as tokens
 *     hazard_column.c  definitions of columns: types, defaults, keys
 *     hazard_alter.c   ALTER TABLE
 *     hazard_other.c   all other statements
 *     hazard_schema.c  what only the schemas can tell
 *     hazard.c         steps, transactions, comments that allow
 */
#pragma once

#include "core/plan/hazard.h"
#include "core/plan/hazard_read.h"

typedef struct {
  const DmigPlan *plan;
  const DmigSchema *before, *after; /* or NULL */
  GHashTable *tables_before, *tables_after; /* their tables, by their names for people */
  GPtrArray *found;                         /* DmigHazard* */

  GHashTable *created;     /* names of tables that the plan makes: nobody waits for them */
  GHashTable *required;    /* "table.column": a check that says NOT NULL */
  GHashTable *constraints; /* name of a check -> "table.column" */

  /* Of the step. */
  const DmigStep *step;
  guint number, line;
  char *renamed;       /* what the table of the statement is called now; NULL: as before */
  gboolean whole;      /* the dialect locks the database as a whole, not table by table */
  gboolean generated;  /* its metadata is dmig's own, and to be trusted */

  /* Of the transaction that goes on; empty where a step runs outside of one. */
  GHashTable *exclusive;   /* tables under ACCESS EXCLUSIVE */
  GHashTable *strong;      /* tables under SHARE or more */
  GHashTable *unvalidated; /* constraints that were added NOT VALID in it */
  gboolean said_several, said_work;
} DmigHazardScan;

void dmig_hazard_add(DmigHazardScan *self, const char *rule, const char *format, ...)
    G_GNUC_PRINTF(3, 4);
/* Whether others may have rows in, and wait for, the table. */
gboolean dmig_hazard_is_used(const DmigHazardScan *self, const char *table);
/* The statement holds a lock on `table` to the end of its transaction. */
void dmig_hazard_lock(DmigHazardScan *self, const char *table, DmigLock lock);
/* Goes on under `self->renamed` with what is known of `table`, and forgets the name. */
void dmig_hazard_rename(DmigHazardScan *self, const char *table);
/* It reads or writes many rows; `doing` is a phrase. */
void dmig_hazard_work(DmigHazardScan *self, const char *table, const char *doing);

/* hazard_column.c: `definition` stands behind the column's name; `added` to a table with rows. */
void dmig_hazard_column(DmigHazardScan *self, const char *table, const char *column,
                        DmigCursor definition, gboolean added);
void dmig_hazard_type(DmigHazardScan *self, const char *table, const char *column,
                      DmigCursor type);
void dmig_hazard_key_type(DmigHazardScan *self, const char *table, const char *column,
                          DmigCursor type);

void dmig_hazard_alter_table(DmigHazardScan *self, DmigCursor statement);
void dmig_hazard_other(DmigHazardScan *self, DmigCursor statement);
void dmig_hazard_schema(DmigHazardScan *self, const DmigStep *step);
