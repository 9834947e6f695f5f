#include "cmd/ui/progress.h"

#include "cmd/ui/log.h"

#include <stdio.h>
#include <unistd.h>

#include "core/base/text.h"

#define FIRST_SHOWN_AFTER G_USEC_PER_SEC
#define SHOWN_EVERY (G_USEC_PER_SEC / 5)

/* One long statement gives no occasion to print, so a thread of its own does. */
struct _DmigProgress {
  GThread *thread; /* NULL: no terminal */
  GMutex mutex;
  GCond finished;
  gboolean stop;
  gboolean shown;
  gint64 began;
  guint done, total;
  char *text;
};

static void
show(DmigProgress *self)
{
  gint64 seconds = (g_get_monotonic_time() - self->began) / G_USEC_PER_SEC;
  if (self->total > 0)
    fprintf(stderr, "\r\033[K[%u/%u] %s (%" G_GINT64_FORMAT " s)", self->done, self->total,
            self->text, seconds);
  else
    fprintf(stderr, "\r\033[K%s (%" G_GINT64_FORMAT " s)", self->text, seconds);
  fflush(stderr);
  self->shown = TRUE;
}

static gpointer
run(gpointer data)
{
  DmigProgress *self = data;
  gint64 next = self->began + FIRST_SHOWN_AFTER;
  g_mutex_lock(&self->mutex);
  while (!self->stop) {
    if (g_cond_wait_until(&self->finished, &self->mutex, next))
      continue;
    if (self->text != NULL)
      show(self);
    next = g_get_monotonic_time() + SHOWN_EVERY;
  }
  g_mutex_unlock(&self->mutex);
  return NULL;
}

DmigProgress *
dmig_progress_new(void)
{
  DmigProgress *self = g_new0(DmigProgress, 1);
  const char *term = g_getenv("TERM");
  g_mutex_init(&self->mutex);
  g_cond_init(&self->finished);
  self->began = g_get_monotonic_time();
  if (!dmig_log_is_json() && isatty(STDERR_FILENO) && g_strcmp0(term, "dumb") != 0)
    self->thread = g_thread_new("progress", run, self);
  return self;
}

void
dmig_progress_update(DmigProgress *self, guint done, guint total, const char *text)
{
  if (self->thread == NULL)
    return;
  g_mutex_lock(&self->mutex);
  self->done = done;
  self->total = total;
  g_free(self->text);
  self->text = dmig_text_printable(text);
  g_mutex_unlock(&self->mutex);
}

void
dmig_progress_free(DmigProgress *self)
{
  if (self == NULL)
    return;
  if (self->thread != NULL) {
    g_mutex_lock(&self->mutex);
    self->stop = TRUE;
    g_cond_signal(&self->finished);
    g_mutex_unlock(&self->mutex);
    g_thread_join(self->thread);
  }
  if (self->shown)
    fputs("\r\033[K", stderr);
  g_mutex_clear(&self->mutex);
  g_cond_clear(&self->finished);
  g_free(self->text);
  g_free(self);
}
