/* The way from one state of the domain to another, with what a change file says about it. */
#pragma once

#include "cmd/comparison.h"
#include "cmd/snapshot.h"

typedef struct {
  DmigSnapshot *from, *to;
  DmigSource *source; /* change.yaml, or NULL */
  DmigChangeFile *change;
  DmigDiagnostics *diagnostics; /* of the change file */
  gboolean asks;       /* see dmig_passage_ask() */
  char *by_letter;     /* why a scratch database could not be asked; NULL: it could, or nobody did */
  GHashTable *schemas; /* private: the lowered pair of each dialect */
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

/* From now on, where what the texts tell would have objects dropped and made again, or where there are
 * partitions, a scratch database is asked what it knows of both states: whether one can be put in the other's place, who stands on
 * whom, what is the same in other words (core/schema/learn.h). Both directions are looked at before
 * either is planned, so that it does not matter which comes first. */
void dmig_passage_ask(DmigPassage *self);
/* Warns on standard error where it was by_letter. */
void dmig_passage_warn(const DmigPassage *self);

/* The change file in one dialect and one direction, lowered. Owned. */
DmigTransition *dmig_passage_transition(DmigPassage *self, const DmigDialect *dialect,
                                        gboolean reverse, GError **error);
DmigComparison *dmig_passage_compare(DmigPassage *self, const DmigDialect *dialect,
                                     gboolean reverse, GError **error);
/* For each dialect of the state that it leads to: DmigComparison*. */
GPtrArray *dmig_passage_compare_all(DmigPassage *self, gboolean reverse, GError **error);
