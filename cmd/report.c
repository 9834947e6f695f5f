#include <stdio.h>
#include <string.h>

#include "cmd/report_document.h"
#include "cmd/report_render.h"
#include "cmd/table.h"
#include "cmd/ui/json.h"
#include "cmd/ui/table.h"

static json_t *
load(const char *path, GError **error)
{
  json_error_t problem;
  json_t *report = json_load_file(path, JSON_REJECT_DUPLICATES, &problem);
  if (json_is_object(report))
    return report;
  json_decref(report);
  g_set_error(error, DMIG_ERROR, DMIG_ERROR_FAILED, "%s is no report: %s", path, problem.text);
  return NULL;
}

static gboolean
names(const char *path, const char *run)
{
  g_autofree char *base = g_path_get_basename(path);
  const char *id = strchr(base, '-');
  return id != NULL && g_str_has_prefix(id + 1, run);
}

/* By the beginning of the run's id; the last one where none is named. */
static const char *
find(GPtrArray *paths, const char *run, GError **error)
{
  const char *found = NULL;
  guint n = 0;
  for (guint i = 0; i < paths->len; i++)
    if (run == NULL || names(paths->pdata[i], run)) {
      found = paths->pdata[i];
      n++;
    }
  if (found != NULL && (run == NULL || n == 1))
    return found;
  if (n > 1)
    g_set_error(error, DMIG_ERROR, DMIG_ERROR_USAGE,
                "%u runs have an id that begins with '%s'; write more of it", n, run);
  else if (run != NULL)
    g_set_error(error, DMIG_ERROR, DMIG_ERROR_NOT_FOUND,
                "there is no report of a run '%s'; 'dmig report --list' lists them", run);
  else
    g_set_error(error, DMIG_ERROR, DMIG_ERROR_NOT_FOUND,
                "no run has left a report here yet; 'dmig apply' does");
  return NULL;
}

static gboolean
list(GPtrArray *paths, GError **error)
{
  g_autoptr(DmigGrid) grid = dmig_grid_new("RUN", "STARTED", "COMMAND", "TARGET", "OUTCOME", NULL);
  for (guint i = paths->len; i > 0; i--) {
    g_autoptr(json_t) report = load(paths->pdata[i - 1], NULL);
    const char *run = json_string_value(json_object_get(report, "run"));
    const char *started = json_string_value(json_object_get(report, "started"));
    g_autofree char *id = g_strndup(run != NULL ? run : "?", 8);
    g_autofree char *time = g_strndup(started != NULL ? started : "?", 19);
    const char *const cells[] = { id, time, json_string_value(json_object_get(report, "command")),
                                  json_string_value(json_object_get(report, "target")),
                                  json_string_value(json_object_get(report, "outcome")) };
    dmig_grid_add(grid, cells);
  }
  dmig_grid_print(grid);
  return TRUE;
}

static gboolean
show(DmigContext *context, const char *run, const char *format_name, gboolean listing,
     GError **error)
{
  DmigReportFormat format = DMIG_REPORT_MARKDOWN;
  if (format_name != NULL && !dmig_report_format_parse(format_name, &format, error))
    return FALSE;
  g_autoptr(GPtrArray) paths = dmig_report_list(context, error);
  if (paths == NULL)
    return FALSE;
  if (listing)
    return list(paths, error);
  const char *path = find(paths, run, error);
  g_autoptr(json_t) report = path != NULL ? load(path, error) : NULL;
  if (report == NULL)
    return FALSE;
  g_autofree char *text = dmig_report_render(report, format);
  fputs(text, stdout);
  return TRUE;
}

static gboolean
run_report(DmigContext *context, int argc, char **argv, GError **error)
{
  gboolean done, listing = FALSE;
  g_autofree char *format = NULL;
  char *parsed = NULL;
  const GOptionEntry entries[] = {
    { "format", 0, 0, G_OPTION_ARG_STRING, &parsed, "How to show it", "json|markdown|html" },
    { "list", 0, 0, G_OPTION_ARG_NONE, &listing, "List the reports that are kept", NULL },
    G_OPTION_ENTRY_NULL,
  };
  gboolean good = dmig_command_parse(context, entries, &argc, &argv, &done, error);
  format = parsed;
  if (!good || done)
    return good;
  return dmig_command_at_most(context, argc, argv, 1, error)
         && show(context, argc > 1 ? argv[1] : NULL, format, listing, error);
}

const DmigCommand dmig_command_report = {
  .name = "report",
  .group = DMIG_GROUP_DATABASES,
  .summary = "Show what a run did",
  .usage = "[--format json|markdown|html] [--list | RUN]",
  .examples = "dmig report                               # of the last run\n"
              "dmig report --list                        # all that are kept\n"
              "dmig report 3f2a --format html >run.html  # of one, by the beginning of its id",
  .description
  = "Every run of apply and revert leaves a report in .dmig/reports: what ran and how\n"
    "long it took, what was found before and after, rows, the backup's place, the way\n"
    "back. The setting report.keep says how many stay: 100, or all. No report holds a\n"
    "password, nor a row's values unless --values asked for them.",
  .run = run_report,
};
