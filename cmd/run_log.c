#include "cmd/run_log.h"

#include <stdio.h>
#include <string.h>

#include "cmd/ui/colour.h"
#include "cmd/ui/date.h"
#include "cmd/ui/json.h"
#include "cmd/ui/message.h"
#include "cmd/ui/table.h"
#include "core/apply/tracking/heartbeat.h"
#include "core/base/text.h"

void
dmig_run_log_free(DmigRunLog *self)
{
  if (self == NULL)
    return;
  g_ptr_array_unref(self->runs);
  dmig_lock_holder_clear(&self->holder);
  dmig_interrupted_free(self->interrupted);
  g_free(self->problem);
  g_free(self);
}

/* Where the tables can't say how far a run is, a file beside the database does. */
static void
add_notice(DmigRunLog *self, DmigDatabase *db)
{
  g_autoptr(DmigTrackedRun) notice = dmig_heartbeat_read(db);
  if (notice == NULL)
    return;
  DmigTrackedRun *last = self->runs->len > 0 ? g_ptr_array_index(self->runs, 0) : NULL;
  gboolean same = last != NULL && g_strcmp0(last->id, notice->id) == 0;
  if (same && last->finished != NULL)
    return;
  if (same)
    g_ptr_array_remove_index(self->runs, 0);
  g_ptr_array_insert(self->runs, 0, g_steal_pointer(&notice));
}

DmigRunLog *
dmig_run_log_new(DmigDatabase *db, guint limit)
{
  DmigRunLog *self = g_new0(DmigRunLog, 1);
  g_autoptr(GError) problem = NULL;
  g_autoptr(DmigState) state = NULL;
  db->driver->lock_holder(db, &self->held, &self->holder, NULL);
  if (!dmig_tracking_runs(db, limit, &self->runs, &problem)) {
    self->runs = g_ptr_array_new_with_free_func((GDestroyNotify) dmig_tracked_run_free);
    self->problem = g_strdup(problem->message);
  } else if (dmig_tracking_read(db, &state, NULL)) {
    self->interrupted = g_steal_pointer(&state->interrupted);
  }
  if (self->held)
    add_notice(self, db);
  return self;
}

/* --- one run ---------------------------------------------------------------------------------- */

static gboolean
is_running(const DmigRunLog *self, guint i)
{
  const DmigTrackedRun *run = g_ptr_array_index(self->runs, i);
  return i == 0 && self->held && run->finished == NULL;
}

/* The phase that a run is in: a run that has no end, and that nobody works on, was interrupted. */
static const char *
phase_of(const DmigRunLog *self, guint i)
{
  const DmigTrackedRun *run = g_ptr_array_index(self->runs, i);
  return run->finished != NULL || is_running(self, i) ? run->phase : "interrupted";
}

/* In seconds since 1970; 0: it is no time. */
static gint64
seconds_of(const char *iso)
{
  g_autoptr(GTimeZone) utc = g_time_zone_new_utc();
  g_autoptr(GDateTime) time = iso != NULL ? g_date_time_new_from_iso8601(iso, utc) : NULL;
  return time != NULL ? g_date_time_to_unix(time) : 0;
}

/* How long it took, or takes so far; of one that was killed, until it was last heard of. -1: that
 * is not known. */
static gint64
elapsed_of(const DmigRunLog *self, guint i)
{
  const DmigTrackedRun *run = g_ptr_array_index(self->runs, i);
  gint64 began = seconds_of(run->started);
  gint64 ended = is_running(self, i) ? g_get_real_time() / G_USEC_PER_SEC
                                     : seconds_of(run->finished ? run->finished : run->updated);
  return began > 0 && ended >= began ? ended - began : -1;
}

