#include "core/apply/question.h"

#include <string.h>

#include "core/base/text.h"
#include "core/sql/lexer.h"
#include "core/sql/path.h"
#include "core/sql/text.h"

/* Questions that one query asks; SQLite takes 500 terms. */
#define QUESTIONS_PER_QUERY 100
#define VALUE_SHOWN 40

static void
question_free(gpointer data)
{
  DmigQuestion *self = data;
  dmig_check_free(self->translated);
  g_free(self->problem);
  g_free(self);
}

/* --- which can be asked now ------------------------------------------------------------------ */

/* What earlier steps have done to what bears a name, schemas apart: rather too much than too little. A
 * mere rename is undone in the question instead. */
typedef struct {
  char *table; /* whose column; NULL: a table is renamed */
  char *from, *to;
} Renaming;

typedef struct {
  const DmigStep *step;
  const DmigMigration *migration;
} Deed;

typedef struct {
  GHashTable *deeds; /* "table" or "table.column" -> Deed: it is made or filled */
  GHashTable *words; /* name -> Deed: hand-written SQL, or a step of a kind that says little, has it */
  GPtrArray *renamings; /* Renaming*, in order */
} Past;

static void
renaming_free(gpointer data)
{
  Renaming *self = data;
  g_free(self->table);
  g_free(self->from);
  g_free(self->to);
  g_free(self);
}

static char *
folded(const char *name)
{
  return g_utf8_casefold(name, -1);
}

static void
note(GHashTable *table, char *key_owned, const DmigStep *step, const DmigMigration *migration)
{
  Deed *deed = g_new0(Deed, 1);
  deed->step = step;
  deed->migration = migration;
  g_hash_table_replace(table, key_owned, deed);
}

static gboolean
is_name(DmigToken token)
{
  return token.kind == DMIG_TOKEN_WORD || token.kind == DMIG_TOKEN_QUOTED;
}

static char *
token_name(DmigToken token)
{
  g_autofree char *name = dmig_token_identifier(token);
  return folded(name);
}

static void
note_words(Past *self, const DmigStep *step, const DmigMigration *migration)
{
  DmigLexer lexer;
  dmig_lexer_init(&lexer, step->sql->str);
  for (DmigToken token = dmig_lexer_next(&lexer); token.kind != DMIG_TOKEN_END;
       token = dmig_lexer_next(&lexer))
    if (is_name(token))
      note(self->words, token_name(token), step, migration);
}

/* `shop.customers.phone` as "customers.phone"; NULL: there is no point in it. */
static char *
column_key(const char *object)
{
  g_auto(GStrv) parts = g_strsplit(object, ".", -1);
  guint n = g_strv_length(parts);
  if (n < 2)
    return NULL;
  g_autofree char *key = g_strdup_printf("%s.%s", parts[n - 2], parts[n - 1]);
  return folded(key);
}

static char *
table_key(const char *object)
{
  const char *dot = strrchr(object, '.');
  return folded(dot != NULL ? dot + 1 : object);
}

static gboolean
is_one_of(const char *kind, const char *const *kinds)
{
  return g_strv_contains(kinds, kind);
}

/* Keys, indexes, comments and the like change nothing that a question could read. */
static const char *const harmless[]
    = { "add-constraint", "drop-constraint", "rename-constraint", "create-index", "drop-index",
        "rename-index",   "comment-table",   "comment-column",    "comment-enum", "set-facet",
        "reset-facet",    "create-enum",     "validate-constraint", NULL };
static const char *const about_columns[] = { "add-column", "alter-column", "drop-column", NULL };
static const char *const about_tables[]
    = { "create-table", "drop-table", "rebuild-table", "replace-table", NULL };

/* The names of `ALTER TABLE [schema.]table RENAME [COLUMN a] TO b;`, the only statement; NULL: it is
 * something else. Names keep their letter case. */
