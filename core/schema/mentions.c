/* A view's `total` may be a column or another view: in a list of expressions it is a column, behind
 * FROM it is not. */
#include "core/schema/mentions.h"

#include <string.h>

#include "core/sql/lexer.h"

/* How a name stands in a text; several add up. */
typedef enum {
  WAY_RELATION = 1 << 0, /* where a relation may stand, without a schema */
  WAY_VALUE = 1 << 1,    /* where only a value may, or behind AS */
  WAY_CALLED = 1 << 2,   /* before an opening parenthesis */
  WAY_GIVEN = 1 << 3,    /* behind an equals sign, or SUPPORT: it may be a function's without arguments */
} Way;

typedef struct {
  guint ways;
  GHashTable *schemas; /* what stands before a dot before it, where a relation may stand: set; or NULL */
} Name;

struct _DmigMentions {
  DmigObjectKind kind;
  const DmigDialect *dialect;
  GHashTable *names; /* folded -> Name* */
  gboolean star;
};

/* What may stand at a place, by the last keyword before it in the same parentheses. */
typedef enum {
  ANYWHERE,
  AMONG_RELATIONS,
  AMONG_VALUES,
} Place;

typedef struct {
  const char *sql;
  GArray *tokens; /* DmigToken, without spaces */
  GArray *places; /* Place, of the parentheses that are open */
  Place place;
  const char *own; /* folded: the next time this name stands here it names what is made; NULL: no more */
  gboolean whole;  /* so it does each time */
} Scan;

static void
name_free(gpointer data)
{
  Name *self = data;

  g_clear_pointer(&self->schemas, g_hash_table_unref);
  g_free(self);
}

static const DmigToken *
token_at(const Scan *self, guint i)
{
  return i < self->tokens->len ? &g_array_index(self->tokens, DmigToken, i) : NULL;
}

static gboolean
is_at(const Scan *self, guint i, const char *word)
{
  const DmigToken *token = token_at(self, i);

  return token != NULL && dmig_token_is(*token, word);
}

static gboolean
is_one_of(const Scan *self, guint i, const char *const *words)
{
  for (guint j = 0; words[j] != NULL; j++)
    if (is_at(self, i, words[j]))
      return TRUE;
  return FALSE;
}

static gboolean
is_name_at(const Scan *self, guint i)
{
  const DmigToken *token = token_at(self, i);

  return token != NULL && (token->kind == DMIG_TOKEN_WORD || token->kind == DMIG_TOKEN_QUOTED);
}

static void
follow_place(Scan *self, guint i)
{
  static const char *const values[] = { "SELECT", "WHERE",     "BY",    "HAVING",
                                        "VALUES", "RETURNING", "LIMIT", NULL };
  static const char *const relations[] = { "FROM", "JOIN", "INTO", NULL };
  static const char *const conditions[] = { "ON", "USING", NULL };

  if (is_at(self, i, "(")) {
    g_array_append_val(self->places, self->place);
  } else if (is_at(self, i, ")") && self->places->len > 0) {
    self->place = g_array_index(self->places, Place, self->places->len - 1);
    g_array_set_size(self->places, self->places->len - 1);
  } else if (is_at(self, i, ";")) {
    self->place = ANYWHERE;
  } else if (is_one_of(self, i, values)) {
    self->place = AMONG_VALUES;
  } else if (is_one_of(self, i, relations)) {
    self->place = AMONG_RELATIONS;
  } else if (self->place == AMONG_RELATIONS && is_one_of(self, i, conditions)) {
    self->place = AMONG_VALUES;
  }
}

static Name *
name_of(DmigMentions *self, const char *identifier)
{
  g_autofree char *folded = g_ascii_strdown(identifier, -1);
  Name *name = g_hash_table_lookup(self->names, folded);

  if (name == NULL) {
    name = g_new0(Name, 1);
    g_hash_table_insert(self->names, g_steal_pointer(&folded), name);
  }
  return name;
}

/* Whether the name at `i` is all of a string that is cast to `regclass` or the like, but for its schema. */
static gboolean
is_in_string(const Scan *self, guint i)
{
  const DmigToken *last = token_at(self, i);
  const DmigToken *first = i > 1 && is_at(self, i - 1, ".") ? token_at(self, i - 2) : last;

  return first->start > self->sql && first->start[-1] == '\'' && last->start[last->length] == '\'';
}

