#include "cmd/report_document.h"

#include <glib/gstdio.h>
#include <string.h>
#include <sys/stat.h>

#include "cmd/chain.h"
#include "cmd/findings.h"
#include "cmd/report_render.h"
#include "cmd/ui/json.h"
#include "core/db/census.h"
#include "core/sql/path.h"

#define DEFAULT_KEEP 100
#define SHORT_ID 12

/* --- making ---------------------------------------------------------------------------------- */

static json_t *
count_or_null(gint64 n)
{
  return n >= 0 ? json_integer(n) : json_null();
}

static json_t *
step_to_json(const DmigStepRecord *step)
{
  json_t *object = json_object();
  dmig_json_set(object, "title", step->title);
  dmig_json_set(object, "kind", step->kind);
  json_object_set_new(object, "milliseconds", json_integer((json_int_t) step->milliseconds));
  json_object_set_new(object, "attempts", json_integer(step->attempts));
  json_object_set_new(object, "rows_kept", count_or_null(step->rows_kept));
  json_object_set_new(object, "rows_back", count_or_null(step->rows_back));
  return object;
}

static json_t *
revision_to_json(const DmigRevisionRecord *revision)
{
  json_t *object = json_object(), *steps = json_array();
  dmig_json_set(object, "revision", revision->revision);
  dmig_json_set(object, "title", revision->title);
  dmig_json_set(object, "direction", revision->down ? "downgrade" : "upgrade");
  dmig_json_set(object, "checksum", revision->checksum);
  json_object_set_new(object, "milliseconds", json_integer((json_int_t) revision->milliseconds));
  for (guint i = 0; i < revision->steps->len; i++)
    json_array_append_new(steps, step_to_json(revision->steps->pdata[i]));
  json_object_set_new(object, "steps", steps);
  return object;
}

static json_t *
phases_to_json(const DmigRunRecord *record)
{
  json_t *array = json_array();
  for (guint i = 0; i < DMIG_RUN_COMPLETED; i++) {
    json_t *object = json_object();
    dmig_json_set(object, "phase", dmig_run_phase_name((DmigRunPhase) i));
    json_object_set_new(object, "milliseconds",
                        json_integer((json_int_t) record->phase_milliseconds[i]));
    json_array_append_new(array, object);
  }
  return array;
}

static const DmigTableCount *
find_count(GPtrArray *counts, const char *table)
{
  for (guint i = 0; counts != NULL && i < counts->len; i++)
    if (g_str_equal(((DmigTableCount *) counts->pdata[i])->table, table))
      return counts->pdata[i];
  return NULL;
}

static void
add_count(json_t *array, const char *table, const DmigTableCount *was, const DmigTableCount *is)
{
  g_autofree char *name = dmig_path_text(table);
  json_t *object = json_object();
  dmig_json_set(object, "table", name);
  json_object_set_new(object, "before", was != NULL ? count_or_null(was->rows) : json_null());
  json_object_set_new(object, "after", is != NULL ? count_or_null(is->rows) : json_null());
  json_object_set_new(object, "counted",
                      json_boolean((was == NULL || was->exact) && (is == NULL || is->exact)));
  json_array_append_new(array, object);
}

/* Tables that a run makes have only an after, those that it takes only a before. */
static json_t *
rows_to_json(const DmigOversight *oversight)
{
  json_t *array = json_array();
  for (guint i = 0; oversight->before != NULL && i < oversight->before->len; i++) {
    const DmigTableCount *was = oversight->before->pdata[i];
    add_count(array, was->table, was, find_count(oversight->after, was->table));
  }
  for (guint i = 0; oversight->after != NULL && i < oversight->after->len; i++) {
    const DmigTableCount *is = oversight->after->pdata[i];
    if (find_count(oversight->before, is->table) == NULL)
      add_count(array, is->table, NULL, is);
  }
  return array;
}

