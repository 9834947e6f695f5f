/* Where backups are, when a run makes one, and what becomes of it. */
#pragma once

#include "cmd/database.h"
#include "core/apply/execute/apply.h"
#include "core/apply/backup/backup.h"

typedef enum {
  DMIG_BACKUP_LOSSY, /* before what loses data */
  DMIG_BACKUP_ALWAYS,
  DMIG_BACKUP_NEVER,
} DmigBackupPolicy;

typedef struct {
  DmigBackupPolicy policy;
  gboolean keeps;       /* the run keeps what it takes out, where it can: set by who runs */
  gboolean touched;     /* only the rows of tables that a run works on */
  char *folder;         /* NULL: there is neither a store nor a setting that says where */
  char *tools;          /* NULL: wherever they are */
  guint keep;           /* 0: any number */
  guint64 keep_seconds; /* 0: any age */
} DmigBacking;
void dmig_backing_clear(DmigBacking *self);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(DmigBacking, dmig_backing_clear)

/* From the configuration: backup.policy, .scope, .folder, .keep, .bindir. `policy` and `folder`,
 * where they are not NULL, come from the command line. DMIG_ERROR_USAGE for what makes no sense. */
gboolean dmig_backing_read(DmigContext *context, const char *policy, const char *folder,
                           DmigBacking *out, GError **error);
/* "10", "30d", "10, 30d", "all": as backup.keep has it. */
gboolean dmig_backing_parse_keep(const char *text, guint *out_keep, guint64 *out_seconds,
                                 GError **error);
/* DMIG_ERROR_USAGE where there is none. */
gboolean dmig_backing_need_folder(const DmigBacking *self, GError **error);

/* By its id, the beginning of one, or its folder. DMIG_ERROR_NOT_FOUND. */
gboolean dmig_backing_find(const DmigBacking *self, const char *name, DmigBackup **out,
                           GError **error);
/* The newest of a database. */
gboolean dmig_backing_find_latest(const DmigBacking *self, DmigDatabase *db, DmigBackup **out,
                                  GError **error);

/* A run's stage "backing up": makes one if the policy wants it, and sets record->backup. Takes up
 * the one that was made before a revision that is half way. */
gboolean dmig_backing_stage(const DmigBacking *self, DmigDatabase *db, GPtrArray *migrations,
                            DmigRunRecord *record, GError **error);

/* After a run, once its lock is given back. Where it stopped half way with `failure`, and nothing
 * else keeps it from being brought back, restores its backup and says so in the error, if
 * `restores`; else says how. A backup that is not needed any more may be pruned. */
void dmig_backing_finish(const DmigBacking *self, DmigDatabase *db, DmigRunRecord *record,
                         gboolean restores, GError **failure);
