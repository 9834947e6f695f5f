/* Statements, scripts and transactions. */
#include <string.h>

#include "core/base/fault.h"
#include "core/db/postgres/connection.h"
#include "core/db/postgres/failure.h"
#include "core/db/postgres/postgres.h"
#include "core/db/postgres/script.h"

G_DEFINE_AUTOPTR_CLEANUP_FUNC(PGresult, PQclear)

static void
drain_copy_out(PGconn *conn)
{
  char *row = NULL;
  while (PQgetCopyData(conn, &row, 0) > 0)
    PQfreemem(row);
}

static gint64
tuples_of(PGresult *result)
{
  const char *tuples = PQresultStatus(result) == PGRES_COMMAND_OK ? PQcmdTuples(result) : "";
  return *tuples != '\0' ? g_ascii_strtoll(tuples, NULL, 10) : 0;
}

/* A run's own statements, so that a test can let it die between any two of them. */
static void
pass_point(const DmigPg *self, const char *where)
{
  if (self->locked)
    dmig_fault_point(where, NULL);
}

/* For statements outside of transactions. */
static gboolean
set_lock_timeout(DmigPg *self, GError **error)
{
  int wanted = (int) self->base.lock_timeout;
  if (self->in_transaction || wanted == self->session_timeout)
    return TRUE;
  g_autofree char *sql = wanted > 0 ? g_strdup_printf("SET lock_timeout = %d", wanted)
                                    : g_strdup("RESET lock_timeout");
  g_autoptr(PGresult) result = PQexec(self->conn, sql);
  if (PQresultStatus(result) != PGRES_COMMAND_OK) {
    dmig_pg_set_failure(error, self->conn, result, 0, sql);
    return FALSE;
  }
  self->session_timeout = wanted;
  return TRUE;
}

static gboolean
may_send(const DmigPg *self, GError **error)
{
  return dmig_database_may_go_on(&self->base, error)
         && (!self->locked || dmig_fault_point("before a message", error));
}

/* Runs what it is given as one message of the simple protocol. `out_done` counts the statements
 * that went through; `out_failure` is the first failure, NULL if there was none. FALSE without a
 * failure: the connection broke before there was one. */
static void
send_simple(DmigPg *self, const char *sql, guint *out_done, PGresult **out_failure)
{
  *out_done = 0;
  *out_failure = NULL;
  self->base.affected = 0;
  if (!PQsendQuery(self->conn, sql)) {
    *out_failure = PQmakeEmptyPGresult(self->conn, PGRES_FATAL_ERROR);
    return;
  }
  pass_point(self, "after sending a message");
  for (PGresult *result = PQgetResult(self->conn); result != NULL;
       result = PQgetResult(self->conn)) {
    ExecStatusType status = PQresultStatus(result);
    if (status == PGRES_COPY_IN)
      PQputCopyEnd(self->conn, "there is no input for a COPY FROM STDIN; use INSERT");
    else if (status == PGRES_COPY_OUT)
      drain_copy_out(self->conn);
    else if (status == PGRES_COMMAND_OK || status == PGRES_TUPLES_OK) {
      (*out_done)++;
      self->base.affected += tuples_of(result);
    } else if (status != PGRES_EMPTY_QUERY && *out_failure == NULL)
      *out_failure = g_steal_pointer(&result);
    PQclear(result);
  }
  if (*out_failure == NULL && PQstatus(self->conn) != CONNECTION_OK)
    *out_failure = PQmakeEmptyPGresult(self->conn, PGRES_FATAL_ERROR);
  pass_point(self, "after the answer to a message");
}

/* Where the error's position is, in bytes from the beginning; -1: it has none. The server counts
 * characters, from 1. */
static gssize
failure_offset(const PGresult *failure, const char *text)
{
  const char *position = PQresultErrorField(failure, PG_DIAG_STATEMENT_POSITION);
  guint64 number = 0;
  gsize length = strlen(text);
  if (position == NULL || !g_utf8_validate(text, (gssize) length, NULL)
      || !g_ascii_string_to_unsigned(position, 10, 1, (guint64) g_utf8_strlen(text, -1) + 1, &number,
                                     NULL))
    return -1;
  return g_utf8_offset_to_pointer(text, (glong)number - 1) - text;
}

