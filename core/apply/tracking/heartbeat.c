#include "core/apply/tracking/heartbeat.h"

#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "core/base/text.h"

#define TICK_MICROSECONDS G_USEC_PER_SEC
#define SHORTEST_TICK_MICROSECONDS (20 * 1000)

struct _DmigHeartbeat {
  DmigDatabase *db;
  GThread *thread;
  GMutex mutex;
  GCond stopping;
  gboolean stop;
  gint64 tick;
  char *run, *command, *from, *to, *started;
  guint revisions;
  DmigRunProgress progress; /* `title` is owned */
  char *blockers;           /* who kept it waiting */

  /* The thread's alone. */
  DmigDatabase *beside; /* NULL: there is no second connection */
  char *path;           /* NULL: there is no file */
};

/* --- the file ------------------------------------------------------------------------------- */

static void
append_line(GString *text, const char *key, const char *value)
{
  if (value == NULL)
    return;
  g_autofree char *printable = dmig_text_printable(value);
  g_string_append_printf(text, "%s %s\n", key, printable);
}

static void
append_number(GString *text, const char *key, guint64 value)
{
  if (value > 0)
    g_string_append_printf(text, "%s %" G_GUINT64_FORMAT "\n", key, value);
}

static void
write_notice(DmigHeartbeat *self, const DmigRunProgress *progress)
{
  g_autofree char *now = dmig_tracking_now();
  g_autofree char *who = dmig_tracking_who();
  g_autoptr(GString) text = g_string_new(NULL);
  append_line(text, "run", self->run);
  append_line(text, "command", self->command);
  append_line(text, "who", who);
  append_number(text, "pid", (guint64) getpid());
  append_line(text, "from", self->from);
  append_line(text, "to", self->to);
  append_line(text, "started", self->started);
  append_line(text, "updated", now);
  append_line(text, "phase", dmig_run_phase_name(progress->phase));
  append_number(text, "revision", progress->revision);
  append_number(text, "revisions", progress->revisions);
  append_number(text, "step", progress->step);
  append_number(text, "steps", progress->steps);
  append_number(text, "rows_done", progress->rows_done);
  append_number(text, "rows_total", progress->rows_total);
  append_line(text, "title", progress->title);
  g_file_set_contents_full(self->path, text->str, (gssize) text->len,
                           G_FILE_SET_CONTENTS_CONSISTENT, 0644, NULL);
}

static void
read_line(DmigTrackedRun *run, const char *key, const char *value)
{
  const struct {
    const char *key;
    char **text;
  } texts[] = {
    { "run", &run->id },          { "command", &run->command }, { "who", &run->who },
    { "from", &run->from },       { "to", &run->to },           { "started", &run->started },
    { "updated", &run->updated }, { "phase", &run->phase },     { "title", &run->title },
  };
  const struct {
    const char *key;
    guint *number;
  } numbers[] = {
    { "pid", &run->pid },     { "revision", &run->revision },
    { "step", &run->step },   { "revisions", &run->revisions },
    { "steps", &run->steps },
  };
  for (guint i = 0; i < G_N_ELEMENTS(texts); i++)
    if (g_str_equal(key, texts[i].key) && *texts[i].text == NULL)
      *texts[i].text = g_strdup(value);
  for (guint i = 0; i < G_N_ELEMENTS(numbers); i++)
    if (g_str_equal(key, numbers[i].key))
      *numbers[i].number = (guint) g_ascii_strtoull(value, NULL, 10);
  if (g_str_equal(key, "rows_done"))
    run->rows_done = g_ascii_strtoull(value, NULL, 10);
  if (g_str_equal(key, "rows_total"))
    run->rows_total = g_ascii_strtoull(value, NULL, 10);
}

DmigTrackedRun *
dmig_heartbeat_read(DmigDatabase *db)
{
  g_autofree char *path = db->driver->notice_path != NULL ? db->driver->notice_path(db) : NULL;
  g_autofree char *text = NULL;
  if (path == NULL || !g_file_get_contents(path, &text, NULL, NULL))
    return NULL;
  g_autoptr(DmigTrackedRun) run = g_new0(DmigTrackedRun, 1);
  g_auto(GStrv) lines = g_strsplit(text, "\n", -1);
  for (char **line = lines; *line != NULL; line++) {
    char *space = strchr(*line, ' ');
    if (space == NULL)
      continue;
    *space = '\0';
    read_line(run, *line, space + 1);
  }
  gboolean whole = run->id != NULL && run->phase != NULL && run->started != NULL;
  return whole ? g_steal_pointer(&run) : NULL;
}

/* --- the thread ----------------------------------------------------------------------------- */

