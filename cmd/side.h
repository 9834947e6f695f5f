/* One side of a diff: a revision, YAML or SQL on disk, a target's name or a database URL. */
#pragma once

#include "cmd/ignore.h"
#include "cmd/passage.h"
#include "core/db/source.h"

typedef enum {
  DMIG_SIDE_WORKING,
  DMIG_SIDE_REVISION,
  DMIG_SIDE_PATH,
  DMIG_SIDE_SQL,
  DMIG_SIDE_DATABASE,
} DmigSideKind;

typedef struct {
  DmigSideKind kind;
  char *label;
  DmigRevision *revision; /* DMIG_SIDE_REVISION; NULL: before the first */
  DmigSnapshot *snapshot; /* all but DMIG_SIDE_SQL and DMIG_SIDE_DATABASE */
  DmigSqlSource *sql;
  const DmigDialect *dialect; /* DMIG_SIDE_SQL: NULL until dmig_sides_settle() */
  DmigDatabase *database;
} DmigSide;

/* Whether who owns an object counts. By default only between two databases, and between two SQL sources
 * one of which names owners: a domain says little about them, and where it is built owners are nobody's
 * choice. */
typedef enum {
  DMIG_OWNERS_DEFAULT,
  DMIG_OWNERS_COUNT,
  DMIG_OWNERS_LEFT_OUT,
} DmigOwners;

void dmig_side_free(DmigSide *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(DmigSide, dmig_side_free)

DmigSide *dmig_side_working(DmigContext *context, GError **error);
/* HEAD; empty before the first revision. */
DmigSide *dmig_side_head(DmigContext *context, GError **error);
/* What `text` names: a database URL, a file or folder of YAML or SQL, a revision, a target. */
DmigSide *dmig_side_find(DmigContext *context, const char *text, GError **error);
/* The target's database; NULL: the default one. */
DmigSide *dmig_side_target(DmigContext *context, const char *name, DmigOpenFlags flags,
                           GError **error);
DmigSide *dmig_side_revision(DmigContext *context, const char *spec, GError **error);

/* Decides for which dialect SQL sides are: `stated` (a name; NULL, "": none), else the other side's,
 * else what the text shows. DMIG_ERROR_USAGE where nothing tells. `b` may be NULL. */
gboolean dmig_sides_settle(DmigSide *a, DmigSide *b, const char *stated, GError **error);

/* The dialects in which both sides can be compared: const DmigDialect*, borrowed. */
GPtrArray *dmig_sides_dialects(const DmigSide *a, const DmigSide *b);

/* A scratch of the dialect, as the configuration says. Owned. */
DmigScratch *dmig_side_scratch(DmigContext *context, const DmigDialect *dialect);

/* The Schema as the database itself reports it: a database is inspected, everything else built on
 * `scratch` and read back. A revision with SQL of somebody's own hand is built by its migrations.
 * With owners where `scratch` has them. */
gboolean dmig_side_schema(DmigContext *context, DmigSide *side, const DmigDialect *dialect,
                          DmigScratch *scratch, DmigSchema **out, GError **error);

/* What the schema is called that paths leave out: the database's own where one is one. Owned. */
char *dmig_sides_default_schema(const DmigSide *a, const DmigSide *b, const DmigDialect *dialect);

/* Both sides' Schemas in one dialect. Where one of them is a database or SQL, both are as
 * dmig_side_schema() gives them, so that only what differs differs; where there is no scratch
 * database for YAML, it is lowered, and a warning says so. What .dmigignore lists is in neither
 * where one is a database. */
gboolean dmig_sides_schemas(DmigContext *context, DmigSide *a, DmigSide *b,
                            const DmigDialect *dialect, DmigOwners owners, DmigSchema **out_a, DmigSchema **out_b,
                            GError **error);
