#include "core/base/fault.h"

#ifdef DMIG_FAULT_POINTS

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

static guint points;

static guint64
number(const char *variable)
{
  const char *text = g_getenv(variable);
  return text != NULL ? g_ascii_strtoull(text, NULL, 10) : 0;
}

static void
print_points(void)
{
  dprintf(STDERR_FILENO, "fault points: %u\n", points);
}

gboolean
dmig_fault_point(const char *where, GError **error)
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
  if (error == NULL || number("DMIG_TEST_FAIL_AT") != points)
    return TRUE;
  g_set_error(error, DMIG_ERROR, DMIG_ERROR_FAILED, "fault point %u: %s", points, where);
  return FALSE;
}

#endif