/* As the part that is done took so long, so will the rest. -1: nothing is done that could tell. */
static gint64
left_of(const DmigRunLog *self)
{
  const DmigTrackedRun *run = g_ptr_array_index(self->runs, 0);
  gint64 elapsed = elapsed_of(self, 0);
  double done = 0;
  if (run->rows_total > 0 && run->revisions <= 1 && run->steps <= 1)
    done = (double) run->rows_done / (double) run->rows_total;
  else if (run->revisions > 0 && run->revision > 0) {
    double rows = run->rows_total > 0 ? (double) run->rows_done / (double) run->rows_total : 0;
    double steps =
        run->steps > 0 && run->step > 0 ? (run->step - 1 + MIN(rows, 1)) / run->steps : 0;
    done = (run->revision - 1 + steps) / run->revisions;
  }
  return elapsed < 0 || done <= 0 || done > 1 ? -1
                                              : (gint64) ((double) elapsed * (1 - done) / done);
}

static char *
duration_text(gint64 seconds)
{
  if (seconds < 0)
    return NULL;
  if (seconds < 60)
    return g_strdup_printf("%" G_GINT64_FORMAT " s", seconds);
  if (seconds < 3600)
    return g_strdup_printf("%" G_GINT64_FORMAT " min %" G_GINT64_FORMAT " s", seconds / 60,
                           seconds % 60);
  return g_strdup_printf("%" G_GINT64_FORMAT " h %" G_GINT64_FORMAT " min", seconds / 3600,
                         seconds / 60 % 60);
}

/* --- for people ----------------------------------------------------------------------------------
 */

static void
print_line(const char *title, const char *text)
{
  g_autofree char *printable = text != NULL ? dmig_text_printable(text) : NULL;
  if (printable != NULL)
    printf("  %-9s %s\n", title, printable);
}

static char *
place_text(const DmigTrackedRun *run, const char *phase)
{
  GString *text = g_string_new(phase);
  if (run->revision > 0 && run->revisions > 1)
    g_string_append_printf(text, ", revision %u of %u", run->revision, run->revisions);
  if (run->step > 0)
    g_string_append_printf(text, ", step %u of %u", run->step, run->steps);
  if (run->title != NULL)
    g_string_append_printf(text, ": %s", run->title);
  return g_string_free(text, FALSE);
}

static char *
rows_text(const DmigTrackedRun *run)
{
  if (run->rows_total > 0)
    return g_strdup_printf("%" G_GUINT64_FORMAT " of about %" G_GUINT64_FORMAT " (%u%%)",
                           run->rows_done, run->rows_total,
                           (guint) MIN(100 * run->rows_done / run->rows_total, 100));
  return run->rows_done > 0 ? g_strdup_printf("%" G_GUINT64_FORMAT, run->rows_done) : NULL;
}

static char *
who_text(const DmigRunLog *self, guint i)
{
  const DmigTrackedRun *run = g_ptr_array_index(self->runs, i);
  if (run->who == NULL)
    return g_strdup(self->holder.who);
  return run->pid > 0 ? g_strdup_printf("%s, pid %u", run->who, run->pid) : g_strdup(run->who);
}

static const char *
revision_text(const char *revision)
{
  return revision != NULL ? revision : "nothing";
}

static void
print_last(const DmigRunLog *self)
{
  const DmigTrackedRun *run = g_ptr_array_index(self->runs, 0);
  gboolean running = is_running(self, 0);
  gboolean ended = run->finished != NULL;
  const char *phase = phase_of(self, 0);
  g_autofree char *elapsed = duration_text(elapsed_of(self, 0));
  g_autofree char *since = dmig_date_since(run->started);
  g_autofree char *place = ended ? g_strdup(phase) : place_text(run, phase);
  g_autofree char *rows = ended ? NULL : rows_text(run);
  g_autofree char *left = running ? duration_text(left_of(self)) : NULL;
  g_autofree char *estimate = left != NULL ? g_strdup_printf("about %s left", left) : NULL;
  g_autofree char *who = who_text(self, 0);
  printf("\n%s: %s from %.7s to %.7s, begun %s%s%s\n", running ? "Running" : "Last run",
         run->command != NULL ? run->command : "?", revision_text(run->from),
         revision_text(run->to), since, elapsed != NULL ? running ? ", for " : ", took " : "",
         elapsed != NULL ? elapsed : "");
  print_line("phase", place);
  print_line("rows", rows);
  print_line("estimate", estimate);
  print_line("who", who);
  print_line("backup", run->backup);
  print_line("error", run->error);
}

