/* Lifting: a Schema as the Domain that a person would have written for it; lowering turned round. */
#pragma once

#include "core/domain/domain.h"

/* The domain `name` of the schema's one dialect, complete: it can be lowered and written. Types are
 * portable where lowering gives the same native type back; names that lowering would derive are not
 * stated; what has no form of its own is SQL under a name. Entities, enums, views and objects stand
 * in the order of their names, a table's partitions behind it.
 *
 * It never fails. What YAML can't hold (a name or text that is no UTF-8) or no form can say is left
 * out with a warning, `not-lifted`, that names the object. Owned. */
DmigDomain *dmig_lift(const char *name, DmigSchema *schema, DmigDiagnostics *diagnostics);
