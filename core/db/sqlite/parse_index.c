#include "core/db/sqlite/internal.h"
#include "core/db/sqlite/parse.h"
#include "core/db/sqlite/tokens.h"

static gboolean
is_wrapped(DmigTokens *tokens, guint first, guint end)
{
  tokens->at = first;
  if (!dmig_tokens_at(tokens, "("))
    return FALSE;
  dmig_tokens_skip(tokens);
  return tokens->at == end;
}

/* The outermost collation of the expression in [first, end); narrows it to what is collated, without
 * the parentheses around it. What is left with them around it is `*out_text`. */
static char *
unwrap(DmigTokens *tokens, guint *first, guint *end, char **out_text)
{
  char *collation = NULL;
  *out_text = dmig_tokens_text(tokens, *first, *end);
  for (;;) {
    tokens->at = *end - 2;
    if (*end - *first > 2 && dmig_tokens_accept(tokens, "COLLATE")) {
      g_autofree char *name = dmig_tokens_name(tokens);
      if (collation == NULL)
        collation = g_steal_pointer(&name);
      *end -= 2;
      g_free(*out_text);
      *out_text = dmig_tokens_text(tokens, *first, *end);
    } else if (is_wrapped(tokens, *first, *end)) {
      ++*first;
      --*end;
    } else {
      return collation;
    }
  }
}

/* In an index a name in whatever quotes is a column, if there is one of that name. */
static DmigIndexElement *
make_element(DmigTokens *tokens, const DmigTable *table, guint first, guint end)
{
  g_autofree char *text = NULL;
  g_autofree char *collation = unwrap(tokens, &first, &end, &text);
  tokens->at = first;
  g_autofree char *name = end == first + 1 ? dmig_tokens_name(tokens) : NULL;
  const DmigColumn *column = name != NULL ? dmig_sqlite_find_column(table, name) : NULL;
  DmigIndexElement *element = column != NULL ? dmig_index_element_new(column->name, NULL)
                                             : dmig_index_element_new(NULL, text);
  element->collation = g_steal_pointer(&collation);
  return element;
}

/* `a`, `"a b" COLLATE NOCASE`, `lower(a) DESC` up to the comma or the closing parenthesis. */
static DmigIndexElement *
read_element(DmigTokens *tokens, const DmigTable *table)
{
  guint first = tokens->at;
  while (!dmig_tokens_at_end_of_item(tokens) && !dmig_tokens_at(tokens, "ASC") &&
         !dmig_tokens_at(tokens, "DESC") && dmig_tokens_peek(tokens, 0).kind != DMIG_TOKEN_END)
    dmig_tokens_skip(tokens);
  guint end = tokens->at;
  DmigIndexElement *element = make_element(tokens, table, first, end);
  tokens->at = end;
  element->descending = dmig_tokens_accept(tokens, "DESC");
  element->ascending = !element->descending && dmig_tokens_accept(tokens, "ASC");
  return element;
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
    index->where_sql = dmig_tokens_rest(tokens);
  dmig_tokens_accept(tokens, ";");
  return dmig_tokens_peek(tokens, 0).kind == DMIG_TOKEN_END;
}

DmigIndex *
dmig_sqlite_parse_index(const char *name, const char *sql, const DmigTable *table, GError **error)
{
  g_auto(DmigTokens) tokens = { 0 };
  dmig_tokens_init(&tokens, sql);
  DmigIndex *index = dmig_index_new(name);
  index->text = g_strdup(sql);
  if (read_index(&tokens, table, index)) {
    dmig_sqlite_complete_index(table, index);
    return index;
  }
  dmig_index_free(index);
  dmig_tokens_fail(&tokens, name, error);
  return NULL;
}
