#include "cmd/ui/age.h"

#include <string.h>

static char *
to_text(GDateTime *moment)
{
  g_autoptr(GDateTime) utc = g_date_time_to_utc(moment);
  g_autofree char *seconds = utc != NULL ? g_date_time_format(utc, "%Y-%m-%dT%H:%M:%S") : NULL;
  return seconds != NULL
             ? g_strdup_printf("%s.%06dZ", seconds, g_date_time_get_microsecond(utc))
             : NULL;
}

/* Seconds of an age; 0: it is none, or more than anything can be old. */
static guint64
seconds_of(const char *text)
{
  static const struct {
    const char *unit;
    guint seconds;
  } units[] = { { "m", 60 }, { "h", 3600 }, { "d", 86400 }, { "w", 7 * 86400 }, { "y", 365 * 86400 } };
  const guint64 most = G_GUINT64_CONSTANT(1000) * 365 * 86400;
  char *end = NULL;
  guint64 n = g_ascii_isdigit(*text) ? g_ascii_strtoull(text, &end, 10) : 0;
  for (guint i = 0; n > 0 && i < G_N_ELEMENTS(units); i++)
    if (strcmp(end, units[i].unit) == 0)
      return n <= most / units[i].seconds ? n * units[i].seconds : 0;
  return 0;
}

char *
dmig_age_moment(const char *text)
{
  static const char *const endings[] = { "", ":00", " 00:00:00" };
  guint64 seconds = seconds_of(text);
  if (seconds > 0) {
    g_autoptr(GDateTime) now = g_date_time_new_now_utc();
    g_autoptr(GDateTime) then = g_date_time_add_seconds(now, -(double) seconds);
    return then != NULL ? to_text(then) : NULL;
  }
  g_autoptr(GTimeZone) local = g_time_zone_new_local();
  for (guint i = 0; i < G_N_ELEMENTS(endings); i++) {
    g_autofree char *whole = g_strconcat(text, endings[i], NULL);
    g_autoptr(GDateTime) moment = g_date_time_new_from_iso8601(whole, local);
    if (moment != NULL)
      return to_text(moment);
  }
  return NULL;
}
