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

/* A question to the rows before the step runs. */
typedef struct {
  char *sql;     /* one SELECT that gives one number: how many rows stand in the way */
  char *message; /* what they are and what to do: "rows of customers have no phone; state …" */
} DmigCheck;
void dmig_check_free(DmigCheck *self);
/* What a person is told of `count` rows in the way: "rows of … have no phone (3 found); state …".
 * Owned. */
char *dmig_check_refusal(const DmigCheck *self, gint64 count);

struct _DmigStep {
  char *kind;   /* dmig_change_kind_name(), or "rebuild-table", "sql-before", "sql-after" */
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
};
DmigStep *dmig_step_new(const char *kind, const char *object);
void dmig_step_free(DmigStep *self);
void dmig_step_add_loss(DmigStep *self, DmigLoss loss, const char *format, ...) G_GNUC_PRINTF(3, 4);
void dmig_step_add_check(DmigStep *self, char *sql_owned, char *message_owned);

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
/* The SQL of all steps, for exec. Owned. */
char *dmig_plan_sql(const DmigPlan *self);

/* Static texts: "ACCESS EXCLUSIVE", "lossless", "expand". */
const char *dmig_lock_name(DmigLock lock);
const char *dmig_loss_name(DmigLoss loss);
const char *dmig_phase_name(DmigPhase phase);
