/* Building SQL text. Identifiers only through dmig_sql_identifier(), values only as bound
 * parameters or through dmig_sql_string(). Both dialects quote alike (SQL standard). */
#pragma once

#include "core/sql/dialect.h"

/* Append `name`, a plain name or a path (core/sql/path.h): qualified, and quoted only where the
 * dialect needs it: not a plain lower-case word, or reserved. */
void dmig_sql_append_identifier(GString *sql, const DmigDialect *dialect, const char *name);
char *dmig_sql_identifier(const DmigDialect *dialect, const char *name);
/* Whether the dialect quotes the word (in lower case) where it is a name. */
gboolean dmig_sql_is_reserved(const DmigDialect *dialect, const char *word);

/* `a, b, "c d"` from a NULL-terminated array. */
void dmig_sql_append_identifiers(GString *sql, const DmigDialect *dialect, char *const *names);

/* A string literal: '…' with quotes doubled; as E'…' is never needed with standard strings.
 * `value` holds no NUL (C string) and is valid UTF-8. */
void dmig_sql_append_string(GString *sql, const char *value);
char *dmig_sql_string(const char *value);

/* printf for SQL: %I an identifier (const char *), %S a string literal (const char *), %s raw SQL,
 * %u a guint, %% a percent sign. Nothing else. Strings may be NULL only for %S (gives NULL). */
void dmig_sql_appendf(GString *sql, const DmigDialect *dialect, const char *format, ...);
char *dmig_sql_printf(const DmigDialect *dialect, const char *format, ...);
