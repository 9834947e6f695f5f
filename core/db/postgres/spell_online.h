/* Lock-light forms of changes (core/plan/online.h), and what their rooms share.
 * Sources: PostgreSQL manual, CREATE INDEX "Building Indexes Concurrently", ALTER TABLE Notes. */
#pragma once

#include "core/plan/online.h"

/* Slot of the dialect. */
gboolean dmig_pg_spell_online(const DmigOnline *online, GPtrArray *steps);

/* Likewise. */
gboolean dmig_pg_can_swap(const DmigChange *change, const DmigSchema *before);

/* Its rooms. */
gboolean dmig_pg_online_add_column(const DmigOnline *online, GPtrArray *steps);
gboolean dmig_pg_online_alter_column(const DmigOnline *online, GPtrArray *steps);
gboolean dmig_pg_online_alter_type(const DmigOnline *online, GPtrArray *steps);
gboolean dmig_pg_online_rename_table(const DmigOnline *online, GPtrArray *steps);
gboolean dmig_pg_online_alter_enum(const DmigOnline *online, GPtrArray *steps);

/* Begins a step that runs outside of transactions, and adds it to `steps`. Borrowed. */
DmigStep *dmig_pg_online_alone(const DmigOnline *online, GPtrArray *steps, const char *kind,
                               DmigLock lock, char *title_owned);
/* The same inside of one. */
DmigStep *dmig_pg_online_together(const DmigOnline *online, GPtrArray *steps, const char *kind,
                                  DmigLock lock, char *title_owned);

/* CREATE [UNIQUE] INDEX CONCURRENTLY, of `index` under the name `name`. */
DmigStep *dmig_pg_online_build_index(const DmigOnline *online, GPtrArray *steps,
                                     const DmigTable *table, const DmigIndex *index,
                                     const char *name);
/* The unique index that a key `constraint` is to stand on, concurrently, as `name`. */
DmigStep *dmig_pg_online_build_key(const DmigOnline *online, GPtrArray *steps,
                                   const DmigTable *table, const DmigConstraint *constraint,
                                   const char *name);
/* ADD CONSTRAINT … UNIQUE USING INDEX name, appended. */
void dmig_pg_online_use_index(GString *sql, const DmigTable *table,
                              const DmigConstraint *constraint, const char *name);
/* DROP INDEX CONCURRENTLY IF EXISTS. */
DmigStep *dmig_pg_online_drop_index(const DmigOnline *online, GPtrArray *steps,
                                    const DmigTable *table, const char *name);
/* VALIDATE CONSTRAINT. */
DmigStep *dmig_pg_online_validate(const DmigOnline *online, GPtrArray *steps, const char *table,
                                  const char *constraint);
/* Sets `column` to `value` where it is null and `value` is not, in batches. */
DmigStep *dmig_pg_online_fill(const DmigOnline *online, GPtrArray *steps, const DmigTable *table,
                              const char *column, const char *value, const char *title);
/* The steps that make a column required: a check that is validated first. Its last step is borrowed
 * to the caller for more. `fill` may be NULL: rows that come while the others are filled. */
DmigStep *dmig_pg_online_require(const DmigOnline *online, GPtrArray *steps,
                                 const DmigTable *table, const char *column, const char *fill);
