#include "core/db/postgres/conversion.h"

#include "core/db/postgres/conversion_text.h"
#include "core/db/postgres/type.h"

void
dmig_pg_conversion_set(DmigConversion *out, DmigConversionKind kind, char *using_sql_owned,
                       char *bad_sql_owned, const char *loses)
{
  out->kind = kind;
  out->using_sql = using_sql_owned;
  out->bad_sql = bad_sql_owned;
  out->loses = g_strdup(loses);
}

static void
lossless(DmigConversion *out, char *using_sql_owned)
{
  dmig_pg_conversion_set(out, DMIG_CONVERSION_LOSSLESS, using_sql_owned, NULL, NULL);
}

static void
lossy(DmigConversion *out, char *using_sql_owned, const char *loses)
{
  dmig_pg_conversion_set(out, DMIG_CONVERSION_LOSSY, using_sql_owned, NULL, loses);
}

/* Digits go where they do not fit, but a number that is too big fits nowhere. */
static void
lossy_in_range(DmigConversion *out, char *using_sql_owned, char *bad_sql_owned, const char *loses)
{
  dmig_pg_conversion_set(out, DMIG_CONVERSION_LOSSY, using_sql_owned, bad_sql_owned, loses);
}

static void
checked(DmigConversion *out, char *using_sql_owned, char *bad_sql_owned)
{
  dmig_pg_conversion_set(out, DMIG_CONVERSION_CHECKED, using_sql_owned, bad_sql_owned, NULL);
}

static void
none(DmigConversion *out)
{
  dmig_pg_conversion_set(out, DMIG_CONVERSION_NONE, NULL, NULL, NULL);
}

/* --- numbers ------------------------------------------------------------------------------- */

static gboolean
is_integer(DmigPgFamily family)
{
  return family == DMIG_PG_SMALLINT || family == DMIG_PG_INTEGER || family == DMIG_PG_BIGINT;
}

static gboolean
is_float(DmigPgFamily family)
{
  return family == DMIG_PG_REAL || family == DMIG_PG_DOUBLE;
}

static gboolean
is_number(DmigPgFamily family)
{
  return is_integer(family) || is_float(family) || family == DMIG_PG_NUMERIC;
}

/* Decimal digits of the widest value, and those that every value may have. */
static int
integer_digits(DmigPgFamily family)
{
  return family == DMIG_PG_SMALLINT ? 5 : family == DMIG_PG_INTEGER ? 10 : 19;
}

/* `1` and so many zeros: the first whole number with more digits. */
static char *
power_of_ten(int digits)
{
  GString *power = g_string_new("1");
  for (int i = 0; i < digits; i++)
    g_string_append_c(power, '0');
  return g_string_free(power, FALSE);
}

static const char *
integer_range(DmigPgFamily family)
{
  if (family == DMIG_PG_SMALLINT)
    return "-32768 AND 32767";
  if (family == DMIG_PG_INTEGER)
    return "-2147483648 AND 2147483647";
  return "-9223372036854775808 AND 9223372036854775807";
}

char *
dmig_pg_misfit_integer(DmigPgFamily to, const char *value)
{
  return g_strdup_printf("%s NOT BETWEEN %s", value, integer_range(to));
}

char *
dmig_pg_misfit_numeric(const DmigPgType *to, const char *value)
{
  if (to->length == DMIG_PG_NO_MODIFIER)
    return g_strdup("FALSE");
  g_autofree char *limit = power_of_ten(to->length - to->scale);
  return g_strdup_printf("abs(%s) >= %s OR %s <> round(%s, %d)", value, limit, value, value,
                         to->scale);
}