/* What brings the database back to where it was; null where it is there still. */
static char *
way_back(const char *target, const DmigRunRecord *record)
{
  if (g_strcmp0(record->from, record->now) == 0)
    return NULL;
  g_autofree char *quoted = g_shell_quote(target);
  g_autofree char *shown = strpbrk(target, " '\"$&;|<>()*?\\`") == NULL ? g_strdup(target)
                                                                       : g_steal_pointer(&quoted);
  if (record->from == NULL)
    return g_strdup_printf("dmig revert -t %s nothing", shown);
  gboolean down = record->revisions->len > 0
                  && ((DmigRevisionRecord *) record->revisions->pdata[0])->down;
  return g_strdup_printf("dmig %s -t %s %.*s", down ? "apply" : "revert", shown, SHORT_ID,
                         record->from);
}

static json_t *
findings_or_null(GPtrArray *findings, gboolean values)
{
  return findings != NULL ? dmig_findings_to_json(findings, values) : json_null();
}

static void
set_head(json_t *report, DmigDatabase *db, const char *kind, const char *target)
{
  dmig_json_set(report, "kind", kind);
  dmig_json_set(report, "target", target);
  dmig_json_set(report, "server", db != NULL ? db->driver->version(db) : NULL);
  dmig_json_set(report, "dmig", DMIG_VERSION);
}

json_t *
dmig_report_of_run(const DmigOversight *oversight, DmigDatabase *db, const char *target,
                   const DmigRunRecord *record, gboolean values)
{
  json_t *report = dmig_json_document(), *revisions = json_array();
  g_autofree char *who = g_strdup_printf("%s@%s", g_get_user_name(), g_get_host_name());
  g_autofree char *back = way_back(target, record);
  set_head(report, db, "run", target);
  dmig_json_set(report, "run", record->id);
  dmig_json_set(report, "command", record->command);
  dmig_json_set(report, "who", who);
  dmig_json_set(report, "started", record->started);
  dmig_json_set(report, "finished", record->finished);
  dmig_json_set(report, "outcome", dmig_run_phase_name(record->phase));
  dmig_json_set(report, "from", record->from);
  dmig_json_set(report, "to", record->to);
  dmig_json_set(report, "now", record->now);
  dmig_json_set(report, "error", record->error);
  dmig_json_set(report, "backup", record->backup);
  dmig_json_set(report, "way_back", back);
  for (guint i = 0; i < record->revisions->len; i++)
    json_array_append_new(revisions, revision_to_json(record->revisions->pdata[i]));
  json_object_set_new(report, "phases", phases_to_json(record));
  json_object_set_new(report, "revisions", revisions);
  json_object_set_new(report, "warnings", dmig_json_strings(record->warnings));
  json_object_set_new(
      report, "checks",
      findings_or_null(oversight->readiness != NULL ? oversight->readiness->findings : NULL, values));
  json_object_set_new(report, "validation", findings_or_null(oversight->validated, values));
  json_object_set_new(report, "rows", rows_to_json(oversight));
  return report;
}

json_t *
dmig_report_of_check(DmigDatabase *db, const char *target, const char *from, const char *to,
                     GPtrArray *findings, gboolean values)
{
  json_t *report = dmig_json_document();
  g_autoptr(GDateTime) now = g_date_time_new_now_utc();
  g_autofree char *time = g_date_time_format(now, "%Y-%m-%dT%H:%M:%SZ");
  set_head(report, db, "check", target);
  dmig_json_set(report, "started", time);
  dmig_json_set(report, "from", from);
  dmig_json_set(report, "to", to);
  dmig_json_set(report, "outcome", dmig_findings_verdict(findings));
  json_object_set_new(report, "checks", dmig_findings_to_json(findings, values));
  return report;
}

/* --- keeping --------------------------------------------------------------------------------- */

static char *
folder_of(DmigContext *context, GError **error)
{
  DmigStore *store = dmig_context_store(context, error);
  return store != NULL ? g_build_filename(dmig_store_path(store), "reports", NULL) : NULL;
}

