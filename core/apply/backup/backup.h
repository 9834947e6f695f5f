/* Backups: what a database's driver wrote, checked, with a manifest beside it.
 *
 *     FOLDER/shop-20260131T120000Z-3f2a/manifest.json   what it is, of which database, its checksum
 *                                       data            SQLite's file, or pg_dump's archive
 *
 * A backup comes into being under another name and gets its own when all of it is on the disk, so
 * that what is listed is whole. Folders have mode 0700, files 0600. No manifest holds a password.
 */
#pragma once

#include "core/db/driver.h"

typedef struct {
  char *path;     /* its folder */
  char *id;       /* the folder's name */
  char *database; /* for people: the URL, redacted */
  char *identity; /* driver->identity() */
  char *name;     /* driver->database_name() */
  char *dialect;
  char *server;      /* "PostgreSQL 15.18" */
  char *tool;        /* "pg_dump 15"; NULL: none */
  char *dmig;        /* version */
  char *revision;    /* that the database was at; NULL: none */
  char *domain;      /* NULL likewise */
  char *created;     /* ISO 8601 UTC */
  char *reason;      /* "backup": by hand; else the run's command: "apply", "revert", "restore" */
  char *run;         /* id of the run that it was made for; NULL: none */
  gboolean needed;   /* its run has not ended well, as far as is known: nobody prunes it */
  gboolean whole;    /* the rows of all tables, so that it can be restored */
  GPtrArray *tables; /* DmigBackupTable* whose rows it has */
  guint64 size;      /* bytes of data */
  char *sha256;      /* of data */
  char *problem;     /* only of a listed one that can't be read: why; the rest is NULL then */
} DmigBackup;
void dmig_backup_free(DmigBackup *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(DmigBackup, dmig_backup_free)

typedef struct {
  const char *folder;  /* where backups are; made where it is missing */
  const char *tools;   /* as in DmigBackupRequest */
  char *const *tables; /* likewise */
  const char *reason, *run;
  gboolean needed;
} DmigBackupOptions;

/* Makes one and reads it back: it is not there unless it is sound. To be called under the target's
 * lock, outside of transactions. DMIG_ERROR_FATAL where the folder is unfit (no folder, closed to
 * us, open to all, another's link) or the disk is full. */
gboolean dmig_backup_make(DmigDatabase *db, const DmigBackupOptions *options, DmigBackup **out,
                          GError **error);

/* Whether it is what was written: the checksum, and what the driver makes of it. `tools` may be
 * NULL. */
gboolean dmig_backup_verify(const DmigBackup *self, const char *tools, GError **error);

typedef struct {
  const char *tools;
  gboolean no_owner;
  gboolean partial;    /* also where it has the rows of some tables only; the others come empty */
  const char *command; /* for the tracking tables: "restore", "apply" */
} DmigRestoreOptions;
/* Verifies the checksum, then makes `db` what the backup holds, all or nothing, and writes that
 * down in the tracking tables if it has some. To be called under the target's lock.
 * DMIG_ERROR_USAGE for a backup of another kind of database, or one that holds the rows of some
 * tables only, unless `partial`. */
gboolean dmig_backup_restore(const DmigBackup *self, DmigDatabase *db,
                             const DmigRestoreOptions *options, GError **error);

/* --- folders of backups: folder.c --- */

/* DmigBackup*, newest first. A folder that is not there holds none. */
gboolean dmig_backup_list(const char *folder, GPtrArray **out, GError **error);
/* One, by its own folder. DMIG_ERROR_NOT_FOUND, DMIG_ERROR_FAILED for a damaged manifest. */
gboolean dmig_backup_read(const char *path, DmigBackup **out, GError **error);
/* A run on the database `identity` has ended well: no backup of it is needed any more. */
gboolean dmig_backup_release(const char *folder, const char *identity, GError **error);

typedef struct {
  guint keep;           /* so many of each database; 0: any number */
  guint64 keep_seconds; /* none that is older; 0: any age */
  const char *identity; /* of this database only; NULL: of all */
  gboolean dry_run;
} DmigBackupPruning;
/* Removes what neither bound keeps, never the newest of a database nor one that is needed, and what
 * processes that died have left half done. `out` (may be NULL): ids, char*. */
gboolean dmig_backup_prune(const char *folder, const DmigBackupPruning *pruning, GPtrArray **out,
                           GError **error);
