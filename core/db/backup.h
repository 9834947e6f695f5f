/* What a driver's backup slots take and give. The file is the driver's own format; what is known
 * about it beside the file is core/apply/backup.h's. */
#pragma once

#include <glib.h>

/* A table whose rows are in a backup. */
typedef struct {
  char *key;   /* what it is found by in the file, the same as long as the file is */
  char *name;  /* for people: `auth.users` */
  gint64 rows; /* -1: not counted */
} DmigBackupTable;

typedef struct {
  char *tool;        /* what wrote it: "pg_dump 15.18"; NULL: the driver itself */
  gboolean whole;    /* the rows of all tables */
  GPtrArray *tables; /* DmigBackupTable* */
} DmigBackupContents;
DmigBackupContents *dmig_backup_contents_new(void);
void dmig_backup_contents_free(DmigBackupContents *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(DmigBackupContents, dmig_backup_contents_free)
void dmig_backup_contents_add(DmigBackupContents *self, const char *key, const char *name,
                              gint64 rows);

typedef struct {
  const char *path;    /* the file; a backup makes it, and it must not be there yet */
  char *const *tables; /* paths: back up the rows of these only; NULL: of all */
  const char *tools;   /* folder of the database's own programs; NULL: wherever they are found */
  gboolean no_owner;   /* restoring: whoever restores owns everything, privileges stay out */
} DmigBackupRequest;
