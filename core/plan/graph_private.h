/* What collect.c, graph.c, links.c and running.c share. */
#pragma once

#include "core/plan/graph.h"

struct _DmigPlanGraph {
  DmigPlanner *planner;
  GHashTable *makers; /* key -> DmigChange*: the last that makes it */
  GHashTable *takers; /* key -> DmigChange*: the first that takes it */
  GHashTable *facets; /* address -> GPtrArray of DmigChange*: facets of what stays */
  GHashTable *before; /* DmigChange* -> GPtrArray of DmigChange* */
  GHashTable *softly;
  GHashTable *references; /* addresses of foreign keys: set */
  GHashTable *kept;       /* dependencies of the new side between what is altered: set of keys */
  GHashTable *made_above; /* address of a column -> DmigChange*: the last that changes its type with that of */
  GHashTable *taken_above; /* a parent's column; and the first */
};

/* Under what the changes of what is at `address` are found. Owned. */
char *dmig_plan_graph_key(const char *address);
/* The change at `address`, or at its whole. */
DmigChange *dmig_plan_graph_resolve(GHashTable *changes, const char *address);
/* The key of the relation that a part belongs to; NULL: it is no part. Owned. */
char *dmig_plan_graph_key_of_whole(const char *address);
/* That `before` runs before `change`; NULL: nothing must. */
void dmig_plan_graph_add_edge(GHashTable *edges, DmigChange *change, DmigChange *before);

/* collect.c: fills in the tables of changes. */
void dmig_plan_graph_collect(DmigPlanGraph *self);
/* links.c: the edges that no dependency of a schema tells. */
void dmig_plan_graph_link(DmigPlanGraph *self);
/* running.c: the edges from what a step runs. */
void dmig_plan_graph_link_running(DmigPlanGraph *self);
