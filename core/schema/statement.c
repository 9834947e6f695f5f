#include "core/schema/statement.h"

#include <string.h>

#include "core/schema/facet_sql.h"
#include "core/sql/lexer.h"
#include "core/sql/text.h"

void
dmig_statement_clear(DmigStatement *self)
{
  g_clear_pointer(&self->path, g_free);
  g_clear_pointer(&self->detail, g_free);
  g_clear_pointer(&self->drop, g_free);
}

/* A walk over the words of a statement. */
typedef struct {
  const DmigDialect *dialect;
  DmigLexer lexer;
  DmigToken token; /* the one that is looked at; never white space */
} Walk;

static void
advance(Walk *self)
{
  do
    self->token = dmig_lexer_next(&self->lexer);
  while (self->token.kind == DMIG_TOKEN_SPACE);
}

static void
walk_init(Walk *self, const char *sql, const DmigDialect *dialect)
{
  self->dialect = dialect;
  dmig_lexer_init(&self->lexer, sql);
  advance(self);
}

static gboolean
take(Walk *self, const char *word)
{
  if (!dmig_token_is(self->token, word))
    return FALSE;
  advance(self);
  return TRUE;
}

/* All of them, or none. */
static gboolean
take_words(Walk *self, const char *words)
{
  Walk before = *self;
  g_auto(GStrv) each = g_strsplit(words, " ", -1);
  for (char **word = each; *word != NULL; word++) {
    if (!take(self, *word)) {
      *self = before;
      return FALSE;
    }
  }
  return TRUE;
}

static gboolean
is_name(DmigToken token)
{
  return token.kind == DMIG_TOKEN_WORD || token.kind == DMIG_TOKEN_QUOTED;
}

/* `schema.name`, or for operators `schema.+`. NULL where no name stands. */
static char *
take_path(Walk *self)
{
  g_autofree char *schema = NULL;
  g_autofree char *name = NULL;
  while (is_name(self->token)) {
    g_free(schema);
    schema = g_steal_pointer(&name);
    name = dmig_token_identifier(self->token);
    advance(self);
    if (!take(self, "."))
      break;
  }
  return name != NULL ? dmig_path_new(schema, name) : NULL;
}

/* What stands in the parentheses that are looked at, which are left behind. */
static char *
take_parentheses(Walk *self)
{
  if (!dmig_token_is(self->token, "("))
    return NULL;
  const char *start = self->token.start + 1;
  guint depth = 0;
  for (; self->token.kind != DMIG_TOKEN_END; advance(self)) {
    if (dmig_token_is(self->token, "("))
      depth++;
    else if (dmig_token_is(self->token, ")") && --depth == 0)
      break;
  }
  char *inside = g_strstrip(g_strndup(start, (gsize) (self->token.start - start)));
  if (self->token.kind != DMIG_TOKEN_END)
    advance(self);
  return inside;
}

/* --- signatures ------------------------------------------------------------------------------- */

/* Types of several words, so that the first of them is no argument's name. */
static gboolean
begins_type(DmigToken first, DmigToken second)
{
  static const char *const pairs[][2] = {
    { "double", "precision" }, { "character", "varying" }, { "char", "varying" },
    { "bit", "varying" },      { "national", "character" }, { "national", "char" },
    { "timestamp", "with" },   { "timestamp", "without" },  { "time", "with" },
    { "time", "without" },     { "interval", "year" },      { "interval", "month" },
    { "interval", "day" },     { "interval", "hour" },      { "interval", "minute" },
    { "interval", "second" },
  };
  if (!is_name(second))
    return TRUE;
  for (guint i = 0; i < G_N_ELEMENTS(pairs); i++) {
    if (dmig_token_is(first, pairs[i][0]) && dmig_token_is(second, pairs[i][1]))
      return TRUE;
  }
  return FALSE;
}

