/* Which change makes or takes which object, and so which change needs which other; private to
 * core/plan. */
#pragma once

#include "core/plan/planner.h"

typedef struct _DmigPlanGraph DmigPlanGraph;

/* Over the planner's items as they are now; holds no reference. */
DmigPlanGraph *dmig_plan_graph_new(DmigPlanner *planner);
void dmig_plan_graph_free(DmigPlanGraph *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(DmigPlanGraph, dmig_plan_graph_free)

/* The changes that must run before `change`: DmigChange*, borrowed; NULL: none. */
const GPtrArray *dmig_plan_graph_before(const DmigPlanGraph *self, const DmigChange *change);
/* Those of the same kind that had better run before it: foreign keys, which can be cut, and what
 * bodies of functions mention. */
const GPtrArray *dmig_plan_graph_softly_before(const DmigPlanGraph *self, const DmigChange *change);

/* From the address of each object to those that it depends on: GPtrArray of char*, all borrowed from
 * `schema`; the table is owned. `firmly`: without those that are soft, or that take it along. */
GHashTable *dmig_plan_needs(const DmigSchema *schema, gboolean firmly);

/* Whether `change` must run after `other`, directly or over others. */
gboolean dmig_plan_graph_waits(const DmigPlanGraph *self, const DmigChange *change,
                               const DmigChange *other);

/* The change that makes what is at `address`, or its whole; the one that takes it away, or changes it
 * so that what is built on it must be gone. NULL: none. Borrowed. */
DmigChange *dmig_plan_graph_maker(const DmigPlanGraph *self, const char *address);
DmigChange *dmig_plan_graph_taker(const DmigPlanGraph *self, const char *address);
