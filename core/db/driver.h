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
#include <signal.h>

#include "core/base/error.h"
#include "core/db/census.h"
#include "core/db/finding.h"
#include "core/db/backup.h"
#include "core/schema/schema.h"

typedef struct _DmigDriver DmigDriver;
typedef struct _DmigKeeping DmigKeeping;

/* An open connection. Drivers embed it as the first member of their own struct. Not for threads. */
typedef struct {
  const DmigDriver *driver;
  const DmigDialect *dialect;
  char *name; /* what a person calls it: the URL, redacted */
  gboolean with_owners; /* inspect() gives objects the facet "owner", too; the caller sets it */
  /* Set by the caller: how long a statement of a transaction that begin() or run() makes waits for a
   * lock, in milliseconds, unless it says otherwise itself; 0: as the connection has it. */
  guint lock_timeout;
  gint64 affected; /* rows that the last exec() inserted, updated or deleted */
  /* Set by dmig_database_cancel(): no statement begins any more until the caller unsets it. */
  volatile sig_atomic_t cancelled;
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

/* An UPDATE that runs in pieces. */
typedef struct {
  const char *table;     /* path */
  const char *statement; /* one UPDATE of it, its WHERE clause last and in parentheses */
  guint rows;            /* about so many a piece */
  /* Where it stands, in the driver's own unit: all below `next` is done, `end` is where it ends. Both
   * -1: it has not begun. */
  gint64 next, end;
  gint64 rows_total; /* estimate, set by batch_begin(); -1: not known */
  guint width;       /* the driver's: units a piece; 0 at first */
} DmigBatch;

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
   * On failure `out_failed` is the index of the script that failed (n: the commit). It is tried once;
   * DMIG_ERROR_LOCKED is worth another attempt. */
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
  /* Whether somebody holds it, and who, as far as it is known. */
  gboolean (*lock_holder)(DmigDatabase *self, gboolean *out_held, DmigLockHolder *out,
                          GError **error);

  /* Ends the statement that runs on this connection, if one does; it fails then. May be called by a
   * signal handler and by another thread. See dmig_database_cancel(). */
  void (*cancel)(DmigDatabase *self);
  /* May. A second connection to the same database, for one that others can write to while a
   * transaction is open. */
  gboolean (*open_beside)(DmigDatabase *self, DmigDatabase **out, GError **error);
  /* May. Who `waiting` waits for just now, asked on another connection to the same database:
   * "anna (psql, server process 4711, idle in transaction since …)", never what they run. Owned;
   * NULL: it waits for nobody. */
  char *(*blockers)(DmigDatabase *self, DmigDatabase *waiting);
  /* May. A file beside the database, for what a run has to say while its transaction keeps others
   * from the tables. Owned; NULL: there is no place for one. */
  char *(*notice_path)(DmigDatabase *self);

  /* May. Statements that clear away what an attempt at `sql`, outside of a transaction, has left half
   * made: the invalid index of a build that was ended. Owned; "": nothing. */
  gboolean (*leftovers)(DmigDatabase *self, const char *sql, char **out_script, GError **error);

  /* May; without them such an UPDATE runs whole. Where it ends and how many rows there are; and one
   * piece of it, inside of a transaction: it moves `next` on and sets `affected`. Rows that others move
   * meanwhile may be missed by all pieces, so that the statement is to be run whole afterwards. */
  gboolean (*batch_begin)(DmigDatabase *self, DmigBatch *batch, GError **error);
  gboolean (*batch_piece)(DmigDatabase *self, DmigBatch *batch, GError **error);

  /* What a run would meet here beside rows: versions, privileges, room, other sessions and programs.
   * Reads only, waits for nobody, and never fails: what can't be known is a note. Adds to
   * `findings`. Not inside of a transaction. */
  void (*survey)(DmigDatabase *self, const DmigSurvey *survey, GPtrArray *findings);
  /* DmigTableCount* of all tables that hold rows themselves, sorted: counted where that is quick. */
  gboolean (*census)(DmigDatabase *self, GPtrArray **out, GError **error);
  /* Whether what is there holds: references, indexes, the file. Bounded in time: what a big database
   * is not asked is a note. */
  void (*integrity)(DmigDatabase *self, GPtrArray *findings);

  /* How rows are kept beside the data: core/db/keeping.h. */
  const DmigKeeping *keeping;

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

  /* The database as its server knows it, the same whoever asks: "/srv/shop.db",
   * "db.example:5432/shop". No password. Owned. */
  char *(*identity)(DmigDatabase *self);
  /* Writes a backup into a new file of mode 0600, of one moment, while others go on writing, and
   * says what it holds. Where only the rows of some tables are asked for, the structure of all the
   * rest is in it all the same; a driver may always take all. Not inside of a transaction. A file
   * that fails is left for the caller to remove. DMIG_ERROR_NOT_FOUND: a program that it takes is
   * missing, and which. */
  gboolean (*backup)(DmigDatabase *self, const DmigBackupRequest *request,
                     DmigBackupContents **out, GError **error);
  /* Reads a backup's file to its end, without any database, and says what it holds; a damaged one
   * is DMIG_ERROR_FAILED. Names may be missing, where the file can't tell them. */
  gboolean (*check_backup)(const DmigBackupRequest *request, DmigBackupContents **out,
                           GError **error);
  /* Makes the database what a whole backup holds: nothing that came since stays. All or nothing,
   * also where the process dies. Not inside of a transaction; a lock that self holds stays held.
   * DMIG_ERROR_LOCKED where others keep it from what it needs. */
  gboolean (*restore)(DmigDatabase *self, const DmigBackupRequest *request, GError **error);
};

/* Convenience over the slots. dmig_database_free() takes NULL. */
void dmig_database_free(DmigDatabase *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(DmigDatabase, dmig_database_free)
gboolean dmig_database_exec(DmigDatabase *self, const char *script, GError **error);
/* Ends what runs, and lets nothing begin; for signal handlers. */
void dmig_database_cancel(DmigDatabase *self);
/* Unless it was cancelled; else DMIG_ERROR_FAILED. */
gboolean dmig_database_may_go_on(const DmigDatabase *self, GError **error);
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
