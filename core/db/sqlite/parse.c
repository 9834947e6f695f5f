#include "core/db/sqlite/parse.h"

#include <string.h>

#include "core/db/sqlite/internal.h"
#include "core/db/sqlite/parse_key.h"
#include "core/db/sqlite/tokens.h"
#include "core/sql/text.h"

/* One CREATE TABLE being read. */
typedef struct {
  DmigTokens tokens;
  DmigTable *table;
  char *name; /* behind CONSTRAINT, for the constraint that follows; or NULL */
  gboolean descending_key; /* `INTEGER PRIMARY KEY DESC` is no rowid */
} Reader;

static void
reader_clear(Reader *self)
{
  dmig_tokens_clear(&self->tokens);
  dmig_table_free(self->table);
  g_free(self->name);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Reader, reader_clear)

/* `ON CONFLICT IGNORE`: the word, in capitals; NULL where there is none, and for ABORT, which is what
 * happens without it. Owned. */
static char *
read_conflict_clause(DmigTokens *tokens)
{
  if (!dmig_tokens_accept2(tokens, "ON", "CONFLICT"))
    return NULL;
  g_autofree char *word = dmig_tokens_name(tokens);
  if (word == NULL || g_ascii_strcasecmp(word, "ABORT") == 0)
    return NULL;
  return g_ascii_strup(word, -1);
}

static DmigConstraint *
add_constraint(Reader *self, DmigConstraintKind kind, char **columns_owned)
{
  DmigConstraint *constraint = dmig_constraint_new(kind, self->name);
  constraint->from_text = TRUE;
  g_clear_pointer(&self->name, g_free);
  if (columns_owned != NULL) {
    g_strfreev(constraint->columns);
    constraint->columns = columns_owned;
  }
  g_ptr_array_add(self->table->constraints, constraint);
  return constraint;
}

static char **
one_name(const char *name)
{
  char **names = g_new0(char *, 2);
  names[0] = g_strdup(name);
  return names;
}

static DmigAction
referential_action(DmigTokens *tokens)
{
  if (dmig_tokens_accept(tokens, "RESTRICT"))
    return DMIG_ACTION_RESTRICT;
  if (dmig_tokens_accept(tokens, "CASCADE"))
    return DMIG_ACTION_CASCADE;
  if (dmig_tokens_accept2(tokens, "SET", "NULL"))
    return DMIG_ACTION_SET_NULL;
  if (dmig_tokens_accept2(tokens, "SET", "DEFAULT"))
    return DMIG_ACTION_SET_DEFAULT;
  dmig_tokens_accept2(tokens, "NO", "ACTION");
  return DMIG_ACTION_NO_ACTION;
}

/* `[NOT] DEFERRABLE [INITIALLY DEFERRED|IMMEDIATE]`. FALSE: something else comes next. */
static gboolean
read_deferrable(DmigTokens *tokens, DmigDeferrable *out)
{
  gboolean never = dmig_tokens_accept2(tokens, "NOT", "DEFERRABLE");
  if (!never && !dmig_tokens_accept(tokens, "DEFERRABLE"))
    return FALSE;
  gboolean deferred = FALSE;
  if (dmig_tokens_accept(tokens, "INITIALLY")) {
    deferred = dmig_tokens_at(tokens, "DEFERRED");
    dmig_tokens_skip(tokens);
  }
  *out = never ? DMIG_NOT_DEFERRABLE : deferred ? DMIG_INITIALLY_DEFERRED : DMIG_DEFERRABLE;
  return TRUE;
}

/* SQLite takes MATCH and acts as if it was SIMPLE; what it says stays all the same. The rest of the
 * definition is spelled when the other table is known: see dmig_sqlite_complete_reference(). */
static void
read_match(DmigTokens *tokens, DmigConstraint *key)
{
  g_autofree char *word = dmig_tokens_name(tokens);
  g_clear_pointer(&key->definition, g_free);
  if (word != NULL && g_ascii_strcasecmp(word, "SIMPLE") != 0) {
    g_autofree char *upper = g_ascii_strup(word, -1);
    key->definition = g_strconcat("MATCH ", upper, NULL);
  }
}

