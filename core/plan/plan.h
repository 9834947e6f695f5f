/* A Plan: ordered steps with their SQL and what a reviewer needs to know of each. */
#pragma once

#include "core/base/error.h"
#include "core/diff/diff.h"

/* PostgreSQL manual 13.3.1 "Table-Level Locks", weakest first. NONE also stands for dialects whose
 * locks are not per table. */
typedef enum {
  DMIG_LOCK_NONE,
  DMIG_LOCK_ACCESS_SHARE,
  DMIG_LOCK_ROW_EXCLUSIVE,
  DMIG_LOCK_SHARE_UPDATE_EXCLUSIVE,
  DMIG_LOCK_SHARE,
  DMIG_LOCK_SHARE_ROW_EXCLUSIVE,
  DMIG_LOCK_ACCESS_EXCLUSIVE,
} DmigLock;

typedef enum {
  DMIG_LOSS_NONE,         /* lossless: the way back restores every value */
  DMIG_LOSS_LOSSY,        /* values go; `losses` names them */
  DMIG_LOSS_IRREVERSIBLE, /* and rows may then keep the way back from running at all */
} DmigLoss;

typedef enum {
  DMIG_PHASE_EXPAND,   /* what runs now goes on running */
  DMIG_PHASE_MIGRATE,  /* moves or rewrites data */
  DMIG_PHASE_CONTRACT, /* takes something away or tightens it */
} DmigPhase;

/* What is wrong with the rows that a check counts. All but OTHER promise the form of its SQL, so that
 * the rows can be named and mended, too: see dmig_check_rows(). */
typedef enum {
  DMIG_CHECK_OTHER,     /* "other": its message says all that is known */
  DMIG_CHECK_ROWS,      /* "rows": there are any; nothing says what value they take */
  DMIG_CHECK_NULL,      /* "null" */
  DMIG_CHECK_DUPLICATE, /* "duplicate": counts groups of rows with the same values */
  DMIG_CHECK_ORPHAN,    /* "orphan": they refer to rows that are not there */
  DMIG_CHECK_VIOLATION, /* "violation": of a check */
  DMIG_CHECK_MISFIT,    /* "misfit": values that the new type has no place for */
} DmigCheckKind;
/* Static. */
const char *dmig_check_kind_name(DmigCheckKind kind);

/* A question to the rows before the step runs. */
typedef struct {
  char *sql;     /* one SELECT that gives one number: how many rows stand in the way */
  char *message; /* what they are and what to do: "rows of customers have no phone; state …" */
  DmigCheckKind kind;
  char *table;    /* path of the rows' table when the question is put; NULL: OTHER */
  char **columns; /* whose values stand in the way, as far as they are plain ones; never NULL */
  char **key;     /* the table's primary key; never NULL */
  char *value;    /* NULL checks: a literal that could stand there; or NULL */
} DmigCheck;
void dmig_check_free(DmigCheck *self);
/* What stands behind the FROM: `customers WHERE phone IS NULL`, the rows that are counted; those
 * that have all of a unique key for DUPLICATE. NULL: OTHER, or the SQL is of no form that is known.
 * Owned. */
char *dmig_check_rows(const DmigCheck *self);
/* DUPLICATE: the expressions that must differ, `email, lower(name)`. NULL: not known. Owned. */
char *dmig_check_grouping(const DmigCheck *self);
/* What a person is told of `count` rows in the way: "rows of … have no phone (3 found); state …".
 * Owned. */
char *dmig_check_refusal(const DmigCheck *self, gint64 count);

/* What a step takes out of a database that a person may want back, or the step of the way back that
 * makes room for it again. Both sides of a pair of migrations call it by the same `name`. */
typedef enum {
  DMIG_KEEPSAKE_ROWS,   /* a table and its rows */
  DMIG_KEEPSAKE_COLUMN, /* a column and its values */
  DMIG_KEEPSAKE_VALUES, /* values of a column that its change of type, or of labels, may alter */
} DmigKeepsakeKind;

typedef struct {
  DmigKeepsakeKind kind;
  char *name;   /* `customers`, `customers.fax`, as on the side where it exists (paths made readable);
                   for VALUES as on the side from which they are taken */
  char *table;  /* path of the table while the step runs */
  char *column; /* NULL: ROWS */
  /* Of what is taken, ROWS aside: the columns that tell rows apart, as they are called while the step
   * runs, and as they are called on the side where the thing exists. NULL-terminated, never NULL. */
  char **key, **home;
  gboolean loose; /* they may not do so: rows that are alike in all of `key` are told apart by count */
} DmigKeepsake;
void dmig_keepsake_free(DmigKeepsake *self);

