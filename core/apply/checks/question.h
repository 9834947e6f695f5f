/* The questions that a chain's steps put to the rows, before the chain begins: which of them can be
 * asked of the database as it is now, and what it answers. */
#pragma once

#include "core/apply/run.h"
#include "core/plan/plan.h"

typedef struct {
  const DmigCheck *check; /* borrowed from the plan, as the rest … */
  DmigCheck *translated;  /* … or with the names that things bear now, before earlier steps rename
                             them; NULL: none do */
  const DmigStep *step;
  const DmigMigration *migration;
  const DmigStep *waits; /* an earlier step that must run before it means anything; NULL: none */
  const DmigMigration *waits_in;
  gint64 count;  /* rows in the way; -1: not asked, or no answer */
  char *problem; /* why there is no answer; NULL */
  gboolean locked; /* it would have had to wait for somebody's lock */
} DmigQuestion;

/* DmigQuestion*, of all steps in order; plans[i] is the one of migrations[i]. A question can be asked
 * now unless an earlier step makes, renames or fills what it reads. Owned. */
GPtrArray *dmig_questions_new(GPtrArray *migrations, GPtrArray *plans);

/* Asks those that can be asked, with few queries: the same question once, and those that scan one
 * table with one scan. Of a table that somebody keeps locked no more is asked after the first wait. */
void dmig_questions_ask(DmigDatabase *db, GPtrArray *questions);

/* Up to `limit` of the rows that one has counted, each as "id 7, email 'a@b.c'": values of rows. Empty
 * where they can't be told. Owned char*s. */
GPtrArray *dmig_question_keys(DmigDatabase *db, const DmigQuestion *self, guint limit);

/* For a step of kind "rename-table" or "rename-column" that is one plain ALTER TABLE: what it renames.
 * FALSE: it is none. Owned texts; `out_table` is NULL where a table is renamed, else folded. */
gboolean dmig_step_renames(const DmigStep *step, char **out_table, char **out_from, char **out_to);