/* The statement of `text` that failed after `done` went through. A text that does not parse fails
 * as a whole, before its first statement: then the position alone can tell. */
static const DmigPgStatement *
failed_statement(GArray *statements, guint done, const PGresult *failure, gssize offset)
{
  if (statements->len == 0)
    return NULL;
  guint i = MIN(done, statements->len - 1);
  const char *state = PQresultErrorField(failure, PG_DIAG_SQLSTATE);
  gboolean unparsed = done == 0 && g_strcmp0(state, "42601") == 0 && offset >= 0;
  while (unparsed && i + 1 < statements->len
         && (gssize) g_array_index(statements, DmigPgStatement, i + 1).start <= offset)
    i++;
  return &g_array_index(statements, DmigPgStatement, i);
}

/* Sets the error, with the line counted from the beginning of `script`, which stands at `base` of
 * what was sent. */
static void
set_script_failure(DmigPg *self, const char *text, gsize base, const DmigPgStatement *statement,
                   const PGresult *failure, GError **error)
{
  if (statement == NULL) {
    dmig_pg_set_failure(error, self->conn, failure, 0, "");
    return;
  }
  gssize offset = failure_offset(failure, text);
  gsize at = statement->start;
  if (offset > (gssize) at && (gsize) offset <= at + statement->length)
    at = (gsize) offset;
  g_autofree char *sql = g_strndup(text + statement->start, statement->length);
  dmig_pg_set_failure(error, self->conn, failure, dmig_pg_line_at(text + base, at - base), sql);
}

/* A script may not end the transaction that it runs in. */
static gboolean
refuse_transaction_control(const char *text, gsize base, const DmigPgStatement *statement,
                           GError **error)
{
  const char *word = dmig_pg_transaction_word(text + statement->start);
  if (word == NULL)
    return TRUE;
  g_autofree char *sql = g_strndup(text + statement->start, statement->length);
  g_autofree char *beginning = dmig_pg_statement_beginning(sql);
  g_set_error(error, DMIG_ERROR, DMIG_ERROR_FAILED,
              "line %u: a migration runs in a transaction of dmig's own and can't have a %s (in: "
              "%s)",
              dmig_pg_line_at(text + base, statement->start - base), word, beginning);
  return FALSE;
}

/* --- exec ---------------------------------------------------------------------------------- */

static gboolean
exec_together(DmigPg *self, const char *script, GArray *statements, GError **error)
{
  for (guint i = 0; i < statements->len; i++)
    if (!refuse_transaction_control(script, 0, &g_array_index(statements, DmigPgStatement, i),
                                    error))
      return FALSE;
  if (!may_send(self, error))
    return FALSE;
  guint done;
  g_autoptr(PGresult) failure = NULL;
  send_simple(self, script, &done, &failure);
  if (failure == NULL)
    return TRUE;
  gssize offset = failure_offset(failure, script);
  set_script_failure(self, script, 0, failed_statement(statements, done, failure, offset), failure,
                     error);
  return FALSE;
}

/* Several statements in one message would be one transaction. */
static gboolean
exec_one_by_one(DmigPg *self, const char *script, GArray *statements, GError **error)
{
  gint64 affected = 0;
  if (!set_lock_timeout(self, error))
    return FALSE;
  if (strstr(script, "lock_timeout") != NULL)
    self->session_timeout = -1;
  for (guint i = 0; i < statements->len; i++) {
    const DmigPgStatement *statement = &g_array_index(statements, DmigPgStatement, i);
    g_autofree char *sql = g_strndup(script + statement->start, statement->length);
    guint done;
    g_autoptr(PGresult) failure = NULL;
    if (!may_send(self, error))
      return FALSE;
    send_simple(self, sql, &done, &failure);
    self->base.affected = affected += self->base.affected;
    if (failure == NULL)
      continue;
    gssize offset = failure_offset(failure, sql);
    guint line = statement->line + dmig_pg_line_at(sql, (gsize) MAX(offset, 0)) - 1;
    dmig_pg_set_failure(error, self->conn, failure, line, sql);
    return FALSE;
  }
  return TRUE;
}

