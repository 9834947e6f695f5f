#include "core/db/postgres/type.h"

#include <stdlib.h>
#include <string.h>

#include "core/db/postgres/postgres.h"
#include "core/domain/type.h"
#include "core/sql/text.h"

/* A spelling of a type, split where its modifiers stand: `timestamp` (3) ` with time zone`. */
typedef struct {
  const char *alias;
  DmigPgFamily family;
  const char *name;
  const char *tail;
} Spelling;

static const Spelling spellings[] = {
  { "bigint", DMIG_PG_BIGINT, "bigint", "" },
  { "bigserial", DMIG_PG_BIGINT, "bigint", "" },
  { "bool", DMIG_PG_BOOLEAN, "boolean", "" },
  { "boolean", DMIG_PG_BOOLEAN, "boolean", "" },
  { "bpchar", DMIG_PG_CHAR, "character", "" },
  { "bytea", DMIG_PG_BYTEA, "bytea", "" },
  { "char", DMIG_PG_CHAR, "character", "" },
  { "char varying", DMIG_PG_VARCHAR, "character varying", "" },
  { "character", DMIG_PG_CHAR, "character", "" },
  { "character varying", DMIG_PG_VARCHAR, "character varying", "" },
  { "date", DMIG_PG_DATE, "date", "" },
  { "dec", DMIG_PG_NUMERIC, "numeric", "" },
  { "decimal", DMIG_PG_NUMERIC, "numeric", "" },
  { "double precision", DMIG_PG_DOUBLE, "double precision", "" },
  { "float", DMIG_PG_DOUBLE, "double precision", "" },
  { "float4", DMIG_PG_REAL, "real", "" },
  { "float8", DMIG_PG_DOUBLE, "double precision", "" },
  { "int", DMIG_PG_INTEGER, "integer", "" },
  { "int2", DMIG_PG_SMALLINT, "smallint", "" },
  { "int4", DMIG_PG_INTEGER, "integer", "" },
  { "int8", DMIG_PG_BIGINT, "bigint", "" },
  { "integer", DMIG_PG_INTEGER, "integer", "" },
  { "interval", DMIG_PG_INTERVAL, "interval", "" },
  { "json", DMIG_PG_JSON, "json", "" },
  { "jsonb", DMIG_PG_JSONB, "jsonb", "" },
  { "national char", DMIG_PG_CHAR, "character", "" },
  { "national character", DMIG_PG_CHAR, "character", "" },
  { "nchar", DMIG_PG_CHAR, "character", "" },
  { "numeric", DMIG_PG_NUMERIC, "numeric", "" },
  { "real", DMIG_PG_REAL, "real", "" },
  { "serial", DMIG_PG_INTEGER, "integer", "" },
  { "serial2", DMIG_PG_SMALLINT, "smallint", "" },
  { "serial4", DMIG_PG_INTEGER, "integer", "" },
  { "serial8", DMIG_PG_BIGINT, "bigint", "" },
  { "smallint", DMIG_PG_SMALLINT, "smallint", "" },
  { "smallserial", DMIG_PG_SMALLINT, "smallint", "" },
  { "text", DMIG_PG_TEXT, "text", "" },
  { "time", DMIG_PG_TIME, "time", " without time zone" },
  { "time with time zone", DMIG_PG_OTHER, "time", " with time zone" },
  { "time without time zone", DMIG_PG_TIME, "time", " without time zone" },
  { "timestamp", DMIG_PG_TIMESTAMP, "timestamp", " without time zone" },
  { "timestamp with time zone", DMIG_PG_TIMESTAMPTZ, "timestamp", " with time zone" },
  { "timestamp without time zone", DMIG_PG_TIMESTAMP, "timestamp", " without time zone" },
  { "timestamptz", DMIG_PG_TIMESTAMPTZ, "timestamp", " with time zone" },
  { "timetz", DMIG_PG_OTHER, "time", " with time zone" },
  { "uuid", DMIG_PG_UUID, "uuid", "" },
  { "varbit", DMIG_PG_OTHER, "bit varying", "" },
  { "varchar", DMIG_PG_VARCHAR, "character varying", "" },
};

