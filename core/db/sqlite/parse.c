#include "core/db/sqlite/parse.h"

#include "core/db/sqlite/internal.h"
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

/* ON CONFLICT has no place in a Schema: it is about statements, not about what may be stored. */
static void
skip_conflict_clause(DmigTokens *tokens)
{
  if (dmig_tokens_accept2(tokens, "ON", "CONFLICT"))
    dmig_tokens_skip(tokens);
}

/* `(a, b COLLATE NOCASE DESC)` of a key: the names. */
static char **
key_columns(DmigTokens *tokens, gboolean *out_autoincrement)
{
  g_autoptr(GStrvBuilder) names = g_strv_builder_new();
  if (!dmig_tokens_accept(tokens, "("))
    return g_strv_builder_end(names);
  do {
    g_autofree char *name = dmig_tokens_name(tokens);
    if (name != NULL)
      g_strv_builder_add(names, name);
    while (!dmig_tokens_at(tokens, ",") && !dmig_tokens_at(tokens, ")") &&
           dmig_tokens_peek(tokens, 0).kind != DMIG_TOKEN_END) {
      if (out_autoincrement != NULL && dmig_tokens_at(tokens, "AUTOINCREMENT"))
        *out_autoincrement = TRUE;
      dmig_tokens_skip(tokens);
    }
  } while (dmig_tokens_accept(tokens, ","));
  dmig_tokens_accept(tokens, ")");
  return g_strv_builder_end(names);
}

