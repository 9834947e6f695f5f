#include "core/apply/proof/values.h"

#include <string.h>

#include "core/domain/type.h"
#include "core/sql/lexer.h"
#include "core/sql/text.h"

/* The families of types that take alike values, whatever a dialect calls its types. */
typedef enum {
  FAMILY_TEXT,
  FAMILY_INTEGER,
  FAMILY_DECIMAL,
  FAMILY_FLOAT,
  FAMILY_BOOLEAN,
  FAMILY_BINARY,
  FAMILY_DATE,
  FAMILY_TIME,
  FAMILY_TIMESTAMP,
  FAMILY_INTERVAL,
  FAMILY_UUID,
  FAMILY_JSON,
  FAMILY_ARRAY,
  FAMILY_NETWORK,
} Family;

typedef struct {
  Family family;
  guint first, second; /* what stands in the type's parentheses; 0: nothing */
} Shape;

/* By prefix, so the longer of two that begin alike comes first. */
static const struct {
  const char *prefix;
  Family family;
} families[] = {
  { "interval", FAMILY_INTERVAL }, { "int", FAMILY_INTEGER },
  { "smallint", FAMILY_INTEGER },  { "bigint", FAMILY_INTEGER },
  { "tinyint", FAMILY_INTEGER },   { "serial", FAMILY_INTEGER },
  { "bigserial", FAMILY_INTEGER }, { "decimal", FAMILY_DECIMAL },
  { "numeric", FAMILY_DECIMAL },   { "money", FAMILY_DECIMAL },
  { "real", FAMILY_FLOAT },        { "double", FAMILY_FLOAT },
  { "float", FAMILY_FLOAT },       { "bool", FAMILY_BOOLEAN },
  { "bytea", FAMILY_BINARY },      { "blob", FAMILY_BINARY },
  { "binary", FAMILY_BINARY },     { "datetime", FAMILY_TIMESTAMP },
  { "date", FAMILY_DATE },         { "timestamp", FAMILY_TIMESTAMP },
  { "time", FAMILY_TIME },         { "uuid", FAMILY_UUID },
  { "json", FAMILY_JSON },         { "inet", FAMILY_NETWORK },
  { "cidr", FAMILY_NETWORK },
};

static const char *const odd_texts[] = {
  "",
  "O'Brien",
  "\"quoted\"",
  "line\nbreak",
  "tab\tand \\ backslash",
  "\xf0\x9f\x90\x8c snail",
  "Stra\xc3\x9f\x65 \xc3\xbc",
  "\xe6\x97\xa5\xe6\x9c\xac\xe8\xaa\x9e",
  "NULL",
  "null",
  "0",
  "-1",
  "1e5",
  "  spaces  ",
  "100% _sure_",
  "; DROP TABLE x; --",
  "/* comment */",
  "$1 $$ :name ?",
  "e\xcc\x81",
};

static const char *const json_texts[] = {
  "{}", "[]", "null", "{\"a\": [1, 2.5, null, true], \"it's\": \"\xf0\x9f\x90\x8c\"}", "\"text\"",
};

static Shape
shape_of(const char *type)
{
  Shape shape = { .family = FAMILY_TEXT };
  if (g_str_has_suffix(type, "[]")) {
    shape.family = FAMILY_ARRAY;
    return shape;
  }
  for (guint i = 0; i < G_N_ELEMENTS(families); i++) {
    if (g_ascii_strncasecmp(type, families[i].prefix, strlen(families[i].prefix)) != 0)
      continue;
    shape.family = families[i].family;
    break;
  }
  const char *parenthesis = strchr(type, '(');
  if (parenthesis == NULL)
    return shape;
  char *end = NULL;
  shape.first = (guint) g_ascii_strtoull(parenthesis + 1, &end, 10);
  if (*end == ',')
    shape.second = (guint) g_ascii_strtoull(end + 1, NULL, 10);
  return shape;
}

static const char *
pick(GRand *random, const char *const *from, guint n)
{
  return from[g_rand_int_range(random, 0, (gint32)n)];
}

/* The beginning of `text` and all of `suffix` in at most `limit` characters (0: no limit). */
static char *
fit_text(const char *text, const char *suffix, guint limit)
{
  if (limit == 0)
    return g_strconcat(text, suffix, NULL);
  glong tail = g_utf8_strlen(suffix, -1);
  if (tail >= (glong)limit)
    return g_utf8_substring(suffix, tail - (glong)limit, tail);
  glong head = MIN(g_utf8_strlen(text, -1), (glong)limit - tail);
  g_autofree char *start = g_utf8_substring(text, 0, head);
  return g_strconcat(start, suffix, NULL);
}