/* The type of one argument; NULL for one that is only put out. */
static char *
argument_type(const char *argument, const DmigDialect *dialect)
{
  Walk walk;
  walk_init(&walk, argument, dialect);
  if (dmig_token_is(walk.token, "out") || dmig_token_is(walk.token, "table"))
    return NULL;
  while (take(&walk, "in") || take(&walk, "inout") || take(&walk, "variadic"))
    continue;
  DmigToken first = walk.token;
  Walk ahead = walk;
  advance(&ahead);
  if (is_name(first) && !begins_type(first, ahead.token))
    walk = ahead;
  const char *start = walk.token.start;
  const char *end = start;
  for (; walk.token.kind != DMIG_TOKEN_END && !dmig_token_is(walk.token, "default")
         && !dmig_token_is(walk.token, "=") && !dmig_token_is(walk.token, ":=");
       advance(&walk))
    end = walk.token.start + walk.token.length;
  g_autofree char *type = g_strndup(start, (gsize) (end - start));
  return dialect != NULL && dialect->canonical_type != NULL ? dialect->canonical_type(type)
                                                            : g_steal_pointer(&type);
}

static void
append_type(GString *signature, const char *argument, gsize length, const DmigDialect *dialect)
{
  g_autofree char *text = g_strstrip(g_strndup(argument, length));
  g_autofree char *type = *text != '\0' ? argument_type(text, dialect) : NULL;
  if (type != NULL)
    g_string_append_printf(signature, "%s%s", signature->len > 0 ? ", " : "", type);
}

char *
dmig_routine_signature(const char *arguments, const DmigDialect *dialect)
{
  GString *signature = g_string_new(NULL);
  Walk walk;
  guint depth = 0;
  const char *start = arguments;
  for (walk_init(&walk, arguments, dialect); walk.token.kind != DMIG_TOKEN_END; advance(&walk)) {
    if (dmig_token_is(walk.token, "(") || dmig_token_is(walk.token, "["))
      depth++;
    else if ((dmig_token_is(walk.token, ")") || dmig_token_is(walk.token, "]")) && depth > 0)
      depth--;
    else if (depth == 0 && dmig_token_is(walk.token, ",")) {
      append_type(signature, start, (gsize) (walk.token.start - start), dialect);
      start = walk.token.start + 1;
    }
  }
  append_type(signature, start, strlen(start), dialect);
  return g_string_free(signature, FALSE);
}

/* --- statements ------------------------------------------------------------------------------- */

static gboolean
read_named(Walk *walk, DmigStatement *out)
{
  take_words(walk, "if not exists");
  out->path = take_path(walk);
  return out->path != NULL;
}

static gboolean
read_routine(Walk *walk, DmigStatement *out)
{
  out->path = take_path(walk);
  g_autofree char *arguments = out->path != NULL ? take_parentheses(walk) : NULL;
  if (arguments == NULL)
    return FALSE;
  out->detail = strcmp(arguments, "*") == 0 ? g_strdup("*")
                                            : dmig_routine_signature(arguments, walk->dialect);
  return TRUE;
}

/* A part of a relation: its name, and the relation's behind `word`. */
static gboolean
read_part(Walk *walk, DmigStatement *out, const char *word)
{
  take_words(walk, "if not exists");
  g_autofree char *name = take_path(walk);
  while (walk->token.kind != DMIG_TOKEN_END && !dmig_token_is(walk->token, word)) {
    if (dmig_token_is(walk->token, "("))
      g_free(take_parentheses(walk));
    else
      advance(walk);
  }
  advance(walk);
  out->path = take_path(walk);
  out->detail = name != NULL ? g_strdup(dmig_path_name(name)) : NULL;
  return out->path != NULL && name != NULL;
}

static gboolean
read_on(Walk *walk, DmigStatement *out)
{
  return read_part(walk, out, "on");
}

static gboolean
read_rule(Walk *walk, DmigStatement *out)
{
  return read_part(walk, out, "to");
}

static gboolean
read_using(Walk *walk, DmigStatement *out)
{
  g_autofree char *path = take_path(walk);
  while (walk->token.kind != DMIG_TOKEN_END && !dmig_token_is(walk->token, "using"))
    advance(walk);
  advance(walk);
  out->path = g_steal_pointer(&path);
  out->detail = is_name(walk->token) ? dmig_token_identifier(walk->token) : NULL;
  return out->path != NULL && out->detail != NULL;
}

/* One option of an operator's list: `LEFTARG = integer`. */
static char *
operand(const char *options, const char *word, const DmigDialect *dialect)
{
  Walk walk;
  for (walk_init(&walk, options, dialect); walk.token.kind != DMIG_TOKEN_END; advance(&walk)) {
    if (!take(&walk, word))
      continue;
    take(&walk, "=");
    const char *start = walk.token.start;
    const char *end = start;
    for (; walk.token.kind != DMIG_TOKEN_END && !dmig_token_is(walk.token, ","); advance(&walk))
      end = walk.token.start + walk.token.length;
    g_autofree char *type = g_strndup(start, (gsize) (end - start));
    return dialect != NULL ? dialect->canonical_type(type) : g_steal_pointer(&type);
  }
  return g_strdup("NONE");
}

