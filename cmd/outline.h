/* What differs between two states, for people: an item for each object that changes, and a line for
 * each thing within. Where both states are domains it is told in their author's words, else in
 * those of the database. */
#pragma once

#include "cmd/passage.h"

typedef struct {
  char sign; /* + comes, - goes, ~ becomes something else, > is renamed */
  char *text;
} DmigOutlineLine;

typedef struct {
  char sign;        /* of the object as a whole */
  const char *noun; /* "" for an entity */
  char *name;
  char *was;        /* what it was called, where it is renamed */
  char *object;     /* its name in the database */
  guint size;       /* how much goes with it, beyond its lines */
  GPtrArray *lines; /* DmigOutlineLine* */
} DmigOutlineItem;

typedef struct {
  GPtrArray *items; /* DmigOutlineItem* */
} DmigOutline;

/* By entity, with renames as the passage's change file has them. Falls back on `comparisons`
 * (DmigComparison*, one a dialect) where the passage is NULL, or where only they differ. */
DmigOutline *dmig_outline_make(const DmigPassage *passage, gboolean reverse,
                               GPtrArray *comparisons);
DmigOutline *dmig_outline_of_domains(const DmigPassage *passage, gboolean reverse);
DmigOutline *dmig_outline_of_schemas(const DmigChanges *changes);
/* Puts the entities of `snapshot` in front of their tables; NULL: none are known. */
void dmig_outline_name_entities(DmigOutline *self, const DmigSnapshot *snapshot);
void dmig_outline_free(DmigOutline *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(DmigOutline, dmig_outline_free)

/* All of it, with what is lost and what can't be done. */
void dmig_outline_print(const DmigOutline *self, GPtrArray *comparisons);
/* A line an object and a sum, as `git diff --stat`; of more than `most` objects (0: no limit) the
 * rest is only counted. */
void dmig_outline_print_stat(const DmigOutline *self, GPtrArray *comparisons, guint most);
/* A line an object, with its sign: for `status`. */
void dmig_outline_print_brief(const DmigOutline *self);

/* --- for those who make one
 * ----------------------------------------------------------------------- */

DmigOutline *dmig_outline_new(void);
/* A further item, without a sign yet; `object` is its name in the database. Borrowed. */
DmigOutlineItem *dmig_outline_add(DmigOutline *self, const char *noun, const char *name,
                                  const char *object);
void dmig_outline_item_was(DmigOutlineItem *self, const char *was);
void dmig_outline_line(DmigOutlineItem *self, char sign, const char *format, ...)
    G_GNUC_PRINTF(3, 4);
/* Drops the items in which nothing changes; the others become '~' where they have no sign. */
void dmig_outline_finish(DmigOutline *self);
