/* Definitions taken apart: of indexes of materialized views, and of keys. */
#include "core/domain/lifting.h"

#include <string.h>

#include "core/sql/lexer.h"

static DmigToken
next_token(DmigLexer *lexer)
{
  DmigToken token = dmig_lexer_next(lexer);
  while (token.kind == DMIG_TOKEN_SPACE)
    token = dmig_lexer_next(lexer);
  return token;
}

const char *
dmig_lift_behind(const char *definition, const char *first, const char *second)
{
  DmigLexer lexer;
  guint depth = 0;
  gboolean met = FALSE;
  if (definition == NULL)
    return NULL;
  dmig_lexer_init(&lexer, definition);
  for (DmigToken token = next_token(&lexer); token.kind != DMIG_TOKEN_END;
       token = next_token(&lexer)) {
    if (dmig_token_is(token, "("))
      depth++;
    else if (dmig_token_is(token, ")") && depth > 0)
      depth--;
    if (met && (second == NULL || dmig_token_is(token, second)))
      return second == NULL ? token.start : lexer.next;
    met = depth == 0 && dmig_token_is(token, first);
    if (met && second == NULL)
      return lexer.next;
  }
  return NULL;
}

char **
dmig_lift_listed_names(const char *text)
{
  DmigLexer lexer;
  if (text == NULL)
    return NULL;
  dmig_lexer_init(&lexer, text);
  DmigToken token = next_token(&lexer);
  if (!dmig_token_is(token, "("))
    return NULL;
  g_autoptr(GStrvBuilder) names = g_strv_builder_new();
  for (token = next_token(&lexer); token.kind != DMIG_TOKEN_END && !dmig_token_is(token, ")");
       token = next_token(&lexer)) {
    g_autofree char *name = NULL;
    if (token.kind == DMIG_TOKEN_WORD || token.kind == DMIG_TOKEN_QUOTED)
      name = dmig_token_identifier(token);
    if (name != NULL)
      g_strv_builder_add(names, name);
  }
  return g_strv_builder_end(names);
}

char *
dmig_lift_bare_name(const char *sql)
{
  DmigLexer lexer;
  dmig_lexer_init(&lexer, sql);
  DmigToken token = next_token(&lexer);
  return token.kind == DMIG_TOKEN_QUOTED && *lexer.next == '\0' ? dmig_token_identifier(token)
                                                                : g_strdup(sql);
}

/* `USING btree (a, lower(b) DESC) INCLUDE (c) WITH (fillfactor='70') WHERE (a > 0)`. */

typedef struct {
  DmigLexer lexer;
  DmigToken token; /* the next one */
} Definition;

static void
step(Definition *self)
{
  do
    self->token = dmig_lexer_next(&self->lexer);
  while (self->token.kind == DMIG_TOKEN_SPACE);
}

static gboolean
accept(Definition *self, const char *word)
{
  if (!dmig_token_is(self->token, word))
    return FALSE;
  step(self);
  return TRUE;
}

static gboolean
at_end_of_item(const Definition *self)
{
  return self->token.kind == DMIG_TOKEN_END || dmig_token_is(self->token, ",")
         || dmig_token_is(self->token, ")");
}

/* Past what is in parentheses, if any is next. */
static void
skip_parentheses(Definition *self)
{
  guint depth = 0;
  do {
    if (dmig_token_is(self->token, "("))
      depth++;
    else if (dmig_token_is(self->token, ")"))
      depth--;
    if (depth > 0 || dmig_token_is(self->token, ")"))
      step(self);
  } while (depth > 0 && self->token.kind != DMIG_TOKEN_END);
}

static char *
text_from(const Definition *self, const char *start)
{
  return g_strchomp(g_strndup(start, (gsize) (self->token.start - start)));
}

/* A column's name, a call, or an expression in parentheses. */
static void
read_key(Definition *self, DmigIndexPart *part)
{
  const char *start = self->token.start;
  DmigToken first = self->token;
  gboolean name = first.kind == DMIG_TOKEN_WORD || first.kind == DMIG_TOKEN_QUOTED;
  if (dmig_token_is(first, "(")) {
    skip_parentheses(self);
    g_autofree char *text = text_from(self, start);
    part->expression = dmig_lift_sql(text);
    return;
  }
  step(self);
  while (accept(self, ".") && !at_end_of_item(self))
    step(self);
  if (name && !dmig_token_is(self->token, "(")) {
    part->field = dmig_token_identifier(first);
    return;
  }
  skip_parentheses(self);
  g_autofree char *text = text_from(self, start);
  part->expression = dmig_lift_sql(text);
}

static char *
read_name(Definition *self)
{
  const char *start = self->token.start;
  step(self);
  while (accept(self, "."))
    step(self);
  return text_from(self, start);
}

