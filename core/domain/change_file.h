/* change.yaml: how to get from the parent revision to the working files, where the two states
 * alone can't tell. docs/change-file.md describes the format.
 *
 *     renames:
 *       Client: Customer                     # an entity, old: new
 *       Customer.phone: Customer.mobile      # a field; the entity by its new name
 *       Tier: Plan                           # an enum of `enums:` alike
 *     drops: [Customer.fax]                  # really dropped: no rename to look for
 *     fill:                                  # the value for rows that exist; as a `default:`
 *       Customer.mobile: unknown
 *       Order.code: {sql: "'O-' || id"}
 *     convert:                               # how values change type, over the old column
 *       Order.total: {upgrade: "total * 100", downgrade: "total / 100"}
 *     values:                                # labels of an enum field or of an enum, old: new
 *       Customer.tier: {gold: enterprise}
 *     checks:                                # what is to be true of the rows
 *       - {sql: SELECT count(*) FROM orders WHERE total < 0, message: totals are negative}
 *     sql:
 *       upgrade: {before: "…", after: {postgresql: "…", sqlite: "…"}}
 *       downgrade: {before: "…", after: "…"}
 *     allow:                                 # hazards (core/plan/hazard.h) that may be, and why
 *       ban-drop-column: nobody reads it
 *       renaming-table: {Customer: "both services know"}   # only of this entity or Entity.field
 */
#pragma once

#include "core/domain/domain.h"
#include "core/domain/reader.h"

typedef struct {
  DmigLocation at;
  char *from; /* `Client`, `Customer.phone` */
  char *to;
} DmigRename;

typedef struct {
  DmigLocation at;
  char *field; /* `Customer.mobile` */
  DmigValue *value;
} DmigFill;

typedef struct {
  DmigLocation at;
  char *field;          /* by its new name */
  DmigSqlText *upgrade; /* NULL: none stated */
  DmigSqlText *downgrade;
} DmigConvert;

typedef struct {
  DmigLocation at;
  char *field; /* or an enum of `enums:` */
  char *from;
  char *to;
} DmigValueMap;

typedef struct {
  DmigLocation at;
  char *rule;
  char *object; /* `Customer`, `Customer.fax`, of either state; NULL: wherever the rule finds it */
  char *reason;
} DmigAllow;

/* When a check of the author's is asked. */
typedef enum {
  DMIG_CHECK_AFTER_UPGRADE,
  DMIG_CHECK_BEFORE_UPGRADE,
  DMIG_CHECK_AFTER_DOWNGRADE,
  DMIG_CHECK_BEFORE_DOWNGRADE,
} DmigChangeCheckTime;

typedef struct {
  DmigLocation at;
  DmigSqlText *sql; /* a query of one value */
  char *expect;     /* what it must give; NULL: it counts rows in the way, and there must be none */
  char *message;    /* NULL: none stated */
  DmigChangeCheckTime when;
} DmigChangeCheck;

typedef struct {
  GPtrArray *renames;  /* DmigRename* */
  GPtrArray *drops;    /* char* */
  GPtrArray *fills;    /* DmigFill* */
  GPtrArray *converts; /* DmigConvert* */
  GPtrArray *values;   /* DmigValueMap* */
  GPtrArray *allows;   /* DmigAllow* */
  GPtrArray *checks;   /* DmigChangeCheck* */
  DmigSqlText *upgrade_before, *upgrade_after, *downgrade_before, *downgrade_after; /* or NULL */
} DmigChangeFile;

DmigChangeFile *dmig_change_file_new(void); /* says nothing */
void dmig_change_file_free(DmigChangeFile *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(DmigChangeFile, dmig_change_file_free)

/* Reads `source` and checks it against the two states it stands between: what it names must exist
 * on the side that it names it for. Never NULL. */
DmigChangeFile *dmig_change_file_read(const DmigSource *source, const DmigDomain *from,
                                      const DmigDomain *to, DmigDiagnostics *diagnostics);

/* A pair that may be one object under two names. */
typedef struct {
  char *from;        /* `Customer.phone` */
  char *to;          /* `Customer.mobile` */
  double confidence; /* 0 to 1 */
} DmigRenameCandidate;
void dmig_rename_candidate_free(DmigRenameCandidate *self);

/* Likely renames between `from` and `to` that `change` neither states nor rules out (same type,
 * similar name, same place), best first, no object in two of them. DmigRenameCandidate*. Only
 * pairs of at least `DMIG_RENAME_THRESHOLD`. An entity's fields are looked at under stated entity
 * renames and under the likely ones found here. */
#define DMIG_RENAME_THRESHOLD 0.5
GPtrArray *dmig_renames_detect(const DmigDomain *from, const DmigDomain *to,
                               const DmigChangeFile *change);