/* SQLite takes a table behind IN. */
static gboolean
may_be_relation(const Scan *self, guint i)
{
  if (i > 0 && is_at(self, i - 1, "AS"))
    return FALSE;
  if (is_in_string(self, i))
    return TRUE;
  return self->place != AMONG_VALUES || (i > 0 && is_at(self, i - 1, "IN"));
}

static gboolean
is_given(const Scan *self, guint i)
{
  guint before = i > 2 && is_at(self, i - 1, ".") && is_name_at(self, i - 2) ? i - 3 : i - 1;

  return i > 0 && (is_at(self, before, "=") || is_at(self, before, "SUPPORT"));
}

/* Whether it is what the statement makes that is called so at `i`, and no schema. */
static gboolean
is_own_name(Scan *self, guint i)
{
  if (self->own == NULL || is_at(self, i + 1, "."))
    return FALSE;
  g_autofree char *identifier = dmig_token_identifier(*token_at(self, i));
  gboolean own = g_ascii_strcasecmp(identifier, self->own) == 0;
  if (own && !self->whole)
    self->own = NULL;
  return own;
}

/* PostgreSQL manual 4.1.3, "Operators". */
static gboolean
is_operator_at(const Scan *self, guint i)
{
  const DmigToken *token = token_at(self, i);

  return token != NULL && token->kind == DMIG_TOKEN_SYMBOL &&
         strchr("+-*/<>=~!@#%^&|`?", *token->start) != NULL;
}

/* Whether the star at `i` stands for columns: not in a count(*), nor between two operands. A
 * parenthesis before it may close a DISTINCT ON. */
static gboolean
stands_for_columns(const Scan *self, guint i)
{
  static const char *const before[] = { "SELECT", "DISTINCT", "ALL", "RETURNING",
                                        ",",      ".",        ")",   NULL };

  return i > 0 && is_at(self, i, "*") && is_one_of(self, i - 1, before);
}

/* An operator may be read as several symbols; the last of them. */
static guint
add_operator(DmigMentions *self, const Scan *scan, guint i)
{
  const DmigToken *first = token_at(scan, i), *last = first;

  for (; is_operator_at(scan, i + 1) && token_at(scan, i + 1)->start == last->start + last->length; i++)
    last = token_at(scan, i + 1);
  g_autofree char *symbol = g_strndup(first->start, last->start + last->length - first->start);
  name_of(self, symbol);
  return i;
}

static void
add_name(DmigMentions *self, const Scan *scan, guint i)
{
  g_autofree char *identifier = dmig_token_identifier(*token_at(scan, i));
  Name *name = name_of(self, identifier);
  gboolean relation = may_be_relation(scan, i);

  if (is_at(scan, i + 1, "("))
    name->ways |= WAY_CALLED;
  if (is_given(scan, i))
    name->ways |= WAY_GIVEN;
  if (i > 1 && is_at(scan, i - 1, ".") && is_name_at(scan, i - 2)) {
    name->ways |= WAY_VALUE;
    if (!relation)
      return;
    if (name->schemas == NULL)
      name->schemas = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    g_hash_table_add(name->schemas, dmig_token_identifier(*token_at(scan, i - 2)));
  } else {
    name->ways |= relation ? WAY_RELATION : WAY_VALUE;
  }
}

/* Whether the argument, of a function, that begins at `i` begins with its own name, not its type's. */
static gboolean
is_argument_name(const Scan *self, guint i)
{
  static const char *const behind_types[] = { "DEFAULT", "ORDER", NULL };

  return is_name_at(self, i) && is_name_at(self, i + 1) && !is_one_of(self, i + 1, behind_types);
}

/* Leaves out the names of the arguments between the parentheses that open at `i`; the place behind
 * those that close. */
static guint
leave_out_argument_names(Scan *self, guint i)
{
  static const char *const modes[] = { "IN", "OUT", "INOUT", "VARIADIC", NULL };
  guint depth = 0;

  for (; i < self->tokens->len; i++) {
    gboolean open = is_at(self, i, "("), begins = open || is_at(self, i, ",");
    if (open)
      depth++;
    if (is_at(self, i, ")") && --depth == 0)
      return i + 1;
    if (depth != 1 || !begins)
      continue;
    while (is_one_of(self, i + 1, modes) && is_name_at(self, i + 2))
      i++;
    if (is_argument_name(self, i + 1))
      g_array_remove_index(self->tokens, i + 1);
  }
  return i;
}

static void
leave_out_routine_names(Scan *self)
{
  guint i = 0;

  while (i < self->tokens->len && !is_at(self, i, "("))
    i++;
  i = leave_out_argument_names(self, i);
  if (is_at(self, i, "RETURNS") && is_at(self, i + 1, "TABLE"))
    leave_out_argument_names(self, i + 2);
}