static int
compare_names(gconstpointer a, gconstpointer b)
{
  return strcmp(*(const char *const *) a, *(const char *const *) b);
}

GPtrArray *
dmig_report_list(DmigContext *context, GError **error)
{
  g_autofree char *folder = folder_of(context, error);
  if (folder == NULL)
    return NULL;
  GPtrArray *paths = g_ptr_array_new_with_free_func(g_free);
  g_autoptr(GDir) dir = g_dir_open(folder, 0, NULL);
  for (const char *name = dir != NULL ? g_dir_read_name(dir) : NULL; name != NULL;
       name = g_dir_read_name(dir))
    if (g_str_has_suffix(name, ".json") && g_ascii_isdigit(*name))
      g_ptr_array_add(paths, g_build_filename(folder, name, NULL));
  g_ptr_array_sort(paths, compare_names);
  return paths;
}

/* A bad setting costs nobody a report. */
static void
prune(DmigContext *context)
{
  g_autofree char *setting = dmig_context_config(context, "report.keep");
  guint64 keep = DEFAULT_KEEP;
  if (g_strcmp0(setting, "all") == 0
      || (setting != NULL
          && !g_ascii_string_to_unsigned(setting, 10, 1, G_MAXUINT, &keep, NULL)))
    return;
  g_autoptr(GPtrArray) paths = dmig_report_list(context, NULL);
  for (guint i = 0; paths != NULL && i + keep < paths->len; i++)
    g_unlink(paths->pdata[i]);
}

/* 2026-01-31T12:00:00.123456Z as 20260131T120000.123456Z: names sort by time. */
static char *
file_name(const json_t *report)
{
  const char *started = json_string_value(json_object_get(report, "started"));
  const char *run = json_string_value(json_object_get(report, "run"));
  GString *name = g_string_new(NULL);
  for (const char *at = started; at != NULL && *at != '\0'; at++)
    if (*at != '-' && *at != ':' && *at != 'Z')
      g_string_append_c(name, *at);
  g_string_append_printf(name, "Z-%s.json", run);
  return g_string_free(name, FALSE);
}

static gboolean
write_file(const char *path, const char *text, GError **error)
{
  g_autoptr(GError) problem = NULL;
  if (g_file_set_contents_full(path, text, -1, G_FILE_SET_CONTENTS_CONSISTENT, 0600, &problem))
    return TRUE;
  g_set_error(error, DMIG_ERROR, DMIG_ERROR_FATAL, "the report can't be written: %s",
              problem->message);
  return FALSE;
}

gboolean
dmig_report_keep(DmigContext *context, const json_t *report, char **out_path, GError **error)
{
  g_autofree char *folder = folder_of(context, error);
  if (folder == NULL)
    return FALSE;
  g_autofree char *name = file_name(report);
  g_autofree char *path = g_build_filename(folder, name, NULL);
  g_autofree char *text = dmig_report_render(report, DMIG_REPORT_JSON);
  g_mkdir(folder, 0700);
  if (!write_file(path, text, error))
    return FALSE;
  prune(context);
  *out_path = g_steal_pointer(&path);
  return TRUE;
}

static gboolean
format_of(const char *path, DmigReportFormat *out, GError **error)
{
  const char *ending = strrchr(path, '.');
  if (dmig_report_format_parse(ending != NULL ? ending + 1 : "", out, error))
    return TRUE;
  g_prefix_error(error, "%s: ", path);
  return FALSE;
}

gboolean
dmig_report_check_path(const char *path, GError **error)
{
  DmigReportFormat format;
  return format_of(path, &format, error);
}

gboolean
dmig_report_write(const json_t *report, const char *path, GError **error)
{
  DmigReportFormat format;
  if (!format_of(path, &format, error))
    return FALSE;
  g_autofree char *text = dmig_report_render(report, format);
  return write_file(path, text, error);
}
