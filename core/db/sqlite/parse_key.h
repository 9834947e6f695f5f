/* Keys within CREATE TABLE; for parse.c. */
#pragma once

#include "core/db/sqlite/tokens.h"
#include "core/schema/schema.h"

/* The columns of a key as they come: `(a, b COLLATE NOCASE DESC)`. */
typedef struct {
  GStrvBuilder *names;
  GString *elements; /* how it is spelled with collations and directions */
  gboolean plain;    /* the names say it all */
  gboolean autoincrement;
} DmigSqliteKey;

/* A key's columns are known by then: they stand before the constraints of the table. Those that a
 * reference names are the other table's, and `table` is NULL. */
void dmig_sqlite_read_key(DmigSqliteKey *self, DmigTokens *tokens, const DmigTable *table);
void dmig_sqlite_key_clear(DmigSqliteKey *self);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(DmigSqliteKey, dmig_sqlite_key_clear)