static Renaming *
renaming_of(const DmigStep *step)
{
  gboolean column = g_str_equal(step->kind, "rename-column");
  g_autoptr(GPtrArray) names = g_ptr_array_new_with_free_func(g_free);
  DmigLexer lexer;
  guint ends = 0;
  gboolean dotted = FALSE;
  dmig_lexer_init(&lexer, step->sql->str);
  for (DmigToken token = dmig_lexer_next(&lexer); token.kind != DMIG_TOKEN_END;
       token = dmig_lexer_next(&lexer)) {
    gboolean keyword = token.kind == DMIG_TOKEN_WORD
                       && (dmig_token_is(token, "alter") || dmig_token_is(token, "table")
                           || dmig_token_is(token, "rename") || dmig_token_is(token, "column")
                           || dmig_token_is(token, "to"));
    ends += dmig_token_is(token, ";");
    if (token.kind == DMIG_TOKEN_SPACE || keyword)
      continue;
    if (dotted && names->len > 0)
      g_ptr_array_remove_index(names, names->len - 1);
    if (is_name(token))
      g_ptr_array_add(names, dmig_token_identifier(token));
    dotted = dmig_token_is(token, ".");
  }
  if (ends != 1 || names->len != (column ? 3 : 2))
    return NULL;
  Renaming *self = g_new0(Renaming, 1);
  self->table = column ? folded(names->pdata[0]) : NULL;
  self->from = g_strdup(names->pdata[names->len - 2]);
  self->to = g_strdup(names->pdata[names->len - 1]);
  return self;
}

gboolean
dmig_step_renames(const DmigStep *step, char **out_table, char **out_from, char **out_to)
{
  gboolean known = g_str_equal(step->kind, "rename-column")
                   || g_str_equal(step->kind, "rename-table");
  Renaming *renaming = known ? renaming_of(step) : NULL;
  if (renaming == NULL)
    return FALSE;
  *out_table = renaming->table;
  *out_from = renaming->from;
  *out_to = renaming->to;
  g_free(renaming);
  return TRUE;
}

static void
note_rename(Past *self, const DmigStep *step, const DmigMigration *migration)
{
  gboolean known = g_str_equal(step->kind, "rename-column")
                   || g_str_equal(step->kind, "rename-table");
  Renaming *renaming = known ? renaming_of(step) : NULL;
  if (renaming != NULL)
    g_ptr_array_add(self->renamings, renaming);
  else
    note_words(self, step, migration);
}

static void
note_step(Past *self, const DmigStep *step, const DmigMigration *migration)
{
  if (is_one_of(step->kind, harmless))
    return;
  if (g_str_has_prefix(step->kind, "rename-"))
    note_rename(self, step, migration);
  else if (is_one_of(step->kind, about_columns) && strchr(step->object, '.') != NULL)
    note(self->deeds, column_key(step->object), step, migration);
  else if (is_one_of(step->kind, about_tables))
    note(self->deeds, table_key(step->object), step, migration);
  else
    note_words(self, step, migration);
}

/* What stands behind FROM and JOIN, without schemas; and, in `names`, all names that there are. */
static GPtrArray *
relations_of(const char *sql, GHashTable *names)
{
  enum { ELSEWHERE, BEFORE_NAME, BEHIND_NAME, BEHIND_DOT } at = ELSEWHERE;
  GPtrArray *relations = g_ptr_array_new_with_free_func(g_free);
  DmigLexer lexer;
  dmig_lexer_init(&lexer, sql);
  for (DmigToken token = dmig_lexer_next(&lexer); token.kind != DMIG_TOKEN_END;
       token = dmig_lexer_next(&lexer)) {
    if (token.kind == DMIG_TOKEN_SPACE)
      continue;
    if (is_name(token))
      g_hash_table_add(names, token_name(token));
    if (at == BEHIND_DOT)
      g_ptr_array_remove_index(relations, relations->len - 1);
    if (is_name(token) && (at == BEFORE_NAME || at == BEHIND_DOT)) {
      g_ptr_array_add(relations, token_name(token));
      at = BEHIND_NAME;
    } else if (at == BEHIND_NAME && dmig_token_is(token, ".")) {
      at = BEHIND_DOT;
    } else {
      gboolean opens = dmig_token_is(token, "from") || dmig_token_is(token, "join");
      at = opens ? BEFORE_NAME : ELSEWHERE;
    }
  }
  return relations;
}

static const Deed *
deed_before(const Past *self, const char *sql)
{
  g_autoptr(GHashTable) names = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
  g_autoptr(GPtrArray) relations = relations_of(sql, names);
  for (guint i = 0; i < relations->len; i++) {
    const char *relation = relations->pdata[i];
    const Deed *deed = g_hash_table_lookup(self->deeds, relation);
    if (deed == NULL)
      deed = g_hash_table_lookup(self->words, relation);
    GHashTableIter iter;
    gpointer name;
    g_hash_table_iter_init(&iter, names);
    while (deed == NULL && g_hash_table_iter_next(&iter, &name, NULL)) {
      g_autofree char *key = g_strdup_printf("%s.%s", relation, (char *) name);
      deed = g_hash_table_lookup(self->deeds, key);
    }
    if (deed != NULL)
      return deed;
  }
  return NULL;
}

