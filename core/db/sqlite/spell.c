/* How tables and indexes are spelled: with the author's own text where there is one, so that what
 * dmig makes again is what was there; from the fields where there is none. */
#include <string.h>

#include "core/db/ddl.h"
#include "core/db/sqlite/internal.h"
#include "core/db/sqlite/tokens.h"
#include "core/sql/text.h"

/* SQLite keeps what stands before a statement's semicolon, and so a comment that would hide the one
 * which is put there: the text ends with its last token. */
char *
dmig_sqlite_statement(const char *text)
{
  g_auto(DmigTokens) tokens = { 0 };
  dmig_tokens_init(&tokens, text);
  g_autofree char *statement = dmig_tokens_rest(&tokens);
  return g_strconcat(statement, ";\n", NULL);
}

static gboolean
qualifies(const DmigTokens *tokens, guint at, const char *name)
{
  return at + 2 < tokens->tokens->len &&
         dmig_token_is(g_array_index(tokens->tokens, DmigToken, at + 1), ".") &&
         dmig_tokens_names(tokens, at, name);
}

char *
dmig_sqlite_unqualify(const char *sql, const char *name)
{
  g_auto(DmigTokens) tokens = { 0 };
  GString *out = g_string_new(NULL);
  dmig_tokens_init(&tokens, sql);
  guint from = 0, end = tokens.tokens->len - 1;
  for (guint i = 0; i < end; i++) {
    if (!qualifies(&tokens, i, name))
      continue;
    const char *start = g_array_index(tokens.tokens, DmigToken, from).start;
    g_string_append_len(out, start, g_array_index(tokens.tokens, DmigToken, i).start - start);
    from = i + 2;
  }
  g_autofree char *rest = dmig_tokens_text(&tokens, from, end);
  g_string_append(out, rest);
  return g_string_free(out, FALSE);
}

gboolean
dmig_sqlite_is_qualified(const char *sql, const char *name)
{
  g_auto(DmigTokens) tokens = { 0 };
  gboolean found = FALSE;
  dmig_tokens_init(&tokens, sql != NULL ? sql : "");
  for (guint i = 0; !found && i < tokens.tokens->len; i++)
    found = qualifies(&tokens, i, name);
  return found;
}

gboolean
dmig_sqlite_names_itself(const DmigTable *table)
{
  gboolean found = table->names_itself;
  for (guint i = 0; i < table->constraints->len; i++) {
    const DmigConstraint *constraint = g_ptr_array_index(table->constraints, i);
    found = found || dmig_sqlite_is_qualified(constraint->check_sql, table->name);
  }
  for (guint i = 0; i < table->indexes->len; i++) {
    const DmigIndex *index = g_ptr_array_index(table->indexes, i);
    found = found || dmig_sqlite_is_qualified(index->where_sql, table->name);
  }
  return found;
}

/* --- tables ---------------------------------------------------------------------------------- */

static gboolean
is_within_column(const DmigConstraint *constraint)
{
  return constraint->kind == DMIG_CONSTRAINT_PRIMARY_KEY && constraint->definition != NULL &&
         g_str_has_prefix(constraint->definition, "PRIMARY KEY DESC");
}

/* AUTOINCREMENT stands at the column, unless its key has something to say that only a list can. */
static gboolean
is_identity_of_key(const DmigTable *table, const DmigConstraint *constraint)
{
  const DmigColumn *column = constraint->kind == DMIG_CONSTRAINT_PRIMARY_KEY
                                 ? dmig_table_column(table, constraint->columns[0])
                                 : NULL;
  return column != NULL && column->identity != DMIG_IDENTITY_NONE;
}

static gboolean
is_listed_identity(const DmigTable *table, const DmigConstraint *constraint)
{
  return is_identity_of_key(table, constraint) &&
         (constraint->name != NULL || constraint->definition != NULL);
}

static void
append_column(GString *sql, const DmigTable *table, const DmigColumn *column)
{
  const DmigConstraint *key = dmig_table_primary_key(table);
  DmigColumn plain = *column;
  if (key != NULL && column->identity != DMIG_IDENTITY_NONE && is_listed_identity(table, key))
    plain.identity = DMIG_IDENTITY_NONE;
  dmig_ddl_column(sql, &dmig_sqlite_dialect, &plain);
  if (key != NULL && is_within_column(key) && g_str_equal(key->columns[0], column->name))
    g_string_append_printf(sql, " %s", key->definition);
}