static gboolean
read_operator(Walk *walk, DmigStatement *out)
{
  g_autofree char *schema = is_name(walk->token) ? take_path(walk) : NULL;
  const char *start = walk->token.start;
  while (walk->token.kind != DMIG_TOKEN_END && !dmig_token_is(walk->token, "("))
    advance(walk);
  g_autofree char *symbol = g_strstrip(g_strndup(start, (gsize) (walk->token.start - start)));
  g_autofree char *options = take_parentheses(walk);
  if (options == NULL)
    return FALSE;
  g_autofree char *left = operand(options, "leftarg", walk->dialect);
  g_autofree char *right = operand(options, "rightarg", walk->dialect);
  out->path = dmig_path_new(schema, symbol);
  out->detail = g_strdup_printf("(%s, %s)", left, right);
  return *symbol != '\0';
}

static gboolean
read_cast(Walk *walk, DmigStatement *out)
{
  g_autofree char *inside = take_parentheses(walk);
  if (inside == NULL)
    return FALSE;
  out->path = g_strdup_printf("(%s)", inside);
  out->drop = g_strdup_printf("DROP CAST %s;\n", out->path);
  return TRUE;
}

static gboolean
read_user_mapping(Walk *walk, DmigStatement *out)
{
  take_words(walk, "if not exists");
  if (!take(walk, "for") || !is_name(walk->token))
    return FALSE;
  g_autofree char *role = dmig_token_identifier(walk->token);
  advance(walk);
  if (!take(walk, "server"))
    return FALSE;
  out->path = take_path(walk);
  if (out->path == NULL)
    return FALSE;
  gboolean word = g_ascii_strcasecmp(role, "public") == 0 || g_ascii_strcasecmp(role, "user") == 0;
  g_autofree char *who = word ? g_strdup(role) : dmig_sql_identifier(walk->dialect, role);
  out->drop = dmig_sql_printf(walk->dialect, "DROP USER MAPPING FOR %s SERVER %I;\n", who,
                              out->path);
  out->detail = g_steal_pointer(&role);
  return TRUE;
}

static gboolean
read_transform(Walk *walk, DmigStatement *out)
{
  if (!take(walk, "for"))
    return FALSE;
  const char *start = walk->token.start;
  while (walk->token.kind != DMIG_TOKEN_END && !dmig_token_is(walk->token, "language"))
    advance(walk);
  g_autofree char *type = g_strstrip(g_strndup(start, (gsize) (walk->token.start - start)));
  advance(walk);
  out->path = take_path(walk);
  if (out->path == NULL)
    return FALSE;
  out->drop = dmig_sql_printf(walk->dialect, "DROP TRANSFORM FOR %s LANGUAGE %I;\n", type,
                              out->path);
  out->detail = g_steal_pointer(&type);
  return TRUE;
}

/* CREATE TYPE name … : what kind is told by what follows. */
static gboolean
read_type(Walk *walk, DmigStatement *out)
{
  out->path = take_path(walk);
  if (out->path == NULL)
    return FALSE;
  if (take_words(walk, "as range"))
    out->kind = DMIG_OBJECT_RANGE_TYPE;
  else if (take(walk, "as") && dmig_token_is(walk->token, "("))
    out->kind = DMIG_OBJECT_COMPOSITE_TYPE;
  return TRUE;
}

static gboolean
read_virtual_table(Walk *walk, DmigStatement *out)
{
  if (!read_named(walk, out))
    return FALSE;
  out->drop = dmig_sql_printf(walk->dialect, "DROP TABLE %I;\n", out->path);
  return TRUE;
}

