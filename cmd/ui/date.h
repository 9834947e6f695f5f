/* Times for people. */
#pragma once

#include <glib.h>

/* "3 minutes ago", "2 weeks ago", "in the future"; as Git words them. Owned. */
char *dmig_date_relative(gint64 then, gint64 now);
/* "Tue Nov 18 14:03:22 2025 +0100": as `git log` prints it, in the author's own zone. Owned. */
char *dmig_date_git(gint64 seconds, int offset_minutes);
/* "2025-11-18T14:03:22+01:00". Owned. */
char *dmig_date_iso(gint64 seconds, int offset_minutes);
/* ISO 8601 UTC as the tracking tables hold it, relative to now; the text itself if it is none. */
char *dmig_date_since(const char *iso);