/* Lower case and single spaces outside of double quotes. */
static char *
fold(const char *text)
{
  GString *folded = g_string_new(NULL);
  gboolean quoted = FALSE;
  for (const char *p = text; *p != '\0'; p++) {
    if (*p == '"')
      quoted = !quoted;
    if (!quoted && g_ascii_isspace(*p)) {
      if (folded->len > 0 && folded->str[folded->len - 1] != ' ')
        g_string_append_c(folded, ' ');
      continue;
    }
    g_string_append_c(folded, quoted ? *p : g_ascii_tolower(*p));
  }
  return g_strchomp(g_string_free(folded, FALSE));
}

/* Cuts `[]`, `[3][4]` or ` array` off the end of `text`; whether there was any. */
static gboolean
cut_array(char *text)
{
  gboolean array = FALSE;
  for (;;) {
    g_strchomp(text);
    gsize length = strlen(text);
    if (length > 2 && text[length - 1] == ']') {
      char *open = strrchr(text, '[');
      if (open == NULL)
        return array;
      *open = '\0';
    } else if (length > 6 && g_ascii_strcasecmp(text + length - 6, " array") == 0) {
      text[length - 6] = '\0';
    } else {
      return array;
    }
    array = TRUE;
  }
}

/* The opening parenthesis of the modifiers, outside of quotes, or NULL. */
static const char *
find_modifiers(const char *text)
{
  gboolean quoted = FALSE;
  for (const char *p = text; *p != '\0'; p++) {
    if (*p == '"')
      quoted = !quoted;
    else if (*p == '(' && !quoted)
      return p;
  }
  return NULL;
}

static int
compare_spelling(const void *key, const void *spelling)
{
  return strcmp(key, ((const Spelling *) spelling)->alias);
}

static const Spelling *
find_spelling(const char *name)
{
  if (g_str_has_prefix(name, "pg_catalog."))
    name += strlen("pg_catalog.");
  return bsearch(name, spellings, G_N_ELEMENTS(spellings), sizeof *spellings, compare_spelling);
}

static void
read_modifiers(DmigPgType *self, const char *modifiers)
{
  if (modifiers == NULL)
    return;
  char *end = NULL;
  self->length = (int) strtol(modifiers, &end, 10);
  if (self->family != DMIG_PG_NUMERIC)
    return;
  end += strspn(end, " \t\n");
  self->scale = *end == ',' ? (int) strtol(end + 1, NULL, 10) : 0;
}

static char *
spell_element(const DmigPgType *self, const Spelling *spelling)
{
  if (self->length == DMIG_PG_NO_MODIFIER)
    return g_strconcat(spelling->name, spelling->tail, NULL);
  if (self->family == DMIG_PG_NUMERIC)
    return g_strdup_printf("numeric(%d,%d)", self->length, self->scale);
  return g_strdup_printf("%s(%d)%s", spelling->name, self->length, spelling->tail);
}

/* `float(24)` chooses between two types; `char` alone is char(1) but `bpchar` has no limit; the
 * fields of an interval stand before its modifier. */
static gboolean
settle_oddities(DmigPgType *self, const Spelling *spelling)
{
  if (g_str_equal(spelling->alias, "float") && self->length != DMIG_PG_NO_MODIFIER) {
    self->family = self->length <= 24 ? DMIG_PG_REAL : DMIG_PG_DOUBLE;
    self->element = g_strdup(self->length <= 24 ? "real" : "double precision");
    self->length = DMIG_PG_NO_MODIFIER;
    return TRUE;
  }
  if (self->family == DMIG_PG_CHAR && self->length == DMIG_PG_NO_MODIFIER) {
    if (g_str_equal(spelling->alias, "bpchar")) {
      self->element = g_strdup("bpchar");
      return TRUE;
    }
    self->length = 1;
  }
  return FALSE;
}