/* Behind REFERENCES. */
static gboolean
read_foreign_key(Reader *self, char **columns_owned)
{
  DmigTokens *tokens = &self->tokens;
  DmigConstraint *key = add_constraint(self, DMIG_CONSTRAINT_FOREIGN_KEY, columns_owned);
  g_auto(DmigSqliteKey) columns = { 0 };
  g_free(key->ref_table);
  key->ref_table = dmig_tokens_name(tokens);
  g_strfreev(key->ref_columns);
  dmig_sqlite_read_key(&columns, tokens, NULL);
  key->ref_columns = g_strv_builder_end(columns.names);
  for (;;) {
    if (dmig_tokens_accept2(tokens, "ON", "DELETE")) {
      key->on_delete = referential_action(tokens);
    } else if (dmig_tokens_accept2(tokens, "ON", "UPDATE")) {
      key->on_update = referential_action(tokens);
    } else if (dmig_tokens_accept(tokens, "MATCH")) {
      read_match(tokens, key);
    } else if (!read_deferrable(tokens, &key->deferrable)) {
      return key->ref_table != NULL;
    }
  }
}

static gboolean
ends_type(const DmigTokens *tokens)
{
  static const char *const words[] = { "CONSTRAINT", "DEFAULT", "NOT",  "NULL",    "PRIMARY",
                                       "UNIQUE",     "CHECK",   "AS",   "COLLATE", "REFERENCES",
                                       "DEFERRABLE", ",",       ")",    "(",       NULL };
  DmigToken token = dmig_tokens_peek(tokens, 0);
  if (token.kind == DMIG_TOKEN_END)
    return TRUE;
  if (token.kind == DMIG_TOKEN_QUOTED)
    return FALSE;
  for (const char *const *word = words; *word != NULL; word++)
    if (dmig_token_is(token, *word))
      return TRUE;
  return dmig_tokens_at(tokens, "GENERATED") &&
         dmig_token_is(dmig_tokens_peek(tokens, 1), "ALWAYS");
}

static gboolean
is_name(DmigToken token)
{
  return token.kind == DMIG_TOKEN_WORD || token.kind == DMIG_TOKEN_QUOTED
         || (token.kind == DMIG_TOKEN_STRING && *token.start == '\'');
}

/* Words up to the first constraint, and numbers in parentheses: as they are written, like the
 * database itself reports them, but for comments and line breaks. */
static char *
read_type(DmigTokens *tokens)
{
  guint first = tokens->at;
  while (!ends_type(tokens)) {
    if (!is_name(dmig_tokens_peek(tokens, 0)))
      break;
    tokens->at++;
  }
  if (tokens->at > first && dmig_tokens_at(tokens, "("))
    dmig_tokens_skip(tokens);
  g_autofree char *text = dmig_tokens_text(tokens, first, tokens->at);
  if (strpbrk(text, "\n\r\t\f\v") == NULL && strstr(text, "--") == NULL &&
      strstr(text, "/*") == NULL)
    return dmig_sqlite_canonical_type(text);
  GString *type = g_string_new(NULL);
  for (guint i = first; i < tokens->at; i++) {
    DmigToken token = g_array_index(tokens->tokens, DmigToken, i);
    if (type->len > 0 && token.kind != DMIG_TOKEN_SYMBOL && type->str[type->len - 1] != '(')
      g_string_append_c(type, ' ');
    g_string_append_len(type, token.start, (gssize) token.length);
  }
  return g_string_free(type, FALSE);
}

