/* Databases for proofs: made on the server that the scratch names or on a private one. */
#pragma once

#include "core/db/driver.h"

/* Where the server of `scratch` (a DmigScratch) is; a private one is started. Borrowed. */
const char *dmig_pg_scratch_url(gpointer scratch, GError **error);

/* Slot of the driver. */
gboolean dmig_pg_open_scratch(gpointer scratch, DmigDatabase **out, GError **error);