static DmigIndexPart *
read_part(Definition *self)
{
  DmigIndexPart *part = dmig_index_part_new();
  read_key(self, part);
  while (!at_end_of_item(self)) {
    if (accept(self, "COLLATE"))
      part->collation = read_name(self);
    else if (accept(self, "DESC"))
      part->descending = TRUE;
    else if (accept(self, "NULLS")) {
      part->nulls = dmig_token_is(self->token, "FIRST") ? -1 : 1;
      step(self);
    } else if (!accept(self, "ASC")) {
      const char *start = self->token.start;
      g_free(read_name(self));
      if (dmig_token_is(self->token, "("))
        skip_parentheses(self);
      g_free(part->operator_class);
      part->operator_class = text_from(self, start);
    }
  }
  return part;
}

static gboolean
read_parts(Definition *self, DmigDomainIndex *index)
{
  if (!accept(self, "USING"))
    return FALSE;
  g_autofree char *method = read_name(self);
  if (strcmp(method, "btree") != 0)
    index->method = g_steal_pointer(&method);
  if (!accept(self, "("))
    return FALSE;
  do
    g_ptr_array_add(index->parts, read_part(self));
  while (accept(self, ","));
  return accept(self, ")");
}

static void
read_include(Definition *self, DmigDomainIndex *index)
{
  g_autoptr(GStrvBuilder) names = g_strv_builder_new();
  accept(self, "(");
  while (!dmig_token_is(self->token, ")") && self->token.kind != DMIG_TOKEN_END) {
    g_autofree char *name
        = dmig_token_is(self->token, ",") ? NULL : dmig_token_identifier(self->token);
    if (name != NULL)
      g_strv_builder_add(names, name);
    step(self);
  }
  accept(self, ")");
  g_strfreev(index->include);
  index->include = g_strv_builder_end(names);
}

/* `fillfactor='70', deduplicate_items=off` */
static void
read_options(Definition *self, GPtrArray *attributes)
{
  accept(self, "(");
  while (!dmig_token_is(self->token, ")") && self->token.kind != DMIG_TOKEN_END) {
    g_autofree char *name = read_name(self);
    const char *equals = strchr(name, '=');
    if (equals == NULL && accept(self, "=")) {
      const char *start = self->token.start;
      while (!at_end_of_item(self))
        step(self);
      g_autofree char *value = text_from(self, start);
      gsize length = strlen(value);
      if (length > 1 && value[0] == '\'' && value[length - 1] == '\'')
        value[length - 1] = '\0';
      dmig_attributes_add(attributes, "with", name, value + (*value == '\''));
    }
    accept(self, ",");
  }
  accept(self, ")");
}

DmigDomainIndex *
dmig_lift_view_index(DmigLifting *self, const DmigObject *object)
{
  const char *definition = dmig_object_property(object, "definition");
  DmigDomainIndex *index = dmig_domain_index_new();
  Definition reading;
  if (definition == NULL)
    definition = "";
  dmig_lexer_init(&reading.lexer, definition);
  step(&reading);
  if (!read_parts(&reading, index)) {
    g_autofree char *address = dmig_object_address(object);
    dmig_lift_warn(self, address, "its definition");
    dmig_domain_index_free(index);
    return NULL;
  }
  index->unique = dmig_object_property(object, "unique") != NULL;
  if (accept(&reading, "INCLUDE"))
    read_include(&reading, index);
  if (accept(&reading, "NULLS")) {
    index->nulls_not_distinct = TRUE;
    accept(&reading, "NOT");
    accept(&reading, "DISTINCT");
  }
  if (accept(&reading, "WITH"))
    read_options(&reading, index->attributes);
  if (accept(&reading, "TABLESPACE")) {
    g_autofree char *name = read_name(&reading);
    dmig_attributes_add(index->attributes, "tablespace", NULL, name);
  }
  if (accept(&reading, "WHERE"))
    index->where = dmig_lift_sql(reading.token.start);
  dmig_lift_index_facets(self, object, index);
  return index;
}

char *
dmig_lift_definition_options(const char *definition, GPtrArray *attributes)
{
  const char *options = dmig_lift_behind(definition, "WITH", NULL);
  Definition reading;
  if (options == NULL)
    return NULL;
  dmig_lexer_init(&reading.lexer, options);
  step(&reading);
  read_options(&reading, attributes);
  return text_from(&reading, options);
}

GPtrArray *
dmig_lift_key_parts(const char *definition)
{
  Definition reading;
  GPtrArray *parts = g_ptr_array_new_with_free_func((GDestroyNotify) dmig_index_part_free);
  dmig_lexer_init(&reading.lexer, definition);
  step(&reading);
  while (reading.token.kind != DMIG_TOKEN_END && !dmig_token_is(reading.token, "("))
    step(&reading);
  if (accept(&reading, "(")) {
    do
      g_ptr_array_add(parts, read_part(&reading));
    while (accept(&reading, ","));
  }
  return parts;
}