static void
integer_to_number(const DmigPgType *from, const DmigPgType *to, const char *column,
                  DmigConversion *out)
{
  if (is_integer(to->family)) {
    if (to->family > from->family)
      lossless(out, NULL);
    else
      checked(out, NULL, dmig_pg_misfit_integer(to->family, column));
    return;
  }
  if (to->family == DMIG_PG_NUMERIC) {
    int digits = to->length - to->scale;
    if (to->length == DMIG_PG_NO_MODIFIER || digits >= integer_digits(from->family)) {
      lossless(out, NULL);
      return;
    }
    g_autofree char *limit = power_of_ten(digits);
    checked(out, NULL, g_strdup_printf("abs(%s::numeric) >= %s", column, limit));
    return;
  }
  int exact = to->family == DMIG_PG_REAL ? 6 : 15;
  if (integer_digits(from->family) <= exact)
    lossless(out, NULL);
  else
    lossy(out, NULL,
          to->family == DMIG_PG_REAL ? "digits behind the sixth" : "digits behind the fifteenth");
}

static void
numeric_to_integer(const DmigPgType *from, const DmigPgType *to, const char *column,
                   DmigConversion *out)
{
  gboolean bounded = from->length != DMIG_PG_NO_MODIFIER;
  if (bounded && from->length - from->scale < integer_digits(to->family)) {
    if (from->scale == 0)
      lossless(out, NULL);
    else
      lossy(out, NULL, "digits behind the point");
    return;
  }
  g_autofree char *misfit = dmig_pg_misfit_integer(to->family, column);
  checked(out, NULL, g_strdup_printf("%s OR %s <> trunc(%s)", misfit, column, column));
}

/* 99.99 rounds to 100.0, which has a digit more. */
static char *
rounds_too_far(const DmigPgType *to, const char *number)
{
  g_autofree char *limit = power_of_ten(to->length - to->scale);
  return g_strdup_printf("abs(round(%s, %d)) >= %s", number, to->scale, limit);
}

static void
numeric_to_numeric(const DmigPgType *from, const DmigPgType *to, const char *column,
                   DmigConversion *out)
{
  if (to->length == DMIG_PG_NO_MODIFIER) {
    lossless(out, NULL);
    return;
  }
  gboolean whole_fits
      = from->length != DMIG_PG_NO_MODIFIER && from->length - from->scale <= to->length - to->scale;
  if (!whole_fits)
    checked(out, NULL, dmig_pg_misfit_numeric(to, column));
  else if (to->scale >= from->scale)
    lossless(out, NULL);
  else
    lossy_in_range(out, NULL, rounds_too_far(to, column), "digits behind the point");
}

/* Beyond the range of a float, or too near to zero for it; infinity and NaN are at home in it. */
static char *
misfit_float(DmigPgFamily to, const char *value)
{
  const char *highest = to == DMIG_PG_REAL ? "3.4028236e38" : "1.7976931348623159e308";
  const char *lowest = to == DMIG_PG_REAL ? "1.4e-45" : "4.9e-324";
  return g_strdup_printf("%s::text NOT IN ('NaN', 'Infinity', '-Infinity') AND (abs(%s) >= %s OR "
                         "abs(%s) < %s AND %s <> 0)",
                         value, value, highest, value, lowest, value);
}

static void
float_to_integer(DmigPgFamily to, const char *column, DmigConversion *out)
{
  const char *lowest = to == DMIG_PG_SMALLINT  ? "-32768"
                       : to == DMIG_PG_INTEGER ? "-2147483648"
                                               : "-9223372036854775808";
  char *bad = g_strdup_printf("NOT (round(%s::float8) >= %s AND round(%s::float8) < %s)", column,
                              lowest, column, lowest + 1);
  lossy_in_range(out, NULL, bad, "digits behind the point");
}

/* The cast to numeric keeps 15 digits (6 of a real); the text has all that there are. */
static void
float_to_numeric(const DmigPgType *to, const char *column, DmigConversion *out)
{
  char *number = g_strdup_printf("%s::text::numeric", column);
  if (to->length == DMIG_PG_NO_MODIFIER) {
    checked(out, number, g_strdup_printf("%s::text LIKE '%%Infinity'", column));
    return;
  }
  g_autofree char *limit = power_of_ten(to->length - to->scale);
  g_autofree char *too_far = rounds_too_far(to, number);
  char *bad = g_strdup_printf("CASE WHEN abs(%s::float8) < %s THEN %s ELSE %s <> 'NaN' END", column,
                              limit, too_far, column);
  lossy_in_range(out, number, bad, "digits behind the point");
}

