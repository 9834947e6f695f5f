#include "core/db/postgres/conversion_parts.h"

/* What PostgreSQL reads as a value for sure. It reads more than that (`tomorrow` is a date); such
 * rows are reported, and the author says how they convert. */
#define DATE                                                                                       \
  "(?!0000)[0-9]{4}-((0[13578]|1[02])-(0[1-9]|[12][0-9]|3[01])|(0[469]|11)-(0[1-9]|[12][0-9]|30)"  \
  "|02-(0[1-9]|[12][0-9]))"
#define TIME "([01][0-9]|2[0-3]):[0-5][0-9](:[0-5][0-9](\\.[0-9]{1,6})?)?"
#define ZONE "(Z|[-+](0[0-9]|1[0-4])(:?[0-5][0-9])?)"
#define INTERVAL "-?[0-9]{1,6} (second|minute|hour|day|week|mon|month|year)s?"
/* Values without values in them, and lists and objects of those; without escapes in strings. */
#define JSON_WORD "(true|false|null|\"[^\"\\\\[:cntrl:]]*\""                                         \
  "|-?(0|[1-9][0-9]{0,30})(\\.[0-9]{1,30})?)"
#define JSON_LIST "\\[( *" JSON_WORD " *(, *" JSON_WORD " *)*| *)\\]"
#define JSON_PAIR "\"[^\"\\\\[:cntrl:]]*\" *: *" JSON_WORD " *"
#define JSON_OBJECT "\\{( *" JSON_PAIR "(, *" JSON_PAIR ")*| *)\\}"
/* The bytes of UTF-8 without NUL, as pairs of hexadecimal digits (RFC 3629, section 4). */
#define UTF8_TAIL "[89ab][0-9a-f]"
#define UTF8_HEX                                                                                   \
  "(0[1-9a-f]|[1-7][0-9a-f]|(c[2-9a-f]|d[0-9a-f])" UTF8_TAIL "|e0[ab][0-9a-f]" UTF8_TAIL           \
  "|e[1-9a-cef](" UTF8_TAIL "){2}|ed[89][0-9a-f]" UTF8_TAIL "|f0[9ab][0-9a-f](" UTF8_TAIL "){2}"   \
  "|f[1-3](" UTF8_TAIL "){3}|f48[0-9a-f](" UTF8_TAIL "){2})"
#define UNSIGNED "([0-9]{1,30}(\\.[0-9]{0,30})?|\\.[0-9]{1,30})"

static const char *
pattern(DmigPgFamily family)
{
  switch (family) {
  case DMIG_PG_BOOLEAN:
    return "^ *([Tt]|[Tt][Rr][Uu][Ee]|[Yy]|[Yy][Ee][Ss]|[Oo][Nn]|1|[Ff]|[Ff][Aa][Ll][Ss][Ee]|[Nn]"
           "|[Nn][Oo]|[Oo][Ff][Ff]|0) *$";
  case DMIG_PG_SMALLINT:
  case DMIG_PG_INTEGER:
  case DMIG_PG_BIGINT:
    return "^ *[-+]?[0-9]{1,30} *$";
  case DMIG_PG_NUMERIC:
  case DMIG_PG_REAL:
    return "^ *[-+]?" UNSIGNED " *$";
  case DMIG_PG_DOUBLE:
    return "^ *[-+]?" UNSIGNED "([eE][-+]?[0-9]{1,2})? *$";
  case DMIG_PG_DATE:
    return "^" DATE "$";
  case DMIG_PG_TIME:
    return "^" TIME "$";
  case DMIG_PG_TIMESTAMP:
    return "^" DATE "([ T]" TIME ")?$";
  case DMIG_PG_TIMESTAMPTZ:
    return "^" DATE "([ T]" TIME " ?" ZONE "?)?$";
  case DMIG_PG_UUID:
    return "^[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}$";
  case DMIG_PG_INTERVAL:
    return "^(" INTERVAL "|" TIME ")$";
  case DMIG_PG_JSON:
  case DMIG_PG_JSONB:
    return "^ *(" JSON_WORD "|" JSON_LIST "|" JSON_OBJECT ") *$";
  case DMIG_PG_VARCHAR:
  case DMIG_PG_CHAR:
  case DMIG_PG_TEXT:
  case DMIG_PG_BYTEA:
  case DMIG_PG_OTHER:
    return NULL;
  }
  g_return_val_if_reached(NULL);
}