static char *
text_value(const DmigValueSource *self, const Shape *shape, GRand *random, guint serial,
           guint attempt, DmigRowsStyle style)
{
  g_autofree char *suffix = self->unique ? g_strdup_printf("%u", serial) : g_strdup("");
  if (attempt > 0 && attempt % 3 == 0) {
    static const char *const plausible[]
        = { "x@example.com", "{}", "1", "2024-02-29", "ABC", "a", "abc-1", "https://example.com/" };
    return fit_text(pick(random, plausible, G_N_ELEMENTS(plausible)), suffix, shape->first);
  }
  if (style == DMIG_ROWS_TAME || attempt > 0) {
    g_autofree char *plain = g_strdup_printf("%c", 'a' + g_rand_int_range(random, 0, 26));
    return fit_text(plain, suffix, shape->first);
  }
  if (shape->first > 0 && g_rand_int_range(random, 0, 8) == 0) {
    g_autofree char *full = g_strnfill(MIN(shape->first, 4096), 'w');
    return fit_text(full, suffix, shape->first);
  }
  return fit_text(pick(random, odd_texts, G_N_ELEMENTS(odd_texts)), suffix, shape->first);
}

static char *
integer_value(const DmigValueSource *self, GRand *random, guint serial, guint attempt,
              DmigRowsStyle style)
{
  const char *type = self->column->type;
  if (self->unique)
    return g_strdup_printf("%u", serial + (attempt > 0 ? 1000 * attempt : 0));
  if (style == DMIG_ROWS_TAME || attempt > 0)
    return g_strdup_printf("%d", g_rand_int_range(random, 0, 100));
  static const char *const small[] = { "0", "1", "-1", "32767", "-32768" };
  static const char *const medium[] = { "0", "1", "-1", "2147483647", "-2147483648" };
  static const char *const big[]
      = { "0", "1", "-1", "9223372036854775807", "-9223372036854775807" };
  gboolean is_big = g_ascii_strncasecmp(type, "big", 3) == 0;
  gboolean is_small = g_ascii_strncasecmp(type, "small", 5) == 0;
  return g_strdup(pick(random, is_big ? big : is_small ? small : medium, 5));
}

static char *
decimal_value(const DmigValueSource *self, const Shape *shape, GRand *random, guint serial,
              guint attempt, DmigRowsStyle style)
{
  guint digits = shape->first > shape->second ? MIN(shape->first - shape->second, 15) : 0;
  if (shape->first == 0)
    digits = 9;
  if (self->unique)
    return digits > 0 ? g_strdup_printf("%u", serial) : g_strdup_printf("0.%u", serial);
  if (style == DMIG_ROWS_TAME || attempt > 0)
    return g_strdup_printf("%d", digits > 0 ? g_rand_int_range(random, 0, 10) : 0);
  g_autofree char *nines = g_strnfill(digits, '9');
  switch (g_rand_int_range(random, 0, 4)) {
  case 0:
    return g_strdup("0");
  case 1:
    return g_strdup(shape->second > 0 ? "-0.5" : "-1");
  case 2:
    return g_strdup_printf("%s%s", digits > 0 ? nines : "0", shape->second >= 2 ? ".75" : "");
  default:
    return g_strdup_printf("-%s", digits > 0 ? nines : "0");
  }
}

static char *
float_value(const DmigValueSource *self, GRand *random, guint serial, guint attempt,
            DmigRowsStyle style)
{
  if (self->unique)
    return g_strdup_printf("%u.5", serial);
  if (style == DMIG_ROWS_TAME || attempt > 0)
    return g_strdup_printf("%d", g_rand_int_range(random, 0, 10));
  static const char *const values[] = { "0", "1.5", "-2.25", "1000000", "-0.0078125" };
  return g_strdup(pick(random, values, G_N_ELEMENTS(values)));
}

/* A day far from the edges, so that no time zone moves it over one. */
static char *
date_text(GRand *random, guint serial, gboolean unique, DmigRowsStyle style)
{
  static const char *const odd[]
      = { "1970-01-01", "1999-12-31", "2024-02-29", "0900-06-15", "9900-01-01" };
  if (!unique && style == DMIG_ROWS_ODD)
    return g_strdup(pick(random, odd, G_N_ELEMENTS(odd)));
  guint day = unique ? serial : (guint) g_rand_int_range(random, 0, 300);
  return g_strdup_printf("%04u-%02u-%02u", 2001 + day / 336, 1 + day / 28 % 12, 1 + day % 28);
}

static char *
time_text(GRand *random, guint serial, gboolean unique)
{
  static const char *const odd[] = { "00:00:00", "23:59:59", "12:34:56" };
  if (!unique)
    return g_strdup(pick(random, odd, G_N_ELEMENTS(odd)));
  return g_strdup_printf("%02u:%02u:%02u", serial / 3600 % 24, serial / 60 % 60, serial % 60);
}

