/* How the tracking tables are laid out: making them, and bringing older ones up to date. */
#pragma once

#include "core/db/driver.h"

/* Whether the first column of `rows`, read from `meta`, is a version that this dmig knows. */
gboolean dmig_tracking_layout_check(DmigDatabase *db, const DmigRows *rows, GError **error);

/* 0: there are no tracking tables. FALSE: they are empty, or from a newer dmig. */
gboolean dmig_tracking_layout_version(DmigDatabase *db, guint *out, GError **error);