static void
float_to_number(const DmigPgType *from, const DmigPgType *to, const char *column,
                DmigConversion *out)
{
  if (to->family == DMIG_PG_DOUBLE)
    lossless(out, NULL);
  else if (to->family == DMIG_PG_REAL)
    lossy_in_range(out, NULL, misfit_float(to->family, column), "digits behind the sixth");
  else if (to->family == DMIG_PG_NUMERIC)
    float_to_numeric(to, column, out);
  else
    float_to_integer(to->family, column, out);
}

static void
numeric_to_float(const DmigPgType *from, const DmigPgType *to, const char *column,
                 DmigConversion *out)
{
  int exact = to->family == DMIG_PG_REAL ? 6 : 15;
  gboolean bounded = from->length != DMIG_PG_NO_MODIFIER;
  if (bounded && from->length <= exact)
    lossless(out, NULL);
  else
    lossy_in_range(out, NULL,
                   bounded && from->length < 38 ? NULL : misfit_float(to->family, column),
                   exact == 6 ? "digits behind the sixth" : "digits behind the fifteenth");
}

static void
number_to_number(const DmigPgType *from, const DmigPgType *to, const char *column,
                 DmigConversion *out)
{
  if (is_integer(from->family)) {
    integer_to_number(from, to, column, out);
  } else if (is_float(from->family)) {
    float_to_number(from, to, column, out);
  } else if (is_integer(to->family)) {
    numeric_to_integer(from, to, column, out);
  } else if (to->family == DMIG_PG_NUMERIC) {
    numeric_to_numeric(from, to, column, out);
  } else {
    numeric_to_float(from, to, column, out);
  }
}

/* --- times --------------------------------------------------------------------------------- */

static gboolean
is_time(DmigPgFamily family)
{
  return family == DMIG_PG_DATE || family == DMIG_PG_TIME || family == DMIG_PG_TIMESTAMP
         || family == DMIG_PG_TIMESTAMPTZ || family == DMIG_PG_INTERVAL;
}

/* The value as a plain timestamp. A time zone is never taken from the session: the same migration
 * must do the same everywhere. */
static char *
as_timestamp(const DmigPgType *from, const char *column)
{
  if (from->family == DMIG_PG_TIMESTAMPTZ)
    return g_strdup_printf("(%s AT TIME ZONE 'UTC')", column);
  if (from->family == DMIG_PG_DATE)
    return g_strdup_printf("%s::timestamp", column);
  return g_strdup(column);
}

/* Lossless but for the digits of the seconds that the new type does not keep. */
static void
lossless_but_for_digits(const DmigPgType *from, const DmigPgType *to, char *using_sql_owned,
                        DmigConversion *out)
{
  gboolean fewer = from->family != DMIG_PG_DATE && to->length != DMIG_PG_NO_MODIFIER
                   && (from->length == DMIG_PG_NO_MODIFIER || to->length < from->length);
  if (fewer)
    lossy(out, using_sql_owned, "digits of the seconds");
  else
    lossless(out, using_sql_owned);
}

static void
instant_to_time(const DmigPgType *from, const DmigPgType *to, const char *column,
                DmigConversion *out)
{
  g_autofree char *plain = as_timestamp(from, column);
  if (to->family == DMIG_PG_DATE)
    lossy(out, g_strdup_printf("%s::date", plain), "the time of day");
  else if (to->family == DMIG_PG_TIME && from->family != DMIG_PG_DATE)
    lossy(out, g_strdup_printf("%s::time", plain), "the date");
  else if (to->family == DMIG_PG_TIMESTAMP)
    lossless_but_for_digits(from, to, g_steal_pointer(&plain), out);
  else if (to->family == DMIG_PG_TIMESTAMPTZ)
    lossless_but_for_digits(from, to, g_strdup_printf("%s AT TIME ZONE 'UTC'", plain), out);
  else
    none(out);
}

