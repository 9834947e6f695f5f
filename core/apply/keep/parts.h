/* What the files about keeping share; private to them. */
#pragma once

#include "core/apply/keep/keep.h"
#include "core/db/keeping.h"

typedef struct {
  const DmigKeeper *keeper;
  DmigDatabase *db;
  const DmigKeeping *keeping;
  gint64 rows;
} DmigKeep;

/* Columns of kept tables that are no user's. */
#define DMIG_KEEP_NTH "dmig_nth"       /* numbers rows whose key may not tell them apart */
#define DMIG_KEEP_ROWID "dmig_rowid"   /* the number of a row that no column shows */
#define DMIG_KEEP_BEFORE "dmig_before" /* VALUES: before the step */
#define DMIG_KEEP_AFTER "dmig_after"   /* the image of what it made of it */
#define DMIG_KEEP_SAME "dmig_same"     /* not 0: nobody changed it since */

/* "kept_7". Owned. */
char *dmig_keep_place(guint64 number);
const char *dmig_keep_direction(gboolean down);

/* Runs one of the statements that do the work, between hush() and unhush() of `path`. */
typedef gboolean (*DmigKeepWork)(DmigKeep *self, const DmigKeepTable *live, gpointer data,
                                 GError **error);
gboolean dmig_keep_quietly(DmigKeep *self, const char *path, gboolean writes, DmigKeepWork work,
                           gpointer data, GError **error);

/* Adds `CAST(x.name AS type)`, or without the cast where it has that type already or there is none. */
void dmig_keep_append_value(GString *sql, const DmigDialect *dialect, const char *alias,
                            const char *name, const char *is, const char *wanted);
/* `t.id = k.id AND …`: `names` of the live table under the alias t, `kept` of the kept one under k. */
gboolean dmig_keep_append_match(GString *sql, const DmigKeep *self, const DmigKeepTable *live,
                                const DmigKeepTable *store, char *const *names, char *const *kept,
                                GError **error);
/* The images of columns as one expression: those of the live table where `store` is NULL, else of
 * the kept one as the live one would show them. */
gboolean dmig_keep_append_images(GString *sql, const DmigKeep *self, const DmigKeepTable *live,
                                 const DmigKeepTable *store, char *const *names, GError **error);
/* A column that must be there. */
const DmigKeepColumn *dmig_keep_column(const DmigKeepTable *table, const char *name,
                                       GError **error);

/* back.c */
gboolean dmig_keep_mark(DmigKeep *self, const DmigKeepsake *keepsake, GError **error);
gboolean dmig_keep_bring(DmigKeep *self, const DmigKeepsake *keepsake, GError **error);