static void
print_history(const DmigRunLog *self)
{
  g_autoptr(DmigGrid) grid =
      dmig_grid_new("begun", "command", "from", "to", "end", ">took", "who", NULL);
  for (guint i = 0; i < self->runs->len; i++) {
    const DmigTrackedRun *run = g_ptr_array_index(self->runs, i);
    g_autofree char *from = g_strdup_printf("%.7s", revision_text(run->from));
    g_autofree char *to = g_strdup_printf("%.7s", revision_text(run->to));
    g_autofree char *took = duration_text(elapsed_of(self, i));
    g_autofree char *begun = g_strndup(run->started, strcspn(run->started, "."));
    const char *cells[] = { begun, run->command, from, to, phase_of(self, i),
                            took,  run->who };
    dmig_grid_add(grid, cells);
  }
  printf("\n");
  dmig_grid_print(grid);
}

void
dmig_run_log_print(const DmigRunLog *self)
{
  if (self->runs->len == 0 && self->held)
    printf("\nSomebody works on it: %s, since %s\n",
           self->holder.who != NULL ? self->holder.who : "who is not known",
           self->holder.since != NULL ? self->holder.since : "some time");
  else if (self->runs->len == 0)
    printf("\nNo run is on record.\n");
  if (self->runs->len > 0)
    print_last(self);
  if (self->runs->len > 1)
    print_history(self);
  if (self->problem != NULL)
    dmig_message_warning("no more runs can be read just now: %s", self->problem);
}

/* --- for programs --------------------------------------------------------------------------------
 */

static void
set_number(json_t *object, const char *key, gint64 value, gboolean known)
{
  json_object_set_new(object, key, known ? json_integer(value) : json_null());
}

static json_t *
run_to_json(const DmigRunLog *self, guint i)
{
  const DmigTrackedRun *run = g_ptr_array_index(self->runs, i);
  gint64 elapsed = elapsed_of(self, i);
  gint64 left = is_running(self, i) ? left_of(self) : -1;
  json_t *object = json_object();
  dmig_json_set(object, "id", run->id);
  dmig_json_set(object, "command", run->command);
  dmig_json_set(object, "who", run->who);
  dmig_json_set(object, "dmig_version", run->dmig_version);
  dmig_json_set(object, "domain", run->domain);
  dmig_json_set(object, "from", run->from);
  dmig_json_set(object, "to", run->to);
  dmig_json_set(object, "started", run->started);
  dmig_json_set(object, "finished", run->finished);
  dmig_json_set(object, "updated", run->updated);
  dmig_json_set(object, "phase", phase_of(self, i));
  dmig_json_set(object, "title", run->title);
  dmig_json_set(object, "error", run->error);
  dmig_json_set(object, "backup", run->backup);
  json_object_set_new(object, "running", json_boolean(is_running(self, i)));
  set_number(object, "pid", run->pid, run->pid > 0);
  set_number(object, "revision", run->revision, run->revision > 0);
  set_number(object, "revisions", run->revisions, run->revisions > 0);
  set_number(object, "step", run->step, run->step > 0);
  set_number(object, "steps", run->steps, run->steps > 0);
  set_number(object, "rows_done", (gint64) run->rows_done,
             run->rows_done > 0 || run->rows_total > 0);
  set_number(object, "rows_total", (gint64) run->rows_total, run->rows_total > 0);
  set_number(object, "elapsed_seconds", elapsed, elapsed >= 0);
  set_number(object, "estimated_seconds", left, left >= 0);
  return object;
}

json_t *
dmig_run_log_to_json(const DmigRunLog *self)
{
  json_t *object = json_object(), *runs = json_array(), *lock = json_null();
  for (guint i = 0; i < self->runs->len; i++)
    json_array_append_new(runs, run_to_json(self, i));
  if (self->held) {
    lock = json_object();
    dmig_json_set(lock, "who", self->holder.who);
    dmig_json_set(lock, "since", self->holder.since);
  }
  json_object_set_new(object, "running", json_boolean(self->runs->len > 0 && is_running(self, 0)));
  json_object_set_new(object, "lock", lock);
  json_object_set_new(object, "runs", runs);
  return object;
}
