/* Objects that belong to others, and go where these go: the sequence of a column. Private to core/diff. */
#pragma once

#include "core/diff/diff.h"

/* What drops a part of a relation by its new name, where nothing but its usual statement does so now.
 * NULL: something else does. Owned. */
char *dmig_rename_usual_drop(const DmigDialect *dialect, const DmigObject *part, const char *to);

/* The relation at `from`, or a column, by its address, of which `object` may be the property, is called
 * `to` from now on. */
void dmig_rename_owner(DmigObject *object, const char *from, const char *to);
void dmig_rename_owner_column(DmigSchema *schema, const char *from, const char *to);

/* What belongs to the table that went from `from` to `to` has gone along into another schema. */
void dmig_rename_move_owned(DmigSchema *schema, const char *from, const char *to);

/* What belongs to the same column on both sides is the same, whatever it is called: it is renamed, and
 * stands where it stood. */
void dmig_rename_owned(DmigChanges *changes);
