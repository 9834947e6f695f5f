/* A state of the domain, from wherever it comes: its files, and the Domain read from them. */
#pragma once

#include "cmd/command.h"
#include "core/base/diagnostic.h"
#include "core/db/registry.h"
#include "core/domain/change_file.h"
#include "core/domain/lower.h"
#include "core/domain/reader.h"

typedef struct {
  DmigContext *context; /* for SQL files, which are built */
  char *label;        /* for messages: "the working files", "3f2a91c" */
  char *staged;       /* the folder in whose Git repository SQL files are staged; NULL: they are on the
                         disk */
  char *revision;     /* the full id of the revision that it is; NULL: none */
  GPtrArray *sources; /* DmigSource*, as named to the user */
  GPtrArray *paths;   /* char*: where each stands in a revision's tree */
  DmigDomain *domain; /* NULL: not read yet; must not be lowered where `diagnostics` have errors */
  DmigDiagnostics *diagnostics;
} DmigSnapshot;

void dmig_snapshot_free(DmigSnapshot *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(DmigSnapshot, dmig_snapshot_free)

/* The state before the first revision. */
DmigSnapshot *dmig_snapshot_empty(void);
/* Each reads and checks, but mistakes in the domain are left to dmig_snapshot_check(). */
DmigSnapshot *dmig_snapshot_working(DmigContext *context, GError **error);
/* The working files as they are: read only once dmig_snapshot_read() is called. */
DmigSnapshot *dmig_snapshot_working_files(DmigContext *context, GError **error);
void dmig_snapshot_read(DmigSnapshot *self);
DmigSnapshot *dmig_snapshot_path(DmigContext *context, const char *path, GError **error);
DmigSnapshot *dmig_snapshot_revision(DmigContext *context, const char *id, GError **error);
/* Takes `sources`. `root` is the domain's file or folder, where its SQL files are looked for. */
DmigSnapshot *dmig_snapshot_sources(DmigContext *context, const char *label, const char *root,
                                    GPtrArray *sources);
/* What is staged in the Git repository around `folder`: `sources` (taken), and what SQL they name.
 * `root` is as above, within that folder. */
DmigSnapshot *dmig_snapshot_staged(DmigContext *context, const char *folder, const char *root,
                                   GPtrArray *sources);

/* For snapshot.c (snapshot_sql.c). The SQL files that the YAML names join the snapshot's; then all of
 * it is read. What can't be had is a diagnostic. */
void dmig_snapshot_add_sql(DmigSnapshot *self, const char *root);
void dmig_snapshot_read_all(DmigSnapshot *self);

/* Lowers for every dialect of the domain and adds what only then shows to the diagnostics. */
void dmig_snapshot_lower_all(DmigSnapshot *self);
/* Prints all diagnostics on standard error; DMIG_ERROR_INVALID if there are errors. */
gboolean dmig_snapshot_check(DmigSnapshot *self, GError **error);

/* Lowered; empty where the domain is not for `dialect`. Mistakes are printed as above. */
DmigSchema *dmig_snapshot_lower(DmigSnapshot *self, const DmigDialect *dialect, GError **error);

/* The files as a revision would hold them: DmigStoreFile*. */
GPtrArray *dmig_snapshot_files(const DmigSnapshot *self);
/* The entity whose table or view this is, or NULL. */
const char *dmig_snapshot_entity(const DmigSnapshot *self, const char *table);

/* change.yaml of a revision: NULL without an error where it has none. */
gboolean dmig_revision_change(DmigContext *context, const char *id, DmigSource **out,
                              GError **error);
