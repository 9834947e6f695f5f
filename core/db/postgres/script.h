/* Scripts, taken apart into their statements. */
#pragma once

#include <glib.h>

typedef struct {
  gsize start;  /* bytes from the script's beginning to the first token */
  gsize length; /* up to the semicolon, which is not in it */
  guint line;   /* of the first token, from 1 */
} DmigPgStatement;

/* DmigPgStatement, in order; empty statements are left out. A semicolon in a routine's body
 * (BEGIN ATOMIC … END) and in parentheses ends none. */
GArray *dmig_pg_script_split(const char *script);

/* The word that begins or ends a transaction, if the statement does ("COMMIT"), or NULL. Such a
 * statement would break the promise that a migration runs wholly or not at all. Static. */
const char *dmig_pg_transaction_word(const char *statement);

/* The line, from 1, of the byte at `offset`. */
guint dmig_pg_line_at(const char *script, gsize offset);
