/* One side of a diff: a revision, YAML on disk, a target's name or a database URL. */
#pragma once

#include "cmd/passage.h"
#include "core/db/driver.h"

typedef enum {
  DMIG_SIDE_WORKING,
  DMIG_SIDE_REVISION,
  DMIG_SIDE_PATH,
  DMIG_SIDE_DATABASE,
} DmigSideKind;

typedef struct {
  DmigSideKind kind;
  char *label;
  DmigRevision *revision; /* DMIG_SIDE_REVISION; NULL: before the first */
  DmigSnapshot *snapshot; /* all but DMIG_SIDE_DATABASE */
  DmigDatabase *database;
} DmigSide;

void dmig_side_free(DmigSide *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(DmigSide, dmig_side_free)

DmigSide *dmig_side_working(DmigContext *context, GError **error);
/* HEAD; empty before the first revision. */
DmigSide *dmig_side_head(DmigContext *context, GError **error);
/* What `text` names: a database URL, a YAML file or folder, a revision, a target. */
DmigSide *dmig_side_find(DmigContext *context, const char *text, GError **error);

/* The dialects in which both sides can be compared: const DmigDialect*, borrowed. */
GPtrArray *dmig_sides_dialects(const DmigSide *a, const DmigSide *b);

/* Both sides' Schemas in one dialect. Where just one of them is a database, the other is built on
 * a scratch database and read back, so that only what differs differs; where there is no scratch
 * database, a warning says so. */
gboolean dmig_sides_schemas(DmigContext *context, DmigSide *a, DmigSide *b,
                            const DmigDialect *dialect, DmigSchema **out_a, DmigSchema **out_b,
                            GError **error);