/* What is wrong with a text that has the form: a number out of range, the 29th of February. */
static char *
misfit_in_form(const DmigPgType *to, const char *text)
{
  g_autofree char *number = g_strdup_printf("%s::numeric", text);
  switch (to->family) {
  case DMIG_PG_SMALLINT:
  case DMIG_PG_INTEGER:
  case DMIG_PG_BIGINT:
    return dmig_pg_misfit_integer(to->family, number);
  case DMIG_PG_NUMERIC:
    return to->length == DMIG_PG_NO_MODIFIER ? NULL : dmig_pg_misfit_numeric(to, number);
  case DMIG_PG_DATE:
  case DMIG_PG_TIMESTAMP:
  case DMIG_PG_TIMESTAMPTZ:
    return g_strdup_printf("substr(%s, 6, 5) = '02-29' AND extract(day FROM make_date("
                           "left(%s, 4)::integer, 3, 1) - interval '1 day') <> 29",
                           text, text);
  case DMIG_PG_BOOLEAN:
  case DMIG_PG_REAL:
  case DMIG_PG_DOUBLE:
  case DMIG_PG_VARCHAR:
  case DMIG_PG_CHAR:
  case DMIG_PG_TEXT:
  case DMIG_PG_BYTEA:
  case DMIG_PG_TIME:
  case DMIG_PG_INTERVAL:
  case DMIG_PG_UUID:
  case DMIG_PG_JSON:
  case DMIG_PG_JSONB:
  case DMIG_PG_OTHER:
    return NULL;
  }
  g_return_val_if_reached(NULL);
}

/* NULL: only the cast itself can tell. CASE keeps the order: no cast of what lacks the form. */
char *
dmig_pg_misfit_text(const DmigPgType *to, const char *text)
{
  const char *words = "^\\{([A-Za-z0-9_]+(,[A-Za-z0-9_]+)*)?\\}$";
  const char *form = !to->array                       ? pattern(to->family)
                     : dmig_pg_is_string(to->family) ? words
                                                      : "^\\{\\}$";
  if (to->array)
    return g_strdup_printf("%s !~ '%s'", text, form);
  if (form == NULL)
    return NULL;
  g_autofree char *inner = misfit_in_form(to, text);
  if (inner == NULL)
    return g_strdup_printf("%s !~ '%s'", text, form);
  return g_strdup_printf("CASE WHEN %s !~ '%s' THEN TRUE ELSE %s END", text, form, inner);
}

gboolean
dmig_pg_is_string(DmigPgFamily family)
{
  return family == DMIG_PG_VARCHAR || family == DMIG_PG_CHAR || family == DMIG_PG_TEXT;
}

/* Characters of the longest text of a value; 0: no limit that is worth to know. */
static int
longest_text(const DmigPgType *type)
{
  if (type->array)
    return 0;
  switch (type->family) {
  case DMIG_PG_BOOLEAN:
    return 5;
  case DMIG_PG_SMALLINT:
    return 6;
  case DMIG_PG_INTEGER:
    return 11;
  case DMIG_PG_BIGINT:
    return 20;
  case DMIG_PG_NUMERIC: /* sign, point, and a zero before the point */
    return type->length == DMIG_PG_NO_MODIFIER ? 0 : type->length + 3;
  case DMIG_PG_REAL:
    return 15;
  case DMIG_PG_DOUBLE:
    return 24;
  case DMIG_PG_UUID:
    return 36;
  case DMIG_PG_VARCHAR:
  case DMIG_PG_CHAR:
    return MAX(type->length, 0);
  case DMIG_PG_TEXT:
  case DMIG_PG_BYTEA:
  case DMIG_PG_DATE:
  case DMIG_PG_TIME:
  case DMIG_PG_TIMESTAMP:
  case DMIG_PG_TIMESTAMPTZ:
  case DMIG_PG_INTERVAL:
  case DMIG_PG_JSON:
  case DMIG_PG_JSONB:
  case DMIG_PG_OTHER:
    return 0;
  }
  g_return_val_if_reached(0);
}

