/* Asking: with few queries, and without waiting for the same lock twice. */
#include "core/apply/checks/question.h"

#include <string.h>

#include "core/sql/text.h"

/* Questions that one query asks; SQLite takes 500 terms. */
#define QUESTIONS_PER_QUERY 100

/* Tables that somebody keeps locked. Where there are several, others may well be too. */
#define LOCKED_TABLES_MOST 3

typedef struct {
  DmigDatabase *db;
  GHashTable *locked; /* path, or a question's SQL -> the message */
} Asker;

static const char *
subject_of(const DmigCheck *check)
{
  return check->table != NULL ? check->table : check->sql;
}

/* One scalar of a query, and the questions that it answers. */
typedef struct {
  char *from; /* the table whose scan can be shared; NULL: it stands for itself */
  char *sql;  /* a SELECT of one number for each of `questions`' distinct ones */
  GPtrArray *questions; /* DmigQuestion*; each a column of `sql` … */
  GPtrArray *same;      /* GPtrArray* beside: those with the same question, also answered */
} Ask;

static void
ask_free(gpointer data)
{
  Ask *self = data;
  g_free(self->from);
  g_free(self->sql);
  g_ptr_array_unref(self->questions);
  g_ptr_array_unref(self->same);
  g_free(self);
}

/* The condition of a question that scans one table for it; NULL where it does more than that. */
static char *
shared_condition(const DmigDialect *dialect, const DmigCheck *check)
{
  gboolean simple = check->kind == DMIG_CHECK_NULL || check->kind == DMIG_CHECK_VIOLATION
                    || check->kind == DMIG_CHECK_MISFIT;
  g_autofree char *rows = simple ? dmig_check_rows(check) : NULL;
  g_autofree char *table = rows != NULL ? dmig_sql_identifier(dialect, check->table) : NULL;
  g_autofree char *start = table != NULL ? g_strconcat(table, " WHERE ", NULL) : NULL;
  if (start == NULL || !g_str_has_prefix(rows, start))
    return NULL;
  return g_strdup(rows + strlen(start));
}

static Ask *
ask_new(const char *from)
{
  Ask *self = g_new0(Ask, 1);
  self->from = g_strdup(from);
  self->questions = g_ptr_array_new();
  self->same = g_ptr_array_new_with_free_func((GDestroyNotify) g_ptr_array_unref);
  return self;
}

static void
ask_take(Ask *self, DmigQuestion *question)
{
  for (guint i = 0; i < self->questions->len; i++) {
    const DmigQuestion *other = self->questions->pdata[i];
    if (!g_str_equal(other->check->sql, question->check->sql))
      continue;
    g_ptr_array_add(self->same->pdata[i], question);
    return;
  }
  g_ptr_array_add(self->questions, question);
  g_ptr_array_add(self->same, g_ptr_array_new());
}

static GPtrArray *
group_questions(const DmigDialect *dialect, GPtrArray *questions)
{
  GPtrArray *asks = g_ptr_array_new_with_free_func(ask_free);
  g_autoptr(GHashTable) by_key = g_hash_table_new(g_str_hash, g_str_equal);
  for (guint i = 0; i < questions->len; i++) {
    DmigQuestion *question = questions->pdata[i];
    if (question->waits != NULL)
      continue;
    g_autofree char *condition = shared_condition(dialect, question->check);
    const char *key = condition != NULL ? question->check->table : question->check->sql;
    Ask *ask = g_hash_table_lookup(by_key, key);
    if (ask == NULL) {
      ask = ask_new(condition != NULL ? question->check->table : NULL);
      g_hash_table_insert(by_key, (gpointer) key, ask);
      g_ptr_array_add(asks, ask);
    }
    ask_take(ask, question);
  }
  return asks;
}

static char *
ask_sql(const DmigDialect *dialect, const Ask *self)
{
  if (self->questions->len == 1)
    return g_strdup(((DmigQuestion *) self->questions->pdata[0])->check->sql);
  GString *sql = g_string_new("SELECT ");
  for (guint i = 0; i < self->questions->len; i++) {
    g_autofree char *condition
        = shared_condition(dialect, ((DmigQuestion *) self->questions->pdata[i])->check);
    g_string_append_printf(sql, "%scount(CASE WHEN %s THEN 1 END)", i > 0 ? ", " : "", condition);
  }
  dmig_sql_appendf(sql, dialect, " FROM %I", self->from);
  return g_string_free(sql, FALSE);
}

static void
fail(const Ask *self, guint i, const char *problem)
{
  const GPtrArray *same = self->same->pdata[i];
  ((DmigQuestion *) self->questions->pdata[i])->problem = g_strdup(problem);
  for (guint k = 0; k < same->len; k++)
    ((DmigQuestion *) same->pdata[k])->problem = g_strdup(problem);
}

