/* Instants at which a run can be made to die, or to fail, on purpose: for tests of what is left
 * then.
 *
 * A point is nothing unless a program sets the hook, and dmig does not: tests/faults/points.c does,
 * for a program of the same libraries that only the tests have. Points are numbered from 1 in the
 * order in which a process comes by them, and stand before and after each statement and each commit
 * that a run sends while it holds the lock of its target. By the environment:
 *
 *     DMIG_TEST_KILL_AT=n     SIGKILL at the n-th point
 *     DMIG_TEST_FAIL_AT=n     the n-th point fails, where a failure can be told; n-m: all of them
 *     DMIG_TEST_COUNT_POINTS  set: "fault points: 37" on standard error when the process ends
 *     DMIG_TEST_TRACE_POINTS  set: also a line a point: "fault point 12: before a commit"
 */
#pragma once

#include "core/base/error.h"

/* `error` NULL: nothing can fail here, only die. */
extern gboolean (*dmig_fault_hook)(const char *where, GError **error);

static inline gboolean
dmig_fault_point(const char *where, GError **error)
{
  return dmig_fault_hook == NULL || dmig_fault_hook(where, error);
}