/* Behind DEFAULT. */
static char *
read_default(DmigTokens *tokens)
{
  static const char *const constants[] = { "CURRENT_TIME", "CURRENT_DATE", "CURRENT_TIMESTAMP", NULL };
  guint first = tokens->at;
  if (dmig_tokens_at(tokens, "("))
    return dmig_tokens_group(tokens);
  for (const char *const *constant = constants; *constant != NULL; constant++)
    if (dmig_tokens_accept(tokens, *constant))
      return g_strdup(*constant);
  if (!dmig_tokens_accept(tokens, "-"))
    dmig_tokens_accept(tokens, "+");
  dmig_tokens_skip(tokens);
  return dmig_tokens_text(tokens, first, tokens->at);
}

/* `(expression) [STORED|VIRTUAL]` behind AS. */
static gboolean
read_generated(DmigTokens *tokens, DmigColumn *column)
{
  g_free(column->generated_sql);
  column->generated_sql = dmig_tokens_group(tokens);
  column->generated = DMIG_GENERATED_VIRTUAL;
  if (dmig_tokens_accept(tokens, "STORED"))
    column->generated = DMIG_GENERATED_STORED;
  else
    dmig_tokens_accept(tokens, "VIRTUAL");
  return column->generated_sql != NULL;
}

/* What stands behind PRIMARY KEY or UNIQUE, where the columns' names don't say it all. */
static void
define_key(DmigConstraint *key, const char *keyword, const char *elements, gboolean plain,
           const char *conflict)
{
  if (plain && conflict == NULL)
    return;
  key->definition = g_strdup_printf("%s %s%s%s", keyword, elements,
                                    conflict != NULL ? " ON CONFLICT " : "",
                                    conflict != NULL ? conflict : "");
}

/* `INTEGER PRIMARY KEY DESC` is no rowid, unlike `PRIMARY KEY (id DESC)`: its definition is the one
 * without a list. */
static void
read_column_primary_key(Reader *self, DmigColumn *column)
{
  DmigTokens *tokens = &self->tokens;
  DmigConstraint *key =
      add_constraint(self, DMIG_CONSTRAINT_PRIMARY_KEY, one_name(column->name));
  if (dmig_tokens_accept(tokens, "DESC"))
    self->descending_key = TRUE;
  else
    dmig_tokens_accept(tokens, "ASC");
  g_autofree char *conflict = read_conflict_clause(tokens);
  g_autofree char *list = dmig_sql_printf(&dmig_sqlite_dialect, "(%I)", column->name);
  define_key(key, "PRIMARY KEY", self->descending_key ? "DESC" : list, !self->descending_key,
             conflict);
  if (dmig_tokens_accept(tokens, "AUTOINCREMENT"))
    column->identity = DMIG_IDENTITY_BY_DEFAULT;
}

static void
read_column_unique(Reader *self, const DmigColumn *column)
{
  DmigConstraint *key = add_constraint(self, DMIG_CONSTRAINT_UNIQUE, one_name(column->name));
  g_autofree char *conflict = read_conflict_clause(&self->tokens);
  g_autofree char *list = dmig_sql_printf(&dmig_sqlite_dialect, "(%I)", column->name);
  define_key(key, "UNIQUE", list, TRUE, conflict);
}

/* What ON CONFLICT says of a check has no effect. */
static gboolean
read_check(Reader *self)
{
  DmigConstraint *constraint = add_constraint(self, DMIG_CONSTRAINT_CHECK, NULL);
  constraint->check_sql = dmig_tokens_group(&self->tokens);
  g_free(read_conflict_clause(&self->tokens));
  return constraint->check_sql != NULL;
}

