/* The driver's slots about backups. */
#pragma once

#include "core/db/postgres/client.h"

char *dmig_pg_identity(DmigDatabase *database);
gboolean dmig_pg_backup(DmigDatabase *database, const DmigBackupRequest *request,
                        DmigBackupContents **out, GError **error);
gboolean dmig_pg_check_backup(const DmigBackupRequest *request, DmigBackupContents **out,
                              GError **error);
gboolean dmig_pg_restore(DmigDatabase *database, const DmigBackupRequest *request, GError **error);

/* archive.c: the table of contents of a file of pg_dump's, a line an entry. Owned. */
char *dmig_pg_archive_list(const DmigPgClient *client, const char *path, GError **error);
/* The tables with rows, counted by reading the file to its end. */
gboolean dmig_pg_archive_read(const DmigPgClient *client, const char *path,
                              DmigBackupContents *contents, GError **error);
