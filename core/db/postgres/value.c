/* Values: literals for what authors wrote in YAML, and what stands in for a value that is gone. */
#include <stdlib.h>
#include <string.h>

#include <jansson.h>

#include "core/db/postgres/type.h"
#include "core/domain/type.h"
#include "core/sql/text.h"

#define MAX_EXPONENT 400 /* beyond what a double has */

static void append_array(GString *text, const DmigType *type, json_t *array);

/* An element as array_out() prints it, so that a default reads back as it was written.
 * Source: PostgreSQL manual 8.15.6 "Array Input and Output Syntax". */
static void
append_quoted_element(GString *text, const char *element)
{
  gboolean plain = *element != '\0' && g_ascii_strcasecmp(element, "null") != 0
                   && strpbrk(element, "{}\",\\ \t\n\r\v\f") == NULL;
  if (plain) {
    g_string_append(text, element);
    return;
  }
  g_string_append_c(text, '"');
  for (const char *p = element; *p != '\0'; p++) {
    if (*p == '"' || *p == '\\')
      g_string_append_c(text, '\\');
    g_string_append_c(text, *p);
  }
  g_string_append_c(text, '"');
}

static void
append_element(GString *text, const DmigType *type, json_t *element)
{
  if (json_is_array(element) && type->kind == DMIG_TYPE_ARRAY) {
    append_array(text, type->element, element);
  } else if (json_is_null(element)) {
    g_string_append(text, "NULL");
  } else if (type->kind == DMIG_TYPE_BOOLEAN) {
    gboolean yes = json_is_true(element) || g_strcmp0(json_string_value(element), "true") == 0;
    g_string_append_c(text, yes ? 't' : 'f');
  } else if (type->kind == DMIG_TYPE_BINARY && json_is_string(element)) {
    g_autofree char *hex = g_strconcat("\\x", json_string_value(element), NULL);
    append_quoted_element(text, hex);
  } else if (json_is_string(element)) {
    append_quoted_element(text, json_string_value(element));
  } else {
    char *json = json_dumps(element, JSON_ENCODE_ANY | JSON_REAL_PRECISION(17));
    append_quoted_element(text, json);
    free(json);
  }
}

static void
append_array(GString *text, const DmigType *type, json_t *array)
{
  g_string_append_c(text, '{');
  for (gsize i = 0; i < json_array_size(array); i++) {
    if (i > 0)
      g_string_append_c(text, ',');
    append_element(text, type, json_array_get(array, i));
  }
  g_string_append_c(text, '}');
}

static char *
array_literal(const DmigType *type, const char *text)
{
  json_t *array = json_loads(text, 0, NULL);
  if (!json_is_array(array)) {
    json_decref(array);
    return dmig_sql_string(text);
  }
  g_autoptr(GString) value = g_string_new(NULL);
  append_array(value, type->element, array);
  json_decref(array);
  return dmig_sql_string(value->str);
}

/* A number as the server prints it as a constant, so that a default reads back as it was written:
 * no exponent, no sign of a zero, no needless zeros before the point. */
static char *
number_literal(const char *text)
{
  gboolean negative = *text == '-';
  const char *p = text + (*text == '-' || *text == '+');
  g_autoptr(GString) digits = g_string_new(NULL);
  gssize point = -1;
  for (; g_ascii_isdigit(*p) || *p == '.'; p++) {
    if (*p == '.')
      point = (gssize) digits->len;
    else
      g_string_append_c(digits, *p);
  }
  gint64 exponent = *p == 'e' || *p == 'E' ? g_ascii_strtoll(p + 1, NULL, 10) : 0;
  gint64 whole = (point < 0 ? (gssize) digits->len : point) + exponent;
  if (ABS(exponent) > MAX_EXPONENT)
    return g_strdup(text);
  for (; whole < 1; whole++)
    g_string_prepend_c(digits, '0');
  while ((gint64) digits->len < whole)
    g_string_append_c(digits, '0');
  for (; whole > 1 && digits->str[0] == '0'; whole--)
    g_string_erase(digits, 0, 1);
  gboolean zero = strspn(digits->str, "0") == digits->len;
  if ((gint64) digits->len > whole)
    g_string_insert_c(digits, (gssize) whole, '.');
  return g_strconcat(negative && !zero ? "-" : "", digits->str, NULL);
}

/* A null that must take a length or a precision is kept as a cast; any other default of null is
 * forgotten (transformColumnDefinition() and coerce_type_typmod() of the server). */
static const char *
null_literal(const DmigType *type)
{
  if (type->kind == DMIG_TYPE_STRING && type->length > 0)
    return "NULL::character varying";
  return type->kind == DMIG_TYPE_DECIMAL && type->precision > 0 ? "NULL::numeric" : "NULL";
}

char *
dmig_pg_literal(const DmigType *type, const char *text)
{
  if (text == NULL)
    return g_strdup(null_literal(type));
  switch (type->kind) {
  case DMIG_TYPE_BOOLEAN:
    return g_strdup(text);
  case DMIG_TYPE_SMALLINT:
  case DMIG_TYPE_INTEGER:
  case DMIG_TYPE_BIGINT:
  case DMIG_TYPE_DECIMAL:
  case DMIG_TYPE_REAL:
  case DMIG_TYPE_DOUBLE:
    return number_literal(text);
  case DMIG_TYPE_BINARY: {
    g_autofree char *lower = g_ascii_strdown(text, -1);
    return g_strdup_printf("'\\x%s'", lower);
  }
  case DMIG_TYPE_ARRAY:
    return array_literal(type, text);
  case DMIG_TYPE_STRING:
  case DMIG_TYPE_TEXT:
  case DMIG_TYPE_DATE:
  case DMIG_TYPE_TIME:
  case DMIG_TYPE_TIMESTAMP:
  case DMIG_TYPE_TIMESTAMPTZ:
  case DMIG_TYPE_INTERVAL:
  case DMIG_TYPE_UUID:
  case DMIG_TYPE_JSON:
  case DMIG_TYPE_ENUM:
    return dmig_sql_string(text);
  }
  g_return_val_if_reached(NULL);
}

static const char *
neutral(DmigPgFamily family)
{
  switch (family) {
  case DMIG_PG_BOOLEAN:
    return "false";
  case DMIG_PG_SMALLINT:
  case DMIG_PG_INTEGER:
  case DMIG_PG_BIGINT:
  case DMIG_PG_NUMERIC:
  case DMIG_PG_REAL:
  case DMIG_PG_DOUBLE:
    return "0";
  case DMIG_PG_VARCHAR:
  case DMIG_PG_CHAR:
  case DMIG_PG_TEXT:
    return "''";
  case DMIG_PG_BYTEA:
    return "'\\x'";
  case DMIG_PG_DATE:
    return "'1970-01-01'";
  case DMIG_PG_TIME:
    return "'00:00:00'";
  case DMIG_PG_TIMESTAMP:
    return "'1970-01-01 00:00:00'";
  case DMIG_PG_TIMESTAMPTZ:
    return "'1970-01-01 00:00:00+00'";
  case DMIG_PG_INTERVAL:
    return "'00:00:00'";
  case DMIG_PG_UUID:
    return "'00000000-0000-0000-0000-000000000000'";
  case DMIG_PG_JSON:
  case DMIG_PG_JSONB:
    return "'{}'";
  case DMIG_PG_OTHER:
    return NULL;
  }
  g_return_val_if_reached(NULL);
}

char *
dmig_pg_neutral_value(const char *native)
{
  g_auto(DmigPgType) type;
  dmig_pg_type_parse(native, &type);
  return g_strdup(type.array ? "'{}'" : neutral(type.family));
}