/* What stands in a string that is cast to `regclass` or the like is a name, too. */
static void
add_tokens_within(GArray *tokens, DmigToken string)
{
  const char *end = string.start + string.length - 1;
  DmigLexer lexer;

  dmig_lexer_init(&lexer, string.start + 1);
  for (DmigToken token = dmig_lexer_next(&lexer); token.start < end; token = dmig_lexer_next(&lexer))
    if (token.kind != DMIG_TOKEN_SPACE && token.start + token.length <= end)
      g_array_append_val(tokens, token);
}

static GArray *
tokens_of(const char *sql)
{
  GArray *tokens = g_array_new(FALSE, FALSE, sizeof(DmigToken));
  DmigLexer lexer;

  dmig_lexer_init(&lexer, sql);
  for (DmigToken token = dmig_lexer_next(&lexer); token.kind != DMIG_TOKEN_END;
       token = dmig_lexer_next(&lexer)) {
    if (token.kind == DMIG_TOKEN_STRING && *token.start == '\'' && !token.unterminated &&
        g_str_has_prefix(lexer.next, "::reg"))
      add_tokens_within(tokens, token);
    else if (token.kind != DMIG_TOKEN_SPACE)
      g_array_append_val(tokens, token);
  }
  return tokens;
}

static DmigMentions *
mentions_new(DmigObjectKind kind, const DmigDialect *dialect)
{
  DmigMentions *self = g_new0(DmigMentions, 1);

  self->kind = kind;
  self->dialect = dialect;
  self->names = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, name_free);
  return self;
}

static void
collect(DmigMentions *self, const char *sql, const char *own, gboolean whole)
{
  g_autoptr(GArray) tokens = tokens_of(sql);
  g_autoptr(GArray) places = g_array_new(FALSE, FALSE, sizeof(Place));
  gboolean expression = self->kind == DMIG_OBJECT_COLUMN || self->kind == DMIG_OBJECT_CONSTRAINT ||
                        self->kind == DMIG_OBJECT_INDEX;
  Scan scan = { sql, tokens, places, expression ? AMONG_VALUES : ANYWHERE, own, whole };

  if (self->kind == DMIG_OBJECT_ROUTINE)
    leave_out_routine_names(&scan);
  for (guint i = 0; i < tokens->len; i++) {
    follow_place(&scan, i);
    if (is_name_at(&scan, i) && !dmig_token_is_keyword(*token_at(&scan, i), self->dialect)) {
      if (!is_own_name(&scan, i))
        add_name(self, &scan, i);
    } else if (is_operator_at(&scan, i)) {
      self->star |= stands_for_columns(&scan, i);
      i = add_operator(self, &scan, i);
    }
  }
}

DmigMentions *
dmig_mentions_new(DmigObjectKind kind, const char *sql, const DmigDialect *dialect)
{
  DmigMentions *self = mentions_new(kind, dialect);

  collect(self, sql, NULL, FALSE);
  return self;
}

/* Whether the path of such an object ends with its own name, and not with that of what it belongs to. */
static gboolean
goes_by_path(DmigObjectKind kind)
{
  return !dmig_object_kind_is_part(kind) && kind != DMIG_OBJECT_USER_MAPPING &&
         kind != DMIG_OBJECT_TRANSFORM;
}

DmigMentions *
dmig_mentions_new_about(const char *address, const char *sql, gboolean whole,
                        const DmigDialect *dialect)
{
  DmigObjectKind kind = dmig_address_kind(address);
  DmigMentions *self = mentions_new(kind, dialect);
  g_autofree char *path = dmig_address_path(address);

  /* What makes a type of its own in C also makes the functions of that name which it needs. */
  collect(self, sql, goes_by_path(kind) ? dmig_path_name(path) : NULL,
          whole || kind == DMIG_OBJECT_BASE_TYPE);
  return self;
}

DmigMentions *
dmig_mentions_new_bodies(const char *sql, const DmigDialect *dialect)
{
  DmigMentions *self = mentions_new(DMIG_OBJECT_KINDS, dialect);
  g_autoptr(GArray) tokens = tokens_of(sql);

  for (guint i = 0; i < tokens->len; i++) {
    DmigToken token = g_array_index(tokens, DmigToken, i);
    const char *body = *token.start == '$' ? strchr(token.start + 1, '$') : token.start;
    gsize quote = body != NULL ? (gsize) (body + 1 - token.start) : token.length;
    if (token.kind != DMIG_TOKEN_STRING || token.length <= 2 * quote)
      continue;
    g_autofree char *inner = g_strndup(token.start + quote, token.length - 2 * quote);
    collect(self, inner, NULL, FALSE);
  }
  return self;
}

