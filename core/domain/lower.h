/* Lowering: a Domain as one dialect's Schema, and a change file as that dialect's Transition. */
#pragma once

#include "core/diff/transition.h"
#include "core/domain/change_file.h"
#include "core/domain/domain.h"

/* Names that the author left to dmig follow PostgreSQL's own: <table>_pkey, <table>_<columns>_key,
 * _fkey, _check, _idx, fitted into the dialect's limit; an enum written in place is
 * <table>_<column>. What the dialect can't have (an identity beside the key on SQLite, a name
 * used twice, an expression that is missing for it) is a diagnostic. Never NULL. */
DmigSchema *dmig_domain_lower(const DmigDomain *self, const DmigDialect *dialect,
                              DmigDiagnostics *diagnostics);

/* The change file for one dialect and one direction. `from` and `to` are the states in the
 * *upgrade's* direction in both cases; with `reverse`, the result leads from `to` to `from`:
 * renames turned round, label mappings inverted where they are one to one, `downgrade` SQL.
 * Enum types written in place that follow their column's or table's rename are renamed too. */
DmigTransition *dmig_transition_lower(const DmigChangeFile *change, const DmigDomain *from,
                                      const DmigDomain *to, const DmigDialect *dialect,
                                      gboolean reverse, DmigDiagnostics *diagnostics);
