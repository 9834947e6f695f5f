/* migrations/<dialect>/upgrade.sql: a Plan as a file, and back.
 *
 * The file is the truth that runs. A person reads it, can run it with the database's own shell,
 * and can edit it at commit time. Its form:
 *
 *     -- dmig migration 1: upgrade for postgresql
 *
 *     -- step 1: add column customers.phone
 *     -- dmig: {"kind": "add-column", "object": "customers.phone", "lock": "ACCESS EXCLUSIVE", …}
 *     ALTER TABLE customers ADD COLUMN phone character varying(20);
 *
 * Everything behind the first `-- dmig:` line's end up to the next `-- step` line is SQL of the
 * step, `-- dmig:allow …` (hazard.h) among it. Metadata that has its default is left out. Keys are sorted: same plan, same bytes.
 */
#pragma once

#include "core/plan/plan.h"

/* `direction`: "upgrade" or "downgrade". Owned. */
char *dmig_migration_file_write(const DmigPlan *plan, const char *direction);

/* Reads what dmig_migration_file_write() or a person's editor made of it. `name` is for messages.
 * A format number from a newer dmig, metadata that is no JSON: DMIG_ERROR_INVALID with the line.
 * Statements before the first step line become a step of kind "sql-before". */
DmigPlan *dmig_migration_file_read(const char *name, const char *text, const DmigDialect *dialect,
                                   GError **error);

/* Whether two files lead to the same statements and metadata (an edit that only moved white space
 * or comments is none). */
gboolean dmig_migration_file_same(const char *a, const char *b);