static void
beat_beside(DmigHeartbeat *self, const DmigRunProgress *progress)
{
  g_autofree char *sql = dmig_tracking_progress_sql(self->beside->dialect, self->run, progress);
  dmig_database_exec(self->beside, sql, NULL);
  if (self->beside->driver->blockers == NULL)
    return;
  char *blockers = self->beside->driver->blockers(self->beside, self->db);
  if (blockers == NULL)
    return;
  g_mutex_lock(&self->mutex);
  g_free(self->blockers);
  self->blockers = blockers;
  g_mutex_unlock(&self->mutex);
}

/* Not to be told how far it is harms no run, so that failures count for nothing. */
static void
beat(DmigHeartbeat *self, const DmigRunProgress *progress)
{
  const DmigDriver *driver = self->db->driver;
  if (self->beside == NULL && driver->open_beside != NULL)
    driver->open_beside(self->db, &self->beside, NULL);
  if (self->beside != NULL)
    beat_beside(self, progress);
  else if (self->path != NULL)
    write_notice(self, progress);
}

static gpointer
run(gpointer data)
{
  DmigHeartbeat *self = data;
  gint64 next = g_get_monotonic_time() + self->tick;
  g_mutex_lock(&self->mutex);
  while (!self->stop) {
    if (g_cond_wait_until(&self->stopping, &self->mutex, next))
      continue;
    DmigRunProgress progress = self->progress;
    g_autofree char *title = g_strdup(progress.title);
    progress.title = title;
    g_mutex_unlock(&self->mutex);
    beat(self, &progress);
    g_mutex_lock(&self->mutex);
    next = g_get_monotonic_time() + self->tick;
  }
  g_mutex_unlock(&self->mutex);
  dmig_database_free(self->beside);
  return NULL;
}

/* Signals are the main thread's business: a handler ends the statement that runs there. */
static GThread *
start_thread(DmigHeartbeat *self)
{
  sigset_t all, before;
  sigfillset(&all);
  pthread_sigmask(SIG_SETMASK, &all, &before);
  GThread *thread = g_thread_new("heartbeat", run, self);
  pthread_sigmask(SIG_SETMASK, &before, NULL);
  return thread;
}

/* Who waits for a lock has to be asked about before the wait is over. */
static gint64
tick_of(const DmigDatabase *db)
{
  gint64 within_wait = (gint64) db->lock_timeout * 1000 / 3;
  return db->lock_timeout > 0 ? CLAMP(within_wait, SHORTEST_TICK_MICROSECONDS, TICK_MICROSECONDS)
                              : TICK_MICROSECONDS;
}

DmigHeartbeat *
dmig_heartbeat_new(DmigDatabase *db, const DmigTrackingRun *tracked)
{
  DmigHeartbeat *self = g_new0(DmigHeartbeat, 1);
  g_mutex_init(&self->mutex);
  g_cond_init(&self->stopping);
  self->db = db;
  self->tick = tick_of(db);
  self->run = g_strdup(tracked->id);
  self->command = g_strdup(tracked->command);
  self->from = g_strdup(tracked->from);
  self->to = g_strdup(tracked->to);
  self->started = dmig_tracking_now();
  self->progress = (DmigRunProgress){ .phase = tracked->phase, .revisions = tracked->revisions };
  self->path = db->driver->notice_path != NULL ? db->driver->notice_path(db) : NULL;
  if (self->path != NULL)
    unlink(self->path); /* of a run that was killed */
  if (self->path != NULL || db->driver->open_beside != NULL)
    self->thread = start_thread(self);
  return self;
}

void
dmig_heartbeat_set(DmigHeartbeat *self, const DmigRunProgress *progress)
{
  if (self == NULL)
    return;
  g_mutex_lock(&self->mutex);
  if (g_strcmp0(self->progress.title, progress->title) == 0) {
    const char *title = self->progress.title;
    self->progress = *progress;
    self->progress.title = title;
  } else {
    g_free((char *) self->progress.title);
    self->progress = *progress;
    self->progress.title = g_strdup(progress->title);
  }
  g_mutex_unlock(&self->mutex);
}

char *
dmig_heartbeat_blockers(DmigHeartbeat *self)
{
  if (self == NULL)
    return NULL;
  g_mutex_lock(&self->mutex);
  char *blockers = g_steal_pointer(&self->blockers);
  g_mutex_unlock(&self->mutex);
  return blockers;
}

void
dmig_heartbeat_free(DmigHeartbeat *self)
{
  if (self == NULL)
    return;
  g_mutex_lock(&self->mutex);
  self->stop = TRUE;
  g_cond_signal(&self->stopping);
  g_mutex_unlock(&self->mutex);
  if (self->thread != NULL)
    g_thread_join(self->thread);
  if (self->path != NULL)
    unlink(self->path);
  g_mutex_clear(&self->mutex);
  g_cond_clear(&self->stopping);
  g_free(self->run);
  g_free(self->command);
  g_free(self->from);
  g_free(self->to);
  g_free(self->started);
  g_free((char *) self->progress.title);
  g_free(self->blockers);
  g_free(self->path);
  g_free(self);
}
