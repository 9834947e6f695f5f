/* See spell_remake() and spell_copy() in core/sql/dialect.h. */
#pragma once

#include "core/plan/plan.h"

void dmig_pg_spell_remake(const DmigTable *old_table, const char *aside, const DmigTable *new_table,
                          DmigStep *step);
void dmig_pg_spell_copy(const char *aside, const DmigTable *new_table, GHashTable *sources,
                        gboolean drop, DmigStep *step);
