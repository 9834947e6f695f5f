/* Moments as people type them. */
#pragma once

#include <glib.h>

/* "30d", "2w", "12h" before now, or a date: "2026-01-31", "2026-01-31 12:00" in the local zone unless it
 * says another. As the tracking tables hold times: ISO 8601 UTC with microseconds. Owned; NULL: it is
 * neither. */
char *dmig_age_moment(const char *text);