static void
time_to_time(const DmigPgType *from, const DmigPgType *to, const char *column, DmigConversion *out)
{
  if (from->family == to->family)
    lossless_but_for_digits(from, to, NULL, out);
  else if (from->family == DMIG_PG_TIME && to->family == DMIG_PG_INTERVAL)
    lossless(out, g_strdup_printf("%s::interval", column));
  else if (from->family == DMIG_PG_INTERVAL && to->family == DMIG_PG_TIME)
    lossy(out, g_strdup_printf("%s::time", column), "what is longer than a day");
  else if (from->family == DMIG_PG_TIME || from->family == DMIG_PG_INTERVAL)
    none(out);
  else
    instant_to_time(from, to, column, out);
}

/* --- booleans, JSON, arrays ---------------------------------------------------------------- */

static void
boolean_to_number(const DmigPgType *to, const char *column, DmigConversion *out)
{
  gboolean no_room =
      to->family == DMIG_PG_NUMERIC && to->length != DMIG_PG_NO_MODIFIER && to->length <= to->scale;
  if (no_room) /* for the 1 of true */
    checked(out, g_strdup_printf("%s::integer::%s", column, to->element), g_strdup(column));
  else if (to->family == DMIG_PG_INTEGER)
    lossless(out, g_strdup_printf("%s::integer", column));
  else
    lossless(out, g_strdup_printf("%s::integer::%s", column, to->element));
}

static void
number_to_boolean(const char *column, DmigConversion *out)
{
  checked(out, g_strdup_printf("%s <> 0", column), g_strdup_printf("%s NOT IN (0, 1)", column));
}

static gboolean
is_json(DmigPgFamily family)
{
  return family == DMIG_PG_JSON || family == DMIG_PG_JSONB;
}

static void
to_json(const DmigPgType *from, const DmigPgType *to, const char *column, DmigConversion *out)
{
  const char *name = to->element;
  if (is_json(from->family) && !from->array) {
    if (to->family == DMIG_PG_JSONB)
      lossy(out, g_strdup_printf("%s::jsonb", column),
            "white space, the order of keys and repeated keys");
    else
      lossless(out, g_strdup_printf("%s::json", column));
  } else if (dmig_pg_is_string(from->family) && !from->array) {
    g_autofree char *text = g_strdup_printf("%s::text", column);
    checked(out, g_strdup_printf("%s::%s", text, name), dmig_pg_misfit_text(to, text));
  } else if (from->family == DMIG_PG_BYTEA) {
    none(out);
  } else if (from->array) {
    lossy(out, g_strdup_printf("to_%s(%s)", name, column), "the way back to an array");
  } else {
    lossless(out, g_strdup_printf("to_%s(%s)", name, column));
  }
}

/* Casts of arrays cast each element, where there is such a cast; else text is between. */
static char *
array_using(const DmigPgType *from, const DmigPgType *to, const char *column)
{
  gboolean numbers = is_number(from->family) && is_number(to->family);
  gboolean times = is_time(from->family) && is_time(to->family);
  gboolean boolean = from->family == DMIG_PG_BOOLEAN || to->family == DMIG_PG_BOOLEAN;
  gboolean number = is_number(from->family) || is_number(to->family);
  if (dmig_pg_type_same_base(from, to)
      || (dmig_pg_is_string(from->family) && dmig_pg_is_string(to->family)))
    return NULL;
  if (dmig_pg_is_string(to->family))
    return g_strdup_printf("%s::text[]", column);
  if (numbers || times)
    return g_strdup_printf("%s::%s[]", column, to->element);
  return g_strdup_printf("%s::%s[]::%s[]", column, boolean && number ? "integer" : "text",
                         to->element);
}

/* Elements of arrays convert as values of their own; a check looks at each. */
static void
array_to_array(const DmigPgType *from, const DmigPgType *to, const char *column,
               DmigConversion *out)
{
  gboolean strings = dmig_pg_is_string(from->family) || dmig_pg_is_string(to->family);
  gboolean json = is_json(from->family) != is_json(to->family) && !strings;
  gboolean bytes = (from->family == DMIG_PG_BYTEA) != (to->family == DMIG_PG_BYTEA);
  g_auto(DmigConversion) element = { 0 };
  if (json || bytes) {
    none(out);
    return;
  }
  dmig_pg_conversion(from->element, to->element, "item", &element);
  out->kind = element.kind;
  out->loses = g_steal_pointer(&element.loses);
  if (element.kind == DMIG_CONVERSION_NONE)
    return;
  if (element.bad_sql != NULL)
    out->bad_sql = g_strdup_printf("EXISTS (SELECT 1 FROM unnest(%s) AS items (item) WHERE %s)",
                                   column, element.bad_sql);
  out->using_sql = array_using(from, to, column);
}

