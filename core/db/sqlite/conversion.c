#include "core/db/sqlite/internal.h"

/* SQLite refuses no value because of a column's type (but for STRICT tables): affinity turns what it
 * can and leaves the rest as it is. So nothing would ever fail, and a column could be full of what
 * it does not say. dmig holds values to what their column declares: where a value has no meaning
 * in the new type, the conversion is CHECKED, and the rows that do not fit are counted. */

static gboolean
is_text(DmigSqliteClass class)
{
  return class == DMIG_SQLITE_TEXT || class == DMIG_SQLITE_JSON || class == DMIG_SQLITE_UUID;
}

static gboolean
is_number(DmigSqliteClass class)
{
  return class == DMIG_SQLITE_INTEGER || class == DMIG_SQLITE_NUMERIC ||
         class == DMIG_SQLITE_FLOAT || class == DMIG_SQLITE_BOOLEAN;
}

static gboolean
is_moment(DmigSqliteClass class)
{
  return class == DMIG_SQLITE_DATE || class == DMIG_SQLITE_TIME ||
         class == DMIG_SQLITE_TIMESTAMP;
}

/* `format` with each `$` replaced by the column. */
static char *
over(const char *column, const char *format)
{
  GString *sql = g_string_new(NULL);
  for (const char *p = format; *p != '\0'; p++) {
    if (*p == '$')
      g_string_append(sql, column);
    else
      g_string_append_c(sql, *p);
  }
  return g_string_free(sql, FALSE);
}

static void
lossless(DmigConversion *out, const char *column, const char *using)
{
  out->kind = DMIG_CONVERSION_LOSSLESS;
  out->using_sql = using != NULL ? over(column, using) : NULL;
}

static void
lossy(DmigConversion *out, const char *column, const char *using, const char *loses)
{
  out->kind = DMIG_CONVERSION_LOSSY;
  out->using_sql = using != NULL ? over(column, using) : NULL;
  out->loses = g_strdup(loses);
}

static void
checked(DmigConversion *out, const char *column, const char *using, const char *bad)
{
  out->kind = DMIG_CONVERSION_CHECKED;
  out->using_sql = using != NULL ? over(column, using) : NULL;
  out->bad_sql = over(column, bad);
}

static void
number_to_number(DmigSqliteClass from, DmigSqliteClass to, const char *column, DmigConversion *out)
{
  if (to == DMIG_SQLITE_BOOLEAN)
    checked(out, column, NULL, "$ NOT IN (0, 1)");
  else if (from == DMIG_SQLITE_BOOLEAN || to == DMIG_SQLITE_NUMERIC)
    lossless(out, column, NULL);
  else if (to == DMIG_SQLITE_FLOAT)
    /* Whole numbers beyond 2^53 have no floating point of their own. */
    checked(out, column, NULL, "CAST($ AS REAL) <> $");
  else
    lossy(out, column, "CAST(round($) AS INTEGER)", "digits behind the point");
}

static void
text_to_number(DmigSqliteClass to, const char *column, DmigConversion *out)
{
  if (to == DMIG_SQLITE_BOOLEAN)
    checked(out, column, "CASE $ WHEN 'true' THEN 1 WHEN 'false' THEN 0 ELSE $ END",
            "$ NOT IN ('true', 'false')");
  else if (to == DMIG_SQLITE_INTEGER)
    /* '007' does not fit: its zeros would be gone, and they may be part of a number that is none. */
    checked(out, column, "CAST($ AS INTEGER)", "CAST(CAST($ AS INTEGER) AS TEXT) <> $");
  else
    /* The comparison turns a text that is wholly a number into that number, and no other; and 15
     * digits are what a floating point surely keeps. */
    checked(out, column, "CAST($ AS NUMERIC)",
            "NOT (CAST($ AS NUMERIC) = $) OR "
            "length(replace(replace($, '-', ''), '.', '')) > 15");
}

/* With a modifier, however small, SQLite looks at the calendar: without one it takes February 30. */
static void
text_to_moment(DmigSqliteClass to, const char *column, DmigConversion *out)
{
  if (to == DMIG_SQLITE_DATE)
    checked(out, column, NULL, "date($, '+0 days') IS NOT $");
  else if (to == DMIG_SQLITE_TIME)
    checked(out, column, NULL, "$ IS NOT NULL AND (time($) IS NULL OR $ NOT LIKE '__:__%')");
  else
    checked(out, column, NULL,
            "$ IS NOT NULL AND (datetime($) IS NULL OR "
            "date(substr($, 1, 10), '+0 days') IS NOT substr($, 1, 10))");
}