gboolean
dmig_pg_exec(DmigDatabase *database, const char *script, GError **error)
{
  DmigPg *self = (DmigPg *) database;
  g_autoptr(GArray) statements = dmig_pg_script_split(script);
  return self->in_transaction ? exec_together(self, script, statements, error)
                              : exec_one_by_one(self, script, statements, error);
}

/* --- query --------------------------------------------------------------------------------- */

static DmigRows *
rows_from_result(const PGresult *result)
{
  DmigRows *rows = g_new0(DmigRows, 1);
  int n = PQntuples(result), columns = PQnfields(result);
  rows->n_columns = (guint) columns;
  rows->rows = g_ptr_array_sized_new((guint) n);
  for (int i = 0; i < n; i++) {
    char **row = g_new0(char *, (gsize) columns + 1);
    for (int k = 0; k < columns; k++)
      row[k] = PQgetisnull(result, i, k) ? NULL : g_strdup(PQgetvalue(result, i, k));
    g_ptr_array_add(rows->rows, row);
  }
  return rows;
}

gboolean
dmig_pg_query(DmigDatabase *database, const char *sql, const char *const *parameters, guint n,
              DmigRows **out, GError **error)
{
  DmigPg *self = (DmigPg *) database;
  if (!may_send(self, error) || !set_lock_timeout(self, error))
    return FALSE;
  g_autoptr(PGresult) result
      = PQexecParams(self->conn, sql, (int) n, NULL, parameters, NULL, NULL, 0);
  ExecStatusType status = PQresultStatus(result);
  if (status != PGRES_TUPLES_OK && status != PGRES_COMMAND_OK) {
    dmig_pg_set_failure(error, self->conn, result, 0, sql);
    return FALSE;
  }
  *out = rows_from_result(result);
  return TRUE;
}

/* --- transactions -------------------------------------------------------------------------- */

gboolean
dmig_pg_begin(DmigDatabase *database, GError **error)
{
  DmigPg *self = (DmigPg *) database;
  if (self->in_transaction) {
    g_set_error_literal(error, DMIG_ERROR, DMIG_ERROR_FAILED, "a transaction is running already");
    return FALSE;
  }
  if (!dmig_database_may_go_on(database, error))
    return FALSE;
  g_autofree char *sql = database->lock_timeout > 0
                             ? g_strdup_printf("BEGIN; SET LOCAL lock_timeout = %u",
                                               database->lock_timeout)
                             : g_strdup("BEGIN");
  g_autoptr(PGresult) result = PQexec(self->conn, sql);
  if (PQresultStatus(result) != PGRES_COMMAND_OK) {
    dmig_pg_set_failure(error, self->conn, result, 0, "BEGIN");
    return FALSE;
  }
  self->in_transaction = TRUE;
  return TRUE;
}

gboolean
dmig_pg_commit(DmigDatabase *database, GError **error)
{
  DmigPg *self = (DmigPg *) database;
  if (!self->in_transaction) {
    g_set_error_literal(error, DMIG_ERROR, DMIG_ERROR_FAILED, "there is no transaction to commit");
    return FALSE;
  }
  if (!may_send(self, error))
    return FALSE;
  g_autoptr(PGresult) result = PQexec(self->conn, "COMMIT");
  pass_point(self, "after a commit");
  self->in_transaction = FALSE;
  if (PQresultStatus(result) != PGRES_COMMAND_OK) {
    dmig_pg_set_failure(error, self->conn, result, 0, "COMMIT");
    return FALSE;
  }
  if (g_str_equal(PQcmdStatus(result), "COMMIT"))
    return TRUE;
  g_set_error_literal(error, DMIG_ERROR, DMIG_ERROR_FAILED,
                      "nothing was committed: a statement of the transaction had failed");
  return FALSE;
}

void
dmig_pg_rollback(DmigDatabase *database)
{
  DmigPg *self = (DmigPg *) database;
  if (self->in_transaction || PQtransactionStatus(self->conn) != PQTRANS_IDLE)
    PQclear(PQexec(self->conn, "ROLLBACK"));
  self->in_transaction = FALSE;
}

/* --- run ----------------------------------------------------------------------------------- */

/* What run() sends: everything in one message, and where each script begins in it. The server takes
 * such a message as one transaction (PostgreSQL manual, 55.2.2.1); BEGIN and COMMIT around it would
 * cost a fifth of a small revision. Only savepoints need them. */