static void
string_to_array(const DmigPgType *to, const char *column, DmigConversion *out)
{
  g_autofree char *text = g_strdup_printf("%s::text", column);
  checked(out, g_strdup_printf("%s::%s[]", text, to->element), dmig_pg_misfit_text(to, text));
}

static void
convert_array(const DmigPgType *from, const DmigPgType *to, const char *column, DmigConversion *out)
{
  if (from->array && to->array)
    array_to_array(from, to, column, out);
  else if (from->array && dmig_pg_is_string(to->family))
    dmig_pg_to_string(from, to, column, out);
  else if (from->array && is_json(to->family))
    to_json(from, to, column, out);
  else if (to->array && dmig_pg_is_string(from->family))
    string_to_array(to, column, out);
  else
    none(out);
}

/* --- all of them --------------------------------------------------------------------------- */

static void
convert_scalar(const DmigPgType *from, const DmigPgType *to, const char *column,
               DmigConversion *out)
{
  if (is_json(to->family))
    to_json(from, to, column, out);
  else if (from->family == DMIG_PG_BYTEA && to->family == DMIG_PG_BYTEA)
    lossless(out, NULL);
  else if (dmig_pg_is_string(to->family))
    dmig_pg_to_string(from, to, column, out);
  else if (dmig_pg_is_string(from->family) || from->family == DMIG_PG_OTHER
           || to->family == DMIG_PG_OTHER || is_json(from->family))
    dmig_pg_from_string(from, to, column, out);
  else if (is_number(from->family) && is_number(to->family))
    number_to_number(from, to, column, out);
  else if (is_time(from->family) && is_time(to->family))
    time_to_time(from, to, column, out);
  else if (from->family == DMIG_PG_BOOLEAN && is_number(to->family))
    boolean_to_number(to, column, out);
  else if (is_number(from->family) && to->family == DMIG_PG_BOOLEAN)
    number_to_boolean(column, out);
  else
    none(out);
}

void
dmig_pg_conversion(const char *from_type, const char *to_type, const char *column,
                   DmigConversion *out_conversion)
{
  g_auto(DmigPgType) from, to;
  dmig_pg_type_parse(from_type, &from);
  dmig_pg_type_parse(to_type, &to);
  *out_conversion = (DmigConversion){ 0 };
  if (from.array == to.array && g_str_equal(from.element, to.element))
    lossless(out_conversion, NULL);
  else if (from.array || to.array)
    convert_array(&from, &to, column, out_conversion);
  else
    convert_scalar(&from, &to, column, out_conversion);
}

gboolean
dmig_pg_conversion_keeps_rows(const char *from_type, const char *to_type)
{
  g_auto(DmigPgType) from, to;
  dmig_pg_type_parse(from_type, &from);
  dmig_pg_type_parse(to_type, &to);
  if (from.array == to.array && g_str_equal(from.element, to.element))
    return TRUE;
  if (from.array || to.array)
    return FALSE;
  gboolean unbounded = to.length == DMIG_PG_NO_MODIFIER;
  gboolean grows = from.length != DMIG_PG_NO_MODIFIER && to.length >= from.length;
  gboolean strings = (from.family == DMIG_PG_VARCHAR || from.family == DMIG_PG_TEXT)
                     && (to.family == DMIG_PG_VARCHAR || to.family == DMIG_PG_TEXT);
  if (strings)
    return unbounded || grows;
  if (from.family != to.family)
    return FALSE;
  if (from.family == DMIG_PG_NUMERIC)
    return unbounded || (grows && to.scale == from.scale);
  gboolean times = from.family == DMIG_PG_TIME || from.family == DMIG_PG_TIMESTAMP
                   || from.family == DMIG_PG_TIMESTAMPTZ;
  return times && (unbounded || grows);
}
