/* See spell_remake(), spell_copy(), spell_set_aside() and spell_bring_back() in core/sql/dialect.h. */
#pragma once

#include "core/plan/plan.h"

void dmig_pg_spell_remake(const DmigTable *old_table, const char *aside, const DmigTable *new_table,
                          DmigStep *step);
void dmig_pg_spell_copy(const char *aside, const DmigTable *new_table, GHashTable *sources,
                        gboolean drop, DmigStep *step);
void dmig_pg_spell_set_aside(const DmigTable *table, const char *condition, const char *aside,
                             DmigStep *step);
void dmig_pg_spell_bring_back(const char *aside, const DmigTable *from, const DmigTable *whole,
                              DmigStep *step);
