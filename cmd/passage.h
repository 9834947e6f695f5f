/* The way from one state of the domain to another, with what a change file says about it. */
#pragma once

#include "cmd/comparison.h"
#include "cmd/snapshot.h"

typedef struct {
  DmigSnapshot *from, *to;
  DmigSource *source; /* change.yaml, or NULL */
  DmigChangeFile *change;
  DmigDiagnostics *diagnostics; /* of the change file */
} DmigPassage;

/* Takes all three; `source` may be NULL. Mistakes in any of them are printed on standard error;
 * DMIG_ERROR_INVALID. */
DmigPassage *dmig_passage_new(DmigSnapshot *from, DmigSnapshot *to, DmigSource *source,
                              GError **error);
/* The same where the change file is known already; takes it, too. */
DmigPassage *dmig_passage_new_with(DmigSnapshot *from, DmigSnapshot *to, DmigChangeFile *change,
                                   GError **error);
void dmig_passage_free(DmigPassage *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(DmigPassage, dmig_passage_free)

/* From a revision's first parent to the revision. */
DmigPassage *dmig_passage_of_revision(DmigContext *context, const DmigRevision *revision,
                                      GError **error);
/* From HEAD to the working files. */
DmigPassage *dmig_passage_of_working(DmigContext *context, const DmigRevision *head,
                                     GError **error);

/* The change file in one dialect and one direction, lowered. Owned. */
DmigTransition *dmig_passage_transition(DmigPassage *self, const DmigDialect *dialect,
                                        gboolean reverse, GError **error);
DmigComparison *dmig_passage_compare(DmigPassage *self, const DmigDialect *dialect,
                                     gboolean reverse, GError **error);
/* For each dialect of the state that it leads to: DmigComparison*. */
GPtrArray *dmig_passage_compare_all(DmigPassage *self, gboolean reverse, GError **error);