void
dmig_pg_type_parse(const char *native, DmigPgType *out)
{
  *out = (DmigPgType){ DMIG_PG_OTHER, NULL, FALSE, DMIG_PG_NO_MODIFIER, DMIG_PG_NO_MODIFIER };
  g_autofree char *text = g_strstrip(g_strdup(native));
  out->array = cut_array(text);

  const char *open = find_modifiers(text);
  const char *close = open != NULL ? strchr(open, ')') : NULL;
  g_autofree char *modifiers = close != NULL ? g_strndup(open, (gsize) (close - open) + 1) : NULL;
  g_autofree char *bare = close != NULL
                              ? g_strdup_printf("%.*s %s", (int) (open - text), text, close + 1)
                              : g_strdup(text);
  g_autofree char *name = fold(bare);

  const Spelling *spelling = find_spelling(name);
  if (spelling != NULL) {
    out->family = spelling->family;
    read_modifiers(out, modifiers != NULL ? modifiers + 1 : NULL);
    if (!settle_oddities(out, spelling))
      out->element = spell_element(out, spelling);
    return;
  }
  if (g_str_has_prefix(name, "interval "))
    out->family = DMIG_PG_INTERVAL;
  out->element = g_str_equal(name, "bit") && modifiers == NULL ? g_strdup("bit(1)")
                                                               : g_strconcat(name, modifiers, NULL);
}

void
dmig_pg_type_clear(DmigPgType *self)
{
  g_clear_pointer(&self->element, g_free);
}

gboolean
dmig_pg_type_same_base(const DmigPgType *a, const DmigPgType *b)
{
  if (a->family != b->family || a->array != b->array)
    return FALSE;
  return a->family != DMIG_PG_OTHER || g_str_equal(a->element, b->element);
}

/* As format_type() prints it. Owned. */
static char *
type_to_sql(const DmigPgType *self)
{
  return g_strconcat(self->element, self->array ? "[]" : NULL, NULL);
}

char *
dmig_pg_canonical_type(const char *native)
{
  g_auto(DmigPgType) type;
  dmig_pg_type_parse(native, &type);
  return type_to_sql(&type);
}

static char *
lower_array(const DmigType *type, const char *enum_name)
{
  /* An array of arrays is the same type as an array: PostgreSQL keeps no number of dimensions. */
  g_autofree char *element = dmig_pg_lower_type(type->element, enum_name);
  return g_str_has_suffix(element, "[]") ? g_steal_pointer(&element)
                                         : g_strconcat(element, "[]", NULL);
}

char *
dmig_pg_lower_type(const DmigType *type, const char *enum_name)
{
  switch (type->kind) {
  case DMIG_TYPE_BOOLEAN:
    return g_strdup("boolean");
  case DMIG_TYPE_SMALLINT:
    return g_strdup("smallint");
  case DMIG_TYPE_INTEGER:
    return g_strdup("integer");
  case DMIG_TYPE_BIGINT:
    return g_strdup("bigint");
  case DMIG_TYPE_DECIMAL:
    return type->precision == 0 ? g_strdup("numeric")
                                : g_strdup_printf("numeric(%u,%u)", type->precision, type->scale);
  case DMIG_TYPE_REAL:
    return g_strdup("real");
  case DMIG_TYPE_DOUBLE:
    return g_strdup("double precision");
  case DMIG_TYPE_STRING:
    return type->length == 0 ? g_strdup("character varying")
                             : g_strdup_printf("character varying(%u)", type->length);
  case DMIG_TYPE_TEXT:
    return g_strdup("text");
  case DMIG_TYPE_BINARY:
    return g_strdup("bytea");
  case DMIG_TYPE_DATE:
    return g_strdup("date");
  case DMIG_TYPE_TIME:
    return g_strdup("time without time zone");
  case DMIG_TYPE_TIMESTAMP:
    return g_strdup("timestamp without time zone");
  case DMIG_TYPE_TIMESTAMPTZ:
    return g_strdup("timestamp with time zone");
  case DMIG_TYPE_INTERVAL:
    return g_strdup("interval");
  case DMIG_TYPE_UUID:
    return g_strdup("uuid");
  case DMIG_TYPE_JSON:
    return g_strdup("jsonb");
  case DMIG_TYPE_ENUM:
    return dmig_sql_identifier(&dmig_postgres_dialect,
                               enum_name != NULL ? enum_name : type->enum_name);
  case DMIG_TYPE_ARRAY:
    return lower_array(type, enum_name);
  }
  g_return_val_if_reached(NULL);
}