/* One of a column's constraints. FALSE: none that is known comes next. */
static gboolean
read_column_constraint(Reader *self, DmigColumn *column)
{
  DmigTokens *tokens = &self->tokens;
  if (dmig_tokens_accept(tokens, "CONSTRAINT")) {
    g_free(self->name);
    self->name = dmig_tokens_name(tokens);
    return self->name != NULL;
  }
  if (dmig_tokens_accept2(tokens, "PRIMARY", "KEY")) {
    read_column_primary_key(self, column);
    return TRUE;
  }
  if (dmig_tokens_accept(tokens, "UNIQUE")) {
    read_column_unique(self, column);
    return TRUE;
  }
  if (dmig_tokens_accept(tokens, "CHECK"))
    return read_check(self);
  if (dmig_tokens_accept(tokens, "REFERENCES"))
    return read_foreign_key(self, one_name(column->name));

  /* The others are no objects of their own: a name before them names nothing. */
  g_clear_pointer(&self->name, g_free);
  if (dmig_tokens_accept2(tokens, "NOT", "NULL")) {
    column->not_null = TRUE;
    g_free(column->on_null);
    column->on_null = read_conflict_clause(tokens);
    return TRUE;
  }
  if (dmig_tokens_accept(tokens, "NULL")) {
    g_free(read_conflict_clause(tokens));
    return TRUE;
  }
  if (dmig_tokens_accept(tokens, "DEFAULT")) {
    g_free(column->default_sql);
    column->default_sql = read_default(tokens);
    return TRUE;
  }
  if (dmig_tokens_accept(tokens, "COLLATE")) {
    g_free(column->collation);
    column->collation = dmig_tokens_name(tokens);
    return TRUE;
  }
  dmig_tokens_accept2(tokens, "GENERATED", "ALWAYS");
  if (dmig_tokens_accept(tokens, "AS"))
    return read_generated(tokens, column);
  return FALSE;
}

static gboolean
read_column(Reader *self)
{
  g_autofree char *name = dmig_tokens_name(&self->tokens);
  if (name == NULL)
    return FALSE;
  g_autofree char *type = read_type(&self->tokens);
  DmigColumn *column = dmig_column_new(name, type);
  g_ptr_array_add(self->table->columns, column);
  while (!dmig_tokens_at_end_of_item(&self->tokens))
    if (!read_column_constraint(self, column))
      return FALSE;
  g_clear_pointer(&self->name, g_free);
  return TRUE;
}

static void
mark_identity(Reader *self, const DmigConstraint *key)
{
  DmigColumn *column = dmig_sqlite_find_column(self->table, key->columns[0]);
  if (column != NULL)
    column->identity = DMIG_IDENTITY_BY_DEFAULT;
}

static gboolean
read_table_key(Reader *self, DmigConstraintKind kind, const char *keyword)
{
  DmigTokens *tokens = &self->tokens;
  g_auto(DmigSqliteKey) columns = { 0 };
  dmig_sqlite_read_key(&columns, tokens, self->table);
  DmigConstraint *key = add_constraint(self, kind, g_strv_builder_end(columns.names));
  g_autofree char *conflict = read_conflict_clause(tokens);
  g_autofree char *list = g_strdup_printf("(%s)", columns.elements->str);
  define_key(key, keyword, list, columns.plain, conflict);
  if (columns.autoincrement && key->columns[0] != NULL)
    mark_identity(self, key);
  return key->columns[0] != NULL;
}

static gboolean
read_table_constraint(Reader *self)
{
  DmigTokens *tokens = &self->tokens;
  if (dmig_tokens_accept(tokens, "CONSTRAINT")) {
    g_free(self->name);
    self->name = dmig_tokens_name(tokens);
    return self->name != NULL;
  }
  if (dmig_tokens_accept2(tokens, "PRIMARY", "KEY"))
    return read_table_key(self, DMIG_CONSTRAINT_PRIMARY_KEY, "PRIMARY KEY");
  if (dmig_tokens_accept(tokens, "UNIQUE"))
    return read_table_key(self, DMIG_CONSTRAINT_UNIQUE, "UNIQUE");
  if (dmig_tokens_accept(tokens, "CHECK"))
    return read_check(self);
  if (!dmig_tokens_accept2(tokens, "FOREIGN", "KEY"))
    return FALSE;
  g_auto(DmigSqliteKey) key = { 0 };
  dmig_sqlite_read_key(&key, tokens, self->table);
  return dmig_tokens_accept(tokens, "REFERENCES") &&
         read_foreign_key(self, g_strv_builder_end(key.names));
}

