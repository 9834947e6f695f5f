/* The pieces that YAML of drafts, and of the ways between them, is written with. */
#pragma once

#include "draft.h"

char *emit_quoted(const char *text); /* any text as a YAML scalar; owned */
void emit_append_quoted(GString *out, const char *text);
void emit_append_name(GString *sql, const char *name); /* in SQL, with all its quotes */
const char *emit_column(const Field *field);           /* as the database has it */
/* A value of the type as a YAML scalar; owned. NULL where there is none to state. */
char *emit_literal(const Draft *draft, const Type *type, guint choice);