static void
text_to_text(DmigSqliteClass from, DmigSqliteClass to, const char *column, DmigConversion *out)
{
  if (to == DMIG_SQLITE_JSON && from != DMIG_SQLITE_JSON)
    checked(out, column, NULL, "$ IS NOT NULL AND NOT json_valid($)");
  else if (to == DMIG_SQLITE_UUID && from != DMIG_SQLITE_UUID)
    checked(out, column, NULL, "length($) <> 36 OR $ GLOB '*[^-0-9A-Fa-f]*'");
  else
    lossless(out, column, NULL); /* lengths are not enforced, so that none is cut */
}

static void
number_to_text(DmigSqliteClass from, DmigSqliteClass to, const char *column, DmigConversion *out)
{
  if (to == DMIG_SQLITE_UUID)
    out->kind = DMIG_CONVERSION_NONE;
  else if (from == DMIG_SQLITE_BOOLEAN)
    lossless(out, column, "CASE $ WHEN 1 THEN 'true' WHEN 0 THEN 'false' ELSE $ END");
  else if (from == DMIG_SQLITE_INTEGER)
    lossless(out, column, "CAST($ AS TEXT)");
  else
    /* As few digits as give the same number again. */
    lossless(out, column,
             "CASE WHEN typeof($) <> 'real' THEN CAST($ AS TEXT) "
             "WHEN CAST(CAST($ AS TEXT) AS REAL) = $ THEN CAST($ AS TEXT) "
             "WHEN CAST(printf('%!.17g', $) AS REAL) = $ THEN printf('%!.17g', $) "
             "ELSE printf('%!.20g', $) END");
}

static void
moment_to_moment(DmigSqliteClass from, DmigSqliteClass to, const char *column, DmigConversion *out)
{
  if (from == to)
    lossless(out, column, NULL);
  else if (from == DMIG_SQLITE_DATE && to == DMIG_SQLITE_TIMESTAMP)
    lossless(out, column, "coalesce(datetime($), $)");
  else if (from == DMIG_SQLITE_TIMESTAMP && to == DMIG_SQLITE_DATE)
    lossy(out, column, "coalesce(date($), $)", "the time of day");
  else if (from == DMIG_SQLITE_TIMESTAMP && to == DMIG_SQLITE_TIME)
    lossy(out, column, "coalesce(time($), $)", "the date");
  else
    out->kind = DMIG_CONVERSION_NONE;
}

static void
blob_to_other(DmigSqliteClass to, const char *column, DmigConversion *out)
{
  /* The bytes stay; whether they are a text is for the author to know. */
  if (to == DMIG_SQLITE_TEXT)
    lossless(out, column, "CAST($ AS TEXT)");
  else
    out->kind = DMIG_CONVERSION_NONE;
}

void
dmig_sqlite_conversion(const char *from_type, const char *to_type, const char *column,
                       DmigConversion *out)
{
  DmigSqliteClass from = dmig_sqlite_class(from_type), to = dmig_sqlite_class(to_type);
  if (from == to)
    lossless(out, column, NULL);
  else if (from == DMIG_SQLITE_BLOB)
    blob_to_other(to, column, out);
  else if (is_text(from) && to == DMIG_SQLITE_BLOB)
    lossless(out, column, "CAST($ AS BLOB)");
  else if (is_number(from) && is_number(to))
    number_to_number(from, to, column, out);
  else if (is_text(from) && is_number(to))
    text_to_number(to, column, out);
  else if (is_text(from) && is_moment(to))
    text_to_moment(to, column, out);
  else if (is_text(from))
    text_to_text(from, to, column, out);
  else if (is_number(from) && is_text(to))
    number_to_text(from, to, column, out);
  else if (is_moment(from) && is_moment(to))
    moment_to_moment(from, to, column, out);
  else if (is_moment(from) && to == DMIG_SQLITE_TEXT)
    lossless(out, column, NULL);
  else
    out->kind = DMIG_CONVERSION_NONE;
}