static char *
uuid_text(GRand *random)
{
  return g_strdup_printf("%08x-%04x-4%03x-8%03x-%08x%04x", g_rand_int(random),
                         g_rand_int(random) & 0xffff, g_rand_int(random) & 0xfff,
                         g_rand_int(random) & 0xfff, g_rand_int(random),
                         g_rand_int(random) & 0xffff);
}

static char *
binary_literal(const DmigValueSource *self, GRand *random, guint serial)
{
  DmigType type = { .kind = DMIG_TYPE_BINARY };
  g_autofree char *hex
      = g_strdup_printf("%08x%s", serial, g_rand_boolean(random) ? "00ff27225c" : "");
  return self->dialect->literal(&type, hex);
}

static char *
array_text(const DmigValueSource *self, GRand *random, DmigRowsStyle style)
{
  if (style == DMIG_ROWS_TAME || g_rand_boolean(random))
    return g_strdup("{}");
  g_autofree char *element = g_strndup(self->column->type, strlen(self->column->type) - 2);
  if (g_str_has_suffix(element, "[]"))
    return g_strdup("{}");
  DmigColumn column = { .type = element, .not_null = TRUE };
  DmigValueSource source = { .dialect = self->dialect, .column = &column, .labels = self->labels };
  Shape shape = shape_of(element);
  if (shape.family == FAMILY_BINARY)
    return g_strdup("{}");
  g_autofree char *literal = dmig_value_source_next(&source, random, 1, 1, DMIG_ROWS_TAME);
  if (*literal != '\'')
    return g_strdup_printf("{%s,NULL,%s}", literal, literal);
  g_autofree char *text = g_strndup(literal + 1, strlen(literal) - 2);
  return g_strdup_printf("{\"%s\",NULL,\"%s\"}", text, text);
}

/* What checks speak of comes up often, first of all where it is all that the column takes. */
static const char *
hinted(const DmigValueSource *self, GRand *random)
{
  if (self->hints == NULL || self->hints->len == 0 || g_rand_int_range(random, 0, 4) == 0)
    return NULL;
  return self->hints->pdata[g_rand_int_range(random, 0, (gint32)self->hints->len)];
}

static char *
plain_value(const DmigValueSource *self, GRand *random, guint serial, guint attempt,
            DmigRowsStyle style)
{
  Shape shape = shape_of(self->column->type);
  g_autofree char *day = date_text(random, serial, self->unique, style);
  g_autofree char *text = NULL;
  switch (shape.family) {
  case FAMILY_INTEGER:
    return integer_value(self, random, serial, attempt, style);
  case FAMILY_DECIMAL:
    return decimal_value(self, &shape, random, serial, attempt, style);
  case FAMILY_FLOAT:
    return float_value(self, random, serial, attempt, style);
  case FAMILY_BINARY:
    return binary_literal(self, random, serial);
  case FAMILY_BOOLEAN:
    return g_strdup(g_rand_boolean(random) ? "'1'" : "'0'");
  case FAMILY_DATE:
    text = g_steal_pointer(&day);
    break;
  case FAMILY_TIME:
    text = time_text(random, serial, self->unique);
    break;
  case FAMILY_TIMESTAMP: {
    g_autofree char *time = time_text(random, serial, FALSE);
    gboolean zone = strstr(self->column->type, "tz") || strstr(self->column->type, "with time");
    text = g_strdup_printf("%s %s%s", day, time, zone ? "+00:00" : "");
    break;
  }
  case FAMILY_INTERVAL:
    text = g_strdup_printf("%u days", self->unique ? serial : g_rand_int(random) % 9);
    break;
  case FAMILY_UUID:
    text = uuid_text(random);
    break;
  case FAMILY_JSON:
    text = g_strdup(pick(random, json_texts, G_N_ELEMENTS(json_texts)));
    break;
  case FAMILY_ARRAY:
    text = array_text(self, random, style);
    break;
  case FAMILY_NETWORK:
    text = g_strdup_printf("10.0.%u.%u", serial / 256 % 256, serial % 256);
    break;
  case FAMILY_TEXT:
    text = text_value(self, &shape, random, serial, attempt, style);
    break;
  }
  return dmig_sql_string(text);
}

