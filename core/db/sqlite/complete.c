/* What authors may write in several ways is compared in one of them; the other is kept beside it, so
 * that what is made again looks as it did. */
#include <string.h>

#include "core/db/sqlite/internal.h"
#include "core/db/sqlite/parse.h"
#include "core/db/sqlite/tokens.h"
#include "core/sql/text.h"

/* `*text` becomes `canonical`, and what it was before goes to `*as_written`, if it is not the same. */
static void
put_beside(char **text, char **as_written, char *canonical_owned)
{
  g_autofree char *canonical = canonical_owned;
  if (g_strcmp0(*text, canonical) == 0)
    return;
  g_free(*as_written);
  *as_written = *text;
  *text = g_steal_pointer(&canonical);
}

/* A name where a default stands is a string, unless it is a constant's. */
static char *
canonical_default(const char *sql)
{
  static const char *const constants[] = { "CURRENT_TIME", "CURRENT_DATE", "CURRENT_TIMESTAMP",
                                           "NULL",         "TRUE",         "FALSE" };
  g_auto(DmigTokens) tokens = { 0 };
  dmig_tokens_init(&tokens, sql);
  DmigToken token = dmig_tokens_peek(&tokens, 0);
  gboolean name = token.kind == DMIG_TOKEN_WORD || token.kind == DMIG_TOKEN_QUOTED;
  for (guint i = 0; i < G_N_ELEMENTS(constants); i++)
    name = name && !dmig_token_is(token, constants[i]);
  if (!name || dmig_tokens_peek(&tokens, 1).kind != DMIG_TOKEN_END)
    return g_strdup(sql);
  g_autofree char *text = dmig_tokens_name(&tokens);
  return dmig_sql_string(text);
}

/* Those of SQLite's own in capitals. */
static char *
canonical_collation(const char *name)
{
  static const char *const built_in[] = { "BINARY", "NOCASE", "RTRIM" };
  for (guint i = 0; i < G_N_ELEMENTS(built_in); i++)
    if (g_ascii_strcasecmp(name, built_in[i]) == 0)
      return g_strdup(built_in[i]);
  return g_strdup(name);
}

static void
complete_column(DmigColumn *column)
{
  if (column->default_sql != NULL)
    put_beside(&column->default_sql, &column->default_text, canonical_default(column->default_sql));
  if (column->collation != NULL)
    put_beside(&column->collation, &column->collation_text, canonical_collation(column->collation));
}

/* `users.age` in a check of users is its own column, whatever the table is called later. */
static void
complete_check(DmigTable *table, DmigConstraint *check)
{
  if (check->check_sql == NULL || !dmig_sqlite_is_qualified(check->check_sql, table->name))
    return;
  put_beside(&check->check_sql, &check->check_text,
             dmig_sqlite_unqualify(check->check_sql, table->name));
  table->names_itself = TRUE;
}

/* A collation that is the column's own anyway says nothing. */
static void
complete_element(const DmigTable *table, DmigIndexElement *element)
{
  const DmigColumn *column =
      element->column != NULL ? dmig_sqlite_find_column(table, element->column) : NULL;
  const char *own = column != NULL && column->collation != NULL ? column->collation : "BINARY";
  if (element->collation == NULL)
    return;
  put_beside(&element->collation, &element->collation_text,
             canonical_collation(element->collation));
  if (g_ascii_strcasecmp(element->collation, own) != 0)
    return;
  if (element->collation_text == NULL)
    element->collation_text = g_steal_pointer(&element->collation);
  g_clear_pointer(&element->collation, g_free);
}

void
dmig_sqlite_complete_index(const DmigTable *table, DmigIndex *index)
{
  for (guint i = 0; i < index->elements->len; i++)
    complete_element(table, g_ptr_array_index(index->elements, i));
}

void
dmig_sqlite_complete_table(DmigTable *table)
{
  for (guint i = 0; i < table->columns->len; i++)
    complete_column(g_ptr_array_index(table->columns, i));
  for (guint i = 0; i < table->constraints->len; i++)
    complete_check(table, g_ptr_array_index(table->constraints, i));
  for (guint i = 0; i < table->indexes->len; i++)
    dmig_sqlite_complete_index(table, g_ptr_array_index(table->indexes, i));
}