static void
answer(const Ask *self, guint i, const char *text)
{
  DmigQuestion *question = self->questions->pdata[i];
  const GPtrArray *same = self->same->pdata[i];
  gint64 count = -1;
  if (text == NULL || !g_ascii_string_to_signed(text, 10, G_MININT64, G_MAXINT64, &count, NULL)) {
    fail(self, i, "it gives no number");
    return;
  }
  question->count = count;
  for (guint k = 0; k < same->len; k++)
    ((DmigQuestion *) same->pdata[k])->count = count;
}

static void
fail_locked(const Ask *self, guint i, const char *problem)
{
  const GPtrArray *same = self->same->pdata[i];
  fail(self, i, problem);
  ((DmigQuestion *) self->questions->pdata[i])->locked = TRUE;
  for (guint k = 0; k < same->len; k++)
    ((DmigQuestion *) same->pdata[k])->locked = TRUE;
}

/* What a question would wait for in vain; NULL: it may be put. */
static const char *
known_lock(const Asker *self, const DmigCheck *check)
{
  GHashTableIter iter;
  gpointer any;
  if (g_hash_table_size(self->locked) < LOCKED_TABLES_MOST)
    return g_hash_table_lookup(self->locked, subject_of(check));
  g_hash_table_iter_init(&iter, self->locked);
  return g_hash_table_iter_next(&iter, NULL, &any) ? any : NULL;
}

/* Each by itself, so that one that can't be answered keeps no other from its answer. */
static void
ask_alone(Asker *asker, const Ask *self)
{
  for (guint i = 0; i < self->questions->len; i++) {
    g_autoptr(DmigRows) rows = NULL;
    g_autoptr(GError) error = NULL;
    const DmigQuestion *question = self->questions->pdata[i];
    const char *lock = known_lock(asker, question->check);
    if (lock != NULL) {
      fail_locked(self, i, lock);
    } else if (asker->db->driver->query(asker->db, question->check->sql, NULL, 0, &rows, &error)) {
      answer(self, i, rows->rows->len == 1 ? dmig_rows_get(rows, 0, 0) : NULL);
    } else if (g_error_matches(error, DMIG_ERROR, DMIG_ERROR_LOCKED)) {
      g_hash_table_insert(asker->locked, g_strdup(subject_of(question->check)),
                          g_strdup(error->message));
      fail_locked(self, i, error->message);
    } else {
      fail(self, i, error->message);
    }
  }
}

static void
ask_shared(Asker *asker, const Ask *self)
{
  g_autofree char *sql = ask_sql(asker->db->dialect, self);
  g_autoptr(DmigRows) rows = NULL;
  if (!asker->db->driver->query(asker->db, sql, NULL, 0, &rows, NULL) || rows->rows->len != 1) {
    ask_alone(asker, self);
    return;
  }
  for (guint i = 0; i < self->questions->len; i++)
    answer(self, i, dmig_rows_get(rows, 0, i));
}

static void
ask_together(Asker *asker, GPtrArray *asks)
{
  g_autoptr(GString) sql = g_string_new(NULL);
  for (guint i = 0; i < asks->len; i++) {
    const Ask *ask = asks->pdata[i];
    g_string_append_printf(sql, "%sSELECT %u AS question, (%s) AS answer",
                           i > 0 ? " UNION ALL " : "", i,
                           ((DmigQuestion *) ask->questions->pdata[0])->check->sql);
  }
  g_autoptr(DmigRows) rows = NULL;
  if (!asker->db->driver->query(asker->db, sql->str, NULL, 0, &rows, NULL)) {
    for (guint i = 0; i < asks->len; i++)
      ask_alone(asker, asks->pdata[i]);
    return;
  }
  for (guint i = 0; i < rows->rows->len; i++) {
    guint64 number = g_ascii_strtoull(dmig_rows_get(rows, i, 0), NULL, 10);
    if (number < asks->len)
      answer(asks->pdata[number], 0, dmig_rows_get(rows, i, 1));
  }
}

void
dmig_questions_ask(DmigDatabase *db, GPtrArray *questions)
{
  g_autoptr(GPtrArray) asks = group_questions(db->dialect, questions);
  g_autoptr(GPtrArray) single = g_ptr_array_new();
  g_autoptr(GHashTable) locked = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
  Asker asker = { db, locked };
  for (guint i = 0; i < asks->len; i++) {
    const Ask *ask = asks->pdata[i];
    if (ask->questions->len > 1)
      ask_shared(&asker, ask);
    else
      g_ptr_array_add(single, asks->pdata[i]);
    if (single->len == QUESTIONS_PER_QUERY) {
      ask_together(&asker, single);
      g_ptr_array_set_size(single, 0);
    }
  }
  if (single->len > 0)
    ask_together(&asker, single);
}
