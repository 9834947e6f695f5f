/* What makes a program of dmig's libraries die or fail where core/base/fault.h says. */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "core/base/fault.h"

static guint points;

static guint64
number(const char *variable)
{
  const char *text = g_getenv(variable);
  return text != NULL ? g_ascii_strtoull(text, NULL, 10) : 0;
}

/* `46`, or `46-49` */
static gboolean
fails(void)
{
  const char *text = g_getenv("DMIG_TEST_FAIL_AT");
  char *rest = NULL;
  guint64 first = text != NULL ? g_ascii_strtoull(text, &rest, 10) : 0;
  guint64 last = first > 0 && *rest == '-' ? g_ascii_strtoull(rest + 1, NULL, 10) : first;
  return points >= first && points <= last && first > 0;
}

static void
print_points(void)
{
  dprintf(STDERR_FILENO, "fault points: %u\n", points);
}

static gboolean
pass_point(const char *where, GError **error)
{
  if (points == 0 && g_getenv("DMIG_TEST_COUNT_POINTS") != NULL)
    atexit(print_points);
  points++;
  if (g_getenv("DMIG_TEST_TRACE_POINTS") != NULL)
    dprintf(STDERR_FILENO, "fault point %u: %s\n", points, where);
  if (number("DMIG_TEST_KILL_AT") == points) {
    kill(getpid(), SIGKILL);
    for (;;)
      pause(); /* the signal may take a moment */
  }
  if (error == NULL || !fails())
    return TRUE;
  g_set_error(error, DMIG_ERROR, DMIG_ERROR_FAILED, "fault point %u: %s", points, where);
  return FALSE;
}

__attribute__((constructor)) static void
set_hook(void)
{
  dmig_fault_hook = pass_point;
}