/* In an order in which no earlier one takes what is a later one's. */
static const struct {
  const char *words;
  DmigObjectKind kind;
  gboolean (*read)(Walk *walk, DmigStatement *out);
  const char *drop_word; /* where it is not the kind's usual one */
} creates[] = {
  { "function", DMIG_OBJECT_ROUTINE, read_routine, "FUNCTION" },
  { "procedure", DMIG_OBJECT_ROUTINE, read_routine, "PROCEDURE" },
  { "aggregate", DMIG_OBJECT_ROUTINE, read_routine, "AGGREGATE" },
  { "event trigger", DMIG_OBJECT_EVENT_TRIGGER, read_named, NULL },
  { "constraint trigger", DMIG_OBJECT_TRIGGER, read_on, NULL },
  { "trigger", DMIG_OBJECT_TRIGGER, read_on, NULL },
  { "policy", DMIG_OBJECT_POLICY, read_on, NULL },
  { "rule", DMIG_OBJECT_RULE, read_rule, NULL },
  { "cast", DMIG_OBJECT_CAST, read_cast, NULL },
  { "operator class", DMIG_OBJECT_OPERATOR_CLASS, read_using, NULL },
  { "operator family", DMIG_OBJECT_OPERATOR_FAMILY, read_using, NULL },
  { "operator", DMIG_OBJECT_OPERATOR, read_operator, NULL },
  { "text search configuration", DMIG_OBJECT_TS_CONFIGURATION, read_named, NULL },
  { "text search dictionary", DMIG_OBJECT_TS_DICTIONARY, read_named, NULL },
  { "text search parser", DMIG_OBJECT_TS_PARSER, read_named, NULL },
  { "text search template", DMIG_OBJECT_TS_TEMPLATE, read_named, NULL },
  { "foreign data wrapper", DMIG_OBJECT_FOREIGN_DATA_WRAPPER, read_named, NULL },
  { "foreign table", DMIG_OBJECT_FOREIGN_TABLE, read_named, NULL },
  { "server", DMIG_OBJECT_FOREIGN_SERVER, read_named, NULL },
  { "user mapping", DMIG_OBJECT_USER_MAPPING, read_user_mapping, NULL },
  { "publication", DMIG_OBJECT_PUBLICATION, read_named, NULL },
  { "subscription", DMIG_OBJECT_SUBSCRIPTION, read_named, NULL },
  { "statistics", DMIG_OBJECT_STATISTICS, read_named, NULL },
  { "collation", DMIG_OBJECT_COLLATION, read_named, NULL },
  { "conversion", DMIG_OBJECT_CONVERSION, read_named, NULL },
  { "language", DMIG_OBJECT_LANGUAGE, read_named, NULL },
  { "access method", DMIG_OBJECT_ACCESS_METHOD, read_named, NULL },
  { "transform", DMIG_OBJECT_TRANSFORM, read_transform, NULL },
  { "domain", DMIG_OBJECT_DOMAIN, read_named, NULL },
  { "type", DMIG_OBJECT_BASE_TYPE, read_type, NULL },
  { "sequence", DMIG_OBJECT_SEQUENCE, read_named, NULL },
  { "materialized view", DMIG_OBJECT_MATERIALIZED_VIEW, read_named, NULL },
  { "view", DMIG_OBJECT_VIEW, read_named, NULL },
  { "schema", DMIG_OBJECT_SCHEMA, read_named, NULL },
  { "extension", DMIG_OBJECT_EXTENSION, read_named, NULL },
  { "virtual table", DMIG_OBJECT_VIRTUAL_TABLE, read_virtual_table, NULL },
};

static void
skip_modifiers(Walk *walk)
{
  static const char *const modifiers[]
      = { "unlogged", "temporary", "temp", "trusted", "procedural", "recursive", "default" };
  take_words(walk, "or replace");
  for (guint i = 0; i < G_N_ELEMENTS(modifiers); i++)
    take(walk, modifiers[i]);
}

gboolean
dmig_statement_parse(const char *sql, const DmigDialect *dialect, DmigStatement *out_statement)
{
  g_auto(DmigStatement) found = { 0 };
  Walk walk;
  walk_init(&walk, sql, dialect);
  if (!take(&walk, "create"))
    return FALSE;
  skip_modifiers(&walk);
  for (guint i = 0; i < G_N_ELEMENTS(creates); i++) {
    if (!take_words(&walk, creates[i].words))
      continue;
    found.kind = creates[i].kind;
    if (!creates[i].read(&walk, &found))
      return FALSE;
    g_autofree char *what = dmig_object_sql(dialect, found.kind, found.path, found.detail,
                                            creates[i].drop_word);
    if (found.drop == NULL && what != NULL)
      found.drop = g_strdup_printf("DROP %s;\n", what);
    *out_statement = found;
    memset(&found, 0, sizeof found);
    return TRUE;
  }
  return FALSE;
}
