/* What lower_constraint.c, lower_key.c and lower_foreign.c share. */
#pragma once

#include "core/domain/lower_parts.h"

/* The author's name, or a derived one where constraints have names: `<table>_<middle>_<suffix>`, `middle`
 * may be NULL. Keys and indexes are relations; a name given to one of these is taken among `relations`,
 * too. Owned. */
char *dmig_lower_constraint_name(DmigTableLowering *self, const char *given, GHashTable *relations,
                                 const char *middle, const char *suffix);
/* The same, whatever the author and the dialect say. Owned. */
char *dmig_lower_derived_name(DmigTableLowering *self, GHashTable *relations, const char *middle,
                              const char *suffix);
/* `a_b`. Owned. */
char *dmig_lower_joined_columns(const DmigEntity *entity, char *const *fields);

/* A new one of the table, borrowed. */
DmigConstraint *dmig_lower_add_constraint(DmigTableLowering *self, DmigConstraintKind kind,
                                          char *name_owned);
void dmig_lower_set_columns(char ***slot, char **columns_owned);
void dmig_lower_constraint_comment(DmigTableLowering *self, DmigConstraint *constraint,
                                   const char *description);
/* Of the index of its name. */
void dmig_lower_index_comment(DmigTableLowering *self, DmigConstraint *constraint,
                              const char *description);
/* `definition`: what stands behind its name. */
void dmig_lower_not_valid(DmigTableLowering *self, DmigConstraint *constraint,
                          const char *definition);
/* `before (a, b)` */
void dmig_lower_append_columns(const DmigTableLowering *self, GString *sql, const char *before,
                               char *const *columns);

/* lower_key.c */
void dmig_lower_primary_key(DmigTableLowering *self);
void dmig_lower_uniques(DmigTableLowering *self);
/* lower_foreign.c */
void dmig_lower_foreigns(DmigTableLowering *self);