void
dmig_mentions_free(DmigMentions *self)
{
  if (self == NULL)
    return;
  g_hash_table_unref(self->names);
  g_free(self);
}

GList *
dmig_mentions_names(const DmigMentions *self)
{
  return g_hash_table_get_keys(self->names);
}

gboolean
dmig_mentions_column(const DmigMentions *self, const char *name)
{
  g_autofree char *folded = g_ascii_strdown(name, -1);

  return g_hash_table_contains(self->names, folded);
}

gboolean
dmig_mentions_star(const DmigMentions *self)
{
  return self->star;
}

/* --- which object is meant ------------------------------------------------------------------- */

static gboolean
is_relation(DmigObjectKind kind)
{
  return kind == DMIG_OBJECT_TABLE || kind == DMIG_OBJECT_FOREIGN_TABLE ||
         kind == DMIG_OBJECT_VIRTUAL_TABLE || kind == DMIG_OBJECT_VIEW ||
         kind == DMIG_OBJECT_MATERIALIZED_VIEW || kind == DMIG_OBJECT_SEQUENCE;
}

/* Whether `name`, in the text of an object of kind `in`, may be that of a function: calls have
 * parentheses, and what else names functions that are a part of it mostly says `SFUNC = f`. */
static gboolean
means_routine(const Name *name, DmigObjectKind in)
{
  switch ((guint) in) {
  case DMIG_OBJECT_LANGUAGE:
  case DMIG_OBJECT_ACCESS_METHOD:
  case DMIG_OBJECT_CONVERSION:
  case DMIG_OBJECT_TS_PARSER:
  case DMIG_OBJECT_TS_TEMPLATE:
  case DMIG_OBJECT_FOREIGN_DATA_WRAPPER:
    return TRUE;
  case DMIG_OBJECT_ROUTINE:
  case DMIG_OBJECT_OPERATOR:
  case DMIG_OBJECT_BASE_TYPE:
  case DMIG_OBJECT_RANGE_TYPE:
    return (name->ways & (WAY_CALLED | WAY_GIVEN)) != 0;
  default:
    return (name->ways & WAY_CALLED) != 0;
  }
}

/* Operators name one another, and whose other half is there first does not matter; nor do all equals
 * signs compare. */
static gboolean
means_operator(const char *symbol, DmigObjectKind in)
{
  if (in == DMIG_OBJECT_OPERATOR_CLASS || in == DMIG_OBJECT_OPERATOR_FAMILY)
    return TRUE;
  return in != DMIG_OBJECT_OPERATOR && strcmp(symbol, "=") != 0;
}

static gboolean
means_relation(const Name *name, const char *schema, GHashTable *schemas)
{
  GHashTableIter iter;
  gpointer qualifier = NULL;

  if (schema == NULL && (name->ways & WAY_RELATION))
    return TRUE;
  if (name->schemas == NULL)
    return FALSE;
  if (schema != NULL)
    return g_hash_table_contains(name->schemas, schema);
  /* The default schema may be called anything. */
  g_hash_table_iter_init(&iter, name->schemas);
  while (g_hash_table_iter_next(&iter, &qualifier, NULL))
    if (!g_hash_table_contains(schemas, qualifier))
      return TRUE;
  return FALSE;
}

DmigMentioned
dmig_mentions_object(const DmigMentions *self, const char *address, GHashTable *schemas)
{
  DmigObjectKind kind = dmig_address_kind(address);
  g_autofree char *path = dmig_address_path(address);
  g_autofree char *schema = dmig_path_schema(path);
  g_autofree char *folded = g_ascii_strdown(dmig_path_name(path), -1);
  const Name *name = g_hash_table_lookup(self->names, folded);
  gboolean meant = TRUE;

  if (name == NULL || (kind == DMIG_OBJECT_OPERATOR && !means_operator(folded, self->kind)))
    return DMIG_MENTIONED_NOT;
  if (is_relation(kind))
    meant = means_relation(name, schema, schemas);
  else if (kind == DMIG_OBJECT_ROUTINE)
    meant = means_routine(name, self->kind);
  return meant ? DMIG_MENTIONED : DMIG_MENTIONED_MAYBE;
}