/* Assigning to varchar(n) refuses what is too long, where a cast to it would cut; so the
 * expression ends at text and the assignment does the rest. */
void
dmig_pg_to_string(const DmigPgType *from, const DmigPgType *to, const char *column,
                  DmigConversion *out)
{
  gboolean string = dmig_pg_is_string(from->family) && !from->array;
  gboolean bytes = from->family == DMIG_PG_BYTEA && !from->array;
  g_autofree char *text = string  ? g_strdup(column)
                          : bytes ? g_strdup_printf("convert_from(%s, 'UTF8')", column)
                                  : g_strdup_printf("%s::text", column);
  int longest = longest_text(from);
  gboolean fits = to->length == DMIG_PG_NO_MODIFIER || (longest > 0 && longest <= to->length);
  gboolean pads = to->family == DMIG_PG_CHAR && string && from->family != DMIG_PG_CHAR;

  g_autoptr(GString) bad = g_string_new(NULL);
  if (!fits)
    g_string_append_printf(bad, "length(%s) > %d", text, to->length);
  if (pads)
    g_string_append_printf(bad, "%s%s <> rtrim(%s)", bad->len > 0 ? " OR " : "", text, text);

  if (bytes) {
    g_autofree char *form =
        g_strdup_printf("encode(%s, 'hex') !~ '^" UTF8_HEX "*$'", column);
    g_autofree char *inner = g_strdup(bad->len > 0 ? bad->str : "FALSE");
    g_string_printf(bad, "CASE WHEN %s THEN TRUE ELSE %s END", form, inner);
  }
  gboolean sure = bad->len == 0;
  dmig_pg_conversion_set(out, sure ? DMIG_CONVERSION_LOSSLESS : DMIG_CONVERSION_CHECKED,
                         string ? NULL : g_strdup(text), bad->len > 0 ? g_strdup(bad->str) : NULL,
                         NULL);
}

void
dmig_pg_from_string(const DmigPgType *from, const DmigPgType *to, const char *column,
                    DmigConversion *out)
{
  gboolean json = from->family == DMIG_PG_JSON || from->family == DMIG_PG_JSONB;
  gboolean plain = from->family == DMIG_PG_TEXT || from->family == DMIG_PG_VARCHAR;
  g_autofree char *text = plain  ? g_strdup(column)
                          : json ? g_strdup_printf("(%s #>> '{}')", column)
                                 : g_strdup_printf("%s::text", column);
  if (to->family == DMIG_PG_BYTEA && dmig_pg_is_string(from->family)) {
    dmig_pg_conversion_set(out, DMIG_CONVERSION_LOSSLESS,
                           g_strdup_printf("convert_to(%s, 'UTF8')", text), NULL, NULL);
    return;
  }
  if (to->family == DMIG_PG_BYTEA || from->family == DMIG_PG_BYTEA) {
    dmig_pg_conversion_set(out, DMIG_CONVERSION_NONE, NULL, NULL, NULL);
    return;
  }
  /* A cast to numeric(p,s) would round what the check has let pass; there is nothing left to. */
  dmig_pg_conversion_set(out, DMIG_CONVERSION_CHECKED, g_strdup_printf("%s::%s", text, to->element),
                         dmig_pg_misfit_text(to, text), NULL);
}
