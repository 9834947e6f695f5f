/* What a diff is about: two sides, and the way between them where both are domains. */
#pragma once

#include "cmd/side.h"

typedef struct {
  DmigSide *a, *b;
  DmigPassage *passage; /* NULL where a database or SQL is one of them; owns the sides' snapshots */
  DmigOwners owners;    /* of the two; set by the caller */
  gboolean
      turned; /* the way leads down: `a` and `b` were swapped, to read its change files forwards */
} DmigSubject;

/* What the arguments behind argv[0] name: `A B`, `A..B`, one of them, or none. `dialect` is that of
 * SQL files where the user has stated it, else NULL or "". */
gboolean dmig_subject_find(DmigContext *context, int argc, char **argv, const char *dialect,
                           DmigSubject *out, GError **error);
void dmig_subject_clear(DmigSubject *self);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(DmigSubject, dmig_subject_clear)

/* In each dialect that both sides have, or in `only` that one (NULL, "": all): DmigComparison*. */
GPtrArray *dmig_subject_compare_all(DmigContext *context, DmigSubject *self, const char *only,
                                    gboolean reverse, GError **error);