static DmigConstraint *
add_constraint(Reader *self, DmigConstraintKind kind, char **columns_owned)
{
  DmigConstraint *constraint = dmig_constraint_new(kind, self->name);
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

/* Behind REFERENCES. */
static gboolean
read_foreign_key(Reader *self, char **columns_owned)
{
  DmigTokens *tokens = &self->tokens;
  DmigConstraint *key = add_constraint(self, DMIG_CONSTRAINT_FOREIGN_KEY, columns_owned);
  g_free(key->ref_table);
  key->ref_table = dmig_tokens_name(tokens);
  g_strfreev(key->ref_columns);
  key->ref_columns = key_columns(tokens, NULL);
  for (;;) {
    if (dmig_tokens_accept2(tokens, "ON", "DELETE")) {
      key->on_delete = referential_action(tokens);
    } else if (dmig_tokens_accept2(tokens, "ON", "UPDATE")) {
      key->on_update = referential_action(tokens);
    } else if (dmig_tokens_accept(tokens, "MATCH")) {
      dmig_tokens_skip(tokens); /* parsed by SQLite, and ignored */
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
  if (dmig_tokens_peek(tokens, 0).kind == DMIG_TOKEN_END)
    return TRUE;
  for (const char *const *word = words; *word != NULL; word++)
    if (dmig_tokens_at(tokens, *word))
      return TRUE;
  return dmig_tokens_at(tokens, "GENERATED") &&
         dmig_token_is(dmig_tokens_peek(tokens, 1), "ALWAYS");
}

/* Words up to the first constraint, and numbers in parentheses. */
static char *
read_type(DmigTokens *tokens)
{
  GString *type = g_string_new(NULL);
  while (!ends_type(tokens)) {
    g_autofree char *word = dmig_tokens_name(tokens);
    if (word == NULL)
      break;
    if (type->len > 0)
      g_string_append_c(type, ' ');
    g_string_append(type, word);
  }
  g_autofree char *size = type->len > 0 ? dmig_tokens_group(tokens) : NULL;
  if (size != NULL)
    g_string_append_printf(type, "(%s)", size);
  return g_string_free(type, FALSE);
}

/* Behind DEFAULT. A bare name is a string there, unless it is a constant's. */
static char *
read_default(DmigTokens *tokens)
{
  static const char *const constants[] = { "TRUE", "FALSE", "CURRENT_TIME", "CURRENT_DATE",
                                           "CURRENT_TIMESTAMP", NULL };
  guint first = tokens->at;
  if (dmig_tokens_accept(tokens, "NULL"))
    return NULL; /* as good as no default */
  for (const char *const *constant = constants; *constant != NULL; constant++)
    if (dmig_tokens_accept(tokens, *constant))
      return g_strdup(*constant);
  DmigTokenKind kind = dmig_tokens_peek(tokens, 0).kind;
  if (kind == DMIG_TOKEN_WORD || kind == DMIG_TOKEN_QUOTED) {
    g_autofree char *name = dmig_tokens_name(tokens);
    return dmig_sql_string(name);
  }
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

static void
read_column_primary_key(Reader *self, DmigColumn *column)
{
  DmigTokens *tokens = &self->tokens;
  add_constraint(self, DMIG_CONSTRAINT_PRIMARY_KEY, one_name(column->name));
  if (dmig_tokens_accept(tokens, "DESC"))
    self->descending_key = TRUE;
  else
    dmig_tokens_accept(tokens, "ASC");
  skip_conflict_clause(tokens);
  if (dmig_tokens_accept(tokens, "AUTOINCREMENT"))
    column->identity = DMIG_IDENTITY_BY_DEFAULT;
}

static gboolean
read_check(Reader *self)
{
  char *check = dmig_tokens_group(&self->tokens);
  DmigConstraint *constraint = add_constraint(self, DMIG_CONSTRAINT_CHECK, NULL);
  constraint->check_sql = check;
  skip_conflict_clause(&self->tokens);
  return check != NULL;
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
    add_constraint(self, DMIG_CONSTRAINT_UNIQUE, one_name(column->name));
    skip_conflict_clause(tokens);
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
    skip_conflict_clause(tokens);
    return TRUE;
  }
  if (dmig_tokens_accept(tokens, "NULL")) {
    skip_conflict_clause(tokens);
    return TRUE;
  }
  if (dmig_tokens_accept(tokens, "DEFAULT")) {
    g_free(column->default_sql);
    column->default_sql = read_default(tokens);
    return TRUE;
  }
  if (dmig_tokens_accept(tokens, "COLLATE")) {
    g_free(column->collation);
    column->collation = dmig_tokens_collation(tokens);
    if (g_strcmp0(column->collation, "BINARY") == 0)
      g_clear_pointer(&column->collation, g_free);
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
read_table_constraint(Reader *self)
{
  DmigTokens *tokens = &self->tokens;
  if (dmig_tokens_accept(tokens, "CONSTRAINT")) {
    g_free(self->name);
    self->name = dmig_tokens_name(tokens);
    return self->name != NULL;
  }
  if (dmig_tokens_accept2(tokens, "PRIMARY", "KEY")) {
    gboolean autoincrement = FALSE;
    char **columns = key_columns(tokens, &autoincrement);
    DmigConstraint *key = add_constraint(self, DMIG_CONSTRAINT_PRIMARY_KEY, columns);
    if (autoincrement)
      mark_identity(self, key);
    skip_conflict_clause(tokens);
    return columns[0] != NULL;
  }
  if (dmig_tokens_accept(tokens, "UNIQUE")) {
    add_constraint(self, DMIG_CONSTRAINT_UNIQUE, key_columns(tokens, NULL));
    skip_conflict_clause(tokens);
    return TRUE;
  }
  if (dmig_tokens_accept(tokens, "CHECK"))
    return read_check(self);
  if (!dmig_tokens_accept2(tokens, "FOREIGN", "KEY"))
    return FALSE;
  char **columns = key_columns(tokens, NULL);
  if (dmig_tokens_accept(tokens, "REFERENCES"))
    return read_foreign_key(self, columns);
  g_strfreev(columns);
  return FALSE;
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

/* Letter case of names in keys as their columns have it. */
static void
resolve_names(const DmigTable *table, char **names)
{
  for (char **name = names; *name != NULL; name++) {
    const DmigColumn *column = dmig_sqlite_find_column(table, *name);
    if (column == NULL || g_str_equal(column->name, *name))
      continue;
    g_free(*name);
    *name = g_strdup(column->name);
  }
}

/* Only the very word INTEGER makes a primary key the rowid, and only then can it not be null: there
 * INT is another thing. Everywhere else a type's synonyms mean the same. */
static void
settle_types(Reader *self)
{
  DmigTable *table = self->table;
  const DmigConstraint *key = dmig_table_primary_key(table);
  for (guint i = 0; i < table->columns->len; i++) {
    DmigColumn *column = g_ptr_array_index(table->columns, i);
    gboolean in_key = key != NULL && g_strv_contains((const char *const *) key->columns,
                                                     column->name);
    gboolean alone = in_key && key->columns[1] == NULL;
    gboolean integer = g_ascii_strcasecmp(column->type, "INTEGER") == 0;
    char *type = dmig_sqlite_canonical_type(column->type);
    if (alone && !integer && !table->without_rowid && g_str_equal(type, "INTEGER")) {
      g_free(type);
      type = g_ascii_strup(column->type, -1);
    }
    g_free(column->type);
    column->type = type;
    if (in_key && (table->without_rowid || (alone && integer && !self->descending_key)))
      column->not_null = TRUE;
  }
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
  for (guint i = 0; i < reader.table->constraints->len; i++) {
    DmigConstraint *constraint = g_ptr_array_index(reader.table->constraints, i);
    resolve_names(reader.table, constraint->columns);
  }
  settle_types(&reader);
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
