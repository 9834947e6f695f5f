/* Two dialects that say plainly what they are asked, and schemas as text. */
#pragma once

#include "core/domain/lower.h"
#include "tests/core/domain/support.h"

extern const DmigDialect rich;  /* called `postgresql`: can all that a dialect can */
extern const DmigDialect plain; /* called `sqlite`: can nothing of it, but what SQLite alone can */

/* The DDL of the enums, tables, indexes, views and comments, a statement after the other. Owned. */
char *schema_text(const DmigSchema *schema);

/* Lowers and compares; prints both where they differ. */
void assert_lowers(Fixture *self, const DmigDomain *domain, const DmigDialect *dialect,
                   const char *expected);
