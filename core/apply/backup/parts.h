/* What the files about backups share. */
#pragma once

#include "core/apply/backup/backup.h"

#define DMIG_BACKUP_MANIFEST "manifest.json"
#define DMIG_BACKUP_DATA "data"

/* manifest.c: `path` of the backup's folder. Through a temporary name, and onto the disk. */
gboolean dmig_backup_manifest_write(const DmigBackup *self, GError **error);
gboolean dmig_backup_manifest_read(const char *path, DmigBackup **out, GError **error);

/* folder.c: makes `folder` where it is missing, and sees that it is fit. */
gboolean dmig_backup_folder_prepare(const char *folder, GError **error);
/* A new folder in it, locked as long as `out_lock` is open. Owned; NULL and the error. */
char *dmig_backup_folder_begin(const char *folder, int *out_lock, GError **error);
/* Gives it its name, which must be free. On failure it is as it was. */
gboolean dmig_backup_folder_finish(const char *partial, const char *path, GError **error);
void dmig_backup_folder_abandon(const char *partial);
/* FALSE and DMIG_ERROR_FATAL "can't <doing> <path>: <errno>" */
gboolean dmig_backup_fail(const char *doing, const char *path, GError **error);
/* What was written there is on the disk. */
gboolean dmig_backup_sync(const char *path, GError **error);
