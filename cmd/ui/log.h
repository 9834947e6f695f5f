/* Messages for machines: with --log-format=json each is one line of JSON on standard error. */
#pragma once

#include <glib.h>
#include <jansson.h>

/* "text" or "json"; FALSE for anything else. */
gboolean dmig_log_set_format(const char *name);
gboolean dmig_log_is_json(void);
/* The run that all further lines belong to; NULL: none. */
void dmig_log_set_run(const char *id);
/* A line where lines are JSON, else nothing: {"time", "level", "event", "run", …}. Takes `fields`,
 * which may be NULL. `level`: "info", "warning", "error". */
void dmig_log(const char *level, const char *event, json_t *fields);
/* The same with one field, "message". */
void dmig_log_message(const char *level, const char *message);
