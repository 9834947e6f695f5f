#include "core/db/sqlite/internal.h"
#include "core/db/sqlite/parse.h"
#include "core/db/sqlite/tokens.h"
#include "core/sql/text.h"

/* `a`, `"a b" COLLATE NOCASE`, `lower(a) DESC` up to the comma or the closing parenthesis. */
static DmigIndexElement *
read_element(DmigTokens *tokens, const DmigTable *table)
{
  guint first = tokens->at;
  guint collate = 0;
  while (!dmig_tokens_at_end_of_item(tokens) && !dmig_tokens_at(tokens, "ASC") &&
         !dmig_tokens_at(tokens, "DESC") && dmig_tokens_peek(tokens, 0).kind != DMIG_TOKEN_END) {
    collate = dmig_tokens_at(tokens, "COLLATE") ? tokens->at : collate;
    dmig_tokens_skip(tokens);
  }
  guint end = tokens->at;
  gboolean collated = collate > first && collate + 2 == end;
  tokens->at = collated ? collate : end;
  g_autofree char *text = dmig_tokens_slice(tokens, first);
  gboolean one_token = tokens->at == first + 1;

  tokens->at = first;
  g_autofree char *name = one_token ? dmig_tokens_name(tokens) : NULL;
  const DmigColumn *column = name != NULL ? dmig_sqlite_find_column(table, name) : NULL;
  DmigIndexElement *element = column != NULL ? dmig_index_element_new(column->name, NULL)
                                             : dmig_index_element_new(NULL, text);
  if (collated) {
    tokens->at = collate + 1;
    element->collation = dmig_tokens_collation(tokens);
    const char *own = column != NULL && column->collation != NULL ? column->collation : "BINARY";
    if (g_strcmp0(element->collation, own) == 0)
      g_clear_pointer(&element->collation, g_free);
  }
  tokens->at = end;
  element->descending = dmig_tokens_accept(tokens, "DESC");
  if (!element->descending)
    dmig_tokens_accept(tokens, "ASC");
  return element;
}

/* To the statement's end. */
static char *
read_rest(DmigTokens *tokens)
{
  guint first = tokens->at;
  while (dmig_tokens_peek(tokens, 0).kind != DMIG_TOKEN_END && !dmig_tokens_at(tokens, ";"))
    dmig_tokens_skip(tokens);
  return dmig_tokens_slice(tokens, first);
}

static gboolean
read_index(DmigTokens *tokens, const DmigTable *table, DmigIndex *index)
{
  index->unique = dmig_token_is(dmig_tokens_peek(tokens, 1), "UNIQUE");
  if (!dmig_tokens_skip_head(tokens, "INDEX") || !dmig_tokens_accept(tokens, "ON"))
    return FALSE;
  g_autofree char *table_name = dmig_tokens_name(tokens);
  if (table_name == NULL || !dmig_tokens_accept(tokens, "("))
    return FALSE;
  do {
    g_ptr_array_add(index->elements, read_element(tokens, table));
  } while (dmig_tokens_accept(tokens, ","));
  if (!dmig_tokens_accept(tokens, ")"))
    return FALSE;
  if (dmig_tokens_accept(tokens, "WHERE"))
    index->where_sql = read_rest(tokens);
  dmig_tokens_accept(tokens, ";");
  return dmig_tokens_peek(tokens, 0).kind == DMIG_TOKEN_END;
}

DmigIndex *
dmig_sqlite_parse_index(const char *name, const char *sql, const DmigTable *table, GError **error)
{
  g_auto(DmigTokens) tokens = { 0 };
  dmig_tokens_init(&tokens, sql);
  DmigIndex *index = dmig_index_new(name);
  if (read_index(&tokens, table, index))
    return index;
  dmig_index_free(index);
  dmig_tokens_fail(&tokens, name, error);
  return NULL;
}

DmigView *
dmig_sqlite_parse_view(const char *name, const char *sql, GError **error)
{
  g_auto(DmigTokens) tokens = { 0 };
  dmig_tokens_init(&tokens, sql);
  gboolean known = dmig_tokens_skip_head(&tokens, "VIEW");
  g_autofree char *columns = known ? dmig_tokens_group(&tokens) : NULL;
  if (!known || !dmig_tokens_accept(&tokens, "AS")) {
    dmig_tokens_fail(&tokens, name, error);
    return NULL;
  }
  g_autofree char *query = read_rest(&tokens);
  if (columns == NULL)
    return dmig_view_new(name, query);
  /* A query can't see the view that it defines, so that the view's name is free inside. */
  g_autofree char *quoted = dmig_sql_identifier(&dmig_sqlite_dialect, name);
  g_autofree char *named = g_strdup_printf("WITH %s (%s) AS (%s) SELECT * FROM %s", quoted,
                                           columns, query, quoted);
  return dmig_view_new(name, named);
}
