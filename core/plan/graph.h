/* Which change makes or takes which object, and so which change needs which other; private to
 * core/plan. */
#pragma once

#include "core/plan/planner.h"

typedef struct _DmigGraph DmigGraph;

/* Over the planner's items as they are now; holds no reference. */
DmigGraph *dmig_graph_new(DmigPlanner *planner);
void dmig_graph_free(DmigGraph *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(DmigGraph, dmig_graph_free)

/* The changes that must run before `change`: DmigChange*, borrowed; NULL: none. */
const GPtrArray *dmig_graph_before(const DmigGraph *self, const DmigChange *change);
/* Those of the same kind that had better run before it: foreign keys, which can be cut, and what
 * bodies of functions mention. */
const GPtrArray *dmig_graph_softly_before(const DmigGraph *self, const DmigChange *change);

/* The change that makes what is at `address`, or its whole; the one that takes it away, or changes it
 * so that what is built on it must be gone. NULL: none. Borrowed. */
DmigChange *dmig_graph_maker(const DmigGraph *self, const char *address);
DmigChange *dmig_graph_taker(const DmigGraph *self, const char *address);
