/* What core/apply/keep.c needs of a driver: a table as rows are taken out of it and put back, and quiet
 * while that goes on. Called inside of a transaction. */
#pragma once

#include "core/db/driver.h"

typedef struct {
  char *name;
  char *type; /* for CAST; "": values have their own types */
  char *kept; /* the type to keep its values in, which nothing of the user's stands behind; "": none */
  gboolean computed;
  gboolean collates; /* by rules of its own: comparisons must say COLLATE "C" */
} DmigKeepColumn;

typedef struct {
  char *reference; /* how FROM and UPDATE name the table's own rows: `ONLY shop.orders` */
  char **row;      /* columns that tell any two rows apart for the moment, quoted; empty: there are none */
  char *hidden;    /* a number of each row that no column shows and that is kept with it; NULL: none */
  GPtrArray *columns; /* DmigKeepColumn* */
} DmigKeepTable;
void dmig_keep_table_free(DmigKeepTable *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(DmigKeepTable, dmig_keep_table_free)
/* Takes nothing; adds a column and gives it. */
DmigKeepColumn *dmig_keep_table_add(DmigKeepTable *self, const char *name, const char *type,
                                    const char *kept);
DmigKeepTable *dmig_keep_table_new(const char *reference);
/* NULL: there is none. */
const DmigKeepColumn *dmig_keep_table_column(const DmigKeepTable *self, const char *name);

struct _DmigKeeping {
  /* The table at `path`, or, where `own`, one of dmig's own by its name ("kept_7"). One that is not
   * there: DMIG_ERROR_FAILED. */
  gboolean (*look)(DmigDatabase *db, const char *path, gboolean own, DmigKeepTable **out,
                   GError **error);
  /* The value of an expression as a text: never null, the same for the same value in every session,
   * and another for any other. Owned. */
  char *(*image)(const char *expression);
  /* What begins statements that fail where they meet a constraint, whatever the table says. */
  const char *update, *insert;
  /* Locks the table against everybody, and lets all of its rows be read and, where `writes`, written
   * without waking triggers, rules or policies. `out_undo` (owned) is for unhush(), which must be
   * called whatever has happened since. A role that can't see all rows: DMIG_ERROR_FAILED. */
  gboolean (*hush)(DmigDatabase *db, const char *path, gboolean writes, char **out_undo,
                   GError **error);
  /* `undo` NULL: the transaction has failed, and is about to be rolled back. */
  gboolean (*unhush)(DmigDatabase *db, const char *undo, GError **error);
  /* May: only the role that made the table of dmig's own reads it. */
  gboolean (*seclude)(DmigDatabase *db, const char *name, GError **error);
  /* Bytes that a table of dmig's own takes; -1: not known. */
  gint64 (*size)(DmigDatabase *db, const char *name);
};
