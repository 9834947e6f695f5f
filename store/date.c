#include <stdio.h>
#include <string.h>
#include <time.h>

#include "store/internal.h"

/* The formats that Git documents for GIT_AUTHOR_DATE (git-commit(1), "Date Formats"): its own
 * `<seconds> <zone>`, RFC 2822, and ISO 8601 with its cousins. A date without a zone is local. */

static const char *const months[]
    = { "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec" };

/* `+0200`, `+02:00`, `+02`, `Z`, `GMT`, `UTC`, after spaces. */
static gboolean
parse_zone(const char *text, int *out_minutes)
{
  text += strspn(text, " ");
  if (strcmp(text, "Z") == 0 || strcmp(text, "GMT") == 0 || strcmp(text, "UTC") == 0) {
    *out_minutes = 0;
    return TRUE;
  }
  if (*text != '+' && *text != '-')
    return FALSE;

  guint hours = 0, minutes = 0;
  int used = 0;
  gsize digits = strspn(text + 1, "0123456789");
  gboolean known = digits == 4 ? sscanf(text + 1, "%2u%2u%n", &hours, &minutes, &used) == 2
                   : digits == 2
                       ? sscanf(text + 1, "%2u%n:%2u%n", &hours, &used, &minutes, &used) > 0
                       : FALSE;
  if (!known || text[1 + used] != '\0' || hours > 14 || minutes > 59)
    return FALSE;
  *out_minutes = (int) (hours * 60 + minutes) * (*text == '-' ? -1 : 1);
  return TRUE;
}

static int
local_offset(time_t when)
{
  struct tm local;
  localtime_r(&when, &local);
  return (int) (local.tm_gmtoff / 60);
}

/* `@1112904793 +0200`, `1112904793 +0200`, and either without the zone. */
static gboolean
parse_seconds(const char *text, git_time *out_time)
{
  gboolean marked = *text == '@';
  const char *number = marked ? text + 1 : text;
  gsize digits = strspn(number, "0123456789");
  /* Fewer digits than that would be some other number in a date. */
  if (digits > 15 || digits < (marked ? 1 : 9))
    return FALSE;

  gint64 seconds = g_ascii_strtoll(number, NULL, 10);
  int offset = 0;
  if (number[digits] == '\0')
    offset = local_offset(seconds);
  else if (number[digits] != ' ' || !parse_zone(number + digits, &offset))
    return FALSE;
  *out_time = (git_time){ seconds, offset, offset < 0 ? '-' : '+' };
  return TRUE;
}

static gboolean
parse_month(const char *name, int *out_month)
{
  for (int i = 0; i < (int) G_N_ELEMENTS(months); i++)
    if (g_ascii_strcasecmp(name, months[i]) == 0) {
      *out_month = i + 1;
      return TRUE;
    }
  return FALSE;
}

/* The day, up to where the time begins. */
static const char *
parse_day(const char *text, struct tm *out)
{
  int year = 0, month = 0, day = 0, used = 0;
  char name[4] = "";

  if (strspn(text, "0123456789") == 4) {
    if (sscanf(text, "%4d-%2d-%2d%n", &year, &month, &day, &used) != 3
        && sscanf(text, "%4d.%2d.%2d%n", &year, &month, &day, &used) != 3)
      return NULL;
  } else if (sscanf(text, "%2d/%2d/%4d%n", &month, &day, &year, &used) != 3
             && sscanf(text, "%2d.%2d.%4d%n", &day, &month, &year, &used) != 3) {
    const char *comma = strchr(text, ',');
    text = comma != NULL ? comma + 1 : text;
    if (sscanf(text, " %2d %3[A-Za-z] %4d%n", &day, name, &year, &used) != 3
        || !parse_month(name, &month))
      return NULL;
  }
  if (year < 1970 || month < 1 || month > 12 || day < 1
      || day > g_date_get_days_in_month((GDateMonth)month, (GDateYear)year))
    return NULL;
  out->tm_year = year - 1900;
  out->tm_mon = month - 1;
  out->tm_mday = day;
  return text + used;
}

/* `22:13:13`, `22:13`; a fraction is left out. Gives where the zone begins. */
static const char *
parse_clock(const char *text, struct tm *out)
{
  guint hour = 0, minute = 0, second = 0;
  int used = 0, more = 0;
  if (sscanf(text, "%2u:%2u%n", &hour, &minute, &used) != 2 || used == 0)
    return NULL;
  text += used;
  if (sscanf(text, ":%2u%n", &second, &more) == 1)
    text += more;
  if (*text == '.' || *text == ',')
    text += 1 + strspn(text + 1, "0123456789");
  if (hour > 23 || minute > 59 || second > 60)
    return NULL;
  out->tm_hour = (int) hour;
  out->tm_min = (int) minute;
  out->tm_sec = (int) second;
  return text;
}

gboolean
dmig_date_parse(const char *text, git_time *out_time)
{
  text += strspn(text, " ");
  if (parse_seconds(text, out_time))
    return TRUE;

  struct tm parts = { .tm_isdst = -1 };
  const char *rest = parse_day(text, &parts);
  if (rest == NULL || (*rest != 'T' && *rest != ' '))
    return FALSE;
  rest = parse_clock(rest + 1 + strspn(rest + 1, " "), &parts);
  if (rest == NULL)
    return FALSE;

  int offset;
  if (parse_zone(rest, &offset)) {
    *out_time = (git_time){ timegm(&parts) - offset * 60, offset, offset < 0 ? '-' : '+' };
    return TRUE;
  }
  if (rest[strspn(rest, " ")] != '\0')
    return FALSE;
  time_t local = mktime(&parts);
  offset = (int) (parts.tm_gmtoff / 60);
  *out_time = (git_time){ local, offset, offset < 0 ? '-' : '+' };
  return TRUE;
}
