/* How PostgreSQL spells each change, and what that costs: locks, rewrites, scans.
 * Sources: PostgreSQL manual 13.3.1 "Table-Level Locks" and the page of each statement. */
#pragma once

#include "core/diff/diff.h"
#include "core/plan/plan.h"

/* Slot of the dialect. */
void dmig_pg_spell(const DmigChange *change, DmigStep *step);

/* Its rooms. */
void dmig_pg_spell_add_column(const DmigChange *change, DmigStep *step);
void dmig_pg_spell_alter_column(const DmigChange *change, DmigStep *step);
void dmig_pg_spell_alter_enum(const DmigChange *change, DmigStep *step);
/* With its comment and facets. */
void dmig_pg_spell_create_enum(GString *sql, const DmigEnum *type);
void dmig_pg_spell_comment_enum(GString *sql, const DmigEnum *type);
