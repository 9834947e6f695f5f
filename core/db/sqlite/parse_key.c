#include "core/db/sqlite/parse_key.h"

#include "core/db/sqlite/internal.h"
#include "core/db/sqlite/parse.h"
#include "core/sql/text.h"

static void
key_init(DmigSqliteKey *self)
{
  *self = (DmigSqliteKey){ g_strv_builder_new(), g_string_new(NULL), TRUE, FALSE };
}

void
dmig_sqlite_key_clear(DmigSqliteKey *self)
{
  g_strv_builder_unref(self->names);
  g_string_free(self->elements, TRUE);
}

/* COLLATE, ASC, DESC and AUTOINCREMENT behind a column of a key. */
static void
read_key_details(DmigSqliteKey *self, DmigTokens *tokens, const DmigColumn *column)
{
  while (!dmig_tokens_at_end_of_item(tokens) &&
         dmig_tokens_peek(tokens, 0).kind != DMIG_TOKEN_END) {
    if (dmig_tokens_accept(tokens, "COLLATE")) {
      g_autofree char *collation = dmig_tokens_collation(tokens);
      const char *own =
          column != NULL && column->collation != NULL ? column->collation : "BINARY";
      if (collation == NULL || g_ascii_strcasecmp(collation, own) == 0)
        continue;
      dmig_sql_appendf(self->elements, &dmig_sqlite_dialect, " COLLATE %I", collation);
      self->plain = FALSE;
    } else if (dmig_tokens_accept(tokens, "DESC")) {
      g_string_append(self->elements, " DESC");
      self->plain = FALSE;
    } else {
      self->autoincrement |= dmig_tokens_at(tokens, "AUTOINCREMENT");
      dmig_tokens_skip(tokens);
    }
  }
}

void
dmig_sqlite_read_key(DmigSqliteKey *self, DmigTokens *tokens, const DmigTable *table)
{
  key_init(self);
  if (!dmig_tokens_accept(tokens, "("))
    return;
  do {
    g_autofree char *name = dmig_tokens_name(tokens);
    if (name == NULL)
      continue;
    const DmigColumn *column = table != NULL ? dmig_sqlite_find_column(table, name) : NULL;
    const char *resolved = column != NULL ? column->name : name;
    g_strv_builder_add(self->names, resolved);
    if (self->elements->len > 0)
      g_string_append(self->elements, ", ");
    dmig_sql_append_identifier(self->elements, &dmig_sqlite_dialect, resolved);
    read_key_details(self, tokens, column);
  } while (dmig_tokens_accept(tokens, ","));
  dmig_tokens_accept(tokens, ")");
}
