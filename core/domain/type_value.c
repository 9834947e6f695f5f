/* Which texts are values of which types. */
#include "core/domain/type.h"

#include <errno.h>
#include <float.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include <jansson.h>

#include "core/base/text.h"

static gboolean accepts(const DmigType *type, const char *text, GString *problem);

/* Matches `text` against a form in which 9 stands for a digit and x for a hexadecimal one; gives
 * what is left, or NULL. */
static const char *
match(const char *text, const char *form)
{
  for (; *form != '\0'; form++, text++) {
    gboolean fits = *form == '9'   ? g_ascii_isdigit(*text)
                    : *form == 'x' ? g_ascii_isxdigit(*text)
                                   : *text == *form;
    if (!fits)
      return NULL;
  }
  return text;
}

static int
two_digits(const char *text)
{
  return (text[0] - '0') * 10 + text[1] - '0';
}

static const char *
match_date(const char *text)
{
  const char *rest = match(text, "9999-99-99");
  if (rest == NULL)
    return NULL;
  int year = two_digits(text) * 100 + two_digits(text + 2);
  int month = two_digits(text + 5);
  int day = two_digits(text + 8);
  if (year < 1 || !g_date_valid_dmy((GDateDay) day, (GDateMonth) month, (GDateYear) year))
    return NULL;
  return rest;
}

static const char *
match_time(const char *text)
{
  const char *rest = match(text, "99:99");
  if (rest == NULL || two_digits(text) > 23 || two_digits(text + 3) > 59)
    return NULL;
  const char *seconds = match(rest, ":99");
  if (seconds == NULL)
    return rest;
  if (two_digits(rest + 1) > 59)
    return NULL;
  if (*seconds != '.')
    return seconds;
  gsize digits = strspn(seconds + 1, "0123456789");
  return digits >= 1 && digits <= 6 ? seconds + 1 + digits : NULL;
}

static const char *
match_timestamp(const char *text)
{
  const char *rest = match_date(text);
  if (rest == NULL || (*rest != 'T' && *rest != ' '))
    return NULL;
  return match_time(rest + 1);
}

static const char *
match_zone(const char *text)
{
  if (*text == 'Z')
    return text + 1;
  if ((*text != '+' && *text != '-') || match(text + 1, "99") == NULL || two_digits(text + 1) > 15)
    return NULL;
  const char *rest = match(text + 3, ":99");
  if (rest != NULL)
    return two_digits(text + 4) > 59 ? NULL : rest;
  return text + 3;
}

/* Parts like `3Y6M`, their units in the order of `units`. Sets `any` where there is one. */
static const char *
match_parts(const char *text, const char *units, gboolean *any)
{
  while (g_ascii_isdigit(*text)) {
    gsize digits = strspn(text, "0123456789");
    gsize fraction = text[digits] == '.' ? strspn(text + digits + 1, "0123456789") : 0;
    const char *end = text + digits + (fraction > 0 ? fraction + 1 : 0);
    const char *unit = *end != '\0' ? strchr(units, *end) : NULL;
    if (unit == NULL || digits > 9 || fraction > 6 || (fraction > 0 && *unit != 'S'))
      return NULL;
    units = unit + 1;
    text = end + 1;
    *any = TRUE;
  }
  return text;
}

/* ISO 8601: P, then years, months, weeks and days, then T and hours, minutes and seconds. */
static gboolean
is_interval(const char *text)
{
  gboolean any = FALSE;
  text += *text == '-' ? 1 : 0;
  if (*text != 'P')
    return FALSE;
  text = match_parts(text + 1, "YMWD", &any);
  if (text != NULL && *text == 'T') {
    any = FALSE;
    text = match_parts(text + 1, "HMS", &any);
  }
  return any && text != NULL && *text == '\0';
}

static gboolean
accepts_integer(const char *text, gint64 min, gint64 max, GString *problem)
{
  const char *digits = *text == '-' ? text + 1 : text;
  gint64 number;
  if (*digits == '\0' || strspn(digits, "0123456789") != strlen(digits)) {
    g_string_append(problem, "is no whole number");
    return FALSE;
  }
  if (g_ascii_string_to_signed(text, 10, min, max, &number, NULL))
    return TRUE;
  g_string_append_printf(problem, "is not between %" G_GINT64_FORMAT " and %" G_GINT64_FORMAT, min,
                         max);
  return FALSE;
}

static gboolean
accepts_decimal(const DmigType *type, const char *text, GString *problem)
{
  const char *digits = *text == '-' ? text + 1 : text;
  gsize whole = strspn(digits, "0123456789");
  const char *point = digits + whole;
  gsize fraction = *point == '.' ? strspn(point + 1, "0123456789") : 0;
  const char *end = point + (*point == '.' ? 1 + fraction : 0);
  if (whole == 0 || *end != '\0' || (*point == '.' && fraction == 0)) {
    g_string_append(problem, "is no decimal number");
    return FALSE;
  }
  gsize zeros = MIN(strspn(digits, "0"), whole);
  while (fraction > 0 && point[fraction] == '0')
    fraction--;
  if (type->precision == 0)
    return TRUE;
  if (fraction > type->scale)
    g_string_append_printf(problem, "has %" G_GSIZE_FORMAT " digits behind the point, and %u fit",
                           fraction, type->scale);
  else if (whole - zeros > type->precision - type->scale)
    g_string_append_printf(problem, "has %" G_GSIZE_FORMAT " digits before the point, and %u fit",
                           whole - zeros, type->precision - type->scale);
  return problem->len == 0;
}

