/* Lock-light forms: the same plan in steps that let others go on reading and writing.
 *
 * What blocks is taken apart: an index is built concurrently, a constraint comes NOT VALID and is
 * validated by a step of its own, rows are filled in batches. Such steps run outside of transactions;
 * each can be repeated (DmigStep's `done` and `again`). What is light anyway stays as it is.
 */
#pragma once

#include "core/plan/plan.h"

/* A change with all that its lock-light form must know. Everything is borrowed. */
struct _DmigOnline {
  const DmigChange *change;
  /* The DROP_INDEX or DROP_CONSTRAINT before it whose object this one takes the place of; a
   * constraint under the same name. It was held back, and these steps carry it out, too. NULL: none. */
  const DmigChange *replaced;
  const DmigStep *plain;    /* title, phase, checks, losses, keepsakes */
  const DmigSchema *before; /* with the renames carried out */
  const DmigSchema *after;
  const GPtrArray *changes; /* DmigChange*: all of the plan, in their order */
  /* Steps that may stand before what the plan takes away for the change to pass, so that it is not
   * missed for as long as they take; and steps that may wait for the end. DmigStep*, for spell_online()
   * to fill. */
  GPtrArray *early, *late;
};

/* dmig_plan_new() with each step in its lock-light form, where the dialect has one. */
DmigPlan *dmig_plan_new_online(DmigChanges *changes, const DmigTransition *transition,
                               GError **error);

/* Whether a step keeps others from writing for as long as it takes to read or write a whole table. */
gboolean dmig_step_blocks(const DmigStep *step);

/* A step of a lock-light form: with the object and phase of `plain`. `title_owned` is taken. */
DmigStep *dmig_online_step(const DmigOnline *self, const char *kind, char *title_owned);
/* Hands what goes before the plain step on to `step`, its checks; what goes with it, its losses and
 * keepsakes; or both. Each to one step. */
void dmig_online_inherit_checks(const DmigOnline *self, DmigStep *step);
void dmig_online_inherit_losses(const DmigOnline *self, DmigStep *step);
void dmig_online_inherit(const DmigOnline *self, DmigStep *step);
/* A name of its own for something that is there only while the steps run: `NAME_dmig_SUFFIX`, no
 * longer than the dialect allows. Owned. */
char *dmig_online_name(const DmigOnline *self, const char *name, const char *suffix);