char *
dmig_value_source_next(const DmigValueSource *self, GRand *random, guint serial, guint attempt,
                       DmigRowsStyle style)
{
  guint one_in = style == DMIG_ROWS_TAME ? 10 : 4;
  gboolean may_be_null = !self->column->not_null && !(self->unique && attempt == 0);
  if (may_be_null && g_rand_int_range(random, 0, (gint32)one_in) == 0)
    return g_strdup("NULL");
  if (self->labels != NULL && !g_str_has_suffix(self->column->type, "[]")) {
    guint n = g_strv_length(self->labels->labels);
    return n == 0 ? g_strdup("NULL")
                  : dmig_sql_string(self->labels->labels[(serial + g_rand_int(random)) % n]);
  }
  const char *hint = attempt > 0 || !self->unique ? hinted(self, random) : NULL;
  return hint ? g_strdup(hint) : plain_value(self, random, serial, attempt, style);
}

static gboolean
column_is_unique(const DmigTable *table, const char *column)
{
  for (guint i = 0; i < table->constraints->len; i++) {
    const DmigConstraint *constraint = table->constraints->pdata[i];
    if ((constraint->kind == DMIG_CONSTRAINT_PRIMARY_KEY
         || constraint->kind == DMIG_CONSTRAINT_UNIQUE)
        && g_strv_contains((const char *const *)constraint->columns, column))
      return TRUE;
  }
  for (guint i = 0; i < table->indexes->len; i++) {
    const DmigIndex *index = table->indexes->pdata[i];
    for (guint k = 0; index->unique && k < index->elements->len; k++) {
      const DmigIndexElement *element = index->elements->pdata[k];
      if (g_strcmp0(element->column, column) == 0
          || (element->expression && dmig_sql_mentions(element->expression, column)))
        return TRUE;
    }
  }
  return FALSE;
}

/* A text that a LIKE pattern takes: `%@%` -> `x@x`. */
static char *
text_for_pattern(const char *literal)
{
  GString *text = g_string_new(NULL);
  for (const char *at = literal; *at != '\0'; at++)
    g_string_append_c(text, *at == '%' ? 'x' : *at == '_' ? 'a' : *at);
  return g_string_free(text, FALSE);
}

static void
add_hints_of_number(GPtrArray *hints, const DmigColumn *column, const char *number)
{
  if (shape_of(column->type).family == FAMILY_TEXT) {
    guint length = (guint) MIN(g_ascii_strtoull(number, NULL, 10), 64);
    g_autofree char *text = g_strnfill(length, 'a');
    g_ptr_array_add(hints, dmig_sql_string(text));
    return;
  }
  gint64 value = g_ascii_strtoll(number, NULL, 10);
  for (gint64 near = value - 1; near <= value + 1; near++)
    g_ptr_array_add(hints, g_strdup_printf("%" G_GINT64_FORMAT, near));
}

static void
add_hints_of_check(GPtrArray *hints, const DmigColumn *column, const char *check)
{
  DmigLexer lexer;
  dmig_lexer_init(&lexer, check);
  for (DmigToken token = dmig_lexer_next(&lexer); token.kind != DMIG_TOKEN_END;
       token = dmig_lexer_next(&lexer)) {
    g_autofree char *text = g_strndup(token.start, token.length);
    if (token.kind == DMIG_TOKEN_NUMBER)
      add_hints_of_number(hints, column, text);
    if (token.kind != DMIG_TOKEN_STRING || *text != '\'')
      continue;
    g_ptr_array_add(hints, text_for_pattern(text));
  }
}

static const DmigEnum *
enum_of_type(const DmigSchema *schema, const char *type)
{
  gsize length = strlen(type) - (g_str_has_suffix(type, "[]") ? 2 : 0);
  g_autofree char *element = g_strndup(type, length);
  for (guint i = 0; i < schema->enums->len; i++) {
    const DmigEnum *candidate = schema->enums->pdata[i];
    g_autofree char *quoted = dmig_sql_identifier(schema->dialect, candidate->name);
    if (g_strcmp0(quoted, element) == 0 || g_strcmp0(candidate->name, element) == 0)
      return candidate;
  }
  return NULL;
}

DmigValueSource *
dmig_value_source_new(const DmigSchema *schema, const DmigTable *table, const DmigColumn *column)
{
  DmigValueSource *self = g_new0(DmigValueSource, 1);
  self->dialect = schema->dialect;
  self->column = column;
  self->labels = enum_of_type(schema, column->type);
  self->unique = column_is_unique(table, column->name);
  self->hints = g_ptr_array_new_with_free_func(g_free);
  for (guint i = 0; i < table->constraints->len; i++) {
    const DmigConstraint *constraint = table->constraints->pdata[i];
    if (constraint->kind == DMIG_CONSTRAINT_CHECK
        && dmig_sql_mentions(constraint->check_sql, column->name))
      add_hints_of_check(self->hints, column, constraint->check_sql);
  }
  return self;
}

void
dmig_value_source_free(DmigValueSource *self)
{
  if (self == NULL)
    return;
  g_ptr_array_unref(self->hints);
  g_free(self);
}