/* What is asked of the rows when all has run is no condition for it to begin. */
static gboolean
asks_afterwards(const DmigStep *step)
{
  return g_str_equal(step->kind, "check-after");
}

static void
rename_in(char **names, const char *from, const char *to)
{
  for (; *names != NULL; names++)
    if (g_str_equal(*names, from)) {
      g_free(*names);
      *names = g_strdup(to);
    }
}

/* A path under which a table's `to` goes back to `from`. */
static void
rename_path(char **path, const char *from, const char *to)
{
  if (*path == NULL || !g_str_equal(dmig_path_name(*path), from))
    return;
  char *sibling = dmig_path_sibling(*path, to);
  g_free(*path);
  *path = sibling;
}

static void
undo_renaming(DmigCheck *check, const Renaming *renaming)
{
  g_autoptr(GHashTable) names = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
  g_autoptr(GPtrArray) relations = relations_of(check->sql, names);
  g_autofree char *table
      = renaming->table != NULL ? g_strdup(renaming->table) : folded(renaming->to);
  if (!g_ptr_array_find_with_equal_func(relations, table, g_str_equal, NULL))
    return;
  char *sql = dmig_sql_replace_identifier(check->sql, renaming->to, renaming->from);
  g_free(check->sql);
  check->sql = sql;
  if (renaming->table == NULL)
    rename_path(&check->table, renaming->to, renaming->from);
  else {
    rename_in(check->columns, renaming->to, renaming->from);
    rename_in(check->key, renaming->to, renaming->from);
  }
}

static DmigCheck *
check_copy(const DmigCheck *self)
{
  DmigCheck *copy = g_new0(DmigCheck, 1);
  copy->sql = g_strdup(self->sql);
  copy->message = g_strdup(self->message);
  copy->kind = self->kind;
  copy->table = g_strdup(self->table);
  copy->columns = g_strdupv(self->columns);
  copy->key = g_strdupv(self->key);
  copy->value = g_strdup(self->value);
  return copy;
}

/* The question as it must be put before the renames. */
static void
translate(DmigQuestion *question, const Past *past)
{
  g_autofree char *before = g_strdup(question->check->sql);
  DmigCheck *translated = check_copy(question->check);
  for (guint i = past->renamings->len; i > 0; i--)
    undo_renaming(translated, past->renamings->pdata[i - 1]);
  if (g_str_equal(before, translated->sql)) {
    dmig_check_free(translated);
    return;
  }
  question->translated = translated;
  question->check = translated;
}

static void
add_questions(GPtrArray *questions, const Past *past, const DmigStep *step,
              const DmigMigration *migration)
{
  for (guint i = 0; i < step->checks->len && !asks_afterwards(step); i++) {
    DmigQuestion *question = g_new0(DmigQuestion, 1);
    question->check = step->checks->pdata[i];
    question->step = step;
    question->migration = migration;
    question->count = -1;
    const Deed *deed = deed_before(past, question->check->sql);
    if (deed == NULL)
      translate(question, past);
    question->waits = deed != NULL ? deed->step : NULL;
    question->waits_in = deed != NULL ? deed->migration : NULL;
    g_ptr_array_add(questions, question);
  }
}

GPtrArray *
dmig_questions_new(GPtrArray *migrations, GPtrArray *plans)
{
  GPtrArray *questions = g_ptr_array_new_with_free_func(question_free);
  g_autoptr(GHashTable) deeds = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
  g_autoptr(GHashTable) words = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
  g_autoptr(GPtrArray) renamings = g_ptr_array_new_with_free_func(renaming_free);
  Past past = { deeds, words, renamings };
  for (guint i = 0; i < plans->len; i++) {
    const DmigPlan *plan = plans->pdata[i];
    for (guint k = 0; k < plan->steps->len; k++) {
      add_questions(questions, &past, plan->steps->pdata[k], migrations->pdata[i]);
      note_step(&past, plan->steps->pdata[k], migrations->pdata[i]);
    }
  }
  return questions;
}

/* --- asking ---------------------------------------------------------------------------------- */

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

/* --- naming rows ----------------------------------------------------------------------------- */