static gboolean
at_table_constraint(const DmigTokens *tokens)
{
  return dmig_tokens_at(tokens, "CONSTRAINT") || dmig_tokens_at(tokens, "PRIMARY") ||
         dmig_tokens_at(tokens, "UNIQUE") || dmig_tokens_at(tokens, "CHECK") ||
         dmig_tokens_at(tokens, "FOREIGN");
}

/* Columns, then constraints; between these the commas may be missing. */
static gboolean
read_body(Reader *self)
{
  DmigTokens *tokens = &self->tokens;
  if (!dmig_tokens_accept(tokens, "("))
    return FALSE;
  while (!at_table_constraint(tokens)) {
    if (!read_column(self))
      return FALSE;
    if (!dmig_tokens_accept(tokens, ","))
      break;
  }
  while (!dmig_tokens_accept(tokens, ")")) {
    if (!dmig_tokens_accept(tokens, ",") && !read_table_constraint(self))
      return FALSE;
  }
  return TRUE;
}

static gboolean
read_options(Reader *self)
{
  DmigTokens *tokens = &self->tokens;
  while (dmig_tokens_peek(tokens, 0).kind != DMIG_TOKEN_END) {
    if (dmig_tokens_accept2(tokens, "WITHOUT", "ROWID"))
      self->table->without_rowid = TRUE;
    else if (dmig_tokens_accept(tokens, "STRICT"))
      self->table->strict = TRUE;
    else if (!dmig_tokens_accept(tokens, ",") && !dmig_tokens_accept(tokens, ";"))
      return FALSE;
  }
  return TRUE;
}

/* The columns of a primary key are required where there is no rowid, and the one that is the rowid
 * can't be null anyway. */
static void
settle_key(Reader *self)
{
  const DmigTable *table = self->table;
  const DmigConstraint *key = dmig_table_primary_key(table);
  for (guint i = 0; key != NULL && key->columns[i] != NULL; i++) {
    DmigColumn *column = dmig_table_column(table, key->columns[i]);
    gboolean rowid = key->columns[1] == NULL && !self->descending_key && column != NULL &&
                     g_ascii_strcasecmp(column->type, "INTEGER") == 0;
    if (column == NULL || (!table->without_rowid && !rowid))
      continue;
    column->unsaid = !column->not_null;
    column->not_null = TRUE;
  }
}

/* Whether a comment holds a comma. */
static gboolean
comments_on_commas(const char *sql)
{
  DmigLexer lexer;
  dmig_lexer_init(&lexer, sql);
  for (DmigToken token; (token = dmig_lexer_next(&lexer)).kind != DMIG_TOKEN_END;)
    if (token.kind == DMIG_TOKEN_SPACE && memchr(token.start, ',', token.length) != NULL)
      return TRUE;
  return FALSE;
}

DmigTable *
dmig_sqlite_parse_table(const char *name, const char *sql, GError **error)
{
  g_auto(Reader) reader = { .table = dmig_table_new(name) };
  dmig_tokens_init(&reader.tokens, sql);
  if (!dmig_tokens_skip_head(&reader.tokens, "TABLE") || !read_body(&reader) || !read_options(&reader)) {
    dmig_tokens_fail(&reader.tokens, name, error);
    return NULL;
  }
  settle_key(&reader);
  dmig_sqlite_complete_table(reader.table);
  reader.table->text = g_strdup(sql);
  reader.table->comments_commas = comments_on_commas(sql);
  return g_steal_pointer(&reader.table);
}

DmigColumn *
dmig_sqlite_find_column(const DmigTable *table, const char *name)
{
  for (guint i = 0; i < table->columns->len; i++) {
    DmigColumn *column = g_ptr_array_index(table->columns, i);
    if (g_ascii_strcasecmp(column->name, name) == 0)
      return column;
  }
  return NULL;
}
