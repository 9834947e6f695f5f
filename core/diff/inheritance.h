/* What a table says itself of what it also has of its parents; private to core/diff.
 *
 * Databases keep of each column and check whether the table says it, its parents do, or both (PostgreSQL:
 * pg_attribute.attislocal, pg_constraint.conislocal), which shows when a parent lets go of it. A domain
 * leaves it open, so that this counts between two databases only. */
#pragma once

#include "core/schema/schema.h"

/* Whether the table says something that it is to have of its parents alone: nothing but making it again
 * gets there. */
gboolean dmig_inheritance_sheds(const DmigTable *old, const DmigTable *new);
/* Whether the table is to say the column too that it has had of its parents alone. */
gboolean dmig_inheritance_declares(const DmigTable *old, const DmigTable *new, const char *column);
/* The same for a check. */
gboolean dmig_inheritance_declares_check(const DmigTable *old, const DmigTable *new,
                                         const DmigConstraint *before, const DmigConstraint *after);
