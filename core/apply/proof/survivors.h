/* Rows that must survive a migration and the way back: what a table holds in columns that neither
 * direction changes, and what the one keeps and the other puts back. */
#pragma once

#include "core/db/driver.h"
#include "core/diff/transition.h"
#include "core/plan/plan.h"

typedef struct _DmigSurvivors DmigSurvivors;

/* Which tables and columns to follow from `parent` to `wanted`, both as inspected. `transition`
 * (may be NULL) says what was renamed and which values are meant to change. `lossless`: both ways
 * promise to restore every value, so columns that change their type are compared on return. What `there`
 * takes out and `back` puts back again, tables, columns and values, is compared on return, too. */
DmigSurvivors *dmig_survivors_new(const DmigSchema *parent, const DmigSchema *wanted,
                                  const DmigTransition *transition, gboolean lossless,
                                  const DmigPlan *there, const DmigPlan *back);
/* How much comes back that way. */
guint dmig_survivors_kept(const DmigSurvivors *self);
/* What is renamed and whose values are meant to change, seen from the other side. */
DmigTransition *dmig_survivors_reverse(const DmigTransition *transition);
void dmig_survivors_free(DmigSurvivors *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(DmigSurvivors, dmig_survivors_free)

/* Remembers what the tables hold, while the database is at `parent`. */
gboolean dmig_survivors_remember(DmigSurvivors *self, DmigDatabase *db, GError **error);

/* Compares with what they hold now: at `wanted`, or back at `parent`. What is gone or has changed
 * is added to `problems` (char*), a line a table. */
gboolean dmig_survivors_check_upgraded(DmigSurvivors *self, DmigDatabase *db, GPtrArray *problems,
                                       GError **error);
gboolean dmig_survivors_check_returned(DmigSurvivors *self, DmigDatabase *db, GPtrArray *problems,
                                       GError **error);

/* What `table` of the parent is called in the wanted schema. Borrowed. */
const char *dmig_survivors_new_name(const DmigTransition *transition, const char *table);