/* The columns that tell a row and what is wrong with it: char*, borrowed. */
static GPtrArray *
columns_shown(const DmigCheck *check)
{
  GPtrArray *columns = g_ptr_array_new();
  for (char **key = check->key; *key != NULL; key++)
    g_ptr_array_add(columns, *key);
  for (char **column = check->columns; *column != NULL; column++)
    if (!dmig_strv_contains(check->key, *column))
      g_ptr_array_add(columns, *column);
  return columns;
}

static char *
duplicates_sql(const DmigCheck *check, const char *rows, guint limit)
{
  g_autofree char *grouping = dmig_check_grouping(check);
  if (grouping == NULL)
    return NULL;
  return g_strdup_printf("SELECT %s, count(*) FROM %s GROUP BY %s HAVING count(*) > 1 ORDER BY "
                         "count(*) DESC, %s LIMIT %u",
                         grouping, rows, grouping, grouping, limit);
}

static char *
rows_sql(const DmigDialect *dialect, const DmigCheck *check, GPtrArray *columns, const char *rows,
         guint limit)
{
  if (columns->len == 0)
    return NULL;
  GString *sql = g_string_new("SELECT ");
  for (guint i = 0; i < columns->len; i++)
    dmig_sql_appendf(sql, dialect, "%s%I", i > 0 ? ", " : "", (char *) columns->pdata[i]);
  g_string_append_printf(sql, " FROM %s", rows);
  for (guint i = 0; check->key[i] != NULL; i++)
    dmig_sql_appendf(sql, dialect, "%s%I", i > 0 ? ", " : " ORDER BY ", check->key[i]);
  g_string_append_printf(sql, " LIMIT %u", limit);
  return g_string_free(sql, FALSE);
}

static void
append_value(GString *text, const char *name, const char *value)
{
  if (text->len > 0)
    g_string_append(text, ", ");
  if (name != NULL)
    g_string_append_printf(text, "%s ", name);
  if (value == NULL) {
    g_string_append(text, "NULL");
    return;
  }
  g_autofree char *valid = g_utf8_make_valid(value, -1);
  gboolean cut = g_utf8_strlen(valid, -1) > VALUE_SHOWN;
  g_autofree char *start = cut ? g_utf8_substring(valid, 0, VALUE_SHOWN) : g_strdup(valid);
  g_autofree char *printable = dmig_text_printable(start);
  char *end = NULL;
  g_ascii_strtod(printable, &end);
  gboolean number = *printable != '\0' && *end == '\0';
  g_autofree char *literal = number ? g_strdup(printable) : dmig_sql_string(printable);
  g_string_append_printf(text, "%s%s", literal, cut ? "…" : "");
}

static char *
key_of_row(const DmigRows *rows, guint row, const GPtrArray *names, gboolean counted)
{
  GString *text = g_string_new(NULL);
  guint n = rows->n_columns - (counted ? 1 : 0);
  for (guint i = 0; i < n; i++)
    append_value(text, names->len == n ? names->pdata[i] : NULL, dmig_rows_get(rows, row, i));
  if (counted)
    g_string_append_printf(text, " (%s rows)", dmig_rows_get(rows, row, n));
  return g_string_free(text, FALSE);
}

GPtrArray *
dmig_question_keys(DmigDatabase *db, const DmigQuestion *self, guint limit)
{
  GPtrArray *keys = g_ptr_array_new_with_free_func(g_free);
  const DmigCheck *check = self->check;
  gboolean groups = check->kind == DMIG_CHECK_DUPLICATE;
  g_autofree char *from = dmig_check_rows(check);
  if (from == NULL || limit == 0)
    return keys;
  g_autofree char *grouping = groups ? dmig_check_grouping(check) : NULL;
  g_autoptr(GPtrArray) columns = groups ? g_ptr_array_new() : columns_shown(check);
  for (char **column = check->columns; groups && *column != NULL; column++)
    g_ptr_array_add(columns, *column);
  if (groups && columns->len == 0 && grouping != NULL)
    g_ptr_array_add(columns, grouping);
  g_autofree char *sql = groups ? duplicates_sql(check, from, limit)
                                : rows_sql(db->dialect, check, columns, from, limit);
  g_autoptr(DmigRows) rows = NULL;
  if (sql == NULL || !db->driver->query(db, sql, NULL, 0, &rows, NULL))
    return keys;
  for (guint i = 0; i < rows->rows->len; i++)
    g_ptr_array_add(keys, key_of_row(rows, i, columns, groups));
  return keys;
}