struct _DmigStep {
  char *kind;   /* dmig_change_kind_name(), or "rebuild-table", "sql-before", "sql-after",
                   "check-before", "check-after" */
  char *object; /* `customers` or `customers.phone` */
  char *title;  /* one line for a person */
  GString *sql; /* statements, each ended by ";\n" */
  gboolean transactional;
  DmigLock lock;
  gboolean rewrites; /* every row is written again */
  gboolean scans;    /* every row is read */
  DmigLoss loss;
  GPtrArray *losses; /* char*: what is lost, "the values of customers.fax" */
  DmigPhase phase;
  GPtrArray *checks; /* DmigCheck* */
  /* Tables and views that the step drops and makes again: what hangs on them and is in no Schema
   * (triggers, say) is kept by the driver over the step. NULL-terminated, never NULL. */
  char **keeps;
  /* What goes with this step, to be kept beside the data before it runs; and what comes back with it,
   * to be filled from there after it ran. DmigKeepsake*. */
  GPtrArray *takes, *brings;

  /* Only for steps outside of transactions, which a killed run may leave half done; all may be NULL.
   * `done` is one SELECT of one number, not 0 where the step has happened already; `again` are
   * statements that clear away what a killed attempt leaves, so that the step can run once more;
   * `batch` is the path of the table whose rows the step's one statement updates and may update in
   * pieces (its WHERE clause stands last and in parentheses, and rows that are done do not match). */
  char *done, *again, *batch;
};
DmigStep *dmig_step_new(const char *kind, const char *object);
void dmig_step_free(DmigStep *self);
/* Whether it is about what has this path, or about a part of that. */
gboolean dmig_step_is_about(const DmigStep *self, const char *path);
void dmig_step_add_loss(DmigStep *self, DmigLoss loss, const char *format, ...) G_GNUC_PRINTF(3, 4);
void dmig_step_add_check(DmigStep *self, char *sql_owned, char *message_owned);
/* The same for rows of `table`, as it is when the question is put: `SELECT count(*) FROM … WHERE …`,
 * or, for DUPLICATE, `SELECT count(*) FROM (SELECT 1 FROM … WHERE … GROUP BY … HAVING count(*) > 1) AS
 * duplicates`. `columns` may be NULL. What it gives is the step's. */
DmigCheck *dmig_step_add_row_check(DmigStep *self, DmigCheckKind kind, const DmigTable *table,
                                   char *const *columns, char *sql_owned, char *message_owned);
/* Adds to `list`, one of takes and brings. `column` may be NULL. The list's. */
DmigKeepsake *dmig_step_add_keepsake(GPtrArray *list, DmigKeepsakeKind kind, const char *name,
                                     const char *table, const char *column);
/* What a step of such a kind brings if nothing else is said: "create-table" its rows, "add-column" its
 * values, "alter-column" what it changed of them. Nothing where `object` does not say which. */
void dmig_step_add_usual_brings(DmigStep *self);
/* Static: "rows", "column", "values". */
const char *dmig_keepsake_kind_name(DmigKeepsakeKind kind);

typedef struct {
  const DmigDialect *dialect;
  GPtrArray *steps; /* DmigStep*, in the order they run */
  DmigLoss loss;    /* the worst of them */
} DmigPlan;

/* The plan that carries out `changes`. Fails with DMIG_ERROR_INVALID where no SQL could do it and
 * the author must say more. `transition` may be NULL. */
DmigPlan *dmig_plan_new(DmigChanges *changes, const DmigTransition *transition, GError **error);
DmigPlan *dmig_plan_new_empty(const DmigDialect *dialect);
void dmig_plan_free(DmigPlan *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(DmigPlan, dmig_plan_free)

/* diff + plan from nothing to `schema`: what builds it in an empty database. */
DmigPlan *dmig_plan_build(DmigSchema *schema, GError **error);
/* Whether it drops an object and makes one of the same name. */
gboolean dmig_plan_remakes(const DmigPlan *self);
/* The SQL of all steps, for exec. Owned. */
char *dmig_plan_sql(const DmigPlan *self);

/* Static texts: "ACCESS EXCLUSIVE", "lossless", "expand". */
const char *dmig_lock_name(DmigLock lock);
const char *dmig_loss_name(DmigLoss loss);
const char *dmig_phase_name(DmigPhase phase);
