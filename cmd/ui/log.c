#include "cmd/ui/log.h"

#include <stdio.h>
#include <string.h>

#include "cmd/ui/json.h"

static gboolean as_json;
static char run_id[64];

gboolean
dmig_log_set_format(const char *name)
{
  as_json = strcmp(name, "json") == 0;
  return as_json || strcmp(name, "text") == 0;
}

gboolean
dmig_log_is_json(void)
{
  return as_json;
}

void
dmig_log_set_run(const char *id)
{
  g_strlcpy(run_id, id != NULL ? id : "", sizeof run_id);
}

void
dmig_log(const char *level, const char *event, json_t *fields)
{
  g_autoptr(json_t) line = fields != NULL ? fields : json_object();
  g_autoptr(GDateTime) now = g_date_time_new_now_utc();
  g_autofree char *seconds = g_date_time_format(now, "%Y-%m-%dT%H:%M:%S");
  g_autofree char *time
      = g_strdup_printf("%s.%03dZ", seconds, g_date_time_get_microsecond(now) / 1000);
  if (!as_json)
    return;
  dmig_json_set(line, "time", time);
  dmig_json_set(line, "level", level);
  dmig_json_set(line, "event", event);
  if (*run_id != '\0')
    dmig_json_set(line, "run", run_id);
  g_autofree char *text = dmig_json_to_text(line);
  fflush(stdout);
  fprintf(stderr, "%s\n", text);
}

void
dmig_log_message(const char *level, const char *message)
{
  json_t *fields = json_object();
  dmig_json_set(fields, "message", message);
  dmig_log(level, "message", fields);
}
