/* Drivers: how dmig talks to a database. One struct of slots a database; tests/core/db/contract.c
 * runs the same tests over all of them. Every slot must be there unless it says "may".
 *
 * Messages of the database come back converted once: DMIG_ERROR_FAILED with the database's own
 * text, the line within the script and the statement's beginning, always in the form
 * `line 12: no such table: a (in: INSERT INTO a VALUES…)`; DMIG_ERROR_LOCKED for a lock
 * that was not to be had; DMIG_ERROR_FATAL for no connection, no permission, a full disk, an
 * unreadable file. No message holds a password.
 */
#pragma once

#include <glib.h>

#include "core/base/error.h"
#include "core/schema/schema.h"

typedef struct _DmigDriver DmigDriver;

/* An open connection. Drivers embed it as the first member of their own struct. Not for threads. */
typedef struct {
  const DmigDriver *driver;
  const DmigDialect *dialect;
  char *name; /* what a person calls it: the URL, redacted */
  gboolean with_owners; /* inspect() gives objects the facet "owner", too; the caller sets it */
} DmigDatabase;

/* A result in memory: texts, as the database prints them. */
typedef struct {
  guint n_columns;
  GPtrArray *rows; /* char** of n_columns, each may be NULL */
} DmigRows;
void dmig_rows_free(DmigRows *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(DmigRows, dmig_rows_free)
const char *dmig_rows_get(const DmigRows *self, guint row, guint column); /* borrowed; NULL: null */

typedef enum {
  DMIG_OPEN_READ_ONLY = 1 << 0, /* nothing can be written; must not create anything */
  DMIG_OPEN_CREATE = 1 << 1,    /* SQLite: make the file if there is none */
} DmigOpenFlags;

/* Who holds the lock of a target, as far as it is known. */
typedef struct {
  char *who;   /* "anna@build7, pid 4711"; or NULL */
  char *since; /* ISO 8601, or NULL */
} DmigLockHolder;
void dmig_lock_holder_clear(DmigLockHolder *self);

struct _DmigDriver {
  const char *name;
  const char *const *schemes; /* URL schemes without the colon: "postgresql", "postgres" */
  const DmigDialect *dialect;

  gboolean (*open)(const char *url, DmigOpenFlags flags, DmigDatabase **out, GError **error);
  void (*close)(DmigDatabase *self); /* takes NULL; releases locks, rolls back */

  /* Runs all statements of `script` in order; stops at the first that fails. Outside of a
   * transaction each commits by itself. */
  gboolean (*exec)(DmigDatabase *self, const char *script, GError **error);

  /* One statement with `n` bound text parameters ($1 … on both databases; NULL is null). */
  gboolean (*query)(DmigDatabase *self, const char *sql, const char *const *parameters, guint n,
                    DmigRows **out, GError **error);

  /* A transaction for schema changes. SQLite: turns foreign keys off (before BEGIN IMMEDIATE) and
   * notes what foreign_key_check says; commit compares with that and fails, rolled back, if the
   * migration broke a reference. After commit or rollback everything is as before. */
  gboolean (*begin)(DmigDatabase *self, GError **error);
  gboolean (*commit)(DmigDatabase *self, GError **error);
  void (*rollback)(DmigDatabase *self); /* never fails; nothing to do outside of a transaction */

  /* begin, the scripts, commit, with as few round trips as the database allows; all or nothing.
   * On failure `out_failed` is the index of the script that failed (n: the commit). */
  gboolean (*run)(DmigDatabase *self, const char *const *scripts, guint n, guint *out_failed,
                  GError **error);

  /* Inside of a transaction: keeps what hangs on tables and views and is in no Schema (triggers,
   * indexes that dmig does not know) over a step that drops and makes them again. `save` before
   * the step gives an owned script that `exec` after the step runs; "" where there is nothing. */
  gboolean (*save_dependents)(DmigDatabase *self, char *const *objects, char **out_script,
                              GError **error);

  /* The Schema of the database: on PostgreSQL the first schema of the search path (`public`), on
   * SQLite the main database; without dmig's tracking tables and the database's own. One read-only
   * snapshot; a fixed number of queries. */
  gboolean (*inspect)(DmigDatabase *self, DmigSchema **out, GError **error);

  /* The lock that keeps a second run out of this database; it dies with its holder (a session
   * advisory lock; flock on the database's file). Waits up to `wait_seconds` by polling, then
   * DMIG_ERROR_LOCKED that says who holds it, if that is known. */
  gboolean (*lock)(DmigDatabase *self, guint wait_seconds, GError **error);
  void (*unlock)(DmigDatabase *self);

  /* The database's own name, for prompts: `shop`, `shop.db`. Borrowed. */
  const char *(*database_name)(DmigDatabase *self);
  /* May: what the schema is called that paths leave out, where that can differ from the dialect's.
   * Owned; NULL: there is none. */
  char *(*default_schema)(DmigDatabase *self);
  /* "SQLite 3.40.1", "PostgreSQL 15.18". Borrowed. */
  const char *(*version)(DmigDatabase *self);

  /* An empty database for proofs, gone when closed. SQLite: in memory. PostgreSQL: made on the
   * server of `scratch` (see scratch.h), dropped when closed. */
  gboolean (*open_scratch)(gpointer scratch, DmigDatabase **out, GError **error);

  /* Runs a script as the database's own shell (psql, sqlite3) takes it, on a scratch database:
   * without the shell's commands and without what is about the server as a whole. Afterwards the
   * connection is as before, whatever the script has set. */
  gboolean (*load)(DmigDatabase *self, const char *text, GError **error);
  /* May. Makes what a script needs of the scratch's server beside the database (roles): before it
   * runs (`failure` NULL), or what its failure says is missing. FALSE: nothing was made, as always
   * on a server that is not dmig's own. */
  gboolean (*provide)(gpointer scratch, const char *text, const GError *failure);
  /* Words and phrases that only scripts for this database have, in lower case, tokens with a space
   * between them; NULL-terminated. */
  const char *const *marks;
};

/* Convenience over the slots. dmig_database_free() takes NULL. */
void dmig_database_free(DmigDatabase *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(DmigDatabase, dmig_database_free)
gboolean dmig_database_exec(DmigDatabase *self, const char *script, GError **error);
gboolean dmig_database_query(DmigDatabase *self, DmigRows **out, GError **error, const char *sql,
                             ...) G_GNUC_NULL_TERMINATED; /* text parameters until NULL */
gboolean dmig_database_inspect(DmigDatabase *self, DmigSchema **out, GError **error);
/* Both at once, each in a thread of its own: two connections, which may be to one database. */
gboolean dmig_databases_inspect(DmigDatabase *a, DmigDatabase *b, DmigSchema **out_a,
                                DmigSchema **out_b, GError **error);
/* What the schema is called that paths leave out. Owned. */
char *dmig_database_default_schema(DmigDatabase *self);
/* The one number that `sql` gives. */
gboolean dmig_database_count(DmigDatabase *self, const char *sql, gint64 *out, GError **error);
