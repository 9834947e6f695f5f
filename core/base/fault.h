/* Instants at which a run can be made to die, or to fail, on purpose: for tests of what is left then.
 *
 * Only in builds with `-Dfault_points=true`; in all others a point is nothing. Points are numbered
 * from 1 in the order in which a process comes by them, and stand before and after each statement
 * and each commit that a run sends while it holds the lock of its target. By the environment:
 *
 *     DMIG_TEST_KILL_AT=n     SIGKILL at the n-th point
 *     DMIG_TEST_FAIL_AT=n     the n-th point fails with DMIG_ERROR_FAILED, where a failure can be told
 *     DMIG_TEST_COUNT_POINTS  set: "fault points: 37" on standard error when the process ends
 *     DMIG_TEST_TRACE_POINTS  set: also a line a point: "fault point 12: before a commit"
 */
#pragma once

#include "core/base/error.h"

#ifdef DMIG_FAULT_POINTS
/* `error` NULL: nothing can fail here, only die. */
gboolean dmig_fault_point(const char *where, GError **error);
#else
static inline gboolean
dmig_fault_point(const char *where, GError **error)
{
  return TRUE;
}
#endif
