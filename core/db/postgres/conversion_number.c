/* Conversions between numbers. */
#include "core/db/postgres/conversion_parts.h"

/* Digits go where they do not fit, but a number that is too big fits nowhere. */
static void
lossy_in_range(DmigConversion *out, char *using_sql_owned, char *bad_sql_owned, const char *loses)
{
  dmig_pg_conversion_set(out, DMIG_CONVERSION_LOSSY, using_sql_owned, bad_sql_owned, loses);
}

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

gboolean
dmig_pg_is_number(DmigPgFamily family)
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
      dmig_pg_conversion_lossless(out, NULL);
    else
      dmig_pg_conversion_checked(out, NULL, dmig_pg_misfit_integer(to->family, column));
    return;
  }
  if (to->family == DMIG_PG_NUMERIC) {
    int digits = to->length - to->scale;
    if (to->length == DMIG_PG_NO_MODIFIER || digits >= integer_digits(from->family)) {
      dmig_pg_conversion_lossless(out, NULL);
      return;
    }
    g_autofree char *limit = power_of_ten(digits);
    dmig_pg_conversion_checked(out, NULL, g_strdup_printf("abs(%s::numeric) >= %s", column, limit));
    return;
  }
  int exact = to->family == DMIG_PG_REAL ? 6 : 15;
  if (integer_digits(from->family) <= exact)
    dmig_pg_conversion_lossless(out, NULL);
  else
    dmig_pg_conversion_lossy(out, NULL,
          to->family == DMIG_PG_REAL ? "digits behind the sixth" : "digits behind the fifteenth");
}

static void
numeric_to_integer(const DmigPgType *from, const DmigPgType *to, const char *column,
                   DmigConversion *out)
{
  gboolean bounded = from->length != DMIG_PG_NO_MODIFIER;
  if (bounded && from->length - from->scale < integer_digits(to->family)) {
    if (from->scale == 0)
      dmig_pg_conversion_lossless(out, NULL);
    else
      dmig_pg_conversion_lossy(out, NULL, "digits behind the point");
    return;
  }
  g_autofree char *misfit = dmig_pg_misfit_integer(to->family, column);
  dmig_pg_conversion_checked(out, NULL, g_strdup_printf("%s OR %s <> trunc(%s)", misfit, column, column));
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
    dmig_pg_conversion_lossless(out, NULL);
    return;
  }
  gboolean whole_fits
      = from->length != DMIG_PG_NO_MODIFIER && from->length - from->scale <= to->length - to->scale;
  if (!whole_fits)
    dmig_pg_conversion_checked(out, NULL, dmig_pg_misfit_numeric(to, column));
  else if (to->scale >= from->scale)
    dmig_pg_conversion_lossless(out, NULL);
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
    dmig_pg_conversion_checked(out, number, g_strdup_printf("%s::text LIKE '%%Infinity'", column));
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
    dmig_pg_conversion_lossless(out, NULL);
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
    dmig_pg_conversion_lossless(out, NULL);
  else
    lossy_in_range(out, NULL,
                   bounded && from->length < 38 ? NULL : misfit_float(to->family, column),
                   exact == 6 ? "digits behind the sixth" : "digits behind the fifteenth");
}

void
dmig_pg_number_to_number(const DmigPgType *from, const DmigPgType *to, const char *column,
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
