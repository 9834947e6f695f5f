/* What steps take out of a database, kept beside the data until it is purged, and put back on the
 * way back.
 *
 * A kept thing is a table of its own beside the tracking tables (`dmig.kept_7`, `dmig_kept_7`), made
 * in the transaction of the step that takes, and a row in the table `kept` that says what it is:
 *
 *     ROWS    all columns of the dropped table
 *     COLUMN  the table's key and the column's values
 *     VALUES  the table's key, the values before the step and what the step made of them, where that
 *             is not the same
 *
 * Its columns are called as on the side where the thing exists. Values are stored in types that nothing
 * of the user's stands behind (a type of the user's own as its text), so that what is kept never holds
 * on to an object that a later step drops. Only the role that migrates may read it. Putting back is by
 * key: a row that was written in between stays as it is, a row that is gone stays gone, and a value
 * that somebody changed since the step is left as it is now. A table without a key is matched by its
 * whole rows. What came back wholly is dropped in the same transaction; what did not is marked as
 * restored, and waits for the purge.
 */
#pragma once

#include "core/db/driver.h"
#include "core/plan/plan.h"

typedef struct {
  const char *run;      /* its id */
  const char *revision; /* the one whose upgrade or downgrade runs */
  gboolean down;
  gboolean no_keep; /* puts back, and takes nothing */
} DmigKeeper;

/* Both inside of the transaction of their step. `out_rows` (may be NULL): how many rows or values. */

/* Before the step: puts aside what it takes, and sees which values are still what the opposite
 * direction made of them. To be called also where nothing is to be kept, for a step that brings VALUES;
 * where nothing at all is kept in the database (DmigState.kept), no step that takes nothing needs
 * either call. */
gboolean dmig_keep_before(const DmigKeeper *self, DmigDatabase *db, const DmigStep *step,
                          gint64 *out_rows, GError **error);
/* After the step: notes what it made of VALUES, and puts back what it brings, as far as the opposite
 * direction of the same revision has kept it. */
gboolean dmig_keep_after(const DmigKeeper *self, DmigDatabase *db, const DmigStep *step,
                         gint64 *out_rows, GError **error);

typedef struct {
  guint64 number;
  DmigKeepsakeKind kind;
  char *name;     /* `customers.fax` */
  char *revision;
  char *run;
  char *since;    /* ISO 8601 UTC, with microseconds */
  gint64 rows, bytes; /* bytes -1: not known */
  gboolean down;     /* a downgrade took it */
  gboolean restored; /* as far as that was possible */
} DmigKept;
void dmig_kept_free(DmigKept *self);

/* What is kept in `db`, oldest first: DmigKept*. Empty where there are no tracking tables. */
gboolean dmig_kept_list(DmigDatabase *db, GPtrArray **out, GError **error);
/* Drops what was kept before `before` (as `since`; NULL: all of it) and of `run` (NULL: any), in one
 * transaction, under the target's lock, which the caller holds. `out_purged`: DmigKept*. */
gboolean dmig_kept_purge(DmigDatabase *db, const char *before, const char *run,
                         GPtrArray **out_purged, GError **error);
/* Which of a list dmig_kept_purge() would drop. A new list that borrows them. */
GPtrArray *dmig_kept_select(GPtrArray *kept, const char *before, const char *run);