typedef struct {
  GString *text;
  gsize *starts; /* n + 1: the last is where the commit stands */
  guint n;
  gboolean explicit_block;
  GArray *statements;
} Message;

static void
message_init(Message *self, guint lock_timeout, const char *const *scripts, guint n,
             gboolean explicit_block)
{
  self->text = g_string_new(explicit_block ? "BEGIN;\n" : NULL);
  if (lock_timeout > 0)
    g_string_append_printf(self->text, "SET LOCAL lock_timeout = %u;\n", lock_timeout);
  self->starts = g_new0(gsize, n + 1);
  self->n = n;
  self->explicit_block = explicit_block;
  for (guint i = 0; i < n; i++) {
    self->starts[i] = self->text->len;
    g_string_append(self->text, scripts[i]);
    g_string_append(self->text, "\n;\n"); /* it may end in a comment, or without a semicolon */
  }
  self->starts[n] = self->text->len;
  if (explicit_block)
    g_string_append(self->text, "COMMIT");
  self->statements = dmig_pg_script_split(self->text->str);
}

static void
message_clear(Message *self)
{
  g_string_free(self->text, TRUE);
  g_free(self->starts);
  g_array_unref(self->statements);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Message, message_clear)

static guint
script_at(const Message *self, gsize offset)
{
  guint i = 0;
  while (i < self->n && self->starts[i + 1] <= offset)
    i++;
  return i;
}

static gboolean
message_has_savepoints(const Message *self)
{
  for (guint i = 0; i < self->statements->len; i++) {
    const DmigPgStatement *statement = &g_array_index(self->statements, DmigPgStatement, i);
    if (g_ascii_strncasecmp(self->text->str + statement->start, "savepoint", 9) == 0)
      return TRUE;
  }
  return FALSE;
}

/* All but the message's own BEGIN and COMMIT. */
static gboolean
message_check(const Message *self, guint *out_failed, GError **error)
{
  for (guint i = self->explicit_block ? 1 : 0; i < self->statements->len; i++) {
    const DmigPgStatement *statement = &g_array_index(self->statements, DmigPgStatement, i);
    guint script = script_at(self, statement->start);
    if (script == self->n
        || refuse_transaction_control(self->text->str, self->starts[script], statement, error))
      continue;
    *out_failed = script;
    return FALSE;
  }
  return TRUE;
}

/* SQLSTATE class 23. */
static gboolean
breaks_integrity(const PGresult *failure)
{
  const char *state = failure != NULL ? PQresultErrorField(failure, PG_DIAG_SQLSTATE) : NULL;
  return state != NULL && g_str_has_prefix(state, "23");
}

static void
set_run_failure(DmigPg *self, const Message *message, guint done, const PGresult *failure,
                guint *out_failed, GError **error)
{
  gssize offset = failure_offset(failure, message->text->str);
  const DmigPgStatement *statement = failed_statement(message->statements, done, failure, offset);
  guint script = script_at(message, statement->start);
  /* Deferred constraints are looked at when the last statement has run: that is the commit. */
  gboolean committing = !message->explicit_block && done + 1 == message->statements->len
                        && breaks_integrity(failure);
  *out_failed = committing ? message->n : script;
  gsize base = MIN(message->starts[script], statement->start);
  set_script_failure(self, message->text->str, base, statement, failure, error);
}

gboolean
dmig_pg_run(DmigDatabase *database, const char *const *scripts, guint n, guint *out_failed,
            GError **error)
{
  DmigPg *self = (DmigPg *) database;
  g_auto(Message) message;
  message_init(&message, database->lock_timeout, scripts, n, FALSE);
  if (message_has_savepoints(&message)) {
    message_clear(&message);
    message_init(&message, database->lock_timeout, scripts, n, TRUE);
  }
  *out_failed = 0;
  if (!message_check(&message, out_failed, error) || !may_send(self, error))
    return FALSE;
  guint done;
  g_autoptr(PGresult) failure = NULL;
  send_simple(self, message.text->str, &done, &failure);
  if (failure == NULL)
    return TRUE;
  dmig_pg_rollback(database);
  set_run_failure(self, &message, done, failure, out_failed, error);
  return FALSE;
}
