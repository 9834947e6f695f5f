#include "core/db/postgres/conversion.h"

#include "core/db/postgres/conversion_parts.h"

void
dmig_pg_conversion_set(DmigConversion *out, DmigConversionKind kind, char *using_sql_owned,
                       char *bad_sql_owned, const char *loses)
{
  out->kind = kind;
  out->using_sql = using_sql_owned;
  out->bad_sql = bad_sql_owned;
  out->loses = g_strdup(loses);
}

void
dmig_pg_conversion_lossless(DmigConversion *out, char *using_sql_owned)
{
  dmig_pg_conversion_set(out, DMIG_CONVERSION_LOSSLESS, using_sql_owned, NULL, NULL);
}

void
dmig_pg_conversion_lossy(DmigConversion *out, char *using_sql_owned, const char *loses)
{
  dmig_pg_conversion_set(out, DMIG_CONVERSION_LOSSY, using_sql_owned, NULL, loses);
}

void
dmig_pg_conversion_checked(DmigConversion *out, char *using_sql_owned, char *bad_sql_owned)
{
  dmig_pg_conversion_set(out, DMIG_CONVERSION_CHECKED, using_sql_owned, bad_sql_owned, NULL);
}

static void
none(DmigConversion *out)
{
  dmig_pg_conversion_set(out, DMIG_CONVERSION_NONE, NULL, NULL, NULL);
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
    dmig_pg_conversion_lossy(out, using_sql_owned, "digits of the seconds");
  else
    dmig_pg_conversion_lossless(out, using_sql_owned);
}

static void
instant_to_time(const DmigPgType *from, const DmigPgType *to, const char *column,
                DmigConversion *out)
{
  g_autofree char *plain = as_timestamp(from, column);
  if (to->family == DMIG_PG_DATE)
    dmig_pg_conversion_lossy(out, g_strdup_printf("%s::date", plain), "the time of day");
  else if (to->family == DMIG_PG_TIME && from->family != DMIG_PG_DATE)
    dmig_pg_conversion_lossy(out, g_strdup_printf("%s::time", plain), "the date");
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
    dmig_pg_conversion_lossless(out, g_strdup_printf("%s::interval", column));
  else if (from->family == DMIG_PG_INTERVAL && to->family == DMIG_PG_TIME)
    dmig_pg_conversion_lossy(out, g_strdup_printf("%s::time", column), "what is longer than a day");
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
    dmig_pg_conversion_checked(out, g_strdup_printf("%s::integer::%s", column, to->element), g_strdup(column));
  else if (to->family == DMIG_PG_INTEGER)
    dmig_pg_conversion_lossless(out, g_strdup_printf("%s::integer", column));
  else
    dmig_pg_conversion_lossless(out, g_strdup_printf("%s::integer::%s", column, to->element));
}

static void
number_to_boolean(const char *column, DmigConversion *out)
{
  dmig_pg_conversion_checked(out, g_strdup_printf("%s <> 0", column), g_strdup_printf("%s NOT IN (0, 1)", column));
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
      dmig_pg_conversion_lossy(out, g_strdup_printf("%s::jsonb", column),
            "white space, the order of keys and repeated keys");
    else
      dmig_pg_conversion_lossless(out, g_strdup_printf("%s::json", column));
  } else if (dmig_pg_is_string(from->family) && !from->array) {
    g_autofree char *text = g_strdup_printf("%s::text", column);
    dmig_pg_conversion_checked(out, g_strdup_printf("%s::%s", text, name), dmig_pg_misfit_text(to, text));
  } else if (from->family == DMIG_PG_BYTEA) {
    none(out);
  } else if (from->array) {
    dmig_pg_conversion_lossy(out, g_strdup_printf("to_%s(%s)", name, column), "the way back to an array");
  } else {
    dmig_pg_conversion_lossless(out, g_strdup_printf("to_%s(%s)", name, column));
  }
}

/* Casts of arrays cast each element, where there is such a cast; else text is between. */
static char *
array_using(const DmigPgType *from, const DmigPgType *to, const char *column)
{
  gboolean numbers = dmig_pg_is_number(from->family) && dmig_pg_is_number(to->family);
  gboolean times = is_time(from->family) && is_time(to->family);
  gboolean boolean = from->family == DMIG_PG_BOOLEAN || to->family == DMIG_PG_BOOLEAN;
  gboolean number = dmig_pg_is_number(from->family) || dmig_pg_is_number(to->family);
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
  dmig_pg_conversion_checked(out, g_strdup_printf("%s::%s[]", text, to->element), dmig_pg_misfit_text(to, text));
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
    dmig_pg_conversion_lossless(out, NULL);
  else if (dmig_pg_is_string(to->family))
    dmig_pg_to_string(from, to, column, out);
  else if (dmig_pg_is_string(from->family) || from->family == DMIG_PG_OTHER
           || to->family == DMIG_PG_OTHER || is_json(from->family))
    dmig_pg_from_string(from, to, column, out);
  else if (dmig_pg_is_number(from->family) && dmig_pg_is_number(to->family))
    dmig_pg_number_to_number(from, to, column, out);
  else if (is_time(from->family) && is_time(to->family))
    time_to_time(from, to, column, out);
  else if (from->family == DMIG_PG_BOOLEAN && dmig_pg_is_number(to->family))
    boolean_to_number(to, column, out);
  else if (dmig_pg_is_number(from->family) && to->family == DMIG_PG_BOOLEAN)
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
    dmig_pg_conversion_lossless(out_conversion, NULL);
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
