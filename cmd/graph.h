/* The lines of `log --graph`: a column a branch, drawn from the newest revision down. */
#pragma once

#include "store/store.h"

typedef struct _DmigGraph DmigGraph;

DmigGraph *dmig_graph_new(void);
void dmig_graph_free(DmigGraph *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(DmigGraph, dmig_graph_free)

/* What stands left of the revision's first line: "| * | ". Owned. */
char *dmig_graph_begin(DmigGraph *self, const DmigRevision *revision);
/* What stands left of its further lines, now that its parents have taken its place. Owned. */
char *dmig_graph_continue(DmigGraph *self);
/* The line that leads over from `revision` to what follows, with its newline; "" where the columns
 * stay as they are: "|\\  ", "|/  ". Owned. */
char *dmig_graph_end(DmigGraph *self, const DmigRevision *revision);
