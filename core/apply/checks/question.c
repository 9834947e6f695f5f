/* Which questions can be asked now: what earlier steps of the chain do to what they read. */
#include "core/apply/checks/question.h"

#include <string.h>

#include "core/sql/lexer.h"
#include "core/sql/path.h"

static void
question_free(gpointer data)
{
  DmigQuestion *self = data;
  dmig_check_free(self->translated);
  g_free(self->problem);
  g_free(self);
}

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
  if (!column && !g_str_equal(step->kind, "rename-table"))
    return NULL;
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
  Renaming *renaming = renaming_of(step);
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
  Renaming *renaming = renaming_of(step);
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
