#include "cmd/ui/date.h"

#include "core/base/text.h"

char *
dmig_date_relative(gint64 then, gint64 now)
{
  static const struct {
    gint64 seconds;
    const char *singular, *plural;
  } units[] = {
    { 365 * 86400, "year", "years" }, { 30 * 86400, "month", "months" },
    { 7 * 86400, "week", "weeks" },   { 86400, "day", "days" },
    { 3600, "hour", "hours" },        { 60, "minute", "minutes" },
    { 1, "second", "seconds" },
  };
  gint64 age = now - then;
  if (age < 0)
    return g_strdup("in the future");
  /* Rounded down, and two of a unit before it is used: "70 minutes ago", not "1 hour ago". */
  for (guint i = 0; i < G_N_ELEMENTS(units); i++) {
    if (age < 2 * units[i].seconds && i + 1 < G_N_ELEMENTS(units))
      continue;
    g_autofree char *count
        = dmig_text_count(age / units[i].seconds, units[i].singular, units[i].plural);
    return g_strconcat(count, " ago", NULL);
  }
  g_return_val_if_reached(NULL);
}

static char *
format(gint64 seconds, int offset_minutes, const char *pattern)
{
  g_autoptr(GTimeZone) zone = g_time_zone_new_offset(offset_minutes * 60);
  g_autoptr(GDateTime) utc = g_date_time_new_from_unix_utc(seconds);
  g_autoptr(GDateTime) there = utc != NULL ? g_date_time_to_timezone(utc, zone) : NULL;
  return there != NULL ? g_date_time_format(there, pattern) : g_strdup("(no date)");
}

char *
dmig_date_git(gint64 seconds, int offset_minutes)
{
  return format(seconds, offset_minutes, "%a %b %-d %H:%M:%S %Y %z");
}

char *
dmig_date_iso(gint64 seconds, int offset_minutes)
{
  return format(seconds, offset_minutes, "%Y-%m-%dT%H:%M:%S%:z");
}

char *
dmig_date_since(const char *iso)
{
  g_autoptr(GTimeZone) utc = g_time_zone_new_utc();
  g_autoptr(GDateTime) then = iso != NULL ? g_date_time_new_from_iso8601(iso, utc) : NULL;
  if (then == NULL)
    return g_strdup(iso);
  return dmig_date_relative(g_date_time_to_unix(then), g_get_real_time() / G_USEC_PER_SEC);
}