static gboolean
accepts_float(const char *text, double max, GString *problem)
{
  char *end;
  gboolean plain = strspn(text, "0123456789+-.eE") == strlen(text) && *text != '+' && *text != '.';
  double number = plain ? g_ascii_strtod(text, &end) : 0;
  if (!plain || end == text || *end != '\0') {
    g_string_append(problem, "is no number");
    return FALSE;
  }
  if (isfinite(number) && fabs(number) <= max)
    return TRUE;
  g_string_append(problem, "is out of the type's range");
  return FALSE;
}

static gboolean
accepts_string(const DmigType *type, const char *text, GString *problem)
{
  glong length = g_utf8_strlen(text, -1);
  if (type->length == 0 || length <= (glong) type->length)
    return TRUE;
  g_string_append_printf(problem, "has %ld characters, and %u fit", length, type->length);
  return FALSE;
}

static gboolean
accepts_label(const DmigType *type, const char *text, GString *problem)
{
  if (type->labels == NULL || dmig_strv_contains(type->labels, text))
    return TRUE;
  const char *near
      = strlen(text) < 64 ? dmig_text_suggest(text, (const char *const *) type->labels) : NULL;
  g_string_append(problem, "is no label of the enum");
  if (near != NULL)
    g_string_append_printf(problem, ", did you mean '%s'?", near);
  return FALSE;
}

static gboolean
accepts_json(const char *text, GString *problem)
{
  json_error_t error;
  json_t *json = json_loads(text, JSON_DECODE_ANY | JSON_REJECT_DUPLICATES, &error);
  if (json == NULL)
    g_string_append(problem, "is no JSON");
  json_decref(json);
  return problem->len == 0;
}

/* An element of an array: containers count as their JSON text. */
static gboolean
accepts_element(const DmigType *type, json_t *element, GString *problem)
{
  if (json_is_null(element))
    return TRUE;
  if (json_is_string(element) && type->kind != DMIG_TYPE_ARRAY)
    return accepts(type, json_string_value(element), problem);
  char *text = json_dumps(element, JSON_ENCODE_ANY);
  gboolean fits = text != NULL && accepts(type, text, problem);
  free(text);
  return fits;
}

static gboolean
accepts_array(const DmigType *type, const char *text, GString *problem)
{
  json_error_t error;
  json_t *json = json_loads(text, 0, &error);
  if (!json_is_array(json))
    g_string_append(problem, "is no list");
  for (gsize i = 0; problem->len == 0 && i < json_array_size(json); i++) {
    if (!accepts_element(type->element, json_array_get(json, i), problem))
      g_string_prepend(problem, "has an element that ");
  }
  json_decref(json);
  return problem->len == 0;
}

static gboolean
accepts_if(gboolean fits, GString *problem, const char *otherwise)
{
  if (!fits)
    g_string_append(problem, otherwise);
  return fits;
}

static gboolean
matches_all(const char *rest)
{
  return rest != NULL && *rest == '\0';
}

static gboolean
accepts(const DmigType *type, const char *text, GString *problem)
{
  const char *rest;
  switch (type->kind) {
  case DMIG_TYPE_BOOLEAN:
    return accepts_if(g_str_equal(text, "true") || g_str_equal(text, "false"), problem,
                      "is neither true nor false");
  case DMIG_TYPE_SMALLINT:
    return accepts_integer(text, G_MININT16, G_MAXINT16, problem);
  case DMIG_TYPE_INTEGER:
    return accepts_integer(text, G_MININT32, G_MAXINT32, problem);
  case DMIG_TYPE_BIGINT:
    return accepts_integer(text, G_MININT64, G_MAXINT64, problem);
  case DMIG_TYPE_DECIMAL:
    return accepts_decimal(type, text, problem);
  case DMIG_TYPE_REAL:
    return accepts_float(text, FLT_MAX, problem);
  case DMIG_TYPE_DOUBLE:
    return accepts_float(text, DBL_MAX, problem);
  case DMIG_TYPE_STRING:
    return accepts_string(type, text, problem);
  case DMIG_TYPE_TEXT:
    return TRUE;
  case DMIG_TYPE_BINARY:
    return accepts_if(strlen(text) % 2 == 0
                          && strspn(text, "0123456789abcdefABCDEF") == strlen(text),
                      problem, "is not made of pairs of hexadecimal digits");
  case DMIG_TYPE_DATE:
    return accepts_if(matches_all(match_date(text)), problem, "is no date like 2024-02-29");
  case DMIG_TYPE_TIME:
    return accepts_if(matches_all(match_time(text)), problem, "is no time like 13:45:30");
  case DMIG_TYPE_TIMESTAMP:
    return accepts_if(matches_all(match_timestamp(text)), problem,
                      "is no timestamp like 2024-02-29 13:45:30");
  case DMIG_TYPE_TIMESTAMPTZ:
    rest = match_timestamp(text);
    return accepts_if(rest != NULL && matches_all(match_zone(rest)), problem,
                      "is no timestamp with its zone like 2024-02-29T13:45:30Z");
  case DMIG_TYPE_INTERVAL:
    return accepts_if(is_interval(text), problem, "is no ISO 8601 duration like P1DT12H");
  case DMIG_TYPE_UUID:
    return accepts_if(matches_all(match(text, "xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx")), problem,
                      "is no uuid like 123e4567-e89b-12d3-a456-426614174000");
  case DMIG_TYPE_JSON:
    return accepts_json(text, problem);
  case DMIG_TYPE_ENUM:
    return accepts_label(type, text, problem);
  case DMIG_TYPE_ARRAY:
    return accepts_array(type, text, problem);
  }
  return FALSE;
}

gboolean
dmig_type_accepts(const DmigType *self, const char *text, char **out_problem)
{
  GString *problem = g_string_new(NULL);
  gboolean fits = accepts(self, text, problem);
  if (fits)
    g_string_free(problem, TRUE);
  else
    *out_problem = g_string_free(problem, FALSE);
  return fits;
}