static void
append_constraint(GString *sql, const DmigTable *table, const DmigConstraint *constraint)
{
  const DmigDialect *dialect = &dmig_sqlite_dialect;
  g_string_append(sql, table->columns->len > 0 || sql->str[sql->len - 1] != '(' ? ",\n  " : "\n  ");
  if (constraint->name != NULL)
    dmig_sql_appendf(sql, dialect, "CONSTRAINT %I ", constraint->name);
  if (is_listed_identity(table, constraint)) {
    const char *conflict =
        constraint->definition != NULL ? g_strrstr(constraint->definition, " ON CONFLICT ") : NULL;
    dmig_sql_appendf(sql, dialect, "PRIMARY KEY (%I AUTOINCREMENT)%s", constraint->columns[0],
                     conflict != NULL ? conflict : "");
  } else if (constraint->definition != NULL) {
    g_string_append(sql, constraint->definition);
  } else {
    DmigConstraint unnamed = *constraint;
    unnamed.name = NULL;
    if (constraint->check_text != NULL)
      unnamed.check_sql = constraint->check_text;
    dmig_ddl_constraint(sql, dialect, &unnamed);
  }
}

static void
spell_table(GString *sql, const DmigTable *table)
{
  dmig_sql_appendf(sql, &dmig_sqlite_dialect, "CREATE TABLE %I (", table->name);
  for (guint i = 0; i < table->columns->len; i++) {
    g_string_append(sql, i == 0 ? "\n  " : ",\n  ");
    append_column(sql, table, g_ptr_array_index(table->columns, i));
  }
  for (guint i = 0; i < table->constraints->len; i++) {
    const DmigConstraint *constraint = g_ptr_array_index(table->constraints, i);
    if (is_within_column(constraint) || (is_identity_of_key(table, constraint) &&
                                         !is_listed_identity(table, constraint)))
      continue;
    append_constraint(sql, table, constraint);
  }
  g_string_append(sql, "\n)");
  if (table->without_rowid)
    g_string_append(sql, " WITHOUT ROWID");
  if (table->strict)
    g_string_append(sql, table->without_rowid ? ", STRICT" : " STRICT");
}

void
dmig_sqlite_spell_create_table(GString *sql, const DmigTable *table)
{
  if (table->text == NULL) {
    spell_table(sql, table);
    g_string_append(sql, ";\n");
    return;
  }
  g_autofree char *statement = dmig_sqlite_statement(table->text);
  g_string_append(sql, statement);
}

/* An expression stands as its author wrote it, with parentheses around it or without; a collation
 * behind it is to be that of all of it. */
static void
append_element(GString *sql, const DmigIndexElement *element)
{
  const DmigDialect *dialect = &dmig_sqlite_dialect;
  const char *collation =
      element->collation_text != NULL ? element->collation_text : element->collation;
  if (element->column != NULL)
    dmig_sql_append_identifier(sql, dialect, element->column);
  else if (collation != NULL && !g_str_has_suffix(element->expression, ")"))
    g_string_append_printf(sql, "(%s)", element->expression);
  else
    g_string_append(sql, element->expression);
  if (collation != NULL) {
    /* The built-in ones are in capitals, which would be quoted. */
    gboolean word = strspn(collation, G_CSET_A_2_Z) == strlen(collation);
    dmig_sql_appendf(sql, dialect, word ? " COLLATE %s" : " COLLATE %I", collation);
  }
  g_string_append(sql, element->descending ? " DESC" : element->ascending ? " ASC" : "");
}

static void
spell_index(GString *sql, const DmigTable *table, const DmigIndex *index)
{
  dmig_sql_appendf(sql, &dmig_sqlite_dialect, "CREATE %sINDEX %I ON %I (",
                   index->unique ? "UNIQUE " : "", index->name, table->name);
  for (guint i = 0; i < index->elements->len; i++) {
    if (i > 0)
      g_string_append(sql, ", ");
    append_element(sql, g_ptr_array_index(index->elements, i));
  }
  g_string_append_c(sql, ')');
  if (index->where_sql != NULL)
    g_string_append_printf(sql, " WHERE %s", index->where_sql);
  g_string_append(sql, ";\n");
}

void
dmig_sqlite_spell_create_index(GString *sql, const DmigTable *table, const DmigIndex *index)
{
  if (index->text != NULL) {
    g_autofree char *statement = dmig_sqlite_statement(index->text);
    g_string_append(sql, statement);
    return;
  }
  spell_index(sql, table, index);
}

/* --- references ------------------------------------------------------------------------------ */

void
dmig_sqlite_complete_reference(DmigConstraint *key)
{
  if (key->definition == NULL || !g_str_has_prefix(key->definition, "MATCH "))
    return;
  DmigConstraint plain = *key;
  plain.name = NULL;
  plain.definition = NULL;
  plain.deferrable = DMIG_NOT_DEFERRABLE;
  GString *sql = g_string_new(NULL);
  dmig_ddl_constraint(sql, &dmig_sqlite_dialect, &plain);
  g_string_append_printf(sql, " %s", key->definition);
  if (key->deferrable != DMIG_NOT_DEFERRABLE)
    g_string_append(sql, key->deferrable == DMIG_DEFERRABLE ? " DEFERRABLE"
                                                            : " DEFERRABLE INITIALLY DEFERRED");
  g_free(key->definition);
  key->definition = g_string_free(sql, FALSE);
}
