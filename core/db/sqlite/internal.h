/* What the files of this folder share. Nobody else includes it. */
#pragma once

#include <sqlite3.h>

#include "core/db/sqlite/sqlite.h"

/* What dmig makes and no Schema shows. */
#define DMIG_SQLITE_REBUILD_PREFIX "_dmig_rebuild_"

/* How long a statement waits for other programs that use the database. */
#define DMIG_SQLITE_BUSY_MILLISECONDS 5000

/* types.c: the dialect's slots about types and values. */
char *dmig_sqlite_lower_type(const DmigType *type, const char *enum_name);
char *dmig_sqlite_canonical_type(const char *native);
const char *dmig_sqlite_function(DmigFunction function, const DmigType *type);
char *dmig_sqlite_literal(const DmigType *type, const char *text);
char *dmig_sqlite_neutral_value(const char *type);

/* conversion.c, rebuild.c: the dialect's slots of these names. */
void dmig_sqlite_conversion(const char *from_type, const char *to_type, const char *column,
                            DmigConversion *out_conversion);
void dmig_sqlite_spell_rebuild(const DmigTable *old_table, const DmigTable *new_table,
                               GHashTable *sources, DmigStep *step);

/* spell.c: statements, each ended by ";\n", from the author's text where there is one. */
void dmig_sqlite_spell_create_table(GString *sql, const DmigTable *table);
void dmig_sqlite_spell_create_index(GString *sql, const DmigTable *table, const DmigIndex *index);
/* A text of sqlite_master as a statement to run. Owned. */
char *dmig_sqlite_statement(const char *text);
/* `sql` with `name.column` as `column`. Owned. */
char *dmig_sqlite_unqualify(const char *sql, const char *name);
gboolean dmig_sqlite_is_qualified(const char *sql, const char *name); /* `sql` may be NULL */
/* Whether something of the table, read from a database or not, calls it by its name. */
gboolean dmig_sqlite_names_itself(const DmigTable *table);
/* What the definition of a reference that has one is, now that the table it refers to is known. */
void dmig_sqlite_complete_reference(DmigConstraint *key);

/* complete.c: the dialect's slot of this name, and what it does for one index. */
void dmig_sqlite_complete_table(DmigTable *table);
void dmig_sqlite_complete_index(const DmigTable *table, DmigIndex *index);

/* Kinds of values that a declared type stands for, finer than SQLite's affinities. */
typedef enum {
  DMIG_SQLITE_INTEGER,
  DMIG_SQLITE_BOOLEAN,
  DMIG_SQLITE_NUMERIC, /* whole numbers exactly, others as floating point */
  DMIG_SQLITE_FLOAT,
  DMIG_SQLITE_TEXT,
  DMIG_SQLITE_JSON,
  DMIG_SQLITE_UUID,
  DMIG_SQLITE_BLOB,
  DMIG_SQLITE_DATE,
  DMIG_SQLITE_TIME,
  DMIG_SQLITE_TIMESTAMP,
} DmigSqliteClass;
DmigSqliteClass dmig_sqlite_class(const char *type);

typedef struct {
  DmigDatabase base;
  sqlite3 *handle;
  char *path; /* NULL: in memory */
  char *file_name;
  char *version;
  gboolean read_only;

  /* transaction.c */
  gboolean in_transaction;
  int foreign_keys; /* settings of the connection, to be put back */
  int legacy_alter_table;
  gboolean ends_transaction; /* what the statement that was just prepared would do */
  gboolean breaks_references;
  gboolean checks_references; /* a statement of this transaction may have broken references */
  GHashTable *references; /* broken ones before the transaction; NULL: not known */
  gint64 data_version;    /* `references` hold while the file has this version */

  /* lock.c */
  int lock_fd; /* -1: none */
  gboolean locked;

  /* journal.c */
  guint commits;       /* since the lock was taken */
  gint64 first_commit; /* monotonic */
  gboolean in_wal;
} DmigSqlite;

/* error.c: the handle's last error as ours. `script` and `statement` (where it begins in the
 * script) may be NULL. Always FALSE. */
gboolean dmig_sqlite_fail(DmigSqlite *self, const char *script, const char *statement,
                          GError **error);
/* The same for an error code without a statement: "can't do <doing>: …". */
gboolean dmig_sqlite_fail_doing(DmigSqlite *self, const char *doing, GError **error);
/* "line 3: <message> (in: CREATE TABLE…)" */
void dmig_sqlite_set_script_error(const char *script, const char *statement, const char *at,
                                  DmigErrorCode code, const char *message, GError **error);

/* driver.c */
gboolean dmig_sqlite_exec(DmigDatabase *database, const char *script, GError **error);
gboolean dmig_sqlite_query(DmigDatabase *database, const char *sql, const char *const *parameters,
                           guint n, DmigRows **out, GError **error);

/* transaction.c: the driver's slots, and what exec asks of it for every statement. */
gboolean dmig_sqlite_begin(DmigDatabase *database, GError **error);
gboolean dmig_sqlite_commit(DmigDatabase *database, GError **error);
void dmig_sqlite_rollback(DmigDatabase *database);
gboolean dmig_sqlite_run(DmigDatabase *database, const char *const *scripts, guint n,
                         guint *out_failed, GError **error);
/* Between a statement's preparation and its first step. */
gboolean dmig_sqlite_before_statement(DmigSqlite *self, sqlite3_stmt *statement, GError **error);

extern const DmigKeeping dmig_sqlite_keeping; /* keeping.c */

/* load.c */
gboolean dmig_sqlite_load(DmigDatabase *database, const char *text, GError **error);
extern const char *const dmig_sqlite_marks[];

/* lock.c */
gboolean dmig_sqlite_lock(DmigDatabase *database, guint wait_seconds, GError **error);
void dmig_sqlite_unlock(DmigDatabase *database);
/* Puts back what a run that was killed has left, unless another one works on the file. */
void dmig_sqlite_recover(DmigSqlite *self);
gboolean dmig_sqlite_lock_holder(DmigDatabase *database, gboolean *out_held, DmigLockHolder *out,
                                 GError **error);

/* batch.c */
gboolean dmig_sqlite_batch_begin(DmigDatabase *database, DmigBatch *batch, GError **error);
gboolean dmig_sqlite_batch_piece(DmigDatabase *database, DmigBatch *batch, GError **error);

/* journal.c: when the lock was taken, after each commit under it, before it is given back. */
void dmig_sqlite_journal_begin(DmigSqlite *self);
void dmig_sqlite_journal_committed(DmigSqlite *self);
void dmig_sqlite_journal_end(DmigSqlite *self);
/* Whether a run that was killed has left its log behind. */
gboolean dmig_sqlite_journal_is_left(DmigSqlite *self);

/* backup.c: the driver's slots. */
char *dmig_sqlite_identity(DmigDatabase *database);
gboolean dmig_sqlite_backup(DmigDatabase *database, const DmigBackupRequest *request,
                            DmigBackupContents **out, GError **error);
gboolean dmig_sqlite_check_backup(const DmigBackupRequest *request, DmigBackupContents **out,
                                  GError **error);
gboolean dmig_sqlite_restore(DmigDatabase *database, const DmigBackupRequest *request,
                             GError **error);

/* dependents.c, inspect.c */
gboolean dmig_sqlite_save_dependents(DmigDatabase *database, char *const *objects,
                                     char **out_script, GError **error);
gboolean dmig_sqlite_inspect(DmigDatabase *database, DmigSchema **out, GError **error);
